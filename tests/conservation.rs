//! Nothing is lost and nothing appears: accounting identities of every month, group, vintage and stage, to the fen, for
//! the base scenario and for random schedules and scenarios. The engine proves its own trial balance while it runs.

#[path = "closed_form/laboratory.rs"]
mod laboratory;
#[path = "conservation/random_scenarios.rs"]
mod random_scenarios;

use lendcycle::engine::contracts::{Contracts, Planned};
use lendcycle::engine::{MONTH_METRICS, MonthMetric, RunResult, VINTAGE_AGES, VintageMetric};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::profitability::by_stage;
use lendcycle::lifecycle::stage::Stage;
use lendcycle::model::schedule::{Kind, Repayment, Schedule};
use lendcycle::money::{Fen, FixedRate};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use laboratory::{BASE, LAB, flow, runs, setup};

fn months(result: &RunResult) -> usize {
    result.months.len() / MONTH_METRICS
}

fn originated(result: &RunResult, month: usize) -> i64 {
    flow(result, month, Flow::OriginatedNew) + flow(result, month, Flow::OriginatedRepeat)
}

fn buckets(result: &RunResult, month: usize, from: u8, of: fn(u8) -> MonthMetric) -> i64 {
    (from..7).map(|bucket| result.get(month, of(bucket))).sum()
}

/// T48, T51: principal, accounts, delinquent accounts and interest receivable roll forward month by month.
fn assert_stocks_roll_forward(result: &RunResult) {
    let (mut balance, mut accounts, mut delinquent, mut receivable) = (0, 0, 0, 0);
    for month in 0..months(result) {
        let get = |of: Flow| flow(result, month, of);
        let at = format!("run {}, month {month}", result.run);
        balance += originated(result, month)
            - get(Flow::PrincipalScheduled)
            - get(Flow::PrincipalPrepaid)
            - get(Flow::PrincipalArrears)
            - get(Flow::ChargedOff);
        assert_eq!(result.get(month, MonthMetric::Balance), balance, "balance, {at}");
        assert_eq!(buckets(result, month, 0, MonthMetric::BucketBalance), balance, "buckets, {at}");
        accounts += get(Flow::LoansNew) + get(Flow::LoansRepeat)
            - get(Flow::AccountsPaidOff)
            - get(Flow::AccountsChargedOff);
        assert_eq!(buckets(result, month, 0, MonthMetric::BucketAccounts), accounts, "accounts, {at}");
        delinquent += get(Flow::AccountsMissed) - get(Flow::AccountsCured) - get(Flow::AccountsChargedOff);
        let standing = buckets(result, month, 1, MonthMetric::BucketAccounts);
        assert_eq!(standing, delinquent, "delinquent accounts, {at}");
        receivable += get(Flow::InterestAccrued) - get(Flow::InterestReversed) - get(Flow::InterestReceived);
        assert!(receivable >= 0, "interest receivable {receivable}, {at}");
        if accounts == 0 {
            assert_eq!((balance, receivable), (0, 0), "an empty book, {at}");
        }
        for bucket in 0..7 {
            let sums = [
                result.get(month, MonthMetric::BucketBalance(bucket)),
                result.get(month, MonthMetric::BucketAccounts(bucket)),
            ];
            assert!(sums[0] >= 0 && sums[1] >= 0, "M{bucket}, {at}");
            assert!(sums[1] > 0 || sums[0] == 0, "a balance without accounts in M{bucket}, {at}");
        }
    }
}

