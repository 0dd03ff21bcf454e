//! The archive at work: backups and restores that ask the cluster for what they need, as a client of
//! their own.

use std::sync::Arc;

use super::super::{Alteration, ArchiveNews, Archiving, EventKind, Source};
use super::archive_client::{heard, page, page_of, put};
use super::{Happening, World};
use crate::backup::{Ask, Content, Job, Next, Row, Task, restored};
use crate::base::{Duration, Error, NodeId, RequestId, Result, VirtualTime};
use crate::causality::HybridTime;
use crate::data::{IndexSchema, Recording, Resolution, TableName, TableSchema};
use crate::node::{Answer, Failure, Modes, Timestamps};

/// How long a job waits before it tries again.
const AGAIN: Duration = Duration::from_ms(1_000);
/// How often it looks after the indexes of a new table.
const LOOK: Duration = Duration::from_ms(100);

impl World {
    /// Refuses what there is nothing for, and what would be in the way of something else.
    pub(super) fn check_archiving(&self, wanted: &Archiving) -> Result<()> {
        if self.archive.is_full() {
            return Err(Error::refused("50 backups and restores are under way: wait for one"));
        }
        match wanted {
            Archiving::Back { table, name, .. } => {
                let schema = self.known_table(table)?;
                check_name(name)?;
                self.check_usable(table)?;
                match schema.resolution {
                    Resolution::Siblings => Err(no_past_of_siblings(table)),
                    Resolution::LastWriterWins => Ok(()),
                }
            }
            Archiving::Discard(id) => match self.archive.backup(*id) {
                None => Err(Error::not_found(format!("there is no backup {id}"))),
                Some(backup) if backup.content.is_none() => {
                    Err(Error::refused(format!("backup {id} is being made: wait for it")))
                }
                Some(_) => Ok(()),
            },
            Archiving::Restore { from, name, schema, .. } => {
                let source = match from {
                    Source::Backup(id) => match self.archive.backup(*id) {
                        None => return Err(Error::not_found(format!("there is no backup {id}"))),
                        Some(it) if it.content.is_none() => {
                            let what = format!("backup {id} is being made: wait for it");
                            return Err(Error::refused(what));
                        }
                        Some(backup) => &backup.schema,
                    },
                    Source::Instant(table, at) => {
                        let schema = self.known_table(table)?;
                        self.check_instant(schema, *at)?;
                        schema
                    }
                };
                if self.tables.contains_key(name) || self.restore_into(name).is_some() {
                    return Err(Error::refused(format!(
                        "table {name} exists already: restore to a new one"
                    )));
                }
                let fits = |schema: &TableSchema| {
                    schema.key_attributes().eq(source.key_attributes())
                        && schema.resolution == source.resolution
                        && schema.name == *name
                };
                match schema.as_ref().is_none_or(|schema| fits(schema)) {
                    true => Ok(()),
                    false => Err(Error::invalid("a restored table has the keys of the other one")),
                }
            }
        }
    }

    /// Whether instants mean nothing to versions: each goes above the one before, whatever clocks show.
    pub fn numbers_versions(&self) -> bool {
        self.config.modes.timestamps == Timestamps::Quorum
    }

    /// Refuses to keep a past that no instant could be told of.
    pub(super) fn check_stamps(&self, change: &Alteration) -> Result<()> {
        match change {
            Alteration::Recover(Some(_)) if self.numbers_versions() => Err(Error::refused(
                "with timestamps=quorum versions are numbered and not timed, so that nobody can tell \
                 what there was at an instant: set timestamps=wall or hlc first",
            )),
            _ => Ok(()),
        }
    }

