//! The stage table on the terminal, with a sparkline of the balance and the stages under it; English or Chinese.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{CellAlignment, Table};

use super::number::money_scale;
use super::summary::{Batch, StageSummary};
use super::tables::{lifetime_profit, mean_balance};
use crate::lifecycle::basis::Basis;
use crate::lifecycle::stage::Stage;
use crate::stats::Estimate;
use crate::time::CalendarMonth;

/// Language of what a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese.
    Chinese,
}

impl Language {
    /// The text in this language.
    pub fn pick<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }
}

/// Width of the sparkline in characters, at most.
const SPARKLINE_WIDTH: usize = 72;
const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Renders table, sparkline and notes.
pub fn render(
    batch: &Batch,
    stages: &[StageSummary],
    basis: Basis,
    start: CalendarMonth,
    language: Language,
) -> String {
    let largest =
        stages.iter().filter_map(|stage| stage.get("balance_average")).map(|e| e.mean).fold(0.0, f64::max);
    let (scale, unit) = money_scale(largest, language == Language::Chinese);
    let mut text = String::new();
    let _ = writeln!(text, "{}\n", sparkline(batch, start, language, scale, unit));
    let _ = writeln!(text, "{}", stage_rows(stages, basis, language, scale));
    let _ = writeln!(text, "{}", notes(batch, stages, basis, language, scale, unit));
    let _ = writeln!(text, "{}", signs(stages, language, scale, unit));
    text
}

/// Columns of the table: English and Chinese heading, and what stands in them.
type Column = (&'static str, &'static str, fn(&Row<'_>) -> String);

/// One stage, ready to be written.
struct Row<'a> {
    stage: &'a StageSummary,
    basis: Basis,
    scale: f64,
}

impl Row<'_> {
    fn mean(&self, key: &str) -> f64 {
        self.stage.get_on(self.basis, key).map_or(f64::NAN, |found| found.mean)
    }

    fn money(&self, key: &str) -> String {
        plain(self.mean(key) / self.scale, 2)
    }

    /// A ratio to the balance means nothing once next to no balance is left.
    fn of_balance(&self, key: &str) -> String {
        if self.stage.name == "closed" {
            return plain(f64::NAN, 0);
        }
        percent(self.mean(key), 2)
    }

    fn profit_found(&self) -> Option<&Estimate> {
        self.stage.get_on(self.basis, "profit_before_tax")
    }

    fn profit(&self) -> String {
        let error = self.profit_found().map_or(f64::NAN, |found| found.std_error);
        format!("{} ± {}", self.money("profit_before_tax"), plain(error / self.scale, 2))
    }

    fn profit_range(&self) -> String {
        self.profit_found().map_or(String::new(), |found| {
            let [low, _, _, _, high] = found.quantiles;
            format!("{} … {}", plain(low / self.scale, 1), plain(high / self.scale, 1))
        })
    }
}

const COLUMNS: &[Column] = &[
    ("reached", "到达率", |row| percent(row.stage.reached.0, 1)),
    ("start", "起始月", |row| plain(row.mean("start_month"), 1)),
    ("months", "月数", |row| plain(row.mean("duration"), 1)),
    ("origi-\nnated", "投放额", |row| row.money("originated")),
    ("average\nbalance", "平均\n余额", |row| row.money("balance_average")),
    ("NPL\nratio", "不良率", |row| row.of_balance("npl_ratio_balance")),
    ("income", "收入", |row| row.money("income")),
    ("cost", "成本", |row| row.money("cost")),
    ("net\nloss", "净信用\n损失", |row| row.money("credit_loss_net")),
    ("profit\nmean ± s.e.", "税前利润\n均值±标准误", |row| row.profit()),
    ("profit\n5 % … 95 %", "税前利润\n5 % … 95 %", |row| row.profit_range()),
    ("P(profit\n> 0)", "盈利\n概率", |row| percent(row.mean("profitable"), 1)),
    ("return\np.a.", "年化\n收益率", |row| row.of_balance("return_on_balance_annual")),
];

