//! From a tree to typed tables, reporting every problem instead of stopping at the first (which is why this is not
//! `serde::Deserialize`: its derive stops at the first error, and its errors lose the place).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::node::{Node, Table, Value};
use super::problem::{Problem, Span};
use super::schema::Kind;
use crate::rate::{self, Number};
use crate::time::CalendarMonth;

/// Collects problems while decoding, and knows the key path it is at.
#[derive(Debug, Default)]
pub struct Reader {
    path: Vec<Step>,
    /// What was found so far.
    pub problems: Vec<Problem>,
}

/// One step of the key path.
#[derive(Debug)]
struct Step {
    key: String,
    /// The other member of the same list or table whose name is most like this one.
    alike: Option<String>,
}

impl Reader {
    /// The key path, such as `channel.online_ads.budget`.
    pub fn key(&self) -> String {
        let keys: Vec<&str> = self.path.iter().map(|step| step.key.as_str()).collect();
        keys.join(".")
    }

    /// Runs `read` one level down.
    pub fn within<T>(&mut self, key: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        self.within_member(key, None, read)
    }

    /// Runs `read` in a member whose name the user chose; `alike` is the other member it may be meant for.
    fn within_member<T>(&mut self, key: &str, alike: Option<&str>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(Step { key: key.to_owned(), alike: alike.map(str::to_owned) });
        let result = read(self);
        self.path.pop();
        result
    }

    /// Records a wrong value.
    pub fn wrong(&mut self, node: &Node, allowed: &str) {
        self.wrong_with_help(node, allowed, None);
    }

    /// Records a wrong value, and how to mend it where that is known.
    pub fn wrong_with_help(&mut self, node: &Node, allowed: &str, help: Option<String>) {
        let message = format!("{} is not allowed here", node.value.describe());
        let problem = Problem::at(&node.span, self.key(), message).allowed(allowed);
        self.problems.push(Problem { help, ..problem });
    }

    /// Records the keys a table lacks, as one problem.
    pub fn missing(&mut self, span: &Span, names: &[&str]) {
        let (key, message) = match names {
            [] => return,
            [name] => (self.within(name, |reader| reader.key()), "this key is missing".to_owned()),
            _ => (self.key(), format!("the keys {} are missing", names.join(", "))),
        };
        let help = match self.path.last().and_then(|step| step.alike.as_deref()) {
            Some(alike) => {
                format!("did you mean {alike:?}? A new name makes a new table, which needs all keys")
            }
            None if self.path.is_empty() => {
                "add what is missing, or begin with `extends = \"…\"` to change another scenario".to_owned()
            }
            None => format!("add `{} = …` to this table", names.join(" = …`, `")),
        };
        self.problems.push(Problem::at(span, key, message).help(help));
    }
}

/// A type that can be read from a scenario.
pub trait Decode: Sized {
    /// Reads a value; on `None` at least one problem was recorded.
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self>;

    /// The value of an absent key; `None` when the key is required.
    fn absent() -> Option<Self> {
        None
    }

    /// What is allowed, and what keys there are below.
    fn kind() -> Kind;
}

impl<T: Decode> Decode for Option<T> {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        T::decode(node, reader).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn kind() -> Kind {
        T::kind()
    }
}

/// The exact decimal of a TOML number, `None` for `inf`, `nan` and what is too large or fine for 28 digits.
fn decimal(node: &Node) -> Option<Decimal> {
    match &node.value {
        Value::Integer(text) | Value::Float(text) => {
            let text = text.strip_prefix('+').unwrap_or(text);
            if text.contains(['e', 'E']) {
                Decimal::from_scientific(text).ok()
            } else {
                Decimal::from_str_exact(text).ok()
            }
        }
        // Money may be written as text, as some editors cut trailing zeros of numbers.
        Value::String(text) => Decimal::from_str_exact(text).ok(),
        _ => None,
    }
}

fn decode_number<T: Number>(node: &Node, reader: &mut Reader) -> Option<T> {
    // Without trailing zeros 0.10 is 0.1: the same number makes the same scenario however it is written.
    let number = decimal(node).and_then(|number| T::build(number.normalize()));
    if number.is_none() {
        reader.wrong(node, T::ALLOWED);
    }
    number
}

macro_rules! decode_numbers {
    ($($name:ident)*) => {
        $(impl Decode for rate::$name {
            fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
                decode_number(node, reader)
            }

            fn kind() -> Kind {
                Kind::Value(<Self as Number>::ALLOWED.to_owned())
            }
        })*
    };
}
decode_numbers!(Probability AnnualRate AllInRate AnnualSpread Multiplier LogOdds Score ScorePoints Intensity Correlation
    NormalValue MonthlyGrowth ShareMoved Shape Figure Amount UnitCost);

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whole<const MIN: u64, const MAX: u64>(pub u64);

