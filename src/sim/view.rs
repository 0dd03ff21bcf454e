//! What can be looked at in a world, without changing it.

use super::world::{Happening, World};
use super::{Clock, Command, Faults};
use crate::base::{Duration, Incarnation, MessageId, NodeId, RequestId, VirtualTime, heap_sort};
use crate::data::{TableName, TableSchema};
use crate::node::{Address, MessageKind};
use crate::ring::{WalkStep, Zone};
use crate::storage::{ItemKey, Version};

/// A message under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight {
    pub message: MessageId,
    pub request: RequestId,
    pub kind: MessageKind,
    pub from: Address,
    pub to: Address,
    pub sent_at: VirtualTime,
    pub arrives_at: VirtualTime,
    /// Whether this is not the message itself but word of its refusal on the way back to its
    /// sender: `from` is the node that is down.
    pub refusal: bool,
}

/// How a node is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeStatus {
    pub node: NodeId,
    pub zone: Zone,
    pub up: bool,
    /// How many times it has started.
    pub incarnation: Incarnation,
    /// Items in its store; while it is down, in its log.
    pub items: usize,
    /// Their size in bytes, as DynamoDB counts.
    pub bytes: u64,
    /// Tombstones in its store.
    pub tombstones: usize,
    /// Records that are not durable yet.
    pub unsynced: usize,
    /// Whether it is up, but takes nothing in.
    pub paused: bool,
    /// What waits until it goes on.
    pub waiting: usize,
    /// How much longer each of its messages and syncs takes.
    pub slow_by: Duration,
    pub clock: Clock,
    /// Whether its disk was not lost, or was rebuilt since.
    pub whole: bool,
}

/// What one node has of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    pub node: NodeId,
    /// Its place in the preference list; none if it is no owner.
    pub place: Option<usize>,
    pub up: bool,
    pub version: Option<Version>,
    /// Whether another replica, up or down, has a newer version.
    pub stale: bool,
}

impl World {
    /// Every message and every word of a refusal under way, in no particular order.
    pub fn flights(&self) -> impl Iterator<Item = Flight> {
        self.queue.iter().filter_map(|(arrives_at, happening)| match happening {
            Happening::Arrival { id, from, to, sent_at, message } => Some(Flight {
                message: *id,
                request: message.request,
                kind: message.body.kind(),
                from: *from,
                to: *to,
                sent_at: *sent_at,
                arrives_at,
                refusal: false,
            }),
            Happening::Refusal { id, sender, by, sent_at, request, kind } => Some(Flight {
                message: *id,
                request: *request,
                kind: *kind,
                from: Address::Node(*by),
                to: *sender,
                sent_at: *sent_at,
                arrives_at,
                refusal: true,
            }),
            Happening::Synced { .. } | Happening::Scheduled(_) => None,
        })
    }

    /// How every node is doing, by node number.
    pub fn node_statuses(&self) -> Vec<NodeStatus> {
        self.machines
            .iter()
            .map(|machine| {
                let store = machine.store();
                NodeStatus {
                    node: machine.id,
                    zone: self.lists.ring().zone(machine.id),
                    up: machine.node.is_some(),
                    incarnation: machine.log.incarnation(),
                    items: store.item_count(),
                    bytes: store.bytes(),
                    tombstones: store.len() - store.item_count(),
                    unsynced: machine.pending(),
                    paused: self.faults.is_paused(machine.id),
                    waiting: self.faults.waiting_count(machine.id),
                    slow_by: self.faults.slow_by(machine.id),
                    clock: self.faults.clock(machine.id),
                    whole: machine.log.is_whole(),
                }
            })
            .collect()
    }

    pub fn is_up(&self, node: NodeId) -> bool {
        self.machines.get(node.index()).is_some_and(|machine| machine.node.is_some())
    }

    /// What every owner, and every other node that has one, holds of an item: owners first, in the
    /// order of the preference list.
    pub fn replicas(&self, key: &ItemKey) -> Vec<Replica> {
        let owners = self.lists.at(key.position);
        let mut replicas: Vec<Replica> = self
            .machines
            .iter()
            .map(|machine| Replica {
                node: machine.id,
                place: owners.iter().position(|owner| *owner == machine.id),
                up: machine.node.is_some(),
                version: machine.store().get(key).cloned(),
                stale: false,
            })
            .filter(|replica| replica.place.is_some() || replica.version.is_some())
            .collect();
        let stamp = |replica: &Replica| replica.version.as_ref().map(|version| version.stamp);
        let newest = replicas.iter().filter_map(stamp).max();
        for replica in &mut replicas {
            replica.stale = stamp(replica) < newest;
        }
        let rank = |replica: &Replica| (replica.place.is_none(), replica.place, replica.node);
        heap_sort(&mut replicas, |a, b| rank(a).cmp(&rank(b)));
        replicas
    }

    /// What is wrong with the network, the clocks and the processes now.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The commands that are scheduled, earliest first.
    pub fn scheduled(&self) -> Vec<(VirtualTime, &Command)> {
        let due = self.queue.to_sorted().into_iter();
        due.filter_map(|(at, happening)| match happening {
            Happening::Scheduled(command) => Some((at, &**command)),
            _ => None,
        })
        .collect()
    }

    /// The walk from an item's position to its owners.
    pub fn walk(&self, key: &ItemKey) -> Vec<WalkStep> {
        self.lists.ring().walk_to_owners(key.position, self.lists.n())
    }

    /// The schema of a table, if it was declared.
    pub fn table(&self, name: &TableName) -> Option<&TableSchema> {
        self.tables.get(name)
    }

    pub fn tables(&self) -> impl Iterator<Item = &TableSchema> {
        self.tables.values()
    }

    /// Number of requests that still wait for their answer.
    pub fn outstanding_count(&self) -> usize {
        self.clients.iter().map(|client| client.outstanding_count()).sum()
    }

    /// The instant of the next happening that moves something: a message, a sync. Deadlines and
    /// scheduled commands do not count.
    pub fn next_motion_at(&self) -> Option<VirtualTime> {
        match self.queue.peek()? {
            (_, Happening::Scheduled(_)) => {
                let moves = |happening: &Happening| !matches!(happening, Happening::Scheduled(_));
                let motions = self.queue.iter().filter(|(_, happening)| moves(happening));
                motions.map(|(at, _)| at).min()
            }
            (at, _) => Some(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{ClusterConfig, Split};

    #[test]
    fn what_is_scheduled_is_shown_and_moves_nothing() {
        let mut world = World::new(ClusterConfig::default()).expect("it works");
        let split = Split { nodes: vec![NodeId(1)], from: Vec::new(), oneway: false };
        let (later, split) = (VirtualTime(5_000), Command::Split(split));
        let command = Box::new(split.clone());
        world.apply(Command::Schedule { at: later, command }).expect("it is possible");
        assert_eq!(world.scheduled(), [(later, &split)]);
        assert_eq!((world.next_at(), world.next_motion_at()), (Some(later), None));
        world.run_until_idle();
        assert_eq!(world.faults().splits().len(), 1);
        assert!(world.scheduled().is_empty());
    }
}
