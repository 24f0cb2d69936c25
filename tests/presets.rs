//! Shipped presets and what-ifs run as they stand, and keep their results: a change of any draw or fen shows here.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use lendcycle::engine::{RunResult, Setup, Workspace, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::scenario::{Request, load};

const RUNS: u64 = 8;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn setup(file: &Path) -> Setup {
    let request = Request { path: file.to_owned(), settings: Vec::new() };
    Setup::new(&load(&request).unwrap_or_else(|problems| panic!("{}", problems.render(false))))
}

fn play(setup: &Setup) -> Vec<RunResult> {
    let mut workspace = Workspace::default();
    (0..RUNS).map(|run| simulate_run(setup, run, &mut workspace)).collect()
}

/// All scenario files below a folder, by name.
fn files(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("scenarios").join(folder)).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

/// What a scenario's runs give, in one line.
fn summary(file: &Path) -> String {
    let results = play(&setup(file));
    let total = |flow: Flow| results.iter().map(|result| result.total(flow)).sum::<i64>();
    let profit: i64 = results.iter().flat_map(|result| &result.groups).map(|flows| flows.profit()).sum();
    let name = file.strip_prefix(root()).expect("below the root").display().to_string();
    format!(
        "{name}: new {} repeat {} originated {} charged_off {} profit {profit} fen",
        total(Flow::LoansNew),
        total(Flow::LoansRepeat),
        total(Flow::OriginatedNew) + total(Flow::OriginatedRepeat) + total(Flow::Drawn),
        total(Flow::ChargedOff),
    )
}

#[test]
fn shipped_scenarios_keep_their_results() {
    let mut found = String::new();
    for folder in ["base", "presets", "what_if"] {
        for file in files(folder) {
            writeln!(found, "{}", summary(&file)).expect("text grows");
        }
    }
    let golden = root().join("tests/golden/scenarios.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, &found).expect("it can be written");
    }
    let kept = std::fs::read_to_string(&golden).unwrap_or_default();
    assert_eq!(
        kept, found,
        "results of shipped scenarios have changed; if they should, run this test with UPDATE_GOLDEN=1 and say why"
    );
}

#[test]
fn a_preset_alone_is_its_part_of_the_portfolio() {
    let (alone, together) = (setup(&preset("emergency")), setup(&base()));
    let groups: Vec<usize> = (0..together.cells.len())
        .filter(|group| together.segments[together.cells[*group].segment].name == "youth")
        .collect();
    assert_eq!(groups.len(), alone.cells.len());
    for (alone, together) in play(&alone).iter().zip(&play(&together)) {
        for (ours, theirs) in alone.groups.iter().zip(groups.iter().map(|group| &together.groups[*group])) {
            assert_eq!(ours, theirs, "customers of one product do not depend on another's");
        }
    }
}

#[test]
fn the_emergency_loan_needs_nearly_free_acquisition() {
    let profit = |file: &Path| -> i64 {
        play(&setup(file)).iter().flat_map(|result| &result.groups).map(|flows| flows.profit()).sum()
    };
    let nearly_free = root().join("scenarios/what_if/emergency_nearly_free.toml");
    assert!(profit(&preset("emergency")) < 0 && profit(&nearly_free) > 0);
    // The same people come and pay for their loans.
    let loans = |file: &Path| -> i64 {
        play(&setup(file)).iter().map(|result| result.total(Flow::OriginatedNew)).sum()
    };
    assert_eq!(loans(&preset("emergency")), loans(&nearly_free));
}

fn preset(name: &str) -> PathBuf {
    root().join("scenarios/presets").join(name).with_extension("toml")
}

fn base() -> PathBuf {
    root().join("scenarios/base/consumer_credit.toml")
}
