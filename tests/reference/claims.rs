//! What is owed after charge-off: suits, recoveries, sales and guarantees.

use std::collections::BTreeMap;

use lendcycle::ledger::{Flow, Flows};
use lendcycle::math::exp;
use lendcycle::scenario::tables::Sale;

use super::contract::nearest;
use super::loan::Loan;
use super::month::Month;

/// All claims of a run.
pub struct Claims {
    /// Charged-off principal pursued, by vintage and cell, fen.
    pursued: Vec<Vec<f64>>,
    /// Claims of one month of charge-off, vintage and cell, oldest first.
    single: Vec<Claim>,
    /// What guarantors have promised: month, vintage, cell, fen.
    promised: Vec<(u64, usize, usize, i64)>,
    /// What guarantors were asked for so far, by product, fen; and those asked for nothing more.
    asked: BTreeMap<usize, i64>,
    exhausted: Vec<usize>,
    /// What courts will award: month, vintage, cell, fen paid and fen left to pursue.
    awarded: Vec<(u64, usize, usize, i64, i64)>,
    /// Received so far on what was charged off, by vintage.
    pub received: Vec<i64>,
}

struct Claim {
    vintage: usize,
    cell: usize,
    charged_off_in: u32,
    principal: i64,
    /// Share of it pursued, and share paid.
    pursued: f64,
    paid: f64,
    sold: bool,
}

impl Claims {
    pub fn new(months: usize, cells: usize) -> Self {
        Claims {
            pursued: vec![vec![0.0; cells]; months],
            single: Vec::new(),
            promised: Vec::new(),
            asked: BTreeMap::new(),
            exhausted: Vec::new(),
            awarded: Vec::new(),
            received: vec![0; months],
        }
    }

    /// Sees at the beginning of a month which guarantors have been asked for all they pay.
    pub fn review_guarantors(&mut self, now: &Month<'_>, loans: &[Loan]) {
        self.exhausted.clear();
        for (index, product) in now.world.products.iter().enumerate() {
            let Some(cap) = product.guarantee_cap else { continue };
            let made_here = |loan: &&Loan| loan.product == index && loan.vintage < now.month;
            let lent: i64 = loans.iter().filter(made_here).map(Loan::paid_out).sum();
            let asked = self.asked.get(&index).copied().unwrap_or(0);
            if asked > 0 && asked as f64 / cap.f64() >= lent as f64 {
                self.exhausted.push(index);
            }
        }
    }

    /// Plays a month: recoveries of loans charged off before it, pooled by vintage and cell; then those of this month,
    /// `charged_off`, join the pools; then claims are sold.
    pub fn live(&mut self, now: &Month<'_>, charged_off: &[Vec<i64>], flows: &mut [Flows]) {
        let recovery = &now.world.scenario.recovery;
        let share = 1.0 - exp(-(recovery.speed.f64() * now.collections()));
        let effect = recovery.factor_effect.f64();
        let economy = exp(effect * now.factor().value - 0.5 * effect * effect);
        let rate = f64::min(recovery.total.f64() * economy, 1.0) * share;
        for claim in &mut self.single {
            claim.paid += claim.pursued * rate;
            claim.pursued *= 1.0 - share;
        }
        for (vintage, pools) in self.pursued.iter_mut().enumerate() {
            for (cell, pool) in pools.iter_mut().enumerate() {
                let received = nearest(*pool * rate);
                *pool = *pool * (1.0 - share) + charged_off[vintage][cell] as f64;
                let flows = &mut flows[cell].0;
                flows[Flow::Recoveries as usize] += received;
                flows[Flow::CollectionsPaid as usize] += nearest(received as f64 * recovery.cost.f64());
                self.received[vintage] += received;
                self.single.push(Claim {
                    vintage,
                    cell,
                    charged_off_in: now.month,
                    principal: charged_off[vintage][cell],
                    pursued: 1.0,
                    paid: 0.0,
                    sold: false,
                });
            }
        }
        if let Some(sale) = &now.world.scenario.sale {
            self.sell(sale, now, flows);
        }
        self.single.retain(|claim| claim.principal > 0 && !claim.sold);
    }

    /// Nothing is pursued any more.
    pub fn give_up(&mut self) {
        self.pursued.iter_mut().flatten().for_each(|pool| *pool = 0.0);
        self.single.clear();
    }

