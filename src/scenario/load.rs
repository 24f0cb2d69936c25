//! From files to one tree: TOML, `extends` overlays, `--set` options.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use toml::de::DeTable;

use super::Scenario;
use super::dated::{LATER, change_from, lay, resolve, trees};
use super::decode::{Decode, Reader};
use super::node::{Node, Value, table_from_toml};
use super::problem::{Problem, Problems, Sources, Span};
use super::settings::{Setting, apply_setting};
use super::without::leave_out;
use super::{validate, validate_dated};

/// A scenario file to read, with the changes made on the command line.
#[derive(Clone, Debug)]
pub struct Request {
    /// The scenario file.
    pub path: PathBuf,
    /// Options `key.path=value`, applied in order; `what` names the option they came from (such as `--set`).
    pub settings: Vec<Setting>,
}

/// Reads, merges, decodes and validates a scenario.
///
/// # Errors
/// Every problem found, sorted by place.
pub fn load(request: &Request) -> Result<Scenario, Box<Problems>> {
    load_whole(request).map(|loaded| loaded.scenario)
}

/// A scenario with the tree it was decoded from.
#[derive(Debug)]
pub struct Loaded {
    /// The scenario.
    pub scenario: Scenario,
    /// All keys that are set, and where.
    pub tree: Node,
    /// The texts they stand in.
    pub sources: Sources,
}

/// Reads, merges, decodes and validates a scenario, and keeps where its keys come from.
///
/// # Errors
/// Every problem found, sorted by place.
pub fn load_whole(request: &Request) -> Result<Loaded, Box<Problems>> {
    let mut problems = Problems::default();
    let mut tree = read_file(&request.path, None, &mut Vec::new(), &mut problems);
    if let Some(tree) = &mut tree {
        for setting in &request.settings {
            apply_setting(tree, setting, &mut problems);
        }
        resolve(tree, &mut problems);
        set_later(tree, &request.settings, &mut problems);
    }
    finish(tree, problems)
}

/// Changes keys of later months too. Problems were told of the first month.
fn set_later(tree: &mut Node, settings: &[Setting], problems: &mut Problems) {
    let told = problems.list.len();
    for tree in trees(tree) {
        for setting in settings {
            apply_setting(tree, setting, problems);
        }
    }
    problems.list.truncate(told);
}

impl Loaded {
    /// The scenario with more keys changed.
    ///
    /// # Errors
    /// Every problem found, sorted by place.
    pub fn with(&self, settings: &[Setting]) -> Result<Loaded, Box<Problems>> {
        let mut problems = Problems { sources: self.sources.clone(), list: Vec::new() };
        let mut tree = self.tree.clone();
        for setting in settings {
            apply_setting(&mut tree, setting, &mut problems);
        }
        set_later(&mut tree, settings, &mut problems);
        finish(Some(tree), problems)
    }

    /// The scenario with keys changed from a month on, if it does not change in time already.
    ///
    /// # Errors
    /// Every problem found, sorted by place.
    pub fn changed_from(&self, month: u32, settings: &[Setting]) -> Result<Loaded, Box<Problems>> {
        let mut problems = Problems { sources: self.sources.clone(), list: Vec::new() };
        let (mut tree, mut later) = (self.tree.clone(), self.tree.clone());
        for setting in settings {
            apply_setting(&mut later, setting, &mut problems);
        }
        change_from(&mut tree, month, later);
        finish(Some(tree), problems)
    }

    /// The scenario of another tree, whose places are in the same texts.
    ///
    /// # Errors
    /// Every problem found, sorted by place.
    pub fn of_tree(tree: Node, sources: Sources) -> Result<Loaded, Box<Problems>> {
        finish(Some(tree), Problems { sources, list: Vec::new() })
    }
}

fn finish(tree: Option<Node>, mut problems: Problems) -> Result<Loaded, Box<Problems>> {
    let scenario = tree.as_ref().and_then(|tree| decode(tree, &mut problems));
    problems.sort();
    match scenario.zip(tree) {
        Some((scenario, tree)) if problems.list.is_empty() => {
            Ok(Loaded { scenario, tree, sources: problems.sources })
        }
        _ => {
            debug_assert!(!problems.list.is_empty(), "a failed load names its problems");
            Err(Box::new(problems))
        }
    }
}

