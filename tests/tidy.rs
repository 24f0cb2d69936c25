//! The source keeps its own rules: which module may use which, which crate is known where, sizes, names, leftovers; and
//! every number of the base scenario says where it comes from. docs/ARCHITECTURE.md gives the reasons.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lendcycle::scenario::{Request, load};

/// Modules by floor: a module uses its own files and lower floors. The longest name that fits counts.
const FLOORS: [(&str, u8); 19] = [
    ("math", 0),
    ("money", 0),
    ("rate", 0),
    ("time", 0),
    ("random", 0),
    ("stats", 0),
    ("paired", 0),
    ("precision", 0),
    ("attribution", 0),
    ("sweep", 1),
    ("model", 1),
    ("ledger", 1),
    ("policy", 2),
    ("lifecycle::stage", 2),
    ("scenario", 2),
    ("engine", 3),
    ("lifecycle", 4),
    ("output", 5),
    ("cli", 6),
];
/// Uses within a floor, each in one direction only.
const SIDEWAYS: [(&str, &str, &str); 6] = [
    ("money", "math", "rounding"),
    ("rate", "math", "powers in conversions of rates"),
    ("paired", "math", "normal quantiles"),
    ("paired", "stats", "differences of what it estimates"),
    ("rate", "money", "an amount read from a scenario is in fen"),
    ("policy", "lifecycle::stage", "rules read the stage"),
];

