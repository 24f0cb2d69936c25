//! Expected credit losses: what a bank can know at a date of what its loans will lose.
//!
//! A loan's loss comes in three steps: it misses a payment while current (probability by month on book, log-odds and forecast
//! of the factor), it goes on to charge-off without catching up (absorption of the chain of delinquent states), and little is
//! recovered (loss given default). Each is a function here; the engine sums them over pools.

use super::recovery::factor_multiplier;
use crate::math::{exp, normal_cdf, pow};

/// Months between the first missed payment and default, which is more than 90 days past due.
pub const MONTHS_TO_DEFAULT: u32 = 3;
/// Months ahead that the loss of stage 1 looks.
pub const TWELVE_MONTHS: u32 = 12;

/// Probability that a latent value is below `threshold` in `horizon` months, seen from a month in which the factor is
/// `factor`: the factor's mean is then `persistence^h factor` and its variance `1 - persistence^2h`, so that
/// `P = Phi((K - sqrt(rho) phi^h Z) / sqrt(1 - rho phi^2h))`. With `horizon` 0 it is the probability given the factor, far
/// ahead it is the long-run one.
pub fn forecast_probability(
    threshold: f64,
    (correlation, persistence): (f64, f64),
    factor: f64,
    horizon: u32,
) -> f64 {
    let kept = pow(persistence, f64::from(horizon));
    let spread = (1.0 - correlation * kept * kept).sqrt();
    normal_cdf((threshold - correlation.sqrt() * kept * factor) / spread)
}

/// Probability of being charged off before everything due is paid, by months past due (index 0 unused): the chain of
/// delinquent states with rows `row(age)`, whose entries are the probabilities of paying everything (0), of so many months
/// less, and, last, of paying nothing. An account is charged off when it pays nothing and reaches `charge_off_age`.
pub fn charge_off_probabilities<'a>(row: impl Fn(u32) -> &'a [f64], charge_off_age: u32) -> Vec<f64> {
    let last = charge_off_age as usize;
    // Reached from below: the value of charge-off itself.
    let mut absorbed = vec![0.0; last + 1];
    absorbed[last] = 1.0;
    // Gauss-Seidel from the worst age down. Every age leaks, so that the error shrinks by a factor a sweep.
    for _ in 0..SWEEPS {
        let mut change: f64 = 0.0;
        for age in (1..last).rev() {
            let row = row(age as u32);
            let bucket = row.len() - 2;
            let stays = row[bucket];
            let others: f64 = (1..bucket).map(|state| row[state] * absorbed[age + state - bucket]).sum();
            let value = (others + row[bucket + 1] * absorbed[age + 1]) / (1.0 - stays);
            change = change.max((value - absorbed[age]).abs());
            absorbed[age] = value;
        }
        if change < 1e-14 {
            break;
        }
    }
    absorbed.truncate(last);
    absorbed
}

/// More sweeps than any chain of a scenario needs.
const SWEEPS: usize = 10_000;

/// What decides the loss on a loan that is charged off; shares, and months where they come later.
#[derive(Clone, Copy, Debug)]
pub struct LossTerms {
    /// Recovered in the end of what is pursued, the share of it that is left that comes each month, and what collectors
    /// take of it.
    pub recovery: (f64, f64, f64),
    /// Effect of the factor on recoveries.
    pub factor_effect: f64,
    /// Paid by a guarantor, and the months until then.
    pub guarantee: (f64, u32),
    /// Sued for, months until the judgement, and the share then paid.
    pub litigation: (f64, u32, f64),
}

impl LossTerms {
    /// Loss given charge-off, a share of the balance, at a monthly discount factor and a forecast of the factor for the time
    /// of recovery: `1 - g v^lag - (1 - g) (1 - s) R - (1 - g) s (j v^lag + (1 - j) v^lag R)`, where
    /// `R = total q v / (1 - (1 - q) v)` is the present value of what comes in month by month.
    pub fn loss_given_default(&self, discount: f64, factor: f64) -> f64 {
        let (total, monthly, cost) = self.recovery;
        let total = (total * factor_multiplier(self.factor_effect, factor)).min(1.0);
        let pursued = match monthly {
            0.0 => 0.0,
            monthly => total * monthly * discount / (1.0 - (1.0 - monthly) * discount) * (1.0 - cost),
        };
        let after = |months: u32| pow(discount, f64::from(months));
        let (sued, lag, paid) = self.litigation;
        let in_court = after(lag) * (paid + (1.0 - paid) * pursued);
        let (guaranteed, guarantee_lag) = self.guarantee;
        let ours = (1.0 - guaranteed) * ((1.0 - sued) * pursued + sued * in_court);
        (1.0 - guaranteed * after(guarantee_lag) - ours).clamp(0.0, 1.0)
    }
}

/// Present value, per unit of the balance before it, of charge-off by the month on book of the first missed payment; twice:
/// all, and of those who default within twelve months.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DefaultWeight {
    /// Over the life of the loan.
    pub lifetime: f64,
    /// Within twelve months.
    pub twelve: f64,
}

/// What current loans after month on book `from` are expected to do up to month `last`.
#[derive(Clone, Copy, Debug)]
pub struct Outlook {
    /// Months on book behind.
    pub from: u32,
    /// Month on book of the last instalment.
    pub last: u32,
    /// Probability of charge-off after a first missed payment.
    pub absorbed: f64,
    /// Monthly discount factor.
    pub discount: f64,
    /// Months from the first missed payment to charge-off.
    pub lag: u32,
}

/// Weights by month on book from `outlook.from + 1` on. `missed` and `prepaid` tell the probabilities of a month on book of
/// a current loan. Loans that catch up count as current at once. Returns the probability of charge-off, over life.
pub fn default_weights(
    outlook: Outlook,
    missed: impl Fn(u32) -> f64,
    prepaid: impl Fn(u32) -> f64,
    weights: &mut Vec<DefaultWeight>,
) -> f64 {
    weights.clear();
    let Outlook { from, last, absorbed, discount, lag } = outlook;
    let mut current = 1.0;
    let mut value = pow(discount, f64::from(lag));
    let mut total = 0.0;
    for k in from + 1..=last {
        value *= discount;
        let lost = missed(k) * absorbed;
        let weight = current * lost * value;
        let soon = k - from + MONTHS_TO_DEFAULT <= TWELVE_MONTHS;
        weights.push(DefaultWeight { lifetime: weight, twelve: if soon { weight } else { 0.0 } });
        total += current * lost;
        current *= (1.0 - lost - prepaid(k)).max(0.0);
    }
    total
}

/// Mean of a normal law between two bounds.
pub fn truncated_mean((mean, deviation): (f64, f64), low: f64, high: f64) -> f64 {
    if deviation == 0.0 {
        return mean;
    }
    let (a, b) = ((low - mean) / deviation, (high - mean) / deviation);
    let density =
        |x: f64| if x.is_finite() { exp(-0.5 * x * x) / (2.0 * std::f64::consts::PI).sqrt() } else { 0.0 };
    let mass = normal_cdf(b) - normal_cdf(a);
    if mass < 1e-9 {
        // Hardly anybody is there: the bound that is nearer to the rest.
        return if a > 0.0 { low } else { high };
    }
    mean + deviation * (density(a) - density(b)) / mass
}
