//! Every metric that is reported, defined once: name, unit, formula over sums.

use super::finance_metrics::{FINANCE_FLOW_METRICS, FINANCE_STOCK_METRICS};
use crate::engine::{MONTH_METRICS, MonthMetric, NPL_AGE};
use crate::ledger::{Flow, Flows};
use crate::model::delinquency::BUCKETS;
use crate::stats::Value;

/// Unit of a reported metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Currency, given in fen, written in currency units.
    Money,
    /// A number of things.
    Count,
    /// A ratio or rate as a decimal.
    Ratio,
    /// Months.
    Months,
    /// A plain number.
    Number,
}

impl Unit {
    /// Name in files.
    pub fn key(self) -> &'static str {
        match self {
            Unit::Money => "currency",
            Unit::Count => "count",
            Unit::Ratio => "ratio",
            Unit::Months => "months",
            Unit::Number => "number",
        }
    }
}

/// Sums of monthly metrics over some months (one month, a stage, a life); stocks are summed too, so that an average is
/// a ratio of sums.
#[derive(Clone, Debug)]
pub struct Sums {
    /// Number of months.
    pub months: i64,
    /// By [`MonthMetric::index`].
    pub row: [i64; MONTH_METRICS],
}

impl Default for Sums {
    fn default() -> Self {
        Sums { months: 0, row: [0; MONTH_METRICS] }
    }
}

impl Sums {
    /// Adds a month's row.
    pub fn add(&mut self, row: &[i64]) {
        self.months += 1;
        for (sum, value) in self.row.iter_mut().zip(row) {
            *sum += value;
        }
    }

    /// Sums of flows alone, with the sum of month-end balances over `months`.
    pub fn of_flows(flows: &Flows, balance: i64, months: i64) -> Self {
        let mut sums = Sums { months, ..Sums::default() };
        sums.row[..Flow::COUNT].copy_from_slice(&flows.0);
        sums.row[MonthMetric::Balance.index()] = balance;
        sums
    }

    /// A metric's sum.
    pub fn get(&self, metric: MonthMetric) -> i64 {
        self.row[metric.index()]
    }

    /// The flows among the sums.
    pub fn flows(&self) -> Flows {
        Flows::of_row(&self.row)
    }

    pub(super) fn buckets(&self, from: u8, of: fn(u8) -> MonthMetric) -> i64 {
        (from..BUCKETS as u8).map(|bucket| self.get(of(bucket))).sum()
    }
}

/// A metric.
#[derive(Clone, Copy)]
pub struct Metric {
    /// Name in files.
    pub key: &'static str,
    /// Unit.
    pub unit: Unit,
    /// Value of one run.
    pub of: fn(&Sums) -> Value,
}

pub(super) fn flow(sums: &Sums, flow: Flow) -> f64 {
    sums.get(MonthMetric::Flow(flow)) as f64
}

/// Loans made.
fn loans(s: &Sums) -> f64 {
    flow(s, Flow::LoansNew) + flow(s, Flow::LoansRepeat)
}

pub(super) fn balance(sums: &Sums) -> f64 {
    sums.get(MonthMetric::Balance) as f64
}

fn originated(sums: &Sums) -> f64 {
    flow(sums, Flow::OriginatedNew) + flow(sums, Flow::OriginatedRepeat) + flow(sums, Flow::Drawn)
}

/// Balance more than 90 days past due.
pub(super) fn npl(sums: &Sums) -> i64 {
    sums.buckets(NPL_AGE as u8, MonthMetric::BucketBalance)
}

/// Accounts late on day 1 that paid before the month ended.
fn late_paid(sums: &Sums) -> f64 {
    let watched = flow(sums, Flow::AccountsDue) > 0.0;
    if watched { flow(sums, Flow::AccountsLate) - flow(sums, Flow::AccountsMissed) } else { 0.0 }
}

