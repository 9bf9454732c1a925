//! Text to the form that rules are written in, with an alignment back to the original.
pub fn repair(decoded: &str) -> crate::document::Document<'_> { crate::document::Document{decoded, text: decoded.into(), alignment: Default::default()} }
