//! What a node tells the trace about its decisions.

use serde::{Deserialize, Serialize};

use super::Failure;
use crate::balancer::{Finding, HotKey, Step};
use crate::base::{Duration, NodeId, RequestId};
use crate::causality::Stamp;
use crate::coordinator::Vote;
use crate::data::TableName;
use crate::membership::Phi;
use crate::ring::{Epoch, Turn};
use crate::storage::{Applied, ItemKey};

/// A decision of a node, or something that it found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// It coordinates a request, and asks these replicas for `needed` votes.
    Coordinates { request: RequestId, owners: Vec<NodeId>, needed: u8 },
    /// A version is durable here (or was not needed).
    Applied { request: Option<RequestId>, stamp: Stamp, outcome: Applied, cause: Cause },
    /// A replica's vote came in or was given up. `stamp`: the version it wrote or has.
    Voted {
        request: RequestId,
        replica: NodeId,
        vote: Vote,
        stamp: Option<Stamp>,
        have: u8,
        needed: u8,
    },
    /// The quorum is complete; `stale` replicas answered with an older version.
    Reached { request: RequestId, have: u8, needed: u8, stale: Vec<NodeId> },
    /// The quorum was not reached.
    Missed { request: RequestId, failure: Failure },
    /// A fallback is asked in an owner's stead; `counts`: its vote stands for the owner's.
    Substituted { request: RequestId, owner: NodeId, fallback: NodeId, counts: bool },
    /// R replicas said what they have: the write goes above the highest of it.
    Surpasses { request: RequestId, highest: Option<Stamp> },
    /// The replicas that answered a read differ: these are sent what they lack. If it is
    /// `blocking`, the answer waits until `needed` replicas have it; `have` do so already.
    Repairs { request: RequestId, replicas: Vec<NodeId>, blocking: bool, have: u8, needed: u8 },
    /// A repaired replica said that it has it now.
    Confirmed { request: RequestId, replica: NodeId, have: u8, needed: u8 },
    /// A version for `owner` is kept here, durable, until it can be handed over.
    KeepsHint { request: Option<RequestId>, owner: NodeId, stamp: Stamp },
    /// `owner` has acknowledged what was kept for it; so many hints are left for it.
    HandedOver { owner: NodeId, key: ItemKey, left: u32 },
    /// A peer was heard of for too long ago, or (no phi) refused a connection.
    Suspects { peer: NodeId, phi: Option<Phi> },
    /// A peer's heartbeat has moved on: it is alive.
    Trusts { peer: NodeId },
    /// An anti-entropy exchange with `peer` has ended. So many of the ranges that both own were
    /// compared, so many differed, and the versions of so many items were sent either way.
    Exchanged { peer: NodeId, ranges: u32, differing: u32, sent: u32, received: u32 },
    /// Its disk was lost: it votes in no read until it has merged enough of its peers' data.
    Rebuilding { ranges: u32 },
    /// It has merged every range from enough peers, and votes again.
    Rebuilt,
    /// Every owner has this tombstone, and nothing older is left anywhere: it is forgotten here.
    Collected { key: ItemKey, stamp: Stamp },
    /// The item's token range changes hands: the write needs its quorum among the owners with
    /// `leaves`, and among those with `joins` in its stead.
    InBothLists { request: RequestId, leaves: NodeId, joins: NodeId },
    /// An undecided request is asked for anew, in this epoch.
    Reruns { request: RequestId, epoch: Epoch },
    /// A majority of the members has agreed on the topology of this epoch.
    Agreed { epoch: Epoch, turn: Turn },
    /// The topology of this epoch is in force here.
    Follows { epoch: Epoch, turn: Turn },
    /// The next stage has to wait, until more owners have this epoch, or the pending owners named
    /// have fetched what they lack.
    Waits { epoch: Epoch, unaware: Vec<NodeId>, streaming: Vec<NodeId> },
    /// As a pending owner, it fetches what it lacks of so many token ranges.
    Streams { ranges: u32 },
    /// It has fetched so many items from `source`; so many of its ranges are not complete yet.
    Streamed { source: NodeId, items: u32, ranges_left: u32 },
    /// It has all that it had to fetch.
    Complete { items: u32 },
    /// It drops so many items that it owns no more: `owner` has them.
    Dropped { owner: NodeId, items: u32 },
    /// It owns nothing and has nothing any more: it leaves the cluster.
    Leaves,
    /// It asks the owners for their promises at this ballot. `is_exclusive`: whether no plain write
    /// can be acknowledged beside rounds that does not meet them.
    Prepares { request: RequestId, ballot: Stamp, needed: u8, is_exclusive: bool },
    /// It takes no version of the item below this ballot any more.
    Promised { request: RequestId, ballot: Stamp },
    /// Enough owners have promised: it proposes its own version, or, at its own ballot, the one that
    /// it `found`, which nobody may miss any more.
    Proposes { request: RequestId, ballot: Stamp, found: Option<Stamp> },
    /// Enough owners have voted for this version: it is chosen already.
    FoundChosen { request: RequestId, found: Option<Stamp> },
    /// The condition does not hold for what was found.
    ConditionFalse { request: RequestId, found: Option<Stamp> },
    /// Too many owners know of higher ballots, up to this one: it tries again a while later.
    TriesAgain { request: RequestId, highest: Stamp, after: Duration },
    /// `replica`, or this node itself, knows that rounds are held about the item: a plain write or a
    /// consistent read becomes one.
    TurnsToRound { request: RequestId, replica: NodeId },
    /// Rebuilding, it makes so many promises of `peer` its own.
    LearnsPromises { peer: NodeId, count: u32 },
    /// It evens out the load: this is to be done now, and so much more after it.
    Balanced { step: Step, more: u32 },
    /// What it found of the load, and why it moves nothing: once, until it finds another reason.
    NotBalanced(Finding),
    /// A key makes its owners hot by itself.
    HotKey(HotKey),
    /// The update cannot be done to what was found.
    CannotChange { request: RequestId, found: Option<Stamp> },
    /// It asks these replicas for their parts of so many token ranges; of a collection, if none.
    AsksForParts { request: RequestId, owners: Vec<NodeId>, ranges: u32 },
    /// A replica's part of a page has come, with what it holds of so many items, tombstones included.
    /// `is_all`: that is all it was asked for.
    ToldPart { request: RequestId, replica: NodeId, items: u32, is_all: bool, have: u8, needed: u8 },
    /// Nobody can be sure of an item of a page before there was a round about it.
    Undecided { request: RequestId, key: ItemKey },
    /// The item of this entry has changed: its owners `to` are told until they have acknowledged
    /// that. `gone`: the item has this entry no more.
    Queues { entry: ItemKey, stamp: Stamp, gone: bool, to: Vec<NodeId> },
    /// It begins to put its items into a new index.
    Fills { index: TableName },
    /// It has put all its items into the index, so many.
    Filled { index: TableName, items: u32 },
    /// The table or index is gone, with so many items or entries that were here.
    Discarded { table: TableName, items: u32 },
    /// Comparing its items with the entries that `owner` has, it found so many to be missing or old.
    FoundMissing { owner: NodeId, entries: u32 },
    /// No owner has the version any more that this entry was made of: it is forgotten here.
    Disowned { entry: ItemKey, stamp: Stamp },
    /// The item has expired as of this version: a tombstone takes that away.
    Sweeps { key: ItemKey, expired: Stamp, stamp: Stamp },
}

