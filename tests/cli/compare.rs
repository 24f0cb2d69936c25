//! `lendcycle compare`: differences are those of the runs one by one, and add up.

use super::*;

fn what_if(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join("what_if");
    shown(&folder.join(format!("{name}.toml")))
}

/// A tiny comparison of the base with a variant.
fn compared(variant: &str, more: &[&str]) -> Output {
    let options: Vec<&str> = TINY.split_whitespace().collect();
    call(&[&["compare", &base(), variant], &options[..], more].concat())
}

/// Rows of a table as text.
fn rows(path: &str) -> Vec<Vec<String>> {
    let csv = fs::read_to_string(path).expect("a table");
    csv.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// The column of one run after another.
fn of_runs(path: &str, name: &str) -> Vec<f64> {
    let csv = fs::read_to_string(path).expect("a table");
    let at = csv.lines().next().expect("a head").split(',').position(|column| column == name);
    let at = at.unwrap_or_else(|| panic!("no column {name}"));
    let value = |row: &Vec<String>| row[at].parse().unwrap_or(0.0);
    rows(path).iter().map(value).collect()
}

#[test]
fn differences_are_those_of_the_runs_one_by_one() {
    let directory = tempdir().expect("a directory");
    let tighten = what_if("tighten_month_18");
    let months = ["--set", "run.months=30", "--set", "policy.tighten.from=3"];
    // The base has no such policy, so that it cannot be set for both: the variant says it in a file.
    let earlier = write(
        &directory,
        "earlier.toml",
        &format!("extends = {tighten:?}\nname = \"earlier\"\n[[policy]]\nname = \"tighten\"\nfrom = 3\n"),
    );
    let [months, value, ..] = months;
    let out = place(&directory, "compared");
    assert_code(&compared(&earlier, &[months, value, "--out", &out]), 0, "a comparison");
    for (name, scenario) in [("base", base()), ("variant", earlier.clone())] {
        let options = [months, value, "--out", &place(&directory, name)];
        assert_code(&tiny_of(&scenario, &options), 0, name);
    }
    let table = rows(&place(&directory, "compared/differences.csv"));
    for (stage, metric, column) in [
        ("lifetime", "profit_before_tax", "profit_before_tax"),
        ("lifetime", "originated", "originated"),
        ("lifetime", "charged_off", "charged_off"),
        ("growth", "profit_before_tax", "growth_profit_before_tax"),
    ] {
        let values = |name: &str| of_runs(&place(&directory, &format!("{name}/runs.csv")), column);
        let pairs: Vec<(f64, f64)> = values("base").into_iter().zip(values("variant")).collect();
        let n = pairs.len() as f64;
        let mean = pairs.iter().map(|(first, second)| second - first).sum::<f64>() / n;
        let squares: f64 =
            pairs.iter().map(|(first, second)| (second - first - mean) * (second - first - mean)).sum();
        let better = pairs.iter().filter(|(first, second)| second > first).count() as f64
            + pairs.iter().filter(|(first, second)| second == first).count() as f64 / 2.0;
        let row = table.iter().find(|row| row[1] == stage && row[2] == metric).expect("a row");
        let number = |at: usize| row[at].parse::<f64>().expect("a number");
        assert!(mean != 0.0, "{metric} does not differ");
        let error = (squares / n / (n - 1.0)).sqrt();
        for (at, expected) in
            [(4, mean), (5, error), (6, mean - 2.364624 * error), (7, mean + 2.364624 * error)]
        {
            assert!((number(at) - expected).abs() < 0.02, "{stage} {metric}: {row:?}, {expected} expected");
        }
        match metric {
            "originated" => assert_eq!(row[8], "", "more originations are not better"),
            "charged_off" => assert!((number(8) - (1.0 - better / n)).abs() < 1e-6, "{row:?}"),
            _ => assert!((number(8) - better / n).abs() < 1e-6, "{row:?}"),
        }
    }
}

/// What stages bring adds up to the life, and what made the profit adds up to it; to the rounding of what is written.
#[test]
fn differences_add_up_over_stages_and_lines() {
    let directory = tempdir().expect("a directory");
    let out = place(&directory, "out");
    let growth = what_if("double_marketing_in_growth");
    assert_code(&compared(&growth, &["--set", "run.months=60", "--out", &out]), 0, "a comparison");
    let table = rows(&place(&directory, "out/differences.csv"));
    let of = |stage: &str, metric: &str| -> f64 {
        let row = table.iter().find(|row| row[1] == stage && row[2] == metric).expect("a row");
        row[4].parse().expect("a number")
    };
    let stages: std::collections::BTreeSet<&str> =
        table.iter().map(|row| row[1].as_str()).filter(|stage| *stage != "lifetime").collect();
    assert!(stages.len() > 1, "{stages:?}");
    for metric in ["profit_before_tax", "marketing_cost", "originated", "duration"] {
        let sum: f64 = stages.iter().map(|stage| of(stage, metric)).sum();
        assert!((sum - of("lifetime", metric)).abs() < 0.05, "{metric}: {sum}");
    }
    assert!(of("lifetime", "marketing_cost") > 0.0);
    let lines = rows(&place(&directory, "out/attribution.csv"));
    for stage in stages.iter().chain(&["lifetime"]) {
        let sum: f64 = lines
            .iter()
            .filter(|row| row[1] == *stage)
            .map(|row| row[4].parse::<f64>().expect("a number"))
            .sum();
        assert!((sum - of(stage, "profit_before_tax")).abs() < 0.1, "{stage}: {sum}");
    }
    let acquisition = lines.iter().find(|row| row[1] == "lifetime" && row[2] == "acquisition");
    assert!(acquisition.expect("a line")[4].starts_with('-'), "more marketing costs more");
}

#[test]
fn a_scenario_compared_with_itself_differs_by_nothing() {
    let directory = tempdir().expect("a directory");
    let same = write(&directory, "same.toml", &format!("extends = {:?}\nname = \"same\"\n", base()));
    let output = compared(&same, &["--out", &place(&directory, "out")]);
    assert_code(&output, 0, "a comparison");
    assert!(text(&output.stdout).contains("same and consumer_credit earn the same in every run"));
    for table in ["differences", "attribution"] {
        for row in rows(&place(&directory, &format!("out/{table}.csv"))) {
            let nothing = |cell: &str| cell.is_empty() || cell.parse::<f64>() == Ok(0.0);
            assert!(row[4..8].iter().all(|cell| nothing(cell)), "{row:?}");
        }
    }
    assert_eq!(
        names(&directory.path().join("out")),
        ["attribution.csv", "differences.csv", "manifest.json", "summary.json"]
    );
}

#[test]
fn a_comparison_is_the_same_bytes_whatever_the_threads() {
    let directory = tempdir().expect("a directory");
    let variant = what_if("tighten_month_18");
    for threads in ["1", "2"] {
        let out = place(&directory, threads);
        let output = compared(&variant, &["--set", "run.runs=40", "--threads", threads, "--out", &out]);
        assert_code(&output, 0, threads);
    }
    for file in ["attribution.csv", "differences.csv", "summary.json"] {
        let of = |threads: &str| fs::read(directory.path().join(threads).join(file)).expect("a file");
        assert_eq!(of("1"), of("2"), "{file}");
    }
}

#[test]
fn what_cannot_be_paired_is_refused_before_anything_runs() {
    let directory = tempdir().expect("a directory");
    let other = |name: &str, key: &str| {
        let content = format!("extends = {:?}\nname = \"{name}\"\n[run]\n{key}\n", base());
        write(&directory, &format!("{name}.toml"), &content)
    };
    let before = snapshot(directory.path()).len();
    for (name, key, named) in
        [("seeds", "seed = 77", "run.seed"), ("starts", "start = \"2031-02\"", "run.start")]
    {
        let output = compared(&other(name, key), &["--out", &place(&directory, "out")]);
        assert_code(&output, 2, name);
        assert!(text(&output.stderr).contains(named), "{}", text(&output.stderr));
    }
    let output = compared(&base(), &[]);
    assert_code(&output, 2, "one name twice");
    assert!(text(&output.stderr).contains("two scenarios are called consumer_credit"));
    assert_code(&spoken("compare BASE"), 2, "no variant");
    assert_code(&compared("missing.toml", &[]), 3, "a missing file");
    assert_eq!(snapshot(directory.path()).len(), before + 2, "nothing but the scenarios was written");
    // An option sets it for all.
    let seeds = place(&directory, "seeds.toml");
    assert_code(&compared(&seeds, &["--seed", "5", "--quiet"]), 0, "one seed for both");
}

#[test]
fn a_comparison_speaks_chinese_and_json() {
    let variant = what_if("tighten_month_18");
    let output = compared(&variant, &["--lang", "zh"]);
    assert_code(&output, 0, "Chinese");
    for part in ["全生命周期", "税前利润", "共享随机数"] {
        assert!(text(&output.stdout).contains(part), "{}", text(&output.stdout));
    }
    let output = compared(&variant, &["--json"]);
    let summary: Value = serde_json::from_slice(&output.stdout).expect("stdout is JSON and nothing else");
    assert_eq!(summary["base"], "consumer_credit");
    let stages = summary["variants"][0]["stages"].as_array().expect("stages");
    let life = stages.last().expect("the life");
    assert_eq!(life["stage"], "lifetime");
    for key in ["difference", "std_error", "ci_low", "ci_high", "prob_better"] {
        assert!(life["metrics"]["profit_before_tax"][key].is_string(), "{key}: {life}");
    }
}
