//! `manifest.json`: what was run, so that it can be run again to the byte. Wall time and threads stand apart.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::random::{GENERATOR, KEYING_VERSION};
use crate::scenario::Scenario;

/// The manifest.
#[derive(Debug, Serialize)]
pub struct Manifest<'a> {
    /// Name and version of the tool.
    pub tool: Tool,
    /// Hash of the resolved scenario.
    pub scenario_hash: String,
    /// Seed.
    pub seed: u64,
    /// Number of runs.
    pub runs: u64,
    /// Horizon.
    pub months: u64,
    /// How borrowers are counted.
    pub resolution: &'static str,
    /// Random numbers.
    pub random: Random,
    /// Files of the result.
    pub files: Vec<String>,
    /// Loans stepped, summed over months and runs.
    pub account_months: u64,
    /// The resolved scenario.
    pub scenario: &'a Scenario,
    /// The only part that differs from machine to machine.
    pub timing: Timing,
}

/// Name and version.
#[derive(Debug, Serialize)]
pub struct Tool {
    /// Name.
    pub name: &'static str,
    /// Version.
    pub version: &'static str,
}

impl Tool {
    /// This tool.
    pub fn this() -> Self {
        Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") }
    }
}

/// How borrowers are counted: one by one.
pub const RESOLUTION: &str = "account";

/// Random numbers.
#[derive(Debug, Serialize)]
pub struct Random {
    /// Generator.
    pub generator: &'static str,
    /// Version of the keying scheme.
    pub keying_version: u32,
}

impl Random {
    /// Those of this version.
    pub fn this() -> Self {
        Random { generator: GENERATOR, keying_version: KEYING_VERSION }
    }
}

/// Wall time and threads.
#[derive(Debug, Serialize)]
pub struct Timing {
    /// Wall time of the simulation in seconds.
    pub seconds: f64,
    /// Threads.
    pub threads: usize,
}

/// SHA-256 of the resolved scenario in canonical JSON, hexadecimal. Independent of layout, comments and overlays.
pub fn scenario_hash(scenario: &Scenario) -> String {
    let json = serde_json::to_vec(scenario).expect("a scenario serialises");
    Sha256::digest(&json).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Builds the manifest.
pub fn manifest(
    scenario: &Scenario,
    files: Vec<String>,
    account_months: u64,
    timing: Timing,
) -> Manifest<'_> {
    Manifest {
        tool: Tool::this(),
        scenario_hash: scenario_hash(scenario),
        seed: scenario.run.seed.0,
        runs: scenario.run.runs.0,
        months: scenario.run.months.0,
        resolution: RESOLUTION,
        random: Random::this(),
        files,
        account_months,
        scenario,
        timing,
    }
}
