//! T58: under common random numbers a change moves results in the direction it must, in every run where theory says so.

use lendcycle::engine::{MonthMetric, RunResult};
use lendcycle::ledger::Flow;
use lendcycle::rate::Number;
use rust_decimal::Decimal;

use crate::laboratory::{BASE, assert_mean, flow, runs, scenario, setup, setup_of, total};

const RUNS: u64 = 30;

fn base(settings: &[&str]) -> Vec<RunResult> {
    runs(&setup(BASE, settings), RUNS)
}

/// Annual charge-offs over average balance, all runs together.
fn charge_off_rate(results: &[RunResult]) -> f64 {
    let balance: i64 = results
        .iter()
        .flat_map(|result| (0..result.stages.len()).map(move |month| result.get(month, MonthMetric::Balance)))
        .sum();
    12.0 * total(results, Flow::ChargedOff) / balance as f64
}

fn profit(result: &RunResult) -> i64 {
    result.groups.iter().map(|flows| flows.profit()).sum()
}

#[test]
fn a_higher_cutoff_lowers_approvals_and_losses() {
    let at = |points: f64| {
        let settings: Vec<String> = scenario(BASE, &[])
            .segment
            .iter()
            .map(|segment| {
                format!("segment.{}.cutoff_new={}", segment.name, segment.cutoff_new.f64() + points)
            })
            .collect();
        runs(&setup_of(BASE, &settings), RUNS)
    };
    let (loose, middle, tight) = (at(-15.0), at(0.0), at(15.0));
    for (higher, lower) in [(&loose, &middle), (&middle, &tight)] {
        for (more, fewer) in higher.iter().zip(lower) {
            assert_eq!(more.total(Flow::Applications), fewer.total(Flow::Applications));
            assert!(more.total(Flow::Approvals) > fewer.total(Flow::Approvals), "run {}", more.run);
        }
        assert!(charge_off_rate(higher) > charge_off_rate(lower));
    }
}

#[test]
fn more_missed_payments_lose_more() {
    let mut last = (0.0, 0.0, f64::INFINITY);
    for m0 in ["[0.995, 0.005]", "[0.983, 0.017]", "[0.96, 0.04]"] {
        let results = base(&[&format!("delinquency.m0={m0}")]);
        let profit = results.iter().map(profit).sum::<i64>() as f64;
        let now = (total(&results, Flow::AccountsMissed), charge_off_rate(&results), profit);
        assert!(now.0 > last.0 && now.1 > last.1 && now.2 < last.2, "m0 = {m0}");
        last = now;
    }
}

#[test]
fn dearer_funding_costs_exactly_its_spread() {
    let dearer = scenario(BASE, &[]).funding.spread.decimal() + Decimal::new(10, 3);
    let (cheap, dear) = (base(&[]), base(&[&format!("funding.spread={dearer}")]));
    for (cheap, dear) in cheap.iter().zip(&dear) {
        let mut balance_years = 0.0;
        for month in 0..cheap.stages.len() {
            for of in Flow::ALL.iter().filter(|of| **of != Flow::FundingPaid) {
                assert_eq!(flow(cheap, month, *of), flow(dear, month, *of), "{} in month {month}", of.key());
            }
            if month > 0 {
                balance_years += cheap.get(month - 1, MonthMetric::Balance) as f64 / 12.0;
            }
        }
        let dearer = (profit(cheap) - profit(dear)) as f64;
        // Funding is rounded per group and month, of which there are at most 13 and 120.
        assert!((dearer - 0.010 * balance_years).abs() < 13.0 * 120.0, "{dearer} fen on {balance_years}");
        assert!(dearer > 0.0);
    }
}

#[test]
fn more_contacts_cost_more_and_lose_less() {
    let results = |factor: f64| {
        let scenario = scenario(BASE, &[]);
        let contacts = scenario.collections.tier.iter().map(|tier| {
            format!("collections.tier.{}.contacts={:.3}", tier.name, tier.contacts.f64() * factor)
        });
        // Contingency fees fall as less is left for the last tier to collect: only contacts count here.
        let fees = scenario
            .collections
            .tier
            .iter()
            .map(|tier| format!("collections.tier.{}.contingency=0", tier.name))
            .chain(["recovery.cost=0".to_owned()]);
        runs(&setup_of(BASE, &contacts.chain(fees).collect::<Vec<_>>()), RUNS)
    };
    let (few, usual, many) = (results(0.5), results(1.0), results(1.8));
    for (less, more) in [(&few, &usual), (&usual, &many)] {
        for (less, more) in less.iter().zip(more) {
            assert!(
                less.total(Flow::CollectionsPaid) < more.total(Flow::CollectionsPaid),
                "run {}",
                less.run
            );
        }
        assert!(total(less, Flow::AccountsCured) < total(more, Flow::AccountsCured));
        assert!(total(less, Flow::ChargedOff) > total(more, Flow::ChargedOff));
        assert!(charge_off_rate(less) > charge_off_rate(more));
    }
}

