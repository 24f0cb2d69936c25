//! The command line: arguments in, exit code out. One file per subcommand.

mod batch;
mod check;
mod chinese;
mod compare;
mod explain;
mod parts;
mod progress;
mod run;
mod sweep;
mod until;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::lifecycle::basis::Basis;
use crate::output::stage_table::Language;
use crate::scenario::{Problems, Request, Setting};

/// How a command ended.
#[derive(Debug)]
pub enum Failure {
    /// Failed while running: I/O, memory.
    Running(anyhow::Error),
    /// Wrong usage.
    Usage(String),
    /// Problems of scenarios, those of one scenario together.
    Scenario(Vec<Problems>),
    /// Interrupted by the user; what was kept, if anything.
    Interrupted(Option<String>),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Failure::Running(error)
    }
}

const RUN_EXAMPLES: &str = "Examples:
  lendcycle run scenarios/base/consumer_credit.toml
  lendcycle run scenarios/base/consumer_credit.toml --runs 500 --out results/base
  lendcycle run scenarios/base/consumer_credit.toml --basis vintage
  lendcycle run scenarios/what_if/tighten_month_18.toml --set segment.youth.cutoff_new=600 --lang zh";

const COMPARE_EXAMPLES: &str = "Examples:
  lendcycle compare scenarios/base/consumer_credit.toml scenarios/what_if/tighten_month_18.toml --runs 400
  lendcycle compare scenarios/base/consumer_credit.toml scenarios/what_if/*.toml --runs 400 --out results/what_if";

const SWEEP_EXAMPLES: &str = "Examples:
  lendcycle sweep scenarios/what_if/tighten_month_18.toml --vary policy.tighten.from=6..30:6 --runs 200
  lendcycle sweep scenarios/base/consumer_credit.toml --vary product.emergency.apr=0.12..0.16:0.01 \\
      --vary segment.youth.cutoff_new=560..640:20 --design one-at-a-time --runs 200
  lendcycle sweep my_scenario.toml --vary KEY=A..B:STEP --vary KEY=A..B:STEP --design sobol:64 --out results/sweep --resume";

const CHECK_EXAMPLES: &str = "Examples:
  lendcycle check scenarios/base/consumer_credit.toml
  lendcycle check my_scenario.toml --json";

const DIFF_EXAMPLES: &str = "Examples:
  lendcycle diff scenarios/base/consumer_credit.toml scenarios/what_if/price_war.toml";

const EXPLAIN_EXAMPLES: &str = "Examples:
  lendcycle explain scenarios/base/consumer_credit.toml product.emergency.seasoning_month
  lendcycle explain scenarios/what_if/tighten_month_18.toml policy";

/// Monte Carlo simulator of the life of a personal-credit product: growth, plateau, decline, exit
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
struct Arguments {
    /// Language of the stage table and of help: en or zh
    #[arg(long, value_enum, value_name = "LANG", default_value = "en", global = true)]
    lang: LanguageArgument,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Simulate scenarios, print the stage table and write results
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArguments),
    /// Compare scenarios with a base, run by run on the same luck: what differs, how surely, and why
    #[command(after_help = COMPARE_EXAMPLES)]
    Compare(CompareArguments),
    /// Simulate a scenario with keys varied: responses, what matters most, and the best point confirmed on fresh runs
    #[command(after_help = SWEEP_EXAMPLES)]
    Sweep(SweepArguments),
    /// Check scenarios and report all their problems
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArguments),
    /// Say in which keys two scenarios differ, after overlays and options, and where they are set
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(DiffArguments),
    /// Say what a key means, what is allowed, what it is and where it is set
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArguments),
}

#[derive(Debug, Args)]
struct RunArguments {
    /// Scenario files (TOML)
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// When losses count in the stage table: ecl (when they are expected), incurred (when loans are charged off), vintage (in
    /// the stage the loan was made in); ecl where the scenario sets provisions aside, incurred elsewhere
    #[arg(long, value_enum, value_name = "BASIS")]
    basis: Option<BasisArgument>,
    /// Stop when a figure of the whole life is known this well: profit_before_tax=5% (of itself) or profit_before_tax=50000 (in its unit); --runs
    /// is then the most
    #[arg(long, value_name = "METRIC=ERROR")]
    until: Option<String>,
    #[command(flatten)]
    simulation: SimulationArguments,
    #[command(flatten)]
    common: CommonArguments,
}

#[derive(Debug, Args)]
struct CompareArguments {
    /// The scenario that the others are compared with (TOML)
    #[arg(value_name = "BASE")]
    base: PathBuf,
    /// Scenarios compared with it, each run on the same luck
    #[arg(required = true, value_name = "VARIANT")]
    variants: Vec<PathBuf>,
    /// Also say what each part of a variant's change does to profit: in order, alone, and over all orders (Shapley values)
    #[arg(long)]
    parts: bool,
    /// Stop when every difference of a figure of the whole life is known this well: profit_before_tax=10% (of itself) or
    /// profit_before_tax=50000 (in its unit); --runs is then the most
    #[arg(long, value_name = "METRIC=ERROR")]
    until: Option<String>,
    #[command(flatten)]
    simulation: SimulationArguments,
    #[command(flatten)]
    common: CommonArguments,
}

#[derive(Debug, Args)]
struct SweepArguments {
    /// Scenario file (TOML)
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// A key and its values: KEY=V1,V2,… or KEY=A..B:STEP (repeatable)
    #[arg(long, required = true, value_name = "KEY=VALUES")]
    vary: Vec<String>,
    /// Which combinations: grid (all), one-at-a-time (each key alone), sobol:N (N rows, for sensitivity indices)
    #[arg(long, value_name = "DESIGN", default_value = "grid")]
    design: String,
    /// The response that effects, sensitivity and the best point are told for: a metric of the whole life
    #[arg(long, value_name = "METRIC", default_value = "profit_before_tax")]
    metric: String,
    /// Fresh runs on which the best point is measured again; as many as --runs if not given, 0 for none
    #[arg(long, value_name = "N")]
    confirm: Option<u64>,
    /// Go on with an unfinished sweep of the same --out
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    simulation: SimulationArguments,
    #[command(flatten)]
    common: CommonArguments,
}

#[derive(Debug, Args)]
struct SimulationArguments {
    /// Write results to this directory (`run` with several scenarios: one directory each in it, named after the file)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace a result that is there
    #[arg(long)]
    force: bool,
    /// Number of Monte Carlo runs
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    runs: Option<String>,
    /// Horizon in months
    #[arg(long, value_name = "M", allow_negative_numbers = true)]
    months: Option<String>,
    /// Seed of the random numbers
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    seed: Option<String>,
    /// Threads, at most 1024; 0 is one per core; results do not depend on it
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1024))]
    threads: u16,
    /// Print the summary as JSON instead of the table
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct CheckArguments {
    /// Scenario files (TOML)
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// Print every key with its value and the file and line that set it
    #[arg(long)]
    resolved: bool,
    /// Print problems as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    common: CommonArguments,
}

#[derive(Debug, Args)]
struct DiffArguments {
    /// First scenario file (TOML)
    #[arg(value_name = "A")]
    first: PathBuf,
    /// Second scenario file (TOML)
    #[arg(value_name = "B")]
    second: PathBuf,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    common: CommonArguments,
}

#[derive(Debug, Args)]
struct ExplainArguments {
    /// Scenario file (TOML)
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// Key or table, as in --set: product.emergency.apr, economy
    #[arg(value_name = "KEY")]
    key: String,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    common: CommonArguments,
}

#[derive(Debug, Args)]
struct CommonArguments {
    /// Change a key: --set product.emergency.apr=0.12 (TOML value; repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// No progress
    #[arg(long)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum BasisArgument {
    Ecl,
    Incurred,
    Vintage,
}

impl From<BasisArgument> for Basis {
    fn from(argument: BasisArgument) -> Self {
        match argument {
            BasisArgument::Ecl => Basis::Ecl,
            BasisArgument::Incurred => Basis::Incurred,
            BasisArgument::Vintage => Basis::Vintage,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LanguageArgument {
    En,
    Zh,
}

impl From<LanguageArgument> for Language {
    fn from(argument: LanguageArgument) -> Self {
        match argument {
            LanguageArgument::En => Language::English,
            LanguageArgument::Zh => Language::Chinese,
        }
    }
}

impl CommonArguments {
    fn request(&self, path: &std::path::Path, extra: Vec<Setting>) -> Request {
        let set = self.set.iter().map(|text| Setting { what: "--set", text: text.clone() });
        Request { path: path.to_owned(), settings: set.chain(extra).collect() }
    }
}

/// Runs the command line and returns the exit code: 0 done, 1 failed while running, 2 wrong usage, 3 invalid scenario,
/// 130 interrupted.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let mut command = Arguments::command();
    if chinese::wanted(&arguments) {
        command = chinese::translate(command);
    }
    let parsed =
        command.try_get_matches_from(arguments).and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are output, everything else an error; clap knows which.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let language = Language::from(arguments.lang);
    let done = match arguments.command {
        Command::Run(arguments) => run::run(&arguments, language),
        Command::Compare(arguments) => compare::compare(&arguments, language),
        Command::Sweep(arguments) => sweep::sweep(&arguments, language),
        Command::Check(arguments) => check::check(&arguments, language),
        Command::Diff(arguments) => explain::diff(&arguments, language),
        Command::Explain(arguments) => explain::explain(&arguments, language),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(failure),
    }
}

fn report(failure: Failure) -> ExitCode {
    match failure {
        Failure::Running(error) => {
            complain(&format!("error: {error:#}\n"));
            ExitCode::from(1)
        }
        Failure::Usage(message) => {
            complain(&format!("error: {message}\n"));
            ExitCode::from(2)
        }
        Failure::Scenario(scenarios) => {
            for problems in &scenarios {
                complain(&problems.render(colour()));
            }
            let count: usize = scenarios.iter().map(|problems| problems.list.len()).sum();
            let noun = if count == 1 { "problem" } else { "problems" };
            let place = match scenarios.len() {
                1 => "the scenario".to_owned(),
                several => format!("{several} scenarios"),
            };
            complain(&format!("{count} {noun} in {place}; nothing was run and nothing was written\n"));
            ExitCode::from(3)
        }
        Failure::Interrupted(kept) => {
            let kept = kept.unwrap_or_else(|| "unfinished results were not written".to_owned());
            complain(&format!("interrupted; {kept}\n"));
            ExitCode::from(130)
        }
    }
}

/// Prints results on stdout. That the reader has seen enough (`| head`) is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Running(anyhow::Error::from(error).context("cannot print the results")))
        }
        _ => Ok(()),
    }
}

/// Prints on stderr; when even that fails nobody can be told.
fn complain(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Colour only for people at a terminal who did not refuse it.
fn colour() -> bool {
    use std::io::IsTerminal;
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && std::io::stderr().is_terminal()
}
