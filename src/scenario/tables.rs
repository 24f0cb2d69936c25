//! The scenario format: one struct per TOML table, one field per key. The doc comment of a field is its meaning and unit.
//! This file is the schema in one place, which is why it is long.

use std::collections::BTreeMap;

use super::decode::{Whole, choice, table};
use crate::rate::{
    AllInRate, Amount, AnnualRate, AnnualSpread, Correlation, Figure, Intensity, LogOdds, MonthlyGrowth,
    Multiplier, NormalValue, Probability, Score, ScorePoints, Shape, UnitCost,
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
        /// Groups of customers.
        segment: Vec<Segment>,
        /// Marketing channels.
        channel: Vec<Channel>,
        /// Loans originated by plan instead of by marketing (laboratory).
        plan: Option<Plan>,
        /// Score, cut-off, fraud screening.
        underwriting: Underwriting,
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
        /// Reminders before the due date; absent: there are none.
        reminder: Option<Reminder>,
        /// Money recovered after charge-off.
        recovery: Recovery,
        /// Suits over charged-off loans; absent: there are none.
        litigation: Option<Litigation>,
        /// Sale of charged-off claims; absent: none is sold.
        sale: Option<Sale>,
        /// Repeat borrowing of good customers.
        repeat: Repeat,
        /// Cost of money.
        funding: Funding,
        /// Cost of running the book.
        servicing: Servicing,
        /// Thresholds of the stage classifier.
        lifecycle: Lifecycle,
        /// What management does, and when.
        policy: Option<Vec<Policy>>,
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
    }
}

table! {
    /// A group of customers.
    pub struct Segment {
        /// Short name.
        name: String,
        /// Name in Chinese, for reports.
        name_zh: Option<String>,
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
        /// Shift of the mean score of the channel's applicants, points.
        score_effect: ScorePoints,
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
        /// Tenors offered, months, with shares that sum to 1.
        tenors: Vec<Tenor>,
        /// Share of applications decided automatically (秒批); absent: all.
        automatic_share: Option<Probability>,
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
        /// Probability per month that a current loan is prepaid in full.
        prepayment: Probability,
        /// Months on book after which prepayment has risen to its full rate; 1 means at once.
        prepayment_ramp: Whole<1, 120>,
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
        /// Annual fee to the guarantor, share of the balance; absent: 0.
        guarantee_fee: Option<AnnualRate>,
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
    /// Cost of money.
    pub struct Funding {
        /// Annual spread of funds transfer pricing (FTP) over the LPR; usually negative.
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
        /// Only these segments (cut-off); absent: all.
        segments: Option<Vec<String>>,
        /// Only these channels (marketing); absent: all.
        channels: Option<Vec<String>>,
        /// Marketing spend is multiplied by this.
        marketing: Option<Multiplier>,
        /// Cut-off for new customers is raised by this many points.
        cutoff_new: Option<ScorePoints>,
        /// Cut-off for repeat customers is raised by this many points.
        cutoff_repeat: Option<ScorePoints>,
        /// Collections contacts, their capacity and the speed of recoveries are multiplied by this.
        collections: Option<Multiplier>,
        /// New customers are no longer admitted.
        stop_new: Option<bool>,
        /// Repeat loans are no longer made.
        stop_repeat: Option<bool>,
        /// All charged-off claims still pursued are sold, at `sale.price`.
        sell: Option<bool>,
    }
}

table! {
    /// A condition on a figure of the whole product, on what was known at the end of last month.
    pub struct When {
        /// The figure, as months.csv has it.
        metric: Watched,
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
        /// Approvals over applications of new customers.
        ApprovalRate = "approval_rate",
        /// Marketing cost per new loan, currency units.
        Cac = "cac",
        /// Profit before tax, currency units.
        ProfitBeforeTax = "profit_before_tax",
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
