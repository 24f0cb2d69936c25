//! Checks of policies: what they watch, and when they act.

use rust_decimal::Decimal;

use super::checker::Checker;
use super::tables::{Policy, Side, Watched, When};
use crate::rate::Number;

/// Checks conditions on figures and timing.
pub fn check_rule(policy: &Policy, checker: &mut Checker<'_>) {
    let path = format!("policy.{}", policy.name);
    for (index, when) in policy.when.iter().flatten().enumerate() {
        condition(when, &format!("{path}.when.{index}"), checker);
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
    let graded = policy.marketing.is_some()
        || policy.cutoff_new.is_some()
        || policy.cutoff_repeat.is_some()
        || policy.collections.is_some()
        || policy.limits.is_some();
    checker.require(
        graded,
        &format!("{path}.ramp"),
        || "a stop is whole or not at all, and this policy does nothing else".to_owned(),
        "leave ramp out, or use lag to stop later",
    );
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
