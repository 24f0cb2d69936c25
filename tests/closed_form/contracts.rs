//! Shapes of contracts: due dates, interest-only start, balloon, rate steps, waivers, fees, and what they cost all in.

use lendcycle::engine::{RunResult, simulate_run_with};
use lendcycle::ledger::Flow;
use lendcycle::model::pricing::{AllIn, monthly_irr};
use lendcycle::model::schedule::{Kind, Repayment, Schedule};
use lendcycle::money::Fen;
use lendcycle::scenario::{Request, Setting, load};

use crate::laboratory::{BASE, LAB, assert_close, flow, setup};

const AMOUNT: Fen = Fen(1_000_000);

fn annuity() -> Repayment {
    Repayment::plain(Kind::Annuity)
}

/// What is paid in each month of a loan of 10,000 at 18 %.
fn paid(repayment: &Repayment, tenor: u32) -> Vec<i64> {
    let months = Schedule::new(repayment, 0.18, tenor).instalments(AMOUNT);
    months.iter().map(|month| (month.principal + month.interest_due).0).collect()
}

fn all_in(repayment: &Repayment, apr: f64, tenor: u32, upfront: f64, monthly: i64) -> AllIn {
    AllIn::new(&Schedule::new(repayment, apr, tenor), apr, AMOUNT, upfront, Fen(monthly))
}

#[test]
fn an_annuity_of_quarters_bears_three_months_of_simple_interest() {
    // 4.5 % a quarter over four: 10,000 x 0.045 / (1 - 1.045^-4) = 2,787.4365.
    let payments = paid(&Repayment { period: 3, ..annuity() }, 12);
    let quarter = 1_000_000.0 * 0.045 / (1.0 - 1.045_f64.powi(-4));
    assert_close("worked", quarter, 278_743.65, 1e-8);
    for (k, payment) in (1..).zip(&payments) {
        let expected = if k % 3 == 0 { quarter } else { 0.0 };
        assert!((*payment as f64 - expected).abs() <= 4.0, "month {k}: {payment} is not {expected}");
    }
    assert_eq!(payments.iter().filter(|payment| **payment > 0).count(), 4);
    for (period, dates) in [(6, 2), (12, 1)] {
        let r = 0.015 * f64::from(period);
        let expected = 1_000_000.0 * r / (1.0 - (1.0 + r).powi(-dates));
        let payments = paid(&Repayment { period, ..annuity() }, 12);
        assert!((payments[11] as f64 - expected).abs() <= 7.0, "every {period} months");
    }
}

#[test]
fn interest_only_months_come_before_an_annuity_over_the_rest() {
    let payments = paid(&Repayment { interest_only: 6, ..annuity() }, 18);
    assert!(payments[..6].iter().all(|payment| *payment == 15_000), "150 a month");
    assert!(payments[6..17].iter().all(|payment| *payment == 91_680), "then 916.80 over twelve months");
}

#[test]
fn a_balloon_stays_for_the_last_instalment() {
    // P = (B - F (1+r)^-n) a; the last instalment is P + F.
    let factor = 0.015 / (1.0 - 1.015_f64.powi(-12));
    let payment = (1_000_000.0 - 300_000.0 * 1.015_f64.powi(-12)) * factor;
    let payments = paid(&Repayment { balloon: 0.3, ..annuity() }, 12);
    assert!(payments[..11].iter().all(|paid| (*paid as f64 - payment).abs() <= 0.5));
    assert!((payments[11] as f64 - payment - 300_000.0).abs() <= 13.0, "last {}", payments[11]);
    let equal = Repayment { balloon: 0.4, ..Repayment::plain(Kind::EqualPrincipal) };
    let months = Schedule::new(&equal, 0.18, 12).instalments(AMOUNT);
    assert!(months[..11].iter().all(|month| month.principal == Fen(50_000)));
    assert_eq!(months[11].principal, Fen(450_000));
}

#[test]
fn a_stepped_rate_levels_the_annuity_anew() {
    let steps = Repayment { rate_steps: vec![(13, -0.06)], ..annuity() };
    let payments = paid(&steps, 24);
    let first = 1_000_000.0 * 0.015 / (1.0 - 1.015_f64.powi(-24));
    let left = first * (1.0 - 1.015_f64.powi(-12)) / 0.015;
    let second = left * 0.01 / (1.0 - 1.01_f64.powi(-12));
    assert!(payments[..12].iter().all(|paid| (*paid as f64 - first).abs() <= 0.5));
    assert!(
        payments[12..23].iter().all(|paid| (*paid as f64 - second).abs() <= 1.5),
        "{payments:?} {second}"
    );
    let level = all_in(&steps, 0.18, 24, 0.0, 0).apr_all_in;
    assert!(0.12 < level && level < 0.18, "between the two rates: {level}");
    // A step of nothing changes nothing.
    let nothing = Repayment { rate_steps: vec![(5, 0.0)], ..annuity() };
    let (plain, stepped) = (paid(&annuity(), 24), paid(&nothing, 24));
    assert!(plain.iter().zip(&stepped).all(|(a, b)| (a - b).abs() <= 24));
}

