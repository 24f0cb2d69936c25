//! Rivals with offers and adverse selection under common random numbers: each moves results as it must, in every run.

use lendcycle::engine::{MonthMetric, RunResult, VINTAGE_AGES, VintageMetric};
use lendcycle::ledger::Flow;

use crate::laboratory::{BASE, runs, setup, total};

const RUNS: u64 = 12;

/// Rivals in the base scenario; management looks away.
const RIVALS: [&str; 10] = [
    "market.take_up_effect=0",
    "market.rivals_initial=4",
    "market.rivals_entries_per_year=0",
    "policy.cut_marketing.rivals_min=1000",
    "policy.withdraw.rivals_min=1000",
    "competition={ brand=-1.5, apr_deviation=0.005 }",
    "product.emergency.rival_terms={ apr=0.144 }",
    "product.renovation.rival_terms={ apr=0.045 }",
    "product.education.rival_terms={ apr=0.045 }",
    "product.business.rival_terms={ apr=0.055 }",
];

fn play(more: &[&str]) -> Vec<RunResult> {
    let months = ["run.months=60"];
    runs(&setup(BASE, &[&months[..], &RIVALS, more].concat()), RUNS)
}

fn share(result: &RunResult) -> f64 {
    let own = result.total(Flow::LoansNew) as f64;
    own / (own + result.total(Flow::LostToRivals) as f64)
}

#[test]
fn a_price_war_loses_customers_to_rivals() {
    let peace = play(&[]);
    let war = "competition.price_war={ rivals_min=4, speed=0.05, margin=0.02 }";
    for (peace, war) in peace.iter().zip(&play(&[war])) {
        assert_eq!(peace.total(Flow::Approvals), war.total(Flow::Approvals), "only the choice moves");
        assert!(peace.total(Flow::LoansNew) > war.total(Flow::LoansNew), "run {}", peace.run);
        assert!(peace.total(Flow::LostToRivals) < war.total(Flow::LostToRivals), "run {}", peace.run);
        assert!(share(peace) > share(war));
    }
}

#[test]
fn copies_of_the_own_offer_take_less_than_better_ones_and_more_than_worse_ones() {
    for (shift, sign) in [("0.02", 1.0), ("-0.02", -1.0)] {
        let better = format!("competition.incumbent=[{{ name=\"a\", apr_shift={shift} }}]");
        let one = ["market.rivals_initial=1", &better];
        let alike = [&one[..], &["competition.homogeneity=0.8"]].concat();
        for (drawn, copy) in play(&one).iter().zip(&play(&alike)) {
            assert!((share(drawn) - share(copy)) * sign > 0.0, "shift {shift}, run {}", drawn.run);
        }
    }
}

#[test]
fn a_lower_rate_wins_a_share_of_the_market_and_costs_yield() {
    let cheaper = [
        "product.emergency.apr=0.124",
        "product.renovation.apr=0.035",
        "product.education.apr=0.035",
        "product.business.apr=0.045",
    ];
    let (usual, cheap) = (play(&[]), play(&cheaper));
    let yields = |result: &RunResult| {
        let balance = (0..60).map(|month| result.get(month, MonthMetric::Balance)).sum::<i64>() as f64;
        result.groups.iter().map(|flows| flows.interest_income()).sum::<i64>() as f64 / balance
    };
    for (usual, cheap) in usual.iter().zip(&cheap) {
        assert!(share(usual) < share(cheap), "run {}", usual.run);
        assert!(yields(usual) > yields(cheap), "run {}", usual.run);
    }
}

/// Default rate the score promised on loans made, and the share of loans ever 90+ within twelve months.
fn promised_and_actual(results: &[RunResult]) -> (f64, f64) {
    let loans = total(results, Flow::LoansNew) + total(results, Flow::LoansRepeat);
    let promised: i64 = results
        .iter()
        .flat_map(|result| (0..60).map(move |month| result.get(month, MonthMetric::ScoreDefaults)))
        .sum();
    let at = VINTAGE_AGES.iter().position(|age| *age == 12).expect("vintages are measured after a year");
    let sum = |metric: VintageMetric| -> i64 {
        let rows = results.iter().flat_map(|result| {
            (0..48).map(move |vintage| {
                result.vintages[(vintage * VINTAGE_AGES.len() + at) * VintageMetric::COUNT + metric as usize]
            })
        });
        rows.sum()
    };
    (promised as f64 * 1e-6 / loans, sum(VintageMetric::Ever90) as f64 / sum(VintageMetric::Loans) as f64)
}

#[test]
fn the_score_sees_its_own_drift_and_not_the_other() {
    // A score without error, and one segment, so that the mix of products stays what it is.
    let off = [
        "market.score_effect=0",
        "market.risk_effect=0",
        "underwriting.score_error=0",
        "segment.family.completion=0",
        "segment.owner.completion=0",
    ];
    let of = |more: &[&str]| promised_and_actual(&play(&[&off[..], more].concat()));
    let (promised, actual) = of(&[]);
    let (seen, actual_seen) = of(&["market.score_effect=-6"]);
    let (unseen, actual_unseen) = of(&["market.risk_effect=0.15"]);
    // Drift of scores: more is promised, and as much more comes.
    assert!(seen > 1.1 * promised && actual_seen > 1.1 * actual, "{promised} {seen} {actual} {actual_seen}");
    let kept = actual_seen / seen / (actual / promised);
    assert!((kept - 1.0).abs() < 0.08, "{promised} {seen} {actual} {actual_seen}");
    // Drift the score does not see: the same is promised, and more comes.
    assert!((unseen / promised - 1.0).abs() < 0.02, "{promised} {unseen}");
    assert!(actual_unseen / unseen > 1.2 * actual / promised, "{actual} {actual_unseen}");
}

#[test]
fn private_knowledge_and_dear_loans_worsen_what_the_score_promises() {
    let (promised, actual) = promised_and_actual(&play(&[]));
    let knowing: Vec<String> = ["emergency", "renovation", "education", "business"]
        .iter()
        .map(|product| format!("product.{product}.take_up_risk_slope=1.5"))
        .collect();
    let knowing: Vec<&str> = knowing.iter().map(String::as_str).collect();
    let (known, actual_known) = promised_and_actual(&play(&knowing));
    assert!((known / promised - 1.0).abs() < 0.03, "{promised} {known}");
    assert!(actual_known > 1.1 * actual, "{actual} {actual_known}");
    // With a slope on price, dearer loans of the same people go bad more often; without, they do not.
    let dear =
        ["product.emergency.apr=0.17", "product.emergency.apr_cap=0.22", "product.emergency.take_up_slope=0"];
    let priced = [&dear[..], &["delinquency.apr_slope=0.15"]].concat();
    let (_, indifferent) = promised_and_actual(&play(&dear));
    let (_, burdened) = promised_and_actual(&play(&priced));
    assert!(burdened > 1.1 * indifferent, "{indifferent} {burdened}");
}
