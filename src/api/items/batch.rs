//! BatchGetItem and BatchWriteItem: several requests at one instant.

use std::sync::Arc;

use super::super::capacity::{Consumed, Told};
use super::super::error::{ApiError, Result};
use super::super::expressions::check_mixture;
use super::super::input::Input;
use super::super::output::object;
use super::super::value::read_item;
use super::super::{Output, Work, table};
use super::keys::{key_in, key_item, key_of};
use super::read::{Reading, unexpected};
use super::request;
use super::write::{check_size, consumed, metrics_of};
use crate::base::ClientId;
use crate::data::{Item, Json, Key, TableSchema, read_units};
use crate::node::{Action, Answer};
use crate::sim::{Command, World};

/// The most items that a BatchGetItem call may name.
const MOST_READ: usize = 100;
/// The most that a BatchWriteItem call may.
const MOST_WRITTEN: usize = 25;
/// So large is a response at most; what does not fit is unprocessed.
const MOST_BYTES: usize = 16 << 20;

/// Lists by table, in the order in which the request names the tables.
type ByTable<T> = Vec<(String, T)>;

fn by_table(of: ByTable<Output>) -> Output {
    Output::Object(of.into_iter().map(|(table, output)| (table.into(), output)).collect())
}

/// Refuses a key that comes twice.
fn check_distinct(keys: &[Key]) -> Result<()> {
    let twice = keys.iter().enumerate().any(|(at, key)| keys[..at].contains(key));
    match twice {
        true => Err(ApiError::validation("Provided list of item keys contains duplicates")),
        false => Ok(()),
    }
}

// Reads.

struct BatchGet {
    tables: Vec<TableReads>,
    told: Told,
}

struct TableReads {
    schema: TableSchema,
    reading: Reading,
    keys: Vec<Key>,
    /// What else the request says, for the keys that are left.
    rest: Vec<(Box<str>, Output)>,
}

pub(in super::super) fn batch_get(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let mut read = Vec::new();
    let mut count = 0;
    for (name, reads) in input.structures_by_name("RequestItems") {
        check_mixture(reads, &["ProjectionExpression"], &["AttributesToGet"])?;
        let keys = reads.elements("Keys").iter().map(read_item);
        let keys = keys.collect::<Result<Vec<Item>>>()?;
        if keys.iter().enumerate().any(|(at, key)| keys[..at].contains(key)) {
            return Err(ApiError::validation("Provided list of item keys contains duplicates"));
        }
        count += keys.len();
        if count > MOST_READ {
            return Err(ApiError::validation("Too many items requested for the BatchGetItem call"));
        }
        read.push((name, reads, keys, Reading::parse(reads)?));
    }
    let tables = read.into_iter().map(|(name, reads, keys, (consistent, projection))| {
        let schema = table(name, world)?;
        let reading = Reading { table: schema.name.clone(), consistent, projection };
        let keys = keys.iter().map(|key| key_of(schema, key)).collect::<Result<Vec<_>>>()?;
        check_distinct(&keys)?;
        let rest = reads.members().iter().filter(|(name, _)| **name != *"Keys");
        let rest = rest.map(|(name, json)| (name.clone(), Output::of(json))).collect();
        Ok(TableReads { schema: schema.clone(), reading, keys, rest })
    });
    let tables = tables.collect::<Result<_>>()?;
    Ok(Box::new(BatchGet { tables, told: Told::of(input) }))
}

impl Work for BatchGet {
    fn commands(&self, client: ClientId) -> Vec<Command> {
        let of_table = |reads: &TableReads| {
            let table = reads.reading.table.clone();
            let action = reads.reading.action();
            let keys = reads.keys.clone();
            keys.into_iter().map(move |key| request(client, &table, &key, action.clone()))
        };
        self.tables.iter().flat_map(of_table).collect()
    }

    fn finish(&self, answers: &[Answer], _: &World) -> Result<Output> {
        let (mut responses, mut unprocessed) = (Vec::new(), Vec::new());
        let (mut capacity, mut bytes) = (Vec::new(), 0);
        let (mut failure, mut none_was_read) = (None, true);
        let mut answers = answers.iter();
        for reads in &self.tables {
            let (mut items, mut left) = (Vec::new(), Vec::new());
            let mut units = 0;
            for key in &reads.keys {
                let found = answers.next().map(|answer| reads.reading.found(answer));
                match found.unwrap_or(Ok(None)) {
                    Ok(Some((item, _))) if bytes + item.size() > MOST_BYTES => left.push(key),
                    Ok(found) => {
                        let size = found.as_ref().map_or(0, |(item, _)| item.size());
                        none_was_read = false;
                        bytes += size;
                        units += read_units(size, reads.reading.consistent);
                        items.extend(found.map(|(_, item)| Output::Item(item)));
                    }
                    Err(error) => {
                        failure = Some(error);
                        left.push(key);
                    }
                }
            }
            let name = reads.schema.name.to_string();
            if !left.is_empty() {
                unprocessed.push((name.clone(), reads.again(&left)));
            }
            responses.push((name, Output::List(items)));
            let consumed = Consumed { table: units, indexes: Vec::new() };
            capacity.extend(self.told.tell(&reads.schema.name, &consumed));
        }
        let parts =
            vec![("Responses", by_table(responses)), ("UnprocessedKeys", by_table(unprocessed))];
        finished(failure.filter(|_| none_was_read), parts, capacity, None)
    }
}

