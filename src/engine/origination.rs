//! From spend to loans: marketing, leads, the funnel, new loans; and repeat loans.

use super::book::{Book, Delinquent, Loan, Origination};
use super::contracts::ContractId;
use super::funnel::{fund_plan, run_funnel};
use super::ladder::Standing;
use super::loan_record::LoanRecord;
use super::month::{Conditions, Month};
use super::offers::Offers;
use super::run::MarketState;
use super::setup::Setup;
use crate::ledger::Flow;
use crate::model::borrower::choose;
use crate::model::decision::{backlog_after, staying, waiting_hours};
use crate::model::delinquency::{LEVEL_MAX, level};
use crate::model::economy::step_value;
use crate::model::market::{effective_spend, saturation};
use crate::model::marketing::{adstock, bass, expected_leads, hill};
use crate::model::retention::behaviour_score;
use crate::model::underwriting::grade;
use crate::money::Fen;
use crate::random::{Process, Who};

/// An applicant who draws the loan.
#[derive(Debug)]
pub struct Funded {
    pub who: Who,
    pub group: usize,
    pub product: usize,
    pub grade: usize,
    pub score_observed: f64,
    pub score_true: f64,
    /// Monthly income, fen; 0 where it plays no part.
    pub income: f64,
    pub amount: Fen,
    pub tenor_index: usize,
    pub contract: ContractId,
    pub fraud: bool,
    pub repeat: bool,
    /// Standing on the ladder, where there is one.
    pub standing: Option<Standing>,
}

impl Funded {
    fn rung(&self) -> usize {
        self.standing.map_or(0, |standing| usize::from(standing.rung))
    }
}

/// Marketing, funnel and repeat loans of a month.
pub fn originate(book: &mut Book, market: &mut MarketState, month: Month<'_>) {
    let Month { setup, now, .. } = month;
    let mut offers = std::mem::take(&mut market.offers);
    offers.update(setup, now, &mut book.contracts);
    if let Some(plan) = &setup.plan {
        let planned = if now.levers.stop_new { &[][..] } else { &plan[now.month as usize] };
        for (group, &count) in planned.iter().enumerate() {
            fund_plan(book, market, month, &offers, group, count as u32);
        }
    } else {
        wait_for_decisions(market, setup);
        let leads = expected_leads_by_cell(book, market, setup, now);
        for (group, &mean) in leads.iter().enumerate() {
            run_funnel(book, market, month, &offers, group, mean);
        }
        reward(book, market, setup);
    }
    market.backlog = backlog_after(market.backlog, market.cases, setup.underwriting.manual_capacity);
    if !now.levers.stop_repeat {
        fund_repeats(book, market, month, &offers);
    }
    market.offers = offers;
    book.principal_months += book.new_principal_months(setup, now.month);
}

/// Pays for the month's new loans, and remembers them: their borrowers bring the next month's referrals.
fn reward(book: &mut Book, market: &mut MarketState, setup: &Setup) {
    for ((flows, cell), funded) in book.flows.iter_mut().zip(&setup.cells).zip(&mut market.funded_new) {
        *funded = flows.get(Flow::LoansNew);
        let reward = setup.channels[cell.channel].reward;
        flows.book(Flow::MarketingPaid, Fen::round(*funded as f64 * reward));
    }
}

