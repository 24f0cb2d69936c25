//! How much of a whole stands in few parts.

/// Mean size of the part that a unit of the whole stands in, `sum of squares / sum`, rounded to nearest, halves up; 0 of
/// nothing. Divided by the sum it is the Herfindahl-Hirschman index.
pub fn own_part(parts: impl Iterator<Item = i64>) -> i64 {
    let (sum, squares) = parts.fold((0_i128, 0_i128), |(sum, squares), part| {
        let part = i128::from(part);
        (sum + part, squares + part * part)
    });
    if sum > 0 { ((2 * squares + sum) / (2 * sum)) as i64 } else { 0 }
}
