//! Changes of single keys from outside the files: `key.path=value`.

use toml::de::DeValue;

use super::decode::nearest;
use super::node::{Entry, Node, Value};
use super::problem::{Problem, Problems, Span};

/// One change of a key.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Name of the option it came from.
    pub what: &'static str,
    /// `key.path=value`.
    pub text: String,
}

/// Changes a key of a tree.
pub(super) fn apply_setting(tree: &mut Node, setting: &Setting, problems: &mut Problems) {
    let source = problems.sources.add(setting.what.to_owned(), setting.text.clone());
    let whole = Span { source, range: 0..setting.text.len() };
    let split = setting.text.split_once('=');
    let Some((key, value)) = split.filter(|(key, _)| key.split('.').all(|part| !part.trim().is_empty()))
    else {
        problems.list.push(
            Problem::at(&whole, "", "this is not of the form key.path=value")
                .help("write it like run.runs=100 or product.emergency.apr=0.12"),
        );
        return;
    };
    let value_start = key.len() + 1;
    let node = match DeValue::parse(value.trim()) {
        Ok(parsed) => {
            let lead = value.len() - value.trim_start().len();
            let mut node = Node::from_toml(source, parsed.span(), parsed.get_ref());
            shift(&mut node, value_start + lead);
            node
        }
        Err(error) => {
            problems.list.push(
                Problem::at(
                    &Span { source, range: value_start..setting.text.len() },
                    key.trim(),
                    format!("this is not a TOML value: {}", error.message()),
                )
                .help("text needs quotation marks: key.path='\"text\"'"),
            );
            return;
        }
    };
    let key_span = Span { source, range: 0..key.len() };
    let parts: Vec<&str> = key.trim().split('.').map(str::trim).collect();
    place(tree, &parts, &key_span, node, problems);
}

/// Puts `value` at the place `parts` names; a member of an array of tables is named by its `name`.
fn place(mut at: &mut Node, parts: &[&str], key_span: &Span, value: Node, problems: &mut Problems) {
    for (depth, part) in parts.iter().enumerate() {
        let last = depth + 1 == parts.len();
        let place = match &mut at.value {
            Value::Table(table) => {
                if last {
                    // A table given whole is laid over the one that is there, as in a file.
                    let entry = Entry { key_span: key_span.clone(), node: value };
                    match table.get_mut(*part) {
                        Some(existing) => {
                            existing.key_span = entry.key_span;
                            existing.node.overlay(entry.node);
                        }
                        None => {
                            table.insert((*part).to_owned(), entry);
                        }
                    }
                    return;
                }
                let known: Vec<String> = table.keys().cloned().collect();
                table
                    .get_mut(*part)
                    .map(|entry| {
                        // What is wrong with a table as a whole is shown where it was changed last.
                        entry.key_span = key_span.clone();
                        &mut entry.node
                    })
                    .ok_or(known)
            }
            Value::Array(list) => {
                let known: Vec<String> =
                    list.iter().filter_map(|node| node.name().map(str::to_owned)).collect();
                let index = list
                    .iter()
                    .position(|node| node.name() == Some(part))
                    .or_else(|| part.parse().ok().filter(|index| *index < list.len()));
                match index {
                    Some(index) => Ok(&mut list[index]),
                    None => Err(known),
                }
            }
            _ => Err(Vec::new()),
        };
        match place {
            Ok(next) => {
                if last {
                    next.overlay(value);
                    return;
                }
                at = next;
            }
            Err(known) => {
                let mut problem = Problem::at(
                    key_span,
                    parts.join("."),
                    format!("there is no `{}`", parts[..=depth].join(".")),
                );
                if !known.is_empty() {
                    problem = problem.allowed(known.join(", "));
                }
                if let Some(near) = nearest(part, known.iter().map(String::as_str)) {
                    problem = problem.help(format!("did you mean `{near}`?"));
                }
                problems.list.push(problem);
                return;
            }
        }
    }
}

fn shift(node: &mut Node, by: usize) {
    node.span.range = node.span.range.start + by..node.span.range.end + by;
    match &mut node.value {
        Value::Array(list) => list.iter_mut().for_each(|item| shift(item, by)),
        Value::Table(table) => table.values_mut().for_each(|entry| {
            entry.key_span.range = entry.key_span.range.start + by..entry.key_span.range.end + by;
            shift(&mut entry.node, by);
        }),
        _ => {}
    }
}
