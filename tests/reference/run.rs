//! A run: one loop over months, in each of them one loop over loans, and everything counted from the loans themselves.

use lendcycle::engine::{LoanRecord, MONTH_METRICS, MonthMetric, VINTAGE_AGES, VintageMetric};
use lendcycle::ledger::{Flow, Flows};
use lendcycle::lifecycle::stage::{Classifier, Observation, Stage};
use lendcycle::math::{exp, ln};
use lendcycle::model::schedule::Instalment;
use lendcycle::money::Fen;
use lendcycle::policy::Firing;
use lendcycle::scenario::Scenario;

use super::claims::Claims;
use super::contract::nearest;
use super::funnel::originate;
use super::late;
use super::loan::{Loan, NON_PERFORMING, Status};
use super::month::Month;
use super::rules::{self, Past};
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
    /// New loans of last month, by cell.
    pub funded: Vec<i64>,
    pub claims: Claims,
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
        funded: vec![0; cells],
        claims: Claims::new(months, cells),
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
        loans: Vec::new(),
    };
    let mut online = Classifier::new(world.stage_rules(scenario.lifecycle.dwell_policy.0));
    let mut report = Classifier::new(world.stage_rules(scenario.lifecycle.dwell_report.0));
    for month in 0..world.months {
        let stage = online.label().stage;
        let past =
            Past { rows: &outcome.months, vintages: &outcome.vintages, stages: &outcome.stages_online };
        let policies = rules::in_force(&world, &past, month);
        let cost = rules::cost(&world, &past, month);
        let closed = stage == Stage::Closed;
        let late = outcome.months.last().map_or(0, |row| row[MonthMetric::Flow(Flow::AccountsLate).index()]);
        let now = Month::new(&world, month, policies, book.delinquent_accounts(month), late, closed);
        outcome.account_months += book.loans.iter().filter(|loan| loan.is_open()).count() as u64;
        let contacts = book.live(&now);
        book.flows[cells].0[Flow::ServicingPaid as usize] += cost;
        originate(&mut book, &now);
        book.check_interest(&now);

        for (group, flows) in book.flows.iter().enumerate() {
            outcome.groups[group].add(flows);
        }
        for loan in &book.loans {
            outcome.group_balance[loan.group] += loan.balance();
        }
        let row = book.month_row(&now, contacts);
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
    }
    let past = Past { rows: &outcome.months, vintages: &outcome.vintages, stages: &outcome.stages_online };
    outcome.firings = rules::firings(&world, &past);
    outcome.loans = book.loans.iter().map(record).collect();
    outcome
}

