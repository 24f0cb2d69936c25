//! What each part of a change does to a result: in the order the change is told in, alone, and as Shapley values.
//!
//! A result is known for sets of parts, a set being a number whose bit `i` says that part `i` is made. Parts add up to the change of
//! all of them exactly, run by run: in order because each is the step to the next set, as Shapley (1953) values because each is
//! the mean step over all orders.

/// The set of all parts.
pub fn everything(parts: usize) -> usize {
    (1 << parts) - 1
}

/// The sets met when parts are made one after another, nothing first.
pub fn in_order(parts: usize) -> Vec<usize> {
    (0..=parts).map(everything).collect()
}

/// What a part adds when those before it are made. `result` gives a set's result.
pub fn ordered(part: usize, result: impl Fn(usize) -> i64) -> i64 {
    result(everything(part + 1)) - result(everything(part))
}

/// What a part does alone.
pub fn alone(part: usize, result: impl Fn(usize) -> i64) -> i64 {
    result(1 << part) - result(0)
}

/// The Shapley value of a part of `parts`, times `parts!` so that it is a whole number: over all sets without it, what it adds to
/// the set, times the orders in which just these come before it.
pub fn shapley_by_factorial(part: usize, parts: usize, result: impl Fn(usize) -> i64) -> i128 {
    let without = (0..=everything(parts)).filter(|set| set & (1 << part) == 0);
    without
        .map(|set| {
            let before = set.count_ones() as usize;
            let orders = factorial(before) * factorial(parts - before - 1);
            orders * i128::from(result(set | 1 << part) - result(set))
        })
        .sum()
}

/// `n!`.
pub fn factorial(n: usize) -> i128 {
    (1..=n as i128).product()
}
