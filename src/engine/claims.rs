//! Charged-off loans: what is pursued, what is sued for, what comes in, what is sold, what guarantors pay.

use super::book::{Book, Delinquent};
use super::month::Conditions;
use super::setup::{SaleSetup, Setup};
use super::stock::Stock;
use crate::ledger::Flow;
use crate::model::guarantee::{compensation, monthly_fee};
use crate::model::litigation::{filing_cost, judged, sued};
use crate::model::recovery::{factor_multiplier, monthly_share};
use crate::model::sale::{is_sale_month, price_share};
use crate::money::Fen;

/// Charged-off principal of a vintage and cell that is still pursued.
#[derive(Clone, Debug)]
pub struct Pursued {
    /// Row of the vintage.
    pub vintage: usize,
    pub cell: usize,
    /// Fen pursued so far.
    pub principal: f64,
    /// Fen charged off this month, pursued from next month on. An integer: the order in which loans are charged off must
    /// not move a bit.
    pub entering: i64,
    /// Fen by month of charge-off, oldest first, of what is not sold; kept where claims can be sold.
    claims: Vec<(u32, i64)>,
}

/// What became of a fen charged off in one month: the same for every loan, so that a claim needs to know its month only.
#[derive(Clone, Copy, Debug)]
pub struct Fate {
    /// Share still pursued.
    kept: f64,
    /// Share paid.
    paid: f64,
}

impl Default for Fate {
    fn default() -> Self {
        Fate { kept: 1.0, paid: 0.0 }
    }
}

/// A guarantor's money for a product.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fund {
    /// Principal lent so far.
    pub lent: Fen,
    /// What the guarantor was asked for so far.
    pub asked: Fen,
    /// Whether it had reached its cap before this month.
    is_exhausted: bool,
}

/// What falls due on charged-off loans of a vintage and cell: from a guarantor, or, sued for, after a judgement.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    vintage: u16,
    cell: u16,
    amount: Fen,
}

impl Book {
    /// Sees which guarantors have reached their cap.
    pub fn review_funds(&mut self, setup: &Setup) {
        for (fund, product) in self.funds.iter_mut().zip(&setup.products) {
            let Some(cap) = product.guarantee.cap else { continue };
            fund.is_exhausted = fund.asked > Fen::ZERO && fund.asked.0 as f64 >= cap * fund.lent.0 as f64;
        }
    }

    /// Notes what the guarantor of a loan charged off in `month` will pay, and returns it.
    pub fn claim_guarantee(&mut self, setup: &Setup, month: u32, account: &Delinquent) -> Fen {
        let loan = &account.loan;
        let vintage = self.vintage_of(loan);
        let guarantee = &setup.products[usize::from(loan.product)].guarantee;
        let fund = &mut self.funds[usize::from(loan.product)];
        if fund.is_exhausted {
            return Fen::ZERO;
        }
        let amount = compensation(account.balance, guarantee.share);
        fund.asked += amount;
        if amount > Fen::ZERO && month + guarantee.lag < setup.months {
            let due = &mut self.compensations[(month + guarantee.lag) as usize];
            due.push(Due { vintage, cell: loan.group, amount });
        }
        amount
    }

    /// Sues for a part of the principal of a loan charged off in `month` that is the bank's to pursue, and returns that part.
    pub fn sue(&mut self, setup: &Setup, month: u32, account: &Delinquent, principal: Fen) -> Fen {
        let Some(litigation) = setup.litigation.as_ref().filter(|l| account.balance >= l.amount_min) else {
            return Fen::ZERO;
        };
        let loan = &account.loan;
        let vintage = self.vintage_of(loan);
        let amount = sued(principal, litigation.share);
        if amount > Fen::ZERO {
            let cost = filing_cost(amount, litigation.cost.0, litigation.share, litigation.cost.1);
            self.flows[loan.cell()].book(Flow::CourtPaid, cost);
            if month + litigation.lag < setup.months {
                let due = &mut self.judgements[(month + litigation.lag) as usize];
                due.push(Due { vintage, cell: loan.group, amount });
            }
        }
        amount
    }

    /// Hands charged-off principal to recovery.
    pub fn pursue(&mut self, setup: &Setup, vintage: u16, cell: usize, principal: Fen) {
        let vintage = setup.vintage_row(vintage);
        let at = &mut self.pursued_at[vintage * setup.cells.len() + cell];
        if *at == u32::MAX {
            *at = self.pursued.len() as u32;
            self.pursued.push(Pursued { vintage, cell, principal: 0.0, entering: 0, claims: Vec::new() });
        }
        self.pursued[*at as usize].entering += principal.0;
    }
}

