//! Checks across keys of payment holidays.

use super::Scenario;
use super::checker::Checker;

/// Windows that follow one another within the horizon, and somebody who is granted a holiday.
pub fn payment_holidays(scenario: &Scenario, checker: &mut Checker<'_>) {
    let Some(events) = &scenario.payment_holiday else {
        return;
    };
    checker.require(
        scenario.product.iter().any(|product| product.line.is_none()),
        "payment_holiday.0",
        || "all products are revolving lines, which have no payment holidays".to_owned(),
        "leave payment_holiday out, or add a product without `line`",
    );
    for (at, event) in events.iter().enumerate() {
        let path = format!("payment_holiday.{at}");
        checker.require(
            event.from <= event.to,
            &format!("{path}.to"),
            || format!("the event ends in month {} before it begins in month {}", event.to.0, event.from.0),
            "raise `to` or lower `from`",
        );
        checker.require(
            event.from.0 < scenario.run.months.0,
            &format!("{path}.from"),
            || format!("month {} lies beyond the last month of the run", event.from.0),
            "lower `from` or raise run.months",
        );
        checker.require(
            events[..at].iter().all(|before| before.to < event.from),
            &format!("{path}.from"),
            || {
                "it begins before an earlier event ends: a loan could be granted two holidays at once"
                    .to_owned()
            },
            "order the events by month, without overlap",
        );
        let granted = [event.share, event.share_delinquent];
        checker.require(
            granted.iter().flatten().any(|share| share.f64() > 0.0),
            &path,
            || "nobody is granted a holiday".to_owned(),
            "give a share or share_delinquent above 0",
        );
        checker.require(
            event.share_delinquent.is_some() == event.days_past_due_max.is_some(),
            &path,
            || "share_delinquent and days_past_due_max belong together".to_owned(),
            "give both or neither",
        );
        checker.require(
            event.days_past_due_max.is_none_or(|days| days.0.is_multiple_of(30)),
            &format!("{path}.days_past_due_max"),
            || "days past due are counted in months of 30".to_owned(),
            "use a multiple of 30",
        );
    }
    for product in scenario.product.iter().filter(|product| product.days_of_year().is_some()) {
        checker.problem(
            &format!("product.{}.day_count", product.name),
            "a payment holiday moves the due dates of contracts that count the days of their months"
                .to_owned(),
            "use day_count = \"30/360\", or leave payment_holiday out",
        );
    }
}
