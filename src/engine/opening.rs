//! The book there is when month 0 begins: loans at their age, on the contracts they would have, paid or late as they stand.

use super::book::{Book, Delinquent, Loan, Origination};
use super::delinquent::NPL_AGE;
use super::ladder::Standing;
use super::origination::levels;
use super::setup::{OpeningRow, Setup};
use super::stock::Stock;
use crate::ledger::{Flow, Flows};
use crate::lifecycle::stage::Begun;
use crate::model::borrower::ScoreLaw;
use crate::model::market::applicant_score_mean;
use crate::model::underwriting::grade;
use crate::money::{Fen, FixedRate};
use crate::random::{Process, RunDraws, Who, uniform};

/// Months of leads of the opening book count back from here, beyond every month of a scenario.
const BEFORE: u32 = 1022;

/// The opening book as it was taken in.
#[derive(Debug)]
pub struct Opened {
    /// What it brings in, by group.
    pub flows: Vec<Flows>,
    /// Amounts lent, by months on book.
    lent: Vec<i64>,
    /// Sum of amount x average life of its loans as they were made.
    principal_months: i64,
}

/// Puts the opening book on book.
pub fn open(book: &mut Book, setup: &Setup, draws: &RunDraws, lpr: f64) -> Opened {
    let mut opened = Opened {
        flows: vec![Flows::default(); setup.groups()],
        lent: vec![0; BEFORE as usize],
        principal_months: 0,
    };
    for row in &setup.opening {
        for ordinal in row.ordinals.clone() {
            open_loan(book, setup, draws, lpr, row, ordinal, &mut opened);
        }
    }
    opened
}

impl Opened {
    /// What the stage classifier is told of a product that has a book, with a window of so many months.
    pub fn begun(&self, stock: &Stock, window: usize) -> Begun {
        let lent: i64 = self.lent.iter().sum();
        let most = self.lent.windows(window).map(|ages| ages.iter().sum::<i64>()).max().unwrap_or(0);
        let balance: i64 = stock.bucket_balance.iter().sum();
        let npl: i64 = stock.bucket_balance[NPL_AGE as usize..].iter().sum();
        Begun {
            life: self.principal_months as f64 / lent as f64,
            originated: most as f64,
            balance: balance as f64,
            npl: npl as f64,
        }
    }
}

fn open_loan(
    book: &mut Book,
    setup: &Setup,
    draws: &RunDraws,
    lpr: f64,
    row: &OpeningRow,
    ordinal: u32,
    opened: &mut Opened,
) {
    let cell = &setup.cells[row.cell];
    let segment = &setup.segments[cell.segment];
    let product = &setup.products[row.product];
    let lead_month = BEFORE - row.age;
    let who = Who::lead(cell.hash, lead_month, ordinal);
    let score_effect = setup.channels[cell.channel].score_effect;
    let drift = setup.market.score_effect * f64::from(setup.market.initial);
    let law = ScoreLaw {
        mean: applicant_score_mean(segment.score.0, score_effect, drift, 0.0),
        deviation: segment.score.1,
        error: setup.underwriting.score_error,
    };
    let score_word = draws.words(who, Process::Funnel, lead_month)[1];
    let words = draws.words(who, Process::Borrower, lead_month);
    let score_observed = row.score.unwrap_or_else(|| law.observed(uniform(score_word)));
    let score_true = law.true_score(score_observed, uniform(words[0]));
    let grade = grade(score_observed, &setup.underwriting.grade_scores);
    let amount = product.amount.draw(words[1]);
    let income = segment.income.map_or(0.0, |income| income.draw(words[3]));
    // Made before regulation of the scenario begins: no step of its cap applies.
    let apr = product.apr_at(lpr, grade, 0, 0.0, f64::INFINITY);
    let family = book.contracts.family(&product.repayment, apr, row.tenor, product.amount.law().step);
    let id = book.contracts.contract(family, amount);
    let contract = book.contracts.get(id, row.tenor);
    let (level, level_delinquent) =
        levels(setup, cell, score_true, setup.market.initial, 0.0, || contract.monthly_payment(), income);
    let paid = if row.past_due == 0 { row.age } else { row.age - row.past_due };
    let loan = Loan {
        who,
        index: book.loans.len() as u32,
        contract: id,
        // Counted back from -1, as its months on book are.
        vintage: u16::MAX - row.age as u16,
        group: row.cell as u16,
        level,
        level_delinquent,
        late: row.past_due as u16,
        product: row.product as u8,
        tenor: row.tenor as u8,
        worst: row.past_due as u8,
        grade: grade as u8,
        rung: 0,
        fraud: false,
    };
    opened.lent[row.age as usize] += amount.0;
    opened.principal_months += contract.principal_months();
    let flows = &mut opened.flows[row.cell];
    flows.count(Flow::LoansOpening, 1);
    let balance = contract.closing(paid);
    flows.book(Flow::OpeningBalance, balance);
    book.loans.push(Origination {
        who,
        amount,
        score_observed,
        score_true,
        income,
        group: loan.group,
        late: 0,
        months_paid: 0,
        product: loan.product,
        tenor: loan.tenor,
    });
    if setup.ladder.is_some() {
        book.standings.push(Standing::of_first_loan(amount));
    }
    if row.past_due == 0 {
        flows.book(Flow::OpeningInterest, contract.unbilled(paid));
        book.join_tile(setup, draws, 0, &loan, paid);
        book.know(setup, &loan, amount);
        return;
    }
    let mut account = Delinquent::new(loan, paid, balance, contract.closing(row.age));
    let earned = contract.unbilled(paid)
        + (paid + 1..=row.age.min(row.tenor)).map(|k| contract.accrued(k)).sum::<Fen>();
    if row.past_due < NPL_AGE {
        account.receivable = earned;
        flows.book(Flow::OpeningInterest, earned);
    } else {
        account.suspended = earned;
    }
    for k in paid + 2..=row.age {
        let overdue = balance - contract.closing(k - 1);
        let rate = contract.rate(k).monthly() * product.penalty_multiple;
        account.penalty += FixedRate::from_monthly(rate).interest(overdue);
    }
    flows.count(Flow::OpeningPastDue, 1);
    book.end_streak(setup, &loan, paid);
    book.delinquents.push(account);
}
