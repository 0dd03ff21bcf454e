//! What the operator does to the topology: machines come, and nodes are told what is wanted.
//!
//! The operator has a memory of its own. Whatever was not heeded yet is told to every node that is up,
//! and again to each that comes back: so no wish is lost with the node that heard of it.

use super::super::machine::{Machine, Retired};
use super::super::{Command, Limits};
use super::World;
use crate::base::{Error, NodeId, Result};
use crate::node::{Address, Input};
use crate::ring::{Change, ChangeId, Forecast, Topology, Turn, Wish};

impl World {
    /// Refuses a wish that makes no sense after all that was wished before.
    pub(super) fn check_wish(&self, wish: &Wish) -> Result<()> {
        let is_new = matches!(wish, Wish::Change(Change::Add { .. } | Change::Replace { .. }));
        if is_new && self.config.nodes >= Limits::NODES {
            let most = Limits::NODES;
            return Err(Error::refused(format!("a cluster has had at most {most} nodes")));
        }
        if let Wish::Change(Change::Replace { node, .. }) = wish
            && self.is_up(*node)
        {
            return Err(Error::refused(format!(
                "{node} is up: only who is down is taken for dead. Crash it first, or remove it"
            )));
        }
        if let Wish::Change(Change::Replace { node, .. }) = wish {
            self.check_majority_without(*node)?;
        }
        if self.machines.iter().all(|machine| machine.node.is_none()) {
            return Err(Error::refused("no node is up to hear of it: restart one first"));
        }
        let wish = self.numbered(wish.clone());
        let wished = self.wished_topology();
        wished.check(&wish)?;
        let memberships = wished.with(ChangeId(wished.heeded.0 + 1), &wish).memberships();
        memberships.iter().try_for_each(|members| self.check_majority_of(members, None))
    }

    /// Refuses to take a node for dead without which the members could never agree on anything again.
    fn check_majority_without(&self, dead: NodeId) -> Result<()> {
        let memberships = self.wished_topology().memberships();
        memberships.iter().try_for_each(|members| self.check_majority_of(members, Some(dead)))
    }

    /// Refuses members most of whom are replaced, or this one.
    fn check_majority_of(&self, members: &[NodeId], dead: Option<NodeId>) -> Result<()> {
        let is_lost = |node: &NodeId| {
            let machine = self.machines.get(node.index());
            Some(*node) == dead || machine.is_some_and(|it| it.retired == Some(Retired::Replaced))
        };
        let left = members.iter().filter(|node| !is_lost(node)).count();
        match left > members.len() / 2 {
            true => Ok(()),
            false => Err(Error::refused(match dead {
                Some(dead) => format!(
                    "without {dead}, {left} of {} members would be left: no majority, and it takes one \
                     to change the topology. Restart {dead}",
                    members.len()
                ),
                None => format!(
                    "{left} of {} members would be left, as the others are being replaced: no \
                     majority, and it takes one to change the topology. Wait until that is done",
                    members.len()
                ),
            })),
        }
    }

    /// The topology as far as it is known, with all that was wished taken into it.
    fn wished_topology(&self) -> Topology {
        let known = self.lists.topology();
        let unheeded = self.wishes.iter().filter(|(id, _)| *id > known.heeded);
        unheeded.fold(known.clone(), |topology, (id, wish)| topology.with(*id, wish))
    }

    /// What a change would do, after all that was wished before.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn forecast(&self, change: &Change) -> Result<Forecast> {
        let (ring, basis) = self.wished_topology().in_the_end();
        match self.numbered(Wish::Change(change.clone())) {
            Wish::Change(change) => Forecast::of(&ring, &basis, &change),
            Wish::Cancel => unreachable!("a change stays one"),
        }
    }

    /// A node that comes has the next number, whatever was thought before.
    pub(super) fn with_next_number(&self, command: Command) -> Command {
        match command {
            Command::Wish(wish) => Command::Wish(self.numbered(wish)),
            other => other,
        }
    }

    fn numbered(&self, wish: Wish) -> Wish {
        let (next, zone) = (NodeId(self.config.nodes), self.home_zone(NodeId(self.config.nodes)));
        match wish {
            Wish::Change(Change::Add { weight, .. }) => {
                Wish::Change(Change::Add { node: next, zone, weight })
            }
            Wish::Change(Change::Replace { node, .. }) => {
                Wish::Change(Change::Replace { node, by: next, zone })
            }
            other => other,
        }
    }

    /// In which zone a node stands: dealt out in turn, by the network that the cluster began with.
    pub(in crate::sim) fn home_zone(&self, node: NodeId) -> crate::ring::Zone {
        let zones = self.lists.ring().zones();
        let dealt = self.home.zone_of(node);
        zones.get(node.index()).copied().unwrap_or(dealt)
    }

    /// Whether a change is under way, waits or is wished, or somebody is leaving.
    pub fn is_changing(&self) -> bool {
        let topology = self.lists.topology();
        let is_unheeded = self.wishes.last().is_some_and(|(id, _)| *id > topology.heeded);
        is_unheeded || !topology.is_settled() || !topology.leaving.is_empty()
    }

    /// Takes a wish, and tells everybody.
    pub(super) fn wish(&mut self, wish: Wish) {
        if let Wish::Change(Change::Replace { node, .. }) = &wish {
            self.machines[node.index()].retired = Some(Retired::Replaced);
        }
        if let Wish::Change(Change::Add { node, .. } | Change::Replace { by: node, .. }) = wish {
            let settings = self.node_settings();
            self.machines.push(Machine::new(node, &self.lists, settings));
            self.config.nodes += 1;
            self.begin_node(node);
        }
        let id = ChangeId(self.wishes.len() as u32 + 1);
        self.wishes.push((id, wish));
        (0..self.config.nodes).for_each(|number| self.give_wishes(NodeId(number)));
    }

    /// Tells a node what is wished and was not heeded.
    pub(super) fn give_wishes(&mut self, node: NodeId) {
        let heeded = self.lists.topology().heeded;
        let wishes: Vec<(ChangeId, Wish)> =
            self.wishes.iter().filter(|(id, _)| *id > heeded).cloned().collect();
        if !wishes.is_empty() && self.is_up(node) && !self.faults.is_paused(node) {
            self.step_node(node, Input::Wishes(wishes));
        }
    }

    /// The machine of a node whose joining was refused is taken out of use.
    pub(super) fn take_back_unwanted(&mut self) {
        if let Turn::Refused { wish: Wish::Change(change), .. } = &self.lists.topology().turn
            && let Change::Add { node, .. } | Change::Replace { by: node, .. } = *change
        {
            self.machines[node.index()].retired = Some(Retired::Left);
            self.retire(node);
        }
    }

    /// A node has left: its machine is out of use.
    pub(super) fn retire(&mut self, node: NodeId) {
        self.machines[node.index()].retire();
        self.set_alarm(Address::Node(node), None);
        self.timers.set(Address::Node(node), None);
    }
}
