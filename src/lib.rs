//! Ringscope: a Dynamo-style database cluster in one deterministic simulation, made to be seen
//! through.
//!
//! Everything that changes the world is a *command*; everything that happens in it is an *event*:
//!
//! ```text
//!  page · scenario file · command line            (who speaks)
//!        │  Command
//!        ▼
//!  World ── virtual time, nodes, network, faults  (what happens)
//!        │  Event (the trace)
//!        ▼
//!  ring picture · golden files · digests          (who watches)
//! ```
//!
//! The modules form layers. A module may import from those on its left, never from those on its
//! right, and modules inside one pair of braces do not import each other:
//!
//! ```text
//! base ← {data, ring, causality} ← storage ← coordinator ← node ← sim ← scenario ← {ui, cli}
//! ```
//!
//! What is deliberately absent: nothing below `sim` reads a clock, draws ambient randomness, or
//! touches a network or a disk; nothing below `ui` knows that a screen exists.

pub mod base;
pub mod causality;
#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
pub mod coordinator;
pub mod data;
pub mod node;
pub mod ring;
pub mod scenario;
pub mod sim;
pub mod storage;
