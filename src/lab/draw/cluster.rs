//! The configuration of a run.

use super::{one_in_hundred, pick};
use crate::base::{Duration, RandomStream};
use crate::lab::Bounds;
use crate::node::{Modes, QuorumMode, ReadRepair, Switch, Timestamps};
use crate::ring::Placement;
use crate::sim::{ClusterConfig, NetworkPreset, Routing};

/// A configuration from a broad spread, but for the intervals of work in the background.
pub(super) fn draw(seed: u64, bounds: &Bounds) -> ClusterConfig {
    let mut stream = RandomStream::new(seed, "cluster");
    let least = bounds.n.into_iter().chain(bounds.r).chain(bounds.w).max().unwrap_or(1);
    let nodes = 3 + stream.below(5) as u16;
    let nodes = bounds.nodes.unwrap_or(nodes.max(least.into()));
    let n = pick(&mut stream, &[1, 2, 3, 3, 3, 3, 4, 5]).max(least);
    let n = bounds.n.unwrap_or(n).min(u8::try_from(nodes).unwrap_or(u8::MAX));
    let (r, w) = quorums(&mut stream, n);
    let network = pick(&mut stream, &NetworkPreset::ALL);
    let network = bounds.network.unwrap_or(network);
    let routing = pick(&mut stream, &[Routing::RoundRobin, Routing::TokenAware]);
    ClusterConfig {
        nodes,
        vnodes: 1 + stream.below(8) as u16,
        placement: placement(seed),
        n,
        r: bounds.r.unwrap_or(r).min(n),
        w: bounds.w.unwrap_or(w).min(n),
        seed,
        network,
        routing,
        timeout: timeout(&mut stream, network),
        modes: modes(&mut stream),
    }
}

/// Mostly random tokens.
fn placement(seed: u64) -> Placement {
    match one_in_hundred(&mut RandomStream::new(seed, "placement"), 25) {
        true => Placement::EqualRanges,
        false => Placement::RandomTokens,
    }
}

/// R and W, most of the time so that they overlap.
fn quorums(stream: &mut RandomStream, n: u8) -> (u8, u8) {
    let below = |stream: &mut RandomStream, bound: u8| stream.below(bound.into()) as u8;
    let w = 1 + below(stream, n);
    let r = match one_in_hundred(stream, 75) {
        // From N + 1 − W to N.
        true => n + 1 - w + below(stream, w),
        false => 1 + below(stream, n),
    };
    (r, w)
}

/// A timeout that is short for this network: some requests run into it without any fault.
fn timeout(stream: &mut RandomStream, network: NetworkPreset) -> Duration {
    let (least, most) = match network {
        NetworkPreset::Ideal => (5_000, 30_000),
        NetworkPreset::Lan => (2_000, 15_000),
        NetworkPreset::Wan => (200_000, 900_000),
        NetworkPreset::LnkdSsd => (3_000, 15_000),
        NetworkPreset::LnkdDisk => (10_000, 60_000),
        NetworkPreset::Ymmr => (50_000, 900_000),
    };
    Duration(least + stream.below(most - least))
}

fn modes(stream: &mut RandomStream) -> Modes {
    let quorum = match one_in_hundred(stream, 30) {
        true => QuorumMode::Sloppy,
        false => QuorumMode::Strict,
    };
    let off = |stream: &mut RandomStream, share| match one_in_hundred(stream, share) {
        true => Switch::Off,
        false => Switch::On,
    };
    let (handoff, collection) = (off(stream, 20), off(stream, 15));
    Modes {
        quorum,
        handoff: if quorum == QuorumMode::Sloppy { Switch::On } else { handoff },
        repair: pick(stream, ReadRepair::ALL),
        timestamps: pick(stream, Timestamps::ALL),
        collection,
        ..Modes::default()
    }
}
