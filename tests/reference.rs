//! The engine against a plain reference engine, to the fen and to the account.
//!
//! The reference holds one struct per loan with its contract written out month by month, and plays it with one loop over
//! loans per month: no tiles, no plans, no sums kept from month to month, no tables of thresholds. It reads the scenario
//! itself and shares with the engine the random numbers ([`lendcycle::random`]), elementary functions
//! ([`lendcycle::math`]), the stage classifier, and the format of results. Everything else is written again, in the
//! order of operations of the formulas of `docs/MODEL.md`, as the last bit of a floating-point number can decide an
//! account.

#[path = "conservation/optional_flows.rs"]
mod optional_flows;
mod reference {
    pub mod acquisition;
    mod acquisition_agrees;
    pub mod applicants;
    mod changes;
    pub mod claims;
    mod claims_agree;
    pub mod compare;
    pub mod competition;
    pub mod contract;
    mod contracts_agree;
    pub mod customers;
    mod customers_agree;
    pub mod exit;
    mod exit_cases;
    pub mod figures;
    pub mod funnel;
    pub mod holiday;
    pub mod late;
    mod late_agrees;
    pub mod leads;
    mod levers;
    pub mod line;
    pub mod lines_agree;
    pub mod loan;
    pub mod money;
    pub mod month;
    pub mod offers;
    pub mod opening;
    pub mod poisson;
    pub mod prices;
    pub mod risk;
    pub mod rules;
    pub mod run;
    pub mod sweep;
    pub mod world;
}

use std::sync::Mutex;

use lendcycle::engine::runs::simulate_blocks;
use lendcycle::engine::{MonthMetric, RunResult, Setup};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::stage::Stage;
use optional_flows::is_optional;
use reference::compare::{agree, assert_same, is_measured, scenario};
use reference::run::simulate;

/// Flows of a book in which everything happens that can happen to a loan.
const LIFE_OF_LOANS: &[Flow] = &[
    Flow::AccountsPaidOff,
    Flow::AccountsMissed,
    Flow::AccountsCured,
    Flow::AccountsChargedOff,
    Flow::PrincipalScheduled,
    Flow::PrincipalPrepaid,
    Flow::PrincipalArrears,
    Flow::ChargedOff,
    Flow::InterestReceived,
    Flow::InterestReversed,
    Flow::InterestCashBasis,
    Flow::PenaltyReceived,
    Flow::Recoveries,
    Flow::CollectionsPaid,
];

fn flows_of_the_base_scenario() -> Vec<Flow> {
    let happens = |flow: &Flow| !is_optional(*flow) && !is_measured(*flow);
    Flow::ALL.iter().copied().filter(happens).collect()
}

#[test]
fn the_small_base_scenario_agrees_run_by_run() {
    agree("small", &[], 8, &flows_of_the_base_scenario());
}

#[test]
fn the_whole_life_of_the_small_base_scenario_agrees() {
    let results = agree("small", &["run.months=120"], 3, &flows_of_the_base_scenario());
    let ended = |result: &RunResult| matches!(result.stages_online.last(), Some(Stage::Exit | Stage::Closed));
    assert!(results.iter().any(ended), "no run reaches exit");
}

#[test]
fn the_base_scenario_at_full_size_agrees() {
    agree("../../scenarios/base/consumer_credit", &["run.months=40"], 1, LIFE_OF_LOANS);
}

#[test]
fn every_schedule_agrees_in_hard_delinquency_at_every_charge_off_age() {
    for (schedule, months) in
        [("annuity", 1), ("equal_principal", 1), ("interest_only", 1), ("interest_only", 3)]
    {
        let schedule = format!("product.renovation.schedule=\"{schedule}\"");
        let months = format!("product.renovation.payment_months={months}");
        let tenors = "product.renovation.tenors=[{ months = 6, share = 0.4 }, { months = 21, share = 0.6 }]";
        for days in [120, 180, 360] {
            let charge_off = format!("delinquency.charge_off_days={days}");
            agree("hard_delinquency", &[&schedule, &months, tenors, &charge_off], 2, LIFE_OF_LOANS);
        }
    }
}