/// Crates, and the only modules that know them.
const CRATES: [(&str, &[&str]); 8] = [
    ("toml", &["scenario"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("rayon", &["engine::runs"]),
    ("csv", &["output::csv"]),
    ("libm", &["math"]),
    ("sobol_burley", &["sweep::design"]),
    ("annotate_snippets", &["scenario::problem"]),
];

/// Words of the standard library that touch the world outside, and the only modules that say them.
const WORDS: [(&str, &[&str]); 6] = [
    ("fs", &["scenario", "output", "cli"]),
    ("File", &["scenario", "output", "cli"]),
    ("Instant", &["cli"]),
    ("SystemTime", &["cli"]),
    ("println", &["cli"]),
    ("eprintln", &["cli"]),
];

const LINES_MAX: usize = 400;
const NAMES_BANNED: [&str; 9] =
    ["manager", "handler", "helper", "util", "common", "types", "misc", "data", "imp"];
const LEFTOVERS: [&str; 3] = ["todo!", "unimplemented!", "dbg!"];
const MACHINE_PATHS: [&str; 3] = [concat!("/", "work/"), concat!("/", "root/"), concat!("/", "tmp/")];

/// Keys of the base scenario that need no source, with the reason.
const NO_SOURCE: [(&str, &str); 6] = [
    ("schema", "the version of the format"),
    ("name", "a label"),
    ("name_zh", "a label"),
    ("description", "a label"),
    ("seed", "any number serves"),
    ("start", "a date, not a quantity"),
];

/// A source file: where it is, which module it is, its text, and its text without comments and strings.
struct Source {
    path: String,
    module: Vec<String>,
    text: String,
    code: String,
}

impl Source {
    fn is_in(&self, module: &str) -> bool {
        let parts: Vec<&str> = module.split("::").collect();
        self.module.len() >= parts.len() && parts.iter().zip(&self.module).all(|(a, b)| a == b)
    }

    fn place(&self, at: usize) -> String {
        format!("{}:{}", self.path, self.code[..at].matches('\n').count() + 1)
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder, in order of their paths.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("a folder that can be read").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn sources() -> Vec<Source> {
    let folder = root().join("src");
    let rust = files(&folder).into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    rust.map(|path| {
        let inside = path.strip_prefix(&folder).expect("a file of src").with_extension("");
        let mut module: Vec<String> =
            inside.iter().map(|part| part.to_str().expect("a plain name").to_owned()).collect();
        if module.last().is_some_and(|last| last == "mod") {
            module.pop();
        }
        let text = std::fs::read_to_string(&path).expect("source is text");
        Source { path: shown(&path), module, code: code_only(&text), text }
    })
    .collect()
}

/// The text with comments and the insides of literals blanked; lines stay where they are.
fn code_only(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let length = match rest {
            ['/', '/', ..] => rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
            ['"', ..] => quoted_length(rest),
            ['\'', '\\', _, tail @ ..] => 4 + tail.iter().position(|c| *c == '\'').unwrap_or(tail.len()),
            ['\'', _, '\'', ..] => 3,
            [c, ..] => {
                code.push(*c);
                at += 1;
                continue;
            }
            [] => break,
        };
        let end = (at + length).min(chars.len());
        code.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
        at = end;
    }
    code
}

fn quoted_length(chars: &[char]) -> usize {
    let mut at = 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where a whole word stands in code.
fn places(code: &str, word: &str) -> Vec<usize> {
    code.match_indices(word)
        .map(|(at, _)| at)
        .filter(|at| !code[..*at].ends_with(is_part) && !code[at + word.len()..].starts_with(is_part))
        .collect()
}

/// The names of a path that code begins with: of `a::b::{c, d}` these are `a` and `b`.
fn path(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code;
    loop {
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        if end == 0 {
            return found;
        }
        found.push(&rest[..end]);
        rest = rest[end..].strip_prefix("::").unwrap_or("");
    }
}

/// Modules of this crate that a file uses, as absolute paths, with their places.
fn uses(source: &Source) -> Vec<(usize, Vec<&str>)> {
    let mut found = Vec::new();
    for (start, mut base) in [("crate", 0), ("super", source.module.len().saturating_sub(1))] {
        for at in places(&source.code, start) {
            let Some(mut rest) = source.code[at + start.len()..].strip_prefix("::") else { continue };
            if source.code[..at].ends_with("super::") {
                continue;
            }
            while let Some(above) = rest.strip_prefix("super::") {
                rest = above;
                base -= 1;
            }
            let outer = source.module[..base].iter().map(String::as_str);
            found.push((at, outer.chain(path(rest)).collect()));
        }
    }
    found
}

/// The entry of [`FLOORS`] a path falls under.
fn floor(path: &[&str]) -> Option<(&'static str, u8)> {
    let find = |name: &str| FLOORS.into_iter().find(|(module, _)| *module == name);
    find(&path.iter().take(2).copied().collect::<Vec<_>>().join("::")).or_else(|| find(path.first()?))
}

fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "{} places break the rule:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn modules_use_only_what_stands_below() {
    let mut broken = Vec::new();
    let mut sideways = BTreeSet::new();
    for source in sources().iter().filter(|source| !source.is_in("lib") && !source.is_in("main")) {
        let module: Vec<&str> = source.module.iter().map(String::as_str).collect();
        let Some((own, own_floor)) = floor(&module) else {
            broken.push(format!("{} stands on no floor", source.path));
            continue;
        };
        for (at, path) in uses(source) {
            let used = path.join("::");
            let place = source.place(at);
            match floor(&path) {
                Some((other, _)) if other == own => {}
                Some((_, below)) if below < own_floor => {}
                Some((other, _)) if SIDEWAYS.iter().any(|(from, to, _)| (*from, *to) == (own, other)) => {
                    sideways.insert((own, other));
                }
                Some((_, level)) => broken.push(format!("{place} {own} ({own_floor}) uses {used} ({level})")),
                None => broken.push(format!("{place} {own} uses {used}, which stands on no floor")),
            }
        }
    }
    assert_none(&broken);
    let stale: Vec<_> = SIDEWAYS.iter().filter(|(from, to, _)| !sideways.contains(&(*from, *to))).collect();
    assert!(stale.is_empty(), "no longer used, take them out: {stale:?}");
}

#[test]
fn crates_are_known_only_where_they_belong() {
    let mut broken = Vec::new();
    for source in sources() {
        for (name, homes) in CRATES.iter().filter(|(_, homes)| !homes.iter().any(|home| source.is_in(home))) {
            for at in places(&source.code, name) {
                let (before, after) = (&source.code[..at], &source.code[at + name.len()..]);
                let is_crate = after.starts_with("::") || before.ends_with("use ");
                // `super::csv::write` is a module of the crate's own.
                if is_crate && !before.ends_with("::") {
                    broken.push(format!("{} {name} belongs to {homes:?}", source.place(at)));
                }
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn files_clocks_and_terminals_stay_outside_the_model() {
    let mut broken = Vec::new();
    for source in sources() {
        for (word, homes) in WORDS.iter().filter(|(_, homes)| !homes.iter().any(|home| source.is_in(home))) {
            let found = places(&source.code, word);
            broken
                .extend(found.iter().map(|at| format!("{} {word} belongs to {homes:?}", source.place(*at))));
        }
    }
    assert_none(&broken);
}

#[test]
fn files_are_short_or_say_why_not() {
    let excused = |text: &str| {
        let mut head = text.lines().take_while(|line| line.starts_with("//!"));
        head.any(|line| !places(line, "long").is_empty())
    };
    let long = sources().into_iter().filter_map(|source| {
        let lines = source.text.lines().count();
        (lines > LINES_MAX && !excused(&source.text)).then(|| format!("{} has {lines} lines", source.path))
    });
    assert_none(&long.collect::<Vec<_>>());
}

#[test]
fn names_say_what_a_thing_is() {
    let banned = |name: &str| {
        name.split('_').any(|part| NAMES_BANNED.iter().any(|bad| part == *bad || part == format!("{bad}s")))
    };
    let mut broken = Vec::new();
    for source in sources() {
        if source.module.iter().any(|part| banned(part)) {
            broken.push(source.path.clone());
        }
        for at in places(&source.code, "mod") {
            let name = path(source.code[at + 3..].trim_start()).concat();
            if banned(&name) {
                broken.push(format!("{} mod {name}", source.place(at)));
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn nothing_is_left_to_do() {
    let mut broken = Vec::new();
    for source in sources() {
        for word in LEFTOVERS {
            broken.extend(
                source.code.match_indices(word).map(|(at, _)| format!("{} {word}", source.place(at))),
            );
        }
    }
    assert_none(&broken);
}

#[test]
fn no_path_of_one_machine_is_written_down() {
    let mut all: Vec<PathBuf> =
        ["src", "docs", "scenarios"].iter().flat_map(|folder| files(&root().join(folder))).collect();
    let top = std::fs::read_dir(root())
        .expect("the package can be read")
        .map(|entry| entry.expect("an entry").path());
    all.extend(top.filter(|path| shown(path).starts_with("README")));
    let mut broken = Vec::new();
    for path in all {
        let bytes = std::fs::read(&path).expect("a file that can be read");
        for (number, line) in String::from_utf8_lossy(&bytes).lines().enumerate() {
            if MACHINE_PATHS.iter().any(|machine| line.contains(machine)) {
                broken.push(format!("{}:{} {}", shown(&path), number + 1, line.trim()));
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn every_number_of_the_base_scenario_says_where_it_comes_from() {
    let path = root().join("scenarios/base/consumer_credit.toml");
    let text = std::fs::read_to_string(&path).expect("the base scenario is text");
    let (mut table, mut above) = (String::new(), String::new());
    let (mut seen, mut broken) = (BTreeSet::new(), Vec::new());
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('#') {
            above.push_str(line);
            continue;
        }
        let above = std::mem::take(&mut above);
        if line.starts_with('[') {
            let header = line.split(']').next().unwrap_or("").trim_matches('[');
            // Tables below `audience` have names the user chose.
            table = header.split_once(".audience").map_or(header, |_| "channel.audience").to_owned();
        } else if let Some((key, rest)) = line.split_once('=').filter(|_| line.starts_with(is_part)) {
            let key = key.trim().to_owned();
            let first = seen.insert((table.clone(), key.clone()));
            let sourced = has_tag(rest) || has_tag(&above) || NO_SOURCE.iter().any(|(free, _)| *free == key);
            if first && !sourced {
                broken.push(format!("{}:{} {table}.{key}", shown(&path), number + 1));
            }
        }
    }
    assert_none(&broken);
}

/// Whether a comment has a tag of a source, such as `[S 2.11]`, `[R D]`, `[J]`.
fn has_tag(line: &str) -> bool {
    let comment = line.split_once('#').map_or("", |(_, comment)| comment);
    comment.match_indices('[').any(|(at, _)| {
        let inside = comment[at + 1..].split(']').next().unwrap_or("");
        inside.starts_with(['S', 'R', 'D', 'M', 'J']) && !inside[1..].starts_with(is_part)
    })
}

#[test]
fn every_shipped_scenario_is_valid() {
    let scenarios = files(&root().join("scenarios"));
    let scenarios = scenarios.into_iter().filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let broken = scenarios.filter_map(|path| {
        let loaded = load(&Request { path: path.clone(), settings: Vec::new() });
        loaded.err().map(|problems| format!("{}\n{}", shown(&path), problems.render(false)))
    });
    assert_none(&broken.collect::<Vec<_>>());
}

#[test]
fn the_oldest_toolchain_is_declared() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest is text");
    assert!(
        manifest.lines().any(|line| line.starts_with("rust-version = \"")),
        "Cargo.toml has no rust-version"
    );
}
