//! The cursor in a run, and how the run goes on.

use std::sync::Arc;

use super::branches::{Beginning, Branch, BranchId};
use super::stretch::{Checkpoint, Stretch, Stretches};
use super::{Events, Keep, Metrics};
use crate::base::{EventSeq, RequestId, Result, VirtualTime};
use crate::sim::{Command, RunStep, World};

/// How far a run has come.
///
/// Between two happenings virtual time may pass, and commands may be given; so all three tell one
/// state of the world from the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    pub at: VirtualTime,
    /// Things that have happened since the run's origin.
    pub happenings: u64,
    /// Commands carried out, scheduled ones not counted.
    pub commands: usize,
    /// Events in the trace: the number of the next one.
    pub events: EventSeq,
}

impl Moment {
    pub fn of(world: &World) -> Self {
        Self {
            at: world.now(),
            happenings: world.happenings(),
            commands: world.run().len(),
            events: world.trace().end(),
        }
    }
}

/// Runs, their branches, and a world that stands somewhere in one of them.
pub struct History {
    /// The world at the cursor.
    pub(super) world: World,
    /// What the run adds up to at the cursor; shared with whoever shows it.
    pub(super) metrics: Arc<Metrics>,
    /// Events before this one are in it.
    pub(super) observed: EventSeq,
    /// In the order in which they began; never empty.
    pub(super) branches: Vec<Branch>,
    /// Which branch the cursor is on.
    pub(super) current: usize,
    /// Whose world `world` is: not yet the present branch's while the cursor changes over.
    pub(super) standing_on: BranchId,
    pub(super) stretches: Stretches,
    pub(super) keep: Keep,
    next_branch: u32,
    /// Whether the last stretch of the present branch is still growing: its events are in the trace
    /// of the world, which stands at the end.
    pub(super) is_growing: bool,
    /// Whether the next command is the first one of a line.
    line_begins: bool,
}

impl History {
    /// A history that begins with a world as it is.
    ///
    /// # Panics
    /// If the world has no full trace.
    pub fn new(mut world: World, keep: Keep) -> Self {
        let mut stretches = Stretches::default();
        let mut metrics = Arc::default();
        let name = "main".to_owned();
        let branch = begin(BranchId(0), name, &mut world, &mut metrics, &mut stretches);
        Self {
            observed: world.trace().end(),
            world,
            metrics,
            branches: vec![branch],
            current: 0,
            standing_on: BranchId(0),
            stretches,
            keep,
            next_branch: 1,
            is_growing: true,
            line_begins: false,
        }
    }

    /// Puts the cursor at the beginning of another run, which begins with a world as it is. The runs
    /// before are kept.
    pub fn begin(&mut self, mut world: World) {
        self.leave();
        let (id, name) = self.new_name();
        self.metrics = Arc::default();
        let branch = begin(id, name, &mut world, &mut self.metrics, &mut self.stretches);
        self.observed = world.trace().end();
        self.world = world;
        self.branches.push(branch);
        self.current = self.branches.len() - 1;
        self.standing_on = id;
        self.is_growing = true;
        self.bound();
    }

    pub(super) fn new_name(&mut self) -> (BranchId, String) {
        loop {
            self.next_branch += 1;
            let name = format!("b{}", self.next_branch);
            if self.branches.iter().all(|branch| branch.name != name) {
                return (BranchId(self.next_branch), name);
            }
        }
    }

    /// The world at the cursor, without its past.
    pub fn into_world(self) -> World {
        self.world
    }

    /// The world at the cursor.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What the run adds up to at the cursor.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Takes the events in that are new in the world's trace.
    pub(super) fn observe(&mut self) {
        let news = self.world.trace().since(self.observed);
        if news.is_empty() {
            return;
        }
        let metrics = Arc::make_mut(&mut self.metrics);
        news.iter().for_each(|event| metrics.observe(event));
        self.observed = self.world.trace().end();
    }

    /// Where the cursor is.
    pub fn moment(&self) -> Moment {
        Moment::of(&self.world)
    }

    /// The branch that the cursor is on.
    pub fn branch(&self) -> &Branch {
        &self.branches[self.current]
    }

    pub(super) fn branch_mut(&mut self) -> &mut Branch {
        &mut self.branches[self.current]
    }

