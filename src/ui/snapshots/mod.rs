//! Where snapshots are kept: behind one trait, because a page may be denied all storage, and because
//! what there is may be full, damaged, or changed by another tab.
//!
//! ```text
//!   Driver ──▶ SnapshotStore ┬─ MemoryStore            until the tab closes
//!                            └─ TextStore ─ TextStorage
//!                                 │           └─ localStorage, or its twin in tests
//!                                 ├ ringscope/index/ID      what the list says about one: small
//!                                 └ ringscope/snapshot/ID   the same, and the snapshot itself
//! ```
//!
//! | module | what it is |
//! |---|---|
//! | [`entry`] | what the list says about a snapshot, and how that is written down |
//! | [`packed`] | bytes as text, 15 bits a UTF-16 unit |
//! | [`text_store`] | snapshots in a storage of texts |
//! | [`room`] | what would have to go for a new one |
//! | [`picture`] | the cluster as it was, in a few bytes |
//! | [`shelf`] | what the page shows of all this |

pub mod entry;
pub mod packed;
pub mod picture;
pub mod room;
pub mod shelf;
pub mod text_store;

pub use entry::{SnapshotEntry, ago};
pub use picture::{Seat, SeatState};
pub use room::{QUOTA, Room, percent, to_go};
pub use shelf::{Homeless, Scheduled, Shelf};
pub use text_store::{TextStorage, TextStore, weight};

use crate::base::{Error, Result, heap_sort};

/// What a place keeps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// All entries, newest first.
    pub entries: Vec<SnapshotEntry>,
    /// Keys in a snapshot's place under which something else is. It is left as it is.
    pub strangers: Vec<String>,
    /// How full the place is; none if that is no matter.
    pub room: Option<Room>,
    /// What the reader should know about this place; none if snapshots simply last.
    pub notice: Option<String>,
}

/// A place that keeps snapshots. Every change is whole or not at all.
pub trait SnapshotStore {
    fn list(&self) -> Listed;

    /// Keeps a snapshot: written and read back before it is listed.
    ///
    /// # Errors
    /// If there is no room, or the place refuses. Then nothing has changed.
    fn put(&mut self, entry: &SnapshotEntry, bytes: &[u8]) -> Result<()>;

    /// The bytes of a snapshot.
    ///
    /// # Errors
    /// If it is not there any more, or damaged.
    fn get(&self, id: &str) -> Result<Vec<u8>>;

    /// # Errors
    /// If the place refuses. Then nothing has changed.
    fn rename(&mut self, id: &str, name: &str) -> Result<()>;

    /// # Errors
    /// If it is not there any more.
    fn delete(&mut self, id: &str) -> Result<()>;
}

/// Keeps snapshots until the tab closes.
#[derive(Default)]
pub struct MemoryStore {
    snapshots: Vec<(SnapshotEntry, Vec<u8>)>,
}

impl MemoryStore {
    fn place_of(&self, id: &str) -> Result<usize> {
        self.snapshots.iter().position(|(entry, _)| entry.id == id).ok_or_else(gone)
    }
}

impl SnapshotStore for MemoryStore {
    fn list(&self) -> Listed {
        let notice = "This page may not store anything here (it is in a sandboxed frame, or the \
                      browser blocks it). Snapshots are kept until the tab closes: save those you want \
                      to keep to a file.";
        Listed {
            entries: newest_first(self.snapshots.iter().map(|(entry, _)| entry.clone()).collect()),
            notice: Some(notice.to_owned()),
            ..Listed::default()
        }
    }

    fn put(&mut self, entry: &SnapshotEntry, bytes: &[u8]) -> Result<()> {
        self.snapshots.retain(|(other, _)| other.id != entry.id);
        self.snapshots.push((entry.clone(), bytes.to_vec()));
        Ok(())
    }

    fn get(&self, id: &str) -> Result<Vec<u8>> {
        Ok(self.snapshots[self.place_of(id)?].1.clone())
    }

    fn rename(&mut self, id: &str, name: &str) -> Result<()> {
        let at = self.place_of(id)?;
        self.snapshots[at].0.name = name.to_owned();
        Ok(())
    }

    fn delete(&mut self, id: &str) -> Result<()> {
        self.snapshots.remove(self.place_of(id)?);
        Ok(())
    }
}

fn newest_first(mut entries: Vec<SnapshotEntry>) -> Vec<SnapshotEntry> {
    heap_sort(&mut entries, |a, b| (b.taken_ms, &b.id).cmp(&(a.taken_ms, &a.id)));
    entries
}

/// What is said about a snapshot that is missing.
pub fn gone() -> Error {
    Error::not_found(
        "this snapshot is not there any more: another tab may have deleted it. Nothing was changed",
    )
}

#[cfg(test)]
mod tests;