#[test]
fn every_shape_of_contract_agrees_in_hard_delinquency() {
    let tenors = "product.renovation.tenors=[{ months = 12, share = 0.4 }, { months = 24, share = 0.6 }]";
    let shapes: [&[&str]; 11] = [
        &["schedule=\"annuity\"", "payment_months=3"],
        &["schedule=\"equal_principal\"", "payment_months=6", "balloon=0.3"],
        &["schedule=\"annuity\"", "payment_months=12", "interest_only_months=0"],
        &["schedule=\"annuity\"", "payment_months=2", "interest_only_months=4", "balloon=0.25"],
        &[
            "schedule=\"annuity\"",
            "rate_steps=[{month_on_book=5, change=0.03}, {month_on_book=14, change=-0.02}]",
            "apr_cap=0.1",
        ],
        &[
            "schedule=\"equal_principal\"",
            "rate_steps=[{month_on_book=7, change=0.05}]",
            "payment_months=3",
            "apr_cap=0.2",
        ],
        &["schedule=\"annuity\"", "rate_base=\"lpr\"", "apr=0.05", "reprice_months=3"],
        &[
            "schedule=\"equal_principal\"",
            "rate_base=\"lpr\"",
            "apr=0.05",
            "reprice_months=6",
            "payment_months=3",
        ],
        &["schedule=\"interest_only\"", "waiver={months=6, share=0.5}", "payment_months=6"],
        &["schedule=\"annuity\"", "waiver={months=3, share=1, first_loan_only=true}", "monthly_fee=12.34"],
        &[
            "schedule=\"annuity\"",
            "prepayment_fee=0.01",
            "prepayment=0.1",
            "payment_months=3",
            "monthly_fee=5",
        ],
    ];
    for shape in shapes {
        let mut settings: Vec<String> = shape.iter().map(|key| format!("product.renovation.{key}")).collect();
        let common = [tenors, "regulation.apr_all_in_cap=10", "economy.lpr_move_probability=0.4"];
        settings.extend(common.map(str::to_owned));
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        agree("hard_delinquency", &settings, 2, LIFE_OF_LOANS);
        agree("coming_back", &settings, 1, &[Flow::LoansRepeat]);
    }
}

#[test]
fn referrals_and_rewards_agree() {
    let referred = [
        "channel.partner.referrals=0.6",
        "channel.partner.reward=33.3333",
        "channel.organic.referrals=2.5",
        "channel.online_ads.reward=0.005",
    ];
    agree("small", &referred, 2, &[Flow::LoansNew]);
    agree("small", &[&referred[..], &["channel.organic.capacity=3"]].concat(), 2, &[Flow::LoansNew]);
}

#[test]
fn payments_against_income_agree() {
    let strained = [
        "affordability={payment_to_income_free=0.1, slope=4}",
        "segment.youth.income_median=2500",
        "segment.youth.income_spread=0.4",
        "segment.family.income_median=9000.01",
        "segment.owner.income_median=20000",
        "segment.owner.income_spread=0.9",
        "segment.owner.affordability_slope=1.3",
    ];
    agree("small", &strained, 2, LIFE_OF_LOANS);
    agree("coming_back", &strained, 1, &[Flow::LoansRepeat]);
}

#[test]
fn slow_decisions_and_a_queue_agree() {
    let slow = [
        "underwriting.abandonment_per_hour=0.03",
        "underwriting.manual_cost=12.34",
        "product.emergency.automatic_share=0.7",
        "product.emergency.automatic_hours=0.25",
        "product.emergency.manual_hours=24",
        "product.business.automatic_share=0.15",
        "product.business.manual_hours=48",
    ];
    agree("small", &slow, 2, &[Flow::LoansNew]);
    agree("small", &[&slow[..], &["underwriting.manual_capacity=3"]].concat(), 2, &[Flow::LoansNew]);
    agree("small", &[&slow[..], &["underwriting.manual_capacity=0.25"]].concat(), 1, &[Flow::LoansNew]);
}

