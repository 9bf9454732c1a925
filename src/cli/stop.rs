//! `Stop`: why a run ended before its end, and how an operating system's error is worded.

use std::{borrow::Cow, io, path::Path};

use kpi_extract::rules::RuleErrors;

use super::{exit::Exit, inputs::Failure};

/// Why a run ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// Rule files that could not be read.
    #[error("{0:#}")]
    Unread(anyhow::Error),
    /// Rules that do not load: diagnostics that are complete in themselves.
    #[error(transparent)]
    Rules(#[from] RuleErrors),
    /// No rule has this id.
    #[error("no rule has the id `{id}`{help}", help = match near {
        Some(near) => format!(": did you mean `{near}`?"),
        None => " (`kpi-extract rules list` names them all)".to_owned(),
    })]
    NoRule {
        /// What was asked for.
        id: String,
        /// The id nearest to it.
        near: Option<String>,
    },
    /// No command has this name.
    #[error("no command is called `{name}`: there are {known}")]
    NoCommand {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// An option whose value makes no sense with the rules and places that were loaded.
    #[error("{0}")]
    Misuse(clap::Error),
    /// A document that a check is made with.
    #[error(transparent)]
    Unreadable(Failure),
    /// A place of a report without its line.
    #[error("`{place}` names no line of a report, {problem}: write FILE:LINE or FILE:LINE:COL")]
    NoLine {
        /// What was asked about.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A place of a report without a number: what is said of it.
    #[error("{0}")]
    NoNumber(String),
    /// The one input that there was.
    #[error(transparent)]
    Input(#[from] Failure),
    /// The output, by its name, cannot be written.
    #[error("{}: {}", .0, cause(.1))]
    Output(String, io::Error),
}

impl Stop {
    /// Whether the reader of the output has gone, which is no error: it has what it wanted.
    pub fn is_quiet(&self) -> bool {
        matches!(self, Self::Output(_, error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The exit status that it leads to.
    pub fn exit(&self) -> Exit {
        match self {
            _ if self.is_quiet() => Exit::Done,
            Self::Unread(_)
            | Self::Rules(_)
            | Self::NoRule { .. }
            | Self::Misuse(_)
            | Self::NoCommand { .. }
            | Self::Unreadable(_)
            | Self::NoLine { .. } => Exit::Misused,
            Self::NoNumber(_) | Self::Input(_) | Self::Output(..) => Exit::Failed,
        }
    }
}

/// What went wrong, in the words of these messages where it is common.
pub fn cause(error: &io::Error) -> Cow<'static, str> {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::IsADirectory => "is a folder".into(),
        io::ErrorKind::NotADirectory => "a part of the path is no folder".into(),
        io::ErrorKind::StorageFull => "no space left".into(),
        _ => error.to_string().into(),
    }
}

/// A path as messages and rows have it: what is no Unicode shows as U+FFFD.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_quiet_and_a_full_disk_is_not() {
        let closed = Stop::Output("-".into(), io::ErrorKind::BrokenPipe.into());
        assert!(closed.is_quiet());
        assert_eq!(closed.exit(), Exit::Done);
        let full = Stop::Output("out.csv".into(), io::ErrorKind::StorageFull.into());
        assert_eq!(full.exit(), Exit::Failed);
        assert_eq!(full.to_string(), "out.csv: no space left");
    }

    #[test]
    fn broken_rules_are_wrong_usage() {
        assert_eq!(Stop::Rules(RuleErrors(vec![])).exit(), Exit::Misused);
        assert_eq!(Stop::Unread(anyhow::anyhow!("a.toml: no such file")).exit(), Exit::Misused);
    }
}
