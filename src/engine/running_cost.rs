//! What the opening book costs and brings apart from its customers: money, servicing, operational losses, subsidies,
//! shares of partners.

use super::book::Book;
use super::month::Conditions;
use super::setup::Setup;
use super::stock::Stock;
use crate::ledger::Flow;
use crate::model::funding::{share_beyond, transfer_rate};
use crate::money::Fen;
use crate::rate::monthly_of_nominal;

/// Funding at FTP and servicing, on the opening book; the fixed cost until the product is closed.
pub fn book_running_cost(book: &mut Book, setup: &Setup, now: &Conditions, opening: &Stock) {
    fund_book(book, setup, now, opening);
    let (per_account, of_balance, fixed) = setup.servicing;
    for cell in 0..setup.cells.len() {
        let balance = opening.balance[cell].0 as f64;
        let servicing =
            opening.accounts[cell] as f64 * per_account + balance * monthly_of_nominal(of_balance);
        let flows = &mut book.flows[cell];
        flows.book(Flow::ServicingPaid, Fen::round(servicing));
        flows.book(Flow::OperationalLoss, Fen::round(balance * monthly_of_nominal(setup.operational_loss)));
        let by_product = setup.products.iter().zip(opening.products.chunks(setup.cells.len()));
        let subsidy = by_product.fold(0.0, |sum, (product, balance)| {
            sum + balance[cell] as f64 * monthly_of_nominal(product.subsidy)
        });
        flows.book(Flow::SubsidyReceived, Fen::round(subsidy));
        let share = setup.channels[setup.cells[cell].channel].profit_share;
        let received = flows.get(Flow::InterestReceived);
        flows.book(Flow::PartnerPaid, Fen::round(received as f64 * share));
    }
    let shared = &mut book.flows[setup.shared_group()];
    if now.month < setup.launch.month {
        shared.book(Flow::ServicingPaid, setup.launch.development_cost);
    } else if !now.closed {
        shared.book(Flow::ServicingPaid, Fen(fixed));
        shared.book(Flow::ApplicationsPaid, setup.screening_cost(now.month));
    }
    // What policies cost is nobody's either.
    book.flows[setup.shared_group()].book(Flow::ServicingPaid, Fen(now.levers.cost));
}

/// Cost of money: one rate, or one by product; more beyond the limit of the line; and the reserve.
fn fund_book(book: &mut Book, setup: &Setup, now: &Conditions, opening: &Stock) {
    let funding = &setup.funding;
    let cells = setup.cells.len();
    let annual = transfer_rate(now.lpr, funding.spread);
    let beyond_limit = funding.line.map(|(limit, step_up)| {
        let total: i64 = opening.balance.iter().map(|balance| balance.0).sum();
        monthly_of_nominal(step_up * share_beyond(total as f64, limit))
    });
    for cell in 0..cells {
        let balance = opening.balance[cell].0 as f64;
        let mut cost = match &funding.by_product {
            None => balance * monthly_of_nominal(annual),
            Some(on_top) => {
                let products = on_top.iter().zip(opening.products.chunks(cells));
                products.fold(0.0, |sum, (on_top, balance)| {
                    let rate = transfer_rate(now.lpr, funding.spread + on_top);
                    sum + balance[cell] as f64 * monthly_of_nominal(rate)
                })
            }
        };
        if let Some((share, spread)) = funding.abs {
            let rate = monthly_of_nominal(transfer_rate(now.lpr, spread));
            cost = cost * (1.0 - share) + balance * share * rate;
        }
        if let Some(rate) = beyond_limit {
            cost += balance * rate;
        }
        book.flows[cell].book(Flow::FundingPaid, Fen::round(cost));
        if let Some((share, earned)) = funding.reserve {
            let carry = balance * share * monthly_of_nominal((annual - earned).max(0.0));
            book.flows[cell].book(Flow::ReservePaid, Fen::round(carry));
        }
    }
}
