//! What comes in after charge-off beside recoveries: suits, sale of claims, guarantees.

use lendcycle::engine::{RunResult, VINTAGE_AGES, VintageMetric, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::model::guarantee::compensation;
use lendcycle::model::sale::{is_sale_month, price_share};

use lendcycle::money::Fen;

use crate::laboratory::{ALL_ROLL, LAB, assert_close, flow, setup};

/// The laboratory's loan, in fen.
const LOAN: f64 = 1e10;
/// Loans made in months 0 and 4 that never pay: charged off in months 7 and 11.
const COHORTS: &str = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=1}, \
                       {segment=\"lab\", channel=\"lab\", from=4, to=4, count=1}]";
const RECOVERY: [&str; 2] = ["recovery.total=0.12", "recovery.speed=0.08"];
const CHARGED_OFF_IN: usize = 7;
const PRICES: &str = "price=[{months=0, share=0.08}, {months=12, share=0.04}, {months=48, share=0.03}]";

fn run(settings: &[&str]) -> RunResult {
    simulate_run(&setup(LAB, &[&ALL_ROLL, &RECOVERY[..], settings].concat()), 0, &mut Default::default())
}

/// Share of principal recovered by `months` after charge-off.
fn recovered(months: f64) -> f64 {
    0.12 * (1.0 - (-0.08 * months).exp())
}

#[test]
fn a_price_is_that_of_the_last_step_reached() {
    let steps = [(0, 0.08), (12, 0.04), (48, 0.03)];
    for (months, share) in [(0, 0.08), (11, 0.08), (12, 0.04), (47, 0.04), (48, 0.03), (500, 0.03)] {
        assert_eq!(price_share(&steps, months), share, "{months} months after charge-off");
    }
    let held: Vec<u32> = (0..20).filter(|month| is_sale_month(*month, 5, 6)).collect();
    assert_eq!(held, [5, 11, 17]);
}

#[test]
fn a_package_sells_what_is_old_enough_at_the_price_of_its_age_and_ends_its_recoveries() {
    // Packages in months 12, 18, 24: at 18 the first loan has been charged off for 11 months, the second for 7.
    let sale = format!("sale={{every=6, from=12, months_min=8, {PRICES}}}");
    let result = run(&[COHORTS, &sale, "run.months=40"]);
    for month in 0..40 {
        let (mut owed, mut proceeds) = (0.0, 0.0);
        // Sold in month 18 at 11 months and in month 24 at 13.
        for (sold_in, age, price) in [(18, 11.0, 0.08), (24, 13.0, 0.04)] {
            if month == sold_in {
                owed += 1.0 - recovered(age);
                proceeds += price * (1.0 - recovered(age));
            }
        }
        let share = |of: Flow| flow(&result, month, of) as f64 / LOAN;
        assert_close(&format!("owed, month {month}"), share(Flow::ClaimsSold), owed, 1e-9);
        assert_close(&format!("proceeds, month {month}"), share(Flow::SaleProceeds), proceeds, 1e-9);
        let own: f64 = [(7, 18), (11, 24)]
            .iter()
            .filter(|(charged_off, sold)| (charged_off + 1..=*sold).contains(&month))
            .map(|(charged_off, _)| {
                recovered((month - charged_off) as f64) - recovered((month - charged_off - 1) as f64)
            })
            .sum();
        assert_close(&format!("own recoveries, month {month}"), share(Flow::Recoveries), own, 1e-9);
    }
    assert_eq!(result.total(Flow::ChargedOff), 2 * LOAN as i64);
    assert_eq!(result.total(Flow::PrincipalArrears), 0, "proceeds are not repayments");
    let profit: i64 = result.groups.iter().map(|flows| flows.profit()).sum();
    let losses =
        |result: &RunResult| -> i64 { result.groups.iter().map(|flows| flows.net_credit_loss()).sum() };
    let lost = 2 * LOAN as i64 - result.total(Flow::Recoveries) - result.total(Flow::SaleProceeds);
    assert_eq!(losses(&result), lost);
    let held = run(&[COHORTS, "run.months=40"]);
    let profit_held: i64 = held.groups.iter().map(|flows| flows.profit()).sum();
    assert_eq!(profit - profit_held, losses(&held) - losses(&result), "a sale moves nothing but losses");
}

#[test]
fn what_a_vintage_receives_holds_what_it_was_sold_for() {
    let sale = format!("sale={{every=1, from=9, {PRICES}}}");
    let result = run(&[COHORTS, &sale, "run.months=30"]);
    let at = |vintage: usize, age: usize| {
        let row = vintage * VINTAGE_AGES.len()
            + VINTAGE_AGES.iter().position(|a| *a as usize == age).expect("an age");
        result.vintages[row * VintageMetric::COUNT + VintageMetric::Recovered as usize] as f64 / LOAN
    };
    // Vintage 0 is sold in month 9, two months after its charge-off; vintage 4 in the month of its charge-off, 11.
    assert_close("first", at(0, 12), recovered(2.0) + 0.08 * (1.0 - recovered(2.0)), 1e-9);
    assert_close("second", at(4, 12), 0.08, 1e-9);
}

#[test]
fn a_policy_sells_everything_while_it_holds() {
    let sale = format!("sale={{{PRICES}}}");
    let bundle = "policy=[{name=\"bundle\", from=10, to=11, sell=true}]";
    let result = run(&[COHORTS, &sale, bundle, "run.months=40"]);
    let share = |month: usize, of: Flow| flow(&result, month, of) as f64 / LOAN;
    assert_close("first loan, 3 months", share(10, Flow::SaleProceeds), 0.08 * (1.0 - recovered(3.0)), 1e-9);
    assert_close("second, at once", share(11, Flow::SaleProceeds), 0.08, 1e-9);
    assert_close("all in all", result.total(Flow::Recoveries) as f64 / LOAN, recovered(3.0), 1e-9);
}

#[test]
fn hold_or_sell_breaks_even_where_the_price_is_what_recovery_would_still_bring() {
    // After u months `total exp(-speed u) (1 - cost)` is still to come on a claim of `1 - recovered(u)`.
    for age in [0_usize, 6, 12, 24] {
        let u = age as f64;
        let even = 0.12 * (-0.08 * u).exp() * (1.0 - 0.30) / (1.0 - recovered(u));
        let result = |price: Option<f64>| {
            let sale = price.map(|price| {
                let month = CHARGED_OFF_IN + age;
                format!("sale={{every=120, from={month}, price=[{{months=0, share={price:.9}}}]}}")
            });
            let one = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=1}]";
            let mut settings = vec![one, "recovery.cost=0.30", "run.months=600"];
            settings.extend(sale.as_deref());
            let result = run(&settings);
            // Nothing is owed by the end of the 50 years.
            result.groups.iter().map(|flows| flows.profit()).sum::<i64>() as f64 / LOAN
        };
        let hold = result(None);
        assert_close(&format!("break-even at {age} months"), result(Some(even)) - hold, 0.0, 1e-8);
        assert!(result(Some(even + 0.001)) > hold && result(Some(even - 0.001)) < hold);
    }
    // At the default prices selling wins from 12 months on, and by less the later.
    let sold = |u: f64, price: f64| price * (1.0 - recovered(u)) - 0.12 * (-0.08 * u).exp() * 0.70;
    assert_close("at 11 months", sold(11.0, 0.08), 0.039540, 1e-6);
    assert_close("at 12 months", sold(12.0, 0.04), 0.004875, 1e-6);
}

