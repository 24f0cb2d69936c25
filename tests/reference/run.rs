//! A run: one loop over months, in each of them one loop over loans, and everything counted from the loans themselves.

use std::collections::{BTreeMap, BTreeSet};

use lendcycle::engine::{LoanRecord, MONTH_METRICS, MonthMetric, VINTAGE_AGES, VintageMetric};
use lendcycle::ledger::{Flow, Flows};
use lendcycle::lifecycle::stage::{Classifier, Stage};
use lendcycle::policy::Firing;
use lendcycle::scenario::Scenario;

use super::acquisition::{iteration_cost, months_since_launch};
use super::claims::Claims;
use super::competition::{interest_saved, standing};
use super::contract::nearest;
use super::exit;
use super::figures::{observe, promised_default, record};
use super::funnel::originate;
use super::late;
use super::line::use_lines;
use super::loan::{Loan, NON_PERFORMING, Status};
use super::money;
use super::month::Month;
use super::opening;
use super::rules::{self, CellRow, Past};
use super::world::World;

/// What the reference says a run comes to; fields as in `RunResult`.
pub struct Outcome {
    pub months: Vec<Vec<i64>>,
    pub groups: Vec<Flows>,
    pub group_balance: Vec<i64>,
    pub vintages: Vec<i64>,
    pub stages_online: Vec<Stage>,
    pub stages: Vec<Stage>,
    pub firings: Vec<Firing>,
    pub account_months: u64,
    /// Loans, bad ones and millionths promised by lowest score of the band.
    pub scores: BTreeMap<i64, (i64, i64, i64)>,
    pub loans: Vec<LoanRecord>,
}

/// All that a run changes.
pub struct Book {
    pub loans: Vec<Loan>,
    /// This month's flows by cell, and of shared costs.
    pub flows: Vec<Flows>,
    /// Advertising stock by cell, fen.
    pub stock: Vec<f64>,
    /// People who have been leads, by cell.
    pub worked: Vec<u64>,
    /// Cases staff have not decided by the end of last month, and this month's new ones.
    pub backlog: f64,
    pub cases: f64,
    /// Cases of this month, once all have come.
    pub decided_by_staff: f64,
    /// New loans of last month, by cell.
    pub funded: Vec<i64>,
    /// Points held, by cell; fen.
    pub points: Vec<i64>,
    pub claims: Claims,
    /// What sales of loans on book fell short of their balance, by vintage.
    pub lost_in_sales: Vec<i64>,
    /// Balance before month 0.
    pub opening_balance: i64,
}

