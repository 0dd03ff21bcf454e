//! A table that is dropped: the node forgets it whole, what is under way included.

use super::message::{Body, Message, Sync};
use super::moves::{Strays, Stream};
use super::step::Node;
use crate::data::TableName;
use crate::storage::ItemKey;

impl Node {
    /// Forgets everything about a table and its indexes. Whoever still waits for an answer about it
    /// gets none.
    pub(super) fn forget(&mut self, table: &TableName) {
        let gone = |key: &ItemKey| key.table().belongs_to(table);
        self.store.forget(table);
        self.forest = super::replica::planted(self.id, &self.lists, &self.store);
        let state = &mut self.state;
        for (request, relay) in state.relays.take_out(|relay| gone(&relay.wanted().key)) {
            self.deadlines.clear(relay.deadline(), request);
        }
        for (request, operation) in state.operations.take_out(|one| gone(&one.wanted.key)) {
            self.deadlines.clear(operation.deadline, request);
        }
        state.appended.iter_mut().for_each(|appended| appended.forget(table));
        let ballots = state.appended.iter().filter(|appended| appended.record().is_ballot());
        self.unsynced_ballots = ballots.count();
        let background = &mut state.background;
        background.handing_over.retain(|(_, key), _| !gone(key));
        background.tombstones.retain(|key, _| !gone(key));
        background.collection = None;
        background.extra.paid.retain(|source, _| !source.belongs_to(table));
        if let Some(upkeep) = &mut background.extra.upkeep {
            upkeep.forget(gone);
        }
    }
}

impl Stream {
    fn is_about(&self, gone: impl Fn(&ItemKey) -> bool + Copy) -> bool {
        match self {
            Stream::Ask { .. } => false,
            Stream::Part { entries, promises, .. } => {
                let promised = promises.iter().any(|(key, _)| gone(key));
                promised || entries.iter().any(|(key, _)| gone(key))
            }
            Stream::WithPast { part, past, .. } => {
                part.is_about(gone) || past.iter().any(|(key, _)| gone(key))
            }
        }
    }
}

impl Message {
    /// Whether it says anything of a table or its indexes. (Votes and answers do not name what they
    /// are about: whoever waits for them does.)
    pub fn is_about(&self, table: &TableName) -> bool {
        let gone = |key: &ItemKey| key.table().belongs_to(table);
        match &self.body {
            Body::Request(wanted) | Body::Forward(wanted) => gone(&wanted.key),
            Body::Write { key, .. }
            | Body::Read { key }
            | Body::ReadStamp { key }
            | Body::Repair { key, .. }
            | Body::Handoff { key, .. }
            | Body::HandoffAck { key, .. }
            | Body::Prepare { key, .. }
            | Body::Accept { key, .. }
            | Body::ReadConsistent { key } => gone(key),
            Body::Sync(Sync::Entries { entries, .. } | Sync::Missing { entries, .. }) => {
                entries.iter().any(|(key, _)| gone(key))
            }
            Body::Stream(stream) => stream.is_about(gone),
            Body::Sync(Sync::MayCollect { tombstones, .. } | Sync::Collect { tombstones }) => {
                tombstones.iter().any(|(key, _)| gone(key))
            }
            Body::Sync(Sync::Entered { entries } | Sync::MayDisown { entries, .. }) => {
                entries.iter().any(|(key, _)| gone(key))
            }
            Body::Sync(Sync::NotEntered { missing }) => missing.iter().any(gone),
            Body::Sync(Sync::Promises { promises, .. }) => {
                promises.iter().any(|(key, _)| gone(key))
            }
            Body::Strays(Strays::Offer { entries }) => entries.iter().any(|(key, _)| gone(key)),
            Body::Strays(Strays::Answer { have, lack }) => {
                have.iter().any(|(key, _)| gone(key)) || lack.iter().any(gone)
            }
            _ => false,
        }
    }
}
