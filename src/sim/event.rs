//! Events: everything that happens in a world, as told to those who watch.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::clock::Clock;
use super::faults::Loss;
use super::{ArchiveNews, ClusterConfig, Command};
use crate::base::{
    ClientId, Duration, EventSeq, Incarnation, MessageId, NodeId, RequestId, VirtualTime,
    WorkloadId,
};
use crate::node::{Address, Answer, ClientRequest, MessageKind, Note};

/// One happening, its place in the trace and its instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub seq: EventSeq,
    pub at: VirtualTime,
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// A run began with a fresh cluster.
    Started(ClusterConfig),
    /// A command other than a request was carried out.
    Commanded(Command),
    /// A client began a request.
    Asked { request: RequestId, wanted: Arc<ClientRequest> },
    /// A message left. `arrives_at` is when it will be there, if nothing happens to it.
    Sent {
        message: MessageId,
        request: Option<RequestId>,
        kind: MessageKind,
        from: Address,
        to: Address,
        arrives_at: VirtualTime,
    },
    /// A message arrived.
    Delivered {
        message: MessageId,
        request: Option<RequestId>,
        kind: MessageKind,
        from: Address,
        to: Address,
        took: Duration,
    },
    /// A message came to a node that is down; its sender hears of it at `heard_at`.
    Refused {
        message: MessageId,
        request: Option<RequestId>,
        kind: MessageKind,
        from: Address,
        to: Address,
        heard_at: VirtualTime,
    },
    /// A node's commit log is durable for this many more records.
    Synced { node: NodeId, records: u32 },
    /// A node decided something.
    Noted { node: NodeId, note: Note },
    /// A client has its answer.
    Answered {
        request: RequestId,
        client: ClientId,
        is_write: bool,
        answer: Answer,
        took: Duration,
    },
    /// A node went down and lost this many records that were not durable; `survived` others had
    /// reached the disk although nobody knew. The first one lost may be there by half: `torn`.
    Crashed { node: NodeId, lost_records: u32, survived: u32, torn: bool },
    /// A node came up again with this many versions from its commit log.
    Restarted { node: NodeId, incarnation: Incarnation, versions: u32 },
    /// A message will never be handled. If that is decided before it is there, `until` is when it
    /// would have arrived.
    Lost {
        message: MessageId,
        request: Option<RequestId>,
        kind: MessageKind,
        from: Address,
        to: Address,
        until: VirtualTime,
        why: Loss,
    },
    /// There is a copy of a message that just left, or that is under way.
    Duplicated {
        message: MessageId,
        copy: MessageId,
        request: Option<RequestId>,
        kind: MessageKind,
        from: Address,
        to: Address,
        arrives_at: VirtualTime,
    },
    /// A message came to a paused node and waits there.
    Held {
        message: MessageId,
        request: Option<RequestId>,
        kind: MessageKind,
        from: Address,
        to: Address,
    },
    /// A paused node goes on, and this many things waited for it.
    Resumed { node: NodeId, waited: u32 },
    /// What a node's clock shows from now on.
    ClockSet { node: NodeId, clock: Clock },
    /// A node's disk is lost, and these versions with it.
    Wiped { node: NodeId, versions: u32 },
    /// A node that starts found half a record at the end of its log, and cut it off.
    TornRecordCut { node: NodeId },
    /// A scheduled command made no sense when it was due.
    Skipped { command: Command, why: String },
    /// A message under way will arrive later than it said when it was sent: now at `arrives_at`.
    /// If it was refused, word of that will.
    Delayed {
        message: MessageId,
        request: Option<RequestId>,
        kind: MessageKind,
        from: Address,
        to: Address,
        arrives_at: VirtualTime,
    },
    /// A workload asks nothing more, after so many requests.
    WorkloadEnded { workload: WorkloadId, asked: u64 },
    /// A backup or a restore has come further. `request` is what its client asked.
    Archived { request: RequestId, news: ArchiveNews },
}

impl EventKind {
    /// The request that this event is part of.
    pub fn request(&self) -> Option<RequestId> {
        match self {
            Self::Asked { request, .. }
            | Self::Answered { request, .. }
            | Self::Archived { request, .. } => Some(*request),
            Self::Sent { request, .. }
            | Self::Delivered { request, .. }
            | Self::Refused { request, .. }
            | Self::Lost { request, .. }
            | Self::Duplicated { request, .. }
            | Self::Held { request, .. }
            | Self::Delayed { request, .. } => *request,
            Self::Noted { note, .. } => note.request(),
            _ => None,
        }
    }

    /// The kind of the message that this event is about.
    pub fn message_kind(&self) -> Option<MessageKind> {
        match self {
            Self::Sent { kind, .. }
            | Self::Delivered { kind, .. }
            | Self::Refused { kind, .. }
            | Self::Lost { kind, .. }
            | Self::Duplicated { kind, .. }
            | Self::Held { kind, .. }
            | Self::Delayed { kind, .. } => Some(*kind),
            _ => None,
        }
    }

    /// Whether it goes on all the time and says the same again and again: gossip, and the comparison
    /// of Merkle trees as long as they agree.
    pub fn is_routine(&self) -> bool {
        use MessageKind::{Collect, Gossip, Load, SyncLeaves, SyncRoots};
        match self {
            EventKind::Noted { note: Note::Exchanged { differing: 0, .. }, .. } => true,
            kind => {
                matches!(
                    kind.message_kind(),
                    Some(Gossip | SyncRoots | SyncLeaves | Collect | Load)
                )
            }
        }
    }
}
