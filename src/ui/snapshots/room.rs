//! How full the browser's storage for this site is, and what would have to go for a new snapshot.

use super::SnapshotEntry;
use crate::base::{heap_sort, tenths};

/// What localStorage holds for one site, in UTF-16 units, keys included.
pub const QUOTA: usize = 5 << 20;

/// How full a storage is, in units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Of everything that the site keeps there.
    pub used: usize,
    /// Of snapshots, this page's and those of other tabs.
    pub ours: usize,
}

impl Room {
    /// How many units are missing for so many more.
    pub fn lacks(self, units: usize) -> usize {
        (self.used + units).saturating_sub(QUOTA)
    }
}

/// So many units as a part of all that there is, in words.
pub fn percent(units: usize) -> String {
    tenths(units as f64 * 100.0 / QUOTA as f64) + "%"
}

/// Which snapshots would have to go so that `lacks` more units are free: as old ones as possible, and
/// none that would not help. None if all of them together are not enough.
pub fn to_go(entries: &[SnapshotEntry], lacks: usize) -> Option<Vec<String>> {
    let mut oldest_first: Vec<&SnapshotEntry> = entries.iter().collect();
    heap_sort(&mut oldest_first, |a, b| (a.taken_ms, &a.id).cmp(&(b.taken_ms, &b.id)));
    let (mut go, mut freed): (Vec<&SnapshotEntry>, usize) = (Vec::new(), 0);
    for entry in oldest_first {
        if freed >= lacks {
            break;
        }
        freed += entry.units;
        go.push(entry);
    }
    if freed < lacks {
        return None;
    }
    // A large one that came last may have made smaller ones needless: the newest of those stay.
    for at in (0..go.len()).rev() {
        let without = freed - go[at].units;
        if without >= lacks {
            freed = without;
            go.remove(at);
        }
    }
    Some(go.iter().map(|entry| entry.id.clone()).collect())
}
