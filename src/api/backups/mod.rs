//! Operations on backups, and on how far back a table can be restored.
//!
//! CreateBackup answers when everything was read, and a restore when it is known what the new table
//! will be, so that an error can still say that too few replicas were there. Then the table is
//! CREATING until it is filled.

mod describe;
mod restore;

pub(super) use restore::{from_backup, to_instant};

use super::error::{ApiError, ErrorName, Result};
use super::input::Input;
use super::items::failed;
use super::output::object;
use super::{Known, Output, Work};
use crate::backup::{Backup, window};
use crate::base::{ClientId, VirtualTime};
use crate::data::{Resolution, TableName, TableSchema};
use crate::node::Answer;
use crate::sim::{Alteration, Archiving, Command, UNIX_EPOCH_S, World};
use describe::{arn, described, details, summary};

/// How many backups a page of them has at most.
const MOST_LISTED: usize = 100;

/// The table that is to be backed up.
fn source<'w>(name: &str, world: &'w World) -> Result<&'w TableSchema> {
    let schema = TableName::new(name).ok().and_then(|name| world.table(&name));
    let Some(schema) = schema else {
        return Err(ApiError::new(ErrorName::TableNotFound, format!("Table not found: {name}")));
    };
    if world.restore_into(&schema.name).is_some() {
        let what = format!("Table is being created: {name}");
        return Err(ApiError::new(ErrorName::TableInUse, what));
    }
    match schema.resolution {
        Resolution::LastWriterWins => Ok(schema),
        Resolution::Siblings => Err(ApiError::new(
            ErrorName::ContinuousBackupsUnavailable,
            format!("Table {name} keeps concurrent writes as siblings, which no backup can"),
        )),
    }
}

/// The backup that `BackupArn` means.
fn named<'w>(input: Input<'_>, world: &'w World) -> Result<&'w Backup> {
    let given = input.required("BackupArn");
    let mut all = world.archive().backups().iter();
    all.find(|backup| arn(backup) == given).ok_or_else(|| {
        ApiError::new(ErrorName::BackupNotFound, format!("Backup not found: {given}"))
    })
}

struct Create {
    table: TableName,
    name: Box<str>,
}

pub(super) fn create(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let table = source(input.required("TableName"), world)?.name.clone();
    check_quota(world)?;
    Ok(Box::new(Create { table, name: input.required("BackupName").into() }))
}

fn check_quota(world: &World) -> Result<()> {
    match world.archive().is_full() {
        false => Ok(()),
        true => Err(ApiError::new(
            ErrorName::LimitExceeded,
            "Subscriber limit exceeded: Only 50 tables can be created, updated, or deleted \
             simultaneously",
        )),
    }
}

impl Work for Create {
    fn commands(&self, client: ClientId) -> Vec<Command> {
        let (table, name) = (self.table.clone(), self.name.clone());
        vec![Command::Archive(Archiving::Back { client, table, name })]
    }

    fn finish(&self, answers: &[Answer], world: &World) -> Result<Output> {
        answers.iter().try_for_each(failed)?;
        let mut all = world.archive().backups().iter().rev();
        let made = all.find(|it| it.name == self.name && it.schema.name == self.table);
        let details = made.map(|backup| details(backup, None));
        Ok(object([("BackupDetails", details)]))
    }
}

pub(super) fn describe(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let described = described(named(input, world)?, None, world);
    Known::work(Vec::new(), object([("BackupDescription", Some(described))]))
}

pub(super) fn delete(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let backup = named(input, world)?;
    if backup.content.is_none() {
        let what = format!("Backup is being created: {}", arn(backup));
        return Err(ApiError::new(ErrorName::BackupInUse, what));
    }
    let command = Command::Archive(Archiving::Discard(backup.id));
    let described = described(backup, Some("DELETED"), world);
    Known::work(vec![command], object([("BackupDescription", Some(described))]))
}

