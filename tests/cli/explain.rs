//! `lendcycle diff`, `lendcycle explain` and `check --resolved`: what is set, where, and what it means.

use super::*;

const NAMES: [&str; 2] = ["first", "second"];

/// Files `second.toml` on `first.toml` on the base.
fn overlays(directory: &TempDir) -> [String; 2] {
    let first = format!("extends = {:?}\nname = \"first\"\n[servicing]\nfixed_cost = 1_000_000\n", base());
    let second = "extends = \"first.toml\"\nname = \"second\"\n[servicing]\nfixed_cost = 1000000.00\n\
                  [[product]]\nname = \"emergency\"\napr = 0.12\n[[policy]]\nname = \"tighten\"\nfrom = 6\ncutoff_new = 10\n";
    [write(directory, "first.toml", &first), write(directory, "second.toml", second)]
}

#[test]
fn scenarios_differ_in_the_keys_whose_values_differ_and_in_no_other() {
    let directory = tempdir().expect("a directory");
    let [first, second] = overlays(&directory);
    let output = call(&["diff", &first, &second, "--json"]);
    assert_code(&output, 0, "a difference");
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let keys: Vec<&str> = found.as_array().expect("a list").iter().map(|row| text_of(row, "key")).collect();
    // A million is a million however it is written, and a name is no difference.
    assert_eq!(
        keys,
        ["policy.tighten.cutoff_new", "policy.tighten.from", "policy.tighten.name", "product.emergency.apr"]
    );
    assert_eq!(found[0]["first"], Value::Null);
    assert_eq!(found[3]["second"]["value"], "0.12");
    assert_eq!(found[3]["second"]["set_by"], format!("{second}:7"));
    let set_in_base = text_of(&found[3]["first"], "set_by");
    assert!(set_in_base.starts_with(&base()), "{set_in_base}");
    let shown = text(&call(&["diff", &first, &second]).stdout);
    assert!(
        shown.contains("4 keys differ") && shown.contains(NAMES[0]) && shown.contains(NAMES[1]),
        "{shown}"
    );
}

fn text_of<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_else(|| panic!("{key} of {row}"))
}

#[test]
fn a_scenario_does_not_differ_from_itself() {
    let directory = tempdir().expect("a directory");
    let renamed = write(&directory, "renamed.toml", &format!("extends = {:?}\nname = \"renamed\"\n", base()));
    for (language, expected) in [("en", "the same scenario"), ("zh", "同一情景")] {
        let output = call(&["diff", &base(), &renamed, "--lang", language]);
        assert_code(&output, 0, "no difference");
        assert!(text(&output.stdout).contains(expected), "{}", text(&output.stdout));
    }
    assert_eq!(text(&call(&["diff", &base(), &renamed, "--json"]).stdout), "[]\n");
}

#[test]
fn a_key_is_explained_with_what_it_is_and_what_set_it() {
    let directory = tempdir().expect("a directory");
    let [first, _] = overlays(&directory);
    let of = |more: &[&str]| -> Value {
        let output = call(&[&["explain", &first][..], more, &["--json"]].concat());
        assert_code(&output, 0, "an explanation");
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    let cost = of(&["servicing.fixed_cost"]);
    assert_eq!(cost["values"][0]["value"], "1000000");
    assert_eq!(cost["values"][0]["set_by"], format!("{first}:4"));
    assert_eq!(cost["required"], true);
    assert!(text_of(&cost, "allowed").contains("an amount from 0"), "{cost}");
    let option = of(&["servicing.fixed_cost", "--set", "servicing.fixed_cost=5"]);
    assert_eq!(option["values"][0]["set_by"], "--set");
    // A table is all keys below it; an optional key that is not there is explained all the same.
    let table = of(&["economy"]);
    assert!(table["values"].as_array().expect("a list").len() > 5, "{table}");
    let absent = of(&["product.emergency.line"]);
    assert_eq!(
        (&absent["required"], absent["values"].as_array().map(Vec::len)),
        (&Value::Bool(false), Some(0))
    );
    assert!(!text_of(&absent, "meaning").is_empty());
}

#[test]
fn an_unknown_key_is_wrong_usage_and_the_nearest_is_named() {
    for (key, near) in [
        ("product.emergency.aprs", "did you mean product.emergency.apr?"),
        ("product.nobody.apr", "there is no key product.nobody.apr"),
        ("", "name a key as in --set"),
    ] {
        let output = call(&["explain", &base(), key]);
        assert_code(&output, 2, key);
        assert!(text(&output.stderr).contains(near), "{key:?}: {}", text(&output.stderr));
    }
}

#[test]
fn resolved_scenarios_name_every_key_once_and_its_place() {
    let directory = tempdir().expect("a directory");
    let [_, second] = overlays(&directory);
    let output = call(&["check", "--resolved", &second]);
    assert_code(&output, 0, "a resolved scenario");
    let shown = text(&output.stdout);
    let keys: Vec<&str> = shown.lines().map(|line| line.split(" = ").next().expect("a key")).collect();
    assert!(keys.len() > 200 && keys.windows(2).all(|pair| pair[0] < pair[1]), "keys in order, once");
    let apr = format!("product.emergency.apr = 0.12  # {second}:7");
    assert!(shown.lines().any(|line| line == apr), "{apr}");
}
