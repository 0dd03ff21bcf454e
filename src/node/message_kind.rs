//! The kinds of messages.

use std::fmt;

use serde::{Deserialize, Serialize};

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
    Ahead,
    Behind,
    Topology,
    TopologyAck,
    EpochBallot,
    EpochVote,
    StreamAsk,
    StreamPart,
    StraysOffer,
    StraysAnswer,
    Prepare,
    Promise,
    Accept,
    Accepted,
    Preempted,
    NeedsConsensus,
    Load,
    Query,
    Page,
    Index,
    IndexAck,
    IndexCheck,
}

impl MessageKind {
    pub const COUNT: usize = Self::IndexCheck as usize + 1;

    pub fn all() -> impl Iterator<Item = Self> {
        use MessageKind::*;
        let requests = [Request, Forward, Write, WriteAck, Read, ReadResult, Reply];
        let versions = [ReadStamp, StampResult, Rebuilding, Repair, RepairAck];
        let background = [Gossip, Handoff, HandoffAck, SyncRoots, SyncLeaves, SyncEntries, Collect];
        let epochs = [Ahead, Behind, Topology, TopologyAck, EpochBallot, EpochVote];
        let moves = [StreamAsk, StreamPart, StraysOffer, StraysAnswer];
        let rounds = [Prepare, Promise, Accept, Accepted, Preempted, NeedsConsensus];
        let before = requests.into_iter().chain(versions).chain(background);
        let pages = [Query, Page, Index, IndexAck, IndexCheck];
        before.chain(epochs).chain(moves).chain(rounds).chain([Load]).chain(pages)
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
                | Self::IndexAck
                | Self::Ahead
                | Self::Behind
                | Self::TopologyAck
                | Self::EpochVote
                | Self::StreamPart
                | Self::StraysAnswer
                | Self::Promise
                | Self::Accepted
                | Self::Preempted
                | Self::NeedsConsensus
                | Self::Page
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
                | Self::Load
                | Self::Index
                | Self::IndexAck
                | Self::IndexCheck
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
            Self::Ahead => "newer epoch",
            Self::Behind => "older epoch",
            Self::Topology => "topology",
            Self::TopologyAck => "topology ack",
            Self::EpochBallot => "next epoch?",
            Self::EpochVote => "epoch vote",
            Self::StreamAsk => "stream?",
            Self::StreamPart => "stream",
            Self::StraysOffer => "strays",
            Self::StraysAnswer => "strays ack",
            Self::Prepare => "prepare",
            Self::Promise => "promise",
            Self::Accept => "accept",
            Self::Accepted => "accepted",
            Self::Preempted => "preempted",
            Self::NeedsConsensus => "needs consensus",
            Self::Load => "load report",
            Self::Query => "query",
            Self::Page => "page",
            Self::Index => "index",
            Self::IndexAck => "index ack",
            Self::IndexCheck => "entries?",
        })
    }
}
