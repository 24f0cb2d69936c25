//! Progress of a batch, on stderr: a bar at a terminal, a plain line now and then elsewhere.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Time between plain lines.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Progress of one batch.
pub struct Progress {
    bar: ProgressBar,
    plain: bool,
    begun: Instant,
    state: Mutex<State>,
}

struct State {
    account_months: u64,
    runs: u64,
    last_line: Instant,
}

impl Progress {
    /// Progress of `runs` runs; `quiet` shows nothing.
    pub fn new(runs: u64, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let target =
            if quiet || !terminal { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(runs), target);
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} runs  {msg}  {eta} left");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        let now = Instant::now();
        Progress {
            bar,
            plain: !quiet && !terminal,
            begun: now,
            state: Mutex::new(State { account_months: 0, runs: 0, last_line: now }),
        }
    }

    /// Takes note of finished runs.
    pub fn add(&self, runs: u64, account_months: u64) {
        let mut state = self.state.lock().expect("nobody panics while showing progress");
        state.runs += runs;
        state.account_months += account_months;
        let seconds = self.begun.elapsed().as_secs_f64().max(1e-9);
        let speed = format!(
            "{:.0} runs/s  {:.1} million account-months/s",
            state.runs as f64 / seconds,
            state.account_months as f64 / seconds / 1e6
        );
        if self.plain && state.last_line.elapsed() >= LINE_EVERY {
            state.last_line = Instant::now();
            let total = self.bar.length().unwrap_or(0);
            let left = seconds / state.runs as f64 * total.saturating_sub(state.runs) as f64;
            super::complain(&format!("{}/{total} runs  {speed}  {left:.0} s left\n", state.runs));
        }
        self.bar.set_message(speed);
        self.bar.inc(runs);
    }

    /// Takes note of runs that need not be done again.
    pub fn skip(&self, runs: u64) {
        self.bar.inc(runs);
        self.bar.reset_eta();
    }

    /// Takes the bar away; returns the seconds since the beginning.
    pub fn finish(&self) -> f64 {
        self.bar.finish_and_clear();
        self.begun.elapsed().as_secs_f64()
    }
}
