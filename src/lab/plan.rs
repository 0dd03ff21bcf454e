//! Plans: what is to happen in a run.

use std::sync::{Arc, LazyLock};

use crate::base::{ClientId, Duration, VirtualTime};
use crate::data::{
    AttributeValue, Item, Key, KeyAttribute, KeyKind, Resolution, TableName, TableSchema,
};
use crate::sim::{ClusterConfig, Command, NetworkPreset};
use crate::storage::ItemKey;

/// What a person wants of every plan; the rest is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Requests.
    pub ops: u32,
    /// The least number of faults.
    pub faults: u32,
    /// In how many of a hundred runs the topology changes.
    pub changes: u8,
    pub nodes: Option<u16>,
    pub n: Option<u8>,
    pub r: Option<u8>,
    pub w: Option<u8>,
    pub network: Option<NetworkPreset>,
}

impl Bounds {
    /// What a campaign has unless it is told otherwise.
    pub const ANY: Self = Self {
        ops: 500,
        faults: 5,
        changes: 40,
        nodes: None,
        n: None,
        r: None,
        w: None,
        network: None,
    };
}

impl Default for Bounds {
    fn default() -> Self {
        Self::ANY
    }
}

/// What a writer to a table of siblings has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The context of its client's last read of the item; nothing if there is none.
    LastRead,
    /// The context of the read before that.
    Older,
    Nothing,
}

/// What a conditional write expects to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Absent,
    /// The version that its client was told of last; absence if there is none.
    LastTold,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    Get,
    Put(Seen),
    Delete(Seen),
    GetConsistent,
    PutIf(Expected),
    DeleteIf(Expected),
}

/// One thing that happens from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A client asks for something about an item, by number.
    Ask { client: ClientId, key: u8, asking: Asking },
    /// A fault, or the end of one. It is left out if it makes no sense then.
    Fault(Command),
}

/// A whole run before it has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub config: ClusterConfig,
    pub resolution: Resolution,
    /// What happens when, earliest first.
    pub steps: Vec<(VirtualTime, Step)>,
    /// When everything is healed.
    pub heal_at: VirtualTime,
    /// How many nodes at a time may have lost their disk; who else would lose its own keeps it.
    pub losses: u16,
    /// Whether, after all have agreed, there is time for tombstones to be collected.
    pub waits_for_collection: bool,
    /// Whether the run is made again, fully traced, and continued from a snapshot.
    pub is_repeated: bool,
}

impl Plan {
    /// How many items there can be.
    pub const KEYS: u8 = 6;

    /// The table that all items are in.
    pub fn schema(&self) -> TableSchema {
        let key = KeyAttribute::new("id", KeyKind::S);
        TableSchema::new(TABLE.clone(), key, None, self.resolution)
    }

    /// An item's name by its number, below [`Plan::KEYS`].
    pub fn key(number: u8) -> ItemKey {
        KEYS[usize::from(number)].clone()
    }

    /// The content that the request of this number puts.
    pub(super) fn item(key: u8, request: u64) -> Arc<Item> {
        let id = AttributeValue::string(NAMES[usize::from(key)]);
        let value = AttributeValue::string(request.to_string());
        let item = Item::from_attributes(vec![("id".into(), id), ("v".into(), value)]);
        Arc::new(item.expect("two names"))
    }

    /// How long agreement may take at most after healing. Generous: the run ends as soon as all
    /// agree.
    pub(super) fn patience(&self) -> Duration {
        let ClusterConfig { nodes, timeout, modes, .. } = self.config;
        let gossip = modes.gossip.0.unwrap_or_default();
        let exchange = modes.anti_entropy.0.unwrap_or_default();
        let rounds = 100 * gossip.0 + 40 * u64::from(nodes) * exchange.0 + 40 * timeout.0;
        Duration::from_ms(40_000) + Duration(rounds)
    }
}

const NAMES: [&str; Plan::KEYS as usize] = ["a", "b", "c", "d", "e", "f"];

static TABLE: LazyLock<TableName> =
    LazyLock::new(|| TableName::new("T").expect("a letter is a name"));

static KEYS: LazyLock<Vec<ItemKey>> = LazyLock::new(|| {
    let key = |name: &&str| ItemKey::new(TABLE.clone(), Key::from_text(name).expect("short"));
    NAMES.iter().map(key).collect()
});
