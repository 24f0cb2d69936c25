//! Checks across keys: what single values cannot tell. All problems are collected.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::Scenario;
use super::decode::nearest;
use super::node::{Node, Value};
use super::problem::{Problem, Span};
use super::tables::{Channel, Policy, Product, Schedule, Segment};
use crate::money::Fen;
use crate::rate::{Amount, Number, Probability};

/// Most loans one run may make: what account-by-account simulation can hold in memory.
const LOANS_PER_RUN_MAX: f64 = 50_000_000.0;

struct Checker<'a> {
    tree: &'a Node,
    problems: &'a mut Vec<Problem>,
}

impl Checker<'_> {
    /// Records a problem at the place of a key path; members of lists are named by `name` or index.
    fn problem(&mut self, path: &str, message: String, help: &str) {
        let problem = Problem::at(&span_of(self.tree, path), path, message).help(help);
        self.problems.push(problem);
    }

    fn require(&mut self, holds: bool, path: &str, message: impl FnOnce() -> String, help: &str) {
        if !holds {
            self.problem(path, message(), help);
        }
    }

    fn sum(&mut self, path: &str, values: &[Decimal], target: Decimal) {
        let sum: Decimal = values.iter().sum();
        self.require(
            (sum - target).abs() <= Decimal::new(1, 9),
            path,
            || format!("the values sum to {sum}, not to {target}"),
            &format!("change the values so that they sum to {target}"),
        );
    }

    fn unique(&mut self, list: &str, names: &[&str]) {
        let mut seen = BTreeSet::new();
        for (index, name) in names.iter().enumerate() {
            let valid =
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            self.require(
                valid,
                &format!("{list}.{index}.name"),
                || format!("{name:?} is not a name"),
                "use letters, digits, _ and - only (name_zh is for display)",
            );
            self.require(
                seen.insert(*name),
                &format!("{list}.{index}.name"),
                || format!("the name {name:?} is used twice"),
                "give each a name of its own",
            );
        }
    }

    fn known(&mut self, path: &str, name: &str, known: &[&str], what: &str) {
        if known.contains(&name) {
            return;
        }
        let mut problem =
            Problem::at(&span_of(self.tree, path), path, format!("there is no {what} {name:?}"))
                .allowed(known.join(", "));
        if let Some(near) = nearest(name, known.iter().copied()) {
            problem = problem.help(format!("did you mean {near:?}?"));
        }
        self.problems.push(problem);
    }

    fn ascending(&mut self, path: &str, months: &[u64], from_zero: bool) {
        if from_zero {
            self.require(
                months.first() == Some(&0),
                path,
                || "the first step does not start in month 0".to_owned(),
                "add a step with month = 0",
            );
        }
        self.require(
            months.windows(2).all(|pair| pair[0] < pair[1]),
            path,
            || "the months of the steps do not ascend".to_owned(),
            "order the steps by month, each month once",
        );
    }
}

/// The place of a key path; where the last parts are missing, of the nearest table that is there.
fn span_of(tree: &Node, path: &str) -> Span {
    let mut at = tree;
    let mut span = at.span.clone();
    for part in path.split('.') {
        let next = match &at.value {
            Value::Table(table) => table.get(part).map(|entry| (&entry.node, &entry.key_span)),
            Value::Array(list) => list
                .iter()
                .find(|node| node.name() == Some(part))
                .or_else(|| part.parse::<usize>().ok().and_then(|index| list.get(index)))
                .map(|node| (node, &node.span)),
            _ => None,
        };
        let Some((node, key_span)) = next else {
            return span;
        };
        at = node;
        // A value in one place is underlined itself; a table is shown by its key.
        span = match node.value {
            Value::Table(_) => key_span.clone(),
            _ => node.span.clone(),
        };
    }
    span
}

