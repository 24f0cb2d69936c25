//! Checks across keys: what single values cannot tell. All problems are collected.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::Scenario;
use super::checker::Checker;
use super::node::Node;
use super::problem::Problem;
use super::repayment::check_decision;
use super::tables::{Channel, Segment};
use super::validate_acquisition::{launch, prescreen, promotions, regions};
use super::validate_capital::tax_and_capital;
use super::validate_claims::{guarantee, litigation, sale};
use super::validate_collections::{day_tiers, grace, tiers};
use super::validate_competition::competition;
use super::validate_customers::{grade_caps, ladder, returning};
use super::validate_exit::{closing, securitisation};
use super::validate_funding::funding;
use super::validate_holiday::payment_holidays;
use super::validate_lending::{check_product, delinquency, lifecycle, underwriting};
use super::validate_levers::{apr_cap, check_policy};
use super::validate_line::{exposure, limits, line};
use super::validate_opening::opening_book;
use super::validate_policy::check_rule;
use super::validate_provision::provision;
use crate::rate::Number;

/// Name kept for the row of shared costs in the result files.
const SHARED: &str = "shared";
/// Most products: a loan keeps its product in one byte.
const PRODUCTS_MAX: usize = 200;
/// Most loans one run may make: what account-by-account simulation can hold in memory.
const LOANS_PER_RUN_MAX: f64 = 50_000_000.0;

/// Collects all problems across keys.
pub fn validate(scenario: &Scenario, tree: &Node, problems: &mut Vec<Problem>) {
    let mut checker = Checker { tree, problems };
    let names = Names::of(scenario);
    checker.unique("segment", &names.segments);
    checker.unique("channel", &names.channels);
    checker.unique("product", &names.products);
    for (list, names) in [("segment", &names.segments), ("channel", &names.channels)] {
        checker.require(
            !names.contains(&SHARED),
            &format!("{list}.{SHARED}.name"),
            || format!("{SHARED:?} names the row of shared costs in the result files"),
            "give another name",
        );
    }
    checker.require(
        names.products.len() <= PRODUCTS_MAX,
        "product",
        || format!("{} products are too many", names.products.len()),
        "use at most 200 products",
    );
    economy(scenario, &mut checker);
    funding(scenario, &mut checker);
    provision(scenario, &mut checker);
    tax_and_capital(scenario, &mut checker);
    let without: Vec<&str> = scenario
        .segment
        .iter()
        .filter(|segment| segment.income_median.is_none_or(|income| income.0.0 == 0))
        .map(|segment| segment.name.as_str())
        .collect();
    checker.require(
        scenario.affordability.is_none() || without.is_empty(),
        "affordability",
        || format!("segments without income: {}", without.join(", ")),
        "give each an income_median = 6000.00 or so, or leave [affordability] out",
    );
    for segment in &scenario.segment {
        check_segment(segment, scenario.affordability.is_some(), &names, &mut checker);
    }
    for channel in &scenario.channel {
        check_channel(channel, &names, &mut checker);
    }
    reach(scenario, &mut checker);
    launch(scenario, &mut checker);
    regions(scenario, &mut checker);
    promotions(scenario, &names.segments, &names.channels, &names.products, &mut checker);
    prescreen(scenario, &mut checker);
    for product in &scenario.product {
        check_product(product, scenario, &mut checker);
        guarantee(product, &mut checker);
        line(product, scenario, &mut checker);
        grade_caps(product, scenario, &mut checker);
    }
    apr_cap(scenario, &mut checker);
    underwriting(scenario, &mut checker);
    check_decision(scenario, &mut checker);
    competition(scenario, &mut checker);
    payment_holidays(scenario, &mut checker);
    delinquency(scenario, &mut checker);
    tiers(scenario, &mut checker);
    day_tiers(scenario, &mut checker);
    grace(scenario, &mut checker);
    litigation(scenario, &mut checker);
    limits(scenario, &mut checker);
    sale(scenario, &mut checker);
    securitisation(scenario, &mut checker);
    closing(scenario, &mut checker);
    ladder(scenario, &mut checker);
    returning(scenario, &mut checker);
    lifecycle(scenario, &mut checker);
    for policy in scenario.policy.iter().flatten() {
        check_policy(policy, scenario, &names, &mut checker);
        check_rule(policy, scenario, &mut checker);
    }
    if let Some(policies) = &scenario.policy {
        let policy_names: Vec<&str> = policies.iter().map(|policy| policy.name.as_str()).collect();
        checker.unique("policy", &policy_names);
    }
    plan(scenario, &names, &mut checker);
    opening_book(scenario, &mut checker);
    size(scenario, &mut checker);
}

