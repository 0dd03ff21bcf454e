//! What is told of a backup.

use super::super::Output;
use super::super::arn::arn as table_arn;
use super::super::output::object;
use super::super::tables::{billing, index_details, key_schema_of, throughput};
use super::super::tables::{id, unix_ms};
use crate::backup::Backup;
use crate::sim::World;

/// The name by which the whole world knows a backup.
pub(super) fn arn(Backup { id, schema, created, .. }: &Backup) -> String {
    format!("{}/backup/{:014}-{:08x}", table_arn(&schema.name), unix_ms(*created), id.0)
}

fn status(backup: &Backup) -> &'static str {
    if backup.content.is_some() { "AVAILABLE" } else { "CREATING" }
}

fn bytes(backup: &Backup) -> Output {
    Output::Integer(backup.content.as_ref().map_or(0, |content| content.bytes))
}

/// The backup itself, with another status than it has.
pub(super) fn details(backup: &Backup, other: Option<&'static str>) -> Output {
    object([
        ("BackupArn", Some(Output::text(arn(backup)))),
        ("BackupName", Some(Output::text(&*backup.name))),
        ("BackupSizeBytes", Some(bytes(backup))),
        ("BackupStatus", Some(other.unwrap_or(status(backup)).into())),
        ("BackupType", Some("USER".into())),
        ("BackupCreationDateTime", Some(Output::Thousandths(unix_ms(backup.created)))),
    ])
}

/// The backup with the table that it is of.
pub(super) fn described(backup: &Backup, other: Option<&'static str>, world: &World) -> Output {
    let schema = &backup.schema;
    let items = backup.content.as_ref().map_or(0, |content| content.rows.len() as u64);
    let source = object([
        ("TableName", Some(Output::text(schema.name.as_str()))),
        ("TableId", Some(Output::text(id(schema, world)))),
        ("TableArn", Some(Output::text(table_arn(&schema.name)))),
        ("TableSizeBytes", Some(bytes(backup))),
        ("KeySchema", Some(key_schema_of(schema))),
        ("TableCreationDateTime", Some(Output::Thousandths(unix_ms(schema.about.created)))),
        ("ProvisionedThroughput", Some(throughput(schema.about.throughput))),
        ("ItemCount", Some(Output::Integer(items))),
        ("BillingMode", Some(billing(schema).into())),
    ]);
    let indexes = |local: bool| {
        let some = schema.indexes.iter().filter(|index| index.is_global() != local);
        let some: Vec<Output> = some.map(index_details).collect();
        (!some.is_empty()).then_some(Output::List(some))
    };
    let expiry = schema.expiry.as_ref().map(|expiry| {
        object([
            ("TimeToLiveStatus", Some("ENABLED".into())),
            ("AttributeName", Some(Output::text(&*expiry.attribute))),
        ])
    });
    let features = object([
        ("LocalSecondaryIndexes", indexes(true)),
        ("GlobalSecondaryIndexes", indexes(false)),
        ("TimeToLiveDescription", expiry),
    ]);
    object([
        ("BackupDetails", Some(details(backup, other))),
        ("SourceTableDetails", Some(source)),
        ("SourceTableFeatureDetails", Some(features)),
    ])
}

/// A line in the list of backups.
pub(super) fn summary(backup: &Backup, world: &World) -> Output {
    let schema = &backup.schema;
    object([
        ("TableName", Some(Output::text(schema.name.as_str()))),
        ("TableId", Some(Output::text(id(schema, world)))),
        ("TableArn", Some(Output::text(table_arn(&schema.name)))),
        ("BackupArn", Some(Output::text(arn(backup)))),
        ("BackupName", Some(Output::text(&*backup.name))),
        ("BackupCreationDateTime", Some(Output::Thousandths(unix_ms(backup.created)))),
        ("BackupStatus", Some(status(backup).into())),
        ("BackupType", Some("USER".into())),
        ("BackupSizeBytes", Some(bytes(backup))),
    ])
}
