//! A scenario as a tree that remembers which source and place set each key.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::problem::Span;

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where the value stands.
    pub span: Span,
}

/// A key's place and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub node: Node,
}

/// A table, in the order of its keys.
pub type Table = BTreeMap<String, Entry>;

/// A TOML value; numbers keep their source text, so that decimals are exact.
#[derive(Clone, Debug)]
pub enum Value {
    /// Text.
    String(String),
    /// A whole number, as written without underscores.
    Integer(String),
    /// A number with a fraction or exponent, `inf` or `nan`, as written without underscores.
    Float(String),
    /// `true` or `false`.
    Boolean(bool),
    /// A date or time (no key takes one).
    Datetime(String),
    /// A list.
    Array(Vec<Node>),
    /// A table.
    Table(Table),
}

impl Value {
    /// What the value is, for messages.
    pub fn describe(&self) -> String {
        match self {
            Value::String(text) => format!("the text {text:?}"),
            Value::Integer(text) | Value::Float(text) => format!("the number {text}"),
            Value::Boolean(value) => format!("`{value}`"),
            Value::Datetime(text) => format!("the date or time {text}"),
            Value::Array(list) if list.len() == 1 => "a list of 1 value".to_owned(),
            Value::Array(list) => format!("a list of {} values", list.len()),
            Value::Table(_) => "a table".to_owned(),
        }
    }
}

impl Node {
    /// The entry `name` of a table.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        match &self.value {
            Value::Table(table) => table.get(name),
            _ => None,
        }
    }

    /// The text under `name`, if this is a table that has it: the name of a member of an array of tables.
    pub fn name(&self) -> Option<&str> {
        match self.get("name").map(|entry| &entry.node.value) {
            Some(Value::String(name)) => Some(name),
            _ => None,
        }
    }

    /// Takes over a parsed TOML value of source number `source`.
    pub fn from_toml(source: usize, span: std::ops::Range<usize>, value: &DeValue<'_>) -> Node {
        let value = match value {
            DeValue::String(text) => Value::String(text.to_string()),
            DeValue::Integer(number) => Value::Integer(if number.radix() == 10 {
                number.as_str().replace('_', "")
            } else {
                i128::from_str_radix(&number.as_str().replace('_', ""), number.radix())
                    .map_or_else(|_| number.as_str().to_owned(), |value| value.to_string())
            }),
            DeValue::Float(number) => Value::Float(number.as_str().replace('_', "")),
            DeValue::Boolean(value) => Value::Boolean(*value),
            DeValue::Datetime(value) => Value::Datetime(value.to_string()),
            DeValue::Array(list) => Value::Array(
                list.iter().map(|item| Node::from_toml(source, item.span(), item.get_ref())).collect(),
            ),
            DeValue::Table(table) => Value::Table(table_from_toml(source, table)),
        };
        Node { value, span: Span { source, range: span } }
    }

    /// Lays `over` on this node: tables merge key by key, arrays of tables member by member matched by `name`,
    /// everything else is replaced.
    pub fn overlay(&mut self, over: Node) {
        match (&mut self.value, over.value) {
            (Value::Table(below), Value::Table(above)) => {
                for (key, entry) in above {
                    match below.get_mut(&key) {
                        Some(existing) => {
                            // What is wrong with a table as a whole is shown where it was changed last.
                            existing.key_span = entry.key_span;
                            existing.node.overlay(entry.node);
                        }
                        None => {
                            below.insert(key, entry);
                        }
                    }
                }
            }
            (Value::Array(below), Value::Array(above))
                if named(below) && named(&above) && !below.is_empty() && !above.is_empty() =>
            {
                for member in above {
                    let name = member.name().map(str::to_owned);
                    match below.iter_mut().find(|node| node.name() == name.as_deref()) {
                        Some(existing) => existing.overlay(member),
                        None => below.push(member),
                    }
                }
            }
            (below, above) => {
                *below = above;
                self.span = over.span;
            }
        }
    }
}

fn named(list: &[Node]) -> bool {
    list.iter().all(|node| node.name().is_some())
}

/// Takes over a parsed TOML table.
pub fn table_from_toml(source: usize, table: &DeTable<'_>) -> Table {
    table
        .iter()
        .map(|(key, value)| {
            (
                key.get_ref().to_string(),
                Entry {
                    key_span: Span { source, range: key.span() },
                    node: Node::from_toml(source, value.span(), value.get_ref()),
                },
            )
        })
        .collect()
}
