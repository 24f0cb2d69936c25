//! Chinese help texts, by the names of arguments.

use std::ffi::OsString;

use clap::Command;

/// Whether help should be in Chinese: `--lang zh`, or a Chinese locale and no other choice.
pub fn wanted(arguments: &[OsString]) -> bool {
    let text: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let chosen = text.iter().enumerate().find_map(|(at, argument)| match *argument {
        "--lang" => text.get(at + 1).copied(),
        other => other.strip_prefix("--lang="),
    });
    match chosen {
        Some(language) => language == "zh",
        None => ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
            .is_some_and(|locale| locale.starts_with("zh")),
    }
}

/// Puts Chinese texts into the command and its subcommands.
pub fn translate(command: Command) -> Command {
    let names: Vec<String> =
        command.get_subcommands().map(|subcommand| subcommand.get_name().to_owned()).collect();
    let mut command = command
        .about("个人信贷产品生命周期的蒙特卡洛模拟器：增长期、瓶颈期、衰退期、退出期")
        .mut_arg("lang", |argument| argument.help("阶段表与帮助的语言：en 或 zh"));
    for name in names {
        command = command.mut_subcommand(name, |subcommand| {
            let about = match subcommand.get_name() {
                "run" => "模拟情景，打印各阶段损益表，并写出结果",
                "compare" => "在相同随机数下逐次比较情景与基准：差多少、有多可信、为什么",
                "sweep" => {
                    "让若干键变化，各点使用相同的随机数：响应表、影响最大的键，以及用新的运行复核的最优点"
                }
                "check" => "检查情景文件，一次报告全部问题",
                "diff" => "列出两个情景（含覆盖与选项）不同的键及其来源",
                "explain" => "说明一个键的含义、允许的取值、当前取值与来源",
                _ => return subcommand,
            };
            let mut subcommand = subcommand.about(about);
            let arguments: Vec<String> =
                subcommand.get_arguments().map(|argument| argument.get_id().to_string()).collect();
            for argument in arguments {
                if let Some(help) = argument_help(&argument) {
                    subcommand = subcommand.mut_arg(argument, |argument| argument.help(help));
                }
            }
            subcommand
        });
    }
    command
}

fn argument_help(name: &str) -> Option<&'static str> {
    Some(match name {
        "scenarios" => "情景文件（TOML）",
        "base" => "作为基准的情景（TOML）",
        "variants" => "与基准比较的情景，使用相同的随机数",
        "basis" => {
            "阶段表中损失何时计入：ecl（预期时）、incurred（核销时）、vintage（计入放款所在阶段）；有拨备的情景默认 ecl，其余默认 incurred"
        }
        "out" => "结果写入此目录（run 有多个情景时每个情景一个子目录，以文件名命名）",
        "force" => "覆盖已有的结果",
        "runs" => "蒙特卡洛运行次数",
        "months" => "模拟月数",
        "seed" => "随机数种子",
        "threads" => "线程数；0 表示每个核心一个；不影响结果",
        "json" => "以 JSON 输出",
        "until" => {
            "当全生命周期某指标（compare 为其差异）的标准误达到要求时停止：profit_before_tax=5%（占自身）或 profit_before_tax=50000（按其单位）；--runs 为上限"
        }
        "parts" => "另给出变动各部分对利润的影响：按顺序、单独、全部顺序平均（Shapley 值）",
        "vary" => "变化的键及其取值：KEY=V1,V2,… 或 KEY=A..B:STEP（可重复）",
        "design" => {
            "取哪些组合：grid（全部）、one-at-a-time（每次只变一个键）、sobol:N（N 行，用于敏感性指数）"
        }
        "metric" => "效应、敏感性与最优点所依据的响应：全生命周期的一个指标",
        "confirm" => "用多少次新的运行复核最优点；默认与 --runs 相同，0 表示不复核",
        "resume" => "继续同一 --out 未完成的扫描",
        "first" => "第一个情景文件（TOML）",
        "second" => "第二个情景文件（TOML）",
        "scenario" => "情景文件（TOML）",
        "key" => "键或表，写法同 --set：product.emergency.apr、economy",
        "resolved" => "打印每个键的取值及其来源（文件与行号）",
        "set" => "修改一个键：--set product.emergency.apr=0.12（TOML 值，可重复）",
        "quiet" => "不显示进度",
        _ => return None,
    })
}
