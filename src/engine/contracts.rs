//! Contracts, exact to the fen, each worked out once: loans of one kind, tenor, rate and amount share one.
//!
//! Amounts are whole steps, so that a run's many loans have few different contracts. Once the balances of a contract stand in
//! a row, everything the engine asks of it is a look-up, and adding a loan to a plan is adding a row and its interest.
//! Measured on the reduced model: walking through schedules took a third of a run.

use std::collections::BTreeMap;

use crate::model::schedule::{Kind, Terms, payment_factor};
use crate::money::{Fen, FixedRate};

/// Which family a loan's contract belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FamilyId(u32);

/// Where a loan's contract stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContractId(u32);

/// What contracts of one family share. A pure key: a workspace may serve any setup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct FamilyKey {
    kind: Kind,
    tenor: u32,
    rate: FixedRate,
    step: Fen,
}

/// Contracts of one kind, tenor and rate, by amount.
#[derive(Debug)]
struct Family {
    key: FamilyKey,
    payment_factor: f64,
    /// Where the contract stands, by amount in steps; [`MISSING`] where there is none yet.
    by_steps: Vec<u32>,
    /// The same for amounts of more steps than [`STEPS`].
    beyond: BTreeMap<i64, u32>,
}

const MISSING: u32 = u32::MAX;
/// Marks the place of a contract among the wide ones.
const WIDE: u32 = 1 << 31;
/// Amounts of up to so many steps are found by position.
const STEPS: i64 = 1 << 16;
/// Entries kept from run to run: 2 MiB, what a core's cache holds.
const KEPT: usize = 1 << 19;

/// All contracts of a thread's runs.
#[derive(Debug, Default)]
pub struct Contracts {
    /// Each contract: two entries for its rate, then the balance before each month. Of loans below 21 million, in 32
    /// bits: contracts should stay in the cache.
    narrow: Vec<i32>,
    /// The same of larger loans.
    wide: Vec<i64>,
    families: Vec<Family>,
    family_of: BTreeMap<FamilyKey, FamilyId>,
}

impl Contracts {
    /// Begins a run: what earlier runs worked out stays, unless it has grown too large.
    pub fn begin(&mut self) {
        if self.narrow.len() + self.wide.len() > KEPT {
            *self = Contracts::default();
        }
    }

    /// The family of a kind, tenor and rate, for amounts that are multiples of `step`.
    pub fn family(&mut self, kind: Kind, tenor: u32, rate: FixedRate, step: Fen) -> FamilyId {
        let key = FamilyKey { kind, tenor, rate, step };
        *self.family_of.entry(key).or_insert_with(|| {
            self.families.push(Family {
                key,
                payment_factor: payment_factor(kind, rate, tenor),
                by_steps: Vec::new(),
                beyond: BTreeMap::new(),
            });
            FamilyId(self.families.len() as u32 - 1)
        })
    }

    /// Terms of a loan of a family.
    pub fn terms(&self, family: FamilyId, amount: Fen) -> Terms {
        let Family { key, payment_factor, .. } = &self.families[family.0 as usize];
        let payment = Fen::round(amount.0 as f64 * payment_factor);
        Terms { kind: key.kind, tenor: key.tenor, rate: key.rate, payment }
    }

    /// The contract of a loan of a family.
    #[inline]
    pub fn contract(&mut self, family: FamilyId, amount: Fen) -> ContractId {
        let found = &self.families[family.0 as usize];
        let steps = amount.0 / found.key.step.0;
        match found.by_steps.get(steps as usize) {
            Some(&first) if first != MISSING => ContractId(first),
            _ => self.write(family, amount, steps),
        }
    }

    #[cold]
    fn write(&mut self, family: FamilyId, amount: Fen, steps: i64) -> ContractId {
        if let Some(&first) = self.families[family.0 as usize].beyond.get(&steps) {
            return ContractId(first);
        }
        let terms = self.terms(family, amount);
        let rate = terms.rate.0;
        let (high, low) = ((rate >> 32) as i32, rate as u32 as i32);
        let at = if let Ok(narrow_amount) = i32::try_from(amount.0) {
            let at = self.narrow.len();
            self.narrow.extend([high, low]);
            let mut opening = narrow_amount;
            terms.walk(amount, 1, terms.tenor, |_, instalment| {
                self.narrow.push(opening);
                opening -= instalment.principal.0 as i32;
            });
            at
        } else {
            let at = self.wide.len();
            self.wide.extend([i64::from(high), i64::from(low)]);
            let mut opening = amount;
            terms.walk(amount, 1, terms.tenor, |_, instalment| {
                self.wide.push(opening.0);
                opening -= instalment.principal;
            });
            at | WIDE as usize
        };
        let at = u32::try_from(at).expect("contracts fit the memory of a machine");
        let found = &mut self.families[family.0 as usize];
        if steps < STEPS {
            let steps = steps as usize;
            if found.by_steps.len() <= steps {
                found.by_steps.resize(steps + 1, MISSING);
            }
            found.by_steps[steps] = at;
        } else {
            found.beyond.insert(steps, at);
        }
        ContractId(at)
    }