#[test]
fn a_guarantee_of_one_half_halves_the_loss_to_the_fen() {
    let alone = run(&[COHORTS, "run.months=60"]);
    let half =
        run(&[COHORTS, "run.months=60", "product.lab.guarantee_share=0.5", "product.lab.guarantee_lag=3"]);
    let loss =
        |result: &RunResult| -> i64 { result.groups.iter().map(|flows| flows.net_credit_loss()).sum() };
    // 50 million of 100 come back, and recoveries on the other 50 are half of those on 100, each month rounded.
    let rounding = 60 * 2;
    assert!((2 * loss(&half) - loss(&alone)).abs() <= rounding, "{} and {}", loss(&half), loss(&alone));
    let silent = ["run.months=60", COHORTS, "recovery.total=0"];
    let alone = run(&silent);
    let half = run(&[&silent[..], &["product.lab.guarantee_share=0.5"]].concat());
    assert_eq!(2 * loss(&half), loss(&alone), "without recoveries exactly");
    for result in [&alone, &half] {
        assert_eq!(result.total(Flow::ChargedOff), 2 * LOAN as i64, "charge-offs are what they were");
    }
}

#[test]
fn a_guarantor_pays_its_share_after_the_lag_and_the_bank_pursues_the_rest() {
    let terms =
        ["product.lab.guarantee_share=0.8", "product.lab.guarantee_lag=3", "product.lab.guarantee_fee=0.02"];
    let one = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=1}]";
    let result = run(&[&terms[..], &[one, "run.months=40"]].concat());
    for month in 0..40 {
        let paid = if month == CHARGED_OFF_IN + 3 { 0.8 } else { 0.0 };
        let share = |of: Flow| flow(&result, month, of) as f64 / LOAN;
        assert_close(&format!("paid in month {month}"), share(Flow::GuaranteeReceived), paid, 1e-12);
        // The loan is on book at the opening of months 1 to 7.
        let fee = if (1..=CHARGED_OFF_IN).contains(&month) { 0.02 / 12.0 } else { 0.0 };
        assert_close(&format!("fee in month {month}"), share(Flow::GuaranteeFeePaid), fee, 1e-9);
        let u = month as f64 - CHARGED_OFF_IN as f64;
        let own = if u < 1.0 { 0.0 } else { 0.2 * (recovered(u) - recovered(u - 1.0)) };
        assert_close(&format!("recovered in month {month}"), share(Flow::Recoveries), own, 1e-9);
    }
    // Recovered of the vintage: the guarantor's payment and the bank's own.
    let age = VINTAGE_AGES.iter().position(|age| *age == 24).expect("an age");
    let received = result.vintages[age * VintageMetric::COUNT + VintageMetric::Recovered as usize] as f64;
    assert_close("vintage", received / LOAN, 0.8 + 0.2 * recovered(24.0 - CHARGED_OFF_IN as f64), 1e-9);
}

