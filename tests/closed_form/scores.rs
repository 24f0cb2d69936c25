//! T28: score scale; the law of scores and selection by the cut-off; grades, prices, take-up, amounts.

use lendcycle::engine::{LoanRecord, MonthMetric, RunResult, simulate_run_with};
use lendcycle::ledger::Flow;
use lendcycle::model::borrower::{AmountLaw, AmountTable, ScoreLaw, choose};
use lendcycle::model::pricing::{offered_apr, take_up};
use lendcycle::model::underwriting::{ScoreScale, grade};
use lendcycle::money::Fen;
use lendcycle::random::uniform;
use statrs::distribution::{Continuous, ContinuousCDF, Normal};

use crate::laboratory::{LAB, MARKET, assert_close, assert_count, assert_mean, flow, setup};

const LAW: ScoreLaw = ScoreLaw { mean: 556.0, deviation: 42.0, error: 20.0 };

/// `E f(Z)` of a standard normal `Z` given as a quantile level, by the trapezoidal rule.
fn expectation(f: impl Fn(f64) -> f64) -> f64 {
    let normal = Normal::standard();
    (-128..=128).map(|i| f64::from(i) / 16.0).map(|z| f(normal.cdf(z)) * normal.pdf(z) / 16.0).sum()
}

#[test]
fn score_scale_matches_worked_numbers() {
    let scale = ScoreScale::new(20.0, 600.0, 50.0);
    assert_close("factor", scale.factor, 28.8539008178, 1e-11);
    assert_close("offset", scale.offset, 487.1228762045, 1e-11);
    for (score, pd) in [(560.0, 0.074074), (580.0, 0.038462), (600.0, 0.019608), (620.0, 0.009901)] {
        assert_close("PD", scale.default_probability(score), pd, 5e-7);
        assert_close("odds", scale.log_odds(score).exp(), 50.0 * 2_f64.powf((score - 600.0) / 20.0), 1e-12);
    }
    assert_close("20 points are a doubling", scale.risk(549.0, 569.0), 2_f64.ln(), 1e-14);
}

#[test]
fn observed_scores_are_normal_with_both_variances() {
    let mean = expectation(|u| LAW.observed(u));
    assert_close("mean", mean, 556.0, 1e-9);
    let variance = expectation(|u| (LAW.observed(u) - 556.0).powi(2));
    assert_close("variance", variance, 42.0 * 42.0 + 20.0 * 20.0, 1e-9);
}

#[test]
fn true_scores_regress_to_the_mean() {
    let reliability = 1764.0 / 2164.0;
    for observed in [480.0, 556.0, 640.0] {
        let mean = expectation(|u| LAW.true_score(observed, u));
        assert_close("conditional mean", mean, 556.0 + reliability * (observed - 556.0), 1e-9);
        let variance = expectation(|u| (LAW.true_score(observed, u) - mean).powi(2));
        assert_close("conditional variance", variance, 1764.0 * 400.0 / 2164.0, 1e-8);
    }
    let mean = expectation(|u| expectation(|v| LAW.true_score(LAW.observed(u), v)));
    assert_close("mean of all", mean, 556.0, 1e-9);
    let square = expectation(|u| expectation(|v| (LAW.true_score(LAW.observed(u), v) - 556.0).powi(2)));
    assert_close("variance of all", square, 1764.0, 1e-8);
    let both = expectation(|u| {
        expectation(|v| (LAW.true_score(LAW.observed(u), v) - 556.0) * (LAW.observed(u) - 556.0))
    });
    assert_close("covariance is the variance of the truth", both, 1764.0, 1e-8);
}

#[test]
fn a_score_without_error_is_the_truth() {
    let law = ScoreLaw { error: 0.0, ..LAW };
    assert_close("true", law.true_score(601.5, 0.9), 601.5, 1e-12);
    let constant = ScoreLaw { deviation: 0.0, error: 0.0, ..LAW };
    assert_eq!((constant.observed(0.1), constant.true_score(556.0, 0.9)), (556.0, 556.0));
    assert_eq!((constant.below(556.0), constant.below(556.5)), (0, 1 << 32));
}

