//! The reduced model as an ordinary engineer would write it: a `Vec` of structs, `StdRng`, a `match` on the state, `retain`.
//!
//! Money is `f64` in currency units, rates are per month, time is in months.

use std::hint::black_box;
use std::time::Instant;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, LogNormal, StandardNormal};
use statrs::distribution::{ContinuousCDF, Normal};

const MONTHS: u32 = 84;
const VINTAGES: u32 = 60;
const LOANS: u32 = 100_000;
const GRADES: usize = 10;
const MAX_TENOR: usize = 36;
const PREPAY: f64 = 0.02;
const RHO: f64 = 0.03;
const PHI: f64 = 0.965;
const RECOVERY_SPEED: f64 = 0.08;
const RECOVERY_RATE: f64 = 0.12;

/// P(next state) of bucket 1..6; columns: C, D1..D6, charge-off.
const TRANSITIONS: [[f64; 8]; 6] = [
    [0.48, 0.07, 0.45, 0.0, 0.0, 0.0, 0.0, 0.0],
    [0.12, 0.08, 0.05, 0.75, 0.0, 0.0, 0.0, 0.0],
    [0.06, 0.02, 0.03, 0.04, 0.85, 0.0, 0.0, 0.0],
    [0.03, 0.0, 0.0, 0.0, 0.07, 0.90, 0.0, 0.0],
    [0.02, 0.0, 0.0, 0.0, 0.0, 0.06, 0.92, 0.0],
    [0.02, 0.0, 0.0, 0.0, 0.0, 0.0, 0.04, 0.94],
];
const CHARGE_OFF: usize = 7;

#[derive(Clone, Copy)]
enum State {
    Current,
    /// Bucket 1..6.
    Delinquent(usize),
}

struct Loan {
    segment: usize,
    channel: usize,
    grade: usize,
    tenor: u32,
    originated: u32,
    /// Instalments paid.
    paid: u32,
    monthly_rate: f64,
    instalment: f64,
    balance: f64,
    state: State,
}

impl Loan {
    fn new(rng: &mut StdRng, amounts: &LogNormal<f64>, month: u32) -> Self {
        let grade = rng.random_range(0..GRADES);
        let tenor = [12, 24, 36][rng.random_range(0..3)];
        let amount = (amounts.sample(rng).clamp(1_000.0, 50_000.0) / 100.0).round() * 100.0;
        let monthly_rate = (0.09 + 0.02 * grade as f64) / 12.0;
        Loan {
            segment: rng.random_range(0..3),
            channel: rng.random_range(0..3),
            grade,
            tenor,
            originated: month,
            paid: 0,
            monthly_rate,
            instalment: amount * monthly_rate / (1.0 - (1.0 + monthly_rate).powi(-(tenor as i32))),
            balance: amount,
            state: State::Current,
        }
    }

    /// Pays the oldest unpaid instalment; returns its interest and principal.
    fn pay(&mut self) -> (f64, f64) {
        let interest = self.balance * self.monthly_rate;
        self.paid += 1;
        let principal = if self.paid == self.tenor {
            self.balance
        } else {
            self.instalment - interest
        };
        self.balance -= principal;
        (interest, principal)
    }
}

/// What is kept of a month, summed over the loans.
#[derive(Default)]
struct Month {
    account_months: u64,
    /// By bucket (C, D1..D6), at the end of the month.
    count: [u64; 7],
    balance: [f64; 7],
    interest: f64,
    principal: f64,
    arrears: f64,
    prepaid: f64,
    charged_off: f64,
    charged_off_count: u64,
    recoveries: f64,
    originated: f64,
    /// By segment and channel.
    originated_by_cell: [[f64; 3]; 3],
    charged_off_by_cell: [[f64; 3]; 3],
}

/// Probabilities of one month, or (before the factor) their normal quantiles.
#[derive(Clone)]
struct Tables {
    /// By grade and month on book - 1.
    miss: [[f64; MAX_TENOR]; GRADES],
    /// P(next >= k), k = 1..7, by grade and bucket - 1.
    tails: [[[f64; 7]; 6]; GRADES],
}

