//! Sweeps: designs hold what they say, and sensitivity indices are those of functions whose indices are known.

use lendcycle::sweep::design::{Design, Levels, Plan, Row};
use lendcycle::sweep::effects::{best, effects, not_told_apart};
use lendcycle::sweep::sensitivity::{Indices, indices};
use lendcycle::sweep::vary::Dimension;

const PI: f64 = std::f64::consts::PI;
/// Values of each key: enough to stand for a continuous range.
const LEVELS: usize = 4096;

/// A place in the middle of one of the equal parts of `[0, 1]`.
fn place(levels: &Levels, key: usize) -> f64 {
    (levels[key].expect("Sobol points have all values") as f64 + 0.5) / LEVELS as f64
}

/// Ishigami and Homma (1990): `sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1`, uniform on `[-π, π]`.
fn ishigami(levels: &Levels) -> f64 {
    let [x, y, z] = [0, 1, 2].map(|key| (2.0 * place(levels, key) - 1.0) * PI);
    x.sin() + 7.0 * y.sin() * y.sin() + 0.1 * z * z * z * z * x.sin()
}

/// First-order and total indices of the Ishigami function, from its variance in parts.
fn of_ishigami() -> [(f64, f64); 3] {
    let pi4 = PI * PI * PI * PI;
    let (alone_x, alone_y, together) = (
        0.5 * (1.0 + 0.1 * pi4 / 5.0) * (1.0 + 0.1 * pi4 / 5.0),
        49.0 / 8.0,
        0.01 * pi4 * pi4 * (1.0 / 18.0 - 1.0 / 50.0),
    );
    let all = alone_x + alone_y + together;
    [(alone_x / all, (alone_x + together) / all), (alone_y / all, alone_y / all), (0.0, together / all)]
}

fn near(found: &Indices, expected: (f64, f64), tolerance: f64) {
    for ((value, error), expected) in [(found.first, expected.0), (found.total, expected.1)] {
        assert!((value - expected).abs() < tolerance, "{value} ± {error}, {expected} expected");
        assert!(error > 0.0 && error < 0.05, "error {error}");
    }
}

#[test]
fn indices_are_those_of_the_ishigami_function() {
    let plan = Plan::new(Design::Sobol(4096), &[LEVELS; 3], 1).expect("a plan");
    let values: Vec<Vec<f64>> = plan.points.iter().map(|point| vec![ishigami(point)]).collect();
    for (found, expected) in indices(&values, &plan.rows).iter().zip(of_ishigami()) {
        near(found, expected, 0.01);
    }
}

/// A noise of run `run` at a point: half of it the same at all points.
fn noise(point: usize, run: usize) -> f64 {
    let word =
        |a: u32, b: u32| lendcycle::random::uniform(lendcycle::random::philox([a, b, 0, 0], [7, 7])[0]);
    10.0 * (word(u32::MAX, run as u32) - 0.5) + 20.0 * (word(point as u32, run as u32) - 0.5)
}

#[test]
fn noise_of_runs_is_taken_off_the_indices() {
    let plan = Plan::new(Design::Sobol(2048), &[LEVELS; 3], 2).expect("a plan");
    let of_point =
        |(at, point): (usize, &Levels)| (0..8).map(|run| ishigami(point) + noise(at, run)).collect();
    let values: Vec<Vec<f64>> = plan.points.iter().enumerate().map(of_point).collect();
    let found = indices(&values, &plan.rows);
    // What a single value each would say: noise of 20²/12/8 = 4.2 beside a variance of 13.8.
    let means: Vec<Vec<f64>> = values.iter().map(|values| vec![values.iter().sum::<f64>() / 8.0]).collect();
    let naive = indices(&means, &plan.rows);
    let (_, total) = of_ishigami()[2];
    assert!(naive[2].total.0 > total + 0.1, "{} would do", naive[2].total.0);
    for (found, expected) in found.iter().zip(of_ishigami()) {
        let errors = [found.first, found.total].map(|(_, error)| error);
        assert!((found.first.0 - expected.0).abs() < 4.0 * errors[0], "{found:?}, {expected:?} expected");
        assert!((found.total.0 - expected.1).abs() < 4.0 * errors[1], "{found:?}, {expected:?} expected");
    }
}

#[test]
fn intervals_of_indices_hold_what_they_should() {
    // g-function of Sobol (1993): a product of (|4x - 2| + a) / (1 + a).
    let a = [0.0, 1.0, 9.0];
    let g = |levels: &Levels| -> f64 {
        (0..3).map(|key| ((4.0 * place(levels, key) - 2.0).abs() + a[key]) / (1.0 + a[key])).product()
    };
    let alone = a.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
    let all = alone.iter().map(|part| 1.0 + part).product::<f64>() - 1.0;
    let total = |key: usize| {
        let others: f64 = (0..3).filter(|other| *other != key).map(|other| 1.0 + alone[other]).product();
        alone[key] * others / all
    };
    let (mut inside, mut asked) = (0, 0);
    for seed in 0..40 {
        let plan = Plan::new(Design::Sobol(256), &[LEVELS; 3], seed).expect("a plan");
        let values: Vec<Vec<f64>> = plan.points.iter().map(|point| vec![g(point)]).collect();
        for (key, found) in indices(&values, &plan.rows).iter().enumerate() {
            for ((value, error), expected) in [(found.first, alone[key] / all), (found.total, total(key))] {
                inside += u32::from((value - expected).abs() <= 1.96 * error);
                asked += 1;
            }
        }
    }
    // Rows of a Sobol sequence err less than the rows at random that the errors are for.
    assert!(inside * 100 >= asked * 95, "{inside} of {asked}");
}