#[test]
fn words_below_the_cutoff_are_scores_below_it() {
    let normal = Normal::standard();
    for cutoff in [500.0, 572.0, 640.0] {
        let threshold = LAW.below(cutoff);
        let share = normal.cdf((cutoff - 556.0) / 2164_f64.sqrt());
        assert_close("declined share", threshold as f64 / 2_f64.powi(32), share, 1e-9);
        let observed = |word: u64| LAW.observed((word as f64 + 0.5) / 2_f64.powi(32));
        assert!(observed(threshold - 2) < cutoff && observed(threshold + 1) >= cutoff);
    }
}

#[test]
fn grades_are_cut_at_their_lowest_scores() {
    let lowest = [650.0, 625.0, 605.0, 590.0];
    let read = [700.0, 650.0, 649.9, 625.0, 605.0, 604.9, 590.0, 589.9].map(|score| grade(score, &lowest));
    assert_eq!(read, [0, 0, 1, 1, 2, 3, 3, 4]);
    assert_eq!(grade(300.0, &[]), 0);
}

#[test]
fn offers_stay_between_floor_and_cap() {
    assert_close("between", offered_apr(0.03, 0.045, 0.005, 0.06, 0.085), 0.08, 1e-15);
    assert_close("floor", offered_apr(0.01, 0.045, -0.01, 0.06, 0.085), 0.06, 1e-15);
    assert_close("cap", offered_apr(0.05, 0.045, 0.005, 0.06, 0.085), 0.085, 1e-15);
}

#[test]
fn take_up_is_a_logit_with_the_elasticity_of_theory() {
    assert_close("reference", take_up(0.66, 0.144, 0.144, -0.06, 0.0), 0.66, 1e-14);
    let odds = 0.66 / 0.34 * (-0.06 * 2.0 - 0.21_f64).exp();
    assert_close(
        "2 points more, 3 rivals",
        take_up(0.66, 0.164, 0.144, -0.06, -0.21),
        odds / (1.0 + odds),
        1e-13,
    );
    let (apr, slope, h) = (0.15, -0.15, 1e-6);
    let at = |apr: f64| take_up(0.60, apr, 0.075, slope, 0.0);
    let elasticity = (at(apr + h).ln() - at(apr - h).ln()) / ((apr + h).ln() - (apr - h).ln());
    // -b APR (1 - pi), b per unit of rate.
    assert_close("elasticity", elasticity, 100.0 * slope * apr * (1.0 - at(apr)), 1e-7);
    assert_eq!((take_up(1.0, 0.5, 0.1, -6.0, -6.0), take_up(0.0, 0.0, 0.1, -6.0, 6.0)), (1.0, 0.0));
}

#[test]
fn amounts_are_lognormal_within_limits_and_steps() {
    let law = AmountLaw {
        median: 300_000.0,
        spread: 0.45,
        min: Fen(100_000),
        max: Fen(500_000),
        step: Fen(10_000),
    };
    let normal = Normal::standard();
    assert_eq!(law.draw(0.5), Fen(300_000));
    for (z, expected) in
        [(1.0, 470_494.0), (-1.0, 191_288.0), (-2.0, 121_971.0), (2.0, 500_000.0), (-3.0, 100_000.0)]
    {
        let amount = law.draw(normal.cdf(z)).0;
        assert_eq!(amount % 10_000, 0);
        assert!((amount as f64 - expected).abs() <= 5_000.0, "{amount} is not {expected} to the step");
    }
    let tables = [(0.45, 10_000), (0.45, 100), (0.003, 10_000), (3.0, 10_000), (0.0, 10_000)];
    for (spread, step) in tables {
        let law = AmountLaw { spread, step: Fen(step), ..law };
        let table = AmountTable::new(law);
        let words = (0..200_000_u32).map(|i| i.wrapping_mul(0x9E37_79B9)).chain([0, 1, u32::MAX]);
        for word in words {
            assert_eq!(table.draw(word), law.draw(uniform(word)), "spread {spread}, word {word}");
        }
    }
    let thresholds = [1 << 30, 1 << 31, 1 << 32];
    assert_eq!([0, (1 << 30) - 1, 1 << 30, u32::MAX].map(|word| choose(&thresholds, word)), [0, 0, 1, 2]);
}

