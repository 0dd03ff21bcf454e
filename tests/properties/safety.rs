//! What a strict quorum promises while nodes crash, hang and come back, and the network loses,
//! delays and doubles messages: with R + W > N nothing that was
//! acknowledged is lost, and a read that begins after an acknowledgement sees that write or a
//! newer one. Then everything is healed, and every item must be readable.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use ringscope::base::{ClientId, Duration, EventSeq, NodeId, RequestId};
use ringscope::causality::Stamp;
use ringscope::data::{Item, Key, TableName};
use ringscope::node::{Action, Answer, ClientRequest, Overrides};
use ringscope::sim::{
    ClusterConfig, Command, EventKind, LinkFault, NetworkPreset, Routing, Split, World,
};
use ringscope::storage::{Held, ItemKey};

const KEYS: u8 = 3;
const NODES: u16 = 5;

#[derive(Clone, Debug)]
enum Move {
    Put { client: u16, key: u8 },
    Get { client: u16, key: u8 },
    Delete { client: u16, key: u8 },
    Crash(u16),
    Restart(u16),
    Fault(Command),
    Wait(u64),
    Steps(u64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let next = prop_oneof![
        6 => (0u16..3, 0..KEYS).prop_map(|(client, key)| Move::Put { client, key }),
        4 => (0u16..3, 0..KEYS).prop_map(|(client, key)| Move::Get { client, key }),
        1 => (0u16..3, 0..KEYS).prop_map(|(client, key)| Move::Delete { client, key }),
        2 => (0..NODES).prop_map(Move::Crash),
        3 => (0..NODES).prop_map(Move::Restart),
        4 => fault().prop_map(Move::Fault),
        4 => (1u64..3_000).prop_map(Move::Wait),
        4 => (1u64..12).prop_map(Move::Steps),
    ];
    prop::collection::vec(next, 1..90)
}

/// Any fault but a wrong clock and a lost disk, which break the promise.
fn fault() -> impl Strategy<Value = Command> {
    let node = || (0..NODES).prop_map(NodeId);
    let split =
        (prop::collection::btree_set(node(), 1..3), any::<bool>()).prop_map(|(nodes, oneway)| {
            let (nodes, from) = (nodes.into_iter().collect(), Vec::new());
            Command::Split(Split { nodes, from, oneway })
        });
    let link = (prop::option::of((node(), node())), 0u64..4, 0u8..60, 0u8..60).prop_map(
        |(between, ms, loss, duplicate)| {
            let fault = LinkFault { latency: Duration::from_ms(ms), loss, duplicate };
            Command::SetLink { between, fault, oneway: false }
        },
    );
    let slow =
        (node(), 0u64..4).prop_map(|(node, ms)| Command::Slow { node, by: Duration::from_ms(ms) });
    prop_oneof![
        1 => split,
        1 => link,
        1 => slow,
        2 => Just(Command::Heal),
        1 => node().prop_map(Command::Pause),
        2 => node().prop_map(Command::Resume),
    ]
}

fn clusters() -> impl Strategy<Value = ClusterConfig> {
    let quorums = prop::sample::select(vec![(2, 2), (1, 3), (3, 1), (2, 3), (3, 3)]);
    let network = prop::sample::select(NetworkPreset::ALL.to_vec());
    let routing = prop::sample::select(vec![Routing::RoundRobin, Routing::TokenAware]);
    (quorums, network, routing, any::<u64>()).prop_map(|((r, w), network, routing, seed)| {
        let timeout = Duration::from_ms(match network {
            NetworkPreset::Wan => 400,
            NetworkPreset::LnkdDisk => 80,
            NetworkPreset::Ymmr => 5_000,
            _ => 8,
        });
        let nodes = NODES;
        ClusterConfig {
            nodes,
            vnodes: 4,
            r,
            w,
            seed,
            network,
            routing,
            timeout,
            ..Default::default()
        }
    })
}

fn item_key(key: u8) -> ItemKey {
    let table: TableName = "T".parse().expect("a letter");
    ItemKey::new(table, Key::from_text(&format!("key{key}")).expect("short"))
}

/// What is known from outside about a request.
struct Asked {
    key: u8,
    is_write: bool,
    /// The newest acknowledged stamp of its key when it began.
    floor: Option<Stamp>,
}

/// A world, and what its clients were told.
struct Run {
    world: World,
    asked: BTreeMap<RequestId, Asked>,
    /// Content of every put that was ever asked for, by number.
    values: BTreeMap<u8, Vec<Arc<Item>>>,
    /// The newest acknowledged stamp of each key.
    acknowledged: BTreeMap<u8, Stamp>,
    stamps: Vec<Stamp>,
    heard: EventSeq,
}

impl Run {
    fn new(config: ClusterConfig) -> Self {
        Self {
            world: World::new(config).expect("the configuration works"),
            asked: BTreeMap::new(),
            values: BTreeMap::new(),
            acknowledged: BTreeMap::new(),
            stamps: Vec::new(),
            heard: EventSeq(0),
        }
    }

    fn request(&mut self, client: u16, key: u8, action: Action) {
        let is_write = action.is_write();
        let asked = Asked { key, is_write, floor: self.acknowledged.get(&key).copied() };
        let overrides = Overrides::default();
        let wanted = ClientRequest {
            client: ClientId(client),
            key: item_key(key),
            action,
            overrides,
            context: None,
        };
        let began = self.world.apply(Command::Request(Arc::new(wanted))).expect("it is possible");
        self.asked.insert(began.expect("a request has a number"), asked);
    }

