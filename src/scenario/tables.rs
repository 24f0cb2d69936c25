//! The scenario format: one struct per TOML table, one field per key. The doc comment of a field is its meaning and unit.
//! This file is the schema in one place, which is why it is long.

use std::collections::BTreeMap;

use super::decode::Whole;
use super::define::{choice, table};
use crate::rate::{
    AllInRate, Amount, AnnualRate, AnnualSpread, Correlation, Figure, Intensity, LogOdds, MonthlyGrowth,
    Multiplier, NormalValue, Probability, Score, ScorePoints, Shape, ShareMoved, UnitCost,
};
use crate::time::CalendarMonth;

/// A month of the scenario; month 0 is `run.start`.
pub type MonthIndex = Whole<0, 599>;

table! {
    /// A whole scenario.
    pub struct Scenario {
        /// Version of the format; 1.
        schema: Whole<1, 1>,
        /// Short name of the scenario.
        name: String,
        /// What the scenario is about.
        description: Option<String>,
        /// Horizon, number of runs, seed.
        run: Run,
        /// Interest rates, the systematic factor, seasons.
        economy: Economy,
        /// Rivals and what they do to demand and quality.
        market: Market,
        /// What rivals offer, and how customers choose; absent: rivals act on take-up by their number.
        competition: Option<Competition>,
        /// Time and money before the first loan; absent: sold from month 0.
        launch: Option<Launch>,
        /// Regions that segments live in; absent: none is told apart.
        region: Option<Vec<Region>>,
        /// Groups of customers.
        segment: Vec<Segment>,
        /// Marketing channels.
        channel: Vec<Channel>,
        /// Promotions by month; absent: there are none.
        promotion: Option<Vec<Promotion>>,
        /// Loans originated by plan instead of by marketing (laboratory).
        plan: Option<Plan>,
        /// Loans on book when month 0 begins; absent: none.
        opening_book: Option<Vec<OpeningLoans>>,
        /// Score, cut-off, fraud screening.
        underwriting: Underwriting,
        /// What screening out fraud costs in honest applicants; absent: nothing.
        prescreen: Option<Prescreen>,
        /// Loan products.
        product: Vec<Product>,
        /// What the regulator allows; absent: 24 % all in.
        regulation: Option<Regulation>,
        /// Monthly transitions between buckets.
        delinquency: Delinquency,
        /// Payments against income; absent: no effect.
        affordability: Option<Affordability>,
        /// Collections by days past due.
        collections: Collections,
        /// Payment holidays after events (延期还款); absent: there are none.
        payment_holiday: Option<Vec<PaymentHoliday>>,
        /// Reminders before the due date; absent: there are none.
        reminder: Option<Reminder>,
        /// Money recovered after charge-off.
        recovery: Recovery,
        /// Suits over charged-off loans; absent: there are none.
        litigation: Option<Litigation>,
        /// Sale of charged-off claims; absent: none is sold.
        sale: Option<Sale>,
        /// Loans on book sold to a trust (ABS 出表); absent: none.
        securitisation: Option<Securitisation>,
        /// What loans on book fetch when a policy closes the product; absent: none does.
        closing: Option<Closing>,
        /// Repeat borrowing of good customers.
        repeat: Repeat,
        /// Rungs that good conduct earns (信用成长体系); absent: there are none.
        ladder: Option<Ladder>,
        /// Points for interest paid (积分); absent: there are none.
        loyalty: Option<Loyalty>,
        /// Calls on good customers after pay-off (一对一服务、回访); absent: there are none.
        care: Option<Care>,
        /// Cost of money.
        funding: Funding,
        /// Cost of running the book.
        servicing: Servicing,
        /// What is set aside for losses to come (拨备); absent: losses count when loans are charged off.
        provision: Option<Provision>,
        /// Taxes; absent: there are none.
        tax: Option<Tax>,
        /// Equity behind the book and what it must earn; absent: what the book earns stays in it, and all else is borrowed.
        capital: Option<Capital>,
        /// Thresholds of the stage classifier.
        lifecycle: Lifecycle,
        /// What management does, and when.
        policy: Option<Vec<Policy>>,
        /// The scenario from later months on: made of overlays with `from`.
        later: Option<Vec<Later>>,
    }
}

table! {
    /// The scenario from a month on.
    pub struct Later {
        /// The month.
        from: MonthIndex,
        /// All of it.
        scenario: Scenario,
    }
}

table! {
    /// Horizon, number of runs, seed.
    pub struct Run {
        /// Number of months simulated.
        months: Whole<1, 600>,
        /// Number of Monte Carlo runs.
        runs: Whole<1, 10_000_000>,
        /// Seed of all random numbers.
        seed: Whole<0, { u64::MAX >> 1 }>,
        /// Calendar month of month 0.
        start: CalendarMonth,
    }
}

table! {
    /// Interest rates, the systematic factor, seasons.
    pub struct Economy {
        /// Loan prime rate (LPR): steps from a month on.
        lpr: Vec<RateStep>,
        /// Probability per month that the LPR moves by one step.
        lpr_move_probability: Probability,
        /// Size of a move, annual rate.
        lpr_move_step: AnnualRate,
        /// Share of moves that go down.
        lpr_move_down_share: Probability,
        /// Correlation rho of borrowers through the systematic factor; 0 switches it off.
        factor_correlation: Correlation,
        /// Monthly persistence phi of the factor.
        factor_persistence: Correlation,
        /// Value of the factor in month 0; absent: drawn from its stationary distribution.
        factor_initial: Option<NormalValue>,
        /// The factor month by month instead of drawn; the last value holds on. Higher is a better economy.
        factor_path: Option<Vec<NormalValue>>,
        /// Demand by calendar month from January, multipliers with mean 1.
        demand_season: [Multiplier; 12],
        /// Standard deviation of the logarithm of monthly market demand noise; 0 switches it off.
        demand_noise: Multiplier,
        /// Demand besides season and noise: multipliers from a month on; absent, and before the first: 1.
        demand_path: Option<Vec<DemandStep>>,
        /// Delinquency by calendar month from January, effects on log-odds with sum 0.
        delinquency_season: [LogOdds; 12],
    }
}

table! {
    /// A rate from a month on.
    pub struct RateStep {
        /// First month.
        month: MonthIndex,
        /// Annual rate.
        apr: AnnualRate,
    }
}

table! {
    /// Demand from a month on.
    pub struct DemandStep {
        /// First month.
        month: MonthIndex,
        /// Expected leads are multiplied by this; a rise of 200 % is 3.
        multiplier: Multiplier,
    }
}

table! {
    /// Time and money before the first loan: development, tests, approval.
    pub struct Launch {
        /// First month in which anything is sold; steps of `channel.budget` count from it.
        month: Whole<1, 599>,
        /// Cost of each month before it; absent: 0.
        development_cost: Option<Amount>,
    }
}

table! {
    /// A region: town, county.
    pub struct Region {
        /// Short name.
        name: String,
        /// `completion` of its segments is multiplied by this.
        conversion: Multiplier,
    }
}

