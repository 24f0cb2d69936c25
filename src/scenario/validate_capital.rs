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
        checker.require(
            capital.weight.f64() > 0.0,
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
    }
}
