//! Changes of the topology, while everything else goes wrong.

use super::{Layout, Steps, one_in_hundred, pick};
use crate::balancer::Policy;
use crate::base::{Duration, NodeId, RandomStream, VirtualTime};
use crate::lab::Step;
use crate::ring::{Change, Token, Weight, Wish, Zone};
use crate::sim::{ClusterConfig, Command};

/// A few changes at random instants; most make sense when their time comes.
pub(super) fn draw(seed: u64, config: &ClusterConfig, layout: Layout, share: u64) -> Steps {
    let mut stream = RandomStream::new(seed, "topology");
    let mut steps = Steps::new();
    if !one_in_hundred(&mut stream, share) {
        return steps;
    }
    for _ in 0..1 + stream.below(4) {
        let at = VirtualTime(stream.below(layout.span.0.max(1)));
        let wish = wish(&mut stream, config);
        if let Wish::Change(Change::Replace { node, .. }) = wish {
            steps.push((at, Step::Fault(Command::Crash(node))));
        }
        if one_in_hundred(&mut stream, 10) {
            let at = at + Duration(stream.below(4 * config.timeout.0));
            steps.push((at, Step::Fault(Command::Wish(Wish::Cancel))));
        }
        let wish = Command::Wish(wish);
        match one_in_hundred(&mut stream, 10) {
            true => {
                let given_at = VirtualTime(stream.below(at.0 + 1));
                let command = Box::new(wish);
                steps.push((given_at, Step::Fault(Command::Schedule { at, command })));
            }
            false => steps.push((at, Step::Fault(wish))),
        }
    }
    steps
}

/// Often somebody evens out the load beside them.
pub(super) fn balancer(seed: u64) -> Policy {
    let mut stream = RandomStream::new(seed, "balancer");
    match one_in_hundred(&mut stream, 40) {
        true => pick(&mut stream, &[Policy::Throughput, Policy::Throughput, Policy::Storage]),
        false => Policy::Off,
    }
}

fn wish(stream: &mut RandomStream, config: &ClusterConfig) -> Wish {
    // Also those that may have come meanwhile.
    let node = NodeId(stream.below(u64::from(config.nodes) + 2) as u16);
    let to = NodeId(stream.below(u64::from(config.nodes) + 2) as u16);
    // The world gives them their number and their zone.
    let (new, zone) = (NodeId(config.nodes), Zone::default());
    let weight = pick(stream, &[Weight(5), Weight(10), Weight(10), Weight(20)]);
    let owner = NodeId(stream.below(config.nodes.into()) as u16);
    let token = Token::of_vnode(owner, stream.below(config.vnodes.into()) as u32);
    Wish::Change(match stream.below(100) {
        0..25 => Change::Add { node: new, zone, weight },
        25..45 => Change::Remove { node },
        45..60 => Change::Replace { node, by: new, zone },
        60..70 => Change::Weigh { node, weight },
        70..77 => Change::Vnodes { count: 1 + stream.below(8) as u16 },
        77..85 => Change::Move { token, to },
        85..90 => Change::Split { token, at: Token(token.0.wrapping_sub(1 << 120)), to },
        _ => return Wish::Cancel,
    })
}
