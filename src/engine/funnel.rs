//! From leads to those who take a loan: applications, fraud screening, score, decision, take-up.

use super::book::Book;
use super::gates::{Gates, GradeThresholds, WORDS};
use super::ladder::Standing;
use super::month::{Conditions, Month};
use super::offers::{Offers, takes, takes_any};
use super::origination::{Funded, fund};
use super::run::MarketState;
use super::setup::Setup;
use super::setup_acquisition::PromotionTerms;
use crate::ledger::Flow;
use crate::model::borrower::{ScoreLaw, choose};
use crate::model::competition::{Choice, with_own_knowledge};
use crate::model::market::{applicant_score_mean, saturation, spend_score_shift};
use crate::model::marketing::poisson_quantile;
use crate::money::Fen;
use crate::random::{self, LEADS_CHUNK, Process, Who, uniform};

fn score_law(setup: &Setup, market: &MarketState, now: &Conditions, group: usize) -> ScoreLaw {
    let cell = &setup.cells[group];
    let segment = &setup.segments[cell.segment];
    let channel = &setup.channels[cell.channel];
    ScoreLaw {
        mean: applicant_score_mean(
            segment.score.0,
            channel.score_effect,
            setup.market.score_effect * f64::from(now.rivals),
            segment.saturation_effect * saturation(market.worked[group], cell.reachable),
        ) + spend_score_shift(channel.spend_score_effect, market.stock[group], cell.half_saturation),
        deviation: segment.score.1,
        error: setup.underwriting.score_error,
    }
}

