//! Checks of policies: what they watch, and when they act.

use rust_decimal::Decimal;

use super::Scenario;
use super::checker::Checker;
use super::tables::{Policy, Side, Watched, When};
use super::validate_levers::graded;
use crate::rate::Number;

/// Checks conditions on figures and timing.
pub fn check_rule(policy: &Policy, scenario: &Scenario, checker: &mut Checker<'_>) {
    let path = format!("policy.{}", policy.name);
    for (index, when) in policy.when.iter().flatten().enumerate() {
        let path = format!("{path}.when.{index}");
        condition(when, &path, checker);
        scope(when, scenario, &path, checker);
    }
    let permanent = policy.permanent == Some(true);
    checker.require(
        !permanent || policy.duration.is_none(),
        &format!("{path}.duration"),
        || "a permanent effect has no duration".to_owned(),
        "leave out permanent or duration",
    );
    checker.require(
        !permanent || policy.cooldown.is_none(),
        &format!("{path}.cooldown"),
        || "a permanent effect never ends, so nothing follows its end".to_owned(),
        "leave out permanent or cooldown",
    );
    let Some(ramp) = policy.ramp else { return };
    checker.require(
        policy.duration.is_none_or(|duration| ramp.0 <= duration.0),
        &format!("{path}.ramp"),
        || format!("the effect would be full after {} months, when it has ended", ramp.0),
        "lower ramp or raise duration",
    );
    checker.require(
        graded(policy),
        &format!("{path}.ramp"),
        || "a stop is whole or not at all, and this policy does nothing else".to_owned(),
        "leave ramp out, or use lag to stop later",
    );
}

/// Whose figure it is.
fn scope(when: &When, scenario: &Scenario, path: &str, checker: &mut Checker<'_>) {
    let segments: Vec<&str> = scenario.segment.iter().map(|segment| segment.name.as_str()).collect();
    let channels: Vec<&str> = scenario.channel.iter().map(|channel| channel.name.as_str()).collect();
    for (key, name, known) in [("segment", &when.segment, &segments), ("channel", &when.channel, &channels)] {
        let Some(name) = name else { continue };
        checker.known(&format!("{path}.{key}"), name, known, key);
        checker.require(
            !matches!(when.metric, Watched::Rivals | Watched::NplRatioLagged),
            &format!("{path}.{key}"),
            || "this figure is of the whole product only".to_owned(),
            "leave segment and channel out, or watch another figure",
        );
    }
    if let (Some(segment), Some(channel)) = (&when.segment, &when.channel) {
        let known = scenario.channel.iter().find(|known| known.name == *channel);
        checker.require(
            known.is_none_or(|known| {
                known.audience.contains_key(segment) || !segments.contains(&segment.as_str())
            }),
            &format!("{path}.channel"),
            || format!("the channel {channel:?} does not reach {segment:?}"),
            "name a channel that has the segment as audience",
        );
    }
}

fn condition(when: &When, path: &str, checker: &mut Checker<'_>) {
    checker.require(
        when.over.is_some() || when.months.is_none(),
        &format!("{path}.months"),
        || "several months are looked at, and nothing says how they make one figure".to_owned(),
        "add over: mean, max, min or consecutive",
    );
    checker.require(
        when.months.is_some() || when.over.is_none(),
        &format!("{path}.over"),
        || "nothing says how many months are looked at".to_owned(),
        "add months, or leave over out to look at last month alone",
    );
    checker.require(
        when.metric == Watched::EverDpd30Rate || when.months_on_book.is_none(),
        &format!("{path}.months_on_book"),
        || "this figure is not of a vintage".to_owned(),
        "leave months_on_book out, or watch ever_dpd30_rate_count",
    );
    checker.require(
        when.months_on_book.is_none_or(|months| months.0 > 1),
        &format!("{path}.months_on_book"),
        || {
            "no loan can be more than 30 days past due one month after it was made: the rate is 0 at any risk"
                .to_owned()
        },
        "wait for month 2 at least, or watch something that a month can tell, such as approval_rate",
    );
    if let Some(reset) = when.reset {
        let (reset, threshold) = (reset.decimal(), when.threshold.decimal());
        let (back, side) = match when.is {
            Side::Above => (reset <= threshold, "above"),
            Side::Below => (reset >= threshold, "below"),
        };
        checker.require(
            back,
            &format!("{path}.reset"),
            || format!("the condition is left {side} {reset} and begins to hold {side} {threshold} only"),
            "reset lies on the other side of the threshold: at most the threshold for above, at least for below",
        );
    }
    let Some(target) = &when.target else { return };
    let months: Vec<u64> = target.iter().map(|step| step.month.0).collect();
    checker.ascending(&format!("{path}.target"), &months, false);
    for (index, step) in target.iter().enumerate() {
        checker.require(
            step.value.decimal() > Decimal::ZERO,
            &format!("{path}.target.{index}.value"),
            || format!("figures are divided by the target, and {} is not above 0", step.value),
            "give a target above 0",
        );
    }
}