    /// Refuses to number versions from now on where an instant has to be told.
    pub(super) fn check_stamps_with(&self, modes: &Modes) -> Result<()> {
        let mut tables = self.tables.values();
        let kept = tables.find(|schema| self.earliest_restorable(schema).is_some());
        match kept.filter(|_| modes.timestamps == Timestamps::Quorum) {
            None => Ok(()),
            Some(schema) => Err(Error::refused(format!(
                "with timestamps=quorum versions are numbered and not timed, and table {0} can be \
                 restored to instants: switch that off first, with: pitr {0} off",
                schema.name
            ))),
        }
    }

    fn known_table(&self, table: &TableName) -> Result<&TableSchema> {
        let known = self.tables.get(table);
        known.ok_or_else(|| Error::not_found(format!("there is no table {table}")))
    }

    /// Refuses anything about a table that is not ready.
    pub(super) fn check_usable(&self, table: &TableName) -> Result<()> {
        if self.archive.jobs().is_empty() {
            return Ok(());
        }
        let table = table.as_index().map_or(table.clone(), |(table, _)| table);
        match self.restore_into(&table) {
            None => Ok(()),
            Some(_) => Err(Error::refused(format!(
                "table {table} is being restored: wait until it is ready"
            ))),
        }
    }

    /// Refuses to look at a table at an instant that its past does not reach.
    pub(super) fn check_instant(&self, schema: &TableSchema, at: VirtualTime) -> Result<()> {
        let name = &schema.name;
        let Some(earliest) = self.earliest_restorable(schema) else {
            return Err(Error::refused(format!(
                "table {name} has no continuous backups: switch them on with: pitr {name} on"
            )));
        };
        match (earliest..=self.now).contains(&at) {
            true => Ok(()),
            false => Err(Error::refused(format!(
                "table {name} can be restored to any instant from {earliest} until now, {}, not to \
                 {at}",
                self.now
            ))),
        }
    }

    /// Begins what the archive is asked for; its request, if it is answered later.
    pub(super) fn carry_out_archiving(&mut self, wanted: Archiving) -> Option<RequestId> {
        let begun = self.now;
        match wanted {
            Archiving::Discard(id) => {
                self.archive.remove(id);
                None
            }
            Archiving::Back { client, table, name } => {
                let request = self.next_request.take();
                let schema = self.tables.get(&table).expect("it was checked").clone();
                let id = self.archive.begin_backup(name, schema, begun);
                let at = self.newest_time(&table).max(HybridTime::end_of(begun.0));
                let what = (table.clone(), at);
                let job = Job::reading((request, client), begun, Task::Backup(id), what);
                self.archive.begin_job(job);
                self.keep_past(&table);
                self.go_on_archiving(request);
                Some(request)
            }
            Archiving::Restore { client, from, name, schema } => {
                let request = self.next_request.take();
                let source = match &from {
                    Source::Backup(id) => self.archive.backup(*id).map(|backup| &backup.schema),
                    Source::Instant(table, _) => self.tables.get(table),
                };
                let source = source.expect("it was checked");
                let into = schema.unwrap_or_else(|| Box::new(restored(source, name, begun)));
                match from {
                    Source::Instant(table, at) => {
                        let (task, at) = (Task::Restore(into), HybridTime::end_of(at.0));
                        let job = Job::reading((request, client), begun, task, (table, at));
                        self.archive.begin_job(job);
                    }
                    Source::Backup(id) => {
                        let content = self.archive.backup(id).and_then(|it| it.content.clone());
                        let rows = content.expect("it was checked").rows;
                        let job = Job::loading((request, client), begun, into, Arc::clone(&rows));
                        self.archive.begin_job(job);
                        self.begin_filling(request, &rows);
                    }
                }
                self.go_on_archiving(request);
                Some(request)
            }
        }
    }

    /// The newest time of any version of a table, durable or not: with wrong clocks it may be later
    /// than now.
    fn newest_time(&self, table: &TableName) -> HybridTime {
        let held = self.stored().filter(|(_, key, _)| key.table() == table);
        let held = held.map(|(_, _, held)| held.stamp().time);
        let pending = self.machines.iter().flat_map(|machine| machine.log.pending());
        let pending = pending.filter(|it| it.key().is_some_and(|key| key.table() == table));
        let pending = pending.filter_map(|record| Some(record.version()?.stamp.time));
        held.chain(pending).max().unwrap_or_default()
    }

