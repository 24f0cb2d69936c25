//! A tile: the current loans of one vintage and product. The hot loop of the engine.
//!
//! Two measured ideas carry it. First, money comes from plans: a tile keeps, per group and month on book, the sums of what
//! its loans are contracted to pay, to the fen; a loan that leaves the plan takes its own schedule out, so that a month costs
//! a few additions per group and not a schedule step per loan. Second, a current loan's month is one comparison of a keyed
//! word against a threshold; only loans where something happens are touched.

use super::book::Loan;
use super::contracts::{Contract, ContractId, Contracts, Planned};
use super::kernel::{TABLE, find_outside, table_position};
use super::setup::GRADES_MAX;
use crate::money::Fen;
use crate::random::RunDraws;

/// Sums of the current loans of one group of a tile.
#[derive(Clone, Copy, Debug, Default)]
pub struct SlotSums {
    /// Balance.
    pub balance: i64,
    /// Interest earned and not yet due.
    pub unbilled: i64,
    /// Loans.
    pub count: u32,
    /// Amounts of the loans made here, and sums of amount times what their grades tell of log-odds, current and delinquent.
    pub lent: i64,
    pub known: (i64, i64),
}

/// What happened to a current loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    Missed,
    Prepaid,
}

/// Current loans of one vintage and product, and planes of their words; the position of a loan means nothing.
#[derive(Debug, Default)]
pub struct Tile {
    /// Month the contracts of its loans count from, as that of its loans.
    pub vintage: u16,
    /// Month the loans were made in: earlier, if they had a payment holiday.
    pub made: u16,
    pub product: usize,
    months: usize,
    loans: Vec<Loan>,
    planes: [Vec<u32>; 4],
    plane_block: u32,
    level_range: (i32, i32),
    /// By slot and month on book: balance before it and interest earned in it, of all current loans together; fen.
    plan: Vec<Planned>,
    pub slots: Vec<SlotSums>,
}

/// Word thresholds of prepaying by grade, `0` to `2^32`.
#[derive(Clone, Copy, Debug)]
pub struct Prepayment {
    by_grade: [u64; GRADES_MAX],
    least: u64,
    most: u64,
}

impl Prepayment {
    /// The same for all grades.
    pub fn same(threshold: u64) -> Self {
        Prepayment { by_grade: [threshold; GRADES_MAX], least: threshold, most: threshold }
    }

    /// One for each grade, best first.
    pub fn by_grade(thresholds: impl Iterator<Item = u64>) -> Self {
        let mut prepayment = Prepayment { by_grade: [0; GRADES_MAX], least: u64::MAX, most: 0 };
        for (at, threshold) in prepayment.by_grade.iter_mut().zip(thresholds) {
            *at = threshold;
            prepayment.least = prepayment.least.min(threshold);
            prepayment.most = prepayment.most.max(threshold);
        }
        prepayment
    }

    /// First word of a grade that prepays.
    fn keep(&self, grade: u8) -> u64 {
        (1 << 32) - self.by_grade[usize::from(grade)]
    }
}

/// Thresholds of one tile and month.
#[derive(Clone, Copy, Debug)]
pub struct MonthThresholds<'a> {
    /// Word threshold of missing by table position, before prepayment is taken out.
    pub miss: &'a [u32; TABLE],
    /// Added to a loan's level.
    pub shift: i32,
    /// Prepayment.
    pub prepay: &'a Prepayment,
    /// What is left of thresholds of missing after days of grace; `0` to `2^32`.
    pub grace: u64,
}

/// Words that thresholds of missing apply to: those kept of people who do not prepay, less who pays in days of grace.
#[inline]
pub fn after_grace(keep: u64, grace: u64) -> u64 {
    ((u128::from(keep) * u128::from(grace)) >> 32) as u64
}

impl MonthThresholds<'_> {
    /// Words below this miss a payment, at a level, of words kept for those who do not prepay.
    #[inline]
    fn miss(&self, level: i32, keep: u64) -> u32 {
        let threshold = self.miss[table_position(level + self.shift)];
        ((u64::from(threshold) * after_grace(keep, self.grace)) >> 32) as u32
    }

    /// Words below this miss a payment.
    pub fn below(&self, loan: &Loan) -> u32 {
        self.miss(i32::from(loan.level), self.prepay.keep(loan.grade))
    }
}

impl Tile {
    /// Begins a tile anew, keeping its memory.
    pub fn begin(&mut self, (vintage, made): (u16, u16), product: usize, slots: usize, tenor_max: u32) {
        self.vintage = vintage;
        self.made = made;
        self.product = product;
        // Months on book 0 to one past the last: its opening balance of nothing is the last month's closing one.
        self.months = tenor_max as usize + 2;
        self.loans.clear();
        self.planes.iter_mut().for_each(Vec::clear);
        self.plane_block = u32::MAX;
        self.level_range = (i32::MAX, i32::MIN);
        self.plan.clear();
        self.plan.resize(slots * self.months, Planned::default());
        self.slots.clear();
        self.slots.resize(slots, SlotSums::default());
    }