/// Lines above and below and under the heading, none between rows: the eye follows the row.
fn stage_rows(stages: &[StageSummary], basis: Basis, language: Language, scale: f64) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY);
    let heads = COLUMNS.iter().map(|(english, chinese, _)| language.pick(english, chinese));
    table.set_header(std::iter::once(language.pick("stage", "阶段")).chain(heads));
    for stage in stages {
        let row = Row { stage, basis, scale };
        let cells = COLUMNS.iter().map(|(_, _, of)| of(&row));
        table.add_row(std::iter::once(stage_name(&stage.name, language)).chain(cells));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((1, 0));
        if index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// A share as a percentage with fixed places; unknown is a dash.
pub fn percent(value: f64, places: usize) -> String {
    if value.is_finite() { plain(value * 100.0, places) + "%" } else { plain(value, places) }
}

/// A number with fixed places; unknown is a dash.
pub fn plain(value: f64, places: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{value:.places$}");
    // What rounds to nothing is not negative.
    let nothing = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    if nothing { text.replace('-', "") } else { text }
}

/// A stage's name for people.
pub fn stage_name(name: &str, language: Language) -> String {
    let (root, number) = name.split_once('_').unwrap_or((name, ""));
    let word = match root {
        "growth" => language.pick("growth", "增长期"),
        "plateau" => language.pick("plateau", "瓶颈期"),
        "decline" => language.pick("decline", "衰退期"),
        "exit" => language.pick("exit", "退出期"),
        "closed" => language.pick("closed", "已结清"),
        "lifetime" => language.pick("whole life", "全生命周期"),
        other => other,
    };
    if number.is_empty() { word.to_owned() } else { format!("{word} {number}") }
}

fn sparkline(batch: &Batch, start: CalendarMonth, language: Language, scale: f64, unit: &str) -> String {
    let balance = mean_balance(batch);
    let step = balance.len().div_ceil(SPARKLINE_WIDTH);
    let columns: Vec<f64> =
        balance.chunks(step).map(|months| months.iter().sum::<f64>() / months.len() as f64).collect();
    let (peak_month, peak) = balance
        .iter()
        .copied()
        .enumerate()
        .fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best });
    let line: String = columns
        .iter()
        .map(|value| {
            let height = if peak > 0.0 { value / peak * 8.0 } else { 0.0 };
            // A balance that is not nil is always seen.
            let bar = (height + 0.5) as usize;
            BARS[if *value > 0.0 { bar.clamp(1, 8) } else { 0 }]
        })
        .collect();
    let band: String = batch
        .stage_counts
        .chunks(step)
        .map(|months| {
            let mut counts = [0_u64; 5];
            for month in months {
                for (sum, count) in counts.iter_mut().zip(month) {
                    *sum += count;
                }
            }
            let most = (0..5).fold(0, |best, next| if counts[next] > counts[best] { next } else { best });
            ['G', 'P', 'D', 'X', '·'][most]
        })
        .collect();
    let balance_word = language.pick("balance", "余额");
    let stage_word = language.pick("stage  ", "阶段");
    let peak_text = match language {
        Language::English => format!(
            "peak {} {unit} in month {peak_month} ({})",
            plain(peak / scale, 1),
            start.plus(peak_month as u32)
        ),
        Language::Chinese => format!(
            "峰值 {} {unit}，第 {peak_month} 月（{}）",
            plain(peak / scale, 1),
            start.plus(peak_month as u32)
        ),
    };
    let legend = language.pick(
        "G growth  P plateau  D decline  X exit  · closed  (most frequent stage; one character is",
        "G 增长期  P 瓶颈期  D 衰退期  X 退出期  · 已结清（多数运行所处阶段；每格",
    );
    let legend_end = match language {
        Language::English if step == 1 => "one month)".to_owned(),
        Language::English => format!("{step} months)"),
        Language::Chinese => format!("{step} 个月）"),
    };
    format!("  {balance_word} {line}  {peak_text}\n  {stage_word} {band}\n  {legend} {legend_end}")
}

