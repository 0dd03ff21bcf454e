//! The node as coordinator of a write: the stamp, the version, the acknowledgements.

use std::sync::Arc;

use super::coordinate::Stage;
use super::effect::Effects;
use super::electorate::Electorate;
use super::note::Note;
use super::settings::Timestamps;
use super::step::Node;
use super::{Answer, ClientRequest};
use crate::base::{Mutation, NodeId, RequestId, mutated};
use crate::causality::{Dot, HybridTime, Stamp};
use crate::coordinator::Tally;
use crate::expiry::next_even;
use crate::ring::Swap;
use crate::storage::Version;

impl Node {
    /// The version that a write makes, above `highest` if the stamps of a quorum were asked for.
    pub(super) fn new_version(
        &mut self,
        wanted: &ClientRequest,
        highest: HybridTime,
        effects: &mut Effects,
    ) -> Version {
        let item = wanted.action.item().cloned();
        let mut context = wanted.context.clone();
        if mutated(Mutation::ContextIgnored) {
            context = context.map(|_| Arc::default());
        }
        let dot = match &wanted.context {
            Some(_) => self.next_dot_of(wanted),
            None => self.next_dot(),
        };
        let stamp = Stamp { time: self.new_time(wanted, highest), dot };
        if self.settings.modes.timestamps == Timestamps::Hlc {
            effects.clock = stamp.time;
        }
        Version { stamp, item, context }
    }

    fn new_time(&mut self, wanted: &ClientRequest, highest: HybridTime) -> HybridTime {
        let clock_us = self.time.clock_us;
        match self.settings.modes.timestamps {
            Timestamps::Hlc => {
                // A restart forgets what the clock had heard of, and before hybrid clocks were chosen it
                // did not listen: the version that is here was seen all the same.
                if let Some(held) = self.store.get(&wanted.key) {
                    self.state.clock.observe(held.stamp().time);
                }
                self.state.clock.tick(clock_us)
            }
            Timestamps::Quorum if wanted.context.is_none() => {
                let step = u64::from(!mutated(Mutation::StampsNotSurpassed));
                HybridTime::of_clock(highest.clock_us().saturating_add(step))
            }
            Timestamps::Wall | Timestamps::Quorum => HybridTime::of_clock(clock_us),
        }
    }

    /// The next dot of an item of which one version is kept.
    pub(super) fn next_dot(&mut self) -> Dot {
        self.state.counter = match self.expires {
            false => self.state.counter + 1,
            true => next_even(self.state.counter),
        };
        Dot { node: self.id, incarnation: self.state.incarnation, counter: self.state.counter }
    }

    /// The next dot of an item that keeps siblings: its own count, so that contexts stay short.
    fn next_dot_of(&mut self, wanted: &ClientRequest) -> Dot {
        let incarnation = self.state.incarnation;
        let counter = self.state.counters.get_or_default(wanted.key.clone());
        *counter += 1;
        Dot { node: self.id, incarnation, counter: *counter }
    }

    /// Counts what a replica said of the highest stamp that it has.
    pub(super) fn count_stamp(
        &mut self,
        replica: NodeId,
        request: RequestId,
        stamp: Option<Stamp>,
        heard_floor: HybridTime,
        effects: &mut Effects,
    ) {
        let Some(operation) = self.awake(request) else { return };
        let Stage::Stamping { tally, highest, floor } = &mut operation.stage else { return };
        let Some((_, vote, reached)) = tally.voted(replica) else { return };
        *highest = (*highest).max(stamp);
        *floor = (*floor).max(heard_floor);
        let (highest, floor) = (*highest, *floor);
        self.note_vote(request, replica, vote, stamp, effects);
        if reached {
            effects.note(|| Note::Surpasses { request, highest });
            let highest = highest.map_or(floor, |stamp| stamp.time.max(floor));
            self.begin_write(request, highest, effects);
        }
        // Also of a write that failed at this stage.
        self.forget_if_settled(request, effects);
    }

    /// The second half of a write whose first half asked for stamps.
    fn begin_write(&mut self, request: RequestId, highest: HybridTime, effects: &mut Effects) {
        let wanted = Arc::clone(&self.operation(request).wanted);
        let Electorate { seats, fallbacks, swap } = self.electorate(&wanted, true);
        let needed = self.needed(&wanted, true, self.asked(&wanted));
        let version = self.new_version(&wanted, highest, effects);
        if let Some(Swap { leaves, joins }) = swap {
            effects.note(|| Note::InBothLists { request, leaves, joins });
        }
        let operation = self.state.operations.get_mut(request).expect("it was just asked");
        operation.stage = Stage::Writing { tally: Tally::joint(seats, needed, swap), version };
        operation.fallbacks = fallbacks;
        self.ask_all(request, effects);
    }

    /// Counts a replica's acknowledgement of a write.
    pub(super) fn count_write(
        &mut self,
        replica: NodeId,
        request: RequestId,
        effects: &mut Effects,
    ) {
        let Some(operation) = self.awake(request) else { return };
        let Stage::Writing { tally, version } = &mut operation.stage else { return };
        let stamp = version.stamp;
        let Some((_, vote, reached)) = tally.voted(replica) else { return };
        self.note_vote(request, replica, vote, Some(stamp), effects);
        if reached {
            self.note_reached(request, Vec::new(), effects);
            self.answer(request, Answer::Written { stamp }, effects);
        }
        self.forget_if_settled(request, effects);
    }

    pub(super) fn note_reached(
        &self,
        request: RequestId,
        stale: Vec<NodeId>,
        effects: &mut Effects,
    ) {
        effects.note(|| {
            let (have, needed) = (self.quorum(request).have(), self.quorum(request).needed());
            Note::Reached { request, have, needed, stale }
        });
    }
}