/// Draws the leads of a cell and month, sends them through the funnel and funds those who take a loan.
pub fn run_funnel(
    book: &mut Book,
    market: &mut MarketState,
    month: Month<'_>,
    offers: &Offers,
    group: usize,
    mean: f64,
) {
    let Month { setup, draws, now } = month;
    let cell = &setup.cells[group];
    let segment = &setup.segments[cell.segment];
    let word = draws.words(Who::cell(cell.hash, now.month), Process::LeadCount, now.month)[0];
    let left = cell.reachable - market.worked[group].min(cell.reachable);
    let leads = poisson_quantile(mean, uniform(word)).min(left) as u32;
    let law = score_law(setup, market, now, group);
    let cutoff = segment.cutoff.0 + now.levers.cutoff_new[cell.segment];
    let (completion, product_thresholds) = segment.completing(now.levers.conversion[cell.segment]);
    let (catch_rate, honest_rejected) = setup.screening(now.month);
    let gates = Gates {
        completes: random::threshold(completion),
        caught: random::threshold(segment.fraud_share * catch_rate),
        fraud: random::threshold(segment.fraud_share),
        rejected: WORDS - random::threshold((1.0 - segment.fraud_share) * honest_rejected),
        declined: law.below(cutoff),
    };
    let promotion = market.promoted[group].take();
    let terms = |product: usize| {
        promotion.as_ref().map_or(PromotionTerms::NONE, |promotion| promotion.terms[product])
    };
    let staying = std::mem::take(&mut market.staying);
    let choice = |product: usize, grade: usize| {
        offers.choice(cell.segment, product, grade, None).shifted(terms(product).take_up)
    };
    let take_up = |product: usize, grade: usize| takes(choice(product, grade), staying[product]);
    let grades = GradeThresholds::new(&law, &setup.underwriting.grade_scores);
    let mut words = std::mem::take(&mut market.funnel_words);
    let mut accepted = std::mem::take(&mut market.accepted);
    let mut approved = [0_u32; LEADS_CHUNK];
    let mut ordinals = [0_u32; LEADS_CHUNK];
    let (mut applications, mut caught, mut rejected, mut approvals, mut lost) = (0, 0, 0, 0, 0);
    let mut first = 0;
    while first < leads {
        let count = (leads - first).min(LEADS_CHUNK as u32) as usize;
        for (ordinal, at) in ordinals[..count].iter_mut().zip(first..) {
            *ordinal = at;
        }
        draws.fill_leads(Process::Funnel, cell.hash, now.month, &ordinals[..count], &mut words);
        let [w0, w1, w2, w3] = &words.0;
        let passed = gates.pass([&w0[..count], &w1[..count], &w2[..count]], &mut approved);
        applications += passed.applications;
        caught += passed.caught;
        rejected += passed.rejected;
        approvals += passed.approvals;
        accepted.clear();
        for &at in &approved[..passed.approvals as usize] {
            let at = at as usize;
            let product = segment.products[choose(&product_thresholds, w0[at])];
            let grade = grades.grade(w1[at]);
            let who = Who::lead(cell.hash, now.month, ordinals[at]);
            let choice = known_to_borrower(choice(product, grade), month, &law, product, who);
            let word = u64::from(w3[at]);
            if word < takes(choice, staying[product]) {
                let fraud = u64::from(w2[at]) < gates.fraud;
                let (ordinal, score_word) = (ordinals[at], w1[at]);
                let terms = terms(product);
                accepted.push(Accepted { ordinal, product, grade, score_word, fraud, terms });
            } else if choice.lost > 0.0 {
                lost += i64::from(word < takes_any(choice, staying[product]));
            }
        }
        fund_accepted(book, market, month, offers, group, &law, &accepted);
        first += count as u32;
    }
    market.funnel_words = words;
    market.accepted = accepted;
    market.worked[group] += u64::from(leads);
    let flows = &mut book.flows[group];
    flows.count(Flow::Leads, i64::from(leads));
    flows.count(Flow::Applications, applications);
    flows.count(Flow::FraudCaught, caught);
    flows.count(Flow::HonestRejected, rejected);
    flows.count(Flow::Approvals, approvals);
    flows.count(Flow::LostToRivals, lost);
    let cases = applications as f64 * segment.manual_share;
    market.cases += cases;
    let cost =
        applications as f64 * setup.underwriting.application_cost + cases * setup.underwriting.manual_cost;
    flows.book(Flow::ApplicationsPaid, Fen::round(cost));
    let (spend, rise) = market.marginal[group];
    if rise > 0.0 {
        let asked = segment.products.iter().copied().zip(product_thresholds.iter().copied());
        let asked: Vec<(usize, u64)> = asked.collect();
        let lead = gates.prospects(&asked, &grades, take_up, |product| terms(product).coupon);
        let reward = setup.channels[cell.channel].reward;
        flows.count(Flow::MarginalLoans, crate::math::round(rise * lead.loan * 1e6));
        flows.book(Flow::MarginalSpend, Fen::round(rise * (lead.loan * reward + lead.coupon)));
    }
    flows.book(Flow::MarginalSpend, spend);
    market.staying = staying;
}

/// What an approved applicant does who knows more of the own risk than the score tells.
#[inline]
fn known_to_borrower(choice: Choice, month: Month<'_>, law: &ScoreLaw, product: usize, who: Who) -> Choice {
    let Month { setup, draws, now } = month;
    let slope = setup.products[product].take_up_risk_slope;
    if slope == 0.0 {
        return choice;
    }
    let word = draws.words(who, Process::Borrower, now.month)[0];
    let worse = setup.underwriting.scale.risk(law.surprise(uniform(word)), 0.0);
    Choice { take_up: with_own_knowledge(choice.take_up, slope * worse), ..choice }
}

/// A lead who takes the loan offered.
#[derive(Debug)]
pub struct Accepted {
    ordinal: u32,
    product: usize,
    grade: usize,
    score_word: u32,
    fraud: bool,
    terms: PromotionTerms,
}