impl<const MIN: u64, const MAX: u64> serde::Serialize for Whole<MIN, MAX> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<const MIN: u64, const MAX: u64> Decode for Whole<MIN, MAX> {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let number = match &node.value {
            Value::Integer(text) => text.parse::<u64>().ok(),
            _ => None,
        };
        let number = number.filter(|number| (MIN..=MAX).contains(number));
        if number.is_none() {
            reader.wrong(node, &Self::kind().allowed());
        }
        number.map(Whole)
    }

    fn kind() -> Kind {
        Kind::Value(if MIN == MAX {
            format!("the whole number {MIN}")
        } else {
            format!("a whole number from {MIN} to {MAX}")
        })
    }
}

impl Decode for bool {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        match node.value {
            Value::Boolean(value) => Some(value),
            _ => {
                reader.wrong(node, "true or false");
                None
            }
        }
    }

    fn kind() -> Kind {
        Kind::Value("true or false".to_owned())
    }
}

impl Decode for String {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            _ => {
                reader.wrong(node, "text in quotation marks, not empty");
                None
            }
        }
    }

    fn kind() -> Kind {
        Kind::Value("text in quotation marks, not empty".to_owned())
    }
}

impl Decode for CalendarMonth {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let month = match &node.value {
            Value::String(text) => CalendarMonth::parse(text),
            _ => None,
        };
        if month.is_none() {
            reader.wrong(node, "a month as text, such as \"2026-01\"");
        }
        month
    }

    fn kind() -> Kind {
        Kind::Value("a month as text, such as \"2026-01\"".to_owned())
    }
}

/// A list with at least one value.
impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Value::Array(list) = &node.value else {
            let help = matches!(node.value, Value::Table(_)).then(|| {
                format!(
                    "write the header as [[{}]] and give the table its `name`, if it has one",
                    reader.key()
                )
            });
            reader.wrong_with_help(node, "a list in square brackets", help);
            return None;
        };
        if list.is_empty() {
            reader.wrong(node, "a list with at least one value");
            return None;
        }
        let names = || list.iter().filter_map(Node::name);
        let decoded: Vec<Option<T>> = list
            .iter()
            .enumerate()
            .map(|(index, item)| match item.name() {
                Some(name) => {
                    let alike = nearest(name, names().filter(|other| *other != name));
                    reader.within_member(name, alike, |reader| T::decode(item, reader))
                }
                None => reader.within(&index.to_string(), |reader| T::decode(item, reader)),
            })
            .collect();
        decoded.into_iter().collect()
    }

    fn kind() -> Kind {
        Kind::List(Box::new(T::kind()))
    }
}

/// A list of exactly `N` values.
impl<T: Decode, const N: usize> Decode for [T; N] {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        if let Value::Array(list) = &node.value
            && list.len() != N
        {
            reader.wrong(node, &format!("a list of exactly {N} values"));
            return None;
        }
        Vec::decode(node, reader)?.try_into().ok()
    }

    fn kind() -> Kind {
        Kind::List(Box::new(T::kind()))
    }
}

/// A table whose keys are names the user chose.
impl<T: Decode> Decode for BTreeMap<String, T> {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Value::Table(table) = &node.value else {
            reader.wrong(node, "a table");
            return None;
        };
        let decoded: Vec<Option<(String, T)>> = table
            .iter()
            .map(|(key, entry)| {
                let alike = nearest(key, table.keys().map(String::as_str).filter(|other| other != key));
                let value = reader.within_member(key, alike, |reader| T::decode(&entry.node, reader));
                value.map(|value| (key.clone(), value))
            })
            .collect();
        decoded.into_iter().collect()
    }

    fn kind() -> Kind {
        Kind::Named(Box::new(T::kind()))
    }
}

/// Reads the field `name` of a table, or takes the value of an absent key; notes it in `missing` when there is none.
pub fn field<T: Decode>(
    table: &Table,
    name: &'static str,
    missing: &mut Vec<&'static str>,
    reader: &mut Reader,
) -> Option<T> {
    match table.get(name) {
        Some(entry) => reader.within(name, |reader| T::decode(&entry.node, reader)),
        None => T::absent().or_else(|| {
            missing.push(name);
            None
        }),
    }
}

/// Records keys a table does not have, with a suggestion for a misspelt one.
pub fn refuse_unknown(table: &Table, known: &[&str], reader: &mut Reader) {
    for (name, entry) in table {
        if known.contains(&name.as_str()) {
            continue;
        }
        let key = reader.within(name, |reader| reader.key());
        let mut problem =
            Problem::at(&entry.key_span, key, format!("unknown key `{name}`")).allowed(known.join(", "));
        if let Some(near) = nearest(name, known.iter().copied()) {
            problem = problem.help(format!("did you mean `{near}`?"));
        }
        reader.problems.push(problem);
    }
}

/// The known name most like `name`, if any is like it.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
