//! What nodes and clients say to each other.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::{ClientId, NodeId, RequestId};
use crate::causality::Stamp;
use crate::coordinator::Shortfall;
use crate::data::Item;
use crate::storage::{ItemKey, Version};

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

/// A message, always part of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub request: RequestId,
    pub body: Body,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// Client to entry node: do this.
    Request(Arc<ClientRequest>),
    /// Entry node to coordinator: do this for my client.
    Forward(Arc<ClientRequest>),
    /// Coordinator to replica: store this.
    Write { key: ItemKey, version: Version },
    /// Replica to coordinator: it is durable here.
    WriteAck,
    /// Coordinator to replica: what do you have?
    Read { key: ItemKey },
    /// Replica to coordinator: this is what I have.
    ReadResult { version: Option<Version> },
    /// Coordinator to entry node, entry node to client: this came of it.
    Reply(Answer),
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
            Body::Reply(_) => MessageKind::Reply,
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
}

impl MessageKind {
    /// Whether the message answers another one.
    pub fn is_reply(self) -> bool {
        matches!(self, Self::WriteAck | Self::ReadResult | Self::Reply)
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
        Ok(())
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
                 are down"
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
