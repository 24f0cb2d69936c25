//! How a product's loans are repaid: from keys to the model's terms, and checks across these keys.

use super::Scenario;
use super::checker::Checker;
use super::tables::{DayCount, Kept, Product, Schedule, TakeUpRate};
use super::validate_levers::price_most;
use crate::model::pricing::{AllIn, offered_apr};
use crate::model::schedule::{Curtailment, Days, Kind, Repayment, Schedule as Contracted};
use crate::money::Fen;
use crate::rate::Number;
use crate::scenario::tables::RateBase;
use crate::time::CalendarMonth;

/// Highest all-in annual rate where a scenario says nothing.
const ALL_IN_CAP: f64 = 0.24;
/// Highest fee on prepaid principal where a scenario says nothing.
const PREPAYMENT_FEE_CAP: f64 = 0.01;

impl Product {
    /// How its loans made in a calendar month are repaid, first ones or repeat ones.
    pub fn repayment(&self, repeat: bool, origination: CalendarMonth) -> Repayment {
        let waiver =
            self.waiver.as_ref().filter(|waiver| !(repeat && waiver.first_loan_only.unwrap_or(false)));
        Repayment {
            kind: match self.schedule {
                Schedule::Annuity => Kind::Annuity,
                Schedule::EqualPrincipal => Kind::EqualPrincipal,
                Schedule::InterestOnly => Kind::InterestOnly,
            },
            period: self.payment_months.map_or(1, |months| months.0 as u32),
            interest_only: self.interest_only_months.map_or(0, |months| months.0 as u32),
            balloon: self.balloon.map_or(0.0, |share| share.f64()),
            rate_steps: self
                .rate_steps
                .iter()
                .flatten()
                .map(|step| (step.month_on_book.0 as u32, step.change.f64()))
                .collect(),
            waiver: waiver.map_or((0.0, 0), |waiver| (waiver.share.f64(), waiver.months.0 as u32)),
            // Only steps can leave the range: first rates and resets are offered within it.
            rate_range: match self.rate_steps {
                Some(_) => (self.apr_floor.f64(), self.apr_cap.f64()),
                None => (0.0, f64::INFINITY),
            },
            days: self.days_of_year().map(|year| Days { year, origination }),
            curtailment: self.curtailment.as_ref().map_or_else(Curtailment::default, |table| Curtailment {
                share: table.share.f64(),
                keeps_payment: table.keep == Kept::Payment,
            }),
            curtailed: Vec::new(),
        }
    }

    /// Days a year of actual days has; `None` for months of equal length.
    pub fn days_of_year(&self) -> Option<u32> {
        match self.day_count {
            None | Some(DayCount::Months) => None,
            Some(DayCount::Actual360) => Some(360),
            Some(DayCount::Actual365) => Some(365),
        }
    }

    /// Whether take-up looks at what the loan costs all in.
    pub fn takes_up_all_in(&self) -> bool {
        self.take_up_rate == Some(TakeUpRate::AllIn)
    }

    /// Fee per month of a loan that pays on schedule.
    pub fn monthly_fee_fen(&self) -> Fen {
        self.monthly_fee.map_or(Fen::ZERO, |fee| fee.0)
    }

    /// What a loan of an amount, grade and tenor, made in a calendar month, costs its customer all in, at an LPR.
    pub fn all_in(
        &self,
        amount: Fen,
        now: (f64, CalendarMonth),
        grade: usize,
        tenor: u32,
        repeat: bool,
    ) -> AllIn {
        self.all_in_at(amount, now, grade, tenor, repeat, 0.0)
    }

    /// The same when a policy raises rates by `price`.
    fn all_in_at(
        &self,
        amount: Fen,
        (lpr, month): (f64, CalendarMonth),
        grade: usize,
        tenor: u32,
        repeat: bool,
        price: f64,
    ) -> AllIn {
        let base = if self.rate_base == RateBase::Lpr { lpr } else { 0.0 };
        let spread = self.grade_spread[grade].f64() + price;
        let apr = offered_apr(base, self.apr.f64(), spread, self.apr_floor.f64(), self.apr_cap.f64());
        let contract = Contracted::new(&self.repayment(repeat, month), apr, tenor);
        AllIn::new(&contract, apr, amount, self.upfront_fee.f64(), self.monthly_fee_fen())
    }
}

