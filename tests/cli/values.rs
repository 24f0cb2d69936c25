//! What stands in result files: the columns of the contract, and ratios that are those of the sums beside them, worked out here.

use super::*;

/// Values of a column of a result table, by the cells of some others.
fn column(path: &str, keys: &[usize], at: usize) -> BTreeMap<String, f64> {
    let csv = fs::read_to_string(path).expect("a table");
    let rows = csv.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let key = |row: &[&str]| keys.iter().map(|key| row[*key]).collect::<Vec<_>>().join(" ");
    rows.filter_map(|row| Some((key(&row), row[at].parse().ok()?))).collect()
}

fn laboratory() -> String {
    shown(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("scenarios").join("lab_credit.toml"))
}

#[track_caller]
fn assert_near(what: &str, written: f64, expected: f64) {
    let allowed = 1e-6 * expected.abs().max(0.01);
    assert!((written - expected).abs() <= allowed, "{what}: {written} is written, {expected} expected");
}

/// One run, so that every sum stands in the file as it is.
#[test]
fn ratios_written_are_those_of_the_sums_beside_them() {
    let directory = tempdir().expect("a directory");
    let more = ["--set", "run.runs=1", "--set", "run.months=36", "--out", &place(&directory, "one")];
    assert_code(&tiny(&more), 0, "one run");
    let stages = column(&place(&directory, "one/stages.csv"), &[0, 2], 5);
    let of = |metric: &str| stages[&format!("lifetime {metric}")];
    let balances = 36.0 * of("balance_average");
    for (metric, above, below) in [
        ("completion_rate", of("applications"), of("leads")),
        ("approval_rate", of("approvals"), of("applications")),
        ("approval_rate_of_leads", of("approvals"), of("leads")),
        ("take_up_rate", of("loans_new"), of("approvals")),
        ("repeat_share_count", of("loans_repeat"), of("loans_new") + of("loans_repeat")),
        ("cac", of("marketing_cost"), of("loans_new")),
        ("profit_per_new_customer", of("profit_before_tax"), of("loans_new")),
        ("return_on_marketing", of("profit_before_tax"), of("marketing_cost")),
        ("recoveries_share_of_income", of("recoveries"), of("recoveries") + of("income")),
        ("charge_off_rate_annual", 12.0 * of("charged_off"), balances),
        ("return_on_balance_annual", 12.0 * of("profit_before_tax"), balances),
    ] {
        assert!(above != 0.0 && below > 0.0, "{metric} is of nothing");
        // Money is written to the fen.
        let expected = if metric == "cac" || metric == "profit_per_new_customer" {
            (100.0 * above / below).round() / 100.0
        } else {
            above / below
        };
        assert_near(metric, of(metric), expected);
    }
    // 0.35, 0.10, 0.20 and 0.06 of 3,000 people are reached.
    let segments = column(&place(&directory, "one/segments.csv"), &[0, 1], 3);
    assert_near("saturation", segments["youth saturation"], segments["youth leads"] / 2_130.0);
}

/// All loans of one month: what its vintage shows at an age is what the product shows in that month. Whoever is two payments
/// late is never current again.
#[test]
fn ratios_of_a_vintage_are_those_of_its_months() {
    let directory = tempdir().expect("a directory");
    let out = place(&directory, "vintage");
    let laboratory = laboratory();
    let mut options = vec!["run", &laboratory, "--out", &out];
    for setting in [
        "run.runs=1",
        "run.months=20",
        "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=5000}]",
        "delinquency.m0=[0.8, 0.2]",
        "delinquency.m2=[0, 0, 0, 1]",
        "delinquency.m3=[0, 0, 0, 0, 1]",
        "delinquency.m4=[0, 0, 0, 0, 0, 1]",
        "delinquency.m5=[0, 0, 0, 0, 0, 0, 1]",
        "delinquency.m6=[0, 0, 0, 0, 0, 0, 0, 1]",
    ] {
        options.extend(["--set", setting]);
    }
    assert_code(&call(&options), 0, "one vintage");
    let months = column(&place(&directory, "vintage/months.csv"), &[0, 2], 4);
    let vintages = column(&place(&directory, "vintage/vintages.csv"), &[0, 1, 2], 4);
    let at = |month: usize, metric: &str| months[&format!("{month} {metric}")];
    let so_far = |month: usize, metric: &str| (0..=month).map(|m| at(m, metric)).sum::<f64>();
    let now = |month: usize, what: &str, from: usize| {
        (from..=6).map(|bucket| at(month, &format!("{what}_m{bucket}"))).sum::<f64>()
    };
    let (originated, loans) = (at(0, "originated"), at(0, "loans_new"));
    assert_eq!(loans, 5000.0);
    for age in [1, 2, 3, 4, 5, 6, 9, 12, 18] {
        let lost = so_far(age, "charged_off");
        let gone = so_far(age, "accounts_charged_off");
        for (metric, expected) in [
            ("balance_share", at(age, "balance") / originated),
            ("dpd30_rate_balance", now(age, "balance", 2) / originated),
            ("ever_dpd30_rate_count", (now(age, "accounts", 2) + gone) / loans),
            ("ever_dpd90_rate_count", (now(age, "accounts", 4) + gone) / loans),
            ("charge_off_cumulative_rate", lost / originated),
            ("net_loss_cumulative_rate", (lost - so_far(age, "recoveries")) / originated),
        ] {
            assert_near(&format!("{metric} at {age}"), vintages[&format!("0 {age} {metric}")], expected);
        }
    }
    assert!(vintages["0 18 ever_dpd30_rate_count"] > 0.1 && vintages["0 18 net_loss_cumulative_rate"] > 0.01);
}

