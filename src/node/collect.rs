//! Forgetting tombstones, so that none of them ever has to be missed.
//!
//! A tombstone may go once every owner has it and nothing older than it is left anywhere: else that
//! older version would come back as if it had never been deleted. The first owner of its range asks
//! all nodes, three times over:
//!
//! ```text
//!   1. May these go?   every owner has them, nobody keeps a hint for these items
//!        …wait          requests under way time out, messages under way arrive or die
//!   2. May these go?   still so: nothing older has come to light meanwhile
//!        …wait          a hint that was handed over between 1 and 2 may be under way twice
//!   3. Forget them.
//! ```
//!
//! Any node that does not answer, because it is down, split off or rebuilding, stops it: the
//! tombstone waits. An owner that misses the last message keeps it and brings it back to the others
//! by anti-entropy, and it is collected another time. A write must not fall behind it meanwhile: each
//! node keeps the highest time of any tombstone that it forgot, as a floor for stamps that are
//! chosen by what is stored.
//!
//! Entries of indexes whose versions nobody has any more go the same way
//! ([`super::index_check`]).

use serde::{Deserialize, Serialize};

use super::appended::Then;
use super::effect::Effects;
use super::message::{Body, Sync};
use super::note::{Cause, Note};
use super::replica::plant;
use super::settings::MESSAGE_LIFETIME;
use super::step::Node;
use crate::base::{Duration, Mutation, NodeId, VirtualTime, mutated};
use crate::causality::Stamp;
use crate::storage::{ItemKey, Record};

/// How many tombstones are collected at a time.
const BATCH: usize = 64;

/// Added to a round that is about entries.
const ENTRIES: u8 = 4;

/// Tombstones that are on their way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Collection {
    number: u64,
    tombstones: Vec<(ItemKey, Stamp)>,
    /// One of three, and whether it is about entries.
    round: u8,
    /// Who has not answered yet in this round.
    waiting: Vec<NodeId>,
    /// Which of the tombstones, by number, somebody wants to keep.
    kept: Vec<u32>,
    next: VirtualTime,
}

impl Collection {
    pub fn next(&self) -> VirtualTime {
        self.next
    }

    pub fn peers(&self) -> impl Iterator<Item = NodeId> {
        self.waiting.iter().copied()
    }

    /// Whether a snapshot may claim this.
    pub fn is_sound(&self) -> bool {
        self.round & !ENTRIES < 3
    }
}

impl Node {
    /// Remembers of which items this node has a tombstone.
    pub(super) fn watch_tombstone(&mut self, key: &ItemKey, is_tombstone: bool) {
        let tombstones = &mut self.state.background.tombstones;
        if is_tombstone {
            tombstones.insert(key.clone(), ());
        } else if !tombstones.is_empty() {
            tombstones.remove(key);
        }
    }

    /// How long until nothing is under way any more that was under way before.
    fn quiet_span(&self) -> Duration {
        self.settings.timeout + MESSAGE_LIFETIME
    }

    /// Looks for tombstones to collect, unless some are being collected.
    pub(super) fn begin_collection(&mut self, effects: &mut Effects) {
        let background = &self.state.background;
        let is_changing = !self.lists.topology().is_settled();
        let is_off = !self.settings.modes.collection.is_on();
        if is_off && !self.has_indexes || background.collection.is_some() || is_changing {
            return;
        }
        let (mut round, mut tombstones) = (0, Vec::new());
        let upkeep = background.extra.upkeep.as_ref().filter(|_| self.has_indexes);
        if upkeep.is_some_and(|upkeep| upkeep.is_entries_turn) {
            (round, tombstones) = (ENTRIES, self.entries_to_ask_about(BATCH));
        }
        if tombstones.is_empty() {
            (round, tombstones) = (0, self.tombstones_to_collect(is_off));
        }
        if let Some(upkeep) = &mut self.state.background.extra.upkeep {
            upkeep.is_entries_turn = round == 0;
        }
        if tombstones.is_empty() {
            return;
        }
        self.state.background.collection = Some(Collection {
            number: 0,
            tombstones,
            round,
            waiting: Vec::new(),
            kept: Vec::new(),
            next: self.time.now,
        });
        self.go_on_collecting(effects);
    }

    /// Some tombstones that this node is the first owner of; those of entries only, if others stay.
    fn tombstones_to_collect(&mut self, others_stay: bool) -> Vec<(ItemKey, Stamp)> {
        let background = &self.state.background;
        let is_first = |key: &ItemKey| {
            self.lists.at(key.position)[0] == self.id && (key.is_entry() || !others_stay)
        };
        // From where the last batch ended, so that none waits for ever behind others that are kept.
        let all = &background.tombstones;
        let (before, after): (Vec<_>, Vec<_>) =
            all.keys().partition(|key| Some(*key) <= background.collection_after.as_ref());
        let candidates = after.into_iter().chain(before).filter(|key| is_first(key)).take(BATCH);
        let with_stamp = |key: &ItemKey| Some((key.clone(), self.store.tombstone(key)?.stamp));
        let tombstones: Vec<(ItemKey, Stamp)> = candidates.filter_map(with_stamp).collect();
        if let Some((last, _)) = tombstones.last() {
            self.state.background.collection_after = Some(last.clone());
        }
        tombstones
    }

