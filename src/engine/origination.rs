//! From spend to loans: marketing, leads, the funnel, new loans; and repeat loans.

use super::book::{Book, Delinquent, Loan, Origination};
use super::loan_record::LoanRecord;
use super::month::Conditions;
use super::offers::Offers;
use super::run::MarketState;
use super::setup::Setup;
use crate::ledger::Flow;
use crate::model::borrower::{ScoreLaw, choose};
use crate::model::delinquency::{LEVEL_MAX, level};
use crate::model::economy::step_value;
use crate::model::market::{applicant_score_mean, effective_spend, saturation};
use crate::model::marketing::{adstock, bass, expected_leads, hill, poisson_quantile};
use crate::model::retention::behaviour_score;
use crate::model::underwriting::grade;
use crate::money::Fen;
use crate::random::{self, LEADS_CHUNK, LeadWords, Process, RunDraws, Who, uniform};

/// An applicant who draws the loan.
struct Funded {
    who: Who,
    group: usize,
    product: usize,
    grade: usize,
    score_observed: f64,
    score_true: f64,
    amount: Fen,
    tenor_index: usize,
    fraud: bool,
    repeat: bool,
}

/// Marketing, funnel and repeat loans of a month.
pub fn originate(
    book: &mut Book,
    market: &mut MarketState,
    setup: &Setup,
    draws: &RunDraws,
    now: &Conditions,
) {
    let mut offers = std::mem::take(&mut market.offers);
    offers.update(setup, now, &mut book.contracts);
    if let Some(plan) = &setup.plan {
        let planned = if now.levers.stop_new { &[][..] } else { &plan[now.month as usize] };
        for (group, &count) in planned.iter().enumerate() {
            fund_plan(book, market, setup, draws, now, &offers, group, count as u32);
        }
    } else {
        let leads = expected_leads_by_cell(book, market, setup, now);
        for (group, &mean) in leads.iter().enumerate() {
            run_funnel(book, market, setup, draws, now, &offers, group, mean);
        }
    }
    if !now.levers.stop_repeat {
        fund_repeats(book, market, setup, draws, now, &offers);
    }
    market.offers = offers;
    book.principal_months += book.new_principal_months(setup, now.month);
}

/// Spend of the month into advertising stock, and the leads each cell may expect.
fn expected_leads_by_cell(
    book: &mut Book,
    market: &mut MarketState,
    setup: &Setup,
    now: &Conditions,
) -> Vec<f64> {
    let rivals = f64::from(now.rivals);
    let mut leads = vec![0.0; setup.cells.len()];
    let mut by_channel = vec![0.0; setup.channels.len()];
    for (group, cell) in setup.cells.iter().enumerate() {
        let channel = &setup.channels[cell.channel];
        let budget = step_value(&channel.budget, now.month).unwrap_or(0.0);
        let multiplier = if now.levers.stop_new { 0.0 } else { now.levers.marketing[cell.channel] };
        let spend = Fen::round(budget * multiplier * cell.budget_share);
        book.flows[group].book(Flow::MarketingPaid, spend);
        let bought = effective_spend(spend.0 as f64, setup.market.lead_cost_effect, rivals);
        let stock = adstock(market.stock[group], bought, channel.retention);
        market.stock[group] = stock;
        let worked = market.worked[group];
        let paid = hill(stock, cell.leads_max, cell.half_saturation, channel.slope);
        let organic = bass(cell.reachable as f64, worked as f64, cell.bass.0, cell.bass.1);
        leads[group] = expected_leads(paid, organic, saturation(worked, cell.reachable), now.demand);
        by_channel[cell.channel] += leads[group];
    }
    if now.levers.stop_new {
        // Advertising still fades while nobody is admitted.
        leads.fill(0.0);
    }
    for (group, cell) in setup.cells.iter().enumerate() {
        let wanted = by_channel[cell.channel];
        let capacity = setup.channels[cell.channel].capacity;
        if wanted > capacity {
            leads[group] *= capacity / wanted;
        }
    }
    leads
}

fn score_law(setup: &Setup, market: &MarketState, now: &Conditions, group: usize) -> ScoreLaw {
    let cell = &setup.cells[group];
    let segment = &setup.segments[cell.segment];
    ScoreLaw {
        mean: applicant_score_mean(
            segment.score.0,
            setup.channels[cell.channel].score_effect,
            setup.market.score_effect * f64::from(now.rivals),
            segment.saturation_effect * saturation(market.worked[group], cell.reachable),
        ),
        deviation: segment.score.1,
        error: setup.underwriting.score_error,
    }
}

