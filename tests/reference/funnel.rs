//! From spend to new loans: leads, gates one by one, attributes, terms; planned loans; repeat loans.

use lendcycle::ledger::Flow;
use lendcycle::math::{exp, ln, normal_cdf, normal_quantile, pow};
use lendcycle::random::{Process, Who, uniform};

use super::contract::{Changes, Contract, nearest};
use super::customers::{Standing, granted};
use super::holiday::Holiday;
use super::loan::{Loan, Status};
use super::month::Month;
use super::offers::{
    amount, apr, by_staff, grade, income, monthly_payment, product_asked, taking_up, tenor, waiting,
};
use super::poisson::poisson;
use super::prices::calendar;
use super::risk::{hold, level, words_below};
use super::run::Book;
use super::world::Cell;

/// The score of the applicants of a cell in a month.
struct Applicants {
    mean: f64,
    deviation: f64,
    error: f64,
}

impl Applicants {
    fn new(book: &Book, now: &Month<'_>, group: usize) -> Self {
        let cell = &now.world.cells[group];
        let scenario = now.world.scenario;
        let drift = scenario.market.score_effect.f64() * now.rivals();
        let worked = saturation(book, cell, group);
        Applicants {
            mean: cell.segment.score_mean.f64()
                + cell.channel.score_effect.f64()
                + drift
                + cell.segment.saturation_effect.f64() * worked,
            deviation: cell.segment.score_deviation.f64(),
            error: scenario.underwriting.score_error.f64(),
        }
    }

    fn observed_deviation(&self) -> f64 {
        (self.deviation * self.deviation + self.error * self.error).sqrt()
    }

    fn observed(&self, word: u32) -> f64 {
        match self.observed_deviation() {
            0.0 => self.mean,
            deviation => self.mean + deviation * normal_quantile(uniform(word)),
        }
    }

    /// Words that are below a cut-off.
    fn words_below(&self, cutoff: f64) -> u64 {
        match self.observed_deviation() {
            0.0 => words_below(if self.mean < cutoff { 1.0 } else { 0.0 }),
            deviation => words_below(normal_cdf((cutoff - self.mean) / deviation)),
        }
    }

    fn true_score(&self, observed: f64, word: u32) -> f64 {
        let variance = self.deviation * self.deviation;
        if variance + self.error * self.error == 0.0 {
            return self.mean;
        }
        let reliability = variance / (variance + self.error * self.error);
        let spread = (variance * (1.0 - reliability)).sqrt();
        let noise = if spread > 0.0 { spread * normal_quantile(uniform(word)) } else { 0.0 };
        self.mean + reliability * (observed - self.mean) + noise
    }
}

fn saturation(book: &Book, cell: &Cell<'_>, group: usize) -> f64 {
    match cell.reachable {
        0 => 0.0,
        people => book.worked[group] as f64 / people as f64,
    }
}

/// Marketing spend, and the leads each cell may expect.
fn expected_leads(book: &mut Book, now: &Month<'_>) -> Vec<f64> {
    let mut leads = Vec::new();
    for (group, cell) in now.world.cells.iter().enumerate() {
        let budget = cell.channel.budget.iter().rfind(|step| step.month.0 <= u64::from(now.month));
        let budget = match budget {
            Some(step) if !now.stop_new() => step.amount.fen_f64(),
            _ => 0.0,
        };
        let share = cell.audience.budget_share.f64();
        let spend = nearest(budget * now.marketing(&cell.channel.name) * share);
        book.flows[group].0[Flow::MarketingPaid as usize] += spend;
        let dearer = 1.0 + now.world.scenario.market.lead_cost_effect.f64() * now.rivals();
        let stock = spend as f64 / dearer + cell.channel.retention.f64() * book.stock[group];
        book.stock[group] = stock;
        let half = cell.audience.half_saturation.fen_f64();
        let paid = if stock > 0.0 {
            cell.audience.leads_max.f64() / (1.0 + pow(half / stock, cell.channel.slope.f64()))
        } else {
            0.0
        };
        let referred = cell.channel.referrals.map_or(0.0, |leads| leads.f64()) * book.funded[group] as f64;
        let paid = paid + referred;
        let (people, adopted) = (cell.reachable as f64, book.worked[group] as f64);
        let (p, q) = (cell.audience.innovation.f64(), cell.audience.imitation.f64());
        let organic =
            if people > 0.0 { f64::max(people - adopted, 0.0) * (p + q * adopted / people) } else { 0.0 };
        let open = f64::max(1.0 - saturation(book, cell, group), 0.0);
        leads.push((paid * open + organic) * now.world.demand[now.month as usize]);
    }
    let wanted = leads.clone();
    for (lead, cell) in leads.iter_mut().zip(&now.world.cells) {
        let same = now.world.cells.iter().zip(&wanted);
        let same = same.filter(|(other, _)| other.channel.name == cell.channel.name);
        let channel: f64 = same.map(|(_, wanted)| wanted).sum();
        let capacity = cell.channel.capacity.f64();
        if channel > capacity {
            *lead *= capacity / channel;
        }
    }
    leads
}

