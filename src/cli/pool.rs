//! Many documents at a time with the output of one at a time.
//!
//! Each document has a channel of its own, and the channels are emptied in the order of the inputs. Rows of the
//! document whose turn it is thus pass straight through, while the others wait with what fits into their channels;
//! both these and the documents ahead are few, so that memory is bounded whatever the inputs are.

use std::{
    collections::VecDeque,
    io, mem,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    },
    thread,
};

use kpi_extract::{extract::Extractor, row::Row};

use super::{
    extract::{Table, read},
    inputs::{Failure, Input, Inputs},
    stop::Stop,
};

/// Rows that pass from a thread at a time.
const BATCH: usize = 256;
/// Batches of one document that may wait for its turn.
const BATCHES: usize = 4;
/// Documents per thread that may be ahead of the one whose turn it is.
const AHEAD: usize = 16;

enum Event {
    Rows(Vec<Row>),
    End(Result<(), Failure>),
}

struct Job {
    input: Input,
    events: SyncSender<Event>,
}

/// A document that was handed out, or an input that was none.
enum Turn {
    Document(String, Receiver<Event>),
    Failure(Failure),
}

/// Writes the rows of all inputs in their order to `table`. When the output fails, what is still being read is left
/// behind for the end of the process.
pub fn run(
    threads: usize,
    extractor: &Extractor,
    mut inputs: Inputs,
    table: &mut Table,
    unwritable: &dyn Fn(io::Error) -> Stop,
) -> Result<(), Stop> {
    let jobs = start(threads.min(inputs.paths_left().max(1)), extractor)?;
    let mut turns = VecDeque::new();
    loop {
        while turns.len() < threads * AHEAD
            && let Some(input) = inputs.next()
        {
            turns.push_back(match input {
                Err(failure) => Turn::Failure(failure),
                Ok(input) => {
                    let (events, received) = sync_channel(BATCHES);
                    let name = input.name.clone();
                    // Without threads to take it, the job and its channel end here, which `write` notices.
                    let _ = jobs.send(Job { input, events });
                    Turn::Document(name, received)
                }
            });
        }
        let Some(turn) = turns.pop_front() else { return Ok(()) };
        write(turn, table).map_err(unwritable)?;
    }
}

fn start(threads: usize, extractor: &Extractor) -> Result<Sender<Job>, Stop> {
    let (sender, jobs) = channel();
    let jobs = Arc::new(Mutex::new(jobs));
    for index in 0..threads {
        let (jobs, extractor) = (Arc::clone(&jobs), extractor.clone());
        match thread::Builder::new().spawn(move || work(&jobs, &extractor)) {
            Err(error) if index == 0 => return Err(Stop::Threads(error)),
            Err(_) => break,
            Ok(_) => {}
        }
    }
    Ok(sender)
}

fn work(jobs: &Mutex<Receiver<Job>>, extractor: &Extractor) {
    let mut buffer = Vec::new();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { input, events }) = job else { return };
        let mut batch = Vec::new();
        let ended = read(extractor, &input, &mut buffer, &mut |row| {
            batch.push(row);
            if batch.len() == BATCH {
                let _ = events.send(Event::Rows(mem::take(&mut batch)));
            }
        });
        let _ = events.send(Event::Rows(batch));
        let _ = events.send(Event::End(ended));
    }
}

fn write(turn: Turn, table: &mut Table) -> io::Result<()> {
    let (name, events) = match turn {
        Turn::Document(name, events) => (name, events),
        Turn::Failure(failure) => return table.end(Err(failure)),
    };
    for event in events {
        match event {
            Event::Rows(rows) => table.rows(&rows)?,
            Event::End(ended) => return table.end(ended),
        }
    }
    table.end(Err(Failure::new(name, "its thread has died")))
}
