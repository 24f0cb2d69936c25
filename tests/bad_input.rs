//! Broken scenarios: every mistake is found, at its line and key, in words that say how to mend it, and nothing is run.
//!
//! A file of `tests/bad_input` says in its first lines which problems it has, as many as there are:
//! `# expect: line=7 key=product.emergency.apr text="from 0 to 1"`. `key=-` stands for no key, `file=` for a problem in
//! another file of the folder, `column=` pins the column; each `text` is somewhere in message, allowed values or help.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("bad_input")
}

fn base_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join("base").join("consumer_credit.toml")
}

fn base_text() -> String {
    std::fs::read_to_string(base_path()).expect("the base scenario is there")
}

fn lendcycle(arguments: &[&str], scenario: &Path, inside: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lendcycle"))
        .args(arguments)
        .arg(scenario)
        .current_dir(inside)
        .output()
        .expect("the program starts")
}

/// A problem a file says it has.
#[derive(Debug)]
struct Expected {
    file: String,
    line: Option<u64>,
    column: Option<u64>,
    key: String,
    texts: Vec<String>,
}

impl Expected {
    fn read(text: &str, file: &str) -> Self {
        let mut expected = Expected {
            file: file.to_owned(),
            line: None,
            column: None,
            key: String::new(),
            texts: Vec::new(),
        };
        let mut rest = text.trim();
        while let Some((field, after)) = rest.split_once('=') {
            let (value, after) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').expect("a quoted text ends"),
                None => after.split_once(' ').unwrap_or((after, "")),
            };
            match field {
                "file" => value.clone_into(&mut expected.file),
                "line" => expected.line = Some(value.parse().expect("a line")),
                "column" => expected.column = Some(value.parse().expect("a column")),
                "key" if value == "-" => {}
                "key" => value.clone_into(&mut expected.key),
                "text" => expected.texts.push(value.to_owned()),
                other => panic!("{file}: unknown field {other:?} of an expectation"),
            }
            rest = after.trim();
        }
        assert!(expected.line.is_some() && !expected.texts.is_empty(), "{file}: {text:?} says too little");
        expected
    }

    fn fits(&self, record: &Value) -> bool {
        let words =
            ["message", "allowed", "help"].map(|field| record[field].as_str().unwrap_or("")).join("\n");
        let file = record["file"].as_str().map(Path::new).and_then(Path::file_name);
        file.is_some_and(|file| file == self.file.as_str())
            && record["line"].as_u64() == self.line
            && record["column"].as_u64().is_some_and(|column| self.column.is_none_or(|own| own == column))
            && record["key"] == self.key.as_str()
            && self.texts.iter().all(|text| words.contains(text))
    }
}

fn expectations(path: &Path) -> Vec<Expected> {
    let bytes = std::fs::read(path).expect("a file of the corpus");
    let file = path.file_name().expect("a name").to_string_lossy().into_owned();
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.lines().map_while(|line| line.strip_prefix("# expect:"));
    lines.map(|line| Expected::read(line, &file)).collect()
}

/// What the program says about a scenario: the records of `check --json` and what a person reads.
fn problems(scenario: &Path) -> Result<(Vec<Value>, String), String> {
    let empty = tempfile::tempdir().expect("a temporary directory");
    let output = lendcycle(&["check", "--json"], scenario, empty.path());
    let stderr = String::from_utf8(output.stderr).map_err(|error| format!("stderr: {error}"))?;
    if output.status.code() != Some(3) {
        return Err(format!("check ends with {}, not with 3\n{stderr}", output.status));
    }
    let records: Vec<Value> =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("stdout of --json: {error}"))?;

    let place = empty.path().join("new").join("result");
    let run = lendcycle(&["run", "--out", place.to_str().expect("a plain path")], scenario, empty.path());
    if run.status.code() != Some(3) || !run.stdout.is_empty() {
        return Err(format!(
            "run ends with {} and prints {:?}",
            run.status,
            String::from_utf8_lossy(&run.stdout)
        ));
    }
    if run.stderr != stderr.as_bytes() {
        return Err("run and check do not say the same".to_owned());
    }
    match std::fs::read_dir(empty.path()).expect("it was there before").next() {
        Some(left) => Err(format!("{:?} was left behind", left.expect("an entry").file_name())),
        None => Ok((records, stderr)),
    }
}

