//! A table as a file, piece by piece.

use std::cmp::Ordering;
use std::sync::Arc;

use super::csv::{text_of, write_field};
use super::gzip::Gzip;
use crate::data::{IndexSchema, Item, KeyAttribute, TableName, TableSchema};
use crate::sim::World;
use crate::storage::{Held, ItemKey};

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// DynamoDB JSON, one item a line.
    Json,
    Csv,
}

/// An attribute that CSV cannot carry as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    pub attribute: Box<str>,
    /// Its types that become strings, as DynamoDB calls them.
    pub types: Vec<&'static str>,
    /// How many items have it so.
    pub items: usize,
}

/// The newest version of each item of a table that anybody has, in the order of the ring. Looking
/// changes nothing.
pub fn newest_items(world: &World, table: &TableName) -> Vec<Arc<Item>> {
    let stores =
        (0..world.config().nodes).filter_map(|node| world.store(crate::base::NodeId(node)));
    // What is out of reach for good does not count.
    let in_use: Vec<_> = stores
        .zip(world.standings())
        .filter(|(_, standing)| !standing.is_over())
        .map(|(store, _)| store)
        .collect();
    let mut hinted: Vec<(&ItemKey, &Held)> =
        world.hints().map(|(_, _, key, held)| (key, held)).collect();
    crate::base::heap_sort(&mut hinted, |a, b| a.0.cmp(b.0));
    let mut sources: Vec<Source<'_>> =
        in_use.iter().map(|store| Source::of(store.iter())).collect();
    sources.push(Source::of(hinted.into_iter()));
    let mut found = Vec::new();
    while let Some(key) = sources.iter().filter_map(Source::key).min() {
        let mut newest: Option<&Held> = None;
        for source in &mut sources {
            while let Some(held) = source.take(key) {
                if newest.is_none_or(|newest| held.stamp() > newest.stamp()) {
                    newest = Some(held);
                }
            }
        }
        let item = newest.and_then(|held| held.newest().item.as_ref());
        found.extend(item.filter(|_| key.table() == table).cloned());
    }
    found
}

/// What one node has, in the order of the ring.
struct Source<'w> {
    rest: Box<dyn Iterator<Item = (&'w ItemKey, &'w Held)> + 'w>,
    next: Option<(&'w ItemKey, &'w Held)>,
}

impl<'w> Source<'w> {
    fn of(mut rest: impl Iterator<Item = (&'w ItemKey, &'w Held)> + 'w) -> Self {
        let next = rest.next();
        Self { rest: Box::new(rest), next }
    }

    fn key(&self) -> Option<&'w ItemKey> {
        self.next.map(|(key, _)| key)
    }

    /// What it has of this item, if that comes next.
    fn take(&mut self, key: &ItemKey) -> Option<&'w Held> {
        let (_, held) = self.next.filter(|(next, _)| (*next).cmp(key) == Ordering::Equal)?;
        self.next = self.rest.next();
        Some(held)
    }
}

/// The attributes whose types a schema gives: those of the table's keys and of its indexes'.
pub fn typed_attributes(schema: &TableSchema) -> Vec<KeyAttribute> {
    let indexes = schema.indexes.iter().flat_map(IndexSchema::key_attributes);
    schema.key_attributes().chain(indexes).cloned().collect()
}

/// What CSV cannot carry of these items, by attribute.
pub fn losses(schema: &TableSchema, items: &[Arc<Item>]) -> Vec<Loss> {
    let typed = typed_attributes(schema);
    let mut losses: Vec<Loss> = Vec::new();
    for (name, value) in items.iter().flat_map(|item| item.iter()) {
        let kind = value.type_descriptor();
        let as_read = typed.iter().find(|key| *key.name == *name);
        if as_read.map_or("S", |key| key.kind.descriptor()) == kind {
            continue;
        }
        let at = losses.iter().position(|loss| *loss.attribute == *name).unwrap_or_else(|| {
            losses.push(Loss { attribute: name.into(), types: Vec::new(), items: 0 });
            losses.len() - 1
        });
        losses[at].items += 1;
        if !losses[at].types.contains(&kind) {
            losses[at].types.push(kind);
        }
    }
    losses
}

