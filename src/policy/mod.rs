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
    /// Products by index.
    pub products: Vec<usize>,
    /// Collections tiers by index, those of days last, and whether recoveries go with them.
    pub tiers: (Vec<usize>, bool),
    /// Channels it opens, by index.
    pub launch: Vec<usize>,
    /// Segments whose conversion it raises, by index.
    pub converting: Vec<usize>,
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
    /// Raises the conversion of regions.
    pub conversion: f64,
    /// Raises the cut-off for new customers, points.
    pub cutoff_new: f64,
    /// Raises the cut-off for repeat customers, points.
    pub cutoff_repeat: f64,
    /// Multiplies collections.
    pub collections: f64,
    /// Multiplies first limits of lines.
    pub limits: f64,
    /// Raises annual rates offered.
    pub price: f64,
    /// Multiplies amounts asked for.
    pub amount: f64,
    /// Share of loans that take the next longer tenor.
    pub tenor: f64,
    /// Multiplies hours to a decision.
    pub hours: f64,
    /// Stops new customers.
    pub stop_new: bool,
    /// Stops repeat loans.
    pub stop_repeat: bool,
    /// Sells all charged-off claims.
    pub sell: bool,
    /// Share of current loans that move to another product.
    pub transfer: f64,
    /// Sells a pool of current loans.
    pub securitise: bool,
    /// Ends the product.
    pub close: bool,
}

/// Of how many things there are levers.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// Segments.
    pub segments: usize,
    /// Channels.
    pub channels: usize,
    /// Products.
    pub products: usize,
    /// Collections tiers.
    pub tiers: usize,
}

/// The state of all levers in a month.
#[derive(Clone, Debug, PartialEq)]
pub struct Levers {
    /// Marketing multiplier by channel, then segment.
    pub marketing: Vec<f64>,
    /// Rise of the conversion of its region, by segment.
    pub conversion: Vec<f64>,
    /// Rise of the new-customer cut-off by segment, points.
    pub cutoff_new: Vec<f64>,
    /// Rise of the repeat cut-off by segment, points.
    pub cutoff_repeat: Vec<f64>,
    /// Multiplier of the speed of recoveries.
    pub collections: f64,
    /// Multiplier of first limits of lines.
    pub limits: f64,
    /// Multiplier of contacts and their capacity by collections tier.
    pub tiers: Vec<f64>,
    /// Rise of annual rates by product.
    pub price: Vec<f64>,
    /// Multiplier of amounts by product, then segment.
    pub amount: Vec<f64>,
    /// Share of loans that take the next longer tenor, by product.
    pub tenor: Vec<f64>,
    /// Multiplier of hours to a decision by product.
    pub hours: Vec<f64>,
    /// Channels that are open.
    pub open: Vec<bool>,
    /// No new customers.
    pub stop_new: bool,
    /// No repeat loans.
    pub stop_repeat: bool,
    /// What rules themselves cost this month, fen.
    pub cost: i64,
    /// All charged-off claims are sold.
    pub sell: bool,
    /// Share of current loans that stay; the others move to another product.
    pub stay: f64,
    /// A pool of current loans is sold.
    pub securitise: bool,
    /// The product ends.
    pub close: bool,
}

impl Levers {
    /// All rules in the order of the file, each to its share of the full effect: multipliers multiply, points add, a stop
    /// holds from the first month in effect.
    pub fn set(rules: &[Rule], strengths: &[f64], of: Counts) -> Self {
        let mut levers = Levers {
            marketing: vec![1.0; of.channels * of.segments],
            conversion: vec![0.0; of.segments],
            cutoff_new: vec![0.0; of.segments],
            cutoff_repeat: vec![0.0; of.segments],
            collections: 1.0,
            limits: 1.0,
            tiers: vec![1.0; of.tiers],
            price: vec![0.0; of.products],
            amount: vec![1.0; of.products * of.segments],
            tenor: vec![0.0; of.products],
            hours: vec![1.0; of.products],
            open: vec![true; of.channels],
            stop_new: false,
            stop_repeat: false,
            cost: 0,
            sell: false,
            stay: 1.0,
            securitise: false,
            close: false,
        };
        let in_effect = rules.iter().zip(strengths.iter().copied()).filter(|(_, strength)| *strength > 0.0);
        for (rule, strength) in in_effect {
            for &channel in &rule.channels {
                for &segment in &rule.segments {
                    levers.marketing[channel * of.segments + segment] *=
                        towards(rule.action.marketing, strength);
                }
            }
            for &segment in &rule.segments {
                levers.cutoff_new[segment] += rule.action.cutoff_new * strength;
                levers.cutoff_repeat[segment] += rule.action.cutoff_repeat * strength;
            }
            levers.limits *= towards(rule.action.limits, strength);
            for &segment in &rule.converting {
                levers.conversion[segment] += rule.action.conversion * strength;
            }
            for &product in &rule.products {
                levers.price[product] += rule.action.price * strength;
                levers.tenor[product] += rule.action.tenor * strength;
                levers.hours[product] *= towards(rule.action.hours, strength);
                for &segment in &rule.segments {
                    levers.amount[product * of.segments + segment] *= towards(rule.action.amount, strength);
                }
            }
            let (tiers, recoveries) = &rule.tiers;
            for &tier in tiers {
                levers.tiers[tier] *= towards(rule.action.collections, strength);
            }
            if *recoveries {
                levers.collections *= towards(rule.action.collections, strength);
            }
            levers.stop_new |= rule.action.stop_new;
            levers.stop_repeat |= rule.action.stop_repeat;
            levers.sell |= rule.action.sell;
            levers.stay *= 1.0 - rule.action.transfer * strength;
            levers.securitise |= rule.action.securitise;
            levers.close |= rule.action.close;
        }
        levers
    }

    /// What holds from the month on in which the product was ended: nothing new is made, and what is left goes.
    pub fn end(&mut self) {
        self.close = true;
        self.stop_new = true;
        self.stop_repeat = true;
        self.sell = true;
    }
}

impl Levers {
    /// Multiplier of the spend of a channel on a segment.
    pub fn marketing_of(&self, channel: usize, segment: usize) -> f64 {
        self.marketing[channel * self.cutoff_new.len() + segment]
    }

    /// Multiplier of the amount a segment asks for of a product.
    pub fn amount_of(&self, product: usize, segment: usize) -> f64 {
        self.amount[product * self.cutoff_new.len() + segment]
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
