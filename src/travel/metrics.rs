//! What a run adds up to so far: latencies, failures, stale answers, and each node's share of the
//! work. A fold over events, so that it can be kept beside the world at any instant.
//!
//! An answer is *stale* if it lacks a write that was acknowledged, to anybody, before the read was
//! asked:
//!
//! ```text
//!   client   put x=1 ── ✓                    get x ──▶ ?      stale unless it has x=1, or newer
//!   client2             put x=2 ─────────── ✓                 x=2 was acknowledged too late: either is right
//! ```
//!
//! Where the last writer wins, "newer" is by stamp; where siblings are kept, the answer's context has
//! to contain the write. A write that failed was never acknowledged, so nobody has to see it, and
//! whoever sees it is not stale for that.
//!
//! Caveats: a write that a wrong clock buried under an older one is lost, not stale, and not counted
//! here. A tombstone that was collected is forgotten here as well.

use std::sync::Arc;

use super::activity::Activity;
use super::histogram::Histogram;
use crate::base::{Duration, NodeId, RequestId, SortedMap};
use crate::causality::{Context, Stamp};
use crate::node::{Address, Answer, Cause, MessageKind, Note, Pending};
use crate::sim::{Command, Event, EventKind};
use crate::storage::ItemKey;

/// So many stale reads are remembered by name.
const STALE_KEPT: usize = 100;

/// What became of all reads, or of all writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// How long the successful ones took.
    pub latency: Histogram,
    pub failed: u64,
}

impl Outcomes {
    /// Answered in any way.
    pub fn total(&self) -> u64 {
        self.latency.total() + self.failed
    }
}

/// How much one node did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeWork {
    /// Requests that it coordinated.
    pub coordinated: u64,
    /// Versions that it stored, or kept as hints, for clients' writes.
    pub writes: u64,
    /// Reads that it was asked for as a replica.
    pub reads: u64,
}

/// What a run adds up to so far.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    /// How many events were taken in.
    observed: u64,
    pub reads: Outcomes,
    pub writes: Outcomes,
    /// Successful reads whose answer was stale.
    pub stale: u64,
    /// The latest of them.
    latest_stale: Vec<RequestId>,
    nodes: Vec<NodeWork>,
    activity: Activity,
    open: Pending<Open>,
    acknowledged: Acknowledged,
}

/// A request that has no answer yet.
#[derive(Clone, Debug)]
struct Open {
    key: ItemKey,
    is_write: bool,
    /// Whether it is a write to a table that keeps siblings.
    keeps_siblings: bool,
    /// What was acknowledged of the item when the request was asked.
    acknowledged: Option<Newest>,
}

/// What was acknowledged of one item: the newest write, and where siblings are kept, all of them.
#[derive(Clone, Debug)]
struct Newest {
    stamp: Stamp,
    /// In a table that keeps siblings: all of them.
    writes: Option<Arc<Context>>,
}

/// States are the same if they show the same. What was acknowledged shows only by and by.
impl PartialEq for Metrics {
    fn eq(&self, other: &Self) -> bool {
        (self.observed, self.stale, &self.latest_stale)
            == (other.observed, other.stale, &other.latest_stale)
            && (&self.reads, &self.writes, &self.nodes)
                == (&other.reads, &other.writes, &other.nodes)
    }
}

/// What was acknowledged of every item. In pieces, by position, so that a copy shares all that does
/// not change.
#[derive(Clone, Debug)]
struct Acknowledged(Vec<Arc<SortedMap<ItemKey, Newest>>>);

/// Into so many pieces the ring is cut, and the power of two of that.
const PIECES_LOG2: u32 = 8;

impl Default for Acknowledged {
    fn default() -> Self {
        Self(vec![Arc::default(); 1 << PIECES_LOG2])
    }
}

impl Acknowledged {
    fn piece(key: &ItemKey) -> usize {
        (key.position.0 >> (u128::BITS - PIECES_LOG2)) as usize
    }

    fn get(&self, key: &ItemKey) -> Option<&Newest> {
        self.0[Self::piece(key)].get(key)
    }

    fn acknowledge(&mut self, key: &ItemKey, stamp: Stamp, keeps_siblings: bool) {
        let piece = Arc::make_mut(&mut self.0[Self::piece(key)]);
        match piece.get_mut(key) {
            Some(newest) => {
                newest.stamp = newest.stamp.max(stamp);
                if let Some(writes) = &mut newest.writes {
                    Arc::make_mut(writes).insert(stamp.dot);
                }
            }
            None => {
                let writes = keeps_siblings.then(|| Arc::new(Context::from_iter([stamp.dot])));
                piece.insert(key.clone(), Newest { stamp, writes });
            }
        }
    }

    /// A tombstone was collected: nothing older of the item is left, so nobody can be expected to
    /// have it.
    fn collect(&mut self, key: &ItemKey, stamp: Stamp) {
        if self.get(key).is_some_and(|newest| newest.stamp <= stamp) {
            Arc::make_mut(&mut self.0[Self::piece(key)]).remove(key);
        }
    }
}

