//! What the picture shows until the next event: built once per change, never per frame.

use std::rc::Rc;
use std::sync::Arc;

use super::elastic::Elastic;
use super::seats::Seats;
use super::selection::Selection;
use super::story::Story;
use super::trouble::Trouble;
use crate::base::NodeId;
use crate::ring::{Epoch, PreferenceLists, WalkStep};
use crate::sim::{NodeStatus, Replica, World};
use crate::storage::ItemKey;

/// An item that the reader looks at: where it lives, and who has what of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Focus {
    pub key: ItemKey,
    pub walk: Vec<WalkStep>,
    pub replicas: Vec<Replica>,
}

/// Everything that is drawn in the virtual DOM.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Counts the clusters that were set up on this page: the ring is drawn anew only when it
    /// changes.
    pub cluster: u64,
    pub lists: Arc<PreferenceLists>,
    pub nodes: Vec<NodeStatus>,
    pub trouble: Trouble,
    /// Who keeps hints for whom, and how many.
    pub hints: Vec<(NodeId, NodeId, usize)>,
    /// While a workload goes on: reads and writes a second that each node served of late, by number.
    pub served: Vec<u32>,
    /// The item in focus.
    pub focus: Option<Focus>,
    /// The request in focus.
    pub story: Option<Rc<Story>>,
    /// What is looked into.
    pub selected: Option<Selection>,
    /// What changes of who owns what; none while nothing does.
    pub elastic: Option<Rc<Elastic>>,
}

impl PartialEq for Scene {
    fn eq(&self, other: &Self) -> bool {
        self.cluster == other.cluster
            && self.nodes == other.nodes
            && self.trouble == other.trouble
            && self.hints == other.hints
            && self.served == other.served
            && self.focus == other.focus
            && self.story == other.story
            && self.selected == other.selected
            && self.elastic == other.elastic
            && self.lists == other.lists
    }
}

impl Scene {
    /// Where nodes sit around the ring.
    pub fn seats(&self) -> Seats {
        Seats::of(self.nodes.iter().map(|status| status.standing))
    }

    /// Whether who owns what has changed, or changes.
    pub fn is_elastic(&self) -> bool {
        self.elastic.is_some() || self.lists.epoch() > Epoch::FIRST
    }

    /// How the nodes are doing that are not gone.
    pub fn seated(&self) -> impl Iterator<Item = &NodeStatus> {
        self.nodes.iter().filter(|status| !status.standing.is_over())
    }

    /// For whom a node keeps hints, and how many.
    pub fn hints_of(&self, node: NodeId) -> impl Iterator<Item = (NodeId, usize)> {
        self.hints
            .iter()
            .filter(move |(keeper, ..)| *keeper == node)
            .map(|(_, owner, n)| (*owner, *n))
    }
}

/// Who keeps hints for whom, and how many.
pub fn hints(world: &World) -> Vec<(NodeId, NodeId, usize)> {
    let mut all: Vec<(NodeId, NodeId, usize)> = Vec::new();
    for (node, owner, ..) in world.hints() {
        match all.last_mut().filter(|last| (last.0, last.1) == (node, owner)) {
            Some(last) => last.2 += 1,
            None => all.push((node, owner, 1)),
        }
    }
    all
}
