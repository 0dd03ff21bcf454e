//! A backup or a restore under way: what it asks, and what it makes of the answers.
//!
//! ```text
//!   Reading  page after page, as of t ──▶ rows ─┬─ backup: into the archive, done
//!                                               └─ restore: Loading, several puts at a time ──▶
//!   Indexing waits for the indexes of the new table ──▶ done
//! ```

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{BackupId, Row};
use crate::base::{ClientId, Duration, RequestId, VirtualTime, heap_sort};
use crate::causality::HybridTime;
use crate::data::{TableName, TableSchema};
use crate::storage::ItemKey;

/// How many writes of a restore are under way at once.
const MOST_PUTS: usize = 16;
/// How often it is tried to read a page: who was silent, or suspected, may answer a second later.
const MOST_READS: u32 = 3;
/// So long may nothing be written, or an index not be there, before that is the end of it.
const PATIENCE: Duration = Duration::from_ms(30_000);

/// What it is all for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    Backup(BackupId),
    /// Into this new table.
    Restore(Box<TableSchema>),
}

/// A backup or a restore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// What its client asked, and gets an answer to.
    pub request: RequestId,
    pub client: ClientId,
    pub begun: VirtualTime,
    pub task: Task,
    phase: Phase,
    /// Pages that could not be read, in a row.
    failures: u32,
    /// Since when nothing was written.
    stuck: Option<VirtualTime>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Phase {
    Reading {
        table: TableName,
        at: HybridTime,
        rows: Vec<Row>,
        after: Option<ItemKey>,
        asked: Option<RequestId>,
    },
    Loading {
        rows: Arc<Vec<Row>>,
        /// Those from here on were not tried yet.
        next: u32,
        again: Vec<u32>,
        under_way: Vec<(RequestId, u32)>,
    },
    Indexing {
        items: u32,
    },
}

/// What a job asks of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    Page { table: TableName, at: HybridTime, after: Option<ItemKey> },
    Put { number: u32, row: Row },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Some rows; more follow behind this item, if any do.
    Page(Vec<Row>, Option<ItemKey>),
    Stored,
    Failed,
}

/// What follows from that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// There may be something to ask.
    GoOn,
    /// It is to be tried again in a while.
    Wait,
    /// Everything was read.
    Read(Vec<Row>),
    /// Everything was written: so many items.
    Written(u32),
    GiveUp,
}

impl Job {
    /// A job that reads a table as it was.
    pub fn reading(
        (request, client): (RequestId, ClientId),
        begun: VirtualTime,
        task: Task,
        (table, at): (TableName, HybridTime),
    ) -> Self {
        let phase = Phase::Reading { table, at, rows: Vec::new(), after: None, asked: None };
        Self { request, client, begun, task, phase, failures: 0, stuck: None }
    }

    /// A restore that has everything that it needs.
    pub fn loading(
        (request, client): (RequestId, ClientId),
        begun: VirtualTime,
        schema: Box<TableSchema>,
        rows: Arc<Vec<Row>>,
    ) -> Self {
        let phase = Phase::Loading { rows, next: 0, again: Vec::new(), under_way: Vec::new() };
        Self {
            request,
            client,
            begun,
            task: Task::Restore(schema),
            phase,
            failures: 0,
            stuck: None,
        }
    }

    /// The table that it reads; none if it has what it needs.
    pub fn reads(&self) -> Option<&TableName> {
        match &self.phase {
            Phase::Reading { table, .. } => Some(table),
            _ => None,
        }
    }

    /// Whether its client has its answer: everything was read.
    pub fn is_answered(&self) -> bool {
        self.reads().is_none()
    }

    /// The new table, of a restore.
    pub fn target(&self) -> Option<&TableSchema> {
        match &self.task {
            Task::Backup(_) => None,
            Task::Restore(schema) => Some(schema),
        }
    }

    /// How many items are written, and how many there are, while a restore writes.
    pub fn progress(&self) -> Option<(u32, u32)> {
        match &self.phase {
            Phase::Loading { rows, next, again, under_way } => {
                let left = again.len() + under_way.len();
                Some((next - left as u32, rows.len() as u32))
            }
            _ => None,
        }
    }

    /// How many items a restore writes, once that is known.
    pub fn size(&self) -> Option<u32> {
        match &self.phase {
            Phase::Reading { .. } => None,
            Phase::Loading { rows, .. } => Some(rows.len() as u32),
            Phase::Indexing { items } => Some(*items),
        }
    }

    /// What to ask now, if anything: to be called until there is nothing, and
    /// [`Job::asked`] each time.
    pub fn wants(&self) -> Option<Ask> {
        match &self.phase {
            Phase::Reading { table, at, after, asked: None, .. } => {
                Some(Ask::Page { table: table.clone(), at: *at, after: after.clone() })
            }
            Phase::Loading { rows, next, again, under_way } if under_way.len() < MOST_PUTS => {
                let number = again.last().copied().unwrap_or(*next);
                let row = rows.get(number as usize)?.clone();
                Some(Ask::Put { number, row })
            }
            _ => None,
        }
    }

