//! Random numbers keyed by (seed, run, who, month, process): Philox4x32-10.
//!
//! Philox (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11) maps a 128-bit counter and a 64-bit key to
//! four 32-bit words. Nothing is drawn in sequence: a draw depends on its key alone, so that a policy change, another
//! channel's budget or the number of threads never shifts anybody else's draws.
//!
//! | counter word | holds |
//! |---|---|
//! | 0 | `who`, low half: ordinal of the lead within its (segment, channel, month) |
//! | 1 | `who`, high half: hash of (segment, channel) names and month of the lead |
//! | 2 | process |
//! | 3 | time: month, or month / 4 where one draw serves four months |
//!
//! The key is a hash of (seed, run): keys that are linear in the run index overlap between runs.

use std::convert::Infallible;

use rand::rand_core::{TryRng, utils};

const MULTIPLIER_0: u32 = 0xD251_1F53;
const MULTIPLIER_1: u32 = 0xCD9E_8D57;
const WEYL_0: u32 = 0x9E37_79B9;
const WEYL_1: u32 = 0xBB67_AE85;
const ROUNDS: usize = 10;

/// Name of the generator, as written in manifests.
pub const GENERATOR: &str = "philox4x32-10";
/// Version of the keying scheme; a change of any draw raises it.
pub const KEYING_VERSION: u32 = 1;

/// The process a draw belongs to. Numbers are part of the keying scheme: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Process {
    /// Systematic factor innovations.
    Factor = 1,
    /// Moves of the loan prime rate.
    Lpr = 2,
    /// Entry of rivals.
    RivalEntry = 3,
    /// Noise of market demand.
    Demand = 4,
    /// Number of leads of a cell in a month.
    LeadCount = 5,
    /// Funnel gates of a lead: completion and product, observed score, fraud, take-up.
    Funnel = 6,
    /// Attributes of a funded borrower: true risk, amount, tenor, income.
    Borrower = 7,
    /// Monthly behaviour of an account; one draw serves four months.
    Behaviour = 8,
    /// Waiting time until the next loan, drawn at pay-off.
    RepeatWait = 9,
    /// Funnel and terms of a repeat loan.
    RepeatLoan = 10,
    /// Terms of a rival: rate, limit, hours, brand.
    RivalTerms = 40,
    /// A month of a revolving line: drawing, renewal, review; and, in the month of its grant, whether it is ever drawn on.
    Line = 11,
    /// Whether a current loan moves to another product in a month.
    Transfer = 31,
    /// Whether a current loan is sold in a pool of a month.
    Securitise = 32,
    /// Whether a loan is granted a payment holiday in a month.
    Holiday = 33,
}

/// Permanent identity of a borrower, kept through every loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Who {
    /// Ordinal of the lead within its (segment, channel, month).
    pub ordinal: u32,
    /// Hash of the segment and channel names (22 bits) and month of the lead (10 bits).
    pub cell_month: u32,
}

impl Who {
    /// Draws of the market as a whole (factor, rates, rivals) have no borrower.
    pub const MARKET: Who = Who { ordinal: u32::MAX, cell_month: u32::MAX };

    /// Identity of rival number `ordinal`, in the order of entry.
    pub fn rival(ordinal: u32) -> Self {
        Who { ordinal, cell_month: u32::MAX }
    }

    /// Identity of lead number `ordinal` of a cell in a month. `cell` is 22 bits, `month` below 1,023.
    #[inline]
    pub fn lead(cell: u32, month: u32, ordinal: u32) -> Self {
        debug_assert!(cell < 1 << 22 && month < 1023);
        Who { ordinal, cell_month: cell << 10 | month }
    }

    /// Identity of a cell in a month, for draws that concern the cell (its number of leads).
    pub fn cell(cell: u32, month: u32) -> Self {
        Who::lead(cell, month, u32::MAX)
    }
}

/// Hash of a cell's names to 22 bits (FNV-1a, folded). It depends on names only, so that the order of channels and
/// segments in a file is irrelevant.
pub fn cell_hash(segment: &str, channel: &str) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in segment.bytes().chain([0]).chain(channel.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    (mix(hash) >> 42) as u32
}

