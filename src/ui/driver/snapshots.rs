//! Snapshots: from the stage to the store, and back.
//!
//! Nothing that was taken is lost because something else fails: what finds no room waits in memory
//! until there is some, or until the reader lets it go; what was deleted can be put back while the
//! tab is open; and what makes room comes back if the room was not enough.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::super::browser;
use super::super::snapshots::entry::About;
use super::super::snapshots::{
    Homeless, Listed, Scheduled, Shelf, SnapshotEntry, SnapshotStore, gone, weight,
};
use super::Driver;
use crate::base::{Error, Result};
use crate::scenario::{Passing, Schedule, scheduled_name};
use crate::sim::World;

/// So many deleted snapshots can be put back, the latest first.
const PUT_BACK: usize = 8;
/// The schedule takes no more than one in so many milliseconds, however fast time passes.
const SCHEDULE_RESTS_MS: f64 = 1_000.0;

/// A snapshot in memory.
type Taken = (SnapshotEntry, Vec<u8>);

/// Where this tab's snapshots are, and what becomes of them.
pub(super) struct Snapshots {
    store: RefCell<Box<dyn SnapshotStore>>,
    /// What the store held when it was last looked into: reading it is not for every event.
    listed: RefCell<Listed>,
    /// What found no room and why, longest waiting first.
    homeless: RefCell<Vec<(Taken, String)>>,
    deleted: RefCell<Vec<Taken>>,
    schedule: RefCell<Option<Passing>>,
    /// Those of the schedule's own that may give way, oldest first.
    own: RefCell<Vec<String>>,
    paused: RefCell<Option<String>>,
    scheduled_ms: Cell<f64>,
    /// This tab, and how many it has taken: together they name a snapshot as no other tab does.
    tab: u32,
    taken: Cell<u32>,
    shelf: RefCell<Rc<Shelf>>,
}

impl Default for Snapshots {
    fn default() -> Self {
        let store = browser::snapshot_store();
        let listed = store.list();
        Self {
            shelf: RefCell::new(Rc::new(Shelf { listed: listed.clone(), ..Shelf::default() })),
            store: RefCell::new(store),
            listed: RefCell::new(listed),
            homeless: RefCell::default(),
            deleted: RefCell::default(),
            schedule: RefCell::default(),
            own: RefCell::default(),
            paused: RefCell::default(),
            scheduled_ms: Cell::new(f64::NEG_INFINITY),
            tab: (js_sys::Math::random() * f64::from(u32::MAX)) as u32,
            taken: Cell::new(0),
        }
    }
}

impl Snapshots {
    fn put(&self, (entry, bytes): &Taken) -> Result<()> {
        self.store.borrow_mut().put(entry, bytes)
    }

    /// Deletes a snapshot that could be put back.
    fn take_out(&self, id: &str) -> Result<Taken> {
        let bytes = self.store.borrow().get(id)?;
        let listed = self.store.borrow().list();
        let entry = listed.entries.into_iter().find(|entry| entry.id == id).ok_or_else(gone)?;
        self.store.borrow_mut().delete(id)?;
        Ok((entry, bytes))
    }

    /// Lets go of a snapshot, but for putting it back.
    fn forget(&self, taken: Taken) {
        let mut deleted = self.deleted.borrow_mut();
        deleted.push(taken);
        let too_many = deleted.len().saturating_sub(PUT_BACK);
        deleted.drain(..too_many);
    }

    /// How many units are missing for one more.
    fn lacks(&self, (entry, bytes): &Taken) -> usize {
        self.listed.borrow().room.map_or(0, |room| room.lacks(weight(entry, bytes.len())))
    }

    fn look(&self) {
        let listed = self.store.borrow().list();
        let is_there = |id: &String| listed.entries.iter().any(|entry| entry.id == *id);
        self.own.borrow_mut().retain(is_there);
        *self.listed.borrow_mut() = listed;
        let homeless = self.homeless.borrow();
        let first = homeless.first().map(|(taken, why)| Homeless {
            entry: taken.0.clone(),
            why: why.clone(),
            lacks: self.lacks(taken),
            behind: homeless.len() - 1,
        });
        let scheduled = self.schedule.borrow().map(|passing| Scheduled {
            schedule: passing.schedule,
            kept: self.own.borrow().len(),
            paused: self.paused.borrow().clone(),
        });
        self.shelf.replace(Rc::new(Shelf {
            listed: self.listed.borrow().clone(),
            homeless: first,
            deleted: self.deleted.borrow().last().map(|(entry, _)| entry.name.clone()),
            schedule: scheduled,
        }));
    }
}

impl Driver {
    pub(super) fn shelf(&self) -> Rc<Shelf> {
        Rc::clone(&self.snapshots.shelf.borrow())
    }

    /// The store has changed, here or in another tab.
    pub fn look_into_store(self: &Rc<Self>) {
        self.snapshots.look();
        self.changed();
    }

