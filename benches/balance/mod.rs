//! How well, and how cheaply, the balancer evens out a skewed load: on a model of the cluster in
//! which each change takes a moment, against a plan made offline.
//!
//! ```text
//!   requests ──▶ meters of the owners ──▶ reports ──▶ decision ──▶ one change ──▶ the ring
//!   (drawn)                                                                 (10 s later)
//! ```
//!
//! The balancer knows only what was counted; what comes of it is computed from the probabilities
//! of all keys.

mod offline;

use ringscope::balancer::{
    Balancer, Change, Load, Meter, OfMean, Picture, Place, Policy, RangeLoad, Reason, Report,
    Reports, Trial, hottest,
};
use ringscope::base::{NodeId, RandomStream, VirtualTime};
use ringscope::data::{Key, TableName};
use ringscope::ring::{PreferenceLists, Ring, Vnode, Weight, Zone};
use ringscope::storage::ItemKey;

const NODES: u16 = 10;
const VNODES: u32 = 32;
const WEIGHTS: [Weight; NODES as usize] = [Weight::ONE; NODES as usize];
const N: usize = 3;
const ITEMS: usize = 10_000;
const ITEM_BYTES: u64 = 100;
const EXPONENT: f64 = 0.99;
/// Requests per second.
const RATE: usize = 2_000;
/// Seconds from one look at the load to the next, and from one change to the next look.
const LOOK_S: u64 = 5;
const CHANGE_S: u64 = 10;
const LONGEST_S: u64 = 600;

/// The node that bears most after balancing, against the mean.
pub fn hottest_of_mean(seed: u64) -> f64 {
    Course::of(seed).hottest().0 as f64 / 1_000.0
}

/// The bytes that were moved, against those of the plan made offline that brings the hottest node as
/// far down.
pub fn moved_of_offline(seed: u64) -> f64 {
    let course = Course::of(seed);
    course.moved as f64 / offline::bytes(&course.before, course.hottest(), seed) as f64
}

/// The cluster of a seed, by the probabilities of its keys, before and after it was balanced.
struct Course {
    before: Trial,
    after: Trial,
    moved: u64,
}

impl Course {
    /// Serves requests until the balancer has rested for five looks.
    fn of(seed: u64) -> Self {
        let keys = Keys::new(seed);
        let mut cluster = Cluster::new(seed);
        cluster.own(&keys);
        let before = keys.exact(&cluster.lists);
        let (mut moved, mut rests) = (0, 0);
        while rests < 5 && cluster.now_s < LONGEST_S {
            cluster.serve(&keys, LOOK_S);
            match cluster.look() {
                Some((change, bytes)) => {
                    moved += bytes;
                    cluster.serve(&keys, CHANGE_S);
                    cluster.make(change, &keys);
                    rests = 0;
                }
                None => rests += 1,
            }
        }
        Self { before, after: keys.exact(&cluster.lists), moved }
    }

    fn hottest(&self) -> OfMean {
        hottest(&self.after, &[]).expect("there are nodes").1
    }
}

/// The items of a table, the hottest first, and how often each is asked for.
struct Keys {
    keys: Vec<ItemKey>,
    /// The probability of this key or a hotter one.
    up_to: Vec<f64>,
}

impl Keys {
    fn new(seed: u64) -> Self {
        let table: TableName = format!("Load{seed}").parse().expect("a name");
        let key = |rank| Key::from_text(&format!("k{rank:05}")).expect("a short key");
        let keys = (0..ITEMS).map(|rank| ItemKey::new(table.clone(), key(rank))).collect();
        let weights: Vec<f64> = (1..=ITEMS).map(|rank| libm::pow(rank as f64, -EXPONENT)).collect();
        let all: f64 = weights.iter().sum();
        let up_to = weights.iter().scan(0.0, |sum, weight| {
            *sum += weight / all;
            Some(*sum)
        });
        Self { keys, up_to: up_to.collect() }
    }

    fn draw(&self, stream: &mut RandomStream) -> &ItemKey {
        let draw = stream.unit();
        &self.keys[self.up_to.partition_point(|up_to| *up_to < draw).min(ITEMS - 1)]
    }

