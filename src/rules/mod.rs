//! Rule files: how they are written, loaded, checked and layered.

pub mod builtin;
mod circle;
pub mod code;
pub mod diagnostic;
pub mod elements;
pub(crate) mod entry;
pub mod errors;
pub mod file;
mod fragments;
pub mod held;
pub mod index;
mod layered;
pub mod lazy;
pub mod load;
pub mod nearest;
pub mod pattern;
pub mod placed;
mod places;
#[allow(dead_code, reason = "the build script writes what is searched here")]
pub mod program;
pub mod proof;
pub mod required;
pub mod set;
pub mod source;
pub mod syntax;
pub mod template;
pub mod text;
mod texts;
pub mod trigger;
pub mod words;

pub use {
    diagnostic::Diagnostic,
    errors::RuleErrors,
    set::{Rule, RuleSet, RuleSummary},
    source::{Source, SourceError},
    text::FileText,
};
