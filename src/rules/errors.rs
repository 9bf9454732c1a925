//! `RuleErrors`: what keeps rule files from being loaded, all of it at once.

use std::{fmt, sync::Arc};

use super::{diagnostic::Diagnostic, nearest::nearest, text::FileText};

/// How many errors are shown; the rest are counted.
const SHOWN: usize = 20;

/// Broken rules, each with its place.
#[derive(Debug)]
pub struct RuleErrors(pub Vec<Diagnostic>);

impl std::error::Error for RuleErrors {}

impl fmt::Display for RuleErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.0.iter().take(SHOWN).enumerate() {
            if i > 0 {
                f.write_str("\n\n")?;
            }
            diagnostic.fmt(f)?;
        }
        if self.0.len() > SHOWN {
            write!(f, "\n\nand {} more errors", self.0.len() - SHOWN)?;
        }
        Ok(())
    }
}

/// A TOML error with its place; an unknown key is told the nearest known one.
pub(super) fn syntax_error(file: &Arc<str>, text: &Arc<FileText>, error: &toml::de::Error) -> Diagnostic {
    let message = error.message();
    let mut words = message.split('`').skip(1).step_by(2);
    let help = if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        let unknown = words.next().unwrap_or_default();
        let known: Vec<&str> = words.collect();
        match nearest(unknown, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", known.join(", ")),
        }
    } else if message.contains("expected a string")
        && let Some(written) = error.span().and_then(|span| text.get(span))
        && !written.is_empty()
        && !written.contains(['\n', '"', '[', '{'])
    {
        format!("write it as text: `\"{written}\"`")
    } else {
        String::new()
    };
    let code = match message {
        _ if message.starts_with("unknown field") => "unknown-key",
        _ if message.starts_with("invalid type") => "wrong-type",
        _ => "syntax",
    };
    let title = message.split(", expected").next().unwrap_or(message).replace("unknown field", "unknown key");
    Diagnostic::new(code, file, text, error.span().unwrap_or(0..0), title).help(help)
}
