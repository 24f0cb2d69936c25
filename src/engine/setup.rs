//! A scenario resolved for computing: names become indices, decimals become floats and fen, tables are built once.

use crate::lifecycle::stage::Rules;
use crate::model::borrower::AmountLaw;
use crate::model::delinquency::{BUCKETS, Thresholds, current_shift, seasoning};
use crate::model::retention::{BehaviourPoints, return_distribution};
use crate::model::schedule::Kind;
use crate::model::underwriting::ScoreScale;
use crate::policy::{Action, Rule, StageKind};
use crate::random;
use crate::scenario::Scenario;
use crate::scenario::tables::{Policy, Product, RateBase, Schedule, StageName, Tier};
use crate::time::CalendarMonth;

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
    /// Segments by name order: name, then numbers.
    pub segments: Vec<SegmentSetup>,
    /// Channels by name order.
    pub channels: Vec<ChannelSetup>,
    /// Cells (segment x channel) by name order; a cell's index is its group. One more group holds shared costs.
    pub cells: Vec<Cell>,
    /// Products by name order.
    pub products: Vec<ProductSetup>,
    /// Loans planned per month and cell instead of marketing.
    pub plan: Option<Vec<Vec<u64>>>,
    /// Score, grades, fraud.
    pub underwriting: UnderwritingSetup,
    /// Transition thresholds.
    pub thresholds: Thresholds,
    /// Effects on risk.
    pub risk: RiskSetup,
    /// Collections tiers.
    pub tiers: Vec<TierSetup>,
    /// Tier of each bucket (bucket 0 unused).
    pub tier_of_bucket: [usize; BUCKETS],
    /// Recoveries.
    pub recovery: RecoverySetup,
    /// Repeat borrowing.
    pub repeat: RepeatSetup,
    /// FTP spread over the LPR.
    pub funding_spread: f64,
    /// Servicing: fen per account and month, annual share of balance, fixed fen per month.
    pub servicing: (f64, f64, i64),
    /// Stage rules for policies.
    pub stage_policy: Rules,
    /// Stage rules for reports.
    pub stage_report: Rules,
    /// Policies in file order.
    pub rules: Vec<Rule>,
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
    /// Log-odds of missing payments.
    pub risk_effect: f64,
    /// Completion probability.
    pub completion: f64,
    /// Fraud share.
    pub fraud_share: f64,
    /// Cut-offs: new, repeat.
    pub cutoff: (f64, f64),
    /// Products asked for, with cumulative funnel thresholds below `completion`.
    pub products: Vec<(usize, u64)>,
    /// Cumulative thresholds of the same products for planned loans, all of which complete.
    pub planned_products: Vec<u64>,
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
    /// Score shift.
    pub score_effect: f64,
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
    /// Schedule.
    pub kind: Kind,
    /// Whether the rate floats with the LPR at origination.
    pub on_lpr: bool,
    /// Spread, floor, cap.
    pub apr: (f64, f64, f64),
    /// Spread by grade.
    pub grade_spread: Vec<f64>,
    /// Penalty multiple of the contract rate.
    pub penalty_multiple: f64,
    /// Upfront fee.
    pub upfront_fee: f64,
    /// Amounts.
    pub amount: AmountLaw,
    /// Tenors with cumulative thresholds.
    pub tenors: Vec<u32>,
    /// Cumulative thresholds of the tenors.
    pub tenor_thresholds: Vec<u64>,
    /// Take-up: base, reference rate, slope per point.
    pub take_up: (f64, f64, f64),
    /// Prepayment per month and its ramp.
    pub prepayment: (f64, u32),
    /// Log-odds shift of current loans by month on book (index 0 unused), up to the longest tenor: seasoning and exposure
    /// since the last due date.
    pub current_shift: Vec<f64>,
    /// Groups that can hold the product, and the slot of each group (or `usize::MAX`).
    pub groups: Vec<usize>,
    /// Slot by group.
    pub slot_of_group: Vec<usize>,
}

impl ProductSetup {
    /// Longest tenor.
    pub fn tenor_max(&self) -> u32 {
        self.tenors.iter().copied().max().unwrap_or(0)
    }
}

/// Score, grades, fraud.
#[derive(Debug)]
pub struct UnderwritingSetup {
    /// Score scale.
    pub scale: ScoreScale,
    /// Score error.
    pub score_error: f64,
    /// Lowest score of each grade but the last.
    pub grade_scores: Vec<f64>,
    /// Share of fraud caught.
    pub fraud_catch_rate: f64,
    /// Fen per application.
    pub application_cost: f64,
}

