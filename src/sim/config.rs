//! How a cluster is set up, and which set-ups make sense.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::NetworkPreset;
use crate::base::{Duration, Error, NodeId, Result, VirtualTime};
use crate::node::{Modes, NodeSettings, Overrides, Tables};
use crate::ring::{Basis, MOST_NODES, MOST_TOKENS, MOST_VNODES, Placement, Zone};

/// The largest cluster that can be set up.
#[derive(Clone, Copy, Debug)]
pub struct Limits;

impl Limits {
    pub const NODES: u16 = MOST_NODES;
    pub const VNODES: u16 = MOST_VNODES;
    pub const TOKENS: u32 = MOST_TOKENS as u32;
    pub const TIMEOUT: Duration = Duration::from_ms(3_600_000);
    /// How far virtual time goes: as far as the page can count microseconds exactly.
    pub const END: VirtualTime = VirtualTime(1 << 53);
    /// How much may happen in the background while one line lets time pass.
    pub const BACKGROUND: u64 = 1_000_000;
    /// Every token range has a list of its N owners: with many ranges, a large N takes long.
    pub const REPLICAS: u8 = 16;
}

/// To which node a client sends a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Routing {
    /// To each node in turn, as through a load balancer: it forwards what is not its own.
    #[default]
    RoundRobin,
    /// To the first node of the item's preference list, as with a library that knows the ring.
    TokenAware,
}

impl fmt::Display for Routing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Routing::RoundRobin => "round-robin",
            Routing::TokenAware => "token-aware",
        })
    }
}

impl FromStr for Routing {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "round-robin" => Ok(Routing::RoundRobin),
            "token-aware" => Ok(Routing::TokenAware),
            _ => Err(Error::invalid(format!(
                "{text:?} is no routing: choose round-robin or token-aware"
            ))),
        }
    }
}

/// Everything that a cluster starts from. With the commands that follow, it determines the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct ClusterConfig {
    /// Number of nodes.
    pub nodes: u16,
    /// Vnodes per node.
    pub vnodes: u16,
    pub placement: Placement,
    /// Replicas per item.
    pub n: u8,
    /// Votes that a read needs.
    pub r: u8,
    /// Votes that a write needs.
    pub w: u8,
    /// Where all random streams start.
    pub seed: u64,
    pub network: NetworkPreset,
    pub routing: Routing,
    /// How long a coordinator waits for votes.
    pub timeout: Duration,
    pub modes: Modes,
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self {
            nodes: 5,
            vnodes: 16,
            placement: Placement::default(),
            n: 3,
            r: 2,
            w: 2,
            seed: 1,
            network: NetworkPreset::Lan,
            routing: Routing::default(),
            timeout: Duration::from_ms(1_000),
            modes: Modes::default(),
        }
    }
}

impl fmt::Display for ClusterConfig {
    /// The command that sets up this cluster.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { nodes, vnodes, placement, n, r, w, seed, network, routing, timeout, modes } =
            self;
        write!(f, "cluster nodes={nodes} vnodes={vnodes}")?;
        if *placement != Placement::default() {
            write!(f, " placement={placement}")?;
        }
        write!(
            f,
            " n={n} r={r} w={w} seed={seed} network={network} routing={routing} \
             timeout={timeout}{modes}"
        )
    }
}

impl ClusterConfig {
    /// Refuses a set-up that cannot work, and says what to change.
    pub fn check(&self) -> Result<()> {
        let Self { nodes, vnodes, n, .. } = *self;
        if !(1..=Limits::NODES).contains(&nodes) {
            return Err(Error::invalid(format!(
                "a cluster has 1 to {} nodes, not {nodes}",
                Limits::NODES
            )));
        }
        if !(1..=Limits::VNODES).contains(&vnodes) {
            return Err(Error::invalid(format!(
                "a node has 1 to {} vnodes, not {vnodes}",
                Limits::VNODES
            )));
        }
        let tokens = u32::from(nodes) * u32::from(vnodes);
        if tokens > Limits::TOKENS {
            return Err(Error::invalid(format!(
                "{nodes} nodes with {vnodes} vnodes each would have {tokens} tokens, and a ring has \
                 at most {}: lower either",
                Limits::TOKENS
            )));
        }
        if n == 0 {
            return Err(Error::invalid("N is the number of replicas: it must be at least 1"));
        }
        if u16::from(n) > nodes {
            return Err(Error::invalid(format!(
                "N = {n} replicas need {n} distinct nodes, and the cluster has {nodes}: lower N or \
                 add nodes"
            )));
        }
        if n > Limits::REPLICAS {
            return Err(Error::invalid(format!(
                "an item has at most {} replicas, not {n}: lower N",
                Limits::REPLICAS
            )));
        }
        if self.timeout.0 == 0 || self.timeout > Limits::TIMEOUT {
            return Err(Error::invalid(format!(
                "a timeout of {} makes no sense here: give one up to {}",
                self.timeout,
                Limits::TIMEOUT
            )));
        }
        self.modes.check()?;
        check_quorum("R", "reads", self.r, n)?;
        check_quorum("W", "writes", self.w, n)
    }

