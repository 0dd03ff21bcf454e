//! Tests that run inside headless Chromium (`cargo xtask test --only wasm`) and natively too, so
//! that one expectation holds for both.

use ringscope::base::RandomStream;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// Seeded streams are the ground that determinism stands on.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn a_seeded_stream_is_the_same_everywhere() {
    assert_eq!(RandomStream::new(7, "network").next_u64(), 7_625_774_628_353_257_239);
}
