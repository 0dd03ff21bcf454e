//! `ringscope lesson`: checks lessons, and carries out their solutions.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::lesson::{Lesson, rehearse};

#[derive(clap::Args)]
pub struct Options {
    /// Lessons, as text files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print everything that happens, too.
    #[arg(long)]
    trace: bool,
}

/// Checks each file, and says how it stands.
pub fn lesson(options: &Options) -> ExitCode {
    let checked: Vec<bool> = options.files.iter().map(|file| check(file, options.trace)).collect();
    match checked.into_iter().all(|is_fine| is_fine) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn check(file: &Path, trace: bool) -> bool {
    let name = file.display();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("ringscope: cannot read {name}: {error}");
            return false;
        }
    };
    let lesson = match Lesson::parse(&text) {
        Ok(lesson) => lesson,
        Err(mistakes) => {
            mistakes.iter().for_each(|mistake| eprintln!("{name}, {mistake}"));
            return false;
        }
    };
    match rehearse(&lesson, lesson.solution.iter().map(String::as_str)) {
        Ok(rehearsal) => {
            if trace {
                print!("{}", rehearsal.output);
            }
            println!("{name}: {}", lesson.title);
            print!("{}", rehearsal.told());
            rehearsal.watch.is_over()
        }
        Err(error) => {
            eprintln!("{name}: {}", error.message);
            false
        }
    }
}
