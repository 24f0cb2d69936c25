//! Monthly moves between buckets: seasoning and covariates by proportional odds, the systematic factor by the threshold
//! link.
//!
//! A borrower's month is one uniform number `u`. With `y = sqrt(1-rho) Phi^-1(u) + sqrt(rho) Z` the next state is at least as
//! bad as `i` exactly when `y < K_i`, `K_i = Phi^-1(expit(logit F_i + eta))`, `F_i` being the tail probability of the row at the
//! reference score and `eta` the borrower's log-odds. Hence `P(next >= i | Z) = Phi((K_i - sqrt(rho) Z) / sqrt(1-rho))`, whose
//! mean over `Z` is the tail itself: the factor moves risk without biasing it.

use crate::math::{exp, expit, ln, logit, normal_cdf, normal_quantile};
use crate::random;

/// Buckets M0 to M6.
pub const BUCKETS: usize = 7;
/// Steps of the log-odds grid per unit.
pub const LEVELS_PER_UNIT: f64 = 32.0;
/// Largest level: log-odds of 6.
pub const LEVEL_MAX: i32 = 192;
/// Number of levels, from `-LEVEL_MAX` to `LEVEL_MAX`.
pub const LEVELS: usize = 2 * LEVEL_MAX as usize + 1;

/// A log-odds effect on the grid of 1/32: covariates are quantised once, so that no logit and no normal quantile is
/// computed per account and month. Each rounding moves the odds by at most 1.6 %; a borrower's own and the month's are
/// rounded apart.
#[inline]
pub fn level(log_odds: f64) -> i32 {
    crate::math::round(log_odds * LEVELS_PER_UNIT) as i32
}

/// Position of a level in a table, held within the grid.
#[inline]
pub fn position(level: i32) -> usize {
    (level.clamp(-LEVEL_MAX, LEVEL_MAX) + LEVEL_MAX) as usize
}

/// Seasoning: odds multiplier `s(m) = s_inf + (s_pk - s_inf) (m / m*) exp(1 - m / m*)`, with peak `s_pk` at month `m*`.
pub fn seasoning(month_on_book: u32, peak_month: u32, peak: f64, long_run: f64) -> f64 {
    let x = f64::from(month_on_book) / f64::from(peak_month);
    long_run + (peak - long_run) * x * exp(1.0 - x)
}

/// Log-odds shift of current loans of a month on book: seasoning, and months of exposure since the last due date (a
/// quarterly payer had three months to get into trouble: odds grow with exposure). The season of the year comes on top.
pub fn current_shift(seasoning: f64, due_period: u32) -> f64 {
    ln(seasoning) + ln(f64::from(due_period))
}

/// `K` thresholds of every row, tail and level.
#[derive(Clone, Debug)]
pub struct Thresholds {
    /// By row (bucket), then level, then tail: `K` of "next state is at least `i`", `i` from 1; unused tails `-inf`.
    rows: Vec<[[f64; BUCKETS + 1]; LEVELS]>,
    /// Normal quantiles of 0, 1/1024, ..., 1.
    quantiles: Vec<f64>,
}

const QUANTILE_BITS: u32 = 10;

impl Thresholds {
    /// From the rows of the transition matrix: row `j` has the probabilities of M0 ... M(j+1); row 6 of M0 ... M6 and
    /// paying nothing.
    pub fn new(matrix: &[Vec<f64>]) -> Self {
        let rows = matrix
            .iter()
            .map(|row| {
                let mut table = [[f64::NEG_INFINITY; BUCKETS + 1]; LEVELS];
                for (position, tails) in table.iter_mut().enumerate() {
                    let eta = (position as i32 - LEVEL_MAX) as f64 / LEVELS_PER_UNIT;
                    for state in 1..row.len() {
                        let tail: f64 = row[state..].iter().sum::<f64>().clamp(0.0, 1.0);
                        tails[state] = tail_threshold(tail, eta);
                    }
                }
                table
            })
            .collect();
        let cells = 1 << QUANTILE_BITS;
        let quantiles = (0..=cells).map(|cell| normal_quantile(f64::from(cell) / f64::from(cells))).collect();
        Thresholds { rows, quantiles }
    }

    /// `K` of "the next state is at least `state`", from 1, of an account in bucket `row` at a position of the grid.
    pub fn at(&self, row: usize, position: usize, state: usize) -> f64 {
        self.rows[row][position][state]
    }

    /// Next state of an account in bucket `row` at a level: the number of tails that hold, as they are nested.
    /// State `row + 1` (8th for row 6: `BUCKETS`) means nothing was paid.
    #[inline]
    pub fn next_state(&self, row: usize, position: usize, y: f64) -> usize {
        self.rows[row][position].iter().map(|tail| usize::from(y < *tail)).sum()
    }

    /// [`Thresholds::next_state`] at the latent value of a word. The normal quantile is computed only when a threshold lies
    /// between the two table entries around it: one time in a hundred.
    #[inline(always)]
    pub fn next_state_of_word(&self, row: usize, position: usize, factor: &FactorLink, word: u32) -> usize {
        let cell = (word >> (32 - QUANTILE_BITS)) as usize;
        let worst = self.next_state(row, position, factor.of_quantile(self.quantiles[cell]));
        let best = self.next_state(row, position, factor.of_quantile(self.quantiles[cell + 1]));
        if worst == best { worst } else { self.next_state(row, position, factor.latent(word)) }
    }

    /// Word threshold of missing a payment when current, at a level and factor; `left` of the missed payments are left.
    pub fn miss(&self, position: usize, factor: &FactorLink, left: f64) -> u32 {
        let k = self.rows[0][position][1];
        random::threshold(factor.conditional(k) * left).min(u64::from(u32::MAX)) as u32
    }
}

fn tail_threshold(tail: f64, eta: f64) -> f64 {
    // Rows sum to 1 only up to rounding: a tail that is 0 or 1 stays exactly so.
    if tail < 1e-12 {
        f64::NEG_INFINITY
    } else if tail > 1.0 - 1e-12 {
        f64::INFINITY
    } else {
        normal_quantile(expit(logit(tail) + eta))
    }
}

/// The systematic factor of one month.
#[derive(Clone, Copy, Debug)]
pub struct FactorLink {
    systematic: f64,
    own: f64,
}

impl FactorLink {
    /// With correlation `rho` and factor value `Z`.
    pub fn new(correlation: f64, factor: f64) -> Self {
        FactorLink { systematic: correlation.sqrt() * factor, own: (1.0 - correlation).sqrt() }
    }

    /// `y` of a borrower's word.
    #[inline]
    pub fn latent(&self, word: u32) -> f64 {
        self.of_quantile(normal_quantile(random::uniform(word)))
    }

    /// `y` of a normal quantile.
    #[inline]
    fn of_quantile(&self, quantile: f64) -> f64 {
        self.own * quantile + self.systematic
    }

    /// Probability of `y < k` given the factor.
    #[inline]
    pub fn conditional(&self, k: f64) -> f64 {
        normal_cdf((k - self.systematic) / self.own)
    }
}

/// The threshold link on a probability: `Phi((Phi^-1(F) - sqrt(rho) Z) / sqrt(1 - rho))` (Vasicek).
pub fn conditional_probability(probability: f64, correlation: f64, factor: f64) -> f64 {
    FactorLink::new(correlation, factor).conditional(normal_quantile(probability))
}
