//! Contracts written anew during the life of a loan: resets to the LPR, partial prepayment.

use lendcycle::ledger::{Flow, Flows};

use super::contract::{Changes, Contract, nearest};
use super::loan::Loan;
use super::month::Month;
use super::offers::apr;
use super::prices::calendar;
use super::risk::words_below;

impl Loan {
    /// Writes the contract anew when its rate is reset to an LPR that has moved (MODEL.md 3.10).
    pub fn reprice(&mut self, now: &Month<'_>) {
        let k = self.clock(now.month);
        let product = now.world.products[self.product];
        let Some(months) = product.reprice_months.map(|months| months.0 as u32) else {
            return;
        };
        let rate = apr(now, product, self.grade, self.ladder.rung);
        let (_, before) = self.apr[self.apr.len() - 1];
        if k == 0 || !k.is_multiple_of(months) || k >= self.contract.tenor() || rate == before {
            return;
        }
        self.apr.push((k + 1, rate));
        self.rewrite(now);
    }

    /// Writes the contract again with all that has changed.
    fn rewrite(&mut self, now: &Month<'_>) {
        let product = now.world.products[self.product];
        let (_, first) = self.apr[0];
        let loan = (self.amount, calendar(now, self.vintage));
        let changes = Changes { resets: self.apr[1..].to_vec(), curtailed: self.curtailed.clone() };
        self.contract = Contract::new(product, self.repeat, first, loan, self.made.tenor(), &changes);
    }

    /// Prepays part of what is left after the instalment of month on book `k`, if the borrower is one who does.
    pub fn curtail(&mut self, now: &Month<'_>, k: u32, flows: &mut Flows) {
        let product = now.world.products[self.product];
        let Some(table) = &product.curtailment else {
            return;
        };
        let word = u64::from(now.world.draws.behaviour(self.who, now.month));
        let in_full = (1_u64 << 32) - words_below(self.prepayment(now, k));
        if word >= in_full || word < in_full.saturating_sub(words_below(table.probability.f64())) {
            return;
        }
        let before = self.balance();
        self.curtailed.push(k);
        self.rewrite(now);
        let part = before - self.balance();
        if part > 0 {
            flows.0[Flow::AccountsCurtailed as usize] += 1;
            flows.0[Flow::PrincipalPrepaid as usize] += part;
            flows.0[Flow::PrincipalCurtailed as usize] += part;
            let fee = product.prepayment_fee.map_or(0.0, |fee| fee.f64());
            flows.0[Flow::FeesReceived as usize] += nearest(part as f64 * fee);
        }
    }
}
