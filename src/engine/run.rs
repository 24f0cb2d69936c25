//! One run: month after month, with the ledger proven at each month's end.

use super::LoanRecord;
use super::book::Book;
use super::collecting::contacts_made;
use super::delinquent::NPL_AGE;
use super::figures::{figure, figure_of_cells};
use super::funnel::Accepted;
use super::internal_ratings::Rated;
use super::market_paths::MarketPaths;
use super::month::{Buffers, Conditions, Month, play};
use super::offers::Offers;
use super::opening::open;
use super::origination::Funded;
use super::proof::Standing;
use super::provision::{Provision, STAGES, Today};
use super::result::{MONTH_METRICS, MonthMetric, RunResult, VINTAGE_AGES, VintageMetric};
use super::rivals;
use super::setup::{Cell, Setup};
use super::setup_acquisition::CellPromotion;
use super::stock::Stock;
use super::treasury::{Rationing, Stand, Treasury, Weighting};
use super::vintage_economics::Cohorts;
use crate::ledger::{Flow, Flows, Ledger};
use crate::lifecycle::stage::{Classifier, Observation, Stage, back_dated};
use crate::model::concentration::own_part;
use crate::model::delinquency::BUCKETS;
use crate::money::{Fen, rounded_parts};
use crate::policy::{Desk, Known};
use crate::random::{LeadWords, RunDraws};