#[test]
fn a_waived_first_month_costs_the_bank_its_interest_and_the_customer_15_18_percent() {
    let waived = Repayment { waiver: (1.0, 1), ..annuity() };
    let (plain, free) = (paid(&annuity(), 12), paid(&waived, 12));
    assert_eq!(
        (plain[0] - free[0], &plain[1..]),
        (15_000, &free[1..]),
        "150.00 less in month 1, no principal moved"
    );
    assert_close("APR 18 % -> 15.18 %", all_in(&waived, 0.18, 12, 0.0, 0).apr_all_in, 0.1518, 5e-4);
    // 3,000 for 30 days at 0.04 % a day: 36.00 waived.
    let month = Repayment { waiver: (1.0, 1), ..Repayment::plain(Kind::InterestOnly) };
    let only = Schedule::new(&month, 0.144, 1).instalments(Fen(300_000))[0];
    assert_eq!((only.principal, only.interest_due), (Fen(300_000), Fen::ZERO));
    let charged = Schedule::new(&Repayment::plain(Kind::InterestOnly), 0.144, 1).instalments(Fen(300_000))[0];
    assert_eq!(charged.interest_due, Fen(3_600));
    let half = Repayment { waiver: (0.5, 12), ..annuity() };
    assert_close("half the interest", all_in(&half, 0.18, 12, 0.0, 0).apr_all_in, 0.0918, 2e-2);
}

#[test]
fn without_fees_the_all_in_rate_is_the_contract_rate() {
    for (repayment, tenor) in [
        (annuity(), 12),
        (Repayment { balloon: 0.3, interest_only: 4, ..annuity() }, 24),
        (Repayment::plain(Kind::EqualPrincipal), 36),
        (Repayment::plain(Kind::InterestOnly), 12),
    ] {
        let cost = all_in(&repayment, 0.18, tenor, 0.0, 0);
        assert_close("nominal", cost.apr_all_in, 0.18, 1e-5);
        assert_close("effective", cost.effective_annual, 0.195_618, 2e-5);
    }
    // Interest a quarter: 4.5 % every three months is less than 1.5 % every month.
    let quarterly = Repayment { period: 3, ..Repayment::plain(Kind::InterestOnly) };
    let cost = all_in(&quarterly, 0.18, 12, 0.0, 0);
    assert_close("effective", cost.effective_annual, 0.192_519, 2e-5);
}

#[test]
fn fees_turn_a_low_rate_into_a_high_one() {
    // A flat fee of 0.6 % of the amount a month, principal repaid in equal parts: 13 % a year.
    let equal = Repayment::plain(Kind::EqualPrincipal);
    assert_close("flat fee", all_in(&equal, 0.0, 12, 0.0, 6_000).apr_all_in, 0.13, 2e-2);
    // A fee of 2 % on a bullet of one month: 0.02 / 0.98 a month.
    let bullet = Repayment::plain(Kind::InterestOnly);
    assert_close("upfront", all_in(&bullet, 0.0, 1, 0.02, 0).apr_all_in, 12.0 * 0.02 / 0.98, 1e-12);
    assert_close("perpetual growth", monthly_irr(100.0, [0.0, 0.0, 133.1].into_iter()), 0.1, 1e-12);
    assert!(
        all_in(&annuity(), 0.18, 12, 0.01, 0).apr_all_in > 0.198,
        "1 % of a half-year life is 2 % a year"
    );
}

/// One loan of 12 months in each of 24 months, nobody late.
fn portfolio(settings: &[&str]) -> RunResult {
    let plan = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=23, count=50}]";
    let all = ["delinquency.m0=[1, 0]", plan, "product.lab.tenors=[{months=12, share=1}]", "run.months=36"];
    let (result, loans) = simulate_run_with(&setup(LAB, &[&all, settings].concat()), 0);
    assert_eq!(loans.len(), 24 * 50);
    result
}

