//! Parts of a change: Shapley values of games whose values are known, and sums that are exact.

use lendcycle::attribution::{alone, everything, factorial, in_order, ordered, shapley_by_factorial};
use lendcycle::random::philox;

fn shapley(part: usize, parts: usize, result: impl Fn(usize) -> i64) -> f64 {
    shapley_by_factorial(part, parts, result) as f64 / factorial(parts) as f64
}

#[test]
fn values_of_known_games() {
    // Gloves: one left, two right; a pair is worth 6. The left one gets 4, the others 1 each (Shapley 1953).
    let gloves = |set: usize| if set & 1 != 0 && set & 6 != 0 { 6 } else { 0 };
    assert_eq!([0, 1, 2].map(|part| shapley(part, 3, gloves)), [4.0, 1.0, 1.0]);
    assert_eq!([0, 1, 2].map(|part| ordered(part, gloves)), [0, 6, 0]);
    assert_eq!([0, 1, 2].map(|part| alone(part, gloves)), [0, 0, 0]);
    // An airport: a runway for planes that need 1, 3 and 6 of it (Littlechild and Owen 1973): 1/3, 1/3 + 2/2, 1/3 + 2/2 + 3.
    let airport = |set: usize| {
        [1, 3, 6]
            .iter()
            .enumerate()
            .filter(|(at, _)| set >> at & 1 == 1)
            .map(|(_, need)| *need)
            .max()
            .unwrap_or(0)
    };
    for (part, expected) in [1.0 / 3.0, 4.0 / 3.0, 13.0 / 3.0].into_iter().enumerate() {
        assert!((shapley(part, 3, airport) - expected).abs() < 1e-12);
    }
    // Parts that do not touch one another are worth what they do alone.
    let apart = |set: usize| (0..5).filter(|part| set >> part & 1 == 1).map(|part| 7 * part as i64 - 9).sum();
    for part in 0..5 {
        assert_eq!(shapley(part, 5, apart), (7 * part as i64 - 9) as f64);
        assert_eq!(alone(part, apart), ordered(part, apart));
    }
}

#[test]
fn parts_add_up_to_the_whole_exactly() {
    for parts in 1..=8 {
        let result = |set: usize| {
            let [a, b, ..] = philox([set as u32, parts as u32, 0, 0], [3, 4]);
            (u64::from(a) << 20 | u64::from(b) >> 12) as i64 - (1 << 51)
        };
        let whole = result(everything(parts)) - result(0);
        assert_eq!((0..parts).map(|part| ordered(part, result)).sum::<i64>(), whole);
        let sum: i128 = (0..parts).map(|part| shapley_by_factorial(part, parts, result)).sum();
        assert_eq!(sum, factorial(parts) * i128::from(whole));
    }
    assert_eq!(in_order(3), [0, 1, 3, 7]);
}
