//! The `kpi-extract` command: all of it is in [`cli`], so that this file has nothing to get wrong.

use kpi_extract::cli;

fn main() -> std::process::ExitCode {
    cli::main(std::env::args_os()).into()
}
