//! Random scenarios: settings over a small version of the base scenario, valid but far from reasonable.

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

/// The base scenario with a small population.
pub const BASE: &str = "tests/scenarios/lab_small.toml";

type Settings = BoxedStrategy<Vec<String>>;

/// A decimal of three places between two numbers of thousandths.
fn decimal(from: i32, to: i32) -> impl Strategy<Value = String> {
    (from..=to).prop_map(|thousandths| format!("{:.3}", f64::from(thousandths) / 1000.0))
}

/// `key=value` with a decimal.
fn key(key: impl Into<String>, from: i32, to: i32) -> Settings {
    let key = key.into();
    decimal(from, to).prop_map(move |value| vec![format!("{key}={value}")]).boxed()
}

/// `key=value` with a whole number.
fn whole(key: impl Into<String>, from: u32, to: u32) -> Settings {
    let key = key.into();
    (from..=to).prop_map(move |value| vec![format!("{key}={value}")]).boxed()
}

fn all(parts: Vec<Settings>) -> Settings {
    parts.prop_map(|parts| parts.concat()).boxed()
}

/// All of `parts` or none.
fn maybe(parts: Vec<Settings>) -> Settings {
    prop_oneof![Just(Vec::new()), all(parts)].boxed()
}

fn schedule(product: &'static str) -> Settings {
    let schedules = ["annuity", "equal_principal", "interest_only"];
    let units = prop::sample::subsequence(vec![1, 2, 3, 4, 8, 12], 1..=3);
    (prop::sample::select(schedules.to_vec()), prop::sample::select(vec![1, 3, 6]), units, 0..4_u32)
        .prop_map(move |(schedule, unit, units, extra)| {
            let shares: &[f64] = match units.len() {
                1 => &[1.0],
                2 => &[0.35, 0.65],
                _ => &[0.2, 0.3, 0.5],
            };
            let tenors: Vec<String> = units
                .iter()
                .zip(shares)
                .map(|(n, share)| format!("{{months={}, share={share}}}", n * unit))
                .collect();
            vec![
                format!("product.{product}.schedule=\"{schedule}\""),
                format!("product.{product}.payment_months={unit}"),
                match extra {
                    0 => {
                        format!("product.{product}.waiver={{months={unit}, share=0.6, first_loan_only=true}}")
                    }
                    1 => format!("product.{product}.monthly_fee=7.77"),
                    2 => format!("product.{product}.prepayment_fee=0.01"),
                    _ if schedule != "interest_only" => format!("product.{product}.balloon=0.4"),
                    _ => format!("product.{product}.upfront_fee=0.02"),
                },
                format!("product.{product}.tenors=[{}]", tenors.join(", ")),
            ]
        })
        .boxed()
}

fn product(name: &'static str) -> Settings {
    let at = |field: &str| format!("product.{name}.{field}");
    all(vec![
        schedule(name),
        key(at("apr"), 0, 400),
        key(at("apr_floor"), 40, 100),
        key(at("apr_cap"), 100, 600),
        maybe(vec![key(at("upfront_fee"), 0, 100), key(at("penalty_multiple"), 0, 5_000)]),
        maybe(vec![key(at("prepayment"), 0, 400), whole(at("prepayment_ramp"), 1, 24)]),
        maybe(vec![
            whole(at("seasoning_month"), 1, 24),
            key(at("seasoning_peak"), 100, 6_000),
            key(at("seasoning_long_run"), 100, 3_000),
        ]),
        maybe(vec![key(at("take_up"), 0, 1_000), key(at("amount_spread"), 0, 1_500)]),
    ])
}

/// Any product, or a line.
fn product_or_line(name: &'static str) -> Settings {
    prop_oneof![product(name), line(name)].boxed()
}

