//! Partial prepayment of current loans, at the end of a month with an instalment.

use super::book::Book;
use super::month::Month;
use super::tile::Prepayment;
use crate::ledger::Flow;
use crate::money::Fen;
use crate::random;

/// Prepays the loans of a tile in part that do so after their instalment of month on book `m`: their words lie next to
/// those of loans of their grade that prepay in full.
pub fn curtail(book: &mut Book, month: Month<'_>, tile_index: u32, m: u32, prepay: &Prepayment) {
    let Month { setup, now, .. } = month;
    let tile = &mut book.tiles[tile_index as usize];
    let product = &setup.products[tile.product];
    if !product.period().is_due(m) {
        return;
    }
    let share = random::threshold(product.curtailment);
    let flows = &mut book.flows;
    let vintage = &mut book.vintages[setup.vintage_row(tile.made)];
    tile.curtail(
        (m, now.month),
        (share, prepay),
        &product.slot_of_group,
        &mut book.contracts,
        |slot, paid| {
            if paid > Fen::ZERO {
                let flows = &mut flows[product.groups[slot]];
                flows.count(Flow::AccountsCurtailed, 1);
                flows.book(Flow::PrincipalPrepaid, paid);
                flows.count(Flow::PrincipalCurtailed, paid.0);
                let fee = Fen::round(paid.0 as f64 * product.prepayment_fee);
                flows.book(Flow::FeesReceived, fee);
                vintage.fees += fee.0;
            }
        },
    );
}
