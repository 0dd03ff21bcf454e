//! What is wrong in the cluster, in words, and the line that ends each of it.

use super::seats::Seats;
use crate::base::{Duration, NodeId, VirtualTime};
use crate::sim::{Command, LinkFault, NodeStatus, Skew, Split, World};

/// A link that is at fault; without nodes, every link that has no fault of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLink {
    pub between: Option<(NodeId, NodeId)>,
    pub fault: LinkFault,
    pub oneway: bool,
}

impl BadLink {
    pub fn words(&self) -> String {
        let which = match (self.between, self.oneway) {
            (Some((a, b)), true) => format!("The link from {a} to {b}"),
            (Some((a, b)), false) => format!("The link between {a} and {b}"),
            (None, _) => "Every link".to_owned(),
        };
        let LinkFault { latency, loss, duplicate } = self.fault;
        let mut faults = Vec::new();
        if latency > Duration::default() {
            faults.push(format!("is slower by {latency}"));
        }
        if loss > 0 {
            faults.push(format!("loses {loss} of 100 messages"));
        }
        if duplicate > 0 {
            faults.push(format!("doubles {duplicate} of 100 messages"));
        }
        format!("{which} {}", faults.join(" and "))
    }

    /// The line that ends it.
    fn end(&self) -> String {
        let (between, oneway) = (self.between, self.oneway);
        Command::SetLink { between, fault: LinkFault::default(), oneway }.to_string()
    }
}

/// What is wrong with the network, and what is to come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    pub splits: Vec<Split>,
    pub links: Vec<BadLink>,
    /// Scheduled commands with their instants, earliest first.
    pub scheduled: Vec<(VirtualTime, String)>,
    /// How far each node's clock is ahead.
    pub ahead: Vec<Skew>,
}

/// One fault in words, and the line that ends it, if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    pub words: String,
    pub end: Option<String>,
}

impl Trouble {
    pub fn of(world: &World) -> Self {
        let faults = world.faults();
        let own: Vec<(NodeId, NodeId, LinkFault)> = faults.links().collect();
        let mut links = Vec::new();
        for (a, b, fault) in &own {
            let same_back = own.contains(&(*b, *a, *fault));
            if !same_back || a < b {
                let between = Some((*a, *b));
                links.push(BadLink { between, fault: *fault, oneway: !same_back });
            }
        }
        let everywhere = faults.everywhere();
        if !everywhere.is_none() {
            links.push(BadLink { between: None, fault: everywhere, oneway: false });
        }
        let nodes = (0..world.config().nodes).map(NodeId);
        Self {
            splits: faults.splits().to_vec(),
            links,
            scheduled: world.scheduled().into_iter().map(|(at, c)| (at, c.to_string())).collect(),
            ahead: nodes.map(|node| faults.clock(node).ahead(world.now())).collect(),
        }
    }

    /// Everything that is wrong now.
    pub fn in_force(&self, nodes: &[NodeStatus]) -> Vec<InForce> {
        let end = |words: String, end: String| InForce { words, end: Some(end) };
        let mut all: Vec<InForce> = Vec::new();
        for split in &self.splits {
            all.push(end(
                split_words(split, Seats::of(nodes.iter().map(|status| status.standing))),
                "heal".to_owned(),
            ));
        }
        all.extend(self.links.iter().map(|link| end(link.words(), link.end())));
        for status in nodes.iter().filter(|status| !status.standing.is_over()) {
            let node = status.node;
            match (status.up, status.whole) {
                (false, true) => {
                    all.push(end(format!("{node} is down"), format!("restart {node}")))
                }
                (false, false) => all.push(end(
                    format!("{node} is down and has lost its disk"),
                    format!("restart {node}"),
                )),
                (true, false) => all.push(InForce {
                    words: format!("{node} has lost its disk and is being rebuilt"),
                    end: None,
                }),
                (true, true) => {}
            }
            if status.paused {
                let words = format!("{node} is paused, {} things wait for it", status.waiting);
                all.push(end(words, format!("resume {node}")));
            }
            if status.slow_by > Duration::default() {
                let words = format!("{node} is slow: everything takes {} longer", status.slow_by);
                all.push(end(words, format!("slow {node} 0ms")));
            }
            if !status.clock.is_right() {
                let words = format!("{node}'s clock is wrong: {}", self.clock_words(status));
                all.push(end(words, format!("clock {node} skew=0s drift=0")));
            }
        }
        all
    }

