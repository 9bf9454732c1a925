//! Text to the form that rules are written in, with an alignment back to the original.
