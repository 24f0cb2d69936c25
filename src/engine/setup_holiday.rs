//! Payment holidays from a valid scenario.

use super::holiday::HolidaySetup;
use crate::model::delinquency::level;
use crate::scenario::Scenario;
use crate::scenario::tables::{HolidayInterest, PaymentHoliday};

pub(super) fn holidays(scenario: &Scenario) -> Vec<HolidaySetup> {
    scenario.payment_holiday.iter().flatten().map(holiday).collect()
}

fn holiday(table: &PaymentHoliday) -> HolidaySetup {
    HolidaySetup {
        window: (table.from.0 as u32, table.to.0 as u32),
        months: table.months.0 as u32,
        share: (
            table.share.map_or(0.0, |share| share.f64()),
            table.share_delinquent.map_or(0.0, |share| share.f64()),
        ),
        age_max: table.days_past_due_max.map_or(0, |days| days.0 as u32 / 30),
        waived: table.interest == HolidayInterest::Waived,
        level: level(table.risk_effect.map_or(0.0, |effect| effect.f64())),
    }
}
