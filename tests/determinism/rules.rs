//! Rules read the past only, change nothing while they do not hold, and are the plain policy when they always do.

use lendcycle::engine::{MONTH_METRICS, MonthMetric, RunResult, figure};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::metrics::{Sums, Unit, find};
use lendcycle::output::rules_table::rules;
use lendcycle::output::summary::Batch;
use lendcycle::output::table::Cell;
use lendcycle::policy::{Firing, Metric};

use crate::laboratory::{assert_close, runs, runs_without_log, setup, setup_of};

/// Rules on every figure, in a small market.
const RULES: &str = "tests/scenarios/rules.toml";
/// The policy on months alone of `rules_ahead.toml`, the last of the file.
const LOOSEN: u32 = 18;
const RUNS: u64 = 6;

/// What was decided up to and with a month.
fn decided(result: &RunResult, month: u32) -> Vec<Firing> {
    let begun = result.firings.iter().filter(|firing| firing.fired <= month);
    begun.map(|f| Firing { ended: f.ended.filter(|ended| *ended <= month), ..*f }).collect()
}

/// The decisions of month `t` are made on what was seen before it: whatever month `t` and later bring, they are the same.
#[test]
fn no_rule_looks_ahead() {
    for month in [9, 23, 40_u32] {
        let path = |later: &str| {
            let values: Vec<&str> = (0..60).map(|m| if m < month { "-0.5" } else { later }).collect();
            format!("economy.factor_path=[{}]", values.join(", "))
        };
        let rate =
            |later: &str| format!("economy.lpr=[{{month=0, apr=0.03}}, {{month={month}, apr={later}}}]");
        let plan = |more: &str| {
            let loans = "segment=\"youth\", channel=\"online_ads\"";
            format!("plan={{loans=[{{{loans}, from=0, to=59, count=30}}{}]}}", more.replace("LOANS", loans))
        };
        let none = String::new;
        for (what, one, other) in [
            ("the factor", path("0.5"), path("-4")),
            ("the prime rate", rate("0.031"), rate("0.06")),
            ("a plan", plan(""), plan(&format!(", {{LOANS, from={month}, to=59, count=30}}"))),
            ("a policy", none(), format!("policy.loosen.from={month}")),
        ] {
            let played = |setting: &str| {
                let settings: Vec<String> =
                    (!setting.is_empty()).then(|| setting.to_owned()).into_iter().collect();
                runs(&setup_of("tests/scenarios/rules_ahead.toml", &settings), RUNS)
            };
            let (one, other) = (played(&one), played(&other));
            for (one, other) in one.iter().zip(&other) {
                let rows = month as usize * MONTH_METRICS;
                assert_eq!(one.months[..rows], other.months[..rows], "{what} from month {month}");
                // Only a policy on months itself may be decided in that month.
                let rules = |f: &Firing| f.rule != LOOSEN;
                let kept = |result| decided(result, month).into_iter().filter(rules).collect::<Vec<_>>();
                assert_eq!(kept(one), kept(other), "{what} from month {month}");
            }
            assert!(one.iter().zip(&other).any(|(one, other)| one.months != other.months), "{what}");
        }
    }
}

#[test]
fn a_shorter_horizon_is_the_beginning_of_a_longer_one() {
    let long = runs(&setup(RULES, &[]), RUNS);
    for (long, short) in long.iter().zip(runs(&setup(RULES, &["run.months=31"]), RUNS)) {
        assert_eq!(long.months[..31 * MONTH_METRICS], short.months);
        assert_eq!(decided(long, 30), short.firings);
    }
}

#[test]
fn a_rule_that_never_holds_changes_nothing() {
    let base = runs(&setup(RULES, &[]), RUNS);
    for when in [
        "{metric=\"npl_ratio_balance\", is=\"above\", threshold=1}",
        "{metric=\"loans_new\", is=\"below\", threshold=0}",
        "{metric=\"profit_before_tax\", over=\"min\", months=3, is=\"above\", threshold=1e12}",
        "{metric=\"rivals\", is=\"above\", threshold=-1, target=[{month=599, value=1}]}",
    ] {
        let never = format!("policy=[{{name=\"never\", when=[{when}], stop_new=true, cost=5}}]");
        assert_eq!(runs(&setup(RULES, &[&never]), RUNS), base, "{when}");
    }
}

