//! One message: who says what to whom, and what became of it.

use std::sync::Arc;

use super::nearby;
use crate::base::{Duration, MessageId, RequestId, VirtualTime};
use crate::node::{
    Address, Answer, Body, ClientRequest, Message, MessageKind, Strays, Stream, Sync,
};
use crate::sim::{Event, EventKind};
use crate::storage::{Held, Version};
use crate::ui::stage::Stage;

/// What there is to know of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageFacts {
    pub message: MessageId,
    pub kind: MessageKind,
    pub from: Address,
    pub to: Address,
    pub sent_at: VirtualTime,
    /// When it is there, or was, or would have been.
    pub arrives_at: VirtualTime,
    pub request: Option<RequestId>,
    pub wanted: Option<Arc<ClientRequest>>,
    /// What it says, as long as it is under way: the trace does not keep it.
    pub carries: Option<String>,
    /// The network made it out of this one.
    pub copy_of: Option<MessageId>,
    /// What became of it, in words.
    pub fate: String,
    pub is_under_way: bool,
    /// It leaves only after the cursor.
    pub is_to_come: bool,
}

impl MessageFacts {
    /// Looks for a message near the cursor.
    pub fn find(stage: &Stage, message: MessageId) -> Option<Self> {
        let world = stage.world();
        let mut facts = nearby(stage).rev().find_map(|event| Self::sent(event, message))?;
        facts.is_to_come = facts.sent_at > world.now();
        let until = if facts.is_to_come { u64::MAX } else { world.trace().end().0 };
        for event in nearby(stage).filter(|event| event.seq.0 < until) {
            facts.observe(event);
        }
        if let Some(found) = world.message(message) {
            facts.is_under_way = true;
            facts.carries = Some(content(found));
            let flight = world.flights().find(|flight| flight.message == message);
            facts.arrives_at = flight.map_or(facts.arrives_at, |flight| flight.arrives_at);
        }
        Some(facts)
    }

    /// How long it takes, or took.
    pub fn took(&self) -> Duration {
        self.arrives_at.since(self.sent_at)
    }

    fn sent(event: &Event, wanted: MessageId) -> Option<Self> {
        let (copy_of, arrives_at, request, kind, from, to) = match &event.kind {
            EventKind::Sent { message, arrives_at, request, kind, from, to }
                if *message == wanted =>
            {
                (None, arrives_at, request, kind, from, to)
            }
            EventKind::Duplicated { message, copy, arrives_at, request, kind, from, to }
                if *copy == wanted =>
            {
                (Some(*message), arrives_at, request, kind, from, to)
            }
            EventKind::Lost { message, until, request, kind, from, to, .. }
                if *message == wanted && *until > event.at =>
            {
                (None, until, request, kind, from, to)
            }
            _ => return None,
        };
        Some(Self {
            message: wanted,
            kind: *kind,
            from: *from,
            to: *to,
            sent_at: event.at,
            arrives_at: *arrives_at,
            request: *request,
            wanted: None,
            carries: None,
            copy_of,
            fate: "It is under way.".to_owned(),
            is_under_way: false,
            is_to_come: false,
        })
    }

    /// Takes in what an event tells of it.
    fn observe(&mut self, event: &Event) {
        let (wanted, to) = (self.message, self.to);
        match &event.kind {
            EventKind::Asked { request, wanted } if Some(*request) == self.request => {
                self.wanted = Some(Arc::clone(wanted));
            }
            EventKind::Delivered { message, took, .. } if *message == wanted => {
                self.arrives_at = event.at;
                self.fate = format!("It arrived after {took}.");
            }
            EventKind::Refused { message, heard_at, .. } if *message == wanted => {
                self.fate = format!(
                    "{to} was down and refused the connection; {} hears of it at {heard_at}.",
                    self.from
                );
            }
            EventKind::Lost { message, why, until, .. } if *message == wanted => {
                self.sent_at = self.sent_at.min(event.at);
                self.arrives_at = *until;
                self.fate = format!("It will never be read: {why}.");
            }
            EventKind::Delayed { message, arrives_at, .. } if *message == wanted => {
                self.arrives_at = *arrives_at;
                self.fate = "It is under way, and was delayed by hand.".to_owned();
            }
            EventKind::Held { message, .. } if *message == wanted => {
                self.fate = format!("It came to {to}, which is paused, and waits there.");
            }
            _ => {}
        }
    }
}

