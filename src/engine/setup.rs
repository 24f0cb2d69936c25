//! A scenario resolved for computing: names become indices, decimals become floats and fen, tables are built once.

use super::holiday::HolidaySetup;
pub use super::setup_acquisition::{LaunchSetup, PrescreenSetup, PromotionSetup, RegionSetup};
pub use super::setup_claims::{
    DayTierSetup, FirstMonthSetup, LitigationSetup, RecoverySetup, ReminderSetup, SaleSetup, TierSetup,
    WorkSetup,
};
pub use super::setup_competition::CompetitionSetup;
pub use super::setup_customers::{CareSetup, GradeCaps, LoyaltySetup};
pub use super::setup_funding::{FundingSetup, SecuritisationSetup};
pub use super::setup_line::LineSetup;
pub use super::setup_opening::OpeningRow;
pub use super::setup_provision::ProvisionSetup;
pub use super::setup_underwriting::{RiskSetup, UnderwritingSetup};
pub use super::treasury::{CapitalSetup, RoomSetup, TaxSetup};
use crate::lifecycle::stage::Rules;
use crate::model::affordability::{IncomeLaw, Strain};
use crate::model::borrower::AmountTable;
use crate::model::delinquency::{BUCKETS, Thresholds};
use crate::model::ladder::Ladder;
use crate::model::pricing::offered_apr;
use crate::model::retention::BehaviourPoints;
use crate::model::schedule::{Period, Repayment};
use crate::money::Fen;
use crate::policy::Rule;
use crate::time::CalendarMonth;

/// Most grades.
pub const GRADES_MAX: usize = 16;

/// Everything a run needs; shared by all threads.
#[derive(Debug)]
pub struct Setup {
    /// Horizon in months.
    pub months: u32,
    /// Seed.
    pub seed: u64,
    /// Calendar month of month 0.
    pub start: CalendarMonth,
    /// Resolved scenario tables that are used as they are.
    pub economy: EconomySetup,
    /// Rivals.
    pub market: MarketSetup,
    /// Rivals with offers, if any.
    pub competition: Option<CompetitionSetup>,
    /// Segments by name order: name, then numbers.
    pub segments: Vec<SegmentSetup>,
    /// Channels by name order.
    pub channels: Vec<ChannelSetup>,
    /// Cells (segment x channel) by name order; a cell's index is its group. One more group holds shared costs.
    pub cells: Vec<Cell>,
    /// Products by name order.
    pub products: Vec<ProductSetup>,
    /// Before the first loan.
    pub launch: LaunchSetup,
    /// Promotions in file order.
    pub promotions: Vec<PromotionSetup>,
    /// Loans planned per month and cell instead of marketing.
    pub plan: Option<Vec<Vec<u64>>>,
    /// Loans on book when month 0 begins.
    pub opening: Vec<OpeningRow>,
    /// Highest contract rate that regulation allows, steps from a month on.
    pub apr_cap: Vec<(u32, f64)>,
    /// Score, grades, fraud.
    pub underwriting: UnderwritingSetup,
    /// The fraud filter beyond its catch rate, if the scenario says more.
    pub prescreen: Option<PrescreenSetup>,
    /// Transition thresholds.
    pub thresholds: Thresholds,
    /// Effects on risk.
    pub risk: RiskSetup,
    /// Collections tiers.
    pub tiers: Vec<TierSetup>,
    /// Tiers that work each bucket (none works bucket 0).
    pub tiers_of_bucket: [Vec<usize>; BUCKETS],
    /// Collections in the month of the due date, if any.
    pub first_month: Option<FirstMonthSetup>,
    /// Payment holidays.
    pub holidays: Vec<HolidaySetup>,
    /// Reminders, if any.
    pub reminder: Option<ReminderSetup>,
    /// Recoveries.
    pub recovery: RecoverySetup,
    /// Suits, if any.
    pub litigation: Option<LitigationSetup>,
    /// Sale of charged-off claims, if any.
    pub sale: Option<SaleSetup>,
    /// Pools of loans sold, if any.
    pub securitisation: Option<SecuritisationSetup>,
    /// Prices of loans on book when the product is ended: current, past due; shares of the balance.
    pub closing: Option<(f64, f64)>,
    /// Repeat borrowing.
    pub repeat: RepeatSetup,
    /// Cost of money.
    pub funding: FundingSetup,
    /// Annual operational losses, share of the balance.
    pub operational_loss: f64,
    /// Rungs that good conduct earns, if any.
    pub ladder: Option<Ladder>,
    /// Points, if any.
    pub loyalty: Option<LoyaltySetup>,
    /// Calls on good customers, if any.
    pub care: Option<CareSetup>,
    /// Servicing: fen per account and month, annual share of balance, fixed fen per month.
    pub servicing: (f64, f64, i64),
    /// What is set aside for losses, if anything.
    pub provision: Option<ProvisionSetup>,
    /// Taxes, if any.
    pub tax: Option<TaxSetup>,
    /// Equity that the book needs, if any.
    pub capital: Option<CapitalSetup>,
    /// Limits to the balance that can be lent.
    pub room: RoomSetup,
    /// Months past due from which loans are doubtful, and a loss, by product.
    pub classes: Vec<(u32, u32)>,
    /// Stage rules for policies.
    pub stage_policy: Rules,
    /// Stage rules for reports.
    pub stage_report: Rules,
    /// Policies in file order.
    pub rules: Vec<Rule>,
    /// What holds from later months on, by month.
    pub later: Vec<(u32, Setup)>,
}

