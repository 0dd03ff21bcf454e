//! The entries that an item has in an index, and what becomes of them when the item changes.

use std::sync::Arc;

use crate::data::ordered::{decode, decode_all, encode_all};
use crate::data::{
    AttributeValue, IndexSchema, Item, Key, KeyAttribute, KeyValue, MAX_PARTITION_KEY_BYTES,
    Projected, TableName, TableSchema,
};
use crate::storage::{ItemKey, Version};

/// What a change of an item asks of an index: this version of this entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    pub key: ItemKey,
    pub version: Version,
}

/// What the key of an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryKey {
    /// The values of the index's partition key.
    pub partition: Vec<KeyValue>,
    /// The values of its sort key.
    pub sort: Vec<KeyValue>,
    /// The item.
    pub base: Key,
}

/// The value of a key attribute, unless it is missing or cannot be one: the index is sparse.
fn key_value(item: &Item, attribute: &KeyAttribute) -> Option<KeyValue> {
    let value = KeyValue::try_from(item.get(&attribute.name)?.clone()).ok()?;
    let length = match &value {
        KeyValue::S(text) => text.len(),
        KeyValue::B(bytes) => bytes.len(),
        KeyValue::N(_) => 1,
    };
    let fits = value.kind() == attribute.kind && (1..=MAX_PARTITION_KEY_BYTES).contains(&length);
    fits.then_some(value)
}

fn values(item: &Item, attributes: &[KeyAttribute]) -> Option<Vec<KeyValue>> {
    attributes.iter().map(|attribute| key_value(item, attribute)).collect()
}

/// The partition key of an index's entries: the one value, or several in one.
///
/// # Panics
/// Without any value.
pub fn partition_of(mut values: Vec<KeyValue>) -> KeyValue {
    match values.len() {
        1 => values.pop().expect("there is one"),
        0 => panic!("every index has a partition key"),
        _ => KeyValue::B(encode_all(&values)),
    }
}

/// The name of the entry that an item has in an index, if it has one.
pub fn entry_key(
    table: &TableSchema,
    index: &IndexSchema,
    base: &Key,
    item: &Item,
) -> Option<ItemKey> {
    let partition = values(item, &index.partition).filter(|values| !values.is_empty())?;
    let partition = partition_of(partition);
    let sort = values(item, &index.sort)?;
    let base = [base.partition()].into_iter().chain(base.sort());
    let key = Key::of_entry(partition, encode_all(sort.iter().chain(base)));
    Some(ItemKey::new(TableName::of_index(&table.name, &index.name), key))
}

/// What an index has of an item.
fn projected(table: &TableSchema, index: &IndexSchema, item: &Arc<Item>) -> Arc<Item> {
    let more: &[Box<str>] = match &index.projection {
        Projected::All => return Arc::clone(item),
        Projected::KeysOnly => &[],
        Projected::Include(names) => names,
    };
    let keys = table.key_attributes().chain(index.key_attributes()).map(|it| &*it.name);
    let names = keys.chain(more.iter().map(|name| &**name));
    let kept = names.filter_map(|name| Some((name, item.get(name)?.clone())));
    Arc::new(kept.collect::<Item>())
}

/// What the entry's key says, if it is one of this index.
pub fn decode_key(table: &TableSchema, index: &IndexSchema, entry: &Key) -> Option<EntryKey> {
    let partition = match (index.partition.len(), entry.partition()) {
        (1, value) => vec![value.clone()],
        (_, KeyValue::B(bytes)) => decode_all(bytes)?,
        _ => return None,
    };
    let Some(KeyValue::B(bytes)) = entry.sort() else { return None };
    let mut rest = &**bytes;
    let sort: Option<Vec<KeyValue>> = index.sort.iter().map(|_| decode(&mut rest)).collect();
    let mut base = decode_all(rest)?.into_iter().map(AttributeValue::from);
    let base = (Key::new(base.next()?, base.next()).ok()?, base.next());
    let is_whole = base.1.is_none() && partition.len() == index.partition.len();
    let base = (is_whole && table.check_key(&base.0).is_ok()).then_some(base.0)?;
    Some(EntryKey { partition, sort: sort?, base })
}

