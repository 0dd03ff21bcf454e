//! Changes of ownership: what one would move, and what is told of those that are made.

use super::Stage;
use crate::base::{ClientId, NodeId, Result};
use crate::node::{MessageKind, Note};
use crate::ring::{Change, Epoch, Forecast, Stage as ChangeStage, Turn, Wish};
use crate::scenario;
use crate::sim::Command;
use crate::ui::elastic::{Plan, begin_words, done_words};

/// What the page remembers of changes, beside the world.
#[derive(Default)]
pub(super) struct Changes {
    /// What changes that were asked for here would move.
    plans: Vec<(Change, Plan)>,
    /// Items fetched since the change under way began; none if that is not known.
    moved: Option<u32>,
    /// Whom the change under way was last said to wait for, and in which epoch.
    waits: Option<(Epoch, Vec<NodeId>)>,
    /// The last epoch that was told.
    told: Epoch,
    /// What came of the last change.
    pub outcome: Option<String>,
}

impl Stage {
    /// What a line about the topology would move.
    ///
    /// # Errors
    /// If it makes no sense now.
    pub fn plan(&self, line: &str) -> Result<Option<Plan>> {
        let (line, _) = scenario::parse(line)?;
        let commands = scenario::commands(&self.history, &line, ClientId(0))?;
        commands.iter().find_map(Self::wished).map(|change| self.plan_of(change)).transpose()
    }

    fn wished(command: &Command) -> Option<&Change> {
        match command {
            Command::Wish(Wish::Change(change)) => Some(change),
            _ => None,
        }
    }

    fn plan_of(&self, change: &Change) -> Result<Plan> {
        let (ring, basis) = self.world().preference_lists().topology().in_the_end();
        Forecast::of(&ring, &basis, change).map(|forecast| Plan::of(&forecast))
    }

    /// A change is about to be asked for: what it would move is kept.
    pub(super) fn foresee(&mut self, command: &Command) {
        if let Some(change) = Self::wished(command)
            && let Ok(plan) = self.plan_of(change)
        {
            self.changes.plans.retain(|(known, _)| known != change);
            self.changes.plans.push((change.clone(), plan));
        }
    }

    /// What came of the last change, if it is known.
    pub fn outcome(&self) -> Option<&String> {
        self.changes.outcome.as_ref()
    }

    /// The cursor stands elsewhere.
    pub(super) fn forget_changes(&mut self) {
        let told = self.world().preference_lists().epoch();
        let changes = std::mem::take(&mut self.changes);
        self.changes = Changes { moved: None, told, outcome: None, ..changes };
    }

    /// Takes in what a node says of a change; what is worth saying aloud of it.
    pub(super) fn tell_change(&mut self, note: &Note) -> Option<String> {
        match note {
            Note::Complete { items } => {
                self.changes.moved = self.changes.moved.map(|moved| moved + items);
                None
            }
            Note::Waits { epoch, unaware, streaming } => {
                self.changes.waits = Some((*epoch, [&unaware[..], streaming].concat()));
                None
            }
            Note::Agreed { epoch, turn } if *epoch > self.changes.told => {
                self.changes.told = *epoch;
                self.tell_turn(turn)
            }
            _ => None,
        }
    }

    fn tell_turn(&mut self, turn: &Turn) -> Option<String> {
        match turn {
            Turn::Staged { change, stage: ChangeStage::Prepare, step: 1, .. } => {
                self.changes.moved = Some(0);
                self.changes.outcome = None;
                Some(begin_words(change, self.known_plan(change)))
            }
            Turn::Done(change) => {
                let moved = self.changes.moved.take();
                let words = done_words(change, moved, self.replicas(), self.known_plan(change));
                self.changes.outcome = Some(words.clone());
                Some(words)
            }
            Turn::Cancelled(_) | Turn::Refused { .. } => {
                self.changes.outcome = Some(format!("{turn}."));
                self.changes.outcome.clone()
            }
            Turn::Left(_) => Some(format!("{turn}.")),
            _ => None,
        }
    }

    /// What a change that was asked for here was to move.
    fn known_plan(&self, change: &Change) -> Option<&Plan> {
        let known = self.changes.plans.iter().rfind(|(known, _)| is_same(known, change));
        known.map(|(_, plan)| plan)
    }

    /// Whether the change under way waits for nodes that do not answer: nothing goes on by itself
    /// until the reader brings them back.
    pub(super) fn change_waits(&self) -> bool {
        let world = self.world();
        let Some((epoch, nodes)) = &self.changes.waits else { return false };
        let is_silent = |node: &NodeId| !world.is_up(*node) || world.faults().is_paused(*node);
        *epoch == world.preference_lists().epoch()
            && (nodes.iter().any(is_silent) || !world.faults().splits().is_empty())
            && !world.flights().any(|flight| flight.kind == MessageKind::StreamPart)
    }

    /// Whether something changes, and nobody says anything to anybody but that he is alive.
    pub(super) fn change_is_silent(&self) -> bool {
        let world = self.world();
        world.is_changing()
            && world.next_motion_at().is_none()
            && !world.flights().any(|flight| flight.kind != MessageKind::Gossip)
    }

    /// Replicas of items in all: N of each.
    fn replicas(&self) -> usize {
        let lists = self.world().preference_lists();
        let first =
            |(node, key): &(_, &crate::storage::ItemKey)| lists.at(key.position)[0] == *node;
        let stored = self.world().stored().map(|(node, key, _)| (node, key));
        stored.filter(first).count() * lists.n()
    }
}

/// Zones are given by the world.
fn is_same(one: &Change, other: &Change) -> bool {
    one.to_string() == other.to_string()
}
