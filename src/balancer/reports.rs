//! What one node knows of the load of all.

use serde::{Deserialize, Serialize};

use super::load::{Load, OfMean, Policy, RangeLoad};
use super::trial::Trial;
use crate::base::{Duration, NodeId, SortedMap, VirtualTime};
use crate::ring::{PreferenceLists, Ring, Token, Weight};

/// What a node measured, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub at: VirtualTime,
    /// By the ends of its token ranges, in their order.
    pub ranges: Vec<(Token, RangeLoad)>,
}

impl Report {
    /// Whether a node could have measured this.
    pub fn is_sound(&self) -> bool {
        self.ranges.is_sorted_by(|(one, _), (next, _)| one < next)
            && self.ranges.iter().all(|(_, load)| load.is_sound())
    }
}

/// The newest report of every node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reports {
    nodes: SortedMap<NodeId, Report>,
}

impl Reports {
    /// Takes in what `node` measured, unless something newer is known of it.
    pub fn merge(&mut self, node: NodeId, report: Report) {
        if self.nodes.get(&node).is_none_or(|known| known.at <= report.at) {
            self.nodes.insert(node, report);
        }
    }

    /// Forgets what is older than `span`: its node is down, cut off, or gone.
    pub fn forget_older(&mut self, now: VirtualTime, span: Duration) {
        self.nodes.retain(|_, report| now.since(report.at) <= span);
    }

    /// Whose reports there are.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> {
        self.nodes.keys().copied()
    }

    /// Whether all of it could have been measured.
    pub fn is_sound(&self) -> bool {
        self.nodes.values().all(Report::is_sound)
    }

    /// Whether there is a report of `node` made after `time`.
    pub fn is_newer(&self, node: NodeId, time: VirtualTime) -> bool {
        self.nodes.get(&node).is_some_and(|report| report.at > time)
    }

    /// What every token range bears, in the order of the ring's vnodes.
    ///
    /// All owners of a range bear the same, since all are asked for every vote. But one that was
    /// away, or owns it only since a moment ago, has measured less: the highest measure counts.
    pub fn by_range(&self, ring: &Ring) -> Vec<RangeLoad> {
        let mut loads = vec![RangeLoad::default(); ring.vnodes().len()];
        for (to, load) in self.nodes.values().flat_map(|report| &report.ranges) {
            let range = ring.successor(*to);
            if ring.vnodes()[range].token == *to {
                loads[range].raise(load);
            }
        }
        loads
    }
}

/// What every member bears, given what every token range does, and that against what it should bear.
pub fn by_node(
    lists: &PreferenceLists,
    loads: &[RangeLoad],
    weights: &[Weight],
    policy: Policy,
) -> Vec<(NodeId, Load, OfMean)> {
    let trial = Trial::new(lists, loads, weights, policy);
    let owned = |node: NodeId| {
        let ranges = loads.iter().enumerate();
        let owned = ranges.filter(move |(range, _)| lists.of_range(*range).contains(&node));
        owned.map(|(_, load)| load.total()).sum()
    };
    let against = |node| OfMean::of(trial.heat(node), trial.fair(node));
    trial.members().map(|node| (node, owned(node), against(node))).collect()
}

impl RangeLoad {
    /// Takes the bytes of whoever holds more, and the rates of whoever has seen more.
    fn raise(&mut self, other: &RangeLoad) {
        let higher = |policy| other.total().heat(policy) > self.total().heat(policy);
        let (bytes, rates) = (higher(Policy::Storage), higher(Policy::Throughput));
        for (own, others) in self.parts.iter_mut().zip(&other.parts) {
            if bytes {
                own.bytes = others.bytes;
            }
            if rates {
                (own.reads, own.writes) = (others.reads, others.writes);
            }
        }
        if rates {
            self.heaviest.clone_from(&other.heaviest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balancer::{Load, PARTS};
    use crate::ring::Zone;

    fn report(at: u64, token: Token, load: Load) -> Report {
        let range = RangeLoad { parts: [load; PARTS], heaviest: None };
        Report { at: VirtualTime(at), ranges: vec![(token, range)] }
    }

    #[test]
    fn the_newest_report_of_each_node_counts_and_the_highest_measure_of_all() {
        let ring = Ring::with_random_tokens(vec![Zone(0); 3], 2);
        let token = ring.vnodes()[4].token;
        let mut reports = Reports::default();
        let many = Load { bytes: 9, reads: 100, writes: 100 };
        let few = Load { bytes: 80, reads: 3, writes: 1 };
        reports.merge(NodeId(0), report(20, token, few));
        reports.merge(NodeId(0), report(10, token, many));
        assert_eq!(reports.by_range(&ring)[4].total().heat(Policy::Throughput), 8 * 6);
        assert!(reports.is_newer(NodeId(0), VirtualTime(19)));
        assert!(!reports.is_newer(NodeId(0), VirtualTime(20)));
        // Somebody who has just taken the range over holds it all and has not seen much.
        reports.merge(NodeId(1), report(15, token, many));
        let parts = reports.by_range(&ring)[4].parts;
        assert_eq!(parts, [Load { bytes: 80, reads: 100, writes: 100 }; PARTS]);
        // A range that exists no more concerns nobody.
        reports.merge(NodeId(2), report(15, Token(token.0 - 1), many));
        assert_eq!(
            reports.by_range(&ring).iter().filter(|it| **it != Default::default()).count(),
            1
        );
        reports.forget_older(VirtualTime(21), Duration(1));
        assert_eq!(reports.by_range(&ring)[4].total().reads, 8 * 3);
    }

    #[test]
    fn reports_may_claim_anything_and_are_not_believed() {
        let sound = report(1, Token(5), Load { bytes: 1 << 30, reads: 5, writes: 5 });
        assert!(sound.is_sound());
        let mut twice = sound.clone();
        twice.ranges.push(twice.ranges[0].clone());
        assert!(!twice.is_sound());
        let boast = Load { bytes: 0, reads: u64::MAX, writes: 0 };
        assert!(!report(1, Token(5), boast).is_sound());
    }
}