    /// Sees to it that nodes keep the past of a table while a backup of it is made, and no longer.
    fn keep_past(&mut self, table: &TableName) {
        let is_read = self.archive.jobs().iter().any(|job| job.reads() == Some(table));
        let Some(schema) = self.tables.get(table) else { return };
        let recording = match (schema.recording, is_read) {
            (None, true) => Some(Recording { since: self.now, days: None }),
            (Some(Recording { days: None, .. }), false) => None,
            _ => return,
        };
        let changed = TableSchema { recording, ..schema.clone() };
        Arc::make_mut(&mut self.tables).insert(table.clone(), changed);
        self.configure_nodes();
    }

    /// Whether a backup of a table is being made.
    pub(super) fn is_held(&self, table: &TableName) -> bool {
        self.archive.jobs().iter().any(|job| job.reads() == Some(table))
    }

    /// Asks for what a job wants now, or looks whether it is done.
    pub(super) fn go_on_archiving(&mut self, request: RequestId) {
        while let Some(job) = self.archive.job_mut(request) {
            if job.is_indexing() {
                return self.look_at_indexes(request);
            }
            let Some(ask) = job.wants() else {
                if let Next::Written(items) = job.written() {
                    self.written(request, items);
                }
                return;
            };
            let target = job.target().map(|schema| schema.name.clone());
            let wanted = match &ask {
                Ask::Page { table, at, after } => page_of(table, *at, after.clone()),
                Ask::Put { row: (key, item), .. } => {
                    put(target.expect("only restores write"), key.clone(), Arc::clone(item))
                }
            };
            // It waits for the answer before that can come.
            let by = self.next_request;
            job.asked(&ask, by);
            assert_eq!(self.begin_request(Arc::new(wanted)), by);
        }
    }

    /// A request of the archive was answered.
    pub(super) fn tell_archive(&mut self, by: RequestId, answer: Answer) {
        let job = self.archive.jobs().iter().find(|job| job.waits_for(by));
        let Some(request) = job.map(|job| job.request) else { return };
        let failure = match &answer {
            Answer::Failed(failure) => *failure,
            _ => Failure::NoAnswer,
        };
        let now = self.now;
        let Some(job) = self.archive.job_mut(request) else { return };
        match job.hear(by, heard(answer), now) {
            Next::GoOn => self.go_on_archiving(request),
            Next::Wait => self.schedule(self.now + AGAIN, Happening::GoesOn(request)),
            Next::Read(rows) => self.read(request, rows),
            Next::Written(items) => self.written(request, items),
            Next::GiveUp => self.give_up(request, failure),
        }
    }

    fn answer_job(&mut self, request: RequestId, answer: Answer) {
        let Some(job) = self.archive.job_mut(request) else { return };
        let (client, took) = (job.client, self.now.since(job.begun));
        let answered = || EventKind::Answered { request, client, is_write: false, answer, took };
        self.trace.record_answer(self.now, answered);
    }

    /// A job has read all that it wanted.
    fn read(&mut self, request: RequestId, rows: Vec<Row>) {
        let Some(job) = self.archive.job_mut(request) else { return };
        let Some(table) = job.reads().cloned() else { return };
        match job.task.clone() {
            Task::Backup(id) => {
                let name = self.archive.backup(id).map(|backup| backup.name.clone());
                let answer = page(&table, &rows);
                let content = Content::new(rows);
                let (items, bytes) = (content.rows.len() as u32, content.bytes);
                self.archive.fill(id, content);
                self.answer_job(request, answer);
                let name = name.unwrap_or_default();
                let news = ArchiveNews::Kept { backup: id, name, items, bytes };
                self.record(|| EventKind::Archived { request, news });
                self.archive.end_job(request);
                self.keep_past(&table);
            }
            Task::Restore(_) => {
                job.begin_loading(rows.clone());
                self.begin_filling(request, &rows);
                self.go_on_archiving(request);
            }
        }
    }

