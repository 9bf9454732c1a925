//! `Engine`: rules compiled once, and everything that is made of documents with them while the interpreter does other
//! things.

use std::{
    borrow::Cow,
    num::NonZero,
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
    sync::Arc,
};

use kpi_extract::{
    cli::{self, Failed, Files},
    decode::{self, Text},
    extract::{Context, Extractor},
    listing::{Lister, places::PlaceLister},
    rules::RuleSet,
};
use pyo3::{
    prelude::*,
    pybacked::{PyBackedBytes, PyBackedStr},
};

use crate::{
    File, RuleError,
    rows::{Failure, Rows},
    sources,
};

/// Documents that are read before signals are looked after.
const TURN: usize = 16;

/// A document: its text, or the bytes of its file.
#[derive(FromPyObject)]
enum Content {
    #[pyo3(transparent)]
    Text(PyBackedStr),
    #[pyo3(transparent)]
    Bytes(PyBackedBytes),
}

impl Content {
    /// The text, positions in which are those in the Python string. Files are read as their first bytes and names tell.
    fn text(&self, name: &str) -> Result<Text<'_>, decode::Error> {
        match self {
            Self::Text(text) if text.len() > decode::MAX_SIZE => {
                Err(decode::Error::TooLarge { limit: decode::MAX_SIZE })
            }
            Self::Text(text) => {
                Ok(Text { text: Cow::Borrowed(text), first_byte: Some(0), ..Text::default() })
            }
            Self::Bytes(bytes) => decode::read(name, bytes, &decode::Options::default()),
        }
    }
}

/// Rules with what holds where a document does not say.
#[pyclass(frozen, module = "kpi_extract._native")]
pub struct Engine {
    extractor: Extractor,
    rules: Arc<RuleSet>,
    district: Option<String>,
}

#[pymethods]
impl Engine {
    #[new]
    #[pyo3(signature = (rules, builtin, gazetteers, district, period))]
    fn new(
        py: Python<'_>,
        rules: Vec<File>,
        builtin: bool,
        gazetteers: Vec<File>,
        district: Option<String>,
        period: Option<String>,
    ) -> PyResult<Self> {
        py.detach(|| Self::compile(rules, builtin, gazetteers, district, period)).map_err(RuleError::new_err)
    }

    /// The rows of documents.
    fn extract(&self, py: Python<'_>, documents: Vec<(String, Content)>) -> PyResult<Rows> {
        each(py, &documents, |name, text, sink| self.extractor.extract(name, text, sink).map(drop))
            .map(|(rows, failures)| Rows::of_rows(rows, failures))
    }

    /// The rows of files, folders and archives.
    fn extract_files(&self, py: Python<'_>, paths: Vec<PathBuf>, threads: Option<usize>) -> PyResult<Rows> {
        let files = Files { paths, threads: threads.and_then(NonZero::new) };
        let (mut rows, mut failures) = (Vec::new(), Vec::new());
        py.detach(|| {
            files.extract(self.extractor.clone(), |found| {
                match found {
                    Ok(found) => rows.extend(found),
                    Err(Failed { name, cause }) => failures.push((name, cause)),
                }
                Python::attach(|py| -> PyResult<()> { py.check_signals() })
            })
        })?;
        Ok(Rows::of_rows(rows, failures))
    }

    /// The quantities of documents, before any rule.
    fn quantities(&self, py: Python<'_>, documents: Vec<(String, Content)>, guarded: bool) -> PyResult<Rows> {
        let lister = Lister::new(Arc::clone(&self.rules)).guarded(guarded);
        each(py, &documents, |name, text, sink| lister.list(name, text, sink))
            .map(|(rows, failures)| Rows::of_findings(rows, failures))
    }

    /// The places that documents name.
    fn places(&self, py: Python<'_>, documents: Vec<(String, Content)>) -> PyResult<Rows> {
        let lister = PlaceLister::of_rules(&self.rules, self.district.as_deref());
        each(py, &documents, |name, text, sink| lister.list(name, text, sink))
            .map(|(rows, failures)| Rows::of_places(rows, failures))
    }
}

impl Engine {
    fn compile(
        rules: Vec<File>,
        builtin: bool,
        gazetteers: Vec<File>,
        district: Option<String>,
        period: Option<String>,
    ) -> Result<Self, String> {
        let rules = if rules.is_empty() && builtin && gazetteers.is_empty() {
            RuleSet::builtin()
        } else {
            let loaded = RuleSet::load(&sources(rules), builtin).map_err(|errors| errors.to_string())?;
            let places = sources(gazetteers);
            let all = loaded.with_places(&places).map_err(|error| format!("gazetteer {error}"))?;
            Arc::new(all)
        };
        if let Some(name) = &district {
            rules.places().find_option(name).map_err(|error| format!("district: {error}"))?;
        }
        if let Some(period) = &period {
            cli::parse_period(period).map_err(|error| format!("period `{period}`: {error}"))?;
        }
        let context = Context { district: district.clone(), period };
        Ok(Self { extractor: Extractor::new(Arc::clone(&rules), context), rules, district })
    }
}

/// Does `work` on every document, without the interpreter's lock but for a look at signals now and then. What a document
/// brings out, an error or a defect, costs nothing of the others.
fn each<R: Send>(
    py: Python<'_>,
    documents: &[(String, Content)],
    work: impl Fn(&str, &Text<'_>, &mut dyn FnMut(R)) -> Result<(), decode::Error> + Sync,
) -> PyResult<(Vec<R>, Vec<Failure>)> {
    let (mut rows, mut failures) = (Vec::new(), Vec::new());
    for turn in documents.chunks(TURN) {
        py.detach(|| {
            for (name, content) in turn {
                let mut fail = |cause: String| failures.push((name.clone(), cause));
                match content.text(name) {
                    Err(error) => fail(error.to_string()),
                    Ok(text) => {
                        let read = || work(name, &text, &mut |row| rows.push(row));
                        match panic::catch_unwind(AssertUnwindSafe(read)) {
                            Ok(Ok(())) => {}
                            Ok(Err(error)) => fail(error.to_string()),
                            Err(_) => fail("a defect of kpi-extract, please report it".into()),
                        }
                        text.flaws.iter().for_each(|flaw| fail(flaw.to_string()));
                    }
                }
            }
        });
        py.check_signals()?;
    }
    Ok((rows, failures))
}