/// Collects all problems across keys.
pub fn validate(scenario: &Scenario, tree: &Node, problems: &mut Vec<Problem>) {
    let mut checker = Checker { tree, problems };
    let names = Names::of(scenario);
    checker.unique("segment", &names.segments);
    checker.unique("channel", &names.channels);
    checker.unique("product", &names.products);
    economy(scenario, &mut checker);
    for segment in &scenario.segment {
        check_segment(segment, &names, &mut checker);
    }
    for channel in &scenario.channel {
        check_channel(channel, &names, &mut checker);
    }
    reach(scenario, &mut checker);
    for product in &scenario.product {
        check_product(product, scenario, &mut checker);
    }
    underwriting(scenario, &mut checker);
    delinquency(scenario, &mut checker);
    tiers(scenario, &mut checker);
    lifecycle(scenario, &mut checker);
    for policy in scenario.policy.iter().flatten() {
        check_policy(policy, &names, &mut checker);
    }
    if let Some(policies) = &scenario.policy {
        let policy_names: Vec<&str> = policies.iter().map(|policy| policy.name.as_str()).collect();
        checker.unique("policy", &policy_names);
    }
    plan(scenario, &names, &mut checker);
    size(scenario, &mut checker);
}

struct Names<'a> {
    segments: Vec<&'a str>,
    channels: Vec<&'a str>,
    products: Vec<&'a str>,
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
    let deflator = 1.0 + scenario.market.prepayment_effect.f64() * scenario.market.rivals_max.0 as f64;
    for product in &scenario.product {
        let rate = product.prepayment.f64() * deflator;
        checker.require(
            rate <= 1.0,
            &format!("product.{}.prepayment", product.name),
            || format!("with all rivals in the market the monthly rate would be {rate:.3}, above 1"),
            "lower prepayment or market.prepayment_effect",
        );
    }
}

fn check_segment(segment: &Segment, names: &Names<'_>, checker: &mut Checker<'_>) {
    let path = format!("segment.{}.products", segment.name);
    for product in segment.products.keys() {
        checker.known(&format!("{path}.{product}"), product, &names.products, "product");
    }
    let shares: Vec<Decimal> = segment.products.values().map(|share| share.decimal()).collect();
    checker.sum(&path, &shares, Decimal::ONE);
}

