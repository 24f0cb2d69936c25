//! Rungs that conduct earns, and caps by grade.

use lendcycle::engine::{LoanRecord, RunResult, simulate_run_with};
use lendcycle::ledger::Flow;
use lendcycle::model::ladder::Ladder;
use lendcycle::money::Fen;

use crate::laboratory::{BASE, LAB, assert_close, assert_count, scenario, setup};

/// Customers who all come back in the month after pay-off, for ever.
fn returning(count: u32, settings: &[&str]) -> (RunResult, Vec<LoanRecord>) {
    let plan = format!("plan.loans=[{{segment=\"lab\", channel=\"lab\", from=0, to=0, count={count}}}]");
    let given = [
        plan.as_str(),
        "run.months=60",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=100000.00",
        "product.lab.tenors=[{months=6, share=1}]",
        "repeat.rate=1",
        "repeat.window=1",
    ];
    simulate_run_with(&setup(LAB, &[&given, settings].concat()), 0)
}

fn amounts(settings: &[&str]) -> Vec<i64> {
    returning(1, settings).1.iter().map(|loan| loan.amount.0 / 100).collect()
}

#[test]
fn the_limit_grows_by_a_tenth_per_streak_up_to_the_last_rung() {
    // Half of 100,000 first. Two streaks of three months in a loan of six: 50,000 x 1.1^2, then x 1.1^4, then the fifth and
    // last rung: 60,500; 73,205; 80,525.50; in whole hundreds.
    let ladder = "ladder={rungs_max=5, streak_months=3, late_rungs=1, first_share=0.5, limit_rise=0.1}";
    assert_eq!(amounts(&[ladder])[..5], [50_000, 60_500, 73_200, 80_500, 80_500]);
    // Who asks for more each time still gets no more than the limit; who asks for no more does not get more.
    assert_eq!(amounts(&[ladder, "repeat.amount_growth=1.5"])[..3], [50_000, 60_500, 73_200]);
    let nearly = "ladder={rungs_max=5, streak_months=3, late_rungs=1, first_share=0.9, limit_rise=0.1}";
    assert_eq!(amounts(&[nearly])[..3], [90_000, 100_000, 100_000]);
    assert_eq!(amounts(&[nearly, "repeat.amount_growth=1.05"])[..3], [90_000, 105_000, 110_300]);
    // The limit as such: 0.5 x 1.1^5.
    let terms = Ladder { rungs_max: 5, streak: 3, late_rungs: 1, first_share: 0.5, limit_rise: 0.1 };
    assert_close("limit", terms.limit(Fen(10_000_000), 5), 8_052_550.0, 1e-14);
    let rung_after = |rung, earned, late| terms.rung_after(rung, earned, late);
    assert_eq!((rung_after(4, 2, 0), rung_after(4, 0, 3), rung_after(1, 0, 3)), (5, 1, 0));
    assert_eq!((terms.earned(2), terms.earned(3), terms.earned(8)), (0, 1, 2));
}

