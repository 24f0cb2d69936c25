//! `lendcycle explain` and `lendcycle diff`: where values come from, what they mean, and in what two scenarios differ.

use comfy_table::Table;
use comfy_table::presets::UTF8_BORDERS_ONLY;
use serde::Serialize;

use super::{CommonArguments, DiffArguments, ExplainArguments, Failure, print};
use crate::output::stage_table::Language;
use crate::scenario::decode::{Decode, nearest};
use crate::scenario::leaves::{changing, differing, leaves, place, written};
use crate::scenario::node::Node;
use crate::scenario::schema::{self, Known};
use crate::scenario::{Loaded, Scenario, load_whole};

/// A key that is set.
#[derive(Debug, Serialize)]
pub struct SetKey {
    pub key: String,
    pub value: String,
    /// File and line, or the option that set it.
    pub set_by: String,
}

/// What is known of a key.
#[derive(Debug, Serialize)]
struct Explanation {
    key: String,
    meaning: String,
    allowed: String,
    required: bool,
    values: Vec<SetKey>,
}

fn load(path: &std::path::Path, common: &CommonArguments) -> Result<Loaded, Failure> {
    load_whole(&common.request(path, Vec::new())).map_err(|problems| Failure::Scenario(vec![*problems]))
}

/// All keys of a scenario at or below `path` (all with an empty one).
pub fn keys_below(loaded: &Loaded, path: &str) -> Vec<SetKey> {
    let is_below = |key: &str| {
        path.is_empty() || key == path || key.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
    };
    let set = |key: String, node: Option<&Node>| SetKey {
        key,
        value: node.map_or("–".to_owned(), |node| written(&node.value)),
        set_by: node.map_or(String::new(), |node| place(&loaded.sources, &node.span)),
    };
    let first = leaves(&loaded.tree).into_iter().filter(|(key, _)| is_below(key));
    let first = first.map(|(key, node)| set(key, Some(node)));
    let changing = changing(&loaded.tree).into_iter().filter(|(key, ..)| is_below(key));
    first.chain(changing.map(|(_, shown, node)| set(shown, node))).collect()
}

/// Explains a key.
pub fn explain(arguments: &ExplainArguments, language: Language) -> Result<(), Failure> {
    let loaded = load(&arguments.scenario, &arguments.common)?;
    let key = arguments.key.trim();
    let parts: Vec<&str> = key.split('.').collect();
    let known = schema::find(Scenario::kind(), &parts);
    let values = keys_below(&loaded, key);
    // A name that no member has leads to the schema all the same: it is no key.
    let member_is_there =
        values.iter().any(|set| set.key.starts_with(key)) || is_absent_field(&loaded, &parts);
    let Some(known) = known.filter(|_| member_is_there) else {
        return Err(unknown(&loaded, key));
    };
    if arguments.json {
        let explanation = Explanation {
            key: key.to_owned(),
            meaning: known.meaning,
            allowed: known.kind.allowed(),
            required: known.required,
            values,
        };
        let text = serde_json::to_string_pretty(&explanation).map_err(anyhow::Error::from)?;
        return print(&format!("{text}\n"));
    }
    print(&explained(key, &known, &values, language))
}

/// Whether the path but for its last part is there: then the last part is a key that may be absent.
fn is_absent_field(loaded: &Loaded, parts: &[&str]) -> bool {
    let above = parts[..parts.len() - 1].join(".");
    above.is_empty() || !keys_below(loaded, &above).is_empty()
}

fn explained(key: &str, known: &Known, values: &[SetKey], language: Language) -> String {
    let mut text = format!("{key}\n  {}\n", known.meaning);
    let (allowed, optional) =
        (language.pick("allowed", "允许的取值"), language.pick("may be absent", "可省略"));
    text += &format!(
        "  {allowed}: {}{}\n",
        known.kind.allowed(),
        match known.required {
            true => String::new(),
            false => format!(" ({optional})"),
        }
    );
    match values {
        [] => text += &format!("  {}\n", language.pick("not set here", "此情景未设置")),
        [one] if one.key == key => text += &format!("  = {}   {}\n", one.value, one.set_by),
        several => {
            let mut table = Table::new();
            table.load_style(UTF8_BORDERS_ONLY);
            table.set_header([
                language.pick("key", "键"),
                language.pick("value", "取值"),
                language.pick("set by", "来源"),
            ]);
            for set in several {
                table.add_row([&set.key, &set.value, &set.set_by]);
            }
            text += &format!("{table}\n");
        }
    }
    text
}

fn unknown(loaded: &Loaded, key: &str) -> Failure {
    let all = keys_below(loaded, "");
    let near = nearest(key, all.iter().map(|set| set.key.as_str()));
    let hint = near.map_or_else(
        || "name a key as in --set, such as product.emergency.apr or economy".to_owned(),
        |near| format!("did you mean {near}?"),
    );
    Failure::Usage(format!("there is no key {key} in {}: {hint}", loaded.scenario.name))
}

/// A key in which scenarios differ.
#[derive(Debug, Serialize)]
struct DifferingKey {
    key: String,
    first: Option<SetValue>,
    second: Option<SetValue>,
}

#[derive(Debug, Serialize)]
struct SetValue {
    value: String,
    set_by: String,
}

/// Says in what two scenarios differ, after overlays and `--set`.
pub fn diff(arguments: &DiffArguments, language: Language) -> Result<(), Failure> {
    let (first, second) =
        (load(&arguments.first, &arguments.common)?, load(&arguments.second, &arguments.common)?);
    let found: Vec<DifferingKey> = differing(&first.tree, &second.tree)
        .into_iter()
        .map(|found| {
            let side = |at: usize, loaded: &Loaded| {
                found.values[at].map(|node| SetValue {
                    value: written(&node.value),
                    set_by: place(&loaded.sources, &node.span),
                })
            };
            DifferingKey { first: side(0, &first), second: side(1, &second), key: found.key }
        })
        .collect();
    if arguments.json {
        let text = serde_json::to_string_pretty(&found).map_err(anyhow::Error::from)?;
        return print(&format!("{text}\n"));
    }
    let (a, b) = (&first.scenario.name, &second.scenario.name);
    if found.is_empty() {
        return print(&match language {
            Language::English => format!("{a} and {b} are the same scenario\n"),
            Language::Chinese => format!("{a} 与 {b} 是同一情景\n"),
        });
    }
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY);
    table.set_header([language.pick("key", "键"), a, b, language.pick("set by", "来源")]);
    for found in &found {
        let side = |side: &Option<SetValue>| side.as_ref().map_or("–".to_owned(), |set| set.value.clone());
        let set_by = found.second.as_ref().or(found.first.as_ref()).map_or("", |set| &set.set_by);
        table.add_row([&found.key, &side(&found.first), &side(&found.second), set_by]);
    }
    let count = found.len();
    let noun = if count == 1 { "key differs" } else { "keys differ" };
    print(&format!(
        "{table}\n{}\n",
        match language {
            Language::English => format!("{count} {noun}."),
            Language::Chinese => format!("共 {count} 个键不同。"),
        }
    ))
}