/// What messages of a kind are for, for those who meet them for the first time.
pub fn meaning(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Request => "A client asks the node that it happened to reach.",
        MessageKind::Forward => {
            "The entry node passes a request on to one of the item\u{2019}s owners."
        }
        MessageKind::Write => "The coordinator tells a replica to store this version.",
        MessageKind::WriteAck => "A vote: the version is on this replica\u{2019}s disk.",
        MessageKind::Read => "The coordinator asks a replica what it has of the item.",
        MessageKind::ReadResult => "A vote: what this replica has of the item.",
        MessageKind::Reply => "The answer, on its way back to the client.",
        MessageKind::ReadStamp => {
            "Before it writes, the coordinator asks for the highest stamp of the item."
        }
        MessageKind::StampResult => "The highest stamp that this replica has of the item.",
        MessageKind::Rebuilding => "No vote: this replica lost its disk and is being rebuilt.",
        MessageKind::Repair => "Read repair: the replica is sent the versions that it lacks.",
        MessageKind::RepairAck => "The repaired versions are on this replica\u{2019}s disk.",
        MessageKind::Gossip => "Every node\u{2019}s newest heartbeat, as far as the sender knows.",
        MessageKind::Handoff => "Hinted handoff: a fallback gives an owner what it kept for it.",
        MessageKind::HandoffAck => "The owner has it: the fallback may drop its hint.",
        MessageKind::SyncRoots => {
            "Anti-entropy: the roots of the Merkle trees of the ranges that both own."
        }
        MessageKind::SyncLeaves => "Anti-entropy: the leaves of those trees whose roots differ.",
        MessageKind::SyncEntries => "Anti-entropy: the versions in the leaves that differ.",
        MessageKind::Ahead => {
            "No vote: the coordinator has missed a change of the topology. Here is the newer one."
        }
        MessageKind::Behind => "No vote yet: this replica has not heard of the newest topology.",
        MessageKind::Topology => "Who owns what from now on, as the members have agreed.",
        MessageKind::TopologyAck => "This topology is on the node\u{2019}s disk.",
        MessageKind::EpochBallot => {
            "A round of consensus among the members on the topology that comes next."
        }
        MessageKind::EpochVote => "A member\u{2019}s promise or vote in that round.",
        MessageKind::StreamAsk => "A pending owner asks for what it will answer for.",
        MessageKind::StreamPart => "Items for a pending owner.",
        MessageKind::StraysOffer => {
            "A node that owns these items no more asks whether an owner has them."
        }
        MessageKind::StraysAnswer => "Which of them the owner has, so that they may be dropped.",
        MessageKind::Load => "What every token range of this node bears, for the balancer.",
        MessageKind::Query => "The coordinator asks a replica for its part of a table.",
        MessageKind::Page => "What this replica has of it, in order.",
        MessageKind::Collect => "Whether a tombstone may be forgotten, once every owner has it.",
        MessageKind::Prepare => {
            "Consensus, first half: the coordinator asks an owner to promise its ballot."
        }
        MessageKind::Promise => {
            "A vote: the owner takes nothing below this ballot any more, and tells what it has."
        }
        MessageKind::Accept => {
            "Consensus, second half: the coordinator asks an owner to vote for this version."
        }
        MessageKind::Accepted => "A vote: the version is on this owner\u{2019}s disk.",
        MessageKind::Preempted => "No vote: this owner has promised a higher ballot.",
        kind => more_meaning(kind),
    }
}

fn more_meaning(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Index => {
            "An index follows its table: the owner of an entry is told that it is there, or gone."
        }
        MessageKind::IndexAck => "The entry is on its owner\u{2019}s disk.",
        MessageKind::IndexCheck => "Whether an index has the entries of these items.",
        _ => {
            "No vote: conditional writes are made to this item, and plain ones must not race them."
        }
    }
}

