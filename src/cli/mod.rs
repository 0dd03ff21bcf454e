//! The command line (native only): the same engine and the same scenario language as the page.

mod campaign;
mod files;
mod lesson;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::scenario::Session;

/// A Dynamo-style database cluster that you can see through.
#[derive(Parser)]
#[command(name = "ringscope", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a scenario file and print it with everything that happened.
    Run {
        /// The scenario, with or without expected output in it.
        file: PathBuf,
        /// Fail if the output differs from the expected output in the file.
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        leaving: files::Leaving,
    },
    /// Print a file of items as lines of a scenario: a table, and a put for each.
    Import(files::Import),
    /// Run many seeded workloads under seeded faults, and check what the cluster promises.
    Campaign(campaign::Options),
    /// Check lessons: read them, and carry out their solutions.
    Lesson(lesson::Options),
}

/// Runs the command line, and says how it ended.
pub fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Run { file, check, leaving } => run(&file, check, &leaving),
        Command::Import(options) => files::import(&options),
        Command::Campaign(options) => campaign::campaign(&options),
        Command::Lesson(options) => lesson::lesson(&options),
    }
}

fn run(file: &Path, check: bool, leaving: &files::Leaving) -> ExitCode {
    let script = match std::fs::read_to_string(file) {
        Ok(script) => script,
        Err(error) => {
            eprintln!("ringscope: cannot read {}: {error}", file.display());
            return ExitCode::from(2);
        }
    };
    let mut session = Session::default();
    match session.run_script(&ended(&script)) {
        Ok(output) => {
            print!("{output}");
            if let Err(error) = leaving.write(&session) {
                eprintln!("ringscope: {error}");
                return ExitCode::from(2);
            }
            if check && output != script {
                eprintln!("ringscope: the output differs from what {} expects", file.display());
                return ExitCode::FAILURE;
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("ringscope: {}: {error}", file.display());
            ExitCode::FAILURE
        }
    }
}

/// A file of bare commands lacks the line that ends a block of them: adds it.
fn ended(script: &str) -> String {
    let has_blocks = script.lines().any(|line| line.trim_end() == "---");
    match has_blocks {
        true => script.to_owned(),
        false => format!("{}\n---\n", script.trim_end()),
    }
}
