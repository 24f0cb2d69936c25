//! What checks across keys share: problems at the place of a key path, sums, names, steps.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::decode::nearest;
use super::node::{Node, Value};
use super::problem::{Problem, Span};

/// Collects problems, each at the place of a key path.
pub struct Checker<'a> {
    pub tree: &'a Node,
    pub problems: &'a mut Vec<Problem>,
}

impl Checker<'_> {
    /// Records a problem at the place of a key path; members of lists are named by `name` or index.
    pub fn problem(&mut self, path: &str, message: String, help: &str) {
        let problem = Problem::at(&span_of(self.tree, path), path, message).help(help);
        self.problems.push(problem);
    }

    pub fn require(&mut self, holds: bool, path: &str, message: impl FnOnce() -> String, help: &str) {
        if !holds {
            self.problem(path, message(), help);
        }
    }

    pub fn sum(&mut self, path: &str, values: &[Decimal], target: Decimal) {
        let sum: Decimal = values.iter().sum();
        self.require(
            (sum - target).abs() <= Decimal::new(1, 9),
            path,
            || format!("the values sum to {sum}, not to {target}"),
            &format!("change the values so that they sum to {target}"),
        );
    }

    pub fn unique(&mut self, list: &str, names: &[&str]) {
        let mut seen = BTreeSet::new();
        for (index, name) in names.iter().enumerate() {
            let valid =
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            self.require(
                valid,
                &format!("{list}.{index}.name"),
                || format!("{name:?} is not a name"),
                "use letters, digits, _ and - only (name_zh is for display)",
            );
            self.require(
                seen.insert(*name),
                &format!("{list}.{index}.name"),
                || format!("the name {name:?} is used twice"),
                "give each a name of its own",
            );
        }
    }

    pub fn known(&mut self, path: &str, name: &str, known: &[&str], what: &str) {
        if known.contains(&name) {
            return;
        }
        let mut problem =
            Problem::at(&span_of(self.tree, path), path, format!("there is no {what} {name:?}"))
                .allowed(known.join(", "));
        if let Some(near) = nearest(name, known.iter().copied()) {
            problem = problem.help(format!("did you mean {near:?}?"));
        }
        self.problems.push(problem);
    }

    pub fn ascending(&mut self, path: &str, months: &[u64], from_zero: bool) {
        if from_zero {
            self.require(
                months.first() == Some(&0),
                path,
                || "the first step does not start in month 0".to_owned(),
                "add a step with month = 0",
            );
        }
        self.require(
            months.windows(2).all(|pair| pair[0] < pair[1]),
            path,
            || "the months of the steps do not ascend".to_owned(),
            "order the steps by month, each month once",
        );
    }
}

/// The place of a key path; where the last parts are missing, of the nearest table that is there.
fn span_of(tree: &Node, path: &str) -> Span {
    let mut at = tree;
    let mut span = at.span.clone();
    for part in path.split('.') {
        let next = match &at.value {
            Value::Table(table) => table.get(part).map(|entry| (&entry.node, &entry.key_span)),
            Value::Array(list) => list
                .iter()
                .find(|node| node.name() == Some(part))
                .or_else(|| part.parse::<usize>().ok().and_then(|index| list.get(index)))
                .map(|node| (node, &node.span)),
            _ => None,
        };
        let Some((node, key_span)) = next else {
            return span;
        };
        at = node;
        // A value in one place is underlined itself; a table is shown by its key.
        span = match node.value {
            Value::Table(_) => key_span.clone(),
            _ => node.span.clone(),
        };
    }
    span
}
