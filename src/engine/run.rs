//! One run: month after month, with the ledger proven at each month's end.

use super::LoanRecord;
use super::book::Book;
use super::delinquent::{NPL_AGE, bucket_of};
use super::market_paths::MarketPaths;
use super::month::{Buffers, Conditions, Opening, play, take_stock};
use super::offers::Offers;
use super::result::{MONTH_METRICS, MonthMetric, RunResult, VINTAGE_AGES, VintageMetric};
use super::setup::Setup;
use crate::ledger::{Flow, Flows, Ledger};
use crate::lifecycle::stage::{Classifier, Observation, Stage, back_dated};
use crate::model::delinquency::BUCKETS;
use crate::money::Fen;
use crate::policy::{Known, Levers};
use crate::random::RunDraws;

/// The market as one run has worked it.
#[derive(Debug)]
pub struct MarketState {
    /// Advertising stock by cell, fen.
    pub stock: Vec<f64>,
    /// People who have been leads, by cell.
    pub worked: Vec<u64>,
    /// Buffer: words of a chunk of leads.
    pub funnel_words: Vec<u32>,
    /// Offers of the month.
    pub offers: Offers,
    /// Every loan made, when asked for.
    pub record: Option<Vec<LoanRecord>>,
}

/// Memory of one thread, reused from run to run.
#[derive(Debug, Default)]
pub struct Workspace {
    book: Book,
    buffers: Buffers,
}

/// Simulates run `run` of a setup. A pure function of both.
pub fn simulate_run(setup: &Setup, run: u64, workspace: &mut Workspace) -> RunResult {
    simulate(setup, run, workspace, None).0
}

/// Simulates a run and lists every loan made.
pub fn simulate_run_with(setup: &Setup, run: u64) -> (RunResult, Vec<LoanRecord>) {
    let (result, record) = simulate(setup, run, &mut Workspace::default(), Some(Vec::new()));
    (result, record.unwrap_or_default())
}

fn simulate(
    setup: &Setup,
    run: u64,
    workspace: &mut Workspace,
    record: Option<Vec<LoanRecord>>,
) -> (RunResult, Option<Vec<LoanRecord>>) {
    let draws = RunDraws::new(setup.seed, run);
    let paths = MarketPaths::draw(setup, &draws);
    let Workspace { book, buffers } = workspace;
    book.begin(setup);
    let cells = setup.cells.len();
    let mut market = MarketState {
        stock: vec![0.0; cells],
        worked: vec![0; cells],
        funnel_words: Vec::new(),
        offers: Offers::default(),
        record,
    };
    let mut opening =
        Opening { delinquent: vec![0; BUCKETS * cells], accounts: vec![0; cells], balance: vec![0; cells] };
    let mut ledger = Ledger::new(setup.groups());
    let mut classifier = Classifier::new(setup.stage_policy);
    let mut observations = Vec::with_capacity(setup.months as usize);
    let mut result = RunResult {
        run,
        months: vec![0; setup.months as usize * MONTH_METRICS],
        groups: vec![Flows::default(); setup.groups()],
        group_balance: vec![0; setup.groups()],
        vintages: vec![-1; setup.months as usize * VINTAGE_AGES.len() * VintageMetric::COUNT],
        stages_online: Vec::with_capacity(setup.months as usize),
        stages: Vec::new(),
        account_months: 0,
    };
    let mut proof = Proof::new(setup.groups());
    for month in 0..setup.months {
        let last_month = month.saturating_sub(1) as usize;
        let known = Known {
            month,
            stage: classifier.label().stage,
            rivals: if month == 0 { setup.market.initial } else { paths.rivals[last_month] },
        };
        let levers = Levers::set(&setup.rules, &known, setup.segments.len(), setup.channels.len());
        let closed = known.stage == Stage::Closed;
        let now = Conditions::new(setup, &paths, month, levers, closed, &opening);
        let contacts = contacts_made(setup, &now, &opening);
        play(book, &mut market, buffers, setup, &draws, &now, &opening);
        take_stock(book, setup, month, &mut opening);
        for (group, flows) in book.flows.iter().enumerate() {
            ledger.post(group, flows);
            result.groups[group].add(flows);
        }
        proof.prove(&ledger, book, setup, month, &opening);
        for (sum, balance) in result.group_balance.iter_mut().zip(&opening.balance) {
            *sum += balance;
        }
        let row = &mut result.months[month as usize * MONTH_METRICS..][..MONTH_METRICS];
        record_month(row, book, setup, &now, contacts);
        record_vintages(&mut result.vintages, book, month);
        let seen = observe(row, season_of_originations(setup, month));
        observations.push(seen);
        result.stages_online.push(classifier.push(seen).stage);
    }
    result.stages = back_dated(setup.stage_report, observations.into_iter());
    result.account_months = book.account_months;
    (result, market.record)
}

fn contacts_made(setup: &Setup, now: &Conditions, opening: &Opening) -> i64 {
    let cells = setup.cells.len();
    let made: f64 = (1..BUCKETS)
        .map(|bucket| {
            let accounts: i64 = opening.delinquent[bucket * cells..][..cells].iter().sum();
            accounts as f64 * now.contacts[setup.tier_of_bucket[bucket]]
        })
        .sum();
    Fen::round(made).0
}

/// Sums of the book by group, for the proof of the ledger.
struct Proof {
    principal: Vec<Fen>,
    receivable: Vec<Fen>,
}

impl Proof {
    fn new(groups: usize) -> Self {
        Proof { principal: vec![Fen::ZERO; groups], receivable: vec![Fen::ZERO; groups] }
    }

