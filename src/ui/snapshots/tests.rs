//! The places without a browser: full, damaged, shared, and written by earlier versions.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::entry::About;
use super::*;
use crate::sim::{ClusterConfig, World};

/// A storage of limited room, which several tabs share.
#[derive(Clone)]
struct Small {
    texts: Rc<RefCell<BTreeMap<String, String>>>,
    room: usize,
    /// Keeps the first half of what is written.
    halves: bool,
}

impl Small {
    fn of(room: usize) -> Self {
        Self { texts: Rc::default(), room, halves: false }
    }

    fn tab(&self) -> TextStore<Small> {
        TextStore::new(self.clone())
    }

    fn keys_below(&self, prefix: &str) -> usize {
        self.texts.borrow().keys().filter(|key| key.starts_with(prefix)).count()
    }
}

impl TextStorage for Small {
    fn keys(&self) -> Vec<String> {
        self.texts.borrow().keys().cloned().collect()
    }

    fn read(&self, key: &str) -> Option<String> {
        self.texts.borrow().get(key).cloned()
    }

    fn units(&self, key: &str) -> usize {
        self.read(key).map_or(0, |text| text.encode_utf16().count())
    }

    fn write(&mut self, key: &str, text: &str) -> Result<()> {
        let others: usize = self.keys().iter().filter(|k| *k != key).map(|k| self.units(k)).sum();
        if others + text.encode_utf16().count() > self.room {
            return Err(Error::refused("full"));
        }
        let kept: String = match self.halves {
            true => text.chars().take(text.chars().count() / 2).collect(),
            false => text.to_owned(),
        };
        self.texts.borrow_mut().insert(key.to_owned(), kept);
        Ok(())
    }

    fn remove(&mut self, key: &str) {
        self.texts.borrow_mut().remove(key);
    }
}

fn entry(id: &str, taken_ms: u64) -> (SnapshotEntry, Vec<u8>) {
    let world = World::new(ClusterConfig::default()).unwrap();
    let bytes = world.snapshot();
    let entry = SnapshotEntry {
        id: id.to_owned(),
        units: 0,
        name: format!("snapshot {id}"),
        taken_ms,
        bytes: bytes.len(),
        by_schedule: false,
        about: About::of_world(&world, world.summary()),
    };
    (entry, bytes)
}

fn names(store: &dyn SnapshotStore) -> Vec<String> {
    store.list().entries.into_iter().map(|entry| entry.name).collect()
}

#[test]
fn a_full_storage_refuses_and_keeps_what_it_had() {
    let small = Small::of(6_000);
    let mut store = small.tab();
    let (first, bytes) = entry("1", 1);
    store.put(&first, &bytes).unwrap();
    let refused = (2..20).any(|number| {
        let (entry, bytes) = entry(&number.to_string(), number);
        store.put(&entry, &bytes).is_err()
    });
    assert!(refused, "the storage never filled up");
    assert_eq!(store.get("1").unwrap(), bytes);
    let listed = store.list();
    assert!(listed.entries.iter().all(|entry| store.get(&entry.id).is_ok()));
    assert_eq!(
        small.texts.borrow().len(),
        2 * listed.entries.len(),
        "a refused one left something"
    );
    let room = listed.room.unwrap();
    assert_eq!(room.used, room.ours, "everything is ours");
    let (one, bytes) = entry("1", 1);
    let listed = listed.entries.iter().find(|entry| entry.id == "1").unwrap();
    assert_eq!(listed.units, weight(&one, bytes.len()));
}

#[test]
fn what_is_not_kept_as_it_was_written_is_not_listed() {
    let small = Small { halves: true, ..Small::of(1 << 20) };
    let (one, bytes) = entry("1", 1);
    assert!(small.tab().put(&one, &bytes).is_err());
    assert!(small.texts.borrow().is_empty());
}

#[test]
fn both_stores_list_newest_first_rename_and_delete() {
    let stores: [Box<dyn SnapshotStore>; 2] =
        [Box::new(MemoryStore::default()), Box::new(Small::of(1 << 20).tab())];
    for mut store in stores {
        for (id, taken_ms) in [("a", 1), ("b", 3), ("c", 2)] {
            let (entry, bytes) = entry(id, taken_ms);
            store.put(&entry, &bytes).unwrap();
        }
        store.rename("b", "the one").unwrap();
        store.delete("c").unwrap();
        assert_eq!(names(&*store), ["the one", "snapshot a"]);
        for gone in ["c", "never"] {
            assert!(store.get(gone).is_err());
            assert!(store.rename(gone, "again").is_err());
            assert!(store.delete(gone).is_err());
        }
        assert_eq!(names(&*store), ["the one", "snapshot a"]);
        assert!(World::restore(&store.get("a").unwrap()).is_ok());
    }
}

#[test]
fn two_tabs_at_once_lose_nothing_of_each_other() {
    let small = Small::of(1 << 20);
    let (mut one, mut other) = (small.tab(), small.tab());
    for (id, taken_ms) in [("a", 1), ("b", 2)] {
        let (entry, bytes) = entry(id, taken_ms);
        one.put(&entry, &bytes).unwrap();
    }
    let (c, bytes) = entry("c", 3);
    other.put(&c, &bytes).unwrap();
    one.rename("a", "renamed in one").unwrap();
    other.delete("b").unwrap();
    assert_eq!(names(&one), ["snapshot c", "renamed in one"]);
    assert_eq!(names(&one), names(&other));
    // Renamed here while it is deleted there: what is left of it in the index goes.
    let left = small.read("ringscope/index/a").unwrap();
    other.delete("a").unwrap();
    small.texts.borrow_mut().insert("ringscope/index/a".to_owned(), left);
    assert_eq!(names(&one), ["snapshot c"]);
    let (d, bytes) = entry("d", 4);
    one.put(&d, &bytes).unwrap();
    assert_eq!(small.keys_below("ringscope/index/"), 2);
}

