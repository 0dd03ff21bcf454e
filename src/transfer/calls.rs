//! A run as requests of DynamoDB's API.
//!
//! What was asked of tables and items becomes a request each; what only a simulated cluster can do (a
//! crash, a split, time that passes) becomes a note. Sample data and imported files, which are put by
//! one client, become batches.

use std::borrow::Cow;
use std::sync::Arc;

use super::pages::page_request;
use crate::api::{Output, add_index_request, create_request, settings_request};
use crate::base::{ClientId, SortedMap, VirtualTime};
use crate::data::{AttributeValue, Item, Key, Resolution, TableName, TableSchema};
use crate::expression::Named;
use crate::node::{Action, Change, ClientRequest, Condition, Write};
use crate::scenario::command_line;
use crate::sim::{Alteration, Archiving, Command, RunStep, Source, World};
use crate::storage::ItemKey;

/// The client in whose name files and sample data are put.
pub const LOADER: ClientId = ClientId(1);
/// A batch has no more writes than this (API Reference, "BatchWriteItem"), and no more bytes.
const BATCH: usize = 25;
const BATCH_BYTES: usize = 8 << 20;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub operation: &'static str,
    pub input: Output,
}

/// A part of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    Call(VirtualTime, Call),
    /// What no request says, in words of one line.
    Note(VirtualTime, String),
}

/// A run as requests and notes, in order. `world` knows the tables that the run began with.
pub fn calls(world: &World, run: &[RunStep]) -> Vec<Entry> {
    let mut writer = Writer { tables: SortedMap::default(), entries: Vec::new(), batch: None };
    for schema in world.tables() {
        writer.tables.insert(schema.name.clone(), schema.clone());
    }
    for step in run {
        writer.step(step.at, &step.command);
    }
    writer.end_batch();
    writer.entries
}

struct Writer {
    tables: SortedMap<TableName, TableSchema>,
    entries: Vec<Entry>,
    batch: Option<Batch>,
}

/// Writes of the loader that go together.
struct Batch {
    at: VirtualTime,
    table: TableName,
    keys: Vec<ItemKey>,
    items: Vec<Arc<Item>>,
    bytes: usize,
}

impl Writer {
    fn step(&mut self, at: VirtualTime, command: &Command) {
        if let Command::Request(wanted) = command
            && let Action::Put(item) = &wanted.action
            && wanted.client == LOADER
        {
            return self.add_to_batch(at, &wanted.key, item);
        }
        self.end_batch();
        match command {
            Command::Request(wanted) => self.request(at, wanted),
            Command::DefineTable(schema) => self.define(at, schema),
            Command::DropTable(name) => self.call(at, "DeleteTable", of_table(name, [])),
            Command::Alter(name, change) => self.alter(at, name, change),
            Command::Archive(wanted) => self.archive(at, wanted),
            other => self.note(at, command_line(other)),
        }
    }

    fn call(&mut self, at: VirtualTime, operation: &'static str, input: Output) {
        self.entries.push(Entry::Call(at, Call { operation, input }));
    }

    fn note(&mut self, at: VirtualTime, words: String) {
        self.entries.push(Entry::Note(at, words));
    }

    fn add_to_batch(&mut self, at: VirtualTime, key: &ItemKey, item: &Arc<Item>) {
        let size = item.size();
        let fits = self.batch.as_ref().is_some_and(|batch| {
            batch.table == *key.table()
                && batch.items.len() < BATCH
                && batch.bytes + size <= BATCH_BYTES
                && !batch.keys.contains(key)
        });
        if !fits {
            self.end_batch();
        }
        let batch = self.batch.get_or_insert_with(|| Batch {
            at,
            table: key.table().clone(),
            keys: Vec::new(),
            items: Vec::new(),
            bytes: 0,
        });
        batch.keys.push(key.clone());
        batch.items.push(Arc::clone(item));
        batch.bytes += size;
    }

    fn end_batch(&mut self) {
        let Some(Batch { at, table, items, .. }) = self.batch.take() else { return };
        if let [item] = &items[..] {
            let input = of_table(&table, [("Item", Output::Item(Arc::clone(item)))]);
            return self.call(at, "PutItem", input);
        }
        let put = |item| object([("PutRequest", object([("Item", Output::Item(item))]))]);
        let puts = Output::List(items.into_iter().map(put).collect());
        let tables = Output::Object(vec![(Cow::Owned(table.to_string()), puts)]);
        self.call(at, "BatchWriteItem", object([("RequestItems", tables)]));
    }

