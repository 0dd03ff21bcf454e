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

/// Numbers that look like chance: the generator of Knuth's MMIX.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// As a fuzzer would, but without knowing where it gets. `RINGSCOPE_MUTATIONS=100000` tries more.
#[test]
fn snapshots_that_are_changed_by_chance_do_no_harm() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/snapshot");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    files.sort();
    let seeds: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).expect("a file")).collect();
    let most = std::env::var("RINGSCOPE_MUTATIONS").ok().and_then(|text| text.parse().ok());
    for number in 0..most.unwrap_or(1_500) {
        let mut chance = Chance(number);
        chance.below(2);
        let mut input = seeds[chance.below(seeds.len())].clone();
        for _ in 0..1 + chance.below(3) {
            let at = chance.below(input.len());
            match chance.below(5) {
                0 => input[at] ^= 1 << chance.below(8),
                1 => input[at] = [0, 1, 0x7F, 0x80, 0xFF][chance.below(5)],
                2 => input[at] = chance.below(256) as u8,
                3 => drop(input.remove(at)),
                _ => input.insert(at, chance.below(256) as u8),
            }
        }
        let done = std::panic::catch_unwind(|| targets::snapshot(&input));
        assert!(done.is_ok(), "change {number} does harm");
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
