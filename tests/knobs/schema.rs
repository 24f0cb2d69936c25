//! The schema of scenarios, read from the source of `scenario/tables.rs`.

use std::collections::BTreeMap;
use std::path::Path;

/// Tables with their fields and types, and the words of choices.
pub struct Schema {
    /// By table: fields in the order of the file, with the text of their types.
    pub tables: BTreeMap<String, Vec<(String, String)>>,
    /// By choice: its words.
    pub choices: BTreeMap<String, Vec<String>>,
}

impl Schema {
    /// Reads `table!` and `choice!` blocks line by line: `pub struct Name {`, `field: Type,`, `Case = "word",`.
    pub fn read() -> Schema {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scenario/tables.rs");
        let text = std::fs::read_to_string(path).expect("the schema is there");
        let mut schema = Schema { tables: BTreeMap::new(), choices: BTreeMap::new() };
        let (mut table, mut choice) = (None, None);
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
            if let Some(name) = declared(line, "pub struct ") {
                table = Some(schema.tables.entry(name).or_default());
                choice = None;
            } else if let Some(name) = declared(line, "pub enum ") {
                choice = Some(schema.choices.entry(name).or_default());
                table = None;
            } else if line == "}" {
                (table, choice) = (None, None);
            } else if let Some(fields) = &mut table {
                let (field, of) = line.split_once(": ").unwrap_or_else(|| panic!("not a field: {line}"));
                fields.push((field.to_owned(), of.trim_end_matches(',').to_owned()));
            } else if let Some(words) = &mut choice {
                let word = line.split('"').nth(1).unwrap_or_else(|| panic!("not a choice: {line}"));
                words.push(word.to_owned());
            }
        }
        assert!(schema.tables.contains_key("Scenario"), "the schema was not understood");
        schema
    }
}

fn declared(line: &str, keyword: &str) -> Option<String> {
    Some(line.strip_prefix(keyword)?.trim_end_matches('{').trim().to_owned())
}

/// What a type holds several of, in a list or under chosen names; `None` when it holds one.
pub fn member(of: &str) -> Option<&str> {
    if let Some(inside) = of.strip_prefix("Vec<") {
        return inside.strip_suffix('>');
    }
    if let Some(inside) = of.strip_prefix("BTreeMap<String, ") {
        return inside.strip_suffix('>');
    }
    of.strip_prefix('[').and_then(|inside| inside.split_once(';')).map(|(member, _)| member)
}

/// The type of a key that may be absent.
pub fn present(of: &str) -> &str {
    of.strip_prefix("Option<").and_then(|inside| inside.strip_suffix('>')).unwrap_or(of)
}
