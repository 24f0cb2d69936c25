//! `compare --parts`: what each part of a variant's change does.

use std::collections::BTreeMap;

use super::Failure;
use super::batch::{self, Session};
use crate::attribution::{everything, in_order};
use crate::engine::Setup;
use crate::output::parts::{SetResult, StageParts, part_effects};
use crate::scenario::Loaded;
use crate::scenario::parts::{Split, merged, parts};

/// Most parts whose every combination is simulated.
const COMBINED_MAX: usize = 6;
/// Most parts of a change.
const PARTS_MAX: usize = 40;

/// Paths of one part.
type Part = Vec<String>;

/// Scenarios of the sets of parts to simulate, by set; those of nothing and of everything are the base and the variant.
pub struct Combinations {
    parts: Vec<Part>,
    scenarios: BTreeMap<usize, Loaded>,
}

/// A change from a base to a variant.
struct Change<'a> {
    base: &'a Loaded,
    variant: &'a Loaded,
}

impl Change<'_> {
    /// The scenario with some parts made; the reason when it is not valid.
    fn made(&self, parts: &[&Part]) -> Result<Loaded, String> {
        let paths: Vec<String> = parts.iter().copied().flatten().cloned().collect();
        let tree = merged(&self.base.tree, &self.variant.tree, &paths);
        Loaded::of_tree(tree, self.base.sources.clone()).map_err(|problems| {
            let reason = problems.list.first();
            let reason = reason.map_or_else(String::new, |first| format!("{}: {}", first.key, first.message));
            format!("with {} alone the scenario has problems ({reason})", paths.join(" and "))
        })
    }

    fn is_valid(&self, parts: &[&Part]) -> bool {
        self.made(parts).is_ok()
    }

    /// Joins parts that are not valid without one another: each with the first that makes it valid, and what is left with all that
    /// is left.
    fn joined(&self, mut parts: Vec<Part>) -> Vec<Part> {
        while let Some((one, other)) = self.pair(&parts) {
            let joining = parts.remove(one.max(other));
            parts[one.min(other)].extend(joining);
        }
        let (valid, left): (Vec<Part>, Vec<Part>) =
            parts.into_iter().partition(|part| self.is_valid(&[part]));
        let mut left: Part = left.into_iter().flatten().collect();
        let mut valid = valid;
        if !left.is_empty() {
            // What is left may need a part that could do without it.
            if !self.is_valid(&[&left])
                && let Some(other) = valid.iter().position(|other| self.is_valid(&[&left, other]))
            {
                left.extend(valid.remove(other));
            }
            valid.push(left);
        }
        valid
    }

    fn pair(&self, parts: &[Part]) -> Option<(usize, usize)> {
        let places = || 0..parts.len();
        places().filter(|one| !self.is_valid(&[&parts[*one]])).find_map(|one| {
            let mut others = places().filter(|other| *other != one);
            others.find(|other| self.is_valid(&[&parts[one], &parts[*other]])).map(|other| (one, other))
        })
    }

    /// The scenario of every set, or of those met in order when there are many parts; the reason when one is not valid.
    fn scenarios(&self, parts: &[Part]) -> Result<BTreeMap<usize, Loaded>, String> {
        let all = everything(parts.len());
        let sets = if parts.len() <= COMBINED_MAX { (0..=all).collect() } else { in_order(parts.len()) };
        let inner = sets.into_iter().filter(|set| *set != 0 && *set != all);
        inner
            .map(|set| {
                let chosen = (0..parts.len()).filter(|part| set & (1 << part) != 0);
                let chosen: Vec<&Part> = chosen.map(|part| &parts[part]).collect();
                Ok((set, self.made(&chosen)?))
            })
            .collect()
    }
}

impl Combinations {
    /// Splits a variant's change as finely as leaves few parts that can be made without one another. `None` when nothing differs.
    pub fn new(base: &Loaded, variant: &Loaded) -> Result<Option<Combinations>, Failure> {
        let change = Change { base, variant };
        let mut problem = String::new();
        // Few parts of which every combination can be made; or else many, in their order alone.
        let attempts = [
            (Split::Keys, COMBINED_MAX),
            (Split::Members, COMBINED_MAX),
            (Split::Members, PARTS_MAX),
            (Split::Tables, PARTS_MAX),
        ];
        for (split, most) in attempts {
            let found = parts(&base.tree, &variant.tree, split);
            if found.is_empty() {
                return Ok(None);
            }
            if found.len() > PARTS_MAX {
                problem = format!("it has {} parts, more than {PARTS_MAX}", found.len());
                continue;
            }
            let found = change.joined(found.into_iter().map(|path| vec![path]).collect());
            if found.len() > most {
                continue;
            }
            match change.scenarios(&found) {
                Ok(scenarios) => return Ok(Some(Combinations { parts: found, scenarios })),
                Err(reason) => problem = reason,
            }
        }
        Err(Failure::Usage(format!(
            "--parts: the change from {} to {} cannot be split: {problem}",
            base.scenario.name, variant.scenario.name
        )))
    }

    /// Number of scenarios to simulate.
    pub fn count(&self) -> usize {
        self.scenarios.len()
    }

    /// Simulates `runs` runs of all of them; `base` and `variant` are the results of nothing and of everything.
    pub fn simulate(
        self,
        runs: u64,
        base: SetResult,
        variant: SetResult,
        session: &Session,
    ) -> Result<Vec<StageParts>, Failure> {
        let mut results = BTreeMap::from([(0, base), (everything(self.parts.len()), variant)]);
        for (set, loaded) in &self.scenarios {
            let batch = batch::simulate(&Setup::new(&loaded.scenario), 0..runs, session, None)?;
            results.insert(*set, SetResult::new(&batch));
        }
        let names: Vec<String> = self.parts.iter().map(|part| part.join(" + ")).collect();
        Ok(part_effects(&names, &results))
    }
}