/// The item of which an entry says what it says.
pub fn base_of(table: &TableSchema, entry: &ItemKey) -> Option<ItemKey> {
    let (_, name) = entry.table().as_index()?;
    let decoded = decode_key(table, table.index(&name)?, entry.key())?;
    Some(ItemKey::new(table.name.clone(), decoded.base))
}

/// The entries that a version of an item has, in all indexes that are kept apart from the table.
pub fn entries<'a>(
    table: &'a TableSchema,
    key: &'a ItemKey,
    version: &'a Version,
) -> impl Iterator<Item = Update> {
    let indexes = table.indexes.iter().filter(|index| index.is_global());
    indexes.filter_map(move |index| {
        let item = version.item.as_ref()?;
        let entry = entry_key(table, index, key.key(), item)?;
        let item = Some(projected(table, index, item));
        Some(Update { key: entry, version: Version { item, ..version.clone() } })
    })
}

/// The entries of `version` that `newer` has no more: gone, as of the newer one.
pub fn removals(
    table: &TableSchema,
    key: &ItemKey,
    version: &Version,
    newer: &Version,
) -> Vec<Update> {
    let kept: Vec<ItemKey> = entries(table, key, newer).map(|entry| entry.key).collect();
    let gone = entries(table, key, version).filter(|entry| !kept.contains(&entry.key));
    let tombstone = Version { item: None, ..newer.clone() };
    gone.map(|entry| Update { version: tombstone.clone(), ..entry }).collect()
}

