//! A lever is the setting it moves; two add up or multiply; and each moves results the way theory says.

use lendcycle::engine::RunResult;
use lendcycle::ledger::Flow;
use lendcycle::rate::Number;
use rust_decimal::Decimal;

use crate::laboratory::{BARE, BASE, runs, runs_without_log, scenario, setup, setup_of, total};

const SLOW: [&str; 5] = [
    "underwriting.abandonment_per_hour=0.03",
    "product.emergency.automatic_share=0.7",
    "product.emergency.automatic_hours=0.5",
    "product.emergency.manual_hours=24",
    "underwriting.manual_capacity=400",
];

fn with(settings: &[&str], policies: &[&str]) -> Vec<RunResult> {
    // A list has one member at least.
    let policies = if policies.is_empty() { &["marketing=1"] } else { policies };
    let policies: Vec<String> =
        policies.iter().enumerate().map(|(i, action)| format!("{{name=\"p{i}\", {action}}}")).collect();
    let policy = format!("policy=[{}]", policies.join(", "));
    runs_without_log(&setup(BARE, &[settings, &[&policy]].concat()), 4)
}

#[test]
fn levers_on_offers_are_the_settings_they_move() {
    let scenario = scenario(BARE, &[]);
    let same = |action: &str, given: &[&str], settings: Vec<String>| {
        let by_policy = with(given, &[action]);
        let all: Vec<&str> = given.iter().copied().chain(settings.iter().map(String::as_str)).collect();
        assert!(by_policy == runs_without_log(&setup(BARE, &all), 4), "{action}");
        assert!(by_policy != runs_without_log(&setup(BARE, given), 4), "{action} does something");
    };
    let products = || scenario.product.iter();
    let raised =
        products().map(|p| format!("product.{}.apr={}", p.name, p.apr.decimal() + Decimal::new(4, 3)));
    same("price=0.004", &[], raised.collect());
    let more = products().map(|p| {
        format!(
            "product.{}.amount_median={}",
            p.name,
            (p.amount_median.decimal() * Decimal::new(15, 1)).round_dp(2)
        )
    });
    same("amount=1.5", &[], more.collect());
    same(
        "amount=0.75, segments=[\"youth\", \"owner\"], products=[\"renovation\", \"emergency\"]",
        &[],
        vec!["product.emergency.amount_median=2250".to_owned()],
    );
    let tenors = "product.education.tenors=[{months=6, share=0.12}, {months=12, share=0.32}, {months=24, share=0.34}, {months=36, share=0.22}]";
    same("tenor=0.4, products=[\"education\"]", &[], vec![tenors.to_owned()]);
    let hours = ["product.emergency.automatic_hours=0.05", "product.emergency.manual_hours=2.4"];
    same("hours=0.1", &SLOW, hours.map(str::to_owned).to_vec());
    let early = &scenario.collections.tier[0];
    let doubled = [("contacts", early.contacts.decimal()), ("capacity", early.capacity.decimal())];
    let doubled =
        doubled.map(|(key, value)| format!("collections.tier.{}.{key}={}", early.name, value * Decimal::TWO));
    same(&format!("collections=2, tiers=[\"{}\"]", early.name), &[], doubled.to_vec());
    let budget = "channel.partner.budget=[{month=30, amount=40000.00}]";
    same("launch=[\"partner\"], from=30, to=30", &[], vec![budget.to_owned()]);
    let regulated = |steps: &str| runs(&setup(BARE, &[&format!("regulation.apr_cap=[{steps}]")]), 4);
    let capped = runs(&setup(BARE, &["product.emergency.apr_cap=0.15"]), 4);
    assert!(regulated("{month=0, apr=0.15}") == capped);
    assert!(regulated("{month=119, apr=0.15}") != capped);
}

