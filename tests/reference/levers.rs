//! Levers on price, amount, tenor, hours, single tiers and channels, and rules on figures of some customers alone.

use lendcycle::ledger::Flow;

use super::compare::agree;

#[test]
fn price_amount_and_tenor_agree() {
    let policies = "policy=[\
        { name=\"dearer\", from=5, to=30, price=0.0043, ramp=4 }, \
        { name=\"cheap\", from=12, to=24, price=-0.021, products=[\"emergency\", \"business\"] }, \
        { name=\"more\", from=3, amount=1.4, segments=[\"owner\"], ramp=5 }, \
        { name=\"less\", from=9, to=40, amount=0.55, products=[\"renovation\", \"emergency\"] }, \
        { name=\"longer\", from=2, to=22, tenor=0.8, ramp=3 }, \
        { name=\"longest\", from=8, to=11, tenor=0.7, products=[\"education\"] }, \
        { name=\"shorter\", from=20, tenor=-0.63, products=[\"business\", \"education\"] }]";
    agree("small", &[policies], 3, &[Flow::LoansNew, Flow::LoansRepeat]);
    agree("coming_back", &[policies], 2, &[Flow::LoansRepeat]);
    let capped = "regulation={ apr_all_in_cap=0.24, apr_cap=[{month=7, apr=0.11}, {month=19, apr=0.0733}, {month=29, apr=0.2}] }";
    let floating = ["product.business.reprice_months=3", "product.education.reprice_months=6"];
    agree("small", &[policies, capped], 2, &[Flow::LoansNew]);
    agree("small", &[&floating[..], &[capped]].concat(), 2, &[Flow::LoansNew]);
}

#[test]
fn hours_and_single_tiers_agree() {
    let slow = [
        "underwriting.abandonment_per_hour=0.03",
        "product.emergency.automatic_share=0.7",
        "product.emergency.automatic_hours=0.25",
        "product.emergency.manual_hours=24",
        "product.business.automatic_share=0.15",
        "product.business.manual_hours=48",
        "underwriting.manual_capacity=3",
    ];
    let tiers = "{ name=\"early\", from=4, to=25, collections=1.7, tiers=[\"early\"] }, \
        { name=\"late\", from=9, collections=0.6, tiers=[\"outsourced\", \"negotiation\"], ramp=2 }, \
        { name=\"all\", from=15, to=33, collections=1.2 }";
    let hours = "{ name=\"fast\", from=6, hours=0.1, ramp=3 }, \
        { name=\"slow\", from=11, to=19, hours=1.7, products=[\"business\"] }";
    let both = format!("policy=[{hours}, {tiers}]");
    agree("small", &[&slow[..], &[&both]].concat(), 3, &[Flow::LoansNew, Flow::Recoveries]);
    let few = ["collections.tier.early.capacity=9.5", "collections.tier.negotiation.capacity=7"];
    agree(
        "hard_delinquency",
        &[&few[..], &[&format!("policy=[{tiers}]")]].concat(),
        2,
        &[Flow::CollectionsPaid],
    );
}

#[test]
fn channels_that_policies_launch_agree() {
    let launched = "policy=[\
        { name=\"partner\", from=7, to=7, launch=[\"partner\"] }, \
        { name=\"by_stage\", stages=[\"plateau\", \"decline\"], lag=2, launch=[\"branch\"], marketing=1.2, channels=[\"branch\"] }, \
        { name=\"never\", from=90, launch=[\"organic\", \"branch\"] }]";
    agree("small", &[launched], 3, &[Flow::LoansNew]);
    agree("policies", &[launched], 2, &[Flow::LoansNew]);
}

#[test]
fn rules_on_some_customers_agree() {
    let rules = "policy=[\
        { name=\"dear\", marketing=0.7, channels=[\"online_ads\"], segments=[\"youth\", \"owner\"], \
          when=[{ metric=\"cac\", channel=\"online_ads\", is=\"above\", threshold=90, over=\"mean\", months=3 }] }, \
        { name=\"bad\", cutoff_new=9, segments=[\"youth\"], lag=1, \
          when=[{ metric=\"ever_dpd30_rate_count\", months_on_book=4, segment=\"youth\", is=\"above\", threshold=0.02 }] }, \
        { name=\"npl\", cutoff_new=6, segments=[\"family\"], \
          when=[{ metric=\"npl_ratio_balance\", segment=\"family\", is=\"above\", threshold=0.004 }] }, \
        { name=\"late\", cutoff_repeat=6, \
          when=[{ metric=\"dpd30_ratio_balance\", segment=\"owner\", channel=\"branch\", is=\"above\", threshold=0.001 }] }, \
        { name=\"good\", amount=1.2, segments=[\"owner\"], \
          when=[{ metric=\"profit_before_tax\", segment=\"owner\", is=\"above\", threshold=0 }] }]";
    let results = agree("small", &[rules], 3, &[Flow::LoansNew]);
    for rule in 0..5 {
        let fires = results.iter().flat_map(|result| &result.firings).any(|firing| firing.rule == rule);
        assert!(fires, "rule {rule} never fires");
    }
}
