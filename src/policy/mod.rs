//! Rules as data: conditions on what was known at the end of last month, and actions.

mod condition;
mod desk;
mod timing;

pub use condition::{Condition, Metric, Over, Side};
pub use desk::Desk;
pub use timing::{Clock, Firing, Lasting, Step, Timing};

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
    /// Name in result files.
    pub name: String,
    /// First and last month.
    pub months: (u32, u32),
    /// Stages in which it holds; empty: all.
    pub stages: Vec<StageKind>,
    /// Rivals from which on it holds.
    pub rivals_min: u32,
    /// Figures on which it holds; none: all.
    pub when: Vec<Condition>,
    /// When it acts once it fires.
    pub timing: Timing,
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
    /// Multiplies first limits of lines.
    pub limits: f64,
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
    /// Multiplier of first limits of lines.
    pub limits: f64,
    /// No new customers.
    pub stop_new: bool,
    /// No repeat loans.
    pub stop_repeat: bool,
    /// What rules themselves cost this month, fen.
    pub cost: i64,
    /// All charged-off claims are sold.
    pub sell: bool,
}

impl Levers {
    /// All rules in the order of the file, each to its share of the full effect: multipliers multiply, points add, a stop
    /// holds from the first month in effect.
    pub fn set(rules: &[Rule], strengths: &[f64], segments: usize, channels: usize) -> Self {
        let mut levers = Levers {
            marketing: vec![1.0; channels],
            cutoff_new: vec![0.0; segments],
            cutoff_repeat: vec![0.0; segments],
            collections: 1.0,
            limits: 1.0,
            stop_new: false,
            stop_repeat: false,
            cost: 0,
            sell: false,
        };
        let in_effect = rules.iter().zip(strengths.iter().copied()).filter(|(_, strength)| *strength > 0.0);
        for (rule, strength) in in_effect {
            for &channel in &rule.channels {
                levers.marketing[channel] *= towards(rule.action.marketing, strength);
            }
            for &segment in &rule.segments {
                levers.cutoff_new[segment] += rule.action.cutoff_new * strength;
                levers.cutoff_repeat[segment] += rule.action.cutoff_repeat * strength;
            }
            levers.collections *= towards(rule.action.collections, strength);
            levers.limits *= towards(rule.action.limits, strength);
            levers.stop_new |= rule.action.stop_new;
            levers.stop_repeat |= rule.action.stop_repeat;
            levers.sell |= rule.action.sell;
        }
        levers
    }
}

/// A multiplier part of the way from 1.
fn towards(multiplier: f64, strength: f64) -> f64 {
    if strength < 1.0 { 1.0 + (multiplier - 1.0) * strength } else { multiplier }
}

impl Rule {
    /// Whether month, rivals and stage allow it.
    fn holds(&self, known: &Known) -> bool {
        (self.months.0..=self.months.1).contains(&known.month)
            && known.rivals >= self.rivals_min
            && (self.stages.is_empty() || self.stages.iter().any(|kind| kind.holds(known.stage)))
    }
}