/// Finaliser of SplitMix64 (Steele, Lea, Flood 2014).
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Philox4x32-10 of one counter.
#[inline]
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [mut c0, mut c1, mut c2, mut c3] = counter;
    let [mut k0, mut k1] = key;
    for _ in 0..ROUNDS {
        let product_0 = u64::from(MULTIPLIER_0) * u64::from(c0);
        let product_1 = u64::from(MULTIPLIER_1) * u64::from(c2);
        (c0, c1, c2, c3) = (
            (product_1 >> 32) as u32 ^ c1 ^ k0,
            product_1 as u32,
            (product_0 >> 32) as u32 ^ c3 ^ k1,
            product_0 as u32,
        );
        k0 = k0.wrapping_add(WEYL_0);
        k1 = k1.wrapping_add(WEYL_1);
    }
    [c0, c1, c2, c3]
}

/// A word as a uniform number strictly between 0 and 1: `(word + 1/2) / 2^32`.
#[inline]
pub fn uniform(word: u32) -> f64 {
    (f64::from(word) + 0.5) * (1.0 / 4_294_967_296.0)
}

/// A probability as the threshold `T` for which `P(word < T)` is closest to it. `2^32` means always. By way of a signed
/// number: processors convert to those in one step.
#[inline]
pub fn threshold(probability: f64) -> u64 {
    (probability.clamp(0.0, 1.0) * 4_294_967_296.0 + 0.5) as i64 as u64
}

/// All draws of one run.
#[derive(Clone, Copy, Debug)]
pub struct RunDraws {
    key: [u32; 2],
}

impl RunDraws {
    /// Draws of run `run` under `seed`.
    pub fn new(seed: u64, run: u64) -> Self {
        let hash = mix(mix(seed ^ 0x6C65_6E64_6379_636C)
            .wrapping_add(mix(run.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x9E6C_63D0_876A_68F3)));
        RunDraws { key: [hash as u32, (hash >> 32) as u32] }
    }

    /// Four words for (who, process, time).
    #[inline]
    pub fn words(&self, who: Who, process: Process, time: u32) -> [u32; 4] {
        philox([who.ordinal, who.cell_month, process as u32, time], self.key)
    }

    /// The behaviour word of an account in a month: word `month % 4` of the draw at time `month / 4`.
    #[inline]
    pub fn behaviour(&self, who: Who, month: u32) -> u32 {
        self.words(who, Process::Behaviour, month / 4)[month as usize % 4]
    }

    /// A generator for distributions of `rand_distr`, for draws where speed does not matter (at most 2^24 words).
    pub fn generator(&self, who: Who, process: Process, time: u32) -> KeyedGenerator {
        KeyedGenerator {
            key: self.key,
            counter: [who.ordinal, who.cell_month, process as u32 | 1 << 31, time],
            words: [0; 4],
            used: 4,
            block: 0,
        }
    }

    /// Fills four planes of words for many accounts at once: plane `p` holds the word of month `4 * (month / 4) + p`.
    /// Slices have equal lengths.
    pub fn fill_behaviour(
        &self,
        who: impl ExactSizeIterator<Item = Who>,
        month: u32,
        planes: &mut [Vec<u32>; 4],
    ) {
        let mut who = who;
        let count = who.len();
        let (mut ordinal, mut cell_month) = ([0; LEADS_CHUNK], [0; LEADS_CHUNK]);
        for start in (0..count).step_by(LEADS_CHUNK) {
            let lanes = LEADS_CHUNK.min(count - start);
            for ((ordinal, cell_month), who) in ordinal.iter_mut().zip(&mut cell_month).zip(&mut who) {
                *ordinal = who.ordinal;
                *cell_month = who.cell_month;
            }
            let planes = planes.each_mut().map(|plane| &mut plane[start..start + lanes]);
            let place = [Process::Behaviour as u32, month / 4];
            fill([&ordinal[..lanes], &cell_month[..lanes]], place, self.key, planes);
        }
    }

