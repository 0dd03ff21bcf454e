//! The same run gives the same digests, natively. `tests/browser.rs` checks the same in a browser.

#![cfg(not(target_arch = "wasm32"))]

#[path = "determinism/mod.rs"]
mod runs;

#[test]
fn runs_have_their_digests() {
    let all = |digests: fn(&runs::Run) -> (String, String)| {
        runs::RUNS.iter().map(|run| (run.name, digests(run))).collect::<Vec<_>>()
    };
    assert_eq!(all(runs::Run::digests), all(runs::Run::expected), "digests of traces and states");
}

#[test]
fn runs_repeat() {
    for run in &runs::RUNS {
        assert_eq!(run.digests(), run.digests(), "{}", run.name);
    }
}
