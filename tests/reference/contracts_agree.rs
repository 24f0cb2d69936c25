//! Contracts that count days, change in mid-life, or are chosen by what they cost.

use lendcycle::ledger::Flow;

use super::compare::agree;
use crate::LIFE_OF_LOANS;

#[test]
fn interest_by_days_agrees() {
    let tenors = "tenors=[{ months = 12, share = 0.4 }, { months = 24, share = 0.6 }]";
    let shapes: [&[&str]; 5] = [
        &["schedule=\"annuity\"", "day_count=\"actual/365\""],
        &["schedule=\"annuity\"", "day_count=\"actual/360\"", "payment_months=3", "balloon=0.2"],
        &[
            "schedule=\"annuity\"",
            "day_count=\"actual/360\"",
            "apr_cap=0.2",
            "rate_steps=[{month_on_book=4, change=0.03}, {month_on_book=13, change=-0.02}]",
            "interest_only_months=2",
        ],
        &[
            "schedule=\"annuity\"",
            "day_count=\"actual/365\"",
            "rate_base=\"lpr\"",
            "apr=0.05",
            "reprice_months=3",
        ],
        &["schedule=\"equal_principal\"", "day_count=\"actual/365\"", "waiver={months=5, share=0.3}"],
    ];
    for shape in shapes {
        let shape = [&[tenors], shape].concat();
        let mut settings: Vec<String> = shape.iter().map(|key| format!("product.renovation.{key}")).collect();
        let common =
            ["regulation.apr_all_in_cap=10", "economy.lpr_move_probability=0.4", "run.start=\"2026-07\""];
        settings.extend(common.map(str::to_owned));
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        agree("hard_delinquency", &settings, 2, LIFE_OF_LOANS);
        agree("coming_back", &settings, 1, &[Flow::LoansRepeat]);
    }
}

#[test]
fn take_up_by_all_costs_agrees() {
    let seen = [
        "product.emergency.take_up_rate=\"all_in\"",
        "product.emergency.waiver={months=1, share=1, first_loan_only=true}",
        "product.emergency.take_up_slope=-0.5",
        "product.renovation.take_up_rate=\"all_in\"",
        "product.renovation.day_count=\"actual/360\"",
        "product.business.take_up_rate=\"all_in\"",
        "product.business.monthly_fee=12.34",
        "economy.lpr_move_probability=0.4",
    ];
    agree("small", &seen, 2, &[Flow::LoansNew]);
    agree("coming_back", &seen, 2, &[Flow::LoansRepeat]);
}

#[test]
fn partial_prepayments_agree() {
    let tenors = "tenors=[{ months = 12, share = 0.4 }, { months = 24, share = 0.6 }]";
    let shapes: [&[&str]; 7] = [
        &["schedule=\"annuity\"", "curtailment={probability=0.2, share=0.3, keep=\"term\"}"],
        &["schedule=\"annuity\"", "curtailment={probability=0.2, share=0.3, keep=\"payment\"}"],
        &[
            "schedule=\"equal_principal\"",
            "curtailment={probability=0.15, share=0.5, keep=\"payment\"}",
            "payment_months=3",
            "prepayment_fee=0.01",
        ],
        &[
            "schedule=\"equal_principal\"",
            "curtailment={probability=0.3, share=0.9, keep=\"term\"}",
            "interest_only_months=4",
            "prepayment=0.1",
        ],
        &["schedule=\"interest_only\"", "curtailment={probability=0.1, share=0.4, keep=\"term\"}"],
        &[
            "schedule=\"annuity\"",
            "curtailment={probability=0.2, share=0.25, keep=\"payment\"}",
            "rate_base=\"lpr\"",
            "apr=0.05",
            "reprice_months=3",
            "day_count=\"actual/365\"",
        ],
        &[
            "schedule=\"annuity\"",
            "curtailment={probability=0.2, share=0.25, keep=\"payment\"}",
            "apr_cap=0.2",
            "rate_steps=[{month_on_book=5, change=0.05}, {month_on_book=13, change=-0.02}]",
            "interest_only_months=2",
            "payment_months=2",
        ],
    ];
    let curtailed = [LIFE_OF_LOANS, &[Flow::AccountsCurtailed, Flow::PrincipalCurtailed]].concat();
    for shape in shapes {
        let shape = [&[tenors], shape].concat();
        let mut settings: Vec<String> = shape.iter().map(|key| format!("product.renovation.{key}")).collect();
        let common = ["regulation.apr_all_in_cap=10", "economy.lpr_move_probability=0.4"];
        settings.extend(common.map(str::to_owned));
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        agree("hard_delinquency", &settings, 2, &curtailed);
        agree("coming_back", &settings, 1, &[Flow::LoansRepeat]);
    }
}

