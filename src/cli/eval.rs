//! Rows measured against gold rows: reports are extracted on the way, earlier output is taken as it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{Display, Write as _},
    fs,
    io::{self, Write},
    path::Path,
};

use kpi_extract::{
    earlier,
    eval::{self, Figure, Gold, Measure, Mistake},
    extract::{Context, Extractor},
};

use super::{
    args::EvalArgs,
    console::Console,
    exit::Exit,
    inputs::{Failure, Inputs, Request},
    job::is_output,
    plan::Rules,
    rules,
    stop::{Stop, cause, shown},
};

/// Prints the measures, before them as many mistakes of each sort as were asked for.
pub fn run(rules: &Rules, request: EvalArgs, console: &mut Console) -> Result<Exit, Stop> {
    let EvalArgs { gold, paths, docs, show, json } = request;
    let extractor = Extractor::new(rules::load(rules)?, Context::default());
    let gold = Gold::read(&read(&gold)?).map_err(|error| unread(&gold, &error))?;
    let wanted = docs.map(|docs| districts(&docs)).transpose()?;
    let names: BTreeSet<&str> = gold.iter().map(|row| row.figure.document.as_str()).collect();
    let mut said: Vec<Figure> = Vec::new();
    let mut exit = Exit::Done;
    let mut buffer = Vec::new();
    for input in Inputs::new(Request::of(paths)) {
        let read = input.and_then(|input| {
            input.read(&mut buffer)?;
            let failure = |cause: &dyn Display| Failure::new(&input.name, cause.to_string());
            if buffer.starts_with(b"PAR1") && is_output(&buffer) {
                let mut take = |row| said.push(Figure::from(&row));
                earlier::read(&buffer, &mut take).map_err(|error| failure(&error))?;
            } else if is_output(&buffer) {
                let text = str::from_utf8(&buffer).map_err(|error| failure(&error))?;
                said.append(&mut Figure::read(text).map_err(|error| failure(&error))?);
            } else if names.contains(input.name.rsplit('/').next().unwrap_or_default()) {
                let text = input.decode(&buffer)?;
                extractor
                    .extract(&input.name, &text, &mut |row| said.push(Figure::from(&row)))
                    .map_err(|error| failure(&error))?;
            }
            Ok(())
        });
        if let Err(failure) = read {
            console.failure(&failure);
            exit = Exit::Failed;
        }
    }
    let told: BTreeSet<&str> = said.iter().map(Figure::file_name).collect();
    for name in names.difference(&told) {
        console.warn(format_args!("no rows for `{name}`, which the right rows speak of"));
    }
    let (mut tally, mistakes) = eval::score(&gold, &said);
    if let Some(wanted) = &wanted {
        tally.count_districts(&gold, &said, wanted);
    }
    let text =
        listed(&mistakes, show) + &if json { object(&tally.measures()) } else { lines(&tally.measures()) };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Stop::Output("standard output".into(), error))?;
    Ok(exit)
}

fn read(path: &Path) -> Result<String, Stop> {
    fs::read_to_string(path).map_err(|error| unread(path, &cause(&error)))
}

fn unread(path: &Path, cause: &dyn Display) -> Stop {
    Stop::Unread(anyhow::anyhow!("{}: {cause}", shown(path)))
}

/// The districts that a document may have, by its file name.
fn districts(path: &Path) -> Result<BTreeMap<String, Vec<String>>, Stop> {
    let text = read(path)?;
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let failed = |error: csv::Error| unread(path, &error);
    let header = table.headers().map_err(failed)?.clone();
    let column = |name: &str| {
        header.iter().position(|it| it == name).ok_or_else(|| unread(path, &format!("no column `{name}`")))
    };
    let (file, district) = (column("file")?, column("district")?);
    table
        .records()
        .map(|record| {
            let record = record.map_err(failed)?;
            let districts = record.get(district).unwrap_or_default().split('|').filter(|it| !it.is_empty());
            Ok((record.get(file).unwrap_or_default().to_owned(), districts.map(str::to_owned).collect()))
        })
        .collect()
}

/// The first `show` mistakes of each sort, one a line.
fn listed(mistakes: &[Mistake<'_>], show: usize) -> String {
    let value = |figure: &Figure| {
        format!("{}={}{}", figure.indicator, figure.value.unwrap_or_default().normalize(), figure.unit)
    };
    let mut text = String::new();
    let (missed, spurious): (Vec<_>, Vec<_>) =
        mistakes.iter().partition(|mistake| matches!(mistake, Mistake::Missed(..)));
    for mistake in missed.into_iter().take(show).chain(spurious.into_iter().take(show)) {
        let _ = match mistake {
            Mistake::Missed(Gold { figure, must, .. }, near) => {
                let said: Vec<String> = near.iter().map(|figure| value(figure)).collect();
                let said = if said.is_empty() { "nothing".to_owned() } else { said.join("; ") };
                writeln!(
                    text,
                    "missed {}:{} {} want {} ({must}); said {said}",
                    figure.document,
                    figure.start,
                    figure.raw,
                    value(figure)
                )
            }
            Mistake::Spurious(document, figure) => {
                writeln!(text, "spurious {document}:{} {} {}", figure.start, figure.raw, value(figure))
            }
        };
    }
    text
}

fn lines(measures: &[(&str, Measure)]) -> String {
    let mut text = String::new();
    for (name, measure) in measures {
        let _ = match measure {
            Measure::Count(count) => writeln!(text, "{name:20} {count}"),
            Measure::Share(Some(share)) => writeln!(text, "{name:20} {share:.4}"),
            Measure::Share(None) => writeln!(text, "{name:20} -"),
        };
    }
    text
}

fn object(measures: &[(&str, Measure)]) -> String {
    let fields: serde_json::Map<String, serde_json::Value> = measures
        .iter()
        .map(|&(name, measure)| {
            let value = match measure {
                Measure::Count(count) => count.into(),
                Measure::Share(share) => share.into(),
            };
            (name.to_owned(), value)
        })
        .collect();
    serde_json::Value::from(fields).to_string() + "\n"
}
