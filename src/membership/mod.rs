//! One node's own view of who is alive: gossip of heartbeats and phi-accrual failure detection
//! (Dynamo paper, section 4.8; Hayashibara et al. 2004, "The φ Accrual Failure Detector").
//!
//! Every node counts a heartbeat of its own, once per gossip interval, and then tells one random
//! peer all heartbeats that it knows of; the peer answers with its own. News of a node so reaches
//! the others over other nodes, and nobody asks anybody directly. What stops is a heartbeat that
//! no longer moves on:
//!
//! ```text
//!   heard of B    │  │ │   │  │ ···············      now
//!                                  silence, against the gaps before
//!   phi           0.3              1       3      8  suspected, from here on
//!                                                    until a newer heartbeat is heard
//! ```
//!
//! Phi is a measure, not a verdict: at phi 8, a living node would be silent for so long about once
//! in 10^8 gaps, if gaps were normally distributed as they were until then. The view draws the line
//! at [`THRESHOLD`].
//!
//! A refused connection is better evidence than silence: the process is down. It makes a peer
//! suspected at once, and then only a newer incarnation makes it trusted again, or a heartbeat so
//! far ahead that it cannot have been under way when the process died: news of the dead goes round
//! for some intervals.
//!
//! Whoever holds a [`View`] calls, once per interval: `beat`, `judge`, and sends `digest` to one
//! random peer; and `merge` for every digest that comes in.
//!
//! Must never know: messages, who is asked next, what a suspicion leads to.
//!
//! Caveats: two nodes may disagree about a third, and both be right by what they heard. A
//! suspicion is not a removal: the ring does not change. Intervals up to one hour are kept apart,
//! longer ones are taken for an hour.

mod detector;
mod heartbeat;
#[cfg(test)]
mod tests;
mod view;

pub use detector::{Phi, THRESHOLD};
pub use heartbeat::Heartbeat;
pub use view::View;
