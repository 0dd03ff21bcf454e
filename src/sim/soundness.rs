//! Whether a snapshot's contents can be a world.
//!
//! A checksum tells damage by accident. Bytes that were made on purpose can have a right checksum
//! and speak of nodes that do not exist, votes that were never asked for, or messages that nobody
//! sends; the engine takes such things for its own bugs, and panics. So they are refused here,
//! before there is a world.

use super::client::SavedClient;
use super::faults::{Faults, Waiting};
use super::snapshot::{Wire, WireMachine, WireRecord};
use super::world::Happening;
use super::{Command, Limits};
use crate::base::{NodeId, VirtualTime, WorkloadId};
use crate::node::{Address, Body, ClientRequest, Message};
use crate::ring::PreferenceLists;
use crate::storage::Record;

/// No counter may be larger: none ever is, and adding to it cannot overflow.
const MAX_COUNT: u64 = 1 << 62;

impl Wire {
    /// Whether everything that is spoken of exists and fits together, and nothing lies in the past.
    pub(super) fn is_sound(&self) -> bool {
        self.counters_are_sound()
            && self.machines.len() == usize::from(self.config.nodes)
            && self.clients.iter().map(SavedClient::id).is_sorted_by(|one, next| one < next)
            && self.clients.iter().all(SavedClient::is_sound)
            && self.clients.iter().flat_map(SavedClient::wanted).all(|r| self.is_possible(r))
            && self.machines.iter().all(|machine| self.machine_is_sound(machine))
            && self.queue.iter().all(|(at, happening)| self.can_happen(*at, happening))
            && self.faults_are_sound()
            && self.syncs_are_sound()
            && self.alarms.iter().all(|(at, who)| self.is_to_come(*at) && self.is_known(*who))
            && self.timers.iter().all(|(at, who)| {
                self.is_to_come(*at) && self.is_known(*who) && matches!(who, Address::Node(_))
            })
            && self.records.iter().all(|record| self.record_is_sound(record))
    }

    fn counters_are_sound(&self) -> bool {
        let counts = [self.next_request.0, self.next_message.0, self.next_event.0];
        self.now <= Limits::END
            && counts
                .into_iter()
                .chain(self.machines.iter().map(|machine| machine.durable))
                .all(|count| count <= MAX_COUNT)
    }

    /// Not in the past, and not so far away that a clock could not tell it.
    fn is_to_come(&self, at: VirtualTime) -> bool {
        (self.now..=VirtualTime(2 * Limits::END.0)).contains(&at)
    }

    fn is_known(&self, address: Address) -> bool {
        match address {
            Address::Node(node) => node.0 < self.config.nodes,
            Address::Client(client) => {
                self.clients.binary_search_by_key(&client, SavedClient::id).is_ok()
            }
        }
    }

    fn is_possible(&self, request: &ClientRequest) -> bool {
        self.is_known(Address::Client(request.client))
            && self.config.check_overrides(request.overrides).is_ok()
            && request.check().is_ok()
    }

    fn record_is_sound(&self, record: &Record) -> bool {
        match record {
            Record::Hint { owner, .. } | Record::HandedOver { owner, .. } => {
                self.is_known(Address::Node(*owner))
            }
            Record::Topology(lists) => self.topology_is_sound(lists),
            Record::EpochBallot { acceptor, .. } => {
                acceptor.accepted().is_none_or(|(_, lists)| self.topology_is_sound(lists))
            }
            Record::Own { .. }
            | Record::Collected { .. }
            | Record::Floor(_)
            | Record::Streamed(_)
            | Record::Dropped { .. }
            | Record::Promised { .. }
            | Record::Accepted { .. }
            | Record::Indexed { .. }
            | Record::Discarded(_)
            | Record::Keeps { .. }
            | Record::Past { .. }
            | Record::Trimmed(_) => true,
        }
    }

    /// Whether a topology speaks of nodes that exist, and of this cluster's N.
    fn topology_is_sound(&self, lists: &PreferenceLists) -> bool {
        let everyone = lists.everyone().iter();
        lists.n() == usize::from(self.config.n)
            && lists.ring().node_count() <= self.machines.len()
            && everyone.map(|node| Address::Node(*node)).all(|node| self.is_known(node))
    }

    fn machine_is_sound(&self, machine: &WireMachine) -> bool {
        let known = |address| self.is_known(address);
        let possible = |request: &ClientRequest| self.is_possible(request);
        let owners = machine.hints.iter().map(|(owner, _)| *owner);
        machine.incarnation.0 < u32::MAX / 2
            && owners.is_sorted_by(|one, next| one < next)
            && machine.hints.iter().all(|(owner, _)| self.is_known(Address::Node(*owner)))
            && machine.pending.iter().all(|record| match record {
                WireRecord::Own(_) | WireRecord::Past(_) => true,
                WireRecord::Hint(owner, _) => self.is_known(Address::Node(*owner)),
                WireRecord::Other(record) => {
                    record.version().is_none() && self.record_is_sound(record)
                }
            })
            && machine.node.as_ref().is_none_or(|node| node.is_sound(known, possible))
    }

