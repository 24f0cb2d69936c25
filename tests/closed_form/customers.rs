//! Customers over time: new, active, dormant, lost; points; calls; rivals.

use lendcycle::engine::{MonthMetric, RunResult, Workspace, simulate_run, simulate_run_with};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::metrics::{Sums, find};
use lendcycle::model::loyalty::Points;
use lendcycle::model::retention::return_rate;
use lendcycle::money::Fen;
use lendcycle::stats::Value;

use crate::laboratory::{BASE, LAB, assert_close, assert_count, flow, runs, setup};

const CUSTOMERS: f64 = 10_000.0;

/// Customers with loans of 1,000.00 over one month at 18 %, who never miss.
fn cohort(settings: &[&str]) -> RunResult {
    let plan = format!("plan.loans=[{{segment=\"lab\", channel=\"lab\", from=0, to=0, count={CUSTOMERS}}}]");
    let given = [
        plan.as_str(),
        "product.lab.schedule=\"interest_only\"",
        "product.lab.tenors=[{months=1, share=1.0}]",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=1000.00",
    ];
    simulate_run(&setup(LAB, &[&given, settings].concat()), 0, &mut Workspace::default())
}

fn metric(result: &RunResult, months: std::ops::Range<usize>, key: &str) -> f64 {
    let mut sums = Sums::default();
    months.for_each(|month| sums.add(result.month(month)));
    match (find(key).of)(&sums) {
        Value::Sum(sum) => sum,
        Value::Ratio(above, below) => above / below,
    }
}

#[test]
fn every_customer_is_active_dormant_or_lost() {
    let hard = ["repeat.rate=0.3", "policy.withdraw.rivals_min=8"];
    for settings in [&[][..], &hard] {
        for result in runs(&setup(BASE, settings), 3) {
            let mut known = 0;
            for month in 0..result.stages.len() {
                known += flow(&result, month, Flow::LoansNew) - flow(&result, month, Flow::CustomersLost);
                let active: i64 =
                    (0..7).map(|bucket| result.get(month, MonthMetric::BucketAccounts(bucket))).sum();
                let dormant = result.get(month, MonthMetric::CustomersDormant);
                assert!(dormant >= 0);
                assert_eq!(known, active + dormant, "run {}, month {month}", result.run);
            }
        }
    }
}

#[test]
fn loans_per_customer_is_one_over_one_less_the_repeat_probability() {
    for (p, expected) in [(0.20, 1.25), (0.35, 1.538462), (0.93, 14.285714)] {
        let rate = format!("repeat.rate={p}");
        let result = cohort(&[&rate, "repeat.window=1", "run.months=600"]);
        let error = (p / CUSTOMERS).sqrt() / (1.0 - p);
        let found = metric(&result, 0..600, "loans_per_customer");
        assert!((found - expected).abs() < 4.0 * error, "{p}: {found} loans per customer");
        assert_eq!(result.total(Flow::CustomersLost) as f64, CUSTOMERS, "all are lost in the end");
        assert_eq!(result.get(599, MonthMetric::CustomersDormant), 0);
    }
}

#[test]
fn the_repeat_rate_is_of_customers_and_twelve_months() {
    // Everybody is paid off in month 1 and asks again with 5 % a month for two years: 1 - 0.95^12 = 0.4596 within a year,
    // 0.7080 ever. All loans are of one size, so that the share of volume is that of loans.
    let result = cohort(&["repeat.rate=0.05", "repeat.window=24", "run.months=14"]);
    assert_eq!(result.get(13, MonthMetric::PaidOffYearAgo) as f64, CUSTOMERS);
    let back = result.get(13, MonthMetric::BackWithinYear);
    assert_count("back within a year", back, CUSTOMERS, 1.0 - 0.95_f64.powi(12));
    assert_close("rate", metric(&result, 0..14, "repeat_rate_12m"), back as f64 / CUSTOMERS, 1e-12);
    let share = metric(&result, 0..14, "repeat_share_amount");
    let repeat = result.total(Flow::LoansRepeat) as f64;
    assert_close("share of volume", share, repeat / (repeat + CUSTOMERS), 1e-12);
}

#[test]
fn points_redeemed_settle_at_their_use_rate() {
    // 100 loans a month, interest 1,500.00, a tenth of it in points; a tenth of points held is redeemed a month, and a
    // twentieth of the rest expires: 0.1 / (1 - 0.9 x 0.95) = 0.689655 are used.
    let terms = Points { share: 0.1, redemption: 0.1, expiry: 0.05 };
    assert_close("use rate", terms.use_rate(), 0.689_655_172, 1e-9);
    let plan = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=599, count=100}]";
    let loyalty = "loyalty={from=0, points_share=0.1, redemption=0.1, expiry=0.05, monthly_cost=7.00}";
    let months = "run.months=120";
    let (with, without) = (cohort(&[plan, months, loyalty]), cohort(&[plan, months]));
    for month in 100..120 {
        assert_eq!(flow(&with, month, Flow::PointsEarned), 15_000);
        assert_close("redeemed", flow(&with, month, Flow::PointsRedeemed) as f64, 10_344.8, 1e-3);
    }
    assert_close("in a year", metric(&with, 108..120, "points_use_rate"), terms.use_rate(), 1e-3);
    let profit = |result: &RunResult| result.groups.iter().map(|flows| flows.profit()).sum::<i64>();
    let cost = with.total(Flow::PointsRedeemed) + 120 * 700;
    assert_eq!(profit(&without) - profit(&with), cost, "what is redeemed is less income, to the fen");
}

