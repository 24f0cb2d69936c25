//! T56, T57: threads, blocks, neutral overlays and the order of a file change nothing.

use std::path::Path;

use lendcycle::engine::runs::BLOCK_RUNS;
use lendcycle::engine::{MONTH_METRICS, MonthMetric, RunResult, Setup, simulate_run, simulate_run_with};
use lendcycle::ledger::Flow;
use lendcycle::rate::{Number, Score};
use rust_decimal::Decimal;

use crate::laboratory::{BARE, BASE, budget, runs, runs_on, runs_without_log, scenario, setup, setup_of};

#[test]
fn threads_change_nothing() {
    let setup = setup(BASE, &[]);
    let count = 3 * BLOCK_RUNS + 5;
    let one = runs_on(&setup, count, 1);
    for threads in [2, 16] {
        assert!(runs_on(&setup, count, threads) == one, "{threads} threads");
    }
    assert!(one.windows(2).all(|pair| pair[0].months != pair[1].months), "runs differ");
}

#[test]
fn a_run_alone_is_the_run_of_the_batch() {
    let setup = setup(BASE, &[]);
    let batch = runs(&setup, 40);
    let mut used = Default::default();
    for run in [39, 0, 17, 16, 15] {
        assert!(simulate_run(&setup, run, &mut Default::default()) == batch[run as usize], "run {run} alone");
        // Memory that other runs have used before leaves no trace.
        assert!(simulate_run(&setup, run, &mut used) == batch[run as usize], "run {run} after others");
    }
}

#[test]
fn listing_the_loans_changes_no_result() {
    let setup = setup(BASE, &[]);
    for (run, result) in runs(&setup, 3).into_iter().enumerate() {
        let (listed, loans) = simulate_run_with(&setup, run as u64);
        assert!(listed == result && !loans.is_empty());
    }
}

#[test]
fn the_seed_decides() {
    let first = runs(&setup(BASE, &["run.seed=5"]), 2);
    assert!(runs(&setup(BASE, &["run.seed=5"]), 2) == first);
    assert!(runs(&setup(BASE, &["run.seed=6"]), 2) != first);
}

#[test]
fn a_longer_horizon_does_not_change_the_months_before() {
    let (long, short) = (runs(&setup(BARE, &[]), 5), runs(&setup(BARE, &["run.months=50"]), 5));
    for (long, short) in long.iter().zip(&short) {
        assert_eq!(short.months, long.months[..short.months.len()]);
        assert_eq!(short.stages_online, long.stages_online[..50]);
    }
}

#[test]
fn more_runs_do_not_change_the_first_ones() {
    let setup = setup(BASE, &["run.runs=7"]);
    assert!(runs(&setup, 20)[..5] == runs(&setup, 5));
}

#[test]
fn an_overlay_that_changes_nothing_changes_nothing() {
    let base = runs_without_log(&setup(BASE, &[]), 10);
    let scenario = scenario(BASE, &[]);
    let (product, channel, segment) = (&scenario.product[0], &scenario.channel[0], &scenario.segment[0]);
    let neutral = [
        format!("product.{}.apr={}000", product.name, product.apr),
        format!(
            "channel.{}.retention={}e-2",
            channel.name,
            channel.retention.decimal() * Decimal::ONE_HUNDRED
        ),
        format!("segment.{}.population=0x{:x}", segment.name, segment.population.0),
        "description=\"other words\"".to_owned(),
        "run.runs=3".to_owned(),
    ];
    assert!(runs_without_log(&setup_of(BASE, &neutral), 10) == base, "the same values written otherwise");
    assert!(
        runs_without_log(&setup("tests/scenarios/lab_same.toml", &[]), 10) == base,
        "a file that only extends"
    );
    let idle = "policy=[{name=\"idle\", marketing=1.0, cutoff_new=0.0, cutoff_repeat=0, collections=1, stop_new=false}]";
    assert!(runs_without_log(&setup(BASE, &[idle]), 10) == base, "a policy that does nothing");
    let never = "policy=[{name=\"never\", from=400, stop_new=true, marketing=0, collections=0}]";
    assert!(runs_without_log(&setup(BASE, &[never]), 10) == base, "a policy after the horizon");
}

fn forget_who_waits(result: &mut RunResult) {
    for row in result.months.chunks_exact_mut(MONTH_METRICS) {
        for of in [MonthMetric::Flow(Flow::CustomersLost), MonthMetric::CustomersDormant] {
            row[of.index()] = 0;
        }
    }
    for flows in &mut result.groups {
        flows.0[Flow::CustomersLost as usize] = 0;
    }
}

