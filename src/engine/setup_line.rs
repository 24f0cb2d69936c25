//! The part of a setup that concerns revolving lines.

use super::setup::ProductSetup;
use crate::model::borrower::AmountLaw;
use crate::model::line::{LineTerms, expected_life};
use crate::money::{Fen, FixedRate};
use crate::random;
use crate::rate::monthly_of_nominal;
use crate::scenario::tables::{Line, Product};

/// A product's line.
#[derive(Debug)]
pub struct LineSetup {
    /// Highest limit.
    pub limit_max: Fen,
    /// Amount by grade, as a multiple of that drawn.
    pub by_grade: Vec<f64>,
    /// Share of the amount that is the first limit.
    pub initial: f64,
    /// Word threshold of never drawing.
    pub inactive: u64,
    /// Word threshold of drawing in a month.
    pub draw: u64,
    /// Share of the open limit drawn.
    pub draw_share: f64,
    /// Share of the balance repaid by those who pay.
    pub repaid: f64,
    /// What falls due.
    pub terms: LineTerms,
    /// Share of the open limit drawn before missing a payment.
    pub conversion: f64,
    /// Word threshold of renewal.
    pub renewal: u64,
    /// Share of a rise drawn at once.
    pub rise_drawn: f64,
    /// Share of the limit cut when a payment is missed.
    pub late_cut: f64,
    /// Payments on time in a row and the rise they bring; never, where there is none.
    pub on_time: (u32, f64),
    /// Review of limits.
    pub review: Option<ReviewSetup>,
    /// Expected months a draw stays out, by months the line has left.
    pub life: Vec<f64>,
}

/// Review of limits.
#[derive(Debug)]
pub struct ReviewSetup {
    /// Months between reviews.
    pub every: u32,
    /// Word threshold of being reviewed.
    pub coverage: u64,
    /// Rise of a limit after good conduct.
    pub rise: f64,
    /// Cut after bad conduct.
    pub cut: f64,
}

impl LineSetup {
    /// Resolves a line.
    pub fn new(line: &Line, product: &Product) -> Self {
        let longest = product.tenors.iter().map(|tenor| tenor.months.0 as u32).max().unwrap_or(0);
        let or_nothing = |share: Option<crate::rate::Probability>| share.map_or(0.0, |share| share.f64());
        let repaid = line.repaid_share.f64();
        let minimum = line.minimum_share.f64();
        LineSetup {
            limit_max: line.limit_max.0,
            by_grade: line.limit_by_grade.iter().map(|multiple| multiple.f64()).collect(),
            initial: line.initial_share.map_or(1.0, |share| share.f64()),
            inactive: random::threshold(line.inactive_share.f64()),
            draw: random::threshold(line.draw_probability.f64()),
            draw_share: line.draw_share.f64(),
            repaid,
            terms: LineTerms {
                minimum_share: minimum,
                minimum_payment: line.minimum_payment.0,
                run_off: line.run_off_months.map_or(1, |months| months.0 as u32),
            },
            conversion: line.conversion_factor.f64(),
            renewal: random::threshold(or_nothing(line.renewal)),
            rise_drawn: or_nothing(line.rise_drawn_share),
            late_cut: or_nothing(line.late_cut),
            on_time: line
                .on_time_rise
                .as_ref()
                .map_or((u32::MAX, 0.0), |rise| (rise.payments.0 as u32, rise.share.f64())),
            review: line.review.as_ref().map(|review| ReviewSetup {
                every: review.every.0 as u32,
                coverage: random::threshold(review.coverage.f64()),
                rise: review.rise.f64(),
                cut: review.cut.f64(),
            }),
            life: (0..=longest).map(|months| expected_life(repaid.max(minimum), months)).collect(),
        }
    }

    /// The first limit of a line over an amount, policies multiplying limits by `lever`.
    pub fn first_limit(&self, amount: Fen, lever: f64) -> Fen {
        Fen::round(amount.0 as f64 * (self.initial * lever)).min(self.limit_max)
    }

    /// Payment of a month, fen, when all of a limit is drawn.
    pub fn payment_when_drawn(&self, limit: Fen, apr: f64) -> f64 {
        let interest = FixedRate::from_monthly(monthly_of_nominal(apr)).interest(limit);
        let due = self.terms.due(limit, interest, 0, u32::MAX);
        (due.principal + due.interest).0 as f64
    }

    /// Whether limits are reviewed in a month.
    pub fn reviews(&self, month: u32) -> Option<&ReviewSetup> {
        self.review.as_ref().filter(|review| month > 0 && month.is_multiple_of(review.every))
    }
}

impl ProductSetup {
    /// Amount of a grade, of what is drawn from the product's law.
    pub fn amount_of_grade(&self, drawn: Fen, grade: usize) -> Fen {
        let law: &AmountLaw = self.amount.law();
        self.line.as_ref().map_or(drawn, |line| law.fit(drawn.0 as f64 * line.by_grade[grade]))
    }
}