/// Draws what borrowers bring and puts their loans on the book: at most a chunk of leads.
fn fund_accepted(
    book: &mut Book,
    market: &mut MarketState,
    month: Month<'_>,
    offers: &Offers,
    group: usize,
    law: &ScoreLaw,
    accepted: &[Accepted],
) {
    let Month { setup, draws, now } = month;
    let hash = setup.cells[group].hash;
    let mut ordinals = [0_u32; LEADS_CHUNK];
    for (ordinal, lead) in ordinals.iter_mut().zip(accepted) {
        *ordinal = lead.ordinal;
    }
    let mut words = std::mem::take(&mut market.borrower_words);
    let mut funded = std::mem::take(&mut market.funded);
    draws.fill_leads(Process::Borrower, hash, now.month, &ordinals[..accepted.len()], &mut words);
    let [w0, w1, w2, w3] = &words.0;
    let segment = setup.cells[group].segment;
    let income = setup.segments[segment].income;
    funded.clear();
    funded.extend(accepted.iter().enumerate().map(|(at, lead)| {
        let product = &setup.products[lead.product];
        let asked = match now.levers.amount_of(lead.product, segment) {
            1.0 => product.amount.draw(w1[at]),
            by => product.amount.law().scaled(by).draw(uniform(w1[at])),
        };
        let standing = setup.ladder.as_ref().map(|_| Standing::of_first_loan(asked));
        let granted = setup
            .ladder
            .as_ref()
            .map_or(asked, |ladder| product.amount.law().fit(ladder.limit(asked, 0).min(asked.0 as f64)));
        let caps = &product.caps[lead.grade];
        let amount = product.amount_of_grade(granted, lead.grade).min(caps.amount);
        let tenor_index = offers.tenor(lead.product, w2[at]).min(caps.tenor_index);
        let family = offers.family(lead.product, lead.grade, tenor_index);
        let contract = book.contracts.contract(family, amount);
        book.contracts.touch(contract, product.tenors[tenor_index], 1);
        let score_observed = law.observed(uniform(lead.score_word));
        Funded {
            who: Who::lead(hash, now.month, lead.ordinal),
            group,
            product: lead.product,
            grade: lead.grade,
            score_observed,
            score_true: law.true_score(score_observed, uniform(w0[at])),
            income: income.map_or(0.0, |income| income.draw(w3[at])),
            amount,
            tenor_index,
            contract,
            fraud: lead.fraud,
            repeat: false,
            terms: lead.terms,
            standing,
        }
    }));
    for funded in &funded {
        fund(book, market, month, offers, funded);
    }
    market.borrower_words = words;
    market.funded = funded;
}

/// Loans by plan: every one approved and taken up, with score and product drawn as for leads.
pub fn fund_plan(
    book: &mut Book,
    market: &mut MarketState,
    month: Month<'_>,
    offers: &Offers,
    group: usize,
    count: u32,
) {
    let Month { setup, draws, now } = month;
    let cell = &setup.cells[group];
    let segment = &setup.segments[cell.segment];
    let law = score_law(setup, market, now, group);
    let fraud_share = random::threshold(segment.fraud_share);
    let grades = GradeThresholds::new(&law, &setup.underwriting.grade_scores);
    let mut words = std::mem::take(&mut market.funnel_words);
    let mut accepted = std::mem::take(&mut market.accepted);
    let ordinals: Vec<u32> = (0..count).collect();
    for ordinals in ordinals.chunks(LEADS_CHUNK) {
        draws.fill_leads(Process::Funnel, cell.hash, now.month, ordinals, &mut words);
        let [w0, w1, w2, _] = &words.0;
        accepted.clear();
        accepted.extend(ordinals.iter().enumerate().map(|(at, &ordinal)| Accepted {
            ordinal,
            product: segment.products[choose(&segment.planned_thresholds, w0[at])],
            grade: grades.grade(w1[at]),
            score_word: w1[at],
            fraud: u64::from(w2[at]) < fraud_share,
            terms: PromotionTerms::NONE,
        }));
        fund_accepted(book, market, month, offers, group, &law, &accepted);
    }
    market.funnel_words = words;
    market.accepted = accepted;
}
