//! The node as replica: it stores what others send, and says so once that is durable.

use super::appended::{Appended, Then};
use super::effect::{Effect, Effects};
use super::message::{Address, Body};
use super::note::{Cause, Note};
use super::step::Node;
use crate::anti_entropy::{Forest, entry_hash};
use crate::base::{Mutation, NodeId, RequestId, mutated};
use crate::causality::Dot;
use crate::ring::PreferenceLists;
use crate::storage::{Applied, Held, ItemKey, Record, Store, Version};

/// Tells the Merkle trees that `before` was replaced by `after`.
pub(super) fn plant(
    forest: &mut Forest,
    lists: &PreferenceLists,
    key: &ItemKey,
    before: Option<&Held>,
    after: Option<&Held>,
) {
    let range = lists.ring().successor(key.position) as u32;
    let Some(tree) = forest.tree(range) else { return };
    for held in [before, after].into_iter().flatten() {
        if held.tombstone().is_some() && mutated(Mutation::TombstonesNotInTrees) {
            continue;
        }
        let dots = held.versions().iter().map(|version| {
            let Dot { node, incarnation, counter } = version.dot();
            (node.0, incarnation.0, counter)
        });
        tree.toggle(key.position, entry_hash(key.position, key.sort_hash(), dots));
    }
}

/// The Merkle trees over all that a node holds and owns.
pub(super) fn planted(own: NodeId, lists: &PreferenceLists, store: &Store) -> Forest {
    let mut forest = Forest::new(own, lists);
    for (key, held) in store.iter() {
        plant(&mut forest, lists, key, None, Some(held));
    }
    forest
}

impl Node {
    /// What this node has of an item, as an owner or as a fallback.
    pub(super) fn answer_for(&self, key: &ItemKey) -> Option<Held> {
        let mut held = self.store.get(key).cloned();
        if !self.store.hints().is_empty() {
            for (_, hint) in self.store.hints().about(key) {
                match &mut held {
                    Some(held) => held.join(hint),
                    None => held = Some(hint.clone()),
                }
            }
        }
        held
    }

    /// Tells a coordinator what this node has of an item.
    pub(super) fn tell_held(
        &mut self,
        coordinator: Address,
        request: RequestId,
        key: &ItemKey,
        effects: &mut Effects,
    ) {
        let body = match self.is_whole() {
            true => Body::ReadResult { held: self.serve(key) },
            false => Body::Rebuilding,
        };
        effects.send(coordinator, request, body);
    }

    /// Takes a coordinator's write: as an owner, or, with a hint, in an owner's stead.
    pub(super) fn store_write(
        &mut self,
        coordinator: NodeId,
        request: RequestId,
        key: ItemKey,
        version: Version,
        hint: Option<NodeId>,
        effects: &mut Effects,
    ) {
        let then = Then::Vote { coordinator, request, epoch: self.lists.epoch() };
        match hint {
            None if self.refuses_plain(coordinator, request, &key, effects) => {}
            // Nearly always it is new: whether it is, is seen when it is durable.
            None => {
                let record = Record::Own { key, version };
                self.append(record, Some(request), Cause::Write, then, effects);
            }
            Some(owner) => {
                self.take_hint(Some(request), owner, key, version, Cause::Write, then, effects);
            }
        }
    }

    /// Takes what a read found to be missing here.
    pub(super) fn take_repair(
        &mut self,
        coordinator: NodeId,
        request: RequestId,
        key: ItemKey,
        held: &Held,
        hint: Option<NodeId>,
        effects: &mut Effects,
    ) {
        let then = Then::Confirm { coordinator, request, epoch: self.lists.epoch() };
        match hint {
            None => self.take_all(Some(request), &key, held, Cause::Repair, then, effects),
            Some(owner) => {
                for version in held.versions() {
                    let (key, version, cause) = (key.clone(), version.clone(), Cause::Repair);
                    let then = Then::Nothing;
                    self.take_hint(Some(request), owner, key, version, cause, then, effects);
                }
                self.once_durable(then, effects);
            }
        }
    }

