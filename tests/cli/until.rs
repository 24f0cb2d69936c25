//! `--until`: runs end when a figure is known well enough, and the result is the one that as many runs give.

use super::*;

/// Small runs of which there may be many.
const FAST: [&str; 6] = [
    "--set",
    "run.months=12",
    "--set",
    "segment.youth.population=3000",
    "--set",
    "segment.family.population=2000",
];

fn fast(command: &[&str], more: &[&str]) -> Output {
    call(&[command, &FAST, more].concat())
}

fn summary(output: &Output) -> Value {
    assert_code(output, 0, "--until");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn number(value: &Value) -> f64 {
    value.as_str().expect("a number").parse().expect("a number")
}

#[test]
fn a_run_until_a_target_is_the_run_of_as_many() {
    let directory = tempdir().expect("a directory");
    let base = base();
    let (stopped, counted) = (place(&directory, "stopped"), place(&directory, "counted"));
    let until = ["--until", "profit_before_tax=5%", "--runs", "2000", "--json", "--out", &stopped];
    let found = summary(&fast(&["run", &base], &until));
    let outcome = &found["until"];
    let runs = outcome["runs"].as_u64().expect("a number");
    assert!((129..2000).contains(&runs) && runs.is_multiple_of(16), "{runs} runs: more than one look");
    assert_eq!(
        (&outcome["reached"], outcome["metric"].as_str()),
        (&Value::Bool(true), Some("profit_before_tax"))
    );
    assert!(number(&outcome["std_error"]) <= number(&outcome["wanted"]));
    assert!((number(&outcome["wanted"]) - 0.05 * number(&outcome["figure"]).abs()).abs() < 0.011);
    let count = runs.to_string();
    assert_code(&fast(&["run", &base], &["--runs", &count, "--threads", "1", "--out", &counted]), 0, "a run");
    for table in TABLES {
        let bytes = |out: &str| fs::read(Path::new(out).join(format!("{table}.csv"))).expect("a table");
        assert!(bytes(&stopped) == bytes(&counted), "{table}");
    }
    let manifest = |out: &str| json_file(&format!("{out}/manifest.json"));
    assert_eq!(manifest(&stopped)["scenario_hash"], manifest(&counted)["scenario_hash"]);
}

#[test]
fn a_target_out_of_reach_is_told_with_the_runs_it_would_take() {
    let output = fast(&["run", &base()], &["--until", "profit_before_tax=0.1%", "--runs", "140"]);
    assert_code(&output, 0, "out of reach");
    for shown in [text(&output.stdout), text(&output.stderr)] {
        assert!(shown.contains("not reached") && shown.contains("would do (--runs "), "{shown}");
    }
    let shown = text(&output.stdout);
    let needed = shown.split("about ").nth(1).and_then(|rest| rest.split(' ').next());
    let needed: u64 = needed.and_then(|text| text.parse().ok()).expect("a number of runs");
    assert!(needed > 1000, "{needed}");
}

#[test]
fn a_comparison_ends_when_every_difference_is_known() {
    let directory = tempdir().expect("a directory");
    let variant = |name: &str, cutoff: u32| {
        let content = format!(
            "extends = {:?}\nname = {name:?}\n[[segment]]\nname = \"youth\"\ncutoff_new = {cutoff}\n",
            base()
        );
        write(&directory, &format!("{name}.toml"), &content)
    };
    let (near, far) = (variant("near", 575), variant("far", 640));
    let until = ["--until", "profit_before_tax=400", "--runs", "1000", "--json"];
    let found = summary(&fast(&["compare", &base(), &near, &far], &until));
    let runs = found["runs"].as_u64().expect("a number");
    assert!((128..1000).contains(&runs), "{runs}");
    for variant in found["variants"].as_array().expect("a list") {
        let life = variant["stages"].as_array().expect("a list").last().expect("the whole life");
        let error = number(&life["metrics"]["profit_before_tax"]["std_error"]);
        assert!(error <= 400.0, "{error}");
    }
    // The one known least decides.
    assert!(number(&found["until"]["figure"]) < -2000.0, "{}", found["until"]);
}

#[test]
fn bad_targets_name_what_is_wrong() {
    for (until, words) in [
        ("profit_before_tax", "METRIC=PERCENT%"),
        ("profit_before_tax=-1", "above 0"),
        ("profit=1%", "did you mean profitable?"),
        ("npv=1%", "needs a table [capital]"),
    ] {
        let output = fast(&["run", &base()], &["--until", until, "--runs", "128"]);
        assert_code(&output, 2, until);
        assert!(text(&output.stderr).contains(words), "{}", text(&output.stderr));
    }
}
