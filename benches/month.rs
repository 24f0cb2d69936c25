//! The month kernel and whole runs, by divan: `cargo bench --bench month`. Items are account-months.

use std::path::Path;

use divan::Bencher;
use divan::counter::ItemsCount;
use lendcycle::engine::kernel::find_outside;
use lendcycle::engine::{Setup, Workspace, simulate_run};
use lendcycle::random::{Process, RunDraws, Who};
use lendcycle::scenario::{Request, load};

fn main() {
    divan::main();
}

const LOANS: usize = 4096;

fn words() -> Vec<u32> {
    let draws = RunDraws::new(1, 1);
    (0..LOANS as u32).map(|loan| draws.words(Who::lead(7, 1, loan), Process::Behaviour, 0)[0]).collect()
}

/// To whom among 4,096 current loans something may happen, 4 % a month.
#[divan::bench]
fn find_outside_4096(bencher: Bencher) {
    let words = words();
    let low = (0.02 * 4_294_967_296.0) as u32;
    let keep = (1 << 32) - (0.02 * 4_294_967_296.0) as u64;
    let mut found = Vec::with_capacity(LOANS);
    bencher
        .counter(ItemsCount::new(LOANS))
        .bench_local(|| find_outside(divan::black_box(&words), low, keep, &mut found));
}

/// Keyed words of 4,096 loans for four months.
#[divan::bench]
fn draw_words_4096_loans_4_months(bencher: Bencher) {
    let draws = RunDraws::new(1, 1);
    let who: Vec<Who> = (0..LOANS as u32).map(|ordinal| Who::lead(7, 1, ordinal)).collect();
    let mut planes = [0; 4].map(|_: i32| vec![0_u32; LOANS]);
    bencher.counter(ItemsCount::new(4 * LOANS)).bench_local(|| {
        draws.fill_behaviour(who.iter().copied(), divan::black_box(8), &mut planes);
        planes[3][LOANS - 1]
    });
}

fn whole_run(bencher: Bencher, file: &str) {
    let request = Request { path: Path::new(env!("CARGO_MANIFEST_DIR")).join(file), settings: Vec::new() };
    let scenario = load(&request).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let setup = Setup::new(&scenario);
    let mut workspace = Workspace::default();
    let account_months = simulate_run(&setup, 0, &mut workspace).account_months;
    bencher
        .counter(ItemsCount::new(account_months))
        .bench_local(|| simulate_run(&setup, 0, &mut workspace).account_months);
}

/// One run of the base scenario: short loans, ten leads to a loan.
#[divan::bench]
fn whole_run_base(bencher: Bencher) {
    whole_run(bencher, "scenarios/base/consumer_credit.toml");
}

/// One run of the reduced model: 100,000 loans of one to three years.
#[divan::bench]
fn whole_run_reduced(bencher: Bencher) {
    whole_run(bencher, "benches/reduced.toml");
}
