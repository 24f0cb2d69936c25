//! Courts and guarantors in both engines.

use lendcycle::ledger::Flow;

use super::compare::agree;

#[test]
fn suits_agree() {
    let suit = "amount_min=20000.07, share=0.63, lag=4, recovery=0.37, cost_share=0.021, cost_fixed=333.333";
    let suit = format!("litigation={{ {suit} }}");
    let sale = "sale={ every=3, months_min=2, price=[{ months=0, share=0.07 }] }";
    let guarantee = "product.business.guarantee_share=0.3";
    let paid = [Flow::CourtPaid, Flow::CourtReceived, Flow::Recoveries];
    agree("hard_delinquency", &["delinquency.charge_off_days=120", &suit], 2, &paid);
    agree("fraud", &[&suit], 2, &paid);
    agree("hard_delinquency", &["delinquency.charge_off_days=120", &suit, sale, guarantee], 2, &paid);
}

#[test]
fn guarantees_agree() {
    let terms = [
        "product.renovation.guarantee_share=0.377",
        "product.renovation.guarantee_lag=5",
        "product.renovation.guarantee_fee=0.013",
        "product.business.guarantee_share=1",
        "product.education.guarantee_share=0.05",
        "product.education.guarantee_fee=0.3",
    ];
    let settled = [Flow::GuaranteeReceived, Flow::GuaranteeFeePaid, Flow::Recoveries];
    agree("hard_delinquency", &terms, 2, &settled);
    agree("fraud", &terms, 2, &settled);
    let capped =
        [&terms[..], &["product.business.guarantee_cap=0.02", "product.renovation.guarantee_cap=0.004"]];
    agree("hard_delinquency", &capped.concat(), 2, &settled);
    let sold = [&terms[..], &["sale={ every=3, months_min=2, price=[{ months=0, share=0.07 }] }"]].concat();
    agree("hard_delinquency", &sold, 2, &[Flow::GuaranteeReceived, Flow::ClaimsSold]);
}