#[test]
fn a_lever_is_the_setting_it_moves() {
    let policy = |action: &str| format!("policy=[{{name=\"always\", {action}}}]");
    let scenario = scenario(BARE, &[]);
    let same = |action: &str, settings: Vec<String>| {
        let base = runs_without_log(&setup(BARE, &[]), 6);
        let mut by_policy = runs_without_log(&setup(BARE, &[&policy(action)]), 6);
        let mut by_setting = runs_without_log(&setup_of(BARE, &settings), 6);
        if action.contains("stop_repeat") {
            // Whom a policy turns away is lost on asking; who never asks, at pay-off.
            by_policy.iter_mut().chain(&mut by_setting).for_each(forget_who_waits);
        }
        assert!(by_policy == by_setting, "{action}");
        assert!(by_policy != base, "{action} does something");
    };
    let raised = |key: &str, score: Score, name: &str, points: i64| {
        format!("segment.{name}.{key}={}", score.decimal() + Decimal::from(points))
    };
    let all = scenario.segment.iter();
    same("cutoff_new=15", all.map(|s| raised("cutoff_new", s.cutoff_new, &s.name, 15)).collect());
    let one = &scenario.segment[1];
    same(
        &format!("cutoff_repeat=-8, segments=[\"{}\"]", one.name),
        vec![raised("cutoff_repeat", one.cutoff_repeat, &one.name, -8)],
    );
    let channel = &scenario.channel[2];
    same(&format!("marketing=2, channels=[\"{}\"]", channel.name), vec![budget(channel, 2)]);
    same("stop_repeat=true", vec!["repeat.rate=0".to_owned()]);
    // Contacts, what staff can make of them, and the speed of recoveries.
    let doubled = scenario.collections.tier.iter().flat_map(|tier| {
        let two = Decimal::TWO;
        [
            format!("collections.tier.{}.contacts={}", tier.name, tier.contacts.decimal() * two),
            format!("collections.tier.{}.capacity={}", tier.name, tier.capacity.decimal() * two),
        ]
    });
    let speed = format!("recovery.speed={}", scenario.recovery.speed.decimal() * Decimal::TWO);
    same("collections=2", doubled.chain([speed]).collect());
}

#[test]
fn policies_that_hold_together_add_points_and_multiply_factors() {
    let with = |policies: &[&str]| {
        let policies: Vec<String> =
            policies.iter().enumerate().map(|(i, action)| format!("{{name=\"p{i}\", {action}}}")).collect();
        runs_without_log(&setup(BASE, &[&format!("policy=[{}]", policies.join(", "))]), 6)
    };
    assert!(with(&["cutoff_new=10", "cutoff_new=5"]) == with(&["cutoff_new=15"]));
    assert!(with(&["cutoff_repeat=10", "cutoff_repeat=-4"]) == with(&["cutoff_repeat=6"]));
    assert!(with(&["marketing=0.5", "marketing=0.5"]) == with(&["marketing=0.25"]));
    assert!(with(&["collections=2", "collections=2"]) == with(&["collections=4"]));
    assert!(with(&["stop_new=true", "stop_new=false"]) == with(&["stop_new=true"]));
}

/// The base scenario written with its lists reversed.
fn reversed(directory: &Path, lists: &[&str]) -> Setup {
    let text = std::fs::read_to_string(BASE).expect("the base scenario is there");
    let mut tree: toml::Table = text.parse().expect("it is TOML");
    for list in lists {
        let list = tree.get_mut(*list).and_then(toml::Value::as_array_mut).expect("a list of tables");
        assert!(list.len() > 1);
        list.reverse();
    }
    let path = directory.join("reversed.toml");
    std::fs::write(&path, toml::to_string(&tree).expect("TOML")).expect("the directory is writable");
    setup(path.to_str().expect("a name in UTF-8"), &[])
}

#[test]
fn order_in_the_file_is_irrelevant() {
    let base = runs_without_log(&setup(BASE, &[]), 10);
    let directory = tempfile::tempdir().expect("a directory");
    for lists in [&["segment"][..], &["channel"], &["product"], &["segment", "channel", "product", "policy"]]
    {
        assert!(runs_without_log(&reversed(directory.path(), lists), 10) == base, "{lists:?} reversed");
    }
}
