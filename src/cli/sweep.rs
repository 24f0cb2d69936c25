//! `lendcycle sweep`: many what-ifs at once on the same luck, the best of them confirmed on fresh runs.

use anyhow::Context;
use sha2::{Digest, Sha256};

use super::batch::{self, Destination, Session, begin, threads_used, watch_interrupts};
use super::progress::Progress;
use super::until::metric_unit;
use super::{Failure, SweepArguments, print};
use crate::engine::Setup;
use crate::output::comparison::{better, differences, values_by_run};
use crate::output::directory::MANIFEST;
use crate::output::manifest::{RESOLUTION, Random, Timing, Tool, scenario_hash};
use crate::output::stage_table::Language;
use crate::output::summary::{Batch, HEADLINES};
use crate::output::sweep_result::{self, RESPONSE_COLUMNS, SweepManifest, SweepResult};
use crate::output::sweep_store::{Record, Store};
use crate::output::sweep_text::render;
use crate::output::table::{Cell, Table};
use crate::paired::scores;
use crate::scenario::{Loaded, Setting};
use crate::sweep::{Design, Dimension, Plan};

/// Metrics of every stage in `responses.csv` besides the headline figures and the response itself.
const MORE_RESPONSES: [&str; 7] = [
    "probability_reached",
    "profit_before_tax_ecl",
    "profit_before_tax_vintage",
    "profit_before_tax_p05",
    "net_profit",
    "economic_profit",
    "npv",
];

/// Runs a sweep.
pub fn sweep(arguments: &SweepArguments, language: Language) -> Result<(), Failure> {
    let mut sweep = Sweep::prepare(arguments)?;
    let simulation = &arguments.simulation;
    let interrupted = watch_interrupts()?;
    let destination = simulation.out.clone().map(|place| begin(place, simulation.force)).transpose()?;
    let store = match &simulation.out {
        Some(place) => Some(
            Store::open(place, arguments.resume, simulation.force)
                .with_context(|| format!("cannot write results to {}", place.display()))?,
        ),
        None => None,
    };
    let simulations = sweep.plan.points.len() as u64 + 1;
    let confirm = sweep.confirm;
    let progress = Progress::new(simulations * sweep.runs() + 2 * confirm, arguments.common.quiet);
    let session = Session { threads: simulation.threads, progress: &progress, interrupted: &interrupted };
    let values = sweep.simulate(&session, store.as_ref());
    let (base, values) = match values {
        Err(Failure::Interrupted(_)) => {
            let kept = store.is_some().then(|| "finished points are kept: go on with --resume".to_owned());
            return Err(Failure::Interrupted(kept));
        }
        other => other?,
    };
    let dimensions = std::mem::take(&mut sweep.dimensions);
    let plan = std::mem::take(&mut sweep.plan);
    let name = sweep.loaded.scenario.name.clone();
    let mut result = SweepResult::new(name, dimensions, plan, sweep.metric.clone(), base, values);
    if let Some(best) = &mut result.best
        && confirm > 0
    {
        let fresh = sweep.runs()..sweep.runs() + confirm;
        let own = |loaded: &Loaded| -> Result<Vec<f64>, Failure> {
            let batch = batch::simulate(&Setup::new(&loaded.scenario), fresh.clone(), &session, None)?;
            Ok(sweep.response(&batch))
        };
        let levels = &result.plan.points[best.point];
        let chosen = sweep.at(&settings(&result.dimensions, levels))?;
        let found = crate::sweep::effects::difference(&own(&sweep.loaded)?, &own(&chosen)?);
        best.fresh = Some((found, confirm as usize));
    }
    let timing = Timing { seconds: progress.finish(), threads: threads_used(simulation.threads) };
    let mut end = language
        .pick(
            "Nothing was written: give --out DIR for the result files.",
            "未写出文件：加 --out 目录 可写出结果文件。",
        )
        .to_owned();
    if let (Some((place, directory)), Some(store)) = (destination, store) {
        write((place.clone(), directory), &sweep, arguments, &result, &store, timing)
            .with_context(|| format!("cannot write results to {}", place.display()))?;
        store.discard().context("cannot remove the folder of finished points")?;
        end = format!("{} {}", language.pick("Results in", "结果目录："), place.display());
    }
    if simulation.json {
        let text =
            serde_json::to_string_pretty(&sweep_result::summary(&result)).map_err(anyhow::Error::from)?;
        return print(&format!("{text}\n"));
    }
    print(&format!("{}\n{end}\n", render(&result, language)))
}

