//! `lendcycle check`: all problems of scenarios, nothing run.

use super::{CheckArguments, Failure, colour};
use crate::output::stage_table::Language;
use crate::scenario;

/// Checks every scenario named; fails when any has a problem.
pub fn check(arguments: &CheckArguments) -> Result<(), Failure> {
    let language = Language::from(arguments.common.lang);
    let mut found = None;
    let mut records = Vec::new();
    for path in &arguments.scenarios {
        match scenario::load(&arguments.common.request(path, Vec::new())) {
            Ok(_) => {
                if !arguments.json && !arguments.common.quiet {
                    println!("{}: {}", path.display(), language.pick("no problems", "没有问题"));
                }
            }
            Err(problems) => {
                if arguments.json {
                    records.extend(problems.records());
                }
                if let Some(earlier) = found.replace(problems)
                    && !arguments.json
                {
                    eprint!("{}", earlier.render(colour()));
                }
            }
        }
    }
    if arguments.json {
        let text = serde_json::to_string_pretty(&records).map_err(anyhow::Error::from)?;
        println!("{text}");
    }
    match found {
        Some(problems) => Err(Failure::Scenario(problems)),
        None => Ok(()),
    }
}
