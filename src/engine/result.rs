//! What a run leaves behind: integers by month, group and vintage.

use super::vintage_economics::VintageEconomics;
use crate::ledger::{Flow, Flows};
use crate::lifecycle::stage::Stage;
use crate::model::delinquency::BUCKETS;
use crate::model::discrimination::Band;
use crate::model::value::RunValue;
use crate::policy::Firing;

/// How an integer of a result is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Fen.
    Money,
    /// A count.
    Count,
    /// Millionths.
    Millionths,
}

/// A metric kept per month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonthMetric {
    /// A flow summed over groups.
    Flow(Flow),
    /// Balance at month end.
    Balance,
    /// Balance of a bucket at month end.
    BucketBalance(u8),
    /// Accounts of a bucket at month end.
    BucketAccounts(u8),
    /// Rivals in the market.
    Rivals,
    /// Systematic factor.
    Factor,
    /// Loan prime rate.
    Lpr,
    /// Contacts made by collections.
    Contacts,
    /// Sum of amount x average life of originations.
    PrincipalMonths,
    /// Sum of the probability of default that the score promised, over loans made, millionths.
    ScoreDefaults,
    /// 1 in a month in which customers choose among lenders.
    ContestedMonths,
    /// Utility of the best rival's offer above that of the own one, millionths of log-odds; 0 without a choice.
    RivalAdvantage,
    /// Mean annual rate of rivals, millionths; 0 without a choice.
    RivalRate,
    /// Interest that the month's borrowers save against rivals' mean rate over the life of their contracts, fen.
    InterestSaved,
    /// Balance at month end less that of the month before.
    BalanceChange,
    /// That change less the one of the month before.
    BalanceBend,
    /// Balance of the segment that a unit of the balance stands in, on average.
    SegmentPart,
    /// The same of channels.
    ChannelPart,
    /// The same of products.
    ProductPart,
    /// Largest loan made.
    LargestLoan,
    /// Customers between loans who may come back, at month end.
    CustomersDormant,
    /// Customers paid off twelve months before.
    PaidOffYearAgo,
    /// Of them those who have taken another loan.
    BackWithinYear,
    /// Open revolving lines.
    LineAccounts,
    /// Lines that owe nothing.
    LinesUnused,
    /// Limits of open lines.
    LineLimits,
    /// Balance of open lines.
    LineBalance,
    /// What could be drawn on them.
    Undrawn,
    /// Applications that staff decide, expected, millionths.
    ManualApplications,
    /// Balance in payment holidays at month end.
    HolidayBalance,
    /// Of it that of delinquent loans.
    HolidayDelinquent,
    /// Balance more than 270 days past due at month end (可疑, 损失).
    BalanceDoubtful,
    /// Balance more than 360 days past due at month end (损失).
    BalanceLoss,
    /// Allowance of a stage (0 is the first) at month end.
    Allowance(u8),
    /// Balance of a stage at month end.
    StageBalance(u8),
    /// Principal charged off and still claimed (账销案存), at month end.
    ClaimsHeld,
    /// Interest receivable at month end.
    Receivable,
    /// Cash at month end.
    Cash,
    /// Borrowed at month end.
    Funding,
    /// Deferred tax at month end.
    DeferredTax,
    /// Equity at month end.
    Equity,
    /// Share of new customers' demand that was turned away for want of money or equity, millionths.
    Rationed,
}

/// Number of metrics that are not flows.
const STOCKS: usize = 1 + 2 * BUCKETS + 29 + 13;
/// Number of metrics per month.
pub const MONTH_METRICS: usize = Flow::COUNT + STOCKS;

impl MonthMetric {
    /// Position in a month's row.
    pub fn index(self) -> usize {
        let stock = match self {
            MonthMetric::Flow(flow) => return flow as usize,
            MonthMetric::Balance => 0,
            MonthMetric::BucketBalance(bucket) => 1 + bucket as usize,
            MonthMetric::BucketAccounts(bucket) => 1 + BUCKETS + bucket as usize,
            MonthMetric::Rivals => 1 + 2 * BUCKETS,
            MonthMetric::Factor => 2 + 2 * BUCKETS,
            MonthMetric::Lpr => 3 + 2 * BUCKETS,
            MonthMetric::Contacts => 4 + 2 * BUCKETS,
            MonthMetric::PrincipalMonths => 5 + 2 * BUCKETS,
            MonthMetric::ScoreDefaults => 6 + 2 * BUCKETS,
            MonthMetric::BalanceChange => 7 + 2 * BUCKETS,
            MonthMetric::BalanceBend => 8 + 2 * BUCKETS,
            MonthMetric::SegmentPart => 9 + 2 * BUCKETS,
            MonthMetric::ChannelPart => 10 + 2 * BUCKETS,
            MonthMetric::ProductPart => 11 + 2 * BUCKETS,
            MonthMetric::LargestLoan => 12 + 2 * BUCKETS,
            MonthMetric::CustomersDormant => 13 + 2 * BUCKETS,
            MonthMetric::PaidOffYearAgo => 14 + 2 * BUCKETS,
            MonthMetric::BackWithinYear => 15 + 2 * BUCKETS,
            MonthMetric::LineAccounts => 16 + 2 * BUCKETS,
            MonthMetric::LinesUnused => 17 + 2 * BUCKETS,
            MonthMetric::LineLimits => 18 + 2 * BUCKETS,
            MonthMetric::LineBalance => 19 + 2 * BUCKETS,
            MonthMetric::Undrawn => 20 + 2 * BUCKETS,
            MonthMetric::HolidayBalance => 21 + 2 * BUCKETS,
            MonthMetric::HolidayDelinquent => 22 + 2 * BUCKETS,
            MonthMetric::ContestedMonths => 23 + 2 * BUCKETS,
            MonthMetric::RivalAdvantage => 24 + 2 * BUCKETS,
            MonthMetric::RivalRate => 25 + 2 * BUCKETS,
            MonthMetric::InterestSaved => 26 + 2 * BUCKETS,
            MonthMetric::BalanceDoubtful => 27 + 2 * BUCKETS,
            MonthMetric::BalanceLoss => 28 + 2 * BUCKETS,
            MonthMetric::ManualApplications => 29 + 2 * BUCKETS,
            MonthMetric::Allowance(stage) => 30 + 2 * BUCKETS + stage as usize,
            MonthMetric::StageBalance(stage) => 33 + 2 * BUCKETS + stage as usize,
            MonthMetric::ClaimsHeld => 36 + 2 * BUCKETS,
            MonthMetric::Receivable => 37 + 2 * BUCKETS,
            MonthMetric::Cash => 38 + 2 * BUCKETS,
            MonthMetric::Funding => 39 + 2 * BUCKETS,
            MonthMetric::DeferredTax => 40 + 2 * BUCKETS,
            MonthMetric::Equity => 41 + 2 * BUCKETS,
            MonthMetric::Rationed => 42 + 2 * BUCKETS,
        };
        Flow::COUNT + stock
    }
}

