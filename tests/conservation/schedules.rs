//! Schedules and contracts drawn at random: principal sums to the amount, and the engine looks up what the schedule brings.

use lendcycle::engine::contracts::{Contracts, Planned};
use lendcycle::model::schedule::{Curtailment, Days, Kind, Repayment, Schedule};
use lendcycle::money::{Fen, FixedRate};
use lendcycle::time::CalendarMonth;
use proptest::prelude::*;

use super::config;

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![Kind::Annuity, Kind::EqualPrincipal, Kind::InterestOnly])
}

/// A repayment of any kind, with a number of periods of its tenor.
fn repayment() -> impl Strategy<Value = (Repayment, u32)> {
    let waiver = prop_oneof![Just((0.0, 0)), (0.0..=1.0_f64, 1_u32..40)];
    let step = (1_u32..20, -0.2..0.2_f64);
    let month = (2000_u32..2003, 1_u32..=12).prop_map(|(year, month)| format!("{year}-{month:02}"));
    let days = (prop::sample::select(vec![360, 365]), month)
        .prop_map(|(year, month)| Days { year, origination: CalendarMonth::parse(&month).expect("a month") });
    let shape = (kind(), prop::sample::select(vec![1, 2, 3, 6, 12]), 1_u32..=40, 0_u32..40, 0.0..1.0_f64);
    (shape, waiver, prop::collection::vec(step, 0..3), prop::option::of(days)).prop_map(
        |((kind, period, periods, interest_only, balloon), waiver, steps, days)| {
            let amortises = kind != Kind::InterestOnly;
            let mut rate_steps: Vec<(u32, f64)> =
                steps.into_iter().map(|(at, change)| (at * period + 1, change)).collect();
            rate_steps.sort_by_key(|step| step.0);
            rate_steps.dedup_by_key(|step| step.0);
            let repayment = Repayment {
                kind,
                period,
                interest_only: if amortises { interest_only.min(periods - 1) * period } else { 0 },
                balloon: if amortises && balloon < 0.5 { balloon } else { 0.0 },
                rate_steps,
                waiver,
                rate_range: (0.0, f64::INFINITY),
                days,
                curtailment: Curtailment::default(),
                curtailed: Vec::new(),
            };
            (repayment, periods * period)
        },
    )
}

/// Share of a year that month on book `k` is.
fn year_share(repayment: &Repayment, k: u32) -> f64 {
    repayment.days.map_or(1.0 / 12.0, |days| f64::from(days.of(k)) / f64::from(days.year))
}

fn first_rate(repayment: &Repayment, apr: f64) -> FixedRate {
    let by_days = repayment.days.map(|_| apr * year_share(repayment, 1));
    FixedRate::from_monthly(by_days.unwrap_or(apr / 12.0))
}