    /// What is wrong with a node's clock.
    pub fn clock_words(&self, status: &NodeStatus) -> String {
        let ahead = self.ahead.get(status.node.index()).copied().unwrap_or_default();
        let shown = match ahead.0 {
            0 => "right now".to_owned(),
            1.. => format!("{ahead} ahead"),
            _ => format!("{} behind", Skew(-ahead.0)),
        };
        match status.clock.drift_ppm {
            0 => shown,
            ppm @ 1.. => format!("{shown}, gains {ppm}µs a second"),
            ppm => format!("{shown}, loses {}µs a second", ppm.unsigned_abs()),
        }
    }
}

/// Whom a split cuts off from whom.
pub fn split_words(split: &Split, seats: Seats) -> String {
    let all = || seats.nodes();
    let is_here = |node: &NodeId| split.nodes.contains(node);
    let is_there = |node: &NodeId| match split.from.is_empty() {
        true => !is_here(node),
        false => split.from.contains(node),
    };
    let named = |nodes: Vec<NodeId>| names(&nodes);
    let here = named(all().filter(is_here).collect());
    let there = named(all().filter(is_there).collect());
    match split.oneway {
        true => format!("One-way network split: nothing that {here} sends reaches {there}"),
        false => format!("Network split: nothing passes between {here} and {there}"),
    }
}

/// Who takes a node for dead, in words; none if nobody does.
pub fn suspicion_words(node: NodeId, nodes: &[NodeStatus]) -> Option<String> {
    let by: Vec<NodeId> = nodes
        .iter()
        .filter(|other| other.suspects.contains(&node))
        .map(|other| other.node)
        .collect();
    let judges = judges(node, nodes);
    (!by.is_empty()).then(|| format!("suspected by {} of {judges} ({})", by.len(), names(&by)))
}

/// How many nodes could suspect a node: those that are up, but for itself.
pub fn judges(node: NodeId, nodes: &[NodeStatus]) -> usize {
    nodes.iter().filter(|other| other.up && other.node != node).count()
}

/// `A, B, C`; long lists are cut short.
pub fn names(nodes: &[NodeId]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<String> = nodes.iter().take(SHOWN).map(NodeId::to_string).collect();
    match nodes.len() {
        0..=SHOWN => shown.join(", "),
        more => format!("{} and {} others", shown.join(", "), more - SHOWN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::ClusterConfig;
    use crate::ui::stage::Stage;

    #[test]
    fn every_fault_is_told_and_can_be_ended_by_its_line() {
        let mut stage = Stage::new(World::new(ClusterConfig::default()).unwrap());
        for line in [
            "split A B oneway=true",
            "link A C loss=10 oneway=true",
            "link D E latency=5ms",
            "link duplicate=3",
            "crash C",
            "pause D",
            "slow B 20ms",
            "clock E skew='-5s' drift=20",
            "in 5s 'crash A'",
        ] {
            stage.act(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
        let in_force = |stage: &Stage| {
            let world = stage.world();
            Trouble::of(world).in_force(&world.node_statuses())
        };
        assert_eq!(Trouble::of(stage.world()).scheduled.len(), 1);
        let told = in_force(&stage);
        assert_eq!(told.len(), 8, "{told:?}");
        for fault in told.iter().rev() {
            let end = fault.end.as_ref().expect("it can be ended");
            stage.act(end).unwrap_or_else(|error| panic!("{end}: {error}"));
        }
        assert_eq!(in_force(&stage), []);
    }
}