#[test]
fn partial_prepayments_of_a_few_fen_agree() {
    for (schedule, keep) in [("annuity", "payment"), ("annuity", "term"), ("equal_principal", "payment")] {
        let few_fen = [
            &format!("product.education.schedule=\"{schedule}\""),
            &format!("product.education.curtailment={{probability=0.3, share=0.5, keep=\"{keep}\"}}"),
            "product.education.amount_min=0.01",
            "product.education.amount_median=0.15",
            "product.education.amount_max=0.60",
        ];
        agree("hard_delinquency", &few_fen, 2, &[Flow::AccountsCurtailed]);
    }
}

#[test]
fn payment_holidays_agree() {
    let events: [&str; 4] = [
        "{ from=6, to=9, months=3, share=0.2, interest=\"charged\" }",
        "{ from=5, to=12, months=6, share=0.1, share_delinquent=0.4, days_past_due_max=150, \
         interest=\"charged\", risk_effect=1.5 }",
        "{ from=8, to=8, months=2, share_delinquent=1, days_past_due_max=60, interest=\"waived\" }",
        "{ from=3, to=4, months=1, share=1, interest=\"waived\", risk_effect=-0.7 }, \
         { from=11, to=25, months=4, share=0.3, share_delinquent=0.3, days_past_due_max=30, interest=\"charged\" }",
    ];
    let shapes: [&[&str]; 4] = [
        &[],
        &[
            "product.business.payment_months=3",
            "sale={ every=3, months_min=2, price=[{ months=0, share=0.07 }] }",
        ],
        &[
            "product.renovation.rate_base=\"lpr\"",
            "product.renovation.apr=0.05",
            "product.renovation.reprice_months=3",
            "economy.lpr_move_probability=0.4",
            "product.business.guarantee_share=0.3",
            "product.business.guarantee_lag=2",
        ],
        &[
            "product.renovation.curtailment={probability=0.2, share=0.3, keep=\"payment\"}",
            "product.renovation.prepayment=0.1",
            "product.education.waiver={months=5, share=0.5}",
            "product.education.monthly_fee=3.21",
            "delinquency.charge_off_days=120",
        ],
    ];
    let granted = [LIFE_OF_LOANS, &[Flow::HolidaysGranted]].concat();
    for event in events {
        let event = format!("payment_holiday=[{event}]");
        for shape in shapes {
            let settings = [&["regulation.apr_all_in_cap=10", &event], shape].concat();
            agree("hard_delinquency", &settings, 2, &granted);
        }
        agree("fraud", &[&event], 1, &[Flow::HolidaysGranted]);
        agree("coming_back", &[&event], 1, &[Flow::HolidaysGranted, Flow::LoansRepeat]);
    }
}

#[test]
fn payment_holidays_agree_beside_ways_out_of_the_book() {
    let holidays = "payment_holiday=[\
        { from=2, to=6, months=3, share=0.3, share_delinquent=0.5, days_past_due_max=150, interest=\"charged\" }, \
        { from=9, to=14, months=2, share=0.2, share_delinquent=0.2, days_past_due_max=60, interest=\"waived\" }]";
    let pools = "securitisation={ every=4, from=4, share=0.3, retained=0.1, price=1.01, servicing_fee=0.01 }";
    let opening = "opening_book=[\
        { segment=\"family\", channel=\"branch\", product=\"renovation\", tenor=11, months_on_book=3, count=40 }, \
        { segment=\"family\", channel=\"branch\", product=\"renovation\", tenor=11, months_on_book=5, \
        months_past_due=2, count=20 }]";
    let transfer = "policy=[{ name=\"move\", from=5, to=12, transfer=0.1 }]";
    let shut = "policy=[{ name=\"shut\", from=16, close=true }]";
    let closing = "closing={ current_price=0.93, past_due_price=0.21 }";
    let granted = [LIFE_OF_LOANS, &[Flow::HolidaysGranted]].concat();
    let ways: [(&[&str], &[Flow]); 3] = [
        (&[pools, opening], &[Flow::HolidaysGranted, Flow::AccountsSold]),
        (&[transfer, opening], &[Flow::HolidaysGranted, Flow::AccountsTransferred]),
        (&[shut, closing], &[Flow::HolidaysGranted, Flow::AccountsSold]),
    ];
    for (way, flows) in ways {
        let settings = [&["regulation.apr_all_in_cap=10", holidays], way].concat();
        agree("hard_delinquency", &settings, 2, flows);
    }
    agree("hard_delinquency", &["regulation.apr_all_in_cap=10", holidays], 1, &granted);
}