    /// Whether nothing lies ahead of the cursor: what happens now happens for the first time.
    pub fn is_at_end(&self) -> bool {
        self.is_after_all() && self.world.now() >= self.branch().end.at
    }

    /// Whether nothing that happens lies ahead of the cursor, but perhaps some time without anything.
    fn is_after_all(&self) -> bool {
        let branch = self.branch();
        self.world.run().len() == branch.run.len()
            && self.world.happenings() >= branch.end.happenings
    }

    /// Carries out a command at the cursor; returns the request that it began, if it is one. In the
    /// past of the branch, that begins another branch.
    ///
    /// # Errors
    /// If the command makes no sense now. Then nothing has changed.
    pub fn apply(&mut self, command: Command) -> Result<Option<RequestId>> {
        let line_begins = std::mem::take(&mut self.line_begins);
        self.world.check(&command)?;
        if !self.is_at_end() {
            self.part();
        }
        self.grow();
        let at = self.world.run().len();
        if line_begins {
            self.branch_mut().lines.push(at);
        }
        let began = self.world.apply(command)?;
        let step = self.world.run().last().expect("the command was recorded").clone();
        self.branch_mut().run.push(step);
        self.has_grown();
        Ok(began)
    }

    /// The next command is the first one of a line: [`super::Target::BeforeLine`] goes back to it.
    pub fn begin_line(&mut self) {
        self.line_begins = true;
    }

    /// Lets the next thing happen, for the first time or again, or the time pass until the end of the
    /// branch. False if there is none.
    pub fn step(&mut self) -> bool {
        if self.is_at_end() {
            if self.world.next_at().is_none() {
                return false;
            }
            self.grow();
            self.world.step();
            self.has_grown();
        } else if self.is_after_all() {
            self.world.run_until(self.branches[self.current].end.at);
        } else {
            repeat(&mut self.world, &self.branches[self.current].run);
            self.has_moved();
        }
        true
    }

    /// When the next thing happens, recorded commands and the end of the branch included.
    pub fn next_at(&self) -> Option<VirtualTime> {
        match self.is_after_all() && !self.is_at_end() {
            true => Some(self.branch().end.at),
            false => next_at(&self.world, &self.branch().run),
        }
    }

    /// Lets everything happen up to and including an instant, and moves virtual time there.
    pub fn run_until(&mut self, instant: VirtualTime) {
        while self.next_at().is_some_and(|at| at <= instant) {
            self.step();
        }
        if instant <= self.world.now() {
            return;
        }
        if self.is_at_end() {
            self.grow();
            self.world.run_until(instant);
            self.has_grown();
        } else {
            self.world.run_until(instant);
        }
    }

    /// Lets things happen while a condition holds and there is anything left to happen.
    pub fn run_while(&mut self, mut condition: impl FnMut(&World) -> bool) {
        while condition(&self.world) && self.step() {}
    }

    /// Something is about to happen for the first time: from here on a stretch grows.
    fn grow(&mut self) {
        if self.is_growing {
            return;
        }
        self.is_growing = true;
        self.branch_mut().at_end = None;
        // Whoever wants the events of stretches that ended has them there.
        self.world.take_events(Vec::new());
        let start = self.moment();
        if self.last_stretch_start() == start {
            let last = self.branch().last_stretch();
            self.stretches.get_mut(last).events = None;
            return;
        }
        let checkpoint = Checkpoint::of(&mut self.world, &self.metrics);
        let checkpoint = Some(Arc::new(checkpoint));
        let stretch = self.stretches.add(Stretch { start, checkpoint, events: None });
        self.branch_mut().stretches.push(stretch);
        self.bound();
    }

    /// Something has happened for the first time.
    fn has_grown(&mut self) {
        self.observe();
        let moment = self.moment();
        let start = self.last_stretch_start();
        let branch = &mut self.branches[self.current];
        branch.end = moment;
        branch.notes.note(self.world.trace().since(branch.notes.seen));
        let stretch = self.keep.stretch;
        if moment.happenings - start.happenings >= stretch
            || moment.events.0 - start.events.0 >= stretch + stretch / 2
        {
            self.stop_growing();
        }
    }

    pub(super) fn last_stretch_start(&self) -> Moment {
        self.stretches.get(self.branch().last_stretch()).start
    }

