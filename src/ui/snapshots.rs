//! Where snapshots are kept: behind one trait, because a page may be denied all storage.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use crate::base::{Error, Result, heap_sort};
use crate::sim::Summary;

/// What the list of snapshots says about one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SnapshotEntry {
    pub id: String,
    pub name: String,
    /// When it was taken, in milliseconds of the browser's clock.
    pub taken_ms: u64,
    /// Size of the snapshot in bytes.
    pub bytes: usize,
    pub summary: Summary,
}

/// A place that keeps snapshots. Every change is whole or not at all.
pub trait SnapshotStore {
    /// All entries, newest first.
    fn list(&self) -> Vec<SnapshotEntry>;

    /// Keeps a snapshot: written and read back before it is listed.
    ///
    /// # Errors
    /// If there is no room, or the place refuses. Then nothing has changed.
    fn put(&mut self, entry: SnapshotEntry, bytes: &[u8]) -> Result<()>;

    /// The bytes of a snapshot.
    ///
    /// # Errors
    /// If it is not there any more, or damaged.
    fn get(&self, id: &str) -> Result<Vec<u8>>;

    /// # Errors
    /// If the place refuses. Then nothing has changed.
    fn rename(&mut self, id: &str, name: &str) -> Result<()>;

    /// # Errors
    /// If the place refuses. Then nothing has changed.
    fn delete(&mut self, id: &str) -> Result<()>;

    /// What the reader should know about this place; none if snapshots simply last.
    fn notice(&self) -> Option<String>;
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
    fn list(&self) -> Vec<SnapshotEntry> {
        newest_first(self.snapshots.iter().map(|(entry, _)| entry.clone()).collect())
    }

    fn put(&mut self, entry: SnapshotEntry, bytes: &[u8]) -> Result<()> {
        self.snapshots.retain(|(other, _)| other.id != entry.id);
        self.snapshots.push((entry, bytes.to_vec()));
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

    fn notice(&self) -> Option<String> {
        Some(
            "This page may not store anything here (a sandboxed frame, or a private window). \
             Snapshots are kept until the tab closes: export those you want to keep to a file."
                .to_owned(),
        )
    }
}

/// A text that entries are kept under, and that can be full or denied: localStorage, or its twin in
/// tests.
pub trait TextStorage {
    fn read(&self, key: &str) -> Option<String>;

    /// # Errors
    /// If there is no room.
    fn write(&mut self, key: &str, text: &str) -> Result<()>;

    fn remove(&mut self, key: &str);
}

const INDEX_KEY: &str = "ringscope/snapshots";

fn body_key(id: &str) -> String {
    format!("ringscope/snapshot/{id}")
}

/// Keeps snapshots as base64 in a [`TextStorage`]: an index (in `postcard`'s encoding), and one entry a
/// snapshot.
///
/// The index is read anew before every change, because another tab may have changed it.
pub struct TextStore<S> {
    storage: S,
}

impl<S: TextStorage> TextStore<S> {
    pub fn new(storage: S) -> Self {
        Self { storage }
    }

    fn index(&self) -> Vec<SnapshotEntry> {
        let text = self.storage.read(INDEX_KEY).unwrap_or_default();
        let bytes = BASE64.decode(text).unwrap_or_default();
        postcard::from_bytes(&bytes).unwrap_or_default()
    }

    fn write_index(&mut self, index: &[SnapshotEntry]) -> Result<()> {
        let bytes = postcard::to_allocvec(index).expect("an index can be encoded");
        self.storage.write(INDEX_KEY, &BASE64.encode(bytes))
    }
}

impl<S: TextStorage> SnapshotStore for TextStore<S> {
    fn list(&self) -> Vec<SnapshotEntry> {
        newest_first(self.index())
    }

    fn put(&mut self, entry: SnapshotEntry, bytes: &[u8]) -> Result<()> {
        let text = BASE64.encode(bytes);
        let key = body_key(&entry.id);
        let written = self.storage.write(&key, &text);
        let kept = written.is_ok() && self.storage.read(&key).as_ref() == Some(&text);
        let mut index = self.index();
        index.retain(|other| other.id != entry.id);
        index.push(entry);
        let listed = match (written, kept) {
            (Ok(()), true) => self.write_index(&index),
            (Ok(()), false) => Err(Error::refused(
                "the browser did not keep what was written to its storage: export to a file instead",
            )),
            (Err(error), _) => Err(error),
        };
        if listed.is_err() {
            self.storage.remove(&key);
        }
        listed
    }

