//! Revolving lines: use, minimum payments, draws before default, limits, renewal; and that a line drawn once is a loan.

use lendcycle::engine::{MonthMetric, RunResult, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::metrics::find;
use lendcycle::lifecycle::profitability::by_stage;
use lendcycle::lifecycle::stage::Stage;
use lendcycle::model::line::{LineTerms, cut, expected_life, raised};
use lendcycle::money::Fen;

use crate::laboratory::{ALL_ROLL, LAB, assert_close, assert_count, flow, setup};

const LIMIT: i64 = 1_000_000_000;

/// Lines over 10,000,000 granted in month 0, drawn to a share at once and every month; nobody misses.
fn play(count: u32, months: u32, terms: &str, settings: &[&str]) -> RunResult {
    let terms = format!(
        "product.lab.line={{limit_by_grade=[1, 1, 1, 1, 1], minimum_payment=0, conversion_factor={}",
        terms
    );
    let own = [
        format!("plan.loans=[{{segment=\"lab\", channel=\"lab\", from=0, to=0, count={count}}}]"),
        format!("run.months={months}"),
        format!("{terms}}}"),
    ];
    let lab = [
        "product.lab.schedule=\"interest_only\"",
        "product.lab.tenors=[{months=120, share=1}]",
        "product.lab.amount_min=10000000",
        "product.lab.amount_median=10000000",
        "product.lab.amount_max=10000000",
    ];
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let all = [&lab, &own[..], settings].concat();
    simulate_run(&setup(LAB, &all), 0, &mut Default::default())
}

/// Draws every month, never late.
const PLAIN: &str = "0, limit_max=100000000, inactive_share=0, draw_probability=1, minimum_share=0";

fn get(result: &RunResult, month: usize, metric: MonthMetric) -> f64 {
    result.get(month, metric) as f64
}

#[test]
fn minimum_payments_match_worked_numbers() {
    let terms = LineTerms { minimum_share: 0.05, minimum_payment: Fen(10_000), run_off: 3 };
    let due = |balance: i64, interest: i64, m: u32| {
        let due = terms.due(Fen(balance), Fen(interest), m, 12);
        assert_eq!(due.interest, Fen(interest));
        due.principal.0
    };
    // 10,000 yuan at 1.5 % a month: 500 and interest of 150; 1,000: the floor of 100 less interest of 15; 60: all of it.
    assert_eq!(
        [due(1_000_000, 15_000, 3), due(100_000, 1_500, 3), due(6_000, 90, 3)],
        [50_000, 8_500, 6_000]
    );
    // Interest above the floor leaves no principal but the share; nothing owed, nothing due.
    assert_eq!([due(20_000, 15_000, 3), due(0, 0, 3)], [1_000, 0]);
    // After the end in thirds, rounded up; whatever is left after that at once.
    assert_eq!([due(100_001, 0, 12), due(66_667, 0, 13), due(33_333, 0, 14)], [33_334, 33_334, 33_333]);
    assert_eq!(due(50_000, 0, 20), 50_000);
    assert_eq!(expected_life(0.0, 7), 7.0);
    // 1 + 0.8 + 0.64
    assert_close("life", expected_life(0.2, 3), 2.44, 1e-12);
    assert_eq!(raised(Fen(1_000), 0.1, Fen(1_050)), Fen(1_050));
    assert_eq!(raised(Fen(2_000), 0.1, Fen(1_050)), Fen(2_000), "a lower cap takes nothing away");
    assert_eq!([cut(Fen(1_000), 0.2, Fen(100)), cut(Fen(1_000), 0.2, Fen(900))], [Fen(800), Fen(900)]);
}

#[test]
fn a_line_drawn_to_its_limit_once_is_a_bullet_loan_to_the_fen() {
    let hard = [
        "product.lab.tenors=[{months=7, share=0.5}, {months=18, share=0.5}]",
        "product.lab.penalty_multiple=1.5",
        "product.lab.guarantee_share=0.3",
        "delinquency.m0=[0.8, 0.2]",
        "delinquency.m1=[0.3, 0.2, 0.5]",
        "economy.factor_correlation=0.1",
        "segment.lab.score_deviation=40",
        "segment.lab.fraud_share=0.05",
        "recovery.total=0.2",
        "collections.tier.early.contact_cost=2",
        "collections.first_month=[{name=\"days\", days_from=1, days_to=30, paid=0.6, contacts=2, contacts_max=5, \
         contacts_observed=1, capacity=900, effect_max=0.5, contacts_scale=2, contact_cost=1}]",
        "product.lab.grace_days=4",
        "litigation={ amount_min=9, share=0.6, lag=4, recovery=0.3, cost_share=0.02, cost_fixed=50 }",
    ];
    let line = "0, limit_max=10000000, inactive_share=0, draw_probability=1, minimum_share=0, draw_share=1, repaid_share=0";
    let line = play(400, 40, line, &hard);
    let loan = {
        let plan = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=400}]";
        let amounts = ["min", "median", "max"].map(|which| format!("product.lab.amount_{which}=10000000"));
        let amounts: Vec<&str> = amounts.iter().map(String::as_str).collect();
        let own = ["product.lab.schedule=\"interest_only\"", "run.months=40", plan];
        simulate_run(&setup(LAB, &[&own, &hard[..], &amounts].concat()), 0, &mut Default::default())
    };
    // First instalments are counted of loans only.
    let own = [
        Flow::Draws,
        Flow::Drawn,
        Flow::LimitsGranted,
        Flow::OriginatedNew,
        Flow::FirstPaymentsDue,
        Flow::FirstPaymentsMissed,
        Flow::FirstLate,
        Flow::FirstLate7,
        Flow::FirstMissed30,
    ];
    for month in 0..40 {
        for of in Flow::ALL.iter().filter(|of| !own.contains(of)) {
            assert_eq!(flow(&line, month, *of), flow(&loan, month, *of), "{} in month {month}", of.key());
        }
        assert_eq!(flow(&line, month, Flow::Drawn), flow(&loan, month, Flow::OriginatedNew));
        let stocks = (0..7).flat_map(|b| [MonthMetric::BucketBalance(b), MonthMetric::BucketAccounts(b)]);
        for metric in stocks.chain([MonthMetric::Balance, MonthMetric::PrincipalMonths]) {
            assert_eq!(line.get(month, metric), loan.get(month, metric), "{metric:?} in month {month}");
        }
    }
    assert_eq!(line.vintages, loan.vintages);
    assert_eq!(line.stages, loan.stages);
    assert!(line.total(Flow::AccountsCured) > 100 && line.total(Flow::AccountsChargedOff) > 20);
}