/// T49: gates of the funnel only let through what came to them.
fn assert_funnel_narrows(result: &RunResult) {
    for month in 0..months(result) {
        let get = |of: Flow| flow(result, month, of);
        let at = format!("run {}, month {month}", result.run);
        assert!(get(Flow::Leads) >= get(Flow::Applications), "{at}");
        assert!(get(Flow::Applications) >= get(Flow::FraudCaught) + get(Flow::Approvals), "{at}");
        assert!(get(Flow::Approvals) >= get(Flow::LoansNew), "{at}");
        assert!(get(Flow::LoansNew) >= get(Flow::LoansFraud), "{at}");
        assert!(get(Flow::RepeatApplications) >= get(Flow::RepeatApprovals), "{at}");
        assert!(get(Flow::RepeatApprovals) >= get(Flow::LoansRepeat), "{at}");
        assert!(Flow::ALL.iter().all(|of| get(*of) >= 0), "{at}");
    }
}

/// T49: groups and vintages sum to the whole.
fn assert_parts_sum_to_the_whole(result: &RunResult) {
    for of in Flow::ALL {
        let groups: i64 = result.groups.iter().map(|flows| flows.get(*of)).sum();
        assert_eq!(groups, result.total(*of), "{} of run {}", of.key(), result.run);
    }
    let balances: i64 = (0..months(result)).map(|month| result.get(month, MonthMetric::Balance)).sum();
    assert_eq!(result.group_balance.iter().sum::<i64>(), balances);

    let vintage = |vintage: usize, age: usize, of: VintageMetric| {
        result.vintages[(vintage * VINTAGE_AGES.len() + age) * VintageMetric::COUNT + of as usize]
    };
    let last = months(result) - 1;
    for month in 0..last {
        let loans = flow(result, month, Flow::LoansNew) + flow(result, month, Flow::LoansRepeat);
        for (age, months_on_book) in VINTAGE_AGES.iter().enumerate() {
            let at = |of: VintageMetric| vintage(month, age, of);
            if month + *months_on_book as usize > last {
                assert_eq!(at(VintageMetric::Loans), -1, "not observed yet");
                continue;
            }
            assert_eq!(
                (at(VintageMetric::Loans), at(VintageMetric::Originated)),
                (loans, originated(result, month))
            );
            assert!(
                at(VintageMetric::Ever90) <= at(VintageMetric::Ever30) && at(VintageMetric::Ever30) <= loans
            );
            assert!(at(VintageMetric::Balance30) <= at(VintageMetric::Balance));
            assert!(at(VintageMetric::Balance) + at(VintageMetric::ChargedOff) <= originated(result, month));
            for of in [
                VintageMetric::Ever30,
                VintageMetric::Ever90,
                VintageMetric::ChargedOff,
                VintageMetric::Recovered,
            ] {
                let before = if age == 0 { 0 } else { vintage(month, age - 1, of) };
                assert!(at(of) >= before, "{of:?} of vintage {month} falls at age {months_on_book}");
            }
        }
    }
}

/// T53 on the incurred basis: profit is cash earned plus what the book gained.
fn assert_profit_is_cash_and_book(result: &RunResult) {
    let sum = |flows: &[Flow]| -> i64 { flows.iter().map(|of| result.total(*of)).sum() };
    let received = sum(&[
        Flow::PrincipalScheduled,
        Flow::PrincipalPrepaid,
        Flow::PrincipalArrears,
        Flow::InterestReceived,
        Flow::InterestCashBasis,
        Flow::PenaltyReceived,
        Flow::FeesReceived,
        Flow::Recoveries,
        Flow::CourtReceived,
        Flow::SaleProceeds,
        Flow::GuaranteeReceived,
    ]);
    let paid = sum(&[
        Flow::OriginatedNew,
        Flow::OriginatedRepeat,
        Flow::MarketingPaid,
        Flow::ApplicationsPaid,
        Flow::ServicingPaid,
        Flow::CollectionsPaid,
        Flow::CourtPaid,
        Flow::FundingPaid,
        Flow::GuaranteeFeePaid,
    ]);
    let receivable =
        sum(&[Flow::InterestAccrued]) - sum(&[Flow::InterestReversed]) - sum(&[Flow::InterestReceived]);
    let book = result.get(months(result) - 1, MonthMetric::Balance) + receivable;
    let profit: i64 = result.groups.iter().map(|flows| flows.profit()).sum();
    assert_eq!(profit, received - paid + book, "profit of run {}", result.run);
}

