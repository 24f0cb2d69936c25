//! Checks across keys of the book there is when month 0 begins.

use super::Scenario;
use super::checker::Checker;
use super::tables::{OpeningLoans, Product};

/// Loans of the opening book are of cells, products, tenors and ages that there can be.
pub fn opening_book(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (index, loans) in scenario.opening_book.iter().flatten().enumerate() {
        let path = format!("opening_book.{index}");
        let segments: Vec<&str> = scenario.segment.iter().map(|segment| segment.name.as_str()).collect();
        let channels: Vec<&str> = scenario.channel.iter().map(|channel| channel.name.as_str()).collect();
        checker.known(&format!("{path}.segment"), &loans.segment, &segments, "segment");
        checker.known(&format!("{path}.channel"), &loans.channel, &channels, "channel");
        let segment = scenario.segment.iter().find(|segment| segment.name == loans.segment);
        let channel = scenario.channel.iter().find(|channel| channel.name == loans.channel);
        checker.require(
            segment.is_none() || channel.is_none_or(|channel| channel.audience.contains_key(&loans.segment)),
            &format!("{path}.channel"),
            || format!("the channel {:?} has no audience {:?}", loans.channel, loans.segment),
            "add the segment to the channel's audience or choose another channel",
        );
        if let Some(segment) = segment {
            let asked: Vec<&str> = segment.products.keys().map(String::as_str).collect();
            checker.known(&format!("{path}.product"), &loans.product, &asked, "product of the segment");
        }
        if let Some(product) = scenario.product.iter().find(|product| product.name == loans.product) {
            terms(loans, product, &path, scenario, checker);
        }
    }
}

fn terms(
    loans: &OpeningLoans,
    product: &Product,
    path: &str,
    scenario: &Scenario,
    checker: &mut Checker<'_>,
) {
    checker.require(
        product.line.is_none(),
        &format!("{path}.product"),
        || format!("{} is a revolving line, and the opening book holds loans", product.name),
        "choose a product without [product.line]",
    );
    checker.require(
        product.days_of_year().is_none(),
        &format!("{path}.product"),
        || format!("interest of {} counts days, and loans of the opening book know no dates", product.name),
        "choose a product without day_count",
    );
    let offered: Vec<String> = product.tenors.iter().map(|tenor| tenor.months.0.to_string()).collect();
    checker.require(
        product.tenors.iter().any(|tenor| tenor.months == loans.tenor),
        &format!("{path}.tenor"),
        || format!("{} has no loans of {} months", product.name, loans.tenor.0),
        &format!("choose one of its tenors: {}", offered.join(", ")),
    );
    let (age, tenor) = (loans.months_on_book.0, loans.tenor.0);
    let late = loans.months_past_due.map_or(0, |months| months.0);
    if late == 0 {
        checker.require(
            age < tenor,
            &format!("{path}.months_on_book"),
            || format!("a loan of {tenor} months that is not past due is repaid after them"),
            "lower months_on_book below the tenor, or give months_past_due",
        );
        return;
    }
    let period = product.payment_months.map_or(1, |months| months.0);
    let oldest = (age + 1).checked_sub(late).filter(|oldest| *oldest >= 1);
    checker.require(
        oldest.is_some_and(|oldest| oldest <= tenor && oldest.is_multiple_of(period)),
        &format!("{path}.months_past_due"),
        || format!("no instalment fell due {late} months before the end of month on book {age}"),
        "the oldest unpaid one, of month on book `months_on_book - months_past_due + 1`, is on a due date up to the tenor",
    );
    let most = scenario.delinquency.charge_off_days.0 / 30;
    checker.require(
        late <= most,
        &format!("{path}.months_past_due"),
        || format!("after {most} months past due a loan is charged off"),
        "lower it, or raise delinquency.charge_off_days",
    );
}
