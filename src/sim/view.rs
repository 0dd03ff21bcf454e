//! What can be looked at in a world, without changing it.

use super::machine::{Machine, Retired};
use super::world::{Happening, World};
use super::{Clock, Command, Faults, Traffic};
use crate::base::{Duration, Incarnation, MessageId, NodeId, RequestId, VirtualTime, heap_sort};
use crate::causality::Stamp;
use crate::data::{TableName, TableSchema};
use crate::node::{Address, Balancing, Message, MessageKind, Node};
use crate::ring::{Basis, WalkStep, Zone};
use crate::storage::{Held, ItemKey, Store};

/// A message under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight {
    pub message: MessageId,
    pub request: Option<RequestId>,
    pub kind: MessageKind,
    pub from: Address,
    pub to: Address,
    pub sent_at: VirtualTime,
    pub arrives_at: VirtualTime,
    /// Whether this is not the message itself but word of its refusal on the way back to its
    /// sender: `from` is the node that is down.
    pub refusal: bool,
    /// For which owner its receiver is to keep what it brings.
    pub hint: Option<NodeId>,
}

/// What a node has to do with the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It owns token ranges.
    Member,
    /// It is about to own some.
    Joining,
    /// It was removed, or never came to own anything, and may still hold something.
    Leaving,
    /// It has left.
    Gone,
    /// It was taken for dead.
    Replaced,
}

impl Standing {
    /// Whether it has nothing to do with the cluster any more, and never will.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Gone | Self::Replaced)
    }
}

/// How a node is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeStatus {
    pub node: NodeId,
    pub zone: Zone,
    pub standing: Standing,
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
    /// Versions that it keeps for other owners.
    pub hints: usize,
    /// Updates of indexes that it has not been told to have arrived.
    pub updates: usize,
    /// Requests that it coordinates or has passed on, and is not done with.
    pub requests: usize,
    /// Whom it takes for dead; nobody while it is down.
    pub suspects: Vec<NodeId>,
}

/// What one node has of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    pub node: NodeId,
    /// Its place in the preference list; none if it is no owner.
    pub place: Option<usize>,
    pub up: bool,
    /// What it holds as an owner.
    pub held: Option<Held>,
    /// What it keeps as hints, and for whom.
    pub hints: Vec<(NodeId, Held)>,
    /// Whether it lacks a version that another replica, up or down, has.
    pub stale: bool,
    /// The ballot below which it takes nothing any more, if rounds are held about the item.
    pub promised: Option<Stamp>,
}

impl Happening {
    /// The message that arrives then, or word of whose refusal does.
    pub(super) fn flight(&self, arrives_at: VirtualTime) -> Option<Flight> {
        match self {
            Happening::Arrival { id, from, to, sent_at, message } => Some(Flight {
                message: *id,
                request: message.request,
                kind: message.body.kind(),
                from: *from,
                to: *to,
                sent_at: *sent_at,
                arrives_at,
                refusal: false,
                hint: message.body.hint(),
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
                hint: None,
            }),
            Happening::Synced { .. }
            | Happening::Scheduled(_)
            | Happening::Asks(_)
            | Happening::GoesOn(_) => None,
        }
    }
}

impl World {
    /// Every message and every word of a refusal under way, in no particular order.
    pub fn flights(&self) -> impl Iterator<Item = Flight> {
        self.queue.iter().filter_map(|(at, happening)| happening.flight(at))
    }

    /// A message under way, or word of its refusal.
    pub fn flight(&self, message: MessageId) -> Option<Flight> {
        self.flights().find(|flight| flight.message == message)
    }

    /// The same for what has arrived and waits in front of a paused node; they arrive now.
    pub fn waiting_flights(&self) -> impl Iterator<Item = Flight> {
        let nodes = (0..self.config.nodes).map(NodeId);
        let waiting = nodes.flat_map(|node| self.faults.waiting_in_front_of(node));
        waiting.filter_map(|happening| happening.flight(self.now))
    }

    /// What the node that evens out the load sees and did, if there is one.
    pub fn balancing(&self) -> Option<Balancing> {
        self.machines.iter().find_map(|machine| machine.node.as_ref()?.balancing())
    }

    /// How every node is doing, by node number.
    pub fn node_statuses(&self) -> Vec<NodeStatus> {
        self.machines
            .iter()
            .map(|machine| {
                let store = machine.store();
                NodeStatus {
                    node: machine.id,
                    zone: self.home_zone(machine.id),
                    standing: self.standing(machine),
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
                    hints: store.hints().len() - store.hints().update_count(),
                    updates: store.hints().update_count(),
                    requests: machine.node.as_ref().map_or(0, Node::pending_requests),
                    suspects: self.suspected_by(machine.id),
                }
            })
            .collect()
    }

    /// What every node has to do with the cluster, by number.
    pub fn standings(&self) -> impl Iterator<Item = Standing> {
        self.machines.iter().map(|machine| self.standing(machine))
    }