    fn get(&self, id: &str) -> Result<Vec<u8>> {
        let text = self.storage.read(&body_key(id)).ok_or_else(gone)?;
        BASE64
            .decode(text)
            .map_err(|_| Error::damaged("this snapshot was changed in the browser's storage"))
    }

    fn rename(&mut self, id: &str, name: &str) -> Result<()> {
        let mut index = self.index();
        let entry = index.iter_mut().find(|entry| entry.id == id).ok_or_else(gone)?;
        entry.name = name.to_owned();
        self.write_index(&index)
    }

    fn delete(&mut self, id: &str) -> Result<()> {
        let mut index = self.index();
        index.retain(|entry| entry.id != id);
        self.write_index(&index)?;
        self.storage.remove(&body_key(id));
        Ok(())
    }

    fn notice(&self) -> Option<String> {
        None
    }
}

fn newest_first(mut entries: Vec<SnapshotEntry>) -> Vec<SnapshotEntry> {
    heap_sort(&mut entries, |a, b| (b.taken_ms, &b.id).cmp(&(a.taken_ms, &a.id)));
    entries
}

fn gone() -> Error {
    Error::not_found("this snapshot is not there any more: another tab may have deleted it")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::sim::{ClusterConfig, World};

    /// A storage of limited room.
    struct Small {
        texts: BTreeMap<String, String>,
        room: usize,
    }

    impl TextStorage for Small {
        fn read(&self, key: &str) -> Option<String> {
            self.texts.get(key).cloned()
        }

        fn write(&mut self, key: &str, text: &str) -> Result<()> {
            let others: usize =
                self.texts.iter().filter(|(k, _)| *k != key).map(|(_, t)| t.len()).sum();
            if others + text.len() > self.room {
                return Err(Error::refused("full"));
            }
            self.texts.insert(key.to_owned(), text.to_owned());
            Ok(())
        }

        fn remove(&mut self, key: &str) {
            self.texts.remove(key);
        }
    }

    fn entry(id: &str, taken_ms: u64) -> (SnapshotEntry, Vec<u8>) {
        let world = World::new(ClusterConfig::default()).unwrap();
        let bytes = world.snapshot();
        let summary = world.summary();
        let name = format!("snapshot {id}");
        (SnapshotEntry { id: id.to_owned(), name, taken_ms, bytes: bytes.len(), summary }, bytes)
    }

    #[test]
    fn a_full_storage_refuses_and_keeps_what_it_had() {
        let mut store = TextStore::new(Small { texts: BTreeMap::new(), room: 4_500 });
        let (first, bytes) = entry("1", 1);
        store.put(first.clone(), &bytes).unwrap();
        let mut refused = false;
        for number in 2..10 {
            let (entry, bytes) = entry(&number.to_string(), number);
            refused |= store.put(entry, &bytes).is_err();
        }
        assert!(refused, "the storage never filled up");
        assert_eq!(store.get("1").unwrap(), bytes);
        for entry in store.list() {
            assert!(store.get(&entry.id).is_ok(), "{} is listed but not kept", entry.id);
        }
        let listed = store.list().len();
        assert_eq!(store.storage.texts.len(), listed + 1, "a refused snapshot left bytes behind");
    }

    #[test]
    fn both_stores_list_newest_first_rename_and_delete() {
        let small = Small { texts: BTreeMap::new(), room: 1 << 20 };
        let stores: [Box<dyn SnapshotStore>; 2] =
            [Box::new(MemoryStore::default()), Box::new(TextStore::new(small))];
        for mut store in stores {
            for (id, taken_ms) in [("a", 1), ("b", 3), ("c", 2)] {
                let (entry, bytes) = entry(id, taken_ms);
                store.put(entry, &bytes).unwrap();
            }
            store.rename("b", "the one").unwrap();
            store.delete("c").unwrap();
            let names: Vec<String> = store.list().into_iter().map(|entry| entry.name).collect();
            assert_eq!(names, ["the one", "snapshot a"]);
            assert!(store.get("c").is_err());
            assert!(World::restore(&store.get("a").unwrap()).is_ok());
        }
    }
}
