//! Taxes, equity and value by hand: T35, VAT, losses carried forward, a value of nil at the note rate, internal rates by another
//! method.

use lendcycle::engine::{MonthMetric, RunResult, Workspace, simulate_run};
use lendcycle::ledger::{Flow, Flows};
use lendcycle::lifecycle::metrics::{Sums, find};
use lendcycle::model::capital::RetailClass;
use lendcycle::model::tax::{IncomeTax, contained_vat};
use lendcycle::model::value::{RunValue, internal_rate, present_value};

use statrs::distribution::{ContinuousCDF, Normal};

use crate::laboratory::{ALL_ROLL, assert_close, runs, setup};

const LAB: &str = "tests/scenarios/lab_finance.toml";
const FULL: &str = "scenarios/what_if/after_tax_and_capital.toml";
const ONE_LOAN: &str = "plan.loans=[{ segment = \"lab\", channel = \"lab\", from = 0, to = 0, count = 1 }]";

fn play(settings: &[&str]) -> RunResult {
    simulate_run(&setup(LAB, settings), 0, &mut Workspace::default())
}

fn flows(result: &RunResult) -> Flows {
    let mut all = Flows::default();
    result.groups.iter().for_each(|flows| all.add(flows));
    all
}

#[test]
fn vat_is_contained_in_what_is_paid() {
    assert_close("6 % and 12 % of it", contained_vat(0.06, 0.12), 0.063_396_226_415, 1e-11);
    assert_close("of 106 yuan", 106.0 * contained_vat(0.06, 0.0), 6.0, 1e-14);
}

/// T35: 10,000 at 18 % over twelve months: VAT with surcharges 63.50, capital 438.20 for a year.
#[test]
fn one_loan_pays_taxes_and_holds_equity_as_its_balance_years_say() {
    let result = play(&[ONE_LOAN, "servicing.balance_cost=0.02"]);
    let lent = result.total(Flow::OriginatedNew) as f64;
    let scaled = |amount: i64| amount as f64 / lent * 10_000.0;
    assert_close("VAT", scaled(result.total(Flow::VatPaid)), 63.50, 1e-4);
    assert_close("equity", scaled(result.total(Flow::CapitalHeld)) / 12.0, 438.20, 1e-4);
    assert_close("its cost", scaled(result.total(Flow::CapitalCharge)), 0.12 * 438.20, 1e-4);
    let before_tax = 1001.60 - 63.50 - 139.11 - 111.29;
    assert_close("profit before tax", scaled(flows(&result).profit()), before_tax, 1e-4);
    assert_close("net profit", scaled(flows(&result).net_profit()), 0.75 * before_tax, 1e-4);
    for month in 0..12 {
        let balance = result.get(month, MonthMetric::Balance) as f64;
        let equity = result.get(month, MonthMetric::Equity) as f64;
        assert!((equity - 0.105 * 0.75 * balance).abs() <= 0.5, "month {month}");
    }
    // Owners get back what they put in and what was earned.
    let paid_out = result.total(Flow::DividendPaid) - result.total(Flow::CapitalInjected);
    assert_eq!(paid_out, flows(&result).net_profit());
    assert_eq!(result.get(39, MonthMetric::Funding), 0);
}

/// T35: 16.71 % with a CAC of 300 on twelve months, 10.95 % for a repeat loan, which has none.
#[test]
fn the_required_rate_is_that_of_the_table() {
    let of = |cac: i64| {
        let mut flows = Flows::default();
        for (flow, amount) in [
            (Flow::InterestAccrued, 100_160),
            (Flow::VatPaid, 6_350),
            (Flow::FundingPaid, 13_911),
            (Flow::ServicingPaid, 11_129),
            (Flow::ChargedOff, 25_040),
            (Flow::MarketingPaid, cac),
            (Flow::CapitalChargeBeforeTax, 7_011),
        ] {
            flows.count(flow, amount);
        }
        (find("required_apr").of)(&Sums::of_flows(&flows, 6_677_328, 12)).own()
    };
    assert_close("with CAC", of(30_000), 0.1671, 5e-4);
    assert_close("repeat", of(0), 0.1095, 5e-4);
}

