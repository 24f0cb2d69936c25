//! Days of calendar months by counting days, and what a loan costs all in.

use lendcycle::scenario::tables::{DayCount, Product};

use super::contract::{Changes, Contract, nearest};
use super::month::Month;
use super::offers::apr;

/// Days from 0000-03-01 to the first of a month, given as months since January of year 0.
fn first_of(month: i64) -> i64 {
    // Years that begin in March end with the leap day.
    let (years, months) = ((month - 2).div_euclid(12), (month - 2).rem_euclid(12));
    365 * years + years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400) + (153 * months + 2) / 5
}

/// Months since January of year 0 of a month of the scenario.
pub fn calendar(now: &Month<'_>, month: u32) -> i64 {
    let text = now.world.scenario.run.start.to_string();
    let (year, of_year) = text.split_once('-').expect("year and month");
    let number = |text: &str| text.parse::<i64>().expect("a number");
    12 * number(year) + number(of_year) - 1 + i64::from(month)
}

/// Share of a year that month on book `k` is, of a loan made at the end of a calendar month.
pub fn year_share(product: &Product, made: i64, k: u32) -> Option<f64> {
    let year = match product.day_count {
        None | Some(DayCount::Months) => return None,
        Some(DayCount::Actual360) => 360.0,
        Some(DayCount::Actual365) => 365.0,
    };
    Some(days(made, k) / year)
}

fn days(made: i64, k: u32) -> f64 {
    let month = made + i64::from(k);
    (first_of(month + 1) - first_of(month)) as f64
}

/// The rate an applicant compares with the usual one.
pub fn rate_seen(now: &Month<'_>, product: &Product, (grade, rung): (usize, u32), repeat: bool) -> f64 {
    let contract_rate = apr(now, product, grade, rung);
    if !product.takes_up_all_in() {
        return contract_rate;
    }
    let most = product.grade_amount_max.as_ref().map_or(i64::MAX, |most| most[grade].0.0);
    let amount = product.amount_median.0.0.min(most);
    let longest = product.grade_tenor_max.as_ref().map_or(u64::MAX, |most| most[grade].0);
    let allowed = product.tenors.iter().map(|tenor| tenor.months.0).filter(|months| *months <= longest);
    let longest = allowed.max().expect("every grade gets the shortest tenor");
    let made = calendar(now, now.month);
    let mut mean = 0.0;
    for tenor in &product.tenors {
        let months = tenor.months.0.min(longest) as u32;
        let contract =
            Contract::new(product, repeat, contract_rate, (amount, made), months, &Changes::default());
        mean += tenor.share.f64() * all_in(product, &contract, amount, made);
    }
    mean
}

/// Annual internal rate of return of a loan that pays on schedule, by Newton's method.
fn all_in(product: &Product, contract: &Contract, amount: i64, made: i64) -> f64 {
    let received = (amount - nearest(amount as f64 * product.upfront_fee.f64())) as f64;
    let fee = product.monthly_fee.map_or(0, |fee| fee.0.0) * i64::from(contract.period);
    let share = |k: u32| match product.day_count {
        None | Some(DayCount::Months) => 1.0 / 12.0,
        Some(_) => days(made, k) / 365.0,
    };
    let mut rate = 0.1;
    for _ in 0..60 {
        let (mut worth, mut slope, mut discount, mut slope_of_log) = (0.0, 0.0, 1.0, 0.0);
        for (k, instalment) in (1..).zip(&contract.instalments) {
            discount /= 1.0 + rate * share(k);
            slope_of_log -= share(k) / (1.0 + rate * share(k));
            let fee = if instalment.falls_due { fee } else { 0 };
            let paid = (instalment.principal + instalment.interest_due + fee) as f64;
            worth += paid * discount;
            slope += paid * discount * slope_of_log;
        }
        rate -= (worth - received) / slope;
    }
    rate
}
