//! Partial prepayment of current loans, at the end of a month with an instalment.

use std::ops::Range;

use super::book::Book;
use super::month::Month;
use crate::ledger::Flow;
use crate::money::Fen;
use crate::random;

/// Words of those who prepay in part: next to those who prepay in full, whose words lie from `2^32 - prepay` on.
fn words(probability: f64, prepay: u64) -> Range<u64> {
    let keep = (1 << 32) - prepay;
    keep.saturating_sub(random::threshold(probability))..keep
}

/// Prepays the loans of a tile in part that do so after their instalment of month on book `m`; `prepay` is the word
/// threshold of prepayment in full.
pub fn curtail(book: &mut Book, month: Month<'_>, tile_index: u32, m: u32, prepay: u64) {
    let Month { setup, now, .. } = month;
    let tile = &mut book.tiles[tile_index as usize];
    let product = &setup.products[tile.product];
    if !product.period().is_due(m) {
        return;
    }
    let words = words(product.curtailment, prepay);
    let flows = &mut book.flows;
    tile.curtail((m, now.month), &words, &product.slot_of_group, &mut book.contracts, |slot, paid| {
        if paid > Fen::ZERO {
            let flows = &mut flows[product.groups[slot]];
            flows.count(Flow::AccountsCurtailed, 1);
            flows.book(Flow::PrincipalPrepaid, paid);
            flows.count(Flow::PrincipalCurtailed, paid.0);
            flows.book(Flow::FeesReceived, Fen::round(paid.0 as f64 * product.prepayment_fee));
        }
    });
}
