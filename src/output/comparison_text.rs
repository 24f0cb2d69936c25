//! What a comparison says on the terminal: a table of differences by stage, why profit differs, and a verdict in words;
//! English or Chinese.

use std::fmt::Write as _;

use comfy_table::Table;
use comfy_table::presets::UTF8_BORDERS_ONLY;

use super::comparison::{Line, StageDifferences, better};
use super::number::money_scale;
use super::parts::StageParts;
use super::scale::{Scale, right_aligned, signed};
use super::stage_table::{Language, percent, plain, stage_name};
use crate::paired::{Difference, student_95};

/// Renders how a variant differs from the base.
pub fn render(
    base: &str,
    variant: &str,
    stages: &[StageDifferences],
    parts: Option<&[StageParts]>,
    runs: usize,
    language: Language,
) -> String {
    let life = stages.last().expect("the whole life is always there");
    let balances = [life.get("balance_average").base, life.get("balance_average").variant];
    let (fen, unit) = money_scale(balances.into_iter().fold(0.0, f64::max), language == Language::Chinese);
    let scale = Scale::new(fen, life.get("profit_before_tax").std_error);
    let mut text = String::new();
    let _ = match language {
        Language::English => writeln!(
            text,
            "{variant} less {base}: {runs} pairs of runs that share their luck; {unit}\n\n{}",
            stage_rows(stages, language, scale)
        ),
        Language::Chinese => writeln!(
            text,
            "{variant} 减 {base}：{runs} 对共享随机数的运行；单位：{unit}\n\n{}",
            stage_rows(stages, language, scale)
        ),
    };
    let _ = writeln!(text, "{}", why(life, language, scale));
    if let Some(parts) = parts {
        let _ = write!(text, "{}", super::parts::render(parts, fen, language));
    }
    text.push('\n');
    let _ = write!(text, "{}", verdict(base, variant, stages, runs, language, scale, unit));
    text
}

/// Columns of the table: English and Chinese heading, and what stands in them.
type Column = (&'static str, &'static str, fn(&StageDifferences, Scale) -> String);

const COLUMNS: &[Column] = &[
    ("months", "月数", |stage, _| signed(stage.get("duration").difference, 1)),
    ("origi-\nnated", "投放额", |stage, scale| money(stage, "originated", scale)),
    ("average\nbalance", "平均\n余额", |stage, scale| money(stage, "balance_average", scale)),
    ("income", "收入", |stage, scale| money(stage, "income", scale)),
    ("cost", "成本", |stage, scale| money(stage, "cost", scale)),
    ("net\nloss", "净信用\n损失", |stage, scale| money(stage, "credit_loss_net", scale)),
    ("profit\n± s.e.", "税前利润\n± 标准误", |stage, scale| {
        with_error(stage.get("profit_before_tax"), scale)
    }),
    ("95 %\ninterval", "95 %\n置信区间", |stage, scale| {
        let (low, high) = stage.get("profit_before_tax").interval();
        format!("{} … {}", scale.signed(low), scale.signed(high))
    }),
    ("better\nin", "更优\n概率", |stage, _| {
        percent(better("profit_before_tax", stage.get("profit_before_tax")), 1)
    }),
];

fn with_error(found: &Difference, scale: Scale) -> String {
    scale.with_error((found.difference, found.std_error))
}

fn money(stage: &StageDifferences, key: &str, scale: Scale) -> String {
    scale.signed(stage.get(key).difference)
}

fn stage_rows(stages: &[StageDifferences], language: Language, scale: Scale) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY);
    let heads = COLUMNS.iter().map(|(english, chinese, _)| language.pick(english, chinese));
    table.set_header(std::iter::once(language.pick("stage", "阶段")).chain(heads));
    for stage in stages {
        let cells = COLUMNS.iter().map(|(_, _, of)| of(stage, scale));
        table.add_row(std::iter::once(stage_name(&stage.name, language)).chain(cells));
    }
    right_aligned(&mut table, 1);
    table
}

fn line_name(line: Line, language: Language) -> &'static str {
    let (english, chinese) = match line {
        Line::InterestVolume => ("interest: balance", "利息：余额变化"),
        Line::InterestYield => ("interest: yield", "利息：收益率变化"),
        Line::Fees => ("fees, penalty interest", "费用与罚息"),
        Line::Acquisition => ("acquisition", "获客成本"),
        Line::Servicing => ("servicing", "运营成本"),
        Line::Collections => ("collections", "催收成本"),
        Line::Funding => ("funding", "资金成本"),
        Line::GuaranteeFees => ("guarantee fees", "担保费"),
        Line::Vat => ("VAT, surcharges", "增值税及附加"),
        Line::ChargeOffs => ("charge-offs", "核销"),
        Line::Recoveries => ("recoveries, sales", "回收与转让"),
    };
    language.pick(english, chinese)
}

