//! Snapshots in a storage of texts, such as localStorage.
//!
//! Each snapshot has two keys of its own, and no key is shared: what two tabs do at once to two
//! snapshots is done, in whatever order it arrives. The index is the keys below `ringscope/index/`:
//! small, and all that the list reads. Should one be lost or damaged, its snapshot tells the same.
//!
//! ```text
//!   put      snapshot/ID written, read back ─▶ index/ID written      else what was written goes
//!   rename   index/ID written
//!   delete   snapshot/ID removed ─▶ index/ID removed                 without the first, it is gone
//! ```
//!
//! Earlier versions of the page kept snapshots in base64, and one index for all: those are listed,
//! read and deleted, but never written.
//!
//! Caveat: a name given later stands in the index only; without its key a snapshot has its first
//! name again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;

use super::entry::About;
use super::{Listed, Room, SnapshotEntry, SnapshotStore, gone, newest_first, packed};
use crate::base::{Digest, Error, Result, VirtualTime};

/// A storage of texts, which can be full.
pub trait TextStorage {
    fn keys(&self) -> Vec<String>;

    fn read(&self, key: &str) -> Option<String>;

    /// How many UTF-16 units are under a key.
    fn units(&self, key: &str) -> usize;

    /// # Errors
    /// If there is no room. Then what was there is there still.
    fn write(&mut self, key: &str, text: &str) -> Result<()>;

    fn remove(&mut self, key: &str);
}

const INDEX: &str = "ringscope/index/";
const BODY: &str = "ringscope/snapshot/";
/// The one index of earlier versions.
const EARLIER_INDEX: &str = "ringscope/snapshots";

fn index_key(id: &str) -> String {
    format!("{INDEX}{id}")
}

fn body_key(id: &str) -> String {
    format!("{BODY}{id}")
}

/// How many units a snapshot of so many bytes takes, keys included.
pub fn weight(entry: &SnapshotEntry, bytes: usize) -> usize {
    let twice = entry.to_text().chars().count() + entry.id.len();
    packed::units(bytes) + INDEX.len() + BODY.len() + 2 * twice
}

/// Keeps snapshots in a [`TextStorage`].
pub struct TextStore<S> {
    pub(super) storage: S,
}

impl<S: TextStorage> TextStore<S> {
    pub fn new(storage: S) -> Self {
        Self { storage }
    }

    fn write_checked(&mut self, key: &str, text: &str) -> Result<()> {
        self.storage.write(key, text)?;
        match self.storage.read(key).as_deref() == Some(text) {
            true => Ok(()),
            false => Err(Error::refused(
                "the browser did not keep what was written to its storage: save it to a file instead",
            )),
        }
    }

    /// What there is to say about a snapshot whose key was found.
    fn entry(&self, id: &str, earlier: &[Earlier]) -> Option<SnapshotEntry> {
        let indexed = self.storage.read(&index_key(id));
        indexed.and_then(|text| SnapshotEntry::read(&mut text.chars(), id)).or_else(|| {
            if let Some(known) = earlier.iter().find(|earlier| earlier.id == id) {
                return Some(known.entry());
            }
            let text = self.storage.read(&body_key(id))?;
            SnapshotEntry::read(&mut text.chars(), id)
        })
    }

    fn earlier(&self) -> Vec<Earlier> {
        let bytes = self.storage.read(EARLIER_INDEX).and_then(|text| BASE64.decode(text).ok());
        bytes.and_then(|bytes| postcard::from_bytes(&bytes).ok()).unwrap_or_default()
    }

    /// Removes what the index has of snapshots that are gone.
    fn sweep(&mut self) {
        let keys = self.storage.keys();
        let is_orphan = |id: &&str| !keys.iter().any(|key| key.strip_prefix(BODY) == Some(*id));
        for id in keys.iter().filter_map(|key| key.strip_prefix(INDEX)).filter(is_orphan) {
            self.storage.remove(&index_key(id));
        }
    }
}

impl<S: TextStorage> SnapshotStore for TextStore<S> {
    fn list(&self) -> Listed {
        let (earlier, keys) = (self.earlier(), self.storage.keys());
        let (mut entries, mut strangers, mut room) = (Vec::new(), Vec::new(), Room::default());
        for key in &keys {
            let units = key.encode_utf16().count() + self.storage.units(key);
            room.used += units;
            let Some(id) = key.strip_prefix(BODY) else { continue };
            match self.entry(id, &earlier) {
                Some(mut entry) => {
                    let index = match self.storage.units(&index_key(id)) {
                        0 => 0,
                        text => INDEX.len() + id.len() + text,
                    };
                    entry.units = units + index;
                    room.ours += entry.units;
                    entries.push(entry);
                }
                None => strangers.push(key.clone()),
            }
        }
        Listed { entries: newest_first(entries), strangers, room: Some(room), notice: None }
    }

    fn put(&mut self, entry: &SnapshotEntry, bytes: &[u8]) -> Result<()> {
        let (key, head) = (body_key(&entry.id), entry.to_text());
        let mut text = head.clone();
        packed::pack(bytes, &mut text);
        let kept = self
            .write_checked(&key, &text)
            .and_then(|()| self.write_checked(&index_key(&entry.id), &head));
        match kept {
            Ok(()) => self.sweep(),
            Err(_) => {
                self.storage.remove(&key);
                self.storage.remove(&index_key(&entry.id));
            }
        }
        kept
    }

    fn get(&self, id: &str) -> Result<Vec<u8>> {
        let text = self.storage.read(&body_key(id)).ok_or_else(gone)?;
        let bytes = match text.is_ascii() {
            true => BASE64.decode(&text).ok(),
            false => {
                let mut rest = text.chars();
                // What it says about itself; the index may say it with another name.
                let head = packed::unpack(&mut rest);
                head.and_then(|_| packed::unpack_whole(rest.as_str()))
            }
        };
        bytes.ok_or_else(|| {
            Error::damaged(
                "this snapshot is damaged: something has changed it in the browser's storage. It \
                 stays there as it is, and nothing else was changed",
            )
        })
    }

    fn rename(&mut self, id: &str, name: &str) -> Result<()> {
        if self.storage.units(&body_key(id)) == 0 {
            return Err(gone());
        }
        let mut entry = self.entry(id, &self.earlier()).ok_or_else(gone)?;
        entry.name = name.to_owned();
        self.storage.write(&index_key(id), &entry.to_text())
    }

    fn delete(&mut self, id: &str) -> Result<()> {
        let key = body_key(id);
        if self.storage.units(&key) == 0 {
            return Err(gone());
        }
        self.storage.remove(&key);
        self.sweep();
        Ok(())
    }
}

/// An entry as earlier versions of the page wrote it.
#[derive(Deserialize)]
struct Earlier {
    id: String,
    name: String,
    taken_ms: u64,
    bytes: usize,
    at: VirtualTime,
    _nodes: u16,
    items: usize,
    state_digest: Digest,
    trace_digest: Digest,
}

impl Earlier {
    fn entry(&self) -> SnapshotEntry {
        SnapshotEntry {
            id: self.id.clone(),
            units: 0,
            name: self.name.clone(),
            taken_ms: self.taken_ms,
            bytes: self.bytes,
            by_schedule: false,
            about: About {
                at: self.at,
                items: self.items,
                state_digest: self.state_digest,
                trace_digest: self.trace_digest,
                quorum: [0; 3],
                branch: String::new(),
                after: String::new(),
                seats: Vec::new(),
            },
        }
    }
}
