//! What differs between two branches.

use std::sync::Arc;

use super::history::repeat;
use super::{Branch, History, Moment};
use crate::base::{EventSeq, Result, VirtualTime, heap_sort};
use crate::data::Item;
use crate::node::Answer;
use crate::sim::{Command, EventKind, World};
use crate::storage::{Held, ItemKey};

/// Two branches side by side, each at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// When they parted; none if they are runs of different origins.
    pub parted_at: Option<VirtualTime>,
    pub sides: [Side; 2],
    /// Items whose content differs, in the order of the ring.
    pub items: Vec<Difference>,
}

/// One of two branches, after they have parted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    pub name: String,
    pub end: Moment,
    /// The commands that only this branch has.
    pub commands: Vec<Command>,
    /// Events since they have parted.
    pub events: u64,
    pub answered: usize,
    pub failed: usize,
}

/// An item whose content differs: what a read of all replicas would find, deleted versions left
/// out. More than one where siblings are kept, none where nothing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub key: ItemKey,
    pub contents: [Vec<Arc<Item>>; 2],
}

impl History {
    /// Compares two branches.
    ///
    /// # Errors
    /// If there is no branch of either name.
    pub fn compare(&self, names: [&str; 2]) -> Result<Comparison> {
        let [left, right] = [self.branch_named(names[0])?, self.branch_named(names[1])?];
        let is_same_run = left.root == right.root;
        let pairs = left.run.iter().zip(&right.run);
        let common = pairs.take_while(|(a, b)| a == b).count();
        let common = if is_same_run { common } else { 0 };
        let next = [left, right].map(|branch| branch.run.get(common));
        let parts_at = next.iter().flatten().map(|step| step.happenings).min().unwrap_or(u64::MAX);
        let parted_at = next.iter().flatten().map(|step| step.at).min();
        let mut worlds = Vec::new();
        let sides = [left, right].map(|branch| {
            let (world, events, answers) = self.replay_since(branch, common, parts_at);
            worlds.push(world);
            Side {
                name: branch.name.clone(),
                end: branch.end,
                commands: branch.run[common..].iter().map(|step| step.command.clone()).collect(),
                events,
                answered: answers.len(),
                failed: answers.iter().filter(|failed| **failed).count(),
            }
        });
        let items = differences(&contents(&worlds[0]), &contents(&worlds[1]));
        Ok(Comparison { parted_at: parted_at.filter(|_| is_same_run), sides, items })
    }

    /// The world at a branch's end; how many events there were since it parted after so many
    /// commands and happenings; and of the answers among them, whether they failed.
    fn replay_since(
        &self,
        branch: &Branch,
        commands: usize,
        happenings: u64,
    ) -> (World, u64, Vec<bool>) {
        let stretches = branch.stretches.iter().rev().map(|id| self.stretches.get(*id));
        let early = stretches.filter(|stretch| {
            stretch.start.commands <= commands && stretch.start.happenings <= happenings
        });
        let (start, checkpoint) = early
            .filter_map(|stretch| Some((stretch.start, stretch.checkpoint.as_ref()?)))
            .next()
            .expect("a run's first checkpoint is never dropped");
        let mut world = checkpoint.world(&branch.run[..start.commands]);
        let mut from: Option<EventSeq> = None;
        let (mut answers, mut events) = (Vec::new(), 0);
        loop {
            let is_past = world.run().len() >= commands && world.happenings() >= happenings;
            if is_past && from.is_none() {
                world.take_events(Vec::new());
                from = Some(world.trace().end());
            }
            let is_end = world.run().len() == branch.run.len()
                && world.happenings() >= branch.end.happenings;
            if is_end || world.trace().events().len() > 10_000 {
                let taken = world.take_events(Vec::new());
                if from.is_some() {
                    events += taken.len() as u64;
                    answers.extend(taken.iter().filter_map(|event| match &event.kind {
                        EventKind::Answered { answer, .. } => {
                            Some(matches!(answer, Answer::Failed(_)))
                        }
                        _ => None,
                    }));
                }
            }
            if is_end {
                return (world, events, answers);
            }
            repeat(&mut world, &branch.run);
        }
    }
}

/// Every item that anybody holds, and the content that a read of all would find.
fn contents(world: &World) -> Vec<(&ItemKey, Vec<Arc<Item>>)> {
    let mut all: Vec<(&ItemKey, &Held)> =
        world.stored().map(|(_, key, held)| (key, held)).collect();
    heap_sort(&mut all, |a, b| a.0.cmp(b.0));
    all.chunk_by(|a, b| a.0 == b.0)
        .map(|of_one| {
            let versions = of_one.iter().flat_map(|(_, held)| held.versions().to_vec());
            let held = Held::of(versions).expect("what is held has a version");
            (of_one[0].0, held.live().map(|(_, item)| Arc::clone(item)).collect())
        })
        .collect()
}

fn differences(
    left: &[(&ItemKey, Vec<Arc<Item>>)],
    right: &[(&ItemKey, Vec<Arc<Item>>)],
) -> Vec<Difference> {
    let mut found = Vec::new();
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return found,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((a, _)), Some((b, _))) => a.cmp(b),
        };
        let a = if order.is_le() { left.next() } else { None };
        let b = if order.is_ge() { right.next() } else { None };
        let Some((key, _)) = a.or(b) else { return found };
        let content = |side: Option<&(&ItemKey, Vec<Arc<Item>>)>| {
            side.map(|(_, content)| content.clone()).unwrap_or_default()
        };
        let contents = [content(a), content(b)];
        if contents[0] != contents[1] {
            found.push(Difference { key: (*key).clone(), contents });
        }
    }
}
