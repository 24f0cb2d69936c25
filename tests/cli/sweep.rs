//! `lendcycle sweep`: points are those of `compare`, go on where they were, and bad requests name what is wrong.

use super::*;

/// A tiny sweep of the base.
fn swept(more: &[&str]) -> Output {
    let options: Vec<&str> = TINY.split_whitespace().collect();
    call(&[&["sweep", &base()], &options[..], more].concat())
}

fn rows(path: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).expect("a table");
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

const APR: [&str; 2] = ["--vary", "product.emergency.apr=0.12,0.16"];
const CUTOFF: [&str; 2] = ["--vary", "segment.youth.cutoff_new=560..620:30"];

#[test]
fn points_differ_from_the_base_as_a_comparison_says() {
    let directory = tempdir().expect("a directory");
    let out = place(&directory, "sweep");
    assert_code(&swept(&[&APR[..], &CUTOFF, &["--out", &out, "--confirm", "0"]].concat()), 0, "a sweep");
    assert_eq!(rows(&format!("{out}/points.csv")).len(), 1 + 2 * 3);
    // Point 5 is the second rate with the second cut-off.
    let variant = write(
        &directory,
        "variant.toml",
        &format!(
            "extends = {:?}\nname = \"variant\"\n[[product]]\nname = \"emergency\"\napr = 0.16\n\
             [[segment]]\nname = \"youth\"\ncutoff_new = 590\n",
            base()
        ),
    );
    let compared = place(&directory, "compared");
    let options: Vec<&str> = TINY.split_whitespace().collect();
    let output = call(&[&["compare", &base(), &variant, "--out", &compared], &options[..]].concat());
    assert_code(&output, 0, "a comparison");
    let expected = rows(&format!("{compared}/differences.csv"));
    let mut met = 0;
    for row in rows(&format!("{out}/responses.csv")).iter().filter(|row| row[0] == "5") {
        let found = expected.iter().find(|other| other[1] == row[1] && other[2] == row[2]).expect("a row");
        // stage, metric, unit; value; difference, std_error, ci_low, ci_high; prob_better
        assert_eq!(
            (&row[1..4], &row[4], &row[5..9], &row[9]),
            (&found[1..4], &found[11], &found[4..8], &found[8])
        );
        met += 1;
    }
    assert!(met > 50, "{met} rows");
    let of_profit = expected.iter().find(|row| row[1] == "lifetime" && row[2] == "profit_before_tax");
    let point = &rows(&format!("{out}/points.csv"))[5];
    assert_eq!(point[7..9], of_profit.expect("a row")[4..6], "{point:?}");
}

#[test]
fn a_sweep_goes_on_where_it_was_and_ends_in_the_same_bytes() {
    let directory = tempdir().expect("a directory");
    let whole = place(&directory, "whole");
    let sobol = ["--design", "sobol:8"];
    let all = |out: &str, more: &[&str]| swept(&[&APR[..], &CUTOFF, &sobol, &["--out", out], more].concat());
    assert_code(&all(&whole, &[]), 0, "a sweep");
    // The folder of a sweep that was stopped: another point's file, one cut short, and one of another scenario.
    let resumed = place(&directory, "resumed");
    let folder = directory.path().join(".resumed.points");
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("point-000001.json"), "{\"identity\":").expect("a file");
    let foreign = "{\"identity\":\"0\",\"scores\":[1,2,3,4,5,6,7,8],\"responses\":[]}";
    fs::write(folder.join("point-000002.json"), foreign).expect("a file");
    let refused = all(&resumed, &[]);
    assert_code(&refused, 1, "an unfinished sweep is there");
    assert!(text(&refused.stderr).contains("--resume goes on with it"), "{}", text(&refused.stderr));
    assert_code(&all(&resumed, &["--resume", "--threads", "1"]), 0, "resumed");
    assert!(!folder.exists(), "finished points are in the result");
    for name in ["points.csv", "responses.csv", "effects.csv", "sensitivity.csv", "summary.json"] {
        let bytes = |out: &str| fs::read(Path::new(out).join(name)).expect("a file");
        assert!(bytes(&whole) == bytes(&resumed), "{name}");
    }
}

