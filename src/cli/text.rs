//! The text that the program sees: repaired, and on request cut into the readings that rules search.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use kpi_extract::{
    decode,
    extract::{Context, Event, Extractor},
    repair::repair,
    segment::Role,
};

use super::{
    args::TextArgs,
    exit::Exit,
    inputs::{Failure, Input},
    plan::Rules,
    rules,
    stop::Stop,
};

/// Shows the text of one document, or its segments.
pub fn run(rules: &Rules, request: TextArgs) -> Result<Exit, Stop> {
    let TextArgs { file, segments } = request;
    let extractor = Extractor::new(rules::load(rules)?, Context::default());
    let mut bytes = Vec::new();
    let input = Input::new(file, "-");
    input.read(&mut bytes)?;
    let decoded = decode::decode(&bytes).map_err(|error| Failure::new(&input.name, error.to_string()))?;
    let document = repair(decoded);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut result = Ok(());
    if segments {
        extractor.walk(&document, &mut |event| {
            if result.is_ok() {
                result = out.write_all(shown(&document.text, event).as_bytes());
            }
        });
    } else {
        let end = if document.text.ends_with('\n') || document.text.is_empty() { "" } else { "\n" };
        result = out.write_all(document.text.as_bytes()).and_then(|()| out.write_all(end.as_bytes()));
    }
    result.and_then(|()| out.flush()).map_err(|error| Stop::Output("standard output".into(), error))?;
    Ok(Exit::Done)
}

/// One line a segment, indented by its depth; quantities in `⟦…⟧`, neighbours in `⟨…⟩`.
fn shown(text: &str, event: Event<'_>) -> String {
    let mut lines = String::new();
    match event {
        Event::Paragraph(role, span) if !span.is_empty() => {
            let role = match role {
                Role::Heading => "heading",
                Role::Body => "body",
                Role::Furniture => "furniture",
            };
            let _ = writeln!(lines, "{role}: {}", span.of(text));
        }
        Event::Paragraph(..) => {}
        Event::Sentence(span) => {
            let _ = writeln!(lines, "  sentence: {}", span.of(text).trim());
        }
        Event::Clause(readings, quantities) => {
            for reading in readings {
                let _ = writeln!(lines, "    reading: {}", reading.show(text, quantities));
            }
        }
    }
    lines
}
