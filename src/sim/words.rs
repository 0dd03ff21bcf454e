//! Events in words, as the trace shows them.

use std::fmt;

use super::answer_words::AnswerText;
use super::clock::{Clock, Skew};
use super::{Event, EventKind, words_of_indexes};
use crate::base::{NodeId, RequestId, format_us};
use crate::coordinator::Vote;
use crate::node::{Cause, Failure, Note};
use crate::storage::Applied;

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
                write!(f, "{}{from} → {to}: {kind} leaves", of(*request))
            }
            Self::Delivered { request, kind, from, to, took, .. } => {
                write!(f, "{}{from} → {to}: {kind}, took {took}", of(*request))
            }
            Self::Refused { request, kind, from, to, .. } => {
                write!(f, "{}{from} → {to}: {kind} refused, {to} is down", of(*request))
            }
            Self::Synced { node, records } => {
                write!(f, "{node} synced {}", counted(*records, "record"))
            }
            Self::Archived { request, news } => write!(f, "{request} {news}"),
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
            write!(f, "{}{from} → {to}: {kind} {why}", of(*request))
        }
        EventKind::Duplicated { request, kind, from, to, .. } => {
            write!(f, "{}{from} → {to}: {kind} will come twice", of(*request))
        }
        EventKind::Delayed { request, kind, from, to, arrives_at, .. } => {
            write!(f, "{}{from} → {to}: {kind} is delayed, due at {arrives_at}", of(*request))
        }
        EventKind::Held { request, kind, from, to, .. } => {
            write!(f, "{}{from} → {to}: {kind} waits, {to} is paused", of(*request))
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
        EventKind::WorkloadEnded { workload, asked: 1 } => {
            write!(f, "{workload} ends after 1 request")
        }
        EventKind::WorkloadEnded { workload, asked } => {
            write!(f, "{workload} ends after {asked} requests")
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
        Note::Applied { request, stamp, outcome, cause } => {
            let what = match outcome {
                Applied::Stored => "stores version",
                Applied::Superseded => "has a newer version than",
                Applied::Known => "has version already:",
            };
            write!(f, "{}{node} {what} {stamp}{}", of(*request), because(*cause))
        }
        Note::Voted { request, replica, vote, stamp, have, needed } => {
            write!(f, "{request} {node} counts {replica}: ")?;
            match vote {
                Vote::Counted => write!(f, "✓ {have} of {needed}")?,
                Vote::Late => {
                    let votes = counted(*have, "vote");
                    write!(f, "✓ late, {votes} for {needed} needed")?;
                }
                Vote::Refused => return write!(f, "✗ down, {have} of {needed}"),
                Vote::TimedOut => return write!(f, "⌛ silent, {have} of {needed}"),
                Vote::Rebuilding => {
                    return write!(f, "✗ rebuilding its lost disk, {have} of {needed}");
                }
                Vote::Preempted => {
                    return write!(f, "✗ knows of a higher ballot, {have} of {needed}");
                }
            }
            match stamp {
                Some(stamp) => write!(f, ", version {stamp}"),
                None => write!(f, ", has nothing"),
            }
        }
        more => write_decision(f, node, more),
    }
}

fn write_decision(f: &mut fmt::Formatter<'_>, node: NodeId, note: &Note) -> fmt::Result {
    match note {
        Note::Reached { request, have, needed, stale } => {
            let votes = counted(*needed, "vote");
            write!(f, "{request} {node} has its quorum: {have} of {votes}")?;
            match stale.is_empty() {
                true => Ok(()),
                false => write!(f, "; stale: {}", list(stale)),
            }
        }
        Note::Missed { request, failure: failure @ Failure::Throttled } => {
            write!(f, "{request} {node} refuses it: {failure}")
        }
        Note::Missed { request, failure } => {
            write!(f, "{request} {node} cannot have its quorum: {failure}")
        }
        Note::AsksForParts { request, owners, ranges: 0 } => {
            write!(f, "{request} {node} coordinates, asks {} for the collection", list(owners))
        }
        Note::AsksForParts { request, owners, ranges } => {
            let (owners, ranges) = (list(owners), counted(*ranges, "token range"));
            write!(f, "{request} {node} asks {owners} for {ranges}")
        }
        Note::ToldPart { request, replica, items, is_all, have, needed } => {
            let versions = counted(*items, "version");
            write!(f, "{request} {node} counts {replica}: ✓ {have} of {needed}, {versions}")?;
            f.write_str(if *is_all { "" } else { ", and there is more" })
        }
        Note::Substituted { request, owner, fallback, counts } => {
            write!(f, "{request} {node} asks {fallback} in the stead of {owner}")?;
            f.write_str(if *counts { ", its vote counts" } else { ", as a hint without a vote" })
        }
        Note::Surpasses { request, highest: Some(highest) } => {
            write!(f, "{request} {node} goes above {highest}")
        }
        Note::Surpasses { request, highest: None } => {
            write!(f, "{request} {node} goes first: nobody has a version")
        }
        Note::Repairs { request, replicas, blocking: true, have, needed } => {
            let (replicas, number) = (list(replicas), counted(*needed, "replica"));
            write!(f, "{request} {node} repairs {replicas} and waits: {have} of {number} have it")
        }
        Note::Repairs { request, replicas, .. } => {
            write!(f, "{request} {node} repairs {}", list(replicas))
        }
        Note::Confirmed { request, replica, have, needed } => {
            write!(f, "{request} {node} hears that {replica} has it: {have} of {needed}")
        }
        more => write_round(f, node, more),
    }
}