    /// Months on book in a month.
    pub fn age(&self, month: u32) -> u32 {
        u32::from((month as u16).wrapping_sub(self.vintage))
    }

    /// Lowest and highest level any loan has had here.
    pub fn levels(&self) -> (i32, i32) {
        self.level_range
    }

    /// Number of current loans.
    pub fn len(&self) -> usize {
        self.loans.len()
    }

    /// Adds a loan that has paid its instalments up to month on book `paid` and follows its contract from then on.
    /// `words` are its behaviour words of the block `month / 4` the tile is in; a new tile draws those of all its loans at
    /// once when its first month comes.
    pub fn join(
        &mut self,
        loan: &Loan,
        slot: usize,
        contract: Contract<'_>,
        paid: u32,
        words: Option<[u32; 4]>,
    ) {
        self.loans.push(*loan);
        let level = i32::from(loan.level);
        self.level_range = (self.level_range.0.min(level), self.level_range.1.max(level));
        if let Some(words) = words {
            for (plane, word) in self.planes.iter_mut().zip(words) {
                plane.push(word);
            }
        }
        let sums = &mut self.slots[slot];
        sums.balance += contract.closing(paid).0;
        sums.unbilled += contract.unbilled(paid).0;
        sums.count += 1;
        let plan = &mut self.plan[slot * self.months + paid as usize + 1..];
        contract.add_to(plan, paid + 1, 1);
    }

    /// Takes a loan out of the plan, from month on book `m` on; it has paid all before.
    pub fn leave_plan(&mut self, slot: usize, contract: Contract<'_>, m: u32) {
        let plan = &mut self.plan[slot * self.months + m as usize..];
        contract.add_to(plan, m, -1);
        let sums = &mut self.slots[slot];
        sums.balance -= contract.opening(m).0;
        sums.unbilled -= (contract.unbilled(m - 1) + contract.accrued(m)).0;
        sums.count -= 1;
    }

    /// Takes a loan out that has paid all up to month on book `m`, whose month is over; returns its balance and its interest
    /// not yet due.
    pub fn leave_after(&mut self, slot: usize, contract: Contract<'_>, m: u32) -> (Fen, Fen) {
        let plan = &mut self.plan[slot * self.months + m as usize + 1..];
        contract.add_to(plan, m + 1, -1);
        let (balance, unbilled) = (contract.closing(m), contract.unbilled(m));
        let sums = &mut self.slots[slot];
        sums.balance -= balance.0;
        sums.unbilled -= unbilled.0;
        sums.count -= 1;
        (balance, unbilled)
    }

    /// Takes all loans out.
    pub fn clear(&mut self) {
        self.loans.clear();
        self.planes.iter_mut().for_each(Vec::clear);
        self.plan.fill(Planned::default());
        self.slots.fill(SlotSums::default());
    }

    /// Gives all loans other contracts from month on book `m + 1` on.
    pub fn rewrite(
        &mut self,
        m: u32,
        slots: &[usize],
        contracts: &mut Contracts,
        mut contract_of: impl FnMut(&mut Contracts, &Loan) -> ContractId,
    ) {
        for at in 0..self.loans.len() {
            let loan = self.loans[at];
            let contract = contract_of(contracts, &loan);
            if contract == loan.contract {
                continue;
            }
            let slot = slots[loan.cell()];
            let plan = &mut self.plan[slot * self.months + m as usize + 1..];
            loan.contract(contracts).add_to(plan, m + 1, -1);
            self.loans[at].contract = contract;
            self.loans[at].contract(contracts).add_to(plan, m + 1, 1);
        }
    }

    /// Prepays loans in part, after their instalment of month on book `m`: so many words below those of a calendar month with which
    /// they prepay in full. `note` learns the slot and the principal. Those that mature in `m` have nothing left.
    pub fn curtail(
        &mut self,
        (m, month): (u32, u32),
        (share, prepay): (u64, &Prepayment),
        slots: &[usize],
        contracts: &mut Contracts,
        mut note: impl FnMut(usize, Fen),
    ) {
        for at in 0..self.loans.len() {
            let word = u64::from(self.planes[month as usize % 4][at]);
            let loan = self.loans[at];
            let keep = prepay.keep(loan.grade);
            if !(keep.saturating_sub(share)..keep).contains(&word) || u32::from(loan.tenor) <= m {
                continue;
            }
            let slot = slots[loan.cell()];
            let (id, end) = contracts.curtailed(loan.contract, u32::from(loan.tenor), m);
            let changed = Loan { contract: id, tenor: end as u8, ..loan };
            let plan = &mut self.plan[slot * self.months + m as usize + 1..];
            loan.contract(contracts).add_to(plan, m + 1, -1);
            changed.contract(contracts).add_to(plan, m + 1, 1);
            let paid = loan.contract(contracts).closing(m) - changed.contract(contracts).closing(m);
            self.slots[slot].balance -= paid.0;
            self.loans[at] = changed;
            note(slot, paid);
        }
    }

