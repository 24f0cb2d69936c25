//! From spend to new loans: leads, gates one by one, attributes, terms; planned loans; repeat loans.

use lendcycle::ledger::Flow;
use lendcycle::math::{exp, ln, normal_cdf, normal_quantile};
use lendcycle::random::{Process, Who, uniform};

use super::acquisition::{self, Chances};
use super::applicants::{price_of_risk, with_private_knowledge};
use super::contract::{Changes, Contract, nearest};
use super::customers::{Standing, granted};
use super::holiday::Holiday;
use super::leads::{expected_leads, saturation};
use super::line::{grant, payment_when_drawn};
use super::loan::{Loan, Status};
use super::month::Month;
use super::offers::{
    amount, apr, by_staff, grade, income, monthly_payment, product_asked, taking_up, tenor, waiting,
};
use super::poisson::poisson;
use super::prices::calendar;
use super::risk::{hold, level, words_below};
use super::run::Book;

/// The score of the applicants of a cell in a month.
pub struct Applicants {
    pub mean: f64,
    pub deviation: f64,
    pub error: f64,
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
                + cell.segment.saturation_effect.f64() * worked
                + cell.channel.spend_score_effect.map_or(0.0, |points| points.f64())
                    * ln(1.0 + book.stock[group] / cell.audience.half_saturation.fen_f64()),
            deviation: cell.segment.score_deviation.f64(),
            error: scenario.underwriting.score_error.f64(),
        }
    }

    fn observed_deviation(&self) -> f64 {
        (self.deviation * self.deviation + self.error * self.error).sqrt()
    }

    pub fn observed(&self, word: u32) -> f64 {
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

    pub fn true_score(&self, observed: f64, word: u32) -> f64 {
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
    let segment = now.world.cells[group].segment;
    let median = terms.amount_median.fen_f64() * now.amount(&terms.name, &segment.name);
    let wished =
        if spread > 0.0 { median * exp(spread * normal_quantile(uniform(words[1]))) } else { median };
    let grade = grade(now, observed);
    let ladder = Standing::of_new_customer(amount(terms, wished));
    let multiple = terms.line.as_ref().map(|line| line.limit_by_grade[grade].f64());
    Borrower {
        who,
        group,
        product,
        grade,
        score_observed: observed,
        score_true: applicants.true_score(observed, words[0]),
        income: income(now.world.cells[group].segment, words[3]),
        amount: granted(now, terms, grade, &ladder, wished, multiple),
        tenor: tenor(now, terms, grade, words[2]),
        fraud: u64::from(funnel[2]) < words_below(fraud_share),
        repeat: false,
        ladder,
    }
}

/// All new loans of a month.
pub fn originate(book: &mut Book, now: &Month<'_>) {
    if now.world.scenario.plan.is_none() {
        // Advertising fades also while nobody new is admitted.
        let (leads, rises) = expected_leads(book, now);
        if !now.stop_new() {
            let shared = now.world.cells.len();
            book.flows[shared].0[Flow::MarketingPaid as usize] += acquisition::promotion_cost(now);
            for (group, (mean, rise)) in leads.into_iter().zip(rises).enumerate() {
                run_funnel(book, now, group, mean, rise);
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

fn run_funnel(book: &mut Book, now: &Month<'_>, group: usize, mean: f64, rise: f64) {
    let cell = &now.world.cells[group];
    let underwriting = &now.world.scenario.underwriting;
    let applicants = Applicants::new(book, now, group);
    let cutoff = cell.segment.cutoff_new.f64() + now.cutoff_new(&cell.segment.name);
    let fraud_share = cell.segment.fraud_share.f64();
    let (catch_rate, honest_rejected) = acquisition::screening(now);
    let chances = Chances {
        completion: acquisition::completion(now, cell.segment),
        caught: words_below(fraud_share * catch_rate),
        rejected_from: (1 << 32) - words_below((1.0 - fraud_share) * honest_rejected),
        declined: applicants.words_below(cutoff),
        below_grade: underwriting.grade_scores.iter().map(|s| applicants.words_below(s.f64())).collect(),
    };
    let (loans, paid) = acquisition::marginal(now, group, rise, &chances, book.backlog);
    let word = now.world.draws.words(Who::cell(cell.hash, now.month), Process::LeadCount, now.month)[0];
    let leads = poisson(mean, uniform(word)).min(cell.reachable.saturating_sub(book.worked[group]));
    let mut count = |flow: Flow, number: i64| book.flows[group].0[flow as usize] += number;
    count(Flow::Leads, leads as i64);
    count(Flow::MarginalLoans, nearest(loans * 1e6));
    count(Flow::MarginalSpend, nearest(paid));
    let mut applications = 0;
    let mut drawn = Vec::new();
    for ordinal in 0..leads as u32 {
        let who = Who::lead(cell.hash, now.month, ordinal);
        let words = now.world.draws.words(who, Process::Funnel, now.month);
        if u64::from(words[0]) >= words_below(chances.completion) {
            continue;
        }
        applications += 1;
        if u64::from(words[2]) < chances.caught {
            count(Flow::FraudCaught, 1);
            continue;
        }
        if u64::from(words[2]) >= chances.rejected_from {
            count(Flow::HonestRejected, 1);
            continue;
        }
        if u64::from(words[1]) < chances.declined {
            continue;
        }
        count(Flow::Approvals, 1);
        let product = product_asked(now, group, chances.completion, words[0]);
        let borrower = new_borrower(now, &applicants, who, group, words, product);
        let waiting = waiting(now, now.world.products[product], book.backlog);
        let (shift, _, _) = acquisition::terms(now, cell, now.world.products[product]);
        let chance = taking_up(now, cell.segment, now.world.products[product], borrower.grade, None, shift);
        let own = with_private_knowledge(now, &applicants, now.world.products[product], who, chance.own);
        if u64::from(words[3]) < words_below(own * waiting) {
            drawn.push(borrower);
        } else if u64::from(words[3]) < words_below(own * waiting + (1.0 - own) * chance.rival) {
            count(Flow::LostToRivals, 1);
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
        let score = loan.behaviour(now);
        if score < segment.cutoff_repeat.f64() + now.cutoff_repeat(&segment.name) {
            continue;
        }
        book.flows[loan.group].0[Flow::RepeatApprovals as usize] += 1;
        let product = world.products[loan.product];
        let words = world.draws.words(loan.who, Process::RepeatLoan, now.month);
        let grade = grade(now, score);
        let growth = repeat.amount_growth.f64();
        let ladder = Standing { asked: loan.ladder.asked * growth, ..loan.ladder };
        let chance = taking_up(now, segment, product, grade, Some(ladder.rung), 0.0);
        if u64::from(words[0]) < words_below(chance.own) {
            drawn.push(Borrower {
                who: loan.who,
                group: loan.group,
                product: loan.product,
                grade,
                score_observed: score,
                score_true: loan.score_true,
                income: loan.income,
                amount: granted(now, product, grade, &ladder, loan.amount as f64 * growth, None),
                tenor: tenor(now, product, grade, words[1]),
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
        let payment = match &product.line {
            Some(line) => payment_when_drawn(now, line, borrower.amount, rate),
            None => monthly_payment(&contract),
        };
        let share = payment / borrower.income - table.payment_to_income_free.f64();
        segment.affordability_slope.unwrap_or(table.slope).f64() * f64::max(share, 0.0)
    });
    let effects = effects + strain + price_of_risk(now, product, rate);
    let flows = &mut book.flows[borrower.group].0;
    let (count, originated) = match borrower.repeat {
        false => (Flow::LoansNew, Flow::OriginatedNew),
        true => (Flow::LoansRepeat, Flow::OriginatedRepeat),
    };
    flows[count as usize] += 1;
    flows[Flow::LoansFraud as usize] += i64::from(borrower.fraud);
    let (fee_left, coupon) = match borrower.repeat || scenario.plan.is_some() {
        true => (1.0, 0),
        false => {
            let (_, fee_left, coupon) = acquisition::terms(now, &now.world.cells[borrower.group], product);
            (fee_left, coupon)
        }
    };
    flows[Flow::MarketingPaid as usize] += coupon;
    let mut loan = Loan {
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
        sold: false,
        worst_age: 0,
        late: 0,
        on_time: Vec::new(),
        paid_off: 0,
        asks_again: None,
        line: None,
        waits_until: 0,
        called: false,
        apr: vec![(1, rate)],
        curtailed: Vec::new(),
        holiday: Holiday::default(),
    };
    let granted = match &product.line {
        Some(_) => grant(&mut loan, now, &mut book.flows[borrower.group]),
        None => {
            book.flows[borrower.group].0[originated as usize] += borrower.amount;
            borrower.amount
        }
    };
    book.flows[borrower.group].0[Flow::FeesReceived as usize] +=
        nearest(granted as f64 * (product.upfront_fee.f64() * fee_left));
    book.loans.push(loan);
}
