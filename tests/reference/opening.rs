//! The book there is before month 0, loan by loan.

use lendcycle::ledger::{Flow, Flows};
use lendcycle::lifecycle::stage::{Begun, Classifier};
use lendcycle::math::{exp, ln, normal_quantile};
use lendcycle::random::{Process, Who, uniform};

use super::contract::{Changes, Contract, interest, nearest};
use super::customers::Standing;
use super::funnel::Applicants;
use super::holiday::Holiday;
use super::loan::{Loan, NON_PERFORMING, Status};
use super::month::Month;
use super::offers::{amount, apr, grade, income, monthly_payment};
use super::risk::{hold, level};
use super::run::Book;
use super::world::World;

/// Puts the opening book on book, tells the classifiers of it, and returns what it brings in.
pub fn open(book: &mut Book, world: &World<'_>, classifiers: [&mut Classifier; 2]) -> Vec<Flows> {
    let scenario = world.scenario;
    let mut flows = vec![Flows::default(); world.cells.len() + 1];
    let mut taken: Vec<(usize, u32)> = Vec::new();
    let now = Month::new(world, 0, Vec::new(), [0; 7], 0, false, Vec::new());
    for row in scenario.opening_book.iter().flatten() {
        let here = |cell: &super::world::Cell<'_>| {
            cell.segment.name == row.segment && cell.channel.name == row.channel
        };
        let group = world.cells.iter().position(here).expect("a cell");
        let age = row.months_on_book.0 as u32;
        for _ in 0..row.count.0 {
            let ordinal = taken.iter().filter(|other| **other == (group, age)).count() as u32;
            taken.push((group, age));
            let late = row.months_past_due.map_or(0, |months| months.0 as u32);
            let product = world.products.iter().position(|p| p.name == row.product).expect("a product");
            let score = row.score.map(|score| score.f64());
            let loan = loan(&now, group, product, row.tenor.0 as u32, (age, late), score, ordinal);
            let flows = &mut flows[group].0;
            flows[Flow::LoansOpening as usize] += 1;
            flows[Flow::OpeningPastDue as usize] += i64::from(late > 0);
            flows[Flow::OpeningBalance as usize] += loan.balance();
            flows[Flow::OpeningInterest as usize] += loan.receivable;
            book.loans.push(loan);
            book.worked[group] = (book.worked[group] + 1).min(world.cells[group].reachable);
        }
    }
    book.opening_balance = book.loans.iter().map(Loan::balance).sum();
    if book.loans.is_empty() {
        return flows;
    }
    let lent: i64 = book.loans.iter().map(|loan| loan.amount).sum();
    let months: i64 = book.loans.iter().map(|loan| loan.contract.principal_months()).sum();
    let bad = book.loans.iter().filter(|loan| loan.age_at(u32::MAX) >= NON_PERFORMING);
    let bad: i64 = bad.map(Loan::balance).sum();
    for classifier in classifiers {
        let window = scenario.lifecycle.window.0 as u32;
        let within = |first: u32| {
            let made = |loan: &&Loan| (first..first + window).contains(&u32::MAX.wrapping_sub(loan.vintage));
            book.loans.iter().filter(made).map(|loan| loan.amount).sum::<i64>()
        };
        classifier.begin(Begun {
            life: months as f64 / lent as f64,
            originated: (0..300).map(within).max().expect("some") as f64,
            balance: book.opening_balance as f64,
            npl: bad as f64,
        });
    }
    flows
}

fn loan(
    now: &Month<'_>,
    group: usize,
    product: usize,
    tenor: u32,
    (age, late): (u32, u32),
    score: Option<f64>,
    ordinal: u32,
) -> Loan {
    let scenario = now.world.scenario;
    let cell = &now.world.cells[group];
    let terms = now.world.products[product];
    let rivals = scenario.market.rivals_initial.0 as f64;
    let applicants = Applicants {
        mean: cell.segment.score_mean.f64()
            + cell.channel.score_effect.f64()
            + scenario.market.score_effect.f64() * rivals
            + 0.0,
        deviation: cell.segment.score_deviation.f64(),
        error: scenario.underwriting.score_error.f64(),
    };
    // Months before month 0 are counted back from 1022.
    let who = Who::lead(cell.hash, 1022 - age, ordinal);
    let funnel = now.world.draws.words(who, Process::Funnel, 1022 - age);
    let words = now.world.draws.words(who, Process::Borrower, 1022 - age);
    let observed = score.unwrap_or_else(|| applicants.observed(funnel[1]));
    let score_true = applicants.true_score(observed, words[0]);
    let spread = terms.amount_spread.f64();
    let wished = terms.amount_median.fen_f64();
    let wished =
        if spread > 0.0 { wished * exp(spread * normal_quantile(uniform(words[1]))) } else { wished };
    let amount = amount(terms, wished);
    let grade = grade(now, observed);
    let rate = apr(now, terms, grade, 0);
    let contract = Contract::new(terms, false, rate, (amount, 0), tenor, &Changes::default());
    let income = income(cell.segment, words[3]);
    let worse = (scenario.delinquency.reference_score.f64() - score_true)
        / (scenario.underwriting.points_to_double_odds.f64() / ln(2.0));
    let strain = scenario.affordability.as_ref().map_or(0.0, |table| {
        let share = monthly_payment(&contract) / income - table.payment_to_income_free.f64();
        table.slope.f64() * f64::max(share, 0.0)
    });
    let effects = cell.segment.risk_effect.f64() + scenario.market.risk_effect.f64() * rivals + 0.0 + strain;
    let unpaid_from = age + 1 - late;
    let paid: Vec<bool> = (1..=tenor).map(|month| month < unpaid_from).collect();
    let months = || (1_u32..).zip(&contract.instalments);
    let earned: i64 = months().filter(|(k, _)| *k <= age).map(|(_, month)| month.interest_accrued).sum();
    let received: i64 = months().filter(|(k, _)| *k < unpaid_from).map(|(_, month)| month.interest_due).sum();
    let mut penalty = 0;
    for k in unpaid_from + 1..=age {
        let due = months().filter(|(month, _)| (unpaid_from..k).contains(month));
        let overdue: i64 = due.map(|(_, month)| month.principal).sum();
        let rate = contract.rates.get(k as usize - 1).or(contract.rates.last()).expect("a rate");
        penalty += interest(overdue, nearest(*rate as f64 * terms.penalty_multiple.f64()));
    }
    let is_bad = late >= NON_PERFORMING;
    Loan {
        who,
        vintage: u32::MAX - age,
        group,
        product,
        grade,
        amount,
        made: contract.clone(),
        contract,
        score_observed: observed,
        score_true,
        income,
        level: hold(level(scenario.delinquency.score_slope.f64() * worse + effects)),
        level_delinquent: hold(level(scenario.delinquency.score_slope_delinquent.f64() * worse)),
        fraud: false,
        repeat: false,
        ladder: Standing::of_new_customer(amount),
        status: if late > 0 { Status::Delinquent } else { Status::Current },
        paid,
        receivable: if is_bad { 0 } else { earned - received },
        suspended: if is_bad { earned - received } else { 0 },
        penalty,
        charged_off: 0,
        sold: false,
        line: None,
        holiday: Holiday::default(),
        curtailed: Vec::new(),
        worst_age: late,
        late,
        on_time: (1..=age).map(|k| k < unpaid_from).collect(),
        paid_off: 0,
        asks_again: None,
        waits_until: 0,
        called: false,
        apr: vec![(1, rate)],
    }
}
