//! What money costs by tenor, beyond a limit and in reserve; subsidies; operational losses; how a balance moves and how
//! concentrated it is.

use lendcycle::engine::{MonthMetric, RunResult, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::metrics::{Sums, find};
use lendcycle::lifecycle::profitability::{STAGE_METRICS, by_stage};
use lendcycle::lifecycle::stage::Stage;
use lendcycle::model::concentration::own_part;
use lendcycle::model::funding::{curve_premium, share_beyond, term_premium};

use crate::laboratory::{BASE, LAB, assert_close, flow, runs, setup};

/// The laboratory's loan, in fen.
const LOAN: f64 = 1e10;
/// 3 % less half a point.
const FTP: f64 = 0.025;
const BULLET: [&str; 2] = [
    "product.lab.schedule=\"interest_only\"",
    "product.lab.tenors=[{months=6, share=0.5}, {months=30, share=0.5}]",
];

fn run(settings: &[&str]) -> RunResult {
    let common = ["funding.spread=-0.005", "run.months=40"];
    simulate_run(&setup(LAB, &[&common[..], settings].concat()), 0, &mut Default::default())
}

fn balance(result: &RunResult, month: usize) -> f64 {
    result.get(month, MonthMetric::Balance) as f64 / LOAN
}

/// Checks that a flow is, every month, a rate of the balance at the end of the month before.
#[track_caller]
fn assert_rate(result: &RunResult, of: Flow, rate: impl Fn(f64) -> f64) {
    for month in 1..40 {
        let opening = balance(result, month - 1);
        let expected = opening * rate(opening) / 12.0;
        assert_close(
            &format!("{} in month {month}", of.key()),
            flow(result, month, of) as f64 / LOAN,
            expected,
            1e-9,
        );
    }
}

#[test]
fn longer_loans_are_funded_dearer_by_the_premium_of_their_mean_tenor() {
    assert_close(
        "18 months at 0.4 % a year",
        term_premium(0.004, [(6.0, 0.5), (30.0, 0.5)].into_iter()),
        0.006,
        1e-15,
    );
    assert_rate(&run(&BULLET), Flow::FundingPaid, |_| FTP);
    let premium = run(&[&BULLET[..], &["funding.term_premium=0.004"]].concat());
    assert_rate(&premium, Flow::FundingPaid, |_| FTP + 0.006);
    // Re-lending at three points less, and never below nothing.
    for (spread, rate) in [("-0.02", FTP - 0.02), ("-0.03", 0.0), ("0.01", FTP + 0.01)] {
        let spread = format!("product.lab.funding_spread={spread}");
        assert_rate(&run(&[&BULLET[..], &[&spread]].concat()), Flow::FundingPaid, |_| rate);
    }
}

#[test]
fn money_beyond_the_limit_costs_the_step_more() {
    assert_eq!((share_beyond(4.0, 3.0), share_beyond(3.0, 3.0), share_beyond(0.0, 3.0)), (0.25, 0.0, 0.0));
    // Loans of 100 million each month: the line of 250 million is full from the third on.
    let line = ["funding.limit=250000000", "funding.step_up=0.012"];
    let result = run(&[&BULLET[..], &line].concat());
    assert_rate(&result, Flow::FundingPaid, |opening| FTP + 0.012 * (opening - 2.5).max(0.0) / opening);
    // Five loans: 2.5 % of all, 1.2 % of two and a half, 1,291,666.67 a month.
    assert_eq!(flow(&result, 5, Flow::FundingPaid), 129_166_667);
}

#[test]
fn a_reserve_costs_what_it_earns_less_than_money_costs() {
    let reserve = ["funding.reserve_share=0.2", "funding.reserve_yield=0.015"];
    let result = run(&[&BULLET[..], &reserve].concat());
    assert_rate(&result, Flow::ReservePaid, |_| 0.2 * 0.010);
    assert_rate(&result, Flow::FundingPaid, |_| FTP);
    let idle = run(&[&BULLET[..], &reserve[..1]].concat());
    assert_rate(&idle, Flow::ReservePaid, |_| 0.2 * FTP);
    // What earns more than money costs is no cost.
    let gain = run(&[&BULLET[..], &["funding.reserve_share=0.2", "funding.reserve_yield=0.09"]].concat());
    assert_eq!(gain.total(Flow::ReservePaid), 0);
}

#[test]
fn subsidies_and_operational_losses_are_rates_of_the_balance_and_move_nothing_else() {
    let rates = ["product.lab.subsidy=0.015", "servicing.operational_loss=0.003"];
    let (plain, result) = (run(&BULLET), run(&[&BULLET[..], &rates].concat()));
    assert_rate(&result, Flow::SubsidyReceived, |_| 0.015);
    assert_rate(&result, Flow::OperationalLoss, |_| 0.003);
    let profit = |result: &RunResult| result.groups.iter().map(|flows| flows.profit()).sum::<i64>();
    let gain = result.total(Flow::SubsidyReceived) - result.total(Flow::OperationalLoss);
    assert_eq!(profit(&result) - profit(&plain), gain);
    assert_eq!(result.total(Flow::InterestAccrued), plain.total(Flow::InterestAccrued));
}

#[test]
fn concentration_matches_worked_numbers() {
    // Halves: one half. Four parts of 40, 30, 20 and 10: 0.16 + 0.09 + 0.04 + 0.01.
    assert_eq!(own_part([500, 500].into_iter()), 500);
    assert_eq!(own_part([400, 300, 200, 100].into_iter()), 300);
    assert_eq!(
        (own_part([7].into_iter()), own_part([0, 0].into_iter()), own_part([1, 2].into_iter())),
        (7, 0, 2)
    );
    let result = run(&BULLET);
    for metric in [MonthMetric::SegmentPart, MonthMetric::ChannelPart, MonthMetric::ProductPart] {
        assert_eq!(result.get(20, metric), result.get(20, MonthMetric::Balance), "one cell, one product");
    }
    assert_eq!(result.get(20, MonthMetric::LargestLoan), LOAN as i64);
    // In the base scenario of three segments, four channels and four products an index lies between 1/n and 1.
    for result in runs(&setup(BASE, &["run.months=30"]), 3) {
        let mut sums = Sums::default();
        (0..30).for_each(|month| sums.add(result.month(month)));
        for (key, parts) in
            [("hhi_segment_balance", 3.0), ("hhi_channel_balance", 4.0), ("hhi_product_balance", 4.0)]
        {
            let index = (find(key).of)(&sums).own();
            assert!(1.0 / parts < index && index < 1.0, "{key}: {index}");
        }
    }
}

#[test]
fn a_balance_that_rises_evenly_has_no_acceleration_and_growth_is_late_after_its_fastest_months() {
    // Bullets of 60 months: 1 a month, 3 a month in months 6 to 11, then 1 again.
    let plan = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=39, count=1}, \
                {segment=\"lab\", channel=\"lab\", from=6, to=11, count=2}]";
    let long = ["product.lab.schedule=\"interest_only\"", "product.lab.tenors=[{months=60, share=1}]", plan];
    let result = run(&long);
    for month in 0..40 {
        let change = if (6..12).contains(&month) { 3 } else { 1 };
        let bend =
            [(0, 1), (6, 2), (12, -2)].iter().find(|(at, _)| *at == month).map_or(0, |(_, bend)| *bend);
        let loans = |metric: MonthMetric| result.get(month, metric) as f64 / LOAN;
        assert_eq!(loans(MonthMetric::BalanceChange), f64::from(change), "month {month}");
        assert_eq!(loans(MonthMetric::BalanceBend), f64::from(bend), "month {month}");
    }
    // Nothing is repaid: growth throughout. Nine loans in three months are first reached in month 8.
    let row = by_stage(&result);
    let growth = row.stage(Stage::Growth(1)).expect("growth");
    let of = |key: &str| {
        let (_, _, of) = STAGE_METRICS.iter().find(|(name, _, _)| *name == key).expect("a metric");
        of(growth).own()
    };
    assert_eq!((of("duration"), of("duration_early"), of("duration_late")), (40.0, 9.0, 31.0));
    assert!((find("repaid_to_originated").of)(&growth.sums).own() == 0.0);
    assert_eq!((find("loan_average").of)(&growth.sums).own(), LOAN);
}

#[test]
fn a_partner_gets_its_share_of_the_interest_received_and_nothing_else_moves() {
    let plain = run(&BULLET);
    let result = run(&[&BULLET[..], &["channel.lab.profit_share=0.3"]].concat());
    let received: Vec<i64> =
        (0..result.stages.len()).map(|month| flow(&result, month, Flow::InterestReceived)).collect();
    assert!(received.iter().sum::<i64>() > 0);
    for (month, received) in received.into_iter().enumerate() {
        let paid = flow(&result, month, Flow::PartnerPaid);
        assert_eq!(paid, (received as f64 * 0.3).round() as i64, "month {month}");
        assert_eq!(received, flow(&plain, month, Flow::InterestReceived));
    }
    let profit = |result: &RunResult| result.groups.iter().map(|flows| flows.profit()).sum::<i64>();
    assert_eq!(profit(&plain) - profit(&result), result.total(Flow::PartnerPaid));
}

/// A straight line between points, level beyond them; through the engine a bullet of six months and one of thirty pay the mean.
#[test]
fn a_curve_prices_every_tenor_by_itself() {
    let curve = [(3.0, -0.002), (12.0, 0.0), (36.0, 0.006)];
    for (months, rate) in [
        (1.0, -0.002),
        (3.0, -0.002),
        (6.0, -0.002 + 0.002 / 3.0),
        (12.0, 0.0),
        (30.0, 0.0045),
        (60.0, 0.006),
    ] {
        let found = curve_premium(&curve, [(months, 1.0)].into_iter());
        assert!((found - rate).abs() < 1e-15, "{months} months: {found}");
    }
    let mean = curve_premium(&curve, [(6.0, 0.5), (30.0, 0.5)].into_iter());
    let points =
        "funding.curve=[{months=3, spread=-0.002}, {months=12, spread=0}, {months=36, spread=0.006}]";
    let paid = |more: &[&str]| run(&[&BULLET[..], more].concat()).total(Flow::FundingPaid) as f64;
    let plain = paid(&[]);
    // Money costs 2.5 % without the curve.
    assert_close("curve", paid(&[points]) / plain, 1.0 + mean / 0.025, 1e-9);
    assert_close("liquidity", paid(&["funding.liquidity_premium=0.003"]) / plain, 1.0 + 0.003 / 0.025, 1e-9);
}
