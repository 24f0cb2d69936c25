//! Choice among lenders, computed anew for every applicant: all rivals, their terms, and what they are worth to the segment.

use lendcycle::math::{exp, ln, normal_quantile, pow};
use lendcycle::random::{Process, Who, uniform};
use lendcycle::rate::Number;
use lendcycle::scenario::tables::{Competition, Product, RateBase, Segment};
use rust_decimal::prelude::ToPrimitive;

use super::contract::nearest;
use super::month::Month;
use super::offers::apr;

/// What an approved applicant does: probability of drawing the loan, and the share of the others who go to a rival.
#[derive(Clone, Copy)]
pub struct Chance {
    pub own: f64,
    pub rival: f64,
}

fn value<N: Number>(given: Option<N>, absent: f64) -> f64 {
    given.map_or(absent, |given| given.decimal().to_f64().expect("a number"))
}

/// Brand and deviations of a rival: what is added to rate and logarithm of the limit, and what multiplies hours.
struct Rival {
    brand: f64,
    apr: f64,
    limit: f64,
    hours: f64,
}

fn rival(now: &Month<'_>, table: &Competition, number: u32) -> Rival {
    if let Some(known) = table.incumbent.iter().flatten().nth(number as usize) {
        return Rival {
            brand: value(known.brand, table.brand.f64()),
            apr: value(known.apr_shift, 0.0),
            limit: ln(value(known.limit_multiple, 1.0)),
            hours: value(known.hours_multiple, 1.0),
        };
    }
    let who = Who { ordinal: number, cell_month: 0xFFFF_FFFF };
    let normal =
        |word: usize| normal_quantile(uniform(now.world.draws.words(who, Process::RivalTerms, 0)[word]));
    Rival {
        apr: value(table.apr_deviation, 0.0) * normal(0),
        limit: value(table.limit_deviation, 0.0) * normal(1),
        hours: exp(value(table.hours_deviation, 0.0) * normal(2)),
        brand: table.brand.f64() + value(table.brand_deviation, 0.0) * normal(3),
    }
}

/// Rate of a rival against a product and grade.
fn rival_apr(
    now: &Month<'_>,
    table: &Competition,
    rival: &Rival,
    product: &Product,
    at: (usize, u32),
) -> f64 {
    let terms = product.rival_terms.as_ref().expect("terms of rivals");
    let base = if product.rate_base == RateBase::Lpr { now.lpr() } else { 0.0 };
    let wished = base + terms.apr.f64() + product.grade_spread[at.0].f64() + rival.apr;
    let alike = value(table.homogeneity, 0.0);
    let rate = (1.0 - alike) * f64::max(wished, 0.0) + alike * apr(now, product, at.0, at.1);
    let Some(war) = &table.price_war else { return rate };
    let funds = now.lpr() + now.world.scenario.funding.spread.f64();
    let lowest = f64::max(funds, 0.0) + war.margin.f64();
    let past = &now.world.rivals[..=now.month as usize];
    let months = past.iter().filter(|count| u64::from(**count) >= war.rivals_min.0).count();
    let covered = 1.0 - pow(1.0 - war.speed.f64(), months as f64);
    if rate > lowest { rate - covered * (rate - lowest) } else { rate }
}

/// How much more a rival's offer is worth to a segment than the own one.
fn better(
    now: &Month<'_>,
    table: &Competition,
    rival: &Rival,
    segment: &Segment,
    product: &Product,
    at: (usize, u32),
) -> f64 {
    let terms = product.rival_terms.as_ref().expect("terms of rivals");
    let minds = segment.preferences.as_ref();
    let copied = value(table.homogeneity, 0.0);
    // A copy differs from the original by what was not copied.
    let differs = |drawn: f64, own: f64| ((1.0 - copied) * drawn + copied * own) - own;
    let own_limit = ln(product.amount_max.fen_f64());
    let limit = terms.limit.map_or(own_limit, |limit| ln(limit.fen_f64())) + rival.limit;
    let machine = value(product.automatic_share, 1.0);
    let own_hours =
        machine * value(product.automatic_hours, 0.0) + (1.0 - machine) * value(product.manual_hours, 0.0);
    let hours = value(terms.hours, 0.0) * rival.hours;
    let rate = product.take_up_slope.f64() * value(minds.and_then(|p| p.rate), 1.0);
    let for_limit = value(table.limit_weight, 0.0) * value(minds.and_then(|p| p.limit), 1.0);
    let for_speed = value(table.speed_weight, 0.0) * value(minds.and_then(|p| p.speed), 1.0);
    let for_ease = value(table.flexibility_weight, 0.0) * value(minds.and_then(|p| p.flexibility), 1.0);
    let dearer = rival_apr(now, table, rival, product, at) - apr(now, product, at.0, at.1);
    let utility = rate * 100.0 * dearer + for_limit * differs(limit, own_limit)
        - for_speed * differs(hours, own_hours)
        + for_ease * differs(value(terms.flexibility, 0.0), value(product.flexibility, 0.0))
        + rival.brand;
    f64::min(utility, 50.0)
}

