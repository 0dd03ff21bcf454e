//! Strays: what a node holds and owns no more.
//!
//! When a change of ownership is done, the displaced owner may be the only one that has a write
//! which reached nobody else. So it drops nothing before an owner has said that it has it too:
//!
//! ```text
//!   C, displaced                              B, an owner
//!     strays: these items, these stamps ─────▶
//!                                       ◀─────  I have these, durable; those I lack
//!     drops what B has
//!     handoff: what B lacks             ─────▶  durable
//!                                       ◀─────  handoff ack
//!     drops that as well
//! ```
//!
//! A node that was removed is still asked before tombstones are collected, until it holds nothing;
//! then it is gone.

use std::sync::Arc;

use super::appended::Then;
use super::effect::Effects;
use super::message::Body;
use super::moves::Strays;
use super::note::{Cause, Note};
use super::replica::plant;
use super::step::Node;
use crate::base::{NodeId, VirtualTime};
use crate::causality::{Dot, Stamp};
use crate::ring::Epoch;
use crate::storage::{Held, ItemKey, Record, Version};

/// How many items are offered at a time.
const BATCH: usize = 64;

impl Node {
    fn is_stray(&self, key: &ItemKey) -> bool {
        !self.lists.takes_writes(self.id, key.position)
    }

    /// Something came that was sent before its sender knew who owns it now.
    pub(super) fn watch_stray(&mut self, key: &ItemKey) {
        if self.lists.epoch() > Epoch::FIRST && self.is_stray(key) {
            let at = self.time.now + self.patience();
            self.state.background.next_strays.get_or_insert(at);
        }
    }

    /// Offers strays to the first owner that is not suspected, if there are any.
    pub(super) fn offer_strays(&mut self, effects: &mut Effects) {
        self.state.background.next_strays = None;
        let strays = || self.store.iter().filter(|(key, _)| self.is_stray(key));
        let trusted = |key: &ItemKey| {
            let mut owners = self.owners(key).iter().copied();
            owners.find(|owner| !self.suspects(*owner))
        };
        if strays().next().is_none() {
            return;
        }
        let to = strays().find_map(|(key, _)| trusted(key));
        let its = strays().filter(|(key, _)| trusted(key) == to);
        let stamps = |held: &Held| held.versions().iter().map(|version| version.stamp).collect();
        let entries: Vec<(ItemKey, Vec<Stamp>)> =
            its.take(BATCH).map(|(key, held)| (key.clone(), stamps(held))).collect();
        if let Some(to) = to {
            effects.send_background(to, Body::Strays(Strays::Offer { entries }));
        }
        self.state.background.next_strays = Some(self.time.now + self.patience());
    }

    pub(super) fn receive_strays(&mut self, peer: NodeId, strays: Strays, effects: &mut Effects) {
        match strays {
            Strays::Offer { entries } => self.answer_strays(peer, entries, effects),
            Strays::Answer { have, lack } => self.drop_strays(peer, &have, &lack, effects),
        }
    }

    /// As an owner: says what it has of an offer. What its store holds is durable.
    fn answer_strays(
        &mut self,
        peer: NodeId,
        entries: Vec<(ItemKey, Vec<Stamp>)>,
        effects: &mut Effects,
    ) {
        let (mut have, mut lack) = (Vec::new(), Vec::new());
        for (key, stamps) in entries {
            let is_owner = self.owners(&key).contains(&self.id);
            // Who made an entry of a version that was replaced since has to see that it goes.
            let is_indexed = self.indexed(&key).is_some();
            let has = |stamp: &Stamp| match self.store.get(&key) {
                Some(held) if is_indexed => held.stamp() == *stamp,
                held => held.is_some_and(|held| held.covers(*stamp)),
            };
            match is_owner && stamps.iter().all(has) {
                true => have.push((key, stamps)),
                false if is_owner => lack.push(key),
                // One of us is behind.
                false => {}
            }
        }
        effects.send_background(peer, Body::Strays(Strays::Answer { have, lack }));
    }

    /// An owner's answer to an offer.
    fn drop_strays(
        &mut self,
        owner: NodeId,
        have: &[(ItemKey, Vec<Stamp>)],
        lack: &[ItemKey],
        effects: &mut Effects,
    ) {
        let mut items = 0;
        for (key, stamps) in have {
            let dots: Vec<Dot> = stamps.iter().map(|stamp| stamp.dot).collect();
            items += u32::from(self.drop_stray(key, &dots, effects));
        }
        if items > 0 {
            effects.note(|| Note::Dropped { owner, items });
        }
        for key in lack.iter().filter(|key| self.is_stray(key)) {
            if let Some(held) = self.store.get(key).cloned() {
                let body = Body::Handoff { owner: self.id, key: key.clone(), held };
                effects.send_background(owner, body);
            }
        }
        if self.state.background.next_strays.is_some() && items > 0 {
            self.state.background.next_strays = Some(self.time.now);
        }
    }

    /// Drops an item, of which an owner has these versions, once that is in the log. Whether it is a
    /// stray, and there is no more of it.
    pub(super) fn drop_stray(
        &mut self,
        key: &ItemKey,
        dots: &[Dot],
        effects: &mut Effects,
    ) -> bool {
        let is_known = |version: &Version| dots.contains(&version.dot());
        let is_all = |held: &Held| held.versions().iter().all(is_known);
        let may_go = self.is_stray(key) && self.store.get(key).is_some_and(is_all);
        if may_go {
            let record = Record::Dropped { key: key.clone(), dots: Arc::from(dots) };
            self.append(record, None, Cause::Handoff, Then::Nothing, effects);
        }
        may_go
    }

    /// That is durable.
    pub(super) fn forget_stray(&mut self, key: &ItemKey, dots: &[Dot], effects: &mut Effects) {
        if let Some(held) = self.store.drop_stray(key, dots) {
            plant(&mut self.forest, &self.lists, key, Some(&held), None);
            self.state.background.tombstones.remove(key);
        }
        if self.store.is_empty() && self.lists.topology().leaving.contains(&self.id) {
            self.say_empty(effects);
        }
    }

    /// A node that was removed holds nothing any more.
    pub(super) fn say_empty(&mut self, effects: &mut Effects) {
        for peer in self.lists.members().to_vec() {
            self.ack_topology(peer, None, effects);
        }
    }

    /// Looks again after what was offered.
    pub(super) fn strays_are_due(&self, now: VirtualTime) -> bool {
        self.state.background.next_strays.is_some_and(|at| at <= now)
    }
}
