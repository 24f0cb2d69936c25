//! Conditions on figures: what is watched, over which months, and when it holds.

/// A figure of the product, or of some of its cells, at the end of a month, as reports of that month show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Balance more than 90 days past due over balance.
    NplRatio,
    /// Balance more than 90 days past due over the balance twelve months before, which growth does not dilute.
    NplRatioLagged,
    /// Balance more than 30 days past due over balance.
    Dpd30Ratio,
    /// Balance past due over balance.
    Dpd1Ratio,
    /// Loans ever more than 30 days past due over loans made, of the vintage that reaches this many months on book.
    EverDpd30Rate(u32),
    /// First instalments missed over first instalments that fell due.
    FpdRate,
    /// Twelve times the principal charged off over balance.
    ChargeOffRate,
    /// Originations, currency units.
    Originated,
    /// Loans made to new customers.
    LoansNew,
    /// Balance, currency units.
    Balance,
    /// Principal repaid over originations.
    RepaidToOriginated,
    /// Rivals in the market.
    Rivals,
    /// Applications completed over leads.
    CompletionRate,
    /// Approvals over applications of new customers.
    ApprovalRate,
    /// Marketing cost per new loan, currency units.
    Cac,
    /// Profit before tax, currency units.
    ProfitBeforeTax,
    /// How much better the best rival's offer is than the own one, log-odds.
    RivalAdvantage,
    /// Approved applicants who chose the bank over all who chose a lender.
    MarketShare,
}

/// How figures of several months become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Their mean.
    Mean,
    /// The largest.
    Max,
    /// The smallest.
    Min,
    /// The one that is least beyond the threshold: the condition holds when every month does.
    Consecutive,
}

/// The side of the threshold on which the condition holds, the threshold itself excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Above it.
    Above,
    /// Below it.
    Below,
}

/// A condition on a figure.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What is watched.
    pub metric: Metric,
    /// Of these cells by index alone; none: of the whole product.
    pub cells: Vec<usize>,
    /// Figures are divided by this: steps from a month on, by month.
    pub target: Option<Vec<(u32, f64)>>,
    /// How many months are looked at, and how; one month when 1.
    pub window: (usize, Over),
    /// Where it holds.
    pub side: Side,
    /// Beyond this it begins to hold.
    pub threshold: f64,
    /// Beyond this it goes on holding.
    pub reset: f64,
}

impl Condition {
    /// A month's figure, in multiples of the target where there is one; `None` is unknown.
    pub fn scaled(&self, month: u32, figure: Option<f64>) -> Option<f64> {
        let Some(target) = &self.target else { return figure };
        let step = target.iter().rfind(|(from, _)| *from <= month)?;
        Some(figure? / step.1)
    }

    /// Whether it holds when `series` has been seen, latest month last; `held` is whether it did last month. What is
    /// unknown, in the series or before it began, does not hold.
    pub fn holds(&self, series: &[Option<f64>], held: bool) -> bool {
        let (months, over) = self.window;
        let Some(first) = series.len().checked_sub(months) else { return false };
        let Some(seen) = series[first..].iter().copied().collect::<Option<Vec<f64>>>() else { return false };
        let max = || seen.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let min = || seen.iter().copied().fold(f64::INFINITY, f64::min);
        let value = match (over, self.side) {
            (Over::Mean, _) => seen.iter().sum::<f64>() / months as f64,
            (Over::Max, _) | (Over::Consecutive, Side::Below) => max(),
            (Over::Min, _) | (Over::Consecutive, Side::Above) => min(),
        };
        let beyond = if held { self.reset } else { self.threshold };
        match self.side {
            Side::Above => value > beyond,
            Side::Below => value < beyond,
        }
    }
}