#[test]
fn the_best_point_is_measured_again_on_fresh_runs() {
    let output = swept(&[&CUTOFF[..], &["--json", "--confirm", "16"]].concat());
    assert_code(&output, 0, "a sweep");
    let summary: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let number = |value: &Value| value.as_str().expect("a number").parse::<f64>().expect("a number");
    let best = &summary["best"];
    assert_eq!(best["fresh_runs"], 16);
    let (chosen, fresh) = (number(&best["chosen"]["value"]), number(&best["fresh"]["value"]));
    assert!(chosen != fresh, "other runs");
    assert!((number(&best["winners_curse"]["value"]) - (chosen - fresh)).abs() < 0.011);
    // The same fresh runs, as `run` has them behind the first eight.
    let cutoff = best["values"]["segment.youth.cutoff_new"].as_str().expect("a value").to_owned();
    let profit = |more: &[&str]| {
        let directory = tempdir().expect("a directory");
        let out = place(&directory, "run");
        let all = [&["--set", "run.runs=24", "--out", &out], more].concat();
        assert_code(&tiny(&all), 0, "a run");
        let mut reader = csv::Reader::from_path(format!("{out}/runs.csv")).expect("a table");
        let at = reader.headers().expect("a head").iter().position(|name| name == "profit_before_tax");
        let at = at.expect("a column");
        let rows: Vec<f64> =
            reader.records().map(|row| row.expect("a row")[at].parse().expect("a number")).collect();
        rows[8..].iter().sum::<f64>() / 16.0
    };
    let expected = profit(&["--set", &format!("segment.youth.cutoff_new={cutoff}")]) - profit(&[]);
    assert!((fresh - expected).abs() < 0.02, "{fresh}, {expected} expected");
}

#[test]
fn a_metric_that_is_neither_good_nor_bad_has_no_best_point() {
    for (language, words) in [("en", "no point is the best"), ("zh", "不评选最优点")] {
        let output = swept(&[&APR[..], &["--metric", "originated", "--lang", language]].concat());
        assert_code(&output, 0, "a sweep");
        assert!(text(&output.stdout).contains(words), "{}", text(&output.stdout));
    }
}

#[test]
fn bad_sweeps_name_all_that_is_wrong_and_run_nothing() {
    for (more, words) in [
        (&["--vary", "product.emergency.apr=0.12"][..], &["one value does not vary"][..]),
        (&["--vary", "x", "--design", "star"], &["write KEY=", "allowed are grid"]),
        (&["--vary", "run.seed=1,2"], &["run.seed: points are compared run by run"]),
        (&["--vary", "economy.x=1,2", "--metric", "profit_befor_tax"], &["did you mean profit_before_tax?"]),
        (&[APR[0], APR[1], APR[0], APR[1]], &["varies twice"]),
        (&[APR[0], APR[1], "--resume"], &["--out DIR"]),
        (&[APR[0], APR[1], "--design", "sobol:2"], &["from 8 to 65536"]),
    ] {
        let output = swept(more);
        assert_code(&output, 2, words[0]);
        words
            .iter()
            .for_each(|word| assert!(text(&output.stderr).contains(word), "{}", text(&output.stderr)));
        assert!(output.stdout.is_empty());
    }
    let directory = tempdir().expect("a directory");
    let out = place(&directory, "sweep");
    let output = swept(&["--vary", "product.emergency.apr=0.12,7", "--vary", "economy.x=1,2", "--out", &out]);
    assert_code(&output, 3, "values that are not allowed");
    let shown = text(&output.stderr);
    assert!(shown.contains("economy.x") && shown.contains("product.emergency.apr"), "{shown}");
    assert!(shown.matches("unknown key").count() <= 1, "told once: {shown}");
    assert!(names(directory.path()).is_empty(), "nothing is left");
}