table! {
    /// An amount per month from a month on.
    pub struct BudgetStep {
        /// First month.
        month: MonthIndex,
        /// Amount per month.
        amount: Amount,
    }
}

table! {
    /// Rivals and what they do to demand and quality.
    pub struct Market {
        /// Rivals in month 0.
        rivals_initial: Whole<0, 1000>,
        /// Most rivals there can be.
        rivals_max: Whole<0, 1000>,
        /// First month in which a rival can enter.
        rivals_first_entry: MonthIndex,
        /// Mean number of entries per year from then on.
        rivals_entries_per_year: Intensity,
        /// Effect of one rival on the log-odds of taking up an offer (negative).
        take_up_effect: LogOdds,
        /// Rise of the cost of a lead per rival: marketing reaches as far as spend / (1 + this x rivals).
        lead_cost_effect: Multiplier,
        /// Shift of new applicants' mean score per rival, points (negative): drift that the score sees.
        score_effect: ScorePoints,
        /// Shift of the log-odds of missing payments at equal score per rival at origination: drift that the score does not see.
        risk_effect: LogOdds,
        /// Rise of the prepayment rate per rival.
        prepayment_effect: Multiplier,
        /// Factor of `prepayment_effect` by grade, best first: whom rivals refinance first; absent: 1 for all.
        prepayment_by_grade: Option<Vec<Multiplier>>,
        /// Fall of repeat borrowing per rival: the probability of asking again is divided by (1 + this x rivals in the month of
        /// pay-off); absent: 0.
        return_effect: Option<Multiplier>,
    }
}

table! {
    /// What rivals offer, and how customers choose among lenders (multinomial logit).
    pub struct Competition {
        /// Log-odds of a rival of average brand against the bank at equal terms (negative: the applicant is here already).
        brand: LogOdds,
        /// Standard deviation of rivals' brands, log-odds; absent: 0.
        brand_deviation: Option<Multiplier>,
        /// Standard deviation of rivals' rates around `product.rival_terms`, annual; absent: 0.
        apr_deviation: Option<AnnualRate>,
        /// Effect of an `e`-fold limit on log-odds; absent: limits play no part.
        limit_weight: Option<Multiplier>,
        /// Standard deviation of the logarithm of rivals' limits; absent: 0.
        limit_deviation: Option<Multiplier>,
        /// Effect of an hour less to the decision on log-odds; absent: hours play no part.
        speed_weight: Option<Multiplier>,
        /// Standard deviation of the logarithm of rivals' hours; absent: 0.
        hours_deviation: Option<Multiplier>,
        /// Effect of full flexibility of repayment against none on log-odds; absent: it plays no part.
        flexibility_weight: Option<Multiplier>,
        /// How far rivals' terms are copies of the bank's own (同质化率), 0 to 1; absent: 0.
        homogeneity: Option<Probability>,
        /// Rivals known by name, who are the first of `market.rivals_initial`.
        incumbent: Option<Vec<Incumbent>>,
        /// Rates fall once there are many rivals; absent: they do not.
        price_war: Option<PriceWar>,
    }
}

table! {
    /// A rival known by name.
    pub struct Incumbent {
        /// Short name.
        name: String,
        /// Its brand; absent: `competition.brand`.
        brand: Option<LogOdds>,
        /// Its annual rate above (or below) that of `product.rival_terms`; absent: 0.
        apr_shift: Option<AnnualSpread>,
        /// Its limit as a multiple of that of `product.rival_terms`; absent: 1.
        limit_multiple: Option<Shape>,
        /// Its hours as a multiple of those of `product.rival_terms`; absent: 1.
        hours_multiple: Option<Multiplier>,
    }
}

table! {
    /// A price war (价格战): rivals' rates fall towards what money costs them.
    pub struct PriceWar {
        /// It begins in the first month with this many rivals.
        rivals_min: Whole<1, 1000>,
        /// Share of the distance to the lowest rate that is covered per month.
        speed: Probability,
        /// Lowest annual rate above the cost of funding.
        margin: AnnualRate,
    }
}

table! {
    /// What rivals offer on average against a product.
    pub struct RivalTerms {
        /// Annual rate, counted from the same base as `apr` and with the same spreads by grade.
        apr: AnnualRate,
        /// Largest amount; with `competition.limit_weight`.
        limit: Option<Amount>,
        /// Hours to the decision; with `competition.speed_weight`.
        hours: Option<Multiplier>,
        /// Flexibility of repayment from 0 to 1; with `competition.flexibility_weight`.
        flexibility: Option<Probability>,
    }
}

table! {
    /// What a group of customers minds more or less than others: multiples of the weights of a choice, each 1 if absent.
    pub struct Preferences {
        /// Of the rate: `product.take_up_slope`.
        rate: Option<Multiplier>,
        /// Of the limit: `competition.limit_weight`.
        limit: Option<Multiplier>,
        /// Of speed: `competition.speed_weight`.
        speed: Option<Multiplier>,
        /// Of flexibility: `competition.flexibility_weight`.
        flexibility: Option<Multiplier>,
    }
}

table! {
    /// A group of customers.
    pub struct Segment {
        /// Short name.
        name: String,
        /// Name in Chinese, for reports.
        name_zh: Option<String>,
        /// Region they live in; absent: none.
        region: Option<String>,
        /// People in the group.
        population: Whole<1, 2_000_000_000>,
        /// Mean of the true score of applicants, points.
        score_mean: Score,
        /// Standard deviation of the true score, points.
        score_deviation: Score,
        /// Shift of the mean score when the whole reachable market has been worked through, points (negative).
        saturation_effect: ScorePoints,
        /// Median monthly income; needed with `[affordability]`.
        income_median: Option<Amount>,
        /// Standard deviation of the logarithm of income; absent: 0.
        income_spread: Option<Multiplier>,
        /// Slope of `[affordability]` in this segment (收入群体还款弹性); absent: `affordability.slope`.
        affordability_slope: Option<Multiplier>,
        /// Shift of the log-odds of missing payments at equal score.
        risk_effect: LogOdds,
        /// Share of leads who complete an application.
        completion: Probability,
        /// Share of applicants who are fraudsters.
        fraud_share: Probability,
        /// Lowest observed score approved, new customers.
        cutoff_new: Score,
        /// Lowest behaviour score approved, repeat customers.
        cutoff_repeat: Score,
        /// Which products they ask for: shares that sum to 1.
        products: BTreeMap<String, Probability>,
        /// What they mind in choosing a lender; needs `[competition]`; absent: as all do.
        preferences: Option<Preferences>,
    }
}

