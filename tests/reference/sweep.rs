//! Scenarios drawn at random from a list of values for each key, so that features meet that no file brings together.

use lendcycle::random::philox;

const SCHEDULES: [&str; 3] = ["annuity", "equal_principal", "interest_only"];

/// Whole quarters, as every schedule must accept them.
const TENORS: [&str; 4] = [
    "[{ months = 6, share = 1 }]",
    "[{ months = 3, share = 0.3 }, { months = 6, share = 0.3 }, { months = 15, share = 0.4 }]",
    "[{ months = 6, share = 0.5 }, { months = 9, share = 0.5 }]",
    "[{ months = 12, share = 0.8 }, { months = 120, share = 0.2 }]",
];

/// Keys of each product.
const OF_PRODUCT: &[(&str, &[&str])] = &[
    ("payment_months", &["1", "3"]),
    ("rate_steps", &["[{month_on_book=4, change=0.0}]", "[{month_on_book=4, change=0.02}]"]),
    ("waiver", &["{months=2, share=0.7}", "{months=30, share=1, first_loan_only=true}"]),
    ("monthly_fee", &["0", "3.21"]),
    ("prepayment_fee", &["0", "0.0077"]),
    ("apr", &["0", "0.07", "0.39"]),
    ("apr_cap", &["0.1281", "0.374", "0.8"]),
    ("penalty_multiple", &["0", "1.5", "7.7"]),
    ("upfront_fee", &["0", "0.0333"]),
    ("amount_step", &["0.01", "100", "1000"]),
    ("prepayment", &["0", "0.02", "0.3"]),
    ("curtailment", &["{probability=0.1, share=0.3, keep=\"term\"}"]),
    ("prepayment_ramp", &["1", "5", "24"]),
    ("seasoning_month", &["1", "4", "20"]),
    ("seasoning_peak", &["0.4", "1.0", "3.0"]),
    ("guarantee_share", &["0.3", "1"]),
    ("take_up_slope", &["-0.4", "-0.01", "0.1"]),
    ("take_up_rate", &["\"contract\"", "\"all_in\""]),
    ("day_count", &["\"30/360\"", "\"actual/360\"", "\"actual/365\""]),
];

/// Keys with values to choose from.
const OF_SCENARIO: [(&str, &[&str]); 41] = [
    ("run.months", &["1", "17", "30", "37"]),
    ("run.seed", &["0", "1", "9223372036854775807"]),
    ("run.start", &["\"2026-01\"", "\"2031-08\""]),
    ("economy.factor_correlation", &["0", "0.03", "0.4"]),
    ("economy.factor_persistence", &["0", "0.965"]),
    ("economy.factor_initial", &["-2.5", "0", "2"]),
    ("economy.lpr_move_probability", &["0", "0.5"]),
    ("economy.demand_noise", &["0", "0.4"]),
    ("market.rivals_initial", &["0", "5"]),
    ("market.rivals_first_entry", &["0", "12"]),
    ("market.rivals_entries_per_year", &["0", "2.6", "9"]),
    ("market.score_effect", &["-6", "0"]),
    ("market.risk_effect", &["0", "0.2"]),
    ("market.prepayment_effect", &["0", "0.1"]),
    ("segment.youth.saturation_effect", &["-200", "50"]),
    ("segment.youth.fraud_share", &["0", "0.2", "1"]),
    ("segment.owner.risk_effect", &["-1.5", "1.5"]),
    ("segment.family.cutoff_repeat", &["0", "600", "640"]),
    ("segment.owner.population", &["100", "40000"]),
    ("underwriting.score_error", &["0", "20", "60"]),
    ("underwriting.points_to_double_odds", &["15", "40"]),
    ("delinquency.score_slope", &["0", "0.55", "3"]),
    ("delinquency.score_slope_delinquent", &["0", "0.2", "2"]),
    ("delinquency.charge_off_days", &["120", "150", "180", "210", "360", "900"]),
    ("delinquency.m0", &["[0.95, 0.05]", "[0.6, 0.4]", "[1, 0]", "[0, 1]"]),
    ("delinquency.m1", &["[0.3, 0.4, 0.3]", "[0, 0, 1]", "[0, 1, 0]"]),
    ("delinquency.m3", &["[0.1, 0.2, 0.1, 0.1, 0.5]", "[0, 0, 0, 0, 1]"]),
    ("delinquency.m6", &["[0.05, 0.05, 0.1, 0.1, 0.1, 0.1, 0.2, 0.3]", "[0, 0, 0, 0, 0, 0, 0, 1]"]),
    ("collections.tier.early.capacity", &["0", "6", "600"]),
    ("collections.tier.negotiation.contacts", &["0", "12"]),
    ("collections.tier.negotiation.effect_max", &["0", "3"]),
    ("collections.tier.outsourced.contingency", &["0", "0.3"]),
    ("recovery.speed", &["0", "0.08", "2"]),
    ("recovery.factor_effect", &["0", "0.5"]),
    ("reminder", &["{ from=2, ramp=4, effect=0.4, coverage=0.85, cost=0.05 }"]),
    ("litigation", &["{ amount_min=9000, share=0.8, lag=3, recovery=0.3, cost_share=0.02, cost_fixed=150 }"]),
    (
        "sale",
        &["{ every=4, from=2, months_min=1, price=[{ months=0, share=0.3 }, { months=9, share=0.02 }] }"],
    ),
    ("repeat.days_past_due_max", &["0", "30", "150"]),
    ("repeat.rate", &["0", "0.1", "0.9"]),
    ("repeat.window", &["1", "12"]),
    ("repeat.points_late", &["0", "30"]),
];

