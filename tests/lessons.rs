//! Every lesson is a test: its reference solution reaches every goal, and a run without it reaches none.

use std::fs;
use std::path::{Path, PathBuf};

use ringscope::lesson::{Block, Lesson, Standing, rehearse};

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons");
    let entries = fs::read_dir(folder).expect("there are lessons");
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    files
}

fn lessons() -> Vec<(String, Lesson)> {
    let read = |file: PathBuf| {
        let name = file.file_name().expect("a file has a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).expect("it can be read");
        let lesson = Lesson::parse(&text).unwrap_or_else(|mistakes| {
            let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            panic!("{name}:\n{}", told.join("\n"))
        });
        (name, lesson)
    };
    files().into_iter().map(read).collect()
}

#[test]
fn every_solution_reaches_every_goal() {
    for (name, lesson) in lessons() {
        let solution = lesson.solution.iter().map(String::as_str);
        let rehearsal =
            rehearse(&lesson, solution).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(rehearsal.watch.is_over(), "{name}\n{}\n{}", rehearsal.output, rehearsal.told());
    }
}

#[test]
fn no_goal_reaches_itself() {
    for (name, lesson) in lessons() {
        let rehearsal =
            rehearse(&lesson, ["run 30s"]).unwrap_or_else(|error| panic!("{name}: {error}"));
        for (goal, standing) in rehearsal.watch.standings() {
            let is_reached = matches!(standing, Standing::Reached(_));
            assert!(!is_reached, "{name}: {:?} is reached without the reader", goal.words);
        }
    }
}

#[test]
fn what_can_be_clicked_can_be_carried_out() {
    for (name, lesson) in lessons() {
        let tries = lesson.blocks.iter().filter_map(|block| match block {
            Block::Try(lines) => Some(lines.iter().map(String::as_str)),
            _ => None,
        });
        if let Err(error) = rehearse(&lesson, tries.flatten()) {
            panic!("{name}, one block after the other: {error}");
        }
    }
}

#[test]
fn each_lesson_asks_before_it_shows() {
    let lessons = lessons();
    assert_eq!(lessons.len(), 18);
    for (name, lesson) in lessons {
        let is_question = |block: &Block| matches!(block, Block::Predict(_));
        assert!(lesson.blocks.iter().any(is_question), "{name} asks nothing");
        let prose = lesson.blocks.iter().filter(|block| matches!(block, Block::Prose(_))).count();
        assert!(prose >= 2, "{name} explains nothing");
    }
}
