//! Random numbers, normal law, estimates: published vectors, other people's libraries, hand numbers.

use lendcycle::math::{normal_cdf, normal_quantile};
use lendcycle::money::{Fen, FixedRate};
use lendcycle::random::{LeadWords, Process, RunDraws, Who, philox, threshold, uniform};
use lendcycle::stats::{QUANTILE_LEVELS, Value, estimate, mean_and_error, quantile, ratio_and_error};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::laboratory::{assert_close, assert_mean};

#[test]
fn philox_gives_the_vectors_of_random123() {
    let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
    for (counter, key, expected) in [
        ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
        (pi, [0xa409_3822, 0x299f_31d0], [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
    ] {
        assert_eq!(philox(counter, key), expected);
    }
}

#[test]
fn philox_agrees_with_another_implementation() {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state
    };
    for _ in 0..10_000 {
        let counter = [next(), next(), next(), next()];
        let key = [next(), next()];
        assert_eq!(philox(counter, key), rand_philox::philox4x32_10(counter, key));
    }
}

#[test]
fn many_accounts_at_once_get_the_words_of_each() {
    let draws = RunDraws::new(42, 7);
    for count in [0, 1, 15, 16, 17, 100, 256, 600] {
        let people: Vec<Who> = (0..count).map(|i| Who::lead(i % 5, i % 90, i)).collect();
        let mut planes = [(); 4].map(|()| vec![0; count as usize]);
        draws.fill_behaviour(people.iter().copied(), 57, &mut planes);
        for month in 56..60 {
            for (at, who) in people.iter().enumerate() {
                let words = draws.words(*who, Process::Behaviour, 14);
                assert_eq!(words[month as usize % 4], draws.behaviour(*who, month));
                assert_eq!(planes[month as usize % 4][at], draws.behaviour(*who, month));
            }
        }
    }
    let ordinals: Vec<u32> = (0..37).map(|at| 100 + 3 * at).collect();
    let mut planes = LeadWords::default();
    draws.fill_leads(Process::Borrower, 9, 33, &ordinals, &mut planes);
    for (at, ordinal) in ordinals.iter().enumerate() {
        let words = draws.words(Who::lead(9, 33, *ordinal), Process::Borrower, 33);
        assert_eq!(planes.0.each_ref().map(|plane| plane[at]), words);
    }
}

#[test]
fn keys_of_runs_and_seeds_do_not_overlap() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..20 {
        for run in 0..500 {
            assert!(seen.insert(RunDraws::new(seed, run).words(Who::MARKET, Process::Factor, 0)));
        }
    }
    let uniforms: Vec<f64> = seen.iter().map(|words| uniform(words[0])).collect();
    assert_mean("mean of uniforms over runs", &uniforms, 0.5);
    let squares: Vec<f64> = uniforms.iter().map(|u| u * u).collect();
    assert_mean("second moment", &squares, 1.0 / 3.0);
}

#[test]
fn words_become_probabilities_and_back() {
    assert_close("lowest", uniform(0), 0.5_f64.powi(33), 0.0);
    assert_close("highest", uniform(u32::MAX), 1.0 - 0.5_f64.powi(33), 0.0);
    assert_eq!([0.0, 0.25, 0.5, 1.0, 2.0].map(threshold), [0, 1 << 30, 1 << 31, 1 << 32, 1 << 32]);
}

