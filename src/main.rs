//! The `lendcycle` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    lendcycle::cli::main()
}
