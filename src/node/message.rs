//! What nodes and clients say to each other.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::{ClientId, NodeId, RequestId};
use crate::causality::{Context, Dot, HybridTime, Stamp};
use crate::coordinator::Shortfall;
use crate::data::Item;
use crate::membership::Heartbeat;
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
    /// Fallback to owner: I kept this for you.
    Handoff { key: ItemKey, held: Held },
    /// Owner to fallback: I have these versions, durable.
    HandoffAck { key: ItemKey, dots: Vec<Dot> },
    /// Anti-entropy and the collection of tombstones.
    Sync(Sync),
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
    /// What the initiator lacks of these leaves.
    Missing { exchange: u64, entries: Vec<(ItemKey, Held)> },
    /// May these tombstones be forgotten? An owner must have them, and nobody anything older.
    MayCollect { exchange: u64, tombstones: Vec<(ItemKey, Stamp)> },
    /// Which of them, by number, may not.
    Keep { exchange: u64, keep: Vec<u32> },
    /// Forget these.
    Collect { tombstones: Vec<(ItemKey, Stamp)> },
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
            Body::Handoff { .. } => MessageKind::Handoff,
            Body::HandoffAck { .. } => MessageKind::HandoffAck,
            Body::Sync(Sync::Roots { .. }) => MessageKind::SyncRoots,
            Body::Sync(Sync::Leaves { .. }) => MessageKind::SyncLeaves,
            Body::Sync(Sync::Entries { .. } | Sync::Missing { .. }) => MessageKind::SyncEntries,
            Body::Sync(_) => MessageKind::Collect,
        }
    }

    /// For which owner the receiver is to keep what it brings; none if it is for the receiver.
    pub fn hint(&self) -> Option<NodeId> {
        match self {
            Body::Write { hint, .. } | Body::Repair { hint, .. } => *hint,
            _ => None,
        }
    }
}

/// A message's kind, as drawn and as traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MessageKind {
    Request,
    Forward,
    Write,
    WriteAck,
    Read,
    ReadResult,
    Reply,
    ReadStamp,
    StampResult,
    Rebuilding,
    Repair,
    RepairAck,
    Gossip,
    Handoff,
    HandoffAck,
    SyncRoots,
    SyncLeaves,
    SyncEntries,
    Collect,
}

impl MessageKind {
    pub const COUNT: usize = Self::Collect as usize + 1;

    pub fn all() -> impl Iterator<Item = Self> {
        use MessageKind::*;
        let requests = [Request, Forward, Write, WriteAck, Read, ReadResult, Reply];
        let versions = [ReadStamp, StampResult, Rebuilding, Repair, RepairAck];
        let background = [Gossip, Handoff, HandoffAck, SyncRoots, SyncLeaves, SyncEntries, Collect];
        requests.into_iter().chain(versions).chain(background)
    }

    /// Whether the message answers another one.
    pub fn is_reply(self) -> bool {
        matches!(
            self,
            Self::WriteAck
                | Self::ReadResult
                | Self::Reply
                | Self::StampResult
                | Self::Rebuilding
                | Self::RepairAck
                | Self::HandoffAck
        )
    }

    /// Whether nobody waits for it: work that goes on by itself, for as long as time passes.
    pub fn is_background(self) -> bool {
        matches!(
            self,
            Self::Gossip
                | Self::Handoff
                | Self::HandoffAck
                | Self::SyncRoots
                | Self::SyncLeaves
                | Self::SyncEntries
                | Self::Collect
        )
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Request => "request",
            Self::Forward => "forward",
            Self::Write => "write",
            Self::WriteAck => "ack",
            Self::Read => "read",
            Self::ReadResult => "result",
            Self::Reply => "reply",
            Self::ReadStamp => "stamp?",
            Self::StampResult => "stamp",
            Self::Rebuilding => "rebuilding",
            Self::Repair => "repair",
            Self::RepairAck => "repair ack",
            Self::Gossip => "gossip",
            Self::Handoff => "handoff",
            Self::HandoffAck => "handoff ack",
            Self::SyncRoots => "tree roots",
            Self::SyncLeaves => "tree leaves",
            Self::SyncEntries => "versions",
            Self::Collect => "collect",
        })
    }
}

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRequest {
    pub client: ClientId,
    pub key: ItemKey,
    pub action: Action,
    pub overrides: Overrides,
    /// For a write to a table that keeps siblings: what its writer has seen and wants replaced.
    /// None in a table where the last writer wins.
    pub context: Option<Arc<Context>>,
}

impl fmt::Display for ClientRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.action.verb(), self.key)?;
        let Overrides { n, r, w } = self.overrides;
        for (name, value) in [("n", n), ("r", r), ("w", w)] {
            if let Some(value) = value {
                write!(f, " {name}={value}")?;
            }
        }
        match &self.context {
            Some(context) if !context.is_empty() => write!(f, " context='{context}'"),
            _ => Ok(()),
        }
    }
}

/// What is to be done with one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Replace the whole item.
    Put(Arc<Item>),
    Get,
    /// Leave a tombstone.
    Delete,
}

impl Action {
    pub fn is_write(&self) -> bool {
        !matches!(self, Action::Get)
    }

    /// The word for it in the scenario language and on the screen.
    pub fn verb(&self) -> &'static str {
        match self {
            Action::Put(_) => "put",
            Action::Get => "get",
            Action::Delete => "delete",
        }
    }
}

/// N, R and W for one request, where they differ from the cluster's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overrides {
    pub n: Option<u8>,
    pub r: Option<u8>,
    pub w: Option<u8>,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// W replicas have made the write durable.
    Written {
        stamp: Stamp,
    },
    /// The newest of R answers; no item if nobody has one or it was deleted.
    Read {
        item: Option<Arc<Item>>,
        stamp: Option<Stamp>,
    },
    /// From a table that keeps siblings: every version that no other one replaces, tombstones left
    /// out, and the context that a write needs to replace them all.
    Siblings {
        items: Vec<(Stamp, Arc<Item>)>,
        context: Arc<Context>,
    },
    Failed(Failure),
}

/// Why a request failed. [`Failure::leaves_write_unknown`] says whether a write may survive it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// Too many replicas are down for the quorum.
    QuorumImpossible(Shortfall),
    /// The quorum was not complete in time.
    TimedOut(Shortfall),
    /// No node of the preference list could be reached to coordinate.
    NoCoordinator,
    /// No node of the cluster could be reached at all.
    NoEntry,
    /// Whoever was asked never answered.
    NoAnswer,
}

impl Failure {
    /// Whether a write that failed so may have reached a replica all the same.
    pub fn leaves_write_unknown(self) -> bool {
        !matches!(self, Failure::NoCoordinator | Failure::NoEntry)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::QuorumImpossible(Shortfall { have, needed, asked }) => write!(
                f,
                "{have} of {needed} votes, and the rest cannot come: too many of {asked} replicas \
                 are down or rebuilding"
            ),
            Failure::TimedOut(Shortfall { have, needed, asked }) => {
                write!(f, "timed out with {have} of {needed} votes, {asked} replicas were asked")
            }
            Failure::NoCoordinator => f.write_str("no node of the preference list is up"),
            Failure::NoEntry => f.write_str("no node of the cluster can be reached"),
            Failure::NoAnswer => f.write_str("timed out, nobody answered"),
        }
    }
}
