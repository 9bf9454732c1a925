//! Throughput of each stage and of the whole, in bytes of the report a second, over the samples joined to four megabytes:
//! to see which stage a change made slower.
//!
//! Stages that cannot run by themselves include those before them, as their names say. Run with `cargo bench`.

use std::{fs, hint::black_box, io, path::Path, sync::LazyLock};

use divan::{Bencher, counter::BytesCount};
use kpi_extract::{
    decode::decode,
    document::Document,
    emit::{Column, Format, Layout},
    extract::{Context, Event, Extractor},
    matching::Matcher,
    recognise::recognise,
    repair::repair,
    row::Row,
    rules::{RuleSet, words::WordList},
    segment::{blocks, clauses, paragraphs},
};

/// How much text is read, in bytes.
const SIZE: usize = 4 << 20;

static REPORT: LazyLock<String> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    let samples: String = paths.iter().map(|path| fs::read_to_string(path).unwrap() + "\n").collect();
    samples.repeat(SIZE.div_ceil(samples.len()))
});
static DOCUMENT: LazyLock<Document<'static>> = LazyLock::new(|| repair(&REPORT));
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let mut rows = Vec::new();
    extractor().extract("samples", REPORT.as_bytes(), &mut |row| rows.push(row)).unwrap();
    rows
});

fn main() {
    divan::main();
}

fn extractor() -> Extractor {
    Extractor::new(RuleSet::builtin(), Context::default())
}

/// Measures `stage` with the bytes of the report as its measure.
fn measure<T>(bencher: Bencher<'_, '_>, stage: impl Fn() -> T + Sync) {
    bencher.counter(BytesCount::of_str(REPORT.as_str())).bench(stage);
}

#[divan::bench(name = "1 decode")]
fn a_decode(bencher: Bencher<'_, '_>) {
    measure(bencher, || decode(black_box(REPORT.as_bytes())).unwrap());
}

#[divan::bench(name = "2 repair", sample_count = 5)]
fn b_repair(bencher: Bencher<'_, '_>) {
    measure(bencher, || repair(black_box(&REPORT)));
}

#[divan::bench(name = "3 segment", sample_count = 5)]
fn c_segment(bencher: Bencher<'_, '_>) {
    let text = &*DOCUMENT.text;
    let rules = RuleSet::builtin();
    measure(bencher, || {
        let paragraphs = paragraphs(black_box(text), &rules.words().furniture, &rules.words().byline);
        let blocks = paragraphs.flat_map(|paragraph| blocks(text, paragraph.span));
        blocks.map(|block| clauses(text, block, &[]).len()).sum::<usize>()
    });
}

#[divan::bench(name = "4 recognise", sample_count = 5)]
fn d_recognise(bencher: Bencher<'_, '_>) {
    let rules = RuleSet::builtin();
    measure(bencher, || recognise(black_box(&DOCUMENT.text), rules.lexicon()));
}

#[divan::bench(name = "5 segment to unfold", sample_count = 5)]
fn e_unfold(bencher: Bencher<'_, '_>) {
    let extractor = extractor();
    measure(bencher, || {
        let mut readings = 0;
        extractor.walk(&DOCUMENT, &mut |event| {
            if let Event::Clause(found, _) = event {
                readings += found.len();
            }
        });
        readings
    });
}

#[divan::bench(name = "6 segment to match", sample_count = 5)]
fn f_match(bencher: Bencher<'_, '_>) {
    let (extractor, rules) = (extractor(), RuleSet::builtin());
    measure(bencher, || {
        let mut matcher = Matcher::new(&rules, WordList::default(), WordList::default());
        let mut mentions = 0;
        extractor.walk(&DOCUMENT, &mut |event| match event {
            Event::Paragraph(..) => matcher.enter_paragraph(""),
            Event::Sentence(_) => {}
            Event::Clause(readings, quantities) => {
                mentions +=
                    readings.iter().filter_map(|reading| matcher.mention(reading, quantities)).count();
            }
        });
        mentions
    });
}

#[divan::bench(name = "7 decode to resolve", sample_count = 5)]
fn g_resolve(bencher: Bencher<'_, '_>) {
    let extractor = extractor();
    measure(bencher, || {
        let mut rows = 0;
        extractor.extract("samples", black_box(REPORT.as_bytes()), &mut |_| rows += 1).unwrap();
        rows
    });
}

#[divan::bench(name = "8 emit csv", sample_count = 5)]
fn h_emit(bencher: Bencher<'_, '_>) {
    LazyLock::force(&ROWS);
    measure(bencher, || {
        let mut emit = Layout::<Column>::new(Format::Csv).writer(io::sink()).unwrap();
        ROWS.iter().for_each(|row| emit.row(row).unwrap());
        emit.finish().unwrap();
    });
}

#[divan::bench(name = "9 the whole", sample_count = 5)]
fn i_whole(bencher: Bencher<'_, '_>) {
    let extractor = extractor();
    measure(bencher, || {
        let mut emit = Layout::<Column>::new(Format::Csv).writer(io::sink()).unwrap();
        let mut row = |row: Row| emit.row(&row).unwrap();
        extractor.extract("samples", black_box(REPORT.as_bytes()), &mut row).unwrap();
        emit.finish().unwrap();
    });
}
