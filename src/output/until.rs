//! Whether a figure is known as well as was wanted.

use rust_decimal::Decimal;
use serde::Serialize;

use super::stage_table::Language;

/// Whether a target was reached.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Name of the metric.
    pub metric: String,
    /// Its unit.
    pub unit: &'static str,
    /// The figure: of one scenario its mean or ratio, of several the paired difference that is known least.
    pub figure: Option<Decimal>,
    /// Its standard error.
    pub std_error: Option<Decimal>,
    /// The standard error that was wanted.
    pub wanted: Option<Decimal>,
    /// Whether it is that small.
    pub reached: bool,
    /// Runs made.
    pub runs: u64,
    /// Runs that would do; unknown where none would.
    pub runs_needed: Option<u64>,
}

impl Outcome {
    /// In words, one line.
    pub fn words(&self, language: Language) -> String {
        let number =
            |value: &Option<Decimal>| value.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string);
        let (metric, runs) = (&self.metric, self.runs);
        let (error, wanted) = (number(&self.std_error), number(&self.wanted));
        let more = match (self.runs_needed, language) {
            (Some(needed), Language::English) => format!("about {needed} would do (--runs {needed})"),
            (None, Language::English) => "no number of runs can be told that would do".to_owned(),
            (Some(needed), Language::Chinese) => format!("约需 {needed} 次（--runs {needed}）"),
            (None, Language::Chinese) => "无法估计所需次数".to_owned(),
        };
        match (self.reached, language) {
            (true, Language::English) => {
                format!(
                    "--until: {metric} has a standard error of {error} after {runs} runs ({wanted} wanted)."
                )
            }
            (true, Language::Chinese) => {
                format!("--until：{runs} 次运行后 {metric} 的标准误为 {error}（目标 {wanted}）。")
            }
            (false, Language::English) => format!(
                "--until: not reached. {metric} has a standard error of {error} after {runs} runs, the most allowed; {wanted} was wanted: {more}."
            ),
            (false, Language::Chinese) => format!(
                "--until：未达到目标。{runs} 次运行（上限）后 {metric} 的标准误为 {error}，目标 {wanted}：{more}。"
            ),
        }
    }
}