/// Interest rates, factor, seasons.
#[derive(Debug)]
pub struct EconomySetup {
    /// LPR steps.
    pub lpr: Vec<(u32, f64)>,
    /// Probability, size and share down of monthly moves.
    pub lpr_moves: (f64, f64, f64),
    /// Correlation rho.
    pub correlation: f64,
    /// Persistence phi.
    pub persistence: f64,
    /// Given start.
    pub factor_initial: Option<f64>,
    /// Given path.
    pub factor_path: Option<Vec<f64>>,
    /// Demand by calendar month.
    pub demand_season: [f64; 12],
    /// Deviation of log demand noise.
    pub demand_noise: f64,
    /// Demand besides both, steps.
    pub demand_path: Vec<(u32, f64)>,
    /// Delinquency by calendar month, log-odds.
    pub delinquency_season: [f64; 12],
}

/// Rivals.
#[derive(Debug)]
pub struct MarketSetup {
    /// In month 0.
    pub initial: u32,
    /// At most.
    pub max: u32,
    /// First entry month.
    pub first_entry: u32,
    /// Mean entries per month.
    pub entries_per_month: f64,
    /// Log-odds of take-up per rival.
    pub take_up_effect: f64,
    /// Cost of leads per rival.
    pub lead_cost_effect: f64,
    /// Score points per rival.
    pub score_effect: f64,
    /// Log-odds of missing payments per rival at origination.
    pub risk_effect: f64,
    /// Prepayment per rival.
    pub prepayment_effect: f64,
    /// Factor of that by grade, if they differ.
    pub prepayment_by_grade: Option<Vec<f64>>,
    /// Fall of repeat borrowing per rival.
    pub return_effect: f64,
}

/// A segment.
#[derive(Debug)]
pub struct SegmentSetup {
    /// Name.
    pub name: String,
    /// Score mean and deviation.
    pub score: (f64, f64),
    /// Shift at full saturation.
    pub saturation_effect: f64,
    /// Incomes, where the scenario asks for them.
    pub income: Option<IncomeLaw>,
    /// Effect of payments that take much of the income.
    pub strain: Option<Strain>,
    /// Log-odds of missing payments.
    pub risk_effect: f64,
    /// Completion probability.
    pub completion: f64,
    /// Fraud share.
    pub fraud_share: f64,
    /// Cut-offs: new, repeat.
    pub cutoff: (f64, f64),
    /// Region, if any.
    pub region: Option<RegionSetup>,
    /// Products asked for, and their shares.
    pub products: Vec<usize>,
    pub shares: Vec<f64>,
    /// Share of applications that staff decide.
    pub manual_share: f64,
    /// Their cumulative thresholds of a lead's completion word, below `completion`.
    pub product_thresholds: Vec<u64>,
    /// The same for planned loans, all of which complete.
    pub planned_thresholds: Vec<u64>,
}

/// A channel.
#[derive(Debug)]
pub struct ChannelSetup {
    /// Name.
    pub name: String,
    /// Budget steps in fen.
    pub budget: Vec<(u32, f64)>,
    /// Adstock retention.
    pub retention: f64,
    /// Hill slope.
    pub slope: f64,
    /// Leads per month.
    pub capacity: f64,
    /// Leads per new customer, in the month after.
    pub referrals: f64,
    /// Fen per new loan.
    pub reward: f64,
    /// Score shift.
    pub score_effect: f64,
    /// Share of interest received that its partner gets.
    pub profit_share: f64,
    /// Score shift per unit of ln(1 + stock / half-saturation).
    pub spend_score_effect: f64,
}

/// A segment as reached by a channel: one group of borrowers.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Segment index.
    pub segment: usize,
    /// Channel index.
    pub channel: usize,
    /// Hash of the names: part of every identity.
    pub hash: u32,
    /// People the channel can reach.
    pub reachable: u64,
    /// Share of the channel's budget.
    pub budget_share: f64,
    /// Hill half-saturation in fen.
    pub half_saturation: f64,
    /// Most leads per month from spend.
    pub leads_max: f64,
    /// Bass p and q per month.
    pub bass: (f64, f64),
}

