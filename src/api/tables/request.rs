//! Requests that make a table what it is: what leaves for another cluster.

use super::super::Output;
use super::super::output::object;
use super::describe::{billing, definitions, key_schema, key_schema_of, projection};
use crate::data::{IndexSchema, TableSchema};

/// The input of CreateTable for a table such as this one, without how its items expire and whether its
/// past is kept.
pub fn create_request(schema: &TableSchema) -> Output {
    let indexes = |local: bool| {
        let some = schema.indexes.iter().filter(|index| index.is_global() != local);
        let some: Vec<Output> = some.map(|index| index_request(schema, index)).collect();
        (!some.is_empty()).then_some(Output::List(some))
    };
    let about = &schema.about;
    let tag = |(key, value): &(Box<str>, Box<str>)| {
        object([("Key", Some(Output::text(&**key))), ("Value", Some(Output::text(&**value)))])
    };
    let tags: Vec<Output> = about.tags.iter().map(tag).collect();
    object([
        ("TableName", Some(Output::text(schema.name.as_str()))),
        ("AttributeDefinitions", Some(definitions(schema))),
        ("KeySchema", Some(key_schema_of(schema))),
        ("BillingMode", Some(billing(schema).into())),
        ("ProvisionedThroughput", about.throughput.map(units)),
        ("LocalSecondaryIndexes", indexes(true)),
        ("GlobalSecondaryIndexes", indexes(false)),
        ("TableClass", about.is_infrequent.then(|| "STANDARD_INFREQUENT_ACCESS".into())),
        ("DeletionProtectionEnabled", about.is_protected.then_some(Output::Bool(true))),
        ("Tags", (!tags.is_empty()).then_some(Output::List(tags))),
    ])
}

/// The input of UpdateTable that adds a global index to a table, which has it already in `schema`.
pub fn add_index_request(schema: &TableSchema, index: &IndexSchema) -> Output {
    let create = object([("Create", Some(index_request(schema, index)))]);
    object([
        ("TableName", Some(Output::text(schema.name.as_str()))),
        ("AttributeDefinitions", Some(definitions(schema))),
        ("GlobalSecondaryIndexUpdates", Some(Output::List(vec![create]))),
    ])
}

/// The input of UpdateTable for what a table says of itself from now on, tags aside; none if that is
/// what it said before.
pub fn settings_request(before: &TableSchema, after: &TableSchema) -> Option<Output> {
    let (was, is) = (&before.about, &after.about);
    let is_paid_otherwise = was.throughput != is.throughput;
    let class = if is.is_infrequent { "STANDARD_INFREQUENT_ACCESS" } else { "STANDARD" };
    let pays = |index: &&IndexSchema| {
        let other = before.index(&index.name).map(|other| other.throughput);
        index.throughput.is_some() && other != Some(index.throughput)
    };
    let update = |index: &IndexSchema| {
        let name = Some(Output::text(index.name.as_str()));
        let paid = index.throughput.map(units);
        let update = object([("IndexName", name), ("ProvisionedThroughput", paid)]);
        object([("Update", Some(update))])
    };
    let updates: Vec<Output> = after.indexes.iter().filter(pays).map(update).collect();
    let changes = [
        ("BillingMode", is_paid_otherwise.then(|| billing(after).into())),
        ("ProvisionedThroughput", is.throughput.filter(|_| is_paid_otherwise).map(units)),
        ("GlobalSecondaryIndexUpdates", (!updates.is_empty()).then_some(Output::List(updates))),
        ("TableClass", (was.is_infrequent != is.is_infrequent).then(|| class.into())),
        (
            "DeletionProtectionEnabled",
            (was.is_protected != is.is_protected).then_some(Output::Bool(is.is_protected)),
        ),
    ];
    let name = ("TableName", Some(Output::text(after.name.as_str())));
    let is_change = changes.iter().any(|(_, change)| change.is_some());
    is_change.then(|| object([name].into_iter().chain(changes)))
}

fn index_request(schema: &TableSchema, index: &IndexSchema) -> Output {
    let throughput = index.throughput.or(schema.about.throughput);
    let is_paid = index.is_global() && schema.about.throughput.is_some();
    object([
        ("IndexName", Some(Output::text(index.name.as_str()))),
        ("KeySchema", Some(key_schema(index.partition.iter(), index.sort.iter()))),
        ("Projection", Some(projection(&index.projection))),
        ("ProvisionedThroughput", throughput.filter(|_| is_paid).map(units)),
    ])
}

fn units((read, write): (u64, u64)) -> Output {
    object([
        ("ReadCapacityUnits", Some(Output::Integer(read))),
        ("WriteCapacityUnits", Some(Output::Integer(write))),
    ])
}
