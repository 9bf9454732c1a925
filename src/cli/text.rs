//! The text that the program sees: repaired, and on request cut into the readings that rules search.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use kpi_extract::{
    alignment::Layer,
    extract::{Context, Event, Extractor},
    repair::{Mended, mended, repair},
    segment::Role,
};

use super::{
    args::TextArgs,
    console::Console,
    exit::Exit,
    inputs::{self, Failure},
    output::stdout,
    plan::Rules,
    rules,
    stop::Stop,
};

/// Shows the text of one document, or its segments.
pub fn run(rules: &Rules, request: TextArgs, console: &mut Console) -> Result<Exit, Stop> {
    let TextArgs { file, segments, repairs, reading } = request;
    let extractor = Extractor::new(rules::load(rules)?, Context::default());
    let mut bytes = Vec::new();
    let input = inputs::single(file, "-", reading.into())?;
    input.read(&mut bytes)?;
    let decoded = input.decode(&bytes)?;
    let written = |error| Stop::Output("standard output".into(), error);
    if repairs {
        let mut out = io::BufWriter::new(io::stdout().lock());
        repaired(&decoded.text, &mut out).and_then(|()| out.flush()).map_err(written)?;
        return Ok(Exit::Done);
    }
    let document = repair(&decoded.text);
    let mut out = io::BufWriter::new(stdout());
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
    result.and_then(|()| out.flush()).map_err(written)?;
    for flaw in &decoded.flaws {
        console.failure(&Failure::new(&input.name, flaw.to_string()));
    }
    Ok(if decoded.flaws.is_empty() { Exit::Done } else { Exit::Failed })
}

/// One line a repair, tab-separated: line and column in the decoded text, layer, what it found, what it made of that.
/// What could not be undone with certainty has `doubtful` for a layer.
fn repaired(decoded: &str, out: &mut impl Write) -> io::Result<()> {
    let (mut line, mut column, mut at) = (1, 1, 0);
    for Mended { source, layer, before, after } in mended(decoded) {
        for c in decoded[at..source.start].chars() {
            (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        at = source.start;
        let layer = layer.map_or("doubtful", Layer::name);
        let (before, after) = (before.escape_debug(), after.escape_debug());
        writeln!(out, "{line}:{column}\t{layer}\t{before}\t{after}")?;
    }
    Ok(())
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
