//! RestoreTableFromBackup and RestoreTableToPointInTime.

use super::super::arn::{arn as table_arn, table_of_arn};
use super::super::error::{ApiError, ErrorName, Result};
use super::super::input::Input;
use super::super::items::failed;
use super::super::output::object;
use super::super::tables::describe_table;
use super::super::{Output, Work};
use super::{arn, check_quota, named, source, unix_us};
use crate::base::{ClientId, VirtualTime};
use crate::data::{IndexName, IndexSchema, TableName, TableSchema};
use crate::node::Answer;
use crate::sim::{Archiving, Command, Source, UNIX_EPOCH_S, World};

/// A restore that makes sense.
struct Restore {
    from: Source,
    /// As it would be by default, and as it is to be.
    schema: (TableSchema, TableSchema),
    /// The backup's name, if there is one.
    backup: Option<String>,
    table: TableName,
    at: VirtualTime,
}

pub(in super::super) fn from_backup(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let backup = named(input, world)?;
    if backup.content.is_none() {
        let what = format!("Backup is being created: {}", arn(backup));
        return Err(ApiError::new(ErrorName::BackupInUse, what));
    }
    Ok(Box::new(Restore {
        from: Source::Backup(backup.id),
        schema: target(input, &backup.schema, world)?,
        backup: Some(arn(backup)),
        table: backup.schema.name.clone(),
        at: backup.created,
    }))
}

pub(in super::super) fn to_instant(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let schema = match (input.text("SourceTableName"), input.text("SourceTableArn")) {
        (Some(name), None) => source(name, world)?,
        (None, Some(arn)) => match table_of_arn(arn) {
            Some(name) => source(name.as_str(), world)?,
            None => return Err(ApiError::validation(format!("Invalid TableArn: {arn}"))),
        },
        _ => {
            return Err(ApiError::invalid(
                "exactly one of SourceTableName and SourceTableArn must be specified",
            ));
        }
    };
    let Some(earliest) = world.earliest_restorable(schema) else {
        return Err(ApiError::new(
            ErrorName::RecoveryUnavailable,
            "Point in time recovery has not yet been enabled for this source table.",
        ));
    };
    let latest = input.flag("UseLatestRestorableTime").unwrap_or_default();
    let at = match (latest, input.instant("RestoreDateTime")) {
        (true, None) => world.now(),
        (false, Some(unix)) => {
            let at = unix.checked_sub(UNIX_EPOCH_S * 1_000_000).map(VirtualTime);
            let in_window = at.filter(|at| (earliest..=world.now()).contains(at));
            in_window.ok_or_else(|| invalid_time(earliest, world))?
        }
        _ => {
            return Err(ApiError::invalid(
                "exactly one of RestoreDateTime and UseLatestRestorableTime must be specified",
            ));
        }
    };
    Ok(Box::new(Restore {
        from: Source::Instant(schema.name.clone(), at),
        schema: target(input, schema, world)?,
        backup: None,
        table: schema.name.clone(),
        at,
    }))
}

fn invalid_time(earliest: VirtualTime, world: &World) -> ApiError {
    let seconds = |us: u64| Output::Thousandths(us).to_json();
    let (from, to) = (unix_us(earliest).div_ceil(1_000), unix_us(world.now()) / 1_000);
    ApiError::new(
        ErrorName::InvalidRestoreTime,
        format!(
            "An invalid restore time was specified. RestoreDateTime must be between \
             EarliestRestorableDateTime and LatestRestorableDateTime: {} and {}",
            seconds(from),
            seconds(to)
        ),
    )
}

/// The new table by default, and with what the request overrides.
fn target(
    input: Input<'_>,
    schema: &TableSchema,
    world: &World,
) -> Result<(TableSchema, TableSchema)> {
    let name = TableName::new(input.required("TargetTableName"))?;
    if world.table(&name).is_some() || world.restore_into(&name).is_some() {
        let what = format!("Table already exists: {name}");
        return Err(ApiError::new(ErrorName::TableAlreadyExists, what));
    }
    check_quota(world)?;
    let default = world.restored(schema, name);
    let mut wanted = default.clone();
    wanted.about.throughput = paid(input, wanted.about.throughput)?;
    for (list, is_global) in
        [("GlobalSecondaryIndexOverride", true), ("LocalSecondaryIndexOverride", false)]
    {
        if input.has(list) {
            let kept = chosen(input, list, &default)?;
            wanted.indexes.retain(|it| it.is_global() != is_global || kept.contains(&it.name));
        }
    }
    if wanted.about.throughput.is_none() {
        wanted.indexes.iter_mut().for_each(|index| index.throughput = None);
    }
    Ok((default, wanted))
}

fn paid(input: Input<'_>, before: Option<(u64, u64)>) -> Result<Option<(u64, u64)>> {
    let units = input.inside("ProvisionedThroughputOverride").map(|it| {
        let of = |name| it.integer(name).unwrap_or_default().unsigned_abs();
        (of("ReadCapacityUnits"), of("WriteCapacityUnits"))
    });
    match (input.text("BillingModeOverride"), units) {
        (Some("PAY_PER_REQUEST"), Some(_)) => Err(ApiError::invalid(
            "ProvisionedThroughputOverride cannot be specified when BillingModeOverride is \
             PAY_PER_REQUEST",
        )),
        (Some("PAY_PER_REQUEST"), None) => Ok(None),
        (Some(_), None) if before.is_none() => Err(ApiError::invalid(
            "ProvisionedThroughputOverride must be specified when BillingModeOverride is \
             PROVISIONED",
        )),
        (_, units) => Ok(units.or(before)),
    }
}

/// Which of its indexes the new table is to have: some of those that there were.
fn chosen(input: Input<'_>, list: &str, schema: &TableSchema) -> Result<Vec<IndexName>> {
    let mut names = Vec::new();
    for given in input.structures(list) {
        let name = given.required("IndexName");
        let keys = |index: &IndexSchema| {
            let wanted = given.structures("KeySchema").map(|key| key.required("AttributeName"));
            wanted.eq(index.partition.iter().chain(&index.sort).map(|key| &*key.name))
        };
        let found = IndexName::new(name).ok().and_then(|name| schema.index(&name));
        match found.filter(|index| keys(index)) {
            Some(index) => names.push(index.name.clone()),
            None => {
                return Err(ApiError::invalid(format!(
                    "the index {name} is not one of the source table's: a restore can leave indexes \
                     out, but not add or change any"
                )));
            }
        }
    }
    Ok(names)
}

impl Work for Restore {
    fn commands(&self, client: ClientId) -> Vec<Command> {
        let (default, wanted) = &self.schema;
        vec![Command::Archive(Archiving::Restore {
            client,
            from: self.from.clone(),
            name: wanted.name.clone(),
            schema: (default != wanted).then(|| Box::new(wanted.clone())),
        })]
    }

    fn finish(&self, answers: &[Answer], world: &World) -> Result<Output> {
        answers.iter().try_for_each(failed)?;
        let mut table = describe_table(&self.schema.1, "CREATING", world);
        let summary = object([
            ("SourceBackupArn", self.backup.as_ref().map(Output::text)),
            ("SourceTableArn", Some(Output::text(table_arn(&self.table)))),
            ("RestoreDateTime", Some(Output::Thousandths(unix_us(self.at) / 1_000))),
            ("RestoreInProgress", Some(Output::Bool(true))),
        ]);
        if let Output::Object(members) = &mut table {
            members.push(("RestoreSummary".into(), summary));
        }
        Ok(object([("TableDescription", Some(table))]))
    }
}