/// A market instead of a plan: about 20,000 leads in the only month.
fn market() -> (RunResult, Vec<LoanRecord>) {
    let settings = [
        "run.months=1",
        "channel.lab.audience.lab.innovation=0.02",
        "segment.lab.completion=0.6",
        "segment.lab.fraud_share=0.1",
        "underwriting.fraud_catch_rate=0.7",
        "segment.lab.score_mean=556",
        "segment.lab.score_deviation=42",
        "underwriting.score_error=20",
        "segment.lab.cutoff_new=572",
        "product.lab.take_up=0.5",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=3000.00",
        "product.lab.amount_max=5000.00",
        "product.lab.tenors=[{months=6, share=0.2}, {months=12, share=0.5}, {months=24, share=0.3}]",
    ];
    simulate_run_with(&setup(MARKET, &settings), 0)
}

#[test]
fn the_funnel_passes_the_share_of_each_gate() {
    let (result, loans) = market();
    let passed = |of: Flow| result.total(of);
    let share = 1.0 - Normal::standard().cdf((572.0 - 556.0) / 2164_f64.sqrt());
    assert!(passed(Flow::Leads) > 15_000, "enough leads to tell");
    let applications = passed(Flow::Applications) as f64;
    assert_count("applications", passed(Flow::Applications), passed(Flow::Leads) as f64, 0.6);
    assert_count("caught", passed(Flow::FraudCaught), applications, 0.07);
    assert_count("approved", passed(Flow::Approvals), applications - passed(Flow::FraudCaught) as f64, share);
    assert_count("taken up", passed(Flow::LoansNew), passed(Flow::Approvals) as f64, 0.5);
    assert_count("fraud", passed(Flow::LoansFraud), passed(Flow::LoansNew) as f64, 0.03 / 0.93);
    assert_eq!(loans.len() as i64, passed(Flow::LoansNew));
    for (tenor, share) in [(6, 0.2), (12, 0.5), (24, 0.3)] {
        let count = loans.iter().filter(|loan| loan.instalments.len() == tenor as usize).count();
        assert_count("tenor", count as i64, loans.len() as f64, share);
    }
}

#[test]
fn approved_borrowers_are_selected_as_the_truncated_normal_says() {
    let (_, loans) = market();
    let normal = Normal::standard();
    let deviation = 2164_f64.sqrt();
    let bound = 16.0 / deviation;
    let mills = normal.pdf(bound) / (1.0 - normal.cdf(bound));
    let observed: Vec<f64> = loans.iter().map(|loan| loan.score_observed).collect();
    assert!(observed.iter().all(|score| *score >= 572.0));
    assert_mean("observed", &observed, 556.0 + deviation * mills);
    // The bank overrates those it approves: the truth rises by the reliability only.
    let truth: Vec<f64> = loans.iter().map(|loan| loan.score_true).collect();
    assert_mean("true", &truth, 556.0 + 1764.0 / deviation * mills);
    for loan in &loans {
        let risk = (569.0 - loan.score_true) / 28.8539008178;
        assert_eq!(loan.level, (0.55 * risk * 32.0).round() as i32, "level of {loan:?}");
        assert_eq!(loan.level_delinquent, (0.20 * risk * 32.0).round() as i32);
        assert_eq!(loan.grade, grade(loan.score_observed, &[650.0, 625.0, 605.0, 590.0]));
    }
}

#[test]
fn losses_weigh_the_odds_of_each_borrower() {
    // Mixed borrowers through the engine: the mean of expit(logit p + slope risk) over the true scores.
    let settings = [
        "run.months=2",
        "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=60000}]",
        "segment.lab.score_deviation=42",
        "underwriting.score_error=20",
        "delinquency.m0=[0.95, 0.05]",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=1000.00",
        "product.lab.amount_max=1000.00",
    ];
    let (result, loans) = simulate_run_with(&setup(LAB, &settings), 0);
    let logit = (0.05_f64 / 0.95).ln();
    let expected = expectation(|u| {
        let risk = -42.0 * Normal::standard().inverse_cdf(u) / 28.8539008178;
        1.0 / (1.0 + (-(logit + 0.55 * risk)).exp())
    });
    assert!(expected > 0.055, "the mean over borrowers is above that of the mean borrower: {expected}");
    assert_count("missed", result.total(Flow::AccountsMissed), loans.len() as f64, expected);
}

