//! How far a reader is: which goals are reached, and by which events.

use super::pattern::Bound;
use super::{Goal, Sight};
use crate::base::EventSeq;
use crate::sim::Event;
use crate::travel::{BranchId, History};

/// So many ways to reach a goal are followed at once; of more, the latest ones.
const MOST_WAYS: usize = 256;

/// How a goal stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    #[default]
    Open,
    /// The events that were seen, in the order of the goal's sights.
    Reached(Vec<EventSeq>),
    /// By this event, which is the spoil with this number.
    Spoiled(usize, EventSeq),
}

/// One way to reach a goal: what was seen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Way {
    seen: Vec<EventSeq>,
    bound: Bound,
}

#[derive(Clone, Debug, Default)]
struct Progress {
    standing: Standing,
    ways: Vec<Way>,
}

/// Watches a run for the goals of a lesson.
#[derive(Clone, Debug)]
pub struct Watch {
    goals: Vec<Goal>,
    progress: Vec<Progress>,
    /// Where the reader began.
    from: EventSeq,
    /// Events before this one were looked at, on this branch.
    seen: EventSeq,
    branch: BranchId,
}

impl Watch {
    /// Watches from where the run is.
    pub fn new(goals: Vec<Goal>, history: &History) -> Self {
        let (from, branch) = (history.moment().events, history.branch().id);
        let progress = vec![Progress::default(); goals.len()];
        Self { goals, progress, from, seen: from, branch }
    }

    /// Looks at what has happened since. What the reader has gone back behind did not happen.
    pub fn look(&mut self, history: &History) {
        let (end, branch) = (history.moment().events, history.branch().id);
        if branch != self.branch || end < self.seen {
            (self.seen, self.branch) = (self.from, branch);
            self.progress = vec![Progress::default(); self.goals.len()];
        }
        let events = history.events();
        let new = events.since(self.seen).take_while(|event| event.seq < end);
        for event in new.filter(|event| !event.kind.is_routine()) {
            let words = event.kind.to_string();
            let each = self.goals.iter().zip(&mut self.progress);
            each.for_each(|(goal, progress)| progress.tell(goal, event, &words));
        }
        self.seen = end.max(self.from);
        let each = self.goals.iter().zip(&mut self.progress);
        each.for_each(|(goal, progress)| progress.judge(goal, history));
    }

    /// Each goal, and how it stands.
    pub fn standings(&self) -> impl Iterator<Item = (&Goal, &Standing)> {
        self.goals.iter().zip(self.progress.iter().map(|progress| &progress.standing))
    }

    /// Whether every goal is reached.
    pub fn is_over(&self) -> bool {
        self.standings().all(|(_, standing)| matches!(standing, Standing::Reached(_)))
    }
}

impl Progress {
    fn tell(&mut self, goal: &Goal, event: &Event, words: &str) {
        if self.standing != Standing::Open {
            return;
        }
        let is_spoil = |sight: &Sight| sight.pattern.matches(words, &Bound::new()).is_some();
        if let Some(spoil) = goal.spoils.iter().position(is_spoil) {
            self.standing = Standing::Spoiled(spoil, event.seq);
            return;
        }
        let beginning = Way::default();
        let mut further = Vec::new();
        for way in self.ways.iter().chain([&beginning]) {
            let Some(next) = goal.sights.get(way.seen.len()) else { continue };
            if let Some(bound) = next.pattern.matches(words, &way.bound) {
                let seen = way.seen.iter().copied().chain([event.seq]).collect();
                further.push(Way { seen, bound });
            }
        }
        self.ways.extend(further);
        let extra = self.ways.len().saturating_sub(MOST_WAYS);
        self.ways.drain(..extra);
    }

    fn judge(&mut self, goal: &Goal, history: &History) {
        if self.standing != Standing::Open {
            return;
        }
        let beginning = Way::default();
        let mut whole =
            self.ways.iter().chain([&beginning]).filter(|way| way.seen.len() == goal.sights.len());
        let holds = |way: &&Way| goal.conditions.iter().all(|it| it.holds(history, &way.bound));
        if let Some(way) = whole.find(holds) {
            self.standing = Standing::Reached(way.seen.clone());
        }
    }
}