/// Whoever draws a loan.
struct Borrower {
    who: Who,
    group: usize,
    product: usize,
    grade: usize,
    score_observed: f64,
    score_true: f64,
    income: f64,
    amount: i64,
    tenor: u32,
    fraud: bool,
    repeat: bool,
    ladder: Standing,
}

fn new_borrower(
    now: &Month<'_>,
    applicants: &Applicants,
    who: Who,
    group: usize,
    funnel: [u32; 4],
    product: usize,
) -> Borrower {
    let observed = applicants.observed(funnel[1]);
    let fraud_share = now.world.cells[group].segment.fraud_share.f64();
    let terms = now.world.products[product];
    let words = now.world.draws.words(who, Process::Borrower, now.month);
    let spread = terms.amount_spread.f64();
    let wished = if spread > 0.0 {
        terms.amount_median.fen_f64() * exp(spread * normal_quantile(uniform(words[1])))
    } else {
        terms.amount_median.fen_f64()
    };
    let grade = grade(now, observed);
    let ladder = Standing::of_new_customer(amount(terms, wished));
    Borrower {
        who,
        group,
        product,
        grade,
        score_observed: observed,
        score_true: applicants.true_score(observed, words[0]),
        income: income(now.world.cells[group].segment, words[3]),
        amount: granted(now, terms, grade, &ladder, wished),
        tenor: tenor(terms, grade, words[2]),
        fraud: u64::from(funnel[2]) < words_below(fraud_share),
        repeat: false,
        ladder,
    }
}

/// All new loans of a month.
pub fn originate(book: &mut Book, now: &Month<'_>) {
    if now.world.scenario.plan.is_none() {
        // Advertising fades also while nobody new is admitted.
        let leads = expected_leads(book, now);
        if !now.stop_new() {
            for (group, mean) in leads.into_iter().enumerate() {
                run_funnel(book, now, group, mean);
            }
        }
    } else if !now.stop_new() {
        fund_plan(book, now);
    }
    if now.world.scenario.plan.is_none() {
        pay_rewards(book, now);
    }
    let capacity = now.world.scenario.underwriting.manual_capacity.map_or(f64::INFINITY, |cases| cases.f64());
    book.backlog = f64::max(book.backlog + book.cases - capacity, 0.0);
    book.cases = 0.0;
    if !now.stop_repeat() {
        fund_repeats(book, now);
    }
}

/// Pays for new loans, and remembers them: they bring referrals.
fn pay_rewards(book: &mut Book, now: &Month<'_>) {
    for (group, cell) in now.world.cells.iter().enumerate() {
        let flows = &mut book.flows[group].0;
        let funded = flows[Flow::LoansNew as usize];
        let reward = cell.channel.reward.map_or(0.0, |reward| reward.fen_f64());
        flows[Flow::MarketingPaid as usize] += nearest(funded as f64 * reward);
        book.funded[group] = funded;
    }
}

