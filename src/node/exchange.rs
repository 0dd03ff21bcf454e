//! Anti-entropy: two owners compare their Merkle trees and send each other what differs (Dynamo
//! paper, section 4.7).
//!
//! ```text
//!   A, whose turn it is                          B
//!     roots of all ranges that both own  ─────▶
//!                                        ◀─────  leaves of the trees whose roots differ
//!     everything in the leaves that differ ───▶  takes what is new
//!     takes what is new                  ◀─────  what A lacks of these leaves
//! ```
//!
//! B keeps nothing between two messages, and whatever is lost on the way is made up for by the next
//! exchange.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::appended::Then;
use super::effect::Effects;
use super::message::{Body, Sync};
use super::note::{Cause, Note};
use super::settings::MESSAGE_LIFETIME;
use super::step::Node;
use crate::anti_entropy::Difference;
use crate::base::{Duration, NodeId, VirtualTime};
use crate::causality::HybridTime;
use crate::storage::{Applied, Held, ItemKey, Record};

/// How long an exchange takes at most, unless something is very slow or was lost.
const USUAL: Duration = Duration::from_ms(2_000);

/// How long an exchange can take: four messages.
const LONGEST: Duration = Duration(4 * MESSAGE_LIFETIME.0);

/// An exchange that this node began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Exchange {
    peer: NodeId,
    began: VirtualTime,
    /// Ranges that both own.
    ranges: u32,
    differing: u32,
    sent: u32,
    received: u32,
    /// Whether the peer's disk is whole, so that it counts for a rebuild.
    peer_is_whole: bool,
}

impl Exchange {
    pub fn peer(&self) -> NodeId {
        self.peer
    }

    /// Whether it may well be going on.
    pub fn is_recent(&self, now: VirtualTime) -> bool {
        now.since(self.began) < USUAL
    }
}

impl Node {
    /// Begins an exchange with the next peer in turn that is not suspected and owns anything that
    /// this node owns as well.
    pub(super) fn exchange_with_next(&mut self, effects: &mut Effects) {
        let nodes = self.lists.ring().node_count() as u16;
        let last = self.state.background.last_peer.0;
        let peers = (1..=nodes).map(|step| NodeId((last + step) % nodes));
        let next = peers.into_iter().find(|peer| {
            *peer != self.id
                && !self.suspects(*peer)
                && !self.forest.shared_with(&self.lists, *peer).is_empty()
        });
        if let Some(peer) = next {
            self.state.background.last_peer = peer;
            self.begin_exchange(peer, effects);
        }
    }

    pub(super) fn begin_exchange(&mut self, peer: NodeId, effects: &mut Effects) {
        let shared = self.forest.shared_with(&self.lists, peer);
        let background = &mut self.state.background;
        let now = self.time.now;
        background.exchanges.retain(|_, exchange| now.since(exchange.began) < LONGEST);
        let exchange = background.number_exchange();
        let state = Exchange {
            peer,
            began: now,
            ranges: shared.len() as u32,
            differing: 0,
            sent: 0,
            received: 0,
            peer_is_whole: false,
        };
        background.exchanges.insert(exchange, state);
        let roots = shared.into_iter().map(|range| self.forest.root(range)).collect();
        let sync = match self.state.background.rebuild.is_some() {
            true => Sync::Rebuild { exchange, roots },
            false => Sync::Roots { exchange, roots },
        };
        effects.send_background(peer, Body::Sync(sync));
    }

    pub(super) fn receive_sync(&mut self, peer: NodeId, sync: Sync, effects: &mut Effects) {
        match sync {
            Sync::Roots { exchange, roots } => {
                let leaves = self.compare_roots(peer, exchange, &roots);
                effects.send_background(peer, Body::Sync(leaves));
            }
            Sync::Rebuild { exchange, roots } => {
                let leaves = self.compare_roots(peer, exchange, &roots);
                effects.send_background(peer, Body::Sync(self.with_promises(peer, leaves)));
            }
            Sync::Leaves { exchange, trees, whole, floor } => {
                self.compare_leaves(peer, exchange, &trees, (whole, floor), effects);
            }
            Sync::Promises { exchange, trees, whole, floor, promises } => {
                self.take_promises(peer, promises, effects);
                self.compare_leaves(peer, exchange, &trees, (whole, floor), effects);
            }
            Sync::Entries { exchange, leaves, entries } => {
                self.merge_entries(peer, exchange, &leaves, entries, effects);
            }
            Sync::Missing { exchange, entries, whole } => {
                self.take_missing(peer, exchange, &entries, whole, effects);
            }
            Sync::MayCollect { exchange, tombstones } => {
                self.answer_collection(peer, exchange, &tombstones, false, effects);
            }
            Sync::Keep { exchange, keep } => self.hear_of_collection(peer, exchange, &keep),
            Sync::Collect { tombstones } => self.collect(&tombstones, effects),
            Sync::Entered { entries } => self.answer_entered(peer, entries, effects),
            Sync::NotEntered { missing } => self.enter_missing(peer, missing, effects),
            Sync::MayDisown { exchange, entries } => {
                self.answer_collection(peer, exchange, &entries, true, effects);
            }
        }
    }

