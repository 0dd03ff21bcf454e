//! The coordinator's part of a request: asking N replicas and counting to W or R (Dynamo paper,
//! section 4.5).
//!
//! [`Quorum`] is pure counting. [`Tally`] knows who has voted, and who votes in whose stead; a
//! [`Read`] also puts the answers together. All go on counting after the quorum is decided, because
//! late votes belong to the picture too, and show which replicas need repair. [`gather`] puts the
//! answers for a part of a table together.
//!
//! ```text
//!   votes wanted: W = 2 of N = 3
//!   ✓ A   ✓ C           → reached, answer the client
//!   ✓ A   ✗ B   ✗ C     → cannot be reached any more, fail at once
//!   ✓ A   … …           → time is up, fail with 1 of 2
//!   ✓ A   D for B ✓     → reached, if a fallback's vote counts (a sloppy quorum, section 4.6)
//! ```
//!
//! Must never know: messages, clocks, disks, who else is a coordinator, who is alive.
//!
//! Caveats: a write that fails may still survive on the replicas that took it and be read later,
//! so its failure says "unknown", never "not written".

mod gather;
mod quorum;
mod read;
mod tally;

pub use gather::{Found, Part, Told, gather, in_order};
pub use quorum::{Progress, Quorum, Shortfall};
pub use read::Read;
pub use tally::{Seat, Tally};

use serde::{Deserialize, Serialize};

/// What a coordinator makes of one replica's answer, or of its silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Vote {
    /// Counts towards the quorum.
    Counted,
    /// Arrived after the request was decided.
    Late,
    /// The replica cannot be reached: its process is down.
    Refused,
    /// The replica did not answer in time.
    TimedOut,
    /// The replica has lost its disk, and does not know yet what it should have.
    Rebuilding,
    /// The replica knows of a higher ballot.
    Preempted,
}
