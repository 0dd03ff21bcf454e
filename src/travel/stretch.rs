//! Stretches: what is kept of a run between two checkpoints.

use std::sync::Arc;

use super::{Metrics, Moment};
use crate::base::SortedMap;
use crate::sim::{Event, RunStep, World};

/// The world at some moment, bare, and what the run added up to.
pub(super) struct Checkpoint {
    world: World,
    pub metrics: Arc<Metrics>,
}

impl Checkpoint {
    pub fn of(world: &mut World, metrics: &Arc<Metrics>) -> Self {
        Self { world: world.bare_copy(), metrics: Arc::clone(metrics) }
    }

    /// The world that goes on from here, with the commands that led here.
    pub fn world(&self, run: &[RunStep]) -> World {
        let mut world = self.world.clone();
        world.recall(run.to_vec());
        world
    }

    pub fn bytes(&self) -> usize {
        self.world.copy_weight()
    }
}

/// A stretch of a run, from its checkpoint on to the next one's.
pub(super) struct Stretch {
    pub start: Moment,
    /// How it was at its start; none once that was dropped for room.
    pub checkpoint: Option<Arc<Checkpoint>>,
    /// All its events; none if they are to be computed anew, or are still coming.
    pub events: Option<Vec<Event>>,
}

impl Stretch {
    pub fn event_count(&self) -> usize {
        self.events.as_ref().map_or(0, Vec::len)
    }
}

/// Names a stretch among those of all branches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct StretchId(u32);

/// The stretches of all branches.
#[derive(Default)]
pub(super) struct Stretches {
    all: SortedMap<StretchId, Stretch>,
    next: u32,
}

impl Stretches {
    pub fn add(&mut self, stretch: Stretch) -> StretchId {
        let id = StretchId(self.next);
        self.next += 1;
        self.all.insert(id, stretch);
        id
    }

    pub fn get(&self, id: StretchId) -> &Stretch {
        self.all.get(&id).expect("branches name stretches that exist")
    }

    pub fn get_mut(&mut self, id: StretchId) -> &mut Stretch {
        self.all.get_mut(&id).expect("branches name stretches that exist")
    }

    pub fn iter(&self) -> impl Iterator<Item = (StretchId, &Stretch)> {
        self.all.iter().map(|(id, stretch)| (*id, stretch))
    }

    /// Drops those that no branch names any more.
    pub fn retain(&mut self, is_named: impl Fn(StretchId) -> bool) {
        self.all.retain(|id, _| is_named(*id));
    }
}
