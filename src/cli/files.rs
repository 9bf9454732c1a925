//! `Files`: rows of files, folders and archives, read as the command line reads them, for programs that want the rows
//! themselves.

use std::{num::NonZero, path::PathBuf};

use kpi_extract::{extract::Extractor, row::Row};

use super::{
    extract,
    inputs::{self, Failure, Inputs},
    job::{self, Outcome, Step},
    plan,
};

/// Files, folders and archives.
#[derive(Clone, Debug)]
pub struct Files {
    /// Where they are; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// How many threads read them; as many as the machine has cores, where nothing is said.
    pub threads: Option<NonZero<usize>>,
}

/// What could not be read of an input, or that it could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The input.
    pub name: String,
    /// What went wrong.
    pub cause: String,
}

impl Files {
    /// Hands their rows to `take`, in the order of the inputs and of the text, each failure after the rows of its input;
    /// the first error of `take` ends it. A document that cannot be read costs nothing of the others.
    pub fn extract<E>(
        self,
        extractor: Extractor,
        mut take: impl FnMut(Result<Vec<Row>, Failed>) -> Result<(), E>,
    ) -> Result<(), E> {
        let inputs = Inputs::new(inputs::Request::of(self.paths));
        let threads = if inputs.is_single() { 1 } else { plan::threads(self.threads) };
        let failed = |Failure { name, cause }| Failed { name, cause };
        job::each(inputs, threads, extract::reader(extractor), None, |step| match step {
            Step::Rows(rows) => take(Ok(rows)),
            Step::Flaw(failure) | Step::End(_, Err(failure)) => take(Err(failed(failure))),
            Step::End(name, Ok(Outcome::Passed)) => {
                take(Err(Failed { name, cause: "rows of an earlier run".into() }))
            }
            Step::Clash(_) | Step::End(..) => Ok(()),
        })
    }
}