/// Boundaries of tiers: first and last days of the three tiers.
const TIERS: [[u32; 2]; 3] = [[30, 90], [60, 150], [90, 120]];

/// Settings of sample `sample`.
pub fn settings(sample: u32) -> Vec<String> {
    let mut drawn = 0;
    let mut choose = |count: usize| {
        drawn += 1;
        philox([drawn, 0, 0, 0], [sample, 0])[0] as usize % count
    };
    let mut settings = Vec::new();
    for (key, values) in OF_SCENARIO {
        // Half of the keys keep the value of the file.
        if choose(2) == 0 {
            settings.push(format!("{key}={}", values[choose(values.len())]));
        }
    }
    for product in ["emergency", "renovation", "education", "business"] {
        settings.push(format!("product.{product}.schedule=\"{}\"", SCHEDULES[choose(SCHEDULES.len())]));
        settings.push(format!("product.{product}.tenors={}", TENORS[choose(TENORS.len())]));
        for (key, values) in OF_PRODUCT {
            if choose(3) == 0 {
                settings.push(format!("product.{product}.{key}={}", values[choose(values.len())]));
            }
        }
    }
    settings.push("regulation.apr_all_in_cap=10".to_owned());
    // Multiples of every step above.
    settings.push("product.renovation.amount_min=50000".to_owned());
    settings.push("product.renovation.amount_max=200000".to_owned());
    let [early, negotiation] = TIERS[choose(TIERS.len())];
    settings.push(format!("collections.tier.early.days_to={early}"));
    settings.push(format!("collections.tier.negotiation.days_from={}", early + 1));
    settings.push(format!("collections.tier.negotiation.days_to={negotiation}"));
    settings.push(format!("collections.tier.outsourced.days_from={}", negotiation + 1));
    // A third have the month of the due date worked in two tiers of days; not where all miss, and nobody can pay late.
    if choose(3) == 0 && !settings.iter().any(|setting| setting == "delinquency.m0=[0, 1]") {
        let (last, capacity) = ([1, 7, 29][choose(3)], ["0", "1.7", "9000"][choose(3)]);
        let tier = |name: &str, from: u32, to: u32, paid: &str| {
            format!(
                "{{name=\"{name}\", days_from={from}, days_to={to}, paid={paid}, contacts=2.3, contacts_max=3, \
                 contacts_observed=1.1, capacity={capacity}, effect_max=0.7, contacts_scale=1.7, contact_cost=0.37}}"
            )
        };
        let (first, second) = (["0.07", "0.21"][choose(2)], ["0.13", "0.31"][choose(2)]);
        let tiers = [tier("first", 1, last, first), tier("second", last + 1, 30, second)];
        settings.push(format!("collections.first_month=[{}]", tiers.join(", ")));
        settings.push(format!("product.business.grace_days={}", [1, 7, 29][choose(3)]));
    }
    settings
}