impl UnderwritingSetup {
    /// Number of grades.
    pub fn grades(&self) -> usize {
        self.grade_scores.len() + 1
    }
}

/// Effects on risk.
#[derive(Debug)]
pub struct RiskSetup {
    /// Score at which the transition rows hold.
    pub reference_score: f64,
    /// Effect of score log-odds when current and when delinquent.
    pub slopes: (f64, f64),
    /// Months past due at which an account is charged off: charge-off days / 30 + 1.
    pub charge_off_age: u32,
}

/// A collections tier.
#[derive(Debug)]
pub struct TierSetup {
    /// Name.
    pub name: String,
    /// Buckets it works.
    pub buckets: std::ops::RangeInclusive<usize>,
    /// Contacts: aimed at, allowed, observed, scale of effect.
    pub contacts: f64,
    /// Allowed.
    pub contacts_max: f64,
    /// Observed in the rows.
    pub contacts_observed: f64,
    /// Scale of the effect.
    pub contacts_scale: f64,
    /// Contacts per month staff can make.
    pub capacity: f64,
    /// Largest effect.
    pub effect_max: f64,
    /// Fen per contact.
    pub contact_cost: f64,
    /// Contingency share.
    pub contingency: f64,
}

/// Recoveries.
#[derive(Debug)]
pub struct RecoverySetup {
    /// Total share.
    pub total: f64,
    /// Speed per month.
    pub speed: f64,
    /// Factor effect.
    pub factor_effect: f64,
    /// Cost share.
    pub cost: f64,
}

/// Repeat borrowing.
#[derive(Debug)]
pub struct RepeatSetup {
    /// Worst months past due allowed.
    pub worst: u32,
    /// Word thresholds of having asked again by month 1, 2, ... after pay-off.
    pub wait: Vec<u64>,
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
    /// Resolves a valid scenario.
    pub fn new(scenario: &Scenario) -> Setup {
        let (segments, channels, cells) = super::setup_cells::cells(scenario);
        let products = products(scenario, &segments, &cells);
        let plan = super::setup_cells::plan(scenario, &segments, &channels, &cells);
        let d = &scenario.delinquency;
        let rows: [&[crate::rate::Probability]; BUCKETS] = [&d.m0, &d.m1, &d.m2, &d.m3, &d.m4, &d.m5, &d.m6];
        let matrix: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().map(|p| p.f64()).collect()).collect();
        let tiers: Vec<TierSetup> = scenario.collections.tier.iter().map(tier).collect();
        let mut tier_of_bucket = [0; BUCKETS];
        for (index, tier) in tiers.iter().enumerate() {
            for bucket in tier.buckets.clone() {
                tier_of_bucket[bucket] = index;
            }
        }
        let stage_rules = |dwell: u64| stage_rules(scenario, dwell as u32);
        let rules = scenario.policy.iter().flatten();
        Setup {
            months: scenario.run.months.0 as u32,
            seed: scenario.run.seed.0,
            start: scenario.run.start,
            economy: economy(scenario),
            market: market(scenario),
            products,
            plan,
            underwriting: underwriting(scenario),
            thresholds: Thresholds::new(&matrix),
            risk: RiskSetup {
                reference_score: d.reference_score.f64(),
                slopes: (d.score_slope.f64(), d.score_slope_delinquent.f64()),
                charge_off_age: d.charge_off_days.0 as u32 / 30 + 1,
            },
            tiers,
            tier_of_bucket,
            recovery: RecoverySetup {
                total: scenario.recovery.total.f64(),
                speed: scenario.recovery.speed.f64(),
                factor_effect: scenario.recovery.factor_effect.f64(),
                cost: scenario.recovery.cost.f64(),
            },
            repeat: repeat(scenario),
            funding_spread: scenario.funding.spread.f64(),
            servicing: (
                scenario.servicing.account_cost.fen_f64(),
                scenario.servicing.balance_cost.f64(),
                scenario.servicing.fixed_cost.0.0,
            ),
            stage_policy: stage_rules(scenario.lifecycle.dwell_policy.0),
            stage_report: stage_rules(scenario.lifecycle.dwell_report.0),
            rules: rules.map(|policy| rule(policy, &segments, &channels)).collect(),
            segments,
            channels,
            cells,
        }
    }

    /// Number of groups: cells and the group of shared costs.
    pub fn groups(&self) -> usize {
        self.cells.len() + 1
    }

    /// Index of the group of shared costs.
    pub fn shared_group(&self) -> usize {
        self.cells.len()
    }
}

