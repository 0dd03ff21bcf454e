//! The same run gives the same digests, natively. `tests/browser.rs` checks the same in a browser.

#![cfg(not(target_arch = "wasm32"))]

#[path = "determinism/mod.rs"]
mod runs;

#[test]
fn runs_have_their_digests() {
    for run in &runs::RUNS {
        assert_eq!(run.digests(), run.expected(), "digests of trace and state of {}", run.name);
    }
}

#[test]
fn runs_repeat() {
    for run in &runs::RUNS {
        assert_eq!(run.digests(), run.digests(), "{}", run.name);
    }
}
