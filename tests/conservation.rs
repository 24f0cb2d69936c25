//! Nothing is lost and nothing appears: accounting identities of every month, group, vintage and stage, to the fen, for
//! the base scenario and for random schedules and scenarios. The engine proves its own trial balance while it runs.

#[path = "closed_form/laboratory.rs"]
mod laboratory;
#[path = "conservation/optional_flows.rs"]
mod optional_flows;
#[path = "conservation/random_scenarios.rs"]
mod random_scenarios;
#[path = "conservation/schedules.rs"]
mod schedules;

use lendcycle::engine::{MONTH_METRICS, MonthMetric, RunResult, VINTAGE_AGES, VintageMetric};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::profitability::by_stage;
use lendcycle::lifecycle::stage::Stage;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use optional_flows::is_optional;

use laboratory::{BASE, LAB, flow, runs, setup};

fn months(result: &RunResult) -> usize {
    result.months.len() / MONTH_METRICS
}

fn originated(result: &RunResult, month: usize) -> i64 {
    let of = |of: Flow| flow(result, month, of);
    of(Flow::OriginatedNew) + of(Flow::OriginatedRepeat) + of(Flow::Drawn)
}

fn buckets(result: &RunResult, month: usize, from: u8, of: fn(u8) -> MonthMetric) -> i64 {
    (from..7).map(|bucket| result.get(month, of(bucket))).sum()
}

