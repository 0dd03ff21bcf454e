//! The node as coordinator: who is asked in the stead of owners that are away.

use super::Action;
use super::coordinate::{Operation, Stage};
use super::effect::Effects;
use super::message::{Address, Body};
use super::note::Note;
use super::step::Node;
use crate::base::{Mutation, NodeId, RequestId, mutated};
use crate::coordinator::{Seat, Vote};

impl Node {
    /// Asks a fallback for the vote that `replica` cannot give, where fallbacks count.
    pub(super) fn substitute(
        &mut self,
        replica: NodeId,
        request: RequestId,
        vote: Vote,
        effects: &mut Effects,
    ) -> bool {
        let counts = self.settings.is_sloppy() || mutated(Mutation::HintCountsInStrict);
        let waits = |operation: &Operation| {
            let mut waiting = operation.stage.tally().waiting().iter();
            waiting.any(|seat| seat.replica == replica)
                // A fallback knows nothing of promises.
                && operation.wanted.action != Action::GetConsistent
                && !matches!(
                    operation.stage,
                    Stage::Repairing { .. } | Stage::Round(_) | Stage::Paging(_)
                )
        };
        if !counts || !self.awake(request).is_some_and(|operation| waits(operation)) {
            return false;
        }
        let Some(fallback) = self.next_fallback(request) else { return false };
        self.note_vote(request, replica, vote, None, effects);
        let operation = self.state.operations.get_mut(request).expect("it was just asked");
        let seat = operation.stage.substitute(replica, fallback).expect("it waits for the vote");
        let owner = seat.owner;
        effects.note(|| Note::Substituted { request, owner, fallback, counts: true });
        self.ask(request, seat, effects);
        true
    }

    /// Sends a write that its owner will not have to a fallback, as a hint that counts for nothing.
    pub(super) fn leave_hint(&mut self, request: RequestId, seat: Seat, effects: &mut Effects) {
        if !self.settings.modes.handoff.is_on() {
            return;
        }
        let Some(operation) = self.awake(request) else { return };
        let Stage::Writing { version, .. } = &operation.stage else { return };
        let (key, version) = (operation.wanted.key.clone(), version.clone());
        let Some(fallback) = self.next_fallback(request) else { return };
        let Seat { owner, .. } = seat;
        effects.note(|| Note::Substituted { request, owner, fallback, counts: false });
        if fallback == self.id {
            self.store_write(self.id, request, key, version, Some(owner), effects);
        } else {
            let body = Body::Write { key, version, hint: Some(owner) };
            effects.send(Address::Node(fallback), request, body);
        }
    }

    /// The next node after the owners that is not suspected, and was not asked yet.
    fn next_fallback(&mut self, request: RequestId) -> Option<NodeId> {
        let operation = self.state.operations.get(request)?;
        let all = self.lists.fallbacks(operation.wanted.key.position);
        let fallback = all
            .into_iter()
            .find(|node| !self.suspects(*node) && !operation.fallbacks.contains(node))?;
        self.state.operations.get_mut(request)?.fallbacks.push(fallback);
        Some(fallback)
    }
}
