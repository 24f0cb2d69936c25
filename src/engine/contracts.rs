//! Contracts, exact to the fen, each worked out once: loans of one kind, tenor, rate and amount share one.
//!
//! Amounts are whole steps, so that a run's many loans have few different contracts. Once the balances of a contract stand in
//! a row, everything the engine asks of it is a look-up, and adding a loan to a plan is adding a row and its interest.
//! Measured on the reduced model: walking through schedules took a third of a run.

use std::collections::BTreeMap;

use crate::model::schedule::{Kind, Repayment, Schedule};
use crate::money::{Fen, FixedRate};

/// Which family a loan's contract belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FamilyId(u32);

/// Where a loan's contract stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContractId(u32);

/// Contracts of one schedule, by amount.
#[derive(Debug)]
struct Family {
    schedule: Schedule,
    step: Fen,
    /// The rate of all months, charged in full, if it is the same.
    one_rate: Option<FixedRate>,
    /// Where the contract stands, by amount in steps; [`MISSING`] where there is none yet.
    by_steps: Vec<u32>,
    /// The same for amounts of more steps than [`STEPS`], and for all of a sparse family.
    beyond: BTreeMap<i64, u32>,
    /// Whether the family has few loans.
    sparse: bool,
}

impl Family {
    /// Its weight, in entries of contracts: index and rates.
    fn entries(&self) -> usize {
        self.by_steps.len() + 4 * self.beyond.len() + 4 * self.schedule.rates.len()
    }
}

const MISSING: u32 = u32::MAX;
/// Marks the place of a contract among the wide ones.
const WIDE: u32 = 1 << 31;
/// Amounts of up to so many steps are found by position.
const STEPS: i64 = 1 << 16;
/// Entries, with those of the index, kept from run to run: 2 MiB, what a core's cache holds.
const KEPT: usize = 1 << 19;

/// All contracts of a thread's runs.
#[derive(Debug, Default)]
pub struct Contracts {
    /// Each contract: its family, then the balance before each month. Of loans below 21 million, in 32 bits: contracts
    /// should stay in the cache.
    narrow: Vec<i32>,
    /// The same of larger loans.
    wide: Vec<i64>,
    families: Vec<Family>,
    /// By what makes a schedule: a pure key, so that a workspace may serve any setup.
    family_of: BTreeMap<Vec<u64>, FamilyId>,
}

impl Contracts {
    /// Begins a run: what earlier runs worked out stays, unless it has grown too large.
    pub fn begin(&mut self) {
        let index: usize = self.families.iter().map(Family::entries).sum();
        if self.narrow.len() + 2 * self.wide.len() + index > KEPT {
            *self = Contracts::default();
        }
    }

    /// The family of a repayment, annual rate and tenor, for amounts that are multiples of `step`.
    pub fn family(&mut self, repayment: &Repayment, apr: f64, tenor: u32, step: Fen) -> FamilyId {
        let Repayment { kind, period, interest_only, balloon, rate_steps, waiver, .. } = repayment;
        let Repayment { rate_range, days, curtailment, curtailed, .. } = repayment;
        // What differs most comes first: looking up compares from the front.
        let mut key = vec![
            apr.to_bits(),
            u64::from(tenor),
            *kind as u64,
            u64::from(*period),
            u64::from(*interest_only),
            balloon.to_bits(),
            waiver.0.to_bits(),
            u64::from(waiver.1),
            rate_range.0.to_bits(),
            rate_range.1.to_bits(),
            days.map_or(0, |days| u64::from(days.year)),
            days.map_or(0, |days| u64::from(days.origination.ordinal())),
            curtailment.share.to_bits(),
            u64::from(curtailment.keeps_payment),
            curtailed.len() as u64,
            step.0 as u64,
        ];
        key.extend(curtailed.iter().map(|month| u64::from(*month)));
        key.extend(rate_steps.iter().flat_map(|(from, change)| [u64::from(*from), change.to_bits()]));
        *self.family_of.entry(key).or_insert_with(|| {
            let schedule = Schedule::new(repayment, apr, tenor);
            self.families.push(Family {
                step,
                one_rate: schedule.one_rate(),
                schedule,
                by_steps: Vec::new(),
                beyond: BTreeMap::new(),
                sparse: false,
            });
            FamilyId(self.families.len() as u32 - 1)
        })
    }

