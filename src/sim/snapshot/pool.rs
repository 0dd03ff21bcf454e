//! Every version once, however many places have it.
//!
//! ```text
//!   A holds   k1 v7 ─┐                    0  k1 v7      A: 0, 2    B: 0    hint: 0
//!   B holds   k1 v7 ─┼──▶ merged by key ▶ 1  k1 v3      past: 1
//!   past      k1 v3 ─┘    newest first    2  k2 v1
//! ```
//!
//! Places keep their versions in the order of the ring already. So they are merged rather than sorted,
//! and each place learns its numbers on the way.
//!
//! A backup's row is an item without a stamp. It shares a version of its key that has this very item;
//! where none is left, it is kept as a version with an *empty stamp*, which no write ever has.

use std::cmp::Ordering;

use crate::base::{Incarnation, NodeId};
use crate::causality::{Dot, HybridTime, Stamp};
use crate::storage::{ItemKey, Version};

/// What only backups have left is kept under this stamp. (Counters begin at 1.)
pub(super) fn empty_stamp() -> Stamp {
    let dot = Dot { node: NodeId(0), incarnation: Incarnation(0), counter: 0 };
    Stamp { time: HybridTime::default(), dot }
}

/// A version, and where it is.
#[derive(Clone, Copy)]
struct Entry<'a> {
    key: &'a ItemKey,
    version: &'a Version,
    place: u32,
}

impl Entry<'_> {
    fn order(&self, other: &Self) -> Ordering {
        self.key.cmp(other.key).then_with(|| other.version.stamp.cmp(&self.version.stamp))
    }
}

/// Versions of many places.
#[derive(Default)]
pub(super) struct Pool<'a> {
    places: Vec<Vec<Entry<'a>>>,
}

/// Each once, by key and the newest first; and which of them each place has, ascending.
pub(super) type Settled<'a> = (Vec<(&'a ItemKey, &'a Version)>, Vec<Vec<u32>>);

impl<'a> Pool<'a> {
    /// Takes in what the next place has: by key, and of each key the newest first.
    pub fn add(&mut self, versions: impl Iterator<Item = (&'a ItemKey, &'a Version)>) {
        let place = self.places.len() as u32;
        let entries = versions.map(|(key, version)| Entry { key, version, place });
        self.places.push(entries.collect());
    }

    pub fn settle(self) -> Settled<'a> {
        let mut places: Vec<Vec<u32>> =
            self.places.iter().map(|entries| Vec::with_capacity(entries.len())).collect();
        let mut all: Vec<(&ItemKey, &Version)> = Vec::new();
        let mut begin = 0;
        for entry in merged(self.places) {
            if all.last().is_some_and(|(key, _)| *key != entry.key) {
                begin = all.len();
            }
            let stamp = entry.version.stamp;
            let is_row = stamp == empty_stamp();
            let alike = all[begin..].iter().rev().take_while(|(_, it)| is_row || it.stamp == stamp);
            let place = alike.enumerate().find(|(_, (_, it))| match is_row {
                true => it.item == entry.version.item,
                false => *it == entry.version,
            });
            let number = match place {
                Some((back, _)) => all.len() - 1 - back,
                None => {
                    all.push((entry.key, entry.version));
                    all.len() - 1
                }
            };
            places[entry.place as usize].push(number as u32);
        }
        (all, places)
    }
}

/// All entries in order, from places that are in order.
fn merged(mut places: Vec<Vec<Entry<'_>>>) -> Vec<Entry<'_>> {
    while places.len() > 1 {
        let mut rest = places.into_iter();
        let mut next = Vec::with_capacity(rest.len() / 2 + 1);
        while let Some(one) = rest.next() {
            next.push(match rest.next() {
                Some(other) => merge(one, other),
                None => one,
            });
        }
        places = next;
    }
    places.pop().unwrap_or_default()
}

fn merge<'a>(one: Vec<Entry<'a>>, other: Vec<Entry<'a>>) -> Vec<Entry<'a>> {
    if one.is_empty() || other.is_empty() {
        return if one.is_empty() { other } else { one };
    }
    let mut both = Vec::with_capacity(one.len() + other.len());
    let mut others = other.into_iter().peekable();
    for entry in one {
        while let Some(earlier) = others.next_if(|other| other.order(&entry).is_lt()) {
            both.push(earlier);
        }
        both.push(entry);
    }
    both.extend(others);
    both
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Item, Key, TableName};
    use std::sync::Arc;

    fn key(name: &str) -> ItemKey {
        ItemKey::new(TableName::new("T").unwrap(), Key::from_text(name).unwrap())
    }

    fn version(at: u64) -> Version {
        let item: Item = [("at", (at as i64).into())].into_iter().collect();
        let dot = Dot { node: NodeId(0), incarnation: Incarnation(1), counter: 1 };
        let stamp = Stamp { time: HybridTime::of_clock(at), dot };
        Version { stamp, item: Some(Arc::new(item)), context: None }
    }

    #[test]
    fn places_share_versions_and_rows_share_their_items() {
        let mut keys = ["a", "b", "c"].map(key);
        keys.sort();
        let [one, two, three] = &keys;
        let (old, new) = (version(1), version(2));
        let row = |version: &Version| Version { stamp: empty_stamp(), ..version.clone() };
        let (known, lost) = (row(&old), row(&version(7)));
        let mut pool = Pool::default();
        pool.add([(one, &new), (two, &old)].into_iter());
        pool.add([(two, &new), (two, &old), (three, &new)].into_iter());
        pool.add([(one, &lost), (two, &known)].into_iter());
        pool.add([(one, &lost)].into_iter());
        pool.add([].into_iter());
        let (all, places) = pool.settle();
        let wanted = [(one, &new), (one, &lost), (two, &new), (two, &old), (three, &new)];
        assert_eq!(all, wanted);
        assert_eq!(places, [vec![0, 3], vec![2, 3, 4], vec![1, 3], vec![1], vec![]]);
    }
}
