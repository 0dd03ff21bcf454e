//! The decision: whether anything is to be done, and why or why not.
//!
//! ```text
//!   hottest node against the mean
//!   1.15 ┄┄┄┄┄┄┄╱▔▔▔╲┄┄┄┄┄┄┄┄┄┄┄┄┄┄   begins above this line, when it is seen three times
//!   1.08 ┄┄┄┄┄╱┄┄┄┄┄┄╲┄┄┄┄┄┄╱▔╲┄┄┄┄   goes on until it is below this one
//!            ╱        ╲____╱   ╲___
//!               acts    rests
//! ```
//!
//! Rates are counts of requests, which differ by chance alone: by about the root of their number.
//! Both lines lie higher by twice that. A token that was moved stays where it is for a while,
//! whatever happens.

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::load::{OfMean, Policy, RangeLoad};
use super::plan::{Aim, Step, hottest, plan};
use super::trial::Trial;
use crate::base::{Duration, NodeId, VirtualTime};
use crate::ring::{PreferenceLists, Token, Weight};
use crate::storage::ItemKey;

/// The balancer begins when a node bears more than this.
pub const BEGIN: OfMean = OfMean(1_150);
/// It goes on until no node bears more than this.
pub const REST: OfMean = OfMean(1_080);
/// So many looks in a row have to find a node above the first line.
const LOOKS: u8 = 3;
/// A token that was moved stays for so long.
const COOL_DOWN: Duration = Duration::from_ms(60_000);
/// A mean below these is hardly any load: bytes, and thousandths of units per second.
const LEAST_BYTES: u64 = 4_096;
const LEAST_UNITS: u64 = 1_000;
/// For so many seconds rates are remembered.
const MEMORY_S: u64 = 8;

/// What there is to look at.
pub struct Picture<'a> {
    pub now: VirtualTime,
    pub policy: Policy,
    pub lists: &'a PreferenceLists,
    /// By vnode.
    pub loads: &'a [RangeLoad],
    /// By node number: in what proportion nodes are to bear the load.
    pub weights: &'a [Weight],
    /// Nodes that take nothing at the moment.
    pub closed: &'a [NodeId],
}

/// What the balancer makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The node that bears most.
    pub hottest: Option<(NodeId, OfMean)>,
    pub reason: Reason,
    /// What is to be done, one after the other.
    pub steps: Vec<Step>,
    pub hot_keys: Vec<HotKey>,
}

/// What there is to say of who bears most, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub hottest: Option<(NodeId, OfMean)>,
    pub reason: Reason,
}

/// Why something is done, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    Off,
    /// There is hardly any load.
    Quiet,
    /// No node bears too much.
    Even,
    /// A node bears too much, but not for long enough yet.
    Waits,
    /// There is something to be done.
    Acts,
    /// What is too much goes to a single key.
    HotKey,
    /// Nothing that could be done now would help.
    Stuck,
    /// A member seems to be away: nothing is moved meanwhile.
    Away,
}

impl Decision {
    pub fn finding(&self) -> Finding {
        Finding { hottest: self.hottest, reason: self.reason }
    }
}

/// A position that bears so much that it decides what its owners bear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HotKey {
    /// An item at this position.
    pub key: ItemKey,
    pub owners: Vec<NodeId>,
    /// What the key alone makes a node bear.
    pub bears: OfMean,
    /// Whether its owners bear too much by it alone, wherever it is.
    pub binds: bool,
}

/// What the balancer remembers from one look to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balancer {
    acts: bool,
    /// How many looks in a row found a node above the first line.
    looks: u8,
    moved: Vec<(Token, VirtualTime)>,
}

