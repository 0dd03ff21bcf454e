//! Backups and restores in lines.

use std::fmt::Write as _;

use super::{Line, quoted};
use crate::backup::{Backup, Job, Task, window};
use crate::base::{ClientId, Error, NodeId, Result, VirtualTime};
use crate::data::TableName;
use crate::sim::{Alteration, Archiving, Command, Source, World};

/// The commands of a line about backups; none if it is another.
pub(super) fn archiving(
    world: &World,
    line: &Line,
    client: ClientId,
) -> Result<Option<Vec<Command>>> {
    let wanted = match line {
        Line::Pitr { table, switch, days } => return continuous(table, switch, *days).map(Some),
        Line::Backup { table, which, name: None, .. } if table == "drop" => {
            let which = which.as_deref().ok_or_else(|| {
                Error::invalid("backup drop which one? Name it: backup drop before-lunch")
            })?;
            Archiving::Discard(known(world, which)?.id)
        }
        Line::Backup { table, which: None, name: Some(name), .. } => {
            Archiving::Back { client, table: TableName::new(table)?, name: name.as_str().into() }
        }
        Line::Backup { .. } => {
            return Err(Error::invalid(
                "a backup of which table, by which name? backup Music as=before-lunch",
            ));
        }
        Line::Restore { name, table: Some(table), at, .. } => {
            let from = match at {
                Some(at) => Source::Instant(TableName::new(name)?, VirtualTime(at.0)),
                None => Source::Backup(known(world, name)?.id),
            };
            Archiving::Restore { client, from, name: TableName::new(table)?, schema: None }
        }
        Line::Restore { name, table: None, .. } => {
            return Err(Error::invalid(format!(
                "restore {name} to which table? Name a new one: restore {name} at=2s as=Music2"
            )));
        }
        _ => return Ok(None),
    };
    Ok(Some(vec![Command::Archive(wanted)]))
}

fn known<'w>(world: &'w World, name: &str) -> Result<&'w Backup> {
    world.backup(name).ok_or_else(|| {
        Error::not_found(format!("there is no backup {name}: backups lists those that there are"))
    })
}

fn continuous(table: &str, switch: &str, days: Option<u8>) -> Result<Vec<Command>> {
    let days = match (switch, days) {
        ("on", days) => Some(days.unwrap_or(window::MOST_DAYS)),
        ("off", None) => None,
        _ => return Err(Error::invalid("continuous backups are on or off: pitr Music on days=7")),
    };
    Ok(vec![Command::Alter(TableName::new(table)?, Alteration::Recover(days))])
}

/// A command to the archive as a line; none if no line says it.
pub(super) fn archiving_line(wanted: &Archiving) -> Option<String> {
    let (client, line) = match wanted {
        Archiving::Back { client, table, name } => {
            (*client, format!("backup {} as={}", quoted(table.as_str()), quoted(name)))
        }
        Archiving::Discard(backup) => (ClientId(0), format!("backup drop {backup}")),
        Archiving::Restore { schema: Some(_), .. } => return None,
        Archiving::Restore { client, from, name, .. } => {
            let from = match from {
                Source::Backup(backup) => backup.to_string(),
                Source::Instant(table, at) => format!("{} at={}us", quoted(table.as_str()), at.0),
            };
            (*client, format!("restore {from} as={}", quoted(name.as_str())))
        }
    };
    let prefix = if client.0 > 0 { format!("{client}: ") } else { String::new() };
    let wait = if matches!(wanted, Archiving::Discard(_)) { "" } else { " wait=false" };
    Some(prefix + &line + wait)
}

/// Every backup, every table that can be restored to an instant, and what is under way, one line
/// each.
pub(super) fn backups(world: &World) -> String {
    let mut text = String::new();
    for Backup { id, name, schema, created, content } in world.archive().backups() {
        let _ = write!(text, "{id} {name} of {} at {created}: ", schema.name);
        let _ = match content {
            Some(content) => {
                let items = counted(content.rows.len());
                writeln!(text, "{items}, {} bytes", content.bytes)
            }
            None => writeln!(text, "being made"),
        };
    }
    for schema in world.tables() {
        if let Some(earliest) = world.earliest_restorable(schema) {
            let (name, now) = (&schema.name, world.now());
            let _ =
                writeln!(text, "{name} can be restored to any instant from {earliest} to {now}");
        }
    }
    for job in world.archive().jobs() {
        if let Task::Restore(schema) = &job.task {
            let _ = writeln!(text, "{} is being restored{}", schema.name, progress(job));
        }
    }
    match text.is_empty() {
        true => "no backups\n".to_owned(),
        false => text,
    }
}

/// What a node remembers that it does not hold any more; nothing if that is nothing.
pub(super) fn remembered(world: &World, node: NodeId) -> String {
    match world.remembered(node) {
        (0, _) => String::new(),
        (1, bytes) => format!(", 1 version of the past, {bytes} bytes"),
        (versions, bytes) => format!(", {versions} versions of the past, {bytes} bytes"),
    }
}

fn progress(job: &Job) -> String {
    match job.progress() {
        Some((written, all)) => format!(", {written} of {} written", counted(all as usize)),
        None => String::new(),
    }
}

fn counted(items: usize) -> String {
    format!("{items} item{}", if items == 1 { "" } else { "s" })
}