/// T48, T50, T51, T52: principal, accounts, delinquent accounts, interest receivable and allowance roll forward month by month; what
/// is owned is owed or equity.
fn assert_stocks_roll_forward(result: &RunResult) {
    let (mut balance, mut accounts, mut delinquent, mut receivable, mut npl) = (0, 0, 0, 0, 0);
    let mut allowance = 0;
    for month in 0..months(result) {
        let get = |of: Flow| flow(result, month, of);
        let at = format!("run {}, month {month}", result.run);
        balance += originated(result, month) + get(Flow::OpeningBalance)
            - get(Flow::PrincipalScheduled)
            - get(Flow::PrincipalPrepaid)
            - get(Flow::PrincipalArrears)
            - get(Flow::ChargedOff)
            - get(Flow::PrincipalTransferred)
            - get(Flow::LoanSaleProceeds)
            - get(Flow::LoanSaleLoss);
        assert_eq!(result.get(month, MonthMetric::Balance), balance, "balance, {at}");
        assert_eq!(buckets(result, month, 0, MonthMetric::BucketBalance), balance, "buckets, {at}");
        accounts += get(Flow::LoansNew) + get(Flow::LoansRepeat) + get(Flow::LoansOpening)
            - get(Flow::AccountsPaidOff)
            - get(Flow::AccountsChargedOff)
            - get(Flow::AccountsTransferred)
            - get(Flow::AccountsSold);
        assert_eq!(buckets(result, month, 0, MonthMetric::BucketAccounts), accounts, "accounts, {at}");
        delinquent += get(Flow::OpeningPastDue) + get(Flow::AccountsMissed)
            - get(Flow::AccountsCured)
            - get(Flow::AccountsChargedOff)
            - get(Flow::AccountsSoldPastDue);
        let standing = buckets(result, month, 1, MonthMetric::BucketAccounts);
        assert_eq!(standing, delinquent, "delinquent accounts, {at}");
        npl += get(Flow::NplFormed) - get(Flow::NplReduced) - get(Flow::ChargedOff);
        let bad = buckets(result, month, 4, MonthMetric::BucketBalance);
        // What an opening book brings has not been formed here.
        npl += if month == 0 && get(Flow::LoansOpening) > 0 { bad - npl } else { 0 };
        assert_eq!(bad, npl, "bad loans, {at}");
        let alone = [
            (Flow::ArrearsCashAlone, Flow::ArrearsCash),
            (Flow::CuredAlone, Flow::AccountsCured),
            (Flow::LateCashAlone, Flow::LateCash),
        ];
        for (part, whole) in alone {
            assert!((0..=get(whole)).contains(&get(part)), "{} of {}, {at}", part.key(), whole.key());
        }
        receivable += get(Flow::OpeningInterest) + get(Flow::InterestAccrued)
            - get(Flow::InterestReversed)
            - get(Flow::InterestReceived);
        assert!(receivable >= 0, "interest receivable {receivable}, {at}");
        allowance += get(Flow::OpeningAllowance) + get(Flow::ProvisionCharged)
            - get(Flow::ProvisionReleased)
            - get(Flow::Stage3Interest);
        let stages =
            |of: fn(u8) -> MonthMetric| (0..3).map(|stage| result.get(month, of(stage))).sum::<i64>();
        assert_eq!(stages(MonthMetric::Allowance), allowance, "allowance, {at}");
        assert!(allowance >= 0, "allowance {allowance}, {at}");
        let staged = stages(MonthMetric::StageBalance);
        assert!(staged == balance || (staged == 0 && allowance == 0), "stages, {at}");
        let sheet = |of: MonthMetric| result.get(month, of);
        let assets =
            balance - allowance + receivable + sheet(MonthMetric::Cash) + sheet(MonthMetric::DeferredTax);
        assert_eq!(assets, sheet(MonthMetric::Funding) + sheet(MonthMetric::Equity), "balance sheet, {at}");
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
            assert_eq!(at(VintageMetric::Loans), loans);
            let paid_out = at(VintageMetric::Originated);
            // Lines are drawn on again and again.
            assert!(paid_out == originated(result, month) || result.total(Flow::Draws) > 0);
            assert!(
                at(VintageMetric::Ever90) <= at(VintageMetric::Ever30) && at(VintageMetric::Ever30) <= loans
            );
            assert!(at(VintageMetric::Balance30) <= at(VintageMetric::Balance));
            assert!(at(VintageMetric::Balance) + at(VintageMetric::ChargedOff) <= paid_out);
            for of in [
                VintageMetric::Originated,
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
        Flow::SubsidyReceived,
        Flow::PrincipalTransferred,
        Flow::LoanSaleProceeds,
        Flow::LoanSaleGain,
        Flow::ServicingFees,
        Flow::VatReversed,
    ]);
    let paid = sum(&[
        Flow::OriginatedNew,
        Flow::OriginatedRepeat,
        Flow::Drawn,
        Flow::MarketingPaid,
        Flow::ApplicationsPaid,
        Flow::ServicingPaid,
        Flow::CollectionsPaid,
        Flow::CourtPaid,
        Flow::FundingPaid,
        Flow::GuaranteeFeePaid,
        Flow::PartnerPaid,
        Flow::OperationalLoss,
        Flow::ReservePaid,
        Flow::VatPaid,
        Flow::OpeningBalance,
        Flow::OpeningInterest,
        Flow::PointsRedeemed,
    ]);
    let receivable = sum(&[Flow::InterestAccrued, Flow::OpeningInterest])
        - sum(&[Flow::InterestReversed])
        - sum(&[Flow::InterestReceived]);
    let book = result.get(months(result) - 1, MonthMetric::Balance) + receivable;
    let profit: i64 = result.groups.iter().map(|flows| flows.profit()).sum();
    assert_eq!(profit, received - paid + book - sum(&[Flow::TerminalLoss]), "profit of run {}", result.run);
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
    assert!(
        Flow::ALL.iter().all(|of| seen(*of) != is_optional(*of)),
        "every flow occurs in the base scenario but those of options"
    );
    let stages = |stage: Stage| results.iter().any(|result| result.stages.contains(&stage));
    assert!(
        stages(Stage::Growth(1)) && stages(Stage::Plateau) && stages(Stage::Decline) && stages(Stage::Exit)
    );
}

#[test]
fn a_scenario_with_every_option_conserves() {
    let mut results = runs(&setup("tests/scenarios/knobs.toml", &[]), 10);
    for other in ["tests/knobs/lines.toml", "tests/knobs/competition.toml"] {
        results.extend(runs(&setup(other, &[]), 4));
    }
    results.iter().for_each(assert_conserves);
    let unseen = Flow::ALL.iter().filter(|of| results.iter().all(|result| result.total(**of) == 0));
    assert_eq!(unseen.map(|of| of.key()).collect::<Vec<_>>(), [""; 0], "flows that occur nowhere");
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

proptest! {
    #![proptest_config(config(800))]

    #[test]
    fn random_scenarios_conserve(settings in random_scenarios::settings(), seed in 0..1_000_000_u64) {
        let seed = format!("run.seed={seed}");
        let settings: Vec<&str> = settings.iter().map(String::as_str).chain([seed.as_str()]).collect();
        runs(&setup(random_scenarios::BASE, &settings), 2).iter().for_each(assert_conserves);
    }
}
