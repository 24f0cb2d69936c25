//! docs/COVERAGE.md says of every item of the source documents what expresses it and what shows that. It names only what is
//! there: every id once, keys that the schema has, metrics that results have, tests that exist, and counts that add up.

#[path = "knobs/schema.rs"]
mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use schema::{Schema, member, present};

/// Documents with the number of their last item; the first one is 1.
const DOCUMENTS: [(u32, u32); 5] = [(0, 59), (1, 49), (2, 29), (3, 14), (4, 43)];

const STATES: [&str; 4] = ["done", "part", "open", "out"];

/// What stands in a cell that names nothing.
const NOTHING: &str = "–";

/// Where the names of metrics, stages and result tables are.
const NAMES_OF_RESULTS: [&str; 4] = ["src/cli", "src/ledger", "src/lifecycle", "src/output"];

const LEFT_OUT: &str = "## What lendcycle does not simulate, and why";

/// One line of the table.
struct Row {
    id: String,
    class: String,
    how: Vec<String>,
    shown_by: Vec<String>,
    state: String,
    /// What is missing, or why it is left out.
    note: String,
    /// Number in the heading above.
    document: Option<u32>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn document() -> String {
    read(&root().join("docs/COVERAGE.md"))
}

/// The rows of a file; a line with an id that has not the seven cells of a row is a failure.
fn rows(text: &str) -> Vec<Row> {
    let mut heading = None;
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            heading = title.strip_prefix("Document ").and_then(|rest| rest.split(':').next()?.parse().ok());
        }
        let Some(inside) = line.strip_prefix("| ").and_then(|rest| rest.strip_suffix(" |")) else { continue };
        let cells: Vec<&str> = inside.split(" | ").collect();
        if !cells[0].starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let [id, chinese, english, class, how, shown_by, state] = cells[..] else {
            panic!("{} has {} cells, not seven: {line}", cells[0], cells.len())
        };
        assert!(!chinese.is_empty() && !english.is_empty(), "{id} does not say what it is");
        let (state, note) = state.split_once(": ").unwrap_or((state, ""));
        found.push(Row {
            id: id.to_owned(),
            class: class.to_owned(),
            how: quoted(id, how),
            shown_by: quoted(id, shown_by),
            state: state.to_owned(),
            note: note.to_owned(),
            document: heading,
        });
    }
    found
}

/// The names of a cell, each in backticks, with commas between; none is a dash.
fn quoted(id: &str, cell: &str) -> Vec<String> {
    if cell == NOTHING {
        return Vec::new();
    }
    let name = |part: &str| {
        let inside = part.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
        inside.unwrap_or_else(|| panic!("{id}: {part} is not a name in backticks")).to_owned()
    };
    cell.split(", ").map(name).collect()
}

fn ids_of(document: u32, last: u32) -> impl Iterator<Item = String> {
    (1..=last).map(move |item| format!("{document}.{item:02}"))
}

/// All Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder that can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

/// Functions marked `#[test]`.
fn tests() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in sources(&root().join("tests")) {
        let text = read(&path);
        let mut marked = false;
        for line in text.lines().map(str::trim) {
            if let Some((name, _)) = line.strip_prefix("fn ").and_then(|rest| rest.split_once('(')) {
                if marked {
                    found.insert(name.to_owned());
                }
                marked = false;
            } else if line.starts_with("#[") {
                marked |= line == "#[test]";
            } else {
                marked = false;
            }
        }
    }
    found
}

/// Follows a path such as `channel.audience.reach` from the scenario on; lists and tables under chosen names are stepped
/// into without an index. `product.schedule = "annuity"` also asks for the word.
fn key_problem(schema: &Schema, key: &str) -> Option<String> {
    let (path, word) = key.split_once(" = ").map_or((key, None), |(path, word)| (path, Some(word)));
    let mut of = "Scenario";
    for part in path.split('.') {
        let Some(fields) = schema.tables.get(of) else {
            return Some(format!("{key}: {of} has no fields, so no {part}"));
        };
        let Some((_, inside)) = fields.iter().find(|(field, _)| field == part) else {
            return Some(format!("{key}: {of} has no field {part}"));
        };
        of = present(inside);
        while let Some(one) = member(of) {
            of = one;
        }
    }
    let word = word?;
    let known = schema.choices.get(of).is_some_and(|words| words.iter().any(|w| format!("\"{w}\"") == word));
    (!known).then(|| format!("{key}: {word} is no word of {of}"))
}

fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "{} places in docs/COVERAGE.md:\n{}", broken.len(), broken.join("\n"));
}

/// `59 ids, 1 done, 2 part, 3 open, 4 out`, as numbers.
fn counts<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> [usize; 5] {
    let of = |state: &str| rows.clone().filter(|row| row.state == state).count();
    let [done, part, open, out] = STATES.map(of);
    [rows.clone().count(), done, part, open, out]
}