/// Writes items, as many at a time as there is time for.
pub struct Export {
    items: Vec<Arc<Item>>,
    done: usize,
    /// The columns of CSV; none of JSON.
    columns: Option<Vec<Box<str>>>,
    gzip: Option<Gzip>,
    out: Vec<u8>,
    is_over: bool,
}

impl Export {
    pub fn new(schema: &TableSchema, items: Vec<Arc<Item>>, format: Format, packs: bool) -> Self {
        let mut out = Vec::new();
        let mut gzip = packs.then(|| Gzip::begin(&mut out));
        let columns = (format == Format::Csv).then(|| columns(schema, &items));
        if let Some(columns) = &columns {
            let mut header = String::new();
            write_fields(columns.iter().map(|name| Some(name.to_string())), &mut header);
            write(header.as_bytes(), &mut gzip, &mut out);
        }
        Self { items, done: 0, columns, gzip, out, is_over: false }
    }

    /// Writes so many more items at most. What it wrote is taken by [`Export::take`].
    pub fn go_on(&mut self, items: usize) {
        let mut text = String::new();
        let end = self.items.len().min(self.done + items);
        for item in &self.items[self.done..end] {
            match &self.columns {
                None => {
                    text.push_str("{\"Item\":");
                    text.push_str(&item.to_dynamodb_json());
                    text.push_str("}\n");
                }
                Some(columns) => {
                    write_fields(columns.iter().map(|name| item.get(name).map(text_of)), &mut text);
                }
            }
        }
        self.done = end;
        write(text.as_bytes(), &mut self.gzip, &mut self.out);
        self.is_over = end == self.items.len();
        if let Some(gzip) = self.gzip.take_if(|_| end == self.items.len()) {
            gzip.end(&mut self.out);
        }
    }

    /// The bytes that were written since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Items written, and items in all.
    pub fn progress(&self) -> (usize, usize) {
        (self.done, self.items.len())
    }

    /// The whole file.
    pub fn whole(mut self) -> Vec<u8> {
        self.go_on(usize::MAX);
        self.out
    }
}

fn write(bytes: &[u8], gzip: &mut Option<Gzip>, out: &mut Vec<u8>) {
    match gzip {
        Some(gzip) => gzip.pack(bytes, out),
        None => out.extend_from_slice(bytes),
    }
}

/// Writes a line; what is not there is an empty field.
fn write_fields(fields: impl Iterator<Item = Option<String>>, out: &mut String) {
    for (at, field) in fields.enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        if let Some(text) = field {
            write_field(&text, out);
        }
    }
    out.push('\n');
}

