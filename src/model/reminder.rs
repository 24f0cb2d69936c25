//! Reminders before the due date (到期前三天提醒).

/// Share of missed payments that is left in a month: `1 - effect x coverage x ramp`, the ramp rising in equal steps from
/// `from` on to 1 in its last month; 1 before.
pub fn missed_share_left(effect: f64, coverage: f64, from: u32, ramp: u32, month: u32) -> f64 {
    let months = (month + 1).saturating_sub(from).min(ramp);
    1.0 - effect * coverage * (f64::from(months) / f64::from(ramp))
}
