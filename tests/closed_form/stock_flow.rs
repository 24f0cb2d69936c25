//! T10, T13, T35: stocks that follow from flows, through the engine.

use lendcycle::engine::{MonthMetric, RunResult, Setup, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::metrics::{Sums, find};

use crate::laboratory::{ALL_ROLL, LAB, assert_close, assert_count, flow, setup};

/// The laboratory's loan, in fen.
const LOAN: f64 = 1e10;

fn run(setup: &Setup) -> RunResult {
    simulate_run(setup, 0, &mut Default::default())
}

/// Interest every three months, principal at maturity.
const QUARTERLY: &str = "quarterly interest";

fn product(schedule: &str, tenor: u32) -> [String; 3] {
    let (schedule, months) = if schedule == QUARTERLY { ("interest_only", 3) } else { (schedule, 1) };
    [
        format!("product.lab.schedule=\"{schedule}\""),
        format!("product.lab.payment_months={months}"),
        format!("product.lab.tenors=[{{months={tenor}, share=1.0}}]"),
    ]
}

fn lab(parts: &[&[String]]) -> RunResult {
    let settings: Vec<&str> = parts.iter().flat_map(|part| part.iter().map(String::as_str)).collect();
    run(&setup(LAB, &settings))
}

fn plan(loans: &[(usize, usize, u64)]) -> String {
    let entries: Vec<String> = loans
        .iter()
        .map(|(from, to, count)| {
            format!("{{segment=\"lab\", channel=\"lab\", from={from}, to={to}, count={count}}}")
        })
        .collect();
    format!("plan.loans=[{}]", entries.join(", "))
}

/// Balance per unit lent after `k` of `n` months.
fn left(schedule: &str, r: f64, n: i32, k: i32) -> f64 {
    match schedule {
        "annuity" => ((1.0 + r).powi(n) - (1.0 + r).powi(k)) / ((1.0 + r).powi(n) - 1.0),
        "equal_principal" => f64::from(n - k) / f64::from(n),
        _ => 1.0,
    }
}

/// Balance in loans after month `t` of constant originations.
fn ramp(schedule: &str, r: f64, n: i32, t: i32) -> f64 {
    (0..=t.min(n - 1)).map(|k| left(schedule, r, n, k)).sum()
}

/// Most that rounding can move the balance of `ramp`, in loans: one fen per loan and instalment, compounded.
fn rounding(r: f64, n: i32, t: i32) -> f64 {
    (0..=t.min(n - 1)).map(|k| ((1.0 + r).powi(k) - 1.0) / r).sum::<f64>() / LOAN
}

fn balance(result: &RunResult, month: usize) -> f64 {
    result.get(month, MonthMetric::Balance) as f64 / LOAN
}

#[test]
fn balance_plateaus_at_originations_times_average_life() {
    for (schedule, tenor, plateau) in [
        ("equal_principal", 12, 6.50),
        ("annuity", 12, 6.677327658316),
        ("annuity", 36, 20.099082619534),
        ("interest_only", 12, 12.00),
        (QUARTERLY, 12, 12.00),
    ] {
        let result = lab(&[&product(schedule, tenor)]);
        let n = tenor as usize;
        for month in 0..40 {
            let closed = ramp(schedule, 0.015, tenor as i32, month as i32);
            let what = format!("{schedule} {tenor} m, month {month}");
            let tolerance = 1e-10 + rounding(0.015, tenor as i32, month as i32) / closed;
            assert_close(&what, balance(&result, month), closed, tolerance);
        }
        assert_close(schedule, balance(&result, n - 1), plateau, 2e-9);
        assert_close(schedule, balance(&result, 39), plateau, 2e-9);
        let last_step = balance(&result, n - 1) - balance(&result, n - 2);
        assert!(last_step > 0.01, "{schedule}: the plateau begins exactly at month n - 1");
    }
}

#[test]
fn annuity_ramp_matches_worked_numbers() {
    let result = lab(&[&product("annuity", 12)]);
    assert_close("B5", balance(&result, 5), 4.826535756907, 1e-9);
    assert_close("B11", balance(&result, 11), 6.677327658316, 1e-9);
}

#[test]
fn interest_of_the_plateau_is_the_rate_times_the_balance() {
    for schedule in ["annuity", "equal_principal", "interest_only", QUARTERLY] {
        let result = lab(&[&product(schedule, 12)]);
        let plateau = balance(&result, 11);
        for month in 12..40 {
            let interest = flow(&result, month, Flow::InterestAccrued) as f64 / LOAN;
            assert_close(schedule, interest, 0.015 * plateau, 1e-9);
            // Twelve vintages overlap: even quarterly payers pay the same sum every month.
            let received = flow(&result, month, Flow::InterestReceived) as f64 / LOAN;
            assert_close(schedule, received, 0.015 * plateau, 1e-9);
        }
    }
}

#[test]
fn run_off_leaves_the_worked_fractions() {
    let result = lab(&[&product("annuity", 12), &[plan(&[(0, 20, 1)])]]);
    let plateau = balance(&result, 20);
    for (months, fraction) in [(1, 0.850_239), (3, 0.585_342), (6, 0.277_176), (9, 0.080_366)] {
        assert_close("remaining", balance(&result, 20 + months) / plateau, fraction, 5e-7);
    }
    assert_eq!(result.get(32, MonthMetric::Balance), 0, "nothing after 12 months, exactly");
}

#[test]
fn one_loan_earns_and_costs_what_its_balance_years_say() {
    let result =
        lab(&[&product("annuity", 12), &[plan(&[(0, 0, 1)]), "servicing.balance_cost=0.02".to_owned()]]);
    let scaled = |amount: i64| amount as f64 / LOAN * 10_000.0;
    let balances: f64 = (0..40).map(|month| balance(&result, month)).sum();
    assert_close("balance-years", balances / 12.0 * 10_000.0, 5564.4397, 1e-8);
    assert_close("interest", scaled(result.total(Flow::InterestReceived)), 1001.5991487475, 1e-9);
    assert_close("FTP 2.5 %", scaled(result.total(Flow::FundingPaid)), 139.11, 5e-5);
    let funding = result.total(Flow::FundingPaid) as f64;
    assert!((funding - 0.025 * balances / 12.0 * LOAN).abs() < 12.0 * 0.5, "half a fen a month");
    assert_close("opex 2 %", scaled(result.total(Flow::ServicingPaid)), 111.29, 5e-5);
    let profit = find("profit_before_tax");
    let mut sums = Sums::default();
    (0..40).for_each(|month| sums.add(result.month(month)));
    assert_close("profit", (profit.of)(&sums).own() / LOAN * 1e4, 1001.60 - 139.11 - 111.29, 2e-5);
}

#[test]
fn fees_are_a_share_of_originations() {
    let result = lab(&[&["product.lab.upfront_fee=0.015".to_owned()]]);
    for month in 0..40 {
        assert_eq!(flow(&result, month, Flow::FeesReceived), 150_000_000);
    }
}

#[test]
fn prepayment_thins_a_cohort_geometrically() {
    const LOANS: f64 = 20_000.0;
    let small = ["min", "median", "max"].map(|key| format!("product.lab.amount_{key}=10000.00"));
    for (ramp, survival) in [
        (1, (|k| 0.98_f64.powi(k)) as fn(i32) -> f64),
        // The rate rises for four months: 0.5 %, 1 %, 1.5 %, then 2 %.
        (4, |k| {
            [1.0, 0.995, 0.995 * 0.99, 0.995 * 0.99 * 0.985][k.min(3) as usize]
                * 0.98_f64.powi((k - 3).max(0))
        }),
    ] {
        let result = lab(&[
            &product("annuity", 36),
            &small,
            &[
                plan(&[(0, 0, LOANS as u64)]),
                "product.lab.prepayment=0.02".to_owned(),
                format!("product.lab.prepayment_ramp={ramp}"),
            ],
        ]);
        for month in 1..36 {
            let alive = survival(month as i32);
            let what = format!("ramp {ramp}, loans open after month {month}");
            assert_count(&what, result.get(month, MonthMetric::BucketAccounts(0)), LOANS, alive);
            let per_loan = result.get(month, MonthMetric::Balance) as f64
                / result.get(month, MonthMetric::BucketAccounts(0)) as f64;
            let closed = 1e6 * left("annuity", 0.015, 36, month as i32);
            assert_close("prepayment does not touch those who stay", per_loan, closed, 1e-3);
        }
        assert_eq!(result.total(Flow::AccountsPaidOff), LOANS as i64);
        assert_eq!(result.get(36, MonthMetric::Balance), 0);
    }
}

#[test]
fn growth_dilutes_the_npl_ratio_of_equal_loans() {
    let doubling: Vec<(usize, usize, u64)> = (0..13).map(|t| (t, t, 1 << t)).collect();
    let npl = find("npl_ratio_balance");
    for (loans, expected) in [(vec![(0, 12, 8)], 3.0 / 7.0), (doubling, 7.0 / 127.0)] {
        let loans = plan(&loans);
        let settings: Vec<&str> = ALL_ROLL.iter().copied().chain([loans.as_str()]).collect();
        let result = run(&setup(LAB, &settings));
        for month in 6..13 {
            let mut sums = Sums::default();
            sums.add(result.month(month));
            assert_close("NPL ratio", (npl.of)(&sums).own(), expected, 1e-12);
        }
    }
}

#[test]
fn interest_stops_at_ninety_days_and_is_taken_back() {
    let loans = plan(&[(0, 0, 1)]);
    let settings: Vec<&str> = ALL_ROLL.iter().copied().chain([loans.as_str()]).collect();
    let result = run(&setup(LAB, &settings));
    let months = |of: Flow| -> Vec<i64> { (0..9).map(|month| flow(&result, month, of)).collect() };
    let interest = 150_000_000;
    assert_eq!(months(Flow::InterestAccrued)[..6], [0, interest, interest, interest, interest, 0]);
    // Missed in month 1, more than 90 days past due at the end of month 4.
    assert_eq!(months(Flow::InterestReversed)[..6], [0, 0, 0, 0, 4 * interest, 0]);
    // More than 180 days past due at the end of month 7.
    assert_eq!(months(Flow::ChargedOff), [0, 0, 0, 0, 0, 0, 0, LOAN as i64, 0]);
    assert_eq!(result.total(Flow::InterestAccrued), 4 * interest);
    assert_eq!(result.total(Flow::InterestReceived), 0);
}