    /// Ends the stretch that grows, and keeps its events.
    pub(super) fn stop_growing(&mut self) {
        if !std::mem::take(&mut self.is_growing) {
            return;
        }
        let last = self.branch().last_stretch();
        let events = self.world.take_events(Vec::new());
        self.stretches.get_mut(last).events = Some(events);
        self.bound();
    }

    /// The cursor has moved on in what had happened before.
    fn has_moved(&mut self) {
        self.observe();
        // The events are known already, or will be computed for whoever wants to see them.
        if self.world.trace().events().len() as u64 >= 2 * self.keep.stretch {
            self.world.take_events(Vec::new());
        }
        self.compute_events_here();
    }

    /// The events around the cursor that are known, those after it included.
    pub fn events(&self) -> Events<'_> {
        let ids = &self.branch().stretches;
        let at = self.stretch_at_cursor();
        let known = |at: usize| match self.stretches.get(ids[at]).events.as_ref() {
            Some(events) => Some(events.as_slice()),
            None if self.is_growing && at + 1 == ids.len() => Some(self.world.trace().events()),
            None => None,
        };
        let (mut first, mut end) = (at, at);
        while first > 0 && known(first - 1).is_some() {
            first -= 1;
        }
        while end < ids.len() && known(end).is_some() {
            end += 1;
        }
        Events::of((first..end).filter_map(known))
    }

    /// The place of the stretch that the cursor is in, among those of its branch.
    pub(super) fn stretch_at_cursor(&self) -> usize {
        let moment = self.moment();
        let starts_before = |id: &super::stretch::StretchId| {
            let start = self.stretches.get(*id).start;
            (start.happenings, start.commands) <= (moment.happenings, moment.commands)
        };
        self.branch().stretches.partition_point(starts_before).saturating_sub(1)
    }

    /// Keeps what is needed to come back to the end of the branch, should the cursor be there.
    pub(super) fn leave(&mut self) {
        if self.standing_on != self.branch().id {
            return;
        }
        if self.is_at_end() {
            self.stop_growing();
            if self.branch().at_end.is_none() {
                let checkpoint = Checkpoint::of(&mut self.world, &self.metrics);
                self.branch_mut().at_end = Some(checkpoint);
            }
        }
        let moment = self.moment();
        self.branch_mut().cursor = moment;
    }
}

/// The first branch of a run that begins with `world`.
fn begin(
    id: BranchId,
    name: String,
    world: &mut World,
    metrics: &mut Arc<Metrics>,
    stretches: &mut Stretches,
) -> Branch {
    assert!(world.run().is_empty(), "a history begins where a run begins");
    let moment = Moment::of(world);
    // What happened before the run could be spoken to: its nodes started.
    let events = world.take_events(Vec::new());
    events.iter().for_each(|event| Arc::make_mut(metrics).observe(event));
    let first = events.first().map_or(moment.events, |event| event.seq);
    let start = Moment { events: first, ..moment };
    let begun = stretches.add(Stretch { start, checkpoint: None, events: Some(events) });
    let checkpoint = Some(Arc::new(Checkpoint::of(world, metrics)));
    let rest = stretches.add(Stretch { start: moment, checkpoint, events: None });
    let beginning = Beginning::Run(world.origin());
    let mut branch = Branch::new(id, name, beginning, moment);
    branch.stretches = vec![begun, rest];
    branch
}

/// Lets the next recorded thing happen again: a command if its turn has come, else what happens by
/// itself.
pub(super) fn repeat(world: &mut World, run: &[RunStep]) {
    match run.get(world.run().len()) {
        Some(next) if next.happenings == world.happenings() => {
            if world.now() < next.at {
                world.run_until(next.at);
                assert_eq!(world.happenings(), next.happenings, "something new has happened");
            }
            let again = world.apply(next.command.clone());
            assert!(again.is_ok(), "a recorded command was refused: {}", next.command);
        }
        _ => assert!(world.step(), "a run ends before its end"),
    }
}

/// When the next recorded thing happens.
pub(super) fn next_at(world: &World, run: &[RunStep]) -> Option<VirtualTime> {
    match run.get(world.run().len()) {
        Some(next) if next.happenings == world.happenings() => Some(next.at),
        _ => world.next_at(),
    }
}
