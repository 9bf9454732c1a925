//! `quantities`: what is recognised in all inputs before any rule, listed or counted.

use std::{io, mem};

use kpi_extract::{
    emit::{Emit, Field, Layout},
    finding::{Count, CountColumn},
    listing::{Counts, Lister},
};

use super::{
    console::Console,
    exit::Exit,
    job::{self, Report},
    plan::Listing,
    rules,
    stop::Stop,
};

/// Does it. Rules are loaded only if users have some, for the units, hedges and guards in them.
pub fn run(listing: Listing, console: &mut Console) -> Result<Exit, Stop> {
    let Listing { job, layout, rules, guarded, count } = listing;
    let lister = if rules.paths.is_empty() {
        Lister::default()
    } else {
        let rules = rules::load(&rules)?;
        for note in rules.notes() {
            console.note(note);
        }
        Lister::new(rules)
    };
    let lister = lister.guarded(guarded);
    let live = job.live;
    if !count {
        let read = move |report: &Report<'_>, sink: &mut dyn FnMut(_)| {
            job::of_report(report, |text| lister.list(report.name, text, sink))
        };
        return job::run(job, read, |place| job::writer(&layout, live, place), console);
    }
    let columns: &[_] =
        if guarded { CountColumn::ALL } else { &[CountColumn::Dimension, CountColumn::Count] };
    let Layout { format, header, bom, raw_cells, .. } = layout;
    let layout = Layout { columns: columns.to_vec(), header, bom, raw_cells, ..Layout::new(format) };
    let read = move |report: &Report<'_>, sink: &mut dyn FnMut(_)| {
        job::of_report(report, |text| lister.count(text).map(|counts| counts.into_iter().for_each(sink)))
    };
    job::run(job, read, |place| Ok(sum(job::writer(&layout, live, place)?)), console)
}

/// Adds the counts of all documents up and writes the sums at the end.
struct Sum<'a> {
    emit: Box<dyn Emit<CountColumn> + 'a>,
    counts: Counts,
}

fn sum<'a>(emit: Box<dyn Emit<CountColumn> + 'a>) -> Box<dyn Emit<CountColumn> + 'a> {
    Box::new(Sum { emit, counts: Counts::default() })
}

impl Emit<CountColumn> for Sum<'_> {
    fn row(&mut self, count: &Count) -> io::Result<()> {
        self.counts.add(count.nature, &count.guard, count.count);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.emit.flush()
    }

    fn notes(&self) -> Vec<String> {
        self.emit.notes()
    }

    fn finish(&mut self) -> io::Result<()> {
        for count in mem::take(&mut self.counts).into_rows() {
            self.emit.row(&count)?;
        }
        self.emit.finish()
    }
}