/// Simulates run `run` of a scenario.
pub fn simulate(scenario: &Scenario, run: u64) -> Outcome {
    let world = World::new(scenario, run);
    let cells = world.cells.len();
    let months = world.months as usize;
    let mut book = Book {
        loans: Vec::new(),
        flows: vec![Flows::default(); cells + 1],
        stock: vec![0.0; cells],
        worked: vec![0; cells],
        backlog: 0.0,
        cases: 0.0,
        decided_by_staff: 0.0,
        funded: vec![0; cells],
        claims: Claims::new(months + 1, cells),
        lost_in_sales: vec![0; months + 1],
        opening_balance: 0,
        points: vec![0; cells],
    };
    let mut outcome = Outcome {
        months: Vec::new(),
        groups: vec![Flows::default(); cells + 1],
        group_balance: vec![0; cells + 1],
        vintages: vec![-1; months * VINTAGE_AGES.len() * VintageMetric::COUNT],
        stages_online: Vec::new(),
        stages: Vec::new(),
        firings: Vec::new(),
        account_months: 0,
        scores: BTreeMap::new(),
        loans: Vec::new(),
    };
    // Loans that are more than 90 days past due within twelve months.
    let mut bad = BTreeSet::new();
    let mut by_cell = Vec::new();
    let mut online = Classifier::new(world.stage_rules(scenario.lifecycle.dwell_policy.0));
    let mut report = Classifier::new(world.stage_rules(scenario.lifecycle.dwell_report.0));
    let brought_in = opening::open(&mut book, &world, [&mut online, &mut report]);
    let mut ended = false;
    for month in 0..world.months {
        let stage = online.label().stage;
        let past = Past {
            rows: &outcome.months,
            cells: &by_cell,
            vintages: &outcome.vintages,
            stages: &outcome.stages_online,
        };
        let policies = rules::in_force(&world, &past, month);
        let cost = rules::cost(&world, &past, month);
        let closed = stage == Stage::Closed;
        let closed = closed || ended;
        ended |= policies.iter().any(|(policy, _)| policy.close == Some(true));
        let open = rules::open(&world, &past, month);
        let late = outcome.months.last().map_or(0, |row| row[MonthMetric::Flow(Flow::AccountsLate).index()]);
        let accounts = book.delinquent_accounts(month);
        let now = Month { ended, ..Month::new(&world, month, policies, accounts, late, closed, open) };
        outcome.account_months += book.loans.iter().filter(|loan| loan.is_open()).count() as u64;
        let contacts = book.live(&now);
        book.flows[cells].0[Flow::ServicingPaid as usize] += cost;
        if month == 0 {
            book.flows.iter_mut().zip(&brought_in).for_each(|(flows, more)| flows.add(more));
        }
        book.look_after(&now);
        use_lines(&mut book, &now);
        originate(&mut book, &now);
        book.lose_customers(&now);
        book.check_interest(&now);

        for (group, flows) in book.flows.iter().enumerate() {
            outcome.groups[group].add(flows);
        }
        for (at, loan) in book.loans.iter().enumerate() {
            outcome.group_balance[loan.group] += loan.balance();
            if loan.worst_age >= NON_PERFORMING && loan.vintage < world.months && month <= loan.vintage + 12 {
                bad.insert(at);
            }
        }
        let row = book.month_row(&now, contacts, &outcome.months);
        book.vintage_rows(month, &mut outcome.vintages);
        let seen = observe(&row, world.season_of_originations(month));
        outcome.stages_online.push(online.push(seen).stage);
        let before = report.label();
        let label = report.push(seen);
        outcome.stages.push(label.stage);
        if label != before {
            for past in label.since..=month {
                outcome.stages[past as usize] = label.stage;
            }
        }
        outcome.months.push(row);
        by_cell.push(book.cell_rows(month, scenario));
    }
    let past = Past {
        rows: &outcome.months,
        cells: &by_cell,
        vintages: &outcome.vintages,
        stages: &outcome.stages_online,
    };
    outcome.firings = rules::firings(&world, &past);
    for (at, loan) in book.loans.iter().enumerate() {
        if loan.vintage < world.months && loan.vintage + 12 < world.months {
            let lowest = (loan.score_observed / 10.0).floor() as i64 * 10;
            let band = outcome.scores.entry(lowest.clamp(290, 900)).or_default();
            band.0 += 1;
            band.1 += i64::from(bad.contains(&at));
            band.2 += promised_default(scenario, loan.score_observed);
        }
    }
    outcome.loans = book.loans.iter().filter(|loan| loan.vintage < world.months).map(record).collect();
    outcome
}

impl Book {
    /// Delinquent loans by bucket at the end of the month before `month`.
    fn delinquent_accounts(&self, month: u32) -> [i64; 7] {
        let mut accounts = [0; 7];
        for loan in &self.loans {
            if loan.status == Status::Delinquent && !loan.is_on_holiday(month) {
                accounts[bucket(loan.age_at(month.wrapping_sub(1)))] += 1;
            }
        }
        accounts
    }

