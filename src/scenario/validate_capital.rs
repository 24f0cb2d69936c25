//! Checks across keys of taxes and equity.

use super::Scenario;
use super::checker::Checker;
use super::tables::ProvisionMethod;

/// Nothing stands there idle.
pub fn tax_and_capital(scenario: &Scenario, checker: &mut Checker<'_>) {
    let is_provided =
        scenario.provision.as_ref().is_some_and(|table| table.method != ProvisionMethod::Incurred);
    if let Some(tax) = &scenario.tax {
        checker.require(
            tax.income_tax.f64() < 1.0,
            "tax.income_tax",
            || "nothing is left of a profit".to_owned(),
            "give a share below 1, such as 0.25",
        );
        checker.require(
            tax.deductible_provisions.f64() == 0.0 || (tax.income_tax.f64() > 0.0 && is_provided),
            "tax.deductible_provisions",
            || "no allowance lowers a tax here".to_owned(),
            "give [provision] and an income_tax above 0, or deductible_provisions = 0",
        );
        checker.require(
            tax.loss_years.0 == 0 || tax.income_tax.f64() > 0.0,
            "tax.loss_years",
            || "there is no income tax that a loss could lower".to_owned(),
            "give an income_tax above 0, or loss_years = 0",
        );
        checker.require(
            tax.surcharges.f64() == 0.0 || tax.vat.f64() > 0.0,
            "tax.surcharges",
            || "surcharges on a VAT of nothing".to_owned(),
            "give a vat above 0, such as 0.06, or surcharges = 0",
        );
    }
    if let Some(capital) = &scenario.capital {
        checker.require(
            capital.ratio.f64() > 0.0,
            "capital.ratio",
            || "no equity behind the book".to_owned(),
            "give a ratio above 0, such as 0.105, or leave [capital] out",
        );
        let rated = capital.lgd_downturn.is_some();
        let keys = [
            ("capital.weight", capital.weight.is_some()),
            ("capital.weight_defaulted", capital.weight_defaulted.is_some()),
        ];
        for (key, is_given) in keys {
            checker.require(
                is_given != rated,
                key,
                || match rated {
                    true => "internal ratings (lgd_downturn) weight the risk themselves".to_owned(),
                    false => "is missing: the standardised approach needs both weights".to_owned(),
                },
                "give weight = 0.75 and weight_defaulted = 1.5, or lgd_downturn in place of both (in an overlay: without = [\"capital.weight\", \"capital.weight_defaulted\"])",
            );
        }
        checker.require(
            !rated || scenario.provision.is_some(),
            "capital.lgd_downturn",
            || "internal ratings need the probabilities that provisions are made of".to_owned(),
            "give a [provision], or the weights of the standardised approach",
        );
        checker.require(
            capital.lgd_downturn.is_none_or(|lgd| lgd.f64() > 0.0),
            "capital.lgd_downturn",
            || "loans that lose nothing in a downturn".to_owned(),
            "give a share above 0, such as 0.75",
        );
        checker.require(
            capital.weight.is_none_or(|weight| weight.f64() > 0.0),
            "capital.weight",
            || "loans that need no equity".to_owned(),
            "give a risk weight above 0, such as 0.75, or leave [capital] out",
        );
        let has_lines = scenario.product.iter().any(|product| product.line.is_some());
        checker.require(
            capital.conversion.is_none() || has_lines,
            "capital.conversion",
            || "no product has a line that could be undrawn".to_owned(),
            "leave conversion out, or give a product a [product.line]",
        );
        let steps = capital.available.iter().flatten();
        let months: Vec<u64> = steps.clone().map(|step| step.month.0).collect();
        checker.require(
            capital.available.is_none() || (months.first() == Some(&0) && months.is_sorted_by(|a, b| a < b)),
            "capital.available",
            || "its steps do not begin in month 0 and go on in order".to_owned(),
            "give [{ month = 0, amount = 10000000.00 }, …], months ascending, or leave available out",
        );
        checker.require(
            steps.clone().all(|step| step.amount.f64() >= 0.0),
            "capital.available",
            || "equity below 0".to_owned(),
            "give amounts of 0 or more",
        );
    }
    let limits = [
        ("capital.available", scenario.capital.as_ref().is_some_and(|capital| capital.available.is_some())),
        ("funding.balance_max", scenario.funding.balance_max.is_some()),
    ];
    for (key, is_given) in limits {
        checker.require(
            !is_given || scenario.plan.is_none(),
            key,
            || "planned loans are made whatever there is".to_owned(),
            "leave [plan] out, or the limit",
        );
    }
    checker.require(
        scenario.funding.balance_max.is_none_or(|most| most.f64() > 0.0),
        "funding.balance_max",
        || "there is money for nothing".to_owned(),
        "give an amount above 0, or leave balance_max out",
    );
}
