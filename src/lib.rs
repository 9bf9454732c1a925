//! Turns narrative reports of Chinese local government into a table of indicators.
//!
//! ```text
//! bytes ─decode→ text ─repair→ Document{text, alignment} ─segment→ sections, sentences, clauses
//!       ─recognise→ [Quantity, Ordinal, Time] ─unfold→ [Reading] ─match→ [Mention{indicator, quantity}]
//!       ─resolve(Context)→ [Row] ─emit→ sink
//! ```
//!
//! Each stage is a module with a type of its own, a pure function without input or output; docs/architecture.md tells
//! what each one owes the next. [`extract::Extractor`] runs them all:
//!
//! ```
//! use kpi_extract::{extract::{Context, Extractor}, row::Kind, rules::RuleSet};
//!
//! let extractor = Extractor::new(RuleSet::builtin(), Context::default());
//! let report = "新桥街道2023年工作总结\n全年新建公园1.3万余平方米，同比下降４.５％。\n";
//! let mut rows = Vec::new();
//! extractor.extract("report.txt", report.as_bytes(), &mut |row| rows.push(row))?;
//!
//! let [built, change] = &rows[..] else { panic!("two figures, two rows") };
//! assert_eq!((built.indicator.as_str(), built.period.as_str()), ("新建公园", "2023"));
//! assert_eq!((built.value, built.unit.as_str(), built.raw.as_str()), (13_000.into(), "平方米", "1.3万余平方米"));
//! assert_eq!((change.kind, change.value.to_string()), (Kind::Change, "-4.5".to_owned()));
//! assert_eq!(change.raw, "４.５％");
//! # Ok::<(), kpi_extract::decode::Error>(())
//! ```
//!
//! Own rules are [`rules::Source`]s that [`rules::RuleSet::load`] puts on top of the built-in ones; docs/rules.md
//! explains their language. [`emit`] writes rows down. [`listing::Lister`] stops after recognition and hands on every
//! quantity with its place; [`recognise::recognise`] does that for a piece of repaired text.

// The command line names the library as every other user does.
extern crate self as kpi_extract;

pub mod alignment;
pub mod audit;
pub mod check;
pub mod cli;
pub mod decode;
pub mod diff;
pub mod document;
pub mod earlier;
pub mod emit;
pub mod eval;
pub mod extract;
pub mod finding;
pub mod gazetteer;
pub mod listing;
pub mod matching;
mod numerals;
mod place;
pub mod precision;
pub mod quantity;
pub mod reading;
pub mod recognise;
pub mod repair;
pub mod resolve;
pub mod review;
pub mod row;
pub mod rules;
pub mod segment;
pub mod span;
pub mod table;
pub mod tabulate;
pub mod trace;
pub mod unfold;
pub mod wording;
