//! Checks across keys of provisions.

use super::Scenario;
use super::checker::Checker;
use super::tables::ProvisionMethod;

/// Every method has keys of its own.
pub fn provision(scenario: &Scenario, checker: &mut Checker<'_>) {
    let Some(table) = &scenario.provision else { return };
    checker.require(
        table.stage_2_pd_ratio.is_none() || table.method == ProvisionMethod::Ecl,
        "provision.stage_2_pd_ratio",
        || "the method of provision knows no stages".to_owned(),
        "choose method = \"ecl\", or leave stage_2_pd_ratio out (in an overlay: without = [\"provision.stage_2_pd_ratio\"])",
    );
    checker.require(
        table.stage_2_pd_ratio.is_none_or(|ratio| ratio.f64() > 1.0),
        "provision.stage_2_pd_ratio",
        || "every loan would be in stage 2 from the day it is made".to_owned(),
        "give a multiple above 1, such as 2.0",
    );
    checker.require(
        table.class_rates.is_none() || table.method == ProvisionMethod::FiveClass,
        "provision.class_rates",
        || "the method of provision knows no categories".to_owned(),
        "choose method = \"five_class\", or leave class_rates out",
    );
    checker.require(
        table.class_rates.is_none_or(|rates| rates.is_sorted_by(|a, b| a.f64() <= b.f64())),
        "provision.class_rates",
        || "a worse category is set aside less for".to_owned(),
        "give the shares of pass, special mention, substandard, doubtful, loss in ascending order: [0.01, 0.02, 0.25, 0.5, 1.0]",
    );
}
