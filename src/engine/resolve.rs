//! From a valid scenario to a setup: names become indices, decimals become floats and fen.

use super::internal_ratings::InternalSetup;
use super::setup::*;
use super::treasury::Weighting;
use crate::lifecycle::stage::Rules;
use crate::math::round;
use crate::model::borrower::AmountTable;
use crate::model::delinquency::{BUCKETS, Thresholds, current_shift, seasoning};
use crate::model::reminder::missed_share_left;
use crate::model::retention::BehaviourPoints;
use crate::model::tax::contained_vat;
use crate::model::underwriting::ScoreScale;
use crate::random;
use crate::scenario::Scenario;
use crate::scenario::tables::{Litigation, Product, RateBase, Reminder, Sale};

impl Setup {
    /// Resolves a valid scenario.
    pub fn new(scenario: &Scenario) -> Setup {
        let (segments, channels, cells) = super::setup_cells::cells(scenario);
        let mut products = products(scenario, &segments, &cells);
        let first_month = super::resolve_collections::first_month(scenario);
        super::resolve_collections::grace(scenario, first_month.as_ref(), &mut products);
        let plan = super::setup_cells::plan(scenario, &segments, &channels, &cells);
        let d = &scenario.delinquency;
        let rows: [&[crate::rate::Probability]; BUCKETS] = [&d.m0, &d.m1, &d.m2, &d.m3, &d.m4, &d.m5, &d.m6];
        let matrix: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().map(|p| p.f64()).collect()).collect();
        let tiers = super::resolve_collections::tiers(scenario);
        let stage_rules = |dwell: u64| stage_rules(scenario, dwell as u32);
        let rules = super::resolve_policy::rules(scenario, &segments, &channels, &products, &cells);
        let mut setup = Setup {
            months: scenario.run.months.0 as u32,
            seed: scenario.run.seed.0,
            start: scenario.run.start,
            economy: economy(scenario),
            market: market(scenario),
            competition: super::setup_competition::competition(scenario),
            products,
            launch: super::resolve_acquisition::launch(scenario),
            promotions: super::resolve_acquisition::promotions(scenario, &segments, &channels, &cells),
            plan,
            opening: super::setup_opening::opening(scenario, &segments, &channels, &cells),
            apr_cap: apr_cap(scenario),
            underwriting: underwriting(scenario),
            prescreen: super::resolve_acquisition::prescreen(scenario),
            thresholds: Thresholds::new(&matrix),
            risk: RiskSetup {
                reference_score: d.reference_score.f64(),
                slopes: (d.score_slope.f64(), d.score_slope_delinquent.f64()),
                apr_slope: d.apr_slope.map_or(0.0, |slope| slope.f64()),
                charge_off_age: d.charge_off_days.0 as u32 / 30 + 1,
            },
            tiers_of_bucket: super::resolve_collections::tiers_of_bucket(&tiers),
            tiers,
            first_month,
            reminder: scenario.reminder.as_ref().map(|reminder| self::reminder(scenario, reminder)),
            recovery: RecoverySetup {
                total: scenario.recovery.total.f64(),
                speed: scenario.recovery.speed.f64(),
                factor_effect: scenario.recovery.factor_effect.f64(),
                cost: scenario.recovery.cost.f64(),
            },
            holidays: super::setup_holiday::holidays(scenario),
            litigation: scenario.litigation.as_ref().map(litigation),
            sale: scenario.sale.as_ref().map(sale),
            securitisation: scenario.securitisation.as_ref().map(super::setup_funding::securitisation),
            closing: scenario.closing.as_ref().map(|c| (c.current_price.f64(), c.past_due_price.f64())),
            repeat: repeat(scenario),
            funding: FundingSetup::new(scenario),
            operational_loss: scenario.servicing.operational_loss.map_or(0.0, |rate| rate.f64()),
            ladder: super::setup_customers::ladder(scenario),
            loyalty: scenario.loyalty.as_ref().map(super::setup_customers::loyalty),
            care: scenario.care.as_ref().map(super::setup_customers::care),
            servicing: (
                scenario.servicing.account_cost.fen_f64(),
                scenario.servicing.balance_cost.f64(),
                scenario.servicing.fixed_cost.0.0,
            ),
            stage_policy: stage_rules(scenario.lifecycle.dwell_policy.0),
            stage_report: stage_rules(scenario.lifecycle.dwell_report.0),
            rules,
            later: Vec::new(),
            segments,
            channels,
            cells,
            provision: None,
            tax: scenario.tax.as_ref().map(|table| TaxSetup {
                vat: contained_vat(table.vat.f64(), table.surcharges.f64()),
                income: table.income_tax.f64(),
                deductible: table.deductible_provisions.f64(),
                loss_years: table.loss_years.0 as u32,
            }),
            room: RoomSetup {
                equity: scenario
                    .capital
                    .iter()
                    .flat_map(|table| table.available.iter().flatten())
                    .map(|step| (step.month.0 as u32, step.amount.f64() * 100.0))
                    .collect(),
                balance_max: scenario.funding.balance_max.map(|most| most.f64() * 100.0),
            },
            capital: scenario.capital.as_ref().map(|table| CapitalSetup {
                ratio: table.ratio.f64(),
                weighting: Weighting::Standardised(
                    table.weight.map_or(0.0, |weight| weight.f64()),
                    table.weight_defaulted.map_or(0.0, |weight| weight.f64()),
                ),
                conversion: table.conversion.map_or(0.0, |share| share.f64()),
                cost: table.cost_of_equity.f64(),
            }),
            classes: super::setup_provision::classes(scenario),
        };
        setup.provision = ProvisionSetup::new(scenario, &setup);
        let lgd = scenario.capital.as_ref().and_then(|table| table.lgd_downturn);
        if let (Some(terms), Some(lgd)) = (&setup.provision, lgd) {
            let internal = InternalSetup::new(&setup, terms, lgd.f64());
            if let Some(capital) = &mut setup.capital {
                capital.weighting = Weighting::Internal(Box::new(internal));
            }
        }
        setup.with_later(scenario)
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
        demand_path: economy
            .demand_path
            .iter()
            .flatten()
            .map(|step| (step.month.0 as u32, step.multiplier.f64()))
            .collect(),
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
        prepayment_by_grade: super::setup_customers::prepayment_by_grade(market),
        return_effect: market.return_effect.map_or(0.0, |effect| effect.f64()),
    }
}

