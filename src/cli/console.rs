//! What is said on standard error: failures, warnings, progress, a closing summary.

use std::{
    fmt::Display,
    io::{self, Write},
    sync::{Arc, OnceLock},
    thread,
    time::{Duration, Instant},
};

use anstream::AutoStream;
use clap::{
    ColorChoice,
    builder::styling::{AnsiColor, Style},
};
use indicatif::{ProgressBar, ProgressStyle};

use kpi_extract::{extract::Counts, wording::one_line};

use super::{
    inputs::{Failure, Inputs, Request},
    plan::Manner,
    stop::Stop,
};

/// Work that takes no longer than this needs no progress bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Standard error.
pub struct Console {
    stream: AutoStream<io::Stderr>,
    quiet: bool,
    verbose: bool,
    progress: bool,
    bar: Option<ProgressBar>,
    /// How many inputs there are, once that is known.
    total: Arc<OnceLock<u64>>,
    begun: Instant,
}

/// What has been done so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Documents read.
    pub documents: u64,
    /// The figures of those that were reports.
    pub counts: Option<Counts>,
    /// Rows made of them.
    pub rows: u64,
    /// Inputs that failed.
    pub failures: u64,
    /// Figures that may have lost a digit.
    pub damaged: u64,
}

impl Console {
    /// A console that speaks in this manner.
    pub fn new(manner: &Manner) -> Self {
        let choice = match manner.color {
            ColorChoice::Auto => AutoStream::choice(&io::stderr()),
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        Self {
            stream: AutoStream::new(io::stderr(), choice),
            quiet: manner.quiet,
            verbose: manner.verbose,
            progress: manner.progress,
            bar: None,
            total: Arc::default(),
            begun: Instant::now(),
        }
    }

    /// Tells of an input that failed.
    pub fn failure(&mut self, failure: &Failure) {
        self.error(failure);
    }

    /// Tells what is worth knowing to who asked for it.
    pub fn note(&mut self, note: impl Display) {
        if self.verbose && !self.quiet {
            self.line(AnsiColor::Cyan, note);
        }
    }

    /// Tells of what is odd but no error.
    pub fn warn(&mut self, problem: impl Display) {
        if !self.quiet {
            self.line(AnsiColor::Yellow, problem);
        }
    }

    /// Tells why the run ended, unless that is no one's concern.
    pub fn stop(&mut self, stop: &Stop) {
        self.clear();
        match stop {
            _ if stop.is_quiet() => {}
            Stop::Misuse(error) => {
                let _ = error.print();
            }
            Stop::Rules(errors) => self.say(format_args!("{errors}\n")),
            _ => self.error(stop),
        }
    }

    /// Counts the inputs on the side, if progress will be shown, so that it can say how much is left.
    pub fn expect(&mut self, request: &Request) {
        if !self.progress || request.reads_stdin() {
            return;
        }
        let (total, request) = (Arc::clone(&self.total), request.clone());
        // Without a thread the end is not known, no more.
        let _ = thread::Builder::new().spawn(move || total.set(Inputs::new(request).count() as u64));
    }

    /// Shows how far the work has come, once it takes long.
    pub fn progress(&mut self, tally: Tally) {
        if !self.progress || self.begun.elapsed() < PATIENCE {
            return;
        }
        let begun = self.begun;
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::no_length().with_elapsed(begun.elapsed());
            bar.with_style(style("{spinner} {elapsed_precise} {pos} documents, {msg} rows, {per_sec}"))
        });
        if let Some(total) = self.total.get()
            && bar.length().is_none()
        {
            bar.set_length(*total);
            let template = "{bar:20} {pos}/{len} documents, {msg} rows, {per_sec}, {eta_precise} left";
            bar.set_style(style(template));
        }
        bar.set_position(tally.documents + tally.failures);
        bar.set_message(tally.rows.to_string());
    }

    /// Takes the progress away and, if asked to, sums up.
    pub fn close(&mut self, tally: Tally) {
        self.clear();
        if self.verbose {
            let Tally { documents, counts, rows, failures, .. } = tally;
            let (quantities, unclaimed) = match counts {
                None => (String::new(), String::new()),
                Some(Counts { quantities, unclaimed }) => {
                    (format!("quantities: {quantities}, "), format!("unclaimed: {unclaimed}, "))
                }
            };
            let seconds = self.begun.elapsed().as_secs_f64();
            self.say(format_args!(
                "kpi-extract: documents: {documents}, {quantities}rows: {rows}, {unclaimed}failures: {failures}, \
                 seconds: {seconds:.2}\n"
            ));
        }
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn error(&mut self, problem: impl Display) {
        self.line(AnsiColor::Red, problem);
    }

    fn line(&mut self, color: AnsiColor, problem: impl Display) {
        let style = Style::new().bold().fg_color(Some(color.into()));
        let problem = one_line(&problem.to_string());
        self.say(format_args!("{style}kpi-extract:{style:#} {problem}\n"));
    }

    /// One write a message, so that messages of several processes do not mix; a closed standard error is no error.
    fn say(&mut self, message: impl Display) {
        let message = message.to_string();
        let stream = &mut self.stream;
        let mut write = || {
            let _ = stream.write_all(message.as_bytes());
        };
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
