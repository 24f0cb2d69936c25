//! Figures made of a month's row and of loans.

use lendcycle::engine::{LoanRecord, MonthMetric};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::stage::Observation;
use lendcycle::math::{exp, ln};
use lendcycle::model::schedule::Instalment;
use lendcycle::money::Fen;
use lendcycle::scenario::Scenario;

use super::contract::nearest;
use super::loan::Loan;

/// What the stage classifier sees of a month.
pub fn observe(row: &[i64], season: f64) -> Observation {
    let get = |metric: MonthMetric| row[metric.index()] as f64;
    let flow = |flow: Flow| get(MonthMetric::Flow(flow));
    let (new, repeat) = (flow(Flow::OriginatedNew), flow(Flow::OriginatedRepeat) + flow(Flow::Drawn));
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

/// A loan as the engine records it.
pub fn record(loan: &Loan) -> LoanRecord {
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
pub fn promised_default(scenario: &Scenario, score: f64) -> i64 {
    let underwriting = &scenario.underwriting;
    let factor = underwriting.points_to_double_odds.f64() / ln(2.0);
    let offset = underwriting.base_score.f64() - factor * ln(underwriting.base_odds.f64());
    let points = (nearest(score) as f64).clamp(0.0, 1500.0);
    nearest(1.0 / (1.0 + exp((points - offset) / factor)) * 1e6)
}
