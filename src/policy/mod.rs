//! Rules as data: conditions on what was known at the end of last month, and actions.

use crate::lifecycle::stage::Stage;

/// What policies may know when month `t` begins: nothing later than the end of month `t - 1`.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// The month that begins.
    pub month: u32,
    /// The online stage label.
    pub stage: Stage,
    /// Rivals seen.
    pub rivals: u32,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// First and last month.
    pub months: (u32, u32),
    /// Stages in which it holds; empty: all.
    pub stages: Vec<StageKind>,
    /// Rivals from which on it holds.
    pub rivals_min: u32,
    /// Segments by index.
    pub segments: Vec<usize>,
    /// Channels by index.
    pub channels: Vec<usize>,
    /// What it does.
    pub action: Action,
}

/// A stage without its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageKind {
    /// Growth, first or second.
    Growth,
    /// Plateau.
    Plateau,
    /// Decline.
    Decline,
    /// Exit, and what follows.
    Exit,
}

impl StageKind {
    fn holds(self, stage: Stage) -> bool {
        matches!(
            (self, stage),
            (StageKind::Growth, Stage::Growth(_))
                | (StageKind::Plateau, Stage::Plateau)
                | (StageKind::Decline, Stage::Decline)
                | (StageKind::Exit, Stage::Exit | Stage::Closed)
        )
    }
}

/// What a rule does while it holds.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// Multiplies marketing spend.
    pub marketing: f64,
    /// Raises the cut-off for new customers, points.
    pub cutoff_new: f64,
    /// Raises the cut-off for repeat customers, points.
    pub cutoff_repeat: f64,
    /// Multiplies collections.
    pub collections: f64,
    /// Stops new customers.
    pub stop_new: bool,
    /// Stops repeat loans.
    pub stop_repeat: bool,
    /// Sells all charged-off claims.
    pub sell: bool,
}

/// The state of all levers in a month.
#[derive(Clone, Debug, PartialEq)]
pub struct Levers {
    /// Marketing multiplier by channel.
    pub marketing: Vec<f64>,
    /// Rise of the new-customer cut-off by segment, points.
    pub cutoff_new: Vec<f64>,
    /// Rise of the repeat cut-off by segment, points.
    pub cutoff_repeat: Vec<f64>,
    /// Collections multiplier.
    pub collections: f64,
    /// No new customers.
    pub stop_new: bool,
    /// No repeat loans.
    pub stop_repeat: bool,
    /// All charged-off claims are sold.
    pub sell: bool,
}

impl Levers {
    /// All rules in the order of the file: multipliers multiply, points add, a stop holds.
    pub fn set(rules: &[Rule], known: &Known, segments: usize, channels: usize) -> Self {
        let mut levers = Levers {
            marketing: vec![1.0; channels],
            cutoff_new: vec![0.0; segments],
            cutoff_repeat: vec![0.0; segments],
            collections: 1.0,
            stop_new: false,
            stop_repeat: false,
            sell: false,
        };
        for rule in rules.iter().filter(|rule| rule.holds(known)) {
            for &channel in &rule.channels {
                levers.marketing[channel] *= rule.action.marketing;
            }
            for &segment in &rule.segments {
                levers.cutoff_new[segment] += rule.action.cutoff_new;
                levers.cutoff_repeat[segment] += rule.action.cutoff_repeat;
            }
            levers.collections *= rule.action.collections;
            levers.stop_new |= rule.action.stop_new;
            levers.stop_repeat |= rule.action.stop_repeat;
            levers.sell |= rule.action.sell;
        }
        levers
    }
}

impl Rule {
    fn holds(&self, known: &Known) -> bool {
        (self.months.0..=self.months.1).contains(&known.month)
            && known.rivals >= self.rivals_min
            && (self.stages.is_empty() || self.stages.iter().any(|kind| kind.holds(known.stage)))
    }
}
