//! The same puts in a browser: a page calls `prepare`, and then `run` with a clock beside it. Wall
//! time is read by the page (`tests/e2e/bench.mjs`).

#[path = "workload/mod.rs"]
mod workload;

use std::cell::RefCell;
use std::sync::Arc;

use ringscope::node::ClientRequest;
use ringscope::sim::Routing;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static PREPARED: RefCell<Vec<Arc<ClientRequest>>> = const { RefCell::new(Vec::new()) };
}

/// Makes this many requests: that is the client's work, and not measured.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
pub fn prepare(count: usize) {
    PREPARED.set(workload::requests(count));
}

/// Puts them into a fresh cluster.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
pub fn run() {
    let mut world = workload::world(Routing::RoundRobin);
    workload::put_all(&mut world, PREPARED.take());
}

fn main() {}