#[test]
fn a_response_that_does_not_vary_has_no_indices() {
    let plan = Plan::new(Design::Sobol(16), &[4, 4], 1).expect("a plan");
    let values = vec![vec![3.0, 4.0]; plan.points.len()];
    assert!(
        indices(&values, &plan.rows).iter().all(|found| found.total.0.is_nan() && found.first.0.is_nan())
    );
    assert!(indices(&values, &[]).is_empty());
}

#[test]
fn designs_hold_each_point_once() {
    let grid = Plan::new(Design::Grid, &[2, 3], 1).expect("a plan");
    assert_eq!(grid.points.len(), 6);
    assert_eq!(grid.points[4], [Some(1), Some(1)]);
    let alone = Plan::new(Design::OneAtATime, &[2, 3], 1).expect("a plan");
    assert_eq!(alone.points.len(), 5);
    assert_eq!(alone.points[2], [None, Some(0)]);
    let sobol = Plan::new(Design::Sobol(64), &[3, 2], 1).expect("a plan");
    assert_eq!(sobol.points.len(), 6, "64 rows of 6 combinations");
    for Row { a, b, mixed } in &sobol.rows {
        for (key, point) in mixed.iter().enumerate() {
            let mut expected = sobol.points[*a].clone();
            expected[key] = sobol.points[*b][key];
            assert_eq!(sobol.points[*point], expected);
        }
    }
    // Each value as often as any other, as far as a power of two allows.
    let count = |level: usize| {
        let at = |point: usize| sobol.points[point][1] == Some(level);
        sobol.rows.iter().filter(|row| at(row.a)).count()
    };
    assert_eq!((count(0), count(1)), (32, 32));
}

#[test]
fn designs_beyond_reason_are_refused() {
    for (design, counts, why) in [
        (Design::Grid, &[1000, 1000][..], "1000000 points"),
        (Design::Sobol(4), &[2, 2], "from 8 to 65536"),
        (Design::Sobol(60_000), &[2, 2], "240000 points"),
        (Design::Sobol(8), &[2; 129], "at most 128 keys"),
    ] {
        let problem = Plan::new(design, counts, 1).expect_err("beyond reason");
        assert!(problem.contains(why), "{problem}");
    }
}

#[test]
fn effects_are_means_of_paired_differences() {
    let plan = Plan::new(Design::Grid, &[2, 2], 1).expect("a plan");
    // Points (0,0), (0,1), (1,0), (1,1) in two runs.
    let values = [[1.0, 5.0], [2.0, 8.0], [4.0, 6.0], [7.0, 7.0]].map(|values| values.to_vec());
    let found = effects(&plan, &[2, 2], &[0.0, 4.0], &values);
    // The first value of the first key: runs (1 + 2) / 2 - 0 and (5 + 8) / 2 - 4.
    assert_eq!(found[0][0].points, 2);
    assert_eq!(found[0][0].difference, (2.0, 0.5));
    assert_eq!(found[1][1].difference.0, (4.5 + 3.5) / 2.0);
    assert_eq!((best(&values, true), best(&values, false)), (Some(3), Some(0)));
    // From the last: -1 ± 0.04, 0.125 ± 1.0 and nothing at all; Student's t of four is 3.18.
    let near =
        [[9.0, 9.0, 9.1, 8.9], [8.0, 12.0, 9.0, 11.5], [10.0; 4], [10.0; 4]].map(|values| values.to_vec());
    assert_eq!(not_told_apart(&near, 3), [1, 2]);
}

#[test]
fn values_are_read_as_people_write_them() {
    let of = |text: &str| Dimension::parse(text).map(|found| found.values);
    assert_eq!(
        of("a.b=0.10..0.16:0.02").as_deref(),
        Ok(&["0.10", "0.12", "0.14", "0.16"].map(str::to_owned)[..])
    );
    assert_eq!(of("a = 6..30:12").as_deref(), Ok(&["6", "18", "30"].map(str::to_owned)[..]));
    assert_eq!(of("a=-2..3:4").as_deref(), Ok(&["-2", "2"].map(str::to_owned)[..]));
    assert_eq!(
        of("a=\"2027-01\", \"x,y\" ,[1, 2],{ b = 3, c = '}' }").as_deref(),
        Ok(&["\"2027-01\"", "\"x,y\"", "[1, 2]", "{ b = 3, c = '}' }"].map(str::to_owned)[..])
    );
    for (text, why) in [
        ("a.b", "write KEY="),
        ("=1,2", "name a key"),
        ("a..b=1,2", "name a key"),
        ("a=1", "one value does not vary"),
        ("a=1,,2", "value 2 of 3 is empty"),
        ("a=1,2,1", "given twice"),
        ("a=1..2", "no step"),
        ("a=2..1:1", "leads nowhere"),
        ("a=1..2:0", "leads nowhere"),
        ("a=1..x:1", "is no range"),
        ("a=0..1:0.00001", "at most 10000"),
    ] {
        let problem = of(text).expect_err(text);
        assert!(problem.contains(why), "{text}: {problem}");
    }
}
