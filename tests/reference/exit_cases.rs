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
        "channel.online_ads.profit_share=0.173",
    ];
    let paid = [Flow::PartnerPaid, Flow::ReservePaid, Flow::OperationalLoss, Flow::SubsidyReceived];
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

const OPENING: &str = "opening_book=[
    { segment=\"family\", channel=\"branch\", product=\"renovation\", tenor=12, months_on_book=7, count=20 },
    { segment=\"family\", channel=\"branch\", product=\"renovation\", tenor=24, months_on_book=7, count=5, months_past_due=2 },
    { segment=\"family\", channel=\"partner\", product=\"education\", tenor=12, months_on_book=1, count=9, score=611 },
    { segment=\"owner\", channel=\"branch\", product=\"business\", tenor=12, months_on_book=14, count=4, months_past_due=6 },
    { segment=\"owner\", channel=\"branch\", product=\"business\", tenor=12, months_on_book=3, count=6, months_past_due=1 }]";

#[test]
fn books_that_are_there_when_month_0_begins_agree() {
    let brought = [Flow::LoansOpening, Flow::OpeningPastDue, Flow::OpeningBalance, Flow::OpeningInterest];
    let opening = OPENING.replace('\n', " ");
    let tenors = |product: &str| {
        format!("product.{product}.tenors=[{{ months=12, share=0.5 }}, {{ months=24, share=0.5 }}]")
    };
    let [renovation, education, business] = ["renovation", "education", "business"].map(tenors);
    let products = [opening.as_str(), &renovation, &education, &business, "delinquency.charge_off_days=180"];
    agree("small", &products, 3, &brought);
    let quarterly = ["product.business.payment_months=3", "product.education.schedule=\"interest_only\""];
    let claims = [
        "sale={ every=4, price=[{ months=0, share=0.3 }] }",
        "litigation={ amount_min=9000, share=0.8, lag=3, recovery=0.3, cost_share=0.02, cost_fixed=150 }",
        "product.business.guarantee_share=0.4",
    ];
    agree("small", &[&products[..], &quarterly, &claims].concat(), 2, &brought);
    let stop = "policy=[{ name=\"stop\", from=0, stop_new=true, stop_repeat=true }]";
    let ended =
        "policy=[{ name=\"move\", from=3, to=6, transfer=0.1 }, { name=\"shut\", from=8, close=true }]";
    let prices = "closing={ current_price=0.937, past_due_price=0.213 }";
    agree("small", &[&products[..], &[stop]].concat(), 2, &brought);
    agree("small", &[&products[..], &[ended, prices]].concat(), 2, &brought);
    agree("small", &[&products[..], &["repeat.rate=0.6", "run.months=60"]].concat(), 1, &[Flow::LoansRepeat]);
}

#[test]
fn pools_sold_and_asset_backed_funding_agree() {
    let sold = [Flow::AccountsSold, Flow::LoanSaleProceeds, Flow::ServicingFees];
    let funded = ["funding.abs_share=0.37", "funding.abs_spread=-0.0113", "funding.term_premium=0.002"];
    for (terms, other) in [
        ("every=6, from=4, share=0.4, price=1.0133", Flow::LoanSaleGain),
        ("every=1, share=0.03, price=0.9871, retained=0.2, servicing_fee=0.011", Flow::LoanSaleLoss),
        ("share=1, price=1, servicing_fee=0.01", Flow::AccountsSold),
    ] {
        let pools = format!("securitisation={{ {terms} }}");
        let policy = "policy=[{ name=\"pool\", from=9, to=10, securitise=true }]";
        let settings = [&pools, policy, "product.business.payment_months=3"];
        let seen: &[Flow] = if terms.contains("fee") { &sold } else { &sold[..2] };
        agree("hard_delinquency", &[&settings[..], &funded].concat(), 2, &[seen, &[other]].concat());
        agree("small", &settings[..2], 1, &sold[..2]);
    }
}
