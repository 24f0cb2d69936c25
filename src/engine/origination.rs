//! From spend to loans: marketing, leads, the funnel, new loans; and repeat loans.

use super::book::{Book, Delinquent, Loan, Origination};
use super::contracts::ContractId;
use super::customers::behaviour;
use super::funnel::{fund_plan, run_funnel};
use super::ladder::Standing;
use super::lines::{apr_now, grant};
use super::loan_record::LoanRecord;
use super::month::{Conditions, Month};
use super::offers::{Offers, takes};
use super::run::MarketState;
use super::setup::{Cell, Setup};
use super::setup_acquisition::PromotionTerms;
use crate::ledger::Flow;
use crate::model::decision::{backlog_after, staying, waiting_hours};
use crate::model::delinquency::{LEVEL_MAX, level};
use crate::model::economy::step_value;
use crate::model::market::{effective_spend, saturation};
use crate::model::marketing::{adstock, bass, expected_leads, hill, hill_rise};
use crate::model::underwriting::grade;
use crate::money::Fen;
use crate::random::{Process, Who};
use crate::rate::monthly_of_nominal;

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
    /// Fee and coupon of promotions.
    pub terms: PromotionTerms,
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
        wait_for_decisions(market, setup, now);
        promote(book, market, month);
        let leads = expected_leads_by_cell(book, market, setup, now);
        for (group, &mean) in leads.iter().enumerate() {
            run_funnel(book, market, month, &offers, group, mean);
        }
        reward(book, market, setup);
    }
    market.backlog = backlog_after(market.backlog, market.cases, setup.underwriting.manual_capacity);
    if !now.levers.stop_repeat {
        fund_repeats(book, market, month, &offers);
    } else {
        book.turn_away(now.month);
    }
    book.end_customers(setup, now.month);
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

/// Promotions of the month, which are held only where new customers are admitted.
fn promote(book: &mut Book, market: &mut MarketState, month: Month<'_>) {
    let Month { setup, now, .. } = month;
    if setup.promotions.is_empty() || now.levers.stop_new {
        return;
    }
    let (promoted, cost) = setup.promotions_in(now.month);
    market.promoted = promoted;
    book.flows[setup.shared_group()].book(Flow::MarketingPaid, cost);
}

