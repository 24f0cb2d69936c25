//! T01-T04, T08, T09, T32: schedules and rates.

use lendcycle::engine::contracts::{Contract, Contracts};
use lendcycle::model::schedule::{Instalment, Kind, Repayment, Schedule, annuity_balance, annuity_payment};
use lendcycle::money::Fen;
use lendcycle::rate::{cpr_of_smm, effective_annual, monthly_of_nominal, smm_of_cpr};

use crate::laboratory::assert_close;

const AMOUNT: Fen = Fen(1_000_000);

fn terms(kind: Kind, apr: f64, tenor: u32) -> Schedule {
    Schedule::new(&Repayment::plain(kind), apr, tenor)
}

fn quarterly(kind: Kind, apr: f64, tenor: u32) -> Schedule {
    Schedule::new(&Repayment { period: 3, ..Repayment::plain(kind) }, apr, tenor)
}

/// Instalments of a loan with the balance before each.
fn play(schedule: &Schedule, amount: Fen) -> Vec<(Fen, Instalment)> {
    schedule.instalments(amount).into_iter().map(|month| (month.opening, month)).collect()
}

/// `round(balance * 15 / 1000)`, halves up, in integers.
fn interest_at_18_percent(balance: i64) -> i64 {
    (balance * 15 + 500) / 1000
}

#[test]
fn annuity_matches_worked_numbers() {
    let (p, r, n) = (10_000.0, 0.015, 12);
    let payment = annuity_payment(p, r, n);
    assert_close("payment", payment, 916.7999290623, 1e-12);
    assert_close("total interest", 12.0 * payment - p, 1001.5991487475, 1e-12);
    let month = |k: u32| {
        let before = annuity_balance(p, r, n, k - 1);
        (before * r, payment - before * r, annuity_balance(p, r, n, k))
    };
    let (interest, principal, left) = month(1);
    assert_close("I1", interest, 150.0, 1e-12);
    assert_close("P1", principal, 766.7999290623, 1e-12);
    assert_close("B1", left, 9233.2000709377, 1e-12);
    let (interest, principal, left) = month(6);
    assert_close("I6", interest, 90.7386313038, 1e-11);
    assert_close("P6", principal, 826.0612977585, 1e-12);
    assert_close("B6", left, 5223.1807891623, 1e-12);
}

#[test]
fn annuity_principal_is_geometric() {
    let (r, n) = (0.015_f64, 12);
    let payment = annuity_payment(10_000.0, r, n);
    let mut sum = 0.0;
    for k in 1..=n {
        let principal = annuity_balance(10_000.0, r, n, k - 1) - annuity_balance(10_000.0, r, n, k);
        let closed = payment * (1.0 + r).powi(k as i32 - 1 - n as i32);
        assert_close("P_k = A (1+r)^(k-1-n)", principal, closed, 1e-11);
        sum += principal;
    }
    assert_close("sum of principal", sum, 10_000.0, 1e-12);
    assert_close("left at the end", annuity_balance(10_000.0, r, n, n), 0.0, 1e-9);
}

#[test]
fn annuity_without_interest_is_equal_principal() {
    assert_close("P / n", annuity_payment(10_000.0, 0.0, 12), 10_000.0 / 12.0, 1e-15);
    assert_close("B_5", annuity_balance(10_000.0, 0.0, 12, 5), 10_000.0 * 7.0 / 12.0, 1e-15);
    let annuity = play(&terms(Kind::Annuity, 0.0, 12), AMOUNT);
    assert_eq!(annuity, play(&terms(Kind::EqualPrincipal, 0.0, 12), AMOUNT));
}

#[test]
fn annuity_in_fen_is_916_80_and_916_81_at_last() {
    let months = play(&terms(Kind::Annuity, 0.18, 12), AMOUNT);
    let mut balance = AMOUNT.0;
    for (k, (before, instalment)) in months.iter().enumerate() {
        assert_eq!(before.0, balance, "balance before month {}", k + 1);
        let interest = interest_at_18_percent(balance);
        assert_eq!(instalment.interest_due.0, interest, "interest of month {}", k + 1);
        assert_eq!(instalment.interest_accrued, instalment.interest_due);
        let paid = instalment.principal.0 + interest;
        assert_eq!(paid, if k == 11 { 91_681 } else { 91_680 }, "month {}", k + 1);
        balance -= instalment.principal.0;
    }
    assert_eq!(balance, 0, "principal sums to 10,000.00 exactly");
}

#[test]
fn equal_principal_matches_worked_numbers() {
    let months = play(&terms(Kind::EqualPrincipal, 0.18, 12), AMOUNT);
    let paid: Vec<i64> = months.iter().map(|(_, i)| (i.principal + i.interest_due).0).collect();
    assert_eq!(paid[0], 98_333, "first 983.3333");
    // The last instalment absorbs twelve thirds of a fen.
    assert!((paid[11] as f64 - 84_583.33).abs() <= 4.5, "last 845.8333, got {}", paid[11]);
    let interest: i64 = months.iter().map(|(_, i)| i.interest_due.0).sum();
    assert!((interest - 97_500).abs() <= 6, "P r (n+1) / 2 = 975.00, got {interest} fen");
    for (before, instalment) in &months {
        assert_eq!(instalment.interest_due.0, interest_at_18_percent(before.0));
    }
    assert_eq!(months.iter().map(|(_, i)| i.principal.0).sum::<i64>(), AMOUNT.0);
}