fn write_round(f: &mut fmt::Formatter<'_>, node: NodeId, note: &Note) -> fmt::Result {
    match note {
        Note::Prepares { request, ballot, needed, is_exclusive } => {
            let promises = counted(*needed, "promise");
            write!(f, "{request} {node} prepares ballot {ballot}, needs {promises}")?;
            match is_exclusive {
                true => Ok(()),
                false => f.write_str("; plain writes need not meet it"),
            }
        }
        Note::Promised { request, ballot } => {
            write!(f, "{request} {node} promises to take nothing below {ballot}")
        }
        Note::Proposes { request, ballot, found: None } => {
            write!(f, "{request} {node} has its promises: proposes version {ballot}")
        }
        Note::Proposes { request, ballot, found: Some(found) } => {
            write!(f, "{request} {node} has its promises: proposes {found} once more, as {ballot}")
        }
        Note::FoundChosen { request, found: Some(found) } => {
            write!(f, "{request} {node} has nothing to propose: {found} is chosen already")
        }
        Note::FoundChosen { request, found: None } => {
            write!(f, "{request} {node} has nothing to propose: nobody has a version")
        }
        Note::ConditionFalse { request, found: Some(found) } => {
            write!(f, "{request} {node} finds the condition false: the version is {found}")
        }
        Note::ConditionFalse { request, found: None } => {
            write!(f, "{request} {node} finds the condition false: nobody has a version")
        }
        Note::CannotChange { request, found } => {
            write!(f, "{request} {node} cannot do this to what it finds: ")?;
            match found {
                Some(found) => write!(f, "the version is {found}"),
                None => f.write_str("nobody has a version"),
            }
        }
        Note::Undecided { request, key } => {
            write!(f, "{request} {node} finds {key} undecided, and holds a round about it")
        }
        Note::TriesAgain { request, highest, after } => {
            write!(f, "{request} {node} is preempted by {highest}, tries again after {after}")
        }
        Note::LearnsPromises { peer, count } => {
            write!(f, "{node} learns {} from {peer}", counted(*count, "promise"))
        }
        Note::TurnsToRound { request, replica } if *replica == node => {
            write!(f, "{request} {node} knows of rounds about the item, and holds one")
        }
        Note::TurnsToRound { request, replica } => {
            write!(f, "{request} {node} hears from {replica} that this needs a round")
        }
        background => write_background(f, node, background),
    }
}

