//! Cases of money, and of the beginning and end of a book.

use lendcycle::ledger::Flow;

use super::compare::agree;

#[test]
fn dearer_money_subsidies_and_operational_losses_agree() {
    let terms = [
        "funding.term_premium=0.0037",
        "funding.limit=900000",
        "funding.step_up=0.0213",
        "funding.reserve_share=0.077",
        "funding.reserve_yield=0.0043",
        "servicing.operational_loss=0.0017",
        "product.business.funding_spread=-0.0241",
        "product.renovation.subsidy=0.0123",
    ];
    let paid = [Flow::ReservePaid, Flow::OperationalLoss, Flow::SubsidyReceived];
    agree("hard_delinquency", &terms, 2, &paid);
    agree("small", &terms, 2, &paid);
    agree("small", &terms[1..3], 1, &[Flow::FundingPaid]);
}

#[test]
fn transfers_and_the_end_of_a_product_agree() {
    let prices = "closing={ current_price=0.937, past_due_price=0.213 }";
    let moved = "{ name=\"move\", from=9, to=22, ramp=3, transfer=0.07 }";
    let more = "{ name=\"more\", from=14, to=16, transfer=0.2 }";
    let left = [Flow::AccountsTransferred, Flow::PrincipalTransferred];
    let quarterly = "product.business.payment_months=3";
    let policies = format!("policy=[{moved}, {more}]");
    agree("hard_delinquency", &[&policies, quarterly], 2, &left);
    agree("fraud", &[&policies], 2, &left);
    let sold = [Flow::AccountsSold, Flow::AccountsSoldPastDue, Flow::LoanSaleProceeds, Flow::LoanSaleLoss];
    let suit =
        "litigation={ amount_min=9000, share=0.8, lag=3, recovery=0.3, cost_share=0.02, cost_fixed=150 }";
    let sale = "sale={ every=4, price=[{ months=0, share=0.3 }] }";
    for from in [8, 21] {
        let policies = format!("policy=[{moved}, {{ name=\"shut\", from={from}, close=true, duration=1 }}]");
        let settings = [prices, &policies, "delinquency.charge_off_days=120", suit, quarterly];
        agree("hard_delinquency", &settings, 2, &sold);
        agree("hard_delinquency", &[&settings[..], &[sale]].concat(), 2, &sold);
        agree("small", &settings, 1, &sold);
        agree("fraud", &settings[..2], 2, &sold);
    }
    let late = format!("policy=[{moved}, {{ name=\"shut\", from=30, close=true }}]");
    agree("coming_back", &[prices, &late], 1, &sold[..1]);
}