    /// The contract of a loan whose rate changes to `apr` after month on book `m`; the months up to `m` are the same in both.
    pub fn repriced(&mut self, id: ContractId, tenor: u32, m: u32, apr: f64) -> ContractId {
        let old = self.get(id, tenor);
        let Family { schedule, step, .. } = old.family;
        let (amount, step, first, tenor) = (old.opening(1), *step, schedule.apr, schedule.tenor);
        let change = apr - first;
        let mut repayment = schedule.repayment.clone();
        if repayment.rate_steps.last().map_or(0.0, |(_, change)| *change) == change {
            return id;
        }
        repayment.rate_steps.push((m + 1, change));
        let family = self.family(&repayment, first, tenor, step);
        // Every history of resets is a family of few loans: too few for places by amount.
        self.families[family.0 as usize].sparse = true;
        self.contract(family, amount)
    }

    /// The contract of a loan that is prepaid in part after the instalment of month on book `m`; the months up to `m` are
    /// the same in both. With its new tenor.
    pub fn curtailed(&mut self, id: ContractId, tenor: u32, m: u32) -> (ContractId, u32) {
        let old = self.get(id, tenor);
        let Family { schedule, step, .. } = old.family;
        let (amount, step, first, longest) = (old.opening(1), *step, schedule.apr, schedule.tenor);
        let mut repayment = schedule.repayment.clone();
        let keeps_payment = repayment.curtailment.keeps_payment;
        repayment.curtailed.push(m);
        let family = self.family(&repayment, first, longest, step);
        self.families[family.0 as usize].sparse = true;
        let id = self.contract(family, amount);
        let schedule = &self.families[family.0 as usize].schedule;
        let end = if keeps_payment { schedule.walk(amount, |_, _| ()) } else { tenor };
        (id, end)
    }

    /// The schedule of a family.
    pub fn schedule(&self, family: FamilyId) -> &Schedule {
        &self.families[family.0 as usize].schedule
    }

    /// The contract of a loan of a family.
    #[inline]
    pub fn contract(&mut self, family: FamilyId, amount: Fen) -> ContractId {
        let found = &self.families[family.0 as usize];
        let steps = amount.0 / found.step.0;
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
        let schedule = &self.families[family.0 as usize].schedule;
        let (at, mark) = if i32::try_from(amount.0).is_ok() {
            let at = self.narrow.len();
            self.narrow.push(family.0 as i32);
            schedule.walk(amount, |_, instalment| self.narrow.push(instalment.opening.0 as i32));
            (at, 0)
        } else {
            let at = self.wide.len();
            self.wide.push(i64::from(family.0));
            schedule.walk(amount, |_, instalment| self.wide.push(instalment.opening.0));
            (at, WIDE)
        };
        let place = u32::try_from(at).ok().filter(|at| *at < WIDE);
        let at = place.expect("contracts of a run fit 2^31 entries") | mark;
        let found = &mut self.families[family.0 as usize];
        if steps < STEPS && !found.sparse {
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
            let row = id.0 as usize;
            let entries = &self.narrow[row + from as usize..=row + tenor as usize];
            std::hint::black_box(entries.iter().step_by(LINE).fold(0, |any, entry| any | entry));
        }
    }

    /// A contract. In line at all callers: measured as 2 % of a run of the reduced model, with the tile of a loan.
    #[inline(always)]
    pub fn get(&self, id: ContractId, tenor: u32) -> Contract<'_> {
        let row = |at: u32| at as usize + 1..at as usize + 1 + tenor as usize;
        let (family, openings) = if id.0 < WIDE {
            (self.narrow[id.0 as usize] as u32, Openings::Narrow(&self.narrow[row(id.0)]))
        } else {
            let at = id.0 - WIDE;
            (self.wide[at as usize] as u32, Openings::Wide(&self.wide[row(at)]))
        };
        let family = &self.families[family as usize];
        Contract { family, openings, one_rate: family.one_rate }
    }
}