/// Gates of the funnel as word thresholds; the word of each gate is its own, so that moving one gate moves no other draw.
struct Gates {
    completes: u64,
    caught: u64,
    fraud: u64,
    declined: u64,
}

/// How many of a chunk of leads got how far.
struct Passed {
    applications: i64,
    caught: i64,
    approvals: i64,
}

impl Gates {
    /// Sends leads through the gates; the positions of those approved are left in `approved`. Without branches: four of
    /// five leads fail somewhere unforeseeable, and a mispredicted branch costs more than the three comparisons.
    fn pass(&self, w0: &[u32], w1: &[u32], w2: &[u32], approved: &mut [u32; LEADS_CHUNK]) -> Passed {
        let (mut applications, mut caught, mut approvals) = (0, 0, 0);
        for (at, ((&w0, &w1), &w2)) in w0.iter().zip(w1).zip(w2).enumerate() {
            let applies = u64::from(w0) < self.completes;
            let is_caught = applies & (u64::from(w2) < self.caught);
            let is_approved = applies & !is_caught & (u64::from(w1) >= self.declined);
            approved[approvals & (LEADS_CHUNK - 1)] = at as u32;
            approvals += usize::from(is_approved);
            applications += i64::from(applies);
            caught += i64::from(is_caught);
        }
        Passed { applications, caught, approvals: approvals as i64 }
    }
}

#[expect(clippy::too_many_arguments, reason = "the pieces of one run, borrowed apart")]
fn run_funnel(
    book: &mut Book,
    market: &mut MarketState,
    setup: &Setup,
    draws: &RunDraws,
    now: &Conditions,
    offers: &Offers,
    group: usize,
    mean: f64,
) {
    let cell = &setup.cells[group];
    let segment = &setup.segments[cell.segment];
    let word = draws.words(Who::cell(cell.hash, now.month), Process::LeadCount, now.month)[0];
    let left = cell.reachable - market.worked[group].min(cell.reachable);
    let leads = poisson_quantile(mean, uniform(word)).min(left) as u32;
    let law = score_law(setup, market, now, group);
    let cutoff = segment.cutoff.0 + now.levers.cutoff_new[cell.segment];
    let gates = Gates {
        completes: random::threshold(segment.completion),
        caught: random::threshold(segment.fraud_share * setup.underwriting.fraud_catch_rate),
        fraud: random::threshold(segment.fraud_share),
        declined: law.below(cutoff),
    };
    let mut words = LeadWords::default();
    let mut approved = [0_u32; LEADS_CHUNK];
    let mut ordinals = [0_u32; LEADS_CHUNK];
    let mut accepted = Vec::with_capacity(LEADS_CHUNK);
    let (mut applications, mut caught, mut approvals) = (0, 0, 0);
    let mut first = 0;
    while first < leads {
        let count = (leads - first).min(LEADS_CHUNK as u32) as usize;
        for (ordinal, at) in ordinals[..count].iter_mut().zip(first..) {
            *ordinal = at;
        }
        draws.fill_leads(Process::Funnel, cell.hash, now.month, &ordinals[..count], &mut words);
        let [w0, w1, w2, w3] = &words.0;
        let passed = gates.pass(&w0[..count], &w1[..count], &w2[..count], &mut approved);
        applications += passed.applications;
        caught += passed.caught;
        approvals += passed.approvals;
        accepted.clear();
        for &at in &approved[..passed.approvals as usize] {
            let at = at as usize;
            let score_observed = law.observed(uniform(w1[at]));
            let product = segment.products[choose(&segment.product_thresholds, w0[at])];
            let grade = grade(score_observed, &setup.underwriting.grade_scores);
            if u64::from(w3[at]) < offers.take_up(product, grade) {
                let fraud = u64::from(w2[at]) < gates.fraud;
                accepted.push(Accepted { ordinal: ordinals[at], product, grade, score_observed, fraud });
            }
        }
        fund_accepted(book, market, setup, draws, now, offers, group, &law, &accepted);
        first += count as u32;
    }
    market.worked[group] += u64::from(leads);
    let flows = &mut book.flows[group];
    flows.count(Flow::Leads, i64::from(leads));
    flows.count(Flow::Applications, applications);
    flows.count(Flow::FraudCaught, caught);
    flows.count(Flow::Approvals, approvals);
    let cost = applications as f64 * setup.underwriting.application_cost;
    flows.book(Flow::ApplicationsPaid, Fen::round(cost));
}