/// Highest score with an entry of its own; higher ones share it.
const SCORE_MAX: u32 = 1500;

fn underwriting(scenario: &Scenario) -> UnderwritingSetup {
    let u = &scenario.underwriting;
    let scale = ScoreScale::new(u.points_to_double_odds.f64(), u.base_score.f64(), u.base_odds.f64());
    UnderwritingSetup {
        scale,
        score_defaults: (0..=SCORE_MAX)
            .map(|score| round(scale.default_probability(f64::from(score)) * 1e6))
            .collect(),
        score_error: u.score_error.f64(),
        grade_scores: u.grade_scores.iter().map(|score| score.f64()).collect(),
        fraud_catch_rate: u.fraud_catch_rate.f64(),
        application_cost: u.application_cost.fen_f64(),
        abandonment: u.abandonment_per_hour.map_or(0.0, |rate| rate.f64()),
        manual_cost: u.manual_cost.map_or(0.0, |cost| cost.fen_f64()),
        manual_capacity: u.manual_capacity.map_or(f64::INFINITY, |cases| cases.f64()),
    }
}

/// What regulation allows contract rates to be, by month.
fn apr_cap(scenario: &Scenario) -> Vec<(u32, f64)> {
    let steps = scenario.regulation.iter().flat_map(|rule| rule.apr_cap.iter().flatten());
    steps.map(|step| (step.month.0 as u32, step.apr.f64())).collect()
}

fn reminder(scenario: &Scenario, reminder: &Reminder) -> ReminderSetup {
    let (from, ramp) = (reminder.from.0 as u32, reminder.ramp.0 as u32);
    let (effect, coverage) = (reminder.effect.f64(), reminder.coverage.f64());
    ReminderSetup {
        from,
        missed_left: (0..scenario.run.months.0 as u32)
            .map(|month| missed_share_left(effect, coverage, from, ramp, month))
            .collect(),
        cost: reminder.cost.fen_f64(),
    }
}

