//! Raw little-endian 32-bit words of the keyed draws, in an order that stresses one part of the key, for suites of
//! statistical tests that read standard input:
//!
//! ```text
//! cargo run --release --example keyed_words -- months | dieharder -g 200 -d 15
//! ```
//!
//! Words that are independent in one order need not be in another: each order puts next to each other words whose keys
//! differ in one thing only. No order repeats a word.

use std::io::{self, BufWriter, ErrorKind, Write};

use clap::{Parser, ValueEnum};
use lendcycle::random::{Process, RunDraws, Who, cell_hash};

/// Months of a life, as in the base scenario.
const MONTHS: u32 = 120;
/// Segments and channels of the base scenario.
const SEGMENTS: [&str; 3] = ["family", "owner", "youth"];
const CHANNELS: [&str; 3] = ["branch", "online_ads", "partner"];
/// Processes of a borrower with the number of words the engine reads of each.
const PROCESSES: [(Process, usize); 5] = [
    (Process::Funnel, 4),
    (Process::Borrower, 3),
    (Process::RepeatWait, 1),
    (Process::RepeatLoan, 2),
    (Process::Behaviour, 4),
];

/// Writes words of the keyed draws to standard output.
#[derive(Parser)]
struct Arguments {
    /// What differs from one word to the next
    order: Order,
    /// Stop after this many bytes; otherwise when the reader does
    #[arg(long)]
    bytes: Option<u64>,
    /// Seed, as in a scenario
    #[arg(long, default_value_t = 20_260_101)]
    seed: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Order {
    /// Consecutive ordinals of one cell and month: word 0 of Behaviour
    Borrowers,
    /// 120 months of behaviour of one borrower, then of the next
    Months,
    /// The behaviour word of one borrower and month in consecutive runs
    Runs,
    /// All words the engine reads of Funnel, Borrower, RepeatWait, RepeatLoan and Behaviour, borrower by borrower
    Processes,
    /// Word 0 of Funnel of one ordinal: nine cells, month by month; then of the next ordinal
    Cells,
}

/// The words of an order, without end for every practical purpose (16 GiB at least).
fn words(order: Order, seed: u64) -> Box<dyn Iterator<Item = u32>> {
    let draws = RunDraws::new(seed, 0);
    let cell = cell_hash(SEGMENTS[0], CHANNELS[0]);
    let leads = (0..u32::MAX).map(move |ordinal| Who::lead(cell, 0, ordinal));
    match order {
        Order::Borrowers => Box::new(leads.map(move |who| draws.words(who, Process::Behaviour, 0)[0])),
        Order::Months => {
            Box::new(leads.flat_map(move |who| (0..MONTHS).map(move |month| draws.behaviour(who, month))))
        }
        Order::Runs => {
            let who = Who::lead(cell, 0, 0);
            Box::new((0..).map(move |run| RunDraws::new(seed, run).behaviour(who, 0)))
        }
        // Time is 0 for every process, so that counters differ in the process alone.
        Order::Processes => Box::new(leads.flat_map(move |who| {
            PROCESSES
                .into_iter()
                .flat_map(move |(process, read)| draws.words(who, process, 0).into_iter().take(read))
        })),
        Order::Cells => {
            let cells = SEGMENTS.map(|segment| CHANNELS.map(|channel| cell_hash(segment, channel)));
            Box::new((0..u32::MAX).flat_map(move |ordinal| {
                (0..MONTHS).flat_map(move |month| {
                    cells.into_iter().flatten().map(move |cell| {
                        draws.words(Who::lead(cell, month, ordinal), Process::Funnel, month)[0]
                    })
                })
            }))
        }
    }
}

fn write(arguments: &Arguments) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut left = arguments.bytes.unwrap_or(u64::MAX);
    for word in words(arguments.order, arguments.seed) {
        if left == 0 {
            break;
        }
        let count = left.min(4);
        out.write_all(&word.to_le_bytes()[..count as usize])?;
        left -= count;
    }
    out.flush()
}

fn main() -> io::Result<()> {
    match write(&Arguments::parse()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