    fn standing(&self, machine: &Machine) -> Standing {
        let topology = self.lists.topology();
        match machine.retired {
            Some(Retired::Left) => Standing::Gone,
            Some(Retired::Replaced) => Standing::Replaced,
            None if self.lists.owns_any(machine.id) => Standing::Member,
            None if topology.leaving.contains(&machine.id) => Standing::Leaving,
            None => Standing::Joining,
        }
    }

    /// Whom a node takes for dead.
    fn suspected_by(&self, node: NodeId) -> Vec<NodeId> {
        let Some(running) = &self.machines[node.index()].node else { return Vec::new() };
        let all = (0..self.config.nodes).map(NodeId);
        all.filter(|peer| running.knows(*peer) && running.suspects(*peer)).collect()
    }

    /// A node that is up, to look at what it knows.
    pub fn node(&self, node: NodeId) -> Option<&Node> {
        self.machines.get(node.index())?.node.as_ref()
    }

    /// What a node has on its disk; while it is up, and knows more than that, what it has.
    pub fn store(&self, node: NodeId) -> Option<&Store> {
        Some(self.machines.get(node.index())?.store())
    }

    /// A message under way: what it says.
    pub fn message(&self, id: MessageId) -> Option<&Message> {
        self.queue.iter().find_map(|(_, happening)| match happening {
            Happening::Arrival { id: under_way, message, .. } if *under_way == id => Some(message),
            _ => None,
        })
    }

    /// Messages and bytes sent so far, by kind.
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    pub fn is_up(&self, node: NodeId) -> bool {
        self.machines.get(node.index()).is_some_and(|machine| machine.node.is_some())
    }

    /// What every owner, and every other node that has one, holds of an item: owners first, in the
    /// order of the preference list.
    pub fn replicas(&self, key: &ItemKey) -> Vec<Replica> {
        let owners = self.lists.at(key.position);
        let mut replicas: Vec<Replica> = self
            .machines_in_use()
            .map(|machine| Replica {
                node: machine.id,
                place: owners.iter().position(|owner| *owner == machine.id),
                up: machine.node.is_some(),
                held: machine.store().get(key).cloned(),
                hints: machine
                    .store()
                    .hints()
                    .about(key)
                    .map(|(owner, held)| (owner, held.clone()))
                    .collect(),
                stale: false,
                promised: machine.store().ballots().get(key).and_then(|it| it.promised),
            })
            .filter(|replica| {
                replica.place.is_some() || replica.held.is_some() || !replica.hints.is_empty()
            })
            .collect();
        let all = replicas.iter().flat_map(|replica| {
            replica.held.iter().chain(replica.hints.iter().map(|(_, held)| held))
        });
        let merged = Held::of(all.flat_map(|held| held.versions().to_vec()));
        for replica in &mut replicas {
            replica.stale = replica.place.is_some() && replica.held != merged;
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

    /// Everything that nodes keep for owners that could not take it: who, for whom, which item, which
    /// versions. By node, owner and position.
    pub fn hints(&self) -> impl Iterator<Item = (NodeId, NodeId, &ItemKey, &Held)> {
        self.kept().filter(|(_, _, key, _)| !key.is_entry())
    }

    /// The same, with the updates of indexes.
    pub(super) fn kept(&self) -> impl Iterator<Item = (NodeId, NodeId, &ItemKey, &Held)> {
        self.machines_in_use().flat_map(|machine| {
            let hints = machine.store().hints().iter();
            hints.map(move |(owner, key, held)| (machine.id, owner, key, held))
        })
    }

    /// Everything that nodes hold of items, hints not counted: by node and position.
    pub fn stored(&self) -> impl Iterator<Item = (NodeId, &ItemKey, &Held)> {
        self.machines_in_use().flat_map(|machine| {
            machine.store().iter().map(move |(key, held)| (machine.id, key, held))
        })
    }

    /// Every store, be its node up or down.
    pub(super) fn stores_in_use(&self) -> impl Iterator<Item = &Store> {
        self.machines_in_use().map(Machine::store)
    }

    /// All but those that will never run again: what is on their disks is out of reach.
    fn machines_in_use(&self) -> impl Iterator<Item = &Machine> {
        self.machines.iter().filter(|machine| machine.retired.is_none())
    }

    /// The walk from an item's position to its owners.
    pub fn walk(&self, key: &ItemKey) -> Vec<WalkStep> {
        self.lists.ring().walk_to_owners(key.position, self.lists.n())
    }

    /// What changes of ownership are planned by.
    pub fn basis(&self) -> &Basis {
        &self.lists.topology().basis
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

    /// The instant of the next happening that moves something for which somebody waits: a message, a
    /// sync, a workload's request. Deadlines, scheduled commands and work in the background do not
    /// count.
    pub fn next_motion_at(&self) -> Option<VirtualTime> {
        let moves = |happening: &Happening| match happening {
            Happening::Asks(_) => true,
            // Nothing is seen of those who wait.
            Happening::Scheduled(_) | Happening::GoesOn(_) => false,
            _ => !happening.is_background(),
        };
        match self.queue.peek()? {
            _ if !self.has_motion() => None,
            (at, happening) if moves(happening) => Some(at),
            _ => {
                let motions = self.queue.iter().filter(|(_, happening)| moves(happening));
                motions.map(|(at, _)| at).min()
            }
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