/// First instalments due, where lateness by days is counted.
fn first_watched(sums: &Sums) -> f64 {
    if flow(sums, Flow::AccountsDue) > 0.0 { flow(sums, Flow::FirstPaymentsDue) } else { 0.0 }
}

/// Months in which customers choose among lenders.
fn contested(sums: &Sums) -> f64 {
    sums.get(MonthMetric::ContestedMonths) as f64
}

const fn metric(key: &'static str, unit: Unit, of: fn(&Sums) -> Value) -> Metric {
    Metric { key, unit, of }
}

pub(super) const fn money(key: &'static str, of: fn(&Sums) -> Value) -> Metric {
    metric(key, Unit::Money, of)
}

pub(super) const fn count(key: &'static str, of: fn(&Sums) -> Value) -> Metric {
    metric(key, Unit::Count, of)
}

pub(super) const fn ratio(key: &'static str, of: fn(&Sums) -> Value) -> Metric {
    metric(key, Unit::Ratio, of)
}

/// Metrics of flows and balance, which every breakdown has: months, stages, segments, channels.
const FLOW_METRICS: &[Metric] = &[
    count("leads", |s| Value::Sum(flow(s, Flow::Leads))),
    count("applications", |s| Value::Sum(flow(s, Flow::Applications))),
    count("fraud_caught", |s| Value::Sum(flow(s, Flow::FraudCaught))),
    count("honest_rejected", |s| Value::Sum(flow(s, Flow::HonestRejected))),
    count("approvals", |s| Value::Sum(flow(s, Flow::Approvals))),
    count("loans_new", |s| Value::Sum(flow(s, Flow::LoansNew))),
    count("lost_to_rivals", |s| Value::Sum(flow(s, Flow::LostToRivals))),
    count("loans_fraud", |s| Value::Sum(flow(s, Flow::LoansFraud))),
    count("repeat_applications", |s| Value::Sum(flow(s, Flow::RepeatApplications))),
    count("repeat_approvals", |s| Value::Sum(flow(s, Flow::RepeatApprovals))),
    count("loans_repeat", |s| Value::Sum(flow(s, Flow::LoansRepeat))),
    count("accounts_paid_off", |s| Value::Sum(flow(s, Flow::AccountsPaidOff))),
    count("accounts_missed", |s| Value::Sum(flow(s, Flow::AccountsMissed))),
    count("first_payments_due", |s| Value::Sum(flow(s, Flow::FirstPaymentsDue))),
    count("first_payments_missed", |s| Value::Sum(flow(s, Flow::FirstPaymentsMissed))),
    count("accounts_cured", |s| Value::Sum(flow(s, Flow::AccountsCured))),
    count("accounts_charged_off", |s| Value::Sum(flow(s, Flow::AccountsChargedOff))),
    count("accounts_cured_alone", |s| Value::Sum(flow(s, Flow::CuredAlone))),
    count("accounts_cured_by_contact", |s| {
        Value::Sum(flow(s, Flow::AccountsCured) - flow(s, Flow::CuredAlone))
    }),
    count("accounts_late", |s| Value::Sum(flow(s, Flow::AccountsLate))),
    count("late_paid", |s| Value::Sum(late_paid(s))),
    count("late_paid_alone", |s| Value::Sum(flow(s, Flow::LatePaidAlone))),
    count("loans_opening", |s| Value::Sum(flow(s, Flow::LoansOpening))),
    count("loans_opening_past_due", |s| Value::Sum(flow(s, Flow::OpeningPastDue))),
    count("accounts_transferred", |s| Value::Sum(flow(s, Flow::AccountsTransferred))),
    count("accounts_sold", |s| Value::Sum(flow(s, Flow::AccountsSold))),
    count("accounts_sold_past_due", |s| Value::Sum(flow(s, Flow::AccountsSoldPastDue))),
    count("reminders", |s| Value::Sum(flow(s, Flow::Reminders))),
    count("accounts_curtailed", |s| Value::Sum(flow(s, Flow::AccountsCurtailed))),
    count("holidays_granted", |s| Value::Sum(flow(s, Flow::HolidaysGranted))),
    count("customers_lifted", |s| Value::Sum(flow(s, Flow::CustomersLifted))),
    count("customers_lost", |s| Value::Sum(flow(s, Flow::CustomersLost))),
    count("customers_called", |s| Value::Sum(flow(s, Flow::CustomersCalled))),
    money("originated", |s| Value::Sum(originated(s))),
    money("originated_repeat", |s| Value::Sum(flow(s, Flow::OriginatedRepeat))),
    money("drawn", |s| Value::Sum(flow(s, Flow::Drawn))),
    count("draws", |s| Value::Sum(flow(s, Flow::Draws))),
    money("limits_granted", |s| Value::Sum(flow(s, Flow::LimitsGranted))),
    money("limits_raised", |s| Value::Sum(flow(s, Flow::LimitsRaised))),
    money("limits_cut", |s| Value::Sum(flow(s, Flow::LimitsCut))),
    count("limit_rises", |s| Value::Sum(flow(s, Flow::LimitRises))),
    count("limit_reviews", |s| Value::Sum(flow(s, Flow::LimitReviews))),
    money("principal_scheduled", |s| Value::Sum(flow(s, Flow::PrincipalScheduled))),
    money("principal_prepaid", |s| Value::Sum(flow(s, Flow::PrincipalPrepaid))),
    money("principal_curtailed", |s| Value::Sum(flow(s, Flow::PrincipalCurtailed))),
    money("principal_arrears", |s| Value::Sum(flow(s, Flow::PrincipalArrears))),
    money("arrears_cash", |s| Value::Sum(flow(s, Flow::ArrearsCash))),
    money("arrears_cash_alone", |s| Value::Sum(flow(s, Flow::ArrearsCashAlone))),
    money("arrears_cash_by_contact", |s| {
        Value::Sum(flow(s, Flow::ArrearsCash) - flow(s, Flow::ArrearsCashAlone))
    }),
    money("late_cash", |s| Value::Sum(flow(s, Flow::LateCash))),
    money("late_cash_alone", |s| Value::Sum(flow(s, Flow::LateCashAlone))),
    money("npl_formed", |s| Value::Sum(flow(s, Flow::NplFormed))),
    money("npl_reduced", |s| Value::Sum(flow(s, Flow::NplReduced))),
    money("opening_balance", |s| Value::Sum(flow(s, Flow::OpeningBalance))),
    money("principal_transferred", |s| Value::Sum(flow(s, Flow::PrincipalTransferred))),
    money("loan_sale_gain", |s| Value::Sum(flow(s, Flow::LoanSaleGain))),
    money("loan_sale_proceeds", |s| Value::Sum(flow(s, Flow::LoanSaleProceeds))),
    ratio("repaid_to_originated", |s| {
        let repaid = [Flow::PrincipalScheduled, Flow::PrincipalPrepaid, Flow::PrincipalArrears];
        Value::Ratio(s.flows().sum(&repaid) as f64, originated(s))
    }),
    money("loan_average", |s| {
        let made = [Flow::OriginatedNew, Flow::OriginatedRepeat, Flow::LimitsGranted];
        Value::Ratio(s.flows().sum(&made) as f64, loans(s))
    }),
    money("balance_average", |s| Value::Ratio(balance(s), s.months as f64)),
    money("interest_income", |s| Value::Sum(s.flows().interest_income() as f64)),
    money("fee_income", |s| Value::Sum(flow(s, Flow::FeesReceived))),
    money("penalty_income", |s| Value::Sum(flow(s, Flow::PenaltyReceived))),
    money("servicing_fees", |s| Value::Sum(flow(s, Flow::ServicingFees))),
    money("subsidy_received", |s| Value::Sum(flow(s, Flow::SubsidyReceived))),
    money("points_earned", |s| Value::Sum(flow(s, Flow::PointsEarned))),
    money("points_expired", |s| Value::Sum(flow(s, Flow::PointsExpired))),
    money("points_redeemed", |s| Value::Sum(flow(s, Flow::PointsRedeemed))),
    money("income", |s| Value::Sum(s.flows().income() as f64)),
    money("marketing_cost", |s| Value::Sum(flow(s, Flow::MarketingPaid))),
    money("application_cost", |s| Value::Sum(flow(s, Flow::ApplicationsPaid))),
    money("servicing_cost", |s| Value::Sum(flow(s, Flow::ServicingPaid))),
    money("collections_cost", |s| Value::Sum(flow(s, Flow::CollectionsPaid))),
    money("court_cost", |s| Value::Sum(flow(s, Flow::CourtPaid))),
    money("funding_cost", |s| Value::Sum(flow(s, Flow::FundingPaid))),
    money("guarantee_fee", |s| Value::Sum(flow(s, Flow::GuaranteeFeePaid))),
    money("partner_share", |s| Value::Sum(flow(s, Flow::PartnerPaid))),
    money("operational_loss", |s| Value::Sum(flow(s, Flow::OperationalLoss))),
    money("reserve_cost", |s| Value::Sum(flow(s, Flow::ReservePaid))),
    money("cost", |s| Value::Sum(s.flows().cost() as f64)),
    money("charged_off", |s| Value::Sum(flow(s, Flow::ChargedOff))),
    money("loan_sale_loss", |s| Value::Sum(flow(s, Flow::LoanSaleLoss))),
    money("recoveries", |s| Value::Sum(flow(s, Flow::Recoveries))),
    money("court_recoveries", |s| Value::Sum(flow(s, Flow::CourtReceived))),
    money("claims_sold", |s| Value::Sum(flow(s, Flow::ClaimsSold))),
    money("sale_proceeds", |s| Value::Sum(flow(s, Flow::SaleProceeds))),
    money("guarantee_received", |s| Value::Sum(flow(s, Flow::GuaranteeReceived))),
    money("credit_loss_net", |s| Value::Sum(s.flows().net_credit_loss() as f64)),
    money("profit_before_tax", |s| Value::Sum(s.flows().profit() as f64)),
    ratio("return_on_balance_annual", |s| Value::Ratio(12.0 * s.flows().profit() as f64, balance(s))),
    ratio("charge_off_rate_annual", |s| Value::Ratio(12.0 * flow(s, Flow::ChargedOff), balance(s))),
    ratio("credit_loss_net_rate_annual", |s| {
        Value::Ratio(12.0 * s.flows().net_credit_loss() as f64, balance(s))
    }),
    ratio("completion_rate", |s| Value::Ratio(flow(s, Flow::Applications), flow(s, Flow::Leads))),
    ratio("fpd_rate_count", |s| {
        Value::Ratio(flow(s, Flow::FirstPaymentsMissed), flow(s, Flow::FirstPaymentsDue))
    }),
    ratio("approval_rate", |s| Value::Ratio(flow(s, Flow::Approvals), flow(s, Flow::Applications))),
    ratio("approval_rate_of_leads", |s| Value::Ratio(flow(s, Flow::Approvals), flow(s, Flow::Leads))),
    ratio("take_up_rate", |s| Value::Ratio(flow(s, Flow::LoansNew), flow(s, Flow::Approvals))),
    ratio("repeat_share_count", |s| {
        Value::Ratio(flow(s, Flow::LoansRepeat), flow(s, Flow::LoansRepeat) + flow(s, Flow::LoansNew))
    }),
    ratio("repeat_share_amount", |s| Value::Ratio(flow(s, Flow::OriginatedRepeat), originated(s))),
    ratio("loans_per_customer", |s| {
        Value::Ratio(flow(s, Flow::LoansRepeat) + flow(s, Flow::LoansNew), flow(s, Flow::LoansNew))
    }),
    ratio("points_use_rate", |s| Value::Ratio(flow(s, Flow::PointsRedeemed), flow(s, Flow::PointsEarned))),
    ratio("customers_lifted_share", |s| {
        Value::Ratio(flow(s, Flow::CustomersLifted), flow(s, Flow::LoansNew))
    }),
    money("cac", |s| Value::Ratio(flow(s, Flow::MarketingPaid), flow(s, Flow::LoansNew))),
    money("cac_marginal", |s| {
        Value::Ratio(flow(s, Flow::MarginalSpend), flow(s, Flow::MarginalLoans) * 1e-6)
    }),
    ratio("return_on_marketing", |s| Value::Ratio(s.flows().profit() as f64, flow(s, Flow::MarketingPaid))),
    money("acquisition_cost_per_new_loan", |s| {
        Value::Ratio(
            s.flows().sum(&[Flow::MarketingPaid, Flow::ApplicationsPaid]) as f64,
            flow(s, Flow::LoansNew),
        )
    }),
    money("profit_per_new_customer", |s| Value::Ratio(s.flows().profit() as f64, flow(s, Flow::LoansNew))),
    ratio("npl_formation_rate_annual", |s| Value::Ratio(12.0 * flow(s, Flow::NplFormed), balance(s))),
    ratio("dpd1_entry_rate", |s| Value::Ratio(flow(s, Flow::AccountsLate), flow(s, Flow::AccountsDue))),
    ratio("late_paid_rate", |s| Value::Ratio(late_paid(s), flow(s, Flow::AccountsLate))),
    ratio("fpd1_rate", |s| Value::Ratio(flow(s, Flow::FirstLate), first_watched(s))),
    ratio("fpd7_rate", |s| Value::Ratio(flow(s, Flow::FirstLate7), first_watched(s))),
    ratio("fpd30_rate", |s| Value::Ratio(flow(s, Flow::FirstMissed30), flow(s, Flow::FirstPaymentsDue))),
    ratio("recoveries_share_of_income", |s| {
        let recoveries = flow(s, Flow::Recoveries);
        Value::Ratio(recoveries, recoveries + s.flows().income() as f64)
    }),
];

