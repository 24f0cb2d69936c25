//! The parts of a change: what a variant changes in a base, split so that each part can be made without the others.

use std::collections::BTreeSet;

use super::leaves::same;
use super::node::{Entry, Node, Value};

/// How finely a change is split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// By key; a table or member that only one side has is one part.
    Keys,
    /// By table of a list, such as `policy.tighten`, and by key of any other table.
    Members,
    /// By table at the top.
    Tables,
}

/// Labels of a scenario: no part of a change.
fn is_label(path: &str) -> bool {
    matches!(path, "name" | "name_zh" | "description")
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Both sides of a place in two trees.
type Sides<'a> = [Option<&'a Node>; 2];

/// Members of both lists by name: those of the first in its order, then those that only the second has.
fn members<'a>(first: &'a [Node], second: &'a [Node]) -> Vec<(&'a str, Sides<'a>)> {
    let find = |list: &'a [Node], name: &str| list.iter().find(|node| node.name() == Some(name));
    let names = first.iter().chain(second).filter_map(Node::name);
    let mut seen = BTreeSet::new();
    names
        .filter(|name| seen.insert(*name))
        .map(|name| (name, [find(first, name), find(second, name)]))
        .collect()
}

fn are_named(list: &[Node]) -> bool {
    !list.is_empty() && list.iter().all(|node| node.name().is_some())
}

/// A place in which the second tree differs from the first.
pub struct Difference<'a> {
    /// Its path.
    pub path: String,
    /// What stands there in both; a table or member that one side has not is one place.
    pub sides: [Option<&'a Node>; 2],
}

/// Places in which the second tree differs from the first. Labels do not count.
pub fn differences<'a>(first: &'a Node, second: &'a Node) -> Vec<Difference<'a>> {
    let mut found = Vec::new();
    collect(String::new(), [Some(first), Some(second)], &mut found);
    found
}

fn collect<'a>(path: String, sides: Sides<'a>, found: &mut Vec<Difference<'a>>) {
    let [Some(first), Some(second)] = sides else {
        found.push(Difference { path, sides });
        return;
    };
    match (&first.value, &second.value) {
        (Value::Table(a), Value::Table(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let path = below(&path, key);
                if !is_label(&path) {
                    collect(path, [a, b].map(|table| table.get(key).map(|entry| &entry.node)), found);
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if are_named(a) && are_named(b) => {
            for (name, sides) in members(a, b) {
                collect(below(&path, name), sides, found);
            }
        }
        (a, b) if same(a, b) => {}
        _ => found.push(Difference { path, sides }),
    }
}

/// The parts in which the second tree differs from the first, as paths; in the order in which the second's files say them.
pub fn parts(first: &Node, second: &Node, split: Split) -> Vec<String> {
    let mut found = differences(first, second);
    // An overlay is read before what it lies on: what lies deepest is said first, what only the base has comes last.
    found.sort_by_key(|found| match found.sides[1] {
        Some(node) => (usize::MAX - node.span.source, node.span.range.start),
        None => (usize::MAX, 0),
    });
    let mut paths: Vec<String> = Vec::new();
    for Difference { path, .. } in found {
        let depth = match split {
            Split::Keys => usize::MAX,
            Split::Members => 2,
            Split::Tables => 1,
        };
        let part = path.split('.').take(depth).collect::<Vec<_>>().join(".");
        if !paths.contains(&part) {
            paths.push(part);
        }
    }
    paths
}

/// The first tree with what stands at or below some paths as the second has it.
pub fn merged(first: &Node, second: &Node, paths: &[String]) -> Node {
    Change { paths }.merge("", [Some(first), Some(second)]).unwrap_or_else(|| first.clone())
}

/// Paths that are as the second tree has them.
struct Change<'a> {
    paths: &'a [String],
}

impl Change<'_> {
    fn takes_second(&self, path: &str) -> bool {
        let is_in = |part: &String| {
            path.strip_prefix(part.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.paths.iter().any(is_in)
    }

    fn merge(&self, path: &str, sides: Sides) -> Option<Node> {
        let [Some(first), Some(second)] = sides else {
            return sides[usize::from(self.takes_second(path))].cloned();
        };
        let value = match (&first.value, &second.value) {
            (Value::Table(a), Value::Table(b)) => {
                let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
                let entries = keys.into_iter().filter_map(|key| {
                    let entry = a.get(key).or(b.get(key))?;
                    let sides = [a.get(key), b.get(key)].map(|entry| entry.map(|entry| &entry.node));
                    let node = self.merge(&below(path, key), sides)?;
                    Some((key.clone(), Entry { key_span: entry.key_span.clone(), node }))
                });
                Value::Table(entries.collect())
            }
            (Value::Array(a), Value::Array(b)) if are_named(a) && are_named(b) => {
                let members = members(a, b);
                let merged =
                    members.iter().filter_map(|(name, sides)| self.merge(&below(path, name), *sides));
                Value::Array(merged.collect())
            }
            _ => return sides[usize::from(self.takes_second(path))].cloned(),
        };
        Some(Node { value, span: first.span.clone() })
    }
}
