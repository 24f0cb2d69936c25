//! A tile: the current loans of one vintage and product. The hot loop of the engine.
//!
//! Two measured ideas carry it. First, money comes from plans: a tile keeps, per group and month on book, the sums of what
//! its loans are contracted to pay, to the fen; a loan that leaves the plan takes its own schedule out, so that a month costs
//! a few additions per group and not a schedule step per loan. Second, a current loan's month is one comparison of a keyed
//! word against a threshold; only loans where something happens are touched.

use super::contracts::{Contract, ContractMonth};
use super::kernel::{TABLE, find_outside, table_position};
use crate::random::{RunDraws, Who};

/// Sums of the current loans of one group of a tile.
#[derive(Clone, Copy, Debug, Default)]
pub struct SlotSums {
    /// Balance.
    pub balance: i64,
    /// Interest earned and not yet due.
    pub unbilled: i64,
    /// Loans.
    pub count: u32,
}

/// What happened to a current loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    Missed,
    Prepaid,
}

/// Current loans of one vintage and product, as columns; the position of a loan in them means nothing.
#[derive(Debug, Default)]
pub struct Tile {
    pub vintage: u32,
    pub product: usize,
    months: usize,
    ordinal: Vec<u32>,
    cell_month: Vec<u32>,
    level: Vec<i16>,
    tenor: Vec<u8>,
    slot: Vec<u16>,
    loan: Vec<u32>,
    planes: [Vec<u32>; 4],
    plane_block: u32,
    level_range: (i32, i32),
    plan: Vec<ContractMonth>,
    pub slots: Vec<SlotSums>,
}

/// A loan as a tile sees it.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub loan: u32,
    pub who: Who,
    pub level: i16,
    pub tenor: u32,
}

/// Thresholds of one tile and month.
#[derive(Clone, Copy, Debug)]
pub struct MonthThresholds<'a> {
    /// Word threshold of missing by table position, before prepayment is taken out.
    pub miss: &'a [u32; TABLE],
    /// Added to a loan's level.
    pub shift: i32,
    /// Prepayment as a word threshold, `0` to `2^32`.
    pub prepay: u64,
}

impl Tile {
    /// Begins a tile anew, keeping its memory.
    pub fn begin(&mut self, vintage: u32, product: usize, slots: usize, tenor_max: u32) {
        self.vintage = vintage;
        self.product = product;
        // Months on book 0 to one past the last: its opening balance of nothing is the last month's closing one.
        self.months = tenor_max as usize + 2;
        self.ordinal.clear();
        self.cell_month.clear();
        self.level.clear();
        self.tenor.clear();
        self.slot.clear();
        self.loan.clear();
        self.planes.iter_mut().for_each(Vec::clear);
        self.plane_block = u32::MAX;
        self.level_range = (i32::MAX, i32::MIN);
        self.plan.clear();
        self.plan.resize(slots * self.months, ContractMonth::default());
        self.slots.clear();
        self.slots.resize(slots, SlotSums::default());
    }

    /// Lowest and highest level any loan has had here.
    pub fn levels(&self) -> (i32, i32) {
        self.level_range
    }

    /// Number of current loans.
    pub fn len(&self) -> usize {
        self.loan.len()
    }

    /// Adds a loan that has paid its instalments up to month on book `paid` and follows its contract from then on.
    /// `words` are its behaviour words of the block `month / 4` the tile is in.
    pub fn join(
        &mut self,
        member: Member,
        slot: usize,
        contract: Contract<'_>,
        paid: u32,
        words: [u32; 4],
    ) {
        self.ordinal.push(member.who.ordinal);
        self.cell_month.push(member.who.cell_month);
        self.level.push(member.level);
        let level = i32::from(member.level);
        self.level_range = (self.level_range.0.min(level), self.level_range.1.max(level));
        self.tenor.push(member.tenor as u8);
        self.slot.push(slot as u16);
        self.loan.push(member.loan);
        for (plane, word) in self.planes.iter_mut().zip(words) {
            plane.push(word);
        }
        let sums = &mut self.slots[slot];
        sums.balance += contract.closing(paid).0;
        sums.unbilled += contract.unbilled(paid).0;
        sums.count += 1;
        let plan = &mut self.plan[slot * self.months + paid as usize + 1..];
        for (planned, month) in plan.as_flattened_mut().iter_mut().zip(contract.months_from(paid + 1).as_flattened()) {
            *planned += month;
        }
    }

