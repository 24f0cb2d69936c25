//! Setups of a scenario that changes in time.

use super::setup::Setup;
use crate::policy::Rule;
use crate::scenario::Scenario;

impl Setup {
    /// The setup in a month.
    #[inline]
    pub fn at(&self, month: u32) -> &Setup {
        let in_force = self.later.iter().rev().find(|(from, _)| *from <= month);
        in_force.map_or(self, |(_, later)| later)
    }

    /// Adds what holds from later months on. Policies are those of all months: one that comes later does nothing before.
    pub(super) fn with_later(mut self, scenario: &Scenario) -> Setup {
        for later in scenario.later.iter().flatten() {
            let from = later.from.0 as u32;
            let setup = Setup::new(&later.scenario);
            let known: Vec<&str> = self.rules.iter().map(|rule| rule.name.as_str()).collect();
            let come = setup.rules.iter().filter(|rule| !known.contains(&rule.name.as_str()));
            let come: Vec<Rule> = come
                .map(|rule| Rule { months: (rule.months.0.max(from), rule.months.1), ..rule.clone() })
                .collect();
            self.rules.extend(come);
            self.later.push((from, setup));
        }
        self
    }
}
