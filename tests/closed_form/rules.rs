//! When rules fire, take effect and end, worked by hand on given figures.

use lendcycle::money::Fen;
use lendcycle::policy::{Clock, Condition, Firing, Lasting, Metric, Over, Side, Timing};

fn condition(window: (usize, Over), side: Side, threshold: f64, reset: f64) -> Condition {
    Condition { metric: Metric::NplRatio, cells: Vec::new(), target: None, window, side, threshold, reset }
}

fn at_once() -> Timing {
    Timing { lag: 0, lasting: Lasting::WhileHeld, ramp: 1, cooldown: 0, cost: Fen(0), monthly_cost: Fen(0) }
}

/// Months at whose beginning a condition holds; `figures[m]` is seen at the end of month `m`.
fn holding(condition: &Condition, figures: &[Option<f64>]) -> Vec<u32> {
    let mut held = false;
    let mut months = Vec::new();
    for month in 0..=figures.len() {
        held = condition.holds(&figures[..month], held);
        if held {
            months.push(month as u32);
        }
    }
    months
}

fn known(figures: &[f64]) -> Vec<Option<f64>> {
    figures.iter().copied().map(Some).collect()
}

/// Months fired, months ended, and the share of the effect by month, when conditions hold in the given months.
fn play(timing: &Timing, months: u32, holds: impl Fn(u32) -> bool) -> (Vec<u32>, Vec<u32>, Vec<f64>) {
    let mut clock = Clock::default();
    let (mut fired, mut ended, mut strengths) = (Vec::new(), Vec::new(), Vec::new());
    for month in 0..months {
        let step = clock.step(timing, month, holds(month));
        if step.ended {
            ended.push(month);
        }
        if step.fired {
            fired.push(month);
        }
        strengths.push(step.strength);
    }
    (fired, ended, strengths)
}

/// The n-th month in a row below is month `start + n - 1`; it is known at the beginning of the next.
#[test]
fn a_run_of_months_fires_the_month_after_it_is_complete() {
    for start in 0..20 {
        for length in 1..8_usize {
            let figures: Vec<_> = (0..40).map(|m| Some(if m < start { 1.0 } else { 0.5 })).collect();
            let below = condition((length, Over::Consecutive), Side::Below, 0.7, 0.7);
            assert_eq!(holding(&below, &figures)[0] as usize, start + length, "{start} {length}");
        }
    }
}

#[test]
fn a_run_that_is_broken_begins_anew() {
    let figures = known(&[0.5, 0.5, 0.9, 0.5, 0.5, 0.5, 0.5, 0.7, 0.5]);
    let below = condition((3, Over::Consecutive), Side::Below, 0.7, 0.7);
    // The threshold itself is not below.
    assert_eq!(holding(&below, &figures), [6, 7]);
}

/// A straight line through the threshold: mean, least and largest of a window cross it so many months apart.
#[test]
fn windows_of_a_rising_line_cross_when_their_figure_does() {
    let line: Vec<_> = (0..60).map(|month| Some(f64::from(month))).collect();
    for window in 1..12_usize {
        let first = |over| holding(&condition((window, over), Side::Above, 29.75, 29.75), &line)[0] as usize;
        assert_eq!(first(Over::Max), 31);
        assert_eq!(first(Over::Min), 31 + window - 1);
        assert_eq!(first(Over::Consecutive), first(Over::Min));
        // The mean lies half a window behind the last figure.
        let behind = (window as f64 - 1.0) / 2.0;
        assert_eq!(first(Over::Mean), (29.75 + behind).floor() as usize + 2);
    }
}

#[test]
fn a_condition_holds_until_its_figure_is_back_at_reset() {
    let figures = known(&[2.0, 3.1, 2.9, 2.6, 2.5, 2.9, 3.0, 3.2, 2.0]);
    let wide = condition((1, Over::Mean), Side::Above, 3.0, 2.5);
    assert_eq!(holding(&wide, &figures), [2, 3, 4, 8]);
    let narrow = condition((1, Over::Mean), Side::Above, 3.0, 3.0);
    assert_eq!(holding(&narrow, &figures), [2, 8]);
    let mirrored: Vec<_> = figures.iter().map(|figure| figure.map(|value| -value)).collect();
    let below = condition((1, Over::Mean), Side::Below, -3.0, -2.5);
    assert_eq!(holding(&below, &mirrored), [2, 3, 4, 8]);
}

#[test]
fn the_unknown_is_neither_above_nor_below() {
    let figures = [Some(5.0), None, Some(5.0), Some(5.0), Some(5.0)];
    for side in [Side::Above, Side::Below] {
        let threshold = if side == Side::Above { 1.0 } else { 9.0 };
        let two = condition((2, Over::Mean), side, threshold, threshold);
        assert_eq!(holding(&two, &figures), [4, 5], "{side:?}");
    }
    // Nor does it stay beyond what it was beyond.
    assert_eq!(holding(&condition((1, Over::Max), Side::Above, 1.0, 0.0), &figures), [1, 3, 4, 5]);
}

