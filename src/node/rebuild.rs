//! Rebuilding a node whose disk was lost.
//!
//! It takes writes at once, but votes in no read until it has merged each of its ranges from so many
//! intact owners that every acknowledged write is among what they have. A write has W votes. If at
//! most W − 1 of them were lost with disks, at least one is left among the others; N − W + 1 intact
//! owners always meet it. If more disks were lost than that, so that too few
//! intact owners are left, it is content with all the others there are: nobody knows more.
//!
//! The promise is for the W that is in force: writes that were acknowledged with fewer votes, by their
//! own W or an earlier one, are covered by fewer losses.
//!
//! It begins only after one request timeout: until then a coordinator may count a vote that this
//! node gave before its disk was lost, for a write that its peers have not got yet.

use serde::{Deserialize, Serialize};

use super::effect::{Effect, Effects};
use super::note::Note;
use super::step::Node;
use crate::base::{Duration, Mutation, NodeId, SortedMap, VirtualTime, heap_sort, mutated};

/// How soon peers are asked again that did not answer.
const SOONEST: Duration = Duration::from_ms(500);

/// How far a node is with that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rebuild {
    /// From whom each owned range was merged, and whether that owner was intact.
    merged: SortedMap<u32, SortedMap<NodeId, bool>>,
    next: VirtualTime,
}

impl Rebuild {
    pub fn next(&self) -> VirtualTime {
        self.next
    }

    /// Whether a snapshot of a ring with so many vnodes may claim this.
    pub fn is_sound(&self, ranges: u32) -> bool {
        self.merged.keys().all(|range| *range < ranges)
    }

    pub fn peers(&self) -> impl Iterator<Item = NodeId> {
        self.merged.values().flat_map(SortedMap::keys).copied()
    }
}

impl Node {
    pub(super) fn begin_rebuild(&mut self, effects: &mut Effects) {
        let owned = self.forest.owned().iter();
        let merged: SortedMap<u32, SortedMap<NodeId, bool>> =
            owned.map(|range| (*range, SortedMap::default())).collect();
        let ranges = merged.len() as u32;
        let next = self.time.now + self.settings.timeout;
        effects.note(|| Note::Rebuilding { ranges });
        self.state.background.rebuild = Some(Rebuild { merged, next });
    }

    /// Token ranges have other owners or other numbers now: all of them have to be merged again.
    pub(super) fn begin_rebuild_anew(&mut self) {
        let owned = self.forest.owned().iter();
        let merged = owned.map(|range| (*range, SortedMap::default())).collect();
        if let Some(rebuild) = &mut self.state.background.rebuild {
            rebuild.merged = merged;
        }
    }

    /// Whether a range was merged from enough other owners. Where W is 1 no number is enough, and all
    /// are asked.
    fn is_merged(&self, range: u32, merged: &SortedMap<NodeId, bool>) -> bool {
        let (n, w) = (self.lists.n(), usize::from(self.settings.w));
        // Nobody waits for who was taken for dead.
        let topology = self.lists.topology();
        let owners = self.lists.of_range(range as usize).iter();
        let alive = owners.filter(|owner| !topology.is_given_up(**owner)).count();
        let intact = merged.values().filter(|intact| **intact).count();
        if mutated(Mutation::RebuiltFromOne) && intact > 0 {
            return true;
        }
        merged.len() >= alive - 1 || intact > n.saturating_sub(w)
    }

    /// Begins exchanges with all peers that are still needed.
    pub(super) fn go_on_rebuilding(&mut self, effects: &mut Effects) {
        let again = self.time.now + self.settings.timeout.max(SOONEST);
        let Some(rebuild) = &self.state.background.rebuild else { return };
        let mut peers: Vec<NodeId> = Vec::new();
        for (range, merged) in
            rebuild.merged.iter().filter(|(range, from)| !self.is_merged(**range, from))
        {
            let owners = self.lists.of_range(*range as usize).iter();
            let intact = |owner: &NodeId| merged.get(owner).is_some_and(|intact| *intact);
            peers.extend(owners.filter(|owner| !intact(owner) && **owner != self.id));
        }
        if let Some(rebuild) = &mut self.state.background.rebuild {
            rebuild.next = again;
        }
        heap_sort(&mut peers, NodeId::cmp);
        peers.dedup();
        let under_way = |peer: &NodeId| {
            let mut exchanges = self.state.background.exchanges.values();
            exchanges.any(|exchange| exchange.peer() == *peer && exchange.is_recent(self.time.now))
        };
        peers.retain(|peer| !under_way(peer));
        for peer in peers {
            self.begin_exchange(peer, effects);
        }
        self.end_rebuild_if_done(effects);
    }

    /// An exchange with a peer has ended.
    pub(super) fn merged_from(&mut self, peer: NodeId, intact: bool, effects: &mut Effects) {
        let Some(rebuild) = &mut self.state.background.rebuild else { return };
        for (range, merged) in rebuild.merged.iter_mut() {
            let owners = self.lists.of_range(*range as usize);
            if owners.contains(&peer) {
                *merged.get_or_default(peer) |= intact;
            }
        }
        self.end_rebuild_if_done(effects);
    }

    fn end_rebuild_if_done(&mut self, effects: &mut Effects) {
        let Some(rebuild) = &self.state.background.rebuild else { return };
        if rebuild.merged.iter().all(|(range, merged)| self.is_merged(*range, merged)) {
            self.state.background.rebuild = None;
            effects.list.push(Effect::Rebuilt);
            effects.note(|| Note::Rebuilt);
            self.keep_changes(effects);
        }
    }
}
