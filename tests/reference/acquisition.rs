//! What moves spend, leads and gates from month to month: launch, promotions, regions, the wear of the fraud filter; and
//! what a little more spend would bring.

use lendcycle::math::{ln, pow};
use lendcycle::scenario::tables::{Product, Promotion, Segment};

use super::contract::nearest;
use super::month::{Month, names};
use super::offers::{product_asked, taking_up, waiting};
use super::risk::words_below;
use super::world::Cell;

const ALL: f64 = 4_294_967_296.0;

/// Promotions held this month for a cell.
fn held<'a>(now: &'a Month<'_>, cell: &'a Cell<'_>) -> impl Iterator<Item = &'a Promotion> {
    let month = u64::from(now.month);
    let calendar = now.world.month_of_year(now.month) as u64 + 1;
    now.world.scenario.promotion.iter().flatten().filter(move |promotion| {
        promotion.from.is_none_or(|from| from.0 <= month)
            && promotion.to.is_none_or(|to| month <= to.0)
            && promotion.calendar_months.as_ref().is_none_or(|list| list.iter().any(|m| m.0 == calendar))
            && names(&promotion.segments, &cell.segment.name)
            && names(&promotion.channels, &cell.channel.name)
    })
}

/// Months since the product was launched.
pub fn months_since_launch(now: &Month<'_>) -> Option<u64> {
    let launch = now.world.scenario.launch.as_ref().map_or(0, |launch| launch.month.0);
    u64::from(now.month).checked_sub(launch)
}

/// What is bought of a planned spend, and what of it the bank pays.
pub fn spend(now: &Month<'_>, cell: &Cell<'_>, planned: f64) -> (i64, i64) {
    let more: f64 =
        held(now, cell).map(|promotion| promotion.spend.map_or(1.0, |spend| spend.f64())).product();
    let left =
        held(now, cell).map(|promotion| 1.0 - promotion.partner_share.map_or(0.0, |share| share.f64()));
    let bought = nearest(planned * more);
    (bought, nearest(bought as f64 * left.product::<f64>()))
}

/// Demand of the month as promotions change it.
pub fn demand(now: &Month<'_>, cell: &Cell<'_>) -> f64 {
    let more = held(now, cell).map(|promotion| promotion.leads.map_or(1.0, |leads| leads.f64()));
    now.world.demand[now.month as usize] * more.product::<f64>()
}

/// Shift of the log-odds of take-up, share of the fee charged, and coupon in fen.
pub fn terms(now: &Month<'_>, cell: &Cell<'_>, product: &Product) -> (f64, f64, i64) {
    let meant = held(now, cell).filter(|promotion| names(&promotion.products, &product.name));
    meant.fold((0.0, 1.0, 0), |(shift, fee, coupon), promotion| {
        (
            shift + promotion.take_up.map_or(0.0, |shift| shift.f64()),
            fee * (1.0 - promotion.fee_waived.map_or(0.0, |share| share.f64())),
            coupon + promotion.coupon.map_or(0, |coupon| coupon.0.0),
        )
    })
}

/// Cost of holding promotions: of those that are held, whoever they are about.
pub fn promotion_cost(now: &Month<'_>) -> i64 {
    let month = u64::from(now.month);
    let calendar = now.world.month_of_year(now.month) as u64 + 1;
    let mut cost = 0;
    for promotion in now.world.scenario.promotion.iter().flatten() {
        let begun = promotion.from.is_none_or(|from| month >= from.0);
        let over = promotion.to.is_some_and(|to| month > to.0);
        let season = promotion.calendar_months.as_ref();
        if begun && !over && season.is_none_or(|list| list.iter().any(|m| m.0 == calendar)) {
            cost += promotion.cost.map_or(0, |cost| cost.0.0);
        }
    }
    cost
}

/// Share of leads who complete an application.
pub fn completion(now: &Month<'_>, segment: &Segment) -> f64 {
    let Some(name) = &segment.region else { return segment.completion.f64() };
    let region = now.world.scenario.region.iter().flatten().find(|region| &region.name == name);
    let conversion = region.expect("a known region").conversion.f64() + now.conversion(name);
    f64::min(segment.completion.f64() * conversion, 1.0)
}

