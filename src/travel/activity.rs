//! What a cluster did of late, and over the last minute: requests, latencies, failures, and how much
//! each node served. The lines of charts over virtual time.
//!
//! ```text
//!   slots of ¼ s    … ▁▂▂▃ ▃▂▂▁ ▅▅▄▄ ▆▇▆▇|▃        one minute of them, and the one that is open
//!                                └───────┘
//!                                of late: the last second, and what is open
//! ```
//!
//! When a workload begins and no other goes on, it begins anew: what was done before, such as loading
//! data, says nothing about it.
//!
//! Caveat: a request is counted where it was asked, and again where it was answered.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Histogram;
use super::hottest::Hottest;
use crate::base::{Duration, NodeId, VirtualTime};
use crate::storage::ItemKey;

const SLOT: Duration = Activity::SLOT;
/// Slots to a second, the one over which rates are told.
const OF_LATE: u64 = 4;
/// What is counted in less time is told as if it had been this much.
const LEAST: Duration = Duration::from_ms(100);
/// Slots that are kept.
const KEPT: u64 = 240;

/// What was counted in some time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    pub asked: u32,
    /// How long the successful answers took.
    pub latency: Histogram,
    pub failed: u32,
    /// By node: reads and writes that it served as a replica.
    pub served: Vec<u32>,
}

impl Slot {
    fn add(&mut self, other: &Slot) {
        self.asked += other.asked;
        self.failed += other.failed;
        self.latency.add(&other.latency);
        self.served.resize(self.served.len().max(other.served.len()), 0);
        self.served.iter_mut().zip(&other.served).for_each(|(all, more)| *all += more);
    }
}

/// The last minute of a run, in slots.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    /// Those that are over, one after the other without gaps. Shared: they change no more.
    past: VecDeque<Arc<Slot>>,
    open: Slot,
    /// The number of the open one, counted from the start of virtual time.
    number: u64,
    /// Nothing before is counted; none if no workload was seen to begin.
    since: Option<VirtualTime>,
    /// Workloads that go on, as far as their beginning was seen.
    workloads: u32,
    hottest: Hottest,
}

impl Activity {
    /// How long a slot is.
    pub const SLOT: Duration = Duration::from_ms(250);

    /// Opens the slot that an instant is in.
    pub(super) fn move_to(&mut self, now: VirtualTime) {
        let number = now.0 / SLOT.0;
        if number <= self.number {
            return;
        }
        let silent = (number - self.number - 1).min(KEPT);
        self.past.push_back(Arc::new(std::mem::take(&mut self.open)));
        self.past.extend(std::iter::repeat_n(Arc::default(), silent as usize));
        self.past.drain(..self.past.len().saturating_sub(KEPT as usize));
        if self.number / OF_LATE < number / OF_LATE {
            self.hottest.fade((number / OF_LATE - self.number / OF_LATE) as u32);
        }
        self.number = number;
    }

    pub(super) fn workload_begins(&mut self, now: VirtualTime) {
        if self.workloads == 0 {
            *self = Self { number: self.number, since: Some(now), ..Self::default() };
        }
        self.workloads += 1;
    }

    pub(super) fn workload_ends(&mut self) {
        self.workloads = self.workloads.saturating_sub(1);
    }

    pub(super) fn asked(&mut self, key: &ItemKey) {
        self.open.asked += 1;
        self.hottest.count(key);
    }

    pub(super) fn answered(&mut self, took: Option<Duration>) {
        match took {
            Some(took) => self.open.latency.record(took),
            None => self.open.failed += 1,
        }
    }

    pub(super) fn served(&mut self, node: NodeId) {
        let served = &mut self.open.served;
        if served.len() <= node.index() {
            served.resize(node.index() + 1, 0);
        }
        served[node.index()] += 1;
    }

    /// Whether a workload was seen to begin.
    pub fn has_begun(&self) -> bool {
        self.since.is_some()
    }

    /// What was counted of late, and in how much time.
    pub fn of_late(&self, now: VirtualTime) -> (Slot, Duration) {
        let present = now.0 / SLOT.0;
        self.second_to(present, now)
    }

    /// The same for every slot of the last minute, the oldest first.
    pub fn minute(&self, now: VirtualTime) -> Vec<(Slot, Duration)> {
        let present = now.0 / SLOT.0;
        let begun = self.since.unwrap_or_default().0 / SLOT.0;
        let first = present.saturating_sub(KEPT - OF_LATE).max(begun);
        let ends = |number: u64| VirtualTime((number + 1) * SLOT.0).min(now);
        (first..=present).map(|number| self.second_to(number, ends(number))).collect()
    }

    /// What was counted in the second before a slot, and in that slot until an instant.
    fn second_to(&self, last: u64, end: VirtualTime) -> (Slot, Duration) {
        let first = last.saturating_sub(OF_LATE);
        let mut all = Slot::default();
        (first..=last).filter_map(|number| self.slot(number)).for_each(|slot| all.add(slot));
        let begin = VirtualTime(first * SLOT.0).max(self.since.unwrap_or_default());
        (all, end.since(begin).max(LEAST))
    }

    /// A slot by its number, if it is kept and not empty.
    fn slot(&self, number: u64) -> Option<&Slot> {
        match self.number.checked_sub(number)? {
            0 => Some(&self.open),
            ago => {
                let at = self.past.len().checked_sub(usize::try_from(ago).ok()?)?;
                Some(&self.past[at])
            }
        }
    }

    /// The items of which most was asked of late, and their shares of all requests in percent.
    pub fn hottest(&self) -> Vec<(&ItemKey, f64)> {
        self.hottest.shares()
    }
}