    /// Brings a contract's months from `from` on into the cache. Contracts lie all over memory: a loop over many loans
    /// touches them all first, so that the waits overlap; measured as a tenth of a run of the reduced model.
    #[inline]
    pub fn touch(&self, id: ContractId, tenor: u32, from: u32) {
        /// Entries in a cache line.
        const LINE: usize = 16;
        if id.0 < WIDE {
            let row = id.0 as usize + 1;
            let entries = &self.narrow[row + from as usize..=row + tenor as usize];
            std::hint::black_box(entries.iter().step_by(LINE).fold(0, |any, entry| any | entry));
        }
    }

    /// A contract of `tenor` months with `period` months between due dates.
    #[inline]
    pub fn get(&self, id: ContractId, tenor: u32, period: u32) -> Contract<'_> {
        let (high, low, openings) = if id.0 < WIDE {
            let row = &self.narrow[id.0 as usize..][..tenor as usize + 2];
            (i64::from(row[0]), row[1] as u32, Openings::Narrow(&row[2..]))
        } else {
            let row = &self.wide[(id.0 - WIDE) as usize..][..tenor as usize + 2];
            (row[0], row[1] as u32, Openings::Wide(&row[2..]))
        };
        Contract { rate: FixedRate(high << 32 | i64::from(low)), openings, period }
    }
}

/// What a loan is contracted to pay, month on book by month on book, from 1.
#[derive(Clone, Copy, Debug)]
pub struct Contract<'a> {
    rate: FixedRate,
    openings: Openings<'a>,
    period: u32,
}

/// Balance before each month.
#[derive(Clone, Copy, Debug)]
enum Openings<'a> {
    Narrow(&'a [i32]),
    Wide(&'a [i64]),
}

/// What loans are contracted to do in one month on book, together: balance before it and interest earned in it; fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// Balance before the month.
    pub opening: i64,
    /// Interest earned in it.
    pub accrued: i64,
}

impl<'a> Contract<'a> {
    /// Monthly rate.
    pub fn rate(&self) -> FixedRate {
        self.rate
    }

    /// Adds the months from `from` to the tenor to a plan (`sign` 1), or takes them out (`sign` -1). The plan starts with
    /// month `from`.
    #[inline]
    pub fn add_to(&self, plan: &mut [Planned], from: u32, sign: i64) {
        match self.openings {
            Openings::Narrow(openings) => {
                let openings = &openings[from as usize - 1..];
                let is_plain =
                    openings.first().is_some_and(|first| self.rate.is_plain(Fen(i64::from(*first))));
                if is_plain {
                    add_plain(plan, openings, self.rate, sign);
                } else {
                    add(plan, openings.iter().map(|opening| i64::from(*opening)), self.rate, sign);
                }
            }
            Openings::Wide(openings) => {
                add(plan, openings[from as usize - 1..].iter().copied(), self.rate, sign);
            }
        }
    }

    /// Balance before month `k`; nothing after the tenor.
    #[inline]
    pub fn opening(&self, k: u32) -> Fen {
        let k = k as usize - 1;
        Fen(match self.openings {
            Openings::Narrow(openings) => openings.get(k).map_or(0, |opening| i64::from(*opening)),
            Openings::Wide(openings) => openings.get(k).copied().unwrap_or(0),
        })
    }

    /// Balance after month `k`.
    #[inline]
    pub fn closing(&self, k: u32) -> Fen {
        self.opening(k + 1)
    }

    /// Interest earned in month `k`.
    #[inline]
    pub fn accrued(&self, k: u32) -> Fen {
        self.rate.interest(self.opening(k))
    }

    /// Interest earned in the months after `from` up to `to`.
    #[inline]
    fn earned(&self, from: u32, to: u32) -> Fen {
        (from + 1..=to).map(|k| self.accrued(k)).sum()
    }

    fn tenor(&self) -> u32 {
        match self.openings {
            Openings::Narrow(openings) => openings.len() as u32,
            Openings::Wide(openings) => openings.len() as u32,
        }
    }

    /// Interest earned and not yet due after month `k`: due dates are every `period` months, and the tenor is one.
    #[inline]
    pub fn unbilled(&self, k: u32) -> Fen {
        let k = k.min(self.tenor());
        self.earned(k / self.period * self.period, k)
    }

    /// Interest due in months `from` to `to`.
    #[inline]
    pub fn interest_due(&self, from: u32, to: u32) -> Fen {
        let to = to.min(self.tenor());
        self.earned((from - 1) / self.period * self.period, to / self.period * self.period)
    }

    /// Sum of principal times the month on book it falls due in, fen-months: the sum of all opening balances.
    pub fn principal_months(&self) -> i64 {
        (1..=self.tenor()).map(|k| self.opening(k).0).sum()
    }
}

fn add(plan: &mut [Planned], openings: impl Iterator<Item = i64>, rate: FixedRate, sign: i64) {
    for (planned, opening) in plan.iter_mut().zip(openings) {
        planned.opening += sign * opening;
        planned.accrued += sign * rate.interest(Fen(opening)).0;
    }
}

/// [`Contract::add_to`] where [`FixedRate::interest_plain`] holds.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+avx512bw", "x86_64+avx2"))]
fn add_plain(plan: &mut [Planned], openings: &[i32], rate: FixedRate, sign: i64) {
    for (planned, &opening) in plan.iter_mut().zip(openings) {
        let opening = Fen(i64::from(opening));
        planned.opening += sign * opening.0;
        planned.accrued += sign * rate.interest_plain(opening).0;
    }
}
