//! What money costs, what goes wrong, what the state adds; and the shape of the balance.

use lendcycle::engine::MonthMetric;
use lendcycle::ledger::{Flow, Flows};

use super::contract::nearest;
use super::month::Month;
use super::run::Book;

/// Books the cost of funding the opening book, given by product and cell, and what else is a rate on it.
pub fn pay(now: &Month<'_>, by_product: &[Vec<i64>], flows: &mut [Flows]) {
    let scenario = now.world.scenario;
    let funding = &scenario.funding;
    let plain = f64::max(now.lpr() + funding.spread.f64(), 0.0);
    let total: i64 = by_product.iter().flatten().sum();
    for cell in 0..now.world.cells.len() {
        let balance: i64 = by_product.iter().map(|cells| cells[cell]).sum();
        let balance = balance as f64;
        let matched = funding.term_premium.is_some()
            || now.world.products.iter().any(|product| product.funding_spread.is_some());
        let mut cost = 0.0;
        let mut subsidy = 0.0;
        for (product, cells) in now.world.products.iter().zip(by_product) {
            let mut months = 0.0;
            for tenor in &product.tenors {
                months += tenor.months.0 as f64 * tenor.share.f64();
            }
            let premium = funding.term_premium.map_or(0.0, |premium| premium.f64()) * months / 12.0;
            let own = premium + product.funding_spread.map_or(0.0, |spread| spread.f64());
            let rate = f64::max(now.lpr() + (funding.spread.f64() + own), 0.0);
            cost += cells[cell] as f64 * (rate / 12.0);
            subsidy += cells[cell] as f64 * (product.subsidy.map_or(0.0, |rate| rate.f64()) / 12.0);
        }
        if !matched {
            cost = balance * (plain / 12.0);
        }
        if let Some(share) = funding.abs_share {
            let spread = funding.abs_spread.map_or(0.0, |spread| spread.f64());
            let rate = f64::max(now.lpr() + spread, 0.0) / 12.0;
            cost = cost * (1.0 - share.f64()) + balance * share.f64() * rate;
        }
        if let (Some(limit), Some(step_up)) = (funding.limit, funding.step_up) {
            let limit = limit.f64() * 100.0;
            let total = total as f64;
            let share = if total > limit { (total - limit) / total } else { 0.0 };
            cost += balance * (step_up.f64() * share / 12.0);
        }
        let flows = &mut flows[cell].0;
        flows[Flow::FundingPaid as usize] += nearest(cost);
        flows[Flow::SubsidyReceived as usize] += nearest(subsidy);
        if let Some(share) = funding.reserve_share {
            let lost = f64::max(plain - funding.reserve_yield.map_or(0.0, |rate| rate.f64()), 0.0);
            flows[Flow::ReservePaid as usize] += nearest(balance * share.f64() * (lost / 12.0));
        }
        let lost = scenario.servicing.operational_loss.map_or(0.0, |rate| rate.f64());
        flows[Flow::OperationalLoss as usize] += nearest(balance * (lost / 12.0));
    }
}

impl Book {
    /// How the balance has moved after the months `before`, how concentrated it is, and the largest loan of the month.
    pub fn shape(&self, now: &Month<'_>, before: &[Vec<i64>], row: &mut [i64]) {
        let balance_at = |back: usize| {
            let row = before.len().checked_sub(back).map(|at| &before[at]);
            row.map_or(self.opening_balance, |row| row[MonthMetric::Balance.index()])
        };
        let balance = row[MonthMetric::Balance.index()];
        row[MonthMetric::BalanceChange.index()] = balance - balance_at(1);
        row[MonthMetric::BalanceBend.index()] = balance - 2 * balance_at(1) + balance_at(2);
        let cells = &now.world.cells;
        let mut largest = 0;
        // For every fen of the balance the sum of what stands with it, in numbers as wide as that takes.
        let (mut segment, mut channel, mut product) = (0_i128, 0_i128, 0_i128);
        let open: Vec<_> = self.loans.iter().filter(|loan| loan.is_open()).collect();
        let mut by_segment = vec![0_i128; cells.len()];
        let mut by_channel = vec![0_i128; cells.len()];
        let mut by_product = vec![0_i128; now.world.products.len()];
        let first = |same: &dyn Fn(usize) -> bool| (0..cells.len()).find(|cell| same(*cell)).unwrap_or(0);
        for loan in &open {
            let (own, of) = (&cells[loan.group], loan.balance());
            by_segment[first(&|cell| cells[cell].segment.name == own.segment.name)] += i128::from(of);
            by_channel[first(&|cell| cells[cell].channel.name == own.channel.name)] += i128::from(of);
            by_product[loan.product] += i128::from(of);
            if loan.vintage == now.month {
                let granted = loan.line.as_ref().map_or(loan.amount, |line| line.limit);
                largest = largest.max(granted);
            }
        }
        for part in by_segment {
            segment += part * part;
        }
        for part in by_channel {
            channel += part * part;
        }
        for part in by_product {
            product += part * part;
        }
        let rounded = |squares: i128| {
            let whole = i128::from(balance);
            if whole == 0 { 0 } else { ((squares + whole / 2) / whole) as i64 }
        };
        // An even half is rounded up by both; an odd whole has none.
        row[MonthMetric::SegmentPart.index()] = rounded(segment);
        row[MonthMetric::ChannelPart.index()] = rounded(channel);
        row[MonthMetric::ProductPart.index()] = rounded(product);
        row[MonthMetric::LargestLoan.index()] = largest;
    }
}

/// What partners get of the interest that came in through their channels.
pub fn share_with_partners(now: &Month<'_>, flows: &mut [Flows]) {
    for (cell, flows) in now.world.cells.iter().zip(flows) {
        if let Some(share) = cell.channel.profit_share {
            let received = flows.0[Flow::InterestReceived as usize];
            flows.0[Flow::PartnerPaid as usize] += nearest(received as f64 * share.f64());
        }
    }
}