    fn prove(&mut self, ledger: &Ledger, book: &Book, setup: &Setup, month: u32, opening: &Opening) {
        self.receivable.fill(Fen::ZERO);
        for (sum, balance) in self.principal.iter_mut().zip(&opening.balance) {
            *sum = Fen(*balance);
        }
        for account in &book.delinquents {
            let group = book.loans[account.loan as usize].group;
            self.receivable[group] += account.receivable;
            assert!(
                Fen::ZERO <= account.scheduled && account.scheduled <= account.balance,
                "a balance below zero or below its schedule in month {month}"
            );
        }
        for &tile in &book.active {
            let tile = &book.tiles[tile as usize];
            let groups = &setup.products[tile.product].groups;
            for (slot, &group) in tile.slots.iter().zip(groups) {
                self.receivable[group] += Fen(slot.unbilled);
                assert!(slot.balance >= 0, "a negative balance in month {month}");
            }
        }
        ledger.prove(month, &self.principal, &self.receivable);
    }
}

fn record_month(row: &mut [i64], book: &Book, setup: &Setup, now: &Conditions, contacts: i64) {
    for flows in &book.flows {
        for (sum, value) in row.iter_mut().zip(flows.0) {
            *sum += value;
        }
    }
    let mut balance = [0_i64; BUCKETS];
    let mut accounts = [0_i64; BUCKETS];
    for account in &book.delinquents {
        let age = now.month - book.loans[account.loan as usize].vintage - account.paid_through;
        balance[bucket_of(age)] += account.balance.0;
        accounts[bucket_of(age)] += 1;
    }
    for &tile in &book.active {
        for slot in &book.tiles[tile as usize].slots {
            balance[0] += slot.balance;
            accounts[0] += i64::from(slot.count);
        }
    }
    debug_assert_eq!(setup.cells.len() + 1, book.flows.len());
    row[MonthMetric::Balance.index()] = balance.iter().sum();
    for bucket in 0..BUCKETS {
        row[MonthMetric::BucketBalance(bucket as u8).index()] = balance[bucket];
        row[MonthMetric::BucketAccounts(bucket as u8).index()] = accounts[bucket];
    }
    let millionths = |value: f64| crate::math::round(value * 1e6);
    row[MonthMetric::Rivals.index()] = i64::from(now.rivals);
    row[MonthMetric::Factor.index()] = millionths(now.factor_value);
    row[MonthMetric::Lpr.index()] = millionths(now.lpr);
    row[MonthMetric::Contacts.index()] = contacts;
    row[MonthMetric::PrincipalMonths.index()] = book.principal_months;
}

fn record_vintages(table: &mut [i64], book: &Book, month: u32) {
    for (age_index, &age) in VINTAGE_AGES.iter().enumerate() {
        let Some(vintage) = month.checked_sub(age) else {
            break;
        };
        let sums = &book.vintages[vintage as usize];
        let at = (vintage as usize * VINTAGE_AGES.len() + age_index) * VintageMetric::COUNT;
        let row = &mut table[at..at + VintageMetric::COUNT];
        row.fill(0);
        row[VintageMetric::Loans as usize] = sums.loans;
        row[VintageMetric::Originated as usize] = sums.originated;
        row[VintageMetric::Ever30 as usize] = sums.ever_30;
        row[VintageMetric::Ever90 as usize] = sums.ever_90;
        row[VintageMetric::ChargedOff as usize] = sums.charged_off;
        row[VintageMetric::Recovered as usize] = sums.recovered;
    }
    // Balances of all measured vintages in one pass over the book.
    let mut add = |vintage: u32, metric: VintageMetric, amount: i64| {
        if let Some(age_index) = VINTAGE_AGES.iter().position(|age| *age == month - vintage) {
            let at = (vintage as usize * VINTAGE_AGES.len() + age_index) * VintageMetric::COUNT;
            table[at + metric as usize] += amount;
        }
    };
    for &tile in &book.active {
        let tile = &book.tiles[tile as usize];
        let balance = tile.slots.iter().map(|slot| slot.balance).sum();
        add(tile.vintage, VintageMetric::Balance, balance);
    }
    for account in &book.delinquents {
        let vintage = book.loans[account.loan as usize].vintage;
        add(vintage, VintageMetric::Balance, account.balance.0);
        if month - vintage - account.paid_through >= 2 {
            add(vintage, VintageMetric::Balance30, account.balance.0);
        }
    }
}

/// Season by which new originations are divided before stages are told: planned ones follow none.
fn season_of_originations(setup: &Setup, month: u32) -> f64 {
    match setup.plan {
        Some(_) => 1.0,
        None => setup.economy.demand_season[setup.start.plus(month).month_of_year()],
    }
}

/// What the stage classifier sees of a month's row. Repeat loans follow pay-offs, not the season of demand.
fn observe(row: &[i64], season: f64) -> Observation {
    let get = |metric: MonthMetric| row[metric.index()] as f64;
    let flow = |flow: Flow| get(MonthMetric::Flow(flow));
    let (new, repeat) = (flow(Flow::OriginatedNew), flow(Flow::OriginatedRepeat));
    let npl = (NPL_AGE as u8..BUCKETS as u8).map(|b| get(MonthMetric::BucketBalance(b))).sum();
    Observation {
        originated: new / season + repeat,
        repaid: flow(Flow::PrincipalScheduled) + flow(Flow::PrincipalPrepaid) + flow(Flow::PrincipalArrears),
        balance: get(MonthMetric::Balance),
        npl,
        principal_months: get(MonthMetric::PrincipalMonths),
        originated_raw: new + repeat,
    }
}