#[test]
fn a_lost_or_damaged_index_is_told_by_the_snapshots_themselves() {
    let small = Small::of(1 << 20);
    let mut store = small.tab();
    for (id, taken_ms) in [("a", 1), ("b", 2)] {
        let (entry, bytes) = entry(id, taken_ms);
        store.put(&entry, &bytes).unwrap();
    }
    let whole = store.list().entries;
    small.texts.borrow_mut().remove("ringscope/index/a");
    small.texts.borrow_mut().insert("ringscope/index/b".to_owned(), "not an entry".to_owned());
    assert_eq!(names(&store), ["snapshot b", "snapshot a"]);
    let room = store.list().room.unwrap();
    assert_eq!(room.used, room.ours);
    assert_eq!(store.list().entries[0].about, whole[0].about);
    store.rename("a", "found again").unwrap();
    assert_eq!(names(&store), ["snapshot b", "found again"]);
}

#[test]
fn damaged_and_foreign_texts_are_told_and_left_alone() {
    let small = Small::of(1 << 20);
    let mut store = small.tab();
    let (one, bytes) = entry("a", 1);
    store.put(&one, &bytes).unwrap();
    let key = "ringscope/snapshot/a".to_owned();
    let text = small.read(&key).unwrap();
    let cut: String = text.chars().take(text.chars().count() - 9).collect();
    small.texts.borrow_mut().insert(key, cut);
    small.texts.borrow_mut().insert("ringscope/snapshot/x".to_owned(), "a letter".to_owned());
    small.texts.borrow_mut().insert("elsewhere".to_owned(), "not ours".to_owned());
    assert!(store.get("a").unwrap_err().message.contains("damaged"));
    let listed = store.list();
    assert_eq!(listed.strangers, ["ringscope/snapshot/x"]);
    assert_eq!(listed.entries.len(), 1);
    assert!(listed.room.unwrap().used > listed.room.unwrap().ours);
    let (next, bytes) = entry("b", 2);
    store.put(&next, &bytes).unwrap();
    assert_eq!(small.read("ringscope/snapshot/x").as_deref(), Some("a letter"));
}

#[test]
fn what_earlier_versions_kept_is_read() {
    let small = Small::of(1 << 20);
    let world = World::new(ClusterConfig::default()).unwrap();
    let summary = world.summary();
    let digests = (summary.state_digest, summary.trace_digest);
    let earlier =
        vec![("7-ab", "kept in May", 7_u64, 9_usize, (summary.at, 5_u16, 0_usize), digests)];
    let index = BASE64.encode(postcard::to_allocvec(&earlier).unwrap());
    let texts =
        [("ringscope/snapshots", index), ("ringscope/snapshot/7-ab", BASE64.encode(b"bytes"))];
    for (key, text) in &texts {
        small.texts.borrow_mut().insert((*key).to_owned(), text.clone());
    }
    let mut store = small.tab();
    assert_eq!(names(&store), ["kept in May"]);
    assert_eq!(store.list().entries[0].about.state_digest, summary.state_digest);
    assert_eq!(store.get("7-ab").unwrap(), b"bytes");
    store.rename("7-ab", "kept long ago").unwrap();
    assert_eq!(names(&store), ["kept long ago"]);
    for (key, text) in &texts {
        assert_eq!(small.read(key).as_ref(), Some(text), "{key} was changed");
    }
    store.delete("7-ab").unwrap();
    assert!(names(&store).is_empty());
}

#[test]
fn as_little_goes_as_makes_room_and_the_oldest_first() {
    let sized = |id: &str, taken_ms, units| {
        let (mut entry, _) = entry(id, taken_ms);
        entry.units = units;
        entry
    };
    let entries = [sized("a", 1, 10), sized("b", 2, 10), sized("c", 3, 100), sized("d", 4, 500)];
    let go = |lacks| to_go(&entries, lacks).map(|ids| ids.concat());
    assert_eq!(go(5).as_deref(), Some("a"));
    assert_eq!(go(15).as_deref(), Some("ab"));
    // The large one alone is enough: the small ones need not go.
    assert_eq!(go(90).as_deref(), Some("c"));
    assert_eq!(go(115).as_deref(), Some("abc"));
    assert_eq!(go(400).as_deref(), Some("d"));
    assert_eq!(go(1_000), None);
}

#[test]
fn how_long_ago_is_told_in_words() {
    for (seconds, words) in [
        (0, "just now"),
        (59, "59 seconds ago"),
        (60, "1 minute ago"),
        (240, "4 minutes ago"),
        (7_200, "2 hours ago"),
        (90_000, "1 day ago"),
    ] {
        assert_eq!(ago(seconds * 1_000, 0), words);
    }
    assert_eq!(ago(5, 10), "just now", "another tab's clock may be ahead");
}
