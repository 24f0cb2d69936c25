//! The command line: arguments in, exit code out. One file per subcommand.

mod check;
mod chinese;
mod progress;
mod run;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::output::stage_table::Language;
use crate::scenario::{Problems, Request, Setting};

/// How a command ended.
#[derive(Debug)]
pub enum Failure {
    /// Failed while running: I/O, memory.
    Running(anyhow::Error),
    /// Wrong usage.
    Usage(String),
    /// Problems of a scenario.
    Scenario(Box<Problems>),
    /// Interrupted by the user.
    Interrupted,
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Failure::Running(error)
    }
}

impl From<Box<Problems>> for Failure {
    fn from(problems: Box<Problems>) -> Self {
        Failure::Scenario(problems)
    }
}

const RUN_EXAMPLES: &str = "Examples:
  lendcycle run scenarios/base/consumer_credit.toml
  lendcycle run scenarios/base/consumer_credit.toml --runs 500 --out results/base
  lendcycle run scenarios/what_if/tighten_month_18.toml --set segment.youth.cutoff_new=600 --lang zh";

const CHECK_EXAMPLES: &str = "Examples:
  lendcycle check scenarios/base/consumer_credit.toml
  lendcycle check my_scenario.toml --json";

/// Monte Carlo simulator of the life of a personal-credit product: growth, plateau, decline, exit
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Simulate scenarios, print the stage table and write results
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArguments),
    /// Check scenarios and report all their problems
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArguments),
}

#[derive(Debug, Args)]
struct RunArguments {
    /// Scenario files (TOML)
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// Write results to this directory (with several scenarios: one directory each in it)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace a result that is there
    #[arg(long)]
    force: bool,
    /// Number of Monte Carlo runs
    #[arg(long, value_name = "N")]
    runs: Option<String>,
    /// Horizon in months
    #[arg(long, value_name = "M")]
    months: Option<String>,
    /// Seed of the random numbers
    #[arg(long, value_name = "S")]
    seed: Option<String>,
    /// Threads, at most 1024; 0 is one per core; results do not depend on it
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1024))]
    threads: u16,
    /// Print the summary as JSON instead of the table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    common: CommonArguments,
}

#[derive(Debug, Args)]
struct CheckArguments {
    /// Scenario files (TOML)
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// Print problems as JSON
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
    /// Language of what is printed: en or zh
    #[arg(long, value_enum, value_name = "LANG", default_value = "en")]
    lang: LanguageArgument,
    /// No progress
    #[arg(long)]
    quiet: bool,
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
    let done = match arguments.command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Check(arguments) => check::check(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(failure),
    }
}

fn report(failure: Failure) -> ExitCode {
    match failure {
        Failure::Running(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(1)
        }
        Failure::Usage(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
        Failure::Scenario(problems) => {
            eprint!("{}", problems.render(colour()));
            let count = problems.list.len();
            let noun = if count == 1 { "problem" } else { "problems" };
            eprintln!("{count} {noun} in the scenario; nothing was run and nothing was written");
            ExitCode::from(3)
        }
        Failure::Interrupted => {
            eprintln!("interrupted; nothing was written");
            ExitCode::from(130)
        }
    }
}

/// Colour only for people at a terminal who did not refuse it.
fn colour() -> bool {
    use std::io::IsTerminal;
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && std::io::stderr().is_terminal()
}
