//! The hash ring: where an item lives, and on which nodes (Dynamo paper, sections 4.2 and 6.2).
//!
//! Tokens are 128-bit MD5 digests read as big-endian integers, so that anyone can check a position
//! with `md5sum`. Every node owns several *vnodes*; the token of vnode `i` of node `B` is the MD5 of
//! `B#i`. An item's *position* is the MD5 of `table/partition-key`. Walking clockwise from there,
//! the first N distinct nodes are its *preference list*:
//!
//! ```text
//!   position ──▶ A#3 ──▶ A#7 ──▶ C#0 ──▶ B#5        N = 3
//!               owner   skipped  owner   owner      preference list: A, C, B
//!                       (A has it already)
//! ```
//!
//! Where nodes stand in several zones, the first owners stand in distinct zones while there are
//! any left.
//!
//! Caveats: tokens are random (strategy 1 of section 6.2), so shares of the ring differ between
//! nodes, the more the fewer vnodes there are. The ring of a run does not change yet.

mod epoch;
mod equal;
mod facts;
pub mod figure8;
mod placement;
mod plan;
mod preference;
mod refusals;
mod steps;
mod token;
mod topology;

pub use epoch::{ChangeId, Epoch, Stage, Swap, Topology, Turn, Underway, Wish};
pub use facts::{Bound, Forecast, Shares};
pub use placement::{Placement, Weight};
pub use plan::{Basis, Change, MOST_NODES, MOST_TOKENS, MOST_VNODES, targets};
pub use preference::{PreferenceLists, Verdict, WalkStep};
pub use token::Token;
pub use topology::{Ring, Vnode, Zone};

#[cfg(test)]
mod tests;
