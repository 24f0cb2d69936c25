//! Runs until a figure is known well enough: `METRIC=5%` or `METRIC=VALUE`, looked at after fixed numbers of runs, so that the
//! result does not depend on threads, and is the one that as many runs give without it.

/// Runs before the first look. With fewer the standard error itself is not known well enough to stop by.
pub const FIRST_LOOK: u64 = 128;
/// Numbers of runs are multiples of this: whole blocks.
const STEP: u64 = 16;

/// The standard error that is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wanted {
    /// As a share of the figure's own size.
    Relative(f64),
    /// In the figure's unit: currency units for amounts, decimals for ratios.
    Absolute(f64),
}

/// A figure and how well it is to be known.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Name of the metric.
    pub metric: String,
    /// Its standard error.
    pub wanted: Wanted,
}

impl std::str::FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "--until {text}: write METRIC=PERCENT% of the figure or METRIC=VALUE in its unit, above 0, such as profit_before_tax=5% or profit_before_tax=50000"
            )
        };
        let (metric, value) = text.split_once('=').ok_or_else(wrong)?;
        let (number, is_relative) = match value.trim().strip_suffix('%') {
            Some(percent) => (percent, true),
            None => (value, false),
        };
        let number: f64 = number.trim().parse().map_err(|_| wrong())?;
        if !(number.is_finite() && number > 0.0) {
            return Err(wrong());
        }
        let wanted = if is_relative { Wanted::Relative(number / 100.0) } else { Wanted::Absolute(number) };
        Ok(Target { metric: metric.trim().to_owned(), wanted })
    }
}

/// What a look at the figure says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Look {
    /// It is known well enough.
    Reached,
    /// Look again after so many runs in all.
    Next(u64),
    /// Not within the runs allowed: about so many would do (more than can be said when infinite).
    OutOfReach(f64),
}

impl Wanted {
    /// The standard error wanted of a figure. `unit` is the size of one unit in the figure's own numbers: 100 for amounts in fen.
    pub fn error(self, figure: f64, unit: f64) -> f64 {
        match self {
            Wanted::Relative(share) => share * figure.abs(),
            Wanted::Absolute(value) => value * unit,
        }
    }
}

/// Looks at a standard error after `runs` runs of at most `most`, when `wanted` is wanted. The next look comes where the target
/// should be met, somewhat late: each look is a chance to stop on a lucky error.
pub fn look(runs: u64, error: f64, wanted: f64, most: u64) -> Look {
    if error <= wanted {
        return Look::Reached;
    }
    let needed = (error / wanted) * (error / wanted) * runs as f64;
    if runs >= most {
        return Look::OutOfReach(needed);
    }
    let (least, furthest) = (1.25 * runs as f64, 4.0 * runs as f64);
    // `as` saturates what is not finite.
    let next = (1.05 * needed).clamp(least, furthest) as u64;
    Look::Next(next.next_multiple_of(STEP).min(most))
}