/// Judgements of this month: a part is paid, the rest is pursued like what is charged off now.
pub fn settle_judgements(book: &mut Book, setup: &Setup, now: &Conditions) {
    let Some(litigation) = &setup.litigation else { return };
    for due in std::mem::take(&mut book.judgements[now.month as usize]) {
        let paid = judged(due.amount, litigation.recovery);
        book.flows[usize::from(due.cell)].book(Flow::CourtReceived, paid);
        book.vintages[setup.vintage_row(due.vintage)].recovered += paid.0;
        book.pursue(setup, due.vintage, usize::from(due.cell), due.amount - paid);
    }
}

/// Cash from loans charged off before this month, and what collectors take of it; those of this month join the pursued.
/// Then claims are sold.
pub fn recover(book: &mut Book, setup: &Setup, now: &Conditions) {
    let recovery = &setup.recovery;
    let share = monthly_share(recovery.speed * now.levers.collections);
    let multiplier = factor_multiplier(recovery.factor_effect, now.factor_value);
    let rate = (recovery.total * multiplier).min(1.0) * share;
    for pursued in &mut book.pursued {
        let cash = Fen::round(pursued.principal * rate);
        pursued.principal = pursued.principal * (1.0 - share) + pursued.entering as f64;
        if setup.sale.is_some() && pursued.entering > 0 {
            pursued.claims.push((now.month, pursued.entering));
        }
        pursued.entering = 0;
        let flows = &mut book.flows[pursued.cell];
        flows.book(Flow::Recoveries, cash);
        flows.book(Flow::CollectionsPaid, Fen::round(cash.0 as f64 * recovery.cost));
        book.vintages[pursued.vintage].recovered += cash.0;
    }
    if let Some(sale) = &setup.sale {
        for fate in &mut book.fates[..now.month as usize] {
            fate.paid += fate.kept * rate;
            fate.kept *= 1.0 - share;
        }
        sell(book, sale, now);
    }
}

/// Sells claims for a share of what is still owed on them; nothing more is recovered of what is sold.
fn sell(book: &mut Book, sale: &SaleSetup, now: &Conditions) {
    let package = sale.packages.is_some_and(|(from, every)| is_sale_month(now.month, from, every));
    let least = match (now.levers.sell, package) {
        (true, _) => 0,
        (false, true) => sale.months_min,
        (false, false) => return,
    };
    let fates = &book.fates;
    for pursued in &mut book.pursued {
        let sold = pursued.claims.partition_point(|(month, _)| now.month - month >= least);
        if sold == 0 {
            continue;
        }
        let (mut owed, mut price) = (0.0, 0.0);
        for (month, principal) in pursued.claims.drain(..sold) {
            let claim = principal as f64 * (1.0 - fates[month as usize].paid);
            owed += claim;
            price += claim * price_share(&sale.price, now.month - month);
        }
        let left = pursued.claims.iter();
        pursued.principal =
            left.fold(0.0, |sum, (month, principal)| sum + *principal as f64 * fates[*month as usize].kept);
        let price = Fen::round(price);
        let flows = &mut book.flows[pursued.cell];
        flows.book(Flow::ClaimsSold, Fen::round(owed));
        flows.book(Flow::SaleProceeds, price);
        book.vintages[pursued.vintage].recovered += price.0;
    }
}

/// What guarantors owe this month comes in; their fee is paid on the opening book.
pub fn settle_guarantees(book: &mut Book, setup: &Setup, now: &Conditions, opening: &Stock) {
    for due in std::mem::take(&mut book.compensations[now.month as usize]) {
        book.flows[usize::from(due.cell)].book(Flow::GuaranteeReceived, due.amount);
        book.vintages[setup.vintage_row(due.vintage)].recovered += due.amount.0;
    }
    let cells = setup.cells.len();
    for cell in 0..cells {
        let fees = setup.products.iter().zip(opening.products.chunks(cells));
        let fee =
            fees.fold(0.0, |sum, (product, balance)| sum + monthly_fee(balance[cell], product.guarantee.fee));
        book.flows[cell].book(Flow::GuaranteeFeePaid, Fen::round(fee));
    }
}