/// A basis for people, and what it means.
fn basis_name(basis: Basis, language: Language) -> (&'static str, &'static str) {
    match (basis, language) {
        (Basis::Ecl, Language::English) => ("expected-loss basis", "losses when provided for"),
        (Basis::Incurred, Language::English) => ("incurred basis", "losses when charged off"),
        (Basis::Vintage, Language::English) => ("vintage basis", "losses in the stage the loan was made in"),
        (Basis::Ecl, Language::Chinese) => ("预期损失口径", "计提拨备时计损失"),
        (Basis::Incurred, Language::Chinese) => ("已发生损失口径", "核销时计损失"),
        (Basis::Vintage, Language::Chinese) => ("放款归属口径", "损失计入放款所在阶段"),
    }
}

/// One line on whether every stage's profit has the same sign on every basis.
fn signs(stages: &[StageSummary], language: Language, scale: f64, unit: &str) -> String {
    let joint = language.pick(", ", "、");
    let of_stage = |stage: &StageSummary| {
        let found: Vec<(Basis, f64)> = stage
            .bases
            .iter()
            .filter_map(|(basis, _)| {
                stage.get_on(*basis, "profit_before_tax").map(|found| (*basis, found.mean / scale))
            })
            .collect();
        let is_same = found.windows(2).all(|pair| (pair[0].1 > 0.0) == (pair[1].1 > 0.0));
        let parts: Vec<String> =
            found.iter().map(|(basis, mean)| format!("{} {}", basis.key(), plain(*mean, 2))).collect();
        (!is_same).then(|| format!("{} ({})", stage_name(&stage.name, language), parts.join(joint)))
    };
    let differing: Vec<String> =
        stages.iter().filter(|stage| stage.name != "closed").filter_map(of_stage).collect();
    let keys: Vec<&str> =
        stages.last().map_or_else(Vec::new, |life| life.bases.iter().map(|(basis, _)| basis.key()).collect());
    match (differing.is_empty(), language) {
        (true, Language::English) => {
            format!("The mean profit of every stage has the same sign on every basis ({}).", keys.join(joint))
        }
        (true, Language::Chinese) => format!("各阶段平均利润的正负在各口径（{}）下一致。", keys.join(joint)),
        (false, Language::English) => {
            format!("Bases disagree on the sign of profit in: {}; {unit}.", differing.join("; "))
        }
        (false, Language::Chinese) => {
            format!("各口径对利润正负不一致的阶段：{}；单位：{unit}。", differing.join("；"))
        }
    }
}

fn notes(
    batch: &Batch,
    stages: &[StageSummary],
    basis: Basis,
    language: Language,
    scale: f64,
    unit: &str,
) -> String {
    let runs = batch.rows.len();
    let censored = batch.rows.iter().filter(|row| row.lifetime.censored).count() as f64 / runs as f64;
    let (profit, error) = lifetime_profit(batch, basis);
    let (name, meaning) = basis_name(basis, language);
    let second = batch
        .rows
        .iter()
        .filter(|row| row.stages.iter().any(|entry| matches!(entry.stage, Stage::Growth(2..))))
        .count() as f64
        / runs as f64;
    let loans = stages.last().map_or(f64::NAN, |life| {
        let mean = |key: &str| life.get(key).map_or(0.0, |found| found.mean);
        mean("loans_new") + mean("loans_repeat")
    });
    match language {
        Language::English => format!(
            "Amounts in {unit}, {name} ({meaning}); each row over the runs that reached the stage.\n\
             {runs} runs, {loans:.0} loans per run. Profit of the whole life {} ± {} {unit} (mean ± standard error; {} more runs halve every error).\n\
             Second growth in {:.1}% of runs. In {:.1}% of runs the life was not over at the horizon: durations of its last stage are lower bounds.",
            plain(profit / scale, 2),
            plain(error / scale, 2),
            3 * runs,
            second * 100.0,
            censored * 100.0
        ),
        Language::Chinese => format!(
            "金额单位：{unit}；{name}（{meaning}）；每行只统计到达该阶段的运行。\n\
             共 {runs} 次运行，每次约 {loans:.0} 笔贷款。全生命周期利润 {} ± {} {unit}（均值 ± 标准误；再运行 {} 次，全部误差减半）。\n\
             出现二次增长的运行占 {:.1}%；{:.1}% 的运行在期末尚未结清，其最后阶段的月数为下限。",
            plain(profit / scale, 2),
            plain(error / scale, 2),
            3 * runs,
            second * 100.0,
            censored * 100.0
        ),
    }
}