    /// Plays all loans on book through a month and books what the opening book costs. Returns the contacts made.
    fn live(&mut self, now: &Month<'_>) -> i64 {
        let world = now.world;
        let scenario = world.scenario;
        let cells = world.cells.len();
        let tiers = &scenario.collections.tier;
        self.flows = vec![Flows::default(); cells + 1];
        let mut load = vec![vec![0_i64; 7]; cells];
        let mut cash = vec![vec![0_i64; tiers.len()]; cells];
        let mut accounts = vec![0_i64; cells];
        let mut balance = vec![0_i64; cells];
        let mut by_product = vec![vec![0_i64; cells]; world.products.len()];
        let mut charged_off = vec![vec![0_i64; cells]; world.months as usize + 1];
        self.claims.review_guarantors(now, &self.loans);
        for loan in self.loans.iter_mut().filter(|loan| loan.is_open()) {
            let group = loan.group;
            accounts[group] += 1;
            balance[group] += loan.balance();
            by_product[loan.product][group] += loan.balance();
            if loan.status == Status::Delinquent && !loan.is_on_holiday(now.month) {
                load[group][bucket(loan.age_at(now.month.wrapping_sub(1)))] += 1;
            }
            loan.live(now, &mut self.flows[group], &mut cash[group]);
            if loan.status == Status::ChargedOff {
                charged_off[loan.row(world.months)][group] +=
                    self.claims.take_over(now, loan, &mut self.flows[group]);
            }
        }
        let servicing = &scenario.servicing;
        for cell in 0..cells {
            let flows = &mut self.flows[cell].0;
            for (index, tier) in tiers.iter().enumerate() {
                let worked: i64 = (1..7)
                    .filter(|bucket| world.tiers_of(*bucket).contains(&index))
                    .map(|bucket| load[cell][bucket])
                    .sum();
                let contacts = worked as f64 * now.contacts[index] * tier.contact_cost.fen_f64();
                let contingency = cash[cell][index] as f64 * tier.contingency.f64();
                flows[Flow::CollectionsPaid as usize] += nearest(contacts + contingency);
            }
            flows[Flow::CollectionsPaid as usize] += late::cost(now, flows[Flow::AccountsLate as usize]);
            if let Some(reminder) = &scenario.reminder {
                let sent = flows[Flow::Reminders as usize] as f64;
                flows[Flow::CollectionsPaid as usize] += nearest(sent * reminder.cost.fen_f64());
            }
            let per_account = accounts[cell] as f64 * servicing.account_cost.fen_f64();
            let of_balance = balance[cell] as f64 * (servicing.balance_cost.f64() / 12.0);
            flows[Flow::ServicingPaid as usize] += nearest(per_account + of_balance);
        }
        let shared = &mut self.flows[cells].0;
        if let Some(launch) = scenario.launch.as_ref().filter(|_| months_since_launch(now).is_none()) {
            shared[Flow::ServicingPaid as usize] += launch.development_cost.map_or(0, |cost| cost.0.0);
        } else if !now.closed {
            shared[Flow::ServicingPaid as usize] += servicing.fixed_cost.0.0;
            shared[Flow::ApplicationsPaid as usize] += iteration_cost(now);
        }
        exit::transfer(self, now);
        exit::securitise(self, now);
        money::pay(now, &by_product, &mut self.flows);
        self.claims.judge(now, &mut charged_off, &mut self.flows);
        self.claims.live(now, &charged_off, &mut self.flows);
        self.claims.settle(now, &by_product, &mut self.flows);
        if now.ended {
            exit::close(self, now);
        }
        money::share_with_partners(now, &mut self.flows);
        let load: Vec<i64> = (0..7).map(|bucket| load.iter().map(|load| load[bucket]).sum()).collect();
        late::contacts_made(now, &load, self.flows.iter().map(|flows| flows.get(Flow::AccountsLate)).sum())
    }

    /// What is booked as receivable is what contracts have earned and borrowers have not paid.
    fn check_interest(&self, now: &Month<'_>) {
        for loan in &self.loans {
            if let Some(line) = &loan.line {
                let billed = if loan.is_open() { line.interest_billed() } else { loan.suspended };
                assert_eq!(loan.receivable + loan.suspended, billed);
                continue;
            }
            let k = loan.clock(now.month);
            let rested = loan.holiday.unpaid;
            match loan.status {
                Status::Current => assert_eq!(loan.receivable, loan.contract.not_yet_due(k) + rested),
                Status::Delinquent => {
                    let paid = loan.contract.instalments.iter().zip(&loan.paid);
                    let paid: i64 = paid.filter(|(_, paid)| **paid).map(|(i, _)| i.interest_due).sum();
                    let past = loan.contract.instalments.iter().take(k as usize);
                    let earned: i64 = past.map(|instalment| instalment.interest_accrued).sum();
                    assert_eq!(loan.receivable + loan.suspended, earned - paid + rested);
                }
                Status::PaidOff | Status::ChargedOff | Status::Left => assert_eq!(loan.receivable, 0),
            }
        }
    }