    /// Takes every version that is new here; does `then` once all of them are durable.
    pub(super) fn take_all(
        &mut self,
        request: Option<RequestId>,
        key: &ItemKey,
        held: &Held,
        cause: Cause,
        then: Then,
        effects: &mut Effects,
    ) {
        if self.is_discarded(key) {
            return self.carry_on(then, effects);
        }
        let is_new = |version: &&Version| self.store.would_take(key, version);
        let new: Vec<Version> = held.versions().iter().filter(is_new).cloned().collect();
        let count = new.len();
        let mut then = Some(then);
        for (at, version) in new.into_iter().enumerate() {
            let is_last = at + 1 == count;
            let then = then.take_if(|_| is_last).unwrap_or(Then::Nothing);
            let record = Record::Own { key: key.clone(), version };
            self.append(record, request, cause, then, effects);
        }
        if let Some(then) = then {
            self.carry_on(then, effects);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what a hint is made of")]
    fn take_hint(
        &mut self,
        request: Option<RequestId>,
        owner: NodeId,
        key: ItemKey,
        version: Version,
        cause: Cause,
        then: Then,
        effects: &mut Effects,
    ) {
        let kept = self.store.hints().get(owner, &key);
        if kept.is_some_and(|held| held.outcome_of(&version) != Applied::Stored) {
            self.carry_on(then, effects);
        } else {
            self.append(Record::Hint { owner, key, version }, request, cause, then, effects);
        }
    }

    pub(super) fn append(
        &mut self,
        record: Record,
        request: Option<RequestId>,
        cause: Cause,
        mut then: Then,
        effects: &mut Effects,
    ) {
        effects.list.push(Effect::Append(record.clone()));
        self.unsynced_ballots += usize::from(record.is_ballot());
        let is_hint = matches!(record, Record::Hint { .. });
        if mutated(Mutation::AckBeforeDurable)
            || is_hint && mutated(Mutation::HintAckedBeforeDurable)
        {
            self.carry_on(std::mem::replace(&mut then, Then::Nothing), effects);
        }
        self.state.appended.push_back(Appended { record, request, cause, then });
    }

    /// Carries on once everything that was appended so far is durable: at once, if all of it is, else
    /// behind one more record that says nothing new.
    pub(super) fn once_durable(&mut self, then: Then, effects: &mut Effects) {
        if self.state.appended.is_empty() {
            self.carry_on(then, effects);
        } else {
            let record = Record::Floor(self.store.floor());
            self.append(record, None, Cause::AntiEntropy, then, effects);
        }
    }

    /// The oldest appended record is durable: does what it says, and what waited for it.
    ///
    /// # Panics
    /// If nothing was appended.
    pub(super) fn durable(&mut self, effects: &mut Effects) {
        let Appended { record, request, cause, then } =
            self.state.appended.pop_front().expect("only appended records become durable");
        match record {
            Record::Own { key, version } => self.hold(&key, version, request, cause, effects),
            Record::Hint { owner, key, version } if key.is_entry() => {
                self.queue_update(owner, &key, version, effects);
            }
            Record::Hint { owner, key, version } => {
                let stamp = version.stamp;
                self.store.keep_hint(owner, &key, version);
                self.remember_hints();
                if cause == Cause::Expiry {
                    self.hand_over(owner, effects);
                }
                effects.note(|| Note::KeepsHint { request, owner, stamp });
            }
            Record::HandedOver { owner, key, dots } => {
                self.drop_hint(owner, key, &dots, effects);
            }
            Record::Collected { key, stamp } => self.forget_tombstone(key, stamp, effects),
            Record::Floor(time) => self.store.raise_floor(time),
            Record::Topology(lists) => self.follow(lists, effects),
            record @ Record::EpochBallot { .. } => self.store.replay(&record),
            Record::Streamed(epoch) => self.streamed(epoch, effects),
            Record::Dropped { key, dots } => self.forget_stray(&key, &dots, effects),
            Record::Promised { key, ballot } => {
                self.unsynced_ballots -= 1;
                self.store.promise(&key, ballot);
            }
            Record::Accepted { key, ballot } => {
                self.unsynced_ballots -= 1;
                self.store.accept(&key, ballot);
            }
            record @ Record::Indexed { .. } => self.know_index(&record, effects),
            Record::Discarded(table) => self.discard(&table, effects),
            record @ (Record::Keeps { .. } | Record::Past { .. } | Record::Trimmed(_)) => {
                self.store.replay(&record);
            }
        }
        self.carry_on(then, effects);
    }

    pub(super) fn hold(
        &mut self,
        key: &ItemKey,
        version: Version,
        request: Option<RequestId>,
        cause: Cause,
        effects: &mut Effects,
    ) {
        let stamp = version.stamp;
        let updates = self.updates_of(key, &version);
        let metered = self.metered(key, &version);
        let mut is_tombstone = false;
        let (forest, lists) = (&mut self.forest, &self.lists);
        let outcome = self.store.apply(key, version, |before, after| {
            is_tombstone = after.tombstone().is_some();
            plant(forest, lists, key, before, Some(after));
        });
        self.meter_write(key, cause, metered);
        effects.note(|| Note::Applied { request, stamp, outcome, cause });
        if outcome == Applied::Stored {
            self.watch_tombstone(key, is_tombstone);
            self.watch_stray(key);
            self.queue_updates(updates, effects);
        }
    }

    /// Does what waited for records to be durable.
    pub(super) fn carry_on(&mut self, then: Then, effects: &mut Effects) {
        match then {
            Then::Nothing => {}
            Then::Vote { coordinator, request, epoch } if coordinator == self.id => {
                if self.counts_in(request, epoch) {
                    self.count_write(self.id, request, effects);
                }
            }
            Then::Vote { coordinator, request, epoch } => {
                let coordinator = Address::Node(coordinator);
                effects.send_as_of(epoch, coordinator, request, Body::WriteAck);
            }
            Then::Confirm { coordinator, request, epoch } if coordinator == self.id => {
                if self.counts_in(request, epoch) {
                    self.count_repair(self.id, request, effects);
                }
            }
            Then::Confirm { coordinator, request, epoch } => {
                let coordinator = Address::Node(coordinator);
                effects.send_as_of(epoch, coordinator, request, Body::RepairAck);
            }
            Then::ConfirmPage { coordinator, request, epoch, number } => {
                if coordinator != self.id {
                    let (to, body) = (Address::Node(coordinator), Body::PageRepaired { number });
                    effects.send_as_of(epoch, to, request, body);
                } else if self.counts_in(request, epoch) {
                    self.count_page_repair(self.id, request, number, effects);
                }
            }
            Then::AckHandoff { fallback, owner, key, dots } if fallback == self.id => {
                self.handed_over(owner, key, dots, effects);
            }
            Then::AckHandoff { fallback, owner, key, dots } => {
                effects.send_background(fallback, Body::HandoffAck { owner, key, dots });
            }
            Then::EndExchange { exchange } => self.end_exchange(exchange, effects),
            Then::AckTopology { to, request } => self.ack_topology(to, request, effects),
            Then::VoteOnEpoch { to, ballot } => self.vote_on_epoch(to, ballot, effects),
            Then::StreamOn => self.stream_on(effects),
            Then::Promise(asked) => self.tell_promise(&asked, effects),
            Then::Accepted { proposer, request, ballot } => {
                self.tell_accepted(proposer, request, ballot, effects);
            }
            Then::Preempt(asked, highest) => self.tell_preempted(&asked, highest, effects),
        }
    }
}