/// Months on book at which vintages are measured.
pub const VINTAGE_AGES: [u32; 12] = [1, 2, 3, 4, 5, 6, 9, 12, 18, 24, 36, 48];

/// A metric kept per vintage and month on book; all but the first two are as of that month on book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum VintageMetric {
    /// Loans made.
    Loans,
    /// Amount originated.
    Originated,
    /// Balance left.
    Balance,
    /// Balance of loans more than 30 days past due.
    Balance30,
    /// Loans ever more than 30 days past due.
    Ever30,
    /// Loans ever more than 90 days past due.
    Ever90,
    /// Principal charged off so far.
    ChargedOff,
    /// Received after charge-off so far: recoveries in court and out, proceeds of claims sold, payments of guarantors.
    Recovered,
}

impl VintageMetric {
    /// Number of metrics.
    pub const COUNT: usize = VintageMetric::Recovered as usize + 1;
}

/// What a collections tier did over the horizon; money in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TierSums {
    /// Accounts worked, summed over months; of a tier of days, accounts that entered it.
    pub accounts: f64,
    /// Contacts made.
    pub contacts: f64,
    /// Cost of contacts, contingency fees.
    pub cost: f64,
    /// Paid late by accounts worked.
    pub cash: f64,
    /// Of it, what would not have come had this tier contacted nobody.
    pub cash_collected: f64,
    /// Accounts worked that paid all arrears.
    pub cures: f64,
    /// Of them, those that would not have, had this tier contacted nobody.
    pub cures_collected: f64,
    /// Balance that entered the tier; of a tier of days, accounts.
    pub entered: f64,
    /// Of it, of accounts that paid all arrears within a month; of a tier of days, before its last day was over.
    pub cleared: f64,
}

/// The result of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunResult {
    /// Run index.
    pub run: u64,
    /// By month, then [`MonthMetric::index`].
    pub months: Vec<i64>,
    /// By group: flows over the whole horizon.
    pub groups: Vec<Flows>,
    /// By group: sum of month-end balances, fen.
    pub group_balance: Vec<i64>,
    /// By vintage, then age (position in [`VINTAGE_AGES`]), then [`VintageMetric`]; -1 where not observed.
    pub vintages: Vec<i64>,
    /// Stage of each month as policies saw it at its end.
    pub stages_online: Vec<Stage>,
    /// Stage of each month, dated back, for reports.
    pub stages: Vec<Stage>,
    /// Policies that fired, by month, then in file order.
    pub firings: Vec<Firing>,
    /// What collections tiers did: those of days in the month of the due date first, each kind in file order.
    pub tiers: Vec<TierSums>,
    /// Loans made twelve months before the horizon or earlier, by band of observed scores.
    pub scores: Vec<Band>,
    /// Net credit loss by the month loans were made in, those of the opening book last; fen. Together it is that of the flows.
    pub vintage_losses: Vec<i64>,
    /// Loss over life that was expected at the end of the month loans were made in, by vintage; fen.
    pub vintage_expected: Vec<i64>,
    /// What vintages earn, that of the opening book last.
    pub vintage_economics: Vec<VintageEconomics>,
    /// Worth to who put equity into it, where the book needs any.
    pub value: Option<RunValue>,
    /// Loans stepped, summed over months.
    pub account_months: u64,
}

impl RunResult {
    /// A month's metrics.
    pub fn month(&self, month: usize) -> &[i64] {
        &self.months[month * MONTH_METRICS..][..MONTH_METRICS]
    }

    /// Flows of a month over all groups.
    pub fn flows(&self, month: usize) -> Flows {
        Flows::of_row(self.month(month))
    }

    /// A metric of a month.
    pub fn get(&self, month: usize, metric: MonthMetric) -> i64 {
        self.month(month)[metric.index()]
    }

    /// A metric of a vintage at the age of the table's row `age`.
    pub fn vintage(&self, vintage: usize, age: usize, metric: VintageMetric) -> i64 {
        self.vintages[(vintage * VINTAGE_AGES.len() + age) * VintageMetric::COUNT + metric as usize]
    }

    /// A flow summed over the horizon.
    pub fn total(&self, flow: Flow) -> i64 {
        let months = self.months.len() / MONTH_METRICS;
        (0..months).map(|month| self.get(month, MonthMetric::Flow(flow))).sum()
    }
}
