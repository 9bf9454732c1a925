//! `Diagnostic`: what is wrong with a rule file, where, and how to mend it.

use std::{fmt, ops::Range, sync::Arc};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, renderer::DecorStyle};

use super::text::FileText;
use crate::wording::printable;

/// A line longer than this, in bytes, is shown in part.
const LONG: usize = 4000;
/// So many characters of it before the place, and twice as many from there.
const SHOWN: usize = 60;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The rules do not load, or do not do what they say.
    Error,
    /// They do, but hardly as they are meant.
    Warning,
}

impl Severity {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// What keeps a rule file from being loaded, by code.
pub const ERRORS: [(&str, &str); 30] = [
    ("all-too-large", "all patterns together are too large when compiled"),
    ("back-reference", "a pattern that asks for the same words twice"),
    ("bad-entry", "a unit, hedge, guard or alias that makes no sense"),
    ("bad-name", "an id or a name of a fragment of the wrong form"),
    ("bad-regex", "a pattern that is no regex"),
    ("duplicate-id", "two rules of one id in one file"),
    ("empty-indicator", "a rule without an indicator"),
    ("file-too-large", "a file that is too large for rules"),
    ("fragment-circle", "a fragment that stands in itself"),
    ("fragment-is-slot", "a fragment with the name of a slot"),
    ("look-around", "look-ahead or look-behind in a pattern"),
    ("missing-proof", "a rule without examples or without counter-examples"),
    ("no-figure", "an alternative of a pattern without the figure"),
    ("no-slot", "a pattern without a slot"),
    ("not-utf8", "a file that is no UTF-8 text"),
    ("over-circle", "rules that are over one another in a circle"),
    ("pattern-too-long", "a pattern that is too long with its fragments"),
    ("private-use", "a character in a pattern that stands for quantities"),
    ("repeated-slot", "a repeated or optional slot"),
    ("slot-in-class", "a slot in a class of characters"),
    ("syntax", "a file that is no TOML, lacks a key, or has a value that is none"),
    ("too-large", "a pattern that is too large when compiled"),
    ("unclosed-slot", "a slot or fragment that never closes"),
    ("unknown-capture", "an indicator that names no group of its pattern"),
    ("unknown-id", "an id that no entry has"),
    ("unknown-key", "a key that is not known"),
    ("unknown-slot", "a slot or fragment that is not known"),
    ("unknown-unit", "a unit that the slot does not have"),
    ("word-boundary", "a word boundary beside a slot"),
    ("wrong-type", "a value of another type than the key takes"),
];

/// What an error's code means; the code itself where it is none of those.
pub fn meaning(code: &str) -> &str {
    ERRORS.iter().find(|(name, _)| *name == code).map_or(code, |(_, meaning)| meaning)
}

/// A finding in a rule file; its `Display` shows its code, <file:line:col>, the line and a caret.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Its name, of those in docs/diagnostics.md.
    pub code: &'static str,
    /// Name of the file.
    pub file: Arc<str>,
    /// Its whole text.
    pub source: Arc<FileText>,
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
    pub fn new(
        code: &'static str,
        file: &Arc<str>,
        source: &Arc<FileText>,
        span: Range<usize>,
        title: impl Into<String>,
    ) -> Self {
        let mut start = span.start.min(source.len());
        while !source.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = span.end.clamp(start, source.len());
        while !source.is_char_boundary(end) {
            end += 1;
        }
        Self {
            severity: Severity::Error,
            code,
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

    /// 1-based line and column (in characters) of its beginning and of its end.
    pub fn place(&self) -> [(usize, usize); 2] {
        [self.span.start, self.span.end].map(|at| {
            let (line, begin) = self.source.line(at);
            (1 + line, 1 + self.source[begin..at].chars().count())
        })
    }

    /// The same, shown in colours or not.
    pub fn render(&self, color: bool) -> String {
        let [file, shown_title, label, help] =
            [&*self.file, &self.title, &self.label, &self.help].map(printable);
        let (excerpt, span) = self.excerpt();
        let cut = excerpt.starts_with('…') || excerpt.ends_with('…');
        let mut annotation = AnnotationKind::Primary.span(span);
        if !label.is_empty() {
            annotation = annotation.label(label.as_str());
        }
        let [(line, column), _] = self.place();
        let snippet = Snippet::source(excerpt.as_str()).line_start(line).annotation(annotation);
        let snippet = if cut { snippet } else { snippet.path(file.as_str()) };
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut title = level.primary_title(shown_title.as_str());
        if !self.code.is_empty() {
            title = title.id(self.code);
        }
        let mut report: Vec<Group<'_>> = vec![if self.source.is_empty() {
            Group::with_title(title).element(Origin::path(file.as_str()))
        } else if cut {
            let origin = Origin::path(file.as_str()).line(line).char_column(column);
            Group::with_title(title).element(origin).element(snippet)
        } else {
            title.element(snippet)
        }];
        if !help.is_empty() {
            report.push(Group::with_title(Level::HELP.secondary_title(help.as_str())));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.decor_style(DecorStyle::Ascii).render(&report)
    }

    /// The lines that are shown with the place in them: whole, or what stands around it where they are too long.
    fn excerpt(&self) -> (String, Range<usize>) {
        let Range { start, end } = self.span;
        let (_, first) = self.source.line(start);
        let last = self.source[end..].find('\n').map_or(self.source.len(), |at| end + at);
        if last - first <= LONG {
            return (self.source[first..last].to_owned(), start - first..end - first);
        }
        let (before, after) = self.source.split_at(start);
        let from = before[first..].char_indices().rev().nth(SHOWN - 1).map_or(first, |(at, _)| first + at);
        let to = after.char_indices().nth(2 * SHOWN).map_or(self.source.len(), |(at, _)| start + at);
        let lead = if from > first { "…" } else { "" };
        let tail = if to < last { "…" } else { "" };
        let begin = lead.len() + start - from;
        let text = format!("{lead}{}{tail}", &self.source[from..to]);
        (text, begin..begin + end.min(to) - start)
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
        f.write_str(&self.render(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_a_terminal_that_it_would_act_on() {
        let source: Arc<FileText> = Arc::new("id = 1\n".into());
        let shown = Diagnostic::new("syntax", &"a\u{1b}[31m.toml".into(), &source, 0..2, "no \u{1b}[2J")
            .label("\u{7}")
            .help("\u{202e}")
            .to_string();
        assert!(!shown.contains(|c: char| c != '\n' && c.is_control()), "{shown:?}");
        assert!(shown.contains("a\\u{1b}[31m.toml:1:1"), "{shown}");
    }

    #[test]
    fn a_long_line_is_shown_in_part() {
        let source: Arc<FileText> =
            Arc::new(format!("a = 1\npattern = '{}'\nb = 2\n", "甲".repeat(90_000)).as_str().into());
        for span in [16..source.len() - 8, 16 + 3 * 5000..16 + 3 * 5001, source.len() - 8..source.len() - 7] {
            let shown = Diagnostic::new("x", &"a.toml".into(), &source, span.clone(), "long").to_string();
            assert!(shown.len() < 2000 && shown.contains('…'), "{span:?} {} {shown:.3000}", shown.len());
            assert!(shown.contains("--> a.toml:2:"), "{shown}");
        }
    }

    #[test]
    fn caret_stands_under_chinese_text() {
        let source: Arc<FileText> = Arc::new("pattern = '满意率{percnt}'\n".into());
        let at = source.find("{percnt}").unwrap();
        let diagnostic =
            Diagnostic::new("unknown-slot", &"a.toml".into(), &source, at..at + 8, "unknown slot `percnt`")
                .help("did you mean `percent`?");
        insta::assert_snapshot!(diagnostic.to_string(), @r"
        error[unknown-slot]: unknown slot `percnt`
         --> a.toml:1:15
          |
        1 | pattern = '满意率{percnt}'
          |                  ^^^^^^^^
          |
        help: did you mean `percent`?
        ");
    }
}
