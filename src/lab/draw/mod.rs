//! From a seed to a plan.
//!
//! Every part draws from a stream of its own: another number of requests moves no fault.

mod backups;
mod cluster;
mod faults;
mod indexes;
mod topology;
mod workload;

use super::{Bounds, Plan, Step};
use crate::base::{Duration, RandomStream, VirtualTime};
use crate::data::Resolution;
use crate::node::{Interval, QuorumMode};
use crate::sim::ClusterConfig;

/// A run of a hundred in so many is repeated, which takes four times as long.
const REPEATED_PER_HUNDRED: u64 = 3;

/// How the time of a run is laid out.
#[derive(Clone, Copy, Debug)]
struct Layout {
    /// From the first request to the last.
    span: Duration,
    /// In how many bursts the requests come, with long quiet spans between them.
    bursts: u64,
    /// How long a burst is.
    burst: Duration,
}

impl Plan {
    /// The plan of a seed.
    pub fn of_seed(seed: u64, bounds: &Bounds) -> Plan {
        let mut stream = RandomStream::new(seed, "plan");
        let mut config = cluster::draw(seed, bounds);
        let resolution = match one_in_hundred(&mut stream, 40) {
            true => Resolution::Siblings,
            false => Resolution::LastWriterWins,
        };
        let layout = lay_out(&mut stream, &mut config, bounds.ops);
        let losses = losses(&mut stream, &config);
        let has_collections = resolution == Resolution::LastWriterWins
            && one_in_hundred(
                &mut RandomStream::new(seed, "collections"),
                bounds.collections.into(),
            );
        let mut steps = workload::draw(seed, bounds.ops, layout, resolution, has_collections);
        steps.extend(faults::draw(seed, &config, layout, bounds.faults));
        let changes = topology::draw(seed, &config, layout, bounds.changes.into());
        if !changes.is_empty() {
            config.modes.balancer = topology::balancer(seed);
        }
        steps.extend(changes);
        let is_indexed =
            resolution == Resolution::LastWriterWins && indexes::any(seed, bounds.indexes);
        if is_indexed {
            steps.extend(indexes::draw(seed, layout));
        }
        let keeps_past =
            resolution == Resolution::LastWriterWins && backups::any(seed, bounds.backups);
        if keeps_past {
            backups::look_back(seed, &mut steps);
        }
        steps.sort_by_key(|(at, _)| *at);
        let heal_at = VirtualTime::ZERO + layout.span + Duration(stream.below(config.timeout.0));
        // What a table was like is not known where a round may repeat what expired.
        let expires = resolution == Resolution::LastWriterWins
            && !(keeps_past && has_rounds(&steps))
            && one_in_hundred(&mut RandomStream::new(seed, "expiry"), bounds.expiry.into());
        if expires {
            steps.insert(0, (VirtualTime::ZERO, Step::Fault(Plan::expire())));
        }
        if keeps_past {
            steps.insert(0, (VirtualTime::ZERO, Step::Fault(Plan::recover())));
        }
        Plan {
            config,
            resolution,
            is_indexed,
            expires,
            has_collections,
            steps,
            restores_to: keeps_past.then(|| backups::instant(seed)),
            heal_at,
            losses,
            waits_for_collection: one_in_hundred(&mut stream, 25),
            is_repeated: one_in_hundred(&mut stream, REPEATED_PER_HUNDRED),
        }
    }
}

fn has_rounds(steps: &Steps) -> bool {
    steps.iter().any(|(_, step)| match step {
        Step::Ask { asking, .. } => asking.is_by_round(),
        Step::Fault(_) => false,
    })
}

/// How long everything takes, and with it how often nodes work in the background: often enough that
/// much of it happens, and not so often that nothing else does.
fn lay_out(stream: &mut RandomStream, config: &mut ClusterConfig, ops: u32) -> Layout {
    let leg = config.network.typical_us();
    let gap = leg * (1 + stream.below(8)) / 2;
    let work = (gap * u64::from(ops)).max(10 * config.timeout.0);
    let bursts = if one_in_hundred(stream, 20) { 2 + stream.below(3) } else { 1 };
    let burst = Duration(work / bursts);
    let quiet = (bursts - 1) * (8_000_000 + stream.below(14_000_000));
    let span = Duration(work + quiet);
    let mut interval = |least: u64, most: u64| {
        let parts = least + stream.below(most - least);
        Interval(Some(Duration((span.0 / parts).clamp(10_000, 2_000_000))))
    };
    config.modes.gossip = interval(30, 150);
    config.modes.anti_entropy = interval(8, 60);
    if one_in_hundred(stream, 4) {
        config.modes.gossip = Interval::OFF;
    }
    Layout { span, bursts, burst }
}

/// How many nodes at a time may lose their disks: mostly as many as the promises allow.
fn losses(stream: &mut RandomStream, config: &ClusterConfig) -> u16 {
    let promised = match config.modes.quorum {
        QuorumMode::Strict => u16::from(config.w) - 1,
        QuorumMode::Sloppy => 0,
    };
    match stream.below(100) {
        0..65 => promised,
        65..75 => 0,
        _ => 1 + stream.below(u64::from(config.nodes) - 1) as u16,
    }
}

fn one_in_hundred(stream: &mut RandomStream, share: u64) -> bool {
    stream.below(100) < share
}

fn pick<T: Copy>(stream: &mut RandomStream, all: &[T]) -> T {
    all[stream.below(all.len() as u64) as usize]
}

/// The instants of a plan, in steps, for whoever draws them.
type Steps = Vec<(VirtualTime, Step)>;
