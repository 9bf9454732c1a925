//! `Exit`: what the program's exit status says. The help text is made from it, so that the two agree.

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything was read and written.
    Done,
    /// Some input or output failed, or a check found an error.
    Failed,
    /// Wrong usage or broken rules.
    Misused,
    /// The user stopped it.
    Interrupted,
}

impl Exit {
    /// All of them, by their numbers.
    pub const ALL: [Self; 4] = [Self::Done, Self::Failed, Self::Misused, Self::Interrupted];

    /// The number that the shell sees.
    pub const fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Misused => 2,
            Self::Interrupted => 130,
        }
    }

    /// What the help text says of it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "rows written, also when there are none",
            Self::Failed => {
                "some input could not be read or the output not be written, the others' rows are whole; check, diff or audit found something"
            }
            Self::Misused => "wrong usage or broken rules; nothing was read",
            Self::Interrupted => "interrupted",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.status().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_those_of_the_contract() {
        assert_eq!(Exit::ALL.map(Exit::status), [0, 1, 2, 130]);
    }
}