#[test]
fn planned_loans_of_every_product_agree() {
    agree("hard_delinquency", &[], 4, LIFE_OF_LOANS);
}

#[test]
fn a_factor_that_is_off_given_or_strong_agrees() {
    agree("hard_delinquency", &["economy.factor_correlation=0"], 2, LIFE_OF_LOANS);
    agree("hard_delinquency", &["economy.factor_correlation=0.5"], 2, LIFE_OF_LOANS);
    agree("small", &["economy.factor_path=[-3, 0.5, 2.25, -1]"], 2, &[]);
    agree("small", &["economy.factor_initial=-4"], 2, &[]);
}

#[test]
fn collections_agree_when_staff_is_short() {
    let few = [
        "collections.tier.early.capacity=9.5",
        "collections.tier.negotiation.capacity=7",
        "collections.tier.outsourced.capacity=11",
    ];
    let short = agree("hard_delinquency", &few, 2, LIFE_OF_LOANS);
    let most = |result: &RunResult| (0..40).map(|month| result.get(month, MonthMetric::Contacts)).max();
    assert!(short.iter().all(|result| most(result) == Some(28)), "capacity does not bind");
}

#[test]
fn policies_of_every_kind_agree() {
    agree("policies", &[], 4, LIFE_OF_LOANS);
    let few = ["collections.tier.early.capacity=2.5", "collections.tier.negotiation.capacity=3"];
    agree("policies", &few, 2, LIFE_OF_LOANS);
    agree("hard_delinquency", &["policy.withdraw.from=12", "policy.withdraw.rivals_min=0"], 2, &[]);
}

#[test]
fn rivals_with_offers_agree() {
    let exercised = [Flow::LostToRivals, Flow::LoansRepeat];
    agree("competition", &["run.months=36"], 2, &exercised);
    let alone = ["market.rivals_initial=1", "market.rivals_entries_per_year=0", "run.months=12"];
    agree("competition", &alone, 1, &[Flow::LostToRivals]);
    let alike = ["competition.homogeneity=1", "underwriting.abandonment_per_hour=0.05", "run.months=20"];
    agree("competition", &alike, 1, &[Flow::LostToRivals]);
    let certain = ["product.emergency.take_up=1", "product.business.take_up=0", "run.months=20"];
    agree("competition", &certain, 1, &[Flow::LostToRivals]);
    let plan = "plan={ loans=[{ segment=\"youth\", channel=\"branch\", from=1, to=9, count=9 }] }";
    agree("competition", &[plan, "run.months=24"], 1, &[]);
}

#[test]
fn rules_on_figures_agree() {
    let results = agree("rules", &[], 4, LIFE_OF_LOANS);
    let rules = scenario("rules", &[]).policy.map_or(0, |policies| policies.len());
    for rule in 0..rules {
        let firings = || results.iter().flat_map(|result| &result.firings);
        assert!(firings().any(|f| f.rule as usize == rule), "rule {rule} never fires");
    }
    let ended = results.iter().flat_map(|result| &result.firings).filter(|firing| firing.ended.is_some());
    assert!(ended.count() > rules, "rules hardly end");
}

#[test]
fn rules_drawn_at_random_agree() {
    let (mut fired, mut ended) = (0, 0);
    for sample in 0..60 {
        let results = agree("small", &[&reference::sweep::rules(sample), "run.months=30"], 1, &[]);
        let drawn = || results[0].firings.iter().filter(|firing| firing.rule >= 2);
        fired += drawn().count();
        ended += drawn().filter(|firing| firing.ended.is_some()).count();
    }
    assert!(fired > 150 && ended > 80, "{fired} firings, {ended} ends");
}