    fn of_stage(&self, name: &str) -> Taken {
        let stage = self.stage.borrow();
        let (bytes, summary) = stage.world().snapshot_and_summary();
        self.name(name, bytes, About::of(stage.history(), summary))
    }

    fn name(&self, name: &str, bytes: Vec<u8>, about: About) -> Taken {
        let listed = self.snapshots.listed.borrow();
        let taken_ms = js_sys::Date::now() as u64;
        let number = self.snapshots.taken.replace(self.snapshots.taken.get() + 1);
        let id = format!("{taken_ms}-{:x}-{number}", self.snapshots.tab);
        let name = match name.trim() {
            "" => (listed.entries.len() + 1..)
                .map(|number| format!("Snapshot {number}"))
                .find(|name| listed.entries.iter().all(|entry| entry.name != *name))
                .unwrap_or_default(),
            name => name.to_owned(),
        };
        let size = bytes.len();
        let entry =
            SnapshotEntry { id, units: 0, name, taken_ms, bytes: size, by_schedule: false, about };
        (entry, bytes)
    }

    /// Keeps what was taken; what finds no room waits.
    fn keep(self: &Rc<Self>, taken: Taken) -> Result<SnapshotEntry> {
        let kept = self.snapshots.put(&taken);
        let entry = taken.0.clone();
        if let Err(error) = &kept {
            self.snapshots.homeless.borrow_mut().push((taken, error.message.clone()));
        }
        self.look_into_store();
        kept.map(|()| entry).map_err(|error| {
            Error::refused(format!(
                "{}. The new snapshot waits in memory: the panel Snapshots says what would have to go",
                error.message
            ))
        })
    }

    /// Takes a snapshot and keeps it.
    ///
    /// # Errors
    /// If there is no room for it: then it waits in memory.
    pub fn take_snapshot(self: &Rc<Self>, name: &str) -> Result<SnapshotEntry> {
        self.keep(self.of_stage(name))
    }

    /// The bytes of a kept snapshot. If it is gone, the list has to know.
    fn kept_bytes(self: &Rc<Self>, id: &str) -> Result<Vec<u8>> {
        let bytes = self.snapshots.store.borrow().get(id);
        bytes.inspect_err(|_| self.look_into_store())
    }

