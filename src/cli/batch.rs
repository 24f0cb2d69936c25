//! What commands that simulate share: options to settings, Ctrl-C, all runs of a scenario.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::Context;

use super::progress::Progress;
use super::{CommonArguments, Failure, SimulationArguments};
use crate::engine::{Setup, runs};
use crate::output::directory::ResultDirectory;
use crate::output::spool::Spool;
use crate::output::summary::Batch;
use crate::scenario::{self, Loaded, Scenario, Setting};

/// A result directory under way, and where it goes.
pub type Destination = (PathBuf, ResultDirectory);

/// Loads scenarios with the options of the command line, and keeps where their keys come from; the problems of all of them together.
pub fn load_whole(
    paths: &[PathBuf],
    simulation: &SimulationArguments,
    common: &CommonArguments,
) -> Result<Vec<Loaded>, Failure> {
    let mut loaded = Vec::new();
    let mut found = Vec::new();
    for path in paths {
        match scenario::load_whole(&common.request(path, settings(simulation))) {
            Ok(scenario) => loaded.push(scenario),
            Err(problems) => found.push(*problems),
        }
    }
    if found.is_empty() { Ok(loaded) } else { Err(Failure::Scenario(found)) }
}

/// Loads scenarios with the options of the command line.
pub fn load(
    paths: &[PathBuf],
    simulation: &SimulationArguments,
    common: &CommonArguments,
) -> Result<Vec<Scenario>, Failure> {
    let loaded = load_whole(paths, simulation, common)?;
    Ok(loaded.into_iter().map(|loaded| loaded.scenario).collect())
}

fn settings(arguments: &SimulationArguments) -> Vec<Setting> {
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

/// A flag that Ctrl-C raises.
pub fn watch_interrupts() -> anyhow::Result<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::SeqCst) {
            // The second time the user wants out at once.
            std::process::exit(130);
        }
    })
    .context("cannot watch for Ctrl-C")?;
    Ok(interrupted)
}

/// Begins a result directory.
pub fn begin(place: PathBuf, replace: bool) -> anyhow::Result<Destination> {
    let directory = ResultDirectory::begin(&place, replace)
        .with_context(|| format!("cannot write results to {}", place.display()))?;
    Ok((place, directory))
}

/// What simulations of one command share.
pub struct Session<'a> {
    /// Threads asked for.
    pub threads: u16,
    /// Their progress.
    pub progress: &'a Progress,
    /// Raised by Ctrl-C.
    pub interrupted: &'a AtomicBool,
}

/// Simulates runs of a scenario; returns them in order.
pub fn simulate(
    setup: &Setup,
    runs: Range<u64>,
    session: &Session,
    spool: Option<&Spool>,
) -> Result<Batch, Failure> {
    let mut batch = Batch::new(setup.months as usize);
    extend(&mut batch, setup, runs, session, spool)?;
    Ok(batch)
}

/// Simulates more runs and adds them to those that are there.
pub fn extend(
    batch: &mut Batch,
    setup: &Setup,
    runs: Range<u64>,
    session: &Session,
    spool: Option<&Spool>,
) -> Result<(), Failure> {
    let batch = Mutex::new(batch);
    let failed: Mutex<Option<std::io::Error>> = Mutex::new(None);
    let Session { threads, progress, interrupted } = session;
    runs::simulate_blocks(setup, runs, usize::from(*threads), |block| {
        if interrupted.load(Ordering::SeqCst) {
            return false;
        }
        if let Some(spool) = spool
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
    if let Some(error) = failed.into_inner().expect("nobody panics with it") {
        return Err(Failure::Running(anyhow::Error::from(error).context("cannot write results")));
    }
    if interrupted.load(Ordering::SeqCst) {
        return Err(Failure::Interrupted(None));
    }
    batch.into_inner().expect("nobody panics with it").finish();
    Ok(())
}

/// Threads that ran: 0 asks for one per core.
pub fn threads_used(asked: u16) -> usize {
    match asked {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        asked => usize::from(asked),
    }
}