    /// What every node bears, by the probabilities of the keys.
    fn exact(&self, lists: &PreferenceLists) -> Trial {
        let ring = lists.ring();
        let mut loads = vec![RangeLoad::default(); ring.vnodes().len()];
        let mut before = 0.0;
        for (key, up_to) in self.keys.iter().zip(&self.up_to) {
            let reads = ((up_to - before) * 1e9) as u64;
            // Where inside of the range it lies matters to nobody who does not split.
            loads[ring.successor(key.position)].parts[0] +=
                Load { bytes: ITEM_BYTES, reads, writes: 0 };
            before = *up_to;
        }
        Trial::new(lists, &loads, &WEIGHTS, Policy::Throughput)
    }
}

/// A cluster that does nothing but meter and balance.
struct Cluster {
    lists: PreferenceLists,
    meters: Vec<Meter>,
    balancer: Balancer,
    requests: RandomStream,
    now_s: u64,
}

impl Cluster {
    fn new(seed: u64) -> Self {
        let ring = Ring::with_random_tokens(vec![Zone(0); usize::from(NODES)], VNODES);
        let requests = RandomStream::new(seed, "workload");
        let meters = (0..NODES).map(|_| Meter::new(VirtualTime::ZERO)).collect();
        let (lists, balancer) = (PreferenceLists::new(ring, N), Balancer::default());
        Self { lists, meters, balancer, requests, now_s: 0 }
    }

    /// Lets every node meter what it owns, and count what it holds.
    fn own(&mut self, keys: &Keys) {
        let (now, lists) = (self.now(0), &self.lists);
        let ring = lists.ring();
        for (node, meter) in (0..NODES).map(NodeId).zip(&mut self.meters) {
            let all = (0..ring.vnodes().len()).filter(|it| lists.of_range(*it).contains(&node));
            let new = meter.own(now, all.map(|index| ring.range(index)));
            for key in &keys.keys {
                let range = ring.range(ring.successor(key.position));
                if new.contains(&range) {
                    meter.stored(now, Place { range, key }, 0, ITEM_BYTES);
                }
            }
        }
    }

    /// Serves requests for some seconds: nine reads of ten.
    fn serve(&mut self, keys: &Keys, seconds: u64) {
        for _ in 0..seconds {
            for request in 0..RATE {
                let now = self.now(1_000_000 * request as u64 / RATE as u64);
                let key = keys.draw(&mut self.requests);
                let range = self.lists.ring().successor(key.position);
                let place = Place { range: self.lists.ring().range(range), key };
                for owner in self.lists.of_range(range) {
                    let meter = &mut self.meters[owner.index()];
                    match request % 10 {
                        0 => meter.write(now, place, ITEM_BYTES),
                        _ => meter.read(now, place, ITEM_BYTES),
                    }
                }
            }
            self.now_s += 1;
        }
    }

    fn now(&self, us: u64) -> VirtualTime {
        VirtualTime(self.now_s * 1_000_000 + us)
    }

    /// What the balancer wants done first, and how many bytes that moves.
    fn look(&mut self) -> Option<(Change, u64)> {
        let now = self.now(0);
        let mut reports = Reports::default();
        for (number, meter) in (0..NODES).zip(&mut self.meters) {
            reports.merge(NodeId(number), Report { at: now, ranges: meter.report(now) });
        }
        let loads = reports.by_range(self.lists.ring());
        let decision = self.balancer.decide(&Picture {
            now,
            policy: Policy::Throughput,
            lists: &self.lists,
            loads: &loads,
            weights: &WEIGHTS,
            closed: &[],
        });
        let step = decision.steps.first().filter(|_| decision.reason == Reason::Acts)?;
        Some((step.change, step.bytes))
    }

    fn make(&mut self, change: Change, keys: &Keys) {
        self.balancer.made(self.now(0), change);
        let ring = self.lists.ring();
        let mut vnodes = ring.vnodes().to_vec();
        match change {
            Change::Move { token, to } => vnodes[ring.successor(token)].node = to,
            Change::Split { at, to, .. } => vnodes.push(Vnode { token: at, node: to }),
        }
        self.lists = PreferenceLists::new(Ring::new(vnodes, ring.zones().to_vec()), N);
        self.own(keys);
    }
}
