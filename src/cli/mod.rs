//! The command line: what was typed ([`args`]) is validated ([`plan`]) and then run, each with its own type, so that
//! nothing is read or written before everything that was asked for is known to make sense.

use std::ffi::OsString;

use console::Console;
use plan::{Plan, Task, Terminals};

pub use exit::Exit;
pub use files::{Failed, Files};
pub use period::parse as parse_period;

mod args;
mod audit;
mod check;
mod console;
mod diff;
mod eval;
mod exit;
mod extract;
mod files;
mod inputs;
mod interrupt;
mod job;
mod manual;
mod output;
mod period;
mod places;
mod plan;
mod pool;
mod quantities;
mod review;
mod rules;
mod stop;
mod suggest;
mod table;
mod tables;
mod text;
mod traces;
mod unclaimed;
mod why;

/// Runs the command that was typed, its name first.
pub fn main(typed: impl IntoIterator<Item = OsString>) -> Exit {
    match plan(typed) {
        Ok(plan) => run(plan),
        Err(error) => {
            let _ = error.print();
            if error.use_stderr() { Exit::Misused } else { Exit::Done }
        }
    }
}

fn plan(typed: impl IntoIterator<Item = OsString>) -> Result<Plan, clap::Error> {
    Plan::new(args::parse(typed)?, Terminals::detect())
}

fn run(plan: Plan) -> Exit {
    let mut console = Console::new(&plan.manner);
    let result = match plan.task {
        Task::Extract(extraction) => extract::run(*extraction, &mut console),
        Task::List(listing) => quantities::run(*listing, &mut console),
        Task::Places(placing) => places::run(*placing, &mut console),
        Task::ListRules(rules, guards) => rules::list(&rules, guards),
        Task::ShowRule(rules, id) => rules::show(&rules, &id),
        Task::Schema => rules::schema(),
        Task::NewRule => rules::new(),
        Task::Check(check) => check::run(&check),
        Task::Suggest(rules, inputs, threads, args) => {
            suggest::run(&rules, inputs, threads, &args, &mut console)
        }
        Task::Eval(rules, request) => eval::run(&rules, request, &mut console),
        Task::Review(request) => review::run(*request, &mut console),
        Task::Table(request) => table::run(*request, &mut console),
        Task::Audit(request) => audit::run(*request, &mut console),
        Task::Diff(request) => diff::run(*request, &mut console),
        Task::Completions(shell) => manual::completions(shell),
        Task::Man(command) => manual::man(command.as_deref()),
        Task::Text(rules, request) => text::run(&rules, request, &mut console),
        Task::Unclaimed(rules, inputs, threads, args) => {
            unclaimed::run(&rules, inputs, threads, &args, &mut console)
        }
        Task::Why(rules, context, args) => why::run(&rules, context, *args),
    };
    result.unwrap_or_else(|stop| {
        console.stop(&stop);
        stop.exit()
    })
}
