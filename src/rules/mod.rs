//! Rule files: how they are written, loaded, checked and layered.

pub mod builtin;
pub mod code;
pub mod diagnostic;
pub mod elements;
mod entry;
pub mod file;
pub mod lazy;
pub mod load;
pub mod nearest;
pub mod pattern;
pub mod placed;
pub mod proof;
pub mod set;
pub mod source;
pub mod syntax;
pub mod template;
pub mod trigger;
pub mod words;

pub use {
    diagnostic::Diagnostic,
    load::RuleErrors,
    set::{Rule, RuleSet, RuleSummary},
    source::{Source, SourceError},
};