#[test]
fn use_settles_where_draws_and_repayments_meet() {
    // u' = (1 - q) u + s (1 - (1 - q) u): with s = 0.3 and q = 0.2 it settles at 0.3 / (1 - 0.8 * 0.7) = 0.6818.
    let result = play(1, 60, &format!("{PLAIN}, draw_share=0.3, repaid_share=0.2"), &[]);
    let mut used = 0.3;
    for month in 0..60 {
        let limit = get(&result, month, MonthMetric::LineLimits);
        assert_close("use", get(&result, month, MonthMetric::LineBalance) / limit, used, 1e-8);
        assert_close("open", get(&result, month, MonthMetric::Undrawn) / limit, 1.0 - used, 1e-8);
        used = 0.8 * used + 0.3 * (1.0 - 0.8 * used);
    }
    assert_close("settled", used, 0.3 / 0.44, 1e-8);
    // Drawn in two months of five: the mean follows the same line with s = 0.4 * 0.3.
    let seldom = "0, limit_max=10000000, inactive_share=0, draw_probability=0.4, minimum_share=0";
    let lines = 20_000;
    let result = play(lines, 48, &format!("{seldom}, draw_share=0.3, repaid_share=0.2"), &[]);
    let used = get(&result, 47, MonthMetric::LineBalance) / get(&result, 47, MonthMetric::LineLimits);
    let expected = 0.12 / (1.0 - 0.8 * 0.88);
    // The deviation of one line's use is below 0.2: 0.2 / sqrt(20,000) = 0.0014.
    assert!((used - expected).abs() < 0.006, "{used}, expected {expected}");
    assert_count("draws", flow(&result, 30, Flow::Draws), f64::from(lines), 0.4);
}

