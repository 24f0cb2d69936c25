//! Promotions, regions, the fraud filter and the launch on common random numbers: what they move, what they leave alone, and
//! the sign theory demands.

use lendcycle::engine::{RunResult, Setup};
use lendcycle::ledger::Flow;

use crate::laboratory::{BASE, flow, runs, setup, total};

const RUNS: u64 = 12;

fn base(settings: &[&str]) -> Vec<RunResult> {
    runs(&setup(BASE, settings), RUNS)
}

fn groups_of(setup: &Setup, of: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    (0..setup.cells.len())
        .filter(|group| of(setup.cells[*group].segment, setup.cells[*group].channel))
        .collect()
}

#[test]
fn a_promotion_leaves_earlier_months_and_other_cells_as_they_are() {
    let promotion = "promotion=[{ name=\"p\", from=20, to=22, segments=[\"youth\"], channels=[\"online_ads\"], spend=2, take_up=0.5, coupon=20 }]";
    let setup = setup(BASE, &[promotion]);
    let promoted = runs(&setup, RUNS);
    let others = groups_of(&setup, |segment, channel| {
        setup.segments[segment].name != "youth" || setup.channels[channel].name != "online_ads"
    });
    for (plain, promoted) in base(&[]).iter().zip(&promoted) {
        for month in 0..20 {
            assert_eq!(plain.month(month), promoted.month(month), "month {month}");
        }
        for month in 20..23 {
            assert!(flow(promoted, month, Flow::LoansNew) > flow(plain, month, Flow::LoansNew));
            assert!(flow(promoted, month, Flow::Leads) >= flow(plain, month, Flow::Leads));
        }
        assert!(promoted.total(Flow::MarketingPaid) > plain.total(Flow::MarketingPaid));
        for &group in &others {
            let count = |result: &RunResult| result.groups[group].get(Flow::LoansNew);
            assert_eq!(count(plain), count(promoted), "cell {group}");
        }
    }
}

#[test]
fn catching_more_fraud_turns_away_more_honest_applicants() {
    let at = |catch: &str| {
        base(&[
            &format!("underwriting.fraud_catch_rate={catch}"),
            "prescreen={ catch_reference=0.8, honest_rejected=0.02 }",
        ])
    };
    let (loose, strict) = (at("0.7"), at("0.9"));
    for (loose, strict) in loose.iter().zip(&strict) {
        assert_eq!(loose.total(Flow::Applications), strict.total(Flow::Applications));
        assert!(loose.total(Flow::FraudCaught) < strict.total(Flow::FraudCaught));
        assert!(loose.total(Flow::HonestRejected) < strict.total(Flow::HonestRejected));
        assert!(loose.total(Flow::Approvals) > strict.total(Flow::Approvals), "approvals are the price");
    }
    assert!(total(&loose, Flow::LoansFraud) > total(&strict, Flow::LoansFraud));
}

#[test]
fn a_filter_that_wears_out_lets_more_fraud_in_and_new_versions_cost_their_price() {
    let fresh = base(&["prescreen={ catch_reference=0.8, honest_rejected=0 }"]);
    assert_eq!(fresh, base(&[]), "a filter that neither wears out nor errs is the plain one");
    let worn = base(&["prescreen={ catch_reference=0.8, honest_rejected=0, adaptation=0.1 }"]);
    let renewed = base(&[
        "prescreen={ catch_reference=0.8, honest_rejected=0, adaptation=0.1, iterate_every=6, iteration_cost=30000 }",
    ]);
    let fraud = |results: &[RunResult]| total(results, Flow::LoansFraud);
    assert!(fraud(&fresh) < fraud(&renewed) && fraud(&renewed) < fraud(&worn));
    assert!(total(&renewed, Flow::ApplicationsPaid) > total(&worn, Flow::ApplicationsPaid));
}

#[test]
fn coaching_brings_applications_and_no_lead() {
    let county = ["region=[{ name=\"county\", conversion=0.6 }]", "segment.family.region=\"county\""];
    let coached =
        [&county[..], &["policy.cut_marketing.conversion=0.25", "policy.cut_marketing.rivals_min=0"]]
            .concat();
    let alone = [&county[..], &["policy.cut_marketing.rivals_min=0"]].concat();
    for (alone, coached) in base(&alone).iter().zip(&base(&coached)) {
        assert_eq!(alone.total(Flow::Leads), coached.total(Flow::Leads));
        assert!(alone.total(Flow::Applications) < coached.total(Flow::Applications));
        assert!(alone.total(Flow::LoansNew) < coached.total(Flow::LoansNew));
    }
}

#[test]
fn the_later_launch_meets_more_rivals_and_lends_less() {
    let at = |month: &str| base(&[&format!("launch={{ month={month}, development_cost=100000 }}")]);
    let (early, late) = (at("2"), at("12"));
    for (early, late) in early.iter().zip(&late) {
        assert!(early.total(Flow::LoansNew) > late.total(Flow::LoansNew), "run {}", early.run);
        assert_eq!(flow(late, 0, Flow::ServicingPaid), 10_000_000);
        assert!((0..12).all(|month| flow(late, month, Flow::Leads) == 0));
    }
}
