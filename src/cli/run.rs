//! `lendcycle run`: the main job.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Context;

use super::batch::{self, Destination, Session, begin, threads_used, watch_interrupts};
use super::progress::Progress;
use super::{BasisArgument, Failure, RunArguments, print, until};
use crate::engine::Setup;
use crate::lifecycle::basis::Basis;
use crate::output::directory::{MANIFEST, ResultDirectory};
use crate::output::manifest::{Timing, manifest, scenario_hash};
use crate::output::products::products;
use crate::output::rules_table::{firings, rules};
use crate::output::scores_table::scores;
use crate::output::spool::Spool;
use crate::output::stage_table::{Language, render};
use crate::output::summary::{Batch, Headlines, headlines, stage_summaries};
use crate::output::tables;
use crate::output::tiers_table::tiers;
use crate::output::vintage_economics_table::vintage_economics;
use crate::output::vintage_losses_table::vintage_losses;
use crate::output::waterfall_table::waterfall;
use crate::precision::Target;
use crate::scenario::Scenario;
use crate::scenario::tables::ProvisionMethod;

/// Simulates every scenario named.
pub fn run(arguments: &RunArguments, language: Language) -> Result<(), Failure> {
    // All scenarios and places are checked before the first one runs.
    let loaded = batch::load(&arguments.scenarios, &arguments.simulation, &arguments.common)?;
    let places = places(arguments)?;
    let target = until::parse(arguments.until.as_ref())?;
    let interrupted = watch_interrupts()?;
    if let (Some(BasisArgument::Ecl), Some(scenario)) =
        (arguments.basis, loaded.iter().find(|scenario| !bases(scenario).contains(&Basis::Ecl)))
    {
        return Err(Failure::Usage(format!(
            "--basis ecl: the scenario {:?} sets nothing aside for losses; give it a table [provision] with method = \"ecl\" or \
             \"five_class\", or choose --basis incurred or vintage",
            scenario.name
        )));
    }
    let mut destinations: Vec<Option<Destination>> = Vec::new();
    for place in places {
        destinations.push(place.map(|place| begin(place, arguments.simulation.force)).transpose()?);
    }
    let mut figures = Vec::new();
    for ((path, scenario), destination) in arguments.scenarios.iter().zip(&loaded).zip(destinations) {
        figures.push(simulate(
            arguments,
            language,
            path,
            scenario,
            destination,
            target.as_ref(),
            &interrupted,
        )?);
    }
    if arguments.simulation.json {
        // One scenario is an object, several are a list.
        let text = match figures.as_slice() {
            [one] => serde_json::to_string_pretty(one),
            all => serde_json::to_string_pretty(all),
        };
        print(&format!("{}\n", text.map_err(anyhow::Error::from)?))?;
    }
    Ok(())
}

/// Where each scenario's results go.
fn places(arguments: &RunArguments) -> Result<Vec<Option<PathBuf>>, Failure> {
    let Some(out) = &arguments.simulation.out else {
        return Ok(vec![None; arguments.scenarios.len()]);
    };
    if arguments.scenarios.len() == 1 {
        return Ok(vec![Some(out.clone())]);
    }
    let mut places: Vec<Option<PathBuf>> = Vec::new();
    for path in &arguments.scenarios {
        let stem = path.file_stem().unwrap_or_default();
        let place = Some(out.join(stem));
        if places.contains(&place) {
            let name = stem.to_string_lossy();
            return Err(Failure::Usage(format!(
                "two scenario files are called {name}: they would write to one directory; run them apart"
            )));
        }
        places.push(place);
    }
    Ok(places)
}

