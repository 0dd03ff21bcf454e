//! How nodes replicate: what can be chosen for a cluster, and changed while it runs.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::balancer::Policy;
use crate::base::{Duration, Error, Result, SortedMap, words};
use crate::data::{TableName, TableSchema};

/// How long a message can be under way at most: then the network drops it, and a process that was
/// paused for longer finds its connections broken. (What the maximum segment lifetime is to TCP, RFC
/// 9293, though that is two minutes.)
pub const MESSAGE_LIFETIME: Duration = Duration::from_ms(10_000);

words! {
    /// Whose votes a quorum counts (Dynamo paper, section 4.6).
    QuorumMode, "quorum":
    /// The owners' alone. With R + W > N every read meets every acknowledged write.
    #[default]
    Strict = "strict",
    /// The first N healthy nodes': a fallback's vote, given with a hint, stands for its owner's.
    /// Writes go on while owners are away; a read may miss them until the hints are handed over.
    Sloppy = "sloppy"
}

words! {
    /// What a read does about replicas that turn out to be stale.
    ReadRepair, "read repair":
    Off = "off",
    /// Answer first, then send the newer version to those who lack it.
    #[default]
    Async = "async",
    /// Answer only once W replicas have what is answered. Without it a read may see a write that a
    /// later read does not.
    Blocking = "blocking"
}

words! {
    /// Where versions get their timestamps from.
    Timestamps, "source of timestamps":
    /// The coordinator's own clock, which may be wrong.
    #[default]
    Wall = "wall",
    /// A hybrid logical clock, which never falls behind a message that it has had.
    Hlc = "hlc",
    /// The highest that R replicas have for the item, and one more: no clock at all (ABD).
    Quorum = "quorum"
}

words! {
    /// Whether something is done.
    Switch, "switch":
    #[default]
    On = "on",
    Off = "off"
}

impl Switch {
    pub fn is_on(self) -> bool {
        self == Switch::On
    }
}

/// How often something is done in the background; never, if it is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval(pub Option<Duration>);

impl Interval {
    pub const OFF: Self = Self(None);
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(span) => span.fmt(f),
            None => f.write_str("off"),
        }
    }
}

impl FromStr for Interval {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "off" => Ok(Self(None)),
            span => Ok(Self(Some(span.parse()?))),
        }
    }
}

/// How a cluster replicates, beyond N, R and W.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Modes {
    pub quorum: QuorumMode,
    /// Whether writes that miss an owner leave a hint for it on another node.
    pub handoff: Switch,
    pub repair: ReadRepair,
    pub timestamps: Timestamps,
    /// How often a node tells another one who is alive.
    pub gossip: Interval,
    /// How often a node compares its Merkle trees with those of another one.
    pub anti_entropy: Interval,
    /// Whether tombstones are forgotten once every owner has them.
    pub collection: Switch,
    /// What the load balancer evens out.
    pub balancer: Policy,
}

/// Modes in bytes. The balancer's policy shares a number with the switch before it, so that modes
/// without balancer are what they were before there was one: digests and snapshots go on.
#[derive(Serialize, Deserialize)]
struct Written {
    quorum: QuorumMode,
    handoff: Switch,
    repair: ReadRepair,
    timestamps: Timestamps,
    gossip: Interval,
    anti_entropy: Interval,
    collection_and_balancer: u32,
}

impl From<Modes> for Written {
    fn from(modes: Modes) -> Self {
        let Modes { quorum, handoff, repair, timestamps, gossip, anti_entropy, .. } = modes;
        let collection_and_balancer = modes.collection as u32 | (modes.balancer as u32) << 1;
        Self { quorum, handoff, repair, timestamps, gossip, anti_entropy, collection_and_balancer }
    }
}

impl TryFrom<Written> for Modes {
    type Error = &'static str;

    fn try_from(written: Written) -> std::result::Result<Self, &'static str> {
        let Written { quorum, handoff, repair, timestamps, gossip, anti_entropy, .. } = written;
        let number = written.collection_and_balancer as usize;
        let collection = Switch::ALL[number & 1];
        let balancer = *Policy::ALL.get(number >> 1).ok_or("there is no such balancer policy")?;
        Ok(Self { quorum, handoff, repair, timestamps, gossip, anti_entropy, collection, balancer })
    }
}