    /// A loan was charged off this month: what is left to the bank to pursue. Nobody is left to pursue behind a fraud.
    pub fn take_over(&mut self, now: &Month<'_>, loan: &Loan, flows: &mut Flows) -> i64 {
        let (vintage, cell) = (loan.row(now.world.months), loan.group);
        let product = now.world.products[loan.product];
        let mut ours = loan.charged_off;
        if let Some(share) = product.guarantee_share.filter(|_| !self.exhausted.contains(&loan.product)) {
            let covered = nearest(loan.charged_off as f64 * share.f64());
            let when = u64::from(now.month) + product.guarantee_lag.map_or(0, |lag| lag.0);
            self.promised.push((when, vintage, cell, covered));
            *self.asked.entry(loan.product).or_default() += covered;
            ours -= covered;
        }
        if loan.fraud {
            return 0;
        }
        if let Some(suit) = &now.world.scenario.litigation
            && loan.charged_off >= suit.amount_min.0.0
        {
            let claimed = nearest(ours as f64 * suit.share.f64());
            if claimed > 0 {
                let per_case = suit.share.f64() * suit.cost_fixed.fen_f64();
                flows.0[Flow::CourtPaid as usize] +=
                    nearest(claimed as f64 * suit.cost_share.f64() + per_case);
                let paid = nearest(claimed as f64 * suit.recovery.f64());
                let when = u64::from(now.month) + suit.lag.0;
                self.awarded.push((when, vintage, cell, paid, claimed - paid));
                ours -= claimed;
            }
        }
        ours
    }

    /// Judgements of this month: what borrowers pay, and what is left joins `charged_off`.
    pub fn judge(&mut self, now: &Month<'_>, charged_off: &mut [Vec<i64>], flows: &mut [Flows]) {
        for (when, vintage, cell, paid, left) in &self.awarded {
            if *when == u64::from(now.month) {
                flows[*cell].0[Flow::CourtReceived as usize] += paid;
                self.received[*vintage] += paid;
                charged_off[*vintage][*cell] += left;
            }
        }
    }

    /// Guarantors pay what they promised for this month, and are paid on what was on book, by product and cell.
    pub fn settle(&mut self, now: &Month<'_>, balance: &[Vec<i64>], flows: &mut [Flows]) {
        for (when, vintage, cell, fen) in &self.promised {
            if *when == u64::from(now.month) {
                flows[*cell].0[Flow::GuaranteeReceived as usize] += fen;
                self.received[*vintage] += fen;
            }
        }
        for (cell, flows) in flows.iter_mut().take(now.world.cells.len()).enumerate() {
            let mut fee = 0.0;
            for (product, balance) in now.world.products.iter().zip(balance) {
                if let Some(annual) = product.guarantee_fee {
                    fee += balance[cell] as f64 * (annual.f64() / 12.0);
                }
            }
            flows.0[Flow::GuaranteeFeePaid as usize] += nearest(fee);
        }
    }

    fn sell(&mut self, sale: &Sale, now: &Month<'_>, flows: &mut [Flows]) {
        let first = sale.from.map_or(0, |from| from.0);
        let month = u64::from(now.month);
        let package =
            sale.every.is_some_and(|every| month >= first && (month - first).is_multiple_of(every.0));
        let everything = now.ended || now.policies.iter().any(|(policy, _)| policy.sell == Some(true));
        if !package && !everything {
            return;
        }
        for (vintage, pools) in self.pursued.iter_mut().enumerate() {
            for (cell, pool) in pools.iter_mut().enumerate() {
                let (mut owed, mut price, mut left, mut any) = (0.0, 0.0, 0.0, false);
                let ours = |claim: &&mut Claim| (claim.vintage, claim.cell) == (vintage, cell);
                for claim in self.single.iter_mut().filter(ours).filter(|claim| claim.principal > 0) {
                    let age = u64::from(now.month - claim.charged_off_in);
                    if everything || age >= sale.months_min.map_or(0, |months| months.0) {
                        let mut step = 0.0;
                        for offered in &sale.price {
                            if offered.months.0 <= age {
                                step = offered.share.f64();
                            }
                        }
                        let still = claim.principal as f64 * (1.0 - claim.paid);
                        owed += still;
                        price += still * step;
                        claim.sold = true;
                        any = true;
                    } else {
                        left += claim.principal as f64 * claim.pursued;
                    }
                }
                if any {
                    *pool = left;
                    flows[cell].0[Flow::ClaimsSold as usize] += nearest(owed);
                    flows[cell].0[Flow::SaleProceeds as usize] += nearest(price);
                    self.received[vintage] += nearest(price);
                }
            }
        }
    }
}
