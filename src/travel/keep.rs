//! What is kept of a history, what is dropped when it is too much, and what is computed again.

use std::borrow::Cow;
use std::sync::Arc;

use super::history::repeat;
use super::stretch::{Checkpoint, StretchId};
use super::{History, Moment};
use crate::sim::{Event, World};

const STRETCH: u64 = 8_192;

/// How much a history keeps in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Events of stretches that have ended, over all branches; those around the cursor are kept in
    /// any case.
    pub events: usize,
    /// Bytes of checkpoints, estimated.
    pub checkpoint_bytes: usize,
    /// A checkpoint is made after so many happenings, or half as many events again: what one goes
    /// back through in a few milliseconds.
    pub stretch: u64,
}

impl Keep {
    /// What the page keeps. An event takes some 200 bytes: all in all less than 100 MB.
    pub const PAGE: Keep = Keep { events: 200_000, checkpoint_bytes: 48 << 20, stretch: STRETCH };
    /// Every event, as who reads a scenario's whole trace wants it.
    pub const ALL_EVENTS: Keep =
        Keep { events: usize::MAX, checkpoint_bytes: 256 << 20, stretch: STRETCH };
}

impl History {
    /// Bytes of the checkpoints that are kept, estimated, and how many events are.
    pub fn kept(&self) -> Keep {
        let ends = self.branches.iter().filter_map(|branch| branch.at_end.as_ref());
        // Branches share checkpoints: each counts once.
        let mut counted: Vec<*const Checkpoint> = Vec::new();
        let mut checkpoint_bytes: usize = ends.map(Checkpoint::bytes).sum();
        for checkpoint in self.stretches.iter().filter_map(|(_, s)| s.checkpoint.as_ref()) {
            if !counted.contains(&Arc::as_ptr(checkpoint)) {
                counted.push(Arc::as_ptr(checkpoint));
                checkpoint_bytes += checkpoint.bytes();
            }
        }
        Keep {
            events: self.stretches.iter().map(|(_, stretch)| stretch.event_count()).sum(),
            checkpoint_bytes,
            ..self.keep
        }
    }

    /// Drops what is too much.
    pub(super) fn bound(&mut self) {
        let mut kept = self.kept();
        while kept.events > self.keep.events
            && let Some(id) = self.farthest_events()
        {
            let stretch = self.stretches.get_mut(id);
            kept.events -= stretch.event_count();
            stretch.events = None;
        }
        while self.kept().checkpoint_bytes > self.keep.checkpoint_bytes {
            let current = self.current;
            let least_useful = self.least_useful_checkpoint();
            let mut left = self.branches.iter_mut().enumerate();
            let end = left.find(|(at, branch)| *at != current && branch.at_end.is_some());
            match (end, least_useful) {
                (Some((_, branch)), _) => branch.at_end = None,
                (None, Some(id)) => self.stretches.get_mut(id).checkpoint = None,
                (None, None) => return,
            }
        }
    }

    /// The stretch with events that is farthest from the cursor: on another branch, if there is one.
    /// The one that the cursor is in and its neighbours stay.
    fn farthest_events(&self) -> Option<StretchId> {
        let here = self.stretch_at_cursor();
        let mine = &self.branch().stretches;
        let has = |id: &StretchId| self.stretches.get(*id).event_count() > 0;
        let foreign = self
            .stretches
            .iter()
            .map(|(id, _)| id)
            .find(|id| has(id) && !mine.contains(id) && !self.is_first(*id));
        let farthest = (1..mine.len()).filter(|at| at.abs_diff(here) > 1 && has(&mine[*at]));
        foreign.or_else(|| farthest.max_by_key(|at| at.abs_diff(here)).map(|at| mine[at]))
    }

    /// The checkpoint without which least would have to be computed again: between the two neighbours
    /// that are nearest to each other. The first one of a run and the last one of the present branch
    /// stay.
    fn least_useful_checkpoint(&self) -> Option<StretchId> {
        let mut least: Option<(u64, StretchId)> = None;
        for (at, branch) in self.branches.iter().enumerate() {
            let with = |id: &&StretchId| self.stretches.get(**id).checkpoint.is_some();
            let ids: Vec<StretchId> = branch.stretches.iter().filter(with).copied().collect();
            let start = |id: StretchId| self.stretches.get(id).start.happenings;
            let mut between: Vec<(u64, StretchId)> =
                ids.windows(3).map(|three| (start(three[2]) - start(three[0]), three[1])).collect();
            if let [.., before, last] = ids[..]
                && at != self.current
            {
                between.push((branch.end.happenings - start(before), last));
            }
            for one in between {
                if least.is_none_or(|(smallest, _)| one.0 < smallest) {
                    least = Some(one);
                }
            }
        }
        least.map(|(_, id)| id)
    }

    /// Whether a stretch holds what happened before a run could be spoken to: nothing computes it
    /// again.
    fn is_first(&self, id: StretchId) -> bool {
        self.branches.iter().any(|branch| branch.stretches[0] == id)
    }

    /// Drops the stretches that no branch has any more.
    pub(super) fn drop_unnamed(&mut self) {
        let branches = &self.branches;
        self.stretches.retain(|id| branches.iter().any(|branch| branch.stretches.contains(&id)));
    }

    /// Makes sure that the events around the cursor are known: of the stretch that it is in, and of
    /// its neighbours.
    pub(super) fn compute_events_here(&mut self) {
        let here = self.stretch_at_cursor();
        let last = self.branch().stretches.len() - 1;
        for place in here.saturating_sub(1)..=(here + 1).min(last) {
            self.compute_events(place);
        }
    }

    /// Makes sure that the events of one stretch of the present branch are known.
    fn compute_events(&mut self, place: usize) {
        let computed = match self.stretch_events(place) {
            Cow::Owned(events) => events,
            Cow::Borrowed(_) => return,
        };
        let id = self.branch().stretches[place];
        self.stretches.get_mut(id).events = Some(computed);
        self.bound();
    }

    /// The events of one stretch of the present branch, computed anew if they are not known.
    pub(super) fn stretch_events(&self, place: usize) -> Cow<'_, [Event]> {
        let (branch, ids) = (self.branch(), &self.branch().stretches);
        let stretch = self.stretches.get(ids[place]);
        if let Some(events) = &stretch.events {
            return Cow::Borrowed(events);
        }
        if self.is_growing && place + 1 == ids.len() {
            return Cow::Borrowed(self.world.trace().events());
        }
        let mut before = ids[..=place].iter().rev().map(|id| self.stretches.get(*id));
        let (from, copy) = before
            .find_map(|stretch| Some((stretch.start, stretch.checkpoint.as_ref()?)))
            .expect("a run's first checkpoint is never dropped");
        let mut world = copy.world(&branch.run[..from.commands]);
        let end = ids.get(place + 1).map_or(branch.end, |next| self.stretches.get(*next).start);
        let reach = |world: &mut World, moment: Moment| {
            while (world.happenings(), world.run().len()) != (moment.happenings, moment.commands) {
                repeat(world, &branch.run);
            }
        };
        reach(&mut world, stretch.start);
        world.take_events(Vec::new());
        reach(&mut world, end);
        Cow::Owned(world.take_events(Vec::new()))
    }
}
