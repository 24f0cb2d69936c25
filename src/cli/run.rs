//! `lendcycle run`: the main job.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::Context;

use super::progress::Progress;
use super::{Failure, RunArguments, print};
use crate::engine::{Setup, runs};
use crate::output::directory::{MANIFEST, ResultDirectory};
use crate::output::manifest::{Timing, manifest, scenario_hash};
use crate::output::products::products;
use crate::output::rules_table::rules;
use crate::output::spool::Spool;
use crate::output::stage_table::{Language, render};
use crate::output::summary::{Batch, Headlines, headlines, stage_summaries};
use crate::output::tables;
use crate::output::tiers_table::tiers;
use crate::scenario::{self, Scenario, Setting};

/// A result directory under way, and where it goes.
type Destination = (PathBuf, ResultDirectory);

/// Simulates every scenario named.
pub fn run(arguments: &RunArguments, language: Language) -> Result<(), Failure> {
    // All scenarios and places are checked before the first one runs.
    let mut loaded = Vec::new();
    let mut found = Vec::new();
    for path in &arguments.scenarios {
        let request = arguments.common.request(path, settings(arguments));
        match scenario::load(&request) {
            Ok(scenario) => loaded.push((path, scenario)),
            Err(problems) => found.push(*problems),
        }
    }
    if !found.is_empty() {
        return Err(Failure::Scenario(found));
    }
    let places = places(arguments)?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::SeqCst) {
            // The second time the user wants out at once.
            std::process::exit(130);
        }
    })
    .context("cannot watch for Ctrl-C")?;
    let mut destinations: Vec<Option<Destination>> = Vec::new();
    for place in places {
        destinations.push(place.map(|place| begin(place, arguments.force)).transpose()?);
    }
    let mut figures = Vec::new();
    for ((path, scenario), destination) in loaded.iter().zip(destinations) {
        figures.push(simulate(arguments, language, path, scenario, destination, &interrupted)?);
    }
    if arguments.json {
        // One scenario is an object, several are a list.
        let text = match figures.as_slice() {
            [one] => serde_json::to_string_pretty(one),
            all => serde_json::to_string_pretty(all),
        };
        print(&format!("{}\n", text.map_err(anyhow::Error::from)?))?;
    }
    Ok(())
}

fn begin(place: PathBuf, replace: bool) -> anyhow::Result<Destination> {
    let directory = ResultDirectory::begin(&place, replace)
        .with_context(|| format!("cannot write results to {}", place.display()))?;
    Ok((place, directory))
}

fn settings(arguments: &RunArguments) -> Vec<Setting> {
    let options = [
        ("--runs", "run.runs", &arguments.runs),
        ("--months", "run.months", &arguments.months),
        ("--seed", "run.seed", &arguments.seed),
    ];
    options
        .into_iter()
        .filter_map(|(what, key, value)| {
            value.as_ref().map(|value| Setting { what, text: format!("{key}={}", number_or_text(value)) })
        })
        .collect()
}

/// What is not written like a whole number goes in quotation marks: then it is refused as text where a number belongs.
fn number_or_text(value: &str) -> String {
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '_');
    if is_number { value.to_owned() } else { format!("{value:?}") }
}

/// Where each scenario's results go.
fn places(arguments: &RunArguments) -> Result<Vec<Option<PathBuf>>, Failure> {
    let Some(out) = &arguments.out else {
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
    let batch = Mutex::new(Batch::new(months));
    let failed: Mutex<Option<std::io::Error>> = Mutex::new(None);
    let progress = Progress::new(total, arguments.common.quiet);
    runs::simulate_blocks(&setup, 0..total, usize::from(arguments.threads), |block| {
        if interrupted.load(Ordering::SeqCst) {
            return false;
        }
        if let Some(spool) = &spool
            && let Err(error) = spool.write(&block)
        {
            failed.lock().expect("nobody panics with it").get_or_insert(error);
            return false;
        }
        batch.lock().expect("nobody panics with it").add(&block);
        progress.add(block.len() as u64, block.iter().map(|result| result.account_months).sum());
        true
    })
    .context("cannot start threads")?;
    let seconds = progress.finish();
    if let Some(error) = failed.into_inner().expect("nobody panics with it") {
        return Err(Failure::Running(anyhow::Error::from(error).context("cannot write results")));
    }
    if interrupted.load(Ordering::SeqCst) {
        return Err(Failure::Interrupted);
    }
    let mut batch = batch.into_inner().expect("nobody panics with it");
    batch.finish();
    let stages = stage_summaries(&batch);
    let figures = headlines(&scenario.name, &scenario_hash(scenario), batch.rows.len(), &stages);
    if let (Some(directory), Some(spool), Some(place)) = (directory, spool, &place) {
        let account_months = batch.rows.iter().map(|row| row.account_months).sum();
        let timing = Timing { seconds, threads: threads_used(arguments.threads) };
        write(directory, &setup, scenario, &batch, &stages, &spool, &figures, account_months, timing)
            .with_context(|| format!("cannot write results to {}", place.display()))?;
    }
    if !arguments.json {
        let table = render(&batch, &stages, setup.start, language);
        let end = match place {
            Some(place) => format!("{} {}", language.pick("Results in", "结果目录："), place.display()),
            None => language
                .pick(
                    "Nothing was written: give --out DIR for the result files.",
                    "未写出文件：加 --out 目录 可写出结果文件。",
                )
                .to_owned(),
        };
        print(&format!("{} ({})\n\n{table}\n{end}\n", scenario.name, path.display()))?;
    }
    Ok(figures)
}

/// Threads that ran: 0 asks for one per core.
fn threads_used(asked: u16) -> usize {
    match asked {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        asked => usize::from(asked),
    }
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
        tables::vintages(setup, spool)?,
        tables::breakdown("segments", "segment", &tables::segment_members(setup), setup.months, batch),
        tables::breakdown("channels", "channel", &tables::channel_members(setup), setup.months, batch),
        tables::runs(batch),
        products(scenario),
        rules(setup, batch),
        tiers(setup, batch),
    ];
    let mut files = vec![MANIFEST.to_owned(), "summary.json".to_owned()];
    for table in &all {
        files.push(directory.write_csv(table)?);
    }
    directory.write_json("summary.json", figures)?;
    directory.write_json(MANIFEST, &manifest(scenario, files, account_months, timing))?;
    directory.finish()
}