    /// Takes a loan out of the plan, from month on book `m` on; it has paid all before.
    pub fn leave_plan(&mut self, slot: usize, contract: Contract<'_>, m: u32) {
        let plan = &mut self.plan[slot * self.months + m as usize..];
        for (planned, month) in plan.as_flattened_mut().iter_mut().zip(contract.months_from(m).as_flattened()) {
            *planned -= month;
        }
        let sums = &mut self.slots[slot];
        sums.balance -= contract.opening(m).0;
        sums.unbilled -= (contract.unbilled(m - 1) + contract.accrued(m)).0;
        sums.count -= 1;
    }

    /// Interest the loans of a slot earn in month on book `m`, fen.
    pub fn accrued(&self, slot: usize, m: u32) -> i64 {
        self.plan[slot * self.months + m as usize][1]
    }

    /// Principal the loans of a slot are contracted to pay in month on book `m`, fen.
    pub fn principal(&self, slot: usize, m: u32) -> i64 {
        let at = slot * self.months + m as usize;
        self.plan[at][0] - self.plan[at + 1][0]
    }

    /// Sum of all opening balances in the plan, fen-months: principal times the month on book it falls due in.
    pub fn principal_months(&self) -> i64 {
        self.plan.iter().map(|month| month[0]).sum()
    }

    /// Finds the loans to which something happens in calendar month `month`; positions ascend.
    pub fn find_happenings(
        &mut self,
        draws: &RunDraws,
        month: u32,
        thresholds: &MonthThresholds<'_>,
        found: &mut Vec<u32>,
    ) {
        let count = self.len();
        if count == 0 {
            found.clear();
            return;
        }
        if self.plane_block != month / 4 {
            for plane in &mut self.planes {
                plane.resize(count, 0);
            }
            draws.fill_behaviour(&self.ordinal, &self.cell_month, month, &mut self.planes);
            self.plane_block = month / 4;
        }
        let words = &self.planes[month as usize % 4];
        // Prepayment takes the top of the word's range, missing the bottom: a loan's miss does not move when prepayment does.
        let keep = (1 << 32) - thresholds.prepay;
        let miss = |level: i32| {
            let threshold = thresholds.miss[table_position(level + thresholds.shift)];
            (u64::from(threshold) * keep >> 32) as u32
        };
        // First all that would miss at the tile's highest level, then of these the ones that do at their own.
        find_outside(words, miss(self.level_range.1), keep, found);
        found.retain(|&at| {
            let word = words[at as usize];
            word < miss(i32::from(self.level[at as usize])) || u64::from(word) >= keep
        });
    }

    /// Which of the two it is that happens to the loan at a found position.
    pub fn happening(&self, position: u32, month: u32, prepay: u64) -> Happening {
        let word = u64::from(self.planes[month as usize % 4][position as usize]);
        if word >= (1 << 32) - prepay { Happening::Prepaid } else { Happening::Missed }
    }

    /// Loan and tenor at a position.
    pub fn at(&self, position: u32) -> (u32, u32) {
        (self.loan[position as usize], u32::from(self.tenor[position as usize]))
    }

    /// Takes out the loan at a position; the last one takes its place.
    pub fn remove(&mut self, position: u32) {
        let position = position as usize;
        self.ordinal.swap_remove(position);
        self.cell_month.swap_remove(position);
        self.level.swap_remove(position);
        self.tenor.swap_remove(position);
        self.slot.swap_remove(position);
        self.loan.swap_remove(position);
        for plane in &mut self.planes {
            plane.swap_remove(position);
        }
    }

    /// Takes out all loans of a tenor and lists each with its slot.
    pub fn remove_tenor(&mut self, tenor: u32, matured: &mut Vec<(u32, usize)>) {
        for position in (0..self.len()).rev() {
            if u32::from(self.tenor[position]) == tenor {
                let slot = usize::from(self.slot[position]);
                self.slots[slot].count -= 1;
                matured.push((self.loan[position], slot));
                self.remove(position as u32);
            }
        }
    }
}