    /// It is known what a new table will be: there it is, though nobody can use it yet.
    fn begin_filling(&mut self, request: RequestId, rows: &[Row]) {
        let Some(job) = self.archive.job_mut(request) else { return };
        let Some(schema) = job.target().cloned() else { return };
        let (table, items) = (schema.name.clone(), rows.len() as u32);
        self.answer_job(request, page(&table, rows));
        let name = table.clone();
        self.record(|| EventKind::Archived {
            request,
            news: ArchiveNews::Fills { table: name, items },
        });
        Arc::make_mut(&mut self.tables).insert(table, schema);
        self.configure_nodes();
    }

    /// Every item is written.
    fn written(&mut self, request: RequestId, items: u32) {
        if let Some(job) = self.archive.job_mut(request) {
            job.begin_indexing(items);
            self.look_at_indexes(request);
        }
    }

    /// Ends a restore if the indexes of the new table are there.
    fn look_at_indexes(&mut self, request: RequestId) {
        let target = self.archive.job_mut(request).and_then(|job| job.target().cloned());
        let Some(schema) = target else { return };
        let mut global = schema.indexes.iter().filter(|index| index.is_global());
        let are_there = global.all(|index| self.is_index_there(&schema, index));
        let now = self.now;
        let Some(job) = self.archive.job_mut(request) else { return };
        match job.looked(are_there, now) {
            Some(items) => {
                self.archive.end_job(request);
                let news = ArchiveNews::Restored { table: schema.name, items };
                self.record(|| EventKind::Archived { request, news });
            }
            None => self.schedule(self.now + LOOK, Happening::GoesOn(request)),
        }
    }

    /// Whether an index is what its table asks for, at every owner of an entry that is up.
    fn is_index_there(&self, schema: &TableSchema, index: &IndexSchema) -> bool {
        let name = TableName::of_index(&schema.name, &index.name);
        let is_filled = |node: &NodeId| {
            let known = self.store(*node).and_then(|store| store.indexes().get(&name));
            known.is_some_and(|(_, filled)| *filled) || !self.is_up(*node)
        };
        let mut updates = self.index_updates().filter(|(_, _, key, _)| *key.table() == name);
        updates.all(|(_, owner, ..)| !self.is_up(owner))
            && self.lists.members().iter().all(is_filled)
            && self.index_errors(schema, index).is_empty()
    }

    fn give_up(&mut self, request: RequestId, failure: Failure) {
        let Some(job) = self.archive.job_mut(request) else { return };
        if job.reads().is_some() {
            self.answer_job(request, Answer::Failed(failure));
        }
        let Some(job) = self.archive.end_job(request) else { return };
        if let Some(table) = job.reads() {
            self.keep_past(table);
        }
        match &job.task {
            Task::Backup(id) => self.archive.remove(*id),
            Task::Restore(schema) if job.reads().is_none() => {
                let table = schema.name.clone();
                let news = ArchiveNews::GaveUp { table: table.clone(), failure };
                self.record(|| EventKind::Archived { request, news });
                self.drop_table(&table);
            }
            Task::Restore(_) => {}
        }
    }
}

fn check_name(name: &str) -> Result<()> {
    let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    match (3..=255).contains(&name.len()) && name.chars().all(is_known) {
        true => Ok(()),
        false => Err(Error::invalid(
            "the name of a backup has 3 to 255 letters, digits, dots, dashes and underscores",
        )),
    }
}

pub(super) fn no_past_of_siblings(table: &TableName) -> Error {
    Error::refused(format!(
        "table {table} keeps siblings: backups are of tables that keep one version of an item"
    ))
}