/// A sweep checked and planned.
struct Sweep {
    loaded: Loaded,
    dimensions: Vec<Dimension>,
    plan: Plan,
    metric: (String, crate::lifecycle::metrics::Unit),
    confirm: u64,
}

impl Sweep {
    /// Checks everything before the first run: options, and the scenario of every point.
    fn prepare(arguments: &SweepArguments) -> Result<Sweep, Failure> {
        let mut problems = Vec::new();
        let mut dimensions: Vec<Dimension> = Vec::new();
        for text in &arguments.vary {
            match Dimension::parse(text) {
                Err(problem) => problems.push(format!("--vary {problem}")),
                Ok(found) if dimensions.iter().any(|other| other.key == found.key) => {
                    problems.push(format!("--vary {}: the key varies twice", found.key));
                }
                Ok(found) if found.key.starts_with("run.") => problems.push(format!(
                    "--vary {}: points are compared run by run, so that runs, months, seed and start are the same for all",
                    found.key
                )),
                Ok(found) => dimensions.push(found),
            }
        }
        let design = arguments.design.parse::<Design>().map_err(|problem| problems.push(problem)).ok();
        let unit = metric_unit(&arguments.metric).map_err(|problem| problems.push(problem)).ok();
        let (Some(design), Some(unit), true) = (design, unit, problems.is_empty()) else {
            return Err(Failure::Usage(problems.join("\nerror: ")));
        };
        if arguments.resume && arguments.simulation.out.is_none() {
            return Err(Failure::Usage("--resume: name the result with --out DIR".to_owned()));
        }
        let paths = [arguments.scenario.clone()];
        let mut loaded = batch::load_whole(&paths, &arguments.simulation, &arguments.common)?;
        let loaded = loaded.remove(0);
        let counts: Vec<usize> = dimensions.iter().map(|dimension| dimension.values.len()).collect();
        let plan = Plan::new(design, &counts, loaded.scenario.run.seed.0).map_err(Failure::Usage)?;
        let confirm = arguments.confirm.unwrap_or(loaded.scenario.run.runs.0);
        let sweep = Sweep { loaded, dimensions, plan, metric: (arguments.metric.clone(), unit), confirm };
        sweep.check_points()?;
        Ok(sweep)
    }

    /// The scenario with some keys changed.
    fn at(&self, settings: &[Setting]) -> Result<Loaded, Failure> {
        self.loaded.with(settings).map_err(|problems| Failure::Scenario(vec![*problems]))
    }

    /// The scenario of every point is valid; problems that several points share are told once.
    fn check_points(&self) -> Result<(), Failure> {
        let mut found = Vec::new();
        let mut told = std::collections::BTreeSet::new();
        for levels in &self.plan.points {
            if let Err(mut problems) = self.loaded.with(&settings(&self.dimensions, levels)) {
                problems.list.retain(|problem| told.insert((problem.key.clone(), problem.message.clone())));
                if !problems.list.is_empty() {
                    found.push(*problems);
                }
            }
        }
        if found.is_empty() { Ok(()) } else { Err(Failure::Scenario(found)) }
    }

    fn runs(&self) -> u64 {
        self.loaded.scenario.run.runs.0
    }

    /// The response by run.
    fn response(&self, batch: &Batch) -> Vec<f64> {
        let (_, values) = values_by_run(batch, None, &self.metric.0).expect("the metric is known");
        scores(&values)
    }