    /// Puts a kept snapshot on the stage. The run before stays as a branch of its own. Returns what
    /// people should know, if that is its data alone.
    ///
    /// # Errors
    /// If it is gone, damaged, or not what its entry says.
    pub fn restore_snapshot(self: &Rc<Self>, entry: &SnapshotEntry) -> Result<Option<String>> {
        let bytes = self.kept_bytes(&entry.id)?;
        let opened = World::open(&bytes)?;
        if opened.digest != entry.about.state_digest {
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
        let entries = self.snapshots.listed.borrow().entries.clone();
        let entry = entries.iter().find(|entry| entry.name == name).ok_or_else(|| {
            Error::not_found(format!("there is no snapshot {name:?} in the list of snapshots"))
        })?;
        self.restore_snapshot(entry).map(drop)
    }

    /// Gives a snapshot another name. One that the schedule took is the reader's from then on, and
    /// does not give way any more.
    ///
    /// # Errors
    /// If the storage refuses.
    pub fn rename_snapshot(self: &Rc<Self>, id: &str, name: &str) -> Result<()> {
        if name.trim().is_empty() {
            return Err(Error::invalid("a snapshot needs a name"));
        }
        let renamed = self.snapshots.store.borrow_mut().rename(id, name.trim());
        if renamed.is_ok() {
            self.snapshots.own.borrow_mut().retain(|own| own != id);
        }
        self.look_into_store();
        renamed
    }

    /// Deletes a snapshot, which can be put back while the tab is open.
    ///
    /// # Errors
    /// If it is gone. One that cannot be read is deleted for good.
    pub fn delete_snapshot(self: &Rc<Self>, id: &str) -> Result<()> {
        let done = match self.snapshots.take_out(id) {
            Ok(taken) => {
                self.snapshots.forget(taken);
                Ok(())
            }
            Err(error) if error.kind == crate::base::ErrorKind::Damaged => {
                self.snapshots.store.borrow_mut().delete(id)
            }
            Err(error) => Err(error),
        };
        self.look_into_store();
        done
    }

    /// Puts the snapshot back that was deleted last.
    ///
    /// # Errors
    /// If there is no room for it any more: then it waits in memory.
    pub fn put_back(self: &Rc<Self>) -> Result<()> {
        let last = self.snapshots.deleted.borrow_mut().pop();
        last.map_or(Ok(()), |taken| self.keep(taken).map(drop))
    }

    /// Makes room for the snapshot that waits: deletes these, one after the other, only until it
    /// fits. If it does not fit in the end, all of them come back.
    ///
    /// # Errors
    /// If it does not fit. Then nothing has changed.
    pub fn make_room(self: &Rc<Self>, ids: &[String]) -> Result<()> {
        let Some((taken, _)) = self.snapshots.homeless.borrow().first().cloned() else {
            return Ok(());
        };
        let (mut out, mut kept) = (Vec::new(), self.snapshots.put(&taken));
        for id in ids {
            if kept.is_ok() {
                break;
            }
            // Another tab may have deleted it meanwhile: so much the better.
            out.extend(self.snapshots.take_out(id).ok());
            kept = self.snapshots.put(&taken);
        }
        match &kept {
            Ok(()) => drop(self.snapshots.homeless.borrow_mut().remove(0)),
            Err(_) => {
                for one in out {
                    if self.snapshots.put(&one).is_err() {
                        self.snapshots.forget(one);
                    }
                }
            }
        }
        self.look_into_store();
        kept
    }

    /// Lets the snapshot go that waits for room; it can be put back like one that was deleted.
    pub fn let_go(self: &Rc<Self>) {
        let mut homeless = self.snapshots.homeless.borrow_mut();
        if !homeless.is_empty() {
            let (taken, _) = homeless.remove(0);
            self.snapshots.forget(taken);
        }
        drop(homeless);
        self.look_into_store();
    }

    /// Saves a kept snapshot, or the one that waits, as a file; returns the file's name.
    ///
    /// # Errors
    /// If it is gone, or the browser refuses.
    pub fn export_snapshot(self: &Rc<Self>, entry: &SnapshotEntry) -> Result<String> {
        let bytes = {
            let waiting = self.snapshots.homeless.borrow();
            let waiting = waiting.iter().find(|((waits, _), _)| waits.id == entry.id);
            waiting.map(|((_, bytes), _)| bytes.clone())
        };
        let bytes = bytes.map_or_else(|| self.kept_bytes(&entry.id), Ok)?;
        let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let name: String = entry.name.chars().map(plain).collect();
        let name = format!("{name}.ringscope");
        browser::save_file(&name, &bytes).map(|()| name)
    }

    /// Keeps a snapshot that came from a file. Returns what people should know of it.
    ///
    /// # Errors
    /// If it is none, damaged, or there is no room.
    pub fn import_snapshot(self: &Rc<Self>, name: &str, bytes: &[u8]) -> Result<Option<String>> {
        let opened = World::open(bytes)?;
        let name = name.trim_end_matches(".ringscope");
        let about = About::of_world(&opened.world, opened.summary());
        self.keep(self.name(name, bytes.to_vec(), about))?;
        Ok(opened.notice())
    }

    /// Takes snapshots by this schedule from now on, or no more: those that an ended schedule took
    /// stay.
    pub(super) fn schedule(self: &Rc<Self>, schedule: Option<Schedule>) {
        let passing =
            schedule.map(|schedule| Passing::begin(schedule, self.stage.borrow().history()));
        if passing.is_none() {
            self.snapshots.own.borrow_mut().clear();
        }
        self.snapshots.schedule.replace(passing);
        self.snapshots.paused.replace(None);
        self.snapshots.look();
    }

    /// Takes a snapshot if the schedule wants one: looks at the world and changes nothing in it.
    pub(super) fn take_scheduled(self: &Rc<Self>) {
        let snapshots = &self.snapshots;
        let silent_ms = browser::clock_ms() - snapshots.scheduled_ms.get();
        if snapshots.schedule.borrow().is_none()
            || snapshots.paused.borrow().is_some()
            || silent_ms < SCHEDULE_RESTS_MS
        {
            return;
        }
        let due = {
            let (stage, listed) = (self.stage.borrow(), snapshots.listed.borrow());
            let has = |name: &str| listed.entries.iter().any(|entry| entry.name == name);
            let mut schedule = snapshots.schedule.borrow_mut();
            let passing = schedule.as_mut();
            passing
                .and_then(|passing| passing.due(stage.history()))
                .map(|due| scheduled_name(due, stage.history(), has))
        };
        let Some(name) = due else { return };
        let (mut entry, bytes) = self.of_stage(&name);
        entry.by_schedule = true;
        match snapshots.put(&(entry.clone(), bytes)) {
            Ok(()) => {
                snapshots.own.borrow_mut().push(entry.id);
                self.give_way();
            }
            Err(error) => drop(snapshots.paused.replace(Some(error.message))),
        }
        snapshots.scheduled_ms.set(browser::clock_ms());
        snapshots.look();
        self.is_news.set(true);
    }

    /// The oldest of the schedule's own give way to the newest.
    fn give_way(&self) {
        let Some(passing) = *self.snapshots.schedule.borrow() else { return };
        let mut own = self.snapshots.own.borrow_mut();
        let too_many = own.len().saturating_sub(passing.schedule.keep.into());
        for id in own.drain(..too_many) {
            // If it is gone already, another tab has deleted it.
            drop(self.snapshots.store.borrow_mut().delete(&id));
        }
    }
}
