//! The reduced model of `benches/peers/README.md`, on one thread: prints one line of JSON like the peers do.
//! `cargo bench --bench reduced -- --runs N --seed S [--scenario FILE]`

use std::path::PathBuf;
use std::time::Instant;

use lendcycle::engine::{RunResult, Setup, Workspace, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::scenario::{Request, Setting, load};
use lendcycle::stats::mean_and_error;
use serde_json::{Map, Value, json};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let runs: u64 = option("--runs").map_or(20, |text| text.parse().expect("--runs takes a number"));
    let seed = option("--seed").unwrap_or_else(|| "1".to_owned());
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/reduced.toml");
    let request = Request {
        path: option("--scenario").map_or(folder, PathBuf::from),
        settings: vec![Setting { what: "--seed", text: format!("run.seed={seed}") }],
    };
    let scenario = load(&request).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let setup = Setup::new(&scenario);
    let mut workspace = Workspace::default();
    simulate_run(&setup, runs, &mut workspace);
    let begun = Instant::now();
    let results: Vec<RunResult> = (0..runs).map(|run| simulate_run(&setup, run, &mut workspace)).collect();
    let seconds = begun.elapsed().as_secs_f64();
    let account_months: u64 = results.iter().map(|result| result.account_months).sum();
    let mut means = Map::new();
    let mut errors = Map::new();
    let mut add = |name: &str, of: &dyn Fn(&RunResult) -> f64| {
        let values: Vec<f64> = results.iter().map(of).collect();
        let (mean, error) = mean_and_error(&values);
        means.insert(name.to_owned(), json!(mean));
        errors.insert(name.to_owned(), json!(error));
    };
    let money = |result: &RunResult, flow: Flow| result.total(flow) as f64 / 100.0;
    add("charged_off", &|result| money(result, Flow::ChargedOff));
    add("charged_off_count", &|result| result.total(Flow::AccountsChargedOff) as f64);
    add("prepaid", &|result| money(result, Flow::PrincipalPrepaid));
    add("interest", &|result| money(result, Flow::InterestReceived) + money(result, Flow::InterestCashBasis));
    add("recoveries", &|result| money(result, Flow::Recoveries));
    add("account_months", &|result| result.account_months as f64);
    let line: Value = json!({
        "peer": "lendcycle",
        "runs": runs,
        "account_months": account_months,
        "seconds": seconds,
        "ns_per_account_month": seconds * 1e9 / account_months as f64,
        "means": means,
        "std_errors": errors,
    });
    println!("{line}");
}
