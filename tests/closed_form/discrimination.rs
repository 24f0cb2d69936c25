//! How well scores tell bad loans from good ones: worked numbers, and quadrature of what the engine plays.

use lendcycle::engine::simulate_run;
use lendcycle::model::discrimination::{Band, SCORE_BANDS, band_of, bounds, discrimination};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::laboratory::{ALL_ROLL, LAB, assert_close, setup};

fn bands(of: &[(i64, i64)]) -> Vec<Band> {
    of.iter().map(|(good, bad)| Band { loans: good + bad, bad: *bad, promised: 0 }).collect()
}

#[test]
fn bands_meet_where_they_say() {
    for (score, band) in
        [(-50.0, 0), (299.999, 0), (300.0, 1), (309.99, 1), (620.0, 33), (899.9, 60), (900.0, 61)]
    {
        assert_eq!(band_of(score), band, "{score}");
    }
    assert_eq!(band_of(1e6), SCORE_BANDS - 1);
    for band in 0..SCORE_BANDS {
        let (from, below) = bounds(band);
        assert_eq!(from.map(|score| band_of(f64::from(score))), (band > 0).then_some(band));
        assert_eq!(
            below.map(|score| band_of(f64::from(score))),
            (band + 1 < SCORE_BANDS).then_some(band + 1)
        );
    }
}

#[test]
fn ks_and_gini_match_worked_numbers() {
    // Bad loans 6, 3, 1 and good ones 10, 30, 60 of rising scores: shares 0.6, 0.9, 1 against 0.1, 0.4, 1.
    // Pairs in order 6 · 90 + 3 · 60, in disorder 3 · 10 + 1 · 40, of 10 · 100.
    let (ks, gini) = discrimination(&bands(&[(10, 6), (30, 3), (60, 1)])).expect("bad and good");
    assert_close("ks", ks, 0.5, 1e-12);
    assert_close("gini", gini, 0.65, 1e-12);
    assert_eq!(discrimination(&bands(&[(0, 5), (7, 0)])), Some((1.0, 1.0)), "told apart");
    assert_eq!(discrimination(&bands(&[(7, 0), (0, 5)])), Some((1.0, -1.0)), "the wrong way round");
    assert_eq!(discrimination(&bands(&[(20, 2), (30, 3)])), Some((0.0, 0.0)), "alike");
    assert_eq!(discrimination(&bands(&[(20, 0)])), None);
    assert_eq!(discrimination(&bands(&[(0, 4)])), None);
}

/// Share of bad loans and what tells them apart when scores have these deviations: whoever misses in one of nine months is bad
/// twelve months after the loan was made.
fn expected(deviation: f64, error: f64) -> (f64, f64) {
    let normal = Normal::standard();
    let grid =
        |steps: u32| (0..steps).map(move |at| normal.inverse_cdf((f64::from(at) + 0.5) / f64::from(steps)));
    let spread = (deviation * deviation + error * error).sqrt();
    let trusted = deviation * deviation / (spread * spread);
    let left = deviation * (1.0 - trusted).sqrt();
    let logit = (0.02_f64 / 0.98).ln();
    let mut shares = vec![(0.0, 0.0); SCORE_BANDS];
    for z in grid(4_000) {
        let mut bad = 0.0;
        for y in grid(100) {
            let risk = -(trusted * spread * z + left * y) / 28.8539008178;
            let miss = 1.0 / (1.0 + (-(logit + 0.55 * risk)).exp());
            bad += (1.0 - (1.0 - miss).powi(9)) / 100.0;
        }
        let band = &mut shares[band_of(569.0 + spread * z)];
        *band = (band.0 + (1.0 - bad) / 4_000.0, band.1 + bad / 4_000.0);
    }
    let total = shares.iter().fold((0.0, 0.0), |sum, band| (sum.0 + band.0, sum.1 + band.1));
    let (mut ks, mut gini, mut below) = (0.0_f64, 0.0, (0.0, 0.0));
    for (good, bad) in shares {
        let (good, bad) = (good / total.0, bad / total.1);
        gini += below.1 * good - below.0 * bad;
        below = (below.0 + good, below.1 + bad);
        ks = ks.max(below.1 - below.0);
    }
    (ks, gini)
}

#[test]
fn what_a_score_tells_is_what_quadrature_says_and_less_with_error() {
    let mut last = 1.0;
    for (error, text) in [(1.0, "1"), (20.0, "20"), (60.0, "60")] {
        let error_of_score = format!("underwriting.score_error={text}");
        let settings = [
            "run.months=14",
            "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=60000}]",
            "segment.lab.score_deviation=42",
            "segment.lab.score_mean=569",
            "product.lab.amount_min=1000.00",
            "product.lab.amount_median=1000.00",
            "product.lab.amount_max=1000.00",
            &error_of_score,
        ];
        let rolls = [&ALL_ROLL[1..], &["delinquency.m0=[0.98, 0.02]"]].concat();
        let result = simulate_run(&setup(LAB, &[&rolls[..], &settings].concat()), 0, &mut Default::default());
        let (ks, gini) = discrimination(&result.scores).expect("bad and good loans");
        let (ks_expected, gini_expected) = expected(42.0, error);
        // Some 10,000 bad loans: the standard error of either is below 0.007.
        assert_close(&format!("ks at an error of {error}"), ks, ks_expected, 0.02);
        assert_close(&format!("gini at an error of {error}"), gini, gini_expected, 0.02);
        assert!(gini < last, "an error tells less");
        last = gini;
    }
}
