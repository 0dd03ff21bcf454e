//! Telling records apart, so that a snapshot holds each of them once.

use crate::base::{Digest, Incarnation, NodeId, heap_sort};
use crate::causality::{Dot, HybridTime, Stamp};
use crate::data::TableName;
use crate::storage::{ItemKey, Record};

/// What tells a record from all others: its item, what kind it is, whom it is about, which versions.
pub(super) fn name(
    record: &Record,
) -> (Option<&ItemKey>, u8, Option<NodeId>, Option<Stamp>, &[Dot]) {
    let key = record.key();
    match record {
        Record::Own { version, .. } => (key, 0, None, Some(version.stamp), &[]),
        Record::Hint { owner, version, .. } => (key, 1, Some(*owner), Some(version.stamp), &[]),
        Record::HandedOver { owner, dots, .. } => (key, 2, Some(*owner), None, dots),
        Record::Collected { stamp, .. } => (key, 3, None, Some(*stamp), &[]),
        Record::Floor(time) => (key, 4, None, Some(Stamp { time: *time, ..number(0) }), &[]),
        Record::Topology(lists) => (key, 5, None, Some(number(lists.epoch().0.into())), &[]),
        Record::EpochBallot { follows, acceptor } => {
            let ballots = [acceptor.highest(), acceptor.accepted().map(|(ballot, _)| *ballot)];
            let [highest, accepted] = ballots.map(|ballot| {
                ballot.map_or((0, NodeId(0)), |ballot| (ballot.number, ballot.proposer))
            });
            let dot = Dot {
                node: accepted.1,
                incarnation: Incarnation(follows.0),
                counter: accepted.0 as u32,
            };
            let time = HybridTime::of_clock(highest.0);
            (key, 6, Some(highest.1), Some(Stamp { time, dot }), &[])
        }
        Record::Streamed(epoch) => (key, 7, None, Some(number(epoch.0.into())), &[]),
        Record::Dropped { dots, .. } => (key, 8, None, None, dots),
        Record::Promised { ballot, .. } => (key, 9, None, Some(*ballot), &[]),
        Record::Accepted { ballot, .. } => (key, 10, None, Some(*ballot), &[]),
        Record::Indexed { definition, filled, .. } => {
            let filled = NodeId(u16::from(*filled));
            (key, 11, Some(filled), Some(number(*definition)), &[])
        }
        Record::Discarded(table) => (key, 12, None, Some(number(hash(table))), &[]),
        Record::Keeps { table, since } => {
            let (hash, is_kept) = (hash(table), NodeId(u16::from(since.is_some())));
            let incarnation = Incarnation((hash >> 32) as u32);
            let dot = Dot { node: NodeId(0), incarnation, counter: hash as u32 };
            let time = since.unwrap_or_default();
            (key, 13, Some(is_kept), Some(Stamp { time, dot }), &[])
        }
        Record::Past { version, .. } => (key, 14, None, Some(version.stamp), &[]),
        Record::Trimmed(time) => (key, 15, None, Some(Stamp { time: *time, ..number(0) }), &[]),
    }
}

fn hash(table: &TableName) -> u64 {
    let Digest(name) = Digest::of(table.as_str().as_bytes());
    u64::from_le_bytes(name[..8].try_into().expect("eight bytes of sixteen"))
}

/// A number that tells records without a stamp apart.
fn number(number: u64) -> Stamp {
    let dot = Dot { node: NodeId(0), incarnation: Incarnation(0), counter: 0 };
    Stamp { time: HybridTime::of_clock(number), dot }
}

/// Every record once, by name.
pub(super) fn distinct<'a>(records: impl Iterator<Item = &'a Record>) -> Vec<&'a Record> {
    let mut records: Vec<&Record> = records.collect();
    heap_sort(&mut records, |a, b| name(a).cmp(&name(b)));
    records.dedup_by(|a, b| name(a) == name(b));
    records
}