table! {
    /// A marketing channel.
    pub struct Channel {
        /// Short name.
        name: String,
        /// Name in Chinese, for reports.
        name_zh: Option<String>,
        /// Spend per month, steps from a month on.
        budget: Vec<BudgetStep>,
        /// Share of last month's advertising stock that still works (geometric adstock).
        retention: Correlation,
        /// Slope of the Hill response.
        slope: Shape,
        /// Most leads the channel can handle per month (marketing capacity).
        capacity: Intensity,
        /// Leads that each new customer of a month brings in the next (推荐); absent: 0.
        referrals: Option<Multiplier>,
        /// Paid for each new loan of the channel (推荐奖励, commission); absent: 0.
        reward: Option<UnitCost>,
        /// Share of the interest received on its loans that is paid to the partner who brought them (分润); absent: 0.
        profit_share: Option<Probability>,
        /// Shift of the mean score of the channel's applicants, points.
        score_effect: ScorePoints,
        /// Shift of the mean score of its applicants per unit of ln(1 + stock / half_saturation), points (negative): marginal
        /// leads are worse; absent: 0.
        spend_score_effect: Option<ScorePoints>,
        /// Segments the channel reaches.
        audience: BTreeMap<String, Audience>,
    }
}

table! {
    /// A segment as one channel reaches it.
    pub struct Audience {
        /// Share of the segment's population the channel can reach; a person is a lead once.
        reach: Probability,
        /// Share of the channel's budget aimed at the segment; the shares of a channel sum to 1.
        budget_share: Probability,
        /// Advertising stock at which half of `leads_max` respond, currency units.
        half_saturation: Amount,
        /// Most leads per month that spend can bring.
        leads_max: Intensity,
        /// Bass coefficient of innovation p per month: share of the remaining market who come by themselves.
        innovation: Probability,
        /// Bass coefficient of imitation q per month: word of mouth by those who came before through this channel.
        imitation: Probability,
    }
}

table! {
    /// A promotion (促销, 节假日): what is different while it is held. It is about new customers.
    pub struct Promotion {
        /// Short name.
        name: String,
        /// Not before this month.
        from: Option<MonthIndex>,
        /// Not after this month.
        to: Option<MonthIndex>,
        /// Only in these calendar months of every year, January is 1; absent: all.
        calendar_months: Option<Vec<Whole<1, 12>>>,
        /// Only these segments; absent: all.
        segments: Option<Vec<String>>,
        /// Only these channels; absent: all.
        channels: Option<Vec<String>>,
        /// Only these products (take-up, fee, coupon); absent: all.
        products: Option<Vec<String>>,
        /// Marketing spend is multiplied by this; absent: 1.
        spend: Option<Multiplier>,
        /// Share of the marketing spend that a partner pays (联合营销); absent: 0.
        partner_share: Option<Probability>,
        /// Expected leads are multiplied by this; absent: 1.
        leads: Option<Multiplier>,
        /// Shift of the log-odds of taking up an offer; absent: 0.
        take_up: Option<LogOdds>,
        /// Share of the upfront fee that is not charged; absent: 0.
        fee_waived: Option<Probability>,
        /// Given to every new borrower (优惠券); absent: 0.
        coupon: Option<Amount>,
        /// Cost of each month in which it is held; absent: 0.
        cost: Option<Amount>,
    }
}

table! {
    /// Loans originated by plan instead of by marketing (laboratory).
    pub struct Plan {
        /// Loans per month; each is approved and taken up.
        loans: Vec<PlannedLoans>,
    }
}

table! {
    /// Loans of one segment from a month to a month.
    pub struct PlannedLoans {
        /// Segment.
        segment: String,
        /// Channel.
        channel: String,
        /// First month.
        from: MonthIndex,
        /// Last month, included.
        to: MonthIndex,
        /// Loans per month.
        count: Whole<0, 10_000_000>,
    }
}

table! {
    /// Loans on book when month 0 begins, all alike but for amount, score and income.
    pub struct OpeningLoans {
        /// Segment.
        segment: String,
        /// Channel.
        channel: String,
        /// Product.
        product: String,
        /// Tenor, months; one the product has.
        tenor: Whole<1, 120>,
        /// Months on book at the end of the month before month 0.
        months_on_book: Whole<0, 240>,
        /// Loans.
        count: Whole<1, 10_000_000>,
        /// Months past due at that time: 1 is 1-30 days; absent: 0.
        months_past_due: Option<Whole<0, 120>>,
        /// Observed score; absent: drawn as that of applicants.
        score: Option<Score>,
    }
}

table! {
    /// Score, cut-off, fraud screening.
    pub struct Underwriting {
        /// Points that double the odds good : bad.
        points_to_double_odds: Shape,
        /// Score at which the odds are `base_odds`.
        base_score: Score,
        /// Odds good : bad at `base_score`.
        base_odds: Shape,
        /// Standard deviation of the error of the observed score, points; 0 means the bank sees the truth.
        score_error: Score,
        /// Lowest observed score of each grade but the last, best first.
        grade_scores: Vec<Score>,
        /// Share of fraudsters the pre-screen catches.
        fraud_catch_rate: Probability,
        /// Cost of a completed application (bureau and data query), currency units.
        application_cost: UnitCost,
        /// Rate per hour at which applicants of new loans give up waiting for a decision; absent: 0.
        abandonment_per_hour: Option<Multiplier>,
        /// Cost of a decision by staff; absent: 0.
        manual_cost: Option<UnitCost>,
        /// Decisions per month that staff can make, beyond which cases wait; absent: no limit.
        manual_capacity: Option<Intensity>,
    }
}

table! {
    /// What screening out fraud costs in honest applicants, and how it wears out (前筛规则).
    pub struct Prescreen {
        /// A share of fraudsters caught ...
        catch_reference: Probability,
        /// ... at which this share of honest applicants is turned away; `underwriting.fraud_catch_rate` moves along the curve.
        honest_rejected: Probability,
        /// Share of the catch rate lost per month as fraudsters adapt; absent: 0.
        adaptation: Option<Probability>,
        /// Months between new versions of the rules, which restore it; absent: there are none.
        iterate_every: Option<Whole<1, 120>>,
        /// Cost of a new version; absent: 0.
        iteration_cost: Option<Amount>,
    }
}

choice! {
    /// How a loan is repaid.
    pub enum Schedule {
        /// Equal instalments (等额本息).
        Annuity = "annuity",
        /// Equal principal (等额本金).
        EqualPrincipal = "equal_principal",
        /// Interest on due dates, principal at maturity (到期还本).
        InterestOnly = "interest_only",
    }
}

choice! {
    /// What a rate is counted from.
    pub enum RateBase {
        /// The loan prime rate of the month of origination.
        Lpr = "lpr",
        /// Nothing: `apr` is the rate itself.
        Fixed = "fixed",
    }
}

choice! {
    /// How days count for interest.
    pub enum DayCount {
        /// Every month is a twelfth of a year.
        Months = "30/360",
        /// The days of the calendar month, of a year of 360.
        Actual360 = "actual/360",
        /// The days of the calendar month, of a year of 365 (按日计息).
        Actual365 = "actual/365",
    }
}

choice! {
    /// The rate take-up looks at.
    pub enum TakeUpRate {
        /// The contract's first annual rate.
        Contract = "contract",
        /// What the loan costs all in, fees, waivers and later rates included.
        AllIn = "all_in",
    }
}