    /// What a point is computed from.
    fn identity(&self, point: &Loaded) -> String {
        let parts = [
            env!("CARGO_PKG_VERSION").to_owned(),
            scenario_hash(&self.loaded.scenario),
            scenario_hash(&point.scenario),
            self.metric.0.clone(),
        ];
        let digest = Sha256::digest(parts.join("\n").as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Responses by run of the scenario as it is and of every point.
    fn simulate(
        &self,
        session: &Session,
        store: Option<&Store>,
    ) -> Result<(Vec<f64>, Vec<Vec<f64>>), Failure> {
        let base = batch::simulate(&Setup::new(&self.loaded.scenario), 0..self.runs(), session, None)?;
        let own = self.response(&base);
        let mut values = Vec::new();
        for (point, levels) in self.plan.points.iter().enumerate() {
            let loaded = self.at(&settings(&self.dimensions, levels))?;
            let identity = self.identity(&loaded);
            if let Some(record) = store.and_then(|store| store.get(point, &identity)) {
                session.progress.skip(self.runs());
                values.push(record.scores(self.runs() as usize));
                continue;
            }
            let batch = batch::simulate(&Setup::new(&loaded.scenario), 0..self.runs(), session, None)?;
            let scores = self.response(&batch);
            if let Some(store) = store {
                let responses = self.responses(&base, &batch);
                store
                    .put(point, &Record::new(identity, &scores, responses))
                    .context("cannot keep a finished point")?;
            }
            values.push(scores);
        }
        Ok((own, values))
    }

    /// Rows of `responses.csv` without the point.
    fn responses(&self, base: &Batch, batch: &Batch) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for stage in differences(base, batch) {
            for (key, unit, found) in &stage.metrics {
                if !(HEADLINES.contains(key) || MORE_RESPONSES.contains(key) || *key == self.metric.0) {
                    continue;
                }
                let (low, high) = found.interval();
                let mut row = vec![stage.name.clone(), (*key).to_owned(), unit.key().to_owned()];
                let numbers = [found.variant, found.difference, found.std_error, low, high];
                row.extend(numbers.map(|number| Cell::value(number, *unit).written()));
                row.push(Cell::value(better(key, found), crate::lifecycle::metrics::Unit::Ratio).written());
                rows.push(row);
            }
        }
        rows
    }
}

/// The changes that make a point.
fn settings(dimensions: &[Dimension], levels: &[Option<usize>]) -> Vec<Setting> {
    dimensions
        .iter()
        .zip(levels)
        .filter_map(|(dimension, level)| {
            let value = &dimension.values[(*level)?];
            Some(Setting { what: "--vary", text: format!("{}={value}", dimension.key) })
        })
        .collect()
}

fn write(
    (_, directory): Destination,
    sweep: &Sweep,
    arguments: &SweepArguments,
    result: &SweepResult,
    store: &Store,
    timing: Timing,
) -> anyhow::Result<()> {
    let mut files = vec![MANIFEST.to_owned(), "summary.json".to_owned()];
    let mut tables = vec![sweep_result::points(result), sweep_result::effects_table(result)];
    if !result.indices.is_empty() {
        tables.push(sweep_result::sensitivity(result));
    }
    let columns: Vec<&str> = std::iter::once("point").chain(RESPONSE_COLUMNS).collect();
    let mut responses = Table::new("responses", &columns);
    for (point, levels) in result.plan.points.iter().enumerate() {
        let loaded = sweep.loaded.with(&settings(&result.dimensions, levels));
        let identity = sweep.identity(&loaded.expect("checked before the first run"));
        let record = store.get(point, &identity).context("a finished point is gone")?;
        for row in record.responses {
            let cells = std::iter::once(Cell::whole(point as u64 + 1)).chain(row.into_iter().map(Cell::Text));
            responses.push(cells.collect());
        }
    }
    tables.push(responses);
    for table in &tables {
        files.push(directory.write_csv(table)?);
    }
    directory.write_json("summary.json", &sweep_result::summary(result))?;
    let scenario = &sweep.loaded.scenario;
    let manifest = SweepManifest {
        tool: Tool::this(),
        seed: scenario.run.seed.0,
        runs: scenario.run.runs.0,
        months: scenario.run.months.0,
        resolution: RESOLUTION,
        random: Random::this(),
        design: arguments.design.clone(),
        vary: &arguments.vary,
        files,
        scenario_hash: scenario_hash(scenario),
        scenario,
        timing,
    };
    directory.write_json(MANIFEST, &manifest)?;
    directory.finish()?;
    Ok(())
}
