//! What there is to know of what the reader looks into, found in the world and near the cursor in
//! the trace.
//!
//! | selected | what is found |
//! |---|---|
//! | a node | what it keeps for others, and how it judges them |
//! | an item | nothing here: the scene has it in focus |
//! | a message | who says what to whom, and what became of it |
//! | a request | its whole life: [`RequestFacts`] |
//!
//! Caveat: the trace is searched for a bounded stretch around the cursor only. What lies further
//! away is not found, and the reader is told so.

mod latency;
mod message;
mod request;
#[cfg(test)]
mod tests;

pub use latency::{Leg, Part};
pub use message::{MessageFacts, meaning};
pub use request::{Moment, RequestFacts};

use super::selection::Selection;
use super::stage::Stage;
use super::view::{HintLine, phis_of};
use crate::base::{EventSeq, NodeId};
use crate::membership::Phi;
use crate::sim::{Event, World};

/// So many events are looked at, on either side of the cursor.
const REACH: u64 = 40_000;
/// So many hints are listed at most.
const HINTS_LISTED: usize = 20;

/// What there is to know of what is selected.
#[derive(Clone, Debug, PartialEq)]
pub enum Inspected {
    Node(NodeFacts),
    Item,
    Message(Box<MessageFacts>),
    Request(Box<RequestFacts>),
    /// Nothing of it is near the cursor.
    OutOfReach,
}

/// What only one node's own memory tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeFacts {
    /// The first hints that it keeps, and how many there are in all.
    pub hints: (Vec<HintLine>, usize),
    /// How suspicious it finds each node, by number; empty while it is down.
    pub phis: Vec<Phi>,
}

impl Inspected {
    /// What there is to know of what is selected now; none if nothing is.
    pub fn of(stage: &Stage, selected: Option<&Selection>) -> Option<Self> {
        Some(match selected? {
            Selection::Node(node) => Self::Node(NodeFacts::of(stage.world(), *node)),
            Selection::Item(_) => Self::Item,
            Selection::Message(message) => MessageFacts::find(stage, *message)
                .map_or(Self::OutOfReach, |facts| Self::Message(Box::new(facts))),
            Selection::Request(request) => RequestFacts::find(stage, *request)
                .map_or(Self::OutOfReach, |facts| Self::Request(Box::new(facts))),
        })
    }
}

impl NodeFacts {
    fn of(world: &World, node: NodeId) -> Self {
        let hints = world.hints().filter(|(keeper, ..)| *keeper == node);
        let shown = hints.map(|(node, owner, key, held)| HintLine {
            node,
            owner,
            key: key.clone(),
            held: held.clone(),
        });
        Self {
            hints: (
                shown.take(HINTS_LISTED).collect(),
                world.store(node).map_or(0, |store| store.hints().len()),
            ),
            phis: world.node(node).map_or_else(Vec::new, |running| phis_of(running, world)),
        }
    }
}

/// The events near the cursor, oldest first.
fn nearby(stage: &Stage) -> impl DoubleEndedIterator<Item = &Event> {
    let cursor = stage.world().trace().end().0;
    let reach = cursor.saturating_sub(REACH)..cursor + REACH;
    let since = stage.events().since(EventSeq(reach.start));
    since.filter(move |event| event.seq.0 < reach.end)
}
