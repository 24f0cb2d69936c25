//! The command line as scripts rely on it: exit codes, what goes to which stream, files and their columns, and that
//! nothing half-done is ever left behind.

#[path = "cli/compare.rs"]
mod compare;
#[path = "cli/explain.rs"]
mod explain;
#[path = "cli/parts.rs"]
mod parts;
#[path = "cli/sweep.rs"]
mod sweep;
#[path = "cli/until.rs"]
mod until;
#[path = "cli/values.rs"]
mod values;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

/// Options that make a run small.
const TINY: &str = "--set run.runs=8 --set run.months=24 --set segment.youth.population=3000 --set segment.family.population=2000 \
                    --set segment.owner.population=1000";
const TABLES: &[&str] = &[
    "stages",
    "months",
    "vintages",
    "segments",
    "channels",
    "runs",
    "products",
    "rules",
    "firings",
    "scores",
    "tiers",
    "vintage_losses",
    "vintage_economics",
    "waterfall",
];

fn base() -> String {
    shown(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join("base").join("consumer_credit.toml"))
}

fn shown(path: &Path) -> String {
    path.to_str().expect("a plain path").to_owned()
}

fn lendcycle() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lendcycle"));
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    command
}

/// A command line without the name of the program; `BASE` is the base scenario.
fn spoken(line: &str) -> Output {
    let base = base();
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    call(&words.iter().map(|word| if *word == "BASE" { base.as_str() } else { word }).collect::<Vec<_>>())
}

fn call(arguments: &[&str]) -> Output {
    lendcycle().args(arguments).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// A tiny run of a scenario with more options.
fn tiny_of(scenario: &str, more: &[&str]) -> Output {
    let options: Vec<&str> = TINY.split_whitespace().collect();
    call(&[&["run", scenario], &options[..], more].concat())
}

fn tiny(more: &[&str]) -> Output {
    tiny_of(&base(), more)
}

fn assert_code(output: &Output, code: i32, what: &str) {
    assert_eq!(output.status.code(), Some(code), "{what}:\n{}", text(&output.stderr));
}

/// The JSON of a tiny run that must end well.
fn tiny_json(more: &[&str]) -> Value {
    let output = tiny(&[&["--json"], more].concat());
    assert_code(&output, 0, "a run with --json");
    serde_json::from_slice(&output.stdout).expect("stdout is JSON and nothing else")
}

fn write(directory: &TempDir, name: &str, content: &str) -> String {
    let path = directory.path().join(name);
    fs::write(&path, content).expect("it can be written");
    shown(&path)
}

fn place(directory: &TempDir, name: &str) -> String {
    shown(&directory.path().join(name))
}

/// Everything below a directory: contents of files by path, directories with none.
fn snapshot(directory: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(snapshot(&path));
            found.insert(path, None);
        } else {
            let content = fs::read(&path).expect("a file");
            found.insert(path, Some(content));
        }
    }
    found
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a directory");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn json_file(path: &str) -> Value {
    serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON")
}

#[test]
fn a_run_ends_with_0_and_prints_the_table_and_no_progress() {
    let output = tiny(&[]);
    assert_code(&output, 0, "a run");
    let stdout = text(&output.stdout);
    for part in ["consumer_credit", "growth", "whole life", "8 runs", "Nothing was written"] {
        assert!(stdout.contains(part), "{part:?} is not in\n{stdout}");
    }
    assert!(!stdout.contains(['\r', '\u{1b}']) && !stdout.contains("runs/s"), "{stdout}");
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    for line in ["run BASE --runs 1 --months 1 --json --quiet", "check BASE --quiet"] {
        let output = spoken(line);
        assert_code(&output, 0, line);
        assert!(output.stderr.is_empty() && output.stdout.is_empty() != line.starts_with("run"), "{line}");
    }
}

#[test]
fn wrong_usage_ends_with_2_and_help_with_0() {
    let wrong = "|fly|run|check|--quiet run BASE|run BASE --fast|run BASE --lang fr|run BASE --runs|\
                 run BASE --runs 1 --runs 2|run BASE --threads many|run BASE --threads 100000|\
                 check BASE --out nowhere|run BASE BASE --out nowhere";
    for line in wrong.split('|') {
        let output = spoken(line);
        assert_code(&output, 2, line);
        assert!(output.stdout.is_empty(), "{line}: {}", text(&output.stdout));
        assert!(!output.stderr.is_empty(), "{line}: refused without a word");
    }
    assert!(!Path::new("nowhere").exists());
    for line in ["--help", "run --help", "check --help", "help", "--version"] {
        let output = spoken(line);
        assert_code(&output, 0, line);
        assert!(text(&output.stdout).contains("lendcycle") && output.stderr.is_empty(), "{line}");
    }
    assert!(text(&spoken("run --help").stdout).contains("Examples:"));
}