fn decode(tree: &Node, problems: &mut Problems) -> Option<Scenario> {
    let mut reader = Reader::default();
    let scenario = Scenario::decode(tree, &mut reader);
    problems.list.append(&mut reader.problems);
    if let Some(scenario) = &scenario {
        validate::validate(scenario, tree, &mut problems.list);
        validate_dated::later(scenario, tree, &mut problems.list);
    }
    // What is wrong in all months is told once, and of its own place.
    for problem in &mut problems.list {
        if let Some((_, key)) =
            problem.key.strip_prefix("later.").and_then(|key| key.split_once(".scenario."))
        {
            problem.key = key.to_owned();
        }
    }
    let mut told = BTreeSet::new();
    let place = |problem: &Problem| problem.span.as_ref().map(|span| (span.source, span.range.start));
    problems
        .list
        .retain(|problem| told.insert((place(problem), problem.key.clone(), problem.message.clone())));
    scenario
}

/// A path without its detours (`a/../b`), where that leads to the same file.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir if matches!(plain.components().next_back(), Some(Component::Normal(_))) => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    let is_same = path.canonicalize().ok().zip(plain.canonicalize().ok()).is_some_and(|(a, b)| a == b);
    if is_same { plain } else { path.to_owned() }
}

/// Reads a file and what it extends. `open` holds the files on the way here, to find a cycle.
fn read_file(
    path: &Path,
    from: Option<&Span>,
    open: &mut Vec<PathBuf>,
    problems: &mut Problems,
) -> Option<Node> {
    let shown = plain(path).display().to_string();
    let unreadable = |reason: String| {
        let message = format!("cannot read the scenario file {shown}: {reason}");
        match from {
            Some(span) => Problem::at(span, "extends", message)
                .allowed("the path of a scenario file, relative to this file"),
            None => Problem::without_place(message)
                .help("give the path of a scenario file, such as scenarios/base/consumer_credit.toml"),
        }
    };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            problems.list.push(unreadable(error.to_string()));
            return None;
        }
    };
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let start = error.utf8_error().valid_up_to();
            let readable = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let range = start..start + char::REPLACEMENT_CHARACTER.len_utf8();
            let span = Span { source: problems.sources.add(shown, readable), range };
            problems.list.push(
                Problem::at(&span, "", "this is not UTF-8 text")
                    .help("save the file with the encoding UTF-8, not GBK or UTF-16"),
            );
            return None;
        }
    };
    let canonical = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if open.contains(&canonical) {
        let message = format!("{shown} extends itself, directly or through other files");
        problems.list.push(match from {
            Some(span) => Problem::at(span, "extends", message),
            None => Problem::without_place(message),
        });
        return None;
    }
    open.push(canonical);
    let source = problems.sources.add(shown, text);
    let parsed = parse(source, problems);
    let node = parsed.and_then(|node| extend(path, node, open, problems));
    open.pop();
    node
}

fn parse(source: usize, problems: &mut Problems) -> Option<Node> {
    let text = problems.sources.text(source).to_owned();
    let (table, errors) = DeTable::parse_recoverable(&text);
    if errors.is_empty() {
        return Some(Node {
            value: Value::Table(table_from_toml(source, table.get_ref())),
            span: Span { source, range: 0..0 },
        });
    }
    let mut errors: Vec<_> =
        errors.iter().map(|error| (error.span().unwrap_or(0..0), error.message())).collect();
    errors.sort_by_key(|(range, _)| range.start);
    // One slip often makes the parser stumble over the rest of the line as well, and a bracket left open over the
    // rest of the file: only what surely is a slip of its own is reported.
    let mut lines = BTreeSet::new();
    for (range, message) in errors {
        let help = syntax_help(&text, range.start, message);
        let span = Span { source, range };
        let (line, _) = problems.sources.line_column(&span);
        let is_consequence = is_left_open(message) && !lines.is_empty();
        if lines.insert(line) && !is_consequence {
            problems
                .list
                .push(Problem::at(&span, "", format!("this is not valid TOML: {message}")).help(help));
        }
        if is_left_open(message) {
            break;
        }
    }
    None
}

