//! The stage classifier: growth, plateau, decline, exit, closed, from originations, repayments and balance.
//!
//! Signal: implied monthly growth normalised by the average life of loans, `g = -ln(R_w / O_w) / WAL`. In stable growth at
//! rate `g` the ratio of repayments to originations is about `exp(-g WAL)`, so that products of different tenor compare.

use crate::math::ln;

/// A stage. Growth is numbered: growth that follows plateau or decline is second growth (二次增长).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Growth number 1, 2, ... (增长期).
    Growth(u8),
    /// Plateau (瓶颈期).
    Plateau,
    /// Decline (衰退期).
    Decline,
    /// Exit (退出期).
    Exit,
    /// Nothing left.
    Closed,
}

impl Stage {
    /// Name used in files: `growth`, `growth_2`, `plateau`, `decline`, `exit`, `closed`.
    pub fn name(self) -> String {
        match self {
            Stage::Growth(1) => "growth".to_owned(),
            Stage::Growth(number) => format!("growth_{number}"),
            Stage::Plateau => "plateau".to_owned(),
            Stage::Decline => "decline".to_owned(),
            Stage::Exit => "exit".to_owned(),
            Stage::Closed => "closed".to_owned(),
        }
    }
}

/// What the classifier sees of a month. Amounts in fen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Observation {
    /// Originations, the new ones divided by the season of the month.
    pub originated: f64,
    /// Principal paid by customers: scheduled, prepaid, arrears. Charge-offs are not repayments.
    pub repaid: f64,
    /// Balance at month end.
    pub balance: f64,
    /// Of it non-performing: more than 90 days past due.
    pub npl: f64,
    /// Sum of amount x weighted average life of the month's originations, fen-months.
    pub principal_months: f64,
    /// Originations, not divided by the season.
    pub originated_raw: f64,
}

/// A book there is before the first month. Amounts in fen.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    /// Average life of its loans as they were made, months.
    pub life: f64,
    /// Most that was lent of it in the months of a window.
    pub originated: f64,
    /// Balance.
    pub balance: f64,
    /// Of it non-performing.
    pub npl: f64,
}

/// Thresholds; growth rates are per month.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Window of the trailing sums, months.
    pub window: usize,
    /// Months a condition must hold.
    pub dwell: u32,
    /// Growth at or below which growth ends in plateau.
    pub plateau_growth: f64,
    /// Growth at or above which second growth begins.
    pub second_growth: f64,
    /// Rise of the performing balance over its trough that second growth needs.
    pub second_growth_rise: f64,
    /// Growth at or below which decline begins.
    pub decline_growth: f64,
    /// Growth at or above which decline returns to plateau.
    pub recovery_growth: f64,
    /// Exit: originations at or below this share of their maximum ...
    pub exit_originations: f64,
    /// ... and NPL ratio at least this ...
    pub exit_npl: f64,
    /// ... or performing balance at or below this share of its maximum.
    pub exit_balance: f64,
    /// Relaunch out of exit: originations above this share of their maximum.
    pub relaunch_originations: f64,
    /// Closed: balance at or below this share of its maximum.
    pub closed_balance: f64,
}

/// Where a run of qualifying months would lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    Growth,
    Plateau,
    Decline,
    Exit,
    Closed,
}

const MOVES: [Move; 5] = [
    // In this order: when several conditions have held long enough, the first wins.
    Move::Closed,
    Move::Exit,
    Move::Decline,
    Move::Plateau,
    Move::Growth,
];

/// A month's label and the month its stage began, as known when the label was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// The stage.
    pub stage: Stage,
    /// First month of the run of months that qualified for it.
    pub since: u32,
}

/// The online classifier: fed month by month, it never looks ahead.
#[derive(Clone, Debug)]
pub struct Classifier {
    rules: Rules,
    recent: Vec<Observation>,
    month: u32,
    label: Label,
    growths: u8,
    holding: [u32; MOVES.len()],
    started: bool,
    originated_max: f64,
    performing_max: f64,
    balance_max: f64,
    trough: f64,
    life: f64,
}

impl Classifier {
    /// A product that has not begun.
    pub fn new(rules: Rules) -> Self {
        Classifier {
            rules,
            recent: Vec::with_capacity(rules.window),
            month: 0,
            label: Label { stage: Stage::Growth(1), since: 0 },
            growths: 1,
            holding: [0; MOVES.len()],
            started: false,
            originated_max: 0.0,
            performing_max: 0.0,
            balance_max: 0.0,
            trough: f64::INFINITY,
            life: 0.0,
        }
    }

