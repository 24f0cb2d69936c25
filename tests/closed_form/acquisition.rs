//! T39, T40: from spend and word of mouth to leads.

use lendcycle::engine::{RunResult, Workspace, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::model::marketing::{adstock, bass, expected_leads, hill, poisson_quantile};
use statrs::distribution::{DiscreteCDF, Poisson};

use crate::laboratory::{MARKET, assert_close, assert_count, assert_mean, flow, runs, setup};

const P: f64 = 0.03 / 12.0;
const Q: f64 = 0.38 / 12.0;
const M: f64 = 1e6;

#[test]
fn bass_recursion_matches_worked_numbers() {
    let (mut adopted, mut peak) = (0.0, (0.0, 0));
    for month in 0..120 {
        let adopters = bass(M, adopted, P, Q);
        adopted += adopters;
        if adopters > peak.0 {
            peak = (adopters, month + 1);
        }
        let expected = match month + 1 {
            12 => 35_178.87,
            24 => 83_558.65,
            60 => 325_831.08,
            _ => continue,
        };
        assert_close(&format!("adopted after {} months", month + 1), adopted, expected, 2e-7);
    }
    assert_eq!(peak.1, 76, "peak month");
    // The continuous model peaks at t* = 74.3114 with M (p + q)^2 / (4 q) adopters a month.
    assert_close("peak", peak.0, 9216.0088, 1e-3);
    assert_close("the hazard's own maximum", bass(M, M * (Q - P) / (2.0 * Q), P, Q), 9216.0088, 1e-7);
    assert_close("adopted at the peak", M * (Q - P) / (2.0 * Q), 460_526.3, 1e-6);
    assert_eq!((bass(0.0, 0.0, P, Q), bass(M, 2.0 * M, P, Q)), (0.0, 0.0));
}

#[test]
fn hill_response_matches_worked_numbers() {
    let leads = |stock: f64| hill(stock, 10_000.0, 500_000.0, 1.4);
    for (stock, expected) in [
        (100_000.0, 950.7267),
        (250_000.0, 2747.9957),
        (500_000.0, 5_000.0),
        (1_000_000.0, 7252.0043),
        (2_000_000.0, 8744.4133),
    ] {
        assert_close("leads", leads(stock), expected, 1e-7);
    }
    // V s / (4 K): 7 leads per 1,000 of stock.
    let slope = (leads(500_100.0) - leads(499_900.0)) / 0.2;
    assert_close("slope at K per 1,000", slope, 7.0, 1e-6);
    assert_eq!(leads(0.0), 0.0);
}

#[test]
fn advertising_stock_carries_over_geometrically() {
    let mut stock = 0.0;
    for _ in 0..100 {
        stock = adstock(stock, 1_000.0, 0.6);
    }
    assert_close("steady state x 2.5", stock, 2_500.0, 1e-12);
    let mut fading = 1.0;
    for month in 1..=10 {
        fading = adstock(fading, 0.0, 0.6);
        assert_close("half-life 1.3569", fading, 0.5_f64.powf(f64::from(month) / 1.356_915_4), 1e-6);
    }
}

#[test]
fn paid_leads_shrink_with_the_market_left() {
    assert_close("leads", expected_leads(400.0, 50.0, 0.25, 1.12), 350.0 * 1.12, 1e-14);
    assert_close("an exhausted market", expected_leads(400.0, 0.0, 1.5, 1.0), 0.0, 1e-15);
}

#[test]
fn small_lead_counts_are_exact_poisson_quantiles() {
    for mean in [0.01, 0.7, 3.0, 12.5, 29.9] {
        let law = Poisson::new(mean).expect("a positive mean");
        for i in 0..2_000 {
            let u = (f64::from(i) + 0.5) / 2_000.0;
            let count = poisson_quantile(mean, u);
            assert!(law.cdf(count) >= u - 1e-12, "mean {mean}, u {u}: {count} is too few");
            assert!(count == 0 || law.cdf(count - 1) < u + 1e-12, "mean {mean}, u {u}: {count} is too many");
            assert_eq!(count, law.inverse_cdf(u), "mean {mean}, u {u}");
        }
    }
    assert_eq!(poisson_quantile(0.0, 0.999), 0);
}

#[test]
fn large_lead_counts_err_less_than_three_thousandths_in_probability() {
    for mean in [30.0, 47.3, 120.0, 3_000.0] {
        let law = Poisson::new(mean).expect("a positive mean");
        let (mut sum, mut squares) = (0.0, 0.0);
        const STEPS: u32 = 20_000;
        for i in 0..STEPS {
            let u = (f64::from(i) + 0.5) / f64::from(STEPS);
            let count = poisson_quantile(mean, u);
            assert!(law.cdf(count) > u - 0.003, "mean {mean}, u {u}: {count} is too few");
            assert!(law.cdf(count - 1) < u + 0.003, "mean {mean}, u {u}: {count} is too many");
            sum += count as f64;
            squares += (count as f64 - mean).powi(2);
        }
        assert_close("mean", sum / f64::from(STEPS), mean, 1e-3);
        assert_close("variance", squares / f64::from(STEPS), mean, 5e-3);
    }
}

/// Draws that lose a lead as the mean rises through `means`, in each step.
fn lost(means: &[f64]) -> Vec<usize> {
    let counts =
        |mean: f64| (0..50_000).map(move |i| poisson_quantile(mean, (f64::from(i) + 0.5) / 50_000.0));
    let lost =
        |pair: &[f64]| counts(pair[0]).zip(counts(pair[1])).filter(|(before, now)| now < before).count();
    means.windows(2).map(lost).collect()
}

#[test]
fn more_expected_leads_do_not_lose_a_lead() {
    let small: Vec<f64> = (0..60).map(|i| 0.01 + f64::from(i) * 0.499).collect();
    assert!(lost(&small).iter().all(|lost| *lost == 0));
    let large: Vec<f64> = (0..60).map(|i| 30.0 + f64::from(i * i) * 0.37).collect();
    assert!(lost(&large).iter().all(|lost| *lost == 0));
    // Exact inversion ends at 30: there one draw in 200 may lose a lead.
    assert!(lost(&[29.999_999, 30.0])[0] < 250);
}

fn leads(results: &[RunResult], months: std::ops::Range<usize>) -> Vec<f64> {
    let sum = |result: &RunResult| months.clone().map(|month| flow(result, month, Flow::Leads)).sum::<i64>();
    results.iter().map(|result| sum(result) as f64).collect()
}

#[test]
fn word_of_mouth_spreads_through_the_engine_as_bass_says() {
    let settings = [
        "run.months=60",
        "segment.lab.completion=0.0",
        "channel.lab.audience.lab.innovation=0.0025",
        "channel.lab.audience.lab.imitation=0.031666666666666666667",
    ];
    let results = runs(&setup(MARKET, &settings), 60);
    for (months, expected) in [(12, 35_178.87), (24, 83_558.65), (60, 325_831.08)] {
        assert_mean(&format!("adopted after {months} months"), &leads(&results, 0..months), expected);
    }
}

/// A channel with adstock and Hill response; the market is so large that it is never worked through.
const PAID: [&str; 9] = [
    "run.months=24",
    "segment.lab.completion=0.0",
    "segment.lab.population=2000000000",
    "channel.lab.budget=[{month=2, amount=100000.00}, {month=10, amount=200000.00}, {month=16, amount=0.00}]",
    "channel.lab.retention=0.6",
    "channel.lab.slope=1.4",
    "channel.lab.audience.lab.half_saturation=500000.00",
    "channel.lab.audience.lab.leads_max=10000",
    "economy.demand_season=[1, 1.5, 0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1]",
];

/// Expected leads of `PAID` by month when the spend is multiplied by `of`.
fn paid(of: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut stock = 0.0;
    (0..24)
        .map(|month| {
            let budget = match month {
                2..10 => 100_000.0,
                10..16 => 200_000.0,
                _ => 0.0,
            };
            stock = 0.6 * stock + budget * of(month);
            let season = [1.0, 1.5, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0][month % 12];
            let ratio = (stock / 500_000.0_f64).powf(1.4);
            season * 10_000.0 * ratio / (1.0 + ratio)
        })
        .collect()
}

#[test]
fn leads_follow_the_hill_curve_of_the_advertising_stock() {
    let results = runs(&setup(MARKET, &PAID), 120);
    for (month, expected) in paid(|_| 1.0).into_iter().enumerate() {
        let sample = leads(&results, month..month + 1);
        if expected == 0.0 {
            assert!(sample.iter().all(|leads| *leads == 0.0), "no spend, no leads");
        } else {
            assert_mean(&format!("leads in month {month}"), &sample, expected);
        }
    }
    let spent: i64 = (0..24).map(|month| flow(&results[0], month, Flow::MarketingPaid)).sum();
    assert_eq!(spent, (8 * 100_000 + 6 * 200_000) * 100);
}

#[test]
fn rivals_make_leads_dearer() {
    let settings: Vec<&str> =
        PAID.into_iter().chain(["market.rivals_initial=5", "market.lead_cost_effect=0.06"]).collect();
    let results = runs(&setup(MARKET, &settings), 120);
    for (month, expected) in paid(|_| 1.0 / 1.3).into_iter().enumerate().skip(2) {
        assert_mean(&format!("leads in month {month}"), &leads(&results, month..month + 1), expected);
    }
}

#[test]
fn advertising_fades_while_new_customers_are_stopped() {
    let stop = "policy=[{name=\"stop\", from=12, to=17, stop_new=true}]";
    let settings: Vec<&str> = PAID.into_iter().chain([stop]).collect();
    let results = runs(&setup(MARKET, &settings), 120);
    let expected = paid(|month| f64::from(u8::from(!(12..18).contains(&month))));
    assert!(leads(&results, 12..18).iter().all(|leads| *leads == 0.0));
    // Nothing is spent while stopped, and what was built up before keeps fading.
    for (month, expected) in expected.into_iter().enumerate().skip(18) {
        assert_mean(&format!("leads in month {month}"), &leads(&results, month..month + 1), expected);
    }
}

#[test]
fn capacity_caps_the_expected_leads_of_a_channel() {
    let settings: Vec<&str> = PAID.into_iter().chain(["channel.lab.capacity=2500"]).collect();
    let results = runs(&setup(MARKET, &settings), 120);
    for (month, expected) in paid(|_| 1.0).into_iter().enumerate().skip(2) {
        let what = format!("leads in month {month}");
        assert_mean(&what, &leads(&results, month..month + 1), expected.min(2_500.0));
    }
}

#[test]
fn a_person_is_a_lead_once() {
    let settings = [
        "run.months=40",
        "segment.lab.completion=0.0",
        "segment.lab.population=5000",
        "channel.lab.audience.lab.innovation=0.5",
    ];
    for result in runs(&setup(MARKET, &settings), 20) {
        assert_eq!(result.total(Flow::Leads), 5_000, "the market is worked through");
    }
}

#[test]
fn slow_decisions_lose_applicants_by_the_hour() {
    // 63 % gave up waiting: with 24 hours to yes that is a rate of -ln 0.37 / 24 = 4.14 % an hour.
    let rate = -(0.37_f64).ln() / 24.0;
    let loans = |settings: &[&str]| -> i64 {
        let all = ["run.months=1", "channel.lab.audience.lab.innovation=0.02", "product.lab.take_up=0.9"];
        simulate_run(&setup(MARKET, &[&all, settings].concat()), 0, &mut Workspace::default())
            .total(Flow::LoansNew)
    };
    let abandonment = format!("underwriting.abandonment_per_hour={rate:.9}");
    let slow = [abandonment.as_str(), "product.lab.automatic_share=0", "product.lab.manual_hours=24"];
    let (all, stayed) = (loans(&[]), loans(&slow));
    assert_count("who waited a day", stayed, all as f64, 0.37);
    let quick = [slow[0], "product.lab.automatic_share=0.7", "product.lab.automatic_hours=0.5", slow[2]];
    let expected = 0.7 * (-rate * 0.5).exp() + 0.3 * 0.37;
    assert_count("seven of ten at once", loans(&quick), all as f64, expected);
    assert_eq!(loans(&[slow[0]]), all, "all automatic, at once: nobody waits");
}

#[test]
fn cases_beyond_capacity_wait_in_a_queue() {
    use lendcycle::model::decision::{HOURS_PER_MONTH, backlog_after, staying, waiting_hours};
    // 130 cases a month for a staff of 100: 30 more are left each month, and a newcomer waits 30 % of a month longer.
    let mut backlog = 0.0;
    for month in 0..6 {
        assert_close("left", backlog, 30.0 * f64::from(month), 1e-12);
        let hours = waiting_hours(backlog, 100.0);
        assert_close("hours", hours, 0.3 * f64::from(month) * HOURS_PER_MONTH, 1e-12);
        backlog = backlog_after(backlog, 130.0, 100.0);
    }
    assert_eq!(backlog_after(30.0, 0.0, 100.0), 0.0, "a queue is never negative");
    assert_eq!((waiting_hours(0.0, 10.0), waiting_hours(0.0, f64::INFINITY)), (0.0, 0.0));
    assert_eq!(staying(0.0, 1e3), 1.0);
}

#[test]
fn referrals_multiply_new_customers_by_one_over_one_less_k() {
    let settings = [
        "run.months=40",
        "segment.lab.population=20000000",
        "product.lab.take_up=1",
        "channel.lab.budget=[{month=0, amount=100000000.00}, {month=1, amount=0.00}]",
        "channel.lab.audience.lab.half_saturation=0.01",
        "channel.lab.audience.lab.leads_max=100000",
    ];
    let total = |more: &[&str], flow: Flow| {
        simulate_run(&setup(MARKET, &[&settings, more].concat()), 0, &mut Workspace::default()).total(flow)
    };
    let alone = total(&[], Flow::LoansNew) as f64;
    let referred = total(&["channel.lab.referrals=0.15"], Flow::LoansNew) as f64;
    // Poisson counts of 100,000 and what follows: four standard errors of the ratio are 1.6 %.
    assert_close("k = 0.15: 1.176471", referred / alone, 1.176_471, 0.016);
    let spent = total(&["channel.lab.reward=12.50"], Flow::MarketingPaid) - total(&[], Flow::MarketingPaid);
    assert_eq!(spent, 1_250 * alone as i64, "12.50 for each new loan");
}
