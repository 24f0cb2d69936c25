//! What a sweep says on the terminal: responses, a tornado of effects, sensitivity, and the best point in words; English or
//! Chinese.

use std::fmt::Write as _;

use comfy_table::Table;
use comfy_table::presets::UTF8_BORDERS_ONLY;

use super::comparison::more_is_better;
use super::number::money_scale;
use super::scale::{Scale, right_aligned};
use super::stage_table::{Language, plain};
use super::sweep_result::{Best, SweepResult};
use crate::lifecycle::metrics::Unit;
use crate::paired::student_95;
use crate::stats::mean_and_error;

/// Most points shown; all of them stand in `points.csv`.
const POINTS_SHOWN: usize = 12;
/// Width of one side of a tornado's bars.
const BAR: usize = 10;

/// Renders a sweep.
pub fn render(result: &SweepResult, language: Language) -> String {
    let (scale, unit) = scale_of(result, language);
    let (points, runs) = (result.plan.points.len(), result.base.len());
    let (scenario, metric) = (&result.scenario, &result.metric.0);
    let mut text = match language {
        Language::English => format!(
            "{scenario}: {points} points of {runs} runs that share their luck; {metric} of the whole life, {unit}\n\n"
        ),
        Language::Chinese => {
            format!(
                "{scenario}：{points} 个点，各 {runs} 次共享随机数的运行；全生命周期 {metric}，单位：{unit}\n\n"
            )
        }
    };
    let _ = writeln!(text, "{}", responses(result, scale, language));
    // Of a Sobol design the few points of a value differ in all other keys too: indices tell more.
    let more = match result.indices.is_empty() {
        true => tornado(result, scale, language),
        false => sensitivity(result, language),
    };
    let _ = writeln!(text, "{more}");
    let _ = write!(text, "\n{}", verdict(result, scale, unit, language));
    text
}

fn scale_of(result: &SweepResult, language: Language) -> (Scale, &'static str) {
    let differences = (0..result.values.len()).map(|point| result.difference(point));
    // The error of a typical difference; that of the base itself is far larger.
    let mut errors: Vec<f64> = differences.map(|(_, error)| error).filter(|error| *error > 0.0).collect();
    errors.sort_unstable_by(f64::total_cmp);
    let error = errors.get(errors.len() / 2).copied().unwrap_or(f64::INFINITY);
    match result.metric.1 {
        Unit::Money => {
            let largest = result.values.iter().map(|values| mean_and_error(values).0.abs());
            let largest = largest.filter(|mean| mean.is_finite()).fold(0.0, f64::max);
            let (fen, name) = money_scale(largest, language == Language::Chinese);
            (Scale::new(fen, error), name)
        }
        Unit::Ratio => (Scale::new(0.01, error), "%"),
        Unit::Months => (Scale::new(1.0, error), language.pick("months", "月")),
        Unit::Count | Unit::Number => (Scale::new(1.0, error), language.pick("number", "数值")),
    }
}

fn interval((difference, error): (f64, f64), runs: usize, scale: Scale) -> String {
    let half = student_95(runs) * error;
    format!("{} … {}", scale.signed(difference - half), scale.signed(difference + half))
}