/// A lead who takes the loan offered.
struct Accepted {
    ordinal: u32,
    product: usize,
    grade: usize,
    score_observed: f64,
    fraud: bool,
}

/// Draws what borrowers bring and puts their loans on the book: at most a chunk of leads.
#[expect(clippy::too_many_arguments, reason = "the pieces of one run, borrowed apart")]
fn fund_accepted(
    book: &mut Book,
    market: &mut MarketState,
    setup: &Setup,
    draws: &RunDraws,
    now: &Conditions,
    offers: &Offers,
    group: usize,
    law: &ScoreLaw,
    accepted: &[Accepted],
) {
    let hash = setup.cells[group].hash;
    let mut ordinals = [0_u32; LEADS_CHUNK];
    for (ordinal, lead) in ordinals.iter_mut().zip(accepted) {
        *ordinal = lead.ordinal;
    }
    let mut words = LeadWords::default();
    draws.fill_leads(Process::Borrower, hash, now.month, &ordinals[..accepted.len()], &mut words);
    let [w0, w1, w2, _] = &words.0;
    for (at, lead) in accepted.iter().enumerate() {
        let terms = &setup.products[lead.product];
        let tenor_index = choose(&terms.tenor_thresholds, w2[at]);
        let family = offers.family(lead.product, lead.grade, tenor_index);
        let contract = book.contracts.contract(family, terms.amount.draw(w1[at]));
        book.contracts.touch(contract, terms.tenors[tenor_index], 1);
    }
    for (at, lead) in accepted.iter().enumerate() {
        let terms = &setup.products[lead.product];
        let funded = Funded {
            who: Who::lead(hash, now.month, lead.ordinal),
            group,
            product: lead.product,
            grade: lead.grade,
            score_observed: lead.score_observed,
            score_true: law.true_score(lead.score_observed, uniform(w0[at])),
            amount: terms.amount.draw(w1[at]),
            tenor_index: choose(&terms.tenor_thresholds, w2[at]),
            fraud: lead.fraud,
            repeat: false,
        };
        fund(book, market, setup, draws, now, offers, &funded);
    }
}

/// Loans by plan: every one approved and taken up, with score and product drawn as for leads.
#[expect(clippy::too_many_arguments, reason = "the pieces of one run, borrowed apart")]
fn fund_plan(
    book: &mut Book,
    market: &mut MarketState,
    setup: &Setup,
    draws: &RunDraws,
    now: &Conditions,
    offers: &Offers,
    group: usize,
    count: u32,
) {
    let cell = &setup.cells[group];
    let segment = &setup.segments[cell.segment];
    let law = score_law(setup, market, now, group);
    let fraud_share = random::threshold(segment.fraud_share);
    let mut words = LeadWords::default();
    let mut accepted = Vec::with_capacity(LEADS_CHUNK);
    let ordinals: Vec<u32> = (0..count).collect();
    for ordinals in ordinals.chunks(LEADS_CHUNK) {
        draws.fill_leads(Process::Funnel, cell.hash, now.month, ordinals, &mut words);
        let [w0, w1, w2, _] = &words.0;
        accepted.clear();
        accepted.extend(ordinals.iter().enumerate().map(|(at, &ordinal)| {
            let score_observed = law.observed(uniform(w1[at]));
            Accepted {
                ordinal,
                product: segment.products[choose(&segment.planned_thresholds, w0[at])],
                grade: grade(score_observed, &setup.underwriting.grade_scores),
                score_observed,
                fraud: u64::from(w2[at]) < fraud_share,
            }
        }));
        fund_accepted(book, market, setup, draws, now, offers, group, &law, &accepted);
    }
}