#[test]
fn risk_effects_count_in_full_and_only_while_current() {
    let settings = [
        "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=40000}]",
        "run.months=3",
        "segment.lab.score_mean=511.2921983644",
        "segment.lab.risk_effect=0.5",
        "market.rivals_initial=3",
        "market.risk_effect=0.1",
        "delinquency.m0=[0.98, 0.02]",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=1000.00",
        "product.lab.amount_max=1000.00",
    ];
    // The score is two units of log-odds below the reference.
    let (result, loans) = simulate_run_with(&setup(LAB, &settings), 0);
    let (current, delinquent) = (0.55 * 2.0 + 0.5 + 0.3, 0.20 * 2.0);
    let on_grid = |log_odds: f64| (log_odds * 32.0).round();
    for loan in &loans {
        assert_eq!(f64::from(loan.level), on_grid(current));
        assert_eq!(f64::from(loan.level_delinquent), on_grid(delinquent));
    }
    let share = |p: f64, log_odds: f64| {
        let odds = p / (1.0 - p) * (on_grid(log_odds) / 32.0).exp();
        odds / (1.0 + odds)
    };
    let missed = flow(&result, 1, Flow::AccountsMissed);
    assert_count("missed", missed, loans.len() as f64, share(0.02, current));
    let rolled = result.get(2, MonthMetric::BucketAccounts(2));
    assert_count("rolled on", rolled, missed as f64, share(0.45, delinquent));
}

#[test]
fn small_applications_are_decided_at_once() {
    // Amounts of 1,000 to 100,000 in steps of 500, median 20,000, spread 0.8; up to 5,000 is what rounds to less than 5,250.
    let law =
        AmountLaw { median: 2e6, spread: 0.8, min: Fen(100_000), max: Fen(10_000_000), step: Fen(50_000) };
    let normal = Normal::standard();
    for (limit, edge) in
        [(500_000, 525_000.0), (510_000, 525_000.0), (2_000_000, 2_025_000.0), (100_000, 125_000.0)]
    {
        let share = normal.cdf((edge / 2e6_f64).ln() / 0.8);
        assert_close(&format!("up to {limit}"), law.share_up_to(Fen(limit)), share, 1e-10);
        // The same by counting the amounts that a million words bring.
        let words = (0..1_000_000_u32).map(|at| uniform(((f64::from(at) + 0.5) * 4294.967296) as u32));
        let small = words.filter(|u| law.draw(*u) <= Fen(limit)).count();
        assert_close(&format!("counted up to {limit}"), small as f64 / 1e6, share, 1e-4);
    }
    assert_eq!(law.share_up_to(Fen(10_000_000)), 1.0);
    assert_eq!(law.share_up_to(Fen(99_999)), 0.0);
    let one = AmountLaw { spread: 0.0, ..law };
    assert_eq!((one.share_up_to(Fen(2_000_000)), one.share_up_to(Fen(1_950_000))), (1.0, 0.0));
}

#[test]
fn staff_decide_on_what_is_large_and_on_a_share_of_what_is_small() {
    let settings = [
        "run.months=6",
        "segment.lab.population=40000",
        "segment.lab.completion=0.7",
        "channel.lab.audience.lab.innovation=0.02",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=20000.00",
        "product.lab.amount_max=100000.00",
        "product.lab.amount_step=500.00",
        "product.lab.amount_spread=0.8",
        "product.lab.automatic_amount_max=5000.00",
        "product.lab.automatic_share=0.7",
    ];
    let (result, _) = simulate_run_with(&setup(MARKET, &settings), 0);
    let small = Normal::standard().cdf((5_250.0_f64 / 20_000.0).ln() / 0.8);
    for month in 0..6 {
        let applications = flow(&result, month, Flow::Applications) as f64;
        let by_staff = result.get(month, MonthMetric::ManualApplications) as f64 * 1e-6;
        assert!(applications > 100.0);
        assert_close(&format!("month {month}"), by_staff / applications, 1.0 - 0.7 * small, 1e-7);
    }
}
