//! Many jobs at a time with the results of one at a time.
//!
//! Each job has a channel of its own, and the channels are emptied in the order of the jobs. Results of the job whose
//! turn it is thus pass straight through, while the others wait with what fits into their channels; both these and the
//! jobs ahead are few, so that memory is bounded whatever the jobs are.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    },
    thread,
};

/// Results of one job that may wait for its turn.
const RESULTS: usize = 4;
/// Jobs per thread that may be ahead of the one whose turn it is.
const AHEAD: usize = 16;

/// What a thread may nest: documents that hold one another are read by what calls itself.
const STACK: usize = 8 << 20;

/// A job and where its results go.
type Ticket<J, T> = (J, SyncSender<T>);

/// Does `work` on all `jobs`, each thread with a copy of it, and hands to `take` what comes of them, in the order of
/// the jobs. One thread is the caller's own. After an error of `take` nothing more is taken, and what other threads
/// are still at is left behind for the end of the process.
pub fn run<J, T, E>(
    threads: usize,
    mut jobs: impl Iterator<Item = J>,
    mut work: impl FnMut(J, &mut dyn FnMut(T)) + Clone + Send + 'static,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E>
where
    J: Send + 'static,
    T: Send + 'static,
{
    let tickets = if threads > 1 { start(threads, &work) } else { None };
    let Some(tickets) = tickets else {
        return jobs.try_for_each(|job| {
            let mut taken = Ok(());
            work(job, &mut |result| {
                if taken.is_ok() {
                    taken = take(result);
                }
            });
            taken
        });
    };
    let mut turns = VecDeque::new();
    loop {
        while turns.len() < threads * AHEAD
            && let Some(job) = jobs.next()
        {
            let (results, turn) = sync_channel(RESULTS);
            if tickets.send((job, results)).is_ok() {
                turns.push_back(turn);
            }
        }
        let Some(turn) = turns.pop_front() else { return Ok(()) };
        turn.into_iter().try_for_each(&mut take)?;
    }
}

/// Starts as many of the threads as the system allows; none if it allows none.
fn start<J, T, W>(threads: usize, work: &W) -> Option<Sender<Ticket<J, T>>>
where
    J: Send + 'static,
    T: Send + 'static,
    W: FnMut(J, &mut dyn FnMut(T)) + Clone + Send + 'static,
{
    let (sender, tickets) = channel();
    let tickets = Arc::new(Mutex::new(tickets));
    let started = (0..threads).take_while(|_| {
        let (tickets, mut work) = (Arc::clone(&tickets), work.clone());
        let serve = move || {
            while let Some((job, results)) = next(&tickets) {
                work(job, &mut |result| drop(results.send(result)));
            }
        };
        thread::Builder::new().stack_size(STACK).spawn(serve).is_ok()
    });
    (started.count() > 0).then_some(sender)
}

fn next<J, T>(tickets: &Mutex<Receiver<Ticket<J, T>>>) -> Option<Ticket<J, T>> {
    tickets.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use super::*;

    fn results(threads: usize, jobs: usize) -> Vec<(usize, usize)> {
        let mut taken = Vec::new();
        let work = |job: usize, sink: &mut dyn FnMut((usize, usize))| {
            if job.is_multiple_of(7) {
                thread::sleep(Duration::from_micros(300));
            }
            (0..job % 13).for_each(|part| sink((job, part)));
        };
        run(threads, 0..jobs, work, |result| {
            taken.push(result);
            Ok::<_, ()>(())
        })
        .unwrap();
        taken
    }

    #[test]
    fn results_come_in_the_order_of_the_jobs_for_every_number_of_threads() {
        let expected: Vec<_> = (0..500).flat_map(|job| (0..job % 13).map(move |part| (job, part))).collect();
        for threads in [1, 2, 3, 16] {
            assert_eq!(results(threads, 500), expected, "{threads}");
            assert_eq!(results(threads, 0), []);
            assert_eq!(results(threads, 3), [(1, 0), (2, 0), (2, 1)]);
        }
    }

    #[test]
    fn an_error_ends_the_run() {
        for threads in [1, 4] {
            let work = |job: usize, sink: &mut dyn FnMut(usize)| (0..100).for_each(|_| sink(job));
            let mut taken = 0;
            let ended = run(threads, 0.., work, |job| {
                taken += 1;
                if job == 2 { Err(job) } else { Ok(()) }
            });
            assert_eq!((ended, taken), (Err(2), 201));
        }
    }

    #[test]
    fn what_waits_for_its_turn_is_bounded() {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let work = |_, sink: &mut dyn FnMut(usize)| {
            (0..1000).for_each(|_| {
                MADE.fetch_add(1, Ordering::Relaxed);
                sink(0);
            });
        };
        let (threads, mut taken, mut waiting) = (4, 0, 0);
        run(threads, 0..100, work, |_| {
            taken += 1;
            if taken % 100 == 0 {
                thread::sleep(Duration::from_micros(100));
            }
            waiting = waiting.max(MADE.load(Ordering::Relaxed) - taken);
            Ok::<_, ()>(())
        })
        .unwrap();
        assert_eq!(taken, 100_000);
        assert!(waiting <= threads * (RESULTS + 2), "{waiting}");
    }
}