/// What it asks of the indexes that `after` takes the place of `before`. Where the entry stays the
/// same it is put all the same, with the newer stamp.
pub fn updates(
    table: &TableSchema,
    key: &ItemKey,
    before: Option<&Version>,
    after: &Version,
) -> Vec<Update> {
    let mut all = before.map_or(Vec::new(), |before| removals(table, key, before, after));
    all.extend(entries(table, key, after));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Incarnation, NodeId};
    use crate::causality::{Dot, HybridTime, Stamp};
    use crate::data::{IndexKind, IndexName, KeyKind, Resolution};

    fn index(name: &str, partition: &[&str], sort: &[&str], projection: Projected) -> IndexSchema {
        let attribute = |name: &&str| match *name {
            "n" => KeyAttribute::new(*name, KeyKind::N),
            _ => KeyAttribute::new(*name, KeyKind::S),
        };
        IndexSchema {
            name: IndexName::new(name).expect("letters"),
            kind: IndexKind::Global,
            partition: partition.iter().map(attribute).collect(),
            sort: sort.iter().map(attribute).collect(),
            projection,
            throughput: None,
        }
    }

    fn table(indexes: Vec<IndexSchema>) -> TableSchema {
        let key = KeyAttribute::new("code", KeyKind::S);
        let name = TableName::new("Airports").expect("letters");
        TableSchema { indexes, ..TableSchema::new(name, key, None, Resolution::LastWriterWins) }
    }

    fn version(counter: u32, item: Option<&str>) -> Version {
        let dot = Dot { node: NodeId(0), incarnation: Incarnation(1), counter };
        let time = HybridTime::of_clock(counter.into());
        let item = item.map(|text| Arc::new(Item::from_json(text).expect(text)));
        Version { stamp: Stamp { time, dot }, item, context: None }
    }

    fn key(table: &TableSchema) -> ItemKey {
        ItemKey::new(table.name.clone(), Key::from_text("SEA").expect("short"))
    }

    /// Updates as text: which entry, decoded, and what is put there.
    fn told(table: &TableSchema, all: &[Update]) -> Vec<String> {
        let text = |values: Vec<KeyValue>| {
            values.iter().map(KeyValue::to_string).collect::<Vec<_>>().join("+")
        };
        let one = |update: &Update| {
            let (_, name) = update.key.table().as_index().expect("an entry");
            let index = table.index(&name).expect("an index of the table");
            let EntryKey { partition, sort, base } =
                decode_key(table, index, update.key.key()).expect("what was encoded");
            assert_eq!(base_of(table, &update.key), Some(key(table)));
            let counter = update.version.stamp.dot.counter;
            let what = match &update.version.item {
                Some(item) => item.to_json(),
                None => "gone".to_owned(),
            };
            format!("{} {}/{}/{base} @{counter} {what}", name, text(partition), text(sort))
        };
        all.iter().map(one).collect()
    }

    #[test]
    fn an_item_has_an_entry_in_each_index_whose_key_it_carries() {
        let by_state = index("by-state", &["state"], &[], Projected::All);
        let include = Projected::Include(vec!["name".into()]);
        let by_city = index("by-city", &["state", "city"], &["n"], include);
        let table = table(vec![by_state, by_city]);
        let whole = r#"{"code":"SEA","state":"WA","city":"Seattle","n":-7,"name":"Intl","x":1}"#;
        let whole = version(1, Some(whole));
        assert_eq!(
            told(&table, &updates(&table, &key(&table), None, &whole)),
            [
                r#"by-state WA//SEA @1 {"city":"Seattle","code":"SEA","n":-7,"name":"Intl","state":"WA","x":1}"#,
                r#"by-city WA+Seattle/-7/SEA @1 {"city":"Seattle","code":"SEA","n":-7,"name":"Intl","state":"WA"}"#,
            ]
        );
        for sparse in [
            r#"{"code":"SEA","city":"Seattle","n":1}"#,
            r#"{"code":"SEA","state":"","city":"Seattle","n":1}"#,
            r#"{"code":"SEA","state":7,"city":"Seattle","n":1}"#,
        ] {
            assert_eq!(updates(&table, &key(&table), None, &version(1, Some(sparse))), []);
        }
    }

    #[test]
    fn what_an_entry_was_made_of_decides_what_becomes_of_it() {
        let table = table(vec![index("by-state", &["state"], &[], Projected::KeysOnly)]);
        let update = |before: &Version, after: &Version| {
            told(&table, &updates(&table, &key(&table), Some(before), after))
        };
        let wa = version(1, Some(r#"{"code":"SEA","state":"WA"}"#));
        let again = version(2, Some(r#"{"code":"SEA","state":"WA","x":1}"#));
        let or = version(3, Some(r#"{"code":"SEA","state":"OR"}"#));
        let (none, deleted) = (version(4, Some(r#"{"code":"SEA"}"#)), version(5, None));
        let put = r#"{"code":"SEA","state":"WA"}"#;
        assert_eq!(update(&wa, &again), [format!("by-state WA//SEA @2 {put}")]);
        assert_eq!(
            update(&again, &or),
            [
                "by-state WA//SEA @3 gone".to_owned(),
                format!("by-state OR//SEA @3 {}", put.replace("WA", "OR")),
            ]
        );
        assert_eq!(update(&or, &none), ["by-state OR//SEA @4 gone"]);
        assert_eq!(update(&none, &deleted), [""; 0]);
        assert_eq!(
            update(&deleted, &version(6, wa.item.as_ref().map(|_| put))),
            [format!("by-state WA//SEA @6 {put}")]
        );
    }

    #[test]
    fn local_indexes_have_no_entries() {
        let mut local = index("by-city", &["code"], &["city"], Projected::All);
        local.kind = IndexKind::Local;
        let table = table(vec![local]);
        let item = version(1, Some(r#"{"code":"SEA","city":"Seattle"}"#));
        assert_eq!(updates(&table, &key(&table), None, &item), []);
    }

    #[test]
    fn the_key_of_another_table_is_none_of_an_entry() {
        let table = table(vec![index("by-state", &["state"], &[], Projected::All)]);
        let index = &table.indexes[0];
        for sort in [&[][..], &[9], &[1, b'S'], &[1, b'S', 0, 0, 1, b'T', 0, 0]] {
            let key = Key::of_entry("WA".into_key(), sort.into());
            assert_eq!(decode_key(&table, index, &key), None, "{sort:?}");
        }
    }

    trait IntoKey {
        fn into_key(self) -> KeyValue;
    }

    impl IntoKey for &str {
        fn into_key(self) -> KeyValue {
            KeyValue::S(self.into())
        }
    }
}
