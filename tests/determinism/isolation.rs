//! T57: policies act from their month on; one channel's budget leaves everybody else's loans as they are.

use std::collections::BTreeSet;

use lendcycle::engine::{LoanRecord, MonthMetric, RunResult, Setup, simulate_run_with};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::stage::Stage;

use crate::laboratory::{BARE, budget, flow, runs, scenario, setup, setup_of, total};

/// Asserts that all is the same before a month, and not in the end.
fn assert_acts_from(month: usize, base: &[RunResult], other: &[RunResult], what: &str) {
    let mut differ = 0;
    for (base, other) in base.iter().zip(other) {
        for before in 0..month {
            assert_eq!(base.month(before), other.month(before), "{what}: month {before} of run {}", base.run);
        }
        assert_eq!(base.stages_online[..month], other.stages_online[..month], "{what}");
        differ += u32::from(base.months != other.months);
    }
    assert!(differ as usize == base.len(), "{what}: acts in {differ} of {} runs", base.len());
}

#[test]
fn a_policy_leaves_the_months_before_it_as_they_are() {
    let base = runs(&setup(BARE, &[]), 8);
    for action in [
        "cutoff_new=15",
        "cutoff_new=-15",
        "cutoff_repeat=15",
        "marketing=0.5",
        "marketing=2",
        "collections=1.5",
        "stop_new=true",
        "stop_repeat=true",
    ] {
        for month in [1, 13, 24] {
            let policy = format!("policy=[{{name=\"drawn\", from={month}, {action}}}]");
            let other = runs(&setup(BARE, &[&policy]), 8);
            assert_acts_from(month, &base, &other, &policy);
        }
    }
}

#[test]
fn what_begins_in_a_month_leaves_the_months_before_it_as_they_are() {
    let base = runs(&setup(BARE, &[]), 6);
    let sale =
        |terms: &str| format!("sale={{{terms}price=[{{months=0, share=0.08}}, {{months=12, share=0.04}}]}}");
    let (packages, by_policy) = (sale("every=6, from=33, months_min=4, "), sale(""));
    let reminder = "reminder={from=17, ramp=5, effect=0.4, coverage=0.85, cost=0.05}";
    let bundle = "policy=[{name=\"bundle\", from=41, to=50, sell=true}]";
    let cases: [(usize, &[&str]); 3] = [(33, &[&packages]), (41, &[&by_policy, bundle]), (17, &[reminder])];
    for (month, settings) in cases {
        assert_acts_from(month, &base, &runs(&setup(BARE, settings), 6), settings[0]);
    }
}

#[test]
fn a_policy_ends_when_it_is_told_to() {
    let base = runs(&setup(BARE, &[]), 4);
    let stop = "policy=[{name=\"pause\", from=10, to=12, stop_new=true}]";
    for (base, paused) in base.iter().zip(runs(&setup(BARE, &[stop]), 4)) {
        for month in 0..20 {
            let leads = flow(&paused, month, Flow::Leads);
            assert_eq!(leads == 0, (10..=12).contains(&month), "leads in month {month}");
            assert!(flow(base, month, Flow::Leads) > 0);
        }
    }
}

#[test]
fn stopping_admissions_empties_the_funnel_and_then_the_book() {
    let stop = "policy=[{name=\"stop\", from=20, stop_new=true, stop_repeat=true}]";
    for result in runs(&setup(BARE, &[stop, "run.months=120"]), 8) {
        for month in 20..120 {
            for of in [Flow::LoansNew, Flow::LoansRepeat, Flow::Leads, Flow::MarketingPaid] {
                assert_eq!(flow(&result, month, of), 0, "{} in month {month}", of.key());
            }
            assert!(result.get(month, MonthMetric::Balance) <= result.get(month - 1, MonthMetric::Balance));
        }
        assert!(result.get(119, MonthMetric::Balance) < result.get(19, MonthMetric::Balance) / 1000);
    }
}

