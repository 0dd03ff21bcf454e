//! The hash ring: where an item lives, and on which nodes (Dynamo paper, sections 4.2 and 6.2).
//!
//! Tokens are 128-bit MD5 digests read as big-endian integers, so that anyone can check a position
//! with `md5sum`. Every node owns several *vnodes*; the token of vnode `i` of node `B` is the MD5 of
//! `B#i`, or, with another *placement*, the end of one of many ranges of one size. An item's *position* is the MD5 of `table/partition-key`. Walking clockwise from there,
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
//! | module | what it is |
//! |---|---|
//! | `token`, `topology` | positions, vnodes, the ring of any vnodes |
//! | `walk`, `preference` | who owns an item: found by walking, and kept in a table |
//! | `placement` | which node takes which range when a cluster begins; weights |
//! | `plan`, `equal`, `steps`, `refusals` | what can be changed, and the rings that it leads through |
//! | `epoch` | topologies by their numbers, and the stages of a change |
//! | `facts`, [`figure8`] | how evenly load is shared, and what a change would move |
//!
//! Caveats: with random tokens (strategy 1 of section 6.2) shares of the ring differ between nodes, the
//! more the fewer vnodes there are; the line `ring` tells how much.

mod epoch;
mod equal;
mod facts;
pub mod figure8;
mod placement;
mod plan;
mod preference;
mod refusals;
mod stage;
mod steps;
mod token;
mod topology;
mod walk;

pub use epoch::Topology;
pub use facts::{Bound, Forecast, Shares};
pub use placement::{Placement, Weight};
pub use plan::{Basis, Change, MOST_NODES, MOST_TOKENS, MOST_VNODES, targets};
pub use preference::PreferenceLists;
pub use stage::{ChangeId, Epoch, Stage, Swap, Turn, Underway, Wish};
pub use token::Token;
pub use topology::{Ring, Vnode, Zone};
pub use walk::{Verdict, WalkStep};

#[cfg(test)]
mod tests;
