//! `lendcycle compare`: what differs between scenarios that share their luck.

use anyhow::Context;

use super::batch::{self, Destination, Session, begin, threads_used, watch_interrupts};
use super::progress::Progress;
use super::{CompareArguments, Failure, print};
use crate::engine::Setup;
use crate::output::comparison::differences;
use crate::output::comparison_text::render;
use crate::output::difference_tables::{self, Compared};
use crate::output::directory::MANIFEST;
use crate::output::manifest::Timing;
use crate::output::stage_table::Language;
use crate::scenario::Scenario;

/// Simulates the base and each variant on the same luck, and says how they differ.
pub fn compare(arguments: &CompareArguments, language: Language) -> Result<(), Failure> {
    let paths: Vec<_> = std::iter::once(&arguments.base).chain(&arguments.variants).cloned().collect();
    let scenarios = batch::load(&paths, &arguments.simulation, &arguments.common)?;
    check_pairs(&scenarios)?;
    let interrupted = watch_interrupts()?;
    let place = arguments.simulation.out.clone();
    let destination = place.map(|place| begin(place, arguments.simulation.force)).transpose()?;
    let runs = scenarios[0].run.runs.0;
    let progress = Progress::new(runs * scenarios.len() as u64, arguments.common.quiet);
    let threads = arguments.simulation.threads;
    let session = Session { threads, progress: &progress, interrupted: &interrupted };
    let base = batch::simulate(&Setup::new(&scenarios[0]), 0..runs, &session, None)?;
    let mut compared: Vec<Compared> = Vec::new();
    for scenario in &scenarios[1..] {
        let variant = batch::simulate(&Setup::new(scenario), 0..runs, &session, None)?;
        compared.push((scenario.name.clone(), differences(&base, &variant)));
    }
    let seconds = progress.finish();
    let runs = base.rows.len();
    let summary = difference_tables::summary(&scenarios[0].name, runs, &compared);
    let mut end = language
        .pick(
            "Nothing was written: give --out DIR for the result files.",
            "未写出文件：加 --out 目录 可写出结果文件。",
        )
        .to_owned();
    if let Some((place, directory)) = destination {
        let timing = Timing { seconds, threads: threads_used(arguments.simulation.threads) };
        write((place.clone(), directory), &scenarios, &compared, &summary, timing)
            .with_context(|| format!("cannot write results to {}", place.display()))?;
        end = format!("{} {}", language.pick("Results in", "结果目录："), place.display());
    }
    if arguments.simulation.json {
        let text = serde_json::to_string_pretty(&summary).map_err(anyhow::Error::from)?;
        return print(&format!("{text}\n"));
    }
    for (name, stages) in &compared {
        print(&format!("{}\n", render(&scenarios[0].name, name, stages, runs, language)))?;
    }
    print(&format!("{end}\n"))
}

/// Runs are pairs only when they are as many, as long, of one seed and begin in one month.
fn check_pairs(scenarios: &[Scenario]) -> Result<(), Failure> {
    let base = &scenarios[0];
    let mut names = vec![base.name.as_str()];
    for scenario in &scenarios[1..] {
        let pairs = [
            ("run.runs", base.run.runs.0.to_string(), scenario.run.runs.0.to_string(), "--runs"),
            ("run.months", base.run.months.0.to_string(), scenario.run.months.0.to_string(), "--months"),
            ("run.seed", base.run.seed.0.to_string(), scenario.run.seed.0.to_string(), "--seed"),
            ("run.start", base.run.start.to_string(), scenario.run.start.to_string(), "--set run.start=…"),
        ];
        for (key, first, second, option) in pairs {
            if first != second {
                return Err(Failure::Usage(format!(
                    "{key} is {first} in {} and {second} in {}: only runs of one {key} can be paired; {option} sets it for all",
                    base.name, scenario.name
                )));
            }
        }
        if names.contains(&scenario.name.as_str()) {
            return Err(Failure::Usage(format!(
                "two scenarios are called {}: the results would not tell them apart; give each a name of its own",
                scenario.name
            )));
        }
        names.push(&scenario.name);
    }
    Ok(())
}

fn write(
    (_, directory): Destination,
    scenarios: &[Scenario],
    compared: &[Compared],
    summary: &difference_tables::ComparisonSummary,
    timing: Timing,
) -> std::io::Result<()> {
    let mut files = vec![MANIFEST.to_owned(), "summary.json".to_owned()];
    for table in [difference_tables::differences(compared), difference_tables::attribution(compared)] {
        files.push(directory.write_csv(&table)?);
    }
    directory.write_json("summary.json", summary)?;
    directory.write_json(MANIFEST, &difference_tables::manifest(scenarios, files, timing))?;
    directory.finish()
}