/// At the rate it requires a loan pays for its equity and no more.
#[test]
fn a_loan_at_its_required_rate_earns_nothing() {
    let of = |apr: &str| {
        let result = play(&[ONE_LOAN, "servicing.balance_cost=0.02", apr]);
        let mut sums = Sums::default();
        (0..40).for_each(|month| sums.add(result.month(month)));
        (find("required_apr").of)(&sums).own()
    };
    let required = of("product.lab.apr=0.18");
    // Cost of money and servicing, of equity before tax, and VAT on the interest that pays for them.
    let equity = 0.12 * 0.105 * 0.75 / 0.75;
    assert_close("required rate", required, (0.045 + equity) / (1.0 - contained_vat(0.06, 0.12)), 1e-4);
    let written = format!("product.lab.apr={required:.6}");
    let result = play(&[ONE_LOAN, "servicing.balance_cost=0.02", "product.lab.apr_floor=0.04", &written]);
    let lent = result.total(Flow::OriginatedNew) as f64;
    let economic_profit = flows(&result).net_profit() - result.total(Flow::CapitalCharge);
    assert!((economic_profit as f64 / lent).abs() < 1e-6, "{economic_profit} of {lent}");
}

/// T27, at a loss of 75 % in a downturn: correlation, requirement, risk weight.
#[test]
fn internal_ratings_require_what_the_table_says() {
    use RetailClass::{Other, Revolving};
    for (pd, correlation, requirement, weight) in [
        (0.05, 0.052_591, 0.088_554, 1.1069),
        (0.02, 0.094_556, 0.077_315, 0.9664),
        (0.10, 0.033_926, 0.100_724, 1.2590),
    ] {
        assert_close("R", Other.correlation(pd), correlation, 1e-5);
        assert_close("K", Other.requirement(pd, 0.75), requirement, 1e-5);
        assert_close("weight", 12.5 * Other.requirement(pd, 0.75), weight, 1e-4);
    }
    assert_close("K of lines", Revolving.requirement(0.05, 0.75), 0.072_993, 1e-5);
    assert_eq!(Other.requirement(0.0, 0.75), Other.requirement(0.0005, 0.75), "the floor");
}

/// Bullet loans that miss with 2 % a month and then never pay: in default within twelve months are those that miss in the
/// first nine. What is expected beyond the allowance is deducted; in default the downturn beyond the allowance counts.
#[test]
fn equity_by_internal_ratings_is_as_by_hand() {
    let capital = "capital={ratio=0.105, lgd_downturn=0.75, cost_of_equity=0.12}";
    let bullet = "product.lab.schedule=\"interest_only\"";
    let many = "plan.loans=[{ segment = \"lab\", channel = \"lab\", from = 0, to = 0, count = 200 }]";
    let settings: Vec<&str> = [many, bullet, capital]
        .into_iter()
        .chain(ALL_ROLL[1..7].iter().copied())
        .chain(["delinquency.m0=[0.98, 0.02]"])
        .collect();
    let result =
        simulate_run(&setup("tests/scenarios/lab_provision.toml", &settings), 0, &mut Workspace::default());
    let normal = Normal::standard();
    let requirement = |pd: f64| {
        let weight = (1.0 - (-35.0 * pd).exp()) / (1.0 - (-35.0_f64).exp());
        let r = 0.03 * weight + 0.16 * (1.0 - weight);
        let stressed = (normal.inverse_cdf(pd) + r.sqrt() * normal.inverse_cdf(0.999)) / (1.0 - r).sqrt();
        0.75 * (normal.cdf(stressed) - pd)
    };
    let of = |metric: MonthMetric, month: usize| result.get(month, metric) as f64;
    for month in 0..11 {
        let performing: f64 = of(MonthMetric::BucketBalance(0), month);
        let late: f64 = (1..4).map(|bucket| of(MonthMetric::BucketBalance(bucket), month)).sum();
        let defaulted: f64 = (4..7).map(|bucket| of(MonthMetric::BucketBalance(bucket), month)).sum();
        // The loans end after twelve months.
        let pd = 1.0 - 0.98_f64.powi(9.min(12 - month as i32));
        // Who is late is sure to default and needs nothing but what is expected.
        let allowance = of(MonthMetric::Allowance(0), month) + of(MonthMetric::Allowance(1), month);
        let shortfall = (0.75 * (pd * performing + late) - allowance).max(0.0);
        let in_default = (0.75 * defaulted - of(MonthMetric::Allowance(2), month)).max(0.0);
        let expected = 0.105 * 12.5 * (requirement(pd) * performing + in_default) + shortfall;
        assert_close(&format!("month {month}"), of(MonthMetric::Equity, month), expected, 1e-4);
    }
    assert!(of(MonthMetric::BucketBalance(5), 11) > 0.0 && of(MonthMetric::BucketBalance(0), 11) > 0.0);
}