/// Points in their order, or the best of many.
fn responses(result: &SweepResult, scale: Scale, language: Language) -> Table {
    let mut shown: Vec<usize> = (0..result.values.len()).collect();
    if shown.len() > POINTS_SHOWN {
        let mean = |point: usize| mean_and_error(&result.values[point]).0;
        let more = more_is_better(&result.metric.0).unwrap_or(true);
        shown.sort_by(|a, b| {
            let order = mean(*a).total_cmp(&mean(*b));
            if more { order.reverse() } else { order }
        });
        shown.truncate(POINTS_SHOWN);
    }
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY);
    let mut head = vec![language.pick("point", "点").to_owned()];
    head.extend(result.dimensions.iter().map(|dimension| dimension.key.clone()));
    head.extend(
        [
            language.pick("value", "取值"),
            language.pick("difference ± s.e.", "差异 ± 标准误"),
            language.pick("95 % interval", "95 % 置信区间"),
            "",
        ]
        .map(str::to_owned),
    );
    table.set_header(head);
    let as_is = language.pick("as it is", "原情景");
    let mut row = vec![as_is.to_owned()];
    row.extend(vec![String::new(); result.dimensions.len()]);
    row.extend([scale.plain(mean_and_error(&result.base).0), String::new(), String::new(), String::new()]);
    table.add_row(row);
    for point in shown {
        let difference = result.difference(point);
        let mark = match &result.best {
            Some(best) if best.point == point => language.pick("best", "最优"),
            Some(best) if best.not_told_apart.contains(&point) => "≈",
            _ => "",
        };
        let mut row = vec![(point + 1).to_string()];
        row.extend(
            (0..result.dimensions.len()).map(|key| result.value(point, key).unwrap_or("·").to_owned()),
        );
        row.extend([
            scale.plain(mean_and_error(&result.values[point]).0),
            scale.with_error(difference),
            interval(difference, result.base.len(), scale),
            mark.to_owned(),
        ]);
        table.add_row(row);
    }
    right_aligned(&mut table, 1);
    table
}

/// By key the lowest and highest effect of its values, the widest first, with bars around nothing.
fn tornado(result: &SweepResult, scale: Scale, language: Language) -> Table {
    let mut rows: Vec<(usize, usize, usize)> = result
        .effects
        .iter()
        .enumerate()
        .filter_map(|(key, effects)| {
            let known = || {
                let levels = (0..effects.len()).filter(|level| effects[*level].difference.0.is_finite());
                levels.map(|level| (level, effects[level].difference.0))
            };
            let low = known().reduce(|low, other| if other.1 < low.1 { other } else { low })?.0;
            let high = known().reduce(|high, other| if other.1 > high.1 { other } else { high })?.0;
            Some((key, low, high))
        })
        .collect();
    let of = |key: usize, level: usize| result.effects[key][level].difference;
    let swing = |(key, low, high): &(usize, usize, usize)| of(*key, *high).0 - of(*key, *low).0;
    rows.sort_by(|a, b| swing(b).total_cmp(&swing(a)));
    let widest = rows.iter().flat_map(|(key, low, high)| [of(*key, *low).0.abs(), of(*key, *high).0.abs()]);
    let widest = widest.fold(0.0, f64::max);
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY);
    table.set_header([
        language.pick("key", "键"),
        language.pick("lowest at", "最低于"),
        language.pick("difference ± s.e.", "差异 ± 标准误"),
        language.pick("highest at", "最高于"),
        language.pick("difference ± s.e.", "差异 ± 标准误"),
        "−  0  +",
    ]);
    for (key, low, high) in rows {
        let values = &result.dimensions[key].values;
        table.add_row([
            result.dimensions[key].key.clone(),
            values[low].clone(),
            scale.with_error(of(key, low)),
            values[high].clone(),
            scale.with_error(of(key, high)),
            bars(of(key, low).0, of(key, high).0, widest),
        ]);
    }
    right_aligned(&mut table, 1);
    table
}

/// A bar from `low` to `high` around nothing, `widest` on either side.
fn bars(low: f64, high: f64, widest: f64) -> String {
    let length = |value: f64| {
        let share = if widest > 0.0 { value / widest * BAR as f64 } else { 0.0 };
        crate::math::round(share).clamp(0, BAR as i64) as usize
    };
    let (left, right) = (length(-low), length(high));
    // What lies on one side of nothing alone begins where it begins.
    let (gap_left, gap_right) = (length(-high), length(low));
    let mut bar = " ".repeat(BAR - left);
    bar += &"█".repeat(left - gap_left.min(left));
    bar += &" ".repeat(gap_left.min(left));
    bar.push('│');
    bar += &" ".repeat(gap_right.min(right));
    bar += &"█".repeat(right - gap_right.min(right));
    bar += &" ".repeat(BAR - right);
    bar
}