/// What applicants of a segment do when offered a product at a grade.
pub fn chance(
    now: &Month<'_>,
    table: &Competition,
    segment: &Segment,
    product: &Product,
    at: (usize, u32),
    shift: f64,
) -> Chance {
    let rivals = (0..now.rivals() as u32).map(|number| rival(now, table, number));
    let attraction =
        rivals.fold(0.0, |sum, rival| sum + exp(better(now, table, &rival, segment, product, at)));
    let slope = product.take_up_slope.f64() * value(segment.preferences.as_ref().and_then(|p| p.rate), 1.0);
    let price = slope * 100.0 * (apr(now, product, at.0, at.1) - product.take_up_apr.f64());
    let alone = product.take_up.f64();
    let nothing = match alone {
        0.0 => return Chance { own: 0.0, rival: 0.0 },
        1.0 => 0.0,
        _ => exp(-(ln(alone / (1.0 - alone)) + price)),
    };
    let rival = if attraction > 0.0 { attraction / (nothing + attraction) } else { 0.0 };
    // A promotion makes the own offer better than everything else alike.
    let others = nothing + attraction;
    Chance { own: if others > 0.0 { 1.0 / (1.0 + others * exp(-shift)) } else { 1.0 }, rival }
}

/// Grades of the scenario.
fn grades(now: &Month<'_>) -> usize {
    now.world.scenario.underwriting.grade_scores.len() + 1
}

/// What a month's row says of rivals: whether there is one, the best one's advantage and their mean rate, in millionths.
pub fn standing(now: &Month<'_>) -> Option<[i64; 3]> {
    let table = now.world.scenario.competition.as_ref()?;
    let count = now.rivals() as u32;
    if count == 0 {
        return None;
    }
    let mut segments: Vec<&Segment> = now.world.scenario.segment.iter().collect();
    segments.sort_by_key(|segment| &segment.name);
    let people: f64 = segments.iter().map(|segment| segment.population.0 as f64).sum();
    let mut best = f64::NEG_INFINITY;
    for number in 0..count {
        let rival = rival(now, table, number);
        let mut total = 0.0;
        for segment in &segments {
            for (name, share) in &segment.products {
                let product = now.world.products.iter().find(|product| &product.name == name);
                let product = product.expect("a known product");
                let weight = share.f64() * segment.population.0 as f64 / people;
                for at in (0..grades(now)).map(|grade| (grade, 0)) {
                    total += weight * better(now, table, &rival, segment, product, at) / grades(now) as f64;
                }
            }
        }
        best = best.max(total);
    }
    let mut mean = 0.0;
    for segment in &segments {
        for (name, share) in &segment.products {
            let product = now.world.products.iter().find(|product| &product.name == name);
            let product = product.expect("a known product");
            let weight = share.f64() * segment.population.0 as f64 / people;
            for at in (0..grades(now)).map(|grade| (grade, 0)) {
                mean += weight * mean_apr(now, table, product, at) / grades(now) as f64;
            }
        }
    }
    Some([1, nearest(best * 1e6), nearest(mean * 1e6)])
}

fn mean_apr(now: &Month<'_>, table: &Competition, product: &Product, at: (usize, u32)) -> f64 {
    let count = now.rivals() as u32;
    let rates = (0..count).map(|number| rival_apr(now, table, &rival(now, table, number), product, at));
    rates.fold(0.0, |sum, rate| sum + rate) / f64::from(count)
}

/// Interest that a borrower saves against the mean rate of rivals while the contract runs, fen.
pub fn interest_saved(now: &Month<'_>, product: &Product, at: (usize, u32), principal_months: i64) -> i64 {
    match &now.world.scenario.competition {
        Some(table) if now.rivals() > 0.0 => {
            let dearer = mean_apr(now, table, product, at) - apr(now, product, at.0, at.1);
            nearest(principal_months as f64 * (dearer / 12.0))
        }
        _ => 0,
    }
}
