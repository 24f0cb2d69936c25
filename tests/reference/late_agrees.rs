//! Collections in the month of the due date, days of grace, and tiers side by side, in both engines.

use lendcycle::ledger::Flow;

use super::compare::agree;

#[test]
fn the_month_of_the_due_date_and_days_of_grace_agree() {
    let tiers = "[{name=\"sms\", days_from=1, days_to=7, paid=0.37, contacts=2.5, contacts_max=6, contacts_observed=1.5, \
                 capacity=CAP, effect_max=0.7, contacts_scale=2.1, contact_cost=0.0833}, {name=\"talk\", days_from=8, \
                 days_to=30, paid=0.61, contacts=1, contacts_max=4, contacts_observed=1.9, capacity=1000, effect_max=0.6, \
                 contacts_scale=1.3, contact_cost=1.777}]";
    let first_month = format!("collections.first_month={tiers}");
    let (wide, short) = (first_month.replace("CAP", "100000"), first_month.replace("CAP", "3.3"));
    let grace = ["product.business.grace_days=3", "product.renovation.grace_days=11"];
    let quarterly = "product.business.payment_months=3";
    let reminder = "reminder={ from=5, ramp=7, effect=0.45, coverage=0.83, cost=0.0357 }";
    let late = [
        Flow::AccountsDue,
        Flow::AccountsLate,
        Flow::LatePaidAlone,
        Flow::FirstLate,
        Flow::FirstLate7,
        Flow::FirstMissed30,
        Flow::LateCash,
        Flow::LateCashAlone,
    ];
    let hard = "delinquency.m0=[0.8, 0.2]";
    agree("hard_delinquency", &[&wide, quarterly, hard], 2, &late);
    agree("hard_delinquency", &[&short, reminder, grace[0], hard], 2, &late);
    agree("small", &[&wide, grace[0], grace[1]], 2, &late);
    agree("fraud", &[&short, "delinquency.m0=[0.9, 0.1]"], 2, &late);
    let policies = ["policy=[{ name=\"collect\", from=12, to=20, collections=2.7 }]"];
    agree("small", &[&short, policies[0]], 2, &late);
}

#[test]
fn tiers_that_work_the_same_days_agree() {
    let tier = |name: &str, days: &str, contacts: f64| {
        format!(
            "{{name=\"{name}\", {days}, contacts={contacts:.1}, contacts_max=9, contacts_observed=0.5, capacity=40, \
             effect_max=0.8, contacts_scale=2, contact_cost=1.5, contingency=0.11}}"
        )
    };
    let (field, phone) = (tier("field", "days_from=91", 2.0), tier("phone", "days_from=31, days_to=90", 1.0));
    let tiers = format!("collections.tier=[{field}, {phone}]");
    agree("hard_delinquency", &[&tiers], 2, &[Flow::CuredAlone, Flow::ArrearsCashAlone, Flow::NplReduced]);
    agree("small", &[&tiers], 1, &[]);
}

/// Lines, holidays, levers on single tiers, an opening book and the close, beside tiers of days, days of grace and a field
/// team.
#[test]
fn late_payers_agree_beside_all_that_loans_may_have() {
    let first_month = "collections.first_month=[{name=\"sms\", days_from=1, days_to=9, paid=0.41, contacts=2.2, contacts_max=5, \
                       contacts_observed=1, capacity=13.7, effect_max=0.6, contacts_scale=1.9, contact_cost=0.07}, \
                       {name=\"talk\", days_from=10, days_to=30, paid=0.53, contacts=1.4, contacts_max=6, \
                       contacts_observed=0.3, capacity=31, effect_max=0.5, contacts_scale=2.3, contact_cost=2.13}]";
    let field = "collections.tier=[{name=\"field\", days_from=91, contacts=0.7, contacts_max=3, contacts_observed=0, \
                 capacity=11, effect_max=0.7, contacts_scale=0.9, contact_cost=45.5, contingency=0.07}]";
    let line = "product.emergency.line={ limit_by_grade=[1.2, 1.1, 1.0, 0.8, 0.5], limit_max=4100, initial_share=0.6, \
                inactive_share=0.1, draw_probability=0.5, draw_share=0.6, repaid_share=0.1, minimum_share=0.05, \
                minimum_payment=50, conversion_factor=0.6, run_off_months=3, late_cut=0.1 }";
    let given = [
        first_month,
        field,
        "product.emergency.schedule=\"interest_only\"",
        line,
        "product.emergency.grace_days=2",
        "product.renovation.grace_days=5",
        "product.business.payment_months=3",
        "product.education.curtailment={ probability=0.1, share=0.3, keep=\"term\" }",
        "market.prepayment_by_grade=[2.0, 1.5, 1.0, 0.5, 0.1]",
        "reminder={ from=5, ramp=7, effect=0.45, coverage=0.83, cost=0.0357 }",
        "payment_holiday=[{from=6, to=9, months=2, interest=\"charged\", share=0.05, share_delinquent=0.2, \
         days_past_due_max=150, risk_effect=0.3}]",
    ];
    let levers = "{ name=\"sms\", from=4, to=25, collections=1.7, tiers=[\"sms\", \"field\"] }, \
                  { name=\"talk\", from=9, collections=0.6, tiers=[\"talk\", \"early\"], ramp=2 }, \
                  { name=\"all\", from=15, to=33, collections=1.2 }";
    let shut = ", { name=\"shut\", from=26, close=true }";
    let prices = "closing={ current_price=0.93, past_due_price=0.21 }";
    let flows = [Flow::LateCashAlone, Flow::ArrearsCashAlone, Flow::NplFormed, Flow::FirstLate7, Flow::Draws];
    for file in ["hard_delinquency", "small", "fraud"] {
        let policies = format!("policy=[{levers}]");
        agree(file, &[&given[..], &[&policies]].concat(), 2, &flows);
        let policies = format!("policy=[{levers}{shut}]");
        agree(file, &[&given[..], &[&policies, prices]].concat(), 2, &flows);
    }
}
