//! What nodes and clients say to each other.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::moves::{EpochBallot, Strays, Stream};
use super::part::PageAsk;
use super::{Answer, ClientRequest, MessageKind};
use crate::balancer::Report;
use crate::base::{ClientId, NodeId, RequestId};
use crate::causality::{Dot, HybridTime, Stamp};
use crate::coordinator::Part;
use crate::membership::Heartbeat;
use crate::ring::{Epoch, PreferenceLists};
use crate::storage::{Held, ItemKey, Version};

/// Who can send and receive messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Address {
    Client(ClientId),
    Node(NodeId),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Client(client) => client.fmt(f),
            Address::Node(node) => node.fmt(f),
        }
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The request that it is part of; none for work in the background.
    pub request: Option<RequestId>,
    /// The sender's hybrid logical clock, where the cluster has such clocks.
    pub clock: HybridTime,
    /// The sender's topology; of an answer to a coordinator, that in which it was asked.
    pub epoch: Epoch,
    pub body: Body,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// Client to entry node: do this.
    Request(Arc<ClientRequest>),
    /// Entry node to coordinator: do this for my client.
    Forward(Arc<ClientRequest>),
    /// Coordinator to replica: store this; `hint`: for this owner, which cannot take it.
    Write { key: ItemKey, version: Version, hint: Option<NodeId> },
    /// Replica to coordinator: it is durable here.
    WriteAck,
    /// Coordinator to replica: what do you have?
    Read { key: ItemKey },
    /// Replica to coordinator: this is what I have.
    ReadResult { held: Option<Held> },
    /// Coordinator to replica: what is the highest stamp that you have?
    ReadStamp { key: ItemKey },
    /// Replica to coordinator: this is it. Tombstones up to `floor` may have been forgotten here.
    StampResult { stamp: Option<Stamp>, floor: HybridTime },
    /// Replica to coordinator: my disk was lost, and I do not know what I should have.
    Rebuilding,
    /// Coordinator to replica: you lack some of this. `hint` as for a write.
    Repair { key: ItemKey, held: Held, hint: Option<NodeId> },
    /// Replica to coordinator: all of it is durable here.
    RepairAck,
    /// Coordinator to entry node, entry node to client: this came of it.
    Reply(Answer),
    /// Who is alive, as far as the sender knows. `answer`: whether the same is wanted back.
    Gossip { digest: Vec<Heartbeat>, answer: bool },
    /// Fallback to `owner`, or to an owner in the stead of one that is none any more: I kept this. A
    /// node that owns no more what it holds says the same, in its own name.
    Handoff { owner: NodeId, key: ItemKey, held: Held },
    /// Back again: I have these versions, durable.
    HandoffAck { owner: NodeId, key: ItemKey, dots: Vec<Dot> },
    /// Anti-entropy and the collection of tombstones.
    Sync(Sync),
    /// Replica to coordinator: your topology is behind, this is mine.
    Ahead { lists: Arc<PreferenceLists> },
    /// Replica to coordinator: your topology is ahead of mine.
    Behind,
    /// This is the topology.
    Topology { lists: Arc<PreferenceLists> },
    /// I have the topology of this message's epoch, durable. `streamed`: I also have all that I have
    /// to fetch as a pending owner. `empty`: I hold nothing.
    TopologyAck { streamed: bool, empty: bool },
    /// How the members agree on the next topology.
    Ballot(EpochBallot),
    /// Pending owners fetch what they lack.
    Stream(Stream),
    /// What a node holds and owns no more.
    Strays(Strays),
    /// Proposer to owner: promise to take nothing below this ballot. What do you have?
    Prepare { key: ItemKey, ballot: Stamp },
    /// Owner to proposer: promised. This is what I have, and what I voted for last.
    Promise { ballot: Stamp, told: Box<Told> },
    /// Proposer to owner: store this version, whose stamp is its ballot.
    Accept { key: ItemKey, version: Version },
    /// Owner to proposer: it is durable here.
    Accepted { ballot: Stamp },
    /// Owner to proposer: no vote, I know of a higher ballot. `never`: nor did I vote at this one
    /// before.
    Preempted { ballot: Stamp, highest: Stamp, never: bool },
    /// Owner to coordinator: rounds are held about this item, nothing else will do.
    NeedsConsensus,
    /// Coordinator to replica: what do you have, unless rounds are held about it?
    ReadConsistent { key: ItemKey },
    /// What the sender bears, for whoever evens it out.
    Load(Report),
    /// Coordinator to replica: what do you have of this part of a table?
    PageAsk(Box<PageAsk>),
    /// Replica to coordinator, to the question of this number: this much.
    PagePart { number: u32, part: Box<Part> },
    /// Coordinator to replica: you lack this.
    PageRepair { number: u32, entries: Vec<(ItemKey, Held)> },
    /// Replica to coordinator: all of it is durable here.
    PageRepaired { number: u32 },
}