fn economy(scenario: &Scenario) -> EconomySetup {
    let economy = &scenario.economy;
    EconomySetup {
        lpr: economy.lpr.iter().map(|step| (step.month.0 as u32, step.apr.f64())).collect(),
        lpr_moves: (
            economy.lpr_move_probability.f64(),
            economy.lpr_move_step.f64(),
            economy.lpr_move_down_share.f64(),
        ),
        correlation: economy.factor_correlation.f64(),
        persistence: economy.factor_persistence.f64(),
        factor_initial: economy.factor_initial.map(|value| value.f64()),
        factor_path: economy.factor_path.as_ref().map(|path| path.iter().map(|value| value.f64()).collect()),
        demand_season: economy.demand_season.map(|m| m.f64()),
        demand_noise: economy.demand_noise.f64(),
        delinquency_season: economy.delinquency_season.map(|m| m.f64()),
    }
}

fn market(scenario: &Scenario) -> MarketSetup {
    let market = &scenario.market;
    MarketSetup {
        initial: market.rivals_initial.0 as u32,
        max: market.rivals_max.0 as u32,
        first_entry: market.rivals_first_entry.0 as u32,
        entries_per_month: market.rivals_entries_per_year.f64() / 12.0,
        take_up_effect: market.take_up_effect.f64(),
        lead_cost_effect: market.lead_cost_effect.f64(),
        score_effect: market.score_effect.f64(),
        risk_effect: market.risk_effect.f64(),
        prepayment_effect: market.prepayment_effect.f64(),
    }
}

fn underwriting(scenario: &Scenario) -> UnderwritingSetup {
    let u = &scenario.underwriting;
    UnderwritingSetup {
        scale: ScoreScale::new(u.points_to_double_odds.f64(), u.base_score.f64(), u.base_odds.f64()),
        score_error: u.score_error.f64(),
        grade_scores: u.grade_scores.iter().map(|score| score.f64()).collect(),
        fraud_catch_rate: u.fraud_catch_rate.f64(),
        application_cost: u.application_cost.fen_f64(),
    }
}

fn repeat(scenario: &Scenario) -> RepeatSetup {
    let repeat = &scenario.repeat;
    RepeatSetup {
        worst: repeat.days_past_due_max.0 as u32 / 30,
        wait: return_distribution(repeat.rate.f64(), repeat.rate_decay.f64(), repeat.window.0 as u32)
            .into_iter()
            .map(random::threshold)
            .collect(),
        points: BehaviourPoints {
            on_time: repeat.points_on_time.f64(),
            late: repeat.points_late.f64(),
            most: repeat.points_max.f64(),
        },
        risk_effect: repeat.risk_effect.f64(),
        amount_growth: repeat.amount_growth.f64(),
        application_cost: repeat.application_cost.fen_f64(),
    }
}

fn products(scenario: &Scenario, segments: &[SegmentSetup], cells: &[Cell]) -> Vec<ProductSetup> {
    let mut sorted: Vec<&Product> = scenario.product.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    sorted
        .iter()
        .enumerate()
        .map(|(index, product)| {
            let groups: Vec<usize> = (0..cells.len())
                .filter(|&group| {
                    let asked = &segments[cells[group].segment].products;
                    asked.iter().any(|(offered, _)| *offered == index)
                })
                .collect();
            product_setup(product, groups, cells.len())
        })
        .collect()
}

fn product_setup(product: &Product, groups: Vec<usize>, cells: usize) -> ProductSetup {
    let mut slot_of_group = vec![usize::MAX; cells];
    for (slot, &group) in groups.iter().enumerate() {
        slot_of_group[group] = slot;
    }
    let tenors: Vec<u32> = product.tenors.iter().map(|tenor| tenor.months.0 as u32).collect();
    let shares: Vec<f64> = product.tenors.iter().map(|tenor| tenor.share.f64()).collect();
    let longest = tenors.iter().copied().max().unwrap_or(0);
    let kind = match product.schedule {
        Schedule::Annuity => Kind::Annuity,
        Schedule::EqualPrincipal => Kind::EqualPrincipal,
        Schedule::InterestOnly => Kind::InterestOnly,
        Schedule::QuarterlyInterest => Kind::QuarterlyInterest,
    };
    ProductSetup {
        name: product.name.clone(),
        kind,
        on_lpr: product.rate_base == RateBase::Lpr,
        apr: (product.apr.f64(), product.apr_floor.f64(), product.apr_cap.f64()),
        grade_spread: product.grade_spread.iter().map(|spread| spread.f64()).collect(),
        penalty_multiple: product.penalty_multiple.f64(),
        upfront_fee: product.upfront_fee.f64(),
        amount: AmountLaw {
            median: product.amount_median.fen_f64(),
            spread: product.amount_spread.f64(),
            min: product.amount_min.0,
            max: product.amount_max.0,
            step: product.amount_step.0,
        },
        tenors,
        tenor_thresholds: cumulative(&shares, 1.0),
        take_up: (product.take_up.f64(), product.take_up_apr.f64(), product.take_up_slope.f64()),
        prepayment: (product.prepayment.f64(), product.prepayment_ramp.0 as u32),
        current_shift: (0..=longest)
            .map(|m| {
                let multiplier = seasoning(
                    m,
                    product.seasoning_month.0 as u32,
                    product.seasoning_peak.f64(),
                    product.seasoning_long_run.f64(),
                );
                current_shift(multiplier, kind.period())
            })
            .collect(),
        groups,
        slot_of_group,
    }
}