impl Default for Modes {
    fn default() -> Self {
        Self {
            quorum: QuorumMode::default(),
            handoff: Switch::On,
            repair: ReadRepair::default(),
            timestamps: Timestamps::default(),
            gossip: Interval(Some(Duration::from_ms(1_000))),
            anti_entropy: Interval(Some(Duration::from_ms(10_000))),
            collection: Switch::On,
            balancer: Policy::default(),
        }
    }
}

impl fmt::Display for Modes {
    /// What differs from the default, as the scenario language writes it, each after a space; with
    /// `{:#}` everything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            quorum,
            handoff,
            repair,
            timestamps,
            gossip,
            anti_entropy,
            collection,
            balancer,
        } = self;
        let default = Self::default();
        let all = f.alternate();
        let mut write = |differs: bool, name: &str, value: &dyn fmt::Display| match differs || all {
            true => write!(f, " {name}={value}"),
            false => Ok(()),
        };
        write(*quorum != default.quorum, "quorum", quorum)?;
        write(*handoff != default.handoff, "handoff", handoff)?;
        write(*repair != default.repair, "repair", repair)?;
        write(*timestamps != default.timestamps, "timestamps", timestamps)?;
        write(*gossip != default.gossip, "gossip", gossip)?;
        write(*anti_entropy != default.anti_entropy, "anti_entropy", anti_entropy)?;
        write(*collection != default.collection, "collection", collection)?;
        write(*balancer != default.balancer, "balancer", balancer)
    }
}

impl Modes {
    /// The shortest interval that makes sense: below it a cluster does nothing else.
    const SHORTEST: Duration = Duration::from_ms(10);
    const LONGEST: Duration = Duration::from_ms(3_600_000);

    /// Refuses what cannot work, and says what to change.
    ///
    /// # Errors
    /// If a sloppy quorum has no hints, or an interval is out of bounds.
    pub fn check(&self) -> Result<()> {
        if self.quorum == QuorumMode::Sloppy && !self.handoff.is_on() {
            return Err(Error::invalid(
                "a sloppy quorum lives on hints: set handoff=on with it, or quorum=strict",
            ));
        }
        for (name, interval) in [("gossip", self.gossip), ("anti_entropy", self.anti_entropy)] {
            if let Some(span) = interval.0
                && !(Self::SHORTEST..=Self::LONGEST).contains(&span)
            {
                return Err(Error::invalid(format!(
                    "{name}={span} makes no sense here: choose {} to {}, or off",
                    Self::SHORTEST,
                    Self::LONGEST
                )));
            }
        }
        Ok(())
    }
}

/// What every node of the cluster is configured with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSettings {
    pub r: u8,
    pub w: u8,
    /// How long a coordinator waits for votes. An entry node waits half as long again for its
    /// coordinator, a client twice as long.
    pub timeout: Duration,
    pub modes: Modes,
    /// The tables that there are.
    pub tables: Arc<Tables>,
}

/// Schemas by name.
pub type Tables = SortedMap<TableName, TableSchema>;

impl NodeSettings {
    pub fn is_sloppy(&self) -> bool {
        self.modes.quorum == QuorumMode::Sloppy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_of_balancer_policy_changes_no_other_bytes() {
        let off = Modes::default();
        let bytes = postcard::to_allocvec(&off).expect("it can be encoded");
        let (collected, rest) = bytes.split_last().expect("there are some");
        assert_eq!(*collected, Switch::On as u8);
        for collection in [Switch::On, Switch::Off] {
            for balancer in Policy::ALL {
                let modes = Modes { collection, balancer: *balancer, ..off };
                let bytes = postcard::to_allocvec(&modes).expect("it can be encoded");
                assert!(bytes.starts_with(rest) && bytes.len() == rest.len() + 1);
                assert_eq!(postcard::from_bytes(&bytes), Ok(modes));
            }
        }
        assert!(postcard::from_bytes::<Modes>(&[rest, &[6]].concat()).is_err());
    }
}
