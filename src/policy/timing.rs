//! When a rule that fires acts: lag, ramp, how long it lasts, and the pause before it can fire again.

use crate::money::Fen;

/// How long an effect lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// Until conditions no longer hold.
    WhileHeld,
    /// So many months.
    Months(u32),
    /// For good.
    Permanent,
}

/// Timing of a rule, months.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// From firing to effect.
    pub lag: u32,
    /// How long the effect lasts.
    pub lasting: Lasting,
    /// Months of effect until it is full, the full one included; 1: at once.
    pub ramp: u32,
    /// Months after its end before it can fire again.
    pub cooldown: u32,
    /// Cost of firing.
    pub cost: Fen,
    /// Cost of every month in effect.
    pub monthly_cost: Fen,
}

/// A rule that fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Firing {
    /// The rule, in file order.
    pub rule: u32,
    /// Month it fired.
    pub fired: u32,
    /// First month no longer in effect; `None` when the horizon came first.
    pub ended: Option<u32>,
}

impl Firing {
    /// Months in effect within a horizon.
    pub fn months_in_effect(&self, timing: &Timing, horizon: u32) -> u32 {
        self.ended.unwrap_or(horizon).saturating_sub(self.fired + timing.lag)
    }

    /// What it cost within a horizon, fen.
    pub fn cost(&self, timing: &Timing, horizon: u32) -> i64 {
        timing.cost.0 + timing.monthly_cost.0 * i64::from(self.months_in_effect(timing, horizon))
    }
}

/// Where a rule stands in a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    fired: Option<u32>,
    ready: u32,
}

/// What happens to a rule in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Step {
    /// What fired before ends: this month is no longer in effect.
    pub ended: bool,
    /// It fires.
    pub fired: bool,
    /// Share of the full effect, 0 when it is not in effect.
    pub strength: f64,
}

impl Clock {
    /// Moves on to `month`, at whose beginning all conditions hold or not. A decision once made is carried out: it takes
    /// effect after its lag whether conditions still hold or not, for one month at least.
    pub fn step(&mut self, timing: &Timing, month: u32, holds: bool) -> Step {
        let mut step = Step::default();
        if let Some(fired) = self.fired {
            let begins = fired + timing.lag;
            step.ended = match timing.lasting {
                Lasting::WhileHeld => month > begins && !holds,
                Lasting::Months(months) => month >= begins + months,
                Lasting::Permanent => false,
            };
            if step.ended {
                self.fired = None;
                self.ready = month + timing.cooldown;
            }
        }
        if self.fired.is_none() && holds && month >= self.ready {
            self.fired = Some(month);
            step.fired = true;
        }
        if let Some(fired) = self.fired
            && month >= fired + timing.lag
        {
            let months = month - (fired + timing.lag) + 1;
            step.strength = (f64::from(months) / f64::from(timing.ramp)).min(1.0);
        }
        step
    }
}