/// Checks what only several keys together tell.
pub fn check_repayment(product: &Product, scenario: &Scenario, checker: &mut Checker<'_>) {
    let path = format!("product.{}", product.name);
    let period = product.payment_months.map_or(1, |months| months.0);
    if ![1, 2, 3, 6, 12].contains(&period) {
        let message = format!("due dates every {period} months do not fall on the same months each year");
        checker.problem(&format!("{path}.payment_months"), message, "use 1, 2, 3, 6 or 12");
        return;
    }
    let tenors = product.tenors.iter().map(|tenor| tenor.months.0);
    checker.require(
        tenors.clone().all(|months| months.is_multiple_of(period)),
        &format!("{path}.tenors"),
        || format!("a tenor is not a whole number of {period}-month periods"),
        "use multiples of payment_months",
    );
    interest_only(product, &path, period, checker);
    let balloon = product.balloon.map_or(0.0, |share| share.f64());
    checker.require(
        balloon == 0.0 || product.schedule != Schedule::InterestOnly,
        &format!("{path}.balloon"),
        || "interest_only leaves all principal for the last instalment anyway".to_owned(),
        "leave balloon out, or use annuity or equal_principal",
    );
    let steps: Vec<u64> = product.rate_steps.iter().flatten().map(|step| step.month_on_book.0).collect();
    checker.ascending(&format!("{path}.rate_steps"), &steps, false);
    checker.require(
        steps.iter().all(|month| (month - 1).is_multiple_of(period)),
        &format!("{path}.rate_steps"),
        || "a rate changes between due dates".to_owned(),
        "let it change in the month after a due date: payment_months + 1, 2 payment_months + 1, …",
    );
    let longest = tenors.max().unwrap_or(0);
    checker.require(
        steps.iter().all(|month| *month <= longest),
        &format!("{path}.rate_steps"),
        || format!("a rate changes after the longest tenor, {longest} months"),
        "leave the step out",
    );
    let room = product.apr_cap.decimal() - product.apr_floor.decimal();
    let largest = product.rate_steps.iter().flatten().map(|step| step.change.decimal().abs()).max();
    checker.require(
        largest.is_none_or(|change| change <= room || room < rust_decimal::Decimal::ZERO),
        &format!("{path}.rate_steps"),
        || {
            "no rate between apr_floor and apr_cap has room for the whole change: rates stay between them"
                .to_owned()
        },
        "lower the change, or move apr_floor or apr_cap",
    );
    checker.require(
        !product.takes_up_all_in() || product.take_up_slope.f64() != 0.0,
        &format!("{path}.take_up_rate"),
        || "take_up_slope is 0: nobody looks at the rate".to_owned(),
        "leave take_up_rate out, or give a slope",
    );
    reprice(product, &path, period, longest, checker);
    curtailment(product, scenario, &path, checker);
    let cap = scenario.regulation.as_ref().and_then(|rule| rule.prepayment_fee_cap);
    let cap = cap.map_or(PREPAYMENT_FEE_CAP, |cap| cap.f64());
    let fee = product.prepayment_fee.map_or(0.0, |fee| fee.f64());
    checker.require(
        fee <= cap,
        &format!("{path}.prepayment_fee"),
        || format!("the fee {fee} is above {cap}, the most that is allowed"),
        "lower it, or set regulation.prepayment_fee_cap",
    );
}

fn interest_only(product: &Product, path: &str, period: u64, checker: &mut Checker<'_>) {
    let path = format!("{path}.interest_only_months");
    let months = product.interest_only_months.map_or(0, |months| months.0);
    let shortest = product.tenors.iter().map(|tenor| tenor.months.0).min().unwrap_or(0);
    checker.require(
        months == 0 || product.schedule != Schedule::InterestOnly,
        &path,
        || "the schedule pays interest only until maturity anyway".to_owned(),
        "leave interest_only_months out, or use annuity or equal_principal",
    );
    checker.require(
        months.is_multiple_of(period) && (months == 0 || months < shortest),
        &path,
        || format!("{months} months do not end on a due date before the shortest tenor, {shortest} months"),
        "use a multiple of payment_months below the shortest tenor",
    );
}

fn curtailment(product: &Product, scenario: &Scenario, path: &str, checker: &mut Checker<'_>) {
    let Some(table) = &product.curtailment else {
        return;
    };
    let path = format!("{path}.curtailment");
    let (probability, share) = (table.probability.f64(), table.share.f64());
    checker.require(
        probability > 0.0,
        &format!("{path}.probability"),
        || "nobody prepays in part".to_owned(),
        "give a probability above 0, or leave curtailment out",
    );
    checker.require(
        0.0 < share && share < 1.0,
        &format!("{path}.share"),
        || format!("{share} of the balance is not a part of it"),
        "use a share above 0 and below 1; prepayment in full is `prepayment`",
    );
    checker.require(
        product.balloon.is_none_or(|balloon| balloon.f64() == 0.0),
        &format!("{path}.share"),
        || "a contract with a balloon is not prepaid in part".to_owned(),
        "leave out balloon or curtailment",
    );
    checker.require(
        table.keep == Kept::Term || product.schedule != Schedule::InterestOnly,
        &format!("{path}.keep"),
        || "interest_only has no payment of principal to keep".to_owned(),
        "use keep = \"term\"",
    );
    let market = &scenario.market;
    let most = product.prepayment.f64() * (1.0 + market.prepayment_effect.f64() * market.rivals_max.0 as f64)
        + probability;
    checker.require(
        most <= 1.0,
        &format!("{path}.probability"),
        || format!("with prepayment in full at rivals_max it is {most:.3}, more than 1"),
        "lower one of the probabilities",
    );
}