impl Balancer {
    /// Looks at the load of all and decides.
    pub fn decide(&mut self, picture: &Picture) -> Decision {
        let &Picture { now, policy, lists, loads, weights, closed } = picture;
        let mut trial = Trial::new(lists, loads, weights, policy);
        let worst = hottest(&trial, &[]);
        let mut decision =
            Decision { hottest: worst, reason: Reason::Quiet, steps: vec![], hot_keys: vec![] };
        let Some((node, bears)) = worst.filter(|_| !is_quiet(&trial, policy)) else {
            (self.acts, self.looks) = (false, 0);
            if policy == Policy::Off {
                decision.reason = Reason::Off;
            }
            return decision;
        };
        let chance = noise(trial.fair(node), policy);
        decision.hot_keys = hot_keys(&trial, lists, loads, policy, raised(REST, chance));
        decision.reason = self.look(bears, chance);
        if decision.reason != Reason::Acts {
            return decision;
        }
        self.moved.retain(|(_, at)| now.since(*at) < COOL_DOWN);
        let binds = decision.hot_keys.iter().filter(|hot| hot.binds);
        let bound: Vec<NodeId> = binds.flat_map(|hot| hot.owners.iter().copied()).collect();
        let is_fresh = |token| self.moved.iter().any(|(moved, _)| *moved == token);
        let aim = Aim {
            goal: raised(REST, OfMean(chance.0 / 2)),
            bound: &bound,
            closed,
            is_fresh: &is_fresh,
        };
        decision.steps = plan(&mut trial, &aim);
        if decision.steps.is_empty() {
            let is_hot = decision.hot_keys.iter().any(|hot| hot.owners.contains(&node));
            decision.reason = if is_hot { Reason::HotKey } else { Reason::Stuck };
        }
        decision
    }

    /// Remembers a change that was made, so that its tokens stay for a while.
    pub fn made(&mut self, now: VirtualTime, change: Change) {
        match change {
            Change::Move { token, .. } => self.moved.push((token, now)),
            Change::Split { token, at, .. } => self.moved.extend([(token, now), (at, now)]),
        }
    }

    /// Whether a snapshot may claim this.
    pub fn is_sound(&self) -> bool {
        self.looks <= LOOKS
    }

    /// Where the hottest node stands against the two lines.
    fn look(&mut self, bears: OfMean, chance: OfMean) -> Reason {
        let line = if self.acts { REST } else { BEGIN };
        if bears <= raised(line, chance) {
            (self.acts, self.looks) = (false, 0);
            return Reason::Even;
        }
        self.looks = (self.looks + 1).min(LOOKS);
        self.acts |= self.looks == LOOKS;
        if self.acts { Reason::Acts } else { Reason::Waits }
    }
}

fn raised(line: OfMean, by: OfMean) -> OfMean {
    OfMean(line.0 + by.0)
}

fn is_quiet(trial: &Trial, policy: Policy) -> bool {
    let least = match policy {
        Policy::Off => return true,
        Policy::Storage => LEAST_BYTES,
        Policy::Throughput => LEAST_UNITS,
    };
    let count = trial.members().count() as u64;
    trial.members().map(|node| trial.heat(node)).sum::<u64>() < least * count
}

/// By how much what is measured of an average node may be off by chance: twice the root of the
/// units that were counted.
fn noise(fair: u64, policy: Policy) -> OfMean {
    match policy {
        Policy::Throughput => OfMean::of(2 * fair.saturating_mul(1_000 / MEMORY_S).isqrt(), fair),
        Policy::Off | Policy::Storage => OfMean(0),
    }
}

/// The keys that are most of what their token range bears, and half of what a node should bear.
fn hot_keys(
    trial: &Trial,
    lists: &PreferenceLists,
    loads: &[RangeLoad],
    policy: Policy,
    line: OfMean,
) -> Vec<HotKey> {
    let mut found = Vec::new();
    for (range, load) in loads.iter().enumerate() {
        let Some((key, heat)) = &load.heaviest else { continue };
        let owners = lists.of_range(range);
        let fair = owners.iter().map(|owner| trial.fair(*owner)).min().unwrap_or(0);
        let bears = OfMean::of(*heat, fair);
        let is_most = 2 * heat > load.total().heat(Policy::Throughput);
        if policy == Policy::Throughput && is_most && bears.0 >= 500 {
            let (key, owners) = (key.clone(), owners.to_vec());
            found.push(HotKey { key, owners, bears, binds: bears > line });
        }
    }
    found
}
