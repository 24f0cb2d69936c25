//! The month of the due date: late on day 1, paid within days, unpaid at month end; what contacts and grace do to it.

use lendcycle::engine::{MonthMetric, RunResult, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::metrics::{Sums, find};
use lendcycle::model::first_month::{daily_rate, entering, exposure, unpaid, unpaid_at_month_end};

use crate::laboratory::{LAB, assert_close, assert_count, flow, setup};

const LOANS: f64 = 200_000.0;

/// 短信 for a week, 人工协商 until day 30. Half pays within the first, three quarters of the rest within the second.
fn tiers(messages: f64, calls: f64) -> String {
    format!(
        "collections.first_month=[{{name=\"messages\", days_from=1, days_to=7, paid=0.5, contacts={messages:.2}, \
         contacts_max=40, contacts_observed=2, capacity=10000000, effect_max=0.8, contacts_scale=3, contact_cost=0.10}}, \
         {{name=\"calls\", days_from=8, days_to=30, paid=0.75, contacts={calls:.2}, contacts_max=40, \
         contacts_observed=3, capacity=10000000, effect_max=0.6, contacts_scale=4, contact_cost=4}}]"
    )
}

/// Loans of 1,000 over 12 months made in month 0, of which 2 % miss month 1 at its end.
fn cohort(settings: &[&str]) -> RunResult {
    let given = [
        "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=200000}]",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=1000.00",
        "product.lab.amount_max=1000.00",
        "delinquency.m0=[0.98, 0.02]",
        "run.months=4",
    ];
    simulate_run(&setup(LAB, &[&given, settings].concat()), 0, &mut Default::default())
}

/// Share unpaid at month end when the daily rates of the two tiers are multiplied: `u` falls geometrically in each.
fn still(first: f64, second: f64) -> f64 {
    let (a, b) = (0.5_f64.powf(first / 7.0), 0.25_f64.powf(second / 23.0));
    let geometric = |q: f64, n: i32| q * (1.0 - q.powi(n)) / (1.0 - q);
    (geometric(a, 7) + a.powi(7) * geometric(b, 23)) / 30.0
}

/// `exp` of the effect of contacts over those observed.
fn times(effect_max: f64, observed: f64, contacts: f64, scale: f64) -> f64 {
    (effect_max * ((-observed / scale).exp() - (-contacts / scale).exp())).exp()
}

#[test]
fn shares_unpaid_fall_geometrically_and_days_add_up() {
    let mut rates = [daily_rate(0.75, 23); 30];
    rates[..7].fill(daily_rate(0.5, 7));
    let shares = unpaid(&rates);
    for (day, share) in [(0, 1.0), (7, 0.5), (30, 0.125)] {
        assert_close(&format!("day {day}"), shares[day], share, 1e-12);
    }
    assert_close("month end", unpaid_at_month_end(&shares), still(1.0, 1.0), 1e-12);
    assert_close("worked", unpaid_at_month_end(&shares), 0.361_319, 2e-6);
    // 1.7 % unpaid at month end were 4.7 % on day 1, of which 87.5 % pay within 30 days.
    assert_close("late on day 1", 0.017 / unpaid_at_month_end(&shares), 0.047_05, 1e-5);
    // Every day worked is a day unpaid: 30 shares of months, of which who is due d days before the end has d.
    let spent = 7.0 * exposure(&shares, 1, 7) + 23.0 * exposure(&shares, 8, 30);
    let mean: f64 = (1..=30).map(|end| shares[..end].iter().sum::<f64>()).sum::<f64>() / 30.0;
    assert_close("days", spent, mean, 1e-12);
    assert_close("who enters day 8", entering(&shares, 8), 0.5 * 23.0 / 30.0, 1e-12);
}

#[test]
fn observed_contacts_leave_the_row_as_it_is_and_show_who_was_late() {
    let plain = cohort(&[]);
    let result = cohort(&[&tiers(2.0, 3.0)]);
    let missed = flow(&result, 1, Flow::AccountsMissed);
    assert!((missed - flow(&plain, 1, Flow::AccountsMissed)).abs() <= 1, "the same borrowers miss");
    assert_count("2 % miss", missed, LOANS, 0.02);
    let late = flow(&result, 1, Flow::AccountsLate);
    assert_count("late on day 1", late, LOANS, 0.02 / still(1.0, 1.0));
    assert_count("of them missed", missed, late as f64, still(1.0, 1.0));
    assert_eq!(flow(&result, 1, Flow::AccountsDue), LOANS as i64);
    // All first instalments are due in month 1, and nowhere else.
    assert_eq!(
        (flow(&result, 1, Flow::FirstPaymentsDue), flow(&result, 2, Flow::FirstPaymentsDue)),
        (LOANS as i64, 0)
    );
    assert_eq!(flow(&result, 1, Flow::FirstLate), late);
    assert_eq!(flow(&result, 1, Flow::FirstPaymentsMissed), missed);
    assert_count("unpaid after 7 days", flow(&result, 1, Flow::FirstLate7), late as f64, 0.5);
    // More than 30 days past due: M1 rolls on with 45 %.
    assert_count("30 days", flow(&result, 2, Flow::FirstMissed30), missed as f64, 0.45);
    assert_eq!(flow(&result, 3, Flow::FirstMissed30), 0);
    // An instalment of an annuity at 1.5 % a month from everybody who paid late.
    let payment = 100_000.0 * 0.015 / (1.0 - 1.015_f64.powi(-12));
    assert_close("cash", flow(&result, 1, Flow::LateCash) as f64, (late - missed) as f64 * payment, 1e-5);
    let ratio = |key: &str, month: usize| {
        let mut sums = Sums::default();
        sums.add(result.month(month));
        (find(key).of)(&sums).own()
    };
    for (key, expected) in [
        ("dpd1_entry_rate", late as f64 / LOANS),
        ("late_paid_rate", (late - missed) as f64 / late as f64),
        ("fpd1_rate", late as f64 / LOANS),
        ("fpd7_rate", flow(&result, 1, Flow::FirstLate7) as f64 / LOANS),
        ("fpd_rate_count", missed as f64 / LOANS),
        ("fpd30_rate", f64::NAN),
    ] {
        let (got, known) = (ratio(key, if key == "fpd30_rate" { 2 } else { 1 }), !expected.is_nan());
        assert!(if known { (got - expected).abs() < 1e-12 } else { got.is_nan() }, "{key}: {got}");
    }
}

#[test]
fn contacts_raise_the_daily_rate_and_cost_by_days_unpaid() {
    for (messages, calls) in [(2.0, 3.0), (6.0, 3.0), (0.0, 0.0), (2.0, 9.0)] {
        let result = cohort(&[&tiers(messages, calls)]);
        let late = flow(&result, 1, Flow::AccountsLate);
        assert_count("who is late does not depend on contacts", late, LOANS, 0.02 / still(1.0, 1.0));
        let (first, second) = (times(0.8, 2.0, messages, 3.0), times(0.6, 3.0, calls, 4.0));
        let (left, alone) =
            (still(first, second), still(times(0.8, 2.0, 0.0, 3.0), times(0.6, 3.0, 0.0, 4.0)));
        let missed = flow(&result, 1, Flow::AccountsMissed);
        assert_count(&format!("{messages} and {calls} contacts"), missed, late as f64, left);
        let paid_alone = flow(&result, 1, Flow::LatePaidAlone);
        assert_count("would pay alone", paid_alone, late as f64, 1.0 - alone);
        // Contacts by days unpaid: the mean over due days of the days each account is in the tier.
        let unpaid = |day: i32| {
            0.5_f64.powf(first * f64::from(day.min(7)) / 7.0)
                * 0.25_f64.powf(second * f64::from((day - 7).max(0)) / 23.0)
        };
        let stay = |from: i32, to: i32| {
            let of = |end: i32| (from..=to.min(end)).map(|day| unpaid(day - 1)).sum::<f64>();
            (1..=30).map(of).sum::<f64>() / 30.0 / f64::from(to + 1 - from)
        };
        let made = [messages * stay(1, 7), calls * stay(8, 30)];
        let contacts = late as f64 * (made[0] + made[1]);
        assert!((result.get(1, MonthMetric::Contacts) as f64 - contacts).abs() <= 0.5 + 1e-6 * contacts);
        let cost = late as f64 * (made[0] * 10.0 + made[1] * 400.0);
        assert!((flow(&result, 1, Flow::CollectionsPaid) as f64 - cost).abs() <= 1.0 + 1e-9 * cost, "cost");
        // The tiers' own figures of month 1 to 3 add up to the months'.
        let total = |of: Flow| (0..4).map(|month| flow(&result, month, of)).sum::<i64>() as f64;
        let tiers = &result.tiers[..2];
        assert_close("costs", tiers.iter().map(|tier| tier.cost).sum(), total(Flow::CollectionsPaid), 1e-12);
        let paid: f64 = tiers.iter().map(|tier| tier.cures).sum();
        assert_close("paid", paid, total(Flow::AccountsLate) - total(Flow::AccountsMissed), 1e-9);
        let of_success = |tier: usize| tiers[tier].cleared / tiers[tier].entered;
        assert_close("success in a week", of_success(0), 1.0 - 0.5_f64.powf(first), 1e-9);
        assert_close("success until day 30", of_success(1), 1.0 - 0.25_f64.powf(second), 1e-9);
        if calls == 0.0 {
            assert_eq!(tiers[1].cash_collected, 0.0, "who calls nobody collects nothing");
        }
        let only_messages = still(first, times(0.6, 3.0, 0.0, 4.0));
        let by_calls = tiers[1].cures_collected / paid;
        assert_close("by calls", by_calls, (only_messages - left) / (1.0 - left), 1e-9);
    }
}

#[test]
fn staff_is_planned_on_last_month_and_falls_short_when_many_are_late() {
    let short = tiers(2.0, 3.0).replacen("capacity=10000000", "capacity=1000", 1);
    let result = cohort(&[&short]);
    let late = |month: usize| flow(&result, month, Flow::AccountsLate) as f64;
    // Nobody was late in month 0: everybody is served in month 1. Then 1,000 messages for about 10,000 accounts.
    assert_count("month 1", flow(&result, 1, Flow::AccountsMissed), late(1), still(1.0, 1.0));
    let mut rates = [daily_rate(0.75, 23); 30];
    rates[..7].fill(daily_rate(0.5, 7));
    let contacts = 1000.0 / (late(1) * exposure(&unpaid(&rates), 1, 7));
    let missed = flow(&result, 2, Flow::AccountsMissed);
    assert_count("month 2", missed, late(2), still(times(0.8, 2.0, contacts, 3.0), 1.0));
}

#[test]
fn days_of_grace_make_nobody_late_who_pays_in_them_and_nobody_is_contacted() {
    let without = cohort(&[&tiers(2.0, 3.0)]);
    for days in [3, 10] {
        let result = cohort(&[&tiers(2.0, 3.0), &format!("product.lab.grace_days={days}")]);
        // The first tier's rate, without contacts.
        let left = 0.5_f64.powf(times(0.8, 2.0, 0.0, 3.0) * f64::from(days) / 7.0);
        let late = flow(&result, 1, Flow::AccountsLate);
        assert_count("late after grace", late, LOANS, 0.02 / still(1.0, 1.0) * left);
        assert_count("of those late", late, flow(&without, 1, Flow::AccountsLate) as f64, left);
        assert_count("missed", flow(&result, 1, Flow::AccountsMissed), late as f64, still(1.0, 1.0));
        assert_eq!(flow(&result, 1, Flow::AccountsDue), LOANS as i64);
    }
}

#[test]
fn without_tiers_of_days_lateness_within_the_month_is_unknown() {
    let result = cohort(&[]);
    let mut sums = Sums::default();
    (0..4).for_each(|month| sums.add(result.month(month)));
    for key in ["dpd1_entry_rate", "fpd1_rate", "fpd7_rate", "late_paid_rate"] {
        assert!((find(key).of)(&sums).own().is_nan(), "{key}");
    }
    let fpd30 = (find("fpd30_rate").of)(&sums).own();
    let expected = flow(&result, 2, Flow::FirstMissed30) as f64 / LOANS;
    assert_close("30 days past due is known", fpd30, expected, 1e-12);
    assert_count("2 % of 45 %", flow(&result, 2, Flow::FirstMissed30), LOANS, 0.009);
}
