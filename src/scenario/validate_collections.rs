//! Checks across keys of collections: tiers share out days past due.

use super::Scenario;
use super::checker::Checker;
use super::tables::{Collections, Tier};
use crate::model::first_month::{DAYS, daily_rate, unpaid, unpaid_at_month_end};
use crate::rate::LogOdds;

impl Collections {
    /// Names of all tiers, those of days last.
    pub fn tier_names(&self) -> impl Iterator<Item = &str> {
        let by_days = self.first_month.iter().flatten().map(|tier| tier.name.as_str());
        self.tier.iter().map(|tier| tier.name.as_str()).chain(by_days)
    }
}

/// Tiers follow one another without gap or overlap, or work the same days side by side.
pub fn tiers(scenario: &Scenario, checker: &mut Checker<'_>) {
    let tiers = &scenario.collections.tier;
    let names: Vec<&str> = tiers.iter().map(|tier| tier.name.as_str()).collect();
    checker.unique("collections.tier", &names);
    let mut by_days: Vec<&Tier> = tiers.iter().collect();
    by_days.sort_by_key(|tier| tier.days_from.0);
    let mut next = Some(1);
    let mut before = None;
    let mut last = "";
    for tier in by_days {
        let days = (tier.days_from.0, tier.days_to.as_ref().map(|to| to.0));
        let path = format!("collections.tier.{}.days_from", tier.name);
        checker.require(
            (next == Some(days.0) && days.0 % 30 == 1) || before == Some(days),
            &path,
            || match next {
                Some(day) => format!("the tier starts at day {}, not at day {day}", days.0),
                None => "the tier before has no end".to_owned(),
            },
            "tiers follow one another by month: 1-30, 31-90, 91 and more; several may have the same days",
        );
        if let Some(to) = days.1 {
            checker.require(
                to.is_multiple_of(30) && to >= days.0,
                &format!("collections.tier.{}.days_to", tier.name),
                || format!("{to} is not the end of a month past due after the start"),
                "use 30, 60, 90, 120 or 150",
            );
        }
        effect(tier.effect_max, &format!("collections.tier.{}.effect_max", tier.name), checker);
        next = days.1.map(|to| to + 1);
        last = &tier.name;
        before = Some(days);
    }
    checker.require(
        next.is_none(),
        &format!("collections.tier.{}.days_to", last),
        || "the last tier has an end: accounts past it would be in no tier".to_owned(),
        "leave days_to out of the last tier",
    );
}

fn effect(effect_max: LogOdds, path: &str, checker: &mut Checker<'_>) {
    checker.require(
        effect_max.f64() >= 0.0,
        path,
        || "the effect is negative".to_owned(),
        "contacts lower the odds of rolling on: give a positive number",
    );
}

/// Days of grace are days of the month of the due date, which has to be worked for them to count.
pub fn grace(scenario: &Scenario, checker: &mut Checker<'_>) {
    for product in scenario.product.iter().filter(|product| product.grace_days.is_some()) {
        checker.require(
            scenario.collections.first_month.is_some(),
            &format!("product.{}.grace_days", product.name),
            || "days past due are counted in whole months: days of grace would do nothing".to_owned(),
            "give [[collections.first_month]], tiers of days, or leave grace_days out",
        );
    }
}

/// Tiers of days in the month of the due date follow one another from day 1 to day 30, and leave somebody unpaid.
pub fn day_tiers(scenario: &Scenario, checker: &mut Checker<'_>) {
    let Some(tiers) = &scenario.collections.first_month else { return };
    let names: Vec<&str> = tiers.iter().map(|tier| tier.name.as_str()).collect();
    checker.unique("collections.first_month", &names);
    for name in names {
        checker.require(
            scenario.collections.tier.iter().all(|tier| tier.name != name),
            &format!("collections.first_month.{name}.name"),
            || {
                format!(
                    "a tier of [[collections.tier]] is called {name} too: policies could not tell them apart"
                )
            },
            "give the tier of days a name of its own",
        );
    }
    let mut next = 1;
    let mut rates = [0.0; DAYS];
    for (index, tier) in tiers.iter().enumerate() {
        let at = |key: &str| format!("collections.first_month.{}.{key}", tier.name);
        let (from, to) = (tier.days_from.0, tier.days_to.0);
        checker.require(
            from == next,
            &at("days_from"),
            || format!("the tier starts at day {from}, not at day {next}"),
            "tiers of days follow one another from day 1: 1-7, 8-30",
        );
        let last = index + 1 == tiers.len();
        checker.require(
            to >= from && (!last || to == DAYS as u64),
            &at("days_to"),
            || {
                format!(
                    "a tier from day {from} cannot end on day {to}{}",
                    if last { ", being the last" } else { "" }
                )
            },
            "end a tier on the day before the next one starts, the last one on day 30",
        );
        let paid = tier.paid.f64();
        checker.require(
            paid < 1.0,
            &at("paid"),
            || "everybody pays within the tier: no daily rate is as high as that".to_owned(),
            "give a share below 1",
        );
        checker.require(
            paid > 0.0 || tier.effect_max.f64() == 0.0,
            &at("effect_max"),
            || "nobody pays within the tier (paid = 0), and contacts multiply the rate of paying".to_owned(),
            "give paid a share above 0, or effect_max = 0",
        );
        effect(tier.effect_max, &at("effect_max"), checker);
        if paid < 1.0 && (1..=to).contains(&from) {
            rates[from as usize - 1..to as usize].fill(daily_rate(paid, (to + 1 - from) as usize));
        }
        next = to + 1;
    }
    let missed = scenario.delinquency.m0[1].f64();
    let share = unpaid_at_month_end(&unpaid(&rates));
    checker.require(
        missed <= share,
        "delinquency.m0",
        || {
            format!(
                "{missed} miss, but of those late on day 1 only {share:.4} are unpaid at month end: more than all \
                 would have to be late"
            )
        },
        "lower the share that misses, or `paid` of collections.first_month",
    );
}