    /// That was asked, by this request.
    pub fn asked(&mut self, ask: &Ask, by: RequestId) {
        match (&mut self.phase, ask) {
            (Phase::Reading { asked, .. }, Ask::Page { .. }) => *asked = Some(by),
            (Phase::Loading { next, again, under_way, .. }, Ask::Put { number, .. }) => {
                under_way.push((by, *number));
                if again.pop().is_none() {
                    *next += 1;
                }
            }
            _ => {}
        }
    }

    /// Whether it waits for this request.
    pub fn waits_for(&self, request: RequestId) -> bool {
        match &self.phase {
            Phase::Reading { asked, .. } => *asked == Some(request),
            Phase::Loading { under_way, .. } => under_way.iter().any(|(it, _)| *it == request),
            Phase::Indexing { .. } => false,
        }
    }

    /// What came of a request that it waited for.
    pub fn hear(&mut self, request: RequestId, heard: Heard, now: VirtualTime) -> Next {
        let is_failure = heard == Heard::Failed;
        self.failures = if is_failure { self.failures + 1 } else { 0 };
        let is_over = self.is_over(is_failure, now);
        match &mut self.phase {
            Phase::Reading { rows, after, asked, .. } => {
                *asked = None;
                match heard {
                    Heard::Page(more, last) => {
                        rows.extend(more);
                        *after = last;
                        match after {
                            Some(_) => Next::GoOn,
                            None => Next::Read(std::mem::take(rows)),
                        }
                    }
                    Heard::Failed if self.failures < MOST_READS => Next::Wait,
                    _ => Next::GiveUp,
                }
            }
            Phase::Loading { again, under_way, .. } => {
                let place = under_way.iter().position(|(it, _)| *it == request);
                let Some((_, number)) = place.map(|place| under_way.remove(place)) else {
                    return Next::GoOn;
                };
                match heard {
                    Heard::Failed => {
                        again.push(number);
                        if is_over { Next::GiveUp } else { Next::Wait }
                    }
                    _ => self.written(),
                }
            }
            Phase::Indexing { .. } => Next::GoOn,
        }
    }

    /// Whether it has been stuck for too long.
    fn is_over(&mut self, is_stuck: bool, now: VirtualTime) -> bool {
        self.stuck = self.stuck.filter(|_| is_stuck).or(is_stuck.then_some(now));
        self.stuck.is_some_and(|since| now.since(since) >= PATIENCE)
    }

    /// Whether everything is written by now.
    pub fn written(&self) -> Next {
        match &self.phase {
            Phase::Loading { rows, next, again, under_way }
                if under_way.is_empty() && again.is_empty() && *next as usize == rows.len() =>
            {
                Next::Written(*next)
            }
            _ => Next::GoOn,
        }
    }

    /// Everything that was to be restored was read.
    pub fn begin_loading(&mut self, rows: Vec<Row>) {
        let (rows, again, under_way) = (Arc::new(rows), Vec::new(), Vec::new());
        self.phase = Phase::Loading { rows, next: 0, again, under_way };
    }

    /// Everything was written, and now the indexes are waited for.
    pub fn begin_indexing(&mut self, items: u32) {
        self.stuck = None;
        self.phase = Phase::Indexing { items };
    }

    /// The indexes were looked at: so many items are restored, if these are there or were
    /// waited for long enough; none: to be looked at again.
    pub fn looked(&mut self, are_there: bool, now: VirtualTime) -> Option<u32> {
        let Phase::Indexing { items } = self.phase else { return None };
        (self.is_over(!are_there, now) || are_there).then_some(items)
    }

    pub fn is_indexing(&self) -> bool {
        matches!(self.phase, Phase::Indexing { .. })
    }

    /// Whether a snapshot may claim this.
    pub fn is_sound(&self) -> bool {
        let keys_fit = |rows: &[Row]| {
            let target = self.target();
            let fits = |(key, _): &Row| target.is_none_or(|it| it.check_key(key).is_ok());
            rows.iter().all(fits)
        };
        self.failures < u32::MAX
            && match &self.phase {
                Phase::Reading { rows, .. } => keys_fit(rows),
                Phase::Loading { rows, next, again, under_way } => {
                    let mut open: Vec<u32> = again.clone();
                    open.extend(under_way.iter().map(|(_, number)| number));
                    let count = open.len();
                    heap_sort(&mut open, u32::cmp);
                    open.dedup();
                    keys_fit(rows)
                        && matches!(self.task, Task::Restore(_))
                        && open.len() == count
                        && open.last().is_none_or(|last| last < next)
                        && *next as usize <= rows.len()
                }
                Phase::Indexing { .. } => matches!(self.task, Task::Restore(_)),
            }
    }
}
