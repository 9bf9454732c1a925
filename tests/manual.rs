//! Completion scripts and man pages: complete, and taken without a word by the programs that they are for.
#![cfg(unix)]

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

use harness::Run;

mod harness;

const COMMANDS: [&str; 10] =
    ["rules", "quantities", "suggest", "text", "check", "unclaimed", "why", "eval", "table", "completions"];

/// The options of a help text.
fn options(args: &str) -> Vec<String> {
    let help = Run::new(args).arg("--help").stdout_has(&["--"]).done().stdout;
    let words = help.split(|c: char| !c.is_ascii_lowercase() && c != '-');
    let mut options: Vec<_> =
        words.filter(|word| word.starts_with("--") && word.len() > 3).map(Into::into).collect();
    options.sort();
    options.dedup();
    options
}

/// What a program answers to a text, unless it is not there.
fn answer(program: &str, args: &[&str], input: &str) -> Option<String> {
    let child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        println!("skipped: there is no {program}");
        return None;
    };
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {args:?}: {told}");
    Some(told)
}

#[test]
fn every_shell_gets_a_script_with_every_command_and_option() {
    let options = options("");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = Run::new("completions").arg(shell).stdout_has(&["kpi-extract"]).done().stdout;
        for word in
            COMMANDS.iter().copied().chain(options.iter().map(|option| option.trim_start_matches('-')))
        {
            assert!(script.contains(word), "the script for {shell} lacks `{word}`");
        }
    }
    Run::new("completions csh").stderr_has(&["invalid value 'csh'", "bash"]).status(2).done();
}

#[test]
fn shells_take_their_scripts() {
    for (shell, check) in [("bash", &["-n"][..]), ("zsh", &["-n"]), ("fish", &["--no-execute"])] {
        let script = Run::new("completions").arg(shell).stdout_has(&["kpi-extract"]).done().stdout;
        if let Some(told) = answer(shell, check, &script) {
            assert_eq!(told, "", "{shell}");
        }
    }
}

#[test]
fn bash_completes_words() {
    let script = Run::new("completions bash").stdout_has(&["complete"]).done().stdout;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kpi-extract.bash");
    fs::write(&path, script).unwrap();
    for (line, expected) in [
        ("kpi-extract --form", "--format"),
        ("kpi-extract --format pa", "parquet"),
        ("kpi-extract table --acr", "--across"),
        ("kpi-extract tab", "table"),
        ("kpi-extract completions zs", "zsh"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let (last, before) = (words[words.len() - 1], words[words.len() - 2]);
        let ask = format!(
            ". {}; COMP_WORDS=({line}); COMP_CWORD={}; _kpi__extract kpi-extract '{last}' '{before}'; echo \"${{COMPREPLY[@]}}\"",
            path.display(),
            words.len() - 1
        );
        if let Some(told) = answer("bash", &["-c", &ask], "") {
            assert_eq!(told.trim(), expected, "{line}");
        }
    }
}

#[test]
fn pages_have_every_option_and_groff_takes_them() {
    for command in [""].into_iter().chain(COMMANDS) {
        let page = Run::new("man").args(command).stdout_has(&[".TH kpi-extract", ".SH NAME"]).done().stdout;
        let plain = page.replace("\\-", "-");
        for option in options(command) {
            // What an example names belongs to another page.
            let own = plain.contains(&format!("\\fB{option}")) || plain.contains(&option);
            assert!(own, "the page of `{command}` lacks `{option}`");
        }
        if command.is_empty() {
            for command in COMMANDS {
                assert!(plain.contains(&format!("kpi-extract-{command}")), "the page lacks `{command}`");
            }
        }
        if let Some(told) = answer("groff", &["-man", "-Kutf8", "-Tutf8", "-ww", "-z"], &page) {
            assert_eq!(told, "", "the page of `{command}`");
        }
    }
    Run::new("man tabel").stderr_has(&["no command is called `tabel`: there are rules, "]).status(2).done();
}
