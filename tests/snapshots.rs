//! Snapshots that stay readable, and damage that does no harm.
//!
//! `tests/snapshots/v1` has snapshots of format version 1, and beside each what is in it: that never
//! changes. `UPDATE_GOLDENFILES=1 cargo test --test snapshots` writes those that are missing, and no
//! other.

#![cfg(not(target_arch = "wasm32"))]

#[path = "snapshots/damage.rs"]
mod damage;
#[path = "snapshots/lasting.rs"]
mod lasting;
#[path = "snapshots/memory.rs"]
mod memory;