    fn can_happen(&self, at: VirtualTime, happening: &Happening) -> bool {
        let known = happening.addresses().into_iter().flatten().all(|who| self.is_known(who));
        let sensible = match happening {
            Happening::Arrival { from, to, message, .. } => self.can_be_said(*from, *to, message),
            Happening::Synced { node, incarnation, .. } => self
                .machines
                .get(node.index())
                .is_some_and(|machine| *incarnation <= machine.incarnation),
            Happening::Refusal { sender, request, .. } => {
                request.is_some() || matches!(sender, Address::Node(_))
            }
            Happening::Scheduled(command) => self.can_be_due(command),
            Happening::GoesOn(_) => true,
            Happening::Asks(running) => running.is_sound(self.now) && self.runs_once(running.id),
        };
        self.is_to_come(at) && known && sensible
    }

    fn runs_once(&self, workload: WorkloadId) -> bool {
        let theirs = self.queue.iter().filter(|(_, other)| other.workload() == Some(workload));
        workload.0 < WorkloadId::MOST && theirs.count() == 1
    }

    fn can_be_said(&self, from: Address, to: Address, message: &Message) -> bool {
        let between_nodes = matches!((from, to), (Address::Node(_), Address::Node(_)));
        let about = |owner: &NodeId| self.is_known(Address::Node(*owner));
        match (&message.body, to) {
            (Body::Topology { lists } | Body::Ahead { lists }, _) => {
                between_nodes && self.topology_is_sound(lists)
            }
            (Body::TopologyAck { .. }, _) => between_nodes,
            (Body::Ballot(ballot), _) => {
                let value = ballot.step.value();
                between_nodes
                    && message.request.is_none()
                    && value.is_none_or(|lists| self.topology_is_sound(lists))
            }
            (Body::Load(report), _) => {
                between_nodes && message.request.is_none() && report.is_sound()
            }
            (Body::Reply(_), _) => message.request.is_some(),
            (Body::Request(wanted) | Body::Forward(wanted), Address::Node(_)) => {
                message.request.is_some() && self.is_possible(wanted)
            }
            (
                Body::Gossip { .. }
                | Body::Handoff { .. }
                | Body::HandoffAck { .. }
                | Body::Stream(_)
                | Body::Strays(_)
                | Body::Sync(_),
                _,
            ) => between_nodes && message.request.is_none(),
            (Body::Write { hint, .. } | Body::Repair { hint, .. }, _) => {
                between_nodes && message.request.is_some() && hint.iter().all(about)
            }
            _ => between_nodes && message.request.is_some(),
        }
    }

    fn can_be_due(&self, command: &Command) -> bool {
        // A client that has never asked for anything comes to be when it does.
        !matches!(command, Command::Schedule { .. }) && self.config.check_command(command).is_ok()
    }

    fn faults_are_sound(&self) -> bool {
        let Faults { splits, everywhere, links, slow, clocks, paused, .. } = &self.faults;
        let possible = |command: Command| self.config.check_command(&command).is_ok();
        let link = |between, fault| possible(Command::SetLink { between, fault, oneway: false });
        let known = |node: NodeId| self.is_known(Address::Node(node));
        splits.iter().all(|split| possible(Command::Split(split.clone())))
            && link(None, *everywhere)
            && links.iter().all(|(ends, fault)| link(Some(*ends), *fault))
            && slow.iter().all(|(node, by)| possible(Command::Slow { node: *node, by: *by }))
            && clocks.iter().all(|(node, clock)| known(*node) && clock.is_sound(self.now))
            && paused.iter().all(|(node, waiting)| self.can_be_paused(*node, waiting))
    }

    fn can_be_paused(&self, node: NodeId, waiting: &[Waiting]) -> bool {
        let is_up = self.machines.get(node.index()).is_some_and(|machine| machine.node.is_some());
        let receiver = Address::Node(node);
        is_up
            && waiting.iter().all(|waiting| match waiting {
                Waiting::Alarm { at } | Waiting::Timer { at } => *at <= self.now,
                Waiting::Happening(happening) => {
                    self.can_happen(self.now, happening)
                        && happening.addresses().is_some_and(|[taken_by, _]| taken_by == receiver)
                }
            })
    }

    /// Every sync under way ends once, and no other one does.
    fn syncs_are_sound(&self) -> bool {
        (0..).zip(&self.machines).all(|(number, machine)| {
            let waiting = self.faults.waiting_in_front_of(NodeId(number));
            let queued = self.queue.iter().map(|(_, happening)| happening);
            let mut ends = queued.chain(waiting).filter_map(|happening| match happening {
                Happening::Synced { node, incarnation, lsn }
                    if node.0 == number && *incarnation == machine.incarnation =>
                {
                    Some(*lsn)
                }
                _ => None,
            });
            machine.node.is_none() || (ends.next() == machine.syncing && ends.next().is_none())
        })
    }
}
