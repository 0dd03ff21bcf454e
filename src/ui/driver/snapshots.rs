//! Snapshots: from the stage to the store, and back.

use std::rc::Rc;

use super::super::browser;
use super::super::snapshots::SnapshotEntry;
use super::Driver;
use crate::base::{Error, Result};
use crate::sim::World;

impl Driver {
    /// The store has changed, here or in another tab.
    pub fn look_into_store(self: &Rc<Self>) {
        *self.kept.borrow_mut() = self.store.borrow().list();
        self.changed();
    }

    /// Takes a snapshot and keeps it.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn take_snapshot(self: &Rc<Self>, name: &str) -> Result<SnapshotEntry> {
        let (bytes, summary) = {
            let stage = self.stage.borrow();
            stage.world().snapshot_and_summary()
        };
        let entry = self.entry(name, &bytes, summary);
        self.store.borrow_mut().put(entry.clone(), &bytes)?;
        self.look_into_store();
        Ok(entry)
    }

    fn entry(&self, name: &str, bytes: &[u8], summary: crate::sim::Summary) -> SnapshotEntry {
        let taken_ms = js_sys::Date::now() as u64;
        let count = self.kept.borrow().len();
        let name = match name.trim() {
            "" => format!("Snapshot {} at {}", count + 1, summary.at),
            name => name.to_owned(),
        };
        let id = format!("{taken_ms}-{}", summary.state_digest.short());
        SnapshotEntry { id, name, taken_ms, bytes: bytes.len(), summary }
    }

    /// Puts a kept snapshot on the stage. Returns what people should know, if that is its data alone.
    ///
    /// # Errors
    /// If it is gone, damaged, or not what its entry says.
    pub fn restore_snapshot(self: &Rc<Self>, entry: &SnapshotEntry) -> Result<Option<String>> {
        let bytes = self.store.borrow().get(&entry.id)?;
        let opened = World::open(&bytes)?;
        if opened.digest != entry.summary.state_digest {
            return Err(Error::damaged(
                "this snapshot does not restore to the state that it was taken of: nothing was \
                 changed",
            ));
        }
        let notice = opened.notice();
        self.stage.borrow_mut().replace(opened.world);
        self.changed();
        Ok(notice)
    }

    pub(super) fn restore_by_name(self: &Rc<Self>, name: &str) -> Result<()> {
        let entries = self.kept.borrow().clone();
        let entry = entries.iter().find(|entry| entry.name == name).ok_or_else(|| {
            Error::not_found(format!("there is no snapshot {name:?} in the list of snapshots"))
        })?;
        self.restore_snapshot(entry).map(drop)
    }

    /// # Errors
    /// If the storage refuses.
    pub fn rename_snapshot(self: &Rc<Self>, id: &str, name: &str) -> Result<()> {
        if name.trim().is_empty() {
            return Err(Error::invalid("a snapshot needs a name"));
        }
        self.store.borrow_mut().rename(id, name.trim())?;
        self.look_into_store();
        Ok(())
    }

    /// # Errors
    /// If the storage refuses.
    pub fn delete_snapshot(self: &Rc<Self>, id: &str) -> Result<()> {
        self.store.borrow_mut().delete(id)?;
        self.look_into_store();
        Ok(())
    }

    /// Saves a kept snapshot as a file.
    ///
    /// # Errors
    /// If it is gone, or the browser refuses.
    pub fn export_snapshot(&self, entry: &SnapshotEntry) -> Result<()> {
        let bytes = self.store.borrow().get(&entry.id)?;
        let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let name: String = entry.name.chars().map(plain).collect();
        browser::save_file(&format!("{name}.ringscope"), &bytes)
    }

    /// Keeps a snapshot that came from a file. Returns what people should know of it.
    ///
    /// # Errors
    /// If it is none, damaged, or there is no room.
    pub fn import_snapshot(self: &Rc<Self>, name: &str, bytes: &[u8]) -> Result<Option<String>> {
        let opened = World::open(bytes)?;
        let entry = self.entry(name.trim_end_matches(".ringscope"), bytes, opened.summary());
        self.store.borrow_mut().put(entry, bytes)?;
        self.look_into_store();
        Ok(opened.notice())
    }
}
