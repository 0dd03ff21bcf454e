//! In a real browser: the engine does there what it does natively, to the last bit.

#![cfg(target_arch = "wasm32")]

#[path = "determinism/mod.rs"]
mod runs;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn runs_have_the_digests_that_they_have_natively() {
    for run in &runs::RUNS {
        assert_eq!(run.digests(), run.expected(), "digests of trace and state of {}", run.name);
    }
}
