//! What is wrong with the network, the clocks and the processes at the moment.
//!
//! ```text
//!   split A B        A, B  ✗──✗  C, D, E      a message between the two sides is lost when sent
//!   link A B loss=10 A ──?── B                each message may be lost, late, or come twice
//!   slow B 20ms      B ──20ms──▶ …            every message and every sync of B takes longer
//!   clock B skew=5s                           B stamps its versions with a wrong time
//!   pause B          … ──▶ ▯▯▯ B              whatever comes waits in front of B, in order
//! ```
//!
//! Every draw comes from a stream of its own, and none is made while nothing is wrong: a fault
//! shifts no latency of the messages that it does not touch.
//!
//! Must never know: what messages say, what nodes store.
//!
//! Caveats: clients are never split off, and no link to them is at fault: what a client sees is
//! what its entry node tells it. A split does not touch what was sent before it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::clock::Clock;
use super::network::has_connection;
use super::world::Happening;
use crate::base::{Duration, NodeId, RandomStream, SortedMap, VirtualTime};
use crate::node::{Address, MESSAGE_LIFETIME, MessageKind};

/// Nodes that are cut off from others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    pub nodes: Vec<NodeId>,
    /// From whom; empty: from all others.
    pub from: Vec<NodeId>,
    /// Only what `nodes` send is lost; what is sent to them arrives.
    pub oneway: bool,
}

impl Split {
    /// Whether a message from one node to another is lost.
    pub fn cuts(&self, from: NodeId, to: NodeId) -> bool {
        self.leads_out(from, to) || (!self.oneway && self.leads_out(to, from))
    }

    fn leads_out(&self, from: NodeId, to: NodeId) -> bool {
        let beyond = match self.from.is_empty() {
            true => !self.nodes.contains(&to),
            false => self.from.contains(&to),
        };
        beyond && self.nodes.contains(&from)
    }
}

impl fmt::Display for Split {
    /// The command that makes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "split {}", names(&self.nodes))?;
        match self.from.as_slice() {
            [] => {}
            [one] => write!(f, " from={one}")?,
            several => write!(f, " from='{}'", names(several))?,
        }
        f.write_str(if self.oneway { " oneway=true" } else { "" })
    }
}

fn names(nodes: &[NodeId]) -> String {
    nodes.iter().map(NodeId::to_string).collect::<Vec<_>>().join(" ")
}

/// What is wrong with the way from one node to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkFault {
    /// Added to each message.
    pub latency: Duration,
    /// How many messages of a hundred are lost.
    pub loss: u8,
    /// How many messages of a hundred come twice.
    pub duplicate: u8,
}

impl LinkFault {
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for LinkFault {
    /// The arguments of the command that makes it, each after a blank.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { latency, loss, duplicate } = *self;
        if latency.0 > 0 {
            write!(f, " latency={}", bare_span(latency))?;
        }
        for (name, percent) in [("loss", loss), ("duplicate", duplicate)] {
            if percent > 0 {
                write!(f, " {name}={percent}")?;
            }
        }
        Ok(())
    }
}

/// A span as the language reads it without quotes.
pub(super) fn bare_span(span: Duration) -> String {
    span.to_string().replace('µ', "u")
}

/// Why a message never arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Loss {
    /// A network split lay between sender and receiver when it was sent.
    Split,
    /// A faulty link lost it.
    Link,
    /// It waited in front of a paused node for longer than any message lives.
    Expired,
    /// It came to a node that is down, but word of that was lost on the way back.
    NoWord,
    /// A command took it out of the network.
    ByHand,
    /// It was about a table that is dropped.
    WithTable,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Loss::Split => f.write_str("lost, a network split lies between"),
            Loss::Link => f.write_str("lost on the link"),
            Loss::Expired => write!(f, "dropped, it had waited longer than {MESSAGE_LIFETIME}"),
            Loss::NoWord => f.write_str("refused, but word of it is lost on the way back"),
            Loss::ByHand => f.write_str("dropped by hand"),
            Loss::WithTable => f.write_str("dropped with its table"),
        }
    }
}

/// How a message fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Passage {
    /// How much longer than usual it takes.
    pub extra: Duration,
    pub loss: Option<Loss>,
    pub is_duplicated: bool,
}

/// What waits in front of a paused node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Waiting {
    Happening(Happening),
    /// The node's alarm rang at this instant.
    Alarm {
        at: VirtualTime,
    },
    /// Likewise the node's timer.
    Timer {
        at: VirtualTime,
    },
}