/// T54: stages share out the months and all that happened in them.
fn assert_stages_sum_to_the_life(result: &RunResult) {
    let row = by_stage(result);
    assert_eq!(result.stages.len(), months(result));
    assert_eq!(result.stages_online.len(), months(result));
    let lived: i64 = row.stages.iter().map(|stage| stage.sums.months).sum();
    assert_eq!((lived, row.lifetime.sums.months), (months(result) as i64, months(result) as i64));
    for metric in 0..MONTH_METRICS {
        let stages: i64 = row.stages.iter().map(|stage| stage.sums.row[metric]).sum();
        let all: i64 = (0..months(result)).map(|month| result.month(month)[metric]).sum();
        assert_eq!((stages, row.lifetime.sums.row[metric]), (all, all), "metric {metric}");
    }
    let profit: i64 = row.stages.iter().map(|stage| stage.sums.flows().profit()).sum();
    let groups: i64 = result.groups.iter().map(|flows| flows.profit()).sum();
    assert_eq!(profit, groups, "profit of stages");
    for stage in &row.stages {
        let held = result.stages.iter().filter(|label| **label == stage.stage).count();
        assert_eq!(stage.sums.months, held as i64);
        assert_eq!(result.stages[stage.start as usize], stage.stage);
    }
}

fn assert_conserves(result: &RunResult) {
    assert_stocks_roll_forward(result);
    assert_funnel_narrows(result);
    assert_parts_sum_to_the_whole(result);
    assert_profit_is_cash_and_book(result);
    assert_stages_sum_to_the_life(result);
}

#[test]
fn the_base_scenario_conserves() {
    let results = runs(&setup(BASE, &[]), 60);
    results.iter().for_each(assert_conserves);
    let seen = |of: Flow| results.iter().any(|result| result.total(of) > 0);
    let optional = [
        Flow::Reminders,
        Flow::CourtReceived,
        Flow::CourtPaid,
        Flow::ClaimsSold,
        Flow::SaleProceeds,
        Flow::GuaranteeReceived,
        Flow::GuaranteeFeePaid,
    ];
    assert!(
        Flow::ALL.iter().all(|of| seen(*of) != optional.contains(of)),
        "every flow occurs in the base scenario but those of options"
    );
    let stages = |stage: Stage| results.iter().any(|result| result.stages.contains(&stage));
    assert!(
        stages(Stage::Growth(1)) && stages(Stage::Plateau) && stages(Stage::Decline) && stages(Stage::Exit)
    );
}

#[test]
fn a_scenario_with_every_option_conserves() {
    let results = runs(&setup("tests/scenarios/knobs.toml", &[]), 10);
    results.iter().for_each(assert_conserves);
    assert!(Flow::ALL.iter().all(|of| results.iter().any(|result| result.total(*of) > 0)));
}

#[test]
fn an_emptied_book_leaves_no_interest_and_profit_is_cash() {
    let stop = "policy=[{name=\"stop\", from=12, stop_new=true, stop_repeat=true}]";
    for result in runs(&setup(BASE, &[stop, "run.months=100", "delinquency.charge_off_days=180"]), 20) {
        assert_conserves(&result);
        for month in 12..100 {
            assert_eq!(originated(&result, month), 0, "no admissions, no originations");
        }
        let last = 99;
        let open = buckets(&result, last, 0, MonthMetric::BucketAccounts);
        assert_eq!((open, result.get(last, MonthMetric::Balance)), (0, 0), "run {}", result.run);
        let earned = result.total(Flow::InterestAccrued) - result.total(Flow::InterestReversed);
        assert_eq!(
            earned,
            result.total(Flow::InterestReceived),
            "accrued interest was received or taken back"
        );
        let lent: i64 = (0..12).map(|month| originated(&result, month)).sum();
        let repaid =
            [Flow::PrincipalScheduled, Flow::PrincipalPrepaid, Flow::PrincipalArrears, Flow::ChargedOff];
        assert_eq!(lent, repaid.iter().map(|of| result.total(*of)).sum::<i64>());
    }
}