/// What a loan is contracted to pay, month on book by month on book, from 1.
#[derive(Clone, Copy, Debug)]
pub struct Contract<'a> {
    family: &'a Family,
    openings: Openings<'a>,
    one_rate: Option<FixedRate>,
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
    /// Monthly rate in force in month `k`, before any waiver.
    #[inline]
    pub fn rate(&self, k: u32) -> FixedRate {
        self.one_rate.unwrap_or_else(|| self.family.schedule.rate(k))
    }

    /// Monthly rate charged in month `k`, after any waiver.
    pub fn charged(&self, k: u32) -> FixedRate {
        let charged = self.family.schedule.charged.get(k as usize - 1);
        charged.copied().unwrap_or_else(|| self.rate(k))
    }

    /// Adds the months from `from` to the tenor to a plan (`sign` 1), or takes them out (`sign` -1). The plan starts with
    /// month `from`.
    #[inline]
    pub fn add_to(&self, plan: &mut [Planned], from: u32, sign: i64) {
        let from = from as usize - 1;
        let rates = self.family.schedule.charged.get(from..).unwrap_or_default();
        match self.openings {
            Openings::Narrow(openings) => {
                let openings = &openings[from..];
                let plain = self.one_rate.filter(|rate| {
                    openings.first().is_some_and(|first| rate.is_plain(Fen(i64::from(*first))))
                });
                match plain {
                    Some(rate) => add_plain(plan, openings, rate, sign),
                    None => add(plan, openings.iter().map(|opening| i64::from(*opening)), rates, sign),
                }
            }
            Openings::Wide(openings) => add(plan, openings[from..].iter().copied(), rates, sign),
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

    /// Interest earned in month `k`, up to the tenor.
    #[inline]
    pub fn accrued(&self, k: u32) -> Fen {
        let rate = self.one_rate.unwrap_or_else(|| self.family.schedule.charged[k as usize - 1]);
        rate.interest(self.opening(k))
    }

    /// Interest earned in the months after `from` up to `to`.
    #[inline]
    fn earned(&self, from: u32, to: u32) -> Fen {
        (from + 1..=to).map(|k| self.accrued(k)).sum()
    }

    fn period(&self) -> u32 {
        self.family.schedule.repayment.period
    }

    fn tenor(&self) -> u32 {
        self.family.schedule.tenor
    }

    /// Interest earned and not yet due after month `k`: due dates are every `period` months, and the tenor is one.
    #[inline]
    pub fn unbilled(&self, k: u32) -> Fen {
        let k = k.min(self.tenor());
        let from = match self.period() {
            // Most contracts: no division.
            1 => k,
            period => k / period * period,
        };
        self.earned(from, k)
    }

    /// Interest due in months `from` to `to`.
    #[inline]
    pub fn interest_due(&self, from: u32, to: u32) -> Fen {
        let to = to.min(self.tenor());
        match self.period() {
            1 => self.earned(from - 1, to),
            period => self.earned((from - 1) / period * period, to / period * period),
        }
    }

    /// Largest payment of a due date per month of its period, fen, without what is left for the last one: a bullet or balloon
    /// is no monthly burden.
    pub fn monthly_payment(&self) -> f64 {
        let (period, tenor) = (self.period(), self.tenor());
        let is_bullet = self.family.schedule.repayment.kind == Kind::InterestOnly;
        let dates = tenor / period;
        let payment = |date: u32| {
            let k = date * period;
            let repays = !is_bullet && (date < dates || dates == 1);
            let principal = if repays { self.opening(k) - self.closing(k) } else { Fen::ZERO };
            (principal + self.interest_due(k - period + 1, k)).0
        };
        (1..=dates).map(payment).max().unwrap_or(0) as f64 / f64::from(period)
    }

    /// Sum of principal times the month on book it falls due in, fen-months: the sum of all opening balances.
    pub fn principal_months(&self) -> i64 {
        (1..=self.tenor()).map(|k| self.opening(k).0).sum()
    }
}

fn add(plan: &mut [Planned], openings: impl Iterator<Item = i64>, rates: &[FixedRate], sign: i64) {
    for ((planned, opening), rate) in plan.iter_mut().zip(openings).zip(rates) {
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
