//! Interest by days, daily rates, and take-up that looks at what a loan costs all in.

use lendcycle::engine::simulate_run_with;
use lendcycle::ledger::Flow;
use lendcycle::model::pricing::AllIn;
use lendcycle::model::schedule::{Days, Kind, Repayment, Schedule};
use lendcycle::money::Fen;
use lendcycle::time::CalendarMonth;

use crate::laboratory::{LAB, MARKET, assert_close, assert_count, flow, runs, setup, total};

/// Days of the months from January 2027 on: 2028 has a leap day.
const DAYS: [u32; 24] =
    [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const AMOUNT: Fen = Fen(1_000_000);

fn month(text: &str) -> CalendarMonth {
    CalendarMonth::parse(text).expect("a month")
}

/// A loan made at the end of December 2026: its month on book 1 is January 2027.
fn by_days(kind: Kind, year: u32) -> Repayment {
    Repayment { days: Some(Days { year, origination: month("2026-12") }), ..Repayment::plain(kind) }
}

#[test]
fn thirty_days_at_a_daily_rate_cost_27_36_45() {
    for (daily, interest) in [(0.0003, 2_700), (0.0004, 3_600), (0.0005, 4_500)] {
        for year in [360, 365] {
            // June has 30 days.
            let days = Some(Days { year, origination: month("2027-05") });
            let bullet = Repayment { days, ..Repayment::plain(Kind::InterestOnly) };
            let only = Schedule::new(&bullet, daily * f64::from(year), 1).instalments(Fen(300_000))[0];
            assert_eq!((only.principal, only.interest_due), (Fen(300_000), Fen(interest)));
        }
    }
}

#[test]
fn days_of_the_calendar_bear_interest() {
    for year in [360, 365] {
        let months = Schedule::new(&by_days(Kind::InterestOnly, year), 0.146, 24).instalments(AMOUNT);
        for (month, days) in months.iter().zip(DAYS) {
            let exact = 10_000.0 * 0.146 * f64::from(days) / f64::from(year);
            assert!((month.interest_due.0 as f64 / 100.0 - exact).abs() <= 0.005, "{days} days");
        }
        let sum: i64 = months.iter().map(|month| month.interest_due.0).sum();
        assert!(
            (sum as f64 - 146_000.0 * 731.0 / f64::from(year)).abs() <= 12.0,
            "731 days, one of them leap"
        );
    }
    // 2100 is no leap year, 2400 is one.
    assert_eq!([month("2100-02"), month("2400-02"), month("2096-02")].map(CalendarMonth::days), [28, 29, 29]);
    let far = Days { year: 365, origination: month("2099-12") };
    let schedule =
        Schedule::new(&Repayment { days: Some(far), ..Repayment::plain(Kind::InterestOnly) }, 0.365, 3);
    let interest: Vec<i64> = schedule.instalments(AMOUNT).iter().map(|month| month.interest_due.0).collect();
    assert_eq!(interest, [31_000, 28_000, 31_000], "0.1 % a day");
}

#[test]
fn an_annuity_by_days_is_level_and_worth_its_amount() {
    for (year, period) in [(360, 1), (365, 1), (365, 3)] {
        let repayment = Repayment { period, balloon: 0.1, ..by_days(Kind::Annuity, year) };
        let months = Schedule::new(&repayment, 0.18, 24).instalments(AMOUNT);
        let paid: Vec<f64> =
            months.iter().map(|month| (month.principal + month.interest_due).0 as f64).collect();
        let level = paid[period as usize - 1];
        for payment in paid[..23].iter().skip(period as usize - 1).step_by(period as usize) {
            assert!((payment - level).abs() <= 0.5, "{payment} is not {level}");
        }
        assert!(
            (paid[23] - level - 100_000.0).abs() <= 25.0,
            "the last one absorbs the rounding: {}",
            paid[23]
        );
        // Worth what was lent, at simple interest within a period and compound between.
        let mut left = 1_000_000.0;
        for (payments, days) in paid.chunks(period as usize).zip(DAYS.chunks(period as usize)) {
            let days: u32 = days.iter().sum();
            left += left * 0.18 * f64::from(days) / f64::from(year) - payments.last().expect("a payment");
        }
        assert!(left.abs() <= 40.0, "{left} left of a loan by {year} days");
    }
}

#[test]
fn without_fees_the_all_in_rate_by_days_is_the_contract_rate() {
    for (year, expected) in [(365, 0.18), (360, 0.18 * 365.0 / 360.0)] {
        for kind in [Kind::Annuity, Kind::EqualPrincipal, Kind::InterestOnly] {
            let cost =
                AllIn::new(&Schedule::new(&by_days(kind, year), 0.18, 24), 0.18, AMOUNT, 0.0, Fen::ZERO);
            assert_close("nominal", cost.apr_all_in, expected, 2e-5);
        }
    }
    // A fee of 2 % on a bullet of one month of 28 days: 0.02 / 0.98 in 28 days.
    let days = Some(Days { year: 365, origination: month("2027-01") });
    let bullet = Schedule::new(&Repayment { days, ..Repayment::plain(Kind::InterestOnly) }, 0.0, 1);
    let cost = AllIn::new(&bullet, 0.0, AMOUNT, 0.02, Fen::ZERO);
    assert_close("upfront", cost.apr_all_in, 0.02 / 0.98 * 365.0 / 28.0, 1e-12);
    assert_close("effective", cost.effective_annual, (1.0_f64 / 0.98).powf(365.0 / 28.0) - 1.0, 1e-12);
}

#[test]
fn a_book_by_days_earns_the_days_of_every_month() {
    let settings = [
        "run.start=\"2026-12\"",
        "product.lab.day_count=\"actual/365\"",
        "product.lab.schedule=\"interest_only\"",
        "product.lab.tenors=[{months=12, share=1}]",
        "delinquency.m0=[1, 0]",
        "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=11, count=1}]",
        "run.months=25",
    ];
    let (result, loans) = simulate_run_with(&setup(LAB, &settings), 0);
    let lent = loans[0].amount.0 as f64;
    for (month, days) in (1..).zip(DAYS) {
        let open = loans.iter().filter(|loan| loan.month < month && month <= loan.month + 12).count();
        let interest = lent * open as f64 * 0.18 * f64::from(days) / 365.0;
        let booked = flow(&result, month as usize, Flow::InterestReceived) as f64;
        assert_close(&format!("month {month}"), booked, interest, 1e-8);
    }
}

/// Some 2,000 approved applicants a month.
const DEMAND: [&str; 6] = [
    "channel.lab.budget=[{month=0, amount=1000.00}]",
    "channel.lab.audience.lab.leads_max=2000",
    "product.lab.take_up=0.5",
    "product.lab.take_up_slope=-0.1",
    "product.lab.take_up_rate=\"all_in\"",
    "run.months=8",
];

/// The rate at which an annuity of twelve months at 18 % is worth `received` of its amount.
fn annuity_irr(received: f64) -> f64 {
    let payment = 0.015 / (1.0 - 1.015_f64.powi(-12));
    let worth = |annual: f64| payment * (1.0 - (1.0 + annual / 12.0).powi(-12)) / (annual / 12.0);
    let (mut low, mut high) = (0.01, 1.0);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if worth(middle) > received { low = middle } else { high = middle }
    }
    low
}

