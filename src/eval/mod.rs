//! Evaluation: rows measured against gold rows, because whoever writes rules must see whether they help.
//!
//! ```
//! use kpi_extract::eval::{self, Figure, Gold};
//!
//! let gold = Gold::read("{\"doc\":\"a.txt\",\"start\":4,\"end\":10,\"value\":\"13157\",\"unit\":\"件\",\
//!     \"kind\":\"level\",\"indicator\":\"接收工单\",\"must\":\"工单\"}\n").unwrap();
//! let said = Figure::read("{\"document\":\"r/a.txt\",\"indicator\":\"接收工单\",\"value\":\"13157\",\
//!     \"unit\":\"件\",\"start\":4,\"end\":10,\"kind\":\"level\"}\n").unwrap();
//! let (tally, mistakes) = eval::score(&gold, &said);
//! assert_eq!(tally.row_f1(), 1.0);
//! assert!(mistakes.is_empty());
//! ```

mod figure;
mod likeness;
mod score;

pub use figure::{Error, Figure, Gold};
pub use score::{Measure, Mistake, Tally, score};