/// Whether the parser met something else inside a list or table that should have ended.
fn is_left_open(message: &str) -> bool {
    ["unclosed", "missing comma", "missing key for inline", "invalid inline"]
        .iter()
        .any(|sign| message.starts_with(sign))
}

/// How to mend what is not TOML at `start`, for the slips people make.
fn syntax_help(text: &str, start: usize, message: &str) -> &'static str {
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line = text[line_start..].lines().next().unwrap_or("");
    let value = line.split_once('=').map(|(_, value)| value.split('#').next().unwrap_or("").trim());
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit() || ".,".contains(c));
    match value {
        _ if message.contains("duplicate key") => "set a key once, and give a table one header",
        _ if text[start..]
            .split([' ', '\n'])
            .next()
            .is_some_and(|word| word.contains(['“', '”', '‘', '’', '：', '＝', '，', '　'])) =>
        {
            "write \" ' : = , and spaces as on an English keyboard, not in full width"
        }
        Some("") => "give a value after the =",
        Some(value) if value.ends_with('%') => "write 18 % as 0.18",
        Some(value) if value.starts_with('.') => "write the zero: 0.18, not .18",
        Some(value) if value.contains(',') && is_number(value) => {
            "write 1,000 as 1000 or 1_000, and 0,18 as 0.18"
        }
        _ if is_left_open(message) => "close the bracket or brace left open here or above, or add the comma",
        _ => "see https://toml.io for the format",
    }
}

/// Takes `extends` out of a tree and lays the tree on the file it names, `without` what it leaves out.
fn extend(path: &Path, mut node: Node, open: &mut Vec<PathBuf>, problems: &mut Problems) -> Option<Node> {
    let Value::Table(table) = &mut node.value else {
        return Some(node);
    };
    if let Some(later) = table.remove(LATER) {
        problems.list.push(
            Problem::at(&later.key_span, LATER, "unknown key `later`")
                .help("write from = \"2027-07\" in a file that extends the scenario"),
        );
    }
    let from = table.remove("from");
    let Some(extends) = table.remove("extends") else {
        if let Some(from) = from {
            problems.list.push(
                Problem::at(
                    &from.key_span,
                    "from",
                    "this file extends none that it could change from a month on",
                )
                .help("name the scenario it changes: extends = \"…\""),
            );
            return None;
        }
        return Some(node);
    };
    let Value::String(base) = &extends.node.value else {
        problems.list.push(
            Problem::at(
                &extends.node.span,
                "extends",
                format!("{} is not allowed here", extends.node.value.describe()),
            )
            .allowed("the path of a scenario file in quotation marks, relative to this file"),
        );
        return None;
    };
    let base_path = path.parent().unwrap_or(Path::new("")).join(base);
    named_twice(&node, "", problems);
    let without = match &mut node.value {
        Value::Table(table) => table.remove("without"),
        _ => None,
    };
    let mut base = read_file(&base_path, Some(&extends.node.span), open, problems)?;
    match (without, &from) {
        (Some(without), None) => leave_out(&mut base, &without.node, problems),
        (Some(without), Some(_)) => problems.list.push(
            Problem::at(&without.key_span, "without", "nothing can be left out from a month on")
                .help("stop it with a policy: stop_new, stop_repeat, close"),
        ),
        (None, _) => {}
    }
    lay(&mut base, node, from.map(|from| from.node));
    Some(base)
}

/// Records members an overlay names twice: laid over the same member below, one would silently win.
fn named_twice(node: &Node, path: &str, problems: &mut Problems) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match &node.value {
        Value::Table(table) => {
            for (key, entry) in table {
                named_twice(&entry.node, &below(key), problems);
            }
        }
        Value::Array(list) => {
            let mut seen = BTreeSet::new();
            for (index, member) in list.iter().enumerate() {
                let at = below(&index.to_string());
                if let (Some(name), Some(entry)) = (member.name(), member.get("name"))
                    && !seen.insert(name)
                {
                    problems.list.push(
                        Problem::at(
                            &entry.node.span,
                            format!("{at}.name"),
                            format!("the name {name:?} is used twice"),
                        )
                        .help("put all changes of one member under one header"),
                    );
                }
                named_twice(member, &at, problems);
            }
        }
        _ => {}
    }
}
