//! Other values for a parameter. Which of them are valid, the scenario reader decides.

use rust_decimal::Decimal;

use super::schema::Schema;
use super::walk::Knob;

/// Settings `key.path=value` that together turn one parameter and keep what must add up.
pub type Turn = Vec<String>;

/// Lists and maps whose values have a fixed sum: one more here, one less at the next member.
const SUMS: &[(&str, &str)] = &[
    ("Economy", "demand_season"),
    ("Economy", "delinquency_season"),
    ("Segment", "products"),
    ("Audience", "budget_share"),
    ("Tenor", "share"),
    ("Delinquency", "m0"),
    ("Delinquency", "m1"),
    ("Delinquency", "m2"),
    ("Delinquency", "m3"),
    ("Delinquency", "m4"),
    ("Delinquency", "m5"),
    ("Delinquency", "m6"),
];

/// Values to try, likely ones first. `all` are the parameters of the same scenario.
pub fn turns(knob: &Knob, all: &[Knob], schema: &Schema) -> Vec<Turn> {
    if SUMS.contains(&knob.place()) {
        return shared(knob, all);
    }
    match knob.of.as_str() {
        "bool" => vec![vec![set(knob, if knob.text() == "true" { "false" } else { "true" })]],
        "CalendarMonth" => quoted(knob, &["2026-02".to_owned(), "2026-08".to_owned()]),
        "String" => quoted(knob, &names(knob, all)),
        of if schema.choices.contains_key(of) => quoted(knob, &schema.choices[of]),
        of if of.starts_with("Whole<") || of == "MonthIndex" => whole(knob, all),
        _ => number(knob),
    }
}

/// The setting of a parameter to its own value.
pub fn same(knob: &Knob, schema: &Schema) -> String {
    let quoted =
        matches!(knob.of.as_str(), "String" | "CalendarMonth") || schema.choices.contains_key(&knob.of);
    set(knob, &if quoted { format!("\"{}\"", knob.text()) } else { knob.text() })
}

fn set(knob: &Knob, value: &str) -> String {
    format!("{}={value}", knob.key())
}

fn quoted(knob: &Knob, words: &[String]) -> Vec<Turn> {
    let text = knob.text();
    words.iter().filter(|word| **word != text).map(|word| vec![set(knob, &format!("\"{word}\""))]).collect()
}

/// A reference to a segment or a channel may name another one.
fn names(knob: &Knob, all: &[Knob]) -> Vec<String> {
    let table = match knob.place() {
        ("PlannedLoans" | "OpeningLoans" | "When", "segment") | ("Policy" | "Promotion", "segments") => {
            "Segment"
        }
        ("PlannedLoans" | "OpeningLoans" | "When", "channel")
        | ("Policy" | "Promotion", "channels")
        | ("Policy", "launch") => "Channel",
        ("OpeningLoans", "product") | ("Policy" | "Promotion", "products") => "Product",
        ("Policy", "tiers") => "Tier",
        ("Segment", "region") | ("Policy", "regions") => "Region",
        _ => return Vec::new(),
    };
    all.iter().filter(|other| other.place() == (table, "name")).map(Knob::text).collect()
}

fn decimal(knob: &Knob) -> Decimal {
    knob.text().parse().unwrap_or_else(|_| panic!("{} = {} is not a number", knob.key(), knob.text()))
}

fn number(knob: &Knob) -> Vec<Turn> {
    let value = decimal(knob);
    let places = if knob.of == "Amount" { 2 } else { 6 };
    let by = |factor: &str| value * factor.parse::<Decimal>().expect("a factor");
    let plus = |step: &str| value + step.parse::<Decimal>().expect("a step");
    let tried = [
        by("1.3"),
        by("0.7"),
        plus("0.1"),
        plus("-0.1"),
        by("2"),
        by("0.5"),
        plus("1"),
        plus("-1"),
        plus("0.01"),
        plus("-0.01"),
        plus("10"),
        plus("-10"),
        by("0.1"),
    ];
    let mut tried: Vec<Decimal> = tried.iter().map(|value| value.round_dp(places)).collect();
    tried.retain(|other| *other != value);
    tried.iter().map(|value| vec![set(knob, &value.to_string())]).collect()
}

fn whole(knob: &Knob, all: &[Knob]) -> Vec<Turn> {
    let value: i64 = knob.text().parse().expect("a whole number");
    let mut tried = vec![value * 2, value / 2];
    for step in [1, 3, 10, 30] {
        tried.extend([value + step, value - step]);
    }
    tried.retain(|other| *other != value && *other >= 0);
    tried
        .iter()
        .map(|other| {
            let mut turn = vec![set(knob, &other.to_string())];
            turn.extend(neighbour(knob, all).map(|(place, offset)| format!("{place}={}", other + offset)));
            turn
        })
        .collect()
}

/// Collections tiers follow one another without gap: the end of one moves with the start of the next. Returns the key of
/// the other, and how far its day lies from this one's.
fn neighbour(knob: &Knob, all: &[Knob]) -> Option<(String, i64)> {
    let (table, field) = knob.place();
    if !["Tier", "DayTier"].contains(&table) {
        return None;
    }
    let tiers: Vec<&str> = all
        .iter()
        .filter(|other| other.place() == (table, "days_from"))
        .map(|start| start.path[2].as_str())
        .collect();
    let at = tiers.iter().position(|tier| *tier == knob.path[2])?;
    let (other, ends, offset) = match field {
        "days_from" => (tiers[at.checked_sub(1)?], "days_to", -1),
        "days_to" => (*tiers.get(at + 1)?, "days_from", 1),
        _ => return None,
    };
    Some((format!("collections.{}.{other}.{ends}", knob.path[1]), offset))
}

/// One more here, one less at the next member of the same list or map; nothing to try when there is no other.
fn shared(knob: &Knob, all: &[Knob]) -> Vec<Turn> {
    // The part of the path that tells members apart: the last one, or the last but one where members are tables.
    let part = knob.path.len() - if knob.path.last() == Some(&knob.field) { 2 } else { 1 };
    let same_list = |other: &&Knob| {
        other.place() == knob.place()
            && other.path.len() == knob.path.len()
            && (0..knob.path.len()).all(|at| at == part || other.path[at] == knob.path[at])
    };
    let members: Vec<&Knob> = all.iter().filter(same_list).collect();
    let at = members.iter().position(|other| other.path == knob.path).expect("a member of its own list");
    let next = members[(at + 1) % members.len()];
    if members.len() == 1 {
        return Vec::new();
    }
    let (here, there) = (decimal(knob), decimal(next));
    let share = |text: &str| here * text.parse::<Decimal>().expect("a share");
    let step = |text: &str| text.parse::<Decimal>().expect("a step");
    [share("0.3"), share("-0.3"), step("0.1"), step("-0.1"), step("0.02"), step("-0.02")]
        .iter()
        .filter(|more| !more.is_zero())
        .map(|more| vec![set(knob, &(here + more).to_string()), set(next, &(there - more).to_string())])
        .collect()
}
