//! The units, hedges and guards of the built-in rule files, as `build.rs` wrote them: they stand in the executable, sorted
//! by their keys, and are not read at all.

#![allow(clippy::unreadable_literal, reason = "the build script writes the tables")]

use rust_decimal::Decimal;

use super::entry::{GuardEntry, HedgeEntry, PartEntry, UnitEntry};
use crate::{
    quantity::{Dimension, Qualifier},
    recognise::words::Edges,
    rules::held::{Held, List},
};

include!(concat!(env!("OUT_DIR"), "/lexicon.rs"));