#[test]
fn monthly_fees_come_from_every_loan_that_pays() {
    let plain = portfolio(&[]);
    let with_fee = portfolio(&["product.lab.monthly_fee=2.50"]);
    for month in 0..36 {
        let paying = flow(&plain, month, Flow::AccountsPaidOff);
        let fee = flow(&with_fee, month, Flow::FeesReceived) - flow(&plain, month, Flow::FeesReceived);
        let vintages = (1..=12).filter(|age| *age <= month && month - age < 24).count() as i64;
        assert_eq!(fee, 250 * 50 * vintages, "month {month}");
        assert_eq!(paying, flow(&with_fee, month, Flow::AccountsPaidOff));
    }
    let quarterly = portfolio(&["product.lab.monthly_fee=2.50", "product.lab.payment_months=3"]);
    let sum = |result: &RunResult| result.total(Flow::FeesReceived);
    assert_eq!(sum(&quarterly), sum(&with_fee), "three months of fees with every third month's instalment");
}

#[test]
fn prepayment_fees_are_a_share_of_what_is_prepaid() {
    let settings = ["product.lab.prepayment=0.05", "regulation.apr_all_in_cap=10"];
    let plain = portfolio(&settings);
    let with_fee = portfolio(&[settings[0], settings[1], "product.lab.prepayment_fee=0.01"]);
    let prepaid = plain.total(Flow::PrincipalPrepaid);
    assert!(prepaid > 0);
    assert_eq!(prepaid, with_fee.total(Flow::PrincipalPrepaid), "who prepays does not look at the fee");
    let fee = with_fee.total(Flow::FeesReceived) - plain.total(Flow::FeesReceived);
    // Half a fen of rounding for each of at most 1,200 loans.
    assert!((fee as f64 - 0.01 * prepaid as f64).abs() <= 600.0, "{fee} of {prepaid}");
}

#[test]
fn a_waiver_lowers_interest_by_its_share_and_moves_no_principal() {
    let plain = portfolio(&[]);
    let waived = portfolio(&["product.lab.waiver={months=12, share=0.25}"]);
    for month in 0..36 {
        assert_eq!(
            flow(&plain, month, Flow::PrincipalScheduled),
            flow(&waived, month, Flow::PrincipalScheduled)
        );
        let (full, kept) =
            (flow(&plain, month, Flow::InterestReceived), flow(&waived, month, Flow::InterestReceived));
        assert!((kept as f64 - 0.75 * full as f64).abs() <= 600.0, "month {month}: {kept} of {full}");
    }
    assert!(waived.total(Flow::InterestReceived) < plain.total(Flow::InterestReceived));
}

#[test]
fn a_floating_rate_follows_the_lpr_from_its_next_reset_on() {
    let lpr = "economy.lpr=[{month=0, apr=0.03}, {month=5, apr=0.06}, {month=14, apr=0.048}]";
    let floating = [
        lpr,
        "product.lab.rate_base=\"lpr\"",
        "product.lab.apr=0.09",
        "product.lab.schedule=\"interest_only\"",
        "product.lab.reprice_months=6",
        "product.lab.tenors=[{months=24, share=1}]",
        "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=10}]",
        "delinquency.m0=[1, 0]",
        "product.lab.apr_floor=0.07",
        "run.months=30",
    ];
    let (result, loans) = simulate_run_with(&setup(LAB, &floating), 0);
    let lent = 10 * loans[0].amount.0;
    for month in 1..=24 {
        // Reset after months 6, 12 and 18, to the LPR of that month.
        let apr = [0.12, 0.15, 0.15, 0.138][(month - 1) / 6];
        let interest = flow(&result, month, Flow::InterestReceived) as f64;
        assert_close(&format!("month {month}"), interest, lent as f64 * apr / 12.0, 1e-9);
    }
    let fixed = setup(LAB, &[&floating[..4], &floating[5..]].concat());
    let (result, _) = simulate_run_with(&fixed, 0);
    assert_close(
        "fixed for life",
        flow(&result, 20, Flow::InterestReceived) as f64,
        lent as f64 * 0.01,
        1e-9,
    );
}

#[test]
fn a_contract_at_the_cap_without_fees_is_allowed() {
    let check = |settings: &[&str]| {
        let settings = settings.iter().map(|text| Setting { what: "--set", text: (*text).to_owned() });
        load(&Request { path: BASE.into(), settings: settings.collect() })
    };
    let at_cap = [
        "product.emergency.apr=0.24",
        "product.emergency.apr_floor=0.24",
        "product.emergency.apr_cap=0.24",
        "product.emergency.schedule=\"annuity\"",
    ];
    assert!(check(&at_cap).is_ok(), "rounding to the fen is no breach");
    let above = ["product.emergency.apr_cap=0.25", "product.emergency.apr_floor=0.25"];
    assert!(check(&[&at_cap[..], &above].concat()).is_err());
    // The LPR moves by chance: the cap of the rate is what it may reach.
    let floating = ["economy.lpr_move_probability=0.3", "product.renovation.apr_cap=0.24"];
    assert!(check(&floating).is_err(), "with an upfront fee 24 % is more than 24 % all in");
    assert!(check(&[floating[0]]).is_ok());
}
