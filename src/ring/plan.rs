//! Changes of ownership: what an operator can ask for, and the rings that each leads through.
//!
//! ```text
//!   ring ──add F──▶ [ring 1, …, ring k]      every preference list changes by one member at most
//!                          │                 from each to the next (`steps`)
//!                          ╰ the last one has F with its share
//! ```
//!
//! What is planned by beside the ring is the [`Basis`]: N, the placement, how many vnodes a node of
//! weight 1 has, and every node's weight and zone.
//!
//! With *random tokens* a node that joins brings tokens of its own: MD5 of `node#0`, `node#1`, … One
//! that is weighed anew, or whose cluster gets more vnodes, goes on with the next number, or gives
//! up the last ones; so that going up and down again comes back to the same ring. A token that
//! somebody has already is skipped: a node that replaced another one has its tokens.
//!
//! With *equal ranges* whole ranges change hands (`equal`), and their number stays.
//!
//! Must never know: whether a node is up, how a change is agreed upon, where the data is.
//!
//! Caveats: a range that was split stays split, and counts like any other. Under equal ranges it is
//! then not equal any more.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::equal::Deal;
use super::refusals::check;
use super::steps::steps;
use super::{Placement, Ring, Token, Vnode, Weight, Zone};
use crate::base::{NodeId, Result};

/// Vnodes of all nodes together: more cannot be told apart on any screen.
pub const MOST_TOKENS: usize = 65_536;
/// Vnodes of a node of weight 1.
pub const MOST_VNODES: u16 = 1_024;
/// Node numbers that a cluster can have.
pub const MOST_NODES: u16 = 200;

/// What is to become different about who owns what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// A node joins, and takes its share.
    Add { node: NodeId, zone: Zone, weight: Weight },
    /// A node gives everything to others, and leaves.
    Remove { node: NodeId },
    /// Another node takes the place of one that is gone: all its tokens, and its weight.
    Replace { node: NodeId, by: NodeId, zone: Zone },
    /// A node is to take more, or less.
    Weigh { node: NodeId, weight: Weight },
    /// Every node gets more vnodes, or fewer.
    Vnodes { count: u16 },
    /// The token range that ends at a vnode goes to another node.
    Move { token: Token, to: NodeId },
    /// The token range that ends at a vnode is cut, and what lies up to the cut goes to a node. The
    /// line is `cut`: what `split` splits is the network.
    Split { token: Token, at: Token, to: NodeId },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Add { node, weight: Weight::ONE, .. } => write!(f, "add {node}"),
            Change::Add { node, weight, .. } => write!(f, "add {node} weight={weight}"),
            Change::Remove { node } => write!(f, "remove {node}"),
            Change::Replace { node, by, .. } => write!(f, "replace {node} by={by}"),
            Change::Weigh { node, weight } => write!(f, "weigh {node} {weight}"),
            Change::Vnodes { count } => write!(f, "vnodes {count}"),
            Change::Move { token, to } => write!(f, "move {token} to={to}"),
            Change::Split { token, at, to } => write!(f, "cut {token} at={at} to={to}"),
        }
    }
}

/// What changes are planned by, beside the ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The replication factor N.
    pub n: u8,
    pub placement: Placement,
    /// How many vnodes a node of weight 1 has; with equal ranges, had at the start.
    pub vnodes: u16,
    /// The weight of every node, by number, members or not.
    pub weights: Vec<Weight>,
    /// The zone of every node, likewise.
    pub zones: Vec<Zone>,
}

impl Basis {
    /// That of a cluster that begins, in which all nodes weigh the same.
    pub fn new(n: u8, placement: Placement, vnodes: u16, zones: Vec<Zone>) -> Self {
        Self { n, placement, vnodes, weights: vec![Weight::ONE; zones.len()], zones }
    }

    /// The ring that a cluster of this basis begins with.
    ///
    /// # Panics
    /// Without nodes or without vnodes.
    pub fn first_ring(&self) -> Ring {
        self.placement.ring(self.zones.clone(), self.vnodes)
    }

    /// What is planned by once a change was made.
    pub fn after(&self, change: &Change) -> Self {
        let mut basis = self.clone();
        match *change {
            Change::Add { node, zone, weight } => basis.set(node, zone, weight),
            Change::Replace { node, by, zone } => {
                basis.set(by, zone, self.weights.get(node.index()).copied().unwrap_or_default());
            }
            Change::Weigh { node, weight } => {
                let zone = self.zones.get(node.index()).copied().unwrap_or_default();
                basis.set(node, zone, weight);
            }
            Change::Vnodes { count } => basis.vnodes = count,
            Change::Remove { .. } | Change::Move { .. } | Change::Split { .. } => {}
        }
        basis
    }