    fn define(&mut self, at: VirtualTime, schema: &TableSchema) {
        if schema.resolution == Resolution::Siblings {
            let name = &schema.name;
            self.note(at, format!("{name} keeps siblings; elsewhere the last writer wins"));
        }
        self.call(at, "CreateTable", create_request(schema));
        if let Some(expiry) = &schema.expiry {
            self.call(at, "UpdateTimeToLive", expire(&schema.name, &expiry.attribute, true));
        }
        if let Some(recording) = schema.recording {
            self.call(at, "UpdateContinuousBackups", recover(&schema.name, recording.days));
        }
        self.tables.insert(schema.name.clone(), schema.clone());
    }

    fn alter(&mut self, at: VirtualTime, name: &TableName, change: &Alteration) {
        let Some(before) = self.tables.get(name).cloned() else { return };
        // A table of a snapshot is known as it is now: it may have had the change then.
        let after = change.of(&before).unwrap_or_else(|_| before.clone());
        match change {
            Alteration::AddIndex(index) if !index.is_global() => {
                let index = &index.name;
                self.note(
                    at,
                    format!("a local index cannot be added to a table: create {name} with {index}"),
                );
            }
            Alteration::AddIndex(index) => {
                self.call(at, "UpdateTable", add_index_request(&after, index));
            }
            Alteration::DropIndex(index) => {
                let index = object([("IndexName", Output::text(index.as_str()))]);
                let update = Output::List(vec![object([("Delete", index)])]);
                let input = of_table(name, [("GlobalSecondaryIndexUpdates", update)]);
                self.call(at, "UpdateTable", input);
            }
            Alteration::Expire(Some(expiry)) => {
                self.call(at, "UpdateTimeToLive", expire(name, &expiry.attribute, true));
            }
            Alteration::Expire(None) => {
                if let Some(expiry) = &before.expiry {
                    self.call(at, "UpdateTimeToLive", expire(name, &expiry.attribute, false));
                }
            }
            Alteration::Say(..) => {
                if let Some(input) = settings_request(&before, &after) {
                    self.call(at, "UpdateTable", input);
                }
                if after.about.tags != before.about.tags {
                    self.note(at, format!("the tags of {name} change: TagResource takes its ARN"));
                }
            }
            Alteration::Recover(days) => {
                self.call(at, "UpdateContinuousBackups", recover(name, *days));
            }
        }
        self.tables.insert(name.clone(), after);
    }

    fn archive(&mut self, at: VirtualTime, wanted: &Archiving) {
        match wanted {
            Archiving::Back { table, name, .. } => {
                let input = of_table(table, [("BackupName", Output::text(&**name))]);
                self.call(at, "CreateBackup", input);
            }
            Archiving::Discard(backup) => {
                self.note(at, format!("DeleteBackup of {backup}: takes the ARN it was created with"));
            }
            Archiving::Restore { from: Source::Backup(backup), name, .. } => self.note(
                at,
                format!(
                    "RestoreTableFromBackup of {backup} to {name}: takes the ARN it was created with"
                ),
            ),
            Archiving::Restore { from: Source::Instant(table, instant), name, .. } => self.note(
                at,
                format!(
                    "RestoreTableToPointInTime of {table} to {name}, as it was here at {instant}: \
                     choose the instant there"
                ),
            ),
        }
    }

    fn request(&mut self, at: VirtualTime, wanted: &ClientRequest) {
        let request = match &wanted.action {
            Action::Page(page) => page_request(self.tables.get(&page.table()), page),
            _ => self.item_request(wanted),
        };
        match request {
            Some((operation, input)) => self.call(at, operation, input),
            None => self.note(at, format!("no request says: {wanted}")),
        }
    }

    /// A request about one item; none if DynamoDB has no such request.
    fn item_request(&self, wanted: &ClientRequest) -> Option<(&'static str, Output)> {
        let table = wanted.key.table();
        let schema = self.tables.get(table)?;
        let key = || Some(("Key", key_output(schema, wanted.key.key())?));
        let item = |item: &Arc<Item>| Some(("Item", Output::Item(Arc::clone(item))));
        let mut named = Named::default();
        let absent = |named: &mut Named| {
            let name = named.name(&schema.partition_key.name);
            ("ConditionExpression", Output::text(format!("attribute_not_exists({name})")))
        };
        let mut members = Vec::new();
        let operation = match &wanted.action {
            Action::Get => {
                members.extend(key());
                "GetItem"
            }
            Action::GetConsistent => {
                members.extend(key());
                members.push(("ConsistentRead", Output::Bool(true)));
                "GetItem"
            }
            Action::Put(put) => {
                members.extend(item(put));
                "PutItem"
            }
            Action::PutIf(put, Condition::Absent) => {
                members.extend(item(put));
                members.push(absent(&mut named));
                "PutItem"
            }
            Action::Delete => {
                members.extend(key());
                "DeleteItem"
            }
            Action::DeleteIf(Condition::Absent) => {
                members.extend(key());
                members.push(absent(&mut named));
                "DeleteItem"
            }
            Action::Change(change) => {
                members.extend(match &change.write {
                    Write::Put(put) => item(put),
                    _ => key(),
                });
                change_members(change, &mut named, &mut members)
            }
            Action::PutIf(..) | Action::DeleteIf(_) | Action::Page(_) => return None,
        };
        members.extend(placeholders(&named));
        Some((operation, of_table(table, members)))
    }
}

