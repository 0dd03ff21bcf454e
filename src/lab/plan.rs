//! Plans: what is to happen in a run.

use std::ops::Bound;
use std::sync::{Arc, LazyLock};

use super::{Asking, Begin, TablePart};
use crate::backup::window;
use crate::base::{ClientId, Duration, UNIX_EPOCH_S, VirtualTime};
use crate::data::{
    AttributeValue, Expiry, IndexKind, IndexName, IndexSchema, Item, Key, KeyAttribute, KeyKind,
    Projected, Resolution, TableName, TableSchema,
};
use crate::expression::{Condition, Placeholders, Update};
use crate::node::{
    Action, Change, Freshness, LocalOrder, MESSAGE_LIFETIME, PageRequest, SortRange, Span, Write,
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
    /// In how many of a hundred items expire, where the last writer wins.
    pub expiry: u8,
    /// How many of a hundred have a table with sort keys, where the last writer wins.
    pub collections: u8,
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
        collections: 30,
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
    /// Whether the table has sort keys, so that several items share a partition key.
    pub has_collections: bool,
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

    /// A plan in which nothing happens yet.
    #[cfg(test)]
    pub(super) fn still(config: ClusterConfig) -> Self {
        Self {
            config,
            resolution: Resolution::LastWriterWins,
            is_indexed: false,
            expires: false,
            has_collections: false,
            restores_to: None,
            steps: Vec::new(),
            heal_at: VirtualTime::ZERO,
            losses: 0,
            waits_for_collection: false,
            is_repeated: false,
        }
    }

    /// The table that all items are in.
    pub fn schema(&self) -> TableSchema {
        let key = KeyAttribute::new("id", KeyKind::S);
        let sort = self.has_collections.then(|| KeyAttribute::new("s", KeyKind::S));
        let mut schema = TableSchema::new(TABLE.clone(), key, sort, self.resolution);
        if self.has_collections {
            schema.indexes.push(local_index());
        }
        schema
    }

    /// An item's name by its number, below [`Plan::KEYS`].
    pub fn key(&self, number: u8) -> ItemKey {
        let keys = if self.has_collections { &SORTED_KEYS } else { &KEYS };
        keys[usize::from(number)].clone()
    }

    /// A short name for an item of any table.
    pub(super) fn name(number: u8) -> &'static str {
        NAMES[usize::from(number)]
    }

    /// The attributes that are the key of an item.
    fn key_attributes(&self, number: u8) -> Vec<(Box<str>, AttributeValue)> {
        let key = self.key(number);
        let mut attributes = vec![("id".into(), key.key().partition().clone().into())];
        attributes.extend(key.key().sort().map(|sort| ("s".into(), sort.clone().into())));
        attributes
    }

    /// The content that the request of this number puts.
    pub(super) fn item(&self, key: u8, request: u64) -> Arc<Item> {
        let mut attributes = self.key_attributes(key);
        attributes.push(("v".into(), AttributeValue::string(request.to_string())));
        if self.is_indexed || self.has_collections {
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
    pub(super) fn count(&self, key: u8, again: bool) -> Action {
        let values = || vec![(":0".into(), 0.into()), (":1".into(), 1.into())];
        let placeholders = || Placeholders::new(None, Some(values())).expect("two values");
        let text = "SET n = if_not_exists(n, :0) + :1";
        let update = Update::parse(text, &mut placeholders()).expect("an update");
        let condition = Condition::parse("n > :0", &mut placeholders()).expect("a condition");
        let condition = again.then_some(condition);
        let key = Item::from_attributes(self.key_attributes(key)).expect("each name once");
        let write = Write::Update { update, key: Arc::new(key) };
        Action::Change(Arc::new(Change { condition, write }))
    }

    /// The request for a page, of an item's collection or of all.
    pub(super) fn page(&self, key: u8, part: TablePart, freshness: Freshness) -> PageRequest {
        let key = self.key(key);
        let collection = |sort| {
            let partition = key.key().partition().clone();
            Span::Collection { partition, sort }
        };
        let mut page = PageRequest {
            source: TABLE.clone(),
            span: Span::Segment { number: 0, of: 1 },
            reverse: false,
            after: None,
            limit: u32::MAX,
            bytes: PageRequest::MOST_BYTES,
            freshness,
            local: None,
        };
        match part {
            TablePart::All { limit } => page.limit = limit,
            TablePart::Collection { limit, from, reverse } => {
                let sort = key.key().sort().filter(|_| from == Begin::At);
                let begin = sort.map_or(Bound::Unbounded, |sort| Bound::Included(sort.clone()));
                let (from_key, to) = match reverse {
                    false => (begin, Bound::Unbounded),
                    true => (Bound::Unbounded, begin),
                };
                page.span = collection(SortRange { from: from_key, to });
                page.after = (from == Begin::Behind).then(|| key.clone());
                (page.limit, page.reverse) = (limit, reverse);
            }
            TablePart::ByLocalIndex { limit, reverse } => {
                page.span = collection(SortRange::ALL);
                let [attribute] = &local_index().sort[..] else { unreachable!("it has one") };
                page.local = Some(LocalOrder { attribute: attribute.clone(), after: None });
                (page.limit, page.reverse) = (limit, reverse);
            }
        }
        page
    }

    /// What links add to a message at most: one that was sent before healing takes so much longer.
    pub(super) fn longest_delay(&self) -> Duration {
        fn added_by(command: &Command) -> Duration {
            match command {
                Command::SetLink { fault, .. } => fault.latency,
                Command::Schedule { command, .. } => added_by(command),
                _ => Duration::default(),
            }
        }
        let delay = |(_, step): &(VirtualTime, Step)| match step {
            Step::Fault(command) => Some(added_by(command)),
            Step::Ask { .. } => None,
        };
        self.steps.iter().filter_map(delay).max().unwrap_or_default()
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

/// Two collections.
static SORTED_KEYS: LazyLock<Vec<ItemKey>> = LazyLock::new(|| {
    let key = |(number, name): (usize, &&str)| {
        let partition = if number < 4 { "p" } else { "q" };
        let key = Key::new(partition.into(), Some((*name).into())).expect("short");
        ItemKey::new(TABLE.clone(), key)
    };
    NAMES.iter().enumerate().map(key).collect()
});

fn local_index() -> IndexSchema {
    IndexSchema {
        name: IndexName::new("local").expect("letters"),
        kind: IndexKind::Local,
        partition: vec![KeyAttribute::new("id", KeyKind::S)],
        sort: vec![KeyAttribute::new("y", KeyKind::N)],
        projection: Projected::All,
        throughput: None,
    }
}
