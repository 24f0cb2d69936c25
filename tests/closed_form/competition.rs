//! Choice among lenders: shares of the logit worked by hand, and through the engine; price war, copies, trigger, saving.

use lendcycle::engine::{MonthMetric, RunResult};
use lendcycle::ledger::Flow;
use lendcycle::model::competition::{Terms, Weights, choose_lender, war_covered, war_rate};

use crate::laboratory::{assert_close, assert_count, assert_mean, flow, runs, setup};

const RIVALS: &str = "tests/scenarios/lab_rivals.toml";
const RUNS: u64 = 4;

fn play(settings: &[&str]) -> Vec<RunResult> {
    runs(&setup(RIVALS, settings), RUNS)
}

/// Asserts shares of approved applicants: those who take the loan, and those who take a rival's.
#[track_caller]
fn assert_shares(what: &str, results: &[RunResult], own: f64, lost: f64) {
    let sum = |of: Flow| results.iter().map(|result| result.total(of)).sum::<i64>();
    let approved = sum(Flow::Approvals);
    assert!(approved > 50_000, "{what}: {approved} are too few to tell");
    assert_count(&format!("{what}, own"), sum(Flow::LoansNew), approved as f64, own);
    assert_count(&format!("{what}, lost"), sum(Flow::LostToRivals), approved as f64, lost);
}

#[test]
fn a_choice_among_lenders_matches_worked_numbers() {
    // 60 of 100 without rivals: not to borrow is 2/3 as attractive. An equal rival leaves 3/8 : 3/8 : 2/8.
    let alone = choose_lender(0.6, 0.0, 0.0);
    assert_close("alone", alone.take_up, 0.6, 1e-15);
    assert_eq!(alone.lost, 0.0);
    let shared = choose_lender(0.6, 0.0, 1.0);
    assert_close("own", shared.take_up, 0.375, 1e-15);
    assert_close("rival's", (1.0 - shared.take_up) * shared.lost, 0.375, 1e-15);
    // Twelve rivals of a twentieth of the attraction: 1 / (5/3 + 0.6).
    let crowded = choose_lender(0.6, 0.0, 12.0 * 0.05);
    assert_close("among twelve", crowded.take_up, 0.441_176_470_588_235_3, 1e-14);
    // Rivals leave the odds of borrowing here against not at all alone (independence of irrelevant alternatives).
    for rivals in [0.0, 0.3, 7.0] {
        let choice = choose_lender(0.6, -0.3, rivals);
        let nobody = (1.0 - choice.take_up) * (1.0 - choice.lost);
        assert_close("odds", choice.take_up / nobody, 1.5 * (-0.3_f64).exp(), 1e-14);
    }
    assert_eq!(choose_lender(1.0, 0.4, 1.0).take_up, 0.5);
    assert_eq!(choose_lender(0.0, 0.4, 1.0).take_up, 0.0);
}

#[test]
fn the_utility_of_an_offer_is_the_sum_of_what_is_better() {
    let weights = Weights { rate: -0.15, limit: 0.5, speed: 0.02, flexibility: 0.8 };
    let own = Terms { apr: 0.075, limit: 100_000_f64.ln(), hours: 24.0, flexibility: 0.25 };
    let rival = Terms { apr: 0.070, limit: 200_000_f64.ln(), hours: 0.5, flexibility: 0.75 };
    // 0.075 of half a point, 0.346574 of a doubled limit, 0.47 of 23.5 hours, 0.4 of half the flexibility there is.
    let worth = 0.075 + 0.5 * 2.0_f64.ln() + 0.47 + 0.4;
    assert_close("utility", rival.advantage(&own, -1.0, &weights), worth - 1.0, 1e-12);
    assert_close("other way round", own.advantage(&rival, 0.0, &weights), -worth, 1e-12);
    let half = rival.towards(&own, 0.5);
    assert_close("half a copy", half.advantage(&own, 0.0, &weights), worth / 2.0, 1e-12);
    assert_close("a copy", rival.towards(&own, 1.0).advantage(&own, 0.3, &weights), 0.3, 1e-12);
}