fn check_channel(channel: &Channel, names: &Names<'_>, checker: &mut Checker<'_>) {
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
        parts.sort_by(|a, b| b.0.cmp(&a.0));
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

fn check_product(product: &Product, scenario: &Scenario, checker: &mut Checker<'_>) {
    let path = format!("product.{}", product.name);
    let shares: Vec<Decimal> = product.tenors.iter().map(|tenor| tenor.share.decimal()).collect();
    checker.sum(&format!("{path}.tenors"), &shares, Decimal::ONE);
    let months: Vec<u64> = product.tenors.iter().map(|tenor| tenor.months.0).collect();
    checker.ascending(&format!("{path}.tenors"), &months, false);
    checker.require(
        product.schedule != Schedule::QuarterlyInterest || months.iter().all(|n| n % 3 == 0),
        &format!("{path}.tenors"),
        || "a tenor is not a whole number of quarters".to_owned(),
        "use tenors of 3, 6, 9, … months with quarterly_interest",
    );
    let grades = scenario.underwriting.grade_scores.len() + 1;
    checker.require(
        product.grade_spread.len() == grades,
        &format!("{path}.grade_spread"),
        || format!("{} spreads for {grades} grades", product.grade_spread.len()),
        "give one spread per grade: one more than underwriting.grade_scores",
    );
    checker.require(
        product.apr_floor <= product.apr_cap,
        &format!("{path}.apr_floor"),
        || format!("the floor {} is above the cap {}", product.apr_floor, product.apr_cap),
        "lower apr_floor or raise apr_cap",
    );
    let highest = scenario.economy.lpr.iter().map(|step| step.apr.decimal()).max().unwrap_or_default();
    let cost = highest + scenario.funding.spread.decimal();
    checker.require(
        product.apr_floor.decimal() >= cost,
        &format!("{path}.apr_floor"),
        || format!("the floor {} is below the cost of funding, {cost}", product.apr_floor),
        "raise apr_floor to the LPR plus funding.spread at least",
    );
    amounts(product, &path, checker);
}

fn amounts(product: &Product, path: &str, checker: &mut Checker<'_>) {
    let step = product.amount_step.0.0;
    checker.require(
        step > 0,
        &format!("{path}.amount_step"),
        || "the step is 0".to_owned(),
        "give a step such as 100.00",
    );
    checker.require(
        product.amount_min > Amount(Fen::ZERO)
            && product.amount_min <= product.amount_median
            && product.amount_median <= product.amount_max,
        &format!("{path}.amount_median"),
        || "amount_min, amount_median and amount_max do not ascend from above 0".to_owned(),
        "order them: 0 < amount_min <= amount_median <= amount_max",
    );
    for (key, amount) in [("amount_min", product.amount_min), ("amount_max", product.amount_max)] {
        checker.require(
            step == 0 || amount.0.0 % step == 0,
            &format!("{path}.{key}"),
            || format!("{} is not a whole multiple of amount_step", amount.decimal()),
            "make it a multiple of amount_step",
        );
    }
}

fn underwriting(scenario: &Scenario, checker: &mut Checker<'_>) {
    let scores = &scenario.underwriting.grade_scores;
    checker.require(
        scores.windows(2).all(|pair| pair[0] > pair[1]),
        "underwriting.grade_scores",
        || "the scores do not descend".to_owned(),
        "list the lowest score of each grade, best grade first",
    );
    checker.require(
        scores.len() < 16,
        "underwriting.grade_scores",
        || format!("{} grades are too many", scores.len() + 1),
        "use at most 16 grades",
    );
}

fn delinquency(scenario: &Scenario, checker: &mut Checker<'_>) {
    let d = &scenario.delinquency;
    let rows: [&[Probability]; 7] = [&d.m0, &d.m1, &d.m2, &d.m3, &d.m4, &d.m5, &d.m6];
    for (bucket, row) in rows.iter().enumerate() {
        let values: Vec<Decimal> = row.iter().map(|p| p.decimal()).collect();
        checker.sum(&format!("delinquency.m{bucket}"), &values, Decimal::ONE);
    }
    checker.require(
        d.charge_off_days.0.is_multiple_of(30),
        "delinquency.charge_off_days",
        || format!("{} is not a multiple of 30", d.charge_off_days.0),
        "use 120, 150, 180, 270, 360, …",
    );
    checker.require(
        scenario.repeat.days_past_due_max.0.is_multiple_of(30),
        "repeat.days_past_due_max",
        || format!("{} is not a multiple of 30", scenario.repeat.days_past_due_max.0),
        "use 0, 30, 60, 90, 120 or 150",
    );
}

/// Thresholds out of order would make labels flip back and forth.
fn lifecycle(scenario: &Scenario, checker: &mut Checker<'_>) {
    let l = &scenario.lifecycle;
    checker.require(
        l.decline_growth <= l.recovery_growth
            && l.recovery_growth <= l.plateau_growth
            && l.plateau_growth <= l.second_growth,
        "lifecycle.decline_growth",
        || "the growth thresholds are out of order".to_owned(),
        "order them: decline_growth <= recovery_growth <= plateau_growth <= second_growth",
    );
}

fn tiers(scenario: &Scenario, checker: &mut Checker<'_>) {
    let tiers = &scenario.collections.tier;
    let names: Vec<&str> = tiers.iter().map(|tier| tier.name.as_str()).collect();
    checker.unique("collections.tier", &names);
    let mut next = Some(1);
    for tier in tiers {
        let path = format!("collections.tier.{}.days_from", tier.name);
        checker.require(
            next == Some(tier.days_from.0) && tier.days_from.0 % 30 == 1,
            &path,
            || match next {
                Some(day) => format!("the tier starts at day {}, not at day {day}", tier.days_from.0),
                None => "the tier before has no end".to_owned(),
            },
            "tiers follow one another by month: 1-30, 31-90, 91 and more",
        );
        if let Some(to) = tier.days_to {
            checker.require(
                to.0.is_multiple_of(30) && to.0 >= tier.days_from.0,
                &format!("collections.tier.{}.days_to", tier.name),
                || format!("{} is not the end of a month past due after the start", to.0),
                "use 30, 60, 90, 120 or 150",
            );
        }
        checker.require(
            tier.effect_max.f64() >= 0.0,
            &format!("collections.tier.{}.effect_max", tier.name),
            || "the effect is negative".to_owned(),
            "contacts lower the odds of rolling on: give a positive number",
        );
        next = tier.days_to.map(|to| to.0 + 1);
    }
    checker.require(
        next.is_none(),
        &format!("collections.tier.{}.days_to", names[names.len() - 1]),
        || "the last tier has an end: accounts past it would be in no tier".to_owned(),
        "leave days_to out of the last tier",
    );
}

fn check_policy(policy: &Policy, names: &Names<'_>, checker: &mut Checker<'_>) {
    let path = format!("policy.{}", policy.name);
    for (at, segment) in policy.segments.iter().flatten().enumerate() {
        checker.known(&format!("{path}.segments.{at}"), segment, &names.segments, "segment");
    }
    for (at, channel) in policy.channels.iter().flatten().enumerate() {
        checker.known(&format!("{path}.channels.{at}"), channel, &names.channels, "channel");
    }
    let by_segment = policy.cutoff_new.is_some() || policy.cutoff_repeat.is_some();
    checker.require(
        policy.segments.is_none() || by_segment,
        &format!("{path}.segments"),
        || "segments narrow the cut-off only, and this policy moves none".to_owned(),
        "leave segments out, or give cutoff_new or cutoff_repeat",
    );
    checker.require(
        policy.channels.is_none() || policy.marketing.is_some(),
        &format!("{path}.channels"),
        || "channels narrow marketing only, and this policy moves none".to_owned(),
        "leave channels out, or give marketing",
    );
    if let (Some(from), Some(to)) = (policy.from, policy.to) {
        checker.require(
            from <= to,
            &format!("{path}.to"),
            || format!("the policy ends in month {} before it begins in month {}", to.0, from.0),
            "raise `to` or lower `from`",
        );
    }
    let acts = policy.marketing.is_some()
        || policy.cutoff_new.is_some()
        || policy.cutoff_repeat.is_some()
        || policy.collections.is_some()
        || policy.stop_new.is_some()
        || policy.stop_repeat.is_some();
    checker.require(
        acts,
        &path,
        || format!("the policy {:?} does nothing", policy.name),
        "give an action: marketing, cutoff_new, cutoff_repeat, collections, stop_new or stop_repeat",
    );
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
                let span = loans.to.0.min(months).saturating_sub(loans.from.0) + 1;
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
    let largest = scenario.product.iter().max_by_key(|product| product.amount_max);
    let largest = largest.expect("products are not empty");
    let exposure = loans * largest.amount_max.fen_f64() * scenario.repeat.amount_growth.f64().max(1.0);
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
    let audience_bound: f64 = channel
        .audience
        .iter()
        .map(|(segment, audience)| {
            let people = scenario
                .segment
                .iter()
                .find(|candidate| &candidate.name == segment)
                .map_or(0.0, |segment| segment.population.0 as f64 * audience.reach.f64());
            let organic = if audience.innovation.f64() > 0.0 { people } else { 0.0 };
            people.min(audience.leads_max.f64() * months + organic)
        })
        .sum();
    audience_bound.min(channel.capacity.f64() * months)
}