table! {
    /// A loan product.
    pub struct Product {
        /// Short name.
        name: String,
        /// Name in Chinese, for reports.
        name_zh: Option<String>,
        /// How it is repaid.
        schedule: Schedule,
        /// Months between due dates: 1, 2, 3, 6 or 12; absent: 1.
        payment_months: Option<Whole<1, 12>>,
        /// Months at the start in which only interest is paid; absent: 0.
        interest_only_months: Option<Whole<0, 120>>,
        /// Share of the amount left for the last instalment; absent: 0.
        balloon: Option<Probability>,
        /// Later rates (分段计息), by month on book.
        rate_steps: Option<Vec<RateChange>>,
        /// Interest waived at the start (免息).
        waiver: Option<Waiver>,
        /// What the rate is counted from.
        rate_base: RateBase,
        /// Months on book between resets of the rate to the LPR of the day; absent: the rate stays that of origination.
        reprice_months: Option<Whole<1, 120>>,
        /// Annual spread over the base (or the rate itself when the base is fixed).
        apr: AnnualRate,
        /// Annual spread by grade, best first.
        grade_spread: Vec<AnnualSpread>,
        /// Lowest annual rate.
        apr_floor: AnnualRate,
        /// Highest annual rate.
        apr_cap: AnnualRate,
        /// How days count for interest; absent: 30/360.
        day_count: Option<DayCount>,
        /// Overdue principal bears this multiple of the contract rate (罚息).
        penalty_multiple: Multiplier,
        /// Days after the due date in which nothing is overdue (还款宽限期); absent: none.
        grace_days: Option<Whole<1, 29>>,
        /// One-off fee at origination, share of the amount.
        upfront_fee: Probability,
        /// Fee per month of a loan that pays on schedule; absent: 0.
        monthly_fee: Option<Amount>,
        /// Fee on principal prepaid before maturity, share of it; absent: 0.
        prepayment_fee: Option<Probability>,
        /// Median loan amount.
        amount_median: Amount,
        /// Standard deviation of the logarithm of the amount.
        amount_spread: Multiplier,
        /// Smallest amount.
        amount_min: Amount,
        /// Largest amount.
        amount_max: Amount,
        /// Amounts are whole multiples of this.
        amount_step: Amount,
        /// Largest amount by grade, best first; absent: `amount_max` for all.
        grade_amount_max: Option<Vec<Amount>>,
        /// Longest tenor by grade, months, best first; absent: all tenors for all. Who asks for more gets the longest allowed.
        grade_tenor_max: Option<Vec<Whole<1, 120>>>,
        /// Tenors offered, months, with shares that sum to 1.
        tenors: Vec<Tenor>,
        /// Share of applications decided automatically, of those up to `automatic_amount_max`; absent: all.
        automatic_share: Option<Probability>,
        /// Largest amount that is decided automatically (秒批); staff decide on more; absent: any.
        automatic_amount_max: Option<Amount>,
        /// Hours an automatic decision takes; absent: 0.
        automatic_hours: Option<Multiplier>,
        /// Hours a decision by staff takes once a case is taken up; absent: 0.
        manual_hours: Option<Multiplier>,
        /// Probability that an approved applicant draws the loan, at `take_up_apr` and without rivals.
        take_up: Probability,
        /// Annual rate at which `take_up` holds.
        take_up_apr: AnnualRate,
        /// Effect of one percentage point of annual rate on the log-odds of take-up (negative).
        take_up_slope: LogOdds,
        /// Effect of a true score worse than the observed one lets expect, per unit of log-odds, on the log-odds of taking up a
        /// first loan (positive: those who know they are worse accept more readily); absent: 0.
        take_up_risk_slope: Option<LogOdds>,
        /// What rivals offer against it; needed with `[competition]`.
        rival_terms: Option<RivalTerms>,
        /// Flexibility of repayment from 0 to 1; with `competition.flexibility_weight`.
        flexibility: Option<Probability>,
        /// The rate compared with `take_up_apr`; absent: the contract's.
        take_up_rate: Option<TakeUpRate>,
        /// Probability per month that a current loan is prepaid in full.
        prepayment: Probability,
        /// Months on book after which prepayment has risen to its full rate; 1 means at once.
        prepayment_ramp: Whole<1, 120>,
        /// Partial prepayment (部分提前还款); absent: none.
        curtailment: Option<Curtailment>,
        /// Month on book at which the odds of missing a payment peak.
        seasoning_month: Whole<1, 120>,
        /// Odds multiplier at the peak.
        seasoning_peak: Shape,
        /// Odds multiplier in the long run.
        seasoning_long_run: Shape,
        /// Share of charged-off principal that a guarantor pays; absent: there is none.
        guarantee_share: Option<Probability>,
        /// Months from charge-off to the guarantor's payment; absent: 0.
        guarantee_lag: Option<Whole<0, 120>>,
        /// Days past due by which its loans are put into the five categories; absent: those of loans.
        classification: Option<Classification>,
        /// Once what the guarantor was asked for reaches this share of all principal lent, no more is asked; absent: no cap.
        guarantee_cap: Option<Probability>,
        /// Annual fee to the guarantor, share of the balance; absent: 0.
        guarantee_fee: Option<AnnualRate>,
        /// Annual rate on top of the cost of funding of this product (re-lending of policy credit is below 0); absent: 0.
        funding_spread: Option<AnnualSpread>,
        /// Annual subsidy received, share of the balance (财政贴息); absent: 0.
        subsidy: Option<AnnualRate>,
    /// Makes the product a revolving line; absent: its loans are closed-end.
        line: Option<Line>,
    }
}

table! {
    /// A revolving line (循环贷, 随借随还). The product's amounts are limits, its tenors months until the line ends or is renewed,
    /// its prepayment the balance repaid in full with the line kept open.
    pub struct Line {
        /// Highest limit.
        limit_max: Amount,
        /// Limit granted by grade, best first, as a multiple of the amount drawn from the product's law.
        limit_by_grade: Vec<Multiplier>,
        /// Share of the amount that is the first limit (low and grow); absent: all.
        initial_share: Option<Probability>,
        /// Share of customers who never draw.
        inactive_share: Probability,
        /// Probability per month that a customer draws.
        draw_probability: Probability,
        /// Share of the open limit drawn then.
        draw_share: Probability,
        /// Share of the balance a customer who pays repays in a month (随还), if that is more than the minimum.
        repaid_share: Probability,
        /// Share of the balance due every month, with the interest (最低还款).
        minimum_share: Probability,
        /// Least payment due in a month, principal and interest, or all that is owed if that is less.
        minimum_payment: Amount,
        /// Share of the open limit drawn in the month in which a payment is missed (credit conversion factor).
        conversion_factor: Probability,
        /// Probability that a line in good standing is renewed for as long again when it ends; absent: 0.
        renewal: Option<Probability>,
        /// Equal months in which what is owed at the end of the line is repaid; absent: at once.
        run_off_months: Option<Whole<1, 60>>,
        /// Share of a rise of the limit that is drawn at once; absent: none.
        rise_drawn_share: Option<Probability>,
        /// Share of the limit taken away when a payment is missed; absent: none.
        late_cut: Option<Probability>,
        /// Rise of the limit after months paid on time; absent: none.
        on_time_rise: Option<OnTimeRise>,
        /// Periodic review of limits; absent: none.
        review: Option<LimitReview>,
    }
}

