//! Workloads that go on: who begins, asks, and ends when.

use std::sync::Arc;

use super::super::workload::{Running, Workload};
use super::super::{Command, EventKind};
use super::{Happening, World};
use crate::base::{ClientId, Duration, Error, Result, VirtualTime, WorkloadId, heap_sort};
use crate::data::{KeyKind, Resolution};

impl Happening {
    /// The workload that asks or ends.
    pub fn workload(&self) -> Option<WorkloadId> {
        match self {
            Happening::Asks(running) => Some(running.id),
            _ => None,
        }
    }
}

impl World {
    /// Refuses what cannot run on its table, one too many, and the end of one that does not run.
    pub(super) fn check_workload(&self, command: &Command) -> Result<()> {
        match command {
            Command::StartWorkload(workload) => {
                self.check_table(workload)?;
                match self.free_workload() {
                    Some(_) => Ok(()),
                    None => Err(Error::refused(format!(
                        "{} workloads run already: stop one first",
                        self.workloads.len()
                    ))),
                }
            }
            Command::StopWorkload(None) if self.workloads.is_empty() => {
                Err(Error::refused("no workload runs: there is nothing to stop"))
            }
            Command::StopWorkload(Some(id)) if self.workloads.iter().all(|(one, _)| one != id) => {
                Err(Error::refused(format!("{id} does not run: workloads lists those that do")))
            }
            _ => Ok(()),
        }
    }

    fn check_table(&self, workload: &Workload) -> Result<()> {
        let Some(schema) = self.tables.get(&workload.table) else { return Ok(()) };
        if schema.partition_key.kind != KeyKind::S || schema.sort_key.is_some() {
            return Err(Error::refused(format!(
                "a workload's items have a string as their key and nothing more, and table {} asks \
                 for another: choose another table",
                schema.name
            )));
        }
        if schema.resolution == Resolution::Siblings && workload.reads < 100 {
            return Err(Error::refused(format!(
                "table {} keeps siblings, where a write has a context, and a workload has none: \
                 choose another table, or reads=100",
                schema.name
            )));
        }
        Ok(())
    }

    fn free_workload(&self) -> Option<WorkloadId> {
        WorkloadId::all().find(|id| self.workloads.iter().all(|(taken, _)| taken != id))
    }

    pub(super) fn carry_out_on_workload(&mut self, command: Command) {
        match command {
            Command::StartWorkload(workload) => {
                let id = self.free_workload().expect("one too many is refused");
                let running = Running::begin(id, workload, self.config.seed, self.now);
                self.workloads.push((id, running.ends()));
                self.wait_for_next(Box::new(running));
            }
            Command::StopWorkload(which) => {
                WorkloadId::all()
                    .filter(|id| which.is_none_or(|which| which == *id))
                    .for_each(|id| self.stop_workload(id));
            }
            other => unreachable!("{other} is not about a workload"),
        }
    }

    pub(super) fn stop_workload(&mut self, id: WorkloadId) {
        let taken = self.queue.take_out(|happening| happening.workload() == Some(id));
        if let Some((_, happening)) = taken {
            self.foreground -= usize::from(!happening.is_background());
            if let Happening::Asks(running) = happening {
                self.end_workload(&running);
            }
        }
    }

    fn wait_for_next(&mut self, mut running: Box<Running>) {
        let at = running.draw_next(self.now);
        self.schedule(at, Happening::Asks(running));
    }

    /// A workload asks, or its span is over.
    pub(super) fn go_on(&mut self, mut running: Box<Running>) {
        if running.ends().is_some_and(|ends| ends <= self.now) {
            return self.end_workload(&running);
        }
        let schema = self.tables.get(&running.workload.table);
        let key_name = schema.map_or("id", |schema| &schema.partition_key.name);
        let wanted = running.draw(key_name);
        self.wait_for_next(running);
        self.carry_out_if_possible(Command::Request(Arc::new(wanted)));
    }

    fn end_workload(&mut self, running: &Running) {
        let Running { id, asked, .. } = *running;
        self.workloads.retain(|(other, _)| *other != id);
        self.record(|| EventKind::WorkloadEnded { workload: id, asked });
    }

    /// The workloads that go on, by number.
    pub fn workloads(&self) -> Vec<&Running> {
        if self.workloads.is_empty() {
            return Vec::new();
        }
        let all = self.queue.iter().filter_map(|(_, happening)| match happening {
            Happening::Asks(running) => Some(&**running),
            _ => None,
        });
        let mut all: Vec<&Running> = all.collect();
        heap_sort(&mut all, |a, b| a.id.cmp(&b.id));
        all
    }

    /// Whether requests come by themselves.
    pub fn has_workload(&self) -> bool {
        !self.workloads.is_empty()
    }

    /// Whether anybody waits for anything although a workload goes on that nobody waits for: for an
    /// answer that is not a workload's, for what is scheduled, or for a workload's end.
    pub(super) fn is_awaited(&self) -> bool {
        let asks = |client: ClientId| client.workload().is_none();
        self.clients.iter().any(|client| asks(client.id) && client.outstanding_count() > 0)
            || self.workloads.iter().any(|(_, ends)| ends.is_some())
            || self.is_archiving()
            || self.queue.iter().any(|(_, happening)| matches!(happening, Happening::Scheduled(_)))
    }

    /// Whether a workload goes on that has no end.
    pub(super) fn has_endless_workload(&self) -> bool {
        self.workloads.iter().any(|(_, ends)| ends.is_none())
    }

    /// When the last workload ends of those that end by themselves.
    pub fn workloads_end(&self) -> Option<VirtualTime> {
        self.workloads.iter().filter_map(|(_, ends)| *ends).max()
    }

    /// About how much workloads let happen in a span of time.
    pub(super) fn asked_in(&self, span: Duration) -> u64 {
        let requests = self.workloads().into_iter().map(|one| one.requests_in(self.now, span));
        // It begins, is forwarded, and answered; a message there and back and a sync for each owner.
        let each = 5 + 3 * u64::from(self.config.n);
        requests.sum::<u64>().saturating_mul(each)
    }
}
