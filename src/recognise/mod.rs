//! Finds every quantity, ordinal and time in a text, and names what it refused.
pub mod lexicon;
pub mod time;
