//! A change of ownership as the page shows it: its stage, what it waits for, and which token ranges
//! change hands.

use super::trouble::names;
use crate::base::{NodeId, heap_sort, tenths};
use crate::ring::{Bound, Change, Forecast, PreferenceLists, Stage, Swap, Token};
use crate::sim::World;

/// A stretch of the ring in which one owner makes room for another.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// In turns.
    pub from: f64,
    pub to: f64,
    pub swap: Swap,
    /// Items that the one that leaves holds there, and that the one that joins holds.
    pub items: [u32; 2],
}

impl Stretch {
    /// How much of it is there already.
    pub fn share(&self) -> f64 {
        let [held, there] = self.items.map(f64::from);
        if held == 0.0 { 0.0 } else { (there / held).min(1.0) }
    }
}

/// The change that is under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Moving {
    pub change: Change,
    pub stage: Stage,
    pub step: u32,
    pub steps: u32,
    /// How many token ranges change hands.
    pub ranges: usize,
    pub stretches: Vec<Stretch>,
}

/// What is changing, what waits, and who is behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Elastic {
    pub epoch: u32,
    pub moving: Option<Moving>,
    pub queue: Vec<String>,
    pub leaving: Vec<NodeId>,
    /// Members that are up and do not follow the epoch in force, and members that are down.
    pub behind: Vec<NodeId>,
}

impl Elastic {
    /// None while nothing changes.
    pub fn of(world: &World) -> Option<Self> {
        let lists = world.preference_lists();
        let topology = lists.topology();
        world.is_changing().then(|| Self {
            epoch: topology.epoch.0,
            moving: Moving::of(world, lists),
            queue: topology.queue.iter().map(|(_, change)| change.to_string()).collect(),
            leaving: topology.leaving.clone(),
            behind: lists
                .members()
                .iter()
                .copied()
                .filter(|node| is_behind(world, *node))
                .collect(),
        })
    }

    /// What goes on, and what it waits for.
    pub fn words(&self) -> String {
        let behind = match self.behind.as_slice() {
            [] => String::new(),
            nodes => format!(" Not yet in epoch {}: {}.", self.epoch, names(nodes)),
        };
        let now = match (&self.moving, self.leaving.as_slice()) {
            (Some(moving), _) => moving.words(),
            (None, []) => "The members agree on the next epoch.".to_owned(),
            (None, leaving) => {
                format!("{} hands over what others lack, and leaves.", names(leaving))
            }
        };
        now + &behind
    }
}

fn is_behind(world: &World, node: NodeId) -> bool {
    let epoch = world.preference_lists().epoch();
    world.node(node).is_none_or(|it| it.lists().epoch() != epoch)
}

impl Moving {
    fn of(world: &World, lists: &PreferenceLists) -> Option<Self> {
        let underway = lists.topology().underway.as_ref()?;
        let ring = lists.ring();
        let mut counts = vec![[0u32; 2]; ring.vnodes().len()];
        for (node, key, _) in world.stored() {
            let at = ring.successor(key.position);
            if let Some(swap) = lists.planned_swap(at) {
                // Once reads have moved, the swap is told the other way around.
                counts[at][0] += u32::from(node == swap.leaves);
                counts[at][1] += u32::from(node == swap.joins);
            }
        }
        let have_moved = underway.stage == Stage::Read;
        let mut stretches: Vec<Stretch> = Vec::new();
        let mut ranges = 0;
        for (at, [left, joined]) in counts.into_iter().enumerate() {
            let Some(Swap { leaves, joins }) = lists.planned_swap(at) else { continue };
            ranges += 1;
            let (swap, items) = match have_moved {
                true => (Swap { leaves: joins, joins: leaves }, [joined, left]),
                false => (Swap { leaves, joins }, [left, joined]),
            };
            let to = ring.vnodes()[at].token.turn();
            let from = to - ring.width(at);
            match stretches.last_mut() {
                Some(last) if last.swap == swap && (last.to - from).abs() < 1e-9 => {
                    last.to = to;
                    last.items = [last.items[0] + items[0], last.items[1] + items[1]];
                }
                _ => stretches.push(Stretch { from, to, swap, items }),
            }
        }
        let (step, steps) = (underway.steps_done + 1, underway.steps());
        let change = underway.change.clone();
        Some(Self { change, stage: underway.stage, step, steps, ranges, stretches })
    }

