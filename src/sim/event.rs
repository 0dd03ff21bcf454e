//! Events: everything that happens in a world, as told to those who watch.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::clock::{Clock, Skew};
use super::faults::Loss;
use super::{ClusterConfig, Command};
use crate::base::{
    ClientId, Duration, EventSeq, Incarnation, MessageId, NodeId, RequestId, VirtualTime, format_us,
};
use crate::coordinator::Vote;
use crate::node::{Address, Answer, ClientRequest, MessageKind, Note};
use crate::storage::Applied;

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
        request: RequestId,
        kind: MessageKind,
        from: Address,
        to: Address,
        arrives_at: VirtualTime,
    },
    /// A message arrived.
    Delivered {
        message: MessageId,
        request: RequestId,
        kind: MessageKind,
        from: Address,
        to: Address,
        took: Duration,
    },
    /// A message came to a node that is down; its sender hears of it at `heard_at`.
    Refused {
        message: MessageId,
        request: RequestId,
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
    /// A message will never be handled. If that is decided when it is sent, `until` is when it
    /// would have arrived.
    Lost {
        message: MessageId,
        request: RequestId,
        kind: MessageKind,
        from: Address,
        to: Address,
        until: VirtualTime,
        why: Loss,
    },
    /// The network made a copy of a message that just left.
    Duplicated {
        message: MessageId,
        copy: MessageId,
        request: RequestId,
        kind: MessageKind,
        from: Address,
        to: Address,
        arrives_at: VirtualTime,
    },
    /// A message came to a paused node and waits there.
    Held { message: MessageId, request: RequestId, kind: MessageKind, from: Address, to: Address },
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
}

impl EventKind {
    /// The request that this event is part of.
    pub fn request(&self) -> Option<RequestId> {
        match self {
            Self::Asked { request, .. }
            | Self::Sent { request, .. }
            | Self::Delivered { request, .. }
            | Self::Refused { request, .. }
            | Self::Lost { request, .. }
            | Self::Duplicated { request, .. }
            | Self::Held { request, .. }
            | Self::Answered { request, .. } => Some(*request),
            Self::Noted { note, .. } => Some(match note {
                Note::Coordinates { request, .. }
                | Note::Applied { request, .. }
                | Note::Voted { request, .. }
                | Note::Reached { request, .. }
                | Note::Missed { request, .. } => *request,
            }),
            _ => None,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>12}  {}", self.at.to_string(), self.kind)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started(config) => config.fmt(f),
            Self::Commanded(command) => command.fmt(f),
            Self::Asked { request, wanted } => {
                write!(f, "{request} {}: {wanted}", wanted.client)
            }
            Self::Sent { request, kind, from, to, .. } => {
                write!(f, "{request} {from} → {to}: {kind} leaves")
            }
            Self::Delivered { request, kind, from, to, took, .. } => {
                write!(f, "{request} {from} → {to}: {kind}, took {took}")
            }
            Self::Refused { request, kind, from, to, .. } => {
                write!(f, "{request} {from} → {to}: {kind} refused, {to} is down")
            }
            Self::Synced { node, records } => {
                write!(f, "{node} synced {}", counted(*records, "record"))
            }
            Self::Noted { node, note } => write_note(f, *node, note),
            Self::Answered { request, client, is_write, answer, took } => {
                write!(f, "{request} {client}: {}, after {took}", AnswerText(answer, *is_write))
            }
            Self::Crashed { node, lost_records: 0, survived: survived @ 1.., .. } => {
                let records = counted(*survived, "unsynced record");
                write!(f, "{node} crashed, {records} had reached the disk")
            }
            Self::Crashed { node, lost_records, survived, torn } => {
                write!(f, "{node} crashed, {} lost", counted(*lost_records, "unsynced record"))?;
                match (*torn, *lost_records) {
                    (false, _) => {}
                    (true, 1) => f.write_str(", torn")?,
                    (true, _) => f.write_str(", the first of them torn")?,
                }
                match survived {
                    0 => Ok(()),
                    survived => write!(f, "; {survived} had reached the disk"),
                }
            }
            Self::Restarted { node, incarnation, versions } => write!(
                f,
                "{node} restarted as incarnation {}, {} in its log",
                incarnation.0,
                counted(*versions, "version")
            ),
            fault => write_fault(f, fault),
        }
    }
}

