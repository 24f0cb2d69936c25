//! Differences between runs that share their luck, against worked numbers and the normal distribution.

use lendcycle::math;
use lendcycle::paired::{compare, compare_quantile, compare_tail, student_95};
use lendcycle::stats::Value;

fn sums(values: &[f64]) -> Vec<Value> {
    values.iter().map(|value| Value::Sum(*value)).collect()
}

#[test]
fn a_difference_of_sums_is_that_of_worked_numbers() {
    // Differences 1, 2, 3, -2: mean 1, variance 14/3, error sqrt(14/3/4).
    let found = compare(&sums(&[10.0, 20.0, 30.0, 40.0]), &sums(&[11.0, 22.0, 33.0, 38.0]));
    assert!((found.difference - 1.0).abs() < 1e-12);
    assert!((found.std_error - (14.0_f64 / 12.0).sqrt()).abs() < 1e-12);
    assert!((found.larger - 0.75).abs() < 1e-12);
    // Variances of the two sets: 500/3 and (15^2 + 4^2 + 7^2 + 12^2)/3 = 434/3; of the differences 14/3.
    assert!((found.variance_reduction - 934.0 / 14.0).abs() < 1e-9, "{}", found.variance_reduction);
    let (low, high) = found.interval();
    assert!((high - low - 2.0 * 3.182446 * found.std_error).abs() < 1e-12);
}

#[test]
fn intervals_are_as_wide_as_students_t_says() {
    use statrs::distribution::{ContinuousCDF, StudentsT};
    for values in (2..40).chain([64, 100, 400, 2000]) {
        let law = StudentsT::new(0.0, 1.0, (values - 1) as f64).expect("a distribution");
        let (found, expected) = (student_95(values), law.inverse_cdf(0.975));
        assert!((found - expected).abs() < 1e-5, "{values}: {found}, {expected} expected");
    }
    assert!(student_95(1).is_nan() && student_95(0).is_nan());
}

#[test]
fn a_set_compared_with_itself_differs_by_nothing() {
    let values: Vec<Value> = (1..9).map(|run| Value::Ratio(f64::from(run), f64::from(10 + run))).collect();
    let found = compare(&values, &values);
    assert_eq!((found.difference, found.std_error, found.larger), (0.0, 0.0, 0.5));
    assert!(found.variance_reduction.is_nan());
}

#[test]
fn a_difference_of_ratios_is_that_of_ratios_of_sums() {
    // Ratios of sums 3/10 and 6/10. Linearised: (y - r x)/5 is -0.1, 0.1 and -0.4, 0.4; differences -0.3, 0.3.
    let base = [Value::Ratio(1.0, 5.0), Value::Ratio(2.0, 5.0)];
    let variant = [Value::Ratio(1.0, 5.0), Value::Ratio(5.0, 5.0)];
    let found = compare(&base, &variant);
    assert!((found.difference - 0.3).abs() < 1e-12);
    assert!((found.std_error - 0.3).abs() < 1e-12, "{}", found.std_error);
}

/// The grid of normal quantiles stands for a sample whose moments are the distribution's.
fn normal_grid(n: usize) -> Vec<f64> {
    (0..n).map(|at| math::normal_quantile((at as f64 + 0.5) / n as f64)).collect()
}

#[test]
fn errors_of_quantiles_are_those_of_the_normal_distribution() {
    let (values, nothing) = (normal_grid(10_000), vec![0.0; 10_000]);
    // sqrt(p (1 - p) / n) / f(q). Far in the tail the slope of the quantiles bends, and the error is 5 % too large: the error of the 99 % quantile of 10,000 normal values is 0.03733.
    for (level, error, tolerance) in
        [(0.99, 0.03733, 0.0025), (0.5, 0.012533, 0.0003), (0.05, 0.021133, 0.0008)]
    {
        let found = compare_quantile(&nothing, &values, level);
        assert!((found.std_error - error).abs() < tolerance, "{level}: {}", found.std_error);
    }
}

#[test]
fn the_mean_of_the_worst_is_that_of_the_normal_distribution() {
    let (values, nothing) = (normal_grid(100_000), vec![0.0; 100_000]);
    // -phi(z_0.05)/0.05 = -2.0627.
    let found = compare_tail(&nothing, &values, 0.05);
    assert!((found.difference + 2.062_713).abs() < 1e-3, "{}", found.difference);
    let shifted: Vec<f64> = values.iter().map(|value| value + 1.5).collect();
    let found = compare_tail(&values, &shifted, 0.05);
    assert!((found.difference - 1.5).abs() < 1e-9 && found.std_error < 1e-9, "{found:?}");
}
