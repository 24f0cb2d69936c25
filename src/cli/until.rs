//! Runs until a figure is known well enough: `--until METRIC=5%`.

use super::batch::{Session, extend};
use super::{Failure, complain};
use crate::engine::Setup;
use crate::lifecycle::metrics::Unit;
use crate::output::comparison::{metric_names, values_by_run};
use crate::output::decimal;
use crate::output::spool::Spool;
use crate::output::stage_table::Language;
use crate::output::summary::Batch;
use crate::output::until::Outcome;
use crate::paired::scores;
use crate::precision::{FIRST_LOOK, Look, Target, look};
use crate::scenario::decode::nearest;
use crate::stats::mean_and_error;

/// Reads `--until`; names what is wrong with it.
pub fn parse(text: Option<&String>) -> Result<Option<Target>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let target: Target = text.parse().map_err(Failure::Usage)?;
    metric_unit(&target.metric).map_err(|problem| Failure::Usage(format!("--until {text}: {problem}")))?;
    Ok(Some(target))
}

/// The unit of a metric.
///
/// # Errors
/// When there is none of that name; names the nearest.
pub fn metric_unit(key: &str) -> Result<Unit, String> {
    let empty = Batch::new(0);
    values_by_run(&empty, None, key).map(|(unit, _)| unit).ok_or_else(|| {
        let near = nearest(key, metric_names());
        let hint = near.map_or_else(
            || "docs/MODEL.md lists them all".to_owned(),
            |near| format!("did you mean {near}? docs/MODEL.md lists them all"),
        );
        format!("there is no metric {key}: {hint}")
    })
}

/// Simulates `most` runs of each setup, or fewer: until the target is reached. The figure is that of the one setup, or every
/// paired difference of the others from the first.
pub fn simulate(
    setups: &[Setup],
    most: u64,
    target: Option<&Target>,
    session: &Session,
    spool: Option<&Spool>,
) -> Result<(Vec<Batch>, Option<Outcome>), Failure> {
    let mut batches: Vec<Batch> = setups.iter().map(|setup| Batch::new(setup.months as usize)).collect();
    let (mut done, mut next) = (0, target.map_or(most, |_| FIRST_LOOK.min(most)));
    loop {
        for (setup, batch) in setups.iter().zip(&mut batches) {
            extend(batch, setup, done..next, session, spool)?;
        }
        done = next;
        let Some(target) = target else { return Ok((batches, None)) };
        let (unit, figures) = figures(&batches, &target.metric);
        let size = if unit == Unit::Money { 100.0 } else { 1.0 };
        let mut worst: Option<(f64, Look, Outcome)> = None;
        for (figure, error) in figures {
            if !figure.is_finite() {
                return Err(unknown(&target.metric));
            }
            let wanted = target.wanted.error(figure, size);
            let look = look(done, error, wanted, most);
            let runs_needed = match look {
                Look::OutOfReach(needed) if needed.is_finite() => Some(needed.ceil() as u64),
                Look::OutOfReach(_) => None,
                _ => Some(done),
            };
            let outcome = Outcome {
                metric: target.metric.clone(),
                unit: unit.key(),
                figure: decimal(figure, unit),
                std_error: decimal(error, unit),
                wanted: decimal(wanted, unit),
                reached: look == Look::Reached,
                runs: done,
                runs_needed,
            };
            // What is furthest from its target decides.
            let distance = error / wanted;
            if worst.as_ref().is_none_or(|(other, ..)| distance > *other) {
                worst = Some((distance, look, outcome));
            }
        }
        match worst {
            Some((_, Look::Next(runs), _)) => next = runs,
            Some((_, _, outcome)) => {
                if !outcome.reached {
                    // Told even to who reads only the errors.
                    complain(&format!("warning: {}\n", outcome.words(Language::English)));
                }
                return Ok((batches, Some(outcome)));
            }
            None => return Err(unknown(&target.metric)),
        }
    }
}

/// Figures with their standard errors.
fn figures(batches: &[Batch], metric: &str) -> (Unit, Vec<(f64, f64)>) {
    let of = |batch: &Batch| values_by_run(batch, None, metric).expect("the metric is known");
    let (unit, base) = of(&batches[0]);
    let base = scores(&base);
    let figures = match &batches[1..] {
        [] => vec![mean_and_error(&base)],
        variants => variants
            .iter()
            .map(|variant| {
                let own = scores(&of(variant).1);
                let differences: Vec<f64> = own.iter().zip(&base).map(|(own, base)| own - base).collect();
                mean_and_error(&differences)
            })
            .collect(),
    };
    (unit, figures)
}

fn unknown(metric: &str) -> Failure {
    Failure::Usage(format!(
        "--until {metric}: the figure is unknown in the first runs, as it asks for something the scenario does not have (value to owners needs a table [capital])"
    ))
}