#[test]
fn a_rule_that_always_holds_is_the_policy_without_conditions() {
    for action in ["cutoff_new=15", "marketing=0.5", "collections=1.5", "stop_new=true", "stop_repeat=true"] {
        let policy = |more: &str| format!("policy=[{{name=\"drawn\", {action}, {more}}}]");
        let plain = runs_without_log(&setup(RULES, &[&policy("from=7")]), RUNS);
        for more in [
            "from=7, when=[{metric=\"rivals\", is=\"above\", threshold=-1}]",
            "from=4, lag=3, when=[{metric=\"balance\", over=\"mean\", months=3, is=\"above\", threshold=-1}]",
            "from=7, to=7, permanent=true",
            "from=7, to=7, duration=600",
            "from=7, duration=1",
            "from=6, to=6, lag=1, permanent=true",
        ] {
            let rule = runs_without_log(&setup(RULES, &[&policy(more)]), RUNS);
            assert_eq!(rule, plain, "{action}, {more}");
        }
    }
}

/// A policy that does nothing but cost: it is found in the servicing cost of nobody, to the fen, and nowhere else.
#[test]
fn costs_are_booked_as_they_are_logged() {
    let policy = |cost: &str| {
        let when = "{metric=\"loans_new\", is=\"above\", threshold=20, reset=10}";
        format!("policy=[{{name=\"idle\", marketing=1, lag=1, cooldown=1, when=[{when}]{cost}}}]")
    };
    let costly = setup(RULES, &[&policy(", cost=1000.01, monthly_cost=33.03")]);
    let rule = costly.rules.iter().position(|rule| rule.name == "idle").expect("it was added");
    let shared = costly.cells.len();
    let mut fired = 0_u64;
    // No rule on profit, as its figure is what differs.
    let free = ["policy.loss_making.from=599", "policy.loss_making.when.0.metric=\"balance\""];
    let with = |cost: &str| runs(&setup(RULES, &[&policy(cost), free[0], free[1]]), RUNS);
    for (free, costly_run) in with("").iter().zip(&with(", cost=1000.01, monthly_cost=33.03")) {
        let mut expected = free.clone();
        let timing = &costly.rules[rule].timing;
        for firing in free.firings.iter().filter(|firing| firing.rule as usize == rule) {
            fired += 1;
            expected.groups[shared].0[Flow::ServicingPaid as usize] += firing.cost(timing, costly.months);
            let servicing = MonthMetric::Flow(Flow::ServicingPaid).index();
            let mut add =
                |month: u32, fen| expected.months[month as usize * MONTH_METRICS + servicing] += fen;
            add(firing.fired, 100_001);
            let end = firing.ended.unwrap_or(costly.months);
            (firing.fired + 1..end).for_each(|month| add(month, 3303));
        }
        let mut costly_run = costly_run.clone();
        // Money, equity and vintages, which share the cost out, follow.
        costly_run.vintage_economics.clear();
        expected.vintage_economics.clear();
        for months in [&mut costly_run.months, &mut expected.months] {
            for row in months.chunks_exact_mut(MONTH_METRICS) {
                for of in [MonthMetric::Cash, MonthMetric::Funding, MonthMetric::Equity] {
                    row[of.index()] = 0;
                }
            }
        }
        assert_eq!(costly_run, expected);
    }
    assert!(fired >= RUNS, "it fires {fired} times");
}