#[test]
fn more_rivals_leave_fewer_originations() {
    // Management looks away, so that only the market acts.
    let blind = [
        "policy.cut_marketing.rivals_min=1000",
        "policy.withdraw.rivals_min=1000",
        "market.rivals_entries_per_year=0",
    ];
    let at = |rivals: u32| base(&[blind[0], blind[1], blind[2], &format!("market.rivals_initial={rivals}")]);
    let originated =
        |result: &RunResult| result.total(Flow::OriginatedNew) + result.total(Flow::OriginatedRepeat);
    let (none, some, many) = (at(0), at(4), at(12));
    for (fewer, more) in [(&none, &some), (&some, &many)] {
        for (fewer, more) in fewer.iter().zip(more) {
            assert!(originated(fewer) > originated(more), "run {}", fewer.run);
        }
        assert!(charge_off_rate(fewer) < charge_off_rate(more), "those left are worse");
    }
}

#[test]
fn without_budgets_only_word_of_mouth_brings_leads() {
    let scenario = scenario(BASE, &[]);
    let settings: Vec<String> = scenario
        .channel
        .iter()
        .map(|channel| format!("channel.{}.budget=[{{month=0, amount=0.00}}]", channel.name))
        .chain(["run.months=24", "run.start=\"2026-01\"", "economy.demand_noise=0"].map(str::to_owned))
        .chain(["market.rivals_entries_per_year=0".to_owned()])
        .collect();
    let setup = setup_of(BASE, &settings);
    let results = runs(&setup, 100);
    assert_eq!(total(&results, Flow::MarketingPaid), 0.0);
    let mut alone = 0;
    for (group, cell) in setup.cells.iter().enumerate() {
        let leads: Vec<f64> =
            results.iter().map(|result| result.groups[group].get(Flow::Leads) as f64).collect();
        let name = &setup.segments[cell.segment].name;
        let segment = scenario.segment.iter().find(|segment| segment.name == *name).expect("a segment");
        let name = &setup.channels[cell.channel].name;
        let channel = scenario.channel.iter().find(|channel| channel.name == *name).expect("a channel");
        let audience = &channel.audience[&segment.name];
        let (p, q) = (audience.innovation.f64(), audience.imitation.f64());
        if p == 0.0 {
            assert!(leads.iter().all(|leads| *leads == 0.0), "group {group} has leads without spend");
            continue;
        }
        let people = segment.population.0 as f64 * audience.reach.f64();
        let mut adopted = 0.0;
        for month in 0..24 {
            let season = scenario.economy.demand_season[month % 12].f64();
            adopted += (people - adopted) * (p + q * adopted / people) * season;
        }
        assert_mean(&format!("leads of group {group}"), &leads, adopted);
        alone += 1;
    }
    assert!(alone > 0, "somebody comes by word of mouth");
}

#[test]
fn those_who_never_miss_cost_nothing_to_collect() {
    let perfect = ["delinquency.m0=[1.0, 0.0]"];
    let honest = scenario(BASE, &[])
        .segment
        .iter()
        .map(|segment| format!("segment.{}.fraud_share=0", segment.name))
        .collect::<Vec<_>>();
    let perfect = [perfect.map(str::to_owned).as_slice(), &honest].concat();
    for result in runs(&setup_of(BASE, &perfect), RUNS) {
        for of in [
            Flow::AccountsMissed,
            Flow::AccountsCured,
            Flow::AccountsChargedOff,
            Flow::ChargedOff,
            Flow::PrincipalArrears,
            Flow::PenaltyReceived,
            Flow::InterestReversed,
            Flow::InterestCashBasis,
            Flow::CollectionsPaid,
            Flow::Recoveries,
            Flow::LoansFraud,
        ] {
            assert_eq!(result.total(of), 0, "{}", of.key());
        }
        for month in 0..result.stages.len() {
            assert_eq!(result.get(month, MonthMetric::Contacts), 0);
            let current = result.get(month, MonthMetric::BucketBalance(0));
            assert_eq!(current, result.get(month, MonthMetric::Balance), "nothing is overdue");
        }
        assert!(result.total(Flow::LoansNew) > 1_000);
    }
}

