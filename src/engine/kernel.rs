//! The month kernel: which current loans have something happen to them. One comparison per loan.

use crate::model::delinquency::LEVEL_MAX;

/// Entries of a threshold table: level plus shift, from `-TABLE / 2`, so that an index needs a mask and no clamp.
pub const TABLE: usize = 2048;

/// Loans looked at together.
const LANES: usize = 16;

/// Position of a level plus shift in a threshold table.
#[inline]
pub fn table_position(level: i32) -> usize {
    (level + TABLE as i32 / 2) as usize & (TABLE - 1)
}

/// The level of the grid a table position stands for.
pub fn level_of_position(position: usize) -> i32 {
    (position as i32 - TABLE as i32 / 2).clamp(-LEVEL_MAX, LEVEL_MAX)
}

/// Finds the positions of loans that miss (`word < miss x keep`) or prepay (`word >= keep`), in ascending order.
///
/// `words` and `levels` have one entry per loan; `miss` is the word threshold by [`table_position`] of the loan's level
/// plus `shift`; `keep` is `2^32` less the prepayment threshold. Compiled for several instruction sets: integers only, so
/// that every version finds the same.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+avx512bw", "x86_64+avx2"))]
pub fn find_happenings(
    words: &[u32],
    levels: &[i16],
    miss: &[u32; TABLE],
    shift: i32,
    keep: u64,
    found: &mut Vec<u32>,
) {
    let count = words.len();
    let levels = &levels[..count];
    let keep_32 = keep.min(u64::from(u32::MAX));
    let always_kept = u32::from(keep > u64::from(u32::MAX));
    let mut start = 0;
    while start + LANES <= count {
        let words: &[u32; LANES] = words[start..start + LANES].try_into().expect("a full chunk");
        let levels: &[i16; LANES] = levels[start..start + LANES].try_into().expect("a full chunk");
        let mut hit = [0_u32; LANES];
        for lane in 0..LANES {
            let threshold = u64::from(miss[table_position(i32::from(levels[lane]) + shift)]);
            let threshold = ((threshold * keep_32 + threshold * u64::from(always_kept)) >> 32) as u32;
            let prepaid = u32::from(words[lane] >= keep_32 as u32) & (1 - always_kept);
            hit[lane] = u32::from(words[lane] < threshold) | prepaid;
        }
        if hit.iter().fold(0, |any, one| any | one) != 0 {
            for (lane, one) in hit.iter().enumerate() {
                if *one != 0 {
                    found.push((start + lane) as u32);
                }
            }
        }
        start += LANES;
    }
    for at in start..count {
        let threshold = u64::from(miss[table_position(i32::from(levels[at]) + shift)]);
        let word = u64::from(words[at]);
        if word < (threshold * keep) >> 32 || word >= keep {
            found.push(at as u32);
        }
    }
}