/// Both readings of "30 % below target" for figures at a given share of the target.
#[test]
fn a_target_divides_the_figure_of_its_month() {
    let mut below = condition((1, Over::Mean), Side::Below, 0.7, 0.7);
    below.target = Some(vec![(2, 200.0), (4, 400.0)]);
    assert_eq!(below.scaled(1, Some(100.0)), None);
    assert_eq!(below.scaled(2, Some(100.0)), Some(0.5));
    assert_eq!(below.scaled(3, Some(100.0)), Some(0.5));
    assert_eq!(below.scaled(9, Some(100.0)), Some(0.25));
    assert_eq!(below.scaled(9, None), None);
    let scaled: Vec<_> = (0..8).map(|month| below.scaled(month, Some(130.0))).collect();
    assert_eq!(holding(&below, &scaled), [3, 4, 5, 6, 7, 8]);
    below.threshold = 0.3;
    below.reset = 0.3;
    assert_eq!(holding(&below, &scaled), [0; 0]);
    assert_eq!(holding(&below, &[Some(119.0 / 400.0)]), [1]);
}

#[test]
fn without_timing_the_effect_is_as_long_as_conditions_hold() {
    let holds = |month: u32| [2, 3, 4, 7, 9].contains(&month);
    let (fired, ended, strengths) = play(&at_once(), 12, holds);
    assert_eq!((fired, ended), (vec![2, 7, 9], vec![5, 8, 10]));
    for (month, strength) in strengths.into_iter().enumerate() {
        assert_eq!(strength, if holds(month as u32) { 1.0 } else { 0.0 }, "{month}");
    }
}

/// Always holding: fired in `lag`-free month 0, in effect `[lag, lag + duration)`, ready again `cooldown` after that.
#[test]
fn lag_duration_and_cooldown_make_a_period_of_their_sum() {
    for (lag, duration, cooldown) in [(0, 1, 0), (0, 3, 2), (2, 1, 0), (3, 4, 5), (1, 6, 1)] {
        let timing = Timing { lag, lasting: Lasting::Months(duration), cooldown, ..at_once() };
        let period = lag + duration + cooldown;
        let (fired, ended, strengths) = play(&timing, 60, |_| true);
        let expected: Vec<u32> = (0..60).filter(|month| month % period == 0).collect();
        assert_eq!(fired, expected);
        let ends: Vec<u32> =
            fired.iter().map(|month| month + lag + duration).filter(|end| *end < 60).collect();
        assert_eq!(ended, ends);
        for month in 0..60 {
            let place = month % period;
            let on = lag <= place && place < lag + duration;
            assert_eq!(strengths[month as usize], f64::from(u8::from(on)), "{timing:?} {month}");
        }
    }
}

#[test]
fn a_decision_once_made_takes_effect_and_ends_when_conditions_do_not_hold() {
    let timing = Timing { lag: 4, ..at_once() };
    // It holds for a moment: one month of effect.
    let (fired, ended, strengths) = play(&timing, 12, |month| month == 1);
    assert_eq!((fired, ended), (vec![1], vec![6]));
    assert_eq!(strengths.iter().sum::<f64>(), 1.0);
    assert_eq!(strengths[5], 1.0);
    // It holds on and off during the lag: that starts nothing new.
    let (fired, ended, strengths) = play(&timing, 12, |month| [1, 3, 5, 6, 7].contains(&month));
    assert_eq!((fired, ended), (vec![1], vec![8]));
    assert_eq!(strengths.iter().sum::<f64>(), 3.0);
}

#[test]
fn a_ramp_rises_in_equal_steps_and_starts_again_with_every_firing() {
    let timing = Timing { lag: 1, ramp: 4, lasting: Lasting::Months(6), ..at_once() };
    let (_, _, strengths) = play(&timing, 14, |_| true);
    assert_eq!(strengths, [0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 1.0]);
}

#[test]
fn nothing_ends_what_is_permanent() {
    let timing = Timing { lag: 2, lasting: Lasting::Permanent, ..at_once() };
    let (fired, ended, strengths) = play(&timing, 300, |month| month == 7);
    assert_eq!((fired, ended), (vec![7], vec![]));
    assert_eq!(strengths.iter().sum::<f64>(), f64::from(300 - 9));
}

#[test]
fn a_firing_costs_once_and_by_month_in_effect() {
    let timing = Timing { lag: 3, cost: Fen(1000), monthly_cost: Fen(7), ..at_once() };
    let firing = |ended| Firing { rule: 0, fired: 10, ended };
    assert_eq!(firing(Some(20)).months_in_effect(&timing, 100), 7);
    assert_eq!(firing(Some(20)).cost(&timing, 100), 1000 + 7 * 7);
    assert_eq!(firing(None).cost(&timing, 100), 1000 + 87 * 7);
    // The horizon comes before the effect.
    assert_eq!(firing(None).cost(&timing, 12), 1000);
}