    fn month_row(&self, now: &Month<'_>, contacts: i64, before: &[Vec<i64>]) -> Vec<i64> {
        let mut row = vec![0; MONTH_METRICS];
        for flow in Flow::ALL {
            row[MonthMetric::Flow(*flow).index()] = self.flows.iter().map(|flows| flows.get(*flow)).sum();
        }
        for loan in self.loans.iter().filter(|loan| loan.is_open()) {
            let bucket = bucket(loan.age_at(now.month)) as u8;
            row[MonthMetric::Balance.index()] += loan.balance();
            row[MonthMetric::BucketBalance(bucket).index()] += loan.balance();
            row[MonthMetric::BucketAccounts(bucket).index()] += 1;
            let least_days = 30 * (loan.age_at(now.month) as i64 - 1) + 1;
            for (days, metric) in [(270, MonthMetric::BalanceDoubtful), (360, MonthMetric::BalanceLoss)] {
                row[metric.index()] += if least_days > days { loan.balance() } else { 0 };
            }
            // Granted at the end of this month, it stands from now on.
            let rests = loan.is_on_holiday(now.month + 1);
            row[MonthMetric::HolidayBalance.index()] += i64::from(rests) * loan.balance();
            row[MonthMetric::HolidayDelinquent.index()] += i64::from(rests && bucket > 0) * loan.balance();
            if let Some(line) = &loan.line {
                let sums = [
                    (MonthMetric::LineAccounts, 1),
                    (MonthMetric::LinesUnused, i64::from(line.balance() == 0)),
                    (MonthMetric::LineLimits, line.limit),
                    (MonthMetric::LineBalance, line.balance()),
                    (MonthMetric::Undrawn, line.undrawn()),
                ];
                for (metric, value) in sums {
                    row[metric.index()] += value;
                }
            }
            if loan.vintage == now.month {
                if loan.line.is_none() {
                    let expected = loan.contract.principal_months();
                    row[MonthMetric::PrincipalMonths.index()] += expected;
                    let product = now.world.products[loan.product];
                    row[MonthMetric::InterestSaved.index()] +=
                        interest_saved(now, product, (loan.grade, loan.ladder.rung), expected);
                }
                row[MonthMetric::ScoreDefaults.index()] +=
                    promised_default(now.world.scenario, loan.score_observed);
            }
        }
        for draw in self.loans.iter().filter_map(|loan| loan.line.as_ref()).flat_map(|line| &line.draws) {
            if draw.month == now.month {
                row[MonthMetric::PrincipalMonths.index()] += draw.expected;
            }
        }
        self.shape(now, before, &mut row);
        row[MonthMetric::Rivals.index()] = now.rivals() as i64;
        let [contested, advantage, rate] = standing(now).unwrap_or_default();
        row[MonthMetric::ContestedMonths.index()] = contested;
        row[MonthMetric::RivalAdvantage.index()] = advantage;
        row[MonthMetric::RivalRate.index()] = rate;
        row[MonthMetric::Factor.index()] = nearest(now.factor().value * 1e6);
        row[MonthMetric::Lpr.index()] = nearest(now.lpr() * 1e6);
        row[MonthMetric::Contacts.index()] = contacts;
        row[MonthMetric::ManualApplications.index()] = nearest(self.decided_by_staff * 1e6);
        self.customer_row(now, &mut row);
        row
    }

    /// Flows, balances and young vintages of each cell, where a policy watches them.
    fn cell_rows(&self, month: u32, scenario: &Scenario) -> Vec<CellRow> {
        let mut watched = scenario.policy.iter().flatten().flat_map(|policy| policy.when.iter().flatten());
        if !watched.any(|when| when.segment.is_some() || when.channel.is_some()) {
            return Vec::new();
        }
        let mut rows = Vec::new();
        for (group, flows) in self.flows.iter().enumerate() {
            let mut row = vec![0; MONTH_METRICS];
            row[..Flow::COUNT].copy_from_slice(&flows.0);
            let mut ever_30 = vec![(0, 0); 7];
            for loan in self.loans.iter().filter(|loan| loan.group == group) {
                if loan.is_open() {
                    let bucket = bucket(loan.age_at(month)) as u8;
                    row[MonthMetric::Balance.index()] += loan.balance();
                    row[MonthMetric::BucketBalance(bucket).index()] += loan.balance();
                }
                if let Some(vintage) = ever_30.get_mut((month - loan.vintage) as usize) {
                    vintage.0 += 1;
                    vintage.1 += i64::from(loan.worst_age >= 2);
                }
            }
            rows.push(CellRow { row, ever_30 });
        }
        rows
    }

    /// Measures the vintages that reach an age of the table in this month.
    fn vintage_rows(&self, month: u32, table: &mut [i64]) {
        for (at, age) in VINTAGE_AGES.iter().enumerate() {
            let Some(vintage) = month.checked_sub(*age) else {
                continue;
            };
            let loans = || self.loans.iter().filter(|loan| loan.vintage == vintage);
            let late = || loans().filter(|loan| loan.age_at(month) >= 2);
            let mut set = |metric: VintageMetric, value: i64| {
                let row = vintage as usize * VINTAGE_AGES.len() + at;
                table[row * VintageMetric::COUNT + metric as usize] = value;
            };
            set(VintageMetric::Loans, loans().count() as i64);
            set(VintageMetric::Originated, loans().map(Loan::paid_out).sum());
            set(VintageMetric::Balance, loans().map(Loan::balance).sum());
            set(VintageMetric::Balance30, late().map(Loan::balance).sum());
            set(VintageMetric::Ever30, loans().filter(|loan| loan.worst_age >= 2).count() as i64);
            set(
                VintageMetric::Ever90,
                loans().filter(|loan| loan.worst_age >= NON_PERFORMING).count() as i64,
            );
            let sold = self.lost_in_sales[vintage as usize];
            set(VintageMetric::ChargedOff, loans().map(|loan| loan.charged_off).sum::<i64>() + sold);
            set(VintageMetric::Recovered, self.claims.received[vintage as usize]);
        }
    }
}

/// M0 to M6.
fn bucket(age: u32) -> usize {
    age.min(6) as usize
}
