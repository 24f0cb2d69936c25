//! Prices on common random numbers: who looks at all costs comes for a waiver and stays away from fees; days of the calendar.

use lendcycle::engine::RunResult;
use lendcycle::ledger::Flow;

use crate::laboratory::{BASE, runs, setup, total};

const RUNS: u64 = 10;

fn base(settings: &[&str]) -> Vec<RunResult> {
    runs(&setup(BASE, settings), RUNS)
}

#[test]
fn a_free_first_month_brings_customers_who_look_at_all_costs_and_costs_interest() {
    let looks = "product.emergency.take_up_rate=\"all_in\"";
    let free = "product.emergency.waiver={months=1, share=1, first_loan_only=true}";
    let (plain, seen, blind) = (base(&[looks]), base(&[looks, free]), base(&[free]));
    // Without fees the rate all in is that of the contract.
    for (contract, all_in) in base(&[]).iter().zip(&plain) {
        assert_eq!(contract.total(Flow::Approvals), all_in.total(Flow::Approvals));
        assert!((contract.total(Flow::LoansNew) - all_in.total(Flow::LoansNew)).abs() <= 2);
    }
    for ((plain, seen), blind) in plain.iter().zip(&seen).zip(&blind) {
        assert_eq!(plain.total(Flow::Approvals), seen.total(Flow::Approvals), "run {}", plain.run);
        let new = |result: &RunResult| result.total(Flow::LoansNew);
        assert!(new(seen) as f64 > 1.02 * new(plain) as f64, "{} after {}", new(seen), new(plain));
        assert!((new(blind) - new(plain)).abs() <= 2, "nobody comes for what nobody looks at");
    }
    let yield_of = |results: &[RunResult]| {
        let lent = total(results, Flow::OriginatedNew) + total(results, Flow::OriginatedRepeat);
        total(results, Flow::InterestAccrued) / lent
    };
    assert!(yield_of(&seen) < yield_of(&plain) && yield_of(&blind) < yield_of(&plain));
}

#[test]
fn fees_keep_away_who_looks_at_all_costs() {
    let fee = "product.emergency.monthly_fee=5";
    let looks = "product.emergency.take_up_rate=\"all_in\"";
    for (blind, seen) in base(&[fee]).iter().zip(&base(&[fee, looks])) {
        assert!(seen.total(Flow::LoansNew) < blind.total(Flow::LoansNew), "run {}", seen.run);
    }
}

#[test]
fn a_year_of_360_days_earns_more_than_one_of_365() {
    let by = |days: &str| {
        let settings: Vec<String> = ["emergency", "renovation", "education", "business"]
            .iter()
            .map(|product| format!("product.{product}.day_count=\"{days}\""))
            .collect();
        base(&settings.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let (months, by_360, by_365) = (by("30/360"), by("actual/360"), by("actual/365"));
    for ((months, more), less) in months.iter().zip(&by_360).zip(&by_365) {
        let interest = |result: &RunResult| result.total(Flow::InterestAccrued) as f64;
        assert!(interest(more) > interest(less), "run {}", less.run);
        // Over years months of days bear what equal months bear; a year of 360 days bears 365/360 of it.
        assert!((interest(less) / interest(months) - 1.0).abs() < 2e-3);
        assert!((interest(more) / interest(less) - 365.0 / 360.0).abs() < 2e-3);
        assert_eq!(months.total(Flow::LoansNew), more.total(Flow::LoansNew));
    }
}

#[test]
fn partial_prepayment_costs_interest_and_more_so_where_the_payment_stays() {
    let keep = |kept: &str| {
        base(&[&format!("product.renovation.curtailment={{probability=0.05, share=0.3, keep=\"{kept}\"}}")])
    };
    let (none, term, payment) = (base(&[]), keep("term"), keep("payment"));
    for ((none, term), payment) in none.iter().zip(&term).zip(&payment) {
        let interest = |result: &RunResult| result.total(Flow::InterestAccrued);
        assert!(interest(payment) < interest(term) && interest(term) < interest(none), "run {}", none.run);
        assert_eq!(term.total(Flow::LoansNew), none.total(Flow::LoansNew));
        assert!(term.total(Flow::AccountsCurtailed) > 0 && none.total(Flow::AccountsCurtailed) == 0);
    }
}