/// The market as one run has worked it.
#[derive(Debug)]
pub struct MarketState {
    /// Advertising stock by cell, fen.
    pub stock: Vec<f64>,
    /// People who have been leads, by cell.
    pub worked: Vec<u64>,
    /// New loans of last month, by cell.
    pub funded_new: Vec<i64>,
    /// Promotions of the month, by cell.
    pub promoted: Vec<Option<CellPromotion>>,
    /// By cell: this month's spend, and leads that a relative rise of all spend would add, per unit of it.
    pub marginal: Vec<(Fen, f64)>,
    /// Cases that wait for staff to decide, and those that came this month.
    pub backlog: f64,
    pub cases: f64,
    /// Share of applicants who wait for this month's decision, by product.
    pub staying: Vec<f64>,
    /// How much of what new customers ask for can be lent.
    pub rationing: Rationing,
    /// Buffers: words of a chunk of leads and of those who take the loan, and who these are.
    pub funnel_words: LeadWords,
    pub borrower_words: LeadWords,
    pub accepted: Vec<Accepted>,
    pub funded: Vec<Funded>,
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
    provision: Provision,
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
    whole: &Setup,
    run: u64,
    workspace: &mut Workspace,
    record: Option<Vec<LoanRecord>>,
) -> (RunResult, Option<Vec<LoanRecord>>) {
    let setup = whole;
    let draws = RunDraws::new(setup.seed, run);
    let paths = MarketPaths::draw(setup, &draws);
    let Workspace { book, buffers, provision } = workspace;
    book.begin(setup);
    provision.begin(setup);
    let cells = setup.cells.len();
    let competition = setup.competition.as_ref();
    let rivals = competition.map_or_else(Vec::new, |table| rivals::draw(table, setup.market.max, &draws));
    let mut market = MarketState {
        stock: vec![0.0; cells],
        worked: vec![0; cells],
        funded_new: vec![0; cells],
        promoted: vec![None; cells],
        marginal: vec![(Fen(0), 0.0); cells],
        backlog: 0.0,
        cases: 0.0,
        staying: Vec::new(),
        rationing: Rationing::default(),
        funnel_words: LeadWords::default(),
        borrower_words: LeadWords::default(),
        accepted: Vec::new(),
        funded: Vec::new(),
        offers: Offers::of_run(rivals),
        record,
    };
    let mut stock = Stock::new(setup);
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
        firings: Vec::new(),
        tiers: Vec::new(),
        scores: Vec::new(),
        vintage_losses: Vec::new(),
        vintage_expected: Vec::new(),
        vintage_economics: Vec::new(),
        value: None,
        account_months: 0,
    };
    let mut desk = Desk::new(&setup.rules);
    // A policy has ended the product.
    let mut ended = false;
    // Balance at the end of last month, and its change in it.
    let mut before = (0, 0);
    // Principal charged off and still claimed.
    let mut claims = 0;
    let mut treasury = Treasury::default();
    let mut opening_stand = Stand::default();
    let opened = (!setup.opening.is_empty()).then(|| open(book, setup, &draws, paths.lpr[0]));
    let mut report = Classifier::new(setup.stage_report);
    if let Some(opened) = &opened {
        // As at the end of the month before month 0.
        stock.take(book, setup, u32::MAX);
        if let Some(terms) = &setup.provision {
            let today = Today {
                month: u32::MAX,
                factors: &paths.factor,
                lpr: paths.lpr[0],
                rivals: setup.market.initial,
            };
            provision.measure(book, setup, terms, today);
        }
        opening_stand = stand(setup, book, &stock, provision, u32::MAX);
        before = (stock.bucket_balance.iter().sum(), 0);
        for row in &setup.opening {
            let worked = &mut market.worked[row.cell];
            *worked = (*worked + row.ordinals.len() as u64).min(setup.cells[row.cell].reachable);
        }
        for (classifier, rules) in [(&mut classifier, setup.stage_policy), (&mut report, setup.stage_report)]
        {
            classifier.begin(opened.begun(&stock, rules.window));
        }
    }
    let mut cohorts = Cohorts::new(setup, &stock, paths.lpr[0]);
    let mut proven = Standing::of(&stock);
    for month in 0..setup.months {
        let setup = whole.at(month);
        let last_month = month.saturating_sub(1) as usize;
        let known = Known {
            month,
            stage: classifier.label().stage,
            rivals: if month == 0 { setup.market.initial } else { paths.rivals[last_month] },
        };
        let mut levers = desk.decide(&whole.rules, &known, setup.lever_counts());
        levers.stop_new |= month < setup.launch.month;
        let closed = known.stage == Stage::Closed || ended;
        ended |= levers.close;
        if ended {
            levers.end();
        }
        let now = Conditions::new(setup, &paths, month, levers, closed, &stock);
        let playing = Month { setup, draws: &draws, now: &now };
        play(book, &mut market, buffers, playing, &stock);
        let contacts = contacts_made(book, setup, &now, &stock);
        if let Some(opened) = opened.as_ref().filter(|_| month == 0) {
            book.flows.iter_mut().zip(&opened.flows).for_each(|(flows, opened)| flows.add(opened));
            for (flows, cell) in book.flows.iter_mut().zip(0..cells) {
                flows.book(Flow::OpeningAllowance, Fen(provision.of_cell(cell)));
            }
            treasury.open(setup, &mut book.flows, opening_stand);
        }
        stock.take(book, setup, month);
        if let Some(terms) = &setup.provision {
            let today = Today { month, factors: &paths.factor, lpr: now.lpr, rivals: now.rivals };
            provision.close_month(book, setup, terms, today);
        }
        let standing = stand(setup, book, &stock, provision, month);
        treasury.close_month(setup, &mut book.flows, month, standing, &stock.balance);
        for (group, flows) in book.flows.iter().enumerate() {
            ledger.post(group, flows);
            result.groups[group].add(flows);
        }
        ledger.prove(month, &stock.balance, &stock.receivable, |cell| provision.of_cell(cell));
        let sheet = (treasury.cash, treasury.funding, treasury.equity, treasury.deferred_tax);
        ledger.prove_sheet(month, sheet);
        for (sum, balance) in result.group_balance.iter_mut().zip(&stock.balance) {
            *sum += balance.0;
        }
        let row = &mut result.months[month as usize * MONTH_METRICS..][..MONTH_METRICS];
        record_month(row, book, &stock, &now, contacts);
        claims = claims_held(claims, row, ended);
        row[MonthMetric::ClaimsHeld.index()] = claims;
        record_provision(row, provision, &stock);
        record_sheet(row, &treasury);
        proven.prove(setup, &now, row, &stock);
        cohorts.close_month(book, &Flows::of_row(row), &stock, month);
        rivals::record(row, market.offers.standing());
        row[MonthMetric::ManualApplications.index()] = crate::math::round(market.cases * 1e6);
        record_shape(row, book, &stock, setup, before);
        row[MonthMetric::Rationed.index()] = crate::math::round((1.0 - market.rationing.share) * 1e6);
        market.rationing.look(setup, &Flows::of_row(row), month + 1, standing, treasury.required);
        before = (row[MonthMetric::Balance.index()], row[MonthMetric::BalanceChange.index()]);
        record_vintages(&mut result.vintages, book, &stock, month);
        let seen = observe(row, season_of_originations(setup, month));
        desk.see(&whole.rules, month, |condition| match &condition.cells[..] {
            [] => figure(condition.metric, month, &result.months, &result.vintages),
            cells => figure_of_cells(condition.metric, month, cells, book, &stock),
        });
        observations.push(seen);
        result.stages_online.push(classifier.push(seen).stage);
    }
    result.firings = desk.firings;
    result.scores = book.score_bands();
    result.vintage_losses = vintage_losses(book, provision, result.total(Flow::TerminalLoss));
    result.vintage_expected = provision.at_origination.clone();
    result.vintage_economics = cohorts.finish(book, &result.vintage_losses);
    let earned: i64 = result.groups.iter().map(Flows::profit).sum();
    let shared_out: i64 = result.vintage_economics.iter().map(|vintage| vintage.contribution).sum();
    assert_eq!(shared_out, earned, "profit by vintage is that of the ledger");
    let lost: i64 = result.groups.iter().map(Flows::net_credit_loss).sum();
    assert_eq!(result.vintage_losses.iter().sum::<i64>(), lost, "losses by vintage are those of the ledger");
    result.value = treasury.value(setup, &result);
    result.stages = back_dated(report, observations.into_iter());
    result.account_months = book.account_months;
    result.tiers = std::mem::take(&mut book.tier_sums);
    (result, market.record)
}