fn shift_odds(p: f64, log_odds: f64) -> f64 {
    let odds = p / (1.0 - p) * log_odds.exp();
    odds / (1.0 + odds)
}

impl Tables {
    /// Normal quantiles of the probabilities without the factor.
    fn quantiles(normal: &Normal) -> Self {
        let mut tables = Tables {
            miss: [[0.0; MAX_TENOR]; GRADES],
            tails: [[[0.0; 7]; 6]; GRADES],
        };
        for grade in 0..GRADES {
            let eta = 0.25 * (grade as f64 - 4.5);
            for month in 1..=MAX_TENOR {
                let x = month as f64 / 8.0;
                let seasoning = 0.8 + (1.6 - 0.8) * x * (1.0 - x).exp();
                tables.miss[grade][month - 1] =
                    normal.inverse_cdf(shift_odds(0.018, eta + seasoning.ln()));
            }
            for (j, row) in TRANSITIONS.iter().enumerate() {
                for k in 1..8 {
                    let tail: f64 = row[k..].iter().sum();
                    tables.tails[grade][j][k - 1] =
                        normal.inverse_cdf(shift_odds(tail, 0.25 * eta));
                }
            }
        }
        tables
    }

    /// Probabilities of a month with factor `z`, from the quantiles.
    fn with_factor(&self, normal: &Normal, z: f64) -> Self {
        let link = |q: &mut f64| {
            *q = if *q == f64::NEG_INFINITY {
                0.0
            } else {
                normal.cdf((*q - RHO.sqrt() * z) / (1.0 - RHO).sqrt())
            };
        };
        let mut tables = self.clone();
        tables.miss.iter_mut().flatten().for_each(link);
        tables.tails.iter_mut().flatten().flatten().for_each(link);
        tables
    }
}

/// Steps a loan on book by a month; returns whether it stays on book.
fn step(loan: &mut Loan, t: u32, tables: &Tables, rng: &mut StdRng, month: &mut Month) -> bool {
    let months_on_book = t - loan.originated;
    match loan.state {
        State::Current => {
            let prepays = rng.random::<f64>() < PREPAY;
            if prepays && months_on_book < loan.tenor {
                month.interest += loan.balance * loan.monthly_rate;
                month.prepaid += loan.balance;
                return false;
            }
            let miss = tables.miss[loan.grade][months_on_book as usize - 1];
            if !prepays && rng.random::<f64>() < miss {
                loan.state = State::Delinquent(1);
            } else {
                let (interest, principal) = loan.pay();
                month.interest += interest;
                month.principal += principal;
            }
        }
        State::Delinquent(bucket) => {
            let u: f64 = rng.random();
            let next = tables.tails[loan.grade][bucket - 1]
                .iter()
                .take_while(|&&tail| u < tail)
                .count();
            if next == CHARGE_OFF {
                month.charged_off += loan.balance;
                month.charged_off_count += 1;
                month.charged_off_by_cell[loan.segment][loan.channel] += loan.balance;
                return false;
            }
            let due = months_on_book.min(loan.tenor);
            for _ in 0..(bucket + 1 - next) {
                if loan.paid == due {
                    break;
                }
                let (interest, principal) = loan.pay();
                month.interest += interest;
                month.arrears += principal;
            }
            loan.state = if next == 0 {
                State::Current
            } else {
                State::Delinquent(next)
            };
        }
    }
    if loan.paid == loan.tenor {
        return false;
    }
    let bucket = match loan.state {
        State::Current => 0,
        State::Delinquent(bucket) => bucket,
    };
    month.count[bucket] += 1;
    month.balance[bucket] += loan.balance;
    true
}

