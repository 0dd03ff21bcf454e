//! The engine's figures, natively, on one core: one JSON line a row on the standard output.
//!
//! `cargo bench --bench engine -- [ROW…]` measures the rows named, or all. Each value is the median
//! of several runs, with the least and the greatest beside it. Wall time is read here and nowhere
//! in the engine.

#![expect(clippy::disallowed_types, reason = "what is measured here is wall time")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering};
use std::time::Instant;

use ringscope::base::{Duration, NodeId, RandomStream};
use ringscope::lab::{Bounds, Plan, run};
use ringscope::ring::{
    Basis, Change, Forecast, Placement, PreferenceLists, Ring, Token, Weight, Zone,
};
use ringscope::sim::{Command, Exponent, Keys, Routing, Workload};

#[path = "balance/mod.rs"]
mod balance;
#[path = "tables/mod.rs"]
mod tables;
#[path = "workload/mod.rs"]
mod workload;

use workload::{put_all, requests, world};

const PUTS: usize = 200_000;
const ITEMS: usize = 100_000;
const RUNS: usize = 5;
/// Runs of the campaign that is timed.
const CAMPAIGN: u64 = 1_000;

fn main() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    type Row = (&'static str, &'static str, fn(u64) -> f64);
    let rows: [Row; 15] = [
        ("engine.put.native", "puts/s", |_| puts_per_second(Routing::RoundRobin)),
        ("engine.put.native.token-aware", "puts/s", |_| puts_per_second(Routing::TokenAware)),
        ("engine.bytes_per_item", "bytes", |_| bytes_per_item()),
        ("ring.preference_list", "ns", |_| preference_list_ns()),
        ("ring.equal_share", "%", |_| equal_share(&joined())),
        ("ring.equal_moved", "%", |_| equal_moved(&joined())),
        ("balance.hottest", "× mean", balance::hottest_of_mean),
        ("balance.moved", "× offline", balance::moved_of_offline),
        ("campaign.rate", "runs/min", |_| campaign_rate()),
        ("workload.rate.native", "requests/s", |_| workload_requests_per_second()),
        ("expression.parse", "ns", |_| tables::expression_parse_ns()),
        ("expression.evaluate", "ns", |_| tables::expression_evaluate_ns()),
        ("query.100_items", "µs", |_| tables::query_us()),
        ("index.put.none", "puts/s", |_| tables::indexed_puts_per_second(0)),
        ("index.put.two", "puts/s", |_| tables::indexed_puts_per_second(2)),
    ];
    for (row, unit, measure) in rows {
        if wanted.is_empty() || wanted.iter().any(|name| name == row) {
            report(row, unit, measure);
        }
    }
}

/// Measures a row; the runs are numbered, for rows that make something else each time.
fn report(row: &str, unit: &str, measure: fn(u64) -> f64) {
    let mut values: Vec<f64> = (0..RUNS as u64).map(measure).collect();
    values.sort_by(f64::total_cmp);
    let [least, median, greatest] = [values[0], values[RUNS / 2], values[RUNS - 1]]
        .map(|value| (value * 100.0).round() / 100.0);
    let spread = [least, greatest];
    println!(
        "{}",
        serde_json::json!({"row": row, "value": median, "unit": unit, "spread": spread})
    );
}

/// Quorum puts per second of wall time: five nodes on `lan`, N = 3, W = 2, every message through the
/// simulated network, no trace, all keys distinct. A closed loop keeps 64 requests without an
/// answer. The requests are made beforehand: making them is the client's work.
fn puts_per_second(routing: Routing) -> f64 {
    let requests = requests(PUTS);
    let mut world = world(routing);
    let begin = Instant::now();
    put_all(&mut world, requests);
    PUTS as f64 / begin.elapsed().as_secs_f64()
}

