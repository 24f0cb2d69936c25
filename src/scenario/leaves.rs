//! A scenario key by key: what is set, where, and in what two scenarios differ.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::dated::{LATER, states};
use super::node::{Node, Value};
use super::problem::{Sources, Span};

/// Keys with their values, by path; members of lists of tables by their names.
pub type Leaves<'a> = BTreeMap<String, &'a Node>;

/// All keys below a node. A list of anything but named tables is one value.
pub fn leaves(node: &Node) -> Leaves<'_> {
    let mut found = Leaves::new();
    collect(node, String::new(), &mut found);
    // Later months are looked at one by one.
    found.remove(LATER);
    found
}

fn collect<'a>(node: &'a Node, path: String, found: &mut Leaves<'a>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match &node.value {
        Value::Table(table) => {
            for (key, entry) in table {
                collect(&entry.node, below(key), found);
            }
        }
        Value::Array(list) if !list.is_empty() && list.iter().all(|member| member.name().is_some()) => {
            for member in list {
                collect(member, below(member.name().unwrap_or_default()), found);
            }
        }
        _ => {
            found.insert(path, node);
        }
    }
}

/// Whether two values mean the same: numbers by what they are, not by how they are written.
pub fn same(a: &Value, b: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Integer(text) | Value::Float(text) => {
            Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
        }
        _ => None,
    };
    match (a, b) {
        (Value::String(a), Value::String(b)) | (Value::Datetime(a), Value::Datetime(b)) => a == b,
        (Value::Boolean(a), Value::Boolean(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(&a.value, &b.value))
        }
        (Value::Table(a), Value::Table(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|((key, a), (other, b))| key == other && same(&a.node.value, &b.node.value))
        }
        _ => number(a).zip(number(b)).is_some_and(|(a, b)| a == b),
    }
}

/// A value as one would write it in a file, on one line.
pub fn written(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Integer(text) | Value::Float(text) | Value::Datetime(text) => text.clone(),
        Value::Boolean(value) => value.to_string(),
        Value::Array(list) => {
            let members: Vec<String> = list.iter().map(|member| written(&member.value)).collect();
            format!("[{}]", members.join(", "))
        }
        Value::Table(table) => {
            let entries: Vec<String> =
                table.iter().map(|(key, entry)| format!("{key} = {}", written(&entry.node.value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// File and line of a place, or the option that set it.
pub fn place(sources: &Sources, span: &Span) -> String {
    let name = sources.name(span.source);
    if name.starts_with("--") {
        return name.to_owned();
    }
    format!("{name}:{}", sources.line_column(span).0)
}

/// A key in which two scenarios differ; a side is `None` where it is not set.
pub struct Differing<'a> {
    /// Its path.
    pub key: String,
    /// Its value in the first and second.
    pub values: [Option<&'a Node>; 2],
}

/// Keys in which two trees differ, by path: in month 0, then what differs in later months and did not before. Names and descriptions of
/// scenarios do not count.
pub fn differing<'a>(first: &'a Node, second: &'a Node) -> Vec<Differing<'a>> {
    let sides = [first, second].map(states);
    let months: BTreeSet<u32> = sides.iter().flatten().map(|(month, _)| *month).collect();
    let mut found: Vec<Differing> = Vec::new();
    let mut before: Vec<(String, [Option<String>; 2])> = Vec::new();
    for month in months {
        let at = |states: &[(u32, &'a Node)]| {
            states.iter().rev().find(|(from, _)| *from <= month).map_or(first, |(_, node)| *node)
        };
        let [first, second] = [at(&sides[0]), at(&sides[1])];
        let mut now = Vec::new();
        for mut differing in differing_now(first, second) {
            let values = differing.values.map(|node| node.map(|node| written(&node.value)));
            let is_new = !before.contains(&(differing.key.clone(), values.clone()));
            now.push((differing.key.clone(), values));
            if is_new {
                if month > 0 {
                    differing.key = from_month(&differing.key, month);
                }
                found.push(differing);
            }
        }
        before = now;
    }
    found
}

/// A key from a month on, as it is shown.
fn from_month(key: &str, month: u32) -> String {
    format!("{key} (from month {month})")
}

/// Keys that change in later months: as they are, as they are shown, and their values from there on; `None` where they are gone.
pub fn changing(tree: &Node) -> Vec<(String, String, Option<&Node>)> {
    let states = states(tree);
    let mut changed = Vec::new();
    for pair in states.windows(2) {
        for found in differing_now(pair[0].1, pair[1].1) {
            changed.push((found.key.clone(), from_month(&found.key, pair[1].0), found.values[1]));
        }
    }
    changed
}

/// Keys in which two trees differ in their first months.
pub(super) fn differing_now<'a>(first: &'a Node, second: &'a Node) -> Vec<Differing<'a>> {
    let (a, b) = (leaves(first), leaves(second));
    let mut keys: Vec<&String> = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))).collect();
    keys.sort();
    let is_label = |key: &str| matches!(key, "name" | "description");
    keys.into_iter()
        .filter(|key| !is_label(key))
        .map(|key| Differing { key: key.clone(), values: [a.get(key).copied(), b.get(key).copied()] })
        .filter(|found| match found.values {
            [Some(a), Some(b)] => !same(&a.value, &b.value),
            _ => true,
        })
        .collect()
}
