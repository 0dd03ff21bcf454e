//! Plans: what is to happen in a run.

use std::sync::{Arc, LazyLock};

use crate::backup::window;
use crate::base::{ClientId, Duration, UNIX_EPOCH_S, VirtualTime};
use crate::data::{
    AttributeValue, Expiry, IndexKind, IndexName, IndexSchema, Item, Key, KeyAttribute, KeyKind,
    Projected, Resolution, TableName, TableSchema,
};
use crate::expression::{Condition, Placeholders, Update};
use crate::node::{
    Action, Change, Freshness, MESSAGE_LIFETIME, PageRequest, SortRange, Span, Write,
};
use crate::sim::{Alteration, ClusterConfig, Command, NetworkPreset};
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
    /// How many of a hundred have indexes, where the last writer wins.
    pub indexes: u8,
    /// In how many of a hundred items expire, where the last writer wins and there are no rounds.
    pub expiry: u8,
    /// In how many of a hundred the table keeps its past, is looked at as it was, and restored, where
    /// the last writer wins.
    pub backups: u8,
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
        indexes: 35,
        expiry: 25,
        backups: 0,
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
    /// Add one to a counter of the item; `again`: only if there is one.
    Count {
        again: bool,
    },
    /// The item by a query, or, with so many items at most, all items by a scan.
    Page {
        scan: Option<u32>,
        consistent: bool,
    },
    /// All items, as of so many thousandths of what has passed of the run.
    Past {
        share: u16,
    },
}

impl Asking {
    /// Whether owners agree on it in rounds.
    pub fn is_by_round(self) -> bool {
        matches!(self, Self::GetConsistent | Self::PutIf(_) | Self::DeleteIf(_))
    }
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
    /// Whether the table has indexes, and items carry what these are about.
    pub is_indexed: bool,
    /// Whether items expire.
    pub expires: bool,
    /// What happens when, earliest first.
    pub steps: Vec<(VirtualTime, Step)>,
    /// To which instant the table is restored in the end, in thousandths of the run, if it is.
    pub restores_to: Option<u16>,
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
    pub(super) fn item(&self, key: u8, request: u64) -> Arc<Item> {
        let id = AttributeValue::string(NAMES[usize::from(key)]);
        let value = AttributeValue::string(request.to_string());
        let mut attributes = vec![("id".into(), id), ("v".into(), value)];
        if self.is_indexed {
            // Few values, so that they come back; some items lack one, or have it as another type.
            let draw = request.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
            let colour = ["red", "green", "blue"].get((draw % 4) as usize);
            attributes.extend(colour.map(|it| ("x".into(), AttributeValue::from(*it))));
            let number = match draw / 4 % 5 {
                4 => "none".into(),
                number => AttributeValue::from(number as i64 - 2),
            };
            attributes.push(("y".into(), number));
        }
        if self.expires {
            let draw = request.wrapping_mul(0xd6e8_feb8_6659_fd93) >> 32;
            // Long ago, soon, in a while, in a year; or never.
            let seconds = match draw % 8 {
                0 => Some(-99),
                1 | 2 => Some(1 + (draw / 8 % 5) as i64),
                3 => Some(31_536_000),
                _ => None,
            };
            let at = seconds.map(|after: i64| UNIX_EPOCH_S as i64 + after);
            attributes.extend(at.map(|at| ("t".into(), AttributeValue::from(at))));
        }
        Arc::new(Item::from_attributes(attributes).expect("each name once"))
    }

    /// How items expire, where they do.
    pub fn expiry() -> Expiry {
        Expiry { attribute: "t".into(), hides: false }
    }

    /// The command by which they do from then on.
    pub fn expire() -> Command {
        Command::Alter(TABLE.clone(), Alteration::Expire(Some(Self::expiry())))
    }

    /// The command by which a table keeps its past from then on.
    pub fn recover() -> Command {
        Command::Alter(TABLE.clone(), Alteration::Recover(Some(window::MOST_DAYS)))
    }

    /// The indexes that such items are in.
    pub fn indexes() -> [IndexSchema; 2] {
        let (x, y) = (KeyAttribute::new("x", KeyKind::S), KeyAttribute::new("y", KeyKind::N));
        let index = |name, partition, sort, projection| IndexSchema {
            name: IndexName::new(name).expect("letters"),
            kind: IndexKind::Global,
            partition,
            sort,
            projection,
            throughput: None,
        };
        [
            index("by-x", vec![x.clone()], Vec::new(), Projected::All),
            index(
                "by-x-y",
                vec![x, y],
                vec![KeyAttribute::new("v", KeyKind::S)],
                Projected::KeysOnly,
            ),
        ]
    }

    /// The command that adds an index, or the one that drops it.
    pub fn alteration(index: usize, is_there: bool) -> Command {
        let index = Self::indexes()[index].clone();
        let change = match is_there {
            true => Alteration::AddIndex(index),
            false => Alteration::DropIndex(index.name),
        };
        Command::Alter(TABLE.clone(), change)
    }

    /// Adds one to an item's counter. `again`: only if it has one.
    pub(super) fn count(key: u8, again: bool) -> Action {
        let values = || vec![(":0".into(), 0.into()), (":1".into(), 1.into())];
        let placeholders = || Placeholders::new(None, Some(values())).expect("two values");
        let text = "SET n = if_not_exists(n, :0) + :1";
        let update = Update::parse(text, &mut placeholders()).expect("an update");
        let condition = Condition::parse("n > :0", &mut placeholders()).expect("a condition");
        let condition = again.then_some(condition);
        let id = AttributeValue::string(NAMES[usize::from(key)]);
        let key = Item::from_attributes(vec![("id".into(), id)]).expect("one name");
        let write = Write::Update { update, key: Arc::new(key) };
        Action::Change(Arc::new(Change { condition, write }))
    }

    /// A query for one item, or a scan with so many items at most.
    pub(super) fn page(key: u8, scan: Option<u32>, freshness: Freshness) -> PageRequest {
        let partition = KEYS[usize::from(key)].key().partition().clone();
        let span = match scan {
            Some(_) => Span::Segment { number: 0, of: 1 },
            None => Span::Collection { partition, sort: SortRange::ALL },
        };
        PageRequest {
            source: TABLE.clone(),
            span,
            reverse: false,
            after: None,
            limit: scan.unwrap_or(u32::MAX),
            bytes: PageRequest::MOST_BYTES,
            freshness,
            order_by: None,
        }
    }

    /// How long agreement may take at most after healing. Generous: the run ends as soon as all
    /// agree.
    pub(super) fn patience(&self) -> Duration {
        let ClusterConfig { nodes, timeout, modes, .. } = self.config;
        let gossip = modes.gossip.0.unwrap_or_default();
        let exchange = modes.anti_entropy.0.unwrap_or_default();
        // An entry that nobody wants is asked about like a tombstone, and its tombstone after it.
        let quiet = timeout + MESSAGE_LIFETIME;
        let entries = if self.is_indexed { 12 * quiet.0 } else { 0 };
        let rounds = entries + 100 * gossip.0 + 40 * u64::from(nodes) * exchange.0 + 40 * timeout.0;
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
