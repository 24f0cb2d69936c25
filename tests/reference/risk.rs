//! What becomes of a borrower in a month, computed anew for each from the rows of the scenario: no tables.

use lendcycle::math::{exp, ln, normal_cdf, normal_quantile};
use lendcycle::random::uniform;

use super::contract::nearest;

/// `2^32`: one more than the largest word.
pub const WORDS: u64 = 1 << 32;

/// Effects on log-odds are held as whole numbers of 1/32.
pub fn level(log_odds: f64) -> i32 {
    nearest(log_odds * 32.0) as i32
}

/// Levels are held between log-odds of -6 and 6.
pub fn hold(level: i32) -> i32 {
    level.clamp(-192, 192)
}

/// The number of words, of all `2^32`, that a probability covers.
pub fn words_below(probability: f64) -> u64 {
    libm::floor(probability.clamp(0.0, 1.0) * WORDS as f64 + 0.5) as u64
}

/// The economy's hold on borrowers in a month.
#[derive(Clone, Copy, Debug)]
pub struct Factor {
    pub correlation: f64,
    pub value: f64,
}

/// Bound `K`: the next bucket is at least `state` when the latent value is below it.
fn bound(row: &[f64], state: usize, level: i32) -> f64 {
    let mut tail = 0.0;
    for probability in &row[state..] {
        tail += probability;
    }
    let tail = f64::clamp(tail, 0.0, 1.0);
    if tail < 1e-12 {
        return f64::NEG_INFINITY;
    }
    if tail > 1.0 - 1e-12 {
        return f64::INFINITY;
    }
    let log_odds = ln(tail / (1.0 - tail)) + f64::from(hold(level)) / 32.0;
    normal_quantile(1.0 / (1.0 + exp(-log_odds)))
}

/// Bucket of a delinquent borrower at the end of the month; `row.len() - 1` means that nothing was paid.
pub fn next_bucket(row: &[f64], level: i32, factor: Factor, word: u32) -> usize {
    let own = (1.0 - factor.correlation).sqrt() * normal_quantile(uniform(word));
    let latent = own + factor.correlation.sqrt() * factor.value;
    let mut state = row.len() - 1;
    while state > 0 && latent >= bound(row, state, level) {
        state -= 1;
    }
    state
}

/// What a current borrower does in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    Pays,
    Misses,
    Prepays,
}

/// Prepayment takes the top of the words; of the rest, the bottom misses if something is due. `due_level` is the
/// borrower's level when something is due, `left` what the probability of missing is multiplied by, `after_grace` the share, in
/// words, of those who would be late that still are when days of grace are over. The words that miss come second.
pub fn conduct(
    row: &[f64],
    due_level: Option<i32>,
    prepayment: f64,
    factor: Factor,
    left: f64,
    after_grace: u64,
    word: u32,
) -> (Conduct, u64) {
    let staying = WORDS - words_below(prepayment);
    let word = u64::from(word);
    if word >= staying {
        return (Conduct::Prepays, 0);
    }
    let Some(level) = due_level else {
        return (Conduct::Pays, 0);
    };
    let systematic = factor.correlation.sqrt() * factor.value;
    let own = (1.0 - factor.correlation).sqrt();
    let probability = normal_cdf((bound(row, 1, level) - systematic) / own) * left;
    let missing = words_below(probability).min(WORDS - 1);
    let part = |words: u64, of: u64| (u128::from(words) * u128::from(of) / u128::from(WORDS)) as u64;
    let missing = part(missing, part(staying, after_grace));
    (if word < missing { Conduct::Misses } else { Conduct::Pays }, missing)
}
