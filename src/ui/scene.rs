//! What the picture shows until the next event: built once per change, never per frame.

use std::rc::Rc;
use std::sync::Arc;

use super::elastic::Elastic;
use super::seats::Seats;
use super::selection::Selection;
use super::story::Story;
use super::trouble::Trouble;
use crate::base::NodeId;
use crate::index;
use crate::ring::{Epoch, PreferenceLists, WalkStep};
use crate::sim::{NodeStatus, Replica, World};
use crate::storage::{Held, ItemKey};

/// An item that the reader looks at: where it lives, and who has what of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Focus {
    pub key: ItemKey,
    pub walk: Vec<WalkStep>,
    pub replicas: Vec<Replica>,
    /// Its entries in the indexes of its table.
    pub entries: Vec<EntryMark>,
}

/// The entry that an index has of the item in focus.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryMark {
    pub index: String,
    pub key: ItemKey,
    /// How many owners it has, and how many of them have it as the item's newest version wants it.
    pub owners: usize,
    pub in_step: usize,
}

impl EntryMark {
    pub fn words(&self) -> String {
        let Self { index, owners, in_step, .. } = self;
        match in_step == owners {
            true => format!("{index}: in step on all {owners} owners"),
            false => format!("{index}: in step on {in_step} of {owners} owners"),
        }
    }
}

impl Focus {
    pub fn of(world: &World, key: &ItemKey) -> Self {
        let (walk, replicas) = (world.walk(key), world.replicas(key));
        let entries = entries(world, key, &replicas);
        Self { key: key.clone(), walk, replicas, entries }
    }
}

/// Where the newest version of an item has its entries, and how far they are.
fn entries(world: &World, key: &ItemKey, replicas: &[Replica]) -> Vec<EntryMark> {
    let held = replicas.iter().filter_map(|replica| replica.held.as_ref());
    let newest = held.map(Held::newest).max_by_key(|version| version.stamp);
    let (Some(schema), Some(newest)) = (world.table(key.table()), newest) else {
        return Vec::new();
    };
    let wanted = index::entries(schema, key, newest);
    wanted
        .map(|entry| {
            let replicas = world.replicas(&entry.key);
            let owners = replicas.iter().filter(|replica| replica.place.is_some());
            let is_it = |replica: &&Replica| {
                let held = replica.held.as_ref().map(Held::newest);
                held.is_some_and(|held| held.stamp == entry.version.stamp)
            };
            let index = entry.key.table().as_index().map(|(_, index)| index.to_string());
            EntryMark {
                index: index.unwrap_or_default(),
                owners: owners.clone().count(),
                in_step: owners.filter(is_it).count(),
                key: entry.key,
            }
        })
        .collect()
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
    /// Whether the load balancer evens out bytes.
    pub weighs_bytes: bool,
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
            && self.weighs_bytes == other.weighs_bytes
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
