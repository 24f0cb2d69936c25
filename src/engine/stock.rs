//! The book at a month's end, counted in one pass over tiles and delinquent loans.

use std::ops::RangeInclusive;

use super::book::Book;
use super::delinquent::bucket_of;
use super::setup::Setup;
use crate::ledger::Flow;
use crate::model::delinquency::BUCKETS;
use crate::money::Fen;

/// Sums of revolving lines; money in fen.
#[derive(Clone, Copy, Debug, Default)]
pub struct LineStock {
    /// Open lines.
    pub accounts: i64,
    /// Of them those that owe nothing.
    pub unused: i64,
    /// Limits.
    pub limits: i64,
    /// What is owed.
    pub balance: i64,
    /// What could be drawn.
    pub undrawn: i64,
}

/// What is left of a vintage; fen.
#[derive(Clone, Copy, Debug, Default)]
pub struct VintageStock {
    /// Balance.
    pub balance: i64,
    /// Of it past due.
    pub past_due: i64,
    /// Of it more than 30 days past due.
    pub past_due_30: i64,
}

impl VintageStock {
    fn add(&mut self, balance: Fen, age: u32) {
        self.balance += balance.0;
        self.past_due += if age >= 1 { balance.0 } else { 0 };
        self.past_due_30 += if age >= 2 { balance.0 } else { 0 };
    }
}

/// Sums of the book. Money in fen.
#[derive(Clone, Debug)]
pub struct Stock {
    /// Delinquent loans by bucket, then cell.
    delinquent: Vec<i64>,
    /// Their balance.
    delinquent_balance: Vec<i64>,
    /// Open loans by group.
    pub accounts: Vec<i64>,
    /// Balance by group.
    pub balance: Vec<Fen>,
    /// Interest receivable by group.
    pub receivable: Vec<Fen>,
    /// Balance by bucket.
    pub bucket_balance: [i64; BUCKETS],
    /// Loans by bucket.
    pub bucket_accounts: [i64; BUCKETS],
    /// Accounts late on the day after their due date in the month.
    pub late: i64,
    /// Balance of doubtful loans and losses (可疑, 损失).
    pub doubtful: i64,
    /// Of it that of losses (损失).
    pub lost: i64,
    /// Balance by product, then cell.
    pub products: Vec<i64>,
    /// By vintage, the opening book last.
    pub vintages: Vec<VintageStock>,
    /// Balance in payment holidays, and of it that of delinquent loans, whose days past due stand still.
    pub holiday: (i64, i64),
    /// Revolving lines.
    pub lines: LineStock,
}

impl Stock {
    /// An empty book.
    pub fn new(setup: &Setup) -> Self {
        Stock {
            delinquent: vec![0; BUCKETS * setup.cells.len()],
            delinquent_balance: vec![0; BUCKETS * setup.cells.len()],
            accounts: vec![0; setup.groups()],
            balance: vec![Fen::ZERO; setup.groups()],
            receivable: vec![Fen::ZERO; setup.groups()],
            bucket_balance: [0; BUCKETS],
            bucket_accounts: [0; BUCKETS],
            late: 0,
            doubtful: 0,
            lost: 0,
            products: vec![0; setup.products.len() * setup.cells.len()],
            // One more for the opening book.
            vintages: vec![VintageStock::default(); setup.months as usize + 1],
            holiday: (0, 0),
            lines: LineStock::default(),
        }
    }

    /// Delinquent loans of some buckets in a cell.
    pub fn delinquent_in(&self, buckets: RangeInclusive<usize>, cell: usize) -> i64 {
        let cells = self.balance.len() - 1;
        buckets.map(|bucket| self.delinquent[bucket * cells + cell]).sum()
    }

    /// Balance of the delinquent loans of a bucket in a cell.
    pub fn delinquent_balance_in(&self, bucket: usize, cell: usize) -> i64 {
        self.delinquent_balance[bucket * (self.balance.len() - 1) + cell]
    }

