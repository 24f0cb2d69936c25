//! What is set aside, by hand: a single loan, the chain of delinquent states, loss given default, the five categories; the same
//! loss in the end whatever the method; nothing known before its time.

use lendcycle::engine::{MonthMetric, RunResult, Setup, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::basis::Basis;
use lendcycle::lifecycle::profitability::by_stage;
use lendcycle::model::provision::{LossTerms, charge_off_probabilities, forecast_probability};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::laboratory::{ALL_ROLL, assert_close, setup};

const LAB: &str = "tests/scenarios/lab_provision.toml";
const SMALL: &str = "tests/scenarios/small_ecl.toml";
/// One bullet loan in the first month; the amount is one, so that nothing is lost in rounding but the fen.
const ONE_BULLET: [&str; 3] = [
    "plan.loans=[{ segment = \"lab\", channel = \"lab\", from = 0, to = 0, count = 200 }]",
    "run.months=36",
    "product.lab.schedule=\"interest_only\"",
];

fn play(file: &str, settings: &[&str]) -> RunResult {
    simulate_run(&setup(file, settings), 0, &mut lendcycle::engine::Workspace::default())
}

fn allowance(result: &RunResult, month: usize) -> i64 {
    (0..3).map(|stage| result.get(month, MonthMetric::Allowance(stage))).sum()
}

/// T18 gives charge-off from M1 ... M6 for borrowers who miss again after catching up: `D = A + (1 - A) C`. What the allowance
/// needs is `A`, charge-off before having caught up.
#[test]
fn the_chain_of_delinquent_states_ends_in_charge_off_as_in_the_table() {
    let rows: [&[f64]; 7] = [
        &[],
        &[0.48, 0.07, 0.45],
        &[0.12, 0.08, 0.05, 0.75],
        &[0.06, 0.02, 0.03, 0.04, 0.85],
        &[0.03, 0.0, 0.0, 0.0, 0.07, 0.90],
        &[0.02, 0.0, 0.0, 0.0, 0.0, 0.06, 0.92],
        &[0.02, 0.0, 0.0, 0.0, 0.0, 0.0, 0.04, 0.94],
    ];
    let found = charge_off_probabilities(|age| rows[age as usize], 7);
    let current = 0.213_105_34;
    let table = [0.479_487_02, 0.763_627_48, 0.882_019_34, 0.942_886_68, 0.967_212_72, 0.983_606_36];
    for (age, with_returns) in table.into_iter().enumerate() {
        let expected = (with_returns - current) / (1.0 - current);
        assert_close(&format!("M{}", age + 1), found[age + 1], expected, 1e-7);
    }
}

/// T38: 12 % in the end, 8 % of the rest each month, at 10 % a year: 10.9162 % in present value.
#[test]
fn loss_given_default_is_what_recoveries_leave() {
    let discount = 1.1_f64.powf(-1.0 / 12.0);
    let monthly = 1.0 - (-0.08_f64).exp();
    let bare = LossTerms {
        recovery: (0.12, monthly, 0.0),
        factor_effect: 0.0,
        guarantee: (0.0, 0),
        litigation: (0.0, 0, 0.0),
    };
    let by_hand: f64 =
        (1..4_000).map(|month| 0.12 * monthly * (1.0 - monthly).powi(month - 1) * discount.powi(month)).sum();
    assert_close("recoveries summed", 1.0 - bare.loss_given_default(discount, 0.0), by_hand, 1e-12);
    // The table lets money come in all through the month, the engine at its end: half a month later.
    assert_close("recoveries of the table", by_hand / discount.sqrt(), 0.109_162, 1e-5);
    let guaranteed = LossTerms { guarantee: (0.4, 6), ..bare };
    let expected = 1.0 - 0.4 * discount.powi(6) - 0.6 * by_hand;
    assert_close("guarantee", guaranteed.loss_given_default(discount, 0.0), expected, 1e-12);
    let sued = LossTerms { litigation: (0.5, 12, 0.3), ..bare };
    let court = discount.powi(12) * (0.3 + 0.7 * by_hand);
    assert_close("court", sued.loss_given_default(discount, 0.0), 1.0 - 0.5 * by_hand - 0.5 * court, 1e-12);
}

/// The forecast is the mean of what the factor may become: quadrature over its law.
#[test]
fn a_forecast_is_the_mean_over_the_factor_to_come() {
    let normal = Normal::standard();
    let (correlation, persistence, threshold) = (0.08_f64, 0.9_f64, -1.7_f64);
    for horizon in [1, 3, 12, 60] {
        for factor in [-2.0, 0.0, 1.5] {
            let kept = persistence.powi(horizon);
            let spread = (1.0 - kept * kept).sqrt();
            let steps = 4_000;
            let width = 16.0 / f64::from(steps);
            let mean: f64 = (0..=steps)
                .map(|step| {
                    let x = -8.0 + width * f64::from(step);
                    let weight = if step == 0 || step == steps { 0.5 } else { 1.0 };
                    let density = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
                    let z = kept * factor + spread * x;
                    let missed =
                        normal.cdf((threshold - correlation.sqrt() * z) / (1.0 - correlation).sqrt());
                    weight * width * density * missed
                })
                .sum();
            let found = forecast_probability(threshold, (correlation, persistence), factor, horizon as u32);
            assert_close(&format!("{horizon} months from {factor}"), found, mean, 1e-8);
        }
    }
}

/// Bullet loans that miss with 2 % a month and then never pay: `sum (1-p)^(k-1) p v^(k+6)` of the balance, of which the
/// first nine months default within twelve.
#[test]
fn a_loan_of_constant_hazard_is_provided_for_as_by_hand() {
    let settings: Vec<&str> =
        ONE_BULLET.iter().chain(&ALL_ROLL[1..7]).copied().chain(["delinquency.m0=[0.98, 0.02]"]).collect();
    let result = play(LAB, &settings);
    let v: f64 = 1.0 / (1.0 + 0.18 / 12.0);
    let (p, months) = (0.02, 12);
    let weight = |k: i32| (1.0_f64 - p).powi(k - 1) * p * v.powi(k + 6);
    let lent = result.get(0, MonthMetric::Flow(Flow::OriginatedNew)) as f64;
    let twelve: f64 = (1..=9).map(weight).sum();
    let life: f64 = (1..=months).map(weight).sum();
    assert_close("allowance of twelve months", allowance(&result, 0) as f64 / lent, twelve, 1e-8);
    assert_close("expected over life", result.vintage_expected[0] as f64 / lent, life, 1e-8);
    // A month later, of those who have paid; those who have not are one month past due, in stage 1 still.
    let current = result.get(1, MonthMetric::BucketBalance(0)) as f64;
    let late = result.get(1, MonthMetric::BucketBalance(1)) as f64;
    assert!(late > 0.0, "nobody is late");
    let expected = current * twelve + late * v.powi(6);
    assert_close("a month later", allowance(&result, 1) as f64, expected, 1e-8);
    // Nothing is left on book, and what was set aside is used up.
    assert_eq!(allowance(&result, 35), 0);
    assert!(result.total(Flow::ChargedOff) > 0);
}

/// More than 90 days past due is stage 3, more than 30 is stage 2.
#[test]
fn stages_follow_days_past_due() {
    let settings: Vec<&str> = ONE_BULLET.iter().chain(&ALL_ROLL).copied().collect();
    let result = play(LAB, &settings);
    for month in 1..7 {
        let stage = match month {
            1 => 0,
            2 | 3 => 1,
            _ => 2,
        };
        let balance = result.get(month, MonthMetric::Balance);
        assert!(balance > 0);
        for other in 0..3 {
            let expected = if other == stage { balance } else { 0 };
            assert_eq!(result.get(month, MonthMetric::StageBalance(other as u8)), expected, "month {month}");
        }
        // Charge-off is certain: its present value.
        let v: f64 = 1.0 / (1.0 + 0.18 / 12.0);
        let expected = balance as f64 * f64::powi(v, 7 - month as i32);
        assert_close(&format!("month {month}"), allowance(&result, month) as f64, expected, 1e-9);
        // What stage 3 earns is the interest on what it is worth.
        let unwound = result.get(month, MonthMetric::Flow(Flow::Stage3Interest));
        let expected =
            if month < 5 { 0.0 } else { balance as f64 * (1.0 - f64::powi(v, 8 - month as i32)) * 0.015 };
        assert_close(&format!("interest of month {month}"), unwound as f64, expected, 1e-7);
    }
}

/// Pools of loans are worth what their categories say.
#[test]
fn five_categories_are_shares_of_their_balances() {
    let rates = [0.015, 0.03, 0.25, 0.50, 1.00];
    let settings: Vec<&str> = ["provision.method=\"five_class\"", "delinquency.charge_off_days=720"]
        .into_iter()
        .chain(["provision.class_rates=[0.015, 0.03, 0.25, 0.50, 1.00]", "delinquency.m0=[0.9, 0.1]"])
        .chain(["run.months=40"])
        .collect();
    let result = play(LAB, &settings);
    let mut worst = 0;
    for month in 0..40 {
        let bucket = |at: u8| result.get(month, MonthMetric::BucketBalance(at));
        let (doubtful, loss) =
            (result.get(month, MonthMetric::BalanceDoubtful), result.get(month, MonthMetric::BalanceLoss));
        let npl: i64 = (4..7).map(bucket).sum();
        let special: i64 = (1..4).map(bucket).sum();
        let classes = [bucket(0), special, npl - doubtful, doubtful - loss, loss];
        let expected: f64 = classes.iter().zip(rates).map(|(balance, rate)| *balance as f64 * rate).sum();
        assert!((allowance(&result, month) as f64 - expected).abs() <= 3.0, "month {month}");
        worst = worst.max(loss);
    }
    assert!(worst > 0, "no category of loss");
}

/// T53: the method moves the months in which losses count, never their sum.
#[test]
fn the_life_earns_the_same_by_every_method_and_on_every_basis() {
    let without_stages = "tests/scenarios/small_five_class.toml";
    for run in 0..4 {
        let of = |file: &str, settings: &[&str]| {
            let setup: Setup = setup(file, settings);
            simulate_run(&setup, run, &mut lendcycle::engine::Workspace::default())
        };
        let results = [
            of(SMALL, &[]),
            of(without_stages, &[]),
            of(without_stages, &["provision.method=\"ecl\""]),
            of(without_stages, &["provision.method=\"incurred\""]),
        ];
        let rows: Vec<_> = results.iter().map(by_stage).collect();
        let total = rows[0].lifetime.profit(Basis::Incurred);
        for (result, row) in results.iter().zip(&rows) {
            for basis in Basis::ALL {
                if basis != Basis::Ecl || result.total(Flow::ProvisionCharged) > 0 {
                    assert_eq!(row.lifetime.profit(basis), total, "run {run}, {basis:?}");
                }
            }
        }
        let growth = |at: usize| rows[at].stages[0].profit(Basis::Ecl);
        assert!(growth(0) != growth(1), "the methods agree on when");
    }
}

/// Two economies that are the same until month 12 have the same allowances until then.
#[test]
fn nothing_is_set_aside_for_what_is_not_known_yet() {
    let calm = vec!["0.0"; 30].join(", ");
    let storm = [vec!["0.0"; 13], vec!["-3.0"; 17]].concat().join(", ");
    let of = |path: &str| {
        let path = format!("economy.factor_path=[{path}]");
        let result = play(SMALL, &[&path, "run.months=30"]);
        (0..30)
            .map(|month| (allowance(&result, month), result.get(month, MonthMetric::Balance)))
            .collect::<Vec<_>>()
    };
    let (calm, storm) = (of(&calm), of(&storm));
    assert_eq!(calm[..13], storm[..13]);
    let ratio = |(allowance, balance): (i64, i64)| allowance as f64 / balance as f64;
    assert!(ratio(storm[13]) > 1.3 * ratio(calm[13]), "a bad month is provided for at once");
    assert!(ratio(storm[24]) > ratio(calm[24]));
}