table! {
    /// Rise of a line's limit after so many payments on time in a row (连续按时还款自动提额).
    pub struct OnTimeRise {
        /// Payments on time in a row; counted anew after a rise and after a payment missed.
        payments: Whole<1, 120>,
        /// Share of the limit it rises by.
        share: Probability,
    }
}

table! {
    /// Review of limits in fixed months, by conduct since the last one.
    pub struct LimitReview {
        /// Months between reviews.
        every: Whole<1, 120>,
        /// Share of lines that are reviewed (调额覆盖率).
        coverage: Probability,
        /// Share by which the limit of a line rises that is used and was never late since the last review.
        rise: Probability,
        /// Share by which the limit of a line falls that was late since the last review.
        cut: Probability,
    }
}

choice! {
    /// What stays of a contract when part of it is prepaid.
    pub enum Kept {
        /// The term; the payment falls (减少月供).
        Term = "term",
        /// The payment; the term shortens (缩短期限).
        Payment = "payment",
    }
}

table! {
    /// Partial prepayment of current loans, on due dates before the last.
    pub struct Curtailment {
        /// Probability per month with an instalment.
        probability: Probability,
        /// Share of the balance left after the instalment that is prepaid.
        share: Probability,
        /// What stays of the contract.
        keep: Kept,
    }
}

table! {
    /// A change of the contract's rate from a month on book on.
    pub struct RateChange {
        /// Month on book from which the rate holds.
        month_on_book: Whole<2, 120>,
        /// Annual difference from the contract's first rate.
        change: AnnualSpread,
    }
}

table! {
    /// Interest waived at the start of a loan, at the bank's expense.
    pub struct Waiver {
        /// Months on book.
        months: Whole<1, 120>,
        /// Share of their interest.
        share: Probability,
        /// Only on a customer's first loan (首单免息); absent: on every loan.
        first_loan_only: Option<bool>,
    }
}

table! {
    /// What payments that take much of a borrower's income do to the odds of missing them.
    pub struct Affordability {
        /// Share of monthly income that payments take without effect.
        payment_to_income_free: Probability,
        /// Effect on log-odds of missing a payment of each unit of payment to income above it.
        slope: Multiplier,
    }
}

table! {
    /// What the regulator allows.
    pub struct Regulation {
        /// Highest annual rate a customer may pay all in: interest and fees as twelve times the monthly internal rate of
        /// return of the contract.
        apr_all_in_cap: AllInRate,
        /// Highest fee on principal prepaid, share of it; absent: 1 %.
        prepayment_fee_cap: Option<Probability>,
        /// Highest annual contract rate offered, steps from a month on; absent: as products say.
        apr_cap: Option<Vec<RateStep>>,
    }
}

table! {
    /// A tenor and its share.
    pub struct Tenor {
        /// Months.
        months: Whole<1, 120>,
        /// Share of loans.
        share: Probability,
    }
}

table! {
    /// Monthly transitions between buckets. Rows are probabilities for a borrower at `reference_score`.
    pub struct Delinquency {
        /// Score at which the rows hold.
        reference_score: Score,
        /// Effect of one unit of log-odds of the score on the log-odds of missing a payment when current.
        score_slope: Multiplier,
        /// Effect of one unit of log-odds of the score on the log-odds of rolling on when delinquent.
        score_slope_delinquent: Multiplier,
        /// Effect of a percentage point of contract rate above `take_up_apr` on the log-odds of missing a payment when current, at
        /// equal score; absent: 0.
        apr_slope: Option<LogOdds>,
        /// From M0 to M0 (pays), M1 (misses).
        m0: [Probability; 2],
        /// From M1 to M0 (pays all arrears), M1 (pays one instalment), M2 (pays nothing).
        m1: [Probability; 3],
        /// From M2 to M0, M1, M2, M3.
        m2: [Probability; 4],
        /// From M3 to M0, M1, M2, M3, M4.
        m3: [Probability; 5],
        /// From M4 to M0 ... M5.
        m4: [Probability; 6],
        /// From M5 to M0 ... M6.
        m5: [Probability; 7],
        /// From M6 (151 days past due and more) to M0 ... M6, and paying nothing.
        m6: [Probability; 8],
        /// Days past due after which a loan is charged off; a multiple of 30.
        charge_off_days: Whole<120, 3600>,
    }
}

table! {
    /// Collections by days past due.
    pub struct Collections {
        /// Tiers of days within the month of the due date, 1 to 30 without gap or overlap; absent: nobody is worked in it.
        first_month: Option<Vec<DayTier>>,
        /// Tiers, which share out days past due 1 to 180 and beyond without gap or overlap. Tiers of the same days work
        /// side by side: their effects add up.
        tier: Vec<Tier>,
    }
}

table! {
    /// Collections of a range of days in the month in which a payment falls due (1-7 天短信, 8-30 天人工协商).
    pub struct DayTier {
        /// Short name.
        name: String,
        /// First day past due.
        days_from: Whole<1, 30>,
        /// Last day past due.
        days_to: Whole<1, 30>,
        /// Share of accounts unpaid when the tier begins that pay before it ends, under the contacts observed.
        paid: Probability,
        /// Contacts aimed at per account that stays in the tier to its end.
        contacts: Multiplier,
        /// Most contacts that rules allow.
        contacts_max: Multiplier,
        /// Contacts under which `paid` was observed.
        contacts_observed: Multiplier,
        /// Contacts per month that the staff can make.
        capacity: Intensity,
        /// Largest rise of the logarithm of the daily rate of paying that contacts can bring.
        effect_max: LogOdds,
        /// Contacts per account at which 63 % of `effect_max` is reached.
        contacts_scale: Shape,
        /// Cost of a contact, currency units.
        contact_cost: UnitCost,
    }
}

table! {
    /// A collections tier.
    pub struct Tier {
        /// Short name.
        name: String,
        /// First day past due: 1, 31, 61, 91, 121 or 151.
        days_from: Whole<1, 151>,
        /// Last day past due: 30, 60, 90, 120, 150, or absent: until charge-off.
        days_to: Option<Whole<30, 150>>,
        /// Contacts per account and month that are aimed at.
        contacts: Multiplier,
        /// Most contacts per account and month that rules allow.
        contacts_max: Multiplier,
        /// Contacts per account and month under which the transition rows were observed.
        contacts_observed: Multiplier,
        /// Contacts per month that the staff can make.
        capacity: Intensity,
        /// Largest reduction of the log-odds of rolling on that contacts can bring.
        effect_max: LogOdds,
        /// Contacts per account at which 63 % of `effect_max` is reached.
        contacts_scale: Shape,
        /// Cost of a contact, currency units.
        contact_cost: UnitCost,
        /// Share of cash collected paid to the collector (contingency).
        contingency: Probability,
    }
}

