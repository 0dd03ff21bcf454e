//! A run in which one can go anywhere: back one event, forward one, to any instant, to a mark; and
//! acting in its past begins a branch.
//!
//! Must never know: the page, files, text commands.

mod events;

pub use events::Events;
