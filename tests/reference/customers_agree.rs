//! Customers from loan to loan, in both engines.

use lendcycle::ledger::Flow;

use super::compare::agree;
use crate::LIFE_OF_LOANS;

#[test]
fn rungs_and_caps_by_grade_agree() {
    let grades = [
        "product.emergency.grade_amount_max=[5000, 4000, 3000, 2000, 1000]",
        "product.emergency.grade_tenor_max=[3, 3, 2, 2, 1]",
        "product.business.grade_amount_max=[500000, 400000, 250000, 130000, 130000]",
        "product.renovation.grade_tenor_max=[36, 24, 12, 12, 12]",
    ];
    let ladder = "ladder={ rungs_max=4, streak_months=2, late_rungs=1, first_share=0.6, limit_rise=0.31, rate_cut=0.0113 }";
    let cuts = "ladder={ rungs_max=9, streak_months=3, late_rungs=2, rate_cut=0.004 }";
    let repriced = ["product.business.reprice_months=3", "economy.lpr_move_probability=0.4"];
    for ladder in [ladder, cuts] {
        agree("small", &[&grades[..], &[ladder]].concat(), 2, &[Flow::LoansNew, Flow::ChargedOff]);
        let lifted = [Flow::LoansRepeat, Flow::CustomersLifted, Flow::PrincipalArrears];
        agree("coming_back", &[&grades[..], &[ladder]].concat(), 3, &lifted);
        agree("coming_back", &[&repriced[..], &[ladder]].concat(), 1, &lifted);
        let late = ["repeat.days_past_due_max=150", "delinquency.m0=[0.8, 0.2]"];
        agree("coming_back", &[&late[..], &[ladder]].concat(), 2, &lifted);
    }
    agree("hard_delinquency", &grades, 1, LIFE_OF_LOANS);
}

#[test]
fn points_calls_and_rivals_agree() {
    let loyalty = "loyalty={ from=4, points_share=0.13, redemption=0.21, expiry=0.07, return_factor=1.6, monthly_cost=123.45 }";
    let care = "care={ from=6, score_min=615, return_factor=1.9, cost=3.333 }";
    let market = ["market.return_effect=0.09", "market.prepayment_by_grade=[1.25, 1.1, 0.9, 0.5, 0]"];
    let points = [Flow::PointsEarned, Flow::PointsRedeemed, Flow::PointsExpired];
    let lost = [Flow::CustomersLost, Flow::CustomersCalled];
    agree("coming_back", &[loyalty, care, market[0], market[1]], 3, &[&points[..], &lost[..]].concat());
    agree("coming_back", &[care, "segment.family.cutoff_repeat=640"], 2, &lost);
    agree("coming_back", &[loyalty, "market.return_effect=2"], 2, &points);
    agree("small", &[loyalty, care, market[0], market[1]], 2, &points);
    agree("small", &[loyalty, care, "run.months=120"], 1, &[&points[..], &lost[..]].concat());
    agree("hard_delinquency", &[loyalty, market[1]], 2, &points);
    agree("coming_back", &["repeat.rate=1", "repeat.rate_decay=1", loyalty], 1, &[Flow::CustomersLost]);
    let ends = ["policy=[{name=\"end\", from=15, stop_repeat=true}]", care];
    agree("coming_back", &ends, 1, &[Flow::CustomersLost]);
}
