//! Overlays that hold from a month on: `from = "2027-07"` or `from = 18` beside `extends`.
//!
//! While files are read, a tree keeps what is laid on it from the first dated overlay on as a list under `later`. Once everything is
//! read the list becomes the whole scenario from each of these months on.

use std::collections::BTreeMap;

use super::node::{Entry, Node, Table, Value};
use super::problem::{Problem, Problems, Span};
use crate::time::CalendarMonth;

/// Key of the list; no file may have it.
pub const LATER: &str = "later";

fn table(entries: impl IntoIterator<Item = (&'static str, Node)>, span: &Span) -> Node {
    let entry = |(key, node): (&str, Node)| (key.to_owned(), Entry { key_span: span.clone(), node });
    Node { value: Value::Table(entries.into_iter().map(entry).collect()), span: span.clone() }
}

/// Lays an overlay on a tree; with `from` for the months from there on only.
pub(super) fn lay(base: &mut Node, over: Node, from: Option<Node>) {
    let Value::Table(below) = &mut base.value else { return };
    let mut changes = match below.remove(LATER).map(|entry| entry.node.value) {
        Some(Value::Array(changes)) => changes,
        _ => Vec::new(),
    };
    if changes.is_empty() && from.is_none() {
        base.overlay(over);
        return;
    }
    let span = over.span.clone();
    if changes.is_empty() {
        changes.push(table([("change", base.clone())], &span));
    }
    match from {
        Some(from) => {
            // What a scenario is called does not change in time.
            if let (Value::Table(over), Value::Table(below)) = (&over.value, &mut base.value) {
                for label in ["name", "description"] {
                    if let Some(entry) = over.get(label) {
                        below.insert(label.to_owned(), entry.clone());
                    }
                }
            }
            changes.push(table([("from", from), ("change", over)], &span));
        }
        None => {
            base.overlay(over.clone());
            changes.push(table([("change", over)], &span));
        }
    }
    insert(base, changes, &span);
}

fn insert(tree: &mut Node, list: Vec<Node>, span: &Span) {
    if let Value::Table(table) = &mut tree.value {
        let node = Node { value: Value::Array(list), span: span.clone() };
        table.insert(LATER.to_owned(), Entry { key_span: span.clone(), node });
    }
}

/// Turns the list of changes into the scenario from each of their months on.
pub(super) fn resolve(tree: &mut Node, problems: &mut Problems) {
    let run =
        |key: &str| tree.get("run").and_then(|run| run.node.get(key)).map(|entry| entry.node.value.clone());
    let start = match run("start") {
        Some(Value::String(text)) => CalendarMonth::parse(&text),
        _ => None,
    };
    let horizon = match run("months") {
        Some(Value::Integer(text)) => text.parse().ok(),
        _ => None,
    };
    let Value::Table(root) = &mut tree.value else { return };
    let Some(list) = root.remove(LATER) else { return };
    let span = list.node.span.clone();
    let Value::Array(changes) = list.node.value else { return };
    let mut dated: Vec<(Option<u32>, Node)> = Vec::new();
    for change in changes {
        let month = match change.get("from") {
            None => None,
            Some(from) => match month(&from.node, start, horizon) {
                Ok(month) => Some(month),
                Err(problem) => {
                    problems.list.push(*problem);
                    continue;
                }
            },
        };
        if let Some(entry) = change.get("change") {
            dated.push((month, entry.node.clone()));
        }
    }
    let mut months: BTreeMap<u32, Span> = BTreeMap::new();
    for (month, change) in &dated {
        if let Some(month) = month {
            months.insert(*month, change.span.clone());
        }
    }
    let state = |at: u32| {
        let mut layers = dated.iter().filter(|(month, _)| month.is_none_or(|month| month <= at));
        let mut state = layers.next().map(|(_, first)| first.clone())?;
        layers.for_each(|(_, change)| state.overlay(change.clone()));
        Some(state)
    };
    let later = months.iter().filter_map(|(month, span)| {
        let number = Node { value: Value::Integer(month.to_string()), span: span.clone() };
        Some(table([("from", number), ("scenario", state(*month)?)], span))
    });
    let later: Vec<Node> = later.collect();
    if !later.is_empty() {
        insert(tree, later, &span);
    }
}

/// Makes a tree another one from a month on.
pub(super) fn change_from(tree: &mut Node, month: u32, later: Node) {
    let span = tree.span.clone();
    let number = Node { value: Value::Integer(month.to_string()), span: span.clone() };
    insert(tree, vec![table([("from", number), ("scenario", later)], &span)], &span);
}

fn month(from: &Node, start: Option<CalendarMonth>, horizon: Option<u32>) -> Result<u32, Box<Problem>> {
    let wrong = |message: String| {
        Box::new(
            Problem::at(&from.span, "from", message)
                .allowed("a month after the first and within the horizon, such as \"2027-07\" or 18"),
        )
    };
    let month = match &from.value {
        Value::Integer(text) => text.parse::<i64>().ok(),
        Value::String(text) => match (CalendarMonth::parse(text), start) {
            (Some(month), Some(start)) => Some(month.since(start)),
            // That `run.start` is no month is told on its own.
            (Some(_), None) => Some(1),
            (None, _) => None,
        },
        _ => None,
    };
    let Some(month) = month else {
        return Err(wrong(format!("{} is not a month", from.value.describe())));
    };
    if month == 0 {
        return Err(Box::new(
            Problem::at(&from.span, "from", "month 0 is the first: everything holds from there on")
                .help("leave `from` out"),
        ));
    }
    let last = horizon.map_or(i64::MAX, |months| i64::from(months) - 1);
    match u32::try_from(month) {
        Ok(number) if month <= last => Ok(number),
        Ok(number) => Err(wrong(format!("month {number} is beyond the horizon, whose last month is {last}"))),
        Err(_) => Err(wrong(format!("{} lies before the first month", from.value.describe()))),
    }
}

/// The tree as it is in each month that changes it, first of all from month 0 on.
pub fn states(tree: &Node) -> Vec<(u32, &Node)> {
    let mut states = vec![(0, tree)];
    if let Some(Value::Array(list)) = tree.get(LATER).map(|entry| &entry.node.value) {
        states.extend(list.iter().filter_map(|later| {
            let month = match &later.get("from")?.node.value {
                Value::Integer(text) => text.parse().ok()?,
                _ => return None,
            };
            Some((month, &later.get("scenario")?.node))
        }));
    }
    states
}

/// All trees of a tree: itself and those of later months.
pub(super) fn trees(tree: &mut Node) -> Vec<&mut Node> {
    let Value::Table(root) = &mut tree.value else { return Vec::new() };
    let later: Vec<&mut Table> = match root.get_mut(LATER).map(|entry| &mut entry.node.value) {
        Some(Value::Array(list)) => list
            .iter_mut()
            .filter_map(|node| match &mut node.value {
                Value::Table(table) => Some(table),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    later.into_iter().filter_map(|table| table.get_mut("scenario").map(|entry| &mut entry.node)).collect()
}