/// A loss of 100 and profits of 60, 80 and 30 in four years, month by month: 0, 0, 40 and 30 are taxed.
#[test]
fn losses_are_carried_forward_until_they_expire() {
    let pays = |years: u32| {
        let mut tax = IncomeTax::default();
        let mut paid = Vec::new();
        for profit in [-1_200, 720, 960, 360] {
            paid.push((0..12).map(|_| tax.add(profit / 12, 0.25)).sum::<i64>());
            tax.end_year(years);
        }
        paid
    };
    assert_eq!(pays(5), [0, 0, 120, 90]);
    // After one year 480 of the loss are left and lapse.
    assert_eq!(pays(1), [0, 0, 240, 90]);
    assert_eq!(pays(0), [0, 180, 240, 90]);
    // What was paid on early profits comes back within the year.
    let mut tax = IncomeTax::default();
    assert_eq!([tax.add(400, 0.25), tax.add(-400, 0.25), tax.add(-100, 0.25)], [100, -100, 0]);
    assert_eq!((tax.unused(5), tax.unused(0)), (100, 0));
}

/// Current and deferred tax together are a quarter of the profit in the accounts, when no loss lapses; what lapses costs more.
#[test]
fn tax_is_its_rate_of_profit_unless_losses_lapse() {
    let of = |years: &str| runs(&setup(FULL, &[&format!("tax.loss_years={years}")]), 12);
    let (kept, lapsed) = (of("20"), of("0"));
    let mut dearer = 0;
    for (kept, lapsed) in kept.iter().zip(&lapsed) {
        let (kept, lapsed) = (flows(kept), flows(lapsed));
        let expected = 0.25 * kept.profit_booked() as f64;
        assert!((kept.income_tax() as f64 - expected).abs() <= 12.0, "a rounding a year");
        assert_eq!(kept.profit_booked(), lapsed.profit_booked());
        assert!(lapsed.income_tax() >= kept.income_tax() - 12);
        dearer += usize::from(lapsed.income_tax() > kept.income_tax() + 12);
    }
    assert!(dearer > 0, "no loss lapses");
}

/// A loan without losses, costs and taxes that equity alone pays for earns the rate that is written on it: at that rate its
/// value is nil.
#[test]
fn value_is_nil_at_the_note_rate() {
    let effective = 1.015_f64.powi(12) - 1.0;
    let cost = format!("capital.cost_of_equity={effective:.17}");
    let plain = [
        ONE_LOAN,
        "capital.ratio=1",
        "capital.weight=1",
        "funding.spread=-0.03",
        "servicing.balance_cost=0",
        "tax.vat=0",
        "tax.surcharges=0",
        "tax.income_tax=0",
        "tax.loss_years=0",
    ];
    let settings: Vec<&str> = plain.into_iter().chain([cost.as_str()]).collect();
    let result = play(&settings);
    let value = result.value.expect("there is equity");
    let lent = result.total(Flow::OriginatedNew) as f64;
    assert!(value.npv.abs() / lent < 1e-9, "{} of {lent}", value.npv);
    assert_close("internal rate", value.irr.expect("one"), effective, 1e-8);
    assert_eq!(value.peak_need, result.total(Flow::OriginatedNew));
}

