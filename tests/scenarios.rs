//! Golden scenarios: each file of `tests/scenarios` is one test. It holds commands and, after
//! `---`, the output that they must have, message by message.
//!
//! `UPDATE_GOLDENFILES=1 cargo test --test scenarios` writes the output anew: read the difference
//! before committing it.

#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;

use ringscope::scenario::Session;
use test_each_file::test_each_path;

test_each_path! { in "./tests/scenarios" => check }

fn check(path: &Path) {
    goldenscript::run(&mut Session::default(), path).expect("the scenario runs");
}
