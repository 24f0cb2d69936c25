//! `lendcycle check`: all problems of scenarios, nothing run.

use super::explain::keys_below;
use super::{CheckArguments, Failure, print};
use crate::output::stage_table::Language;
use crate::scenario;

/// Checks every scenario named; fails when any has a problem.
pub fn check(arguments: &CheckArguments, language: Language) -> Result<(), Failure> {
    let mut found = Vec::new();
    for path in &arguments.scenarios {
        match scenario::load_whole(&arguments.common.request(path, Vec::new())) {
            Ok(loaded) if arguments.resolved => print(&resolved(&loaded))?,
            Ok(_) if arguments.json || arguments.common.quiet => {}
            Ok(_) => print(&format!("{}: {}\n", path.display(), language.pick("no problems", "没有问题")))?,
            Err(problems) => found.push(*problems),
        }
    }
    if arguments.json {
        let records: Vec<_> = found.iter().flat_map(|problems| problems.records()).collect();
        let text = serde_json::to_string_pretty(&records).map_err(anyhow::Error::from)?;
        print(&format!("{text}\n"))?;
    }
    if found.is_empty() { Ok(()) } else { Err(Failure::Scenario(found)) }
}

/// Every key, one a line: value, and what set it.
fn resolved(loaded: &scenario::Loaded) -> String {
    let keys = keys_below(loaded, "");
    keys.iter().map(|set| format!("{} = {}  # {}\n", set.key, set.value, set.set_by)).collect()
}
