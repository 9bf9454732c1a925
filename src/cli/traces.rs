//! Traces of all inputs, in their order, whatever the number of threads is.

use std::{
    convert::Infallible,
    mem,
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use kpi_extract::{
    extract::{Context, Extractor},
    rules::RuleSet,
    trace::{Request, Trace},
};

use super::{
    inputs::{Failure, Input},
    pool,
};

/// Traces that pass from a thread to the caller's at a time.
const BATCH: usize = 64;

/// An input, and its bytes where it cannot be read again.
pub struct Document {
    pub input: Input,
    pub kept: Option<Vec<u8>>,
}

impl From<Input> for Document {
    fn from(input: Input) -> Self {
        Self { input, kept: None }
    }
}

/// What comes of one document: its traces under its name, then how it ended.
enum Step {
    Traces(String, Vec<Trace>),
    /// Also for each part that could not be read, before the end.
    End(Result<Document, Failure>),
}

/// Hands the traces of all documents to `take`, and after those of each one how it ended to `end`: with what can be
/// read again, or why it failed.
pub fn run(
    threads: usize,
    documents: impl Iterator<Item = Result<Document, Failure>>,
    rules: &Arc<RuleSet>,
    mut take: impl FnMut(&str, &Trace),
    mut end: impl FnMut(Result<Document, Failure>),
) {
    let extractor = Extractor::new(Arc::clone(rules), Context::default());
    let work = move |document: Result<Document, Failure>, sink: &mut dyn FnMut(Step)| {
        let ended = document.and_then(|document| trace(&extractor, document, sink));
        sink(Step::End(ended));
    };
    let taken = pool::run(threads, documents, work, |step| {
        match step {
            Step::Traces(name, traces) => traces.iter().for_each(|trace| take(&name, trace)),
            Step::End(ended) => end(ended),
        }
        Ok::<_, Infallible>(())
    });
    match taken {
        Ok(()) => {}
        Err(never) => match never {},
    }
}

/// Traces one document. A defect that it brings out must not cost what the others tell, so that panics end here.
fn trace(extractor: &Extractor, document: Document, sink: &mut dyn FnMut(Step)) -> Result<Document, Failure> {
    let Document { input, kept } = document;
    let read = kept.is_none();
    let mut bytes = kept.unwrap_or_default();
    if read {
        input.read(&mut bytes)?;
    }
    let mut batch = Vec::new();
    let request = Request { focus: None, evidence: false };
    let fail = |cause: String| Failure::new(&input.name, cause);
    let work = || {
        let text = input.decode(&bytes)?;
        let traced = extractor.trace(&input.name, &text, request, &mut |trace| {
            batch.push(trace);
            if batch.len() == BATCH {
                sink(Step::Traces(input.name.clone(), mem::take(&mut batch)));
            }
        });
        traced.map_err(|error| fail(error.to_string()))?;
        text.flaws.iter().for_each(|flaw| sink(Step::End(Err(fail(flaw.to_string())))));
        Ok(())
    };
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(ended) => ended?,
        Err(_) => return Err(fail("a defect of kpi-extract, please report it".into())),
    }
    if !batch.is_empty() {
        sink(Step::Traces(input.name.clone(), batch));
    }
    let kept = input.is_stdin().then_some(bytes);
    Ok(Document { input, kept })
}