#[test]
fn every_item_of_the_documents_is_covered_once_under_its_document() {
    let rows = rows(&document());
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut broken = Vec::new();
    for row in &rows {
        *seen.entry(&row.id).or_default() += 1;
        let own = row.id.split('.').next().and_then(|number| number.parse().ok());
        if row.document != own {
            broken.push(format!("{} stands under document {:?}", row.id, row.document));
        }
    }
    let known: BTreeSet<String> =
        DOCUMENTS.iter().flat_map(|(number, last)| ids_of(*number, *last)).collect();
    broken.extend(
        known.iter().filter(|id| !seen.contains_key(id.as_str())).map(|id| format!("{id} is missing")),
    );
    broken.extend(
        seen.iter().filter(|(_, times)| **times > 1).map(|(id, times)| format!("{id} stands {times} times")),
    );
    broken.extend(seen.keys().filter(|id| !known.contains(**id)).map(|id| format!("{id} is not an item")));
    assert_none(&broken);
}

#[test]
fn every_state_has_what_it_needs() {
    let mut broken = Vec::new();
    for row in rows(&document()) {
        let (named, tested) = (!row.how.is_empty(), !row.shown_by.is_empty());
        let noted = !row.note.is_empty();
        let needs = match row.state.as_str() {
            "done" if !named || !tested => "is done without a key or without a test",
            "done" if noted => "is done and still says what is missing",
            "part" if !named || !tested => "is done in part without a key or without a test",
            "part" if !noted => "is done in part and does not say what is missing",
            "open" if named || tested || noted => "is open and names a key, a test or a note",
            "out" if !noted => "is left out without a reason",
            "out" if named || tested => "is left out and names a key or a test",
            "done" | "part" | "open" | "out" => "",
            other => &format!("has the state {other:?}"),
        };
        if !needs.is_empty() {
            broken.push(format!("{} {needs}", row.id));
        }
        let out = row.state == "out";
        if (row.class == "X" && !out) || (out && !row.class.contains('X')) {
            broken.push(format!("{} has class {} and is {}", row.id, row.class, row.state));
        }
    }
    assert_none(&broken);
}

#[test]
fn every_key_and_metric_named_is_there() {
    let schema = Schema::read();
    let top: BTreeSet<&str> = schema.tables["Scenario"].iter().map(|(field, _)| field.as_str()).collect();
    let results: String = NAMES_OF_RESULTS
        .iter()
        .flat_map(|folder| sources(&root().join(folder)))
        .map(|path| read(&path))
        .collect();
    let mut broken = Vec::new();
    for row in rows(&document()) {
        for name in &row.how {
            let problem = if top.contains(name.split(['.', ' ']).next().unwrap_or("")) {
                key_problem(&schema, name)
            } else {
                let metric = name.strip_suffix(".csv").unwrap_or(name);
                (!results.contains(&format!("\"{metric}\"")))
                    .then(|| format!("{name} is neither a key nor a name of results"))
            };
            broken.extend(problem.map(|problem| format!("{} {problem}", row.id)));
        }
    }
    assert_none(&broken);
}

#[test]
fn every_test_named_is_there() {
    let tests = tests();
    assert!(tests.contains("every_test_named_is_there"), "tests were not understood");
    let mut broken = Vec::new();
    for row in rows(&document()) {
        let unknown = row.shown_by.iter().filter(|name| !tests.contains(*name));
        broken.extend(unknown.map(|name| format!("{} {name} is not a test", row.id)));
    }
    assert_none(&broken);
}

#[test]
fn the_counts_are_those_of_the_rows() {
    let text = document();
    let rows = rows(&text);
    let mut expected = Vec::new();
    for (number, _) in DOCUMENTS {
        let [ids, done, part, open, out] = counts(rows.iter().filter(|row| row.document == Some(number)));
        expected.push(format!("| Document {number} | {ids} | {done} | {part} | {open} | {out} |"));
        expected.push(format!("{ids} ids: {done} done, {part} part, {open} open, {out} out."));
    }
    let [ids, done, part, open, out] = counts(rows.iter());
    expected.push(format!("| together | {ids} | {done} | {part} | {open} | {out} |"));
    let is_count = |line: &&str| {
        ["| Document ", "| together "].iter().any(|start| line.starts_with(start)) || line.contains(" ids: ")
    };
    let mut shown: Vec<&str> = text.lines().filter(is_count).collect();
    expected.sort();
    shown.sort_unstable();
    assert_eq!(shown, expected);
}

#[test]
fn what_is_left_out_is_listed_with_its_reason() {
    let text = document();
    let (_, section) = text.split_once(LEFT_OUT).expect("a section on what is left out");
    let section = section.split("\n## ").next().unwrap_or(section);
    let words = section.split(|c: char| !c.is_ascii_digit() && c != '.').map(|word| word.trim_matches('.'));
    let listed: Vec<&str> = words.filter(|word| word.contains('.')).collect();
    let rows = rows(&text);
    let out: Vec<&str> = rows.iter().filter(|row| row.state == "out").map(|row| row.id.as_str()).collect();
    assert_eq!(listed.iter().collect::<BTreeSet<_>>(), out.iter().collect::<BTreeSet<_>>());
    assert_eq!(listed.len(), out.len(), "an id is listed twice");
}
