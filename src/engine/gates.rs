//! Gates of the funnel: how far each lead gets, and its grade, as thresholds of its words.

use crate::engine::setup::GRADES_MAX;
use crate::model::borrower::ScoreLaw;
use crate::money::Fen;
use crate::random::LEADS_CHUNK;

/// Gates of the funnel as word thresholds; the word of each gate is its own, so that moving one gate moves no other draw.
pub struct Gates {
    pub completes: u64,
    pub caught: u64,
    pub fraud: u64,
    /// Honest applicants are turned away from here on.
    pub rejected: u64,
    pub declined: u64,
}

/// How many of a chunk of leads got how far.
pub struct Passed {
    pub applications: i64,
    pub caught: i64,
    pub rejected: i64,
    pub approvals: i64,
}

/// All words.
pub const WORDS: u64 = 1 << 32;

/// What a lead of the month may be expected to become.
pub struct Prospects {
    /// Probability of a new loan.
    pub loan: f64,
    /// Coupon paid.
    pub coupon: f64,
}

/// A word threshold, `0` to `2^32`, in a form that vector units compare with: words below `bound`, or all.
#[derive(Clone, Copy)]
struct Below {
    bound: u32,
    all: u32,
}

impl Below {
    fn new(threshold: u64) -> Self {
        Below { bound: threshold.min(WORDS - 1) as u32, all: u32::from(threshold >= WORDS) }
    }

    /// 1 for a word below the threshold, else 0.
    #[inline(always)]
    fn holds(self, word: u32) -> u32 {
        u32::from(word < self.bound) | self.all
    }
}

/// Marks the leads that pass all gates with 1 in `marks`, and counts how many got how far. Integers only, so that every
/// version finds the same; eight leads at a time: lead by lead, this took a twentieth of a run.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+avx512bw", "x86_64+avx2"))]
fn mark([w0, w1, w2]: [&[u32]; 3], gates: [Below; 4], marks: &mut [u32; LEADS_CHUNK]) -> [u32; 4] {
    let [completes, caught, honest, declined] = gates;
    let mut counts = [0; 4];
    for (((mark, &w0), &w1), &w2) in marks.iter_mut().zip(w0).zip(w1).zip(w2) {
        let applies = completes.holds(w0);
        let is_caught = applies & caught.holds(w2);
        let is_rejected = applies & (honest.holds(w2) ^ 1);
        let is_approved = applies & (is_caught ^ 1) & (is_rejected ^ 1) & (declined.holds(w1) ^ 1);
        *mark = is_approved;
        counts[0] += applies;
        counts[1] += is_caught;
        counts[2] += is_rejected;
        counts[3] += is_approved;
    }
    counts
}

impl Gates {
    /// Sends at most a chunk of leads through the gates; the positions of those approved are left in `approved`. Without
    /// branches: four of five leads fail somewhere unforeseeable, and a mispredicted branch costs more than all comparisons.
    pub fn pass(&self, words: [&[u32]; 3], approved: &mut [u32; LEADS_CHUNK]) -> Passed {
        let gates = [self.completes, self.caught, self.rejected, self.declined].map(Below::new);
        let mut marks = [0; LEADS_CHUNK];
        let [applications, caught, rejected, approvals] = mark(words, gates, &mut marks).map(i64::from);
        let mut count = 0;
        for (at, mark) in marks[..words[0].len()].iter().enumerate() {
            approved[count & (LEADS_CHUNK - 1)] = at as u32;
            count += *mark as usize;
        }
        Passed { applications, caught, rejected, approvals }
    }

    /// What becomes of a lead on average, by the widths of the gates.
    pub fn prospects(
        &self,
        products: &[(usize, u64)],
        grades: &GradeThresholds,
        take_up: impl Fn(usize, usize) -> u64,
        coupon: impl Fn(usize) -> Fen,
    ) -> Prospects {
        let share = |width: u64| width as f64 / WORDS as f64;
        let screened = share(self.rejected.saturating_sub(self.caught));
        let (mut prospects, mut asked) = (Prospects { loan: 0.0, coupon: 0.0 }, 0);
        for &(product, up_to) in products {
            let accepted: f64 = (0..=grades.count)
                .map(|grade| share(grades.width(grade, self.declined)) * share(take_up(product, grade)))
                .sum();
            let loan = share(up_to.saturating_sub(asked)) * screened * accepted;
            prospects.loan += loan;
            prospects.coupon += loan * coupon(product).0 as f64;
            asked = up_to;
        }
        prospects
    }
}

/// Grades as thresholds of the score word: leads who decline the offer need no score. Measured on the base scenario:
/// the normal quantiles of all approved took a twentieth of a run.
pub struct GradeThresholds {
    /// Entry `g`: the grade is worse than `g` below it.
    worse: [u64; GRADES_MAX],
    count: usize,
}

impl GradeThresholds {
    pub fn new(law: &ScoreLaw, lowest: &[f64]) -> Self {
        let mut worse = [0; GRADES_MAX];
        for (threshold, bound) in worse.iter_mut().zip(lowest) {
            *threshold = law.below(*bound);
        }
        GradeThresholds { worse, count: lowest.len() }
    }

    /// How many words from `declined` on are of a grade.
    fn width(&self, grade: usize, declined: u64) -> u64 {
        let to = if grade == 0 { WORDS } else { self.worse[grade - 1] };
        let from = if grade == self.count { 0 } else { self.worse[grade] };
        to.saturating_sub(from.max(declined))
    }

    /// Grade of a score word; 0 is best.
    #[inline]
    pub fn grade(&self, word: u32) -> usize {
        self.worse[..self.count].iter().map(|threshold| usize::from(u64::from(word) < *threshold)).sum()
    }
}
