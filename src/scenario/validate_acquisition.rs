//! Checks across keys of what comes before an application: launch, regions, promotions, the fraud filter.

use super::Scenario;
use super::checker::Checker;
use super::tables::Promotion;

/// The launch lies within the horizon.
pub fn launch(scenario: &Scenario, checker: &mut Checker<'_>) {
    if let Some(path) = &scenario.economy.demand_path {
        let months: Vec<u64> = path.iter().map(|step| step.month.0).collect();
        checker.ascending("economy.demand_path", &months, false);
    }
    let Some(launch) = &scenario.launch else { return };
    checker.require(
        launch.month.0 < scenario.run.months.0,
        "launch.month",
        || {
            format!(
                "nothing is sold before month {}, and the run ends with month {}",
                launch.month.0,
                scenario.run.months.0 - 1
            )
        },
        "lower it, or raise run.months",
    );
}

/// Regions are known and used, and nobody completes more than an application a lead.
pub fn regions(scenario: &Scenario, checker: &mut Checker<'_>) {
    let names: Vec<&str> = scenario.region.iter().flatten().map(|region| region.name.as_str()).collect();
    checker.unique("region", &names);
    for segment in &scenario.segment {
        let Some(name) = &segment.region else { continue };
        let path = format!("segment.{}.region", segment.name);
        checker.known(&path, name, &names, "region");
        let region = scenario.region.iter().flatten().find(|region| &region.name == name);
        let completing = region.map_or(0.0, |region| region.conversion.f64() * segment.completion.f64());
        checker.require(
            completing <= 1.0,
            &format!("segment.{}.completion", segment.name),
            || format!("times the conversion of region {name:?} it is {completing:.3}, above 1"),
            "lower it, or the conversion of the region",
        );
    }
    for name in &names {
        let used = scenario.segment.iter().any(|segment| segment.region.as_deref() == Some(name));
        checker.require(
            used,
            &format!("region.{name}"),
            || "no segment lives in this region".to_owned(),
            "name it as the region of a segment, or leave it out",
        );
    }
    for policy in scenario.policy.iter().flatten() {
        let path = format!("policy.{}", policy.name);
        for (at, name) in policy.regions.iter().flatten().enumerate() {
            checker.known(&format!("{path}.regions.{at}"), name, &names, "region");
        }
        checker.require(
            policy.regions.is_none() || policy.conversion.is_some(),
            &format!("{path}.regions"),
            || "regions narrow conversion only, and this policy moves none".to_owned(),
            "leave regions out, or give conversion",
        );
        checker.require(
            policy.conversion.is_none() || !names.is_empty(),
            &format!("{path}.conversion"),
            || "there is no region whose conversion could be raised".to_owned(),
            "add a [[region]] and name it in its segments",
        );
    }
}

/// Promotions are about somebody, are held at some time and change something.
pub fn promotions(
    scenario: &Scenario,
    segments: &[&str],
    channels: &[&str],
    products: &[&str],
    checker: &mut Checker<'_>,
) {
    let names: Vec<&str> =
        scenario.promotion.iter().flatten().map(|promotion| promotion.name.as_str()).collect();
    checker.unique("promotion", &names);
    for promotion in scenario.promotion.iter().flatten() {
        let path = format!("promotion.{}", promotion.name);
        for (list, names, known, what) in [
            ("segments", &promotion.segments, segments, "segment"),
            ("channels", &promotion.channels, channels, "channel"),
            ("products", &promotion.products, products, "product"),
        ] {
            for (at, name) in names.iter().flatten().enumerate() {
                checker.known(&format!("{path}.{list}.{at}"), name, known, what);
            }
        }
        if let (Some(from), Some(to)) = (promotion.from, promotion.to) {
            checker.require(
                from <= to,
                &format!("{path}.to"),
                || format!("the promotion ends in month {} before it begins in month {}", to.0, from.0),
                "raise `to` or lower `from`",
            );
        }
        checker.require(
            changes_terms(promotion) || promotion.products.is_none(),
            &format!("{path}.products"),
            || "products narrow take-up, fee and coupon only, and this promotion gives none".to_owned(),
            "leave products out, or give take_up, fee_waived or coupon",
        );
        checker.require(
            changes_terms(promotion)
                || promotion.spend.is_some()
                || promotion.partner_share.is_some()
                || promotion.leads.is_some(),
            &path,
            || format!("the promotion {:?} changes nothing", promotion.name),
            "give spend, partner_share, leads, take_up, fee_waived or coupon",
        );
    }
}

fn changes_terms(promotion: &Promotion) -> bool {
    promotion.take_up.is_some() || promotion.fee_waived.is_some() || promotion.coupon.is_some()
}

/// The curve of the fraud filter is one, and new versions of its rules have something to restore.
pub fn prescreen(scenario: &Scenario, checker: &mut Checker<'_>) {
    let Some(prescreen) = &scenario.prescreen else { return };
    let (catch, honest) = (prescreen.catch_reference, prescreen.honest_rejected);
    checker.require(
        catch.f64() > 0.0 && catch.f64() < 1.0,
        "prescreen.catch_reference",
        || format!("a filter that catches {catch} says nothing about others"),
        "give a share between 0 and 1, such as 0.8",
    );
    checker.require(
        honest <= catch,
        "prescreen.honest_rejected",
        || format!("a filter that turns away {honest} of the honest and {catch} of fraudsters is worse than a lottery"),
        "lower it below catch_reference",
    );
    checker.require(
        prescreen.iterate_every.is_none() || prescreen.adaptation.is_some_and(|share| share.f64() > 0.0),
        "prescreen.iterate_every",
        || "without adaptation the catch rate never falls, and there is nothing to restore".to_owned(),
        "give adaptation, the share of the catch rate lost per month, or leave iterate_every out",
    );
    checker.require(
        prescreen.iteration_cost.is_none() || prescreen.iterate_every.is_some(),
        "prescreen.iteration_cost",
        || "there are no new versions that could cost anything".to_owned(),
        "give iterate_every, the months between versions, or leave it out",
    );
}