#[test]
fn settings_change_keys_tables_and_members_in_order() {
    let run = |sets: &[&str]| {
        let directory = tempdir().expect("a directory");
        let out = place(&directory, "out");
        let sets: Vec<&str> = sets.iter().flat_map(|set| ["--set", set]).collect();
        assert_code(&tiny(&[&["--out", &out], &sets[..]].concat()), 0, &format!("{sets:?}"));
        json_file(&place(&directory, "out/manifest.json"))["scenario"].clone()
    };
    let scenario =
        run(&["product.emergency={apr=0.15}", "funding={spread=0.001}", "run.seed=1", "run.seed=2"]);
    assert_eq!(scenario["product"][0]["apr"], "0.15");
    assert_eq!(scenario["product"][0]["apr_cap"], "0.18", "the rest of the member stays");
    assert_eq!(scenario["funding"]["spread"], "0.001");
    assert_eq!(scenario["run"]["seed"], 2, "the last one counts");
    assert_eq!(run(&["delinquency.m0.0 = 0.97", "delinquency.m0.1=0.03"])["delinquency"]["m0"][1], "0.03");
}

#[test]
fn a_result_is_replaced_only_by_force() {
    let directory = tempdir().expect("a directory");
    let out = place(&directory, "result");
    assert_code(&tiny(&["--out", &out]), 0, "the first run");
    let before = snapshot(directory.path());
    let refused = tiny(&["--out", &out, "--seed", "7"]);
    assert_code(&refused, 1, "a second run");
    let stderr = text(&refused.stderr);
    assert!(stderr.contains("--force") && stderr.contains(&out), "{stderr}");
    assert_eq!(snapshot(directory.path()), before, "the result was touched");
    assert_code(&tiny(&["--out", &out, "--seed", "7", "--force"]), 0, "a run with --force");
    assert_eq!(json_file(&place(&directory, "result/manifest.json"))["seed"], 7);
    assert_eq!(names(directory.path()), ["result"]);
    assert_eq!(before.len(), snapshot(directory.path()).len());
}

#[test]
fn places_that_are_no_results_are_refused_even_by_force_and_nothing_is_left() {
    let directory = tempdir().expect("a directory");
    fs::create_dir(directory.path().join("letters")).expect("a directory");
    let file = write(&directory, "letters/letter.txt", "dear reader");
    let letters = place(&directory, "letters");
    let below_file = place(&directory, "letters/letter.txt/result");
    let deep_below_file = place(&directory, "letters/letter.txt/a/b");
    let before = snapshot(directory.path());
    for out in [&letters, &file, &below_file, &deep_below_file, &".".to_owned(), &"/".to_owned()] {
        for force in [&[][..], &["--force"]] {
            let output = tiny(&[&["--out", out], force].concat());
            assert_code(&output, 1, &format!("--out {out:?} {force:?}"));
            assert!(text(&output.stderr).starts_with("error: cannot write results to"), "{out:?}");
            assert!(output.stdout.is_empty(), "{out:?}: the run was made in vain");
            assert_eq!(snapshot(directory.path()), before, "--out {out:?} {force:?}");
        }
    }
    fs::create_dir(directory.path().join("empty")).expect("a directory");
    assert_code(&tiny(&["--out", &place(&directory, "empty")]), 0, "an empty directory");
    assert_code(&tiny(&["--out", &place(&directory, "new/and/deep/")]), 0, "a directory to be made");
    assert!(directory.path().join("new/and/deep/manifest.json").is_file());
}

#[test]
fn results_are_the_same_bytes_whatever_the_threads() {
    let directory = tempdir().expect("a directory");
    let run = |threads: &str| {
        let out = place(&directory, threads);
        assert_code(&tiny(&["--set", "run.runs=50", "--threads", threads, "--out", &out]), 0, threads);
        let mut manifest = json_file(&place(&directory, &format!("{threads}/manifest.json")));
        let timing = manifest.as_object_mut().expect("an object").remove("timing").expect("the timing");
        assert_eq!(timing["threads"].to_string(), threads);
        fs::remove_file(Path::new(&out).join("manifest.json")).expect("it was read");
        let files: Vec<_> = snapshot(Path::new(&out)).into_values().collect();
        (manifest, files)
    };
    let one = run("1");
    assert_eq!(one.1.len(), TABLES.len() + 1);
    assert!(run("2") == one, "two threads change the result");
    assert!(run("16") == one, "sixteen threads change the result");
}

#[test]
fn json_on_stdout_is_the_summary_and_nothing_else() {
    let directory = tempdir().expect("a directory");
    let out = place(&directory, "result");
    let printed = tiny_json(&["--out", &out]);
    assert_eq!(printed, json_file(&place(&directory, "result/summary.json")));
    assert_eq!((&printed["scenario"], &printed["runs"]), (&"consumer_credit".into(), &8.into()));
    let twin = write(&directory, "twin.toml", &format!("extends = '{}'\nname = \"twin\"\n", base()));
    let both = tiny_json(&[&twin]);
    assert_eq!((&both[0], &both[1]["scenario"]), (&printed, &"twin".into()), "several scenarios are a list");
    let valid = call(&["check", &twin, "--json"]);
    assert_code(&valid, 0, "a check");
    assert_eq!(text(&valid.stdout), "[]\n");
}

