//! `places`: the places that all inputs name, with their codes.

use kpi_extract::{extract::Context, listing::places::PlaceLister};

use super::{
    console::Console,
    exit::Exit,
    job::{self, Report},
    plan::Placing,
    rules,
    stop::Stop,
};

/// Lists them.
pub fn run(placing: Placing, console: &mut Console) -> Result<Exit, Stop> {
    let rules = rules::load(&placing.rules)?;
    for note in rules.notes() {
        console.note(note);
    }
    let Context { district, .. } =
        rules::context(&rules, Context { district: placing.district, period: None })?;
    let lister = PlaceLister::of_rules(&rules, district.as_deref());
    let read = move |report: &Report<'_>, sink: &mut dyn FnMut(_)| {
        job::of_report(report, |text| lister.list(report.name, text, sink))
    };
    let Placing { job, layout, .. } = placing;
    let live = job.live;
    job::run(job, read, |place| job::writer(&layout, live, place), console)
}