/// What an owner tells with its promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The newest version that it has, by its vote or from hearsay.
    pub version: Option<Version>,
    /// The version that it voted for last.
    pub accepted: Option<Stamp>,
}

/// The steps of an exchange in the background; `exchange` is a number that its initiator gave it, and
/// gives no other, in no life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sync {
    /// The roots of the Merkle trees of all ranges that both own, in their order.
    Roots { exchange: u64, roots: Vec<u64> },
    /// The leaves of the trees whose roots differ. `whole`: whether the sender's disk is; `floor`:
    /// up to when it may have forgotten tombstones.
    Leaves { exchange: u64, trees: Vec<(u32, Vec<u64>)>, whole: bool, floor: HybridTime },
    /// Everything in the leaves that differ, by range, and which leaves those are (a bit each).
    Entries { exchange: u64, leaves: Vec<(u32, u64)>, entries: Vec<(ItemKey, Held)> },
    /// What the initiator lacks of these leaves. `whole`: whether the sender's disk is, still.
    Missing { exchange: u64, entries: Vec<(ItemKey, Held)>, whole: bool },
    /// May these tombstones be forgotten? An owner must have them, and nobody anything older.
    MayCollect { exchange: u64, tombstones: Vec<(ItemKey, Stamp)> },
    /// Which of them, by number, may not.
    Keep { exchange: u64, keep: Vec<u32> },
    /// Forget these.
    Collect { tombstones: Vec<(ItemKey, Stamp)> },
    /// As `Roots`, from a node that is rebuilding: it has forgotten its promises as well.
    Rebuild { exchange: u64, roots: Vec<u64> },
    /// As `Leaves`, to such a node: with what the sender has promised in the ranges that both own.
    Promises {
        exchange: u64,
        trees: Vec<(u32, Vec<u64>)>,
        whole: bool,
        floor: HybridTime,
        promises: Vec<(ItemKey, Stamp)>,
    },
    /// Of the sender's items: these entries of theirs should be there, as new as this at least.
    Entered { entries: Vec<(ItemKey, Stamp)> },
    /// Which of them are not.
    NotEntered { missing: Vec<ItemKey> },
    /// May these entries be forgotten? Nobody must have the versions that they were made of.
    MayDisown { exchange: u64, entries: Vec<(ItemKey, Stamp)> },
}

