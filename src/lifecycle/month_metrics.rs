//! Metrics that a single month has and a stage has not.

use super::metrics::{Metric, balance, count, money, npl, ratio};
use crate::engine::MonthMetric;
use crate::stats::Value;

/// Metrics of a single month.
pub const MONTH_ONLY_METRICS: &[Metric] = &[
    money("largest_loan", |s| Value::Sum(s.get(MonthMetric::LargestLoan) as f64)),
    ratio("largest_loan_to_balance", |s| Value::Ratio(s.get(MonthMetric::LargestLoan) as f64, balance(s))),
    money("balance_m0", |s| Value::Sum(s.get(MonthMetric::BucketBalance(0)) as f64)),
    money("balance_m1", |s| Value::Sum(s.get(MonthMetric::BucketBalance(1)) as f64)),
    money("balance_m2", |s| Value::Sum(s.get(MonthMetric::BucketBalance(2)) as f64)),
    money("balance_m3", |s| Value::Sum(s.get(MonthMetric::BucketBalance(3)) as f64)),
    money("balance_m4", |s| Value::Sum(s.get(MonthMetric::BucketBalance(4)) as f64)),
    money("balance_m5", |s| Value::Sum(s.get(MonthMetric::BucketBalance(5)) as f64)),
    money("balance_m6", |s| Value::Sum(s.get(MonthMetric::BucketBalance(6)) as f64)),
    money("class_pass", |s| Value::Sum(s.get(MonthMetric::BucketBalance(0)) as f64)),
    money("class_special_mention", |s| {
        Value::Sum((s.buckets(1, MonthMetric::BucketBalance) - npl(s)) as f64)
    }),
    money("class_substandard", |s| Value::Sum((npl(s) - s.get(MonthMetric::BalanceDoubtful)) as f64)),
    money("class_doubtful", |s| {
        Value::Sum((s.get(MonthMetric::BalanceDoubtful) - s.get(MonthMetric::BalanceLoss)) as f64)
    }),
    money("class_loss", |s| Value::Sum(s.get(MonthMetric::BalanceLoss) as f64)),
    count("accounts_m0", |s| Value::Sum(s.get(MonthMetric::BucketAccounts(0)) as f64)),
    count("accounts_m1", |s| Value::Sum(s.get(MonthMetric::BucketAccounts(1)) as f64)),
    count("accounts_m2", |s| Value::Sum(s.get(MonthMetric::BucketAccounts(2)) as f64)),
    count("accounts_m3", |s| Value::Sum(s.get(MonthMetric::BucketAccounts(3)) as f64)),
    count("accounts_m4", |s| Value::Sum(s.get(MonthMetric::BucketAccounts(4)) as f64)),
    count("accounts_m5", |s| Value::Sum(s.get(MonthMetric::BucketAccounts(5)) as f64)),
    count("accounts_m6", |s| Value::Sum(s.get(MonthMetric::BucketAccounts(6)) as f64)),
];
