//! `scores.csv`: what became of loans by the score they were made at, and how well the score told them apart.

use super::summary::Batch;
use super::table::{Cell, ESTIMATE_COLUMNS, Table, estimate_cells};
use crate::lifecycle::metrics::Unit;
use crate::model::discrimination::{Band, SCORE_BANDS, bounds, discrimination};
use crate::stats::{Value, estimate};

/// A figure of a band: name, unit, value of one run.
type Figure = (&'static str, Unit, fn(&Band) -> Value);

/// Loans made early enough to be followed for twelve months: of all together, then by band of observed scores that has any.
pub fn scores(batch: &Batch) -> Table {
    let columns: Vec<&str> =
        ["score_from", "score_below", "metric", "unit"].into_iter().chain(ESTIMATE_COLUMNS).collect();
    let mut table = Table::new("scores", &columns);
    let mut push = |(from, below): (Option<u32>, Option<u32>), key: &str, unit: Unit, values: &[Value]| {
        let edge = |edge: Option<u32>| edge.map_or(Cell::Number(None), Cell::whole);
        let mut cells = vec![edge(from), edge(below), Cell::text(key), Cell::text(unit.key())];
        cells.extend(estimate_cells(estimate(values).as_ref(), unit));
        table.push(cells);
    };
    let by_run = || batch.scores.iter().map(|(_, bands)| &bands[..]);
    let whole = |bands: &[Band]| {
        bands.iter().fold(Band::default(), |sum, band| Band {
            loans: sum.loans + band.loans,
            bad: sum.bad + band.bad,
            promised: sum.promised + band.promised,
        })
    };
    let figures: [Figure; 3] = [
        ("loans", Unit::Count, |band| Value::Sum(band.loans as f64)),
        ("default_rate_12m", Unit::Ratio, |band| Value::Ratio(band.bad as f64, band.loans as f64)),
        ("score_default_rate_12m", Unit::Ratio, |band| {
            Value::Ratio(band.promised as f64 * 1e-6, band.loans as f64)
        }),
    ];
    for (key, unit, of) in figures {
        let values: Vec<Value> = by_run().map(|bands| of(&whole(bands))).collect();
        push((None, None), key, unit, &values);
    }
    let told: Vec<Option<(f64, f64)>> = by_run().map(discrimination).collect();
    // Over the runs in which there were bad loans and good ones.
    for (key, of) in [("ks", (|told| told.0) as fn((f64, f64)) -> f64), ("gini", |told| told.1)] {
        let values: Vec<Value> = told.iter().map(|told| Value::Sum(told.map_or(f64::NAN, of))).collect();
        push((None, None), key, Unit::Ratio, &values);
    }
    for band in (0..SCORE_BANDS).filter(|band| by_run().any(|bands| bands[*band].loans > 0)) {
        for (key, unit, of) in figures {
            let values: Vec<Value> = by_run().map(|bands| of(&bands[band])).collect();
            push(bounds(band), key, unit, &values);
        }
    }
    table
}
