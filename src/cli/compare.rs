//! `lendcycle compare`: what differs between scenarios that share their luck.

use std::collections::BTreeSet;

use anyhow::Context;

use super::batch::{self, Destination, Session, begin, threads_used, watch_interrupts};
use super::parts::Combinations;
use super::progress::Progress;
use super::{CompareArguments, Failure, print, until};
use crate::engine::Setup;
use crate::output::comparison::differences;
use crate::output::comparison_text::render;
use crate::output::difference_tables::{self, Compared};
use crate::output::directory::MANIFEST;
use crate::output::manifest::Timing;
use crate::output::parts::{ByVariant, SetResult, parts_table};
use crate::output::stage_table::Language;
use crate::output::table::Table;
use crate::output::until::Outcome;
use crate::precision::Target;
use crate::scenario::Scenario;
use crate::scenario::tables::Channel;

/// Simulates the base and each variant on the same luck, and says how they differ.
pub fn compare(arguments: &CompareArguments, language: Language) -> Result<(), Failure> {
    let paths: Vec<_> = std::iter::once(&arguments.base).chain(&arguments.variants).cloned().collect();
    let loaded = batch::load_whole(&paths, &arguments.simulation, &arguments.common)?;
    let mut combinations = Vec::new();
    if arguments.parts {
        for variant in &loaded[1..] {
            combinations.push(Combinations::new(&loaded[0], variant)?);
        }
    }
    let mut scenarios: Vec<Scenario> = loaded.into_iter().map(|loaded| loaded.scenario).collect();
    check_pairs(&scenarios)?;
    let target = until::parse(arguments.until.as_ref())?;
    let interrupted = watch_interrupts()?;
    let place = arguments.simulation.out.clone();
    let destination = place.map(|place| begin(place, arguments.simulation.force)).transpose()?;
    let runs = scenarios[0].run.runs.0;
    let more: usize = combinations.iter().flatten().map(Combinations::count).sum();
    let progress = Progress::new(runs * (scenarios.len() + more) as u64, arguments.common.quiet);
    let threads = arguments.simulation.threads;
    let session = Session { threads, progress: &progress, interrupted: &interrupted };
    let Results { base, variants, outcome } = match target {
        Some(target) => until_known(&scenarios, &target, &session)?,
        None => one_by_one(&scenarios, &session)?,
    };
    let runs = outcome.as_ref().map_or(runs, |outcome| outcome.runs);
    scenarios.iter_mut().for_each(|scenario| scenario.run.runs.0 = runs);
    let mut compared: Vec<Compared> = Vec::new();
    let mut parts: Vec<ByVariant> = Vec::new();
    for (at, (found, profits)) in variants.into_iter().enumerate() {
        if let Some(combinations) = combinations.get_mut(at).and_then(Option::take) {
            let found = combinations.simulate(runs, base.clone(), profits, &session)?;
            parts.push((scenarios[at + 1].name.clone(), found));
        }
        compared.push(found);
    }
    let seconds = progress.finish();
    let summary = difference_tables::summary(&scenarios[0].name, runs as usize, &compared, outcome.clone());
    let mut end = language
        .pick(
            "Nothing was written: give --out DIR for the result files.",
            "未写出文件：加 --out 目录 可写出结果文件。",
        )
        .to_owned();
    if let Some((place, directory)) = destination {
        let timing = Timing { seconds, threads: threads_used(arguments.simulation.threads) };
        let tables = tables(&compared, arguments.parts.then_some(&parts[..]));
        write((place.clone(), directory), &scenarios, &tables, &summary, timing)
            .with_context(|| format!("cannot write results to {}", place.display()))?;
        end = format!("{} {}", language.pick("Results in", "结果目录："), place.display());
    }
    if arguments.simulation.json {
        let text = serde_json::to_string_pretty(&summary).map_err(anyhow::Error::from)?;
        return print(&format!("{text}\n"));
    }
    for (name, stages) in &compared {
        let parts = parts.iter().find(|(variant, _)| variant == name).map(|(_, parts)| &parts[..]);
        print(&format!("{}\n", render(&scenarios[0].name, name, stages, parts, runs as usize, language)))?;
    }
    if let Some(outcome) = outcome {
        print(&format!("{}\n", outcome.words(language)))?;
    }
    print(&format!("{end}\n"))
}

/// How variants differ, with the profits of the base and of each.
struct Results {
    base: SetResult,
    variants: Vec<(Compared, SetResult)>,
    outcome: Option<Outcome>,
}

/// Differences of the variants, one variant in memory at a time.
fn one_by_one(scenarios: &[Scenario], session: &Session) -> Result<Results, Failure> {
    let simulate =
        |scenario: &Scenario| batch::simulate(&Setup::new(scenario), 0..scenario.run.runs.0, session, None);
    let base = simulate(&scenarios[0])?;
    let compare = |variant: &Scenario| {
        let batch = simulate(variant)?;
        Ok(((variant.name.clone(), differences(&base, &batch)), SetResult::new(&batch)))
    };
    let variants = scenarios[1..].iter().map(compare).collect::<Result<_, Failure>>()?;
    Ok(Results { base: SetResult::new(&base), variants, outcome: None })
}

/// Differences of the variants after as many runs as make all of them known well enough.
fn until_known(scenarios: &[Scenario], target: &Target, session: &Session) -> Result<Results, Failure> {
    let setups: Vec<Setup> = scenarios.iter().map(Setup::new).collect();
    let most = scenarios[0].run.runs.0;
    let (batches, outcome) = until::simulate(&setups, most, Some(target), session, None)?;
    let pairs = scenarios.iter().zip(&batches).skip(1);
    let variants = pairs.map(|(scenario, batch)| {
        ((scenario.name.clone(), differences(&batches[0], batch)), SetResult::new(batch))
    });
    Ok(Results { base: SetResult::new(&batches[0]), variants: variants.collect(), outcome })
}

/// Segments and the channels that reach them, by which borrowers of two scenarios are the same people.
fn cells(scenario: &Scenario) -> BTreeSet<(&str, &str)> {
    let mut cells = BTreeSet::new();
    for Channel { name, audience, .. } in &scenario.channel {
        cells.extend(audience.keys().map(|segment| (segment.as_str(), name.as_str())));
    }
    cells
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
        if cells(base).is_disjoint(&cells(scenario)) {
            return Err(Failure::Usage(format!(
                "{} reaches no segment by a channel that {} reaches it by: no borrower of one is in the other, and there is nothing to compare run by run; \
                 compare a scenario with one laid over it (extends)",
                scenario.name, base.name
            )));
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

fn tables(compared: &[Compared], parts: Option<&[ByVariant]>) -> Vec<Table> {
    let mut tables = vec![difference_tables::differences(compared), difference_tables::attribution(compared)];
    tables.extend(parts.map(parts_table));
    tables
}

fn write(
    (_, directory): Destination,
    scenarios: &[Scenario],
    tables: &[Table],
    summary: &difference_tables::ComparisonSummary,
    timing: Timing,
) -> std::io::Result<()> {
    let mut files = vec![MANIFEST.to_owned(), "summary.json".to_owned()];
    for table in tables {
        files.push(directory.write_csv(table)?);
    }
    directory.write_json("summary.json", summary)?;
    directory.write_json(MANIFEST, &difference_tables::manifest(scenarios, files, timing))?;
    directory.finish()
}