#[test]
fn lateness_ends_a_streak_and_costs_rungs() {
    // Misses in months 1, 3 and 5, cures in 2, 4 and 6: three runs of one month on time, three months past due.
    let late = [
        "delinquency.m0=[0, 1]",
        "delinquency.m1=[1, 0, 0]",
        "repeat.days_past_due_max=30",
        "segment.lab.cutoff_repeat=0",
        "repeat.points_late=0",
    ];
    let second = |streak: u32, lost: u32| {
        let ladder = format!(
            "ladder={{rungs_max=9, streak_months={streak}, late_rungs={lost}, first_share=0.5, limit_rise=0.1}}"
        );
        amounts(&[&late[..], &[&ladder]].concat())[1]
    };
    assert_eq!(second(1, 0), 66_600, "50,000 x 1.1^3 = 66,550");
    assert_eq!(second(2, 0), 50_000, "no run of two months");
    assert_eq!(second(1, 1), 50_000, "three rungs won, three lost");
    // On time for three months, then late for two and on time again for the last: 3 / 2 = 1 rung.
    let path = "economy.delinquency_season=[0, -6, -6, -6, 6, 6, 0, 0, 0, 0, 6, 0]";
    let rows = ["delinquency.m0=[0.5, 0.5]", "delinquency.m1=[0.5, 0, 0.5]", "delinquency.m2=[1, 0, 0, 0]"];
    let ladder = "ladder={rungs_max=9, streak_months=2, late_rungs=0, first_share=0.5, limit_rise=0.1}";
    let (result, loans) =
        returning(400, &[&[path, ladder, "repeat.days_past_due_max=60", "run.months=9"], &rows[..]].concat());
    let earned =
        |amount: i64| loans.iter().filter(|loan| loan.repeat && loan.amount.0 == amount * 100).count();
    // Nearly all miss in month 4 (May) and roll in month 5; from M2 all pay in month 6, on time at its end.
    let (one, none) = (earned(55_000), earned(50_000));
    assert!(one > 380 && none < 10, "{one} on rung 1, {none} on rung 0");
    assert_eq!(result.total(Flow::CustomersLifted) as usize, one + earned(60_500));
}

#[test]
fn the_rate_falls_by_a_step_per_rung_down_to_the_floor() {
    let ladder = "ladder={rungs_max=9, streak_months=6, late_rungs=1, rate_cut=0.03}";
    let (_, loans) = returning(1, &[ladder, "product.lab.apr_floor=0.10"]);
    let rates: Vec<f64> = loans
        .iter()
        .map(|loan| 12.0 * loan.instalments[0].interest_accrued.0 as f64 / loan.amount.0 as f64)
        .collect();
    for (rate, expected) in rates.iter().zip([0.18, 0.15, 0.12, 0.10, 0.10]) {
        assert_close("annual rate", *rate, expected, 1e-6);
    }
}

#[test]
fn customers_lifted_are_those_without_a_miss() {
    // Three payments, a rung for three in a row: (1 - 0.08)^3 of customers earn one.
    let rows = ["delinquency.m0=[0.92, 0.08]", "delinquency.m1=[1, 0, 0]"];
    let ladder = "ladder={rungs_max=2, streak_months=3, late_rungs=1, limit_rise=0.1}";
    let short = ["product.lab.tenors=[{months=3, share=1}]", "run.months=5", ladder];
    let (result, _) = returning(20_000, &[&rows[..], &short[..]].concat());
    assert_count("lifted", result.total(Flow::CustomersLifted), 20_000.0, 0.92_f64.powi(3));
}

#[test]
fn caps_cut_what_is_above_them_and_nothing_else() {
    let largest = [500_000, 400_000, 250_000, 130_000, 100_000_i64];
    let longest = [36, 24, 12, 12, 6_usize];
    let caps = [
        &format!("product.business.grade_amount_max={largest:?}"),
        &format!("product.business.grade_tenor_max={longest:?}"),
    ];
    let short = ["run.months=24", "repeat.rate=0"];
    let business =
        scenario(BASE, &[]).product.iter().filter(|product| product.name.as_str() < "business").count();
    let made = |settings: &[&str]| simulate_run_with(&setup(BASE, settings), 0).1;
    let (free, capped) = (made(&short), made(&[&short[..], &[caps[0], caps[1]]].concat()));
    assert_eq!(free.len(), capped.len(), "caps turn nobody away");
    let mut cut = 0;
    for (free, capped) in free.iter().zip(&capped) {
        assert_eq!((free.who, free.grade, free.score_true), (capped.who, capped.grade, capped.score_true));
        if capped.product == business {
            assert_eq!(capped.amount.0, free.amount.0.min(largest[capped.grade] * 100));
            assert_eq!(capped.instalments.len(), free.instalments.len().min(longest[capped.grade]));
            cut += usize::from(capped != free);
        } else {
            assert_eq!(free, capped);
        }
    }
    assert!(cut > 100, "{cut} loans cut");
}
