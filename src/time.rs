//! Calendar months.

use std::fmt;

use serde::Serialize;

/// A calendar month, such as 2026-01; month 0 of a scenario is its `start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CalendarMonth {
    year: u32,
    /// 0 is January.
    month: u32,
}

impl CalendarMonth {
    /// Reads `YYYY-MM`; `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return None;
        }
        let month: u32 = month.parse().ok()?;
        let year = year.parse().ok()?;
        (1..=12).contains(&month).then(|| CalendarMonth { year, month: month - 1 })
    }

    /// The month `months` later.
    pub fn plus(self, months: u32) -> Self {
        let total = self.year * 12 + self.month + months;
        CalendarMonth { year: total / 12, month: total % 12 }
    }

    /// Days of the month, by the Gregorian calendar.
    pub fn days(self) -> u32 {
        let year = self.year;
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        match self.month {
            1 => 28 + u32::from(leap),
            3 | 5 | 8 | 10 => 30,
            _ => 31,
        }
    }

    /// A month from which the next `months` months have the same days, the same for all months of which that holds: lengths
    /// repeat every four years unless a century without leap day is among them.
    pub fn alike(self, months: u32) -> Self {
        let last = self.plus(months).year;
        let is_regular = (self.year..=last).all(|year| !year.is_multiple_of(100) || year.is_multiple_of(400));
        if is_regular { CalendarMonth { year: 2000 + self.year % 4, month: self.month } } else { self }
    }

    /// Months from another month to this one.
    pub fn since(self, start: CalendarMonth) -> i64 {
        i64::from(self.ordinal()) - i64::from(start.ordinal())
    }

    /// Months since the beginning of year 0.
    pub fn ordinal(self) -> u32 {
        self.year * 12 + self.month
    }

    /// Position in the year, 0 is January.
    pub fn month_of_year(self) -> usize {
        self.month as usize
    }
}

impl fmt::Display for CalendarMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month + 1)
    }
}

impl Serialize for CalendarMonth {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