#[test]
fn points_need_interest_to_be_redeemed_against() {
    // Interest falls due once. All points expire.
    let loyalty = "loyalty={from=0, points_share=0.1, redemption=0.5, expiry=0.9}";
    let result = cohort(&[loyalty]);
    assert_eq!(result.total(Flow::PointsEarned), 15_000_000 / 10);
    assert_eq!(result.total(Flow::PointsRedeemed), 0);
    assert_eq!(result.total(Flow::PointsExpired), 15_000_000 / 10);
    let moved = Points { share: 0.0, redemption: 0.5, expiry: 0.0 }.month(Fen(1_000), Fen(300), true);
    assert_eq!(moved.redeemed, Fen(300));
}

#[test]
fn a_loyalty_factor_and_rivals_multiply_the_chance_of_a_return() {
    assert_close("1.5 of a tenth", return_rate(0.10, 1.5, 0.0, 0), 0.15, 1e-15);
    assert_close("two rivals at 0.25", return_rate(0.10, 1.0, 0.25, 2), 0.10 / 1.5, 1e-15);
    assert_eq!(return_rate(0.8, 2.0, 0.0, 0), 1.0);
    let asked = |settings: &[&str]| {
        let given = ["repeat.rate=0.1", "repeat.window=12", "repeat.rate_decay=0.8", "run.months=20"];
        let result = cohort(&[&given, settings].concat());
        (0..20).map(|month| flow(&result, month, Flow::RepeatApplications)).collect::<Vec<_>>()
    };
    let loyalty = "loyalty={from=0, points_share=0.1, redemption=0.1, expiry=0.05, return_factor=1.5}";
    let rivals = ["market.rivals_initial=2", "market.return_effect=0.25"];
    assert_count("loyal", asked(&[loyalty])[2], CUSTOMERS, 0.15);
    assert_count("drawn away", asked(&rivals)[2], CUSTOMERS, 0.10 / 1.5);
    // One undoes the other.
    assert_eq!(asked(&[loyalty, rivals[0], rivals[1]]), asked(&[]));
    // Paid off before the programme begins.
    assert_eq!(asked(&[&loyalty.replace("from=0", "from=2")])[2], asked(&[])[2]);
}

#[test]
fn good_customers_are_called_on_until_they_ask_or_are_lost() {
    // One instalment on time: 569 + 2 points.
    let care = |score: &str| format!("care={{from=0, score_min={score}, return_factor=1.5, cost=3.00}}");
    let given = ["repeat.rate=0.1", "repeat.window=6", "run.months=20", "segment.lab.cutoff_repeat=1500"];
    let played = |score: &str| cohort(&[&given[..], &[&care(score)]].concat());
    let (called, spared) = (played("571"), played("571.5"));
    assert_count("called on", flow(&called, 2, Flow::RepeatApplications), CUSTOMERS, 0.15);
    assert_count("not called on", flow(&spared, 2, Flow::RepeatApplications), CUSTOMERS, 0.10);
    assert_eq!(spared.total(Flow::CustomersCalled), 0);
    let mut left = CUSTOMERS as i64;
    for month in 0..20 {
        let expected = if (2..8).contains(&month) { left } else { 0 };
        assert_eq!(flow(&called, month, Flow::CustomersCalled), expected, "month {month}");
        left -= flow(&called, month, Flow::RepeatApplications);
    }
    let cost = called.total(Flow::ServicingPaid) - spared.total(Flow::ServicingPaid);
    assert_eq!(cost, 300 * called.total(Flow::CustomersCalled));
}

#[test]
fn rivals_refinance_the_grades_they_want() {
    // Grade E: 2 % a month, two rivals at 0.5 each double it; three times as keen on E, 0.02 (1 + 3) = 8 %.
    let prepaid = |by_grade: &str| {
        let by_grade = format!("market.prepayment_by_grade={by_grade}");
        let rest = [
            "product.lab.tenors=[{months=6, share=1}]",
            "product.lab.prepayment=0.02",
            "market.rivals_initial=2",
            "market.rivals_max=2",
            "market.prepayment_effect=0.5",
            "run.months=3",
        ];
        flow(&cohort(&[&rest[..], &[&by_grade]].concat()), 1, Flow::AccountsPaidOff)
    };
    assert_count("keen", prepaid("[0, 0, 0, 0, 3]"), CUSTOMERS, 0.08);
    assert_count("alike", prepaid("[0, 0, 0, 0, 1]"), CUSTOMERS, 0.04);
    assert_count("not at all", prepaid("[5, 5, 5, 5, 0]"), CUSTOMERS, 0.02);
}

#[test]
fn groups_of_income_bend_by_their_own_slope() {
    // A payment takes 45.84 % of the income, a fifth is free: 25.84 % above it, times slope, in steps of 1/32.
    let level = |settings: &[&str]| {
        let given = [
            "affordability={payment_to_income_free=0.2, slope=1}",
            "segment.youth.income_median=1.00",
            "segment.family.income_median=1.00",
            "segment.owner.income_median=1.00",
            "segment.lab.income_median=20000000.00",
            "run.months=1",
        ];
        let (_, loans) = simulate_run_with(&setup(LAB, &[&given, settings].concat()), 0);
        let first = loans[0].instalments[0];
        let share = (first.principal + first.interest_due).0 as f64 / 2e9;
        assert_close("share of income", share, 0.458_4, 1e-4);
        loans[0].level
    };
    assert_eq!((level(&[]), level(&["segment.lab.affordability_slope=3"])), (8, 25));
}