fn sensitivity(result: &SweepResult, language: Language) -> Table {
    let mut order: Vec<usize> = (0..result.indices.len()).collect();
    order.sort_by(|a, b| result.indices[*b].total.0.total_cmp(&result.indices[*a].total.0));
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY);
    table.set_header([
        language.pick("share of the variance over the sweep", "占扫描方差的比例"),
        language.pick("alone ± s.e.", "单独 ± 标准误"),
        language.pick("with all others ± s.e.", "含交互 ± 标准误"),
        "",
    ]);
    let shown = |(value, error): (f64, f64)| format!("{} ± {}", plain(value, 3), plain(error, 3));
    for key in order {
        let found = result.indices[key];
        let bar = crate::math::round(found.total.0.clamp(0.0, 1.0) * 2.0 * BAR as f64).max(0) as usize;
        table.add_row([
            result.dimensions[key].key.clone(),
            shown(found.first),
            shown(found.total),
            format!("{}{}", "█".repeat(bar), " ".repeat(2 * BAR - bar)),
        ]);
    }
    right_aligned(&mut table, 1);
    table
}

fn verdict(result: &SweepResult, scale: Scale, unit: &str, language: Language) -> String {
    let metric = &result.metric.0;
    let Some(best) = &result.best else {
        return match language {
            Language::English => format!("Neither more nor less {metric} is better: no point is the best.\n"),
            Language::Chinese => format!("{metric} 无所谓多好少好，不评选最优点。\n"),
        };
    };
    let more = more_is_better(metric).unwrap_or(true);
    let values: Vec<String> = (0..result.dimensions.len())
        .filter_map(|key| {
            let value = result.value(best.point, key)?;
            Some(format!("{} = {value}", result.dimensions[key].key))
        })
        .collect();
    let values = values.join(", ");
    let (point, points) = (best.point + 1, result.values.len());
    let improves = if more { best.chosen.0 > 0.0 } else { best.chosen.0 < 0.0 };
    let near = best.not_told_apart.len();
    let mut text = match (language, improves) {
        (Language::English, true) => format!(
            "Best of {points} points is point {point}: {values}. {metric} differs from the scenario as it is by {} {unit}.",
            scale.with_error(best.chosen)
        ),
        (Language::English, false) => format!(
            "No point is better than the scenario as it is. The best of {points} is point {point}: {values}; {metric} differs by {} {unit}.",
            scale.with_error(best.chosen)
        ),
        (Language::Chinese, true) => format!(
            "{points} 个点中最优的是第 {point} 点：{values}。{metric} 与原情景相差 {} {unit}。",
            scale.with_error(best.chosen)
        ),
        (Language::Chinese, false) => format!(
            "没有点优于原情景。{points} 个点中最优的是第 {point} 点：{values}；{metric} 相差 {} {unit}。",
            scale.with_error(best.chosen)
        ),
    };
    let _ = writeln!(text, "{}", confirmation(best, scale, unit, language));
    if near > 0 {
        let _ = match language {
            Language::English => writeln!(
                text,
                "{near} other point{} cannot be told from it with these runs (≈).",
                if near == 1 { "" } else { "s" }
            ),
            Language::Chinese => writeln!(text, "另有 {near} 个点与之无法区分（≈）。"),
        };
    }
    let more = 3 * result.base.len();
    let _ = match language {
        Language::English => writeln!(text, "{more} more runs of each point halve the errors."),
        Language::Chinese => writeln!(text, "每个点再运行 {more} 次，误差减半。"),
    };
    text
}

/// What fresh runs say of the best point.
fn confirmation(best: &Best, scale: Scale, unit: &str, language: Language) -> String {
    let Some(((fresh, runs), curse)) = best.fresh.zip(best.curse()) else {
        return language
            .pick(
                " It was chosen and measured on the same runs: that flatters it (--confirm N measures it on fresh ones).",
                "选择与度量用的是同一批运行，结果偏乐观（--confirm N 用新的运行复核）。",
            )
            .to_owned();
    };
    match language {
        Language::English => format!(
            "\nOn {runs} fresh runs it differs by {} {unit}: being chosen flattered it by {} (winner's curse).",
            scale.with_error(fresh),
            scale.with_error(curse)
        ),
        Language::Chinese => format!(
            "\n在 {runs} 次新的运行中相差 {} {unit}：被选中使其显得好 {}（赢家诅咒）。",
            scale.with_error(fresh),
            scale.with_error(curse)
        ),
    }
}