fn reprice(product: &Product, path: &str, period: u64, longest: u64, checker: &mut Checker<'_>) {
    let Some(months) = product.reprice_months.map(|months| months.0) else {
        return;
    };
    let path = format!("{path}.reprice_months");
    checker.require(
        product.rate_base == RateBase::Lpr,
        &path,
        || "a fixed rate is never reset".to_owned(),
        "leave it out, or use rate_base = \"lpr\"",
    );
    checker.require(
        product.rate_steps.is_none(),
        &path,
        || "the rate follows either the LPR or rate_steps".to_owned(),
        "leave out one of the two",
    );
    checker.require(
        months.is_multiple_of(period) && months < longest,
        &path,
        || format!("{months} months do not end on a due date before the longest tenor, {longest} months"),
        "use a multiple of payment_months below the longest tenor",
    );
}

/// What rounding instalments to the fen may add to an all-in rate.
const ROUNDING: f64 = 1e-4;

/// No customer may pay more than the cap, all in: neither of the median amount nor, as a fee per month weighs most on it,
/// of the smallest; where the LPR moves by chance, at the highest rate offered. Called when tenors and grades are known to fit.
pub fn check_all_in(product: &Product, scenario: &Scenario, checker: &mut Checker<'_>) {
    let cap = scenario.regulation.as_ref().map_or(ALL_IN_CAP, |rule| rule.apr_all_in_cap.f64());
    let given = scenario.economy.lpr.iter().map(|step| step.apr.f64()).fold(0.0, f64::max);
    // A product's cap holds its rate whatever the LPR.
    let lpr = if scenario.economy.lpr_move_probability.f64() > 0.0 { 1.0 } else { given };
    let price = price_most(product, scenario);
    let smallest = product.monthly_fee.map(|_| product.amount_min.0);
    let amounts = [Some(product.amount_median.0), smallest];
    let offers = product.tenors.iter().flat_map(|tenor| {
        let grades = 0..product.grade_spread.len();
        grades.flat_map(move |grade| {
            amounts.into_iter().flatten().map(move |amount| (amount, grade, tenor.months.0 as u32))
        })
    });
    // By actual days a fee weighs more on a loan over short months: every month of four years is looked at.
    let starts = if product.days_of_year().is_some() { 48 } else { 1 };
    let dearest = offers
        .flat_map(|offer| (0..starts).map(move |month| (offer, scenario.run.start.plus(month))))
        .map(|((amount, grade, tenor), month)| {
            (product.all_in_at(amount, (lpr, month), grade, tenor, true, price), amount, grade, tenor)
        })
        .max_by(|a, b| a.0.apr_all_in.total_cmp(&b.0.apr_all_in));
    let Some((cost, amount, grade, tenor)) = dearest else {
        return;
    };
    let to_blame = match product.monthly_fee {
        _ if cost.apr > cap => "apr",
        Some(fee) if fee.0 > Fen::ZERO => "monthly_fee",
        _ if product.upfront_fee.f64() > 0.0 => "upfront_fee",
        _ if product.rate_steps.is_some() => "rate_steps",
        _ => "apr",
    };
    checker.require(
        cost.apr_all_in <= cap + ROUNDING,
        &format!("product.{}.{to_blame}", product.name),
        || {
            format!(
                "a loan of {amount}, grade {}, over {tenor} months costs {:.2} % a year all in, more than {:.2} %",
                grade + 1,
                100.0 * cost.apr_all_in,
                100.0 * cap
            )
        },
        "lower apr, grade_spread, apr_cap or fees, or set regulation.apr_all_in_cap",
    );
}

/// Keys of the time to a decision that would do nothing.
pub fn check_decision(scenario: &Scenario, checker: &mut Checker<'_>) {
    let underwriting = &scenario.underwriting;
    let rate = underwriting.abandonment_per_hour.map_or(0.0, |rate| rate.f64());
    let compared = scenario.competition.as_ref().is_some_and(|table| table.speed_weight.is_some());
    for product in &scenario.product {
        let by_staff = product.automatic_share.is_some_and(|share| share.f64() < 1.0);
        checker.require(
            product.manual_hours.is_none() || by_staff,
            &format!("product.{}.manual_hours", product.name),
            || "all decisions are automatic".to_owned(),
            "give an automatic_share below 1, or leave manual_hours out",
        );
        checker.require(
            rate > 0.0 || compared || (product.manual_hours.is_none() && product.automatic_hours.is_none()),
            &format!("product.{}.automatic_hours", product.name),
            || "hours do nothing while nobody gives up waiting".to_owned(),
            "set underwriting.abandonment_per_hour or competition.speed_weight, or leave the hours out",
        );
    }
    checker.require(
        underwriting.manual_capacity.is_none_or(|cases| rate > 0.0 && cases.f64() > 0.0),
        "underwriting.manual_capacity",
        || "a queue needs staff who decide something, and people who give up waiting".to_owned(),
        "give a capacity above 0 with abandonment_per_hour, or leave it out",
    );
}