/// The keys first, then what else there is, by name.
fn columns(schema: &TableSchema, items: &[Arc<Item>]) -> Vec<Box<str>> {
    let keys: Vec<Box<str>> = schema.key_attributes().map(|key| key.name.clone()).collect();
    let mut others: Vec<Box<str>> = Vec::new();
    for (name, _) in items.iter().flat_map(|item| item.iter()) {
        if keys.iter().any(|key| **key == *name) {
            continue;
        }
        if let Err(at) = others.binary_search_by(|other| (**other).cmp(name)) {
            others.insert(at, name.into());
        }
    }
    keys.into_iter().chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{KeyKind, Resolution};
    use crate::scenario::Session;
    use crate::transfer::Reader;

    const LINES: &str = r#"cluster nodes=5 n=3 w=2 seed=1
table T 'id:N'
put T 1 '{"s":"a,b","n":2}'
put T 2 '{"s":"","l":[1]}'
put T 3 '{"s":"x"}'
crash B
put T 3 '{"s":"newer"}'
crash C
put T 3 '{"s":"newest"}' w=1
delete T 2
put T 4 '{"flag":true}' w=1
---
"#;

    fn world_of(lines: &str) -> Session {
        let mut session = Session::default();
        session.run_script(lines).expect("a good scenario");
        session
    }

    fn exported(session: &Session, format: Format, packs: bool) -> Vec<u8> {
        let world = session.world().expect("a cluster");
        let schema = world.tables().next().expect("a table");
        Export::new(schema, newest_items(world, &schema.name), format, packs).whole()
    }

    fn items_in(file: &[u8], schema: &TableSchema) -> Vec<String> {
        let mut reader = Reader::new(None, typed_attributes(schema));
        reader.feed(file);
        reader.end();
        let mut found: Vec<String> = Vec::new();
        loop {
            let batch = reader.batch();
            assert_eq!(batch.fault, None);
            let rows = batch.rows.into_iter().map(|row| row.item.expect("an item").to_json());
            found.extend(rows);
            if batch.is_last {
                found.sort_unstable();
                return found;
            }
        }
    }

    #[test]
    fn the_newest_version_of_each_item_is_exported_and_nothing_changes() {
        let session = world_of(LINES);
        let before = session.world().expect("a cluster").state_digest();
        let text = String::from_utf8(exported(&session, Format::Json, false)).expect("text");
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                r#"{"Item":{"flag":{"BOOL":true},"id":{"N":"4"}}}"#,
                r#"{"Item":{"id":{"N":"1"},"n":{"N":"2"},"s":{"S":"a,b"}}}"#,
                r#"{"Item":{"id":{"N":"3"},"s":{"S":"newest"}}}"#,
            ]
        );
        assert_eq!(session.world().expect("a cluster").state_digest(), before);
    }

    #[test]
    fn what_is_exported_is_read_back() {
        let session = world_of(LINES);
        let schema = session.world().and_then(|world| world.tables().next()).expect("a table");
        let plain = items_in(&exported(&session, Format::Json, false), schema);
        assert_eq!(plain.len(), 3);
        assert_eq!(items_in(&exported(&session, Format::Json, true), schema), plain);
        let text = String::from_utf8(exported(&session, Format::Csv, false)).expect("text");
        assert!(text.starts_with("id,flag,n,s\n"), "{text}");
        assert!(text.contains("1,,2,\"a,b\"\n"), "{text}");
        assert_eq!(
            items_in(&exported(&session, Format::Csv, true), schema),
            [
                r#"{"flag":"true","id":4}"#,
                r#"{"id":1,"n":"2","s":"a,b"}"#,
                r#"{"id":3,"s":"newest"}"#,
            ]
        );
    }

    #[test]
    fn what_csv_cannot_carry_is_said() {
        let session = world_of(LINES);
        let world = session.world().expect("a cluster");
        let schema = world.tables().next().expect("a table");
        let items = newest_items(world, &schema.name);
        let lost = |schema: &TableSchema| {
            let mut found = losses(schema, &items);
            found.sort_by(|a, b| a.attribute.cmp(&b.attribute));
            found.into_iter().map(|it| (it.attribute.to_string(), it.types)).collect::<Vec<_>>()
        };
        assert_eq!(lost(schema), [("flag".to_owned(), vec!["BOOL"]), ("n".to_owned(), vec!["N"])]);
        let mut indexed = schema.clone();
        indexed.indexes.push(IndexSchema {
            name: crate::data::IndexName::new("by-n").expect("letters"),
            kind: crate::data::IndexKind::Global,
            partition: vec![KeyAttribute::new("n", KeyKind::N)],
            sort: Vec::new(),
            projection: crate::data::Projected::All,
            throughput: None,
        });
        assert_eq!(lost(&indexed), [("flag".to_owned(), vec!["BOOL"])]);
        let text = TableSchema::new(
            schema.name.clone(),
            KeyAttribute::new("id", KeyKind::S),
            None,
            Resolution::default(),
        );
        assert_eq!(lost(&text).len(), 3);
    }

    #[test]
    fn an_export_in_slices_gives_the_same_bytes() {
        let session = world_of(LINES);
        let world = session.world().expect("a cluster");
        let schema = world.tables().next().expect("a table");
        let items = newest_items(world, &schema.name);
        let mut export = Export::new(schema, items, Format::Json, true);
        let mut file = Vec::new();
        while !export.is_over() {
            export.go_on(1);
            file.extend(export.take());
        }
        assert_eq!(export.progress(), (3, 3));
        assert_eq!(file, exported(&session, Format::Json, true));
    }
}