impl Body {
    pub fn kind(&self) -> MessageKind {
        match self {
            Body::Request(_) => MessageKind::Request,
            Body::Forward(_) => MessageKind::Forward,
            Body::Write { .. } => MessageKind::Write,
            Body::WriteAck => MessageKind::WriteAck,
            Body::Read { .. } => MessageKind::Read,
            Body::ReadResult { .. } => MessageKind::ReadResult,
            Body::ReadStamp { .. } => MessageKind::ReadStamp,
            Body::StampResult { .. } => MessageKind::StampResult,
            Body::Rebuilding => MessageKind::Rebuilding,
            Body::Repair { .. } => MessageKind::Repair,
            Body::RepairAck => MessageKind::RepairAck,
            Body::Reply(_) => MessageKind::Reply,
            Body::Gossip { .. } => MessageKind::Gossip,
            Body::Handoff { key, .. } if key.is_entry() => MessageKind::Index,
            Body::HandoffAck { key, .. } if key.is_entry() => MessageKind::IndexAck,
            Body::Handoff { .. } => MessageKind::Handoff,
            Body::HandoffAck { .. } => MessageKind::HandoffAck,
            Body::Sync(Sync::Roots { .. } | Sync::Rebuild { .. }) => MessageKind::SyncRoots,
            Body::Sync(Sync::Leaves { .. } | Sync::Promises { .. }) => MessageKind::SyncLeaves,
            Body::Sync(Sync::Entries { .. } | Sync::Missing { .. }) => MessageKind::SyncEntries,
            Body::Sync(Sync::Entered { .. } | Sync::NotEntered { .. }) => MessageKind::IndexCheck,
            Body::Sync(_) => MessageKind::Collect,
            Body::Ahead { .. } => MessageKind::Ahead,
            Body::Behind => MessageKind::Behind,
            Body::Topology { .. } => MessageKind::Topology,
            Body::TopologyAck { .. } => MessageKind::TopologyAck,
            Body::Ballot(ballot) if ballot.step.is_answer() => MessageKind::EpochVote,
            Body::Ballot(_) => MessageKind::EpochBallot,
            Body::Stream(Stream::Ask { .. }) => MessageKind::StreamAsk,
            Body::Stream(Stream::Part { .. } | Stream::WithPast { .. }) => MessageKind::StreamPart,
            Body::Strays(Strays::Offer { .. }) => MessageKind::StraysOffer,
            Body::Strays(Strays::Answer { .. }) => MessageKind::StraysAnswer,
            Body::Prepare { .. } => MessageKind::Prepare,
            Body::Promise { .. } => MessageKind::Promise,
            Body::Accept { .. } => MessageKind::Accept,
            Body::Accepted { .. } => MessageKind::Accepted,
            Body::Preempted { .. } => MessageKind::Preempted,
            Body::NeedsConsensus => MessageKind::NeedsConsensus,
            Body::ReadConsistent { .. } => MessageKind::Read,
            Body::Load(_) => MessageKind::Load,
            Body::PageAsk(_) => MessageKind::Query,
            Body::PagePart { .. } => MessageKind::Page,
            Body::PageRepair { .. } => MessageKind::Repair,
            Body::PageRepaired { .. } => MessageKind::RepairAck,
        }
    }

    /// Whether it asks a replica for its vote on a request.
    pub fn asks_for_vote(&self) -> bool {
        matches!(
            self,
            Body::Write { .. }
                | Body::Read { .. }
                | Body::ReadConsistent { .. }
                | Body::ReadStamp { .. }
                | Body::Repair { .. }
                | Body::Prepare { .. }
                | Body::Accept { .. }
                | Body::PageAsk(_)
                | Body::PageRepair { .. }
        )
    }

    /// Whether it is such a vote.
    pub fn is_vote(&self) -> bool {
        matches!(
            self,
            Body::WriteAck
                | Body::ReadResult { .. }
                | Body::StampResult { .. }
                | Body::Rebuilding
                | Body::RepairAck
                | Body::Promise { .. }
                | Body::Accepted { .. }
                | Body::Preempted { .. }
                | Body::NeedsConsensus
                | Body::PagePart { .. }
                | Body::PageRepaired { .. }
        )
    }

    /// For which owner the receiver is to keep what it brings; none if it is for the receiver.
    pub fn hint(&self) -> Option<NodeId> {
        match self {
            Body::Write { hint, .. } | Body::Repair { hint, .. } => *hint,
            _ => None,
        }
    }
}
