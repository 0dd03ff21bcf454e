//! Store and commit log against a list of what was written.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use ringscope::base::{Incarnation, NodeId};
use ringscope::causality::{Dot, HybridTime, Stamp};
use ringscope::data::{Item, Key, TableName};
use ringscope::ring::Token;
use ringscope::storage::{CommitLog, Held, ItemKey, Lsn, Record, Store, Version};

#[derive(Clone, Debug)]
enum Operation {
    /// This many records with these keys and clock readings, one after the other.
    Append(Vec<(u8, u16)>),
    /// Everything but the last few records becomes durable.
    Sync {
        all_but: u8,
    },
    Crash {
        survivors: u8,
    },
    Compact,
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let operation = prop_oneof![
        6 => prop::collection::vec((0u8..12, 0u16..500), 1..80).prop_map(Operation::Append),
        6 => (0u8..4).prop_map(|all_but| Operation::Sync { all_but }),
        1 => (0u8..4).prop_map(|survivors| Operation::Crash { survivors }),
        3 => Just(Operation::Compact),
    ];
    prop::collection::vec(operation, 1..50)
}

/// A record of its own for each key and clock reading; every third is a tombstone.
fn record((key, clock): (u8, u16)) -> Record {
    let table: TableName = "T".parse().expect("a letter");
    let key = Key::from_text(&format!("key{key}")).expect("short");
    let dot = Dot { node: NodeId(0), incarnation: Incarnation(1), counter: u32::from(clock) };
    let text = format!(r#"{{"text":"{}"}}"#, "x".repeat(usize::from(clock % 40)));
    let item = (clock % 3 != 0).then(|| Arc::new(Item::parse(&text).expect("an object")));
    let stamp = Stamp { time: HybridTime::of_clock(u64::from(clock)), dot };
    let version = Version { stamp, item, context: None };
    Record::Own { key: ItemKey::new(table, key), version }
}

/// What a list of records adds up to under last writer wins.
fn newest(records: &[Record]) -> BTreeMap<ItemKey, Version> {
    let mut newest: BTreeMap<ItemKey, Version> = BTreeMap::new();
    for record in records {
        let (Some(key), Some(version)) = (record.key(), record.version()) else { continue };
        match newest.get(key) {
            Some(held) if held.stamp >= version.stamp => {}
            _ => drop(newest.insert(key.clone(), version.clone())),
        }
    }
    newest
}

fn contents(store: &Store) -> BTreeMap<ItemKey, Version> {
    store.iter().map(|(key, held)| (key.clone(), newest_of(held))).collect()
}

fn newest_of(held: &Held) -> Version {
    assert_eq!(held.versions().len(), 1, "the last writer wins");
    held.newest().clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_store_is_what_the_durable_log_adds_up_to(operations in operations()) {
        let (mut log, mut store) = (CommitLog::default(), Store::default());
        // What the engine was told: durable records, and those pending.
        let (mut durable, mut pending): (Vec<Record>, Vec<Record>) = (Vec::new(), Vec::new());
        let mut appended = 0;
        for operation in operations {
            match operation {
                Operation::Append(writes) => {
                    for write in writes {
                        appended += 1;
                        prop_assert_eq!(log.append(record(write)), Lsn(appended));
                        pending.push(record(write));
                    }
                }
                Operation::Sync { all_but } => {
                    let count = pending.len().saturating_sub(usize::from(all_but));
                    let expected: Vec<Record> = pending.drain(..count).collect();
                    let end = Lsn(log.end().0 - pending.len() as u64);
                    let synced: Vec<Record> = log.synced(end).collect();
                    prop_assert_eq!(&synced, &expected);
                    synced.iter().for_each(|record| store.replay(record));
                    durable.extend(synced);
                }
                Operation::Crash { survivors } => {
                    let survived = usize::from(survivors).min(pending.len());
                    let torn = survived < pending.len();
                    let survivors: Vec<Record> = log.crash(survived, torn).collect();
                    prop_assert_eq!(&survivors, &pending[..survived]);
                    survivors.iter().for_each(|record| store.replay(record));
                    prop_assert_eq!(log.start().1, torn);
                    appended -= (pending.len() - survived) as u64;
                    durable.extend(pending.drain(..survived));
                    pending.clear();
                }
                Operation::Compact => {
                    let mut compacted = Store::default();
                    store.records().for_each(|record| compacted.replay(&record));
                    prop_assert_eq!(&compacted, &store);
                    store = compacted;
                }
            }
            prop_assert_eq!(log.end(), Lsn(appended));
            prop_assert!(log.pending().eq(&pending));
        }
        let expected = newest(&durable);
        prop_assert_eq!(contents(&store), expected.clone());
        let items = || expected.values().filter_map(|version| version.item.as_ref());
        prop_assert_eq!(store.item_count(), items().count());
        prop_assert_eq!(store.bytes(), items().map(|item| item.size() as u64).sum::<u64>());
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(
        writes in prop::collection::vec((0u8..4, 0u16..500), 1..40),
        seed in any::<u64>(),
    ) {
        let mut shuffled = writes.clone();
        shuffled.sort_by_key(|(key, clock)| {
            (u64::from(*key) * 7_919 + u64::from(*clock)).wrapping_mul(seed | 1)
        });
        let store = |writes: &[(u8, u16)]| {
            let mut store = Store::default();
            writes.iter().copied().map(record).for_each(|record| store.replay(&record));
            contents(&store)
        };
        prop_assert_eq!(store(&writes), store(&shuffled));
    }

    #[test]
    fn a_store_that_keeps_its_past_tells_any_instant_of_it(
        writes in prop::collection::vec((0u8..4, 0u16..500), 1..60),
        at in 0u16..500,
        before in 0u16..500,
    ) {
        let (table, time) = ("T".parse().expect("a letter"), |at: u16| HybridTime::of_clock(at.into()));
        let mut store = Store::default();
        store.replay(&Record::Keeps { table, since: Some(HybridTime::default()) });
        writes.iter().copied().map(record).for_each(|record| store.replay(&record));
        let tombstones = store.iter().filter_map(|(key, held)| {
            let stamp = held.tombstone()?.stamp;
            Some(Record::Collected { key: key.clone(), stamp })
        });
        tombstones.collect::<Vec<Record>>().iter().for_each(|record| store.replay(record));
        store.replay(&Record::Trimmed(time(at.saturating_sub(before))));
        let mut again = Store::default();
        store.records().for_each(|record| again.replay(&record));
        prop_assert_eq!(&again, &store);
        let was: Vec<Record> =
            writes.iter().filter(|(_, clock)| *clock <= at).copied().map(record).collect();
        let mut expected = newest(&was);
        expected.retain(|_, version| version.item.is_some());
        let names = store.names_in(Token(0), Token(0));
        let told = names.filter_map(|key| {
            let held = store.as_of(key, time(at))?;
            Some((key.clone(), newest_of(&held)))
        });
        let told: BTreeMap<ItemKey, Version> = told.filter(|(_, it)| it.item.is_some()).collect();
        prop_assert_eq!(told, expected);
    }
}