#[test]
fn a_better_economy_misses_less() {
    let at = |factor: &str| base(&[&format!("economy.factor_path=[{factor}]")]);
    let (bad, middle, good) = (at("-1.5"), at("0.0"), at("1.5"));
    for (worse, better) in [(&bad, &middle), (&middle, &good)] {
        for (worse, better) in worse.iter().zip(better) {
            assert!(worse.total(Flow::AccountsMissed) > better.total(Flow::AccountsMissed));
        }
        assert!(charge_off_rate(worse) > charge_off_rate(better));
        let recovered =
            |results: &[RunResult]| total(results, Flow::Recoveries) / total(results, Flow::ChargedOff);
        assert!(recovered(worse) < recovered(better), "recoveries fall in a downturn");
    }
}

#[test]
fn fraud_never_pays_and_is_lost_whole() {
    let (honest, caught, missed) =
        (base(&["underwriting.fraud_catch_rate=1"]), base(&[]), base(&["underwriting.fraud_catch_rate=0"]));
    assert_eq!(total(&honest, Flow::LoansFraud), 0.0);
    for (more, fewer) in [(&missed, &caught), (&caught, &honest)] {
        assert!(total(more, Flow::LoansFraud) > total(fewer, Flow::LoansFraud));
        assert!(charge_off_rate(more) > charge_off_rate(fewer));
    }
}

#[test]
fn a_later_charge_off_keeps_more_non_performing_loans() {
    let npl = |results: &[RunResult]| {
        let sum = |of: fn(u8) -> MonthMetric, from: u8| -> i64 {
            results
                .iter()
                .flat_map(|result| (0..result.stages.len()).map(move |month| (result, month)))
                .map(|(result, month)| (from..7).map(|bucket| result.get(month, of(bucket))).sum::<i64>())
                .sum()
        };
        sum(MonthMetric::BucketBalance, 4) as f64 / sum(MonthMetric::BucketBalance, 0) as f64
    };
    let at = |days: u32| base(&[&format!("delinquency.charge_off_days={days}")]);
    let (soon, usual, late) = (at(180), at(360), at(720));
    assert!(npl(&soon) < npl(&usual) && npl(&usual) < npl(&late));
}

#[test]
fn selling_claims_early_lifts_proceeds_ends_recoveries_and_touches_no_borrower() {
    let at =
        |price: f64| base(&[&format!("sale={{every=3, months_min=6, price=[{{months=0, share={price}}}]}}")]);
    let (hold, low, high) = (base(&[]), at(0.01), at(0.08));
    for ((hold, low), high) in hold.iter().zip(&low).zip(&high) {
        for month in 0..hold.stages.len() {
            for of in Flow::ALL.iter().filter(|of| {
                use Flow::{ClaimsSold, CollectionsPaid, Recoveries, SaleProceeds};
                ![ClaimsSold, CollectionsPaid, Recoveries, SaleProceeds].contains(of)
            }) {
                assert_eq!(flow(hold, month, *of), flow(low, month, *of), "{} in month {month}", of.key());
            }
        }
        assert!(low.total(Flow::Recoveries) < hold.total(Flow::Recoveries), "run {}", hold.run);
        assert_eq!(low.total(Flow::Recoveries), high.total(Flow::Recoveries), "the price moves no recovery");
        assert_eq!(low.total(Flow::ClaimsSold), high.total(Flow::ClaimsSold));
        assert!(profit(low) < profit(hold) && profit(hold) < profit(high), "run {}", hold.run);
        // The price of giving up: own recoveries less their cost.
        let given_up = (hold.total(Flow::Recoveries) - low.total(Flow::Recoveries)) as f64;
        let saved = (hold.total(Flow::CollectionsPaid) - low.total(Flow::CollectionsPaid)) as f64;
        let earned = low.total(Flow::SaleProceeds) as f64;
        assert!((saved / given_up - 0.30).abs() < 1e-3, "collectors' share of what is given up");
        assert_eq!((profit(low) - profit(hold)) as f64, earned - given_up + saved);
    }
}