#[test]
fn shares_through_the_engine_are_those_of_the_logit() {
    assert_shares("an equal rival", &play(&[]), 0.375, 0.375);
    let none = play(&["market.rivals_initial=0"]);
    assert_shares("no rival", &none, 0.6, 0.0);
    // Two points cheaper: e^0.3 as attractive.
    let cheaper = 0.3_f64.exp();
    let own = 1.0 / (1.0 + 2.0 / 3.0 + cheaper);
    let cheap = play(&["product.lab.rival_terms.apr=0.16"]);
    assert_shares("a cheaper rival", &cheap, own, cheaper * own);
    // The own rate moves the choice against both.
    let dear = (-0.15_f64).exp();
    let own = dear / (dear + 2.0 / 3.0 + 1.0);
    assert_shares("an own rate a point dearer", &play(&["product.lab.apr=0.19"]), own, own / dear);
    // Half the limit, ten hours more, no flexibility, brand -0.7: three such rivals, one of them four points cheaper and named.
    let named = "competition.incumbent=[{ name=\"low\", apr_shift=-0.04, limit_multiple=2, hours_multiple=0.5, brand=-0.2 }]";
    let worse = [
        "market.rivals_initial=3",
        "competition.brand=-0.7",
        "product.lab.rival_terms.limit=50000000.00",
        "product.lab.rival_terms.hours=10",
        "product.lab.rival_terms.flexibility=0",
        named,
    ];
    let usual = (0.5 * 0.5_f64.ln() - 0.2 - 0.5 - 0.7).exp();
    let low = (0.6 - 0.1 - 0.5 - 0.2_f64).exp();
    let own = 1.0 / (1.0 + 2.0 / 3.0 + 2.0 * usual + low);
    assert_shares("three worse rivals", &play(&worse), own, (2.0 * usual + low) * own);
    let copied = play(&[&worse[..2], &["competition.homogeneity=1"], &worse[2..5]].concat());
    let own = 1.0 / (1.0 + 2.0 / 3.0 + 3.0 * (-0.7_f64).exp());
    assert_shares("three copies", &copied, own, 3.0 * (-0.7_f64).exp() * own);
    // A segment that minds the rate twice and limits not at all.
    let minds = "segment.lab.preferences={ rate=2, limit=0 }";
    let own = 1.0 / (1.0 + 2.0 / 3.0 + 0.6_f64.exp());
    let terms = ["product.lab.rival_terms.apr=0.16", "product.lab.rival_terms.limit=1000.00", minds];
    assert_shares("preferences", &play(&terms), own, 0.6_f64.exp() * own);
}

#[test]
fn those_who_give_up_waiting_go_elsewhere_or_nowhere() {
    let slow = [
        "product.lab.automatic_hours=10",
        "product.lab.rival_terms.hours=10",
        "underwriting.abandonment_per_hour=0.05",
    ];
    let stay = (-0.5_f64).exp();
    assert_shares("slow as the rival", &play(&slow), 0.375 * stay, 0.375);
}

#[test]
fn rivals_differ_as_their_distribution_says() {
    let settings = [
        "market.rivals_initial=4",
        "competition.apr_deviation=0.02",
        "competition.brand_deviation=0.5",
        "run.months=1",
    ];
    let results = runs(&setup(RIVALS, &settings), 600);
    let of = |metric: MonthMetric| -> Vec<f64> {
        results.iter().map(|result| result.get(0, metric) as f64 * 1e-6).collect()
    };
    let rates = of(MonthMetric::RivalRate);
    assert_mean("mean of four rates", &rates, 0.18);
    // Their variance, a quarter of each one's.
    let squares: Vec<f64> = rates.iter().map(|rate| (rate - 0.18) * (rate - 0.18)).collect();
    assert_mean("variance of the mean", &squares, 0.02 * 0.02 / 4.0);
    // The best of four normal utilities with s.d. sqrt(0.3^2 + 0.5^2): 1.02938 deviations above the mean.
    let deviation = (0.3_f64 * 0.3 + 0.5 * 0.5).sqrt();
    assert_mean("the best of four", &of(MonthMetric::RivalAdvantage), 1.029_375 * deviation);
}