#[test]
fn policies_know_the_rivals_of_last_month() {
    // Some 80 rivals enter a month from month 5 on; the market is surely full at once.
    let settings = [
        "market.rivals_first_entry=5",
        "market.rivals_entries_per_year=1000",
        "market.rivals_max=12",
        "policy.withdraw.rivals_min=12",
        "run.months=12",
    ];
    for result in runs(&setup(BARE, &settings), 8) {
        for month in 0..12 {
            assert_eq!(result.get(month, MonthMetric::Rivals), if month < 5 { 0 } else { 12 });
            assert_eq!(flow(&result, month, Flow::Leads) == 0, month > 5, "leads in month {month}");
        }
    }
}

#[test]
fn policies_know_the_online_stage_of_last_month() {
    let policy = "policy=[{name=\"pause\", stages=[\"plateau\", \"exit\"], marketing=0}]";
    let settings = [policy, "policy.withdraw.rivals_min=1000"];
    let mut paused = 0;
    for result in runs(&setup(BARE, &settings), 12) {
        for month in 1..result.stages.len() {
            let pauses =
                matches!(result.stages_online[month - 1], Stage::Plateau | Stage::Exit | Stage::Closed);
            let spent = flow(&result, month, Flow::MarketingPaid);
            assert_eq!(spent == 0, pauses, "month {month} of run {}", result.run);
            paused += u32::from(pauses);
        }
    }
    assert!(paused > 0);
}

#[test]
fn a_policy_on_one_segment_leaves_the_others_alone() {
    let base = setup(BARE, &[]);
    let tight = setup(BARE, &["policy=[{name=\"tight\", from=6, segments=[\"youth\"], cutoff_new=20}]"]);
    for (base_run, other) in runs(&base, 20).iter().zip(runs(&tight, 20)) {
        for (group, cell) in base.cells.iter().enumerate() {
            let same = base_run.groups[group] == other.groups[group];
            let hit = base.segments[cell.segment].name == "youth";
            assert_eq!(same, !hit, "run {}, group {group}", base_run.run);
        }
    }
}

#[test]
fn marketing_moved_to_a_segment_brings_more_of_it_and_leaves_the_others_alone() {
    let base = setup(BARE, &[]);
    let policy = "policy=[{name=\"aim\", from=6, to=17, segments=[\"family\"], channels=[\"online_ads\"], marketing=2}]";
    let aimed = setup(BARE, &[policy]);
    let (mut loans, mut spent) = ((0, 0), (0, 0));
    for (before, after) in runs(&base, 20).iter().zip(runs(&aimed, 20)) {
        for (group, cell) in base.cells.iter().enumerate() {
            let hit = base.segments[cell.segment].name == "family"
                && base.channels[cell.channel].name == "online_ads";
            assert_eq!(
                before.groups[group] == after.groups[group],
                !hit,
                "run {}, group {group}",
                before.run
            );
            if hit {
                for (sum, of) in [(&mut loans, Flow::LoansNew), (&mut spent, Flow::MarketingPaid)] {
                    sum.0 += before.groups[group].get(of);
                    sum.1 += after.groups[group].get(of);
                }
            }
        }
    }
    assert!(loans.1 > loans.0, "{loans:?}");
    // More is spent for a loan: what responds to spend saturates.
    assert!(spent.1 * loans.0 > spent.0 * loans.1, "{spent:?} for {loans:?}");
}

/// Loans made through a channel, by month and borrower: within a month their order means nothing.
fn of_channel<'a>(setup: &Setup, loans: &'a [LoanRecord], channel: usize) -> Vec<&'a LoanRecord> {
    let mut loans: Vec<&LoanRecord> =
        loans.iter().filter(|loan| setup.cells[loan.group].channel == channel).collect();
    loans.sort_by_key(|loan| (loan.month, loan.who));
    loans
}

