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
        Flow::FirstDue,
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