#[test]
fn rates_fall_in_a_price_war_as_the_closed_form_says() {
    assert_close("after a year", 1.0 - war_covered(0.1, 12), 0.9_f64.powi(12), 1e-14);
    assert_close("8 % over 4 %", war_rate(0.08, 0.04, war_covered(0.1, 12)), 0.051_297_18, 1e-7);
    assert_eq!(war_rate(0.03, 0.04, 0.9), 0.03, "who is below stays there");
    // From 15 % towards 2.5 % of funding and 3.5 % of margin, from month 0 on.
    let war = [
        "competition.price_war={ rivals_min=1, speed=0.15, margin=0.035 }",
        "product.lab.rival_terms.apr=0.15",
    ];
    let result = &play(&war)[0];
    for month in 0..24 {
        let rate = 0.06 + 0.09 * 0.85_f64.powi(month as i32 + 1);
        let seen = result.get(month, MonthMetric::RivalRate) as f64 * 1e-6;
        assert_close(&format!("month {month}"), seen, rate, 3e-6);
    }
    // Peace as long as rivals are few.
    let late = [war[0].replace("rivals_min=1", "rivals_min=2"), war[1].to_owned()];
    let late: Vec<&str> = late.iter().map(String::as_str).collect();
    assert_close("peace", play(&late)[0].get(23, MonthMetric::RivalRate) as f64 * 1e-6, 0.15, 3e-6);
}

#[test]
fn a_better_substitute_for_months_on_end_stops_new_customers() {
    // Utility of the rival after month t of a war, rate 18 % towards 6 %: 15 (0.12 - 0.12 0.9^(t+1)) - 0.5; above 0.3 from month 5
    // on (0.3434); over months 5 to 8; known in month 9, closed from month 11 on.
    let advantage = |month: i32| 15.0 * 0.12 * (1.0 - 0.9_f64.powi(month + 1)) - 0.5;
    assert!(advantage(4) < 0.3 && advantage(5) > 0.3);
    let settings = [
        "competition.brand=-0.5",
        "competition.price_war={ rivals_min=1, speed=0.1, margin=0.035 }",
        "policy=[{ name=\"delist\", permanent=true, lag=2, stop_new=true, when=[{ metric=\"rival_advantage\", is=\"above\", threshold=0.3, over=\"consecutive\", months=4 }] }]",
    ];
    for result in play(&settings) {
        assert_eq!(result.firings.len(), 1);
        assert_eq!(result.firings[0].fired, 9);
        for month in 0..24 {
            let seen = result.get(month, MonthMetric::RivalAdvantage) as f64 * 1e-6;
            assert_close(&format!("advantage in month {month}"), seen, advantage(month as i32), 1e-5);
            assert_eq!(flow(&result, month, Flow::Leads) > 0, month < 11, "month {month}");
        }
    }
}

#[test]
fn a_share_of_the_market_can_be_watched() {
    let watch = |threshold: &str| {
        format!(
            "policy=[{{ name=\"watch\", cutoff_new=1, when=[{{ metric=\"market_share\", is=\"below\", threshold={threshold} }}] }}]"
        )
    };
    // An equal rival takes half: 0.5 of some 375 a month and as many, give or take 0.02.
    for (threshold, fires) in [("0.4", false), ("0.6", true)] {
        let fired = play(&[&watch(threshold)]).iter().all(|result| !result.firings.is_empty());
        assert_eq!(fired, fires, "below {threshold}");
    }
    let nobody = play(&[&watch("0.6"), "market.rivals_initial=0"]);
    assert!(nobody.iter().all(|result| result.firings.is_empty()), "a share of no market is unknown");
}

#[test]
fn two_points_on_a_quarter_million_save_five_thousand_a_year() {
    let settings = [
        "product.lab.schedule=\"interest_only\"",
        "product.lab.tenors=[{ months=12, share=1 }]",
        "product.lab.amount_min=250000.00",
        "product.lab.amount_median=250000.00",
        "product.lab.apr=0.075",
        "product.lab.rival_terms.apr=0.095",
        "plan={ loans=[{ segment=\"lab\", channel=\"lab\", from=3, to=4, count=7 }] }",
    ];
    for result in play(&settings) {
        for month in 0..24 {
            let loans = flow(&result, month, Flow::LoansNew);
            assert_eq!(loans, if month == 3 || month == 4 { 7 } else { 0 });
            assert_eq!(result.get(month, MonthMetric::InterestSaved), loans * 500_000, "month {month}");
        }
    }
    // Equal principal owes 6.5 months of the amount instead of 12: 2,708.33 a loan.
    let equal = [&settings[1..], &["product.lab.schedule=\"equal_principal\""]].concat();
    assert_eq!(play(&equal)[0].get(3, MonthMetric::InterestSaved), 7 * 270_833);
}