fn record_month(row: &mut [i64], book: &Book, stock: &Stock, now: &Conditions, contacts: i64) {
    for flows in &book.flows {
        for (sum, value) in row.iter_mut().zip(flows.0) {
            *sum += value;
        }
    }
    row[MonthMetric::Balance.index()] = stock.bucket_balance.iter().sum();
    for bucket in 0..BUCKETS {
        row[MonthMetric::BucketBalance(bucket as u8).index()] = stock.bucket_balance[bucket];
        row[MonthMetric::BucketAccounts(bucket as u8).index()] = stock.bucket_accounts[bucket];
    }
    let millionths = |value: f64| crate::math::round(value * 1e6);
    row[MonthMetric::Rivals.index()] = i64::from(now.rivals);
    row[MonthMetric::Factor.index()] = millionths(now.factor_value);
    row[MonthMetric::Lpr.index()] = millionths(now.lpr);
    row[MonthMetric::Contacts.index()] = contacts;
    row[MonthMetric::PrincipalMonths.index()] = book.principal_months;
    row[MonthMetric::ScoreDefaults.index()] = book.score_defaults;
    row[MonthMetric::InterestSaved.index()] = book.interest_saved;
    row[MonthMetric::BalanceDoubtful.index()] = stock.doubtful;
    row[MonthMetric::BalanceLoss.index()] = stock.lost;
    row[MonthMetric::HolidayBalance.index()] = stock.holiday.0;
    row[MonthMetric::HolidayDelinquent.index()] = stock.holiday.1;
    row[MonthMetric::CustomersDormant.index()] = book.between.dormant;
    if let Some(year_ago) = now.month.checked_sub(12) {
        row[MonthMetric::PaidOffYearAgo.index()] = book.between.paid_off[year_ago as usize];
        row[MonthMetric::BackWithinYear.index()] = book.between.back_within_year[year_ago as usize];
    }
    let lines = &stock.lines;
    row[MonthMetric::LineAccounts.index()] = lines.accounts;
    row[MonthMetric::LinesUnused.index()] = lines.unused;
    row[MonthMetric::LineLimits.index()] = lines.limits;
    row[MonthMetric::LineBalance.index()] = lines.balance;
    row[MonthMetric::Undrawn.index()] = lines.undrawn;
}

/// Allowance and balance by stage.
fn record_provision(row: &mut [i64], provision: &Provision, stock: &Stock) {
    row[MonthMetric::Receivable.index()] = stock.receivable.iter().map(|receivable| receivable.0).sum();
    for stage in 0..STAGES {
        row[MonthMetric::Allowance(stage as u8).index()] = provision.of_stage(stage);
        row[MonthMetric::StageBalance(stage as u8).index()] = provision.exposure[stage];
    }
}

fn record_sheet(row: &mut [i64], treasury: &Treasury) {
    row[MonthMetric::Cash.index()] = treasury.cash;
    row[MonthMetric::Funding.index()] = treasury.funding;
    row[MonthMetric::DeferredTax.index()] = treasury.deferred_tax;
    row[MonthMetric::Equity.index()] = treasury.equity;
}

fn stand(setup: &Setup, book: &Book, stock: &Stock, provision: &Provision, month: u32) -> Stand {
    let weighting = setup.capital.as_ref().map(|capital| &capital.weighting);
    let rated = match (weighting, &setup.provision) {
        (Some(Weighting::Internal(internal)), Some(terms)) => internal.rate(book, setup, terms, month),
        _ => Rated::default(),
    };
    Stand {
        rated,
        balance: stock.bucket_balance.iter().sum(),
        defaulted: stock.bucket_balance[NPL_AGE as usize..].iter().sum(),
        undrawn: stock.lines.undrawn,
        allowance: std::array::from_fn(|stage| provision.of_stage(stage)),
    }
}

