//! Where all rules stand in a run: what has been seen, what is in effect, what fired.

use super::condition::Condition;
use super::timing::{Clock, Firing};
use super::{Counts, Known, Levers, Rule};

/// The state of one run's rules.
#[derive(Debug)]
pub struct Desk {
    clocks: Vec<Clock>,
    /// By rule and condition.
    watches: Vec<Vec<Watch>>,
    /// By rule: the share of the full effect this month.
    strengths: Vec<f64>,
    /// By rule: it has been in effect, this month or before.
    done: Vec<bool>,
    /// Firings so far, by month, then in file order.
    pub firings: Vec<Firing>,
}

/// What a condition has seen.
#[derive(Clone, Debug, Default)]
struct Watch {
    series: Vec<Option<f64>>,
    held: bool,
}

impl Desk {
    /// Before month 0.
    pub fn new(rules: &[Rule]) -> Self {
        Desk {
            clocks: vec![Clock::default(); rules.len()],
            watches: rules.iter().map(|rule| vec![Watch::default(); rule.when.len()]).collect(),
            strengths: vec![0.0; rules.len()],
            done: vec![false; rules.len()],
            firings: Vec::new(),
        }
    }

    /// Decides at the beginning of a month, rule by rule in file order, on what was seen up to the last.
    pub fn decide(&mut self, rules: &[Rule], known: &Known, counts: Counts) -> Levers {
        for (index, rule) in rules.iter().enumerate() {
            let mut holds = rule.holds(known);
            for (condition, watch) in rule.when.iter().zip(&mut self.watches[index]) {
                watch.held = condition.holds(&watch.series, watch.held);
                holds &= watch.held;
            }
            let step = self.clocks[index].step(&rule.timing, known.month, holds);
            let rule = index as u32;
            if step.ended {
                let open = self.firings.iter_mut().rfind(|firing| firing.rule == rule);
                open.expect("what ends has fired").ended = Some(known.month);
            }
            if step.fired {
                self.firings.push(Firing { rule, fired: known.month, ended: None });
            }
            self.strengths[index] = step.strength;
            self.done[index] |= step.strength > 0.0;
        }
        let mut levers = Levers::set(rules, &self.strengths, counts);
        self.open_channels(rules, &mut levers.open);
        levers.cost = self.cost(rules, known.month);
        levers
    }

    /// Sees the figures at the end of a month.
    pub fn see(&mut self, rules: &[Rule], month: u32, figure: impl Fn(&Condition) -> Option<f64>) {
        for (rule, watches) in rules.iter().zip(&mut self.watches) {
            for (condition, watch) in rule.when.iter().zip(watches) {
                watch.series.push(condition.scaled(month, figure(condition)));
            }
        }
    }

    /// A channel that rules launch is closed until one of them has been in effect.
    fn open_channels(&self, rules: &[Rule], open: &mut [bool]) {
        let launched = |done: bool| {
            let chosen = rules.iter().zip(&self.done).filter(move |(_, this)| **this == done);
            chosen.flat_map(|(rule, _)| rule.launch.iter().copied())
        };
        launched(false).for_each(|channel| open[channel] = false);
        launched(true).for_each(|channel| open[channel] = true);
    }

    /// What firing this month and being in effect costs, fen.
    fn cost(&self, rules: &[Rule], month: u32) -> i64 {
        let fired = self.firings.iter().rev().take_while(|firing| firing.fired == month);
        let firing: i64 = fired.map(|firing| rules[firing.rule as usize].timing.cost.0).sum();
        let in_effect = rules.iter().zip(&self.strengths).filter(|(_, strength)| **strength > 0.0);
        firing + in_effect.map(|(rule, _)| rule.timing.monthly_cost.0).sum::<i64>()
    }
}
