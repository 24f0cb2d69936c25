//! T18: the delinquency chain, from the thresholds the engine uses and through the engine; seasoning; covariates.

use lendcycle::engine::{MonthMetric, RunResult, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::model::delinquency::{BUCKETS, FactorLink, Thresholds, level, position, seasoning};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::laboratory::{LAB, assert_close, assert_count, setup};

/// States: M0 ... M6, charged off, paid off.
const STATES: usize = BUCKETS + 2;
const CHARGED_OFF: usize = BUCKETS;
const PAID_OFF: usize = BUCKETS + 1;
const PREPAYMENT: f64 = 0.025;
/// Probability of missing among those who do not prepay, so that 2 % of all miss.
const MISS: f64 = 0.02 / (1.0 - PREPAYMENT);

type Matrix = [[f64; STATES]; STATES];

/// The reference rows, delinquent part (base scenario).
fn rows(miss: f64) -> Vec<Vec<f64>> {
    vec![
        vec![1.0 - miss, miss],
        vec![0.48, 0.07, 0.45],
        vec![0.12, 0.08, 0.05, 0.75],
        vec![0.06, 0.02, 0.03, 0.04, 0.85],
        vec![0.03, 0.0, 0.0, 0.0, 0.07, 0.90],
        vec![0.02, 0.0, 0.0, 0.0, 0.0, 0.06, 0.92],
        vec![0.02, 0.0, 0.0, 0.0, 0.0, 0.0, 0.04, 0.94],
    ]
}

/// The chain with prepayment drawn first.
fn chain(rows: &[Vec<f64>], prepayment: f64) -> Matrix {
    let mut matrix = [[0.0; STATES]; STATES];
    for (from, row) in rows.iter().enumerate() {
        let staying = if from == 0 { 1.0 - prepayment } else { 1.0 };
        for (to, p) in row.iter().enumerate() {
            matrix[from][to] = p * staying;
        }
    }
    matrix[0][PAID_OFF] = prepayment;
    matrix[CHARGED_OFF][CHARGED_OFF] = 1.0;
    matrix[PAID_OFF][PAID_OFF] = 1.0;
    matrix
}

/// Solves `(I - Q) x = right` by Gauss-Jordan elimination.
fn solve(matrix: &Matrix, right: [f64; BUCKETS]) -> [f64; BUCKETS] {
    let mut a = [[0.0; BUCKETS + 1]; BUCKETS];
    for i in 0..BUCKETS {
        for j in 0..BUCKETS {
            a[i][j] = f64::from(u8::from(i == j)) - matrix[i][j];
        }
        a[i][BUCKETS] = right[i];
    }
    for pivot in 0..BUCKETS {
        let scale = a[pivot][pivot];
        a[pivot].iter_mut().for_each(|x| *x /= scale);
        let base = a[pivot];
        for (row, values) in a.iter_mut().enumerate() {
            if row != pivot {
                let factor = values[pivot];
                values.iter_mut().zip(base).for_each(|(x, b)| *x -= factor * b);
            }
        }
    }
    std::array::from_fn(|i| a[i][BUCKETS])
}

fn absorption(matrix: &Matrix, into: usize) -> [f64; BUCKETS] {
    solve(matrix, std::array::from_fn(|i| matrix[i][into]))
}

fn step(matrix: &Matrix, from: [f64; STATES]) -> [f64; STATES] {
    std::array::from_fn(|to| (0..STATES).map(|state| from[state] * matrix[state][to]).sum())
}

/// The rows that the thresholds imply at a level: where the next state changes along `y`, a standard normal.
fn implied_rows(thresholds: &Thresholds, at: usize) -> Vec<Vec<f64>> {
    let normal = Normal::standard();
    let tail = |row: usize, state: usize| -> f64 {
        let worse = |y: f64| thresholds.next_state(row, at, y) >= state;
        let (mut low, mut high) = (-40.0, 40.0);
        if !worse(low) {
            return 0.0;
        }
        if worse(high) {
            return 1.0;
        }
        for _ in 0..80 {
            let middle = 0.5 * (low + high);
            if worse(middle) { low = middle } else { high = middle }
        }
        normal.cdf(low)
    };
    (0..BUCKETS)
        .map(|row| {
            let tails: Vec<f64> = (0..=row + 2)
                .map(|state| {
                    if state == 0 {
                        1.0
                    } else if state > row + 1 {
                        0.0
                    } else {
                        tail(row, state)
                    }
                })
                .collect();
            tails.windows(2).map(|pair| pair[0] - pair[1]).collect()
        })
        .collect()
}

#[test]
fn absorption_from_the_thresholds_matches_worked_numbers() {
    let thresholds = Thresholds::new(&rows(MISS));
    let matrix = chain(&implied_rows(&thresholds, position(0)), PREPAYMENT);
    let lost = absorption(&matrix, CHARGED_OFF);
    let months = solve(&matrix, [1.0; BUCKETS]);
    let expected = [
        (0.21310534, 33.514975),
        (0.47948702, 25.408694),
        (0.76362748, 14.539771),
        (0.88201934, 9.011054),
        (0.94288668, 5.523936),
        (0.96721272, 3.479791),
        (0.98360636, 1.739895),
    ];
    for (bucket, (probability, duration)) in expected.into_iter().enumerate() {
        assert_close(&format!("P(charge-off | M{bucket})"), lost[bucket], probability, 1e-8);
        assert_close(&format!("months from M{bucket}"), months[bucket], duration, 5e-7);
    }
    let paid = absorption(&matrix, PAID_OFF);
    assert_close("all are absorbed", lost[0] + paid[0], 1.0, 1e-12);
}

#[test]
fn thresholds_reproduce_the_rows() {
    let given = rows(0.017);
    let implied = implied_rows(&Thresholds::new(&given), position(0));
    for (row, (got, expected)) in implied.iter().zip(&given).enumerate() {
        for (state, (p, q)) in got.iter().zip(expected).enumerate() {
            assert_close(&format!("M{row} to state {state}"), *p, *q, 1e-10);
        }
    }
}

#[test]
fn covariates_multiply_the_odds_of_every_tail() {
    let given = rows(0.017);
    let thresholds = Thresholds::new(&given);
    let tails = |row: &[f64]| -> Vec<f64> { (1..row.len()).map(|state| row[state..].iter().sum()).collect() };
    for log_odds in [-1.5, -0.25, 0.5, 2.0_f64] {
        let implied = implied_rows(&thresholds, position(level(log_odds)));
        for (row, base) in implied.iter().zip(&given) {
            for (moved, tail) in tails(row).into_iter().zip(tails(base)) {
                let odds = tail / (1.0 - tail) * log_odds.exp();
                assert_close("tail", moved, odds / (1.0 + odds), 1e-10);
            }
        }
    }
}

#[test]
fn levels_stay_within_one_sixty_fourth_of_the_log_odds() {
    for step in -600..=600 {
        let log_odds = f64::from(step) * 0.00997;
        let back = f64::from(level(log_odds)) / 32.0;
        assert!((back - log_odds).abs() <= 1.0 / 64.0 + 1e-12, "{log_odds} became {back}");
    }
    assert_eq!(position(level(-50.0)), 0, "held at the edge of the grid");
}

/// A cohort of bullet loans of 120 months through the engine.
fn cohort(loans: u64, miss: f64, months: u32) -> RunResult {
    let plan = format!("plan.loans=[{{segment=\"lab\", channel=\"lab\", from=0, to=0, count={loans}}}]");
    let m0 = format!("delinquency.m0=[{:.12}, {:.12}]", 1.0 - miss, miss);
    let months = format!("run.months={months}");
    let settings = [
        "product.lab.schedule=\"interest_only\"",
        "product.lab.tenors=[{months=120, share=1.0}]",
        "product.lab.amount_min=10000.00",
        "product.lab.amount_median=10000.00",
        "product.lab.amount_max=10000.00",
        "product.lab.prepayment=0.025",
        &plan,
        &m0,
        &months,
    ];
    simulate_run(&setup(LAB, &settings), 0, &mut Default::default())
}

#[test]
fn cohorts_follow_the_chain_month_by_month() {
    const LOANS: f64 = 40_000.0;
    // The reference chain, and one in which every account that is not prepaid misses at once: it starts in M1.
    for miss in [MISS, 1.0] {
        let matrix = chain(&rows(miss), PREPAYMENT);
        let result = cohort(LOANS as u64, miss, 120);
        let mut state = [0.0; STATES];
        state[0] = 1.0;
        let (mut charged_off, mut paid_off, mut stepped) = (0, 0, 0.0);
        for month in 1..120 {
            stepped += 1.0 - state[CHARGED_OFF] - state[PAID_OFF];
            state = step(&matrix, state);
            charged_off += result.get(month, MonthMetric::Flow(Flow::AccountsChargedOff));
            paid_off += result.get(month, MonthMetric::Flow(Flow::AccountsPaidOff));
            if month > 12 && month % 12 != 11 {
                continue;
            }
            let what = |state: &str| format!("miss {miss:.3}, month {month}, {state}");
            for (bucket, share) in state.into_iter().enumerate().take(BUCKETS) {
                let accounts = result.get(month, MonthMetric::BucketAccounts(bucket as u8));
                assert_count(&what(&format!("M{bucket}")), accounts, LOANS, share);
            }
            assert_count(&what("charged off"), charged_off, LOANS, state[CHARGED_OFF]);
            assert_count(&what("paid off"), paid_off, LOANS, state[PAID_OFF]);
        }
        // Months until absorption, censored at month 119; their standard deviation is below 36 months.
        let mean = result.account_months as f64 / LOANS;
        assert!((mean - stepped).abs() < 4.0 * 36.0 / LOANS.sqrt(), "months open {mean}, expected {stepped}");
    }
}

#[test]
fn accounts_in_m1_reach_charge_off_before_curing_as_the_chain_says() {
    // Per spell of delinquency, which starts in M1: M0 absorbs too.
    let mut matrix = chain(&rows(MISS), PREPAYMENT);
    matrix[0] = [0.0; STATES];
    let lost = absorption(&matrix, CHARGED_OFF)[1];
    let result = cohort(40_000, MISS, 120);
    let open: i64 = (1..BUCKETS as u8).map(|b| result.get(119, MonthMetric::BucketAccounts(b))).sum();
    let ended = result.total(Flow::AccountsMissed) - open;
    assert_eq!(ended, result.total(Flow::AccountsCured) + result.total(Flow::AccountsChargedOff));
    assert_count("spells lost", result.total(Flow::AccountsChargedOff), ended as f64, lost);
}

#[test]
fn seasoning_peaks_where_it_is_told_to() {
    for (month, peak, long_run) in [(9, 1.7, 0.8), (2, 1.3, 1.0), (6, 0.6, 1.0)] {
        assert_close("peak", seasoning(month, month, peak, long_run), peak, 1e-15);
        assert_close("at month 0", seasoning(0, month, peak, long_run), long_run, 1e-15);
        assert_close("in the end", seasoning(600, month, peak, long_run), long_run, 1e-9);
        for other in (1..60).filter(|other| *other != month) {
            let beyond = (seasoning(other, month, peak, long_run) - long_run) / (peak - long_run);
            assert!((0.0..1.0).contains(&beyond), "month {other} is less extreme than the peak");
        }
        // s(2 m*) = s_inf + (s_pk - s_inf) 2 / e.
        let twice = long_run + (peak - long_run) * 2.0 / std::f64::consts::E;
        assert_close("at twice the month", seasoning(2 * month, month, peak, long_run), twice, 1e-14);
    }
}

/// Asserts the share of current loans that misses in each month of a cohort's life, given the exact odds multiplier.
fn assert_missed(settings: &[&str], months: usize, multiplier: impl Fn(usize) -> f64) {
    let months_set = format!("run.months={}", months + 1);
    let given = [
        "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=40000}]",
        "product.lab.amount_min=10000.00",
        "product.lab.amount_median=10000.00",
        "product.lab.amount_max=10000.00",
        "delinquency.m0=[0.98, 0.02]",
        "run.start=\"2026-01\"",
        &months_set,
    ];
    let result = simulate_run(&setup(LAB, &[&given, settings].concat()), 0, &mut Default::default());
    for month in 1..=months {
        let exact = multiplier(month);
        // Covariates live on a grid of 1/32 of log-odds.
        let odds = 0.02 / 0.98 * ((exact.ln() * 32.0).round() / 32.0).exp();
        let current = result.get(month - 1, MonthMetric::BucketAccounts(0)) as f64;
        let missed = result.get(month, MonthMetric::Flow(Flow::AccountsMissed));
        assert_count(&format!("missed in month {month}"), missed, current, odds / (1.0 + odds));
    }
}

#[test]
fn seasoning_and_season_move_the_share_that_misses() {
    let settings = [
        "product.lab.schedule=\"interest_only\"",
        "product.lab.seasoning_month=2",
        "product.lab.seasoning_peak=2.0",
        "product.lab.seasoning_long_run=1.0",
        "economy.delinquency_season=[0, 0.5, 0, 0, -0.5, 0, 0, 0, 0, 0, 0, 0]",
    ];
    let season = [0.0, 0.5, 0.0, 0.0, -0.5, 0.0, 0.0_f64];
    assert_missed(&settings, 6, |month| {
        let x = month as f64 / 2.0;
        (1.0 + x * (1.0 - x).exp()) * season[month].exp()
    });
}

#[test]
fn quarterly_payers_miss_once_a_quarter_at_three_times_the_odds() {
    assert_missed(&["product.lab.schedule=\"interest_only\"", "product.lab.payment_months=3"], 12, |month| {
        if month % 3 == 0 { 3.0 } else { 0.0 }
    });
}

#[test]
fn the_factor_shifts_latent_values_and_keeps_their_variance() {
    let link = FactorLink::new(0.08, -1.5);
    let normal = Normal::standard();
    for word in [0_u32, 1 << 20, 1 << 31, u32::MAX - 5] {
        let u = (f64::from(word) + 0.5) / 2_f64.powi(32);
        let expected = 0.92_f64.sqrt() * normal.inverse_cdf(u) - 1.5 * 0.08_f64.sqrt();
        assert_close("y", link.latent(word), expected, 1e-9);
    }
}

#[test]
fn payments_that_take_much_of_the_income_are_missed_more_often() {
    // 10,000 at 18 % over 12 months is 916.80 a month: 45.84 % of an income of 2,000, 15.84 % above what is free.
    let strained = |income: &str, tenor: u32| {
        let segments = ["lab", "youth", "family", "owner"];
        let mut settings =
            segments.map(|segment| format!("segment.{segment}.income_median={income}")).to_vec();
        settings.push("affordability={payment_to_income_free=0.3, slope=8}".to_owned());
        settings.push(format!("product.lab.tenors=[{{months={tenor}, share=1}}]"));
        settings
    };
    for (income, tenor, payment) in [("2000", 12, 916.80), ("2000", 24, 499.24), ("4000", 12, 916.80)] {
        let settings = strained(income, tenor);
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let share = payment / income.parse::<f64>().expect("a number");
        let expected = (8.0 * f64::max(share - 0.3, 0.0)).exp();
        assert_missed(&settings, 6, |_| expected);
    }
}