fn litigation(litigation: &Litigation) -> LitigationSetup {
    LitigationSetup {
        amount_min: litigation.amount_min.0,
        share: litigation.share.f64(),
        lag: litigation.lag.0 as u32,
        recovery: litigation.recovery.f64(),
        cost: (litigation.cost_share.f64(), litigation.cost_fixed.fen_f64()),
    }
}

fn sale(sale: &Sale) -> SaleSetup {
    SaleSetup {
        packages: sale.every.map(|every| (sale.from.map_or(0, |from| from.0 as u32), every.0 as u32)),
        months_min: sale.months_min.map_or(0, |months| months.0 as u32),
        price: sale.price.iter().map(|step| (step.months.0 as u32, step.share.f64())).collect(),
    }
}

fn repeat(scenario: &Scenario) -> RepeatSetup {
    let repeat = &scenario.repeat;
    RepeatSetup {
        worst: repeat.days_past_due_max.0 as u32 / 30,
        hazard: (repeat.rate.f64(), repeat.rate_decay.f64(), repeat.window.0 as u32),
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
                    asked.contains(&index)
                })
                .collect();
            product_setup(scenario, product, groups, cells.len())
        })
        .collect()
}

fn product_setup(scenario: &Scenario, product: &Product, groups: Vec<usize>, cells: usize) -> ProductSetup {
    let mut slot_of_group = vec![usize::MAX; cells];
    for (slot, &group) in groups.iter().enumerate() {
        slot_of_group[group] = slot;
    }
    let tenors: Vec<u32> = product.tenors.iter().map(|tenor| tenor.months.0 as u32).collect();
    let shares: Vec<f64> = product.tenors.iter().map(|tenor| tenor.share.f64()).collect();
    let longest = tenors.iter().copied().max().unwrap_or(0);
    let start = scenario.run.start;
    let repayment = product.repayment(false, start);
    ProductSetup {
        name: product.name.clone(),
        repayment_repeat: product.repayment(true, start),
        on_lpr: product.rate_base == RateBase::Lpr,
        reprice: product.reprice_months.map_or(0, |months| months.0 as u32),
        apr: (product.apr.f64(), product.apr_floor.f64(), product.apr_cap.f64()),
        grade_spread: product.grade_spread.iter().map(|spread| spread.f64()).collect(),
        grace: 1 << 32,
        rung_cut: super::setup_customers::rung_cut(scenario),
        caps: super::setup_customers::caps(product),
        penalty_multiple: product.penalty_multiple.f64(),
        upfront_fee: product.upfront_fee.f64(),
        monthly_fee: product.monthly_fee_fen(),
        prepayment_fee: product.prepayment_fee.map_or(0.0, |fee| fee.f64()),
        amount: AmountTable::new(product.amount_law()),
        tenors,
        tenor_thresholds: cumulative(&shares, 1.0),
        tenor_shares: shares.clone(),
        decision: (
            product.automatic(),
            product.automatic_hours.map_or(0.0, |hours| hours.f64()),
            product.manual_hours.map_or(0.0, |hours| hours.f64()),
        ),
        take_up: (product.take_up.f64(), product.take_up_apr.f64(), product.take_up_slope.f64()),
        take_up_risk_slope: product.take_up_risk_slope.map_or(0.0, |slope| slope.f64()),
        take_up_all_in: product.takes_up_all_in().then_some((product.amount_median.0, shares)),
        prepayment: (product.prepayment.f64(), product.prepayment_ramp.0 as u32),
        curtailment: product.curtailment.as_ref().map_or(0.0, |table| table.probability.f64()),
        guarantee: GuaranteeSetup {
            share: product.guarantee_share.map_or(0.0, |share| share.f64()),
            lag: product.guarantee_lag.map_or(0, |lag| lag.0 as u32),
            fee: product.guarantee_fee.map_or(0.0, |fee| fee.f64()),
            cap: product.guarantee_cap.map(|cap| cap.f64()),
        },
        line: product.line.as_ref().map(|line| LineSetup::new(line, product)),
        subsidy: product.subsidy.map_or(0.0, |rate| rate.f64()),
        current_shift: (0..=longest)
            .map(|m| {
                let multiplier = seasoning(
                    m,
                    product.seasoning_month.0 as u32,
                    product.seasoning_peak.f64(),
                    product.seasoning_long_run.f64(),
                );
                current_shift(multiplier, repayment.period)
            })
            .collect(),
        repayment,
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