/// 10,000 at 18 % over 12 months, without fees and with one of 2.50 a month.
#[test]
fn the_cost_of_a_loan_written_is_the_one_worked_by_hand() {
    let directory = tempdir().expect("a directory");
    let laboratory = laboratory();
    for (name, fee, instalment, all_in) in [
        ("plain", "product.lab.monthly_fee=0", 916.80, 0.18),
        ("fee", "product.lab.monthly_fee=2.50", 919.30, 0.185_249),
    ] {
        let out = place(&directory, name);
        let mut options = vec!["run", &laboratory, "--out", &out];
        for setting in [
            "run.runs=1",
            "run.months=2",
            "product.lab.schedule=\"annuity\"",
            "product.lab.tenors=[{months=12, share=1}]",
            "product.lab.amount_max=10000.00",
            "product.lab.amount_median=10000.00",
            "product.lab.amount_min=10000.00",
            fee,
        ] {
            options.extend(["--set", setting]);
        }
        assert_code(&call(&options), 0, name);
        let products = column(&place(&directory, &format!("{name}/products.csv")), &[0, 1, 2, 3], 5);
        let of = |metric: &str| products[&format!("lab 1 12 {metric}")];
        let annual = |monthly: f64| (0..12).fold(1.0, |grown, _| grown * (1.0 + monthly)) - 1.0;
        assert_eq!((of("amount"), of("apr")), (10_000.0, 0.18), "{name}");
        assert_eq!(of("instalment_first"), instalment, "{name}");
        assert!((of("apr_all_in") - all_in).abs() < 1e-5, "{name}: {}", of("apr_all_in"));
        let effective = annual(of("apr_all_in") / 12.0);
        assert!((of("effective_annual_rate") - effective).abs() < 1e-6, "{name}");
    }
}

#[test]
fn the_files_of_a_result_have_the_columns_of_the_contract() {
    let directory = tempdir().expect("a directory");
    let out = place(&directory, "result");
    assert_code(&tiny(&["--out", &out]), 0, "a run");
    let mut expected: Vec<String> = TABLES.iter().map(|table| format!("{table}.csv")).collect();
    expected.extend(["manifest.json".to_owned(), "summary.json".to_owned()]);
    expected.sort();
    assert_eq!(names(Path::new(&out)), expected);
    let manifest = json_file(&place(&directory, "result/manifest.json"));
    let mut listed: Vec<&str> =
        manifest["files"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    listed.sort_unstable();
    assert_eq!(listed, expected);

    let estimate = "unit,mean,std_error,p05,p25,p50,p75,p95";
    let heads = [
        ("stages", format!("stage,basis,metric,{}", estimate.replace("unit,", "unit,runs_reached,"))),
        ("months", format!("month,date,metric,{estimate}")),
        ("vintages", "vintage,months_on_book,metric,unit,mean,std_error,p05,p50,p95".to_owned()),
        ("segments", format!("segment,metric,{estimate}")),
        ("channels", format!("channel,metric,{estimate}")),
        ("products", "product,grade,tenor_months,metric,unit,value".to_owned()),
        ("rules", format!("policy,metric,{estimate}")),
        ("firings", "run,policy,month,in_effect_from,in_effect_before,months_in_effect,cost".to_owned()),
        ("scores", format!("score_from,score_below,metric,{estimate}")),
        ("tiers", format!("tier,days_from,days_to,metric,{estimate}")),
    ];
    for (table, head) in heads {
        let csv = fs::read_to_string(place(&directory, &format!("result/{table}.csv"))).expect("a table");
        assert_eq!(csv.lines().next(), Some(head.as_str()), "{table}");
        assert!(csv.ends_with('\n') && !csv.contains('\r') && !csv.contains("NaN") && !csv.contains("inf,"));
        for line in csv.lines().filter(|line| line.contains(",currency,")) {
            let (_, numbers) = line.split_once(",currency,").expect("it was found");
            let skip = usize::from(table == "stages");
            let exact =
                |cell: &str| cell.is_empty() || cell.split_once('.').is_some_and(|(_, fen)| fen.len() == 2);
            assert!(numbers.split(',').skip(skip).all(exact), "{table}: money is not in fen: {line}");
        }
    }
    let runs = fs::read_to_string(place(&directory, "result/runs.csv")).expect("a table");
    let head: Vec<&str> = runs.lines().next().expect("a head").split(',').collect();
    assert_eq!(head[..4], ["run", "loans_new", "loans_repeat", "originated"]);
    for stage in ["growth", "plateau", "decline", "exit", "closed"] {
        for what in ["start_month", "duration", "profit_before_tax", "censored"] {
            assert!(head.contains(&format!("{stage}_{what}").as_str()), "{stage}_{what} is not in {head:?}");
        }
    }
    let numbers: Vec<&str> = runs.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(numbers, ["0", "1", "2", "3", "4", "5", "6", "7"]);
}