choice! {
    /// What becomes of interest in a payment holiday.
    pub enum HolidayInterest {
        /// It is earned, and falls due after the holiday.
        Charged = "charged",
        /// None is earned.
        Waived = "waived",
    }
}

table! {
    /// Months without payments that loans are granted after an event (延期还本付息), once each; the term grows by them.
    pub struct PaymentHoliday {
        /// First month in which holidays are granted.
        from: MonthIndex,
        /// Last month in which they are granted.
        to: MonthIndex,
        /// Months without payments.
        months: Whole<1, 24>,
        /// Share of current loans that is granted one in each of these months; absent: none.
        share: Option<Probability>,
        /// Share of delinquent loans; absent: none.
        share_delinquent: Option<Probability>,
        /// Most days past due of delinquent loans, a multiple of 30.
        days_past_due_max: Option<Whole<30, 150>>,
        /// What becomes of interest.
        interest: HolidayInterest,
        /// Effect on the log-odds of missing a payment afterwards; absent: 0.
        risk_effect: Option<LogOdds>,
    }
}

table! {
    /// Reminders to current borrowers three days before the due date (到期前三天提醒).
    pub struct Reminder {
        /// First month.
        from: MonthIndex,
        /// Months until the full effect is there; 1 means at once.
        ramp: Whole<1, 120>,
        /// Share of payments that would be missed and are made when the borrower is reached (relative, not percentage points).
        effect: Probability,
        /// Share of those who would miss that a reminder reaches.
        coverage: Probability,
        /// Cost of a reminder, currency units; one to every current loan with an instalment due.
        cost: UnitCost,
    }
}

table! {
    /// Money recovered after charge-off: `total x (exp(-speed (u-1)) - exp(-speed u))` of principal in month `u`.
    pub struct Recovery {
        /// Share of charged-off principal recovered in the end.
        total: Probability,
        /// Speed per month.
        speed: Multiplier,
        /// Effect of the systematic factor on the logarithm of what is recovered in a month (downturn).
        factor_effect: LogOdds,
        /// Share of what is recovered paid to collectors.
        cost: Probability,
    }
}

table! {
    /// Suits over charged-off loans (诉讼), filed in the month of charge-off.
    pub struct Litigation {
        /// Loans charged off with at least this balance are sued over.
        amount_min: Amount,
        /// Share of their principal that goes to court.
        share: Probability,
        /// Months from filing to payment after the judgement.
        lag: Whole<1, 120>,
        /// Share of what is sued for that is paid then.
        recovery: Probability,
        /// Cost of filing, share of what is sued for.
        cost_share: Probability,
        /// Cost of filing per case, currency units.
        cost_fixed: UnitCost,
    }
}

table! {
    /// Sale of charged-off claims that are still pursued (债权转让): in packages, or while a policy says `sell`.
    pub struct Sale {
        /// Months between packages; absent: claims are sold by policy only.
        every: Option<Whole<1, 120>>,
        /// Month of the first package; absent: 0.
        from: Option<MonthIndex>,
        /// Months since charge-off from which claims go into a package; absent: 0.
        months_min: Option<Whole<0, 599>>,
        /// Price as a share of what is still owed, steps by months since charge-off from 0 on.
        price: Vec<PriceStep>,
    }
}

table! {
    /// A price from an age on.
    pub struct PriceStep {
        /// Months since charge-off.
        months: Whole<0, 599>,
        /// Share of what is still owed.
        share: Probability,
    }
}

table! {
    /// Pools of current loans sold to a trust that issues asset-backed securities, in true sale: they leave the book.
    pub struct Securitisation {
        /// Months between pools; absent: loans are sold by policy only.
        every: Option<Whole<1, 120>>,
        /// Month of the first pool; absent: 0.
        from: Option<MonthIndex>,
        /// Share of current loans in a pool.
        share: Probability,
        /// Share of a pool that the bank keeps, loan by loan (风险自留); absent: 0.05.
        retained: Option<Probability>,
        /// Price, share of the balance; above 1 the investors pay for interest to come.
        price: Shape,
        /// Annual fee for servicing sold loans, share of their balance by schedule; absent: 0.
        servicing_fee: Option<AnnualRate>,
    }
}

table! {
    /// The end of the product, once a policy says `close`: every loan on book is sold, or written off where its price is 0.
    pub struct Closing {
        /// Price of loans not past due, share of their balance.
        current_price: Probability,
        /// Price of loans past due, share of their balance.
        past_due_price: Probability,
    }
}

table! {
    /// Repeat borrowing of good customers after pay-off.
    pub struct Repeat {
        /// Customers who were ever more days past due than this do not return; a multiple of 30.
        days_past_due_max: Whole<0, 150>,
        /// Probability of asking again in the first month after pay-off.
        rate: Probability,
        /// Factor by which that probability falls from month to month.
        rate_decay: Probability,
        /// Months after which a customer is lost.
        window: Whole<1, 60>,
        /// Behaviour score gained per instalment paid on time, points.
        points_on_time: ScorePoints,
        /// Behaviour score lost per month past due, points.
        points_late: ScorePoints,
        /// Most points gained.
        points_max: ScorePoints,
        /// Shift of the log-odds of missing payments of a repeat loan (negative): what good conduct reveals beyond the score.
        risk_effect: LogOdds,
        /// Amount of a repeat loan relative to the one before.
        amount_growth: Multiplier,
        /// Cost of a repeat application, currency units.
        application_cost: UnitCost,
    }
}

table! {
    /// Rungs that good conduct earns (信用成长体系): more rungs, a higher limit and a lower rate for a customer's next loans.
    pub struct Ladder {
        /// Highest rung; first loans stand on rung 0.
        rungs_max: Whole<1, 50>,
        /// Months in a row without anything past due that earn a rung; the count starts again after each rung and after lateness.
        streak_months: Whole<1, 120>,
        /// Rungs lost per month past due.
        late_rungs: Whole<0, 50>,
        /// Share of the amount asked for that a first loan is granted (初始额度保守); absent: 1.
        first_share: Option<Probability>,
        /// Rise of a customer's limit per rung, share (提额10%); absent: 0. The limit on rung 0 is `first_share` of the amount first asked for.
        limit_rise: Option<Probability>,
        /// Annual rate taken off per rung, as far as `apr_floor` allows; absent: 0.
        rate_cut: Option<AnnualRate>,
    }
}

table! {
    /// Points for interest paid, redeemed against later interest (积分抵利息).
    pub struct Loyalty {
        /// First month.
        from: MonthIndex,
        /// Points earned per unit of interest paid, at what they are worth against interest.
        points_share: Probability,
        /// Share of the points held that is redeemed in a month.
        redemption: Probability,
        /// Share of the points left that expires in a month.
        expiry: Probability,
        /// Factor of the probability of asking again of customers paid off from then on; absent: 1.
        return_factor: Option<Multiplier>,
        /// Cost of running the programme per month; absent: 0.
        monthly_cost: Option<Amount>,
    }
}