fn simulate(
    arguments: &RunArguments,
    language: Language,
    path: &Path,
    scenario: &Scenario,
    destination: Option<Destination>,
    target: Option<&Target>,
    interrupted: &AtomicBool,
) -> Result<Headlines, Failure> {
    let setup = Setup::new(scenario);
    let total = scenario.run.runs.0;
    let months = setup.months as usize;
    let (place, directory) = destination.unzip();
    let spool = directory
        .as_ref()
        .map(|directory| directory.scratch().map(|file| Spool::new(file, total as usize, months)))
        .transpose()
        .context("cannot make a scratch file in the output directory")?;
    let (threads, quiet) = (arguments.simulation.threads, arguments.common.quiet);
    let progress = Progress::new(total, quiet);
    let session = Session { threads, progress: &progress, interrupted };
    let setups = std::slice::from_ref(&setup);
    let (batches, outcome) = until::simulate(setups, total, target, &session, spool.as_ref())?;
    let batch = &batches[0];
    let seconds = progress.finish();
    // The result is the one that as many runs give without a target.
    let mut scenario = scenario.clone();
    scenario.run.runs.0 = batch.rows.len() as u64;
    let scenario = &scenario;
    let bases = bases(scenario);
    let stages = stage_summaries(batch, &bases);
    let mut figures = headlines(&scenario.name, &scenario_hash(scenario), batch.rows.len(), &stages);
    figures.until = outcome.clone();
    if let (Some(directory), Some(spool), Some(place)) = (directory, spool, &place) {
        let account_months = batch.rows.iter().map(|row| row.account_months).sum();
        let timing = Timing { seconds, threads: threads_used(threads) };
        write(directory, &setup, scenario, batch, &stages, &spool, &figures, account_months, timing)
            .with_context(|| format!("cannot write results to {}", place.display()))?;
    }
    if !arguments.simulation.json {
        let basis = arguments.basis.map_or(bases[0], Basis::from);
        let table = render(batch, &stages, basis, setup.start, language);
        let end = match place {
            Some(place) => format!("{} {}", language.pick("Results in", "结果目录："), place.display()),
            None => language
                .pick(
                    "Nothing was written: give --out DIR for the result files.",
                    "未写出文件：加 --out 目录 可写出结果文件。",
                )
                .to_owned(),
        };
        let until = outcome.map_or_else(String::new, |outcome| format!("{}\n", outcome.words(language)));
        print(&format!("{} ({})\n\n{table}{until}\n{end}\n", scenario.name, path.display()))?;
    }
    Ok(figures)
}

/// Bases that a scenario's profit stands on, the one it is told on first.
fn bases(scenario: &Scenario) -> Vec<Basis> {
    let is_provided =
        scenario.provision.as_ref().is_some_and(|table| table.method != ProvisionMethod::Incurred);
    Basis::ALL.into_iter().filter(|basis| *basis != Basis::Ecl || is_provided).collect()
}

#[expect(clippy::too_many_arguments, reason = "the parts of one result directory")]
fn write(
    directory: ResultDirectory,
    setup: &Setup,
    scenario: &Scenario,
    batch: &Batch,
    stages: &[crate::output::summary::StageSummary],
    spool: &Spool,
    figures: &Headlines,
    account_months: u64,
    timing: Timing,
) -> std::io::Result<()> {
    let all = [
        tables::stages(stages),
        tables::months(setup, batch, spool)?,
        tables::vintages(setup, batch, spool)?,
        tables::breakdown("segments", "segment", &tables::segment_members(setup), setup, batch),
        tables::breakdown("channels", "channel", &tables::channel_members(setup), setup, batch),
        tables::runs(batch),
        products(scenario),
        rules(setup, batch),
        firings(setup, batch),
        scores(batch),
        tiers(setup, batch),
        vintage_losses(batch, setup.expects_losses()),
        vintage_economics(batch),
        waterfall(batch, &bases(scenario)),
    ];
    let mut files = vec![MANIFEST.to_owned(), "summary.json".to_owned()];
    for table in &all {
        files.push(directory.write_csv(table)?);
    }
    directory.write_json("summary.json", figures)?;
    directory.write_json(MANIFEST, &manifest(scenario, files, account_months, timing))?;
    directory.finish()
}
