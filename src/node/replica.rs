//! The node as replica: it stores what coordinators send, and votes once that is durable.

use super::message::{Address, Body};
use super::step::{Appended, Effect, Effects, Node, Note};
use crate::base::{NodeId, RequestId};
use crate::storage::{Applied, Record};

impl Node {
    /// Appends a version to the log, or votes at once if it adds nothing to what is durable here.
    pub(super) fn store_write(
        &mut self,
        coordinator: NodeId,
        request: RequestId,
        record: Record,
        effects: &mut Effects,
    ) {
        let stamp = record.version.stamp;
        let outcome = self.store.would_apply(&record.key, &stamp);
        if outcome == Applied::Stored {
            effects.list.push(Effect::Append(record.clone()));
            self.state.appended.push_back(Appended { request, coordinator, record });
        } else {
            effects.note(|| Note::Applied { request, stamp, outcome });
            self.vote_for_write(coordinator, request, effects);
        }
    }

    /// The oldest appended record is durable: applies it, and votes.
    ///
    /// # Panics
    /// If nothing was appended.
    pub(super) fn durable(&mut self, effects: &mut Effects) {
        let Appended { request, coordinator, record } =
            self.state.appended.pop_front().expect("only appended records become durable");
        let stamp = record.version.stamp;
        let outcome = self.store.apply(&record.key, record.version);
        effects.note(|| Note::Applied { request, stamp, outcome });
        self.vote_for_write(coordinator, request, effects);
    }

    fn vote_for_write(&mut self, coordinator: NodeId, request: RequestId, effects: &mut Effects) {
        if coordinator == self.id {
            self.count_write(self.id, request, effects);
        } else {
            effects.send(Address::Node(coordinator), request, Body::WriteAck);
        }
    }
}