#[test]
fn language_can_be_chosen_before_and_after_the_command() {
    let chinese = text(&tiny(&["--lang", "zh"]).stdout);
    assert!(
        chinese.contains("增长期") && chinese.contains("税前利润") && !chinese.contains("whole life"),
        "{chinese}"
    );
    let before = spoken(&format!("--lang zh run BASE {TINY}"));
    assert_eq!(text(&before.stdout), chinese);
    for line in ["--lang zh run --help", "run --help --lang zh"] {
        let help = spoken(line);
        assert_code(&help, 0, line);
        assert!(text(&help.stdout).contains("蒙特卡洛运行次数"), "{}", text(&help.stdout));
    }
    assert!(text(&spoken("check BASE --lang=zh").stdout).contains("没有问题"));
    assert!(text(&spoken("run --help").stdout).contains("Number of Monte Carlo runs"));
}

#[test]
fn several_scenarios_go_to_one_directory_each_or_nowhere() {
    let directory = tempdir().expect("a directory");
    let twin = write(&directory, "twin.toml", &format!("extends = '{}'\n", base()));
    let out = place(&directory, "results");
    assert_code(&tiny(&[&twin, "--out", &out]), 0, "two scenarios");
    assert_eq!(names(Path::new(&out)), ["consumer_credit", "twin"]);
    assert!(names(&Path::new(&out).join("twin")).contains(&"manifest.json".to_owned()));
    fs::remove_dir_all(Path::new(&out).join("consumer_credit")).expect("it was written");
    let before = snapshot(directory.path());
    let output = tiny(&[&twin, "--out", &out]);
    assert_code(&output, 1, "the second place is taken");
    assert!(output.stdout.is_empty(), "the first scenario was run in vain");
    assert_eq!(snapshot(directory.path()), before);
}

#[test]
fn the_hash_tells_contents_and_not_layout() {
    let directory = tempdir().expect("a directory");
    let text = fs::read_to_string(base()).expect("the base scenario");
    let bare: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let bare = bare.join("\r\n").replace(" = ", "=").replace("\r\n[", "\r\n\r\n\r\n  [");
    let overlay = format!("# Changes nothing.\nextends = '{}'\n[[product]]\nname = \"emergency\"\n", base());
    let hash = |scenario: &str, more: &[&str]| {
        let output = tiny_of(scenario, &[&["--json"], more].concat());
        assert_code(&output, 0, scenario);
        let summary: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        summary["scenario_hash"].as_str().expect("a hash").to_owned()
    };
    let own = hash(&base(), &[]);
    assert_eq!(own.len(), 64);
    assert_eq!(hash(&write(&directory, "bare.toml", &format!("\u{feff}{bare}")), &[]), own, "layout");
    assert_eq!(
        hash(&write(&directory, "overlay.toml", &overlay), &[]),
        own,
        "an overlay that changes nothing"
    );
    let spelling = ["--set", "product.emergency.apr=144.0e-3", "--set", "repeat.amount_growth=1.1000"];
    assert_eq!(hash(&base(), &spelling), own, "the same numbers written otherwise");
    assert_ne!(hash(&base(), &["--set", "product.emergency.apr=0.145"]), own, "another rate");
    assert_ne!(hash(&base(), &["--seed", "1"]), own, "another seed");
}

#[test]
fn a_reader_who_leaves_early_is_no_failure() {
    let mut command = lendcycle();
    command
        .args(["run", &base()])
        .args(TINY.split_whitespace())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    drop(child.stdout.take());
    assert_code(&child.wait_with_output().expect("it ends"), 0, "a closed pipe");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_under_the_output_ends_with_1() {
    let full = || Stdio::from(fs::File::options().write(true).open("/dev/full").expect("the full device"));
    let output = lendcycle().args(["check", &base()]).stdout(full()).output().expect("it ends");
    assert_code(&output, 1, "stdout on a full disk");
    assert!(text(&output.stderr).starts_with("error: cannot print the results"), "{}", text(&output.stderr));
    let deaf = lendcycle().args(["check", "no_such_file.toml"]).stderr(full()).output().expect("it ends");
    assert_eq!(deaf.status.code(), Some(3), "stderr on a full disk");
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_ends_with_130_and_leaves_nothing() {
    use std::time::{Duration, Instant};
    let directory = tempdir().expect("a directory");
    let made = tiny(&["--out", &place(&directory, "old")]);
    assert_code(&made, 0, "a result to be replaced");
    let before = snapshot(directory.path());
    for out in ["new", "old"] {
        let mut command = lendcycle();
        command.args(["run", &base(), "--force", "--out", &place(&directory, out)]);
        command.args(TINY.split_whitespace()).args(["--runs", "1000000"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let child = child.expect("the program starts");
        let begun = Instant::now();
        let is_under_way = || names(directory.path()).iter().any(|name| name.ends_with(".partial"));
        while !is_under_way() && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(10));
        }
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success(), "the run has ended by itself");
        let output = child.wait_with_output().expect("it ends");
        assert_code(&output, 130, out);
        assert!(text(&output.stderr).contains("interrupted") && output.stdout.is_empty());
        assert_eq!(snapshot(directory.path()), before, "{out}");
    }
}