/// Customers who come back this month.
fn fund_repeats(
    book: &mut Book,
    market: &mut MarketState,
    setup: &Setup,
    draws: &RunDraws,
    now: &Conditions,
    offers: &Offers,
) {
    let returning = std::mem::take(&mut book.returns[now.month as usize]);
    for &index in &returning {
        let earlier = book.loans[index as usize];
        let (group, product_index) = (usize::from(earlier.group), usize::from(earlier.product));
        let cell = &setup.cells[group];
        let product = &setup.products[product_index];
        let flows = &mut book.flows[group];
        flows.count(Flow::RepeatApplications, 1);
        let late = u32::from(earlier.late);
        // A last instalment that came late is one instalment all the same.
        let months = earlier.months_paid.min(u16::from(earlier.tenor));
        let period = product.kind.period();
        let on_time = (u32::from(months) / period).saturating_sub(late.div_ceil(period));
        let behaviour = behaviour_score(earlier.score_observed, on_time, late, &setup.repeat.points);
        let segment = &setup.segments[cell.segment];
        if behaviour < segment.cutoff.1 + now.levers.cutoff_repeat[cell.segment] {
            continue;
        }
        flows.count(Flow::RepeatApprovals, 1);
        let words = draws.words(earlier.who, Process::RepeatLoan, now.month);
        let grade = grade(behaviour, &setup.underwriting.grade_scores);
        if u64::from(words[0]) >= offers.take_up(product_index, grade) {
            continue;
        }
        let funded = Funded {
            who: earlier.who,
            group,
            product: product_index,
            grade,
            score_observed: behaviour,
            score_true: earlier.score_true,
            amount: product.amount.law().fit(earlier.amount.0 as f64 * setup.repeat.amount_growth),
            tenor_index: choose(&product.tenor_thresholds, words[1]),
            fraud: false,
            repeat: true,
        };
        fund(book, market, setup, draws, now, offers, &funded);
    }
    for flows in &mut book.flows[..setup.cells.len()] {
        let cost = flows.get(Flow::RepeatApplications) as f64 * setup.repeat.application_cost;
        flows.book(Flow::ApplicationsPaid, Fen::round(cost));
    }
    book.returns[now.month as usize] = returning;
}

/// Puts a loan on the book.
fn fund(
    book: &mut Book,
    market: &mut MarketState,
    setup: &Setup,
    draws: &RunDraws,
    now: &Conditions,
    offers: &Offers,
    funded: &Funded,
) {
    let product = &setup.products[funded.product];
    let cell = &setup.cells[funded.group];
    let family = offers.family(funded.product, funded.grade, funded.tenor_index);
    let score_risk = setup.underwriting.scale.risk(funded.score_true, setup.risk.reference_score);
    let effects = setup.segments[cell.segment].risk_effect
        + setup.market.risk_effect * f64::from(now.rivals)
        + if funded.repeat { setup.repeat.risk_effect } else { 0.0 };
    let bounded = |log_odds: f64| level(log_odds).clamp(-LEVEL_MAX, LEVEL_MAX) as i16;
    let index = book.loans.len() as u32;
    book.loans.push(Origination {
        who: funded.who,
        amount: funded.amount,
        score_observed: funded.score_observed,
        score_true: funded.score_true,
        group: funded.group as u16,
        late: 0,
        months_paid: 0,
        product: funded.product as u8,
        tenor: product.tenors[funded.tenor_index] as u8,
    });
    let loan = Loan {
        who: funded.who,
        index,
        contract: book.contracts.contract(family, funded.amount),
        vintage: now.month as u16,
        group: funded.group as u16,
        level: bounded(setup.risk.slopes.0 * score_risk + effects),
        level_delinquent: bounded(setup.risk.slopes.1 * score_risk),
        late: 0,
        product: funded.product as u8,
        tenor: product.tenors[funded.tenor_index] as u8,
        worst: 0,
        fraud: funded.fraud,
    };
    if funded.fraud {
        let contract = loan.contract(&book.contracts, setup);
        book.principal_months += contract.principal_months();
        let account = Delinquent::new(loan, contract, setup, 0, funded.amount, funded.amount);
        book.delinquents.push(account);
    } else {
        book.join_tile(setup, draws, now.month, &loan, 0);
    }
    book.score_defaults += setup.underwriting.promised_default(funded.score_observed);
    let vintage = &mut book.vintages[now.month as usize];
    vintage.loans += 1;
    vintage.originated += funded.amount.0;
    let flows = &mut book.flows[funded.group];
    let (count, amount) = if funded.repeat {
        (Flow::LoansRepeat, Flow::OriginatedRepeat)
    } else {
        (Flow::LoansNew, Flow::OriginatedNew)
    };
    flows.count(count, 1);
    flows.book(amount, funded.amount);
    flows.count(Flow::LoansFraud, i64::from(funded.fraud));
    flows.book(Flow::FeesReceived, Fen::round(funded.amount.0 as f64 * product.upfront_fee));
    if let Some(record) = &mut market.record {
        let terms = book.contracts.terms(family, funded.amount);
        record.push(LoanRecord::new(&loan, &book.loans[index as usize], &terms, funded.grade, funded.repeat));
    }
}