impl Book {
    /// Delinquent loans by bucket at the end of the month before `month`.
    fn delinquent_accounts(&self, month: u32) -> [i64; 7] {
        let mut accounts = [0; 7];
        for loan in &self.loans {
            if loan.status == Status::Delinquent {
                accounts[bucket(loan.age_at(month - 1))] += 1;
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
        let mut charged_off = vec![vec![0_i64; cells]; world.months as usize];
        for loan in self.loans.iter_mut().filter(|loan| loan.is_open()) {
            let group = loan.group;
            accounts[group] += 1;
            balance[group] += loan.balance();
            by_product[loan.product][group] += loan.balance();
            if loan.status == Status::Delinquent {
                load[group][bucket(loan.age_at(now.month - 1))] += 1;
            }
            loan.live(now, &mut self.flows[group], &mut cash[group]);
            if loan.status == Status::ChargedOff {
                charged_off[loan.vintage as usize][group] +=
                    self.claims.take_over(now, loan, &mut self.flows[group]);
            }
        }
        let ftp = f64::max(now.lpr() + scenario.funding.spread.f64(), 0.0) / 12.0;
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
            flows[Flow::FundingPaid as usize] += nearest(balance[cell] as f64 * ftp);
            let per_account = accounts[cell] as f64 * servicing.account_cost.fen_f64();
            let of_balance = balance[cell] as f64 * (servicing.balance_cost.f64() / 12.0);
            flows[Flow::ServicingPaid as usize] += nearest(per_account + of_balance);
        }
        if !now.closed {
            self.flows[cells].0[Flow::ServicingPaid as usize] += servicing.fixed_cost.0.0;
        }
        self.claims.judge(now, &mut charged_off, &mut self.flows);
        self.claims.live(now, &charged_off, &mut self.flows);
        self.claims.settle(now, &by_product, &mut self.flows);
        let mut made = 0.0;
        for bucket in 1..7 {
            let accounts: i64 = load.iter().map(|load| load[bucket]).sum();
            for index in world.tiers_of(bucket) {
                made += accounts as f64 * now.contacts[index];
            }
        }
        if let Some(days) = &now.days {
            let late: i64 = self.flows.iter().map(|flows| flows.get(Flow::AccountsLate)).sum();
            let per_account: f64 = (0..days.count()).map(|index| days.made(index)).sum();
            made += late as f64 * per_account;
        }
        nearest(made)
    }

    /// What is booked as receivable is what contracts have earned and borrowers have not paid.
    fn check_interest(&self, now: &Month<'_>) {
        for loan in &self.loans {
            let k = now.month - loan.vintage;
            match loan.status {
                Status::Current => assert_eq!(loan.receivable, loan.contract.not_yet_due(k)),
                Status::Delinquent => {
                    let paid = loan.contract.instalments.iter().zip(&loan.paid);
                    let paid: i64 = paid.filter(|(_, paid)| **paid).map(|(i, _)| i.interest_due).sum();
                    let past = loan.contract.instalments.iter().take(k as usize);
                    let earned: i64 = past.map(|instalment| instalment.interest_accrued).sum();
                    assert_eq!(loan.receivable + loan.suspended, earned - paid);
                }
                Status::PaidOff | Status::ChargedOff => assert_eq!(loan.receivable, 0),
            }
        }
    }

    fn month_row(&self, now: &Month<'_>, contacts: i64) -> Vec<i64> {
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
            if loan.vintage == now.month {
                row[MonthMetric::PrincipalMonths.index()] += loan.contract.principal_months();
                row[MonthMetric::ScoreDefaults.index()] +=
                    promised_default(now.world.scenario, loan.score_observed);
            }
        }
        row[MonthMetric::Rivals.index()] = now.rivals() as i64;
        row[MonthMetric::Factor.index()] = nearest(now.factor().value * 1e6);
        row[MonthMetric::Lpr.index()] = nearest(now.lpr() * 1e6);
        row[MonthMetric::Contacts.index()] = contacts;
        row
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
            set(VintageMetric::Originated, loans().map(|loan| loan.amount).sum());
            set(VintageMetric::Balance, loans().map(Loan::balance).sum());
            set(VintageMetric::Balance30, late().map(Loan::balance).sum());
            set(VintageMetric::Ever30, loans().filter(|loan| loan.worst_age >= 2).count() as i64);
            set(
                VintageMetric::Ever90,
                loans().filter(|loan| loan.worst_age >= NON_PERFORMING).count() as i64,
            );
            set(VintageMetric::ChargedOff, loans().map(|loan| loan.charged_off).sum());
            set(VintageMetric::Recovered, self.claims.received[vintage as usize]);
        }
    }
}

/// M0 to M6.
fn bucket(age: u32) -> usize {
    age.min(6) as usize
}

/// What the stage classifier sees of a month.
fn observe(row: &[i64], season: f64) -> Observation {
    let get = |metric: MonthMetric| row[metric.index()] as f64;
    let flow = |flow: Flow| get(MonthMetric::Flow(flow));
    let (new, repeat) = (flow(Flow::OriginatedNew), flow(Flow::OriginatedRepeat));
    let [scheduled, prepaid, arrears] =
        [Flow::PrincipalScheduled, Flow::PrincipalPrepaid, Flow::PrincipalArrears].map(flow);
    Observation {
        originated: new / season + repeat,
        repaid: scheduled + prepaid + arrears,
        balance: get(MonthMetric::Balance),
        npl: (4..7).map(|bucket| get(MonthMetric::BucketBalance(bucket))).sum(),
        principal_months: get(MonthMetric::PrincipalMonths),
        originated_raw: new + repeat,
    }
}

fn record(loan: &Loan) -> LoanRecord {
    let mut opening = Fen(loan.amount);
    let instalments = loan.made.instalments.iter().map(|month| {
        let instalment = Instalment {
            opening,
            principal: Fen(month.principal),
            interest_accrued: Fen(month.interest_accrued),
            interest_due: Fen(month.interest_due),
        };
        opening -= instalment.principal;
        instalment
    });
    let instalments = instalments.collect();
    LoanRecord {
        who: loan.who,
        month: loan.vintage,
        group: loan.group,
        product: loan.product,
        grade: loan.grade,
        amount: Fen(loan.amount),
        instalments,
        score_observed: loan.score_observed,
        score_true: loan.score_true,
        level: loan.level,
        level_delinquent: loan.level_delinquent,
        fraud: loan.fraud,
        repeat: loan.repeat,
    }
}

/// The scorecard's probability of default of a score in whole points, from 0 to 1500, millionths: `1 / (1 + odds)`, the odds doubling every so many points.
fn promised_default(scenario: &Scenario, score: f64) -> i64 {
    let underwriting = &scenario.underwriting;
    let factor = underwriting.points_to_double_odds.f64() / ln(2.0);
    let offset = underwriting.base_score.f64() - factor * ln(underwriting.base_odds.f64());
    let points = (nearest(score) as f64).clamp(0.0, 1500.0);
    nearest(1.0 / (1.0 + exp((points - offset) / factor)) * 1e6)
}