#[test]
fn doubling_a_budget_leaves_the_borrowers_of_other_channels_as_they_are() {
    let base = setup(BARE, &[]);
    for (place, channel) in scenario(BARE, &[]).channel.iter().enumerate() {
        let more = setup(BARE, &[&budget(channel, 2)]);
        let changed = base.channels.iter().position(|other| other.name == channel.name).expect("a channel");
        for run in 0..if place == 0 { 100 } else { 12 } {
            let (before, loans_before) = simulate_run_with(&base, run);
            let (after, loans_after) = simulate_run_with(&more, run);
            for other in 0..base.channels.len() {
                let same = of_channel(&base, &loans_before, other) == of_channel(&more, &loans_after, other);
                assert_eq!(same, other != changed, "loans of channel {other} in run {run}");
            }
            for (group, cell) in base.cells.iter().enumerate().filter(|(_, cell)| cell.channel != changed) {
                let what = format!("flows of channel {} in run {run}", cell.channel);
                assert_eq!(before.groups[group], after.groups[group], "{what}");
                assert_eq!(before.group_balance[group], after.group_balance[group], "{what}");
            }
            for month in 0..base.months as usize {
                for metric in [MonthMetric::Factor, MonthMetric::Lpr, MonthMetric::Rivals] {
                    assert_eq!(before.get(month, metric), after.get(month, metric));
                }
            }
        }
    }
}

#[test]
fn more_spend_keeps_every_lead_it_had_in_its_first_month() {
    let channel = &scenario(BARE, &[]).channel[0];
    let (base, more) = (setup(BARE, &[]), setup(BARE, &[&budget(channel, 2)]));
    let changed = base.channels.iter().position(|other| other.name == channel.name).expect("a channel");
    for run in 0..20 {
        // Later on the market is worked through faster; in month 0 nothing else has changed.
        let first = |setup: &Setup| -> Vec<LoanRecord> {
            let loans = simulate_run_with(setup, run).1;
            of_channel(setup, &loans, changed).into_iter().filter(|loan| loan.month == 0).cloned().collect()
        };
        let (before, after) = (first(&base), first(&more));
        assert!(before.iter().all(|loan| after.contains(loan)), "run {run}");
        assert!(after.len() > before.len(), "run {run}");
    }
}

#[test]
fn a_tighter_cutoff_only_takes_loans_away() {
    let tighter = "policy=[{name=\"tight\", cutoff_new=18}]";
    let (base, tight) = (setup(BARE, &["repeat.rate=0"]), setup(BARE, &["repeat.rate=0", tighter]));
    for run in 0..10 {
        let (all, kept) = (simulate_run_with(&base, run).1, simulate_run_with(&tight, run).1);
        let key =
            |loan: &LoanRecord| (loan.who, loan.amount, loan.instalments.clone(), loan.level, loan.fraud);
        let all: BTreeSet<_> = all.iter().map(|loan| format!("{:?}", key(loan))).collect();
        assert!(kept.iter().all(|loan| all.contains(&format!("{:?}", key(loan)))), "run {run}");
        assert!(kept.len() < all.len());
    }
}

#[test]
fn prices_do_not_move_who_applies() {
    let dearer: Vec<String> = scenario(BARE, &[])
        .product
        .iter()
        .map(|product| format!("product.{}.apr={:.4}", product.name, product.apr.f64() + 0.01))
        .collect();
    let (base, dear) = (runs(&setup(BARE, &[]), 10), runs(&setup_of(BARE, &dearer), 10));
    for (base, dear) in base.iter().zip(&dear) {
        for month in 0..base.stages.len() {
            for of in [Flow::Leads, Flow::Applications, Flow::Approvals, Flow::MarketingPaid] {
                assert_eq!(flow(base, month, of), flow(dear, month, of), "{} in month {month}", of.key());
            }
        }
    }
    assert!(total(&dear, Flow::LoansNew) < total(&base, Flow::LoansNew), "dearer loans are taken up less");
}