/// What brought a version to a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// A client's write.
    Write,
    /// A read that found the replica stale.
    Repair,
    /// A fallback that kept it as a hint.
    Handoff,
    /// A comparison of Merkle trees.
    AntiEntropy,
    /// What a pending owner fetches.
    Stream,
    /// A vote in a round.
    Round,
    /// A change of the item that it is an index's entry of.
    Index,
    /// Its item has expired.
    Expiry,
}

impl Note {
    /// The request that it is part of.
    pub fn request(&self) -> Option<RequestId> {
        match self {
            Note::Coordinates { request, .. }
            | Note::Voted { request, .. }
            | Note::Reached { request, .. }
            | Note::Missed { request, .. }
            | Note::Substituted { request, .. }
            | Note::Surpasses { request, .. }
            | Note::Repairs { request, .. }
            | Note::Confirmed { request, .. }
            | Note::InBothLists { request, .. }
            | Note::Reruns { request, .. }
            | Note::Prepares { request, .. }
            | Note::Promised { request, .. }
            | Note::Proposes { request, .. }
            | Note::FoundChosen { request, .. }
            | Note::ConditionFalse { request, .. }
            | Note::TriesAgain { request, .. }
            | Note::CannotChange { request, .. }
            | Note::AsksForParts { request, .. }
            | Note::ToldPart { request, .. }
            | Note::Undecided { request, .. }
            | Note::TurnsToRound { request, .. } => Some(*request),
            Note::Applied { request, .. } | Note::KeepsHint { request, .. } => *request,
            _ => None,
        }
    }
}