pub(super) fn list(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let (from, to) = (input.instant("TimeRangeLowerBound"), input.instant("TimeRangeUpperBound"));
    let limit = input.integer("Limit").map_or(MOST_LISTED, |limit| limit.unsigned_abs() as usize);
    let is_wanted = |backup: &&Backup| {
        let at = unix_us(backup.created);
        let is_user = matches!(input.text("BackupType"), None | Some("USER" | "ALL"));
        let of_table =
            input.text("TableName").is_none_or(|name| backup.schema.name.as_str() == name);
        is_user && of_table && from.is_none_or(|from| from <= at) && to.is_none_or(|to| at < to)
    };
    let start = input.text("ExclusiveStartBackupArn");
    let all = world.archive().backups().iter();
    let mut all =
        all.skip_while(|it| start.is_some_and(|start| arn(it) != start)).filter(is_wanted);
    if start.is_some() {
        all.next();
    }
    let page: Vec<&Backup> = all.by_ref().take(limit).collect();
    let last = all.next().and_then(|_| page.last()).map(|backup| Output::text(arn(backup)));
    let page = page.into_iter().map(|backup| summary(backup, world)).collect();
    let response =
        object([("BackupSummaries", Some(Output::List(page))), ("LastEvaluatedBackupArn", last)]);
    Known::work(Vec::new(), response)
}

pub(super) fn update_continuous(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let schema = source(input.required("TableName"), world)?;
    let wanted = input.inside("PointInTimeRecoverySpecification");
    let is_on = wanted.and_then(|it| it.flag("PointInTimeRecoveryEnabled")).unwrap_or_default();
    let given = wanted.and_then(|it| it.integer("RecoveryPeriodInDays")).map(|days| days as u8);
    if !is_on && given.is_some() {
        return Err(ApiError::validation(
            "One or more parameter values were invalid: RecoveryPeriodInDays can only be specified \
             when PointInTimeRecoveryEnabled is true",
        ));
    }
    let before = schema.recording.and_then(|recording| recording.days);
    let days = is_on.then(|| given.or(before).unwrap_or(window::MOST_DAYS));
    if is_on && world.numbers_versions() {
        return Err(ApiError::new(
            ErrorName::ContinuousBackupsUnavailable,
            "Versions are numbered and not timed in this cluster (timestamps=quorum), so that no \
             instant can be restored",
        ));
    }
    let change = Alteration::Recover(days);
    let since = world.earliest_restorable(schema).unwrap_or_else(|| world.now());
    let response = continuous(days.map(|days| (days, since)), world);
    Known::work(vec![Command::Alter(schema.name.clone(), change)], response)
}

pub(super) fn describe_continuous(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let schema = source(input.required("TableName"), world)?;
    let days = schema.recording.and_then(|recording| recording.days);
    Known::work(Vec::new(), continuous(days.zip(world.earliest_restorable(schema)), world))
}

/// What is said of a table that can be restored to any instant since one, for so many days.
fn continuous(since: Option<(u8, VirtualTime)>, world: &World) -> Output {
    let status = if since.is_some() { "ENABLED" } else { "DISABLED" };
    let earliest = since.map(|(_, since)| Output::Thousandths(unix_us(since).div_ceil(1_000)));
    let recovery = object([
        ("PointInTimeRecoveryStatus", Some(status.into())),
        ("RecoveryPeriodInDays", since.map(|(days, _)| Output::Integer(days.into()))),
        ("EarliestRestorableDateTime", earliest),
        (
            "LatestRestorableDateTime",
            since.map(|_| Output::Thousandths(unix_us(world.now()) / 1_000)),
        ),
    ]);
    let told = object([
        ("ContinuousBackupsStatus", Some("ENABLED".into())),
        ("PointInTimeRecoveryDescription", Some(recovery)),
    ]);
    object([("ContinuousBackupsDescription", Some(told))])
}

/// Microseconds since 1970.
fn unix_us(instant: VirtualTime) -> u64 {
    UNIX_EPOCH_S * 1_000_000 + instant.0
}