/// Figures with thresholds that they cross in a small market.
const FIGURES: [(&str, [f64; 3]); 16] = [
    ("npl_ratio_balance", [0.0, 0.002, 0.01]),
    ("npl_ratio_lagged", [0.0, 0.004, 0.02]),
    ("dpd30_ratio_balance", [0.0, 0.01, 0.03]),
    ("dpd1_ratio_balance", [0.01, 0.03, 0.06]),
    ("ever_dpd30_rate_count", [0.0, 0.01, 0.03]),
    ("fpd_rate_count", [0.0, 0.01, 0.05]),
    ("charge_off_rate_annual", [0.0, 0.01, 0.05]),
    ("originated", [100_000.0, 500_000.0, 900_000.0]),
    ("loans_new", [5.0, 20.0, 40.0]),
    ("balance", [100_000.0, 1_000_000.0, 5_000_000.0]),
    ("repaid_to_originated", [0.3, 0.7, 1.1]),
    ("rivals", [0.0, 1.0, 3.0]),
    ("completion_rate", [0.5, 0.55, 0.6]),
    ("approval_rate", [0.5, 0.6, 0.7]),
    ("cac", [50.0, 150.0, 400.0]),
    ("profit_before_tax", [-50_000.0, 0.0, 20_000.0]),
];
const OVERS: [&str; 4] = ["mean", "max", "min", "consecutive"];
const ACTIONS: &[&str] = &[
    "cutoff_new=12.5",
    "cutoff_repeat=9",
    "marketing=0.6",
    "marketing=1.45, channels=[\"branch\"]",
    "collections=1.7",
    "cutoff_new=-7, stop_repeat=true, segments=[\"youth\"]",
    "price=0.0071",
    "price=-0.0123, products=[\"emergency\"]",
    "amount=1.37, segments=[\"owner\", \"youth\"], products=[\"business\", \"emergency\"]",
    "tenor=0.43",
    "tenor=-0.77, products=[\"education\", \"renovation\"]",
    "collections=2.2, tiers=[\"early\"]",
    "launch=[\"partner\"], cutoff_new=2",
];
const SCOPES: [&str; 4] = [
    "segment=\"family\"",
    "channel=\"branch\"",
    "segment=\"owner\", channel=\"online_ads\"",
    "segment=\"youth\"",
];

/// The setting of four rules on figures of sample `sample`.
pub fn rules(sample: u32) -> String {
    let mut drawn = 0;
    let mut choose = |count: usize| {
        drawn += 1;
        philox([drawn, 1, 0, 0], [sample, 0])[0] as usize % count
    };
    let mut policies = Vec::new();
    for rule in 0..4 {
        let mut when = Vec::new();
        for _ in 0..1 + choose(2) {
            let (metric, thresholds) = FIGURES[choose(FIGURES.len())];
            let (threshold, above) = (thresholds[choose(3)], choose(2) == 0);
            let mut keys = format!("metric=\"{metric}\", is=\"{}\"", if above { "above" } else { "below" });
            let scale = [1.0, 1.0, 2.0][choose(3)];
            keys += &format!(", threshold={}", threshold / scale);
            if scale > 1.0 {
                keys +=
                    &format!(", target=[{{month={}, value={scale}}}, {{month=19, value=1.7}}]", choose(9));
            }
            if choose(2) == 0 {
                let back = 0.4 * threshold.abs() / scale * if above { -1.0 } else { 1.0 };
                keys += &format!(", reset={}", threshold / scale + back);
            }
            if choose(3) > 0 {
                keys += &format!(", over=\"{}\", months={}", OVERS[choose(4)], 2 + choose(4));
            }
            if metric == "ever_dpd30_rate_count" {
                keys += &format!(", months_on_book={}", 2 + choose(5));
            }
            if !["rivals", "npl_ratio_lagged"].contains(&metric) && choose(3) == 0 {
                keys += &format!(", {}", SCOPES[choose(4)]);
            }
            when.push(format!("{{{keys}}}"));
        }
        let lasting = ["", ", duration=5", ", duration=9", ", permanent=true"][choose(4)];
        let mut timing = format!(", lag={}, ramp={}{lasting}", choose(4), 1 + choose(5));
        if !lasting.contains("permanent") {
            timing += &format!(", cooldown={}", choose(5));
        }
        let (when, action) = (when.join(", "), ACTIONS[choose(ACTIONS.len())]);
        policies.push(format!(
            "{{name=\"drawn{rule}\", when=[{when}]{timing}, {action}, cost={rule}.01, monthly_cost=7}}"
        ));
    }
    format!("policy=[{}]", policies.join(", "))
}