/// The contract of a loan as the engine looks it up.
fn contract<'a>(contracts: &'a mut Contracts, repayment: &Repayment, tenor: u32) -> Contract<'a> {
    let family = contracts.family(repayment, 0.18, tenor, Fen(100));
    let id = contracts.contract(family, AMOUNT);
    contracts.get(id, tenor)
}

#[test]
fn interest_only_pays_interest_and_a_bullet() {
    let monthly = play(&terms(Kind::InterestOnly, 0.18, 12), AMOUNT);
    assert!(monthly.iter().all(|(_, i)| i.interest_due == Fen(15_000)), "150 a month");
    assert_eq!(monthly.iter().map(|(_, i)| i.interest_due.0).sum::<i64>(), 180_000);
    let principal: Vec<i64> = monthly.iter().map(|(_, i)| i.principal.0).collect();
    assert_eq!(principal, [[0; 11].as_slice(), &[AMOUNT.0]].concat());

    let terms = quarterly(Kind::InterestOnly, 0.18, 12);
    let quarterly = play(&terms, AMOUNT);
    let due: Vec<i64> = quarterly.iter().map(|(_, i)| i.interest_due.0).collect();
    assert_eq!(due, [0, 0, 45_000].repeat(4), "450 a quarter");
    assert!(quarterly.iter().all(|(_, i)| i.interest_accrued == Fen(15_000)));
    let mut contracts = Contracts::default();
    let contract = contract(&mut contracts, &terms.repayment, 12);
    let unbilled: Vec<i64> = (0..=12).map(|k| contract.unbilled(k).0).collect();
    assert_eq!(unbilled[..7], [0, 15_000, 30_000, 0, 15_000, 30_000, 0]);
    assert_eq!(unbilled[12], 0);
}

#[test]
fn effective_rates_match_worked_numbers() {
    assert_close("monthly", effective_annual(0.18, 12), 0.195_618, 5e-7);
    assert_close("quarterly", effective_annual(0.18, 4), 0.192_519, 5e-7);
    assert_close("18 % nominal", monthly_of_nominal(0.18), 0.015, 1e-15);
    for (daily, ear) in [(0.0003, 0.115_702), (0.0004, 0.157_162), (0.0005, 0.200_159)] {
        let got = effective_annual(daily * 365.0, 365);
        assert_close("daily", got, ear, 5e-7);
        assert_close("daily", got, (1.0 + daily).powi(365) - 1.0, 1e-12);
    }
}

#[test]
fn daily_rates_by_30_over_360_cost_27_36_45_for_a_month() {
    for (daily, apr, interest) in [(0.0003, 0.108, 2_700), (0.0004, 0.144, 3_600), (0.0005, 0.18, 4_500)] {
        assert_close("x 360", daily * 360.0, apr, 1e-12);
        let amount = Fen(300_000);
        let only = terms(Kind::InterestOnly, apr, 1).instalments(amount)[0];
        assert_eq!((only.principal, only.interest_due), (amount, Fen(interest)));
    }
}

#[test]
fn quarterly_interest_relieves_the_business_loan() {
    let r = 0.08 / 12.0;
    let annuity = annuity_payment(500_000.0, r, 60);
    assert_close("annuity 60 m", annuity, 10_138.197144, 1e-10);
    let amount = Fen(50_000_000);
    let quarter = quarterly(Kind::InterestOnly, 0.08, 60).instalments(amount)[2].interest_due.0;
    // Interest is rounded each month: at most three halves of a fen from 10,000.00.
    assert!((quarter - 1_000_000).abs() <= 1, "10,000 per quarter, got {quarter} fen");
    for (tenor, relief) in [(60, 0.67), (36, 0.79), (12, 0.92)] {
        let relieved = 1.0 - 500_000.0 * r / annuity_payment(500_000.0, r, tenor);
        assert_close("relief of the monthly burden", relieved, relief, 0.005);
    }
}

#[test]
fn average_life_of_schedules_matches_worked_numbers() {
    let life = |kind, tenor| {
        let mut contracts = Contracts::default();
        let contract = contract(&mut contracts, &Repayment::plain(kind), tenor);
        contract.principal_months() as f64 / AMOUNT.0 as f64
    };
    // Rounding moves at most half a fen of principal per month.
    assert_close("equal principal (n+1)/2", life(Kind::EqualPrincipal, 12), 6.5, 1e-4);
    assert_close("annuity 12", life(Kind::Annuity, 12), 6.677327658316, 1e-4);
    assert_close("annuity 36", life(Kind::Annuity, 36), 20.099082619534, 1e-4);
    assert_eq!(life(Kind::InterestOnly, 12), 12.0);
}

#[test]
fn prepayment_rates_convert_by_survival() {
    for (cpr, smm) in [(0.10, 0.008741611), (0.15, 0.013451947), (0.20, 0.018423470), (0.30, 0.029285530)] {
        assert_close("SMM", smm_of_cpr(cpr), smm, 5e-9);
        assert_close("round trip", cpr_of_smm(smm_of_cpr(cpr)), cpr, 1e-14);
    }
    assert_close("CPR of 2 % SMM", cpr_of_smm(0.02), 0.21528328, 5e-9);
}