/// Amounts from a fen to some hundred million, every order of magnitude alike.
fn amount() -> impl Strategy<Value = i64> {
    (0_u32..34, 1.0..2.0_f64).prop_map(|(power, mantissa)| (mantissa * f64::from(power).exp2()) as i64)
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn schedules_repay_exactly_what_was_lent(
        (repayment, tenor) in repayment(),
        amount in amount(),
        apr in 0.0..=1.0_f64,
    ) {
        let schedule = Schedule::new(&repayment, apr, tenor);
        let months = schedule.instalments(Fen(amount));
        prop_assert_eq!(months.len(), tenor as usize);
        let (mut balance, mut accrued, mut due) = (Fen(amount), Fen::ZERO, Fen::ZERO);
        for (k, month) in (1..).zip(months) {
            prop_assert_eq!(month.opening, balance);
            prop_assert!(month.principal >= Fen::ZERO && month.principal <= balance);
            prop_assert!(month.interest_accrued >= Fen::ZERO);
            // Interest is the rate times the balance less what is waived, to the nearest fen.
            let step = repayment.rate_steps.iter().rev().find(|step| step.0 <= k).map_or(0.0, |step| step.1);
            let waived = if k <= repayment.waiver.1 { repayment.waiver.0 } else { 0.0 };
            let exact = balance.0 as f64 * f64::max(apr + step, 0.0) * year_share(&repayment, k) * (1.0 - waived);
            prop_assert!((month.interest_accrued.0 as f64 - exact).abs() <= 0.5 + 1e-11 * balance.0 as f64);
            balance -= month.principal;
            accrued += month.interest_accrued;
            due += month.interest_due;
            if k % repayment.period == 0 {
                prop_assert_eq!(accrued, due, "all interest earned is due on a due date");
            } else {
                prop_assert_eq!((month.principal, month.interest_due), (Fen::ZERO, Fen::ZERO));
            }
            prop_assert!(k > repayment.interest_only || month.principal == Fen::ZERO);
        }
        prop_assert_eq!(balance, Fen::ZERO, "principal sums to the amount");
    }

    #[test]
    fn contracts_look_up_what_schedules_bring(
        (repayment, tenor) in repayment(),
        amount in amount(),
        step in prop::sample::select(vec![1, 100, 10_000]),
        apr in 0.0..=1.0_f64,
        from in 1_u32..=480,
    ) {
        let amount = Fen((amount / step).max(1) * step);
        let mut contracts = Contracts::default();
        let family = contracts.family(&repayment, apr, tenor, Fen(step));
        let id = contracts.contract(family, amount);
        prop_assert_eq!(contracts.contract(family, amount), id, "the same contract again");
        let months = contracts.schedule(family).instalments(amount);
        let contract = contracts.get(id, tenor);
        prop_assert_eq!(contract.rate(1), first_rate(&repayment, apr));
        let from = from.min(tenor);
        let (mut accrued, mut due, mut principal_months) = (Fen::ZERO, Fen::ZERO, 0);
        let mut expected = Vec::new();
        let mut due_from = Fen::ZERO;
        for (k, month) in (1..).zip(months) {
            prop_assert_eq!(contract.opening(k), month.opening);
            prop_assert_eq!(contract.closing(k), month.opening - month.principal);
            prop_assert_eq!(contract.accrued(k), month.interest_accrued);
            prop_assert_eq!(contract.unbilled(k - 1), accrued - due);
            if k >= from {
                due_from += month.interest_due;
                // Callers ask from the month after a due date on.
                if (from - 1) % repayment.period == 0 {
                    prop_assert_eq!(contract.interest_due(from, k), due_from);
                }
                expected.push(Planned { opening: month.opening.0, accrued: month.interest_accrued.0 });
            }
            accrued += month.interest_accrued;
            due += month.interest_due;
            principal_months += i64::from(k) * month.principal.0;
        }
        prop_assert_eq!(contract.principal_months(), principal_months);
        prop_assert_eq!(contract.opening(tenor + 1), Fen::ZERO);
        let mut plan = vec![Planned::default(); expected.len() + 1];
        contract.add_to(&mut plan, from, 1);
        prop_assert_eq!(&plan[..expected.len()], &expected[..]);
        contract.add_to(&mut plan, from, -1);
        prop_assert!(plan.iter().all(|month| *month == Planned::default()));
    }

    #[test]
    fn annuity_instalments_are_equal_but_the_last(
        amount in 100_000_i64..=10_000_000_000,
        apr in 0.0..=0.36_f64,
        tenor in 2_u32..=60,
    ) {
        let months = Schedule::new(&Repayment::plain(Kind::Annuity), apr, tenor).instalments(Fen(amount));
        let mut paid: Vec<i64> = months.iter().map(|month| (month.principal + month.interest_due).0).collect();
        let last = paid.pop().unwrap_or(0);
        prop_assert!(paid.iter().all(|payment| *payment == paid[0]));
        // The last one absorbs a fen of rounding a month, compounded.
        let r = apr / 12.0;
        let growth = std::iter::successors(Some(1.0), |grown| Some(grown * (1.0 + r)));
        let compounded: f64 = growth.take(tenor as usize).sum();
        prop_assert!((last - paid[0]).abs() as f64 <= 1.0 + compounded, "last {} of {:?}", last, paid);
    }
}