#[test]
fn a_wider_guarantee_loses_less_and_costs_its_fee() {
    let at = |share: &str, fee: &str| {
        let terms = |name: &str| {
            [format!("product.{name}.guarantee_share={share}"), format!("product.{name}.guarantee_fee={fee}")]
        };
        runs(
            &setup_of(
                BASE,
                &["business", "renovation"].iter().flat_map(|name| terms(name)).collect::<Vec<_>>(),
            ),
            RUNS,
        )
    };
    let (none, some, more, paid) = (base(&[]), at("0.3", "0"), at("0.8", "0"), at("0.8", "0.01"));
    let loss =
        |result: &RunResult| -> i64 { result.groups.iter().map(|flows| flows.net_credit_loss()).sum() };
    for run in 0..none.len() {
        let results = [&none[run], &some[run], &more[run], &paid[run]];
        for result in results {
            assert_eq!(result.total(Flow::ChargedOff), none[run].total(Flow::ChargedOff), "run {run}");
            assert_eq!(
                result.total(Flow::AccountsMissed),
                none[run].total(Flow::AccountsMissed),
                "run {run}"
            );
        }
        let [none, some, more, paid] = results;
        assert!(loss(none) > loss(some) && loss(some) > loss(more), "run {run}");
        assert!(profit(none) < profit(some) && profit(some) < profit(more), "run {run}");
        assert!(none.total(Flow::Recoveries) > some.total(Flow::Recoveries), "less is left to pursue");
        // The fee is all that it costs.
        assert_eq!(loss(more), loss(paid));
        assert_eq!(profit(more) - profit(paid), paid.total(Flow::GuaranteeFeePaid));
        assert!(paid.total(Flow::GuaranteeFeePaid) > 0 && more.total(Flow::GuaranteeFeePaid) == 0);
    }
}

#[test]
fn better_reminders_miss_less_and_cost_a_message_each() {
    // Collectors' fees fall with what they collect: only messages count here.
    let at = |effect: f64| {
        let reminder = format!("reminder={{from=12, ramp=6, effect={effect}, coverage=0.85, cost=0.05}}");
        base(&[&reminder, "economy.factor_path=[-0.5]", "policy.withdraw.stop_repeat=true"])
    };
    let (idle, some, strong) = (at(0.0), at(0.2), at(0.6));
    for (less, more) in [(&idle, &some), (&some, &strong)] {
        for (less, more) in less.iter().zip(more) {
            assert!(less.total(Flow::AccountsMissed) > more.total(Flow::AccountsMissed), "run {}", less.run);
            for month in 0..12 {
                assert_eq!(less.month(month), more.month(month), "nothing moves before month 12");
            }
        }
        assert!(charge_off_rate(less) > charge_off_rate(more));
        assert!(total(less, Flow::Reminders) < total(more, Flow::Reminders), "more loans stay current");
    }
    // Reminders that work on nobody cost their messages and nothing else.
    let without = base(&["economy.factor_path=[-0.5]", "policy.withdraw.stop_repeat=true"]);
    for (without, idle) in without.iter().zip(&idle) {
        let paid = profit(without) - profit(idle);
        assert_eq!(paid, idle.total(Flow::CollectionsPaid) - without.total(Flow::CollectionsPaid));
        // 5 fen each: whole fen, no rounding.
        assert_eq!(paid, 5 * idle.total(Flow::Reminders), "run {}", without.run);
    }
}

#[test]
fn suits_that_bring_more_lose_less_and_cost_the_same() {
    let at = |recovery: f64| {
        let rest = "amount_min=20000, share=0.5, lag=6, cost_share=0.02, cost_fixed=500";
        base(&[&format!("litigation={{{rest}, recovery={recovery}}}")])
    };
    let (none, little, much) = (base(&[]), at(0.2), at(0.5));
    for ((none, little), much) in none.iter().zip(&little).zip(&much) {
        for of in [Flow::ChargedOff, Flow::AccountsMissed, Flow::PrincipalArrears] {
            assert_eq!(none.total(of), little.total(of), "{} of run {}", of.key(), none.run);
            assert_eq!(none.total(of), much.total(of), "{} of run {}", of.key(), none.run);
        }
        assert!(little.total(Flow::CourtReceived) < much.total(Flow::CourtReceived), "run {}", none.run);
        assert_eq!(little.total(Flow::CourtPaid), much.total(Flow::CourtPaid), "filing costs what it costs");
        assert!(little.total(Flow::CourtPaid) > 0 && none.total(Flow::CourtPaid) == 0);
        assert!(little.total(Flow::Recoveries) > much.total(Flow::Recoveries), "less is left to pursue");
        assert!(profit(little) < profit(much), "run {}", none.run);
    }
}