/// Limits bind where the book outgrows them, hold it there within what a month's luck moves, and change nothing before.
#[test]
fn lending_stops_where_equity_or_money_does() {
    let of = |settings: &[&str]| runs(&setup(FULL, &[&["run.months=40"], settings].concat()), 6);
    let free = of(&[]);
    let equity =
        of(&["capital.available=[{ month = 0, amount = 4000000.00 }, { month = 20, amount = 6000000.00 }]"]);
    let money = of(&["funding.balance_max=60000000.00"]);
    let highest = |results: &[RunResult], of: MonthMetric, months: std::ops::Range<usize>| {
        let all = results.iter().flat_map(|result| months.clone().map(move |month| result.get(month, of)));
        all.max().expect("months") as f64 / 100.0
    };
    assert!(
        highest(&free, MonthMetric::Equity, 0..20) > 8e6 && highest(&free, MonthMetric::Balance, 0..40) > 1e8
    );
    // Within a seventh: what a month moves by chance.
    for (limit, found) in [
        (4e6, highest(&equity, MonthMetric::Equity, 0..20)),
        (6e6, highest(&equity, MonthMetric::Equity, 20..40)),
        (6e7, highest(&money, MonthMetric::Balance, 0..40)),
    ] {
        assert!((0.95 * limit..1.15 * limit).contains(&found), "{found} against a limit of {limit}");
    }
    for (free, money) in free.iter().zip(&money) {
        let turned = |month: &usize| money.get(*month, MonthMetric::Rationed) > 0;
        let first = (0..40).find(turned).expect("it binds");
        // The month itself is the first whose lending the limit moves.
        for month in 0..first {
            assert_eq!(free.month(month), money.month(month), "month {month}");
        }
        assert!(money.flows(first).get(Flow::LoansNew) < free.flows(first).get(Flow::LoansNew));
    }
}

/// Roots by Newton's method on the polynomial in the monthly discount factor.
#[test]
fn internal_rates_are_those_of_another_root_finder() {
    let newton = |cash: &[i64]| {
        let mut v: f64 = 0.99;
        for _ in 0..200 {
            let (mut value, mut slope) = (0.0, 0.0);
            for (t, amount) in cash.iter().enumerate() {
                value += *amount as f64 * v.powi(t as i32);
                slope += t as f64 * *amount as f64 * v.powi(t as i32 - 1);
            }
            v -= value / slope;
        }
        v.powi(-12) - 1.0
    };
    let mut state: u64 = 42;
    let mut next = |most: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as i64 % most
    };
    for _ in 0..200 {
        // Put in at first, taken out later: one root.
        let mut cash: Vec<i64> = (0..6).map(|_| -1 - next(100_000)).collect();
        cash.extend((0..60).map(|_| 2_000 + next(12_000)));
        let found = internal_rate(&cash).expect("one root");
        assert_close("rate", found, newton(&cash), 1e-9);
        assert!(present_value(&cash, found).abs() < 1e-3);
    }
    assert_eq!(internal_rate(&[-5, 3, 1]).map(|rate| rate < 0.0), Some(true), "what does not come back");
    assert_eq!(internal_rate(&[5, 1]), None);
}

#[test]
fn payback_is_the_month_from_which_nothing_is_owed_to_owners() {
    let value = RunValue::new(&[0, -100, -50, 80, 60, 40, -5], &[-10, 30, -25, 10, 1, 1], 0.12);
    assert_eq!((value.peak_need, value.payback, value.break_even), (150, Some(4), Some(3)));
    let never = RunValue::new(&[-10, 5], &[-1], 0.12);
    assert_eq!((never.payback, never.break_even), (None, None));
}
