//! `why`: how the quantities of one line became rows, or why they did not.

use std::{
    fmt::Write as _,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use kpi_extract::{
    decode,
    extract::{Context, Extractor},
    trace::{
        self, Request, Trace,
        explain::{Explainer, Explanation},
    },
    wording::{one_line, printable},
};
use serde::Serialize;

use super::{
    args::workbench::{Shape, WhyArgs},
    exit::Exit,
    inputs::{self, Failure, Input, Reading},
    plan::Rules,
    rules,
    stop::{Stop, shown},
};

/// What is asked about.
struct Asked {
    name: String,
    input: Option<Input>,
    bytes: Vec<u8>,
    /// Line and column.
    place: Option<(usize, Option<usize>)>,
}

/// What is told in JSON.
#[derive(Serialize)]
struct Answer<'a> {
    document: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    numbers: &'a [Explanation],
}

/// Tells it.
pub fn run(in_force: &Rules, context: Context, args: WhyArgs) -> Result<Exit, Stop> {
    let rules = rules::load(in_force)?;
    let rule = args.rule.as_deref().map(|id| rules::index(&rules, id)).transpose()?;
    let asked = asked(args.place, args.text, args.reading.into())?;
    let extractor = Extractor::new(rules.clone(), rules::context(&rules, context)?);
    let fail = |cause: String| Failure::new(&asked.name, cause);
    let report = match &asked.input {
        Some(input) => input.decode(&asked.bytes)?,
        None => decode::decode(&asked.bytes).map_err(|error| fail(error.to_string()))?,
    };
    let decoded = &*report.text;
    let mut focus = None;
    let mut whole = None;
    if let Some((line, column)) = asked.place {
        let of = |column| trace::focus(decoded, line, column).map_err(|error| fail(error.to_string()));
        (focus, whole) = (Some(of(column)?), Some(of(None)?));
    }
    let mut explainer = Explainer::new(&rules, rule, if rule.is_some() { 1 } else { args.near });
    let mut explain = |focus| -> Result<Vec<Explanation>, Failure> {
        let mut told = Vec::new();
        let request = Request { focus, evidence: true };
        let mut take = |trace: Trace| told.push((trace.start, trace.end, explainer.explain(trace)));
        extractor.trace(&asked.name, &report, request, &mut take).map_err(|error| fail(error.to_string()))?;
        told.sort_by_key(|&(start, end, _)| (start, end));
        Ok(told.into_iter().map(|(.., told)| told).collect())
    };
    let told = explain(focus)?;
    let line = whole.map_or(decoded, |line| line.of(decoded));
    if told.is_empty() && asked.place.is_some_and(|(_, column)| column.is_some()) {
        let others = explain(whole)?;
        return Err(Stop::NoNumber(instead(&asked, &others).unwrap_or_else(|| nothing(&asked, line))));
    }
    let out = match args.format {
        Shape::Json => {
            let (line, column) = asked.place.map_or((None, None), |(line, column)| (Some(line), column));
            let answer = Answer { document: &asked.name, line, column, numbers: &told };
            serde_json::to_string_pretty(&answer).unwrap_or_default() + "\n"
        }
        Shape::Text if told.is_empty() => nothing(&asked, line) + "\n",
        Shape::Text => {
            let mut last = Arc::default();
            told.iter().map(|told| text(&asked.name, told, &mut last)).collect::<Vec<_>>().join("\n")
        }
    };
    let mut stream = io::stdout().lock();
    stream
        .write_all(out.as_bytes())
        .and_then(|()| stream.flush())
        .map_err(|error| Stop::Output("standard output".into(), error))?;
    Ok(Exit::Done)
}

/// Reads what is asked about.
fn asked(place: Option<PathBuf>, text: Option<String>, reading: Reading) -> Result<Asked, Stop> {
    if let Some(text) = text {
        return Ok(Asked { name: "text".into(), input: None, bytes: text.into_bytes(), place: None });
    }
    let place = place.unwrap_or_default();
    let (path, line, column) = split(&place).ok_or_else(|| misplaced(&place))?;
    let input = inputs::single(path, "-", reading)?;
    let mut bytes = Vec::new();
    input.read(&mut bytes)?;
    Ok(Asked { name: input.name.clone(), input: Some(input), bytes, place: Some((line, column)) })
}

/// `FILE:LINE` or `FILE:LINE:COL`; a name may hold colons itself, and one that ends in a number is taken at its word
/// if it is that of a file.
fn split(place: &Path) -> Option<(PathBuf, usize, Option<usize>)> {
    let place = place.to_str()?;
    let (rest, last) = cut(place)?;
    match cut(rest) {
        Some((path, line)) if !Path::new(rest).is_file() => Some((path.into(), line, Some(last))),
        _ => Some((rest.into(), last, None)),
    }
}

/// What is wrong with a place that names no line.
fn misplaced(place: &Path) -> Stop {
    let problem = match place.to_str().map(|place| place.rsplit_once(':')) {
        None => "the name is no Unicode: give the report on standard input, as `-:LINE`".to_owned(),
        Some(Some(("", _))) => "there is no file name before the colon".to_owned(),
        Some(Some((_, ""))) => "there is no line after the colon".to_owned(),
        Some(Some((_, line))) if !place.is_file() && !line.contains(['/', '\\']) => {
            format!("`{line}` is no line number")
        }
        Some(_) => "the line is missing".to_owned(),
    };
    Stop::NoLine { place: shown(place), problem }
}