#[test]
fn what_falls_due_after_the_horizon_is_not_received_and_what_is_whole_is_not_pursued() {
    let late =
        run(&[COHORTS, "run.months=14", "product.lab.guarantee_share=1", "product.lab.guarantee_lag=6"]);
    assert_eq!(late.total(Flow::GuaranteeReceived), LOAN as i64, "month 13 of 14, not month 17");
    assert_eq!((late.total(Flow::Recoveries), late.total(Flow::CollectionsPaid)), (0, 0));
    // A share of a fen is rounded, half up; the bank pursues what is left.
    for (fen, share, paid) in [(1, 0.5, 1), (3, 0.5, 2), (100, 0.335, 34), (7, 0.0, 0), (7, 1.0, 7)] {
        assert_eq!(compensation(Fen(fen), share), Fen(paid), "{share} of {fen} fen");
    }
}

#[test]
fn a_suit_costs_at_filing_pays_after_the_lag_and_what_is_left_is_pursued() {
    let suit =
        "litigation={amount_min=100000000, share=0.6, lag=9, recovery=0.5, cost_share=0.02, cost_fixed=1000}";
    let one = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=1}]";
    let result = run(&[one, suit, "run.months=60"]);
    for month in 0..60 {
        let share = |of: Flow| flow(&result, month, of) as f64 / LOAN;
        // 60 % of 100 million is sued for: 1.2 million and 60 % of 1,000 to file, half of it paid nine months later.
        let cost = if month == CHARGED_OFF_IN { 0.6 * 0.02 + 0.6 * 1e5 / LOAN } else { 0.0 };
        assert_close(&format!("filing, month {month}"), share(Flow::CourtPaid), cost, 1e-12);
        let paid = if month == CHARGED_OFF_IN + 9 { 0.3 } else { 0.0 };
        assert_close(&format!("judgement, month {month}"), share(Flow::CourtReceived), paid, 1e-12);
        let came_in = |since: usize, principal: f64| {
            let u = month as f64 - since as f64;
            if u < 1.0 { 0.0 } else { principal * (recovered(u) - recovered(u - 1.0)) }
        };
        let own = came_in(CHARGED_OFF_IN, 0.4) + came_in(CHARGED_OFF_IN + 9, 0.3);
        assert_close(&format!("recovered, month {month}"), share(Flow::Recoveries), own, 1e-9);
    }
    // Worth it: 0.3 (1 - 0.12) more in the end, for 0.012006 to file, less what the wait takes beyond month 59.
    let alone = run(&[one, "run.months=60"]);
    let gain =
        |result: &RunResult| result.groups.iter().map(|flows| flows.profit()).sum::<i64>() as f64 / LOAN;
    let expected = 0.3 - 0.012_006 + 0.4 * recovered(52.0) + 0.3 * recovered(43.0) - recovered(52.0);
    assert_close("gain", gain(&result) - gain(&alone), expected, 1e-8);
    // Loans of 1,000: sued over from an amount of 1,000 on, not from 1,000.01.
    for (amount, files) in [("1000", true), ("1000.01", false)] {
        let small = ["product.lab.amount_min=1000.00", "product.lab.amount_median=1000.00", one];
        let suit = suit.replace("amount_min=100000000", &format!("amount_min={amount}"));
        let result = run(&[&small[..], &[&suit, "run.months=20"]].concat());
        assert_eq!(result.total(Flow::ChargedOff), 100_000);
        let expected = if files { (1_200 + 60_000, 30_000) } else { (0, 0) };
        assert_eq!((result.total(Flow::CourtPaid), result.total(Flow::CourtReceived)), expected, "{amount}");
    }
}

#[test]
fn a_fund_pays_until_it_has_paid_its_share_of_all_that_was_lent() {
    // Ten cohorts of one loan, each charged off seven months later; the fund stands behind all of each, up to a share of
    // what was lent. After month t, t + 1 loans are lent; after n are claimed, n more are if n is below cap · lent.
    let plan = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=9, count=1}]";
    for (cap, claimed) in [(1.0, 10), (0.25, 3), (0.3, 3), (0.31, 4), (0.05, 1)] {
        let terms = [
            "product.lab.guarantee_share=1".to_owned(),
            format!("product.lab.guarantee_cap={cap}"),
            "run.months=30".to_owned(),
            plan.to_owned(),
        ];
        let result = run(&terms.each_ref().map(String::as_str));
        let loan = LOAN as i64;
        assert_eq!(result.total(Flow::GuaranteeReceived), claimed * loan, "cap {cap}");
        for month in 0..30 {
            // The first are claimed, in the months in which they are charged off.
            let paid = (CHARGED_OFF_IN..CHARGED_OFF_IN + claimed as usize).contains(&month);
            assert_eq!(flow(&result, month, Flow::GuaranteeReceived), i64::from(paid) * loan, "cap {cap}");
        }
        assert_eq!(result.total(Flow::ChargedOff), 10 * loan);
    }
}