table! {
    /// Calls on good customers from pay-off until they ask again or are lost (优质客户一对一服务、回访).
    pub struct Care {
        /// First month of pay-off.
        from: MonthIndex,
        /// Lowest behaviour score of those called on.
        score_min: Score,
        /// Factor of their probability of asking again.
        return_factor: Multiplier,
        /// Cost per customer called on and month, currency units.
        cost: UnitCost,
    }
}

table! {
    /// Cost of money.
    pub struct Funding {
        /// Annual spread of funds transfer pricing (FTP) over the LPR; usually negative.
        spread: AnnualSpread,
        /// Annual rate on top for each year of a product's mean tenor (matched maturity); absent: 0.
        term_premium: Option<AnnualRate>,
        /// Annual rate on top by tenor (FTP curve), a straight line between its points and level beyond them; in place of
        /// `term_premium`.
        curve: Option<Vec<CurvePoint>>,
        /// Annual rate on top of all money, for liquidity; absent: 0.
        liquidity_premium: Option<AnnualRate>,
        /// Balance up to which money costs no more than that, currency units; needs `step_up`.
        limit: Option<Figure>,
        /// Annual rate on top for the balance beyond `limit`.
        step_up: Option<AnnualRate>,
        /// Balance that there is money for at all, currency units; new customers are turned away beyond. Absent: there is no end.
        balance_max: Option<Figure>,
        /// Share of the balance funded by asset-backed securities, the loans staying on book; absent: 0.
        abs_share: Option<Probability>,
        /// Annual spread of that money over the LPR.
        abs_spread: Option<AnnualSpread>,
        /// Liquid reserve (应急资金池), share of the balance, funded at FTP; absent: 0.
        reserve_share: Option<Probability>,
        /// Annual rate the reserve earns; absent: 0.
        reserve_yield: Option<AnnualRate>,
    }
}

table! {
    /// A point of the curve of transfer prices.
    pub struct CurvePoint {
        /// Tenor in months.
        months: Whole<1, 600>,
        /// Annual rate on top.
        spread: AnnualSpread,
    }
}

table! {
    /// Cost of running the book.
    pub struct Servicing {
        /// Cost per open account and month, currency units.
        account_cost: UnitCost,
        /// Annual cost as a share of the balance (operations, staff, systems).
        balance_cost: AnnualRate,
        /// Fixed cost per month until the product is closed.
        fixed_cost: Amount,
        /// Annual operational losses (errors, outages, staff), share of the balance; absent: 0.
        operational_loss: Option<AnnualRate>,
    }
}

choice! {
    /// How much is set aside.
    pub enum ProvisionMethod {
        /// Expected credit loss in three stages (IFRS 9, CAS 22).
        Ecl = "ecl",
        /// A share of each of the five categories (五级分类).
        FiveClass = "five_class",
        /// Nothing before loans are charged off; what the horizon leaves is settled at its expected loss all the same.
        Incurred = "incurred",
    }
}

choice! {
    /// Days past due by which loans are put into the five categories.
    pub enum Classification {
        /// Substandard beyond 90 days, doubtful beyond 270, loss beyond 360.
        Loan = "loan",
        /// Substandard beyond 90 days, doubtful beyond 120, loss beyond 180.
        Card = "card",
    }
}

table! {
    /// Provisions.
    pub struct Provision {
        /// How much is set aside.
        method: ProvisionMethod,
        /// Of `ecl`: lifetime PD over what was expected at origination from which a pool is in stage 2; absent: days past due
        /// alone decide.
        stage_2_pd_ratio: Option<Multiplier>,
        /// Of `five_class`: shares set aside of pass, special mention, substandard, doubtful, loss.
        class_rates: Option<[Probability; 5]>,
    }
}

table! {
    /// Taxes.
    pub struct Tax {
        /// VAT that interest and fees contain (增值税), on top of what is left without it.
        vat: Probability,
        /// Surcharges, share of the VAT (附加税费).
        surcharges: Probability,
        /// Income tax, share of the taxable profit of a calendar year (企业所得税).
        income_tax: Probability,
        /// Allowance that lowers the taxable profit, at most this share of the balance; what is charged off always does.
        deductible_provisions: Probability,
        /// Years in which a loss may be set against later profits; 0: none.
        loss_years: Whole<0, 20>,
    }
}

table! {
    /// Equity: by the standardised approach with given risk weights, or by internal ratings.
    pub struct Capital {
        /// Equity held, share of risk-weighted assets.
        ratio: Probability,
        /// Standardised: risk weight of loans that are not in default.
        weight: Option<Multiplier>,
        /// Standardised: risk weight of loans more than 90 days past due, net of their allowance.
        weight_defaulted: Option<Multiplier>,
        /// Internal ratings: loss given default in a downturn, in place of weights (内部评级法).
        lgd_downturn: Option<Probability>,
        /// Share of undrawn limits that counts as lent; absent: 0.
        conversion: Option<Probability>,
        /// What equity must earn, annual rate.
        cost_of_equity: AnnualRate,
        /// Most equity there is, from a month on; new customers are turned away where it is used up. Absent: whatever is needed.
        available: Option<Vec<EquityStep>>,
    }
}

table! {
    /// Equity there is from a month on.
    pub struct EquityStep {
        /// First month.
        month: MonthIndex,
        /// Currency units.
        amount: Figure,
    }
}

table! {
    /// Thresholds of the stage classifier, per month of growth normalised by the average life of loans.
    pub struct Lifecycle {
        /// Window of originations and repayments, months.
        window: Whole<1, 24>,
        /// Months a condition must hold before policies see a new stage.
        dwell_policy: Whole<1, 24>,
        /// Months a condition must hold in reports, which date stages back.
        dwell_report: Whole<1, 24>,
        /// Growth at or below which growth ends in plateau.
        plateau_growth: MonthlyGrowth,
        /// Growth at or above which plateau or decline turns to second growth.
        second_growth: MonthlyGrowth,
        /// Rise of the performing balance over its trough that second growth needs.
        second_growth_rise: Multiplier,
        /// Growth at or below which decline begins (negative).
        decline_growth: MonthlyGrowth,
        /// Growth at or above which decline returns to plateau.
        recovery_growth: MonthlyGrowth,
        /// Exit needs originations at or below this share of their maximum ...
        exit_originations: Probability,
        /// ... and either a balance-weighted NPL ratio of at least this ...
        exit_npl: Probability,
        /// ... or a performing balance at or below this share of its maximum.
        exit_balance: Probability,
        /// Relaunch out of exit needs originations above this share of their maximum.
        relaunch_originations: Probability,
        /// Closed when the balance is at or below this share of its maximum.
        closed_balance: Probability,
    }
}

choice! {
    /// A stage of the life of the product.
    pub enum StageName {
        /// Growth (增长期), first or second.
        Growth = "growth",
        /// Plateau (瓶颈期).
        Plateau = "plateau",
        /// Decline (衰退期).
        Decline = "decline",
        /// Exit (退出期).
        Exit = "exit",
    }
}

