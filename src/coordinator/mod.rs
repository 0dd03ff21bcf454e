//! The coordinator's part of a request: asking N replicas and counting to W or R (Dynamo paper,
//! section 4.5).
//!
//! [`Quorum`] is pure counting. [`Write`] and [`Read`] are the lives of one request each: they take
//! votes and say when the request is decided. Both go on counting after that, because late votes
//! belong to the picture too.
//!
//! ```text
//!   votes wanted: W = 2 of N = 3
//!   ✓ A   ✓ C           → reached, answer the client
//!   ✓ A   ✗ B   ✗ C     → cannot be reached any more, fail at once
//!   ✓ A   … …           → time is up, fail with 1 of 2
//! ```
//!
//! Must never know: messages, clocks, disks, who else is a coordinator.
//!
//! Caveats: a write that fails may still survive on the replicas that took it and be read later,
//! so its failure says "unknown", never "not written". Nothing repairs a stale replica yet.

mod quorum;
mod read;
mod write;

pub use quorum::{Progress, Quorum, Shortfall};
pub use read::{Findings, Read};
pub use write::Write;

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
}
