//! Collections of a month: effort by tier, what it costs, and what comes in that would not have come by itself.

use super::book::{Book, Delinquent};
use super::contracts::Contracts;
use super::first_month::FirstMonth;
use super::month::{Conditions, Month};
use super::result::TierSums;
use super::setup::{Setup, TierSetup};
use super::stock::Stock;
use crate::ledger::Flow;
use crate::model::delinquency::{BUCKETS, level, position};
use crate::money::Fen;
use crate::policy::Levers;

/// Effort of a month and its effects on delinquent loans.
#[derive(Debug)]
pub struct Effort {
    /// Contacts per account by tier.
    pub contacts: Vec<f64>,
    /// Level shift of delinquent loans by bucket: season and contacts.
    pub shift: [i32; BUCKETS],
    /// The same if nobody were contacted.
    pub shift_alone: [i32; BUCKETS],
    /// By tier: the shift in its buckets if it alone contacted nobody.
    pub shift_without: Vec<i32>,
    /// The month of the due date, if it is worked.
    pub first_month: Option<FirstMonth>,
}

impl Effort {
    /// From levers and the opening book.
    pub fn new(setup: &Setup, season: f64, levers: &Levers, opening: &Stock) -> Self {
        let load = |tier: &TierSetup| opening.delinquent_all(tier.buckets.clone()) as f64;
        let (by_months, by_days) = levers.tiers.split_at(setup.tiers.len());
        let tiers = setup.tiers.iter().zip(by_months);
        let contacts: Vec<f64> = tiers.map(|(tier, lever)| tier.work.contacts(*lever, load(tier))).collect();
        let effect = |tier: usize, contacts: f64| setup.tiers[tier].work.effect(contacts);
        // The tiers of a bucket, one of them perhaps idle.
        let shift_of = |tiers: &[usize], idle: Option<usize>| {
            let effects =
                tiers.iter().map(|&tier| effect(tier, if idle == Some(tier) { 0.0 } else { contacts[tier] }));
            level(season - effects.sum::<f64>())
        };
        let tiers_of = |bucket: usize| setup.tiers_of_bucket[bucket].as_slice();
        Effort {
            shift: std::array::from_fn(|bucket| shift_of(tiers_of(bucket), None)),
            shift_alone: std::array::from_fn(|bucket| {
                level(season - tiers_of(bucket).iter().map(|&tier| effect(tier, 0.0)).sum::<f64>())
            }),
            shift_without: (0..setup.tiers.len())
                .map(|tier| shift_of(tiers_of(*setup.tiers[tier].buckets.start()), Some(tier)))
                .collect(),
            first_month: setup
                .first_month
                .as_ref()
                .map(|first| FirstMonth::new(first, by_days, opening.late)),
            contacts,
        }
    }
}

/// Notes what a delinquent loan is about to pay in this month, by the tiers that worked it, and how much of it would have
/// come without them: on the same word, at no contacts. `pays` says what is paid on the way to a state, and whether that is
/// everything due.
pub fn note_payment(
    book: &mut Book,
    account: &Delinquent,
    month: Month<'_>,
    bucket: usize,
    state: usize,
    word: u32,
    pays: impl Fn(&Contracts, usize) -> (Fen, bool),
) {
    let Month { setup, now, .. } = month;
    let contracts = &book.contracts;
    let (cash, cured) = pays(contracts, state);
    let own = i32::from(account.loan.level_delinquent);
    let effort = &now.effort;
    let paid_at = |shift: i32| {
        if shift == effort.shift[bucket] {
            return (cash, cured);
        }
        let other = setup.thresholds.next_state_of_word(bucket, position(own + shift), &now.factor, word);
        match other {
            other if other == state => (cash, cured),
            other if other > bucket => (Fen::ZERO, false),
            other => pays(contracts, other),
        }
    };
    let (cash_alone, cured_alone) = paid_at(effort.shift_alone[bucket]);
    let group = account.loan.cell();
    let tiers = &setup.tiers_of_bucket[bucket];
    for &tier in tiers {
        let (without, cured_without) = match tiers.len() {
            1 => (cash_alone, cured_alone),
            _ => paid_at(effort.shift_without[tier]),
        };
        let sums = &mut book.tier_sums[setup.day_tiers() + tier];
        sums.cash += cash.0 as f64;
        sums.cash_collected += (cash - without).0 as f64;
        sums.cures += f64::from(u8::from(cured));
        sums.cures_collected += f64::from(i8::from(cured) - i8::from(cured_without));
        if cured && bucket == *setup.tiers[tier].buckets.start() {
            sums.cleared += account.balance.0 as f64;
        }
    }
    book.bucket_cash[bucket * setup.cells.len() + group] += cash.0;
    let flows = &mut book.flows[group];
    flows.count(Flow::ArrearsCash, cash.0);
    flows.count(Flow::ArrearsCashAlone, cash_alone.0);
    flows.count(Flow::CuredAlone, i64::from(cured_alone));
}

/// Cost of contacts and contingency fees, by tier and cell.
pub fn book_collections(book: &mut Book, setup: &Setup, now: &Conditions, opening: &Stock) {
    let cells = setup.cells.len();
    for (index, tier) in setup.tiers.iter().enumerate() {
        let contacts = now.effort.contacts[index];
        let sums = &mut book.tier_sums[setup.day_tiers() + index];
        let worked = opening.delinquent_all(tier.buckets.clone()) as f64;
        sums.accounts += worked;
        sums.contacts += worked * contacts;
        let first = *tier.buckets.start();
        sums.entered += (0..cells).map(|cell| opening.delinquent_balance_in(first, cell)).sum::<i64>() as f64;
        for cell in 0..cells {
            let accounts = opening.delinquent_in(tier.buckets.clone(), cell);
            let cash: i64 = tier.buckets.clone().map(|bucket| book.bucket_cash[bucket * cells + cell]).sum();
            let cost = accounts as f64 * contacts * tier.work.contact_cost + cash as f64 * tier.contingency;
            let cost = Fen::round(cost);
            book.flows[cell].book(Flow::CollectionsPaid, cost);
            sums.cost += cost.0 as f64;
        }
    }
    if let (Some(first), Some(now)) = (&setup.first_month, &now.effort.first_month) {
        now.book_cost(first, book, cells);
    }
}

/// Cost of reminders, by cell.
pub fn book_reminders(book: &mut Book, setup: &Setup) {
    let Some(reminder) = &setup.reminder else { return };
    for flows in &mut book.flows {
        let cost = flows.get(Flow::Reminders) as f64 * reminder.cost;
        flows.book(Flow::CollectionsPaid, Fen::round(cost));
    }
}

/// Contacts made in a month, to the nearest whole one.
pub fn contacts_made(book: &Book, setup: &Setup, now: &Conditions, opening: &Stock) -> i64 {
    let made: f64 = (1..BUCKETS)
        .flat_map(|bucket| setup.tiers_of_bucket[bucket].iter().map(move |&tier| (bucket, tier)))
        .map(|(bucket, tier)| opening.delinquent_all(bucket..=bucket) as f64 * now.effort.contacts[tier])
        .sum();
    let late: i64 = book.flows.iter().map(|flows| flows.get(Flow::AccountsLate)).sum();
    let early = now.effort.first_month.as_ref().map_or(0.0, |first| first.made.iter().sum::<f64>());
    Fen::round(made + late as f64 * early).0
}

/// Empty sums of all tiers: those of days first.
pub fn no_sums(setup: &Setup) -> Vec<TierSums> {
    vec![TierSums::default(); setup.day_tiers() + setup.tiers.len()]
}
