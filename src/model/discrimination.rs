//! How well the score told bad loans from good ones: bands of scores, Kolmogorov-Smirnov, Gini.

/// Lowest score of the second band, points; lower scores share the first.
const LOWEST: u32 = 300;
/// Width of a band, points.
const WIDTH: u32 = 10;
/// Number of bands; the last is open above.
pub const SCORE_BANDS: usize = 62;

/// Loans of a band of observed scores that were followed for twelve months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Band {
    /// Loans made.
    pub loans: i64,
    /// Of them ever more than 90 days past due within twelve months.
    pub bad: i64,
    /// Sum of the default probabilities the score promised, millionths.
    pub promised: i64,
}

/// The band of a score.
pub fn band_of(score: f64) -> usize {
    let above = (score - f64::from(LOWEST)) / f64::from(WIDTH) + 1.0;
    // A cast takes what is below 0 to 0.
    (above as usize).min(SCORE_BANDS - 1)
}

/// Scores of a band, from and below; `None` where it is open.
pub fn bounds(band: usize) -> (Option<u32>, Option<u32>) {
    let edge = |at: usize| LOWEST + WIDTH * at as u32;
    let from = band.checked_sub(1).map(edge);
    (from, (band + 1 < SCORE_BANDS).then(|| edge(band)))
}

/// Kolmogorov-Smirnov distance and Gini coefficient (`2 AUC - 1`) of bands in rising order of scores: the share of pairs of a
/// bad and a good loan in which the bad one scored lower, less that in which it scored higher; pairs within a band count for
/// neither. `None` without bad or without good loans.
pub fn discrimination(bands: &[Band]) -> Option<(f64, f64)> {
    let bad: i64 = bands.iter().map(|band| band.bad).sum();
    let good = bands.iter().map(|band| band.loans).sum::<i64>() - bad;
    if bad == 0 || good == 0 {
        return None;
    }
    let (mut below_bad, mut below_good) = (0, 0);
    let (mut distance, mut surplus) = (0.0_f64, 0_i128);
    for band in bands {
        let band_good = band.loans - band.bad;
        surplus +=
            i128::from(below_bad) * i128::from(band_good) - i128::from(below_good) * i128::from(band.bad);
        below_bad += band.bad;
        below_good += band_good;
        let apart = below_bad as f64 / bad as f64 - below_good as f64 / good as f64;
        distance = distance.max(apart.abs());
    }
    Some((distance, surplus as f64 / (bad as f64 * good as f64)))
}
