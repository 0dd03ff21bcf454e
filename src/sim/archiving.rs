//! Backups and restores: what is asked of the archive, and what it tells.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::World;
use super::faults::bare_span;
use super::words::counted;
use crate::backup::{Archive, Backup, BackupId, Job, restored, window};
use crate::base::{ClientId, NodeId, RequestId, VirtualTime};
use crate::data::{TableName, TableSchema};
use crate::node::Failure;
use crate::storage::{ItemKey, Version};

/// What is asked of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Archiving {
    /// A backup of a table as it is now.
    Back { client: ClientId, table: TableName, name: Box<str> },
    /// A backup goes.
    Discard(BackupId),
    /// A new table as another one was. `schema`: where it is declared in another way than by default.
    Restore { client: ClientId, from: Source, name: TableName, schema: Option<Box<TableSchema>> },
}

/// What a table is restored from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    Backup(BackupId),
    Instant(TableName, VirtualTime),
}

/// What the archive tells. Its own request comes from the client that asked for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ArchiveNews {
    /// Everything that is to be in a backup was read.
    Kept { backup: BackupId, name: Box<str>, items: u32, bytes: u64 },
    /// A new table is being filled.
    Fills { table: TableName, items: u32 },
    /// It is ready.
    Restored { table: TableName, items: u32 },
    /// It could not be filled, and is gone.
    GaveUp { table: TableName, failure: Failure },
}

impl fmt::Display for Archiving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Back { table, name, .. } => write!(f, "backup {table} as={name}"),
            Self::Discard(backup) => write!(f, "backup drop {backup}"),
            Self::Restore { from: Source::Backup(backup), name, .. } => {
                write!(f, "restore {backup} as={name}")
            }
            Self::Restore { from: Source::Instant(table, at), name, .. } => {
                let at = bare_span(at.since(VirtualTime::ZERO));
                write!(f, "restore {table} at={at} as={name}")
            }
        }
    }
}

impl fmt::Display for ArchiveNews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept { backup, name, items, bytes } => {
                let items = counted(*items, "item");
                write!(f, "backup {name} ({backup}) is kept: {items}, {bytes} bytes")
            }
            Self::Fills { table, items } => {
                write!(f, "table {table} is being filled with {}", counted(*items, "item"))
            }
            Self::Restored { table, items } => {
                write!(f, "table {table} is ready, with {}", counted(*items, "item"))
            }
            Self::GaveUp { table, failure } => {
                write!(f, "table {table} cannot be filled and is gone: {failure}")
            }
        }
    }
}

impl World {
    /// The backups, and what is being made or restored.
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// The backup that a name or a number means.
    pub fn backup(&self, name: &str) -> Option<&Backup> {
        self.archive.named(name)
    }

    /// The restore that fills a table, until it is ready.
    pub fn restore_into(&self, table: &TableName) -> Option<&Job> {
        let into = |job: &&Job| job.target().is_some_and(|target| target.name == *table);
        self.archive.jobs().iter().find(into)
    }

    /// Whether a backup or a restore of this request is under way.
    pub fn archives(&self, request: RequestId) -> bool {
        self.archive.jobs().iter().any(|job| job.request == request)
    }

    /// Whether a backup or a restore is under way.
    pub fn is_archiving(&self) -> bool {
        !self.archive.jobs().is_empty()
    }

    /// The table that one is restored to, unless it is to differ.
    pub fn restored(&self, schema: &TableSchema, name: TableName) -> TableSchema {
        restored(schema, name, self.now())
    }

    /// The first instant that a table can be restored to; none without continuous backups.
    pub fn earliest_restorable(&self, schema: &TableSchema) -> Option<VirtualTime> {
        window::earliest(schema.recording, self.now())
    }

    /// What anybody remembers of an item that he does not hold any more.
    pub fn past(&self, key: &ItemKey) -> impl Iterator<Item = &Version> {
        self.machines.iter().flat_map(|machine| machine.store().changes().of(key))
    }

    /// How many versions a node remembers that it does not hold any more, and their size in bytes.
    pub fn remembered(&self, node: NodeId) -> (usize, u64) {
        let changes = self.store(node).map(|store| store.changes());
        changes.map_or((0, 0), |changes| (changes.len(), changes.bytes()))
    }
}