/// Holds what the program says about a file against what the file says of itself.
fn compare(path: &Path) -> Result<(), String> {
    let expected = expectations(path);
    if expected.is_empty() {
        return Err("the file expects nothing".to_owned());
    }
    let (records, stderr) = problems(path)?;
    let mut left: Vec<&Value> = records.iter().collect();
    let mut faults = Vec::new();
    for one in &expected {
        match left.iter().position(|record| one.fits(record)) {
            Some(at) => {
                left.remove(at);
            }
            None => faults.push(format!("not reported: {one:?}")),
        }
        // What a person reads names the same place and key.
        let place = format!("{}:{}:", one.file, one.line.unwrap_or(0));
        let arrow = stderr.lines().any(|line| line.contains("--> ") && line.contains(&place));
        let title = if one.key.is_empty() { "error: ".to_owned() } else { format!("error: {}: ", one.key) };
        if !arrow || !stderr.lines().any(|line| line.starts_with(&title)) {
            faults.push(format!("a person does not read {place} and {title:?} in\n{stderr}"));
        }
    }
    faults.extend(left.iter().map(|record| format!("not expected: {record}")));
    let noun = if records.len() == 1 { "problem" } else { "problems" };
    let end = format!("{} {noun} in the scenario; nothing was run and nothing was written\n", records.len());
    if !stderr.ends_with(&end) {
        faults.push(format!("stderr does not end with {end:?}"));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

#[test]
fn every_broken_scenario_is_refused_with_its_problems_and_no_others() {
    let entries = std::fs::read_dir(folder()).expect("the corpus is there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    assert!(paths.len() >= 150, "the corpus has shrunk to {} files", paths.len());
    let broken: Vec<String> = paths
        .iter()
        .filter_map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            compare(path).err().map(|fault| format!("{name}\n{fault}"))
        })
        .collect();
    assert!(broken.is_empty(), "{} of {} files:\n\n{}", broken.len(), paths.len(), broken.join("\n\n"));
}

/// Writes a scenario to a temporary directory and returns what the program says about it.
fn problems_of(content: &[u8]) -> (Vec<Value>, String) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("scenario.toml");
    std::fs::write(&path, content).expect("it can be written");
    problems(&path).unwrap_or_else(|fault| panic!("{fault}"))
}

#[test]
fn an_empty_file_is_told_what_it_lacks() {
    let (records, _) = problems_of(b"");
    assert_eq!(records.len(), 1, "{records:?}");
    assert_eq!((records[0]["line"].as_u64(), records[0]["column"].as_u64()), (Some(1), Some(1)));
    let message = records[0]["message"].as_str().expect("a message");
    assert!(message.contains("schema, name, run, economy"), "{message}");
    assert!(records[0]["help"].as_str().expect("a help").contains("extends"));
}

#[test]
fn a_directory_and_a_missing_file_are_refused_by_name() {
    let missing = folder().join("no_such_file.toml");
    for path in [folder(), missing] {
        let (records, stderr) = problems(&path).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(records.len(), 1, "{records:?}");
        assert!(records[0]["file"].is_null() && records[0]["line"].is_null(), "{records:?}");
        let shown = path.display().to_string();
        assert!(stderr.contains("cannot read the scenario file") && stderr.contains(&shown), "{stderr}");
    }
}

#[test]
fn text_of_another_encoding_is_refused_as_such() {
    let wide: Vec<u8> = "schema = 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let with_mark = [&[0xff, 0xfe][..], &wide].concat();
    let (records, _) = problems_of(&with_mark);
    assert_eq!(records.len(), 1, "{records:?}");
    assert!(records[0]["message"].as_str().expect("a message").contains("not UTF-8"), "{records:?}");
    assert!(records[0]["help"].as_str().expect("a help").contains("UTF-16"), "{records:?}");
}

#[test]
fn members_of_one_list_with_one_name_are_refused() {
    let text = base_text() + "\n[[policy]]\nname = \"withdraw\"\nstop_new = true\n";
    let line = text.lines().count() as u64 - 1;
    let (records, _) = problems_of(text.as_bytes());
    assert_eq!(records.len(), 1, "{records:?}");
    assert_eq!(records[0]["line"].as_u64(), Some(line));
    assert_eq!(records[0]["key"], "policy.2.name");
    assert!(records[0]["message"].as_str().expect("a message").contains("used twice"));
}

#[test]
fn one_bracket_left_open_is_one_problem() {
    let base = base_text();
    let opening = "demand_season = [";
    assert!(base.contains(opening), "the base scenario has changed");
    let (records, _) = problems_of(base.replacen(opening, "demand_season = [[", 1).as_bytes());
    assert_eq!(records.len(), 1, "{records:?}");
}

