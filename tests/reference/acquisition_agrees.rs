//! The engine and the reference with what moves spend, leads and gates from month to month.

use lendcycle::ledger::Flow;

use super::compare::agree;

#[test]
fn promotions_agree() {
    let promotions = "promotion=[
        { name=\"new_year\", calendar_months=[1, 2, 11], channels=[\"branch\", \"partner\"], products=[\"emergency\", \"business\"],
          spend=1.7, leads=1.3, take_up=0.4, fee_waived=0.37, coupon=18.88, cost=1234.56 },
        { name=\"joint\", from=3, to=30, segments=[\"family\", \"youth\"], channels=[\"partner\"], partner_share=0.4, take_up=-0.1 },
        { name=\"anniversary\", from=12, to=24, spend=0.9, leads=1.11, partner_share=0.05, fee_waived=0.5, coupon=0.01 } ]"
        .replace('\n', " ");
    let flows = [Flow::LoansNew, Flow::MarginalLoans, Flow::MarginalSpend];
    agree("small", &[&promotions], 3, &flows);
    let full = ["channel.partner.capacity=20", "channel.branch.reward=7.77"];
    agree("small", &[&[promotions.as_str()], &full[..]].concat(), 2, &flows);
    agree("policies", &[&promotions], 2, &flows);
}

#[test]
fn a_launch_and_a_shock_of_demand_agree() {
    let late = [
        "launch={ month=7, development_cost=54321.09 }",
        "economy.demand_path=[{ month=9, multiplier=3 }, { month=15, multiplier=0.55 }]",
    ];
    agree("small", &late, 3, &[Flow::LoansNew]);
    agree("policies", &late, 2, &[Flow::LoansNew]);
    agree("hard_delinquency", &["launch={ month=2 }"], 1, &[]);
}

#[test]
fn regions_and_a_filter_that_wears_out_agree() {
    let settings = [
        "region=[{ name=\"town\", conversion=1 }, { name=\"county\", conversion=0.6 }]",
        "segment.youth.region=\"county\"",
        "segment.family.region=\"town\"",
        "segment.family.fraud_share=0.2",
        "prescreen={ catch_reference=0.6, honest_rejected=0.05, adaptation=0.07, iterate_every=5, iteration_cost=999.99 }",
        "policy=[{ name=\"coach\", from=10, regions=[\"county\"], conversion=0.25, ramp=2 }, { name=\"more\", from=20, conversion=0.9 }]",
    ];
    agree("small", &settings, 3, &[Flow::HonestRejected, Flow::FraudCaught, Flow::MarginalLoans]);
    agree("small", &[&settings[..], &["launch={ month=3 }"]].concat(), 1, &[Flow::HonestRejected]);
}
