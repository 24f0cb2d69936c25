//! What the READMEs show is what the program prints. `LENDCYCLE_BLESS=1 cargo test --test readme` writes it anew.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn lendcycle(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lendcycle"))
        .args(arguments)
        .current_dir(root())
        .env_remove("LANG")
        .env_remove("LC_ALL")
        .output()
        .expect("the binary starts")
}

/// The block between `<!-- name:begin -->` and `<!-- name:end -->` is this text in a code fence.
fn shows(file: &str, name: &str, text: &str) {
    let path = root().join(file);
    let content = std::fs::read_to_string(&path).expect("the README is there");
    let (begin, end) = (format!("<!-- {name}:begin -->\n"), format!("<!-- {name}:end -->"));
    let from = content.find(&begin).expect("the block begins") + begin.len();
    let to = content.find(&end).expect("the block ends");
    let trimmed: Vec<&str> = text.lines().map(str::trim_end).collect();
    let block = format!("```text\n{}\n```\n", trimmed.join("\n").trim_end());
    if std::env::var_os("LENDCYCLE_BLESS").is_some() {
        let blessed = format!("{}{block}{}", &content[..from], &content[to..]);
        std::fs::write(&path, blessed).expect("the README can be written");
    } else {
        assert_eq!(&content[from..to], block, "{file} shows another {name}");
    }
}

/// Commands in the README's code blocks that run the program, without `cargo run --release --`.
fn commands(file: &str) -> Vec<String> {
    std::fs::read_to_string(root().join(file))
        .expect("the README is there")
        .lines()
        .filter_map(|line| line.strip_prefix("cargo run --release -- "))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_stage_tables_shown_are_what_the_first_command_prints() {
    for file in ["README.md", "README.zh-CN.md"] {
        let first = commands(file).swap_remove(0);
        let arguments: Vec<&str> = first.split(' ').collect();
        let output = lendcycle(&arguments);
        assert!(output.status.success(), "{first}");
        shows(file, "table", &String::from_utf8(output.stdout).expect("UTF-8"));
    }
}

#[test]
fn the_comparisons_shown_are_what_the_command_prints() {
    for file in ["README.md", "README.zh-CN.md"] {
        let command = commands(file).into_iter().find(|command| command.starts_with("compare"));
        let command = command.expect("a comparison");
        let output = lendcycle(&command.split(' ').collect::<Vec<_>>());
        assert!(output.status.success(), "{command}");
        shows(file, "compare", &String::from_utf8(output.stdout).expect("UTF-8"));
    }
}

#[test]
fn the_error_shown_is_what_the_check_prints() {
    let check = commands("README.md").into_iter().find(|command| command.starts_with("check"));
    let check = check.expect("the README shows a check");
    let output = lendcycle(&check.split(' ').collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(3));
    shows("README.md", "error", &String::from_utf8(output.stderr).expect("UTF-8"));
}

#[test]
fn every_command_shown_runs() {
    let place = tempfile::tempdir().expect("a temporary directory");
    for file in ["README.md", "README.zh-CN.md"] {
        for (index, command) in commands(file).iter().enumerate().skip(1) {
            // These two have tests of their own.
            if command.starts_with("check") || command.starts_with("compare") {
                continue;
            }
            let out = place.path().join(format!("{file}-{index}"));
            let out = out.to_str().expect("UTF-8");
            // Fewer runs than are shown.
            let shorter = command.replace("--runs 200", "");
            let arguments: Vec<&str> = shorter
                .split(' ')
                .filter(|word| !word.is_empty())
                .map(|word| if word == "results/base" { out } else { word })
                .chain(["--runs", "8", "--quiet"])
                .collect();
            let output = lendcycle(&arguments);
            assert!(output.status.success(), "{command}");
            assert!(!command.contains("--out") || Path::new(out).join("manifest.json").is_file());
        }
    }
}

#[test]
fn the_examples_are_what_their_commands_print() {
    let file = "docs/EXAMPLES.md";
    let content = std::fs::read_to_string(root().join(file)).expect("the examples are there");
    let names = content.lines().filter_map(|line| line.strip_prefix("<!-- ")?.strip_suffix(":begin -->"));
    let names: Vec<&str> = names.collect();
    let commands = commands(file);
    assert_eq!(names.len(), commands.len(), "each command has its block");
    for (name, command) in names.iter().zip(&commands) {
        let arguments: Vec<&str> = command.split(' ').chain(["--quiet"]).collect();
        let output = lendcycle(&arguments);
        assert!(output.status.success(), "{command}");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let (shown, _) = text.split_once("\nNothing was written").expect("nothing is written");
        shows(file, name, shown);
    }
}

#[test]
fn the_test_command_shown_is_the_one_ci_runs() {
    let ci = std::fs::read_to_string(root().join(".ci/run")).expect("the CI script is there");
    for file in ["README.md", "README.zh-CN.md"] {
        let readme = std::fs::read_to_string(root().join(file)).expect("the README is there");
        assert!(readme.contains("\ncargo test\n"), "{file}");
    }
    assert!(ci.lines().any(|line| line.starts_with("cargo test")));
}

#[test]
fn the_what_if_shown_is_the_file() {
    let file = std::fs::read_to_string(root().join("scenarios/what_if/tighten_month_18.toml"));
    let file = file.expect("the what-if is there");
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README is there");
    for line in
        ["extends = \"../base/consumer_credit.toml\"", "name = \"tighten\"", "from = 18", "cutoff_new = 15"]
    {
        assert!(file.contains(line) && readme.contains(line), "{line}");
    }
}