impl TableReads {
    /// A request for the keys that are left.
    fn again(&self, left: &[&Key]) -> Output {
        let keys = left.iter().map(|key| Output::Item(Arc::new(key_item(&self.schema, key))));
        let keys = [("Keys".into(), Output::List(keys.collect()))];
        let rest = self.rest.iter().map(|(name, it)| (String::from(&**name).into(), it.clone()));
        Output::Object(keys.into_iter().chain(rest).collect())
    }
}

// Writes.

struct BatchWrite {
    tables: Vec<TableWrites>,
    told: Told,
    metrics: bool,
}

struct TableWrites {
    schema: TableSchema,
    /// Keys, and what is put there; nothing: the item is deleted.
    writes: Vec<(Key, Option<Arc<Item>>)>,
}

/// An element of a batch: the key, or the item that is put.
enum Element {
    Put(Item),
    Delete(Item),
}

fn element(json: &Json<'_>) -> Result<Element> {
    let write = Input::of(json);
    match (write.inside("PutRequest"), write.inside("DeleteRequest")) {
        (Some(put), None) => {
            let item = put.item("Item")?;
            check_size(&item)?;
            Ok(Element::Put(item))
        }
        (None, Some(delete)) => Ok(Element::Delete(delete.item("Key")?)),
        _ => Err(ApiError::validation(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of \
             the supported datatypes",
        )),
    }
}

pub(in super::super) fn batch_write(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let mut wanted = Vec::new();
    for (name, json) in input.map("RequestItems") {
        let Json::Array(elements) = json else { continue };
        wanted.push((name, elements.iter().map(element).collect::<Result<Vec<_>>>()?));
    }
    if wanted.iter().map(|(_, elements)| elements.len()).sum::<usize>() > MOST_WRITTEN {
        return Err(ApiError::validation("Too many items requested for the BatchWriteItem call"));
    }
    let tables = wanted.into_iter().map(|(name, elements)| {
        let schema = table(name, world)?;
        let writes = elements.into_iter().map(|element| match element {
            Element::Put(item) => Ok((key_in(schema, &item)?, Some(Arc::new(item)))),
            Element::Delete(key) => Ok((key_of(schema, &key)?, None)),
        });
        let writes: Vec<(Key, _)> = writes.collect::<Result<_>>()?;
        check_distinct(&writes.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>())?;
        Ok(TableWrites { schema: schema.clone(), writes })
    });
    let tables = tables.collect::<Result<_>>()?;
    let metrics = input.text("ReturnItemCollectionMetrics") == Some("SIZE");
    Ok(Box::new(BatchWrite { tables, told: Told::of(input), metrics }))
}

impl Work for BatchWrite {
    fn commands(&self, client: ClientId) -> Vec<Command> {
        let of_table = |of: &TableWrites| {
            let (table, writes) = (of.schema.name.clone(), of.writes.clone());
            writes.into_iter().map(move |(key, item)| {
                request(client, &table, &key, item.map_or(Action::Delete, Action::Put))
            })
        };
        self.tables.iter().flat_map(of_table).collect()
    }

    fn finish(&self, answers: &[Answer], _: &World) -> Result<Output> {
        let (mut unprocessed, mut sizes) = (Vec::new(), Vec::new());
        let (mut capacity, mut failure, mut none_was_written) = (Vec::new(), None, true);
        let mut answers = answers.iter();
        for TableWrites { schema, writes } in &self.tables {
            let (mut left, mut collections) = (Vec::new(), Vec::new());
            let mut total = Consumed::default();
            for (key, item) in writes {
                match answers.next() {
                    None | Some(Answer::Written { .. }) => {
                        none_was_written = false;
                        total.add(consumed(schema, None, item.as_deref()));
                        collections.extend(self.metrics.then(|| metrics_of(schema, key)).flatten());
                    }
                    Some(answer) => {
                        failure = Some(unexpected(answer));
                        left.push(again(schema, key, item));
                    }
                }
            }
            if !left.is_empty() {
                unprocessed.push((schema.name.to_string(), Output::List(left)));
            }
            if !collections.is_empty() {
                sizes.push((schema.name.to_string(), Output::List(collections)));
            }
            capacity.extend(self.told.tell(&schema.name, &total));
        }
        let sizes = (!sizes.is_empty()).then(|| by_table(sizes));
        let parts = vec![("UnprocessedItems", by_table(unprocessed))];
        finished(failure.filter(|_| none_was_written), parts, capacity, sizes)
    }
}

/// A request for a write that is left.
fn again(schema: &TableSchema, key: &Key, item: &Option<Arc<Item>>) -> Output {
    let (request, name, value) = match item {
        Some(item) => ("PutRequest", "Item", Arc::clone(item)),
        None => ("DeleteRequest", "Key", Arc::new(key_item(schema, key))),
    };
    object([(request, Some(object([(name, Some(Output::Item(value)))])))])
}

/// The response of a batch; the error, if all of it failed. Its last part is what is left.
fn finished(
    failure: Option<ApiError>,
    parts: Vec<(&'static str, Output)>,
    capacity: Vec<Output>,
    sizes: Option<Output>,
) -> Result<Output> {
    if let Some(error) = failure {
        return Err(error);
    }
    let parts = parts.into_iter().map(|(name, part)| (name, Some(part)));
    let capacity = (!capacity.is_empty()).then_some(Output::List(capacity));
    Ok(object(parts.chain([("ItemCollectionMetrics", sizes), ("ConsumedCapacity", capacity)])))
}
