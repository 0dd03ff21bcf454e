//! The archive: backups that were made, and jobs that make or use them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Job;
use crate::base::{Error, RequestId, Result, VirtualTime};
use crate::data::{Item, Key, TableAbout, TableName, TableSchema};

/// A backup, numbered from 1 and shown as `b1`, `b2`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BackupId(pub u32);

impl fmt::Display for BackupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b{}", self.0)
    }
}

impl FromStr for BackupId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let number = text.strip_prefix('b').and_then(|digits| digits.parse().ok());
        number.map(Self).ok_or_else(|| Error::invalid(format!("{text:?} is no backup: say b1")))
    }
}

/// An item as it was.
pub type Row = (Key, Arc<Item>);

/// What is in a backup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// In the order of the ring.
    pub rows: Arc<Vec<Row>>,
    /// Their size, as DynamoDB counts it.
    pub bytes: u64,
}

impl Content {
    pub fn new(rows: Vec<Row>) -> Self {
        let bytes = rows.iter().map(|(_, item)| item.size() as u64).sum();
        Self { rows: Arc::new(rows), bytes }
    }
}

/// A table as it was at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    pub id: BackupId,
    pub name: Box<str>,
    /// The table as it was declared then.
    pub schema: TableSchema,
    pub created: VirtualTime,
    /// None while it is being made.
    pub content: Option<Content>,
}

/// What is kept outside of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// How many backups were begun so far.
    begun: u32,
    backups: Vec<Backup>,
    jobs: Vec<Job>,
}

impl Archive {
    /// So many backups and restores may be under way at once (DynamoDB, "Service quotas").
    pub const MOST_JOBS: usize = 50;

    /// Whether nothing more can be under way.
    pub fn is_full(&self) -> bool {
        self.jobs.len() >= Self::MOST_JOBS
    }

    /// An archive of these parts, as a snapshot holds them.
    pub fn from_parts(begun: u32, backups: Vec<Backup>, jobs: Vec<Job>) -> Self {
        Self { begun, backups, jobs }
    }

    /// How many backups were begun so far.
    pub fn begun(&self) -> u32 {
        self.begun
    }

    /// All backups, oldest first.
    pub fn backups(&self) -> &[Backup] {
        &self.backups
    }

    pub fn backup(&self, id: BackupId) -> Option<&Backup> {
        self.backups.iter().find(|backup| backup.id == id)
    }

    /// The backup that a name means: its number, or the last one of that name.
    pub fn named(&self, name: &str) -> Option<&Backup> {
        let numbered = name.parse().ok().and_then(|id| self.backup(id));
        numbered.or_else(|| self.backups.iter().rev().find(|backup| *backup.name == *name))
    }

    /// A backup that is to be made.
    pub fn begin_backup(
        &mut self,
        name: Box<str>,
        schema: TableSchema,
        created: VirtualTime,
    ) -> BackupId {
        self.begun += 1;
        let id = BackupId(self.begun);
        self.backups.push(Backup { id, name, schema, created, content: None });
        id
    }

    /// What a backup was waiting for.
    pub fn fill(&mut self, id: BackupId, content: Content) {
        if let Some(backup) = self.backups.iter_mut().find(|backup| backup.id == id) {
            backup.content = Some(content);
        }
    }

    pub fn remove(&mut self, id: BackupId) {
        self.backups.retain(|backup| backup.id != id);
    }

    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }

    pub fn begin_job(&mut self, job: Job) {
        self.jobs.push(job);
    }

    pub fn job_mut(&mut self, request: RequestId) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.request == request)
    }

    /// Ends a job.
    pub fn end_job(&mut self, request: RequestId) -> Option<Job> {
        let at = self.jobs.iter().position(|job| job.request == request)?;
        Some(self.jobs.remove(at))
    }

    /// Whether a snapshot may claim this.
    pub fn is_sound(&self) -> bool {
        self.jobs.len() <= Self::MOST_JOBS
            && self.jobs.iter().all(Job::is_sound)
            && self.backups.iter().all(|backup| backup.id.0 <= self.begun)
            && self.backups.is_sorted_by(|one, next| one.id < next.id)
            && self.backups.iter().all(|backup| {
                let rows = backup.content.iter().flat_map(|content| content.rows.iter());
                rows.map(|(key, _)| key).all(|key| backup.schema.check_key(key).is_ok())
            })
    }
}

/// The table that another one is restored to, unless it is to differ: neither what is said of it nor
/// what befalls its items is taken over, as in DynamoDB.
pub fn restored(schema: &TableSchema, name: TableName, created: VirtualTime) -> TableSchema {
    let TableAbout { throughput, is_infrequent, .. } = schema.about;
    let about = TableAbout { created, throughput, is_infrequent, ..TableAbout::default() };
    TableSchema { name, expiry: None, about, recording: None, ..schema.clone() }
}
