//! `cargo xtask`: everything one does to this repository besides editing it, in plain Rust.
//!
//! Each command is one file, named after it; what they share is in [`project`] (where things are,
//! how a program is run), [`setup`] (what must be installed), [`page`] (the Trunk build) and
//! [`server`] (a static file server). The commands that drive a browser keep the browser side in
//! `tests/e2e/*.mjs` and hold only the plumbing here.
//!
//! What is deliberately absent: no command needs a terminal, none asks a question, and none
//! touches anything outside the repository and the cache folder, except `rustup target add` and,
//! for the tests, `apt-get install` of browsers where there are none.

mod bench;
mod data;
mod dist;
mod e2e;
mod opening;
mod page;
mod play;
mod project;
mod server;
mod setup;
mod shots;
mod table;
mod test;
mod tidy;

use clap::{Parser, Subcommand};
use project::Project;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, run, test and measure Ringscope")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, build the page and serve it on this machine
    Play {
        /// The first port to try; a taken port gets the next free one
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Install what is missing and run every check and test
    Test(test::Options),
    /// Build the static files, page and JavaScript API, into dist/ and print their sizes
    Dist,
    /// Take screenshots of named states into target/shots (all of them if none is named)
    Shots { states: Vec<String> },
    /// Measure the figures of the design's "Numbers" (all of them if none is named)
    Bench(bench::Options),
    /// Check the import rule, the native dependency tree, and the lengths of files and functions
    Tidy {
        /// Write the present lengths to xtask/ratchet.txt instead of checking against it
        #[arg(long)]
        bless: bool,
    },
    /// Take the messages and pictures of www/opening anew from the engine and the page
    Opening,
    /// Rebuild the sample data in www/data from its npm package
    Data,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match Project::locate().and_then(|project| run(&project, arguments.task)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(project: &Project, task: Task) -> anyhow::Result<()> {
    match task {
        Task::Play { port } => play::run(project, port),
        Task::Test(options) => test::run(project, &options),
        Task::Dist => dist::run(project),
        Task::Shots { states } => shots::run(project, &states),
        Task::Bench(options) => bench::run(project, &options),
        Task::Tidy { bless } => tidy::run(project, bless),
        Task::Opening => opening::run(project),
        Task::Data => data::run(project),
    }
}