    /// The product has a book before the first month fed.
    pub fn begin(&mut self, book: Begun) {
        self.started = true;
        self.life = book.life;
        self.originated_max = book.originated;
        self.performing_max = book.balance - book.npl;
        self.balance_max = book.balance;
    }

    /// The label after the last month fed.
    pub fn label(&self) -> Label {
        self.label
    }

    /// Takes in the next month and returns its label.
    pub fn push(&mut self, seen: Observation) -> Label {
        if self.recent.len() == self.rules.window {
            self.recent.remove(0);
        }
        self.recent.push(seen);
        let sum = |of: fn(&Observation) -> f64| self.recent.iter().map(of).sum::<f64>();
        let originated = sum(|o| o.originated);
        let repaid = sum(|o| o.repaid);
        let raw = sum(|o| o.originated_raw);
        if raw > 0.0 {
            self.life = sum(|o| o.principal_months) / raw;
            self.started = true;
        }
        let performing = seen.balance - seen.npl;
        self.originated_max = self.originated_max.max(originated);
        self.performing_max = self.performing_max.max(performing);
        self.balance_max = self.balance_max.max(seen.balance);
        if !matches!(self.label.stage, Stage::Growth(_)) {
            self.trough = self.trough.min(performing);
        }
        if self.started {
            let growth = implied_growth(originated, repaid, self.life);
            let originated_share = originated / self.originated_max;
            for (at, step) in MOVES.into_iter().enumerate() {
                let holds = self.qualifies(step, growth, originated_share, performing, &seen);
                self.holding[at] = if holds { self.holding[at] + 1 } else { 0 };
            }
            let next = MOVES.into_iter().zip(self.holding).find(|(_, held)| *held >= self.rules.dwell);
            if let Some((step, held)) = next {
                self.enter(step, self.month + 1 - held, performing);
            }
        }
        self.month += 1;
        self.label
    }

    fn qualifies(
        &self,
        step: Move,
        growth: f64,
        originated_share: f64,
        performing: f64,
        seen: &Observation,
    ) -> bool {
        let rules = &self.rules;
        let rising =
            growth >= rules.second_growth && performing >= (1.0 + rules.second_growth_rise) * self.trough;
        match (self.label.stage, step) {
            (Stage::Closed, _) => false,
            (Stage::Exit, Move::Closed) => seen.balance <= rules.closed_balance * self.balance_max,
            (Stage::Exit, Move::Growth) => {
                originated_share > rules.relaunch_originations && growth >= rules.second_growth
            }
            (Stage::Exit, _) => false,
            (_, Move::Exit) => {
                originated_share <= rules.exit_originations
                    && (seen.npl >= rules.exit_npl * seen.balance
                        || performing <= rules.exit_balance * self.performing_max)
            }
            (Stage::Growth(_) | Stage::Plateau, Move::Decline) => growth <= rules.decline_growth,
            (Stage::Growth(_), Move::Plateau) => growth <= rules.plateau_growth,
            (Stage::Decline, Move::Plateau) => growth >= rules.recovery_growth,
            (Stage::Plateau | Stage::Decline, Move::Growth) => rising,
            _ => false,
        }
    }

    fn enter(&mut self, step: Move, since: u32, performing: f64) {
        let stage = match step {
            Move::Growth => {
                self.growths = self.growths.saturating_add(1);
                Stage::Growth(self.growths)
            }
            Move::Plateau => Stage::Plateau,
            Move::Decline => Stage::Decline,
            Move::Exit => Stage::Exit,
            Move::Closed => Stage::Closed,
        };
        if matches!(self.label.stage, Stage::Growth(_)) {
            self.trough = performing;
        }
        self.label = Label { stage, since };
        self.holding = [0; MOVES.len()];
    }
}

/// `g = -ln(R / O) / WAL`; `+inf` without repayments, `-inf` without originations, 0 without either.
pub fn implied_growth(originated: f64, repaid: f64, life: f64) -> f64 {
    if originated <= 0.0 && repaid <= 0.0 {
        0.0
    } else if repaid <= 0.0 {
        f64::INFINITY
    } else if originated <= 0.0 {
        f64::NEG_INFINITY
    } else {
        -ln(repaid / originated) / life
    }
}

/// Labels for reports: each stage is dated back to the first of the months that qualified for it. Never for policies,
/// which would look ahead.
pub fn back_dated(mut classifier: Classifier, months: impl Iterator<Item = Observation>) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    let mut last = classifier.label();
    for seen in months {
        let label = classifier.push(seen);
        stages.push(label.stage);
        if label != last {
            let since = label.since as usize;
            stages[since..].fill(label.stage);
            last = label;
        }
    }
    stages
}