#[test]
fn vintages_sum_to_the_balance() {
    // Loans of two months that roll or cure, charged off beyond 120 days: none is older than six months.
    let settings = [
        "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=29, count=40}]",
        "product.lab.schedule=\"interest_only\"",
        "product.lab.tenors=[{months=1, share=0.5}, {months=2, share=0.5}]",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=3000.00",
        "product.lab.amount_spread=0.5",
        "delinquency.m0=[0.6, 0.4]",
        "delinquency.m1=[0.2, 0, 0.8]",
        "delinquency.m2=[0.2, 0, 0, 0.8]",
        "delinquency.m3=[0.2, 0, 0, 0, 0.8]",
        "delinquency.m4=[0.2, 0, 0, 0, 0, 0.8]",
        "delinquency.charge_off_days=120",
    ];
    for result in runs(&setup(LAB, &settings), 10) {
        assert_stocks_roll_forward(&result);
        assert_parts_sum_to_the_whole(&result);
        let vintages = |month: usize, of: VintageMetric| -> i64 {
            (1..=6.min(month))
                .map(|age| {
                    let at = (month - age) * VINTAGE_AGES.len()
                        + VINTAGE_AGES.iter().position(|a| *a as usize == age).expect("ages 1 to 6");
                    result.vintages[at * VintageMetric::COUNT + of as usize]
                })
                .sum()
        };
        for month in 0..months(&result) {
            let older = vintages(month, VintageMetric::Balance);
            assert_eq!(older + originated(&result, month), result.get(month, MonthMetric::Balance));
            let late = buckets(&result, month, 2, MonthMetric::BucketBalance);
            assert_eq!(vintages(month, VintageMetric::Balance30), late, "more than 30 days past due");
        }
        assert!(result.total(Flow::ChargedOff) > 0);
        let charged_off: i64 = (0..30)
            .map(|vintage| {
                result.vintages[(vintage * VINTAGE_AGES.len() + 6) * VintageMetric::COUNT
                    + VintageMetric::ChargedOff as usize]
            })
            .sum();
        assert_eq!(charged_off, result.total(Flow::ChargedOff), "all is settled at age 9");
    }
}

fn config(cases: u32) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(20_260_101), failure_persistence: None, ..Config::default() }
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![Kind::Annuity, Kind::EqualPrincipal, Kind::InterestOnly])
}

/// A repayment of any kind, with a number of periods of its tenor.
fn repayment() -> impl Strategy<Value = (Repayment, u32)> {
    let waiver = prop_oneof![Just((0.0, 0)), (0.0..=1.0_f64, 1_u32..40)];
    let step = (1_u32..20, -0.2..0.2_f64);
    let shape = (kind(), prop::sample::select(vec![1, 2, 3, 6, 12]), 1_u32..=40, 0_u32..40, 0.0..1.0_f64);
    (shape, waiver, prop::collection::vec(step, 0..3)).prop_map(
        |((kind, period, periods, interest_only, balloon), waiver, steps)| {
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
            };
            (repayment, periods * period)
        },
    )
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
            let exact = balance.0 as f64 * f64::max(apr + step, 0.0) / 12.0 * (1.0 - waived);
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
        prop_assert_eq!(contract.rate(1), FixedRate::from_monthly(apr / 12.0));
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

proptest! {
    #![proptest_config(config(800))]

    #[test]
    fn random_scenarios_conserve(settings in random_scenarios::settings(), seed in 0..1_000_000_u64) {
        let seed = format!("run.seed={seed}");
        let settings: Vec<&str> = settings.iter().map(String::as_str).chain([seed.as_str()]).collect();
        runs(&setup(random_scenarios::BASE, &settings), 2).iter().for_each(assert_conserves);
    }
}
