//! Revolving lines in both engines.

use lendcycle::ledger::Flow;

use super::compare::agree;

const GRADES: &str = "limit_by_grade=[1.2, 1.1, 1.0, 0.8, 0.5]";

/// Everything a line can have.
const FULL: &str = "limit_max=4100, initial_share=0.53, inactive_share=0.2, draw_probability=0.41, draw_share=0.37, \
    repaid_share=0.13, minimum_share=0.05, minimum_payment=50, conversion_factor=0.6, renewal=0.7, run_off_months=3, \
    rise_drawn_share=0.12, late_cut=0.15, on_time_rise={ payments=3, share=0.1 }, \
    review={ every=3, coverage=0.6, rise=0.07, cut=0.2 }";
/// As little as a line can have: no minimum, no voluntary repayment, everything at the end.
const BARE: &str = "limit_max=3000, inactive_share=0, draw_probability=0.9, draw_share=1, repaid_share=0, \
    minimum_share=0, minimum_payment=0, conversion_factor=0";

const LIVED: &[Flow] = &[
    Flow::Draws,
    Flow::PrincipalScheduled,
    Flow::PrincipalArrears,
    Flow::AccountsCured,
    Flow::AccountsChargedOff,
    Flow::InterestReversed,
    Flow::PenaltyReceived,
];
const LIMITS: &[Flow] = &[Flow::LimitRises, Flow::LimitsCut, Flow::LimitReviews];

fn line(product: &str, terms: &str) -> [String; 2] {
    [
        format!("product.{product}.schedule=\"interest_only\""),
        format!("product.{product}.line={{ {GRADES}, {terms} }}"),
    ]
}

fn agree_on(file: &str, product: &str, terms: &str, settings: &[&str], runs: u64, flows: &[Flow]) {
    let line = line(product, terms);
    let settings: Vec<&str> = line.iter().map(String::as_str).chain(settings.iter().copied()).collect();
    agree(file, &settings, runs, flows);
}

#[test]
fn lines_agree() {
    let longer = "product.emergency.tenors=[{ months=7, share=0.4 }, { months=12, share=0.6 }]";
    agree_on("hard_delinquency", "emergency", FULL, &[longer], 3, &[LIVED, LIMITS].concat());
    agree_on("hard_delinquency", "emergency", BARE, &[longer], 2, LIVED);
    agree_on("small", "emergency", FULL, &[longer], 3, &[Flow::Draws, Flow::LimitRises]);
    agree_on("small", "emergency", FULL, &["run.months=90", longer], 1, &[Flow::Draws, Flow::LimitRises]);
    agree_on("coming_back", "emergency", FULL, &[], 2, &[Flow::LoansRepeat, Flow::PrincipalPrepaid]);
}

#[test]
fn lines_with_fraud_fees_and_claims_agree() {
    let claims = [
        "product.emergency.tenors=[{ months=6, share=1 }]",
        "product.emergency.upfront_fee=0.011",
        "product.emergency.monthly_fee=1.23",
        "product.emergency.guarantee_share=0.3",
        "product.emergency.guarantee_fee=0.02",
        "delinquency.charge_off_days=120",
        "litigation={ amount_min=1000, share=0.6, lag=4, recovery=0.3, cost_share=0.02, cost_fixed=50 }",
        "sale={ every=3, months_min=2, price=[{ months=0, share=0.07 }] }",
        "reminder={ from=5, ramp=7, effect=0.45, coverage=0.83, cost=0.0357 }",
    ];
    let flows = [Flow::CourtPaid, Flow::ClaimsSold, Flow::GuaranteeReceived, Flow::Reminders];
    agree_on("hard_delinquency", "emergency", FULL, &claims, 2, &flows);
    agree_on("fraud", "emergency", FULL, &claims, 2, &[Flow::LoansFraud, Flow::Draws]);
}

