//! HTML entities that were left in the text become their characters.

use std::borrow::Cow;

use memchr::memchr;

use super::editor::Editor;
use crate::{
    alignment::{Alignment, Layer},
    span::Span,
};

/// Longest name of an entity, in bytes.
const LONGEST: usize = 32;

/// The text without entities. An entity whose `&` was escaped again, `&amp;nbsp;`, counts as itself; a name that is
/// none stays.
pub(super) fn decode(text: &str) -> (Cow<'_, str>, Alignment) {
    let mut editor = Editor::new(text);
    let mut at = 0;
    while let Some(start) = memchr(b'&', &text.as_bytes()[at..]).map(|found| at + found) {
        at = start + 1;
        let mut name = at;
        while text[name..].starts_with("amp;") {
            name += "amp;".len();
        }
        let (end, character) = match entity(text, name) {
            Some(found) => found,
            None if name > at => (name, Cow::Borrowed("&")),
            None => continue,
        };
        editor.replace(Span::new(start, end), &character, Layer::Entities);
        at = end;
    }
    editor.finish()
}

/// Where the entity ends of which the name begins at `name`, and its character.
fn entity(text: &str, name: usize) -> Option<(usize, Cow<'static, str>)> {
    let bytes = text.as_bytes()[name..].iter().take(LONGEST);
    let len = bytes.take_while(|b| b.is_ascii_alphanumeric() || **b == b'#').count();
    if len == 0 || text.as_bytes().get(name + len) != Some(&b';') {
        return None;
    }
    let entity = format!("&{};", &text[name..name + len]);
    let character = html_escape::decode_html_entities(&entity);
    (character != entity).then(|| (name + len + 1, Cow::Owned(character.into_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_become_characters() {
        for (text, decoded) in [
            ("&nbsp;全年&#x4e2d;&#20013;&amp;&lt;", "\u{A0}全年中中&<"),
            ("&amp;nbsp;A&amp;amp;B&amp; C", "\u{A0}A&B& C"),
            ("&ldquo;一站式&rdquo;&middot;服务&hellip;", "“一站式”·服务…"),
        ] {
            let (repaired, alignment) = decode(text);
            assert_eq!(repaired, decoded);
            assert_eq!(alignment.source(Span::new(0, decoded.len())), Span::new(0, text.len()));
        }
        for text in ["", "R&D; A&B", "a?b=1&c=2", "&unknownname;", "&;&#;&#xZZ;", "&#99999999;"] {
            assert_eq!(decode(text).0, text);
        }
    }
}
