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

#[test]
fn a_fixed_campaign_passes_and_reaches_everything() {
    let (next, found) = (AtomicU64::new(0), Mutex::new((Tally::default(), Vec::new())));
    let work = || {
        let (mut tally, mut failures) = (Tally::default(), Vec::new());
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= SEEDS {
                break;
            }
            let outcome = run(&Plan::of_seed(seed, &Bounds::default()));
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
    assert_eq!(tally.runs(), SEEDS);
    // Few runs have load for long enough, and of the kind that a change evens out.
    let balanced = tally.sorted().iter().any(|(had, runs)| *had == Trait::Balanced && *runs > 0);
    assert!(balanced, "the load balancer changed nothing in any run");
    let rare: Vec<Trait> = tally.rare().into_iter().filter(|had| *had != Trait::Balanced).collect();
    assert_eq!(rare, [], "in less than 1 % of the runs");
}

test_each_path! { in "./tests/regressions" => check }

fn check(path: &Path) {
    goldenscript::run(&mut Session::default(), path).expect("the scenario runs");
}