/// A revolving line.
fn line(name: &'static str) -> Settings {
    let shares = prop::collection::vec(0..=1_000_u32, 8);
    let months = (1..=5_u32, 0..=9_i32, 1..=4_u32, 3..=15_u32);
    (shares, months, 0..3_u32)
        .prop_map(move |(shares, (payments, minimum, run_off, tenor), kind)| {
            let share = |at: usize| format!("{:.3}", f64::from(shares[at]) / 1000.0);
            let drawn = f64::from(shares[0].max(1)) / 1000.0;
            let options = match kind {
                0 => String::new(),
                1 => format!(
                    ", on_time_rise={{payments={payments}, share=0.2}}, rise_drawn_share={}",
                    share(6)
                ),
                _ => format!(", review={{every={payments}, coverage={drawn}, rise=0.1, cut={}}}", share(7)),
            };
            let line = format!(
                "limit_max=150000, limit_by_grade=[2, 1.5, 1, 0.7, 0.3], inactive_share=0.1, \
                 draw_probability={drawn}, draw_share={drawn}, repaid_share={}, minimum_share={}, \
                 minimum_payment={minimum}.77, conversion_factor={}, renewal={}, run_off_months={run_off}, \
                 late_cut={}{options}",
                share(1),
                share(2),
                share(3),
                share(4),
                share(5)
            );
            vec![
                format!("product.{name}.schedule=\"interest_only\""),
                format!("product.{name}.payment_months=1"),
                format!("product.{name}.tenors=[{{months={tenor}, share=1}}]"),
                format!("product.{name}.line={{{line}}}"),
            ]
        })
        .boxed()
}

/// A row of the transition matrix: thousandths that sum to one.
fn row(bucket: usize) -> Settings {
    let length = bucket + 2;
    (prop::collection::vec(prop_oneof![Just(0_u32), 1..100_u32], length), 0..length)
        .prop_map(move |(weights, rest)| {
            let sum = weights.iter().sum::<u32>().max(1);
            let mut thousandths: Vec<u32> = weights.iter().map(|weight| weight * 1000 / sum).collect();
            thousandths[rest] += 1000 - thousandths.iter().sum::<u32>();
            let row: Vec<String> =
                thousandths.iter().map(|p| format!("{:.3}", f64::from(*p) / 1000.0)).collect();
            vec![format!("delinquency.m{bucket}=[{}]", row.join(", "))]
        })
        .boxed()
}

fn delinquency() -> Settings {
    all(vec![
        maybe(vec![row(0)]),
        maybe((1..7).map(row).collect()),
        (4..=24_u32).prop_map(|months| vec![format!("delinquency.charge_off_days={}", 30 * months)]).boxed(),
        key("delinquency.score_slope", 0, 2_000),
        key("delinquency.score_slope_delinquent", 0, 1_000),
    ])
}

fn economy() -> Settings {
    all(vec![
        key("economy.factor_correlation", 0, 500),
        key("economy.factor_persistence", 0, 999),
        maybe(vec![key("economy.lpr_move_probability", 0, 1_000), key("economy.lpr_move_step", 0, 20)]),
        key("economy.demand_noise", 0, 800),
        maybe(vec![key("market.rivals_entries_per_year", 0, 20_000), whole("market.rivals_initial", 0, 12)]),
        maybe(vec![key("market.risk_effect", -200, 500), key("market.prepayment_effect", 0, 100)]),
    ])
}

fn segment(name: &'static str) -> Settings {
    let at = |field: &str| format!("segment.{name}.{field}");
    maybe(vec![
        whole(at("population"), 100, 20_000),
        key(at("completion"), 0, 1_000),
        key(at("fraud_share"), 0, 400),
        key(at("score_mean"), 450_000, 650_000),
        key(at("score_deviation"), 0, 80_000),
        key(at("cutoff_new"), 400_000, 650_000),
        key(at("cutoff_repeat"), 400_000, 650_000),
    ])
}

fn collections() -> Settings {
    let tier = |name: &str| {
        let at = |field: &str| format!("collections.tier.{name}.{field}");
        maybe(vec![
            key(at("contacts"), 0, 12_000),
            whole(at("capacity"), 0, 500),
            key(at("effect_max"), 0, 3_000),
            key(at("contact_cost"), 0, 20_000),
            key(at("contingency"), 0, 1_000),
        ])
    };
    all(vec![
        tier("early"),
        tier("negotiation"),
        tier("outsourced"),
        maybe(vec![
            key("recovery.total", 0, 1_000),
            key("recovery.speed", 0, 3_000),
            key("recovery.cost", 0, 1_000),
            key("recovery.factor_effect", -1_000, 1_000),
        ]),
    ])
}