/// Everything that is wrong now. At the beginning nothing is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    pub(super) stream: RandomStream,
    pub(super) splits: Vec<Split>,
    /// Of every link between two nodes that has no fault of its own.
    pub(super) everywhere: LinkFault,
    /// From one node to another.
    pub(super) links: SortedMap<(NodeId, NodeId), LinkFault>,
    pub(super) slow: SortedMap<NodeId, Duration>,
    pub(super) clocks: SortedMap<NodeId, Clock>,
    pub(super) paused: SortedMap<NodeId, Vec<Waiting>>,
}

impl Faults {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            stream: RandomStream::new(seed, "faults"),
            splits: Vec::new(),
            everywhere: LinkFault::default(),
            links: SortedMap::default(),
            slow: SortedMap::default(),
            clocks: SortedMap::default(),
            paused: SortedMap::default(),
        }
    }

    /// Network splits in force, oldest first.
    pub fn splits(&self) -> &[Split] {
        &self.splits
    }

    /// The fault of every link between two nodes that has none of its own.
    pub fn everywhere(&self) -> LinkFault {
        self.everywhere
    }

    /// Links with a fault of their own: from whom to whom, and which.
    pub fn links(&self) -> impl Iterator<Item = (NodeId, NodeId, LinkFault)> {
        self.links.iter().map(|((from, to), fault)| (*from, *to, *fault))
    }

    /// How much longer each message and each sync of a node takes.
    pub fn slow_by(&self, node: NodeId) -> Duration {
        self.slow.get(&node).copied().unwrap_or_default()
    }

    pub fn clock(&self, node: NodeId) -> Clock {
        self.clocks.get(&node).copied().unwrap_or_default()
    }

    pub fn is_paused(&self, node: NodeId) -> bool {
        self.paused.contains_key(&node)
    }

    #[inline]
    pub(super) fn any_paused(&self) -> bool {
        !self.paused.is_empty()
    }

    /// How many things wait in front of a paused node.
    pub fn waiting_count(&self, node: NodeId) -> usize {
        self.paused.get(&node).map_or(0, Vec::len)
    }

    /// Whether the network does to messages what it always does.
    pub fn network_is_sound(&self) -> bool {
        self.splits.is_empty() && self.links.is_empty() && self.everywhere.is_none()
    }

    /// Whether [`Faults::passage`] would change nothing.
    #[inline]
    pub(super) fn is_quiet(&self) -> bool {
        self.network_is_sound() && self.slow.is_empty()
    }

    /// What a node's clock shows.
    #[inline]
    pub(super) fn clock_us(&self, node: NodeId, now: VirtualTime) -> u64 {
        match self.clocks.is_empty() {
            true => now.0,
            false => self.clock(node).reading(now),
        }
    }

    /// What waits in front of a node, in order, but for its alarm.
    pub(super) fn waiting_in_front_of(&self, node: NodeId) -> impl Iterator<Item = &Happening> {
        self.paused.get(&node).into_iter().flatten().filter_map(|waiting| match waiting {
            Waiting::Happening(happening) => Some(happening),
            Waiting::Alarm { .. } | Waiting::Timer { .. } => None,
        })
    }

    /// Takes one thing away that waits in front of a paused node.
    pub(super) fn take_waiting(&mut self, is_it: impl Fn(&Happening) -> bool) -> Option<Happening> {
        let is_it = |waiting: &Waiting| match waiting {
            Waiting::Happening(happening) => is_it(happening),
            Waiting::Alarm { .. } | Waiting::Timer { .. } => false,
        };
        let taken = self.paused.iter_mut().find_map(|(_, waiting)| {
            let at = waiting.iter().position(is_it)?;
            Some(waiting.remove(at))
        });
        match taken? {
            Waiting::Happening(happening) => Some(happening),
            Waiting::Alarm { .. } | Waiting::Timer { .. } => None,
        }
    }

    /// Draws how a message fares that leaves now.
    pub(super) fn passage(&mut self, from: Address, to: Address, kind: MessageKind) -> Passage {
        let Address::Node(from) = from else { return Passage::default() };
        let slow = self.slow_by(from);
        let Address::Node(to) = to else { return Passage { extra: slow, ..Passage::default() } };
        let fault = self.links.get(&(from, to)).copied().unwrap_or(self.everywhere);
        let mut one_of_hundred = |share: u8| share > 0 && self.stream.below(100) < share.into();
        let loss = match self.splits.iter().any(|split| split.cuts(from, to)) {
            true => Some(Loss::Split),
            false => one_of_hundred(fault.loss).then_some(Loss::Link),
        };
        let may_come_twice = loss.is_none() && !has_connection(kind);
        let is_duplicated = may_come_twice && one_of_hundred(fault.duplicate);
        Passage { extra: slow + fault.latency, loss, is_duplicated }
    }

    /// Draws what of `pending` records is on the disk after a crash: how many of the oldest, at
    /// least `safe`, and whether the next one is there by half.
    pub(super) fn surviving_records(&mut self, pending: usize, safe: usize) -> (usize, bool) {
        let doubtful = (pending - safe) as u64;
        if doubtful == 0 {
            return (pending, false);
        }
        let survived = safe + self.stream.below(doubtful + 1) as usize;
        (survived, survived < pending && self.stream.below(2) == 0)
    }

    /// Ends all splits and all faults of links.
    pub(super) fn heal(&mut self) {
        self.splits.clear();
        self.links = SortedMap::default();
        self.everywhere = LinkFault::default();
    }

    /// Sets or removes the fault of the link between two nodes, or of every link.
    pub(super) fn set_link(
        &mut self,
        between: Option<(NodeId, NodeId)>,
        fault: LinkFault,
        oneway: bool,
    ) {
        let Some((a, b)) = between else {
            self.everywhere = fault;
            return;
        };
        for ends in [(a, b), (b, a)].into_iter().take(if oneway { 1 } else { 2 }) {
            match fault.is_none() {
                true => self.links.remove(&ends),
                false => self.links.insert(ends, fault),
            };
        }
    }

    /// Whether there is a fault that [`Faults::set_link`] could remove.
    pub(super) fn has_link(&self, between: Option<(NodeId, NodeId)>, oneway: bool) -> bool {
        match between {
            None => !self.everywhere.is_none(),
            Some((a, b)) => {
                self.links.contains_key(&(a, b)) || (!oneway && self.links.contains_key(&(b, a)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: NodeId = NodeId(0);
    const B: NodeId = NodeId(1);
    const C: NodeId = NodeId(2);

    #[test]
    fn a_split_cuts_between_its_sides_and_not_within() {
        let split = Split { nodes: vec![A, B], from: Vec::new(), oneway: false };
        assert!(split.cuts(A, C) && split.cuts(C, A));
        assert!(!split.cuts(A, B) && !split.cuts(C, NodeId(3)));
        let oneway = Split { oneway: true, ..split.clone() };
        assert!(oneway.cuts(A, C) && !oneway.cuts(C, A));
        let some = Split { from: vec![C], ..split };
        assert!(some.cuts(C, B) && !some.cuts(A, NodeId(3)));
        assert_eq!(some.to_string(), "split A B from=C");
    }

    #[test]
    fn links_lose_and_double_as_often_as_they_should() {
        let mut faults = Faults::new(1);
        faults.set_link(None, LinkFault { loss: 10, duplicate: 50, ..LinkFault::default() }, false);
        faults.set_link(Some((A, B)), LinkFault { loss: 100, ..LinkFault::default() }, true);
        let mut count = |from, to, kind, is: fn(&Passage) -> bool| {
            let (from, to) = (Address::Node(from), Address::Node(to));
            (0..10_000).filter(|_| is(&faults.passage(from, to, kind))).count()
        };
        let lost = |passage: &Passage| passage.loss == Some(Loss::Link);
        assert!((900..1_100).contains(&count(B, A, MessageKind::Read, lost)));
        assert_eq!(count(A, B, MessageKind::Read, lost), 10_000);
        assert!((4_200..4_800).contains(&count(B, C, MessageKind::Read, |p| p.is_duplicated)));
        assert_eq!(count(B, C, MessageKind::Forward, |p| p.is_duplicated), 0);
    }

    #[test]
    fn what_a_sync_has_finished_survives_a_crash() {
        let mut faults = Faults::new(1);
        assert_eq!(faults.surviving_records(3, 3), (3, false));
        let outcomes: Vec<_> = (0..200).map(|_| faults.surviving_records(3, 1)).collect();
        for outcome in [(1, false), (1, true), (2, false), (2, true), (3, false)] {
            assert!(outcomes.contains(&outcome), "{outcome:?} never happens");
        }
        assert!(
            outcomes.iter().all(|(survived, torn)| (1..3 + usize::from(!torn)).contains(survived))
        );
    }
}
