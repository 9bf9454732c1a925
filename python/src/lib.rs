//! `kpi_extract._native`: the library and the command line as Python calls them; what Python can say for itself stands in
//! `package/kpi_extract`.

#![allow(clippy::needless_pass_by_value, reason = "arguments from Python are handed over")]
#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "`attach` asks for a closure of every lifetime"
)]

use std::{ffi::OsString, io::Write as _, path::PathBuf};

use kpi_extract::{
    check::{self, Options, output::Form},
    cli,
    rules::{Source, diagnostic::Severity},
};
use pyo3::{create_exception, exceptions::PyValueError, prelude::*};

use engine::Engine;
use rows::Rows;

mod batches;
mod engine;
mod rows;

create_exception!(
    kpi_extract,
    RuleError,
    PyValueError,
    "Rules, places or options that are no such thing, with the diagnostic."
);

/// A file as its name and its text.
type File = (String, String);

fn sources(files: Vec<File>) -> Vec<Source> {
    files.into_iter().map(|(name, text)| Source { name, text }).collect()
}

/// The texts of rule files, and of the `.toml` files of folders, by their names.
#[pyfunction]
fn read_sources(py: Python<'_>, paths: Vec<PathBuf>) -> PyResult<Vec<File>> {
    let read = py.detach(|| Source::read(&paths)).map_err(|error| RuleError::new_err(error.to_string()))?;
    Ok(read.into_iter().map(|source| (source.name, source.text)).collect())
}

/// What `kpi-extract check` finds: for people, as JSON, and whether there is no error.
#[pyfunction]
fn check_rules(py: Python<'_>, files: Vec<File>, builtin: bool) -> (String, String, bool) {
    py.detach(|| {
        let report = check::check(&sources(files), &[], builtin, &Options::default());
        let clean = report.count(Severity::Error) == 0;
        (Form::Human.write(&report, false, false), Form::Json.write(&report, false, false), clean)
    })
}

/// Runs the command line; its exit status.
#[pyfunction]
fn main(py: Python<'_>, typed: Vec<OsString>) -> u8 {
    py.detach(|| {
        let exit = cli::main(typed);
        // What a Rust program does at its end.
        let _ = std::io::stdout().flush();
        exit.status()
    })
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("RuleError", module.py().get_type::<RuleError>())?;
    module.add_class::<Engine>()?;
    module.add_class::<Rows>()?;
    module.add_function(wrap_pyfunction!(read_sources, module)?)?;
    module.add_function(wrap_pyfunction!(check_rules, module)?)?;
    module.add_function(wrap_pyfunction!(main, module)?)
}