fn write_fault(f: &mut fmt::Formatter<'_>, event: &EventKind) -> fmt::Result {
    match event {
        EventKind::Lost { request, kind, from, to, why, .. } => {
            write!(f, "{request} {from} → {to}: {kind} {why}")
        }
        EventKind::Duplicated { request, kind, from, to, .. } => {
            write!(f, "{request} {from} → {to}: {kind} will come twice")
        }
        EventKind::Held { request, kind, from, to, .. } => {
            write!(f, "{request} {from} → {to}: {kind} waits, {to} is paused")
        }
        EventKind::Resumed { node, waited: 0 } => write!(f, "{node} goes on, nothing waited"),
        EventKind::Resumed { node, waited } => {
            write!(f, "{node} goes on, {} waited", counted(*waited, "thing"))
        }
        EventKind::ClockSet { node, clock: Clock { skew, drift_ppm, .. } } => {
            let span = format_us(skew.0.unsigned_abs());
            match skew {
                Skew(0) => write!(f, "{node}'s clock is right now")?,
                Skew(1..) => write!(f, "{node}'s clock is {span} ahead now")?,
                _ => write!(f, "{node}'s clock is {span} behind now")?,
            }
            match drift_ppm {
                0 => Ok(()),
                1.. => write!(f, ", and gains {drift_ppm}µs a second"),
                _ => write!(f, ", and loses {}µs a second", drift_ppm.unsigned_abs()),
            }
        }
        EventKind::Wiped { node, versions } => {
            write!(f, "{node} lost its disk, {} with it", counted(*versions, "version"))
        }
        EventKind::TornRecordCut { node } => {
            write!(f, "{node} found half a record at the end of its log and cut it off")
        }
        EventKind::Skipped { command, why } => write!(f, "{command} is skipped: {why}"),
        _ => unreachable!("all other events were written before"),
    }
}

fn write_note(f: &mut fmt::Formatter<'_>, node: NodeId, note: &Note) -> fmt::Result {
    match note {
        Note::Coordinates { request, owners, needed } => {
            let (owners, votes) = (list(owners), counted(*needed, "vote"));
            write!(f, "{request} {node} coordinates, asks {owners} for {votes}")
        }
        Note::Applied { request, stamp, outcome } => {
            let what = match outcome {
                Applied::Stored => "stores version",
                Applied::Superseded => "has a newer version than",
                Applied::Known => "has version already:",
            };
            write!(f, "{request} {node} {what} {stamp}")
        }
        Note::Voted { request, replica, vote, stamp, have, needed } => {
            write!(f, "{request} {node} counts {replica}: ")?;
            match vote {
                Vote::Counted => write!(f, "✓ {have} of {needed}")?,
                Vote::Late => write!(f, "✓ late, {have} votes for {needed} needed")?,
                Vote::Refused => return write!(f, "✗ down, {have} of {needed}"),
                Vote::TimedOut => return write!(f, "⌛ silent, {have} of {needed}"),
            }
            match stamp {
                Some(stamp) => write!(f, ", version {stamp}"),
                None => write!(f, ", has nothing"),
            }
        }
        Note::Reached { request, have, needed, stale } => {
            let votes = counted(*needed, "vote");
            write!(f, "{request} {node} has its quorum: {have} of {votes}")?;
            match stale.is_empty() {
                true => Ok(()),
                false => write!(f, "; stale: {}", list(stale)),
            }
        }
        Note::Missed { request, failure } => {
            write!(f, "{request} {node} cannot have its quorum: {failure}")
        }
    }
}

/// `1 vote`, `2 votes`.
fn counted(number: impl Into<u32>, thing: &str) -> String {
    match number.into() {
        1 => format!("1 {thing}"),
        number => format!("{number} {thing}s"),
    }
}

fn list(nodes: &[NodeId]) -> String {
    let names: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
    names.join(", ")
}

/// An answer in words.
struct AnswerText<'a>(&'a Answer, bool);

impl fmt::Display for AnswerText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Answer::Written { stamp } => write!(f, "written as {stamp}"),
            Answer::Read { item: Some(item), stamp: Some(stamp) } => {
                write!(f, "{} as of {stamp}", item.to_json())
            }
            Answer::Read { stamp: Some(stamp), .. } => write!(f, "deleted as of {stamp}"),
            Answer::Read { .. } => f.write_str("no such item"),
            Answer::Failed(failure) if self.1 && failure.leaves_write_unknown() => {
                write!(f, "failed: {failure}; whether the write survives is unknown")
            }
            Answer::Failed(failure) => write!(f, "failed: {failure}"),
        }
    }
}