/// Share of fraudsters caught, and of honest applicants turned away.
pub fn screening(now: &Month<'_>) -> (f64, f64) {
    let fresh = now.world.scenario.underwriting.fraud_catch_rate.f64();
    let Some(prescreen) = &now.world.scenario.prescreen else { return (fresh, 0.0) };
    let mut age = months_since_launch(now).unwrap_or(0);
    if let Some(every) = prescreen.iterate_every {
        age %= every.0;
    }
    let lost = prescreen.adaptation.map_or(0.0, |share| share.f64());
    let honest = prescreen.honest_rejected.f64();
    let honest = if fresh > 0.0 && honest > 0.0 {
        pow(honest, ln(fresh) / ln(prescreen.catch_reference.f64()))
    } else {
        0.0
    };
    (fresh * pow(1.0 - lost, age as f64), honest)
}

/// Cost of a new version of the filter's rules.
pub fn iteration_cost(now: &Month<'_>) -> i64 {
    let Some(prescreen) = &now.world.scenario.prescreen else { return 0 };
    match (prescreen.iterate_every, months_since_launch(now)) {
        (Some(every), Some(age)) if age > 0 && age % every.0 == 0 => {
            prescreen.iteration_cost.map_or(0, |cost| cost.0.0)
        }
        _ => 0,
    }
}

/// Words of each gate, as a lead meets them.
pub struct Chances {
    /// Leads who complete, of 1.
    pub completion: f64,
    /// Words of screening that are caught, and from which the honest are turned away.
    pub caught: u64,
    pub rejected_from: u64,
    /// Words below the cut-off, and below each grade's lowest score, best first.
    pub declined: u64,
    pub below_grade: Vec<u64>,
}

/// What one more of 1 of all spend would add to the loans of a cell, `leads` being the leads it would add; and what it
/// would cost beside the spend.
pub fn marginal(now: &Month<'_>, group: usize, leads: f64, chances: &Chances, backlog: f64) -> (f64, f64) {
    let cell = &now.world.cells[group];
    let reward = cell.channel.reward.map_or(0.0, |reward| reward.fen_f64());
    let screened = chances.rejected_from.saturating_sub(chances.caught) as f64 / ALL;
    let (mut loans, mut paid) = (0.0, 0.0);
    // Products by the words that ask for them: bounds are found where the choice changes.
    let shares: Vec<f64> = cell.segment.products.values().map(|share| share.f64()).collect();
    let mut sum = 0.0;
    let mut before = 0;
    for (at, name) in cell.segment.products.keys().enumerate() {
        sum += shares[at];
        let whole = if at + 1 == shares.len() { 1.0 } else { f64::min(sum, 1.0) };
        let bound = words_below(whole * chances.completion);
        let product = now.world.products.iter().find(|product| &product.name == name);
        let product = product.expect("a known product");
        if bound > before {
            let asked = now.world.products[product_asked(now, group, chances.completion, before as u32)];
            assert_eq!(&asked.name, name, "words and shares disagree");
        }
        let (shift, _, coupon) = terms(now, cell, product);
        let stays = waiting(now, product, backlog);
        let mut accepted = 0.0;
        let mut above = 1_u64 << 32;
        for grade in 0..=chances.below_grade.len() {
            let lowest = chances.below_grade.get(grade).copied().unwrap_or(0);
            let words = above.saturating_sub(lowest.max(chances.declined));
            let drawn = words_below(taking_up(now, cell.segment, product, grade, None, shift).own * stays);
            accepted += words as f64 / ALL * (drawn as f64 / ALL);
            above = lowest;
        }
        let loan = bound.saturating_sub(before) as f64 / ALL * screened * accepted;
        loans += loan;
        paid += loan * (reward + coupon as f64);
        before = bound;
    }
    (leads * loans, leads * paid)
}