    fn put(&mut self, client: u16, key: u8) {
        let number = self.asked.len();
        let text = format!(r#"{{"number":{number}}}"#);
        let item = Arc::new(Item::parse(&text).expect("an object"));
        self.values.entry(key).or_default().push(Arc::clone(&item));
        self.request(client, key, Action::Put(item));
    }

    /// Steps one by one, so that every answer is judged by what was known when it came.
    fn wait_while(&mut self, mut more: impl FnMut(&World) -> bool) -> Result<(), TestCaseError> {
        while more(&self.world) && self.world.step() {
            self.hear()?;
        }
        Ok(())
    }

    fn hear(&mut self) -> Result<(), TestCaseError> {
        let events: Vec<_> = self.world.trace().since(self.heard).to_vec();
        self.heard = self.world.trace().end();
        for event in events {
            if let EventKind::Answered { request, answer, .. } = event.kind {
                self.judge(request, &answer)?;
            }
        }
        Ok(())
    }

    fn judge(&mut self, request: RequestId, answer: &Answer) -> Result<(), TestCaseError> {
        let Asked { key, is_write, floor } = &self.asked[&request];
        match answer {
            Answer::Written { stamp } => {
                prop_assert!(is_write, "{} was no write", request);
                prop_assert!(Some(*stamp) > *floor, "{} lost to what was there before", request);
                prop_assert!(!self.stamps.contains(stamp), "stamp {} was issued twice", stamp);
                self.stamps.push(*stamp);
                let newest = self.acknowledged.entry(*key).or_insert(*stamp);
                *newest = (*newest).max(*stamp);
            }
            Answer::Read { item, stamp } => {
                prop_assert!(!is_write, "{} was no read", request);
                prop_assert!(stamp >= floor, "{} read {:?}, behind {:?}", request, stamp, floor);
                let written = self.values.get(key).map_or(&[][..], Vec::as_slice);
                let known = item.as_ref().is_none_or(|item| written.contains(item));
                prop_assert!(known, "{} read {:?}, which nobody wrote", request, item);
            }
            Answer::Siblings { .. } => prop_assert!(false, "the last writer wins here"),
            Answer::ConditionFailed { .. }
            | Answer::Changed { .. }
            | Answer::Rejected { .. }
            | Answer::Page(_) => prop_assert!(false, "nobody asked for that"),
            Answer::Failed(_) => {}
        }
        Ok(())
    }

    fn carry_out(&mut self, next: Move) -> Result<(), TestCaseError> {
        match next {
            Move::Put { client, key } => self.put(client, key),
            Move::Get { client, key } => self.request(client, key, Action::Get),
            Move::Delete { client, key } => self.request(client, key, Action::Delete),
            // Crashing who is down, or restarting who is up, is refused and changes nothing.
            Move::Crash(node) => drop(self.world.apply(Command::Crash(NodeId(node)))),
            Move::Restart(node) => drop(self.world.apply(Command::Restart(NodeId(node)))),
            // So is healing what is well, and so on.
            Move::Fault(command) => drop(self.world.apply(command)),
            Move::Wait(us) => {
                let end = self.world.now() + Duration(us);
                self.wait_while(|world| world.next_at().is_some_and(|at| at <= end))?;
                self.world.run_until(end);
            }
            Move::Steps(count) => {
                let end = self.world.happenings() + count;
                self.wait_while(|world| world.happenings() < end)?;
            }
        }
        Ok(())
    }

    /// Makes everything well, waits until nothing happens any more, and looks at every item.
    fn heal_and_check(&mut self) -> Result<(), TestCaseError> {
        let _ = self.world.apply(Command::Heal);
        for node in (0..NODES).map(NodeId) {
            let _ = self.world.apply(Command::Restart(node));
            let _ = self.world.apply(Command::Resume(node));
            let _ = self.world.apply(Command::Slow { node, by: Duration(0) });
        }
        self.wait_while(|world| !world.is_idle())?;
        prop_assert_eq!(self.world.outstanding_count(), 0);
        prop_assert!(self.world.flights().all(|flight| flight.kind.is_background()));
        for key in 0..KEYS {
            let acknowledged = self.acknowledged.get(&key).copied();
            let replicas = self.world.replicas(&item_key(key));
            let stamps = replicas.iter().map(|replica| replica.held.as_ref().map(Held::stamp));
            let current = stamps.filter(|stamp| *stamp >= acknowledged).count();
            let w = usize::from(self.world.config().w);
            prop_assert!(current >= w, "{} replicas have what {} acknowledged", current, w);
            self.request(0, key, Action::Get);
        }
        let reads: Vec<RequestId> = self.asked.keys().rev().take(KEYS.into()).copied().collect();
        self.wait_while(|world| !world.is_idle())?;
        for request in reads {
            let answered = self.world.trace().events().iter().any(|event| {
                matches!(&event.kind, EventKind::Answered { request: r, answer: Answer::Read { .. }, .. }
                    if *r == request)
            });
            prop_assert!(answered, "{} failed although everything is up", request);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_was_acknowledged_is_kept_and_read(config in clusters(), moves in moves()) {
        let mut run = Run::new(config);
        for next in moves {
            run.carry_out(next)?;
        }
        run.heal_and_check()?;
    }
}