    /// The time of a round has come.
    pub(super) fn go_on_collecting(&mut self, effects: &mut Effects) {
        let Some(mut collection) = self.state.background.collection.take() else { return };
        let kept = std::mem::take(&mut collection.kept);
        let mut number = 0..;
        let of_entries = collection.round & ENTRIES != 0;
        collection.tombstones.retain(|(key, stamp)| {
            let is_kept = number.next().is_some_and(|number| kept.contains(&number));
            !is_kept && self.may_forget(key, *stamp, of_entries)
        });
        let is_early = mutated(Mutation::CollectedEarly);
        if collection.tombstones.is_empty() || (!collection.waiting.is_empty() && !is_early) {
            return;
        }
        collection.round += 1;
        let nodes = self.lists.everyone().to_vec().into_iter();
        let others = nodes.filter(|node| *node != self.id);
        if collection.round & !ENTRIES == 3 || is_early {
            let tombstones = collection.tombstones;
            for peer in others {
                let sync = Sync::Collect { tombstones: tombstones.clone() };
                effects.send_background(peer, Body::Sync(sync));
            }
            self.collect(&tombstones, effects);
            return;
        }
        // A number for each round: a late answer to an earlier one says nothing about now.
        collection.number = self.state.background.number_exchange();
        collection.waiting = others.collect();
        collection.next = self.time.now + self.quiet_span();
        for peer in &collection.waiting {
            let (exchange, tombstones) = (collection.number, collection.tombstones.clone());
            let sync = match of_entries {
                false => Sync::MayCollect { exchange, tombstones },
                true => Sync::MayDisown { exchange, entries: tombstones },
            };
            effects.send_background(*peer, Body::Sync(sync));
        }
        self.state.background.collection = Some(collection);
    }

    /// Whether this node agrees that a tombstone is forgotten: as an owner it has it, and nothing
    /// else about the item is kept here or on its way to the disk.
    fn may_forget(&self, key: &ItemKey, stamp: Stamp, is_entry: bool) -> bool {
        let is_owner = self.owners(key).contains(&self.id);
        let has_it = match is_entry {
            false => self.store.tombstone(key).is_some_and(|it| it.stamp == stamp),
            true => self.store.may_collect(key, stamp),
        };
        let holds_none = self.store.get(key).is_none();
        (if is_owner { has_it && self.is_whole() } else { holds_none })
            && self.lists.topology().underway.is_none()
            && self.store.hints().about(key).next().is_none()
            && !self.appended().any(|record| record.key() == Some(key))
            && (!is_entry || self.may_disown(key, stamp))
    }

    pub(super) fn answer_collection(
        &mut self,
        peer: NodeId,
        exchange: u64,
        tombstones: &[(ItemKey, Stamp)],
        of_entries: bool,
        effects: &mut Effects,
    ) {
        let all = (0..).zip(tombstones);
        let keep = all.filter(|(_, (key, stamp))| !self.may_forget(key, *stamp, of_entries));
        let keep = keep.map(|(number, _)| number).collect();
        effects.send_background(peer, Body::Sync(Sync::Keep { exchange, keep }));
    }

    /// A node's answer: those that it keeps are kept by all.
    pub(super) fn hear_of_collection(&mut self, peer: NodeId, exchange: u64, keep: &[u32]) {
        let Some(collection) = &mut self.state.background.collection else { return };
        if collection.number == exchange {
            collection.waiting.retain(|node| *node != peer);
            collection.kept.extend(keep);
        }
    }

    /// Forgets tombstones that everybody agreed on.
    pub(super) fn collect(&mut self, tombstones: &[(ItemKey, Stamp)], effects: &mut Effects) {
        for (key, stamp) in tombstones {
            if self.store.may_collect(key, *stamp) {
                let record = Record::Collected { key: key.clone(), stamp: *stamp };
                self.append(record, None, Cause::AntiEntropy, Then::Nothing, effects);
            }
        }
    }

    /// That is durable.
    pub(super) fn forget_tombstone(&mut self, key: ItemKey, stamp: Stamp, effects: &mut Effects) {
        let held = self.store.get(&key).cloned();
        if self.store.collect(&key, stamp)
            && let Some(held) = held
        {
            plant(&mut self.forest, &self.lists, &key, Some(&held), None);
            self.state.background.tombstones.remove(&key);
            effects.note(|| match held.tombstone() {
                Some(_) => Note::Collected { key, stamp },
                None => Note::Disowned { entry: key, stamp },
            });
        }
    }
}
