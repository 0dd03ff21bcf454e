//! Table backups and point-in-time recovery: how a table was, and how that becomes a table again.
//!
//! ```text
//!            each owner of a token range, of its items            one who asks, as of t
//!   change log   v1  v2                                A  v1 v2 ├ v4 ┐
//!   held              v4                               B  v1 ├─ v4   ├─ greatest stamp ≤ t of each,
//!                                                      C  (down)     ┘  the greatest of those: v2
//!            stamps ── t ──▶
//!
//!   backup    read as of now ──▶ the archive, outside of the cluster
//!   restore   the archive, or read as of t ──▶ ordinary writes into a new table ──▶ ACTIVE
//! ```
//!
//! **What each node keeps.** From the moment at which a table's continuous backups are switched on, the
//! *base*, a node remembers the versions that others replaced, tombstones included, each with its stamp:
//! the *change log* ([`crate::storage::ChangeLog`]). It is part of what the commit log adds up to: a
//! version goes there when the record of the one that replaces it is durable, so a crash loses neither.
//! It moves with ownership: a pending owner fetches what was along with what is. What was replaced more
//! than 35 days of virtual time ago is forgotten, but for what was there when the window begins. Its
//! bytes are counted beside those of items.
//!
//! **How it is read.** Restoring reads the table like a scan, as of t. For each token range it asks
//! max(R, N − W + 1) owners, who meet every write that was acknowledged: those of rounds too, because
//! these have W votes at least. Each tells of every item the version with the greatest stamp up to t,
//! and the greatest of these is what the item was: last writer wins, among those that had written.
//! What a sweeper took away counts as gone from when it had expired: its tombstone is stamped like the
//! version itself ([`crate::expiry`]). Nothing is repaired: the past is over. Where owners cannot be reached others are asked, and where
//! there are too few of them the restore is refused and nothing has changed.
//!
//! **What t is.** An instant of virtual time, but compared with stamps, which nodes' clocks gave: the
//! write that is stamped t is in, the next one is out. Where clocks are right, that is everything that
//! was acknowledged before t and nothing that was begun after it. With `timestamps=wall` and wrong clocks
//! stamps lie, and so do restores: a write of a node whose clock is ahead comes later in the past than
//! it came. With `timestamps=quorum` stamps are numbers and no instants: there continuous backups are
//! refused. A write that nobody acknowledged may be in or not, and so may one that was under way at t.
//!
//! **Where backups live.** Not on the nodes: in an archive of the world, as DynamoDB keeps them apart
//! from its tables. So a backup outlives its table and every disk, and a restore from it needs no quorum
//! for reading. What is in it was read from the cluster, by the same messages as everything. While a
//! backup is made of a table that has no continuous backups, nodes keep its past just for that: all
//! of it is of one instant.
//!
//! **How the new table is filled.** By ordinary writes, which are stamped anew, replicated and indexed
//! like all others: the new table is no special one afterwards. It has the keys and the indexes of the
//! one that was, but as in DynamoDB neither its expiry, nor its tags, nor its continuous backups. Items
//! that have expired are in, as there. It is CREATING, and nobody else can use it, until the last item
//! is acknowledged and its indexes have caught up. If W owners cannot be reached for half a minute, the
//! restore is given up, and the table goes.
//!
//! A [`Job`] is a backup or a restore under way; it says what to ask next, and is told what came of it.
//!
//! Must never know: messages, who owns what, requests in JSON.
//!
//! Caveats: in a sloppy quorum a write may be on nobody but fallbacks, who pass on only the newest
//! version: what was replaced before it was handed over is in no past. A node that lost its disk knows
//! nothing of what was before it was rebuilt, and is not asked: with two such owners of a range nothing
//! can be restored to a time before (refused, not wrong). Where stamps do not follow the clock that
//! everybody shares, a backup has all that was there when it was begun, and maybe some of what came while
//! it was made. Tables that keep siblings have no backups.

mod archive;
mod job;
pub mod window;

pub use archive::{Archive, Backup, BackupId, Content, Row, restored};
pub use job::{Ask, Heard, Job, Next, Task};
