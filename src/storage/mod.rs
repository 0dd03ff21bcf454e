//! One node's store: the versions of every item it holds, the hints it keeps for others, its promises,
//! and the commit log behind all of it.
//!
//! A write is first appended to the [`CommitLog`]; once its record is durable it is applied to the
//! [`Store`] and may be acknowledged, never before. So the store always equals a replay of the
//! log's durable part, and a crash costs exactly the records that were not durable yet:
//!
//! ```text
//!   append ──▶ [ r1 r2 r3 | r4 r5 ]        crash: r4 and r5 are lost, nobody was told of them
//!                 durable   pending        restart: what r1 r2 r3 add up to
//! ```
//!
//! A disk is more than what it promised: a crash may find that r4 had reached it, and half of r5.
//! What is whole is kept, as a failed write may survive; what is not is cut off at the next start.
//!
//! Of tables that can be restored to an instant the store remembers what was, too: the
//! [`ChangeLog`].
//!
//! Items are ordered by ring position, so that a token range is one contiguous range of the store.
//!
//! Must never know: which node it belongs to, how long a disk takes, what a quorum is.
//!
//! Caveats: when a tombstone may be forgotten is not decided here. In memory the log's durable part is
//! kept only as the store that it adds up to, as if it were compacted at every sync, at no cost in
//! virtual time.

mod ballots;
mod changes;
mod charter;
mod hints;
mod key;
mod log;
mod range;
mod store;
mod version;

pub use ballots::{BallotBook, Ballots};
pub use changes::ChangeLog;
pub use charter::{Charter, EpochAcceptor};
pub use hints::Hints;
pub use key::ItemKey;
pub use log::{CommitLog, DiskState, Lsn, Record};
pub use store::{IndexBook, Store};
pub use version::{Applied, Held, Version};