    fn set(&mut self, node: NodeId, zone: Zone, weight: Weight) {
        let least = node.index() + 1;
        self.zones.resize(self.zones.len().max(least), Zone::default());
        self.weights.resize(self.weights.len().max(least), Weight::ONE);
        (self.zones[node.index()], self.weights[node.index()]) = (zone, weight);
    }

    /// Whether this can be a basis: what was read from outside may claim anything.
    pub fn is_sound(&self) -> bool {
        let weights = Weight::LEAST..=Weight::MOST;
        self.n > 0
            && (1..=MOST_VNODES).contains(&self.vnodes)
            && (1..=usize::from(MOST_NODES)).contains(&self.zones.len())
            && self.weights.len() == self.zones.len()
            && self.weights.iter().all(|weight| weights.contains(weight))
    }
}

/// The rings to go through one after another, the last being where the change leads; none where it
/// changes nothing. From each to the next, every preference list changes by one member at most.
///
/// # Errors
/// If the change makes no sense for this ring, or leads to one that cannot be.
///
/// # Panics
/// If the ring and the basis do not fit each other.
pub fn targets(ring: &Ring, basis: &Basis, change: &Change) -> Result<Vec<Ring>> {
    let after = basis.after(change);
    check(ring, &after, change)?;
    Ok(steps(ring, &target(ring, &after, change), basis.n.into()))
}

/// Where a change leads, by the basis that is to come.
fn target(ring: &Ring, after: &Basis, change: &Change) -> Ring {
    let mut vnodes = ring.vnodes().to_vec();
    let give = |vnode: &mut Vnode, gives: bool, to: NodeId| {
        if gives {
            vnode.node = to;
        }
    };
    match *change {
        Change::Add { node, .. } | Change::Weigh { node, .. } | Change::Remove { node } => {
            let leaves = matches!(change, Change::Remove { .. });
            if after.placement == Placement::EqualRanges {
                let mut deal = Deal::new(ring, after);
                deal.bring_to(node, if leaves { 0 } else { deal.fair_count(node) });
                return deal.into_ring();
            }
            let count = after.weights[node.index()].vnodes(after.vnodes);
            vnodes.retain(|vnode| vnode.node != node);
            vnodes.extend(random_vnodes(ring, node, if leaves { 0 } else { count }));
        }
        Change::Replace { node, by, .. } => {
            vnodes.iter_mut().for_each(|vnode| give(vnode, vnode.node == node, by));
        }
        Change::Vnodes { count } => {
            let members = ring.members().iter();
            let of = |node: NodeId| after.weights[node.index()].vnodes(count);
            vnodes = members.flat_map(|node| random_vnodes(ring, *node, of(*node))).collect();
        }
        Change::Move { token, to } => {
            vnodes.iter_mut().for_each(|vnode| give(vnode, vnode.token == token, to));
        }
        Change::Split { at, to, .. } => vnodes.push(Vnode { token: at, node: to }),
    }
    Ring::new(vnodes, after.zones.clone())
}

/// The vnodes that a node has with random tokens once it has `count`: those that it has and some
/// more, or the first of them.
fn random_vnodes(ring: &Ring, node: NodeId, count: usize) -> Vec<Vnode> {
    let its = |vnode: &&Vnode| vnode.node == node;
    let held: Vec<Vnode> = ring.vnodes().iter().filter(its).copied().collect();
    let named = (0..).map(|index| Vnode { token: Token::of_vnode(node, index), node });
    let has = |vnode: &Vnode| ring.vnodes()[ring.successor(vnode.token)];
    if held.len() <= count {
        let more = named.filter(|vnode| has(vnode).token != vnode.token).take(count - held.len());
        return held.iter().copied().chain(more).collect();
    }
    // Those that do not bear its name go first: it has them from a node that it replaced.
    let named = named.take(ring.vnodes().len() + 1).filter(|vnode| has(vnode) == *vnode);
    let mut kept: Vec<Vnode> = named.take(count).collect();
    let others = held.iter().filter(|vnode| !kept.contains(vnode));
    let others: Vec<Vnode> = others.take(count - kept.len()).copied().collect();
    kept.extend(others);
    kept
}