#[test]
fn a_full_line_pays_its_interest_and_draws_what_it_repaid() {
    let full = "0, limit_max=10000000, inactive_share=0, draw_probability=1, draw_share=1, repaid_share=0.02";
    let result = play(1, 12, &format!("{full}, minimum_share=0.05"), &[]);
    for month in 1..12 {
        // 18 % a year on 10,000,000; the minimum is more than is repaid at will.
        let expected =
            [(Flow::InterestReceived, 0.015), (Flow::PrincipalScheduled, 0.05), (Flow::Drawn, 0.05)];
        for (of, share) in expected {
            assert_eq!(
                flow(&result, month, of),
                (share * LIMIT as f64) as i64,
                "{} in month {month}",
                of.key()
            );
        }
        assert_eq!(flow(&result, month, Flow::PrincipalPrepaid), 0);
        assert_eq!(result.get(month, MonthMetric::Balance), LIMIT);
    }
    let more = play(1, 12, &format!("{full}, minimum_share=0.01"), &[]);
    assert_eq!(flow(&more, 5, Flow::PrincipalScheduled) * 2, LIMIT / 50);
    assert_eq!(flow(&more, 5, Flow::PrincipalPrepaid) * 2, LIMIT / 50);
}

#[test]
fn exposure_at_default_is_the_balance_and_a_share_of_what_was_open() {
    for (conversion, late_cut) in [(0.0, 0.0), (0.5, 0.1), (1.0, 0.5)] {
        let terms = format!(
            "{conversion}, limit_max=10000000, inactive_share=0, draw_probability=1, draw_share=0.4, \
             repaid_share=0.2, minimum_share=0.05, late_cut={late_cut}"
        );
        let result = play(1, 12, &terms, &ALL_ROLL);
        // B = 0.4 L when the payment of month 1 is missed; nothing is drawn on a frozen line after that.
        let exposure = 0.4 + conversion * 0.6;
        assert_close("at default", result.total(Flow::ChargedOff) as f64 / LIMIT as f64, exposure, 1e-8);
        assert_eq!(result.total(Flow::Draws), if conversion > 0.0 { 2 } else { 1 });
        assert_eq!(get(&result, 3, MonthMetric::Undrawn), 0.0);
        let limit = f64::max(1.0 - late_cut, exposure);
        assert_close("limit", get(&result, 3, MonthMetric::LineLimits) / LIMIT as f64, limit, 1e-8);
    }
}

#[test]
fn three_payments_on_time_raise_the_limit_by_a_tenth_to_3_138_times_in_36_months() {
    let rising = format!("{PLAIN}, draw_share=0.5, repaid_share=0.2, on_time_rise={{payments=3, share=0.1}}");
    let result = play(1, 38, &rising, &[]);
    for month in 0..38 {
        let expected = 1.1_f64.powi(month as i32 / 3);
        assert_close("limit", get(&result, month, MonthMetric::LineLimits) / LIMIT as f64, expected, 1e-8);
    }
    assert_close("36 months", get(&result, 36, MonthMetric::LineLimits) / LIMIT as f64, 3.138, 1e-3);
    assert_eq!(result.total(Flow::LimitRises), 12);
    let capped = rising.replace("limit_max=100000000", "limit_max=15000000");
    let capped = play(1, 38, &capped, &[]);
    // 1.1, 1.21, 1.331, 1.4641, then the cap.
    assert_eq!(capped.get(15, MonthMetric::LineLimits), LIMIT * 3 / 2);
    assert_eq!((capped.total(Flow::LimitRises), capped.total(Flow::LimitsRaised)), (5, LIMIT / 2));
}

