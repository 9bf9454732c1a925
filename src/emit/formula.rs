//! Formula defence: text that a spreadsheet program would run when the file is opened is made plain text.

use std::borrow::Cow;

/// The characters that begin a formula, or let one begin after them.
const TRIGGERS: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];

/// `text` with a leading `'` if a spreadsheet program would run it.
pub fn defuse(text: &str) -> Cow<'_, str> {
    if text.starts_with(TRIGGERS) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// A cell as it was before [`defuse`].
pub fn undefuse(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| text.starts_with(TRIGGERS)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trigger_is_defused_at_the_start_alone() {
        for trigger in TRIGGERS {
            assert_eq!(defuse(&format!("{trigger}1")), format!("'{trigger}1"));
            assert_eq!(defuse(&format!("1{trigger}")), format!("1{trigger}"));
            assert_eq!(undefuse(&defuse(&format!("{trigger}1"))), format!("{trigger}1"));
        }
        assert_eq!(defuse(""), "");
        assert_eq!(undefuse("'乡村"), "'乡村");
    }
}
