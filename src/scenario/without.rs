//! `without = ["segment.owner", "channel.*.audience.owner"]`: what an overlay leaves out of the scenario it extends.

use super::decode::nearest;
use super::node::{Node, Value};
use super::problem::{Problem, Problems};

/// Takes what the list names out of `base`; `*` stands for every member. What is not there is a problem: a slip would
/// otherwise leave in what was meant to go.
pub fn leave_out(base: &mut Node, without: &Node, problems: &mut Problems) {
    let Value::Array(paths) = &without.value else {
        problems.list.push(wrong(without));
        return;
    };
    for node in paths {
        let Value::String(path) = &node.value else {
            problems.list.push(wrong(node));
            continue;
        };
        let parts: Vec<&str> = path.split('.').collect();
        if let Err((missing, known)) = remove(base, &parts) {
            let message = format!("there is no `{missing}` of {path:?} in the scenario this file extends");
            let mut problem = Problem::at(&node.span, "without", message);
            if let Some(near) = nearest(&missing, known.iter().map(String::as_str)) {
                problem = problem.help(format!("did you mean `{near}`?"));
            }
            if !known.is_empty() {
                problem = problem.allowed(known.join(", "));
            }
            problems.list.push(problem);
        }
    }
}

fn wrong(node: &Node) -> Problem {
    Problem::at(&node.span, "without", format!("{} is not allowed here", node.value.describe())).allowed(
        "a list of key paths in quotation marks, such as [\"segment.owner\", \"channel.*.audience.owner\"]",
    )
}

/// Removes one path; on failure the part that is not there, and what is.
fn remove(at: &mut Node, parts: &[&str]) -> Result<(), (String, Vec<String>)> {
    let [part, below @ ..] = parts else {
        return Ok(());
    };
    let known = members(at);
    let chosen: Vec<&String> = known.iter().filter(|name| *part == "*" || name == part).collect();
    if chosen.is_empty() {
        return Err(((*part).to_owned(), known));
    }
    let mut results = Vec::new();
    for name in &chosen {
        results.push(match &mut at.value {
            Value::Table(table) if below.is_empty() => {
                table.remove(*name);
                Ok(())
            }
            Value::Array(list) if below.is_empty() => {
                list.retain(|node| node.name() != Some(name.as_str()));
                Ok(())
            }
            Value::Table(table) => {
                table.get_mut(*name).map_or(Ok(()), |entry| remove(&mut entry.node, below))
            }
            Value::Array(list) => {
                let member = list.iter_mut().find(|node| node.name() == Some(name.as_str()));
                member.map_or(Ok(()), |node| remove(node, below))
            }
            _ => Ok(()),
        });
    }
    // Behind a star one member that has it is enough.
    if results.iter().any(Result::is_ok) {
        return Ok(());
    }
    results.pop().unwrap_or(Ok(()))
}

/// Keys of a table, names of a list.
fn members(at: &Node) -> Vec<String> {
    match &at.value {
        Value::Table(table) => table.keys().cloned().collect(),
        Value::Array(list) => list.iter().filter_map(|node| node.name().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}
