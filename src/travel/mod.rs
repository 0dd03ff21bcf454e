//! A run in which one can go anywhere: back one event, forward one, to any instant, to a mark; and
//! acting in its past begins a branch.
//!
//! Must never know: the page, files, text commands.

mod events;
mod histogram;
mod metrics;

pub use events::Events;
pub use histogram::Histogram;
pub use metrics::{Metrics, NodeWork, Outcomes};