/// Metrics of stocks, which months and stages have too.
const STOCK_METRICS: &[Metric] = &[
    ratio("npl_ratio_balance", |s| Value::Ratio(npl(s) as f64, balance(s))),
    ratio("dpd1_ratio_balance", |s| {
        Value::Ratio(s.buckets(1, MonthMetric::BucketBalance) as f64, balance(s))
    }),
    ratio("dpd30_ratio_balance", |s| {
        Value::Ratio(s.buckets(2, MonthMetric::BucketBalance) as f64, balance(s))
    }),
    money("balance_change", |s| Value::Sum(s.get(MonthMetric::BalanceChange) as f64)),
    money("balance_acceleration_average", |s| {
        Value::Ratio(s.get(MonthMetric::BalanceBend) as f64, s.months as f64)
    }),
    ratio("hhi_segment_balance", |s| Value::Ratio(s.get(MonthMetric::SegmentPart) as f64, balance(s))),
    ratio("hhi_channel_balance", |s| Value::Ratio(s.get(MonthMetric::ChannelPart) as f64, balance(s))),
    ratio("hhi_product_balance", |s| Value::Ratio(s.get(MonthMetric::ProductPart) as f64, balance(s))),
    metric("rivals_average", Unit::Number, |s| {
        Value::Ratio(s.get(MonthMetric::Rivals) as f64, s.months as f64)
    }),
    metric("factor_average", Unit::Number, |s| {
        Value::Ratio(s.get(MonthMetric::Factor) as f64 * 1e-6, s.months as f64)
    }),
    ratio("lpr_average", |s| Value::Ratio(s.get(MonthMetric::Lpr) as f64 * 1e-6, s.months as f64)),
    ratio("score_default_rate_12m", |s| {
        Value::Ratio(s.get(MonthMetric::ScoreDefaults) as f64 * 1e-6, loans(s))
    }),
    metric("rival_advantage_average", Unit::Number, |s| {
        Value::Ratio(s.get(MonthMetric::RivalAdvantage) as f64 * 1e-6, contested(s))
    }),
    ratio("rival_apr_average", |s| Value::Ratio(s.get(MonthMetric::RivalRate) as f64 * 1e-6, contested(s))),
    ratio("market_share", |s| match s.get(MonthMetric::ContestedMonths) {
        0 => Value::Ratio(0.0, 0.0),
        _ => Value::Ratio(flow(s, Flow::LoansNew), flow(s, Flow::LoansNew) + flow(s, Flow::LostToRivals)),
    }),
    money("interest_saved", |s| Value::Sum(s.get(MonthMetric::InterestSaved) as f64)),
    money("interest_saved_per_loan", |s| Value::Ratio(s.get(MonthMetric::InterestSaved) as f64, loans(s))),
    count("manual_applications", |s| Value::Sum(s.get(MonthMetric::ManualApplications) as f64 * 1e-6)),
    ratio("automatic_rate", |s| {
        let all = flow(s, Flow::Applications);
        Value::Ratio(all - s.get(MonthMetric::ManualApplications) as f64 * 1e-6, all)
    }),
    ratio("holiday_ratio_balance", |s| Value::Ratio(s.get(MonthMetric::HolidayBalance) as f64, balance(s))),
    ratio("holiday_delinquent_ratio_balance", |s| {
        Value::Ratio(s.get(MonthMetric::HolidayDelinquent) as f64, balance(s))
    }),
    count("contacts", |s| Value::Sum(s.get(MonthMetric::Contacts) as f64)),
    count("lines_average", |s| Value::Ratio(s.get(MonthMetric::LineAccounts) as f64, s.months as f64)),
    ratio("lines_unused_share", |s| {
        Value::Ratio(s.get(MonthMetric::LinesUnused) as f64, s.get(MonthMetric::LineAccounts) as f64)
    }),
    ratio("draws_per_line", |s| Value::Ratio(flow(s, Flow::Draws), s.get(MonthMetric::LineAccounts) as f64)),
    money("limits_average", |s| Value::Ratio(s.get(MonthMetric::LineLimits) as f64, s.months as f64)),
    money("undrawn_average", |s| Value::Ratio(s.get(MonthMetric::Undrawn) as f64, s.months as f64)),
    ratio("utilisation", |s| {
        Value::Ratio(s.get(MonthMetric::LineBalance) as f64, s.get(MonthMetric::LineLimits) as f64)
    }),
    count("accounts_average", |s| {
        Value::Ratio(s.buckets(0, MonthMetric::BucketAccounts) as f64, s.months as f64)
    }),
    count("customers_dormant_average", |s| {
        Value::Ratio(s.get(MonthMetric::CustomersDormant) as f64, s.months as f64)
    }),
    ratio("repeat_rate_12m", |s| {
        Value::Ratio(s.get(MonthMetric::BackWithinYear) as f64, s.get(MonthMetric::PaidOffYearAgo) as f64)
    }),
];

/// Metrics that every breakdown has: sums of flows, and ratios of them.
pub fn flow_metrics() -> impl Iterator<Item = &'static Metric> {
    FLOW_METRICS.iter().chain(FINANCE_FLOW_METRICS)
}

/// Metrics of months and stages.
pub fn all_metrics() -> impl Iterator<Item = &'static Metric> {
    flow_metrics().chain(STOCK_METRICS).chain(FINANCE_STOCK_METRICS)
}

/// A metric by its name.
///
/// # Panics
/// When there is none of that name.
pub fn find(key: &str) -> &'static Metric {
    all_metrics().find(|metric| metric.key == key).unwrap_or_else(|| panic!("no metric {key}"))
}
