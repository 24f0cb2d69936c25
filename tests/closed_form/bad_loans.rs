//! Bad loans: what comes by itself and what contacts bring, tiers side by side, five categories, why the ratio moved.

use lendcycle::engine::{MonthMetric, RunResult, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::metrics::{Sums, find};
use lendcycle::lifecycle::month_metrics::MONTH_ONLY_METRICS;
use lendcycle::stats::ratio_change;

use crate::laboratory::{ALL_ROLL, BASE, LAB, assert_close, assert_count, flow, runs, setup};

const LOANS: f64 = 40_000.0;

/// Loans of 1,000 of which all miss in month 1; M1 then rolls on with 45 %, and pays all with 48 %.
fn late_cohort(settings: &[&str]) -> RunResult {
    let given = [
        "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=40000}]",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=1000.00",
        "product.lab.amount_max=1000.00",
        "delinquency.m0=[0, 1]",
        "run.months=3",
    ];
    simulate_run(&setup(LAB, &[&given, settings].concat()), 0, &mut Default::default())
}

/// A probability whose odds are multiplied by `exp(log_odds)`, on the grid of 1/32.
fn at(p: f64, log_odds: f64) -> f64 {
    let odds = p / (1.0 - p) * ((log_odds * 32.0).round() / 32.0).exp();
    odds / (1.0 + odds)
}

fn tier(name: &str, contacts: f64, observed: f64, effect: f64, cost: f64) -> String {
    format!(
        "{{name=\"{name}\", days_from=1, days_to=30, contacts={contacts:.2}, contacts_max=30, \
         contacts_observed={observed:.2}, capacity=10000000, effect_max={effect:.2}, contacts_scale=3, \
         contact_cost={cost:.2}, contingency=0.0}}"
    )
}

#[test]
fn cures_and_cash_part_into_what_comes_alone_and_what_contacts_bring() {
    for contacts in [0.0, 4.0, 12.0] {
        let early = tier("early", contacts, 4.0, 0.8, 0.5);
        let result = late_cohort(&[&format!("collections.tier=[{early}]")]);
        let effect = |contacts: f64| 0.8 * ((-4.0_f64 / 3.0).exp() - (-contacts / 3.0).exp());
        let (cured, alone) = (flow(&result, 2, Flow::AccountsCured), flow(&result, 2, Flow::CuredAlone));
        assert_count("cured", cured, LOANS, 1.0 - at(0.52, -effect(contacts)));
        assert_count("cured alone", alone, LOANS, 1.0 - at(0.52, -effect(0.0)));
        // Who pays one instalment of the two that are due pays as much as who cures pays for each.
        let payment = 100_000.0 * 0.015 / (1.0 - 1.015_f64.powi(-12));
        let instalments = |contacts: f64| {
            let (not_cured, rolled) = (at(0.52, -effect(contacts)), at(0.45, -effect(contacts)));
            LOANS * (2.0 * (1.0 - not_cured) + (not_cured - rolled))
        };
        for (of, contacts) in [(Flow::ArrearsCash, contacts), (Flow::ArrearsCashAlone, 0.0)] {
            // 40,000 borrowers of up to two instalments: four standard errors are 0.8 %.
            assert_close("cash", flow(&result, 2, of) as f64, payment * instalments(contacts), 0.01);
        }
        let brought = flow(&result, 2, Flow::ArrearsCash) - flow(&result, 2, Flow::ArrearsCashAlone);
        assert_eq!(brought > 0, contacts > 0.0, "{contacts} contacts bring {brought}");
        let sums = result.tiers[0];
        assert_eq!((sums.cures, sums.cures_collected), (cured as f64, (cured - alone) as f64));
        assert_eq!(
            (sums.cash, sums.cash_collected),
            (flow(&result, 2, Flow::ArrearsCash) as f64, brought as f64)
        );
        assert_eq!(sums.cost, LOANS * contacts * 50.0);
        // All balance entered the tier at the end of month 1, and what cured left.
        assert_close("success", sums.cleared / sums.entered, cured as f64 / LOANS, 1e-9);
    }
}

#[test]
fn tiers_side_by_side_add_their_effects_and_each_is_worth_what_falls_without_it() {
    let (phone, field) = (tier("early", 4.0, 4.0, 0.8, 0.5), tier("field", 1.5, 0.0, 0.9, 60.0));
    // Of the tiers of the base scenario the first calls; the field comes after the last.
    let result = late_cohort(&[&format!("collections.tier=[{phone}, {field}]")]);
    let alone = |effect_max: f64, contacts: f64| effect_max * (1.0 - (-contacts / 3.0).exp());
    let of_field = alone(0.9, 1.5);
    let cured = flow(&result, 2, Flow::AccountsCured);
    assert_count("both", cured, LOANS, 1.0 - at(0.52, -of_field));
    let of_phone = alone(0.8, 4.0);
    assert_count("neither", flow(&result, 2, Flow::CuredAlone), LOANS, 1.0 - at(0.52, of_phone));
    for (index, without) in [(0, of_phone - of_field), (3, 0.0)] {
        let sums = result.tiers[index];
        assert_count("without it", cured - sums.cures_collected as i64, LOANS, 1.0 - at(0.52, without));
        assert_eq!(sums.cures, cured as f64, "they work the same accounts");
    }
    assert_eq!(flow(&result, 2, Flow::CollectionsPaid), 40_000 * (4 * 50 + 9000), "60 a visit, 0.50 a call");
    assert_eq!(result.get(2, MonthMetric::Contacts), 40_000 * 4 + 60_000);
}

#[test]
fn a_book_with_late_charge_off_ends_as_bad_loans_only_and_passes_through_the_categories() {
    // Of loans over 3 months a tenth never pays; charge-off comes after 600 days.
    let rows = [&ALL_ROLL[1..7], &["delinquency.m0=[0.9, 0.1]", "delinquency.charge_off_days=600"]].concat();
    let given = [
        "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=2000}]",
        "product.lab.tenors=[{months=3, share=1}]",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=1000.00",
        "product.lab.amount_max=1000.00",
        "run.months=30",
    ];
    let result = simulate_run(&setup(LAB, &[&given[..], &rows].concat()), 0, &mut Default::default());
    let value = |key: &str, month: usize| {
        let mut sums = Sums::default();
        sums.add(result.month(month));
        let metric = MONTH_ONLY_METRICS.iter().find(|metric| metric.key == key).unwrap_or_else(|| find(key));
        (metric.of)(&sums).own()
    };
    for month in 0..24 {
        let names = ["pass", "special_mention", "substandard", "doubtful", "loss"];
        let classes = names.map(|name| value(&format!("class_{name}"), month));
        let balance = result.get(month, MonthMetric::Balance) as f64;
        assert_eq!(classes.iter().sum::<f64>(), balance, "month {month}");
        // Missed in month 1 to 3, hence 4 months past due from month 4 to 6 on, 10 from 10 to 12, 13 from 13 to 15.
        for (class, (from, to)) in [(0, 2), (1, 5), (4, 11), (10, 14), (13, 22)].into_iter().enumerate() {
            let there = classes[class] > 0.0;
            assert_eq!(there, (from..=to).contains(&month), "class {} in month {month}", names[class]);
        }
        if (6..21).contains(&month) {
            assert_eq!(value("npl_ratio_balance", month), 1.0, "nothing but bad loans in month {month}");
            assert_eq!(value("balance_m0", month), 0.0);
        }
    }
    assert!(value("npl_ratio_balance", 5) < 1.0, "some are not bad yet");
    let off: i64 = (0..30).map(|month| flow(&result, month, Flow::ChargedOff)).sum();
    let formed: i64 = (0..30).map(|month| flow(&result, month, Flow::NplFormed)).sum();
    assert!(off == formed && off > 0, "all that became bad is charged off: {formed}, {off}");
}

#[test]
fn bad_loans_roll_forward_by_what_forms_what_is_paid_and_what_is_charged_off() {
    for result in runs(&setup(BASE, &["run.months=60"]), 4) {
        let mut npl = 0;
        for month in 0..60 {
            let get = |of: Flow| flow(&result, month, of);
            npl += get(Flow::NplFormed) - get(Flow::NplReduced) - get(Flow::ChargedOff);
            let stock: i64 = (4..7).map(|bucket| result.get(month, MonthMetric::BucketBalance(bucket))).sum();
            assert_eq!(stock, npl, "run {}, month {month}", result.run);
        }
        assert!(result.total(Flow::NplReduced) > 0 && npl > 0);
        // Nobody pays late but out of arrears: cash is principal, interest received late, and penalty interest.
        let cash = result.total(Flow::ArrearsCash);
        let known = result.total(Flow::PrincipalArrears) + result.total(Flow::PenaltyReceived);
        let interest = result.total(Flow::InterestReceived) + result.total(Flow::InterestCashBasis);
        assert!(known < cash && cash <= known + interest, "{known} < {cash} <= {}", known + interest);
    }
}

#[test]
fn a_ratio_changes_by_what_its_parts_did_without_rest() {
    // 2 of 100, then 3 of 120: 2.0 % to 2.5 %. One more bad at 1/100 and 1/120, on average; 20 more of balance.
    let (by_npl, by_balance) = ratio_change((2.0, 100.0), (3.0, 120.0)).expect("known");
    assert_close("numerator", by_npl, 0.5 * (1.0 / 100.0 + 1.0 / 120.0), 1e-15);
    assert_close("denominator", by_balance, 2.5 * (1.0 / 120.0 - 1.0 / 100.0), 1e-15);
    assert_close("all", by_npl + by_balance, 0.005, 1e-15);
    // A shrinking book lifts the ratio of bad loans that do not move: decline, 不良率快速增长.
    let (by_npl, by_balance) = ratio_change((2.0, 100.0), (2.0, 50.0)).expect("known");
    assert_close("numerator", by_npl, 0.0, 1e-15);
    assert_close("denominator", by_balance, 0.02, 1e-15);
    assert_eq!(ratio_change((0.0, 0.0), (1.0, 2.0)), None);
}