    /// Delinquent loans of some buckets.
    pub fn delinquent_all(&self, buckets: RangeInclusive<usize>) -> i64 {
        (0..self.balance.len() - 1).map(|cell| self.delinquent_in(buckets.clone(), cell)).sum()
    }

    /// Counts the book at the end of `month`.
    pub fn take(&mut self, book: &Book, setup: &Setup, month: u32) {
        self.delinquent.fill(0);
        self.delinquent_balance.fill(0);
        self.accounts.fill(0);
        self.balance.fill(Fen::ZERO);
        self.receivable.fill(Fen::ZERO);
        self.bucket_balance = [0; BUCKETS];
        self.bucket_accounts = [0; BUCKETS];
        self.late = book.flows.iter().map(|flows| flows.get(Flow::AccountsLate)).sum();
        (self.doubtful, self.lost) = (0, 0);
        self.products.fill(0);
        self.vintages.fill(VintageStock::default());
        let cells = setup.cells.len();
        self.lines = LineStock::default();
        for line in &book.lines {
            self.lines.accounts += 1;
            self.lines.unused += i64::from(line.account.balance == Fen::ZERO);
            self.lines.limits += line.limit.0;
            self.lines.balance += line.account.balance.0;
            self.lines.undrawn += line.undrawn().0;
        }
        for account in book.delinquents.iter().chain(book.lines.iter().map(|line| &line.account)) {
            assert!(
                Fen::ZERO <= account.scheduled && account.scheduled <= account.balance,
                "a balance below zero or below its schedule in month {month}"
            );
            let age = account.months_past_due(month);
            let (bucket, cell) = (bucket_of(age), account.loan.cell());
            self.delinquent[bucket * cells + cell] += 1;
            self.delinquent_balance[bucket * cells + cell] += account.balance.0;
            self.accounts[cell] += 1;
            self.balance[cell] += account.balance;
            self.receivable[cell] += account.receivable;
            self.products[usize::from(account.loan.product) * cells + cell] += account.balance.0;
            self.bucket_balance[bucket] += account.balance.0;
            self.bucket_accounts[bucket] += 1;
            let (doubtful, loss) = setup.classes[usize::from(account.loan.product)];
            self.doubtful += if age >= doubtful { account.balance.0 } else { 0 };
            self.lost += if age >= loss { account.balance.0 } else { 0 };
            self.vintages[book.row_of(&account.loan)].add(account.balance, age);
        }
        self.holiday = (0, 0);
        for parked in &book.parked {
            let (account, age) = (&parked.account, parked.age());
            let (bucket, cell) = (bucket_of(age), account.loan.cell());
            self.accounts[cell] += 1;
            self.balance[cell] += account.balance;
            self.receivable[cell] += account.receivable;
            self.products[usize::from(account.loan.product) * cells + cell] += account.balance.0;
            self.bucket_balance[bucket] += account.balance.0;
            self.bucket_accounts[bucket] += 1;
            self.vintages[book.row_of(&account.loan)].add(account.balance, age);
            let (doubtful, loss) = setup.classes[usize::from(account.loan.product)];
            self.doubtful += if age >= doubtful { account.balance.0 } else { 0 };
            self.lost += if age >= loss { account.balance.0 } else { 0 };
            self.holiday.0 += account.balance.0;
            self.holiday.1 += if age > 0 { account.balance.0 } else { 0 };
        }
        for &tile in &book.active {
            let tile = &book.tiles[tile as usize];
            let groups = &setup.products[tile.product].groups;
            for (slot, &group) in tile.slots.iter().zip(groups) {
                assert!(slot.balance >= 0, "a negative balance in month {month}");
                self.accounts[group] += i64::from(slot.count);
                self.balance[group] += Fen(slot.balance);
                self.receivable[group] += Fen(slot.unbilled);
                self.products[tile.product * cells + group] += slot.balance;
                self.bucket_balance[0] += slot.balance;
                self.bucket_accounts[0] += i64::from(slot.count);
                self.vintages[setup.vintage_row(tile.made)].balance += slot.balance;
            }
        }
    }
}
