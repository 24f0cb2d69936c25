//! What is offered and asked for: product, tenor, amount, grade, rate, take-up.

use lendcycle::math::{exp, ln, normal_quantile};
use lendcycle::random::uniform;
use lendcycle::scenario::tables::{Product, RateBase, Segment};

use super::competition::{Chance, chance};
use super::contract::{Contract, nearest};
use super::customers;
use super::month::Month;
use super::prices::rate_seen;
use super::risk::words_below;

/// The first choice whose cumulative share, of `whole`, lies above a word; the last one takes what rounding leaves.
fn choose(shares: &[f64], whole: f64, word: u64) -> usize {
    let mut sum = 0.0;
    for (choice, share) in shares.iter().enumerate() {
        sum += share;
        if word < words_below(f64::min(sum, 1.0) * whole) {
            return choice;
        }
    }
    shares.len() - 1
}

pub fn grade(now: &Month<'_>, score: f64) -> usize {
    let lowest = &now.world.scenario.underwriting.grade_scores;
    lowest.iter().filter(|bound| score < bound.f64()).count()
}

/// Annual rate offered to a customer on a rung of the ladder.
pub fn apr(now: &Month<'_>, product: &Product, grade: usize, rung: u32) -> f64 {
    let base = if product.rate_base == RateBase::Lpr { now.lpr() } else { 0.0 };
    let by_grade = product.grade_spread[grade].f64() - customers::rate_cut(now.world.scenario, rung);
    let wished = base + product.apr.f64() + (by_grade + now.price(&product.name));
    wished.max(product.apr_floor.f64()).min(product.apr_cap.f64()).min(now.rate_allowed())
}

/// Probability that an offer is taken up, promotions shifting its log-odds; of a repeat loan on a rung, or of a first one.
pub fn taking_up(
    now: &Month<'_>,
    segment: &Segment,
    product: &Product,
    grade: usize,
    rung: Option<u32>,
    shift: f64,
) -> Chance {
    if let Some(table) = &now.world.scenario.competition {
        return chance(now, table, segment, product, (grade, rung.unwrap_or(0)), shift);
    }
    Chance { own: taking_up_alone(now, product, grade, rung, shift), rival: 0.0 }
}

/// The same where rivals count by their number.
fn taking_up_alone(now: &Month<'_>, product: &Product, grade: usize, rung: Option<u32>, shift: f64) -> f64 {
    let base = product.take_up.f64();
    if base <= 0.0 || base >= 1.0 {
        return base;
    }
    let dearer =
        rate_seen(now, product, (grade, rung.unwrap_or(0)), rung.is_some()) - product.take_up_apr.f64();
    let price = product.take_up_slope.f64() * 100.0 * dearer;
    let rivals = now.world.scenario.market.take_up_effect.f64() * now.rivals();
    let log_odds = ln(base / (1.0 - base)) + price + rivals + shift;
    1.0 / (1.0 + exp(-log_odds))
}

/// The product asked for by those who complete an application, a share `completing` of the words: a position among all
/// products.
pub fn product_asked(now: &Month<'_>, group: usize, completing: f64, word: u32) -> usize {
    let segment = now.world.cells[group].segment;
    let shares: Vec<f64> = segment.products.values().map(|share| share.f64()).collect();
    let choice = choose(&shares, completing, u64::from(word));
    let name = segment.products.keys().nth(choice).expect("a choice among products");
    now.world.products.iter().position(|product| &product.name == name).expect("a known product")
}

pub fn tenor(now: &Month<'_>, product: &Product, grade: usize, word: u32) -> u32 {
    let shares = tenor_shares(now, product);
    let asked = product.tenors[choose(&shares, 1.0, u64::from(word))].months.0;
    let allowed = product
        .tenors
        .iter()
        .map(|tenor| tenor.months.0)
        .filter(|months| product.grade_tenor_max.as_ref().is_none_or(|most| *months <= most[grade].0));
    asked.min(allowed.max().expect("every grade gets the shortest tenor")) as u32
}

/// Shares of tenors as policies move them.
fn tenor_shares(now: &Month<'_>, product: &Product) -> Vec<f64> {
    let given: Vec<f64> = product.tenors.iter().map(|tenor| tenor.share.f64()).collect();
    let (longer, last) = (now.longer(&product.name), given.len() - 1);
    // A tenor keeps part of its own loans and gets part of its neighbour's; at the end there is nowhere to go.
    let shares = (0..=last).map(|at| {
        let (from, end) = if longer > 0.0 { (at.checked_sub(1), last) } else { (Some(at + 1), 0) };
        let gets = from.and_then(|from| given.get(from)).map_or(0.0, |share| share * longer.abs());
        let keeps = given[at] * (1.0 - longer.abs());
        match (at == end, longer > 0.0) {
            // The sums are made in the order of tenors, as a bit can decide.
            (true, true) => gets + keeps + given[at] * longer.abs(),
            (true, false) => keeps + given[at] * longer.abs() + gets,
            (false, true) => gets + keeps,
            (false, false) => keeps + gets,
        }
    });
    shares.collect()
}

/// The nearest amount a product allows.
pub fn amount(product: &Product, wished: f64) -> i64 {
    let step = product.amount_step.0.0;
    let allowed = wished.max(product.amount_min.fen_f64()).min(product.amount_max.fen_f64());
    nearest(allowed / step as f64) * step
}

/// Share of a product's applications that staff decide.
pub fn by_staff(now: &Month<'_>, name: &str) -> f64 {
    let product = now.world.products.iter().find(|product| product.name == name);
    1.0 - product.and_then(|product| product.automatic_share).map_or(1.0, |share| share.f64())
}

/// Share of applicants who wait for a decision, staff having `backlog` cases to decide first.
pub fn waiting(now: &Month<'_>, product: &Product, backlog: f64) -> f64 {
    let underwriting = &now.world.scenario.underwriting;
    let rate = underwriting.abandonment_per_hour.map_or(0.0, |rate| rate.f64());
    if rate <= 0.0 {
        return 1.0;
    }
    let queue = match underwriting.manual_capacity {
        Some(capacity) if backlog > 0.0 => 730.0 * backlog / capacity.f64(),
        _ => 0.0,
    };
    let automatic = product.automatic_share.map_or(1.0, |share| share.f64());
    let quick = product.automatic_hours.map_or(0.0, |hours| hours.f64());
    let slow = product.manual_hours.map_or(0.0, |hours| hours.f64());
    let lever = now.hours(&product.name);
    automatic * exp(-rate * (quick * lever)) + (1.0 - automatic) * exp(-rate * (slow * lever + queue))
}

/// Monthly income at a word.
pub fn income(segment: &Segment, word: u32) -> f64 {
    let median = segment.income_median.map_or(0.0, |median| median.fen_f64());
    match segment.income_spread.map(|spread| spread.f64()) {
        Some(spread) if spread > 0.0 => median * exp(spread * normal_quantile(uniform(word))),
        _ => median,
    }
}

/// Largest payment of a due date, per month, without the principal left for the last one.
pub fn monthly_payment(contract: &Contract) -> f64 {
    let due: Vec<_> = contract.instalments.iter().filter(|instalment| instalment.falls_due).collect();
    let payments = due.iter().enumerate().map(|(at, instalment)| {
        let left = contract.bullet || (at + 1 == due.len() && due.len() > 1);
        instalment.interest_due + if left { 0 } else { instalment.principal }
    });
    payments.max().expect("something falls due") as f64 / f64::from(contract.period)
}