    /// How many items pending owners have of those that they are to have.
    pub fn items(&self) -> [u32; 2] {
        let add = |sum: [u32; 2], it: &Stretch| {
            [sum[0] + it.items[1].min(it.items[0]), sum[1] + it.items[0]]
        };
        self.stretches.iter().fold([0, 0], add)
    }

    fn words(&self) -> String {
        let mut owners: Vec<NodeId> = self.stretches.iter().map(|it| it.swap.joins).collect();
        heap_sort(&mut owners, NodeId::cmp);
        owners.dedup();
        let new = names(&owners);
        let [there, all] = self.items();
        match self.stage {
            Stage::Prepare => "Everybody hears of what is to come.".to_owned(),
            Stage::Write => format!(
                "Old and new owners take writes: each needs W of the old and W of the new ones. \
                 New: {new}."
            ),
            Stage::Stream => {
                let fetch = if owners.len() == 1 {
                    "fetches what it lacks"
                } else {
                    "fetch what they lack"
                };
                format!("{new} {fetch}: {there} of {all} items.")
            }
            Stage::Read => {
                "Reads go to the new owners; writes still reach the old ones.".to_owned()
            }
        }
    }
}

/// A change in words, and how much of the data it moves.
pub fn begin_words(change: &Change, plan: Option<&Plan>) -> String {
    let title = title(change);
    match plan {
        Some(Plan { moved, ranges, .. }) => {
            let share = tenths(moved * 100.0);
            format!("{title}: {ranges} token ranges change hands, {share}% of the data.")
        }
        None => format!("{title}."),
    }
}

/// A change in words.
pub fn title(change: &Change) -> String {
    match change {
        Change::Add { node, .. } => format!("{node} joins"),
        Change::Remove { node } => format!("{node} leaves"),
        Change::Replace { node, by, .. } => format!("{by} takes the place of {node}"),
        Change::Weigh { node, weight } => format!("{node} is to weigh {weight}"),
        Change::Vnodes { count } => format!("{count} vnodes for each node"),
        Change::Move { to, .. } => format!("A token range goes to {to}"),
        Change::Split { to, .. } => format!("A part of a token range goes to {to}"),
    }
}

/// What a change would move.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub moved: f64,
    /// How many token ranges have another owner afterwards.
    pub ranges: usize,
    pub steps: usize,
    pub bound: Bound,
}

impl Plan {
    pub fn of(forecast: &Forecast) -> Self {
        let (moved, bound) = (forecast.moved, forecast.bound);
        let tokens = forecast.ends().map(|lists| lists.ring().vnodes());
        let mut tokens: Vec<Token> = tokens.into_iter().flatten().map(|it| it.token).collect();
        heap_sort(&mut tokens, Token::cmp);
        tokens.dedup();
        let ranges = tokens.iter().filter(|token| forecast.moves_at(**token) > 0).count();
        Self { moved, ranges, steps: forecast.lists.len() - 1, bound }
    }

    /// Against the least possible.
    pub fn words(&self) -> String {
        let steps = match self.steps {
            0 => return "This would change nothing.".to_owned(),
            1 => String::new(),
            steps => format!(" in {steps} steps"),
        };
        let moved = tenths(self.moved * 100.0);
        format!("Would move {moved}% of the data{steps}; {}.", self.least())
    }

    /// What no plan could save.
    fn least(&self) -> String {
        let share = tenths(self.bound.share() * 100.0);
        match self.bound {
            Bound::FairShare { .. } => format!("the least for a fair share is {share}%"),
            Bound::Held { .. } | Bound::Range { .. } => {
                format!("the least possible is {share}%")
            }
            Bound::Nothing => "nothing would have to".to_owned(),
        }
    }
}

/// What a change has moved, in items of all replicas.
pub fn done_words(change: &Change, moved: Option<u32>, all: usize, plan: Option<&Plan>) -> String {
    let mut words = format!("{}: done", title(change));
    if let Some(moved) = moved.filter(|_| all > 0) {
        let share = tenths(f64::from(moved) * 100.0 / all as f64);
        words += &format!(": {moved} items moved, {share}% of the data");
    }
    match plan {
        Some(plan) => words + "; " + &plan.least() + ".",
        None => words + ".",
    }
}
