//! Many runs in parallel. A run is a pure function of the setup and its index, so that neither threads nor blocks can
//! change a byte.

use std::ops::Range;

use rayon::prelude::*;

use super::result::RunResult;
use super::run::{Workspace, simulate_run};
use super::setup::Setup;

/// Runs of one block.
pub const BLOCK_RUNS: u64 = 16;

/// Simulates runs block by block on `threads` threads (0: one per core) and hands each finished block to `finished`, in
/// any order. `finished` returns `false` to stop; blocks under way are then finished and dropped.
///
/// # Errors
/// When the threads cannot be started.
pub fn simulate_blocks(
    setup: &Setup,
    runs: Range<u64>,
    threads: usize,
    finished: impl Fn(Vec<RunResult>) -> bool + Sync,
) -> Result<(), rayon::ThreadPoolBuildError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let blocks = (runs.end - runs.start).div_ceil(BLOCK_RUNS) as usize;
    pool.install(|| {
        // try_for_each stops early on an error value; the unit error only carries that wish.
        let _: Result<(), ()> = (0..blocks).into_par_iter().with_max_len(1).try_for_each_init(
            Workspace::default,
            |workspace, block| {
                let first = runs.start + block as u64 * BLOCK_RUNS;
                let last = (first + BLOCK_RUNS).min(runs.end);
                let results = (first..last).map(|run| simulate_run(setup, run, workspace)).collect();
                if finished(results) { Ok(()) } else { Err(()) }
            },
        );
    });
    Ok(())
}