#[test]
fn lines_on_the_lpr_with_rules_and_affordability_agree() {
    let floating = [
        "product.education.reprice_months=2",
        "economy.lpr_move_probability=0.5",
        "product.education.tenors=[{ months=4, share=0.5 }, { months=24, share=0.5 }]",
    ];
    let large = FULL.replace("limit_max=4100", "limit_max=45000");
    agree_on("hard_delinquency", "education", &large, &floating, 2, &[LIVED, LIMITS].concat());
    let strain = [
        "affordability={ payment_to_income_free=0.05, slope=4 }",
        "segment.youth.income_median=3000",
        "segment.family.income_median=9000",
        "segment.owner.income_median=20000",
    ];
    agree_on("small", "education", &large, &strain, 2, &[Flow::Draws]);
    agree_on("policies", "education", &large, &[], 2, &[Flow::Draws]);
    agree_on("rules", "emergency", FULL, &[], 2, &[Flow::Draws]);
}

#[test]
fn lines_on_the_ladder_and_under_caps_agree() {
    let ladder = [
        "ladder={ streak_months=2, rungs_max=5, late_rungs=1, first_share=0.7, limit_rise=0.2, rate_cut=0.004 }",
        "product.emergency.grade_amount_max=[5000, 4000, 3000, 2500, 1500]",
        "product.emergency.tenors=[{ months=3, share=0.4 }, { months=6, share=0.6 }]",
    ];
    let ended = FULL.replace("renewal=0.7", "renewal=0.2");
    let flows = [Flow::LoansRepeat, Flow::CustomersLifted, Flow::Draws];
    agree_on("coming_back", "emergency", &ended, &ladder, 3, &flows);
    agree_on("hard_delinquency", "emergency", &ended, &ladder, 2, LIVED);
}

#[test]
fn policies_on_limits_agree() {
    let policy = "policy=[{ name=\"careful\", from=4, to=15, ramp=5, limits=0.55 }, { name=\"brave\", from=9, limits=1.7 }]";
    let strain = "affordability={ payment_to_income_free=0.02, slope=4 }";
    let incomes = ["youth", "family", "owner"].map(|of| format!("segment.{of}.income_median=4000"));
    let settings = [&incomes[0], &incomes[1], &incomes[2], strain, policy];
    agree_on("hard_delinquency", "emergency", FULL, &settings, 2, LIVED);
}

#[test]
fn lines_at_every_charge_off_age_and_row_agree() {
    for days in [120, 150, 360] {
        let settings = [
            &format!("delinquency.charge_off_days={days}"),
            "product.emergency.tenors=[{ months=5, share=1 }]",
            "delinquency.m6=[0.05, 0.05, 0.1, 0.1, 0.1, 0.1, 0.2, 0.3]",
        ];
        agree_on("hard_delinquency", "emergency", FULL, &settings, 1, &[Flow::ChargedOff]);
        agree_on("hard_delinquency", "emergency", BARE, &settings, 1, &[Flow::ChargedOff]);
    }
}

#[test]
fn lines_beside_levers_and_the_end_of_the_product_agree() {
    let levers = "policy=[{ name=\"dear\", from=3, to=14, price=0.021, amount=1.3, ramp=4 }, \
        { name=\"long\", from=5, tenor=0.4 }]";
    let cap = "regulation.apr_cap=[{ month=0, apr=0.24 }, { month=9, apr=0.1133 }]";
    let longer = "product.emergency.tenors=[{ months=7, share=0.4 }, { months=12, share=0.6 }]";
    let drawn_away = [
        "market.prepayment_effect=0.3",
        "market.prepayment_by_grade=[2, 1.5, 1, 0.5, 0]",
        "market.rivals_initial=3",
    ];
    let settings = [&[levers, cap, longer][..], &drawn_away].concat();
    agree_on("hard_delinquency", "emergency", FULL, &settings, 2, &[LIVED, LIMITS].concat());
    let left = [Flow::AccountsSold, Flow::AccountsSoldPastDue, Flow::LoanSaleLoss, Flow::Draws];
    let moved = "{ name=\"move\", from=6, to=9, transfer=0.2 }";
    let shut = format!("policy=[{moved}, {{ name=\"shut\", from=13, close=true }}]");
    let prices = "closing={ current_price=0.937, past_due_price=0.213 }";
    let pools = "securitisation={ every=3, share=0.2, price=1.0133, servicing_fee=0.011 }";
    let funded = "product.emergency.subsidy=0.013";
    let settings = [shut.as_str(), prices, pools, funded, longer];
    agree_on("hard_delinquency", "emergency", FULL, &settings, 2, &left);
    agree_on("fraud", "emergency", FULL, &settings, 2, &left[..3]);
}
