//! What messages are made of: text that may be shown on a terminal, numbers with their nouns.

/// `text` without what a terminal would act on, on as many lines as it has: no sequences, and no marks that turn the
/// direction of writing.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        if c != '\n' && (c.is_control() || turns) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The same on one line.
pub fn one_line(text: &str) -> String {
    printable(text).replace('\n', "\\n")
}

/// A number with its noun: `1 rule`, `2 rules`.
pub fn counted(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (..) if noun.ends_with("sh") => format!("{count} {noun}es"),
        (..) => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_acts_on_is_shown() {
        assert_eq!(one_line("报告\n\u{1b}[2J.txt: 缺\u{202E}"), "报告\\n\\u{1b}[2J.txt: 缺\\u{202e}");
        assert_eq!(printable("甲\n\t乙"), "甲\n\\t乙");
    }

    #[test]
    fn nouns_go_with_their_numbers() {
        assert_eq!([0, 1, 2].map(|n| counted(n, "quantity")), ["0 quantities", "1 quantity", "2 quantities"]);
        assert_eq!(
            [counted(3, "clash"), counted(1, "rule"), counted(4, "rule")],
            ["3 clashes", "1 rule", "4 rules"]
        );
    }
}