#[test]
fn a_late_payment_begins_the_count_anew() {
    // Everybody misses every payment and cures in the next month: no two on time in a row, let alone three.
    let terms = format!("{PLAIN}, draw_share=0.5, repaid_share=0.2, on_time_rise={{payments=1, share=0.1}}");
    let late = ["delinquency.m0=[0, 1]", "delinquency.m1=[1, 0, 0]"];
    let result = play(1, 24, &terms, &late);
    assert_eq!((result.total(Flow::LimitRises), result.total(Flow::AccountsCured)), (0, 11));
    assert!(flow(&result, 10, Flow::Drawn) > 0, "a cured line is drawn on again");
    assert_eq!(flow(&result, 11, Flow::Drawn), 0, "a frozen one is not");
}

#[test]
fn a_share_of_a_rise_is_drawn_at_once() {
    let terms = format!("{PLAIN}, draw_share=0.5, repaid_share=0.2, on_time_rise={{payments=3, share=0.1}}");
    let (without, with) =
        (play(1, 5, &terms, &[]), play(1, 5, &format!("{terms}, rise_drawn_share=0.12"), &[]));
    assert_eq!(flow(&without, 2, Flow::Drawn), flow(&with, 2, Flow::Drawn));
    // 12 % of 1,000,000 at once, and half less of it later in the same month.
    let more = flow(&with, 3, Flow::Drawn) - flow(&without, 3, Flow::Drawn);
    assert_close("drawn of the rise", more as f64, 0.12 * 0.1 * LIMIT as f64 * 0.5, 1e-6);
}

#[test]
fn reviews_cover_their_share_in_their_months_and_go_by_conduct() {
    let lines = 20_000;
    let review = "review={every=3, coverage=0.6, rise=0.05, cut=0.3}";
    let terms = format!("{PLAIN}, draw_share=0.5, repaid_share=0.2, {review}");
    let good = play(lines, 8, &terms, &[]);
    for month in 0..8 {
        let (reviews, rises) = (flow(&good, month, Flow::LimitReviews), flow(&good, month, Flow::LimitRises));
        assert_eq!(reviews, rises, "all are used and on time");
        if month > 0 && month % 3 == 0 {
            assert_count("coverage", reviews, f64::from(lines), 0.6);
            assert_eq!(
                flow(&good, month, Flow::LimitsRaised),
                reviews * LIMIT / 20 + compounded(month, &good)
            );
        } else {
            assert_eq!(reviews, 0);
        }
    }
    // Missed in month 1, 3, 5, cured in 2, 4, 6: a review in month 6 finds them late, one in month 3 none to review.
    let late = ["delinquency.m0=[0, 1]", "delinquency.m1=[1, 0, 0]"];
    let late = play(lines, 8, &terms, &late);
    assert_eq!(flow(&late, 3, Flow::LimitReviews), 0);
    assert_count("reviewed", flow(&late, 6, Flow::LimitReviews), f64::from(lines), 0.6);
    let cut =
        flow(&late, 6, Flow::LimitsCut) as f64 / flow(&late, 6, Flow::LimitReviews) as f64 / LIMIT as f64;
    assert!(late.total(Flow::LimitRises) == 0 && cut > 0.0 && cut <= 0.3 + 1e-9, "{cut}");
}

/// What the second review adds on the first one's rises: a twentieth of a twentieth, for those raised twice.
fn compounded(month: usize, result: &RunResult) -> i64 {
    let first = flow(result, 3, Flow::LimitReviews);
    if month == 3 {
        return 0;
    }
    let (second, raised) = (flow(result, 6, Flow::LimitReviews), flow(result, 6, Flow::LimitsRaised));
    let twice = (raised - second * LIMIT / 20) / (LIMIT / 400);
    assert_count("raised twice", twice, first as f64, 0.6);
    twice * (LIMIT / 400)
}