/// Cumulative word thresholds of shares, scaled by `scale`; the last equals the scale itself.
pub(super) fn cumulative(shares: &[f64], scale: f64) -> Vec<u64> {
    let mut sum = 0.0;
    let mut thresholds: Vec<u64> = shares
        .iter()
        .map(|share| {
            sum += share;
            random::threshold(sum.min(1.0) * scale)
        })
        .collect();
    if let Some(last) = thresholds.last_mut() {
        *last = random::threshold(scale);
    }
    thresholds
}

fn tier(tier: &Tier) -> TierSetup {
    let first = tier.days_from.0 as usize / 30 + 1;
    let last = tier.days_to.map_or(BUCKETS - 1, |to| to.0 as usize / 30);
    TierSetup {
        name: tier.name.clone(),
        buckets: first..=last,
        contacts: tier.contacts.f64(),
        contacts_max: tier.contacts_max.f64(),
        contacts_observed: tier.contacts_observed.f64(),
        contacts_scale: tier.contacts_scale.f64(),
        capacity: tier.capacity.f64(),
        effect_max: tier.effect_max.f64(),
        contact_cost: tier.contact_cost.fen_f64(),
        contingency: tier.contingency.f64(),
    }
}

fn stage_rules(scenario: &Scenario, dwell: u32) -> Rules {
    let rules = &scenario.lifecycle;
    Rules {
        window: rules.window.0 as usize,
        dwell,
        plateau_growth: rules.plateau_growth.f64(),
        second_growth: rules.second_growth.f64(),
        second_growth_rise: rules.second_growth_rise.f64(),
        decline_growth: rules.decline_growth.f64(),
        recovery_growth: rules.recovery_growth.f64(),
        exit_originations: rules.exit_originations.f64(),
        exit_npl: rules.exit_npl.f64(),
        exit_balance: rules.exit_balance.f64(),
        relaunch_originations: rules.relaunch_originations.f64(),
        closed_balance: rules.closed_balance.f64(),
    }
}

fn rule(policy: &Policy, segments: &[SegmentSetup], channels: &[ChannelSetup]) -> Rule {
    let chosen = |names: &Option<Vec<String>>, all: Vec<&str>| -> Vec<usize> {
        (0..all.len())
            .filter(|&index| names.as_ref().is_none_or(|names| names.iter().any(|name| name == all[index])))
            .collect()
    };
    Rule {
        months: (
            policy.from.map_or(0, |month| month.0 as u32),
            policy.to.map_or(u32::MAX, |month| month.0 as u32),
        ),
        stages: policy
            .stages
            .iter()
            .flatten()
            .map(|stage| match stage {
                StageName::Growth => StageKind::Growth,
                StageName::Plateau => StageKind::Plateau,
                StageName::Decline => StageKind::Decline,
                StageName::Exit => StageKind::Exit,
            })
            .collect(),
        rivals_min: policy.rivals_min.map_or(0, |count| count.0 as u32),
        segments: chosen(&policy.segments, segments.iter().map(|s| s.name.as_str()).collect()),
        channels: chosen(&policy.channels, channels.iter().map(|c| c.name.as_str()).collect()),
        action: Action {
            marketing: policy.marketing.map_or(1.0, |value| value.f64()),
            cutoff_new: policy.cutoff_new.map_or(0.0, |value| value.f64()),
            cutoff_repeat: policy.cutoff_repeat.map_or(0.0, |value| value.f64()),
            collections: policy.collections.map_or(1.0, |value| value.f64()),
            stop_new: policy.stop_new.unwrap_or(false),
            stop_repeat: policy.stop_repeat.unwrap_or(false),
        },
    }
}
