//! The README is right: its commands print what it says, its table has the program's rows, and it names every option,
//! column and format that there is.
#![cfg(unix)]

use std::process::Command;

use kpi_extract::emit::{Column, Format};
use markdown::Markdown;

mod markdown;

#[test]
fn commands_and_tables_are_those_of_the_program() {
    let readme = Markdown::new("README.md");
    let commands = readme.prove();
    // What has just been put right counts.
    Markdown::new("README.zh-CN.md").follows(&Markdown::new("README.md"));
    assert_eq!(commands[..2], ["cargo run --release -- samples/*.txt > kpis.csv", "cargo test"]);
}

#[test]
fn every_option_column_and_format_is_named() {
    for path in ["README.md", "README.zh-CN.md"] {
        let readme = Markdown::new(path);
        let help = Command::new(env!("CARGO_BIN_EXE_kpi-extract")).arg("--help").output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        let options =
            help.split(|c: char| !c.is_ascii_lowercase() && c != '-').filter(|word| word.starts_with("--"));
        let columns = Column::ALL.map(Column::name).into_iter();
        let formats = Format::ALL.map(Format::name).into_iter();
        for name in options.chain(columns).chain(formats) {
            let said = readme
                .text()
                .split(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c))
                .any(|word| word == name);
            assert!(said, "{path} does not name `{name}`");
        }
    }
}