/// The rows of `rules.csv` against counts made here.
#[test]
fn the_table_sums_up_the_log() {
    let setup = setup(RULES, &[]);
    let results = runs(&setup, RUNS);
    let mut batch = Batch::new(setup.months as usize);
    batch.add(&results);
    batch.finish();
    let table = rules(&setup, &batch);
    assert_eq!(table.rows.len(), 5 * setup.rules.len());
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    for (index, rule) in setup.rules.iter().enumerate() {
        let mut by_run: Vec<Vec<&Firing>> = Vec::new();
        for result in &results {
            by_run.push(result.firings.iter().filter(|f| f.rule as usize == index).collect());
        }
        let per_run = |of: &dyn Fn(&[&Firing]) -> f64| by_run.iter().map(|run| of(run)).collect::<Vec<f64>>();
        let effect = |f: &Firing| {
            let begins = f.fired + rule.timing.lag;
            f64::from((begins..f.ended.unwrap_or(setup.months)).count() as u32)
        };
        let paid =
            |f: &Firing| (rule.timing.cost.0 as f64 + rule.timing.monthly_cost.0 as f64 * effect(f)) / 100.0;
        let fired: Vec<f64> = by_run.iter().filter_map(|run| run.first()).map(|f| f.fired.into()).collect();
        for (row, (key, expected)) in table.rows[5 * index..].iter().zip([
            ("probability_fired", mean(&per_run(&|run| f64::from(u8::from(!run.is_empty()))))),
            ("firings", mean(&per_run(&|run| run.len() as f64))),
            ("first_month", mean(&fired)),
            ("months_in_effect", mean(&per_run(&|run| run.iter().map(|f| effect(f)).sum()))),
            ("cost", mean(&per_run(&|run| run.iter().map(|f| paid(f)).sum()))),
        ]) {
            assert_eq!(row[..2], [Cell::text(&rule.name), Cell::text(key)]);
            let Cell::Number(Some(written)) = &row[3] else { panic!("{} {key}: no mean", rule.name) };
            // Money is written to the fen.
            let written: f64 = written.to_string().parse().expect("a number");
            assert!((written - expected).abs() <= 0.0051, "{} {key}: {written}, {expected}", rule.name);
        }
    }
}

/// Figures that policies watch are the reported metrics of the same name.
#[test]
fn figures_are_the_reported_metrics() {
    let watched = [
        (Metric::NplRatio, "npl_ratio_balance"),
        (Metric::Dpd30Ratio, "dpd30_ratio_balance"),
        (Metric::Dpd1Ratio, "dpd1_ratio_balance"),
        (Metric::FpdRate, "fpd_rate_count"),
        (Metric::ChargeOffRate, "charge_off_rate_annual"),
        (Metric::Originated, "originated"),
        (Metric::LoansNew, "loans_new"),
        (Metric::Balance, "balance_average"),
        (Metric::Rivals, "rivals_average"),
        (Metric::CompletionRate, "completion_rate"),
        (Metric::ApprovalRate, "approval_rate"),
        (Metric::Cac, "cac"),
        (Metric::ProfitBeforeTax, "profit_before_tax"),
    ];
    for result in runs(&setup(RULES, &[]), 2) {
        for month in 0..60 {
            let row = result.month(month);
            let mut sums = Sums::default();
            sums.add(row);
            let lagged = figure(Metric::NplRatioLagged, month as u32, &result.months, &result.vintages);
            let now = figure(Metric::NplRatio, month as u32, &result.months, &result.vintages);
            let balance = |month: usize| result.get(month, MonthMetric::Balance) as f64;
            match month.checked_sub(12) {
                Some(then) => {
                    let expected = now.expect("a balance") * balance(month) / balance(then);
                    assert_close("lagged", lagged.expect("a balance then"), expected, 1e-12);
                }
                None => assert_eq!(lagged, None),
            }
            for (metric, key) in watched {
                let reported = find(key);
                let unit = if reported.unit == Unit::Money { 100.0 } else { 1.0 };
                let value = (reported.of)(&sums).own() / unit;
                match figure(metric, month as u32, &result.months, &result.vintages) {
                    Some(figure) => assert_close(key, figure, value, 1e-12),
                    None => assert!(value.is_nan(), "{key} is {value}"),
                }
            }
        }
    }
}
