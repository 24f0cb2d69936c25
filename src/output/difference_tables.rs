//! The result files of a comparison: `differences.csv`, `attribution.csv`, its summary and its manifest.

use rust_decimal::Decimal;
use serde::Serialize;

use super::comparison::{StageDifferences, better};
use super::manifest::{Random, Timing, Tool};
use super::number::decimal;
use super::summary::HEADLINES;
use super::table::{Cell, Table};
use super::until::Outcome;
use crate::lifecycle::metrics::Unit;
use crate::paired::Difference;
use crate::scenario::Scenario;

/// A variant and how it differs from the base.
pub type Compared = (String, Vec<StageDifferences>);

/// `differences.csv`.
pub fn differences(compared: &[Compared]) -> Table {
    let columns = [
        "scenario",
        "stage",
        "metric",
        "unit",
        "difference",
        "std_error",
        "ci_low",
        "ci_high",
        "prob_better",
        "variance_reduction",
        "base",
        "variant",
    ];
    let mut table = Table::new("differences", &columns);
    for (scenario, stages) in compared {
        for stage in stages {
            for (key, unit, found) in &stage.metrics {
                let mut cells = leading(scenario, &stage.name, key, *unit);
                cells.extend(interval_cells(found, *unit));
                cells.push(Cell::value(better(key, found), Unit::Ratio));
                cells.push(Cell::value(found.variance_reduction, Unit::Number));
                cells.push(Cell::value(found.base, *unit));
                cells.push(Cell::value(found.variant, *unit));
                table.push(cells);
            }
        }
    }
    table
}

/// `attribution.csv`: the difference of profit by what made it; the lines of a stage add up to its profit.
pub fn attribution(compared: &[Compared]) -> Table {
    let columns = [
        "scenario",
        "stage",
        "line",
        "unit",
        "difference",
        "std_error",
        "ci_low",
        "ci_high",
        "base",
        "variant",
    ];
    let mut table = Table::new("attribution", &columns);
    for (scenario, stages) in compared {
        for stage in stages {
            for (line, found) in &stage.lines {
                let mut cells = leading(scenario, &stage.name, line.key(), Unit::Money);
                cells.extend(interval_cells(found, Unit::Money));
                cells.push(Cell::value(found.base, Unit::Money));
                cells.push(Cell::value(found.variant, Unit::Money));
                table.push(cells);
            }
        }
    }
    table
}

fn leading(scenario: &str, stage: &str, key: &str, unit: Unit) -> Vec<Cell> {
    vec![Cell::text(scenario), Cell::text(stage), Cell::text(key), Cell::text(unit.key())]
}

fn interval_cells(found: &Difference, unit: Unit) -> [Cell; 4] {
    let (low, high) = found.interval();
    [found.difference, found.std_error, low, high].map(|value| Cell::value(value, unit))
}

/// The summary of a comparison: headline figures, per variant and stage.
#[derive(Debug, Serialize)]
pub struct ComparisonSummary {
    base: String,
    runs: usize,
    basis: &'static str,
    variants: Vec<VariantSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Outcome>,
}

#[derive(Debug, Serialize)]
struct VariantSummary {
    scenario: String,
    stages: Vec<StageSummary>,
}

#[derive(Debug, Serialize)]
struct StageSummary {
    stage: String,
    metrics: std::collections::BTreeMap<&'static str, DifferenceFigures>,
    attribution: std::collections::BTreeMap<&'static str, DifferenceFigures>,
}

#[derive(Debug, Serialize)]
struct DifferenceFigures {
    unit: &'static str,
    difference: Option<Decimal>,
    std_error: Option<Decimal>,
    ci_low: Option<Decimal>,
    ci_high: Option<Decimal>,
    prob_better: Option<Decimal>,
    variance_reduction: Option<Decimal>,
    base: Option<Decimal>,
    variant: Option<Decimal>,
}

impl DifferenceFigures {
    fn new(key: &str, unit: Unit, found: &Difference) -> Self {
        let (low, high) = found.interval();
        DifferenceFigures {
            unit: unit.key(),
            difference: decimal(found.difference, unit),
            std_error: decimal(found.std_error, unit),
            ci_low: decimal(low, unit),
            ci_high: decimal(high, unit),
            prob_better: decimal(better(key, found), Unit::Ratio),
            variance_reduction: decimal(found.variance_reduction, Unit::Number),
            base: decimal(found.base, unit),
            variant: decimal(found.variant, unit),
        }
    }
}

/// Builds the summary.
pub fn summary(base: &str, runs: usize, compared: &[Compared], until: Option<Outcome>) -> ComparisonSummary {
    let stage = |stage: &StageDifferences| StageSummary {
        stage: stage.name.clone(),
        metrics: stage
            .metrics
            .iter()
            .filter(|(key, _, _)| HEADLINES.contains(key))
            .map(|(key, unit, found)| (*key, DifferenceFigures::new(key, *unit, found)))
            .collect(),
        attribution: stage
            .lines
            .iter()
            .map(|(line, found)| (line.key(), DifferenceFigures::new(line.key(), Unit::Money, found)))
            .collect(),
    };
    ComparisonSummary {
        until,
        base: base.to_owned(),
        runs,
        basis: crate::lifecycle::basis::Basis::Incurred.key(),
        variants: compared
            .iter()
            .map(|(name, stages)| VariantSummary {
                scenario: name.clone(),
                stages: stages.iter().map(stage).collect(),
            })
            .collect(),
    }
}

/// The manifest of a comparison.
#[derive(Debug, Serialize)]
pub struct ComparisonManifest<'a> {
    /// Name and version of the tool.
    pub tool: Tool,
    /// Seed, the same for all.
    pub seed: u64,
    /// Number of runs of each.
    pub runs: u64,
    /// Horizon.
    pub months: u64,
    /// How borrowers are counted.
    pub resolution: &'static str,
    /// Random numbers.
    pub random: Random,
    /// Files of the result.
    pub files: Vec<String>,
    /// The base first, then the variants: hash and resolved scenario.
    pub scenarios: Vec<ComparedScenario<'a>>,
    /// The only part that differs from machine to machine.
    pub timing: Timing,
}

/// A scenario of a comparison.
#[derive(Debug, Serialize)]
pub struct ComparedScenario<'a> {
    /// Hash of the resolved scenario.
    pub scenario_hash: String,
    /// The resolved scenario.
    pub scenario: &'a Scenario,
}

/// Builds the manifest.
pub fn manifest(scenarios: &[Scenario], files: Vec<String>, timing: Timing) -> ComparisonManifest<'_> {
    let run = &scenarios[0].run;
    ComparisonManifest {
        tool: Tool::this(),
        seed: run.seed.0,
        runs: run.runs.0,
        months: run.months.0,
        resolution: super::manifest::RESOLUTION,
        random: Random::this(),
        files,
        scenarios: scenarios
            .iter()
            .map(|scenario| ComparedScenario {
                scenario_hash: super::manifest::scenario_hash(scenario),
                scenario,
            })
            .collect(),
        timing,
    }
}