/// Names that others refer to.
pub struct Names<'a> {
    pub segments: Vec<&'a str>,
    pub channels: Vec<&'a str>,
    pub products: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn of(scenario: &'a Scenario) -> Self {
        Names {
            segments: scenario.segment.iter().map(|segment| segment.name.as_str()).collect(),
            channels: scenario.channel.iter().map(|channel| channel.name.as_str()).collect(),
            products: scenario.product.iter().map(|product| product.name.as_str()).collect(),
        }
    }
}

fn economy(scenario: &Scenario, checker: &mut Checker<'_>) {
    let economy = &scenario.economy;
    let months: Vec<u64> = economy.lpr.iter().map(|step| step.month.0).collect();
    checker.ascending("economy.lpr", &months, true);
    let demand: Vec<Decimal> = economy.demand_season.iter().map(|m| m.decimal()).collect();
    checker.sum("economy.demand_season", &demand, Decimal::from(12));
    checker.require(
        economy.demand_season.iter().all(|multiplier| multiplier.f64() > 0.0),
        "economy.demand_season",
        || "a season is 0".to_owned(),
        "use a small multiplier: the stage classifier divides by the season",
    );
    let risk: Vec<Decimal> = economy.delinquency_season.iter().map(|m| m.decimal()).collect();
    checker.sum("economy.delinquency_season", &risk, Decimal::ZERO);
    checker.require(
        scenario.market.rivals_initial.0 <= scenario.market.rivals_max.0,
        "market.rivals_initial",
        || format!("{} rivals are more than rivals_max", scenario.market.rivals_initial.0),
        "raise rivals_max or lower rivals_initial",
    );
    let inflator = 1.0 + scenario.market.prepayment_effect.f64() * scenario.market.rivals_max.0 as f64;
    for product in &scenario.product {
        let rate = product.prepayment.f64() * inflator;
        checker.require(
            rate <= 1.0,
            &format!("product.{}.prepayment", product.name),
            || format!("with all rivals in the market the monthly rate would be {rate:.3}, above 1"),
            "lower prepayment or market.prepayment_effect",
        );
    }
}

fn check_segment(segment: &Segment, affordability: bool, names: &Names<'_>, checker: &mut Checker<'_>) {
    checker.require(
        affordability
            || (segment.income_median.is_none()
                && segment.income_spread.is_none()
                && segment.affordability_slope.is_none()),
        &format!("segment.{}.income_median", segment.name),
        || "incomes and their slopes do nothing without [affordability]".to_owned(),
        "add [affordability], or leave them out",
    );
    let path = format!("segment.{}.products", segment.name);
    for product in segment.products.keys() {
        checker.known(&format!("{path}.{product}"), product, &names.products, "product");
    }
    let shares: Vec<Decimal> = segment.products.values().map(|share| share.decimal()).collect();
    checker.sum(&path, &shares, Decimal::ONE);
}

fn check_channel(channel: &Channel, names: &Names<'_>, checker: &mut Checker<'_>) {
    checker.require(
        channel.profit_share.is_none_or(|share| share.f64() > 0.0),
        &format!("channel.{}.profit_share", channel.name),
        || "the partner gets nothing".to_owned(),
        "give a share above 0, or leave it out",
    );
    let path = format!("channel.{}", channel.name);
    let months: Vec<u64> = channel.budget.iter().map(|step| step.month.0).collect();
    checker.ascending(&format!("{path}.budget"), &months, false);
    for (segment, audience) in &channel.audience {
        let at = format!("{path}.audience.{segment}");
        checker.known(&at, segment, &names.segments, "segment");
        checker.require(
            audience.half_saturation.0.0 > 0,
            &format!("{at}.half_saturation"),
            || "the half-saturation is 0".to_owned(),
            "give the advertising stock at which half of leads_max respond",
        );
    }
    let shares: Vec<Decimal> =
        channel.audience.values().map(|audience| audience.budget_share.decimal()).collect();
    checker.sum(&format!("{path}.audience"), &shares, Decimal::ONE);
}

fn reach(scenario: &Scenario, checker: &mut Checker<'_>) {
    let mut reaches: BTreeMap<&str, Vec<(Decimal, &str)>> = BTreeMap::new();
    for channel in &scenario.channel {
        for (segment, audience) in &channel.audience {
            reaches.entry(segment).or_default().push((audience.reach.decimal(), &channel.name));
        }
    }
    for (segment, mut parts) in reaches {
        let sum: Decimal = parts.iter().map(|(reach, _)| reach).sum();
        parts.sort_by_key(|part| std::cmp::Reverse(part.0));
        let list: Vec<String> = parts.iter().map(|(reach, channel)| format!("{channel} {reach}")).collect();
        checker.require(
            sum <= Decimal::ONE,
            &format!("channel.{}.audience.{segment}.reach", parts[0].1),
            || {
                let list = list.join(", ");
                format!(
                    "the channels together reach {sum} of segment {segment:?}, more than everybody: {list}"
                )
            },
            "lower them to a sum of 1 at most: audiences of channels do not overlap",
        );
    }
}