#[test]
fn repeat_loans_agree() {
    agree("coming_back", &[], 4, &[Flow::LoansRepeat, Flow::PrincipalPrepaid, Flow::PrincipalArrears]);
    agree("coming_back", &["segment.family.cutoff_repeat=640"], 2, &[Flow::LoansRepeat]);
}

#[test]
fn fraud_agrees() {
    agree("fraud", &[], 4, &[Flow::LoansFraud, Flow::FraudCaught, Flow::ChargedOff]);
}

#[test]
fn degenerate_values_agree() {
    agree("edges", &[], 4, &[Flow::LoansNew, Flow::ChargedOff, Flow::InterestCashBasis]);
    agree("edges", &["delinquency.charge_off_days=900"], 2, &[Flow::InterestReversed, Flow::PenaltyReceived]);
}

#[test]
fn loans_of_a_few_fen_agree() {
    for schedule in ["annuity", "equal_principal", "interest_only"] {
        let few_fen = [
            &format!("product.education.schedule=\"{schedule}\""),
            "product.education.amount_min=0.01",
            "product.education.amount_median=0.15",
            "product.education.amount_max=0.60",
            "product.education.apr_cap=0.9",
            "product.education.apr=0.8",
            "regulation.apr_all_in_cap=10",
        ];
        agree("hard_delinquency", &few_fen, 2, &[]);
    }
}

#[test]
fn recoveries_agree_up_to_all_that_was_charged_off() {
    let good_times = ["recovery.total=0.9", "recovery.factor_effect=1.5", "economy.factor_initial=3"];
    agree("hard_delinquency", &good_times, 2, LIFE_OF_LOANS);
}

#[test]
fn sales_of_claims_agree() {
    let prices = "price=[{ months=0, share=0.11 }, { months=3, share=0.053 }, { months=8, share=0.017 }]";
    let sold = [Flow::ClaimsSold, Flow::SaleProceeds, Flow::Recoveries];
    for terms in ["every=1, months_min=1", "every=5, from=3, months_min=2", "every=3, from=20, months_min=7"]
    {
        let packages = format!("sale={{ {terms}, {prices} }}");
        agree("hard_delinquency", &["delinquency.charge_off_days=120", &packages], 2, &sold);
    }
    let by_policy = [
        &format!("sale={{ {prices} }}"),
        "policy=[{ name=\"bundle\", from=22, to=25, sell=true }, { name=\"keep\", from=22, sell=false }]",
        "delinquency.charge_off_days=120",
    ];
    agree("hard_delinquency", &by_policy, 2, &sold);
}

#[test]
fn reminders_agree() {
    let terms = "from=5, ramp=7, effect=0.45, coverage=0.83, cost=0.0357";
    let reminder = format!("reminder={{ {terms} }}");
    let quarterly = "product.business.payment_months=3";
    agree("hard_delinquency", &[&reminder, quarterly], 2, &[Flow::Reminders, Flow::AccountsMissed]);
    agree("small", &[&reminder], 2, &[Flow::Reminders, Flow::AccountsMissed]);
    let perfect = ["reminder={ from=3, ramp=1, effect=1, coverage=1, cost=0 }"];
    agree("coming_back", &perfect, 1, &[Flow::Reminders]);
}

#[test]
fn scenarios_drawn_at_random_agree() {
    for sample in 0..200 {
        let settings = reference::sweep::settings(sample);
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        agree(if sample % 2 == 0 { "small" } else { "hard_delinquency" }, &settings, 1, &[]);
    }
}

#[test]
fn runs_that_share_memory_agree() {
    let scenario = scenario("coming_back", &[]);
    let found = Mutex::new(Vec::new());
    simulate_blocks(&Setup::new(&scenario), 0..6, 1, |results| {
        found.lock().expect("one thread").extend(results);
        true
    })
    .expect("one thread starts");
    let found = found.into_inner().expect("one thread");
    assert_eq!(found.len(), 6);
    for result in found {
        assert_same(
            &format!("run {} of a block", result.run),
            &simulate(&scenario, result.run),
            &result,
            None,
        );
    }
}