/// Memory that the world holds for each stored item and replica, commit log included.
fn bytes_per_item() -> f64 {
    COUNTING.store(true, Ordering::Relaxed);
    let before = ALLOCATED.load(Ordering::Relaxed);
    let mut world = world(Routing::RoundRobin);
    put_all(&mut world, requests(ITEMS));
    let held = ALLOCATED.load(Ordering::Relaxed) - before;
    COUNTING.store(false, Ordering::Relaxed);
    let replicas: usize = world.node_statuses().iter().map(|status| status.items).sum();
    assert_eq!(replicas, 3 * ITEMS, "every owner has every item");
    held as f64 / replicas as f64
}

/// Nanoseconds for the preference list (N = 3) of a known token on a ring of 100 nodes with 256
/// vnodes each.
fn preference_list_ns() -> f64 {
    let lists = PreferenceLists::new(Ring::with_random_tokens(vec![Zone(0); 100], 256), 3);
    let mut stream = RandomStream::new(1, "bench");
    let tokens: Vec<Token> = (0..4_096)
        .map(|_| Token(u128::from(stream.next_u64()) << 64 | u128::from(stream.next_u64())))
        .collect();
    let rounds = 500;
    let begin = Instant::now();
    for _ in 0..rounds {
        for token in &tokens {
            black_box(lists.at(black_box(*token)));
        }
    }
    begin.elapsed().as_secs_f64() * 1e9 / (rounds * tokens.len()) as f64
}

/// What it would do if one node joined ten with 16 vnodes each under equal ranges, N = 3.
fn joined() -> Forecast {
    let basis = Basis::new(3, Placement::EqualRanges, 16, vec![Zone(0); 10]);
    let add = Change::Add { node: NodeId(10), zone: Zone(0), weight: Weight::ONE };
    Forecast::of(&basis.first_ring(), &basis, &add).expect("there are ranges for it")
}

/// How much the node that joined owns, as one of the N owners, in percent of its fair share.
fn equal_share(forecast: &Forecast) -> f64 {
    let [_, after] = forecast.ends();
    after.shares().all_of(NodeId(10)) / (3.0 / 11.0) * 100.0
}

/// Which part of all replicas moved elsewhere than to the node that joined, in percent.
fn equal_moved(forecast: &Forecast) -> f64 {
    let [_, after] = forecast.ends();
    (forecast.moved - after.shares().all_of(NodeId(10)) / 3.0).abs() * 100.0
}

/// Runs of a campaign per minute, on one core: 500 requests and at least 5 faults each, over the
/// usual spread of configurations, checked and healed.
fn campaign_rate() -> f64 {
    let seeds = 0..CAMPAIGN;
    let begin = Instant::now();
    for seed in seeds {
        let outcome = run(&Plan::of_seed(seed, &Bounds::default()));
        assert_eq!(outcome.verdict, Ok(()), "seed {seed}");
    }
    CAMPAIGN as f64 * 60.0 / begin.elapsed().as_secs_f64()
}

/// Requests per second of wall time, of a workload that asks 20,000 times per second of virtual time,
/// for few items most: the cluster is that of the quorum puts, and half of the requests are reads.
fn workload_requests_per_second() -> f64 {
    let mut world = world(Routing::RoundRobin);
    let load = Workload {
        rate: 20_000,
        reads: 50,
        keys: Keys::Zipf(Exponent::USUAL),
        ..Workload::of("Load".parse().expect("a name"))
    };
    let begin = Instant::now();
    world.apply(Command::StartWorkload(load)).expect("it can run");
    world.run_for(Duration::from_ms(5_000));
    let asked = world.workloads()[0].asked;
    asked as f64 / begin.elapsed().as_secs_f64()
}

/// The system's allocator, which counts bytes while it is asked to.
struct Counting;

static COUNTING: AtomicBool = AtomicBool::new(false);
static ALLOCATED: AtomicIsize = AtomicIsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

impl Counting {
    fn count(bytes: isize) {
        if COUNTING.load(Ordering::Relaxed) {
            ALLOCATED.fetch_add(bytes, Ordering::Relaxed);
        }
    }
}

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size() as isize);
        // SAFETY: as for this function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        Self::count(-(layout.size() as isize));
        // SAFETY: as for this function.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        Self::count(new_size as isize - layout.size() as isize);
        // SAFETY: as for this function.
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}
