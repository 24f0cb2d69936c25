//! Under common random numbers more work on late payers moves what theory says, in every run, and shows its cost.

use lendcycle::engine::RunResult;
use lendcycle::ledger::Flow;

use crate::laboratory::{BASE, runs, setup};

const RUNS: u64 = 20;

fn tiers(calls: f64) -> String {
    format!(
        "collections.first_month=[{{name=\"messages\", days_from=1, days_to=7, paid=0.5, contacts=2, contacts_max=4, \
         contacts_observed=2, capacity=100000, effect_max=0.6, contacts_scale=2, contact_cost=0.05}}, \
         {{name=\"calls\", days_from=8, days_to=30, paid=0.65, contacts={calls:.1}, contacts_max=9, \
         contacts_observed=0, capacity=9000, effect_max=0.5, contacts_scale=3, contact_cost=2}}]"
    )
}

fn play(settings: &[&str]) -> Vec<RunResult> {
    runs(&setup(BASE, settings), RUNS)
}

#[test]
fn calls_in_the_month_of_the_due_date_lower_misses_and_losses_and_cost_by_the_call() {
    let mut before = play(&[&tiers(0.0)]);
    for calls in [1.5, 3.0, 6.0] {
        let after = play(&[&tiers(calls)]);
        for (fewer, more) in before.iter().zip(&after) {
            let run = fewer.run;
            assert!(more.total(Flow::AccountsMissed) < fewer.total(Flow::AccountsMissed), "run {run}");
            assert!(more.total(Flow::ChargedOff) < fewer.total(Flow::ChargedOff), "run {run}");
            assert!(more.tiers[1].cost > fewer.tiers[1].cost, "run {run}: calls cost");
            let later = |result: &RunResult| result.tiers[2..].iter().map(|tier| tier.cost).sum::<f64>();
            assert!(later(more) < later(fewer), "run {run}: there is less to do later");
            // What would come without anybody calling does not depend on calls.
            let alone = |result: &RunResult| {
                result.total(Flow::LatePaidAlone) as f64 / result.total(Flow::AccountsLate) as f64
            };
            assert!((alone(more) - alone(fewer)).abs() < 0.02, "run {run}");
            assert!(more.tiers[1].cures_collected > fewer.tiers[1].cures_collected, "run {run}");
        }
        before = after;
    }
}

#[test]
fn tiers_of_days_at_observed_contacts_move_nothing_but_their_own_cost() {
    let free = tiers(0.0).replace("contact_cost=0.05", "contact_cost=0");
    for (without, with) in play(&[]).iter().zip(play(&[&free])) {
        for flow in [Flow::OriginatedNew, Flow::ChargedOff, Flow::AccountsMissed, Flow::InterestReceived] {
            // A word in 2^32 lies between the two thresholds.
            assert_eq!(with.total(flow), without.total(flow), "run {}: {}", with.run, flow.key());
        }
        assert_eq!(
            with.total(Flow::CollectionsPaid),
            without.total(Flow::CollectionsPaid),
            "run {}",
            with.run
        );
    }
}

#[test]
fn days_of_grace_lower_the_number_of_late_payers() {
    let all = ["emergency", "renovation", "education", "business"];
    let grace = |days: u32| all.map(|product| format!("product.{product}.grace_days={days}"));
    let at = |days: u32| {
        let settings = grace(days);
        let mut settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let tiers = tiers(0.0);
        settings.push(&tiers);
        play(&settings)
    };
    for (fewer, more) in at(3).iter().zip(at(7)) {
        for flow in [Flow::AccountsLate, Flow::AccountsMissed, Flow::PenaltyReceived] {
            assert!(more.total(flow) < fewer.total(flow), "run {}: {}", more.run, flow.key());
        }
    }
}

#[test]
fn visits_beside_outsourcing_bring_cash_and_cost_by_the_visit() {
    let field = "collections.tier=[{name=\"field\", days_from=91, contacts=VISITS, contacts_max=2, contacts_observed=0, \
                 capacity=2000, effect_max=0.5, contacts_scale=0.7, contact_cost=60, contingency=0}]";
    let at = |visits: &str| play(&[&field.replace("VISITS", visits)]);
    let none = at("0.0");
    for (without, with) in none.iter().zip(at("0.5")) {
        let run = with.run;
        let (field, before) = (with.tiers[3], without.tiers[3]);
        assert_eq!((before.cost, before.cash_collected), (0.0, 0.0), "run {run}");
        assert!(field.cost == 60.0 * 100.0 * field.contacts && field.cost > 0.0, "run {run}");
        assert!(field.cash_collected > 0.0, "run {run}");
        assert!(with.total(Flow::ChargedOff) < without.total(Flow::ChargedOff), "run {run}");
    }
    for (plain, without) in play(&[]).iter().zip(&none) {
        assert_eq!(plain.months, without.months, "a tier that contacts nobody moves nothing");
    }
}