fn fund_plan(book: &mut Book, now: &Month<'_>) {
    for (group, cell) in now.world.cells.iter().enumerate() {
        let plans = now.world.scenario.plan.iter().flat_map(|plan| &plan.loans).filter(|plan| {
            plan.segment == cell.segment.name
                && plan.channel == cell.channel.name
                && plan.from.0 <= u64::from(now.month)
                && u64::from(now.month) <= plan.to.0
        });
        let count: u64 = plans.map(|plan| plan.count.0).sum();
        let applicants = Applicants::new(book, now, group);
        for ordinal in 0..count as u32 {
            let who = Who::lead(cell.hash, now.month, ordinal);
            let words = now.world.draws.words(who, Process::Funnel, now.month);
            // Everybody completes.
            let product = product_asked(now, group, 1.0, words[0]);
            fund(book, now, new_borrower(now, &applicants, who, group, words, product));
        }
    }
}

fn run_funnel(book: &mut Book, now: &Month<'_>, group: usize, mean: f64) {
    let cell = &now.world.cells[group];
    let underwriting = &now.world.scenario.underwriting;
    let applicants = Applicants::new(book, now, group);
    let cutoff = cell.segment.cutoff_new.f64() + now.cutoff_new(&cell.segment.name);
    let fraud_share = cell.segment.fraud_share.f64();
    let word = now.world.draws.words(Who::cell(cell.hash, now.month), Process::LeadCount, now.month)[0];
    let leads = poisson(mean, uniform(word)).min(cell.reachable.saturating_sub(book.worked[group]));
    let mut count = |flow: Flow, number: i64| book.flows[group].0[flow as usize] += number;
    count(Flow::Leads, leads as i64);
    let mut applications = 0;
    let mut drawn = Vec::new();
    for ordinal in 0..leads as u32 {
        let who = Who::lead(cell.hash, now.month, ordinal);
        let words = now.world.draws.words(who, Process::Funnel, now.month);
        if u64::from(words[0]) >= words_below(cell.segment.completion.f64()) {
            continue;
        }
        applications += 1;
        if u64::from(words[2]) < words_below(fraud_share * underwriting.fraud_catch_rate.f64()) {
            count(Flow::FraudCaught, 1);
            continue;
        }
        if u64::from(words[1]) < applicants.words_below(cutoff) {
            continue;
        }
        count(Flow::Approvals, 1);
        let product = product_asked(now, group, cell.segment.completion.f64(), words[0]);
        let borrower = new_borrower(now, &applicants, who, group, words, product);
        let waiting = waiting(now, now.world.products[product], book.backlog);
        let take_up = taking_up(now, now.world.products[product], borrower.grade, 0, false);
        if u64::from(words[3]) < words_below(take_up * waiting) {
            drawn.push(borrower);
        }
    }
    count(Flow::Applications, applications);
    let manual: f64 =
        cell.segment.products.iter().map(|(name, share)| share.f64() * by_staff(now, name)).sum();
    let cases = applications as f64 * manual;
    book.cases += cases;
    let price = underwriting.manual_cost.map_or(0.0, |cost| cost.fen_f64());
    let cost = applications as f64 * underwriting.application_cost.fen_f64() + cases * price;
    count(Flow::ApplicationsPaid, nearest(cost));
    for borrower in drawn {
        fund(book, now, borrower);
    }
    book.worked[group] += leads;
}

