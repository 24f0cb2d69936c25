//! Sale of charged-off claims (债权转让): what a buyer pays.

/// Price as a share of the claim: that of the last step whose months since charge-off have passed. Steps ascend from 0.
pub fn price_share(steps: &[(u32, f64)], months_since_charge_off: u32) -> f64 {
    steps.iter().rfind(|step| step.0 <= months_since_charge_off).map_or(0.0, |step| step.1)
}

/// Whether a package is sold in a month: every so many months from the first one on.
pub fn is_sale_month(month: u32, from: u32, every: u32) -> bool {
    month >= from && (month - from).is_multiple_of(every)
}
