//! A campaign over a fixed set of seeds, and everything that campaigns ever found.
//!
//! The regressions are golden scenarios: each file of `tests/regressions` begins with what once went
//! wrong in it. `UPDATE_GOLDENFILES=1 cargo test --test campaign` writes their output anew.

#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use ringscope::lab::{Bounds, Plan, Tally, Trait, run};
use ringscope::scenario::Session;
use test_each_file::test_each_path;

const SEEDS: u64 = 2_000;

/// Few runs have load for long enough that a change evens it out, or lose every version that an
/// index's entry was made of.
const RARE: [Trait; 2] = [Trait::Balanced, Trait::EntryDisowned];

/// Nothing is restored unless it is asked for.
const ASKED_FOR: [Trait; 2] = [Trait::PastRead, Trait::Restored];
const SEEDS_WITH_BACKUPS: u64 = 400;

/// Runs these plans, all of which have to pass, and says what they reached.
fn campaign(seeds: u64, bounds: &Bounds) -> Tally {
    let (next, found) = (AtomicU64::new(0), Mutex::new((Tally::default(), Vec::new())));
    let work = || {
        let (mut tally, mut failures) = (Tally::default(), Vec::new());
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds {
                break;
            }
            let outcome = run(&Plan::of_seed(seed, bounds));
            tally.add(outcome.coverage);
            failures.extend(outcome.verdict.err().map(|violation| (seed, violation.to_string())));
        }
        let mut found = found.lock().expect("no thread panicked");
        found.0.join(&tally);
        found.1.extend(failures);
    };
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get());
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let (tally, mut failures) = found.into_inner().expect("no thread panicked");
    failures.sort();
    assert!(failures.is_empty(), "`ringscope campaign --seeds` shrinks these: {failures:#?}");
    assert_eq!(tally.runs(), seeds);
    tally
}

#[test]
fn a_fixed_campaign_passes_and_reaches_everything() {
    let tally = campaign(SEEDS, &Bounds::default());
    let counts = tally.sorted();
    for rare in RARE {
        let runs = counts.iter().find(|(had, _)| *had == rare).map(|(_, runs)| *runs);
        assert!(runs > Some(0), "no run had: {rare}");
    }
    let is_expected = |had: &Trait| RARE.contains(had) || ASKED_FOR.contains(had);
    let rare: Vec<Trait> = tally.rare().into_iter().filter(|had| !is_expected(had)).collect();
    assert_eq!(rare, [], "in less than 1 % of the runs");
}

/// Seeds whose runs were right and were taken for wrong: a page lacked an item whose tombstone was
/// known by another ballot; a tombstone that only a crashed disk told of was proposed once more; an
/// item that had expired arrived when all should have been at rest.
const RIGHT_ALL_ALONG: [u64; 6] =
    [4_005_393, 4_007_901, 4_027_385, 4_028_106, 4_035_077, 4_064_849];

#[test]
fn what_was_right_all_along_passes() {
    let bounds = Bounds { changes: 100, collections: 0, ..Bounds::ANY };
    for seed in RIGHT_ALL_ALONG {
        let verdict = run(&Plan::of_seed(seed, &bounds)).verdict;
        assert!(verdict.is_ok(), "{seed}: {verdict:?}");
    }
}

#[test]
fn a_fixed_campaign_restores_what_was() {
    let tally = campaign(SEEDS_WITH_BACKUPS, &Bounds { backups: 100, ..Bounds::default() });
    let rare = tally.rare();
    assert!(ASKED_FOR.iter().all(|had| !rare.contains(had)), "{rare:?}");
}

test_each_path! { in "./tests/regressions" => check }

fn check(path: &Path) {
    goldenscript::run(&mut Session::default(), path).expect("the scenario runs");
}