impl Metrics {
    /// Takes one more event in.
    pub fn observe(&mut self, event: &Event) {
        self.observed += 1;
        self.activity.move_to(event.at);
        match &event.kind {
            EventKind::Asked { request, wanted } => {
                let key = wanted.key.clone();
                let is_write = wanted.action.is_write();
                let acknowledged = self.acknowledged.get(&key).filter(|_| !is_write).cloned();
                let keeps_siblings = wanted.context.is_some();
                self.activity.asked(&key);
                self.open.insert(*request, Open { key, is_write, keeps_siblings, acknowledged });
            }
            EventKind::Answered { request, answer, took, .. } => {
                if let Some(open) = self.open.remove(*request) {
                    self.answered(*request, &open, answer, *took);
                }
            }
            EventKind::Delivered {
                kind: MessageKind::Read | MessageKind::Query,
                to: Address::Node(node),
                ..
            } => {
                self.read_at(*node);
            }
            EventKind::Noted { node, note } => self.noted(*node, note),
            EventKind::Commanded(Command::StartWorkload(_)) => {
                self.activity.workload_begins(event.at);
            }
            EventKind::WorkloadEnded { .. } => self.activity.workload_ends(),
            _ => {}
        }
    }

    /// Whether this read's answer was stale; of the latest ones, not of all.
    pub fn is_stale(&self, request: RequestId) -> bool {
        self.latest_stale.contains(&request)
    }

    /// What each node did, by node number, as far as any did anything.
    pub fn nodes(&self) -> &[NodeWork] {
        &self.nodes
    }

    /// What it did of late.
    pub fn activity(&self) -> &Activity {
        &self.activity
    }

    /// What came since an earlier state of the same run.
    pub fn since(&self, earlier: &Metrics) -> Metrics {
        let outcomes = |now: &Outcomes, before: &Outcomes| Outcomes {
            latency: now.latency.since(&before.latency),
            failed: now.failed.saturating_sub(before.failed),
        };
        let mut since = Metrics {
            reads: outcomes(&self.reads, &earlier.reads),
            writes: outcomes(&self.writes, &earlier.writes),
            stale: self.stale.saturating_sub(earlier.stale),
            ..self.clone()
        };
        for (node, before) in since.nodes.iter_mut().zip(&earlier.nodes) {
            node.coordinated = node.coordinated.saturating_sub(before.coordinated);
            node.writes = node.writes.saturating_sub(before.writes);
            node.reads = node.reads.saturating_sub(before.reads);
        }
        since
    }

    fn answered(&mut self, request: RequestId, open: &Open, answer: &Answer, took: Duration) {
        let outcomes = if open.is_write { &mut self.writes } else { &mut self.reads };
        let is_done = !matches!(answer, Answer::Failed(_));
        self.activity.answered(is_done.then_some(took));
        if !is_done {
            outcomes.failed += 1;
            return;
        }
        outcomes.latency.record(took);
        match answer {
            Answer::Written { stamp } | Answer::Changed { stamp, .. } => {
                self.acknowledged.acknowledge(&open.key, *stamp, open.keeps_siblings);
            }
            _ => {
                let expected = open.acknowledged.as_ref();
                let is_stale = expected.is_some_and(|expected| lacks(answer, expected));
                if is_stale {
                    self.stale += 1;
                    self.latest_stale.truncate(STALE_KEPT - 1);
                    self.latest_stale.insert(0, request);
                }
            }
        }
    }

    fn noted(&mut self, node: NodeId, note: &Note) {
        match note {
            Note::Coordinates { request, owners, .. }
            | Note::AsksForParts { request, owners, .. } => {
                let is_read = self.open.get(*request).is_some_and(|open| !open.is_write);
                self.work(node).coordinated += 1;
                // What it has itself it looks up without a message.
                if is_read && owners.contains(&node) {
                    self.read_at(node);
                }
            }
            Note::Applied { cause: Cause::Write | Cause::Round, .. }
            | Note::KeepsHint { request: Some(_), .. } => {
                self.work(node).writes += 1;
                self.activity.served(node);
            }
            Note::Collected { key, stamp } => self.acknowledged.collect(key, *stamp),
            _ => {}
        }
    }

    fn read_at(&mut self, node: NodeId) {
        self.work(node).reads += 1;
        self.activity.served(node);
    }

    fn work(&mut self, node: NodeId) -> &mut NodeWork {
        if self.nodes.len() <= node.index() {
            self.nodes.resize(node.index() + 1, NodeWork::default());
        }
        &mut self.nodes[node.index()]
    }
}

/// Whether a successful answer to a read lacks what was acknowledged.
fn lacks(answer: &Answer, expected: &Newest) -> bool {
    match (answer, &expected.writes) {
        (Answer::Siblings { context, .. }, Some(writes)) => {
            let mut both = Context::clone(context);
            both.join(writes);
            both != **context
        }
        (Answer::Read { stamp, .. }, _) => *stamp < Some(expected.stamp),
        _ => false,
    }
}
