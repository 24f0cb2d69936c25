//! Levers on price, tenor and hours, channels that open, figures of some customers, and pilots that are decided on a sample.

use lendcycle::engine::{RunResult, Workspace, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::model::pricing::tenor_mix;
use statrs::distribution::{Binomial, DiscreteCDF};

use crate::laboratory::{MARKET, assert_close, assert_count, flow, runs, runs_without_log, setup};

/// A month of 20,000 people who come by themselves and are all approved.
const CROWD: [&str; 2] = ["run.months=1", "channel.lab.audience.lab.innovation=0.02"];

fn loans(settings: &[&str]) -> i64 {
    let setup = setup(MARKET, &[&CROWD, settings].concat());
    simulate_run(&setup, 0, &mut Workspace::default()).total(Flow::LoansNew)
}

#[test]
fn tenors_move_to_their_neighbours() {
    let shares = [0.25, 0.35, 0.40];
    let close = |moved: f64, expected: [f64; 3]| {
        for (got, expected) in tenor_mix(&shares, moved).iter().zip(expected) {
            assert_close("share", *got, expected, 1e-15);
        }
    };
    close(0.4, [0.15, 0.31, 0.54]);
    close(-0.4, [0.39, 0.37, 0.24]);
    close(1.0, [0.0, 0.25, 0.75]);
    close(-1.0, [0.60, 0.40, 0.0]);
    close(7.0, [0.0, 0.25, 0.75]);
    close(0.0, shares);
    assert_eq!(tenor_mix(&[1.0], 0.5), [1.0], "there is no other tenor");
    // Of tenors a year apart the mean rises by a year times those who move: all but the last.
    let mean = |mix: &[f64]| 12.0 * mix[0] + 24.0 * mix[1] + 36.0 * mix[2];
    assert_close("mean", mean(&tenor_mix(&shares, 0.3)) - mean(&shares), 12.0 * 0.3 * 0.6, 1e-13);
}

/// Log-odds of take-up fall by 0.15 for each point: at 60 % and three points dearer 0.6 becomes 1 / (1 + e^0.45 / 1.5).
#[test]
fn a_price_moves_take_up_along_the_logit() {
    let offer = ["product.lab.take_up=0.6", "product.lab.take_up_slope=-0.15"];
    let at = |more: &str| loans(&[&offer[..], &[more]].concat());
    let all = loans(&["product.lab.take_up=1"]) as f64;
    let taken = |points: f64| 1.0 / (1.0 + (0.15 * points).exp() / 1.5);
    assert_count("as it is", at("product.lab.take_up=0.6"), all, 0.6);
    assert_count("dearer", at("policy=[{name=\"p\", price=0.03}]"), all, taken(3.0));
    assert_count("cheaper", at("policy=[{name=\"p\", price=-0.05}]"), all, taken(-5.0));
    assert_count("half of it", at("policy=[{name=\"p\", price=0.06, ramp=2}]"), all, taken(3.0));
    // The cap of 20 % leaves two points.
    let capped = [&offer[..], &["product.lab.apr_cap=0.2", "policy=[{name=\"p\", price=0.1}]"]].concat();
    assert_count("to the cap", loans(&capped), all, taken(2.0));
    // What regulation allows holds below the floor too: 1 % is seventeen points cheaper.
    let regulated = [&offer[..], &["regulation={apr_all_in_cap=10, apr_cap=[{month=0, apr=0.01}]}"]].concat();
    assert_count("as regulated", loans(&regulated), all, taken(-17.0));
}

/// 审批时效 24 小时 → 1 小时: where 37 % wait a day, e^(-r) of 96 % wait an hour.
#[test]
fn quicker_decisions_keep_applicants() {
    let rate = -(0.37_f64).ln() / 24.0;
    let abandonment = format!("underwriting.abandonment_per_hour={rate:.9}");
    let slow = [abandonment.as_str(), "product.lab.automatic_share=0", "product.lab.manual_hours=24"];
    let all = loans(&[]) as f64;
    let at = |hours: &str| {
        let policy = format!("policy=[{{name=\"p\", {hours}}}]");
        loans(&[&slow[..], &[&policy]].concat())
    };
    assert_count("a day", at("hours=1"), all, 0.37);
    assert_count("an hour", at("hours=0.0416666667"), all, (-rate).exp());
    // After one of four steps of the ramp: (1 - 23/24/4) of a day.
    assert_count("on the way", at("hours=0.0416666667, ramp=4"), all, (-rate * (24.0 - 23.0 / 4.0)).exp());
}

/// Nobody comes through a closed channel; once open, M p people come in the first month and fewer as the market is worked.
#[test]
fn a_channel_is_closed_until_it_is_launched() {
    let settings = |launch: &'static str| ["run.months=9", CROWD[1], "segment.lab.population=500000", launch];
    let launched = setup(MARKET, &settings("policy=[{name=\"p\", from=4, to=4, lag=1, launch=[\"lab\"]}]"));
    for result in runs(&launched, 4) {
        for month in 0..9 {
            let leads = flow(&result, month, Flow::Leads);
            let expected: f64 = match month {
                0..5 => 0.0,
                _ => 1e4 * 0.98_f64.powi(month as i32 - 5),
            };
            let error = 6.0 * expected.sqrt();
            assert!((leads as f64 - expected).abs() <= error, "month {month}: {leads}, expected {expected}");
        }
    }
    // Open from the start it is as if there were nothing to launch.
    let open = setup(MARKET, &settings("policy=[{name=\"p\", to=0, launch=[\"lab\"]}]"));
    let plain = setup(MARKET, &settings("product.lab.take_up=1"));
    assert!(runs_without_log(&open, 3) == runs_without_log(&plain, 3));
}

/// Where all customers are of one segment and channel, figures of these are figures of the whole product.
#[test]
fn figures_of_all_customers_are_those_of_the_product() {
    let market = [
        "run.months=30",
        "segment.lab.population=40000",
        "segment.lab.completion=0.7",
        "channel.lab.audience.lab.innovation=0.01",
        "channel.lab.budget=[{month=0, amount=1000.00}]",
        "delinquency.m0=[0.9, 0.1]",
        "product.lab.prepayment=0.03",
    ];
    for (metric, threshold) in [
        ("npl_ratio_balance", 0.02),
        ("dpd30_ratio_balance", 0.04),
        ("dpd1_ratio_balance", 0.1),
        ("ever_dpd30_rate_count", 0.10),
        ("fpd_rate_count", 0.1),
        ("charge_off_rate_annual", 0.15),
        ("originated", 2e10),
        ("loans_new", 200.0),
        ("balance", 1e11),
        ("repaid_to_originated", 0.5),
        ("approval_rate", 0.5),
        ("completion_rate", 0.7),
        ("cac", 4.0),
        ("profit_before_tax", 1e9),
    ] {
        let of = |scope: &str| {
            let when = format!("metric=\"{metric}\", is=\"above\", threshold={threshold}{scope}");
            let policy = format!("policy=[{{name=\"p\", cutoff_new=3, when=[{{{when}}}]}}]");
            runs(&setup(MARKET, &[&market[..], &[&policy]].concat()), 2)
        };
        let whole = of("");
        assert!(whole.iter().any(|result| !result.firings.is_empty()), "{metric} never crosses");
        for scope in [", segment=\"lab\"", ", channel=\"lab\"", ", segment=\"lab\", channel=\"lab\""] {
            assert!(of(scope) == whole, "{metric}{scope}");
        }
        // Others have no customers: their ratios are unknown, their sums 0.
        assert!(of(", segment=\"youth\"").iter().all(|result| result.firings.is_empty()), "{metric}");
    }
}

/// A pilot is decided on a sample: with a true share p of n leads who complete, it goes on with the probability of a
/// binomial tail, however good the product is.
#[test]
fn a_pilot_goes_on_as_often_as_its_binomial_tail_says() {
    for (truth, bar) in [(0.62, 0.60), (0.58, 0.60), (0.60, 0.60)] {
        let completion = format!("segment.lab.completion={truth}");
        let when = format!("metric=\"completion_rate\", segment=\"lab\", is=\"above\", threshold={bar}");
        let gate = format!("policy=[{{name=\"go\", from=1, to=1, launch=[\"branch\"], when=[{{{when}}}]}}]");
        let settings = ["run.months=2", "segment.lab.population=10000", CROWD[1], &completion, &gate];
        let (mut expected, mut variance, mut went_on) = (0.0, 0.0, 0);
        for result in runs(&setup(MARKET, &settings), 1_500) {
            let (leads, applied) = (flow(&result, 0, Flow::Leads), flow(&result, 0, Flow::Applications));
            let law = Binomial::new(truth, leads as u64).expect("a probability");
            let tail = law.sf((bar * leads as f64 + 1e-9).floor() as u64);
            expected += tail;
            variance += tail * (1.0 - tail);
            let goes = !result.firings.is_empty();
            assert_eq!(goes, applied as f64 / leads as f64 > bar, "run {}", result.run);
            went_on += i64::from(goes);
        }
        let error: f64 = went_on as f64 - expected;
        assert!(error.abs() < 4.0 * f64::sqrt(variance), "{truth}: {went_on}, expected {expected}");
        // With 200 leads a share two points above the bar is taken for one below it in 27 % of pilots.
        let wrong = if truth > bar { 1_500.0 - expected } else { expected };
        let share = if truth == bar { 0.48 } else { 0.26 };
        assert_close("wrong", wrong / 1_500.0, share, 0.08);
    }
}

/// What a pilot of 300 loans tells of a delinquency of 1 % against one of 2 %, at a bar of 1.3 %: it stops a third of the good
/// and lets pass a seventh of the bad.
#[test]
fn a_pilot_of_rare_events_is_mostly_luck() {
    let law = |p: f64| Binomial::new(p, 300).expect("a probability");
    // More than 1.3 % of 300 are four and more.
    assert_close("good and stopped", law(0.01).sf(3), 0.352_7, 1e-3);
    assert_close("bad and passed", law(0.02).cdf(3), 0.148_5, 5e-3);
    // To keep both below 5 % takes some 2,600 loans: bar at 1.4 %.
    let large = |p: f64| Binomial::new(p, 2_600).expect("a probability");
    assert!(large(0.01).sf(36) < 0.05 && large(0.02).cdf(36) < 0.05);
}

/// A loan made this month can be 30 days past due next month, not more: the share beyond is 0 at any risk.
#[test]
fn nothing_is_more_than_thirty_days_past_due_after_a_month() {
    let all_miss = ["run.months=12", "channel.lab.audience.lab.innovation=0.001", "delinquency.m0=[0, 1]"];
    let late = |result: &RunResult, age: usize| {
        use lendcycle::engine::{VINTAGE_AGES, VintageMetric};
        let row = &result.vintages[age * VintageMetric::COUNT..];
        assert_eq!(VINTAGE_AGES[age] as usize, age + 1);
        (row[VintageMetric::Ever30 as usize], row[VintageMetric::Loans as usize])
    };
    for result in runs(&setup(MARKET, &all_miss), 2) {
        let (none, loans) = late(&result, 0);
        assert!(none == 0 && loans > 500, "{none} of {loans}");
        let (some, _) = late(&result, 1);
        assert!(some > loans / 3, "{some} of {loans} a month later");
    }
}
