//! T44: the stage classifier on trapezoid originations, directly and through the engine.

use lendcycle::engine::{MonthMetric, RunResult, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::stage::{Classifier, Label, Observation, Rules, Stage, back_dated, implied_growth};

use crate::laboratory::{LAB, assert_close, flow, setup};

const MONTHS: usize = 100;

/// Originations: linear to 100 in 24 months, 24 months at 100, linear to nothing by month 72.
fn originated(month: usize) -> f64 {
    match month {
        0..24 => 100.0 * (month + 1) as f64 / 24.0,
        24..48 => 100.0,
        48..72 => 100.0 * (72 - month) as f64 / 24.0,
        _ => 0.0,
    }
}

/// Repayments and balance of equal-principal loans over twelve months.
fn book() -> Vec<(f64, f64)> {
    let mut balance = 0.0;
    (0..MONTHS)
        .map(|month| {
            let repaid: f64 =
                (month.saturating_sub(12)..month).map(|vintage| originated(vintage) / 12.0).sum();
            balance += originated(month) - repaid;
            (repaid, if balance < 1e-9 { 0.0 } else { balance })
        })
        .collect()
}

/// Cut-offs of the ratio of repayments to originations, at an average life of 6.5 months.
fn rules(dwell: u32) -> Rules {
    let growth = |ratio: f64| -ratio.ln() / 6.5;
    Rules {
        window: 3,
        dwell,
        plateau_growth: growth(0.90),
        second_growth: growth(0.80),
        second_growth_rise: 0.03,
        decline_growth: growth(1.05),
        recovery_growth: growth(0.97),
        exit_originations: 0.02,
        exit_npl: 0.5,
        exit_balance: 0.05,
        relaunch_originations: 0.1,
        closed_balance: 0.001,
    }
}

fn observations() -> impl Iterator<Item = Observation> {
    book().into_iter().enumerate().map(|(month, (repaid, balance))| Observation {
        originated: originated(month),
        repaid,
        balance,
        npl: 0.0,
        principal_months: originated(month) * 6.5,
        originated_raw: originated(month),
    })
}

/// First months of the stages.
fn changes(stages: &[Stage]) -> Vec<(usize, Stage)> {
    (0..stages.len())
        .filter(|&month| month == 0 || stages[month] != stages[month - 1])
        .map(|month| (month, stages[month]))
        .collect()
}

const WORKED: [(usize, Stage); 5] = [
    (0, Stage::Growth(1)),
    (29, Stage::Plateau),
    (51, Stage::Decline),
    (76, Stage::Exit),
    (82, Stage::Closed),
];

#[test]
fn trapezoid_originations_pass_through_all_stages_in_their_months() {
    let stages = back_dated(Classifier::new(rules(3)), observations());
    assert_eq!(changes(&stages), WORKED);
}

#[test]
fn the_online_label_waits_for_its_dwell_and_never_looks_ahead() {
    for dwell in [1, 3, 6] {
        let mut online = Classifier::new(rules(dwell));
        let labels: Vec<Label> = observations().map(|seen| online.push(seen)).collect();
        let stages: Vec<Stage> = labels.iter().map(|label| label.stage).collect();
        for (month, stage) in changes(&stages).into_iter().skip(1) {
            let waited = month as u32 + 1 - labels[month].since;
            assert_eq!(waited, dwell, "{stage:?} in month {month}");
        }
        // A label does not depend on what comes after it.
        for end in [20, 31, 53, 80] {
            let mut short = Classifier::new(rules(dwell));
            let cut: Vec<Label> = observations().take(end).map(|seen| short.push(seen)).collect();
            assert_eq!(cut, labels[..end]);
        }
    }
}

#[test]
fn implied_growth_is_the_growth_of_a_bullet_book() {
    // Loans of 10 months growing by g a month: repayments are the originations of ten months ago.
    for g in [-0.03, 0.0, 0.02_f64] {
        assert_close("g", implied_growth(1.0, (-10.0 * g).exp(), 10.0), g, 1e-14);
    }
    assert_eq!(implied_growth(5.0, 0.0, 6.5), f64::INFINITY);
    assert_eq!(implied_growth(0.0, 5.0, 6.5), f64::NEG_INFINITY);
    assert_eq!(implied_growth(0.0, 0.0, 6.5), 0.0);
}

/// A loan is 1,200.00, a month's full originations 24 loans: 100 of the worked numbers.
fn engine(settings: &[&str]) -> RunResult {
    let entry = |month: usize| {
        let count = (originated(month) * 0.24).round();
        format!("{{segment=\"lab\", channel=\"lab\", from={month}, to={month}, count={count}}}")
    };
    let plan = format!("plan.loans=[{}]", (0..72).map(entry).collect::<Vec<_>>().join(", "));
    let given = [
        &plan,
        "run.months=100",
        "product.lab.schedule=\"equal_principal\"",
        "product.lab.amount_min=1200.00",
        "product.lab.amount_median=1200.00",
        "product.lab.amount_max=1200.00",
    ];
    let settings = [&given, settings].concat();
    simulate_run(&setup(LAB, &settings), 0, &mut Default::default())
}

/// Fen per unit of the worked numbers.
const UNIT: f64 = 24.0 * 120_000.0 / 100.0;

#[test]
fn the_engine_passes_through_the_same_stages() {
    let result = engine(&["lifecycle.dwell_report=3", "lifecycle.dwell_policy=3"]);
    assert_eq!(changes(&result.stages), WORKED);
    let online: Vec<(usize, Stage)> =
        WORKED.into_iter().map(|(month, stage)| (if month == 0 { 0 } else { month + 2 }, stage)).collect();
    assert_eq!(changes(&result.stages_online), online);
}

#[test]
fn balances_and_repayments_of_the_trapezoid_match_worked_numbers() {
    let result = engine(&[]);
    let balance = |month: usize| result.get(month, MonthMetric::Balance) as f64 / UNIT;
    let repaid = |month: usize| flow(&result, month, Flow::PrincipalScheduled) as f64 / UNIT;
    for (month, (expected_repaid, expected_balance)) in book().into_iter().enumerate() {
        assert_close("repaid", repaid(month), expected_repaid, 1e-12);
        assert_close("balance", balance(month), expected_balance, 1e-12);
    }
    assert_close("R12", repaid(12), 27.0833, 2e-6);
    assert_close("B23", balance(23), 550.6944, 1e-7);
    assert_close("B71", balance(71), 126.3889, 3e-7);
    assert_eq!(balance(83), 0.0);
    let peak = (0..100).map(balance).fold(0.0, f64::max);
    assert_eq!(peak, 650.0, "exactly");
    let at_peak: Vec<usize> = (0..100).filter(|&month| balance(month) == peak).collect();
    assert_eq!(at_peak[..2], [34, 35]);
}

#[test]
fn second_growth_follows_a_relaunch() {
    // A second, higher wave after the first one's plateau: counts per month.
    let waves = |month: usize| match month {
        0..12 => 2 * (month as u64 + 1),
        12..36 => 24,
        36..54 => 24 + 6 * (month as u64 - 35),
        _ => 132,
    };
    let entries: Vec<String> = (0..MONTHS)
        .map(|m| format!("{{segment=\"lab\", channel=\"lab\", from={m}, to={m}, count={}}}", waves(m)))
        .collect();
    let result = engine(&[&format!("plan.loans=[{}]", entries.join(", "))]);
    let names: Vec<String> = changes(&result.stages).iter().map(|(_, stage)| stage.name()).collect();
    assert_eq!(names, ["growth", "plateau", "growth_2", "plateau"]);
}
