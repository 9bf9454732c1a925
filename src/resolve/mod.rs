//! Fills in what a mention does not say itself from the clause, the sentence and outwards.
pub mod period;
