//! Hinted handoff: what was kept for an owner goes to it once it is back (Dynamo paper, section
//! 4.6).
//!
//! ```text
//!   fallback D                                   owner B
//!     hint: SEA for B          ── handoff ─────▶   appends SEA
//!     appends "handed over"    ◀─ handoff ack ──   durable
//!     durable: hint dropped
//! ```
//!
//! A hint goes on being handed over until its owner has acknowledged exactly these versions, and it
//! is dropped only when that is in the log: else a crash would bring it back when everybody believes
//! it gone.

use std::sync::Arc;

use super::appended::Then;
use super::effect::Effects;
use super::message::Body;
use super::note::{Cause, Note};
use super::step::Node;
use crate::base::{Mutation, NodeId, VirtualTime, mutated};
use crate::causality::Dot;
use crate::storage::{Held, ItemKey, Record, Version};

/// How many hints are under way to one owner at a time.
const BATCH: usize = 16;

impl Node {
    /// Sends hints to every owner that is not suspected.
    pub(super) fn hand_over_all(&mut self, effects: &mut Effects) {
        let owners: Vec<NodeId> = self.store.hints().owners().collect();
        for owner in owners {
            self.hand_over(owner, effects);
        }
        self.remember_hints();
    }

    /// Sends some of the hints that are kept for `owner`, those first that are not under way.
    pub(super) fn hand_over(&mut self, owner: NodeId, effects: &mut Effects) {
        let now = self.time.now;
        let is_lost = |sent_at: VirtualTime| now.since(sent_at) >= self.settings.timeout;
        let under_way = &mut self.state.background.handing_over;
        under_way.retain(|(to, _), sent_at| *to != owner || !is_lost(*sent_at));
        let busy = under_way.keys().filter(|(to, _)| *to == owner).count();
        let mut due = Vec::new();
        for (key, held) in self.store.hints().of(owner) {
            if busy + due.len() >= BATCH {
                break;
            }
            if !self.state.background.handing_over.contains_key(&(owner, key.clone()))
                && let Some(to) = self.heir(owner, key)
            {
                due.push((to, key.clone(), held.clone()));
            }
        }
        for (to, key, held) in due {
            if mutated(Mutation::HintDroppedAfterOneTry) {
                let dots = dots(self.store.hints().get(owner, &key));
                self.handed_over(owner, key.clone(), dots, effects);
            }
            self.state.background.handing_over.insert((owner, key.clone()), now);
            match to == self.id {
                true => self.take_handoff(to, owner, key, held, effects),
                false => effects.send_background(to, Body::Handoff { owner, key, held }),
            }
        }
    }

    /// Who is to have what was kept for `owner`, if it can be reached: that one, or, if it is no
    /// owner any more, another one.
    fn heir(&self, owner: NodeId, key: &ItemKey) -> Option<NodeId> {
        let is_trusted = |node: &NodeId| !self.suspects(*node);
        match self.lists.takes_writes(owner, key.position) {
            true => Some(owner).filter(is_trusted),
            false => self.owners(key).iter().copied().find(is_trusted),
        }
    }

    /// A fallback hands over what it kept for this node.
    pub(super) fn take_handoff(
        &mut self,
        fallback: NodeId,
        owner: NodeId,
        key: ItemKey,
        mut held: Held,
        effects: &mut Effects,
    ) {
        let dots = dots(Some(&held));
        let then = Then::AckHandoff { fallback, owner, key: key.clone(), dots };
        if key.is_entry() && mutated(Mutation::OlderEntryWins) {
            held = self.made_newer(&key, held);
        }
        let cause = if key.is_entry() { Cause::Index } else { Cause::Handoff };
        let late = if fallback == owner { self.late_updates(&key, &held) } else { Vec::new() };
        if late.is_empty() {
            return self.take_all(None, &key, &held, cause, then, effects);
        }
        self.take_all(None, &key, &held, cause, Then::Nothing, effects);
        self.append_updates(late, effects);
        self.once_durable(then, effects);
    }

    /// `owner` has these versions: writes that down, and then drops the hint.
    pub(super) fn handed_over(
        &mut self,
        owner: NodeId,
        key: ItemKey,
        dots: Vec<Dot>,
        effects: &mut Effects,
    ) {
        if owner == self.id && self.drop_stray(&key, &dots, effects) {
            return;
        }
        let kept = self.store.hints().get(owner, &key);
        if kept.is_some_and(|held| dots.iter().any(|dot| held.has(*dot))) {
            let record = Record::HandedOver { owner, key, dots: Arc::from(dots) };
            self.append(record, None, Cause::Handoff, Then::Nothing, effects);
        } else {
            let is_newer = kept.is_some() && key.is_entry();
            self.state.background.handing_over.remove(&(owner, key));
            if is_newer {
                // The entry has changed again meanwhile.
                self.hand_over(owner, effects);
            }
        }
    }

    /// That is durable: drops the hint, and hands over the next.
    pub(super) fn drop_hint(
        &mut self,
        owner: NodeId,
        key: ItemKey,
        dots: &[Dot],
        effects: &mut Effects,
    ) {
        self.store.drop_hint(owner, &key, dots);
        if key.is_entry() {
            self.unwatch_update(owner, &key);
        }
        self.state.background.handing_over.remove(&(owner, key.clone()));
        let left = self.store.hints().count_of(owner) as u32;
        effects.note(|| Note::HandedOver { owner, key, left });
        if left > 0 {
            self.hand_over(owner, effects);
        }
    }
}

fn dots(held: Option<&Held>) -> Vec<Dot> {
    held.into_iter().flat_map(Held::versions).map(Version::dot).collect()
}