    /// Four words each for up to [`LEADS_CHUNK`] leads of a cell and month, by ordinal.
    pub fn fill_leads(
        &self,
        process: Process,
        cell: u32,
        month: u32,
        ordinal: &[u32],
        planes: &mut LeadWords,
    ) {
        let count = ordinal.len();
        let cell_month = [Who::lead(cell, month, 0).cell_month; LEADS_CHUNK];
        let planes = planes.0.each_mut().map(|plane| {
            plane.resize(LEADS_CHUNK, 0);
            &mut plane[..count]
        });
        fill([ordinal, &cell_month[..count]], [process as u32, month], self.key, planes);
    }
}

/// Largest number of leads one call of [`RunDraws::fill_leads`] serves.
pub const LEADS_CHUNK: usize = 256;

/// Words of a chunk of leads: four planes.
#[derive(Clone, Debug, Default)]
pub struct LeadWords(pub [Vec<u32>; 4]);

/// Philox over slices, compiled for the instruction sets that matter and chosen when it runs; integer arithmetic, so
/// that every version gives the same words.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+avx512bw", "x86_64+avx2"))]
fn fill(who: [&[u32]; 2], place: [u32; 2], key: [u32; 2], planes: [&mut [u32]; 4]) {
    const LANES: usize = 16;
    let count = who[0].len();
    let [a, b, c, d] = planes;
    let (who_0, who_1) = (&who[0][..count], &who[1][..count]);
    let (a, b, c, d) = (&mut a[..count], &mut b[..count], &mut c[..count], &mut d[..count]);
    let mut start = 0;
    while start < count {
        let lanes = LANES.min(count - start);
        let mut c0 = [0_u32; LANES];
        let mut c1 = [0_u32; LANES];
        c0[..lanes].copy_from_slice(&who_0[start..start + lanes]);
        c1[..lanes].copy_from_slice(&who_1[start..start + lanes]);
        let mut c2 = [place[0]; LANES];
        let mut c3 = [place[1]; LANES];
        let [mut k0, mut k1] = key;
        for _ in 0..ROUNDS {
            for lane in 0..LANES {
                let product_0 = u64::from(MULTIPLIER_0) * u64::from(c0[lane]);
                let product_1 = u64::from(MULTIPLIER_1) * u64::from(c2[lane]);
                c0[lane] = (product_1 >> 32) as u32 ^ c1[lane] ^ k0;
                c1[lane] = product_1 as u32;
                c2[lane] = (product_0 >> 32) as u32 ^ c3[lane] ^ k1;
                c3[lane] = product_0 as u32;
            }
            k0 = k0.wrapping_add(WEYL_0);
            k1 = k1.wrapping_add(WEYL_1);
        }
        a[start..start + lanes].copy_from_slice(&c0[..lanes]);
        b[start..start + lanes].copy_from_slice(&c1[..lanes]);
        c[start..start + lanes].copy_from_slice(&c2[..lanes]);
        d[start..start + lanes].copy_from_slice(&c3[..lanes]);
        start += lanes;
    }
}

/// A stream of words under one key, implementing rand's traits so that `rand_distr` works on it.
/// Bit 31 of the process word keeps its counters apart from those of [`RunDraws::words`]; bits 8 to 29 count blocks.
#[derive(Clone, Debug)]
pub struct KeyedGenerator {
    key: [u32; 2],
    counter: [u32; 4],
    words: [u32; 4],
    used: usize,
    block: u32,
}

impl TryRng for KeyedGenerator {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        if self.used == 4 {
            assert!(self.block < 1 << 22, "a keyed generator ran out of blocks");
            let mut counter = self.counter;
            counter[2] |= self.block << 8;
            self.words = philox(counter, self.key);
            self.block += 1;
            self.used = 0;
        }
        let word = self.words[self.used];
        self.used += 1;
        Ok(word)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        utils::next_u64_via_u32(self)
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        utils::fill_bytes_via_next_word(dst, || self.try_next_u32())
    }
}