/// Principal charged off and still claimed after a month. What is owed on claims sold is rounded by vintage and cell: hence
/// never below nothing.
fn claims_held(before: i64, row: &[i64], ended: bool) -> i64 {
    let flow = |flow: Flow| row[MonthMetric::Flow(flow).index()];
    let paid = [Flow::Recoveries, Flow::CourtReceived, Flow::GuaranteeReceived, Flow::ClaimsSold];
    let held = before + flow(Flow::ChargedOff) - paid.into_iter().map(flow).sum::<i64>();
    if ended { 0 } else { held.max(0) }
}

/// Net credit loss by vintage, with what is expected of the book that the horizon leaves, `total` fen together.
fn vintage_losses(book: &Book, provision: &Provision, total: i64) -> Vec<i64> {
    let exact: f64 = provision.vintages.iter().sum();
    // So that the parts add up to what the cells were rounded to.
    let scale = if exact > 0.0 { total as f64 / exact } else { 0.0 };
    let left = rounded_parts(provision.vintages.iter().map(|left| left * scale));
    let lost = book.vintages.iter().map(|sums| sums.charged_off - sums.recovered - sums.gained);
    lost.zip(left).map(|(lost, left)| lost + left).collect()
}

/// How the balance moves, and in how few parts it stands.
fn record_shape(row: &mut [i64], book: &Book, stock: &Stock, setup: &Setup, before: (i64, i64)) {
    let change = row[MonthMetric::Balance.index()] - before.0;
    row[MonthMetric::BalanceChange.index()] = change;
    row[MonthMetric::BalanceBend.index()] = change - before.1;
    let cells = || setup.cells.iter().zip(&stock.balance);
    let segment = |index: usize| cells().filter(move |(cell, _)| cell.segment == index);
    let channel = |index: usize| cells().filter(move |(cell, _)| cell.channel == index);
    let sum = |part: &mut dyn Iterator<Item = (&Cell, &Fen)>| part.map(|(_, balance)| balance.0).sum::<i64>();
    row[MonthMetric::SegmentPart.index()] =
        own_part((0..setup.segments.len()).map(|index| sum(&mut segment(index))));
    row[MonthMetric::ChannelPart.index()] =
        own_part((0..setup.channels.len()).map(|index| sum(&mut channel(index))));
    let products = stock.products.chunks(setup.cells.len());
    row[MonthMetric::ProductPart.index()] = own_part(products.map(|cells| cells.iter().sum()));
    row[MonthMetric::LargestLoan.index()] = book.largest_loan.0;
}

fn record_vintages(table: &mut [i64], book: &Book, stock: &Stock, month: u32) {
    for (age_index, &age) in VINTAGE_AGES.iter().enumerate() {
        let Some(vintage) = month.checked_sub(age).map(|vintage| vintage as usize) else {
            break;
        };
        let sums = &book.vintages[vintage];
        let at = (vintage * VINTAGE_AGES.len() + age_index) * VintageMetric::COUNT;
        let row = &mut table[at..at + VintageMetric::COUNT];
        row[VintageMetric::Loans as usize] = sums.loans;
        row[VintageMetric::Originated as usize] = sums.originated;
        row[VintageMetric::Balance as usize] = stock.vintages[vintage].balance;
        row[VintageMetric::Balance30 as usize] = stock.vintages[vintage].past_due_30;
        row[VintageMetric::Ever30 as usize] = sums.ever_30;
        row[VintageMetric::Ever90 as usize] = sums.ever_90;
        row[VintageMetric::ChargedOff as usize] = sums.charged_off;
        row[VintageMetric::Recovered as usize] = sums.recovered;
    }
}

/// Season by which new originations are divided before stages are told: planned ones follow none.
fn season_of_originations(setup: &Setup, month: u32) -> f64 {
    match setup.plan {
        Some(_) => 1.0,
        None => setup.economy.demand_season[setup.start.plus(month).month_of_year()],
    }
}

/// What the stage classifier sees of a month's row. Repeat loans follow pay-offs and draws the lines there
/// are, not the season of demand.
fn observe(row: &[i64], season: f64) -> Observation {
    let get = |metric: MonthMetric| row[metric.index()] as f64;
    let flow = |flow: Flow| get(MonthMetric::Flow(flow));
    let (new, repeat) = (flow(Flow::OriginatedNew), flow(Flow::OriginatedRepeat) + flow(Flow::Drawn));
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
