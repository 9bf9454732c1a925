//! `suggest`: rules for what no rule takes, proven, to be written on by their author.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Write},
};

use kpi_extract::{
    rules::Source,
    trace::{
        group::{Grouper, Scope},
        suggest::{Suggester, Suggestions},
    },
    wording::{counted, one_line},
};

use super::{
    args::workbench::SuggestArgs,
    console::Console,
    exit::Exit,
    inputs::{self, Inputs},
    plan::Rules,
    rules,
    stop::Stop,
    traces::{self, Document},
};

/// Prints them.
pub fn run(
    in_force: &Rules,
    inputs: inputs::Request,
    threads: usize,
    args: &SuggestArgs,
    console: &mut Console,
) -> Result<Exit, Stop> {
    let sources = Source::read(&in_force.paths).map_err(|error| Stop::Unread(error.into()))?;
    let rules = std::sync::Arc::new(rules::compile(&sources, in_force)?);
    let mut grouper = Grouper::new(&rules, Scope { open: args.open });
    // Everything is read twice: to find the groups, and to see what rules made for them do.
    let mut again: Vec<Document> = Vec::new();
    let mut exit = Exit::Done;
    let documents = Inputs::new(inputs).map(|input| input.map(Document::from));
    let end = |ended| match ended {
        Ok(document) => again.push(document),
        Err(failure) => {
            console.failure(&failure);
            exit = Exit::Failed;
        }
    };
    traces::run(threads, documents, &rules, |name, trace| grouper.add(name, trace), end);
    let most = if args.limit == 0 { usize::MAX } else { args.limit };
    let mut suggester = Suggester::new(sources, in_force.builtin, grouper.finish(), most)?;
    let rules = std::sync::Arc::clone(suggester.rules());
    // What fails has been told of.
    traces::run(threads, again.into_iter().map(Ok), &rules, |_, trace| suggester.add(trace), drop);
    let suggestions = suggester.finish()?;
    let mut stream = io::stdout().lock();
    stream
        .write_all(file(&suggestions).as_bytes())
        .and_then(|()| stream.flush())
        .map_err(|error| Stop::Output("standard output".into(), error))?;
    Ok(exit)
}

/// Figures of a group whose lack of a rule is told of, and how many such groups are named.
const LARGE: usize = 2;
const LEFT: usize = 8;

/// What stands at the head of the file.
const HEAD: &str = "\
# Suggested by `kpi-extract suggest`: a beginning to write on. Give each rule an id of what it measures, a category and
# a good name, let its pattern take what else reports say of the same, and delete what is no indicator.
";

/// The rules as a file, each with what it would do to the reports before it.
fn file(Suggestions { stubs, left }: &Suggestions) -> String {
    let mut out = HEAD.to_owned();
    if stubs.is_empty() {
        out =
            "# Nothing to suggest: no group of quantities has a name that a rule could be made of.\n".into();
    }
    for stub in stubs {
        let _ = writeln!(out, "\n# {} in the reports: {}", stub.group.count, one_line(&stub.group.shown()));
        for quotation in &stub.group.quotations {
            let place = format!("{}:{}:{}", quotation.document, quotation.line, quotation.column);
            let _ = writeln!(out, "#   {}  {}", one_line(&place), one_line(&quotation.reading));
        }
        let mut takes = vec![format!("{} that no rule takes now", stub.fresh)];
        takes.extend(stub.from.iter().map(|(id, count)| format!("{count} of `{id}`")));
        let _ = writeln!(out, "# It would take {}: {}.", quantities(stub.takes), takes.join(", "));
        let _ = match clashes(&stub.clashes) {
            None => writeln!(out, "# It would clash with no named rule."),
            Some(clashes) => writeln!(out, "# It would clash with {clashes}."),
        };
        out += &stub.toml();
    }
    let left: Vec<_> = left.iter().filter(|left| left.group.count >= LARGE).take(LEFT).collect();
    if !left.is_empty() {
        out += "\n";
    }
    for left in left {
        let (count, shown) = (left.group.count, left.group.shown());
        let _ = writeln!(out, "# {count} in the reports, but no rule: {}: {}", one_line(&shown), left.reason);
    }
    out
}

fn quantities(count: usize) -> String {
    counted(count, "quantity")
}

fn clashes(clashes: &BTreeMap<String, usize>) -> Option<String> {
    let all: Vec<String> =
        clashes.iter().map(|(id, count)| format!("`{id}` over {}", quantities(*count))).collect();
    (!all.is_empty()).then(|| all.join(", "))
}