fn cut(place: &str) -> Option<(&str, usize)> {
    let (rest, number) = place.rsplit_once(':')?;
    let number = number.parse().ok()?;
    (!rest.is_empty()).then_some((rest, number))
}

/// Numbers of a line that are named where a column has none.
const NAMED: usize = 20;

/// What is said of a line, or a text, without a number.
fn nothing(asked: &Asked, line: &str) -> String {
    match asked.place {
        Some((number, _)) => {
            format!("{}:{number}: no number on this line: 「{}」", asked.name, one_line(line.trim()))
        }
        None => "no number in this text".into(),
    }
}

/// What is said of a column without a number on a line that has some.
fn instead(asked: &Asked, others: &[Explanation]) -> Option<String> {
    let (line, column) = asked.place.filter(|_| !others.is_empty())?;
    let name = &asked.name;
    let mut out = format!("{name}:{line}:{}: no number at this column; those of the line:", column?);
    for number in others.iter().take(NAMED) {
        let _ = write!(out, "\n  {name}:{}:{}  {}", number.line, number.column, one_line(&number.raw));
    }
    if others.len() > NAMED {
        let _ = write!(out, "\n  and {} more", others.len() - NAMED);
    }
    Some(out)
}

/// One number for a person to read, the `last` sentence not said again.
fn text(name: &str, told: &Explanation, last: &mut Arc<str>) -> String {
    let mut out = format!("{name}:{}:{}  {}\n", told.line, told.column, one_line(&told.raw));
    let mut line = |label: &str, text: &str| {
        let _ = writeln!(out, "  {label:<10} {text}");
    };
    if told.fate != "row" && told.fate != "unclaimed" {
        let guard = if told.guard.is_empty() { String::new() } else { format!("{}: ", told.guard) };
        line(told.fate, &format!("{guard}{}", told.reason));
        return printable(&out);
    }
    if let Some(quantity) = &told.quantity {
        let high = if quantity.high.is_empty() { String::new() } else { format!("–{}", quantity.high) };
        let unit = if quantity.unit.is_empty() { String::new() } else { format!(" {}", quantity.unit) };
        let (dimension, qualifier) = (quantity.dimension, quantity.qualifier);
        line("quantity", &format!("{}{high}{unit} ({dimension}, {qualifier})", quantity.value));
    }
    let again = Arc::ptr_eq(last, &told.sentence);
    line("sentence", if again { "the same" } else { &told.sentence });
    last.clone_from(&told.sentence);
    line("reading", &told.reading);
    match &told.rule {
        None => line("row", &format!("none: {}", told.reason)),
        Some(rule) => {
            line("row", &format!("{} by rule `{}` of {}", rule.indicator, rule.id, rule.file));
            line("", &format!("{} matched 「{}」", rule.pattern, rule.matched));
        }
    }
    for column in &told.columns {
        let value = if column.value.is_empty() { "unknown" } else { &column.value };
        let by = match (column.by.is_empty(), column.words.is_empty()) {
            (true, _) if column.value.is_empty() => ": the document does not say".to_owned(),
            (true, _) => ": nothing says otherwise".to_owned(),
            (false, true) => format!(": {}", column.by),
            (false, false) if column.column == "indicator" => format!(": {}, {}", column.by, column.words),
            (false, false) => format!(": {}, 「{}」", column.by, column.words),
        };
        line(column.column, &format!("{value}{by}"));
    }
    for rule in &told.over {
        let gives =
            if rule.indicator.is_empty() { String::new() } else { format!(" gives {}", rule.indicator) };
        let label = if told.rule.is_some() { "over" } else { "matched" };
        line(label, &format!("`{}`{gives}: {}", rule.id, rule.lost));
    }
    if told.rule.is_none() && told.near.is_empty() {
        line("near", "no rule; `kpi-extract suggest` writes one to begin with");
    }
    for near in &told.near {
        line("near", &format!("`{}` of {}: {}", near.id, near.file, near.pattern));
        let part = if near.part.is_empty() { String::new() } else { format!(", at {}", near.part) };
        let after =
            if near.matched.is_empty() { String::new() } else { format!(" after 「{}」", near.matched) };
        line("", &format!("fails at {}{part}{after}: {}", near.element, near.problem));
        if !near.remedy.is_empty() {
            line("", &format!("-> {}", near.remedy));
        }
    }
    printable(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_name_a_line_and_perhaps_a_column() {
        let split = |place: &str| split(Path::new(place));
        assert_eq!(split("a.txt:3"), Some(("a.txt".into(), 3, None)));
        assert_eq!(split("a.txt:3:14"), Some(("a.txt".into(), 3, Some(14))));
        assert_eq!(split("C:/a.txt:3"), Some(("C:/a.txt".into(), 3, None)));
        assert_eq!(split("-:3"), Some(("-".into(), 3, None)));
        assert_eq!(split("a.txt"), None);
        assert_eq!(split("a.txt:x"), None);
        assert_eq!(split(":3"), None);
    }
}
