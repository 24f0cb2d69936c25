//! Rivals and the finite market.

/// Share of the reachable market already worked through; 0 for an empty market.
pub fn saturation(worked: u64, reachable: u64) -> f64 {
    if reachable == 0 { 0.0 } else { worked as f64 / reachable as f64 }
}

/// Mean score of a cell's applicants, points: the segment's own, the channel's shift, the drift of quality with rivals and
/// with saturation (late adopters are worse; design of the drift: docs/MODEL.md, adverse selection).
pub fn applicant_score_mean(
    segment_mean: f64,
    channel_effect: f64,
    rivals_effect: f64,
    saturation_effect: f64,
) -> f64 {
    segment_mean + channel_effect + rivals_effect + saturation_effect
}

/// Shift of the mean score of those whom more advertising brings: `effect * ln(1 + stock / half_saturation)`, points.
pub fn spend_score_shift(effect: f64, stock: f64, half_saturation: f64) -> f64 {
    if effect == 0.0 { 0.0 } else { effect * crate::math::ln(1.0 + stock / half_saturation) }
}

/// What a budget buys when rivals bid for the same leads: `spend / (1 + effect * rivals)`.
pub fn effective_spend(spend: f64, lead_cost_effect: f64, rivals: f64) -> f64 {
    spend / (1.0 + lead_cost_effect * rivals)
}
