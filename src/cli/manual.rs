//! Completion scripts and man pages, made of the definitions of the options so that they are never out of date.

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use super::{args, check::print, exit::Exit, stop::Stop};

const NAME: &str = "kpi-extract";
/// How the section begins that has what stands below the options in `--help`.
const EXTRA: &str = ".SH EXTRA\n";

/// Prints what a shell must know to complete words.
pub fn completions(shell: Shell) -> Result<Exit, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::command(), NAME, &mut script);
    let script = String::from_utf8_lossy(&script);
    // For a name with a hyphen the script for bash calls the same thing by two names.
    show(&script.replace("kpi__subcmd__extract", "kpi__extract"))
}

/// Prints the page of the program or of one of its commands.
pub fn man(command: Option<&str>) -> Result<Exit, Stop> {
    let mut program = args::command();
    program.build();
    let (page, title) = match command {
        None => (&program, NAME.to_owned()),
        Some(name) => {
            let page =
                program.get_subcommands().find(|command| command.get_name() == name).ok_or_else(|| {
                    let known: Vec<&str> = program.get_subcommands().map(Command::get_name).collect();
                    Stop::NoCommand { name: name.to_owned(), known: known.join(", ") }
                })?;
            (page, format!("{NAME}-{name}"))
        }
    };
    let mut text = Vec::new();
    let made = Man::new(page.clone()).title(title).render(&mut text);
    made.map_err(|error| Stop::Output("standard output".into(), error))?;
    let mut text = String::from_utf8_lossy(&text).into_owned();
    // What stands below the options is laid out already.
    if let Some(notes) = text.find(EXTRA) {
        let end = text[notes + 1..].find(".SH ").map_or(text.len(), |at| notes + 1 + at);
        text.insert_str(end, ".fi\n");
        text.replace_range(notes..notes + EXTRA.len(), ".SH NOTES\n.nf\n");
    }
    show(&text)
}

fn show(text: &str) -> Result<Exit, Stop> {
    print(text)?;
    Ok(Exit::Done)
}