fn fund_repeats(book: &mut Book, now: &Month<'_>) {
    let world = now.world;
    let repeat = &world.scenario.repeat;
    let mut applications = vec![0; world.cells.len()];
    let mut drawn = Vec::new();
    for loan in book.loans.iter().filter(|loan| loan.asks_again == Some(now.month)) {
        let segment = world.cells[loan.group].segment;
        applications[loan.group] += 1;
        let months = loan.paid_off.min(loan.contract.tenor());
        let period = loan.contract.period;
        let (instalments, late) = (months / period, loan.late.div_ceil(period));
        let on_time = instalments.saturating_sub(late);
        let gained = f64::min(f64::from(on_time) * repeat.points_on_time.f64(), repeat.points_max.f64());
        let score = loan.score_observed + gained - f64::from(loan.late) * repeat.points_late.f64();
        if score < segment.cutoff_repeat.f64() + now.cutoff_repeat(&segment.name) {
            continue;
        }
        book.flows[loan.group].0[Flow::RepeatApprovals as usize] += 1;
        let product = world.products[loan.product];
        let words = world.draws.words(loan.who, Process::RepeatLoan, now.month);
        let grade = grade(now, score);
        let growth = repeat.amount_growth.f64();
        let ladder = Standing { asked: loan.ladder.asked * growth, ..loan.ladder };
        if u64::from(words[0]) < words_below(taking_up(now, product, grade, ladder.rung, true)) {
            drawn.push(Borrower {
                who: loan.who,
                group: loan.group,
                product: loan.product,
                grade,
                score_observed: score,
                score_true: loan.score_true,
                income: loan.income,
                amount: granted(now, product, grade, &ladder, loan.amount as f64 * growth),
                tenor: tenor(product, grade, words[1]),
                fraud: false,
                repeat: true,
                ladder,
            });
        }
    }
    for (flows, count) in book.flows.iter_mut().zip(applications) {
        flows.0[Flow::RepeatApplications as usize] += count;
        let cost = count as f64 * repeat.application_cost.fen_f64();
        flows.0[Flow::ApplicationsPaid as usize] += nearest(cost);
    }
    for borrower in drawn {
        fund(book, now, borrower);
    }
}

/// Writes the contract and puts the loan on the book.
fn fund(book: &mut Book, now: &Month<'_>, borrower: Borrower) {
    let scenario = now.world.scenario;
    let product = now.world.products[borrower.product];
    let segment = now.world.cells[borrower.group].segment;
    let points = scenario.underwriting.points_to_double_odds.f64() / ln(2.0);
    let worse = (scenario.delinquency.reference_score.f64() - borrower.score_true) / points;
    let effects = segment.risk_effect.f64()
        + scenario.market.risk_effect.f64() * now.rivals()
        + if borrower.repeat { scenario.repeat.risk_effect.f64() } else { 0.0 };
    let rate = apr(now, product, borrower.grade, borrower.ladder.rung);
    let loan = (borrower.amount, calendar(now, now.month));
    let contract = Contract::new(product, borrower.repeat, rate, loan, borrower.tenor, &Changes::default());
    let strain = scenario.affordability.as_ref().map_or(0.0, |table| {
        let share = monthly_payment(&contract) / borrower.income - table.payment_to_income_free.f64();
        table.slope.f64() * f64::max(share, 0.0)
    });
    let effects = effects + strain;
    let flows = &mut book.flows[borrower.group].0;
    let (count, originated) = match borrower.repeat {
        false => (Flow::LoansNew, Flow::OriginatedNew),
        true => (Flow::LoansRepeat, Flow::OriginatedRepeat),
    };
    flows[count as usize] += 1;
    flows[originated as usize] += borrower.amount;
    flows[Flow::LoansFraud as usize] += i64::from(borrower.fraud);
    flows[Flow::FeesReceived as usize] += nearest(borrower.amount as f64 * product.upfront_fee.f64());
    book.loans.push(Loan {
        who: borrower.who,
        vintage: now.month,
        group: borrower.group,
        product: borrower.product,
        grade: borrower.grade,
        amount: borrower.amount,
        made: contract.clone(),
        contract,
        score_observed: borrower.score_observed,
        score_true: borrower.score_true,
        income: borrower.income,
        level: hold(level(scenario.delinquency.score_slope.f64() * worse + effects)),
        level_delinquent: hold(level(scenario.delinquency.score_slope_delinquent.f64() * worse)),
        fraud: borrower.fraud,
        repeat: borrower.repeat,
        ladder: borrower.ladder,
        status: Status::Current,
        paid: vec![false; borrower.tenor as usize],
        receivable: 0,
        suspended: 0,
        penalty: 0,
        charged_off: 0,
        worst_age: 0,
        late: 0,
        on_time: Vec::new(),
        paid_off: 0,
        asks_again: None,
        apr: vec![(1, rate)],
        curtailed: Vec::new(),
        holiday: Holiday::default(),
    });
}
