//! Every parameter of a resolved scenario, with the key path that `--set` takes.

use lendcycle::scenario::Scenario;
use serde_json::Value;

use super::schema::{Schema, member, present};

/// One parameter.
#[derive(Clone, Debug)]
pub struct Knob {
    /// Key path; members of arrays of tables by name, of other lists by position.
    pub path: Vec<String>,
    /// Table of the schema.
    pub table: String,
    /// Field of that table.
    pub field: String,
    /// Type of the value in the schema.
    pub of: String,
    /// The value.
    pub value: Value,
}

impl Knob {
    /// The key path as text.
    pub fn key(&self) -> String {
        self.path.join(".")
    }

    /// Table and field.
    pub fn place(&self) -> (&str, &str) {
        (&self.table, &self.field)
    }

    /// The value as text.
    pub fn text(&self) -> String {
        match &self.value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// All parameters of a scenario, in the order of the schema.
pub fn knobs(scenario: &Scenario, schema: &Schema) -> Vec<Knob> {
    let mut found = Vec::new();
    let value = serde_json::to_value(scenario).expect("a scenario serialises");
    let root = Knob {
        path: Vec::new(),
        table: String::new(),
        field: String::new(),
        of: "Scenario".to_owned(),
        value,
    };
    descend(root, schema, &mut found);
    found
}

fn descend(mut at: Knob, schema: &Schema, found: &mut Vec<Knob>) {
    at.of = present(&at.of).to_owned();
    if at.value.is_null() {
        return;
    }
    if let Some(fields) = schema.tables.get(&at.of) {
        let Value::Object(entries) = &at.value else { panic!("{} is not a table", at.key()) };
        assert_eq!(entries.len(), fields.len(), "{} has keys the schema does not have", at.key());
        for (field, of) in fields {
            let mut below = child(&at, field, of, &entries[field]);
            (below.table, below.field) = (at.of.clone(), field.clone());
            descend(below, schema, found);
        }
        return;
    }
    let Some(of) = member(&at.of) else {
        assert!(!at.value.is_array() && !at.value.is_object(), "{} was not understood", at.key());
        found.push(at);
        return;
    };
    match &at.value {
        Value::Array(list) => {
            for (position, item) in list.iter().enumerate() {
                let name = item.get("name").and_then(Value::as_str);
                let part = name.map_or_else(|| position.to_string(), str::to_owned);
                descend(child(&at, &part, of, item), schema, found);
            }
        }
        Value::Object(entries) => {
            for (name, item) in entries {
                descend(child(&at, name, of, item), schema, found);
            }
        }
        _ => panic!("{} is not a list", at.key()),
    }
}

fn child(at: &Knob, part: &str, of: &str, value: &Value) -> Knob {
    let mut path = at.path.clone();
    path.push(part.to_owned());
    Knob { path, table: at.table.clone(), field: at.field.clone(), of: of.to_owned(), value: value.clone() }
}
