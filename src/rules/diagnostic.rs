//! `Diagnostic`: what is wrong with a rule file, where, and how to mend it.

use std::{fmt, ops::Range, sync::Arc};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};

/// A finding in a rule file; its `Display` shows <file:line:col>, the line and a caret.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Name of the file.
    pub file: Arc<str>,
    /// Its whole text.
    pub source: Arc<str>,
    /// Bytes of the text that are meant.
    pub span: Range<usize>,
    /// What is wrong.
    pub title: String,
    /// What stands there.
    pub label: String,
    /// How to mend it; may be empty.
    pub help: String,
}

impl Diagnostic {
    /// A finding at `span` of `source`.
    pub fn new(file: &Arc<str>, source: &Arc<str>, span: Range<usize>, title: impl Into<String>) -> Self {
        let mut start = span.start.min(source.len());
        while !source.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = span.end.clamp(start, source.len());
        while !source.is_char_boundary(end) {
            end += 1;
        }
        Self {
            file: Arc::clone(file),
            source: Arc::clone(source),
            span: start..end,
            title: title.into(),
            label: String::new(),
            help: String::new(),
        }
    }

    /// The same, with a note at the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same, with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut annotation = AnnotationKind::Primary.span(self.span.clone());
        if !self.label.is_empty() {
            annotation = annotation.label(self.label.as_str());
        }
        let snippet = Snippet::source(&*self.source).path(&*self.file).annotation(annotation);
        let mut report: Vec<Group<'_>> =
            vec![Level::ERROR.primary_title(self.title.as_str()).element(snippet)];
        if !self.help.is_empty() {
            report.push(Group::with_title(Level::HELP.secondary_title(self.help.as_str())));
        }
        f.write_str(&Renderer::plain().decor_style(DecorStyle::Ascii).render(&report))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caret_stands_under_chinese_text() {
        let source: Arc<str> = "pattern = '满意率{percnt}'\n".into();
        let at = source.find("{percnt}").unwrap();
        let diagnostic = Diagnostic::new(&"a.toml".into(), &source, at..at + 8, "unknown slot `percnt`")
            .help("did you mean `percent`?");
        insta::assert_snapshot!(diagnostic.to_string(), @r"
        error: unknown slot `percnt`
         --> a.toml:1:15
          |
        1 | pattern = '满意率{percnt}'
          |                  ^^^^^^^^
          |
        help: did you mean `percent`?
        ");
    }
}