table! {
    /// What management does, and when. All conditions given must hold, on what was known at the end of last month.
    pub struct Policy {
        /// Short name.
        name: String,
        /// Not before this month.
        from: Option<MonthIndex>,
        /// Not after this month.
        to: Option<MonthIndex>,
        /// Only in these stages, as policies see them.
        stages: Option<Vec<StageName>>,
        /// Only with at least this many rivals in the market.
        rivals_min: Option<Whole<0, 1000>>,
        /// Only while all of these hold.
        when: Option<Vec<When>>,
        /// Months from firing to effect; absent: 0.
        lag: Option<Whole<0, 120>>,
        /// Months the effect lasts; absent: as long as conditions hold.
        duration: Option<Whole<1, 600>>,
        /// The effect never ends.
        permanent: Option<bool>,
        /// Months of effect until it is full, in equal steps; absent: 1.
        ramp: Option<Whole<1, 120>>,
        /// Months after the effect ended in which it cannot fire again; absent: 0.
        cooldown: Option<Whole<0, 120>>,
        /// Cost of firing.
        cost: Option<Amount>,
        /// Cost of each month in effect.
        monthly_cost: Option<Amount>,
        /// Only these segments (marketing, cut-off, amount); absent: all.
        segments: Option<Vec<String>>,
        /// Only these channels (marketing); absent: all.
        channels: Option<Vec<String>>,
        /// Only these products (price, amount, tenor, hours); absent: all.
        products: Option<Vec<String>>,
        /// Only the contacts of these collections tiers; absent: of all, and recoveries.
        tiers: Option<Vec<String>>,
        /// Only these regions (conversion); absent: all.
        regions: Option<Vec<String>>,
        /// `conversion` of regions is raised by this: 0.25 makes 0.60 of town 0.85.
        conversion: Option<Probability>,
        /// Marketing spend is multiplied by this.
        marketing: Option<Multiplier>,
        /// Cut-off for new customers is raised by this many points.
        cutoff_new: Option<ScorePoints>,
        /// Cut-off for repeat customers is raised by this many points.
        cutoff_repeat: Option<ScorePoints>,
        /// Collections contacts, their capacity and the speed of recoveries are multiplied by this.
        collections: Option<Multiplier>,
        /// First limits of new lines are multiplied by this.
        limits: Option<Multiplier>,
        /// Annual rates of new offers are raised by this, within the product's floor and cap.
        price: Option<AnnualSpread>,
        /// Amounts that new customers ask for are multiplied by this, within the product's least and most.
        amount: Option<Multiplier>,
        /// Share of every tenor's loans that take the next longer one instead; negative: the next shorter one.
        tenor: Option<ShareMoved>,
        /// Hours to a decision are multiplied by this, without those in the queue.
        hours: Option<Multiplier>,
        /// Channels that are closed until a policy that names them here takes effect, and open for good from then on.
        launch: Option<Vec<String>>,
        /// New customers are no longer admitted.
        stop_new: Option<bool>,
        /// Repeat loans are no longer made.
        stop_repeat: Option<bool>,
        /// All charged-off claims still pursued are sold, at `sale.price`.
        sell: Option<bool>,
        /// Share of current loans that move each month to another product of the bank at par, without fee (无手续费转贷).
        transfer: Option<Probability>,
        /// A pool of current loans is sold each month, as `[securitisation]` says.
        securitise: Option<bool>,
        /// The product ends for good: loans on book go at the prices of `[closing]`, nothing new is made, the fixed cost stops.
        close: Option<bool>,
    }
}

table! {
    /// A condition on a figure, on what was known at the end of last month.
    pub struct When {
        /// The figure, as months.csv has it.
        metric: Watched,
        /// Of this segment's customers alone; absent: of the whole product.
        segment: Option<String>,
        /// Of this channel's customers alone; absent: of the whole product.
        channel: Option<String>,
        /// For ever_dpd30_rate_count: months on book of the vintage; absent: 3.
        months_on_book: Option<Whole<1, 6>>,
        /// How the last `months` months make one figure; absent: last month alone.
        over: Option<Over>,
        /// Number of months looked at.
        months: Option<Whole<2, 60>>,
        /// Side of the threshold on which it holds.
        is: Side,
        /// Threshold; in multiples of `target` where there is one.
        threshold: Figure,
        /// Once it holds, it does until the figure is back at this; absent: the threshold.
        reset: Option<Figure>,
        /// What the figure should be, in its own unit: steps from a month on. Unknown before the first.
        target: Option<Vec<TargetStep>>,
    }
}

table! {
    /// A target from a month on.
    pub struct TargetStep {
        /// First month.
        month: MonthIndex,
        /// Target, above 0.
        value: Figure,
    }
}

choice! {
    /// A figure that policies can watch.
    pub enum Watched {
        /// Balance more than 90 days past due over balance.
        NplRatio = "npl_ratio_balance",
        /// Balance more than 90 days past due over the balance twelve months before.
        NplRatioLagged = "npl_ratio_lagged",
        /// Balance more than 30 days past due over balance.
        Dpd30Ratio = "dpd30_ratio_balance",
        /// Balance past due over balance.
        Dpd1Ratio = "dpd1_ratio_balance",
        /// Loans ever more than 30 days past due over loans made, of the vintage that is `months_on_book` old.
        EverDpd30Rate = "ever_dpd30_rate_count",
        /// First instalments missed over first instalments that fell due.
        FpdRate = "fpd_rate_count",
        /// Twelve times the principal charged off over balance.
        ChargeOffRate = "charge_off_rate_annual",
        /// Originations, currency units.
        Originated = "originated",
        /// Loans to new customers.
        LoansNew = "loans_new",
        /// Balance, currency units.
        Balance = "balance",
        /// Principal repaid over originations.
        RepaidToOriginated = "repaid_to_originated",
        /// Rivals in the market.
        Rivals = "rivals",
        /// Applications completed over leads.
        CompletionRate = "completion_rate",
        /// Approvals over applications of new customers.
        ApprovalRate = "approval_rate",
        /// Marketing cost per new loan, currency units.
        Cac = "cac",
        /// Profit before tax, currency units.
        ProfitBeforeTax = "profit_before_tax",
        /// How much better the best rival's offer is than the own one, log-odds; needs `[competition]`.
        RivalAdvantage = "rival_advantage",
        /// Approved applicants who chose the bank over all who chose a lender; needs `[competition]`.
        MarketShare = "market_share",
    }
}

choice! {
    /// How figures of several months become one.
    pub enum Over {
        /// Their mean.
        Mean = "mean",
        /// The largest.
        Max = "max",
        /// The smallest.
        Min = "min",
        /// Every month must be beyond the threshold.
        Consecutive = "consecutive",
    }
}

choice! {
    /// A side of a threshold; the threshold itself is on neither.
    pub enum Side {
        /// Above.
        Above = "above",
        /// Below.
        Below = "below",
    }
}