/// Who waits for this month's decisions: cases wait behind those that were left last month.
fn wait_for_decisions(market: &mut MarketState, setup: &Setup, now: &Conditions) {
    let underwriting = &setup.underwriting;
    let waiting = waiting_hours(market.backlog, underwriting.manual_capacity);
    market.cases = 0.0;
    // Who is turned away for want of money or equity is gone.
    let share = market.rationing.share;
    market.staying.clear();
    market.staying.extend(setup.products.iter().zip(&now.levers.hours).map(|(product, lever)| {
        if underwriting.abandonment == 0.0 {
            return share;
        }
        let (automatic, hours, by_staff) = product.decision;
        let stay = automatic * staying(underwriting.abandonment, hours * lever)
            + (1.0 - automatic) * staying(underwriting.abandonment, by_staff * lever + waiting);
        stay * share
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
        let since_launch = now.month.saturating_sub(setup.launch.month);
        let budget = step_value(&channel.budget, since_launch).unwrap_or(0.0);
        let open = now.levers.open[cell.channel];
        let multiplier = match now.levers.stop_new || !open {
            true => 0.0,
            false => now.levers.marketing_of(cell.channel, cell.segment),
        };
        let promotion = market.promoted[group].as_ref();
        let planned = budget * multiplier * cell.budget_share;
        let spend = Fen::round(promotion.map_or(planned, |promotion| planned * promotion.spend));
        let own = promotion.map_or(spend, |promotion| Fen::round(spend.0 as f64 * promotion.own_share));
        book.flows[group].book(Flow::MarketingPaid, own);
        let bought = effective_spend(spend.0 as f64, setup.market.lead_cost_effect, rivals);
        let stock = adstock(market.stock[group], bought, channel.retention);
        market.stock[group] = stock;
        let worked = market.worked[group];
        let response = hill(stock, cell.leads_max, cell.half_saturation, channel.slope);
        let paid = response + channel.referrals * market.funded_new[group] as f64;
        let organic = bass(cell.reachable as f64, worked as f64, cell.bass.0, cell.bass.1);
        let left = saturation(worked, cell.reachable);
        let demand = promotion.map_or(now.demand, |promotion| now.demand * promotion.leads);
        market.marginal[group] = (own, 0.0);
        if open {
            leads[group] = expected_leads(paid, organic, left, demand);
            let rise = hill_rise(response, cell.leads_max, channel.slope);
            market.marginal[group].1 = expected_leads(rise, 0.0, left, demand);
        }
        by_channel[cell.channel] += leads[group];
    }
    if now.levers.stop_new {
        // Advertising still fades while nobody is admitted.
        leads.fill(0.0);
        market.marginal.fill((Fen(0), 0.0));
    }
    for (group, cell) in setup.cells.iter().enumerate() {
        let wanted = by_channel[cell.channel];
        let capacity = setup.channels[cell.channel].capacity;
        if wanted > capacity {
            leads[group] *= capacity / wanted;
            // A channel that is full gains nothing by more spend.
            market.marginal[group].1 = 0.0;
        }
    }
    leads
}

/// Customers who come back this month.
fn fund_repeats(book: &mut Book, market: &mut MarketState, month: Month<'_>, offers: &Offers) {
    let Month { setup, draws, now } = month;
    let returning = std::mem::take(&mut book.returns[now.month as usize]);
    for &(index, waited) in &returning {
        let earlier = book.loans[index as usize];
        let (group, product_index) = (usize::from(earlier.group), usize::from(earlier.product));
        let cell = &setup.cells[group];
        let product = &setup.products[product_index];
        let flows = &mut book.flows[group];
        flows.count(Flow::RepeatApplications, 1);
        let behaviour = behaviour(setup, &earlier);
        let segment = &setup.segments[cell.segment];
        if behaviour < segment.cutoff.1 + now.levers.cutoff_repeat[cell.segment] {
            flows.count(Flow::CustomersLost, 1);
            continue;
        }
        flows.count(Flow::RepeatApprovals, 1);
        let words = draws.words(earlier.who, Process::RepeatLoan, now.month);
        let grade = grade(behaviour, &setup.underwriting.grade_scores);
        let standing = book.standings.get(index as usize).map(|standing| standing.of_next_loan(setup));
        let rung = standing.map_or(0, |standing| usize::from(standing.rung));
        let choice = offers.choice(cell.segment, product_index, grade, Some(rung));
        if u64::from(words[0]) >= takes(choice, 1.0) {
            flows.count(Flow::CustomersLost, 1);
            continue;
        }
        let wished = match (&setup.ladder, standing) {
            (Some(ladder), Some(standing)) => standing.asked.min(ladder.limit(standing.first, rung)),
            _ => earlier.amount.0 as f64 * setup.repeat.amount_growth,
        };
        let caps = &product.caps[grade];
        let amount = product.amount.law().fit(wished).min(caps.amount);
        let tenor_index = offers.tenor(product_index, words[1]).min(caps.tenor_index);
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
            terms: PromotionTerms::NONE,
            standing,
        };
        fund(book, market, month, offers, &funded);
        book.between.note_repeat(setup.months as usize, now.month, index);
        if waited <= 12 {
            book.between.back_within_year[(now.month - waited) as usize] += 1;
        }
    }
    for flows in &mut book.flows[..setup.cells.len()] {
        let cost = flows.get(Flow::RepeatApplications) as f64 * setup.repeat.application_cost;
        flows.book(Flow::ApplicationsPaid, Fen::round(cost));
    }
    book.returns[now.month as usize] = returning;
}

/// Effect of the rate on the log-odds of missing payments.
fn price_of_risk(month: Month<'_>, funded: &Funded) -> f64 {
    let Month { setup, .. } = month;
    let slope = setup.risk.apr_slope;
    if slope == 0.0 {
        return 0.0;
    }
    let apr = apr_now(month, funded.product, funded.grade, funded.rung());
    slope * 100.0 * (apr - setup.products[funded.product].take_up.1)
}

/// Levels of a loan's log-odds: of missing a payment when current, and of rolling on when delinquent.
pub fn levels(
    setup: &Setup,
    cell: &Cell,
    score_true: f64,
    rivals: u32,
    repeat: f64,
    payment: impl FnOnce() -> f64,
    income: f64,
) -> (i16, i16) {
    let score_risk = setup.underwriting.scale.risk(score_true, setup.risk.reference_score);
    let effects =
        setup.segments[cell.segment].risk_effect + setup.market.risk_effect * f64::from(rivals) + repeat;
    let strain = setup.segments[cell.segment].strain.as_ref();
    let strain = strain.map_or(0.0, |strain| strain.log_odds(payment(), income));
    let effects = effects + strain;
    let bounded = |log_odds: f64| level(log_odds).clamp(-LEVEL_MAX, LEVEL_MAX) as i16;
    (bounded(setup.risk.slopes.0 * score_risk + effects), bounded(setup.risk.slopes.1 * score_risk))
}

/// Puts a loan on the book.
pub fn fund(book: &mut Book, market: &mut MarketState, month: Month<'_>, offers: &Offers, funded: &Funded) {
    let Month { setup, draws, now } = month;
    let product = &setup.products[funded.product];
    let cell = &setup.cells[funded.group];
    let repeat = if funded.repeat { setup.repeat.risk_effect } else { 0.0 };
    let repeat = repeat + price_of_risk(month, funded);
    let payment = || match &product.line {
        Some(line) => {
            let limit = line.first_limit(funded.amount, now.levers.limits);
            line.payment_when_drawn(limit, apr_now(month, funded.product, funded.grade, funded.rung()))
        }
        None => book.contracts.get(funded.contract, product.tenors[funded.tenor_index]).monthly_payment(),
    };
    let (level, level_delinquent) =
        levels(setup, cell, funded.score_true, now.rivals, repeat, payment, funded.income);
    if setup.competition.is_some() && product.line.is_none() {
        let contract = book.contracts.get(funded.contract, product.tenors[funded.tenor_index]);
        let months = contract.principal_months() as f64;
        let dearer_by = offers.rivals_dearer_by(funded.product, funded.grade, funded.rung());
        book.interest_saved += Fen::round(months * monthly_of_nominal(dearer_by)).0;
    }
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
        level,
        level_delinquent,
        late: 0,
        product: funded.product as u8,
        tenor: product.tenors[funded.tenor_index] as u8,
        worst: 0,
        grade: funded.grade as u8,
        rung: funded.rung() as u8,
        fraud: funded.fraud,
    };
    let mut paid_out = funded.amount;
    let mut granted = funded.amount;
    if product.line.is_some() {
        granted = grant(book, month, &loan, funded.amount);
        paid_out = Fen::ZERO;
    } else if funded.fraud {
        let contract = loan.contract(&book.contracts);
        book.principal_months += contract.principal_months();
        let account = Delinquent::new(loan, 0, funded.amount, funded.amount);
        book.delinquents.push(account);
    } else {
        book.join_tile(setup, draws, now.month, &loan, 0);
        book.know(setup, &loan, funded.amount);
    }
    let promised = setup.underwriting.promised_default(funded.score_observed);
    book.score_defaults += promised;
    book.note_score(setup, now.month, funded.score_observed, promised);
    book.largest_loan = book.largest_loan.max(granted);
    book.cell_vintages[now.month as usize * setup.cells.len() + funded.group].0 += 1;
    let vintage = &mut book.vintages[now.month as usize];
    vintage.loans += 1;
    vintage.originated += paid_out.0;
    book.funds[funded.product].lent += paid_out;
    let flows = &mut book.flows[funded.group];
    let (count, amount) = if funded.repeat {
        (Flow::LoansRepeat, Flow::OriginatedRepeat)
    } else {
        (Flow::LoansNew, Flow::OriginatedNew)
    };
    flows.count(count, 1);
    flows.book(amount, paid_out);
    flows.count(Flow::LoansFraud, i64::from(funded.fraud));
    let fee = product.upfront_fee * funded.terms.fee_left;
    flows.book(Flow::MarketingPaid, funded.terms.coupon);
    let fee = Fen::round(granted.0 as f64 * fee);
    book.earn(now.month as usize, funded.group, Flow::FeesReceived, fee);
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
