//! The inputs that are kept for the fuzz targets, without a fuzzer: where it begins, and what it
//! found. See `fuzz/src/lib.rs`.

#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::Path;

#[path = "../fuzz/src/lib.rs"]
mod targets;

/// Hands over every input that is kept for a target, each of its beginnings, and each without one of
/// its lines.
fn replay(target: &str, run: fn(&str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} has inputs", folder.display());
    for file in files {
        let input = fs::read_to_string(&file).expect("inputs are text");
        run(&input);
        let lines: Vec<&str> = input.lines().collect();
        for left_out in 0..lines.len() {
            let kept = lines.iter().enumerate().filter(|(at, _)| *at != left_out);
            run(&kept.map(|(_, line)| *line).collect::<Vec<_>>().join("\n"));
        }
        let first = lines.first().copied().unwrap_or_default();
        for (end, _) in first.char_indices().step_by(7) {
            run(&first[..end]);
        }
    }
}

#[test]
fn snapshots_that_are_kept_are_opened_or_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/snapshot");
    for entry in fs::read_dir(&folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        let input = fs::read(&path).expect("inputs are files");
        targets::snapshot(&input);
        for part in 1..8 {
            targets::snapshot(&input[..input.len() * part / 8]);
        }
    }
}

#[test]
fn requests_that_are_kept_are_answered() {
    replay("request", targets::requests);
}

#[test]
fn expressions_that_are_kept_are_read() {
    replay("expression", targets::expression);
}