/// The lines of profit of the whole life; those that no pair of runs differs in are left out.
fn why(life: &StageDifferences, language: Language, scale: Scale) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY);
    let heads = [
        language.pick("why the profit of the whole life differs", "全生命周期利润差异的来源"),
        language.pick("difference ± s.e.", "差异 ± 标准误"),
    ];
    table.set_header(heads);
    for (line, found) in &life.lines {
        if found.difference != 0.0 || found.std_error > 0.0 {
            table.add_row([line_name(*line, language).to_owned(), with_error(found, scale)]);
        }
    }
    let profit = with_error(life.get("profit_before_tax"), scale);
    table.add_row([language.pick("profit before tax", "税前利润").to_owned(), profit]);
    right_aligned(&mut table, 1);
    table
}

/// The stages whose profit differs for sure, in words.
fn by_stage(stages: &[StageDifferences], language: Language, scale: Scale) -> String {
    let parts: Vec<String> = stages[..stages.len() - 1]
        .iter()
        .filter(|stage| certain(stage.get("profit_before_tax")))
        .map(|stage| {
            let found = stage.get("profit_before_tax");
            format!("{} {}", stage_name(&stage.name, language), with_error(found, scale))
        })
        .collect();
    match (parts.is_empty(), language) {
        (true, _) => String::new(),
        (false, Language::English) => format!(" By stage: {}.", parts.join(", ")),
        (false, Language::Chinese) => format!("分阶段：{}。", parts.join("，")),
    }
}

/// Whether an interval of 95 % leaves nothing out.
fn certain(found: &Difference) -> bool {
    found.difference.abs() > student_95(found.pairs) * found.std_error
}

fn verdict(
    base: &str,
    variant: &str,
    stages: &[StageDifferences],
    runs: usize,
    language: Language,
    scale: Scale,
    unit: &str,
) -> String {
    let life = stages.last().expect("the whole life is always there");
    let profit = life.get("profit_before_tax");
    if profit.difference == 0.0 && profit.std_error == 0.0 {
        return match language {
            Language::English => format!("{variant} and {base} earn the same in every run.\n"),
            Language::Chinese => format!("{variant} 与 {base} 在每次运行中的利润完全相同。\n"),
        };
    }
    let size = scale.plain(profit.difference.abs());
    let error = scale.plain(profit.std_error);
    let share = percent(better("profit_before_tax", profit), 1);
    let reduction = plain(profit.variance_reduction, 1);
    let known = certain(profit);
    let more = profit.difference > 0.0;
    match language {
        Language::English => {
            let answer = if known {
                format!(
                    "Over the whole life {variant} earns {size} ± {error} {unit} {} than {base}, and more in {share} of runs.{}",
                    if more { "more" } else { "less" },
                    by_stage(stages, language, scale)
                )
            } else {
                format!(
                    "Whether {variant} earns more or less than {base} cannot be told: {} ± {error} {unit}, more in {share} of runs.{}{}",
                    scale.signed(profit.difference),
                    needed(profit, runs, language),
                    by_stage(stages, language, scale)
                )
            };
            format!(
                "{answer}\nSharing luck makes a pair of runs worth {reduction} pairs of independent ones. {} more pairs halve the errors.\n",
                3 * runs
            )
        }
        Language::Chinese => {
            let answer = if known {
                format!(
                    "全生命周期内，{variant} 比 {base} {}赚 {size} ± {error} {unit}，在 {share} 的运行中更优。{}",
                    if more { "多" } else { "少" },
                    by_stage(stages, language, scale)
                )
            } else {
                format!(
                    "尚不能判断 {variant} 与 {base} 孰优：差异 {} ± {error} {unit}，在 {share} 的运行中更优。{}{}",
                    scale.signed(profit.difference),
                    needed(profit, runs, language),
                    by_stage(stages, language, scale)
                )
            };
            format!(
                "{answer}\n共享随机数后，一对运行抵得上 {reduction} 对独立运行；再运行 {} 对，误差减半。\n",
                3 * runs
            )
        }
    }
}

/// How many runs would tell a difference of this size, where they are not beyond reason.
fn needed(profit: &Difference, runs: usize, language: Language) -> String {
    let half_width = student_95(runs) * profit.std_error / profit.difference;
    let needed = half_width * half_width * runs as f64;
    if !needed.is_finite() || needed > 1e7 {
        return String::new();
    }
    // Two digits say it.
    let mut unit = 1.0;
    while needed >= 100.0 * unit {
        unit *= 10.0;
    }
    let shown = (needed / unit).ceil() * unit;
    match language {
        Language::English => format!(" A difference of this size would take about {shown:.0} runs."),
        Language::Chinese => format!("要判断这样大小的差异约需 {shown:.0} 次运行。"),
    }
}
