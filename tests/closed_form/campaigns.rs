//! What moves leads and gates by month, against worked numbers: promotions, launch, shocks of demand, regions, the fraud
//! filter; and the marginal cost of a customer against a finite difference.

use lendcycle::engine::{RunResult, Workspace, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::model::marketing::{hill, hill_rise};
use lendcycle::model::prescreen::{catch_rate, honest_rejected};

use crate::laboratory::{MARKET, assert_close, assert_count, assert_mean, flow, runs, setup, total};

/// A channel that spends 100,000 a month; the market is so large that it is never worked through.
const PAID: [&str; 8] = [
    "run.months=24",
    "segment.lab.population=2000000000",
    "segment.lab.completion=0.5",
    "channel.lab.budget=[{month=0, amount=100000.00}]",
    "channel.lab.retention=0.6",
    "channel.lab.slope=1.4",
    "channel.lab.audience.lab.half_saturation=500000.00",
    "channel.lab.audience.lab.leads_max=10000",
];

fn play(settings: &[&str], count: u64) -> Vec<RunResult> {
    runs(&setup(MARKET, &[&PAID, settings].concat()), count)
}

fn by_month(results: &[RunResult], month: usize, of: Flow) -> Vec<f64> {
    results.iter().map(|result| flow(result, month, of) as f64).collect()
}

/// Leads of a month by hand, what was spent in each month up to it being `spent`.
fn hill_of(spent: &[f64]) -> f64 {
    let stock = spent.iter().fold(0.0, |stock, spend| 0.6 * stock + spend);
    let ratio = (stock / 500_000.0_f64).powf(1.4);
    10_000.0 * ratio / (1.0 + ratio)
}

#[test]
fn a_promotion_is_held_in_its_calendar_months_and_a_partner_pays_its_share() {
    // The run begins in January: months 1, 13 are Februaries, months 10, 22 Novembers.
    let promotion = "promotion=[{ name=\"holidays\", calendar_months=[2, 11], to=20, spend=3, partner_share=0.4, \
                     leads=1.5, cost=777.77 }]";
    let results = play(&[promotion], 60);
    let held = |month: usize| matches!(month, 1 | 10 | 13);
    let spent = |month: usize| if held(month) { 300_000.0 } else { 100_000.0 };
    for month in 0..24 {
        let paid: Vec<f64> = (0..=month).map(spent).collect();
        let expected = hill_of(&paid) * if held(month) { 1.5 } else { 1.0 };
        assert_mean(&format!("leads in month {month}"), &by_month(&results, month, Flow::Leads), expected);
        // Six tenths of 300,000, and the promotion itself.
        let own = if held(month) { 18_000_000 + 77_777 } else { 10_000_000 };
        assert_eq!(flow(&results[0], month, Flow::MarketingPaid), own, "fen in month {month}");
    }
}

#[test]
fn promotions_at_once_multiply_and_take_their_share_of_what_is_left() {
    let both = "promotion=[{ name=\"a\", spend=2, partner_share=0.5 }, { name=\"b\", spend=1.5, partner_share=0.2, from=3 }]";
    let result = &play(&[both], 1)[0];
    assert_eq!(flow(result, 2, Flow::MarketingPaid), 10_000_000, "2 x 0.5");
    assert_eq!(flow(result, 3, Flow::MarketingPaid), 12_000_000, "3 x 0.5 x 0.8");
}

#[test]
fn offers_of_a_promotion_cost_what_they_say() {
    let terms = ["product.lab.upfront_fee=0.01", "product.lab.take_up=0.5", "run.months=2"];
    let plain = &play(&terms, 1)[0];
    let promotion =
        "promotion=[{ name=\"p\", from=1, take_up=1.0986122886681098, fee_waived=0.6, coupon=12.34 }]";
    let promoted = &play(&[&terms[..], &[promotion]].concat(), 1)[0];
    let get = |result: &RunResult, of: Flow| flow(result, 1, of);
    assert_eq!(get(plain, Flow::Approvals), get(promoted, Flow::Approvals));
    let approved = get(plain, Flow::Approvals) as f64;
    assert_count("without", get(plain, Flow::LoansNew), approved, 0.5);
    assert_count("odds x 3", get(promoted, Flow::LoansNew), approved, 0.75);
    let loans = get(promoted, Flow::LoansNew);
    assert_eq!(get(promoted, Flow::MarketingPaid), 10_000_000 + 1_234 * loans);
    // Fees: 1 % of 100 million on each loan, of which four tenths are charged.
    assert_eq!(get(promoted, Flow::FeesReceived), 40_000_000 * loans);
    assert_eq!(flow(promoted, 0, Flow::FeesReceived), flow(plain, 0, Flow::FeesReceived));
}

#[test]
fn the_rise_of_the_hill_curve_is_its_slope_times_the_stock() {
    for stock in [1_000.0, 80_000.0, 500_000.0, 3_000_000.0] {
        let at = |stock: f64| hill(stock, 10_000.0, 500_000.0, 1.4);
        let difference = (at(stock * 1.0001) - at(stock * 0.9999)) / 0.0002;
        assert_close("per unit of relative rise", hill_rise(at(stock), 10_000.0, 1.4), difference, 1e-6);
    }
    // At half of the most: s / 4 of it.
    assert_close("at half", hill_rise(5_000.0, 10_000.0, 1.4), 3_500.0, 1e-12);
    assert_eq!((hill_rise(0.0, 10.0, 1.4), hill_rise(0.0, 0.0, 1.4)), (0.0, 0.0));
}

/// Marginal cost of a new loan in fen, as reported.
fn marginal(results: &[RunResult]) -> f64 {
    total(results, Flow::MarginalSpend) / (total(results, Flow::MarginalLoans) * 1e-6)
}

#[test]
fn the_marginal_cost_of_a_customer_is_that_of_a_little_more_spend() {
    let funnel = [
        "segment.lab.fraud_share=0.1",
        "underwriting.fraud_catch_rate=0.5",
        "prescreen={ catch_reference=0.5, honest_rejected=0.2 }",
        "segment.lab.score_deviation=40",
        "segment.lab.cutoff_new=569",
        "product.lab.take_up=0.4",
        "channel.lab.reward=8.00",
    ];
    let spent = |amount: &str| {
        let budget = format!("channel.lab.budget=[{{month=0, amount={amount}}}]");
        play(&[&funnel[..], &[budget.as_str()]].concat(), 100)
    };
    let (less, base, more) = (spent("90000.00"), spent("100000.00"), spent("110000.00"));
    let paid = total(&more, Flow::MarketingPaid) - total(&less, Flow::MarketingPaid);
    let loans = total(&more, Flow::LoansNew) - total(&less, Flow::LoansNew);
    // Some 4,700 loans differ; with common random numbers their number varies by a few per cent.
    assert_close("finite difference", paid / loans, marginal(&base), 0.05);
    // By hand: half complete, 1 - 0.05 - 0.9 x 0.2 pass screening, half the score, 0.4 take the loan.
    let conversion = 0.5 * 0.77 * 0.5 * 0.4;
    let (mut loans, mut paid) = (0.0, 0.0);
    for month in 0..24 {
        let response = hill_of(&vec![100_000.0; month + 1]);
        let rise = 1.4 * response * (1.0 - response / 10_000.0) * conversion;
        loans += rise;
        paid += 10_000_000.0 + 800.0 * rise;
    }
    // The market is worked through by some 60 millionths.
    assert_close("by hand", marginal(&base), paid / loans, 5e-5);
}

#[test]
fn a_channel_that_is_full_gains_nothing_by_more_spend() {
    let full = play(&["channel.lab.capacity=100"], 1);
    assert_eq!(full[0].total(Flow::MarginalLoans), flow(&full[0], 0, Flow::MarginalLoans));
    assert_eq!(flow(&full[0], 20, Flow::MarginalSpend), 10_000_000);
}

#[test]
fn nothing_is_sold_before_the_launch_and_budgets_count_from_it() {
    let late = ["launch={ month=6, development_cost=250000.00 }", "servicing.fixed_cost=1000.00"];
    let late = play(
        &[&late[..], &["channel.lab.budget=[{month=0, amount=100000.00}, {month=4, amount=0.00}]"]].concat(),
        60,
    );
    for month in 0..24 {
        let leads = by_month(&late, month, Flow::Leads);
        let servicing = flow(&late[0], month, Flow::ServicingPaid);
        let Some(since) = month.checked_sub(6) else {
            assert!(leads.iter().all(|leads| *leads == 0.0), "leads before the launch");
            assert_eq!(servicing, 25_000_000, "development");
            assert_eq!(flow(&late[0], month, Flow::MarketingPaid), 0);
            continue;
        };
        let spent: Vec<f64> = (0..=since).map(|month| if month < 4 { 100_000.0 } else { 0.0 }).collect();
        assert_mean(&format!("leads in month {month}"), &leads, hill_of(&spent));
        if month == 6 {
            assert_eq!(servicing, 100_000, "the fixed cost begins with the launch");
        }
    }
}

#[test]
fn searches_up_by_200_percent_are_three_times_the_leads() {
    let path = "economy.demand_path=[{ month=9, multiplier=3 }, { month=12, multiplier=1.5 }]";
    let results = play(&[path], 60);
    for month in 6..15 {
        let demand = [1.0, 3.0, 1.5][usize::from(month >= 9) + usize::from(month >= 12)];
        let expected = demand * hill_of(&vec![100_000.0; month + 1]);
        assert_mean(&format!("leads in month {month}"), &by_month(&results, month, Flow::Leads), expected);
    }
}

#[test]
fn coaching_lifts_the_county_from_60_to_85_percent_of_town_in_two_months() {
    let county = [
        "region=[{ name=\"county\", conversion=0.60 }]",
        "segment.lab.region=\"county\"",
        "policy=[{ name=\"coach\", from=10, regions=[\"county\"], conversion=0.25, ramp=2 }]",
    ];
    let result = &play(&county, 1)[0];
    for (month, relative) in [(8, 0.60), (9, 0.60), (10, 0.725), (11, 0.85), (12, 0.85), (23, 0.85)] {
        let leads = flow(result, month, Flow::Leads) as f64;
        let applications = flow(result, month, Flow::Applications);
        assert_count(&format!("month {month}"), applications, leads, 0.5 * relative);
    }
    // Nobody completes more than one application.
    let all =
        [county[0], county[1], "segment.lab.completion=1", "policy=[{ name=\"coach\", conversion=0.9 }]"];
    let result = &play(&all, 1)[0];
    assert_eq!(result.total(Flow::Applications), result.total(Flow::Leads));
}

#[test]
fn a_stricter_filter_moves_along_its_curve() {
    // 80 % caught for 2 % of the honest: 90 % for 15.77 %, half for hardly any.
    for (catch, expected) in [(0.8, 0.02), (0.9, 0.157_690), (0.5, 5.280_3e-6), (1.0, 1.0), (0.0, 0.0)] {
        assert_close(&format!("at {catch}"), honest_rejected(catch, 0.8, 0.02), expected, 1e-5);
    }
    assert_eq!(honest_rejected(0.9, 0.8, 0.0), 0.0);
    assert_close("worn by 10 % a month for 3 months", catch_rate(0.9, 0.1, 3), 0.6561, 1e-12);
}

#[test]
fn the_filter_turns_away_the_honest_and_wears_out_until_its_next_version() {
    let settings = [
        "segment.lab.fraud_share=0.2",
        "underwriting.fraud_catch_rate=0.9",
        "prescreen={ catch_reference=0.8, honest_rejected=0.02, adaptation=0.1, iterate_every=4, iteration_cost=5000.00 }",
        "run.months=12",
        "channel.lab.audience.lab.leads_max=200000",
    ];
    let result = &play(&settings, 1)[0];
    for month in 0..12 {
        let applications = flow(result, month, Flow::Applications) as f64;
        let catch = 0.9 * 0.9_f64.powi(month as i32 % 4);
        assert_count("caught", flow(result, month, Flow::FraudCaught), applications, 0.2 * catch);
        assert_count("honest", flow(result, month, Flow::HonestRejected), applications, 0.8 * 0.157_690);
        let passed = applications as i64
            - flow(result, month, Flow::FraudCaught)
            - flow(result, month, Flow::HonestRejected);
        assert_eq!(flow(result, month, Flow::Approvals), passed, "no score is too low");
        let cost = if matches!(month, 4 | 8) { 500_000 } else { 0 };
        assert_eq!(flow(result, month, Flow::ApplicationsPaid), cost, "month {month}");
    }
    // Without a curve nobody honest is turned away.
    let blunt =
        simulate_run(&setup(MARKET, &[&PAID[..], &settings[..2]].concat()), 0, &mut Workspace::default());
    assert_eq!(blunt.total(Flow::HonestRejected), 0);
}
