//! What repair leaves of every sample report: the same figures, each leading back to where it was written.

use std::{fs, path::Path};

use kpi_extract::{decode::decode, repair::repair, span::Span};

/// A text without spaces, line ends and what separates groups of digits, its digits in ASCII.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{200B}')
        .map(|c| match c {
            '０'..='９' | '％' | '．' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            _ => c,
        })
        .collect()
}

#[test]
fn figures_of_the_samples_lead_back_to_themselves() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut figures = 0;
    for entry in fs::read_dir(samples).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let text = decode(&bytes).unwrap();
        let document = repair(&text.text);
        let digit = |c: char| c.is_ascii_digit() || c == '.' || c == '%';
        let mut at = 0;
        while let Some(start) = document.text[at..].find(digit).map(|i| at + i) {
            let rest = &document.text[start..];
            at = start + rest.find(|c| !digit(c)).unwrap_or(rest.len());
            let figure = Span::new(start, at);
            assert_eq!(bare(document.raw(figure)), figure.of(&document.text), "{}", path.display());
            figures += 1;
        }
        let whole = document.alignment.source(Span::new(0, document.text.len()));
        assert!(document.decoded[..whole.start].trim().is_empty());
        assert!(document.decoded[whole.end..].trim().is_empty());
    }
    assert!(figures > 100);
}