#[test]
fn applicants_who_look_at_all_costs_see_fees_and_waivers() {
    let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
    let dear = annuity_irr(0.97);
    assert!(0.235 < dear && dear < 0.245, "3 % of half a year are six points: {dear}");
    // The first month free: 18 % becomes 15.18 %.
    for (terms, rate) in [
        ("product.lab.upfront_fee=0.0", 0.18),
        ("product.lab.upfront_fee=0.03", dear),
        ("product.lab.waiver={months=1, share=1, first_loan_only=true}", 0.1518),
    ] {
        let results = runs(&setup(MARKET, &[&DEMAND[..], &[terms]].concat()), 1);
        let (loans, approved) = (total(&results, Flow::LoansNew), total(&results, Flow::Approvals));
        assert!(approved > 10_000.0, "{approved} approved");
        assert_count(terms, loans as i64, approved, logistic(-0.1 * 100.0 * (rate - 0.18)));
    }
}

#[test]
fn a_rate_step_stops_at_floor_and_cap() {
    let steps = "product.lab.rate_steps=[{month_on_book=7, change=0.05}, {month_on_book=13, change=-0.05}]";
    let settings = [
        steps,
        "product.lab.apr_floor=0.16",
        "product.lab.apr_cap=0.21",
        "product.lab.schedule=\"interest_only\"",
        "product.lab.tenors=[{months=18, share=1}]",
        "delinquency.m0=[1, 0]",
        "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=1}]",
        "run.months=20",
    ];
    let (result, loans) = simulate_run_with(&setup(LAB, &settings), 0);
    for month in 1..=18 {
        let apr = [0.18, 0.21, 0.16][(month - 1) / 6];
        let interest = flow(&result, month, Flow::InterestReceived) as f64;
        assert_close(&format!("month {month}"), interest, loans[0].amount.0 as f64 * apr / 12.0, 1e-8);
    }
}
