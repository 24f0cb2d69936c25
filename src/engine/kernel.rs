//! The month kernel: to which current loans something may happen. One comparison per loan.

use crate::model::delinquency::LEVEL_MAX;

/// Entries of a threshold table: level plus shift, from `-TABLE / 2`, so that an index needs a mask and no clamp.
pub const TABLE: usize = 2048;

/// Loans looked at together; a power of two.
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

/// Finds the positions of words below `low` or from `keep` on (`low <= keep <= 2^32`), in ascending order: the first ones
/// in `positions`, a buffer that only grows, as many as are returned. Compiled for several
/// instruction sets: integers only, so that every version finds the same. Positions are written without branches: which
/// of a chunk's loans are found is unforeseeable.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+avx512bw", "x86_64+avx2"))]
pub fn find_outside(words: &[u32], low: u32, keep: u64, positions: &mut Vec<u32>) -> usize {
    let Ok(inside) = u32::try_from(keep - u64::from(low)) else {
        return 0;
    };
    if positions.len() < words.len() + LANES {
        positions.resize(words.len() + LANES, 0);
    }
    let positions = &mut positions[..];
    let mut count = 0;
    let mut start = 0;
    let chunks = words.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        let chunk: &[u32; LANES] = chunk.try_into().expect("a full chunk");
        let mut outside = [0_u32; LANES];
        for (outside, word) in outside.iter_mut().zip(chunk) {
            *outside = u32::from(word.wrapping_sub(low) >= inside);
        }
        let target: &mut [u32; LANES] = (&mut positions[count..count + LANES]).try_into().expect("room");
        let mut at = 0;
        for (lane, outside) in outside.iter().enumerate() {
            target[at & (LANES - 1)] = (start + lane) as u32;
            at += *outside as usize;
        }
        count += at;
        start += LANES;
    }
    for (lane, word) in rest.iter().enumerate() {
        positions[count] = (start + lane) as u32;
        count += usize::from(word.wrapping_sub(low) >= inside);
    }
    count
}
