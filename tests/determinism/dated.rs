//! Overlays that hold from a month on: they are the levers of that month, and leave what was before.

use std::fs;
use std::path::Path;

use lendcycle::engine::{RunResult, Setup};
use lendcycle::scenario::{Request, Setting, load, load_whole};
use tempfile::{TempDir, tempdir};

use crate::laboratory::{BARE, BASE, runs_without_log, setup};

fn overlay(directory: &TempDir, name: &str, on: &str, content: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(on);
    let on = if root.exists() { root } else { directory.path().join(on) };
    let path = directory.path().join(name);
    fs::write(&path, format!("extends = {on:?}\n{content}")).expect("a file");
    path.to_str().expect("a plain path").to_owned()
}

fn read(path: &str, settings: &[&str]) -> Result<Setup, String> {
    let settings = settings.iter().map(|text| Setting { what: "--set", text: (*text).to_owned() });
    let request = Request { path: path.into(), settings: settings.collect() };
    load(&request).map(|scenario| Setup::new(&scenario)).map_err(|problems| problems.render(false))
}

fn played(path: &str, settings: &[&str]) -> Vec<RunResult> {
    let setup = read(path, settings).unwrap_or_else(|problems| panic!("{problems}"));
    runs_without_log(&setup, 4)
}

const CUTOFFS: &str = "
[[segment]]
name = \"youth\"
cutoff_new = 587
[[segment]]
name = \"family\"
cutoff_new = 605
[[segment]]
name = \"owner\"
cutoff_new = 611
";

#[test]
fn a_dated_change_is_the_policy_of_that_month() {
    let directory = tempdir().expect("a directory");
    let tighten = "policy=[{name=\"tighten\", from=18, cutoff_new=15}]";
    let by_policy = runs_without_log(&setup(BARE, &[tighten]), 4);
    // 2026-01 is month 0.
    for from in ["18", "\"2027-07\""] {
        let path = overlay(&directory, "cutoffs.toml", BARE, &format!("from = {from}\n{CUTOFFS}"));
        assert!(played(&path, &[]) == by_policy, "from = {from}");
    }
    assert!(by_policy != runs_without_log(&setup(BARE, &[]), 4));
    // A policy that comes with the overlay acts from there on.
    let policy = "from = 18\n[[policy]]\nname = \"tighten\"\ncutoff_new = 15\n";
    let path = overlay(&directory, "policy.toml", BASE, policy);
    let all = runs_without_log(&setup(BASE, &[]), 2);
    let with = {
        let path = overlay(
            &directory,
            "plain.toml",
            BASE,
            "[[policy]]\nname = \"tighten\"\nfrom = 18\ncutoff_new = 15\n",
        );
        runs_without_log(&read(&path, &[]).expect("valid"), 2)
    };
    let dated = runs_without_log(&read(&path, &[]).expect("valid"), 2);
    assert!(dated == with && dated != all);
}

#[test]
fn a_dated_step_is_the_step_of_a_path() {
    let directory = tempdir().expect("a directory");
    let path = overlay(
        &directory,
        "budget.toml",
        BARE,
        "from = 14\n[[channel]]\nname = \"branch\"\nbudget = [{ month = 0, amount = 5000.00 }]\n",
    );
    let steps = "channel.branch.budget=[{month=0,amount=20000.00},{month=6,amount=30000.00},{month=12,amount=40000.00},{month=14,amount=5000.00}]";
    assert!(played(&path, &[]) == runs_without_log(&setup(BARE, &[steps]), 4));
}

#[test]
fn later_changes_lie_on_earlier_ones_and_settings_on_all() {
    let directory = tempdir().expect("a directory");
    overlay(
        &directory,
        "first.toml",
        BARE,
        "from = 12\n[servicing]\nfixed_cost = 1000.00\naccount_cost = 9.00\n",
    );
    let twice =
        overlay(&directory, "second.toml", "first.toml", "from = 24\n[servicing]\nfixed_cost = 2000.00\n");
    overlay(&directory, "third.toml", "second.toml", "[servicing]\naccount_cost = 3.00\n");
    let at = |path: &str, settings: &[&str], month: u32| {
        let setup = read(path, settings).expect("valid");
        let (account, _, fixed) = setup.at(month).servicing;
        (account, fixed)
    };
    let found = [0, 11, 12, 23, 24, 119].map(|month| at(&twice, &[], month));
    let (before, between, after) = ((150.0, 2_000_000), (900.0, 100_000), (900.0, 200_000));
    assert_eq!(found, [before, before, between, between, after, after]);
    // What lies on top without a date holds in all months; so does a setting.
    let third = directory.path().join("third.toml");
    let third = third.to_str().expect("a plain path");
    assert_eq!([11, 12, 24].map(|month| at(third, &[], month).0), [300.0; 3]);
    assert_eq!([11, 12, 24].map(|month| at(&twice, &["servicing.fixed_cost=7"], month).1), [700; 3]);
    // A start set later moves dates with it.
    let dated =
        overlay(&directory, "dated.toml", BARE, "from = \"2027-01\"\n[servicing]\nfixed_cost = 1000.00\n");
    let from = |settings: &[&str]| read(&dated, settings).expect("valid").later[0].0;
    assert_eq!((from(&[]), from(&["run.start=\"2026-05\""])), (12, 8));
}

#[test]
fn tables_may_come_with_a_date() {
    let directory = tempdir().expect("a directory");
    for (name, content) in [
        (
            "sale",
            "[sale]\nprice = [{ months = 0, share = 0.05 }]\n[[policy]]\nname = \"sell\"\nsell = true\n",
        ),
        ("reminder", "[reminder]\nfrom = 0\nramp = 1\neffect = 0.4\ncoverage = 0.9\ncost = 0.10\n"),
        ("regulation", "[regulation]\napr_all_in_cap = 0.24\napr_cap = [{ month = 0, apr = 0.12 }]\n"),
        (
            "closing",
            "[closing]\ncurrent_price = 0.95\npast_due_price = 0.1\n[[policy]]\nname = \"end\"\nclose = true\n",
        ),
    ] {
        let path = overlay(&directory, "table.toml", BARE, &format!("from = 30\n{content}"));
        let setup = match read(&path, &[]) {
            Ok(setup) => setup,
            Err(problems) => panic!("{name}: {problems}"),
        };
        let (plain, dated) = (runs_without_log(&self::setup(BARE, &[]), 2), runs_without_log(&setup, 2));
        for (plain, dated) in plain.iter().zip(&dated) {
            assert!((0..30).all(|month| plain.month(month) == dated.month(month)), "{name} acts before");
            assert!((30..120).any(|month| plain.month(month) != dated.month(month)), "{name} does nothing");
        }
    }
}

#[test]
fn a_dated_variant_differs_in_the_keys_that_change() {
    use lendcycle::scenario::leaves::differing;
    let directory = tempdir().expect("a directory");
    let whole = |path: &str| load_whole(&Request { path: path.into(), settings: Vec::new() }).expect("valid");
    overlay(&directory, "first.toml", BARE, "from = 12\n[servicing]\nfixed_cost = 1000.00\n");
    let twice =
        overlay(&directory, "second.toml", "first.toml", "from = 24\n[servicing]\naccount_cost = 9.00\n");
    let (base, changed) = (whole(BARE), whole(&twice));
    let keys: Vec<String> = differing(&base.tree, &changed.tree).into_iter().map(|found| found.key).collect();
    assert_eq!(keys, ["servicing.fixed_cost (from month 12)", "servicing.account_cost (from month 24)"]);
    assert!(differing(&changed.tree, &changed.tree).is_empty());
}