/// What a change has beside its item or key; the operation that makes it.
fn change_members(
    change: &Change,
    named: &mut Named,
    members: &mut Vec<(&'static str, Output)>,
) -> &'static str {
    if let Write::Update { update, .. } = &change.write {
        let text = named.update(update);
        // An update of nothing makes the item.
        if !text.is_empty() {
            members.push(("UpdateExpression", Output::text(text)));
        }
    }
    match &change.condition {
        Some(condition) => {
            members.push(("ConditionExpression", Output::text(named.condition(condition))));
        }
        None if matches!(change.write, Write::Update { .. }) => {}
        None => members.push(("ReturnValues", "ALL_OLD".into())),
    }
    match &change.write {
        Write::Put(_) => "PutItem",
        Write::Delete => "DeleteItem",
        Write::Update { .. } => "UpdateItem",
    }
}

/// What stands for names and values in a request's expressions.
pub(super) fn placeholders(named: &Named) -> impl Iterator<Item = (&'static str, Output)> {
    let names = named.names().map(|(key, name)| (Cow::Owned(key), Output::text(name)));
    let names = Output::Object(names.collect());
    let values = named.values().map(|(key, value)| (Cow::Owned(key), value_output(value)));
    let values = Output::Object(values.collect());
    let all = [("ExpressionAttributeNames", names), ("ExpressionAttributeValues", values)];
    all.into_iter().filter(|(_, map)| *map != Output::Object(Vec::new()))
}

/// A value in DynamoDB JSON.
fn value_output(value: &AttributeValue) -> Output {
    let list = |values: Vec<Output>| Output::List(values);
    let content = match value {
        AttributeValue::S(text) => Output::text(&**text),
        AttributeValue::N(number) => Output::text(number.to_string()),
        AttributeValue::B(bytes) => Output::Bytes(bytes.clone()),
        AttributeValue::BOOL(value) => Output::Bool(*value),
        AttributeValue::NULL => Output::Bool(true),
        AttributeValue::L(values) => list(values.iter().map(value_output).collect()),
        AttributeValue::M(map) => item_output(map),
        AttributeValue::SS(set) => list(set.iter().map(|text| Output::text(&**text)).collect()),
        AttributeValue::NS(set) => {
            list(set.iter().map(|it| Output::text(it.to_string())).collect())
        }
        AttributeValue::BS(set) => list(set.iter().map(|it| Output::Bytes(it.clone())).collect()),
    };
    object([(value.type_descriptor(), content)])
}

/// An item in DynamoDB JSON, member by member.
pub(super) fn item_output(item: &Item) -> Output {
    let members =
        item.iter().map(|(name, value)| (Cow::Owned(name.to_owned()), value_output(value)));
    Output::Object(members.collect())
}

/// A key in DynamoDB JSON; none if the table has other keys.
pub(super) fn key_output(schema: &TableSchema, key: &Key) -> Option<Output> {
    Some(item_output(&schema.with_key(Item::new(), key).ok()?))
}

pub(super) fn object(members: impl IntoIterator<Item = (&'static str, Output)>) -> Output {
    let named = members.into_iter().map(|(name, value)| (Cow::Borrowed(name), value));
    Output::Object(named.collect())
}

/// The input of a request about a table.
pub(super) fn of_table(
    name: &TableName,
    members: impl IntoIterator<Item = (&'static str, Output)>,
) -> Output {
    object([("TableName", Output::text(name.as_str()))].into_iter().chain(members))
}

fn expire(name: &TableName, attribute: &str, enabled: bool) -> Output {
    let specification =
        object([("AttributeName", Output::text(attribute)), ("Enabled", Output::Bool(enabled))]);
    of_table(name, [("TimeToLiveSpecification", specification)])
}

fn recover(name: &TableName, days: Option<u8>) -> Output {
    let mut members = vec![("PointInTimeRecoveryEnabled", Output::Bool(days.is_some()))];
    members.extend(days.map(|days| ("RecoveryPeriodInDays", Output::Integer(days.into()))));
    of_table(name, [("PointInTimeRecoverySpecification", object(members))])
}

#[cfg(test)]
mod tests;
