//! How large messages are, to show what replication costs.

use super::message::{Body, Sync};
use super::moves::{Strays, Stream};
use super::part::PageAsk;
use super::{Action, Answer};
use crate::balancer::PARTS;
use crate::causality::Stamp;
use crate::storage::{Held, ItemKey, Version};

/// A stamp: clock reading and dot.
const STAMP: u64 = 22;

fn key(key: &ItemKey) -> u64 {
    (key.table().as_str().len() + key.key().size()) as u64
}

fn version(version: &Version) -> u64 {
    let item = version.item.as_ref().map_or(1, |item| item.size() as u64);
    let context = version.context.as_ref().map_or(0, |context| context.size());
    STAMP + item + context
}

fn held(held: &Held) -> u64 {
    held.versions().iter().map(version).sum()
}

fn entries(entries: &[(ItemKey, Held)]) -> u64 {
    entries.iter().map(|(name, versions)| key(name) + held(versions)).sum()
}

fn stamped(names: &[(ItemKey, Stamp)]) -> u64 {
    names.iter().map(|(name, _)| key(name) + STAMP).sum()
}

fn leaves_of(trees: &[(u32, Vec<u64>)]) -> u64 {
    trees.iter().map(|(_, leaves)| 4 + 8 * leaves.len() as u64).sum()
}

fn page_ask(ask: &PageAsk) -> u64 {
    let after = ask.after.as_ref().map_or(0, key);
    ask.page.source.as_str().len() as u64 + 32 * ask.ranges.len() as u64 + after
}

fn stream(stream: &Stream) -> u64 {
    match stream {
        Stream::Ask { ranges, .. } => 32 * ranges.len() as u64,
        Stream::Part { entries: all, .. } => entries(all),
        Stream::WithPast { part, past, .. } => {
            let past = past.iter().map(|(name, content)| key(name) + version(content));
            self::stream(part) + past.sum::<u64>()
        }
    }
}

fn answer(answer: &Answer) -> u64 {
    match answer {
        Answer::Written { .. } => STAMP,
        Answer::Read { item, .. } | Answer::ConditionFailed { item, .. } => {
            STAMP + item.as_ref().map_or(0, |item| item.size() as u64)
        }
        Answer::Siblings { items, context } => {
            let all = items.iter().map(|(_, item)| STAMP + item.size() as u64);
            all.sum::<u64>() + context.size()
        }
        Answer::Failed(_) | Answer::Rejected { .. } => 4,
        Answer::Changed { before, after, .. } => {
            let all = before.iter().chain(after);
            STAMP + all.map(|item| item.size() as u64).sum::<u64>()
        }
        Answer::Page(page) => page.size,
    }
}

impl Body {
    /// About how many bytes its content takes; frames and addresses are not counted.
    pub fn bytes(&self) -> u64 {
        match self {
            Body::Request(wanted) | Body::Forward(wanted) => {
                let item = wanted.action.item().map_or(0, |item| item.size() as u64);
                let condition = match &wanted.action {
                    Action::PutIf(..) | Action::DeleteIf(_) => STAMP,
                    Action::Change(change) => change.text_bytes(),
                    _ => 0,
                };
                key(&wanted.key)
                    + item
                    + condition
                    + wanted.context.as_ref().map_or(0, |seen| seen.size())
            }
            Body::Write { key: name, version: content, .. } => key(name) + version(content),
            Body::Read { key: name }
            | Body::ReadStamp { key: name }
            | Body::ReadConsistent { key: name } => key(name),
            Body::Prepare { key: name, .. } => key(name) + STAMP,
            Body::Promise { told, .. } => 2 * STAMP + told.version.as_ref().map_or(0, version),
            Body::Accept { key: name, version: content } => key(name) + version(content),
            Body::Accepted { .. } => STAMP,
            Body::Preempted { .. } => 2 * STAMP,
            Body::ReadResult { held: content } => content.as_ref().map_or(0, held),
            Body::StampResult { stamp, .. } => stamp.map_or(0, |_| STAMP),
            Body::WriteAck | Body::RepairAck | Body::Rebuilding | Body::NeedsConsensus => 0,
            Body::Repair { key: name, held: content, .. }
            | Body::Handoff { key: name, held: content, .. } => key(name) + held(content),
            Body::HandoffAck { key: name, dots, .. } => key(name) + 10 * dots.len() as u64,
            Body::Gossip { digest, .. } => 8 * digest.len() as u64,
            Body::Reply(reply) => answer(reply),
            Body::Sync(sync) => sync.bytes(),
            Body::Ahead { lists } | Body::Topology { lists } => lists.topology().bytes(),
            Body::Behind | Body::TopologyAck { .. } => 0,
            Body::Ballot(ballot) => {
                STAMP + ballot.step.value().map_or(0, |lists| lists.topology().bytes())
            }
            Body::Stream(stream) => self::stream(stream),
            Body::Strays(Strays::Offer { entries }) => {
                entries.iter().map(|(name, stamps)| key(name) + STAMP * stamps.len() as u64).sum()
            }
            // Each part of a range: its bytes, and how many units of either kind.
            Body::Load(report) => (16 + 12 * PARTS as u64) * report.ranges.len() as u64,
            Body::PageAsk(ask) => page_ask(ask),
            Body::PagePart { part, .. } => {
                part.entries.iter().map(|told| key(&told.key) + held(&told.held)).sum()
            }
            Body::PageRepair { entries: all, .. } => entries(all),
            Body::PageRepaired { .. } => 0,
            Body::Strays(Strays::Answer { have, lack }) => {
                have.iter().map(|(name, _)| name).chain(lack).map(key).sum()
            }
        }
    }
}

impl Sync {
    fn bytes(&self) -> u64 {
        match self {
            Sync::Roots { roots, .. } | Sync::Rebuild { roots, .. } => 8 * roots.len() as u64,
            Sync::Leaves { trees, .. } => leaves_of(trees),
            Sync::Promises { trees, promises, .. } => leaves_of(trees) + stamped(promises),
            Sync::Entries { leaves, entries: all, .. } => 12 * leaves.len() as u64 + entries(all),
            Sync::Missing { entries: all, .. } => entries(all),
            Sync::MayCollect { tombstones, .. } | Sync::Collect { tombstones } => {
                stamped(tombstones)
            }
            Sync::Entered { entries } | Sync::MayDisown { entries, .. } => stamped(entries),
            Sync::NotEntered { missing } => missing.iter().map(key).sum(),
            Sync::Keep { keep, .. } => 4 * keep.len() as u64,
        }
    }
}
