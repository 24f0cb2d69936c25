//! Signs on common random numbers of what concerns money and the end of a product, and what each costs.

use lendcycle::engine::RunResult;
use lendcycle::ledger::Flow;

use super::laboratory::{BASE, runs, setup, total};

fn profit(results: &[RunResult]) -> f64 {
    let groups = results.iter().flat_map(|result| &result.groups);
    groups.map(|flows| flows.profit()).sum::<i64>() as f64
}

fn play(settings: &[&str]) -> Vec<RunResult> {
    runs(&setup(BASE, &[&["run.months=60"][..], settings].concat()), 4)
}

/// Asserts that two batches differ in the given flows alone.
#[track_caller]
fn assert_only(plain: &[RunResult], other: &[RunResult], moved: &[Flow]) {
    for (plain, other) in plain.iter().zip(other) {
        for flow in Flow::ALL {
            let same = plain.total(*flow) == other.total(*flow);
            assert_eq!(same, !moved.contains(flow), "{} of run {}", flow.key(), plain.run);
        }
    }
}

#[test]
fn dearer_money_and_operational_losses_cost_and_move_no_borrower() {
    let plain = play(&[]);
    let cost = |of: Flow, settings: &[&str]| {
        let other = play(settings);
        assert_only(&plain, &other, &[of]);
        let more = total(&other, of) - total(&plain, of);
        assert_eq!(profit(&plain) - profit(&other), more, "{settings:?}");
        more
    };
    let premium = |rate: &str| cost(Flow::FundingPaid, &[&format!("funding.term_premium={rate}")]);
    assert!(premium("0.004") > premium("0.002") && premium("0.002") > 0.0);
    let line =
        |limit: &str| cost(Flow::FundingPaid, &["funding.step_up=0.01", &format!("funding.limit={limit}")]);
    assert!(line("20000000") > line("60000000") && line("60000000") > 0.0);
    let relent = cost(Flow::FundingPaid, &["product.business.funding_spread=-0.01"]);
    assert!(relent < 0.0, "money lent for policy credit is cheaper: {relent}");
    let reserve = |share: &str| cost(Flow::ReservePaid, &[&format!("funding.reserve_share={share}")]);
    assert!(reserve("0.1") > reserve("0.05") && reserve("0.05") > 0.0);
    let lost = |rate: &str| cost(Flow::OperationalLoss, &[&format!("servicing.operational_loss={rate}")]);
    assert!(lost("0.002") > lost("0.001") && lost("0.001") > 0.0);
    let subsidised = play(&["product.business.subsidy=0.01"]);
    assert_only(&plain, &subsidised, &[Flow::SubsidyReceived]);
    assert!(profit(&subsidised) > profit(&plain));
}

#[test]
fn the_more_move_to_another_product_the_less_is_earned_and_lost_here() {
    let play = |share: &str| {
        let moving = format!(
            "policy=[{{name=\"leave\", from=24, stop_new=true, stop_repeat=true}}, {{name=\"move\", from=26{share}}}]"
        );
        play(&[&moving])
    };
    let by_share: Vec<Vec<RunResult>> =
        [", collections=1", ", transfer=0.05", ", transfer=0.2"].iter().map(|share| play(share)).collect();
    for pair in by_share.windows(2) {
        for (fewer, more) in pair[0].iter().zip(&pair[1]) {
            let less = |of: Flow| fewer.total(of) - more.total(of);
            assert_eq!(less(Flow::OriginatedNew), 0, "who was admitted does not depend on who moves");
            assert!(less(Flow::PrincipalTransferred) < 0 && less(Flow::InterestAccrued) > 0);
            assert!(less(Flow::ChargedOff) >= 0 && less(Flow::FundingPaid) > 0);
            assert_eq!(less(Flow::FeesReceived), 0, "no fee for moving");
        }
        assert!(total(&pair[0], Flow::ChargedOff) > total(&pair[1], Flow::ChargedOff));
    }
}

#[test]
fn an_opening_book_of_worse_scores_loses_more_and_leaves_new_customers_as_they_are() {
    let play = |score: u32| {
        let row = "segment=\"owner\", channel=\"branch\", product=\"business\", tenor=24, months_on_book=6, count=200";
        play(&[&format!("opening_book=[{{{row}, score={score}}}]"), "economy.factor_correlation=0"])
    };
    let by_score: Vec<Vec<RunResult>> = [660, 610, 560].iter().map(|score| play(*score)).collect();
    for pair in by_score.windows(2) {
        let more = |of: Flow| total(&pair[1], of) - total(&pair[0], of);
        assert!(more(Flow::ChargedOff) > 0.0 && more(Flow::CollectionsPaid) > 0.0);
        assert_eq!(more(Flow::OriginatedNew), 0.0);
        assert_eq!(more(Flow::OpeningBalance), 0.0, "amounts follow no score");
    }
}

#[test]
fn larger_pools_leave_less_to_earn_and_to_lose_and_a_better_price_moves_only_the_gain() {
    let stop = "policy=[{name=\"leave\", from=24, stop_new=true, stop_repeat=true}]";
    let pools = |share: &str, price: &str| {
        let terms = format!("securitisation={{every=6, from=12, share={share}, price={price}}}");
        play(&[&terms, stop, "repeat.rate=0"])
    };
    let (few, many) = (pools("0.1", "1"), pools("0.4", "1"));
    let more = |of: Flow| total(&many, of) - total(&few, of);
    assert!(more(Flow::AccountsSold) > 0.0 && more(Flow::LoanSaleProceeds) > 0.0);
    assert!(more(Flow::InterestAccrued) < 0.0 && more(Flow::ChargedOff) < 0.0);
    assert!(more(Flow::FundingPaid) < 0.0 && more(Flow::PrincipalScheduled) < 0.0);
    assert_eq!(more(Flow::OriginatedNew), 0.0);
    let dear = pools("0.4", "1.02");
    assert_only(&many, &dear, &[Flow::LoanSaleGain]);
    assert!(profit(&dear) > profit(&many));
}
