//! Which events the reader wants to see.

use crate::base::{NodeId, RequestId};
use crate::node::{Address, Cause, MessageKind, Note};
use crate::sim::{Command, EventKind};

/// What an event is about, as the reader chooses among events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Writes,
    Reads,
    Votes,
    Hints,
    Repair,
    AntiEntropy,
    Gossip,
    Topology,
    Faults,
}

impl Topic {
    /// Every topic with its name, and what belongs to it.
    pub const ALL: [(Topic, &'static str, &'static str); 9] = [
        (Topic::Writes, "Writes", "Requests to write, and versions that became durable"),
        (Topic::Reads, "Reads", "Requests to read"),
        (Topic::Votes, "Votes", "What replicas answer, and how the coordinator counts it"),
        (Topic::Hints, "Hints", "Fallbacks, the hints that they keep, and hinted handoff"),
        (Topic::Repair, "Repair", "What reads send to replicas that are stale"),
        (
            Topic::AntiEntropy,
            "Anti-entropy",
            "Comparing Merkle trees, and the collection of tombstones",
        ),
        (Topic::Gossip, "Gossip", "Who is alive, told from node to node"),
        (Topic::Topology, "Topology", "Who owns what: epochs, streams, and what is dropped"),
        (Topic::Faults, "Faults", "Crashes, pauses, splits, clocks, and who suspects whom"),
    ];

    fn bit(self) -> u16 {
        1 << self as u8
    }

    /// What an event is about. `is_write`: whether the request that it is part of is one. None for
    /// settings and the like, which are always shown.
    pub fn of(kind: &EventKind, is_write: bool) -> Option<Topic> {
        let request = if is_write { Topic::Writes } else { Topic::Reads };
        if let Some(kind) = kind.message_kind() {
            return Some(Self::of_message(kind, request));
        }
        Some(match kind {
            EventKind::Asked { .. } | EventKind::Answered { .. } => request,
            EventKind::Synced { .. } => Topic::Writes,
            EventKind::Noted { note, .. } => Self::of_note(note, request),
            EventKind::Started(_) | EventKind::Skipped { .. } => return None,
            EventKind::Commanded(command) if !is_fault(command) => return None,
            _ => Topic::Faults,
        })
    }

    fn of_message(kind: MessageKind, request: Topic) -> Topic {
        match kind {
            MessageKind::Request | MessageKind::Forward | MessageKind::Reply => request,
            MessageKind::Write
            | MessageKind::ReadStamp
            | MessageKind::Prepare
            | MessageKind::Accept => Topic::Writes,
            MessageKind::Read | MessageKind::Query => Topic::Reads,
            MessageKind::WriteAck
            | MessageKind::ReadResult
            | MessageKind::Page
            | MessageKind::StampResult
            | MessageKind::Rebuilding
            | MessageKind::Promise
            | MessageKind::Accepted
            | MessageKind::Preempted
            | MessageKind::NeedsConsensus => Topic::Votes,
            MessageKind::Repair | MessageKind::RepairAck => Topic::Repair,
            MessageKind::Handoff
            | MessageKind::HandoffAck
            | MessageKind::Index
            | MessageKind::IndexAck => Topic::Hints,
            MessageKind::Gossip => Topic::Gossip,
            MessageKind::SyncRoots
            | MessageKind::SyncLeaves
            | MessageKind::SyncEntries
            | MessageKind::IndexCheck
            | MessageKind::Collect => Topic::AntiEntropy,
            MessageKind::Ahead
            | MessageKind::Behind
            | MessageKind::Topology
            | MessageKind::TopologyAck
            | MessageKind::EpochBallot
            | MessageKind::EpochVote
            | MessageKind::StreamAsk
            | MessageKind::StreamPart
            | MessageKind::StraysOffer
            | MessageKind::StraysAnswer => Topic::Topology,
            MessageKind::Load => Topic::Gossip,
        }
    }

    fn of_note(note: &Note, request: Topic) -> Topic {
        match note {
            Note::Coordinates { .. }
            | Note::AsksForParts { .. }
            | Note::Undecided { .. }
            | Note::Surpasses { .. }
            | Note::Prepares { .. }
            | Note::Proposes { .. }
            | Note::TurnsToRound { .. } => request,
            Note::Voted { .. }
            | Note::ToldPart { .. }
            | Note::Reached { .. }
            | Note::Missed { .. }
            | Note::Promised { .. }
            | Note::FoundChosen { .. }
            | Note::ConditionFalse { .. }
            | Note::CannotChange { .. }
            | Note::TriesAgain { .. } => Topic::Votes,
            Note::Applied { cause, .. } => match cause {
                Cause::Write | Cause::Round => Topic::Writes,
                Cause::Repair => Topic::Repair,
                Cause::Handoff | Cause::Index | Cause::Expiry => Topic::Hints,
                Cause::AntiEntropy => Topic::AntiEntropy,
                Cause::Stream => Topic::Topology,
            },
            Note::Substituted { .. }
            | Note::KeepsHint { .. }
            | Note::HandedOver { .. }
            | Note::Queues { .. }
            | Note::Fills { .. }
            | Note::Filled { .. }
            | Note::Discarded { .. } => Topic::Hints,
            Note::Repairs { .. } | Note::Confirmed { .. } => Topic::Repair,
            Note::Exchanged { .. }
            | Note::Collected { .. }
            | Note::FoundMissing { .. }
            | Note::Disowned { .. }
            | Note::Sweeps { .. } => Topic::AntiEntropy,
            Note::Suspects { .. }
            | Note::Trusts { .. }
            | Note::Rebuilding { .. }
            | Note::Rebuilt
            | Note::LearnsPromises { .. } => Topic::Faults,
            _ => Topic::Topology,
        }
    }
}