#[test]
fn lines_end_or_are_renewed_and_some_are_never_used() {
    let lines = 20_000;
    let terms = "0, limit_max=10000000, inactive_share=0.3, draw_probability=1, draw_share=0.5, repaid_share=0.2, \
        minimum_share=0, renewal=0.7, run_off_months=3";
    let result = play(lines, 20, terms, &["product.lab.tenors=[{months=6, share=1}]"]);
    let open = |month: usize| result.get(month, MonthMetric::LineAccounts);
    let unused = |month: usize| result.get(month, MonthMetric::LinesUnused);
    assert_eq!(open(5), i64::from(lines));
    assert_count("unused", unused(5), f64::from(lines), 0.3);
    // Unused lines go in month 6, the others with their last third in month 8.
    assert_count("renewed, unused", unused(6), unused(5) as f64, 0.7);
    assert_count("renewed", open(8), f64::from(lines), 0.7);
    assert_count("renewed twice", open(14), open(8) as f64, 0.7);
    assert_eq!(result.total(Flow::AccountsPaidOff) + open(19), i64::from(lines));
    let ended = "0, limit_max=10000000, inactive_share=0, draw_probability=1, draw_share=0.5, repaid_share=0.2, minimum_share=0";
    let ended = play(1, 8, ended, &["product.lab.tenors=[{months=6, share=1}]"]);
    assert_eq!((ended.get(5, MonthMetric::LineAccounts), ended.get(6, MonthMetric::Balance)), (1, 0));
    assert_eq!(flow(&ended, 6, Flow::PrincipalScheduled), ended.get(5, MonthMetric::Balance));
}

#[test]
fn a_line_on_the_lpr_follows_its_resets() {
    let full = "0, limit_max=10000000, inactive_share=0, draw_probability=1, draw_share=1, repaid_share=0, minimum_share=0";
    let floating = [
        "product.lab.rate_base=\"lpr\"",
        "product.lab.apr=0.06",
        "product.lab.apr_floor=0.04",
        "product.lab.reprice_months=3",
        "economy.lpr=[{ month=0, apr=0.03 }, { month=4, apr=0.042 }]",
    ];
    let result = play(1, 10, full, &floating);
    for month in 1..10 {
        let annual = if month <= 6 { 0.09 } else { 0.102 };
        let interest = flow(&result, month, Flow::InterestReceived) as f64;
        assert_close("interest", interest, LIMIT as f64 * annual / 12.0, 1e-8);
    }
}

#[test]
fn lines_miss_as_often_as_loans() {
    let terms = format!("{PLAIN}, draw_share=0.5, repaid_share=0.2");
    let result = play(50_000, 3, &terms, &["delinquency.m0=[0.94, 0.06]"]);
    assert_count("missed", flow(&result, 1, Flow::AccountsMissed), 50_000.0, 0.06);
    // A prepaid balance leaves the line open.
    let prepaid = play(20_000, 3, &terms, &["product.lab.prepayment=0.1"]);
    let whole = flow(&prepaid, 1, Flow::PrincipalPrepaid) as f64 / (0.5 * LIMIT as f64);
    // A tenth repays all, the others a fifth.
    assert!((whole / 20_000.0 - (0.1 + 0.9 * 0.2)).abs() < 0.007, "{whole}");
    assert_eq!(prepaid.total(Flow::AccountsPaidOff), 0);
}

#[test]
fn the_average_loan_of_lines_is_the_limit_granted() {
    let terms = format!("{PLAIN}, initial_share=0.4, draw_share=0.5, repaid_share=0.2");
    let result = play(20, 12, &terms, &[]);
    let row = by_stage(&result);
    let sums = &row.stage(Stage::Growth(1)).expect("growth").sums;
    assert_eq!((find("loan_average").of)(sums).own(), 0.4 * LIMIT as f64);
    assert!(result.total(Flow::Drawn) > 20 * LIMIT * 4 / 10, "drawn again and again");
}
