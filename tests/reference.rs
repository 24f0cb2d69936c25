//! The engine against a plain reference engine, to the fen and to the account.
//!
//! The reference holds one struct per loan with its contract written out month by month, and plays it with one loop over
//! loans per month: no tiles, no plans, no sums kept from month to month, no tables of thresholds. It reads the scenario
//! itself and shares with the engine the random numbers ([`lendcycle::random`]), elementary functions
//! ([`lendcycle::math`]), the stage classifier, and the format of results. Everything else is written again, in the
//! order of operations of the formulas where a bit of a floating-point number decides an account.
//!
//! Conventions that documents leave open and that both engines share are marked `Convention` in the reference.

mod reference {
    pub mod compare;
    pub mod contract;
    pub mod funnel;
    pub mod loan;
    pub mod month;
    pub mod offers;
    pub mod risk;
    pub mod run;
    pub mod world;
}

use lendcycle::ledger::Flow;
use reference::compare::agree;

#[test]
fn the_base_scenario_agrees_run_by_run() {
    agree("small", &[], 4, &[]);
}

#[test]
fn hard_delinquency_agrees_at_every_charge_off_age() {
    for days in [120, 180, 360] {
        let charge_off = format!("delinquency.charge_off_days={days}");
        agree("hard_delinquency", &[&charge_off], 3, &[]);
    }
}

#[test]
fn others_agree() {
    for name in ["fraud", "coming_back", "policies", "edges"] {
        agree(name, &[], 3, &[Flow::LoansNew]);
    }
}
#[test]
fn zzz() {
    for name in ["small", "hard_delinquency", "fraud", "coming_back", "policies", "edges"] {
        let r = agree(name, &[], 3, &[]);
        println!("== {name} account months {}", r.iter().map(|r| r.account_months).sum::<u64>());
        for f in Flow::ALL { print!("{}={} ", f.key(), r.iter().map(|r| r.total(*f)).sum::<i64>()); }
        println!(); println!("{:?}", r[0].stages_online.iter().map(|s| s.name()).fold(String::new(), |mut a, s| {if !a.ends_with(&s) {a.push(' '); a.push_str(&s)}; a}));
    }
}