#[test]
fn levers_on_offers_add_up_or_multiply() {
    assert!(with(&[], &["price=0.0078125", "price=-0.00390625"]) == with(&[], &["price=0.00390625"]));
    assert!(with(&[], &["amount=0.5", "amount=1.5"]) == with(&[], &["amount=0.75"]));
    assert!(with(&[], &["tenor=0.75", "tenor=-0.5"]) == with(&[], &["tenor=0.25"]));
    assert!(with(&[], &["tenor=0.75", "tenor=0.5"]) == with(&[], &["tenor=1"]));
    assert!(with(&SLOW, &["hours=0.5", "hours=0.5"]) == with(&SLOW, &["hours=0.25"]));
    let nothing = ["price=0", "amount=1", "tenor=0", "collections=1, tiers=[\"early\"]"];
    assert!(with(&[], &nothing) == with(&[], &[]), "levers that stand still");
    assert!(with(&[], &["launch=[\"partner\"]"]) == with(&[], &[]), "a channel launched at once");
}

/// A dearer loan is taken by fewer, every one of whom the cheaper one had too; of those left, each pays more.
#[test]
fn a_higher_price_loses_customers_and_earns_more_on_each() {
    let (cheap, dear) = (with(&[], &[]), with(&[], &["price=0.005"]));
    let rate = |results: &[RunResult]| {
        total(results, Flow::InterestAccrued)
            / results.iter().flat_map(|r| &r.group_balance).sum::<i64>() as f64
    };
    for (cheap, dear) in cheap.iter().zip(&dear) {
        assert_eq!(cheap.total(Flow::Approvals), dear.total(Flow::Approvals), "run {}", cheap.run);
        assert!(cheap.total(Flow::LoansNew) > dear.total(Flow::LoansNew), "run {}", cheap.run);
    }
    let dearer = 12.0 * (rate(&dear) - rate(&cheap));
    assert!((0.003..0.005).contains(&dearer), "the caps leave part of half a point: {dearer}");
}

#[test]
fn quicker_decisions_make_more_loans_of_the_same_approvals() {
    let (slow, quick) = (with(&SLOW, &[]), with(&SLOW, &["hours=0.05"]));
    for (slow, quick) in slow.iter().zip(&quick) {
        assert_eq!(slow.total(Flow::Approvals), quick.total(Flow::Approvals));
        assert!(slow.total(Flow::LoansNew) < quick.total(Flow::LoansNew), "run {}", slow.run);
    }
}

/// 调整产品期限选项: payments weigh less on incomes, so that fewer of them are missed; what it costs is that more is lent
/// for longer to those who then fail.
#[test]
fn longer_tenors_are_missed_less_where_payments_weigh_on_incomes() {
    let mut incomes: Vec<String> = Vec::new();
    for (segment, income) in [("youth", 6000), ("family", 9000), ("owner", 20000)] {
        incomes.push(format!("segment.{segment}.income_median={income}"));
    }
    incomes.push("affordability={payment_to_income_free=0.2, slope=3}".to_owned());
    // No maturities of bullets, whose length does not move the payment.
    incomes.push("segment.family.products={renovation=0.6, education=0.4}".to_owned());
    incomes.push("channel.online_ads.budget=[{month=0, amount=100000.00}]".to_owned());
    let missed = |tenor: &str| {
        let policy =
            format!("policy=[{{name=\"longer\", tenor={tenor}, products=[\"renovation\", \"education\"]}}]");
        let settings: Vec<String> = incomes.iter().cloned().chain([policy]).collect();
        let results = runs(&setup_of(BASE, &settings), 6);
        let family = |of: &dyn Fn(&RunResult, usize) -> i64| -> f64 {
            let cells = setup_of(BASE, &settings).cells;
            let groups = (0..cells.len()).filter(|group| cells[*group].segment == 0).collect::<Vec<_>>();
            results.iter().map(|result| groups.iter().map(|g| of(result, *g)).sum::<i64>()).sum::<i64>()
                as f64
        };
        let misses = family(&|result, group| result.groups[group].get(Flow::AccountsMissed));
        misses / family(&|result, group| result.group_balance[group])
    };
    let (shorter, usual, longer) = (missed("-1"), missed("0"), missed("1"));
    assert!(shorter > usual && usual > longer, "{shorter:e} {usual:e} {longer:e}");
}
