//! Loads a small scenario, plays it in both engines and compares every integer, naming the first that differs.

use std::path::Path;

use lendcycle::engine::{
    LoanRecord, MONTH_METRICS, MonthMetric, RunResult, Setup, VINTAGE_AGES, VintageMetric, simulate_run_with,
};
use lendcycle::ledger::Flow;
use lendcycle::scenario::{Request, Scenario, Setting, load};

use super::run::{Outcome, simulate};
use crate::optional_flows::TAXES_AND_EQUITY;

/// Provisions.
const PROVISIONS: [Flow; 6] = [
    Flow::OpeningAllowance,
    Flow::ProvisionCharged,
    Flow::ProvisionReleased,
    Flow::Stage3Interest,
    Flow::TerminalLoss,
    Flow::TerminalRelease,
];

/// Whether it is measured of the book and moves nothing in it: checked by closed forms (tests/closed_form/provisions.rs,
/// finance.rs).
pub fn is_measured(flow: Flow) -> bool {
    PROVISIONS.contains(&flow) || TAXES_AND_EQUITY.contains(&flow)
}

/// Reads `tests/scenarios/<name>.toml` with settings on top.
pub fn scenario(name: &str, settings: &[&str]) -> Scenario {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let settings =
        settings.iter().map(|text| Setting { what: "the test's setting", text: (*text).to_owned() });
    let request = Request { path: folder.join(name).with_extension("toml"), settings: settings.collect() };
    match load(&request) {
        Ok(scenario) => scenario,
        Err(problems) => {
            let messages: Vec<String> =
                problems.list.iter().map(|problem| format!("{}: {}", problem.key, problem.message)).collect();
            panic!("{name} is not a scenario:\n{}", messages.join("\n"))
        }
    }
}

/// Plays runs `0..runs` of a scenario in both engines, asserts that they agree, and that each of `exercised` happens.
pub fn agree(name: &str, settings: &[&str], runs: u64, exercised: &[Flow]) -> Vec<RunResult> {
    let scenario = scenario(name, settings);
    let setup = Setup::new(&scenario);
    let mut results = Vec::new();
    for run in 0..runs {
        let (result, loans) = simulate_run_with(&setup, run);
        assert_same(
            &format!("{name} {settings:?}, run {run}"),
            &simulate(&scenario, run),
            &result,
            Some(loans),
        );
        results.push(result);
    }
    for flow in exercised {
        let total: i64 = results.iter().map(|result| result.total(*flow)).sum();
        assert!(total > 0, "{name} {settings:?} does not exercise {}", flow.key());
    }
    results
}

/// Asserts that the reference and the engine agree on a run.
pub fn assert_same(what: &str, reference: &Outcome, result: &RunResult, loans: Option<Vec<LoanRecord>>) {
    if let Some(loans) = loans {
        same_loans(what, reference, loans);
    }
    assert_eq!(reference.months.len() * MONTH_METRICS, result.months.len(), "{what}: months");
    for (month, row) in reference.months.iter().enumerate() {
        let differing: Vec<String> = metrics()
            .filter(|metric| row[metric.index()] != result.get(month, *metric))
            .map(|metric| {
                format!("{metric:?}: reference {}, engine {}", row[metric.index()], result.get(month, metric))
            })
            .collect();
        assert!(differing.is_empty(), "{what}, month {month}:\n{}", differing.join("\n"));
    }
    for (group, flows) in reference.groups.iter().enumerate() {
        for flow in Flow::ALL.iter().filter(|flow| !is_measured(**flow)) {
            let (ours, theirs) = (flows.get(*flow), result.groups[group].get(*flow));
            assert_eq!(ours, theirs, "{what}: {} of group {group}, reference and engine", flow.key());
        }
    }
    assert_eq!(reference.groups.len(), result.groups.len(), "{what}: groups");
    assert_eq!(reference.group_balance, result.group_balance, "{what}: balances by group");
    assert_eq!(reference.vintages.len(), result.vintages.len(), "{what}: vintages");
    for (at, (ours, theirs)) in reference.vintages.iter().zip(&result.vintages).enumerate() {
        let (row, metric) = (at / VintageMetric::COUNT, at % VintageMetric::COUNT);
        let (vintage, age) = (row / VINTAGE_AGES.len(), VINTAGE_AGES[row % VINTAGE_AGES.len()]);
        assert_eq!(
            ours, theirs,
            "{what}: vintage {vintage} at {age} months, metric {metric}, reference and engine"
        );
    }
    assert_eq!(reference.stages_online, result.stages_online, "{what}: stages as policies see them");
    assert_eq!(reference.stages, result.stages, "{what}: stages in reports");
    assert_eq!(reference.firings, result.firings, "{what}: firings");
    let bands = result.scores.iter().enumerate().filter(|(_, band)| band.loans > 0);
    let bands = bands.map(|(at, band)| (290 + 10 * at as i64, (band.loans, band.bad, band.promised)));
    assert_eq!(reference.scores, bands.collect(), "{what}: loans by score");
    assert_eq!(reference.account_months, result.account_months, "{what}: account months");
}

/// Loans of a month stand in no particular order; a borrower takes at most one a month.
fn same_loans(what: &str, reference: &Outcome, mut theirs: Vec<LoanRecord>) {
    let mut ours = reference.loans.clone();
    ours.sort_by_key(|loan| (loan.month, loan.who));
    theirs.sort_by_key(|loan| (loan.month, loan.who));
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours, theirs, "{what}: a loan, reference and engine");
    }
    assert_eq!(ours.len(), theirs.len(), "{what}: number of loans, reference and engine");
}

fn metrics() -> impl Iterator<Item = MonthMetric> {
    let flows = Flow::ALL.iter().filter(|flow| !is_measured(**flow));
    let flows = flows.map(|flow| MonthMetric::Flow(*flow));
    let buckets = (0..7).flat_map(|b| [MonthMetric::BucketBalance(b), MonthMetric::BucketAccounts(b)]);
    flows.chain(buckets).chain([
        MonthMetric::Balance,
        MonthMetric::Rivals,
        MonthMetric::Factor,
        MonthMetric::Lpr,
        MonthMetric::Contacts,
        MonthMetric::PrincipalMonths,
        MonthMetric::ScoreDefaults,
        MonthMetric::ContestedMonths,
        MonthMetric::RivalAdvantage,
        MonthMetric::RivalRate,
        MonthMetric::InterestSaved,
        MonthMetric::ManualApplications,
        MonthMetric::BalanceDoubtful,
        MonthMetric::BalanceLoss,
        MonthMetric::HolidayBalance,
        MonthMetric::HolidayDelinquent,
        MonthMetric::BalanceChange,
        MonthMetric::BalanceBend,
        MonthMetric::SegmentPart,
        MonthMetric::ChannelPart,
        MonthMetric::ProductPart,
        MonthMetric::LargestLoan,
        MonthMetric::CustomersDormant,
        MonthMetric::PaidOffYearAgo,
        MonthMetric::BackWithinYear,
        MonthMetric::LineAccounts,
        MonthMetric::LinesUnused,
        MonthMetric::LineLimits,
        MonthMetric::LineBalance,
        MonthMetric::Undrawn,
    ])
}