fn simulate(seed: u64, run: u64, normal: &Normal, quantiles: &Tables) -> Vec<Month> {
    let mut rng = StdRng::seed_from_u64(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ run);
    let amounts = LogNormal::new(10_000f64.ln(), 0.5).unwrap();
    let mut loans: Vec<Loan> = Vec::new();
    let mut months = Vec::new();
    let mut pursued = 0.0;
    let mut z: f64 = StandardNormal.sample(&mut rng);
    for t in 0..MONTHS {
        if t > 0 {
            let e: f64 = StandardNormal.sample(&mut rng);
            z = PHI * z + (1.0 - PHI * PHI).sqrt() * e;
        }
        let tables = quantiles.with_factor(normal, z);
        let mut month = Month {
            account_months: loans.len() as u64,
            ..Month::default()
        };

        loans.retain_mut(|loan| step(loan, t, &tables, &mut rng, &mut month));

        // Of what was charged off before this month.
        month.recoveries = RECOVERY_RATE * pursued * (1.0 - (-RECOVERY_SPEED).exp());
        pursued *= (-RECOVERY_SPEED).exp();
        pursued += month.charged_off;

        if t < VINTAGES {
            for _ in 0..(LOANS * (t + 1) / VINTAGES - LOANS * t / VINTAGES) {
                let loan = Loan::new(&mut rng, &amounts, t);
                month.count[0] += 1;
                month.balance[0] += loan.balance;
                month.originated += loan.balance;
                month.originated_by_cell[loan.segment][loan.channel] += loan.balance;
                loans.push(loan);
            }
        }
        months.push(month);
    }
    months
}

/// The value after `name` on the command line.
fn option(name: &str, default: u64) -> u64 {
    let args: Vec<String> = std::env::args().collect();
    match args.iter().position(|arg| arg == name) {
        Some(i) => args
            .get(i + 1)
            .and_then(|s| s.parse().ok())
            .unwrap_or_else(|| panic!("{name} needs a number")),
        None => default,
    }
}

fn json(names: &[&str], values: impl Iterator<Item = f64>) -> String {
    let fields: Vec<String> = names
        .iter()
        .zip(values)
        .map(|(name, value)| format!("\"{name}\": {value}"))
        .collect();
    format!("{{{}}}", fields.join(", "))
}

fn main() {
    let (runs, seed) = (option("--runs", 20), option("--seed", 1));
    let normal = Normal::standard();
    let quantiles = Tables::quantiles(&normal);
    black_box(simulate(seed, runs, &normal, &quantiles)); // warm-up

    let start = Instant::now();
    let outputs: Vec<Vec<Month>> = (0..runs)
        .map(|run| black_box(simulate(seed, run, &normal, &quantiles)))
        .collect();
    let seconds = start.elapsed().as_secs_f64();

    let names = [
        "charged_off",
        "charged_off_count",
        "prepaid",
        "interest",
        "recoveries",
        "account_months",
    ];
    let totals: Vec<[f64; 6]> = outputs
        .iter()
        .map(|months| {
            let sum = |value: fn(&Month) -> f64| months.iter().map(value).sum();
            [
                sum(|m| m.charged_off),
                sum(|m| m.charged_off_count as f64),
                sum(|m| m.prepaid),
                sum(|m| m.interest),
                sum(|m| m.recoveries),
                sum(|m| m.account_months as f64),
            ]
        })
        .collect();
    let n = runs as f64;
    let mean = |i: usize| totals.iter().map(|total| total[i]).sum::<f64>() / n;
    let std_error = |i: usize| {
        let squares: f64 = totals
            .iter()
            .map(|total| (total[i] - mean(i)).powi(2))
            .sum();
        if runs > 1 {
            (squares / (n - 1.0) / n).sqrt()
        } else {
            0.0
        }
    };
    let account_months = mean(5) * n;
    println!(
        "{{\"peer\": \"naive\", \"runs\": {runs}, \"account_months\": {account_months:.0}, \"seconds\": {seconds}, \
         \"ns_per_account_month\": {}, \"means\": {}, \"std_errors\": {}}}",
        seconds * 1e9 / account_months,
        json(&names, (0..6).map(mean)),
        json(&names, (0..6).map(std_error)),
    );
}