fn repeat() -> Settings {
    maybe(vec![
        key("repeat.rate", 0, 1_000),
        key("repeat.rate_decay", 0, 1_000),
        whole("repeat.window", 1, 24),
        (0..=5_u32).prop_map(|months| vec![format!("repeat.days_past_due_max={}", 30 * months)]).boxed(),
        key("repeat.amount_growth", 100, 3_000),
        key("repeat.risk_effect", -2_000, 1_000),
    ])
}

/// One policy more, with an action of each kind.
fn policy() -> Settings {
    let action = prop_oneof![
        decimal(0, 3_000).prop_map(|by| format!("marketing={by}")),
        decimal(-60_000, 60_000).prop_map(|by| format!("cutoff_new={by}")),
        decimal(0, 5_000).prop_map(|by| format!("collections={by}")),
        Just("stop_new=true".to_owned()),
        Just("stop_repeat=true".to_owned()),
        decimal(1, 300).prop_map(|share| format!("transfer={share}")),
    ];
    let stages = prop::sample::subsequence(vec!["growth", "plateau", "decline", "exit"], 1..=4);
    (0..40_u32, 0..30_u32, prop::option::of(stages), action)
        .prop_map(|(from, length, stages, action)| {
            let stages = stages.map_or(String::new(), |stages| format!("stages={stages:?}, "));
            let to = from + length;
            vec![format!("policy=[{{name=\"drawn\", from={from}, to={to}, {stages}{action}}}]")]
        })
        .boxed()
}

/// How losses are provided for, taxes and equity.
fn books() -> Settings {
    let ratio = decimal(1_100, 4_000).prop_map(|ratio| format!("method=\"ecl\", stage_2_pd_ratio={ratio}"));
    let methods = ["ecl", "five_class", "incurred"].map(|method| format!("method=\"{method}\""));
    let method = prop_oneof![ratio, proptest::sample::select(methods.to_vec())];
    let provision = method.prop_map(|method| vec![format!("provision={{{method}}}")]).boxed();
    let tax = (decimal(1, 130), decimal(0, 500), 0..8_u32).prop_map(|(vat, income, years)| {
        let years = if income == "0.000" { 0 } else { years };
        vec![format!(
            "tax={{vat={vat}, surcharges=0.12, income_tax={income}, deductible_provisions=0, loss_years={years}}}"
        )]
    });
    let tax = tax.boxed();
    let capital =
        (decimal(1, 1_000), decimal(1, 1_500), decimal(0, 300)).prop_map(|(ratio, weight, cost)| {
            vec![format!(
                "capital={{ratio={ratio}, weight={weight}, weight_defaulted=1.5, cost_of_equity={cost}}}"
            )]
        });
    // Ratings need the probabilities that provisions are made of.
    let rated = (decimal(1, 1_000), decimal(1, 999)).prop_map(|(ratio, lgd)| {
        vec![
            "provision={method=\"ecl\"}".to_owned(),
            format!("capital={{ratio={ratio}, lgd_downturn={lgd}, cost_of_equity=0.1}}"),
        ]
    });
    let given = all(vec![maybe(vec![provision]), maybe(vec![tax.clone()]), maybe(vec![capital.boxed()])]);
    prop_oneof![3 => given, 1 => all(vec![maybe(vec![tax]), rated.boxed()])].boxed()
}

/// Settings of a random scenario.
pub fn settings() -> Settings {
    all(vec![
        whole("run.months", 3, 60),
        key("regulation.apr_all_in_cap", 10_000, 10_000),
        product_or_line("emergency"),
        product("renovation"),
        product("education"),
        product_or_line("business"),
        delinquency(),
        economy(),
        segment("youth"),
        segment("family"),
        segment("owner"),
        collections(),
        repeat(),
        books(),
        maybe(vec![policy()]),
        maybe(vec![whole("channel.online_ads.capacity", 0, 300), whole("channel.organic.capacity", 0, 30)]),
    ])
}