#[test]
fn every_key_of_the_base_scenario_is_needed() {
    let text = base_text();
    let lines: Vec<&str> = text.lines().collect();
    let optional = [
        "name_zh",
        "description",
        "days_to",
        "marketing",
        "rivals_min",
        "stop_new",
        "stop_repeat",
        "payment_months",
        "prepayment_fee_cap",
        "stage_2_pd_ratio",
    ];
    // Every table once: of lists of tables the first member.
    let mut seen = std::collections::BTreeSet::new();
    let mut header = "";
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with('[') {
            header = line;
        }
        let Some((key, _)) = line.split_once(" = ").filter(|(key, _)| !key.starts_with('#')) else {
            continue;
        };
        if optional.contains(&key) || !seen.insert((header, key)) {
            continue;
        }
        let without: Vec<&str> =
            lines.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, l)| *l).collect();
        let (records, _) = problems_of(without.join("\n").as_bytes());
        let named = records.iter().any(|record| {
            let (path, message) = (record["key"].as_str(), record["message"].as_str());
            path.is_some_and(|path| path.split('.').next_back() == Some(key))
                && message.is_some_and(|message| message.contains("missing"))
        });
        assert!(named, "without {key} of {header}: {records:?}");
    }
    assert!(seen.len() > 120, "only {} keys were seen", seen.len());
}

#[test]
fn a_broken_scenario_does_not_hide_the_problems_of_another() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (first, second) = (folder().join("number_percent_as_18.toml"), folder().join("sum_of_tenors.toml"));
    for command in ["check", "run"] {
        let output = lendcycle(&[command, first.to_str().expect("a plain path")], &second, directory.path());
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{stderr}");
        assert!(stderr.contains("the number 18") && stderr.contains("sum to 0.9"), "{stderr}");
        assert!(stderr.contains("2 problems in 2 scenarios"), "{stderr}");
    }
}

#[test]
fn bad_values_of_options_end_with_3_and_name_the_option() {
    let base = base_path();
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("out");
    let out = out.to_str().expect("a plain path");
    let cases: [(&[&str], &str, &str); 20] = [
        (&["--runs", "0"], "--> --runs:1:", "a whole number from 1 to"),
        (&["--runs", "abc"], "--> --runs:1:", "run.runs: the text \"abc\" is not allowed"),
        (&["--runs", "-5"], "--> --runs:1:", "the number -5 is not allowed"),
        (&["--runs", ""], "--> --runs:1:", "a whole number"),
        (&["--runs", "1.5"], "--> --runs:1:", "a whole number"),
        (&["--runs", "99999999999999999999"], "--> --runs:1:", "a whole number"),
        (&["--months", "601"], "--> --months:1:", "from 1 to 600"),
        (&["--seed", "-1"], "--> --seed:1:", "from 0 to"),
        (&["--set", "nonsense"], "--> --set:1:1", "not of the form key.path=value"),
        (&["--set", "=5"], "--> --set:1:1", "not of the form key.path=value"),
        (&["--set", "run..runs=5"], "--> --set:1:1", "not of the form key.path=value"),
        (&["--set", "run.runs="], "--> --set:1:", "not a TOML value"),
        (&["--set", "name=plain"], "--> --set:1:6", "text needs quotation marks"),
        (&["--set", "product.emergncy.apr=0.1"], "--> --set:1:1", "did you mean `emergency`?"),
        (&["--set", "product.emergency.aprr=0.1"], "--> --set:1:1", "did you mean `apr`?"),
        (&["--set", "product.emergency.apr=18"], "--> --set:1:23", "18 % is 0.18"),
        (&["--set", "product.emergency.apr.x=1"], "--> --set:1:1", "there is no `product.emergency.apr.x`"),
        (&["--set", "segment.youth.products.emergency=0.5"], "--> --set:1:1", "sum to 0.5, not to 1"),
        (&["--set", "economy.lpr=[]"], "--> --set:1:13", "at least one value"),
        (&["--set", "schema=2"], "--> --set:1:8", "the whole number 1"),
    ];
    for (options, place, words) in cases {
        let arguments = [&["run", "--out", out], options].concat();
        let output = lendcycle(&arguments, &base, directory.path());
        assert_eq!(output.status.code(), Some(3), "{options:?}");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            stderr.contains(place) && stderr.contains(words),
            "{options:?}: no {place:?}, {words:?}:\n{stderr}"
        );
        assert!(stderr.contains("1 problem in the scenario") && output.stdout.is_empty(), "{stderr}");
    }
    assert!(std::fs::read_dir(directory.path()).expect("a directory").next().is_none());
}
