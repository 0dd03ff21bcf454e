//! The space-time diagram of one request: who says what to whom, and when.
//!
//! One line per participant, time downwards, an arrow from every message's departure to its
//! arrival. Beside the arrows stand what they achieve: versions that became durable, votes, the
//! quorum, the answer. [`plan`] says where things stand; the drawing needs a browser.

pub mod plan;

#[cfg(target_arch = "wasm32")]
mod arrows;
#[cfg(target_arch = "wasm32")]
mod drawing;

#[cfg(target_arch = "wasm32")]
pub use drawing::{Timeline, TimelineProps, place_cursor};
