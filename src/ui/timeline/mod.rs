//! The space-time diagram, as two views of one thing: the messages of one request, spread out for
//! reading, and the trace of everything that happened.
//!
//! One lane per participant, time downwards, an arrow from every message's departure to its
//! arrival. Beside the arrows stand what they achieve: versions that became durable, votes, the
//! quorum, the answer. [`plan`] says where things stand for one request, [`trace`] draws the whole
//! run; what needs a browser is apart from both.

pub mod plan;
pub mod trace;

#[cfg(target_arch = "wasm32")]
mod arrows;
#[cfg(target_arch = "wasm32")]
mod drawing;
#[cfg(target_arch = "wasm32")]
mod roving;
#[cfg(target_arch = "wasm32")]
mod views;

#[cfg(target_arch = "wasm32")]
pub use drawing::{Timeline, TimelineProps, place_cursor};
#[cfg(target_arch = "wasm32")]
pub use views::{Trace, TraceProps, travel_to};
