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
/// Amounts of up to so many steps are found by position.
const STEPS: i64 = 1 << 16;
/// Entries kept from run to run: 64 MiB.
const KEPT: usize = 1 << 24;

/// Largest loan: 10 million.
pub const LOAN_MAX: Fen = Fen(1_000_000_000);

/// All contracts of a thread's runs.
#[derive(Debug, Default)]
pub struct Contracts {
    /// Each contract: two entries for its rate, then the balance before each month. 32 bits hold twice the largest loan
    /// ([`LOAN_MAX`]): contracts should stay in the cache.
    entries: Vec<i32>,
    families: Vec<Family>,
    family_of: BTreeMap<FamilyKey, FamilyId>,
}

impl Contracts {
    /// Begins a run: what earlier runs worked out stays, unless it has grown too large.
    pub fn begin(&mut self) {
        if self.entries.len() > KEPT {
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
        let at = u32::try_from(self.entries.len()).expect("contracts fit the memory of a machine");
        let terms = self.terms(family, amount);
        let mut opening = amount;
        let entries = &mut self.entries;
        entries.extend([(terms.rate.0 >> 32) as i32, terms.rate.0 as u32 as i32]);
        terms.walk(amount, 1, terms.tenor, |_, instalment| {
            entries.push(i32::try_from(opening.0).expect("a loan is at most LOAN_MAX"));
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
        /// Entries in a cache line.
        const LINE: usize = 16;
        let row = id.0 as usize + 1;
        let entries = &self.entries[row + from as usize..=row + tenor as usize];
        std::hint::black_box(entries.iter().step_by(LINE).fold(0, |any, entry| any | entry));
    }

    /// A contract of `tenor` months with `period` months between due dates.
    #[inline]
    pub fn get(&self, id: ContractId, tenor: u32, period: u32) -> Contract<'_> {
        let [high, low, openings @ ..] = &self.entries[id.0 as usize..][..tenor as usize + 2] else {
            unreachable!("a contract begins with its rate");
        };
        let rate = FixedRate(i64::from(*high) << 32 | i64::from(*low as u32));
        Contract { rate, openings, period }
    }
}

/// What a loan is contracted to pay, month on book by month on book, from 1.
#[derive(Clone, Copy, Debug)]
pub struct Contract<'a> {
    rate: FixedRate,
    openings: &'a [i32],
    period: u32,
}

/// What loans are contracted to do in one month on book, together: balance before it and interest earned in it; fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    pub opening: i64,
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
        let openings = &self.openings[from as usize - 1..];
        let Some(&first) = openings.first() else {
            return;
        };
        if self.rate.is_plain(Fen(i64::from(first))) {
            add_plain(plan, openings, self.rate, sign);
        } else {
            for (planned, &opening) in plan.iter_mut().zip(openings) {
                let opening = Fen(i64::from(opening));
                planned.opening += sign * opening.0;
                planned.accrued += sign * self.rate.interest(opening).0;
            }
        }
    }

    /// Balance before month `k`; nothing after the tenor.
    #[inline]
    pub fn opening(&self, k: u32) -> Fen {
        self.openings.get(k as usize - 1).map_or(Fen::ZERO, |opening| Fen(i64::from(*opening)))
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
        self.openings.len() as u32
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
        self.openings.iter().map(|opening| i64::from(*opening)).sum()
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