    /// Refuses overrides that do not fit this cluster.
    pub fn check_overrides(&self, overrides: Overrides) -> Result<()> {
        let n = overrides.n.unwrap_or(self.n);
        if !(1..=self.n).contains(&n) {
            return Err(Error::invalid(format!(
                "n={n} for one request: it can ask 1 to {} replicas, the cluster's N",
                self.n
            )));
        }
        if let Some(r) = overrides.r {
            check_quorum("R", "reads", r, n)?;
        }
        if let Some(w) = overrides.w {
            check_quorum("W", "writes", w, n)?;
        }
        Ok(())
    }

    /// What nodes are told of this, and of the tables that there are.
    pub(super) fn node_settings(&self, tables: &Arc<Tables>) -> NodeSettings {
        let Self { r, w, timeout, modes, .. } = *self;
        NodeSettings { r, w, timeout, modes, tables: Arc::clone(tables) }
    }

    /// What changes of ownership are planned by at first, and the ring follows from.
    pub fn basis(&self) -> Basis {
        Basis::new(self.n, self.placement, self.vnodes, self.zones())
    }

    /// The zone of every node: dealt out in turn.
    fn zones(&self) -> Vec<Zone> {
        (0..self.nodes).map(|node| self.network.zone_of(NodeId(node))).collect()
    }
}

/// A configuration in bytes. The placement shares a number with the vnodes, so that one with random
/// tokens is what it was before there was a choice: digests and snapshots go on.
#[derive(Serialize, Deserialize)]
struct Written {
    nodes: u16,
    vnodes_and_placement: u32,
    n: u8,
    r: u8,
    w: u8,
    seed: u64,
    network: NetworkPreset,
    routing: Routing,
    timeout: Duration,
    modes: Modes,
}

impl From<ClusterConfig> for Written {
    fn from(config: ClusterConfig) -> Self {
        let ClusterConfig { nodes, n, r, w, seed, network, routing, timeout, modes, .. } = config;
        let vnodes_and_placement = u32::from(config.vnodes) | (config.placement as u32) << 16;
        Self { nodes, vnodes_and_placement, n, r, w, seed, network, routing, timeout, modes }
    }
}

impl TryFrom<Written> for ClusterConfig {
    type Error = &'static str;

    fn try_from(written: Written) -> std::result::Result<Self, &'static str> {
        let Written { nodes, n, r, w, seed, network, routing, timeout, modes, .. } = written;
        let vnodes = written.vnodes_and_placement as u16;
        let placement = Placement::ALL.get((written.vnodes_and_placement >> 16) as usize);
        let placement = *placement.ok_or("there is no such placement")?;
        Ok(Self { nodes, vnodes, placement, n, r, w, seed, network, routing, timeout, modes })
    }
}

fn check_quorum(name: &str, what: &str, votes: u8, n: u8) -> Result<()> {
    if votes == 0 {
        return Err(Error::invalid(format!(
            "{name} = 0 would answer {what} without any vote: it must be at least 1"
        )));
    }
    if votes > n {
        return Err(Error::invalid(format!(
            "{name} = {votes} votes can never come from N = {n} replicas: lower {name} to {n} or \
             less"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_clusters_are_refused_with_what_to_change() {
        let fits = ClusterConfig::default();
        assert_eq!(fits.check(), Ok(()));
        for (wrong, word) in [
            (ClusterConfig { nodes: 0, ..fits }, "nodes"),
            (ClusterConfig { nodes: 2, ..fits }, "lower N"),
            (ClusterConfig { vnodes: 0, ..fits }, "vnodes"),
            (ClusterConfig { nodes: 200, vnodes: 1_024, ..fits }, "204800 tokens"),
            (ClusterConfig { n: 0, ..fits }, "N"),
            (ClusterConfig { n: 17, nodes: 20, ..fits }, "at most 16"),
            (ClusterConfig { r: 4, ..fits }, "lower R"),
            (ClusterConfig { w: 4, ..fits }, "lower W"),
            (ClusterConfig { w: 0, ..fits }, "at least 1"),
        ] {
            let message = wrong.check().expect_err("was accepted").message;
            assert!(message.contains(word), "{message:?} does not say {word:?}");
        }
    }
    #[test]
    fn a_choice_of_placement_changes_no_other_bytes() {
        let random = ClusterConfig { vnodes: 1_024, ..ClusterConfig::default() };
        let equal = ClusterConfig { placement: Placement::EqualRanges, ..random };
        let bytes = postcard::to_allocvec(&random).expect("it can be encoded");
        assert_eq!(bytes[..5], [5, 0x80, 0x08, 3, 2], "nodes, vnodes, N, R");
        for config in [random, equal] {
            let bytes = postcard::to_allocvec(&config).expect("it can be encoded");
            assert_eq!(postcard::from_bytes(&bytes), Ok(config));
        }
        let unknown = [&[5, 0x80, 0x80, 0x08], &bytes[3..]].concat();
        assert!(postcard::from_bytes::<ClusterConfig>(&unknown).is_err());
    }
}
