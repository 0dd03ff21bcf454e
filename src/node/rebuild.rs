//! Rebuilding a node whose disk was lost.
//!
//! It takes writes at once, but votes in no read until it has merged each of its ranges from so many
//! intact owners that every acknowledged write is among what they have. A write has W votes. If at
//! most W − 1 of them were lost with disks, at least one is left among the others; N − W + 1 intact
//! owners always meet it.
//!
//! It begins only after one request timeout: until then a coordinator may count a vote that this
//! node gave before its disk was lost, for a write that its peers have not got yet.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::note::Note;
use super::step::{Effect, Effects, Node};
use crate::base::{Mutation, NodeId, VirtualTime, mutated};

/// How far a node is with that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rebuild {
    /// From whom each owned range was merged.
    merged: BTreeMap<u32, Vec<NodeId>>,
    next: VirtualTime,
}

impl Rebuild {
    pub fn next(&self) -> VirtualTime {
        self.next
    }

    pub fn peers(&self) -> impl Iterator<Item = NodeId> {
        self.merged.values().flatten().copied()
    }
}

impl Node {
    pub(super) fn begin_rebuild(&mut self, effects: &mut Effects) {
        let merged: BTreeMap<u32, Vec<NodeId>> =
            self.forest.owned().iter().map(|range| (*range, Vec::new())).collect();
        let ranges = merged.len() as u32;
        let next = self.time.now + self.settings.timeout;
        effects.note(|| Note::Rebuilding { ranges });
        self.state.background.rebuild = Some(Rebuild { merged, next });
    }

    /// From how many other owners a range must be merged. Where W is 1 no number is enough, and all
    /// are asked.
    fn merges_needed(&self) -> usize {
        let n = self.lists.n();
        if mutated(Mutation::RebuiltFromOne) {
            return 1.min(n - 1);
        }
        (n + 1).saturating_sub(usize::from(self.settings.w)).min(n - 1)
    }

    /// Begins exchanges with all peers that are still needed.
    pub(super) fn go_on_rebuilding(&mut self, effects: &mut Effects) {
        let needed = self.merges_needed();
        let again = self.time.now + self.settings.timeout;
        let Some(rebuild) = &mut self.state.background.rebuild else { return };
        rebuild.next = again;
        let mut peers: Vec<NodeId> = Vec::new();
        for (range, merged) in rebuild.merged.iter().filter(|(_, merged)| merged.len() < needed) {
            let owners = self.lists.of_range(*range as usize).iter();
            peers.extend(owners.filter(|owner| !merged.contains(owner) && **owner != self.id));
        }
        peers.sort_unstable();
        peers.dedup();
        for peer in peers {
            self.begin_exchange(peer, effects);
        }
        self.end_rebuild_if_done(effects);
    }

    /// An exchange with an intact peer has ended.
    pub(super) fn merged_from(&mut self, peer: NodeId, effects: &mut Effects) {
        let Some(rebuild) = &mut self.state.background.rebuild else { return };
        for (range, merged) in &mut rebuild.merged {
            let owners = self.lists.of_range(*range as usize);
            if owners.contains(&peer) && !merged.contains(&peer) {
                merged.push(peer);
            }
        }
        self.end_rebuild_if_done(effects);
    }

    fn end_rebuild_if_done(&mut self, effects: &mut Effects) {
        let needed = self.merges_needed();
        let Some(rebuild) = &self.state.background.rebuild else { return };
        if rebuild.merged.values().all(|merged| merged.len() >= needed) {
            self.state.background.rebuild = None;
            effects.list.push(Effect::Rebuilt);
            effects.note(|| Note::Rebuilt);
        }
    }
}
