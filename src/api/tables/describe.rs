//! What DescribeTable tells of a table.

use super::super::Output;
use super::super::arn::{arn, index_arn};
use super::super::output::object;
use crate::base::{Digest, VirtualTime};
use crate::data::{IndexSchema, KeyAttribute, Projected, TableName, TableSchema};
use crate::sim::{UNIX_EPOCH_S, World};

/// The table, with `status`: that of its indexes follows from it.
pub(in super::super) fn describe_table(
    schema: &TableSchema,
    status: &'static str,
    world: &World,
) -> Output {
    let extent = world.extent(&schema.name);
    let indexes = |local: bool| {
        let some = schema.indexes.iter().filter(|index| index.is_global() != local);
        let some: Vec<Output> = some.map(|it| describe_index(schema, it, status, world)).collect();
        (!some.is_empty()).then_some(Output::List(some))
    };
    let about = &schema.about;
    let created = || Output::Thousandths(unix_ms(about.created));
    object([
        ("AttributeDefinitions", Some(definitions(schema))),
        ("TableName", Some(Output::text(schema.name.as_str()))),
        ("KeySchema", Some(key_schema_of(schema))),
        ("TableStatus", Some(status.into())),
        ("CreationDateTime", Some(created())),
        ("ProvisionedThroughput", Some(throughput(about.throughput))),
        ("TableSizeBytes", Some(Output::Integer(extent.bytes))),
        ("ItemCount", Some(Output::Integer(extent.items))),
        ("TableArn", Some(Output::text(arn(&schema.name)))),
        ("TableId", Some(Output::text(id(schema, world)))),
        (
            "BillingModeSummary",
            about.throughput.is_none().then(|| {
                object([
                    ("BillingMode", Some("PAY_PER_REQUEST".into())),
                    ("LastUpdateToPayPerRequestDateTime", Some(created())),
                ])
            }),
        ),
        ("LocalSecondaryIndexes", indexes(true)),
        ("GlobalSecondaryIndexes", indexes(false)),
        (
            "TableClassSummary",
            about
                .is_infrequent
                .then(|| object([("TableClass", Some("STANDARD_INFREQUENT_ACCESS".into()))])),
        ),
        ("DeletionProtectionEnabled", Some(Output::Bool(about.is_protected))),
    ])
}

fn describe_index(
    schema: &TableSchema,
    index: &IndexSchema,
    status: &'static str,
    world: &World,
) -> Output {
    let is_global = index.is_global();
    let is_empty = world.extent(&schema.name).items == 0;
    let is_building = !is_empty && world.is_building(&schema.name, &index.name);
    let is_new = world.table(&schema.name).and_then(|it| it.index(&index.name)).is_none();
    let extent = match is_global {
        true => world.extent(&TableName::of_index(&schema.name, &index.name)),
        false => world.extent_of(&schema.name, |item| {
            index.sort.iter().all(|key| item.get(&key.name).is_some())
        }),
    };
    let status = match (status, is_new || is_building) {
        ("DELETING", _) => "DELETING",
        (_, true) => "CREATING",
        _ => "ACTIVE",
    };
    object([
        ("IndexName", Some(Output::text(index.name.as_str()))),
        ("KeySchema", Some(key_schema(index.partition.iter(), index.sort.iter()))),
        ("Projection", Some(projection(&index.projection))),
        ("IndexStatus", is_global.then(|| status.into())),
        ("Backfilling", (is_global && is_building).then_some(Output::Bool(true))),
        ("ProvisionedThroughput", is_global.then(|| throughput(index.throughput))),
        ("IndexSizeBytes", Some(Output::Integer(extent.bytes))),
        ("ItemCount", Some(Output::Integer(extent.items))),
        ("IndexArn", Some(Output::text(index_arn(schema, index)))),
    ])
}

/// The attributes that keys are made of.
pub(super) fn definitions(schema: &TableSchema) -> Output {
    let mut all: Vec<&KeyAttribute> = Vec::new();
    let indexes = schema.indexes.iter().flat_map(IndexSchema::key_attributes);
    for attribute in schema.key_attributes().chain(indexes) {
        if all.iter().all(|other| other.name != attribute.name) {
            all.push(attribute);
        }
    }
    let one = |attribute: &KeyAttribute| {
        object([
            ("AttributeName", Some(Output::text(&*attribute.name))),
            ("AttributeType", Some(attribute.kind.descriptor().into())),
        ])
    };
    Output::List(all.into_iter().map(one).collect())
}

pub(super) fn key_schema<'a>(
    partition: impl Iterator<Item = &'a KeyAttribute>,
    sort: impl Iterator<Item = &'a KeyAttribute>,
) -> Output {
    let one = |attribute: &KeyAttribute, role: &'static str| {
        object([
            ("AttributeName", Some(Output::text(&*attribute.name))),
            ("KeyType", Some(role.into())),
        ])
    };
    let partition = partition.map(|attribute| one(attribute, "HASH"));
    Output::List(partition.chain(sort.map(|attribute| one(attribute, "RANGE"))).collect())
}

/// The keys of the table itself.
pub(in super::super) fn key_schema_of(schema: &TableSchema) -> Output {
    key_schema([&schema.partition_key].into_iter(), schema.sort_key.iter())
}

/// An index without what it has come to.
pub(in super::super) fn index_details(index: &IndexSchema) -> Output {
    object([
        ("IndexName", Some(Output::text(index.name.as_str()))),
        ("KeySchema", Some(key_schema(index.partition.iter(), index.sort.iter()))),
        ("Projection", Some(projection(&index.projection))),
        ("ProvisionedThroughput", index.is_global().then(|| throughput(index.throughput))),
    ])
}

/// How a table is paid for.
pub(in super::super) fn billing(schema: &TableSchema) -> &'static str {
    if schema.about.throughput.is_some() { "PROVISIONED" } else { "PAY_PER_REQUEST" }
}

pub(super) fn projection(projected: &Projected) -> Output {
    let (kind, names) = match projected {
        Projected::All => ("ALL", None),
        Projected::KeysOnly => ("KEYS_ONLY", None),
        Projected::Include(names) => ("INCLUDE", Some(names)),
    };
    let names = names.map(|names| names.iter().map(|name| Output::text(&**name)).collect());
    object([("ProjectionType", Some(kind.into())), ("NonKeyAttributes", names.map(Output::List))])
}

pub(in super::super) fn throughput(units: Option<(u64, u64)>) -> Output {
    let (read, write) = units.unwrap_or_default();
    object([
        ("NumberOfDecreasesToday", Some(Output::Integer(0))),
        ("ReadCapacityUnits", Some(Output::Integer(read))),
        ("WriteCapacityUnits", Some(Output::Integer(write))),
    ])
}

/// Milliseconds since 1970.
pub(in super::super) fn unix_ms(instant: VirtualTime) -> u64 {
    UNIX_EPOCH_S * 1000 + instant.0 / 1000
}

/// A UUID that this table alone has, in this run.
pub(in super::super) fn id(schema: &TableSchema, world: &World) -> String {
    let seed = world.initial_config().seed;
    let Digest(bytes) =
        Digest::of(format!("{}@{}#{seed}", schema.name, schema.about.created.0).as_bytes());
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text += &format!("{byte:02x}");
    }
    text
}
