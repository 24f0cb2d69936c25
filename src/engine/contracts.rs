//! Contracts, exact to the fen, each worked out once: loans of one kind, tenor, rate and amount share one.
//!
//! Amounts are whole steps, so that a run's many loans have few different contracts. Once a contract stands as a row of
//! months, everything the engine asks of it is a look-up, and adding a loan to a plan is adding a row. Measured on the
//! reduced model: walking through schedules took a third of a run.

use std::collections::BTreeMap;

use crate::model::schedule::{Kind, Terms, payment_factor};
use crate::money::{Fen, FixedRate};

/// One month of a contract: balance before it, and interest earned in it; fen. 32 bits hold twice the largest loan
/// (rate), and halve the memory a run's contracts take from the cache.
pub type ContractMonth = [i32; 2];

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
/// Amounts of up to so many steps are found by position.
const STEPS: i64 = 1 << 16;
/// Months kept from run to run: 64 MiB.
const KEPT: usize = 1 << 23;

/// All contracts of a thread's runs.
#[derive(Debug, Default)]
pub struct Contracts {
    /// Each contract: an entry for its rate, then its months.
    months: Vec<ContractMonth>,
    families: Vec<Family>,
    family_of: BTreeMap<FamilyKey, FamilyId>,
}

impl Contracts {
    /// Begins a run: what earlier runs worked out stays, unless it has grown too large.
    pub fn begin(&mut self) {
        if self.months.len() > KEPT {
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
        let at = u32::try_from(self.months.len()).expect("contracts fit the memory of a machine");
        let terms = self.terms(family, amount);
        let mut opening = amount;
        let months = &mut self.months;
        months.push(rate_entry(terms.rate));
        terms.walk(amount, 1, terms.tenor, |_, instalment| {
            months.push([narrow(opening), narrow(instalment.interest_accrued)]);
            opening -= instalment.principal;
        });
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
        /// Months in a cache line.
        const LINE: usize = 64 / size_of::<ContractMonth>();
        let months = &self.months[id.0 as usize + from as usize..=id.0 as usize + tenor as usize];
        std::hint::black_box(months.iter().step_by(LINE).fold(0, |any, month| any | month[0]));
    }

    /// A contract of `tenor` months with `period` months between due dates.
    #[inline]
    pub fn get(&self, id: ContractId, tenor: u32, period: u32) -> Contract<'_> {
        let [rate, months @ ..] = &self.months[id.0 as usize..=id.0 as usize + tenor as usize] else {
            unreachable!("a contract has its rate");
        };
        Contract { rate, months, period: period as usize }
    }
}

/// A contract's monthly rate, in the place before its first month.
fn rate_entry(rate: FixedRate) -> ContractMonth {
    [(rate.0 >> 32) as i32, rate.0 as u32 as i32]
}

fn narrow(amount: Fen) -> i32 {
    i32::try_from(amount.0).expect("a loan is at most 10 million")
}

/// What a loan is contracted to pay, month on book by month on book, from 1.
#[derive(Clone, Copy, Debug)]
pub struct Contract<'a> {
    rate: &'a ContractMonth,
    months: &'a [ContractMonth],
    period: usize,
}

impl<'a> Contract<'a> {
    /// Monthly rate.
    pub fn rate(&self) -> FixedRate {
        let [high, low] = *self.rate;
        FixedRate(i64::from(high) << 32 | i64::from(low as u32))
    }

    /// Months from `from` to the tenor.
    #[inline]
    pub fn months_from(&self, from: u32) -> &'a [ContractMonth] {
        &self.months[from as usize - 1..]
    }

    /// Balance before month `k`; nothing after the tenor.
    #[inline]
    pub fn opening(&self, k: u32) -> Fen {
        self.months.get(k as usize - 1).map_or(Fen::ZERO, |month| Fen(i64::from(month[0])))
    }

    /// Balance after month `k`.
    #[inline]
    pub fn closing(&self, k: u32) -> Fen {
        self.opening(k + 1)
    }

    /// Interest earned in month `k`, up to the tenor.
    #[inline]
    pub fn accrued(&self, k: u32) -> Fen {
        Fen(i64::from(self.months[k as usize - 1][1]))
    }

    /// Interest earned in months `from` up to `to`, both as numbers of months gone.
    fn earned(&self, from: usize, to: usize) -> Fen {
        Fen(self.months[from..to].iter().map(|month| i64::from(month[1])).sum())
    }

    /// Interest earned and not yet due after month `k`: due dates are every `period` months, and the tenor is one.
    #[inline]
    pub fn unbilled(&self, k: u32) -> Fen {
        let k = (k as usize).min(self.months.len());
        self.earned(k / self.period * self.period, k)
    }

    /// Interest due in months `from` to `to`.
    #[inline]
    pub fn interest_due(&self, from: u32, to: u32) -> Fen {
        let to = (to as usize).min(self.months.len());
        let before = from as usize - 1;
        let (first, last) = (before / self.period * self.period, to / self.period * self.period);
        if first < last { self.earned(first, last) } else { Fen::ZERO }
    }

    /// Sum of principal times the month on book it falls due in, fen-months: the sum of all opening balances.
    pub fn principal_months(&self) -> i64 {
        self.months.iter().map(|month| i64::from(month[0])).sum()
    }
}