fn is_fault(command: &Command) -> bool {
    match command {
        Command::Crash(_)
        | Command::Restart(_)
        | Command::Split(_)
        | Command::Heal
        | Command::SetLink { .. }
        | Command::Pause(_)
        | Command::Resume(_)
        | Command::Slow { .. }
        | Command::SetClock { .. }
        | Command::Wipe(_)
        | Command::Drop(_)
        | Command::Delay { .. }
        | Command::Duplicate(_) => true,
        Command::Schedule { command, .. } => is_fault(command),
        _ => false,
    }
}

/// What the reader wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// A bit for each topic.
    topics: u16,
    /// Only what involves one of these; none: everybody.
    nodes: Vec<NodeId>,
    /// Only what is part of this request.
    pub request: Option<RequestId>,
}

impl Default for Filter {
    /// Everything but gossip, which never ends.
    fn default() -> Self {
        Self { topics: !Topic::Gossip.bit(), nodes: Vec::new(), request: None }
    }
}

impl Filter {
    pub fn has(&self, topic: Topic) -> bool {
        self.topics & topic.bit() != 0
    }

    pub fn toggle(&mut self, topic: Topic) {
        self.topics ^= topic.bit();
    }

    pub fn has_node(&self, node: NodeId) -> bool {
        self.nodes.contains(&node)
    }

    /// Whether only some nodes are of interest.
    pub fn chooses_nodes(&self) -> bool {
        !self.nodes.is_empty()
    }

    pub fn toggle_node(&mut self, node: NodeId) {
        match self.nodes.iter().position(|one| *one == node) {
            Some(at) => drop(self.nodes.swap_remove(at)),
            None => self.nodes.push(node),
        }
    }

    /// Only one request, this one at first, or no longer.
    pub fn toggle_request(&mut self, request: RequestId) {
        self.request = if self.request.is_some() { None } else { Some(request) };
    }

    /// The same for the request in focus, where it is for one request.
    pub fn focused_on(&self, focused: Option<RequestId>) -> Self {
        Self { request: self.request.map(|request| focused.unwrap_or(request)), ..self.clone() }
    }

    pub fn shows(&self, kind: &EventKind, is_write: bool) -> bool {
        if self.request.is_some() && kind.request() != self.request {
            return false;
        }
        Topic::of(kind, is_write).is_none_or(|topic| self.has(topic))
            && (self.nodes.is_empty() || self.nodes.iter().any(|node| involves(kind, *node)))
    }
}

/// Whether a node has a part in an event. What is about the cluster as a whole involves them all.
fn involves(kind: &EventKind, node: NodeId) -> bool {
    if let Some((from, to)) = ends(kind) {
        return [from, to].contains(&Address::Node(node));
    }
    match kind {
        EventKind::Noted { node: by, note } => *by == node || other_in(note) == Some(node),
        EventKind::Asked { .. } | EventKind::Answered { .. } => false,
        _ => place(kind).is_none_or(|by| by == node),
    }
}

/// Who else a decision is about.
fn other_in(note: &Note) -> Option<NodeId> {
    match note {
        Note::Voted { replica: other, .. }
        | Note::Confirmed { replica: other, .. }
        | Note::Substituted { fallback: other, .. }
        | Note::TurnsToRound { replica: other, .. }
        | Note::LearnsPromises { peer: other, .. }
        | Note::KeepsHint { owner: other, .. }
        | Note::HandedOver { owner: other, .. }
        | Note::Suspects { peer: other, .. }
        | Note::Trusts { peer: other }
        | Note::Exchanged { peer: other, .. } => Some(*other),
        _ => None,
    }
}

/// Sender and receiver, if the event is about a message.
pub fn ends(kind: &EventKind) -> Option<(Address, Address)> {
    match kind {
        EventKind::Sent { from, to, .. }
        | EventKind::Delivered { from, to, .. }
        | EventKind::Refused { from, to, .. }
        | EventKind::Lost { from, to, .. }
        | EventKind::Duplicated { from, to, .. }
        | EventKind::Held { from, to, .. }
        | EventKind::Delayed { from, to, .. } => Some((*from, *to)),
        _ => None,
    }
}

/// The node on whose lane an event is that is about no message.
pub fn place(kind: &EventKind) -> Option<NodeId> {
    match kind {
        EventKind::Noted { node, .. }
        | EventKind::Synced { node, .. }
        | EventKind::Crashed { node, .. }
        | EventKind::Restarted { node, .. }
        | EventKind::Resumed { node, .. }
        | EventKind::ClockSet { node, .. }
        | EventKind::Wiped { node, .. }
        | EventKind::TornRecordCut { node } => Some(*node),
        EventKind::Commanded(
            Command::Crash(node)
            | Command::Restart(node)
            | Command::Pause(node)
            | Command::Resume(node)
            | Command::Slow { node, .. }
            | Command::SetClock { node, .. }
            | Command::Wipe(node),
        ) => Some(*node),
        _ => None,
    }
}