/// What a message says.
fn content(message: &Message) -> String {
    match &message.body {
        Body::Request(wanted) | Body::Forward(wanted) => wanted.to_string(),
        Body::Write { key, version, .. } => format!("{key}: {}", version_text(version)),
        Body::WriteAck | Body::RepairAck => "It is durable here.".to_owned(),
        Body::Read { key } | Body::ReadStamp { key } => key.to_string(),
        Body::ReadResult { held: Some(held) } => held_text(held),
        Body::ReadResult { held: None } => "I have nothing of it.".to_owned(),
        Body::StampResult { stamp: Some(stamp), .. } => stamp.to_string(),
        Body::StampResult { stamp: None, .. } => "I have no version of it.".to_owned(),
        Body::Rebuilding => "I do not know what I should have.".to_owned(),
        Body::Repair { key, held, .. } | Body::Handoff { key, held, .. } => {
            format!("{key}: {}", held_text(held))
        }
        Body::Reply(answer) => answer_text(answer),
        Body::Gossip { digest, .. } => format!("The heartbeats of {} nodes.", digest.len()),
        Body::HandoffAck { key, .. } => format!("{key}: I have it."),
        Body::Sync(sync) => sync_text(sync),
        Body::Ahead { lists } | Body::Topology { lists } => lists.epoch().to_string(),
        Body::Behind => "I do not know this epoch.".to_owned(),
        Body::TopologyAck { .. } => message.epoch.to_string(),
        Body::Ballot(ballot) => format!("What follows {}?", ballot.follows),
        Body::Stream(Stream::Ask { ranges, .. }) => format!("{} token ranges.", ranges.len()),
        Body::Stream(Stream::Part { entries, .. }) => {
            format!("The versions of {} items.", entries.len())
        }
        Body::Strays(Strays::Offer { entries }) => format!("{} items.", entries.len()),
        Body::Strays(Strays::Answer { have, lack }) => {
            format!("I have {} of them, and lack {}.", have.len(), lack.len())
        }
        Body::Load(report) => format!("The load of {} token ranges.", report.ranges.len()),
        Body::PageAsk(ask) => ask.page.to_string(),
        Body::PagePart { part, .. } => format!("{} items.", part.entries.len()),
        Body::PageRepair { entries, .. } => format!("{} items.", entries.len()),
        Body::PageRepaired { .. } => "All of it is durable here.".to_owned(),
        round => round_text(round),
    }
}

fn round_text(body: &Body) -> String {
    match body {
        Body::Prepare { key, ballot } => format!("{key}: promise ballot {ballot}."),
        Body::Promise { told, .. } => match &told.version {
            Some(version) => format!("Promised. I have {}", version_text(version)),
            None => "Promised. I have nothing of it.".to_owned(),
        },
        Body::Accept { key, version } => format!("{key}: {}", version_text(version)),
        Body::Accepted { ballot } => format!("I voted for {ballot}."),
        Body::Preempted { highest, .. } => format!("I know of ballot {highest}."),
        Body::ReadConsistent { key } => format!("{key}, unless it needs a round"),
        _ => "This needs a round.".to_owned(),
    }
}

fn sync_text(sync: &Sync) -> String {
    match sync {
        Sync::Roots { roots, .. } | Sync::Rebuild { roots, .. } => {
            format!("{} roots.", roots.len())
        }
        Sync::Promises { trees, promises, .. } => {
            format!("The leaves of {} trees, {} promises.", trees.len(), promises.len())
        }
        Sync::Leaves { trees, .. } => format!("The leaves of {} trees.", trees.len()),
        Sync::Entries { entries, .. } | Sync::Missing { entries, .. } => {
            format!("The versions of {} items.", entries.len())
        }
        Sync::MayCollect { tombstones, .. } | Sync::Collect { tombstones } => {
            format!("{} tombstones.", tombstones.len())
        }
        Sync::Entered { entries } | Sync::MayDisown { entries, .. } => {
            format!("{} entries.", entries.len())
        }
        Sync::NotEntered { missing } => format!("{} of them are missing.", missing.len()),
        Sync::Keep { keep, .. } => format!("{} of them have to be kept.", keep.len()),
    }
}

fn held_text(held: &Held) -> String {
    let versions: Vec<String> = held.versions().iter().map(version_text).collect();
    versions.join(" and ")
}

fn version_text(version: &Version) -> String {
    match &version.item {
        Some(item) => format!("version {}, {}", version.stamp, item.to_json()),
        None => format!("tombstone {}", version.stamp),
    }
}

fn answer_text(answer: &Answer) -> String {
    match answer {
        Answer::Written { stamp } => format!("Written as {stamp}."),
        Answer::Read { item: Some(item), .. } => item.to_json(),
        Answer::Read { .. } => "There is no such item.".to_owned(),
        Answer::Siblings { items, .. } => format!("{} siblings.", items.len()),
        Answer::Failed(failure) => format!("Failed: {failure}."),
        Answer::ConditionFailed { .. } => "Not written: the condition is false.".to_owned(),
        Answer::Changed { stamp, .. } => format!("Written as {stamp}."),
        Answer::Rejected { rejection, .. } => format!("Not written: {}.", rejection.message()),
        Answer::Page(page) => format!("{} items.", page.items.len()),
    }
}
