//! The node as coordinator of a read: answers, and the repair of those who are behind.

use std::sync::Arc;

use super::coordinate::{Operation, Stage};
use super::effect::Effects;
use super::message::{Address, Body};
use super::note::Note;
use super::settings::ReadRepair;
use super::step::Node;
use super::{Action, Answer, Failure};
use crate::base::{Mutation, NodeId, RequestId, mutated};
use crate::coordinator::{Seat, Tally};
use crate::storage::{Held, ItemKey};

impl Node {
    /// Counts a replica's answer to a read.
    pub(super) fn count_read(
        &mut self,
        replica: NodeId,
        request: RequestId,
        held: Option<Held>,
        effects: &mut Effects,
    ) {
        let Some(operation) = self.awake(request) else { return };
        let Stage::Reading(read) = &mut operation.stage else { return };
        let stamp = held.as_ref().map(Held::stamp);
        let Some((vote, reached)) = read.answered(replica, held) else { return };
        self.note_vote(request, replica, vote, stamp, effects);
        if reached {
            self.conclude_read(request, effects);
        }
        self.forget_if_settled(request, effects);
    }

    /// R replicas have answered: answers the client, or first repairs, if that is to be waited for.
    fn conclude_read(&mut self, request: RequestId, effects: &mut Effects) {
        let operation = &self.operation(request);
        let Stage::Reading(read) = &operation.stage else { return };
        let stale = read.stale().map(|seat| seat.replica).collect();
        let is_consistent = operation.wanted.action == Action::GetConsistent;
        let is_blocking = (is_consistent || self.settings.modes.repair == ReadRepair::Blocking)
            && !mutated(Mutation::RepairNotAwaited);
        let may_wait = is_blocking && read.merged().is_some();
        self.note_reached(request, stale, effects);
        if !may_wait || !self.repair_first(request, effects) {
            self.answer_read(request, effects);
        }
    }

    /// Sends what the answers add up to, to everyone who may lack it, and waits until W replicas
    /// have it (ABD: a later read then meets it, as if it had been written again). False if they have
    /// it already.
    fn repair_first(&mut self, request: RequestId, effects: &mut Effects) -> bool {
        let operation = self.operation(request);
        let Stage::Reading(read) = &operation.stage else { return false };
        let Some(held) = read.merged().cloned() else { return false };
        let (read, wanted) = (read.clone(), Arc::clone(&operation.wanted));
        let asked = read.tally().quorum().asked();
        let needed = self.needed(&wanted, true, usize::from(asked));
        if mutated(Mutation::RepairCountsStale) && read.tally().quorum().have() >= needed {
            return false;
        }
        let having: Vec<Seat> = read.current().collect();
        let swap = self.electorate(&wanted, true).swap;
        let joins = swap.map(|swap| Seat::of_owner(swap.joins));
        let waiting = read.tally().waiting().iter().copied();
        let seats: Vec<Seat> = read.stale().chain(waiting).chain(joins).collect();
        let (tally, shortfall) = Tally::continued(asked, needed, swap, &having, seats.clone());
        if tally.is_reached() {
            return false;
        }
        let have = tally.quorum().have();
        let operation = self.state.operations.get_mut(request).expect("it was just counted");
        operation.stage = Stage::Repairing { tally, read };
        let replicas = || seats.iter().map(|seat| seat.replica).collect();
        effects.note(|| Note::Repairs {
            request,
            replicas: replicas(),
            blocking: true,
            have,
            needed,
        });
        if let Some(shortfall) = shortfall {
            let failure = Failure::QuorumImpossible(shortfall);
            effects.note(|| Note::Missed { request, failure });
            self.answer(request, Answer::Failed(failure), effects);
        }
        for seat in seats {
            self.repair(request, seat, &wanted.key, &held, effects);
        }
        true
    }

    fn repair(
        &mut self,
        request: RequestId,
        seat: Seat,
        key: &ItemKey,
        held: &Held,
        effects: &mut Effects,
    ) {
        let (key, hint) = (key.clone(), seat.hint());
        if seat.replica == self.id {
            self.take_repair(self.id, request, key, held, hint, effects);
        } else {
            let body = Body::Repair { key, held: held.clone(), hint };
            effects.send(Address::Node(seat.replica), request, body);
        }
    }

    /// Counts a replica's word that it has what was repaired.
    pub(super) fn count_repair(
        &mut self,
        replica: NodeId,
        request: RequestId,
        effects: &mut Effects,
    ) {
        let Some(operation) = self.awake(request) else { return };
        let Stage::Repairing { tally, .. } = &mut operation.stage else { return };
        let Some((_, _, reached)) = tally.voted(replica) else { return };
        effects.note(|| {
            let (have, needed) = (self.quorum(request).have(), self.quorum(request).needed());
            Note::Confirmed { request, replica, have, needed }
        });
        if reached {
            self.answer_read(request, effects);
        }
        self.forget_if_settled(request, effects);
    }

    /// Every answer has come or was given up: sends those who are behind what they lack, without
    /// waiting for them.
    pub(super) fn repair_afterwards(
        &mut self,
        request: RequestId,
        operation: &Operation,
        effects: &mut Effects,
    ) {
        let Stage::Reading(read) = &operation.stage else { return };
        let is_late = self.time.now > operation.deadline;
        let stale: Vec<Seat> = read.stale().collect();
        let Some(held) = read.merged() else { return };
        if self.settings.modes.repair == ReadRepair::Off || stale.is_empty() || is_late {
            return;
        }
        let (have, needed) = (read.current().count() as u8, 0);
        let replicas = || stale.iter().map(|seat| seat.replica).collect();
        effects.note(|| Note::Repairs {
            request,
            replicas: replicas(),
            blocking: false,
            have,
            needed,
        });
        for seat in stale {
            self.repair(request, seat, &operation.wanted.key, held, effects);
        }
    }

    fn answer_read(&mut self, request: RequestId, effects: &mut Effects) {
        let stage = &self.operation(request).stage;
        let (Stage::Reading(read) | Stage::Repairing { read, .. }) = stage else { return };
        let answer = match read.merged() {
            None => Answer::Read { item: None, stamp: None },
            Some(held) if held.keeps_siblings() => {
                let live = held.live();
                let items = live.map(|(version, item)| (version.stamp, Arc::clone(item))).collect();
                Answer::Siblings { items, context: Arc::new(held.context()) }
            }
            Some(held) => {
                let newest = held.newest();
                Answer::Read { item: newest.item.clone(), stamp: Some(newest.stamp) }
            }
        };
        self.answer(request, answer, effects);
    }
}
