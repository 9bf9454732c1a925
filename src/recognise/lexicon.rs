//! Units, hedges and guards: the data that `recognise` works from.

/// A canonical unit of the lexicon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(pub u16);

impl UnitId {
    /// No unit: a bare number.
    pub const NONE: Self = Self(0);
}