fn write_background(f: &mut fmt::Formatter<'_>, node: NodeId, note: &Note) -> fmt::Result {
    match note {
        Note::KeepsHint { request, owner, stamp } => {
            write!(f, "{}{node} keeps version {stamp} for {owner}", of(*request))
        }
        Note::HandedOver { owner, key, left } if key.is_entry() => {
            write!(f, "{node} hears that {owner} has entry {key}, ")?;
            write!(f, "{} left", counted(*left, "update"))
        }
        Note::HandedOver { owner, key, left } => {
            write!(f, "{node} has handed {key} over to {owner}, {} left", counted(*left, "hint"))
        }
        Note::Suspects { peer, phi: Some(phi) } => {
            write!(f, "{node} suspects {peer}: not heard of for long, phi is {phi}")
        }
        Note::Suspects { peer, phi: None } => write!(f, "{node} suspects {peer}: it refused"),
        Note::Trusts { peer } => write!(f, "{node} trusts {peer} again: its heartbeat goes on"),
        Note::Exchanged { peer, ranges, differing: 0, .. } => {
            let ranges = counted(*ranges, "token range");
            write!(f, "{node} and {peer} agree on {ranges}")
        }
        Note::Exchanged { peer, ranges, differing, sent, received } => {
            let ranges = counted(*ranges, "token range");
            write!(f, "{node} and {peer} differed in {differing} of {ranges}: ")?;
            write!(f, "{} sent, {received} received", counted(*sent, "item"))
        }
        Note::Rebuilding { ranges } => {
            let ranges = counted(*ranges, "token range");
            write!(f, "{node} has lost its disk: rebuilds {ranges} before it votes in reads")
        }
        Note::Rebuilt => write!(f, "{node} is rebuilt and votes again"),
        Note::Collected { key, stamp } => {
            write!(f, "{node} forgets the tombstone {stamp} of {key}: every owner had it")
        }
        of_topology => write_topology(f, node, of_topology),
    }
}

fn write_topology(f: &mut fmt::Formatter<'_>, node: NodeId, note: &Note) -> fmt::Result {
    match note {
        Note::InBothLists { request, leaves, joins } => write!(
            f,
            "{request} {node} needs its quorum twice, with {leaves} and with {joins} in its stead"
        ),
        Note::Reruns { request, epoch } => write!(f, "{request} {node} asks anew, in {epoch}"),
        Note::Agreed { epoch, turn } => write!(f, "the members agree on {epoch}: {turn}"),
        Note::Follows { epoch, .. } => write!(f, "{node} follows {epoch}"),
        Note::Waits { epoch, unaware, streaming } => {
            write!(f, "{node} waits")?;
            if !unaware.is_empty() {
                write!(f, " for {} to follow {epoch}", list(unaware))?;
            }
            if !streaming.is_empty() {
                write!(f, " for {} to fetch what it lacks", list(streaming))?;
            }
            Ok(())
        }
        Note::Streams { ranges } => {
            write!(f, "{node} fetches what it lacks of {}", counted(*ranges, "token range"))
        }
        Note::Streamed { source, items, ranges_left } => {
            let (items, left) = (counted(*items, "item"), counted(*ranges_left, "token range"));
            write!(f, "{node} has {items} from {source}, {left} left")
        }
        Note::Complete { items } => {
            write!(f, "{node} has all that it lacked: {}", counted(*items, "item"))
        }
        Note::Dropped { owner, items } => {
            let items = counted(*items, "item");
            write!(f, "{node} drops {items} that it owns no more, {owner} has them")
        }
        Note::Leaves => write!(f, "{node} holds nothing any more and leaves the cluster"),
        of_balance => write_balance(f, node, of_balance),
    }
}

fn write_balance(f: &mut fmt::Formatter<'_>, node: NodeId, note: &Note) -> fmt::Result {
    match note {
        Note::Balanced { step, more: 0 } => write!(f, "{node} evens out the load: {step}"),
        Note::Balanced { step, more } => {
            write!(f, "{node} evens out the load: {step}; {more} more to do")
        }
        Note::NotBalanced(finding) => write!(f, "{node} looks at the load: {finding}"),
        Note::HotKey(hot) => write!(f, "{node} looks at the load: {hot}"),
        of_index => words_of_indexes::write(f, node, of_index),
    }
}

/// The request that something is part of, before it.
fn of(request: Option<RequestId>) -> String {
    request.map_or(String::new(), |request| format!("{request} "))
}

fn because(cause: Cause) -> &'static str {
    match cause {
        Cause::Write => "",
        Cause::Repair => ", by read repair",
        Cause::Handoff => ", by hinted handoff",
        Cause::AntiEntropy => ", by anti-entropy",
        Cause::Stream => ", by streaming",
        Cause::Round => ", by its vote",
        Cause::Index => ", as an entry",
        Cause::Expiry => ", its item has expired",
    }
}

/// `1 vote`, `2 votes`.
pub(super) fn counted(number: impl Into<u32>, thing: &str) -> String {
    match number.into() {
        1 => format!("1 {thing}"),
        number => format!("{number} {thing}s"),
    }
}

pub(super) fn list(nodes: &[NodeId]) -> String {
    let names: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
    names.join(", ")
}
