//! Turns narrative reports of Chinese local government into a table of indicators.
//!
//! ```text
//! bytes ─decode→ text ─repair→ Document{text, alignment} ─segment→ sections, sentences, clauses
//!       ─recognise→ [Quantity, Ordinal, Time] ─unfold→ [Reading] ─match→ [Mention{indicator, quantity}]
//!       ─resolve(Context)→ [Row] ─emit→ sink
//! ```

pub mod alignment;
pub mod decode;
pub mod document;
pub mod emit;
pub mod extract;
pub mod gazetteer;
pub mod matching;
pub mod quantity;
pub mod reading;
pub mod recognise;
pub mod repair;
pub mod resolve;
pub mod row;
pub mod rules;
pub mod segment;
pub mod span;
pub mod unfold;