    /// The peer's roots: the answer has the leaves of the trees that differ.
    fn compare_roots(&mut self, peer: NodeId, exchange: u64, roots: &[u64]) -> Sync {
        let shared = self.forest.shared_with(&self.lists, peer);
        let mut trees = Vec::new();
        for (range, root) in shared.into_iter().zip(roots) {
            if self.forest.root(range) != *root {
                let leaves = self.forest.tree(range).map(|tree| tree.leaves().to_vec());
                trees.push((range, leaves.unwrap_or_default()));
            }
        }
        let (whole, floor) = (self.is_whole(), self.store.floor());
        Sync::Leaves { exchange, trees, whole, floor }
    }

    /// Adds to the leaves what this node has promised in the ranges that both own, if anything.
    fn with_promises(&self, peer: NodeId, leaves: Sync) -> Sync {
        let promises = self.promises_shared_with(peer);
        match leaves {
            Sync::Leaves { exchange, trees, whole, floor } if !promises.is_empty() => {
                Sync::Promises { exchange, trees, whole, floor, promises }
            }
            leaves => leaves,
        }
    }

    /// The peer's leaves: sends everything in those that differ.
    fn compare_leaves(
        &mut self,
        peer: NodeId,
        exchange: u64,
        trees: &[(u32, Vec<u64>)],
        (whole, floor): (bool, HybridTime),
        effects: &mut Effects,
    ) {
        if self.state.background.exchanges.get(&exchange).is_none_or(|state| state.peer != peer) {
            return;
        }
        let mut leaves = Vec::new();
        for (range, theirs) in trees {
            if let Some(difference) = self.forest.compare(*range, theirs)
                && difference.leaves != 0
            {
                leaves.push((*range, difference.leaves));
            }
        }
        let entries = self.entries_in(&leaves);
        let state = self.state.background.exchanges.get_mut(&exchange).expect("it was looked at");
        state.differing = leaves.len() as u32;
        state.sent = entries.len() as u32;
        state.peer_is_whole = whole;
        if floor > self.store.floor() {
            // What the peer may have forgotten, this node may never hear of.
            let record = Record::Floor(floor);
            self.append(record, None, Cause::AntiEntropy, Then::Nothing, effects);
        }
        if leaves.is_empty() {
            self.once_durable(Then::EndExchange { exchange }, effects);
        } else {
            let sync = Sync::Entries { exchange, leaves, entries };
            effects.send_background(peer, Body::Sync(sync));
        }
    }

    /// Everything that this node has in these leaves.
    fn entries_in(&mut self, leaves: &[(u32, u64)]) -> Vec<(ItemKey, Held)> {
        let mut entries = Vec::new();
        for (range, leaves) in leaves {
            let Some(tree) = self.forest.tree(*range) else { continue };
            for leaf in (Difference { range: *range, leaves: *leaves }).leaves() {
                if let Some((from, to)) = tree.leaf_range(leaf) {
                    let held = self.store.range(from, to);
                    entries.extend(held.map(|(key, held)| (key.clone(), held.clone())));
                }
            }
        }
        entries
    }

    /// Everything that the peer has in the leaves that differ: takes what is new, and sends what
    /// the peer lacks.
    fn merge_entries(
        &mut self,
        peer: NodeId,
        exchange: u64,
        leaves: &[(u32, u64)],
        entries: Vec<(ItemKey, Held)>,
        effects: &mut Effects,
    ) {
        for (key, held) in &entries {
            self.take_all(None, key, held, Cause::AntiEntropy, Then::Nothing, effects);
        }
        let mut theirs = BTreeMap::new();
        theirs.extend(entries);
        let mut own = self.entries_in(leaves);
        own.retain(|(key, held)| {
            let lacks = |theirs: &Held| {
                let mut versions = held.versions().iter();
                versions.any(|version| theirs.outcome_of(version) == Applied::Stored)
            };
            theirs.get(key).is_none_or(lacks)
        });
        let sync = Sync::Missing { exchange, entries: own, whole: self.is_whole() };
        effects.send_background(peer, Body::Sync(sync));
    }

    /// What the peer found to be missing here: the exchange ends once all of it is durable.
    fn take_missing(
        &mut self,
        peer: NodeId,
        exchange: u64,
        entries: &[(ItemKey, Held)],
        whole: bool,
        effects: &mut Effects,
    ) {
        let Some(state) = self.state.background.exchanges.get_mut(&exchange) else { return };
        if state.peer != peer {
            return;
        }
        // It may have lost its disk between its leaves and this.
        state.peer_is_whole &= whole;
        state.received = entries.len() as u32;
        for (key, held) in entries {
            self.take_all(None, key, held, Cause::AntiEntropy, Then::Nothing, effects);
        }
        self.once_durable(Then::EndExchange { exchange }, effects);
    }

    pub(super) fn end_exchange(&mut self, exchange: u64, effects: &mut Effects) {
        let Some(state) = self.state.background.exchanges.remove(&exchange) else { return };
        let Exchange { peer, ranges, differing, sent, received, peer_is_whole, .. } = state;
        effects.note(|| Note::Exchanged { peer, ranges, differing, sent, received });
        self.merged_from(peer, peer_is_whole, effects);
    }
}
