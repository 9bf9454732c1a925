//! What it costs to tell the place of every row: the time until the gazetteer is ready, the share of the whole
//! extraction that goes into places, and the memory that they take, over the samples as documents of their own.
//!
//! Run with `cargo bench --bench places`; the first lines say the share, the table what each step takes.

use std::{
    fs,
    hint::black_box,
    path::Path,
    sync::LazyLock,
    time::{Duration, Instant},
};

use divan::{AllocProfiler, Bencher, counter::BytesCount};
use kpi_extract::{
    decode::decode,
    extract::{Context, Event, Extractor},
    gazetteer::Gazetteer,
    listing::places::PlaceLister,
    repair::repair,
    resolve::district::{District, DistrictResolver},
    rules::RuleSet,
    span::Span,
};

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

/// A report with the clauses that hold figures.
struct Report {
    name: String,
    bytes: Vec<u8>,
    text: String,
    clauses: Vec<Span>,
}

static REPORTS: LazyLock<Vec<Report>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    paths.iter().map(|path| report(path)).collect()
});

fn report(path: &Path) -> Report {
    let bytes = fs::read(path).unwrap();
    let text = decode(&bytes).unwrap();
    let document = repair(&text.text);
    let mut clauses = Vec::new();
    extractor().walk(&document, &mut |event| {
        if let Event::Clause([first, ..], _) = event {
            clauses.push(first.clause);
        }
    });
    let text = document.text.into_owned();
    Report { name: path.to_string_lossy().into_owned(), bytes, text, clauses }
}

fn extractor() -> Extractor {
    Extractor::new(RuleSet::builtin(), Context::default())
}

fn main() {
    let begun = Instant::now();
    black_box(Gazetteer::builtin().mentions(black_box("北京市朝阳区建外街道")));
    println!("ready, with the guards read, after {:.2} ms", millis(begun.elapsed()));
    let (whole, places) = (fastest(extract), fastest(resolve));
    let share = 100.0 * places.as_secs_f64() / whole.as_secs_f64();
    println!(
        "places take {:.2} of {:.2} ms: {share:.1} % of the extraction of {} samples",
        millis(places),
        millis(whole),
        REPORTS.len(),
    );
    divan::main();
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The shortest of several rounds: the machine has other things to do.
fn fastest(stage: impl Fn() -> usize) -> Duration {
    let round = || {
        let begun = Instant::now();
        black_box(stage());
        begun.elapsed()
    };
    (0..30).map(|_| round()).min().unwrap()
}

fn extract() -> usize {
    let extractor = extractor();
    let mut rows = 0;
    for report in REPORTS.iter() {
        extractor.extract(&report.name, &report.bytes, &mut |_| rows += 1).unwrap();
    }
    rows
}

/// What [`extract`] does about places: one look for the report's own, and one at each clause with a figure.
fn resolve() -> usize {
    let resolver = DistrictResolver::default();
    let mut found = 0;
    for report in REPORTS.iter() {
        let home = home(&resolver, report);
        for clause in &report.clauses {
            let clause = clause.of(&report.text);
            found += usize::from(resolver.of_clause(clause, home.as_ref()).is_some());
            found += usize::from(resolver.carries(clause));
        }
    }
    found
}

fn home(resolver: &DistrictResolver, report: &Report) -> Option<District> {
    let end = |limit: usize| report.text.floor_char_boundary(limit);
    let title = report.text.match_indices('\n').nth(2).map_or(end(200), |(at, _)| at.min(end(200)));
    let (title, rest) = report.text.split_at(report.text.floor_char_boundary(title));
    resolver.home(title, &rest[..rest.floor_char_boundary(3000)], &report.text, &report.name)
}

fn size() -> BytesCount {
    BytesCount::new(REPORTS.iter().map(|report| report.bytes.len()).sum::<usize>())
}

#[divan::bench(name = "the report's place", sample_count = 10)]
fn of_reports(bencher: Bencher<'_, '_>) {
    let resolver = DistrictResolver::default();
    bencher
        .counter(size())
        .bench_local(|| REPORTS.iter().filter_map(|report| home(&resolver, report)).count());
}

#[divan::bench(name = "with every figure's place", sample_count = 10)]
fn of_figures(bencher: Bencher<'_, '_>) {
    bencher.counter(size()).bench_local(resolve);
}

#[divan::bench(name = "all places listed", sample_count = 10)]
fn all(bencher: Bencher<'_, '_>) {
    let lister = PlaceLister::new(DistrictResolver::default());
    bencher.counter(size()).bench_local(|| {
        let mut places = 0;
        for report in REPORTS.iter() {
            lister.list(&report.name, &report.bytes, &mut |_| places += 1).unwrap();
        }
        places
    });
}
