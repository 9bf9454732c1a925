//! `unclaimed`: the quantities that no rule takes, grouped by context, most frequent first.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use kpi_extract::{
    trace::group::{Group, Grouper, Scope},
    wording::{counted, one_line},
};
use serde::Serialize;

use super::{
    args::workbench::{Shape, UnclaimedArgs},
    console::Console,
    exit::Exit,
    inputs::{self, Inputs},
    plan::Rules,
    rules,
    stop::Stop,
    traces::{self, Document},
};

/// Variants of a group that are named; the rest are counted.
const NAMED: usize = 8;

/// A group in JSON.
#[derive(Serialize)]
struct Shown<'a> {
    context: String,
    count: usize,
    dimension: &'static str,
    names: Vec<&'a str>,
    rules: Vec<&'a str>,
    quotations: Vec<Quoted<'a>>,
}

#[derive(Serialize)]
struct Quoted<'a> {
    document: &'a str,
    line: usize,
    column: usize,
    reading: &'a str,
}

/// Shows them.
pub fn run(
    in_force: &Rules,
    inputs: inputs::Request,
    threads: usize,
    args: &UnclaimedArgs,
    console: &mut Console,
) -> Result<Exit, Stop> {
    let rules = rules::load(in_force)?;
    let mut grouper = Grouper::new(&rules, Scope { open: args.open });
    let mut exit = Exit::Done;
    let documents = Inputs::new(inputs).map(|input| input.map(Document::from));
    let end = |ended| {
        if let Err(failure) = ended {
            console.failure(&failure);
            exit = Exit::Failed;
        }
    };
    traces::run(threads, documents, &rules, |name, trace| grouper.add(name, trace), end);
    let ordinals = grouper.ordinals();
    let groups = grouper.finish();
    let shown = if args.limit == 0 { groups.len() } else { args.limit.min(groups.len()) };
    let out = match args.format {
        Shape::Json => {
            let groups: Vec<Shown<'_>> = groups[..shown].iter().map(json).collect();
            serde_json::to_string_pretty(&groups).unwrap_or_default() + "\n"
        }
        Shape::Text => table(&groups, shown, ordinals),
    };
    let mut stream = io::stdout().lock();
    stream
        .write_all(out.as_bytes())
        .and_then(|()| stream.flush())
        .map_err(|error| Stop::Output("standard output".into(), error))?;
    Ok(exit)
}

fn json(group: &Group) -> Shown<'_> {
    let quotations = group.quotations.iter().map(|quotation| Quoted {
        document: &quotation.document,
        line: quotation.line,
        column: quotation.column,
        reading: &quotation.reading,
    });
    Shown {
        context: group.shown(),
        count: group.count,
        dimension: group.dimension.name(),
        names: group.names.keys().map(String::as_str).filter(|name| !name.is_empty()).collect(),
        rules: group.rules.keys().map(String::as_str).collect(),
        quotations: quotations.collect(),
    }
}

fn table(groups: &[Group], shown: usize, ordinals: usize) -> String {
    let mut out = String::new();
    for group in &groups[..shown] {
        let rules: Vec<&str> = group.rules.keys().map(String::as_str).collect();
        let rules = if rules.is_empty() { String::new() } else { format!("  ({})", rules.join(", ")) };
        let _ = writeln!(out, "{:>5}  {}{rules}", group.count, one_line(&group.shown()));
        if group.names.len() > 1 {
            let names: Vec<&str> = group.names.keys().map(String::as_str).take(NAMED).collect();
            let more = if group.names.len() > NAMED { " …" } else { "" };
            let _ = writeln!(out, "       {}{more}", one_line(&names.join(", ")));
        }
        for quotation in &group.quotations {
            let place = format!("{}:{}:{}", quotation.document, quotation.line, quotation.column);
            let _ = writeln!(out, "         {}  {}", one_line(&place), one_line(&quotation.reading));
        }
    }
    let all: usize = groups.iter().map(|group| group.count).sum();
    let rest = &groups[shown..];
    if !rest.is_empty() {
        let left: usize = rest.iter().map(|group| group.count).sum();
        let _ = writeln!(out, "and {left} more in {} (--limit 0 shows all)", counted(rest.len(), "group"));
    }
    let all = counted(all, "quantity");
    let groups = counted(groups.len(), "group");
    let _ = writeln!(out, "{all} in {groups}; ordinals left aside: {ordinals}");
    out
}