#[test]
fn normal_law_agrees_with_statrs_and_tables() {
    let normal = Normal::standard();
    for (p, z) in [
        (0.5, 0.0),
        (0.975, 1.959963984540054),
        (0.999, 3.090232306167813),
        (0.95, 1.6448536269514722),
        (1e-9, -5.9978070150076865),
        (0.02, -2.053748910631823),
    ] {
        assert_close("quantile", normal_quantile(p), z, 1e-14);
    }
    for i in 1..4_000 {
        let p = f64::from(i) / 4_000.0;
        assert_close("quantile", normal_quantile(p), normal.inverse_cdf(p), 1e-10);
        assert_close("round trip", normal_cdf(normal_quantile(p)), p, 1e-14);
        assert_close("symmetry", normal_quantile(1.0 - p), -normal_quantile(p), 1e-13);
    }
    for i in -800..=800 {
        let x = f64::from(i) / 100.0;
        // statrs itself is good to ten places.
        assert_close("cdf", normal_cdf(x), normal.cdf(x), 1e-10);
    }
    // C's erfc; relative accuracy holds far into the tail.
    for (x, p) in [
        (-1.0, 0.15865525393145707),
        (-2.0, 0.02275013194817922),
        (-3.0, 0.0013498980316300957),
        (-5.0, 2.866515718791946e-7),
        (-8.0, 6.220960574271819e-16),
    ] {
        assert_close("relative accuracy of the tail", normal_cdf(x) / p, 1.0, 1e-13);
    }
    assert_eq!((normal_quantile(0.0), normal_quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
    assert!(normal_quantile(-0.1).is_nan() && normal_quantile(1.1).is_nan());
}

#[test]
fn interest_is_rounded_once_and_exactly() {
    let rate = FixedRate::from_monthly(0.015);
    for (balance, interest) in [(1_000_000, 15_000), (33, 0), (34, 1), (100, 2), (99, 1), (0, 0)] {
        assert_eq!(rate.interest(Fen(balance)), Fen(interest), "of {balance} fen");
    }
    // No overflow at the largest amounts: 90 trillion yuan at 100 % a month.
    let all = Fen(9_000_000_000_000_000);
    assert_eq!(FixedRate::from_monthly(1.0).interest(all), all);
    assert_eq!([0.5, -0.5, 1.49, 2.5].map(Fen::round), [Fen(1), Fen(-1), Fen(1), Fen(3)]);
}

#[test]
fn means_have_their_standard_error() {
    let (mean, error) = mean_and_error(&[1.0, 2.0, 3.0, 4.0]);
    assert_close("mean", mean, 2.5, 1e-15);
    // s^2 = 5/3, divided by 4.
    assert_close("standard error", error, 0.645_497_224_367_902_8, 1e-15);
    let shares: Vec<f64> = (0..10_000).map(|i| f64::from(u8::from(i % 5 == 0))).collect();
    let (mean, error) = mean_and_error(&shares);
    assert_close("share", mean, 0.2, 1e-12);
    assert_close("95 % half-width .784 %", 1.959964 * error, 0.00784, 1e-6);
    let (_, quarter) = mean_and_error(&shares[..2_500]);
    assert_close("four times the runs halve it", quarter / error, 2.0, 1e-3);
    assert!(mean_and_error(&[3.0]).1.is_nan(), "one run has no error");
}

#[test]
fn ratios_are_of_sums_with_the_delta_method() {
    let values = [Value::Ratio(1.0, 2.0), Value::Ratio(3.0, 4.0), Value::Ratio(2.0, 2.0)];
    let (ratio, error) = ratio_and_error(&values);
    assert_close("6 / 8, not the mean of ratios", ratio, 0.75, 1e-15);
    // Residuals -1/2, 0, 1/2: sqrt(1/2 / 6) / (8/3).
    assert_close("standard error", error, (0.5_f64 / 6.0).sqrt() * 3.0 / 8.0, 1e-15);
    let summary = estimate(&values).expect("three values");
    assert_eq!((summary.runs, summary.mean), (3, 0.75));
    assert_close("median of the runs' own", summary.quantiles[2], 0.75, 1e-15);
    assert!(estimate(&[Value::Ratio(1.0, 0.0)]).is_none(), "unknown is not zero");
}

#[test]
fn quantiles_interpolate_between_order_statistics() {
    let sorted = [10.0, 20.0, 30.0, 40.0, 50.0];
    for (level, expected) in [(0.05, 12.0), (0.25, 20.0), (0.5, 30.0), (0.9, 46.0), (0.0, 10.0), (1.0, 50.0)]
    {
        assert_close("quantile", quantile(&sorted, level), expected, 1e-14);
    }
    let shuffled = [40.0, 10.0, 50.0, 30.0, 20.0].map(Value::Sum);
    let summary = estimate(&shuffled).expect("five values");
    for (got, level) in summary.quantiles.into_iter().zip(QUANTILE_LEVELS) {
        assert_close("estimate", got, quantile(&sorted, level), 1e-14);
    }
}
