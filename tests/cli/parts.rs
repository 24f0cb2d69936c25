//! `compare --parts`: parts of a change are the changes one by one, and add up to the whole to the fen.

use super::*;

/// Three changes, one of which takes two keys that need one another.
const CHANGE: &str = "
[[policy]]
name = \"tighten\"
from = 3
cutoff_new = 20
[sale]
price = [{ months = 0, share = 0.08 }]
[[policy]]
name = \"sell\"
from = 6
sell = true
[[product]]
name = \"emergency\"
apr = 0.12
";

fn overlay(directory: &TempDir, name: &str, content: &str) -> String {
    let content = format!("extends = {:?}\nname = {name:?}\n{content}", base());
    write(directory, &format!("{name}.toml"), &content)
}

fn compared(variant: &str, more: &[&str]) -> Output {
    let options: Vec<&str> = TINY.split_whitespace().collect();
    call(&[&["compare", &base(), variant], &options[..], more].concat())
}

fn rows(path: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).expect("a table");
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

/// Hundredths of a written amount.
fn fen(text: &str) -> i64 {
    text.replace('.', "").parse().expect("an amount with two places")
}

/// The difference of profit by stage, and its error.
fn profits(out: &str) -> BTreeMap<String, (String, String)> {
    let rows = rows(&format!("{out}/differences.csv"));
    let of_profit = rows.into_iter().filter(|row| row[2] == "profit_before_tax");
    of_profit.map(|row| (row[1].clone(), (row[4].clone(), row[5].clone()))).collect()
}

#[test]
fn parts_add_up_to_the_fen_and_are_the_changes_one_by_one() {
    let directory = tempdir().expect("a directory");
    let out = place(&directory, "compared");
    let all = overlay(&directory, "all", CHANGE);
    assert_code(&compared(&all, &["--parts", "--out", &out]), 0, "a comparison");
    let found = rows(&format!("{out}/parts.csv"));
    let of_life: Vec<&Vec<String>> = found.iter().filter(|row| row[1] == "lifetime").collect();
    let names: Vec<&str> = of_life.iter().map(|row| row[2].as_str()).collect();
    // In the order of the file; the sale and the policy that sells cannot do without one another.
    assert_eq!(names, ["policy.tighten", "sale + policy.sell", "product.emergency.apr"]);
    let whole = profits(&out);
    for (stage, (difference, _)) in &whole {
        for column in [5, 7] {
            let parts = found.iter().filter(|row| row[1] == *stage).map(|row| fen(&row[column]));
            assert_eq!(parts.sum::<i64>(), fen(difference), "{stage}");
        }
    }
    assert!(of_life.iter().all(|row| fen(&row[5]) != 0), "every part does something: {of_life:?}");
    // The first part in order and alone is the comparison with a scenario of that change only; the last part in order is the
    // rest from the one before it.
    let tightened = overlay(&directory, "tightened", &CHANGE[..CHANGE.find("[sale]").expect("a table")]);
    let single = place(&directory, "single");
    assert_code(&compared(&tightened, &["--out", &single]), 0, "a comparison");
    let (difference, error) = &profits(&single)["lifetime"];
    assert_eq!((&of_life[0][5], &of_life[0][6]), (difference, error), "in order");
    assert_eq!((&of_life[0][9], &of_life[0][10]), (difference, error), "alone");
    let repriced = overlay(&directory, "repriced", &CHANGE[CHANGE.find("[[product]]").expect("a table")..]);
    let single = place(&directory, "repriced");
    assert_code(&compared(&repriced, &["--out", &single]), 0, "a comparison");
    assert_eq!(of_life[2][9], profits(&single)["lifetime"].0, "alone");
}

#[test]
fn a_change_of_many_parts_is_told_in_order_only() {
    let directory = tempdir().expect("a directory");
    let policies: Vec<String> = (0..7)
        .map(|at| format!("[[policy]]\nname = \"tighten_{at}\"\nfrom = {at}\ncutoff_new = 3\n"))
        .collect();
    let many = overlay(&directory, "many", &policies.concat());
    let output = compared(&many, &["--parts"]);
    assert_code(&output, 0, "a comparison");
    let shown = text(&output.stdout);
    assert!(shown.contains("policy.tighten_6") && shown.contains("too many for so many parts"), "{shown}");
    assert!(!shown.contains("(Shapley)"), "{shown}");
}

#[test]
fn a_variant_that_changes_nothing_has_no_parts() {
    let directory = tempdir().expect("a directory");
    let same = overlay(&directory, "same", "");
    let out = place(&directory, "compared");
    let output = compared(&same, &["--parts", "--out", &out]);
    assert_code(&output, 0, "a comparison");
    assert!(text(&output.stdout).contains("earn the same in every run"));
    assert!(rows(&format!("{out}/parts.csv")).is_empty());
}

#[test]
fn scenarios_without_a_borrower_in_common_are_not_compared() {
    let directory = tempdir().expect("a directory");
    // Every channel under another name: its people are others.
    let mut other =
        fs::read_to_string(base()).expect("the base").replace("\"consumer_credit\"", "\"stranger\"");
    for channel in ["online_ads", "branch", "partner", "organic"] {
        other = other.replace(&format!("name = \"{channel}\""), &format!("name = \"x_{channel}\""));
    }
    let stranger = write(&directory, "stranger.toml", &other);
    let output = compared(&stranger, &[]);
    assert_code(&output, 2, "nothing in common");
    assert!(text(&output.stderr).contains("nothing to compare run by run"), "{}", text(&output.stderr));
}
