//! The `kpi-extract` command: all of it is in [`cli`], so that this file has nothing to get wrong.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main().into()
}