/// A product.
#[derive(Debug)]
pub struct ProductSetup {
    /// Name.
    pub name: String,
    /// How it is repaid.
    pub repayment: Repayment,
    /// How a repeat loan is repaid: without what is waived on first loans only.
    pub repayment_repeat: Repayment,
    /// Whether the rate floats with the LPR at origination.
    pub on_lpr: bool,
    /// Months on book between resets to the LPR; 0: none.
    pub reprice: u32,
    /// Spread, floor, cap.
    pub apr: (f64, f64, f64),
    /// Spread by grade.
    pub grade_spread: Vec<f64>,
    /// Share of those late on day 1 that would be after the days of grace, as a word threshold.
    pub grace: u64,
    /// Annual rate taken off by rung.
    pub rung_cut: Vec<f64>,
    /// Penalty multiple of the contract rate.
    pub penalty_multiple: f64,
    /// Upfront fee.
    pub upfront_fee: f64,
    /// Fee per month of a loan that pays on schedule, fen.
    pub monthly_fee: Fen,
    /// Fee on principal prepaid.
    pub prepayment_fee: f64,
    /// Amounts.
    pub amount: AmountTable,
    /// Tenors with cumulative thresholds.
    pub tenors: Vec<u32>,
    /// Cumulative thresholds of the tenors.
    pub tenor_thresholds: Vec<u64>,
    /// Shares of the tenors.
    pub tenor_shares: Vec<f64>,
    /// Largest amount and longest tenor by grade.
    pub caps: Vec<GradeCaps>,
    /// Share decided automatically, hours of an automatic decision and of one by staff.
    pub decision: (f64, f64, f64),
    /// Take-up: base, reference rate, slope per point.
    pub take_up: (f64, f64, f64),
    /// Log-odds of take-up per unit of log-odds of true risk above the observed one.
    pub take_up_risk_slope: f64,
    /// Amount and shares of tenors whose all-in rates take-up looks at; `None`: it looks at the contract's rate.
    pub take_up_all_in: Option<(Fen, Vec<f64>)>,
    /// Prepayment per month and its ramp.
    pub prepayment: (f64, u32),
    /// Probability per month of prepaying in part.
    pub curtailment: f64,
    /// Guarantee.
    pub guarantee: GuaranteeSetup,
    /// What makes it a revolving line.
    pub line: Option<LineSetup>,
    /// Annual subsidy, share of the balance.
    pub subsidy: f64,
    /// Log-odds shift of current loans by month on book (index 0 unused), up to the longest tenor: seasoning and exposure
    /// since the last due date.
    pub current_shift: Vec<f64>,
    /// Groups that can hold the product, and the slot of each group (or `usize::MAX`).
    pub groups: Vec<usize>,
    /// Slot by group.
    pub slot_of_group: Vec<usize>,
}

/// What a guarantor does for a product; a share of 0 means there is none.
#[derive(Clone, Copy, Debug)]
pub struct GuaranteeSetup {
    /// Share of charged-off principal paid.
    pub share: f64,
    /// Months from charge-off to payment.
    pub lag: u32,
    /// Annual fee, share of the balance.
    pub fee: f64,
    /// Share of all principal lent that the guarantor pays at most.
    pub cap: Option<f64>,
}

impl ProductSetup {
    /// Months between due dates.
    #[inline]
    pub fn period(&self) -> Period {
        Period(self.repayment.period)
    }

    /// Annual rate offered to a grade on a rung, at an LPR, raised by `price`, at most `allowed`.
    pub fn apr_at(&self, lpr: f64, grade: usize, rung: usize, price: f64, allowed: f64) -> f64 {
        let base = self.rate_base(lpr);
        let (spread, floor, cap) = self.apr;
        let by_grade = self.grade_spread[grade] - self.rung_cut[rung] + price;
        offered_apr(base, spread, by_grade, floor, cap).min(allowed)
    }

    /// Whether rates are reset at the end of month on book `m`.
    #[inline]
    pub fn reprices_after(&self, m: u32) -> bool {
        self.reprice > 0 && m > 0 && m.is_multiple_of(self.reprice)
    }

    /// Longest tenor.
    pub fn tenor_max(&self) -> u32 {
        self.tenors.iter().copied().max().unwrap_or(0)
    }
}

/// Repeat borrowing.
#[derive(Debug)]
pub struct RepeatSetup {
    /// Worst months past due allowed.
    pub worst: u32,
    /// Probability of asking again in the first month after pay-off, its decay, and months until a customer is lost.
    pub hazard: (f64, f64, u32),
    /// Behaviour score.
    pub points: BehaviourPoints,
    /// Log-odds effect.
    pub risk_effect: f64,
    /// Amount growth.
    pub amount_growth: f64,
    /// Fen per application.
    pub application_cost: f64,
}

impl Setup {
    /// Number of groups: cells and the group of shared costs.
    pub fn groups(&self) -> usize {
        self.cells.len() + 1
    }

    /// Row of a vintage in tables by vintage; the loans of the opening book share the last one.
    #[inline]
    pub fn vintage_row(&self, vintage: u16) -> usize {
        usize::from(vintage).min(self.months as usize)
    }

    /// Index of the group of shared costs.
    pub fn shared_group(&self) -> usize {
        self.cells.len()
    }
}
