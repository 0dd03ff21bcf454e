//! A table's past, as one who sees all logs at once knows it: to look at before anything is restored,
//! at no cost in virtual time and without a message.
//!
//! ```text
//!   earliest                 t                         now
//!      ├──────────┬──────────┼────────┬────────────────┤
//!      k  v1      │v2        │        │v4                   as of t: v2
//!      l          │          │        │v1                   as of t: not there yet
//! ```
//!
//! Caveats: a restore asks a quorum, this asks everybody. They differ in writes that were never
//! acknowledged, and where logs were lost with their disks. What a sweeper took away was there until it
//! had expired, by the attribute that the table has for that now.

use std::sync::Arc;

use super::World;
use crate::base::{VirtualTime, heap_sort};
use crate::data::{Expiry, Item, Key, TableSchema};
use crate::expiry::{is_expired, just_above};
use crate::storage::{ItemKey, Version};

const SECOND_US: u64 = 1_000_000;

/// An item from an instant on; none if it was not there.
pub type Turn = (VirtualTime, Option<Arc<Item>>);

/// What became of one item, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    pub key: Key,
    pub turns: Vec<Turn>,
}

impl Life {
    /// How it was at an instant, everything included that was written then.
    pub fn at(&self, at: VirtualTime) -> Option<&Arc<Item>> {
        self.turns.iter().rfind(|(since, _)| *since <= at)?.1.as_ref()
    }

    pub fn now(&self) -> Option<&Arc<Item>> {
        self.turns.last()?.1.as_ref()
    }
}

/// What a table was since an instant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TablePast {
    /// The first instant that it can be restored to.
    pub earliest: VirtualTime,
    /// Items that have been there, as they are, since then.
    pub steady: usize,
    /// All others, in the order of the ring.
    pub lives: Vec<Life>,
}

impl TablePast {
    /// When something changed, each instant once, earliest first.
    pub fn changes(&self) -> Vec<VirtualTime> {
        let turns = self.lives.iter().flat_map(|life| &life.turns);
        let mut all: Vec<_> =
            turns.map(|(since, _)| *since).filter(|since| *since > self.earliest).collect();
        heap_sort(&mut all, Ord::cmp);
        all.dedup();
        all
    }

    /// How many items there were at an instant.
    pub fn items_at(&self, at: VirtualTime) -> usize {
        self.steady + self.lives.iter().filter(|life| life.at(at).is_some()).count()
    }
}

impl World {
    /// What a table was since it can be restored; none if its continuous backups are off.
    pub fn past_of(&self, schema: &TableSchema) -> Option<TablePast> {
        let earliest = self.earliest_restorable(schema)?;
        let held = self.stored().filter(|(_, key, _)| *key.table() == schema.name);
        let held = held.map(|(_, key, held)| (key, held.newest()));
        let stores = self.stores_in_use();
        let past = stores.flat_map(|store| store.changes().of_table(&schema.name));
        let mut known: Vec<(&ItemKey, &Version)> = held.chain(past).collect();
        heap_sort(&mut known, |(a, one), (b, other)| (a, one.stamp).cmp(&(b, other.stamp)));
        known.dedup_by(|(a, one), (b, other)| a == b && one.stamp == other.stamp);
        let mut past = TablePast { earliest, ..TablePast::default() };
        for of_one in known.chunk_by(|(a, _), (b, _)| a == b) {
            let key = of_one[0].0.key();
            let life =
                Life { key: key.clone(), turns: turns(of_one, schema.expiry.as_ref(), self.now()) };
            let is_steady = life.turns.last().is_none_or(|(since, _)| *since <= earliest);
            match (is_steady, life.now()) {
                (true, Some(_)) => past.steady += 1,
                (true, None) => {}
                (false, _) => past.lives.push(life),
            }
        }
        Some(past)
    }
}

/// What the versions of an item, in the order of their stamps, made of it.
fn turns(
    versions: &[(&ItemKey, &Version)],
    expiry: Option<&Expiry>,
    now: VirtualTime,
) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::with_capacity(versions.len());
    for (at, (_, version)) in versions.iter().enumerate() {
        let written = VirtualTime(version.stamp.time.clock_us());
        let before = at.checked_sub(1).map(|at| versions[at].1);
        let swept = before.filter(|it| just_above(it.stamp) == version.stamp);
        let since = match (expiry, swept.and_then(|it| it.item.as_ref())) {
            (Some(expiry), Some(item)) => expired(expiry, item, written, now),
            _ => written,
        };
        // A sweep counts later than it is stamped: what was written in between came before it.
        if versions.get(at + 1).is_none_or(|(_, next)| since.0 <= next.stamp.time.clock_us()) {
            turns.push((since, version.item.clone()));
        }
    }
    turns
}

/// When an item expired that was written at one instant and is expired at another: at a whole second.
fn expired(expiry: &Expiry, item: &Item, written: VirtualTime, now: VirtualTime) -> VirtualTime {
    let second = |s: u64| VirtualTime(s * SECOND_US);
    let (mut before, mut after) = (written.0 / SECOND_US, now.0 / SECOND_US + 1);
    // Its second is a number of up to 38 digits: looking for it is less code than reading it.
    while after - before > 1 {
        let middle = before.midpoint(after);
        match is_expired(expiry, item, second(middle)) {
            true => after = middle,
            false => before = middle,
        }
    }
    second(after).min(now).max(written)
}