    /// Interest the loans of a slot earn in month on book `m`, fen.
    pub fn accrued(&self, slot: usize, m: u32) -> i64 {
        self.plan[slot * self.months + m as usize].accrued
    }

    /// Principal the loans of a slot are contracted to pay in month on book `m`, fen.
    pub fn principal(&self, slot: usize, m: u32) -> i64 {
        let at = slot * self.months + m as usize;
        self.plan[at].opening - self.plan[at + 1].opening
    }

    /// What the loans of a slot are contracted to do from month on book `m` on.
    pub fn planned(&self, slot: usize, m: u32) -> &[Planned] {
        &self.plan[slot * self.months..][m as usize..self.months]
    }

    /// Monthly rate that its loans bear in month on book `m`, together; `None` when nothing is owed or nothing is borne.
    pub fn monthly_rate(&self, m: u32) -> Option<f64> {
        let sums = (0..self.slots.len()).filter_map(|slot| self.planned(slot, m).first());
        let (opening, accrued) =
            sums.fold((0, 0), |sum, month| (sum.0 + month.opening, sum.1 + month.accrued));
        (opening > 0 && accrued > 0).then(|| accrued as f64 / opening as f64)
    }

    /// Sum of all opening balances in the plan, fen-months: principal times the month on book it falls due in.
    pub fn principal_months(&self) -> i64 {
        self.plan.iter().map(|month| month.opening).sum()
    }

    /// Finds the loans to which something happens in calendar month `month`; positions ascend.
    pub fn find_happenings(
        &mut self,
        draws: &RunDraws,
        month: u32,
        thresholds: &MonthThresholds<'_>,
        candidates: &mut Vec<u32>,
        found: &mut Vec<u32>,
    ) {
        found.clear();
        let count = self.len();
        if count == 0 {
            return;
        }
        if self.plane_block != month / 4 {
            for plane in &mut self.planes {
                plane.resize(count, 0);
            }
            draws.fill_behaviour(self.loans.iter().map(|loan| loan.who), month, &mut self.planes);
            self.plane_block = month / 4;
        }
        let words = &self.planes[month as usize % 4];
        // Prepayment takes the top of the word's range, missing the bottom: a loan's miss does not move when prepayment does.
        let miss = |level: i32, keep: u64| thresholds.miss(level, keep);
        // First all that would miss at the tile's highest level or prepay at its most likely grade, then of these the ones
        // that do at their own.
        let keep = (1 << 32) - thresholds.prepay.most;
        let low = u64::from(miss(self.level_range.1, (1 << 32) - thresholds.prepay.least)).min(keep) as u32;
        let count = find_outside(words, low, keep, candidates);
        found.extend(candidates[..count].iter().copied().filter(|&at| {
            let (word, loan) = (words[at as usize], &self.loans[at as usize]);
            let keep = thresholds.prepay.keep(loan.grade);
            word < miss(i32::from(loan.level), keep) || u64::from(word) >= keep
        }));
    }

    /// Which of the two it is that happens to the loan at a found position.
    pub fn happening(&self, position: u32, month: u32, prepay: &Prepayment) -> Happening {
        let word = u64::from(self.word(position, month));
        let grade = self.loans[position as usize].grade;
        if word >= prepay.keep(grade) { Happening::Prepaid } else { Happening::Missed }
    }

    /// The word of the loan at a position, in a month whose words are drawn.
    pub fn word(&self, position: u32, month: u32) -> u32 {
        self.planes[month as usize % 4][position as usize]
    }

    /// The loan at a position.
    pub fn at(&self, position: u32) -> &Loan {
        &self.loans[position as usize]
    }

    /// Takes out the loan at a position; the last one takes its place.
    pub fn remove(&mut self, position: u32) {
        self.loans.swap_remove(position as usize);
        for plane in &mut self.planes {
            plane.swap_remove(position as usize);
        }
    }

    /// Takes out all loans of a tenor, which have paid their last instalment, and lists them.
    pub fn remove_tenor(&mut self, tenor: u32, slots: &[usize], matured: &mut Vec<Loan>) {
        for position in (0..self.len() as u32).rev() {
            let loan = *self.at(position);
            if u32::from(loan.tenor) == tenor {
                self.slots[slots[loan.cell()]].count -= 1;
                matured.push(loan);
                self.remove(position);
            }
        }
    }
}