/// Who waits for this month's decisions: cases wait behind those that were left last month.
fn wait_for_decisions(market: &mut MarketState, setup: &Setup) {
    let underwriting = &setup.underwriting;
    let waiting = waiting_hours(market.backlog, underwriting.manual_capacity);
    market.cases = 0.0;
    market.staying.clear();
    market.staying.extend(setup.products.iter().map(|product| {
        if underwriting.abandonment == 0.0 {
            return 1.0;
        }
        let (automatic, hours, by_staff) = product.decision;
        automatic * staying(underwriting.abandonment, hours)
            + (1.0 - automatic) * staying(underwriting.abandonment, by_staff + waiting)
    }));
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
        let paid = paid + channel.referrals * market.funded_new[group] as f64;
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

/// Customers who come back this month.
fn fund_repeats(book: &mut Book, market: &mut MarketState, month: Month<'_>, offers: &Offers) {
    let Month { setup, draws, now } = month;
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
        let period = product.repayment.period;
        let on_time = (u32::from(months) / period).saturating_sub(late.div_ceil(period));
        let behaviour = behaviour_score(earlier.score_observed, on_time, late, &setup.repeat.points);
        let segment = &setup.segments[cell.segment];
        if behaviour < segment.cutoff.1 + now.levers.cutoff_repeat[cell.segment] {
            continue;
        }
        flows.count(Flow::RepeatApprovals, 1);
        let words = draws.words(earlier.who, Process::RepeatLoan, now.month);
        let grade = grade(behaviour, &setup.underwriting.grade_scores);
        let standing = book.standings.get(index as usize).map(|standing| standing.of_next_loan(setup));
        let rung = standing.map_or(0, |standing| usize::from(standing.rung));
        if u64::from(words[0]) >= offers.take_up_repeat(product_index, grade, rung) {
            continue;
        }
        let wished = match (&setup.ladder, standing) {
            (Some(ladder), Some(standing)) => standing.asked.min(ladder.limit(standing.first, rung)),
            _ => earlier.amount.0 as f64 * setup.repeat.amount_growth,
        };
        let caps = &product.caps[grade];
        let amount = product.amount.law().fit(wished).min(caps.amount);
        let tenor_index = choose(&product.tenor_thresholds, words[1]).min(caps.tenor_index);
        let family = offers.family_repeat(product_index, grade, rung, tenor_index);
        let funded = Funded {
            who: earlier.who,
            group,
            product: product_index,
            grade,
            score_observed: behaviour,
            score_true: earlier.score_true,
            income: earlier.income,
            amount,
            tenor_index,
            contract: book.contracts.contract(family, amount),
            fraud: false,
            repeat: true,
            standing,
        };
        fund(book, market, month, offers, &funded);
    }
    for flows in &mut book.flows[..setup.cells.len()] {
        let cost = flows.get(Flow::RepeatApplications) as f64 * setup.repeat.application_cost;
        flows.book(Flow::ApplicationsPaid, Fen::round(cost));
    }
    book.returns[now.month as usize] = returning;
}

/// Puts a loan on the book.
pub fn fund(book: &mut Book, market: &mut MarketState, month: Month<'_>, offers: &Offers, funded: &Funded) {
    let Month { setup, draws, now } = month;
    let product = &setup.products[funded.product];
    let cell = &setup.cells[funded.group];
    let score_risk = setup.underwriting.scale.risk(funded.score_true, setup.risk.reference_score);
    let effects = setup.segments[cell.segment].risk_effect
        + setup.market.risk_effect * f64::from(now.rivals)
        + if funded.repeat { setup.repeat.risk_effect } else { 0.0 };
    let strain = setup.risk.strain.as_ref().map_or(0.0, |strain| {
        let contract = book.contracts.get(funded.contract, product.tenors[funded.tenor_index]);
        strain.log_odds(contract.monthly_payment(), funded.income)
    });
    let effects = effects + strain;
    let bounded = |log_odds: f64| level(log_odds).clamp(-LEVEL_MAX, LEVEL_MAX) as i16;
    let index = book.loans.len() as u32;
    book.loans.push(Origination {
        who: funded.who,
        amount: funded.amount,
        score_observed: funded.score_observed,
        score_true: funded.score_true,
        income: funded.income,
        group: funded.group as u16,
        late: 0,
        months_paid: 0,
        product: funded.product as u8,
        tenor: product.tenors[funded.tenor_index] as u8,
    });
    book.standings.extend(funded.standing);
    let loan = Loan {
        who: funded.who,
        index,
        contract: funded.contract,
        vintage: now.month as u16,
        group: funded.group as u16,
        level: bounded(setup.risk.slopes.0 * score_risk + effects),
        level_delinquent: bounded(setup.risk.slopes.1 * score_risk),
        late: 0,
        product: funded.product as u8,
        tenor: product.tenors[funded.tenor_index] as u8,
        worst: 0,
        grade: funded.grade as u8,
        rung: funded.rung() as u8,
        fraud: funded.fraud,
    };
    if funded.fraud {
        let contract = loan.contract(&book.contracts);
        book.principal_months += contract.principal_months();
        let account = Delinquent::new(loan, 0, funded.amount, funded.amount);
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
        let (product, grade, tenor) = (funded.product, funded.grade, funded.tenor_index);
        let family = match funded.repeat {
            false => offers.family(product, grade, tenor),
            true => offers.family_repeat(product, grade, funded.rung(), tenor),
        };
        let schedule = book.contracts.schedule(family);
        record.push(LoanRecord::new(
            &loan,
            &book.loans[index as usize],
            schedule,
            funded.grade,
            funded.repeat,
        ));
    }
}