fn plan(scenario: &Scenario, names: &Names<'_>, checker: &mut Checker<'_>) {
    let Some(plan) = &scenario.plan else { return };
    for (index, loans) in plan.loans.iter().enumerate() {
        let path = format!("plan.loans.{index}");
        checker.known(&format!("{path}.segment"), &loans.segment, &names.segments, "segment");
        checker.known(&format!("{path}.channel"), &loans.channel, &names.channels, "channel");
        checker.require(
            loans.from <= loans.to,
            &format!("{path}.to"),
            || format!("the plan ends in month {} before it begins in month {}", loans.to.0, loans.from.0),
            "raise `to` or lower `from`",
        );
        let channel = scenario.channel.iter().find(|channel| channel.name == loans.channel);
        let known = names.segments.contains(&loans.segment.as_str());
        checker.require(
            !known || channel.is_none_or(|channel| channel.audience.contains_key(&loans.segment)),
            &format!("{path}.channel"),
            || format!("the channel {:?} has no audience {:?}", loans.channel, loans.segment),
            "add the segment to the channel's audience or choose another channel",
        );
    }
}

/// Whether a run fits: number of loans, and their sum in fen.
fn size(scenario: &Scenario, checker: &mut Checker<'_>) {
    let months = scenario.run.months.0;
    let sources: Vec<(String, f64)> = match &scenario.plan {
        Some(plan) => {
            let spans = plan.loans.iter().map(|loans| {
                let span = (loans.to.0 + 1).min(months).saturating_sub(loans.from.0);
                span as f64 * loans.count.0 as f64
            });
            spans.enumerate().map(|(index, loans)| (format!("plan.loans.{index}.count"), loans)).collect()
        }
        None => {
            let bound = |channel| leads_bound(scenario, channel, months as f64);
            let channels = scenario.channel.iter();
            channels.map(|channel| (format!("channel.{}.capacity", channel.name), bound(channel))).collect()
        }
    };
    let there = scenario.opening_book.iter().flatten().enumerate();
    let there = there.map(|(index, row)| (format!("opening_book.{index}.count"), row.count.0 as f64));
    let sources: Vec<(String, f64)> = sources.into_iter().chain(there).collect();
    let loans: f64 = sources.iter().map(|(_, loans)| loans).sum();
    // The place is where most of it comes from.
    let (path, _) =
        sources.iter().max_by(|a, b| a.1.total_cmp(&b.1)).expect("plans and channels are not empty");
    checker.require(
        loans <= LOANS_PER_RUN_MAX,
        path,
        || format!("a run could have {loans:.0} borrowers, more than {LOANS_PER_RUN_MAX:.0}"),
        "lower the number of loans, leads_max, capacity or population, or simulate a sample of the market",
    );
    let largest = scenario.product.iter().max_by(|a, b| exposure(a, months).total_cmp(&exposure(b, months)));
    let largest = largest.expect("products are not empty");
    let exposure = loans * exposure(largest, months);
    checker.require(
        exposure < 4e17,
        &format!("product.{}.amount_max", largest.name),
        || {
            format!(
                "all loans of a run could sum to {:.0} currency units, more than can be counted exactly",
                exposure / 100.0
            )
        },
        "lower amount_max or the number of loans",
    );
}

fn leads_bound(scenario: &Scenario, channel: &Channel, months: f64) -> f64 {
    let multipliers = scenario.promotion.iter().flatten().filter_map(|promotion| promotion.leads);
    let promoted: f64 = multipliers.map(|leads| leads.f64().max(1.0)).product();
    let audience_bound: f64 = channel
        .audience
        .iter()
        .map(|(segment, audience)| {
            let people = scenario
                .segment
                .iter()
                .find(|candidate| &candidate.name == segment)
                .map_or(0.0, |segment| segment.population.0 as f64 * audience.reach.f64());
            let spreads = audience.innovation.f64() > 0.0
                || audience.imitation.f64() > 0.0
                || channel.referrals.is_some_and(|leads| leads.f64() > 0.0);
            let organic = if spreads { people } else { 0.0 };
            people.min(audience.leads_max.f64() * promoted * months + organic)
        })
        .sum();
    audience_bound.min(channel.capacity.f64() * months)
}
