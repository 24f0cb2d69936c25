//! A scenario in which parameters are turned, and what its runs give.

use std::path::Path;

use lendcycle::engine::{RunResult, Setup, Workspace, simulate_run};
use lendcycle::scenario::{Request, Scenario, Setting, load};

use super::perturb::{Turn, turns};
use super::schema::Schema;
use super::walk::{Knob, knobs};

/// A scenario with its parameters and its results.
pub struct Situation {
    /// File, relative to `tests`.
    pub file: &'static str,
    /// All parameters.
    pub knobs: Vec<Knob>,
    /// Its runs.
    pub results: Vec<RunResult>,
}

/// What turning a parameter did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// These settings moved some output.
    Moved(Turn),
    /// These were valid and moved nothing.
    Still(Vec<Turn>),
    /// No value but the present one is valid.
    Fixed,
}

impl Situation {
    /// Reads and plays a scenario.
    pub fn new(file: &'static str, schema: &Schema) -> Situation {
        let scenario =
            read(file, &[]).unwrap_or_else(|problems| panic!("{file} is not a scenario:\n{problems}"));
        let setup = Setup::new(&scenario);
        let mut workspace = Workspace::default();
        let results = (0..scenario.run.runs.0).map(|run| simulate_run(&setup, run, &mut workspace)).collect();
        Situation { file, knobs: knobs(&scenario, schema), results }
    }

    /// Turns a parameter until some output moves.
    pub fn turn(&self, knob: &Knob, schema: &Schema) -> Effect {
        let mut still = Vec::new();
        for turn in turns(knob, &self.knobs, schema) {
            match self.moves(&turn) {
                Some(true) => return Effect::Moved(turn),
                Some(false) => still.push(turn),
                None => {}
            }
        }
        if still.is_empty() { Effect::Fixed } else { Effect::Still(still) }
    }

    /// Whether settings move any output of any run; `None` when they are not valid.
    pub fn moves(&self, turn: &[String]) -> Option<bool> {
        let scenario = read(self.file, turn).ok()?;
        if scenario.run.runs.0 as usize != self.results.len() {
            return Some(true);
        }
        let setup = Setup::new(&scenario);
        let mut workspace = Workspace::default();
        Some(self.results.iter().any(|before| {
            let after = simulate_run(&setup, before.run, &mut workspace);
            outputs(before) != outputs(&after)
        }))
    }
}

/// What tables are made of.
fn outputs(result: &RunResult) -> impl PartialEq + '_ {
    (
        &result.months,
        result.groups.iter().map(|flows| flows.0.as_slice()).collect::<Vec<_>>(),
        &result.group_balance,
        &result.vintages,
        &result.stages_online,
        &result.stages,
    )
}

/// Reads a scenario with settings on top.
pub fn read(file: &str, settings: &[String]) -> Result<Scenario, String> {
    load(&request(file, settings)).map_err(|problems| problems.render(false))
}

/// A scenario to read with settings on top.
pub fn request(file: &str, settings: &[String]) -> Request {
    let settings = settings.iter().map(|text| Setting { what: "--set", text: text.clone() });
    Request {
        path: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file),
        settings: settings.collect(),
    }
}
