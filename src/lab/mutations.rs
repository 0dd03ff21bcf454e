//! Every deliberate mistake is caught by an invariant, and without it the same runs pass.

use super::*;
use crate::base::{Duration, Mutation, NodeId, VirtualTime, with_mutation};
use crate::data::Resolution;
use crate::node::{Interval, QuorumMode, ReadRepair, Timestamps};
use crate::sim::{Command, LinkFault};

fn adapt(mutation: Mutation, plan: &mut Plan) {
    let modes = &mut plan.config.modes;
    plan.is_repeated = false;
    match mutation {
        Mutation::RepairNotAwaited | Mutation::StampsNotSurpassed | Mutation::RepairCountsStale => {
            plan.resolution = Resolution::LastWriterWins;
            (modes.quorum, modes.repair) = (QuorumMode::Strict, ReadRepair::Blocking);
            modes.timestamps = Timestamps::Quorum;
            (plan.config.r, plan.config.w) = (2, 2);
        }
        Mutation::HintDroppedAfterOneTry | Mutation::HintAckedBeforeDurable => {
            modes.quorum = QuorumMode::Sloppy;
            modes.handoff = crate::node::Switch::On;
            (plan.config.r, plan.config.w) = (1, 1);
            plan.losses = 0;
        }
        Mutation::RebuiltFromOne | Mutation::VotesBeforeRebuild => {
            modes.quorum = QuorumMode::Strict;
            (plan.config.r, plan.config.w) = (2, 2);
            plan.losses = 1;
        }
        _ => {}
    }
}

#[test]
fn explore() {
    std::panic::set_hook(Box::new(|_| {}));
    for (mutation, n) in [
        (Mutation::RepairCountsStale, Some(3)),
        (Mutation::RepairNotAwaited, Some(3)),
        (Mutation::RebuiltFromOne, Some(3)),
        (Mutation::HintDroppedAfterOneTry, Some(1)),
        (Mutation::HintAckedBeforeDurable, Some(1)),
        (Mutation::HintCountsInStrict, Some(3)),
        (Mutation::VotesBeforeRebuild, Some(3)),
    ] {
        let bounds = Bounds { ops: 150, faults: 25, n, ..Bounds::default() };
        let mut found = std::collections::BTreeMap::new();
        let mut first = None;
        for seed in 0..600 {
            let mut plan = Plan::of_seed(seed, &bounds);
            adapt(mutation, &mut plan);
            if let Err(v) = with_mutation(mutation, || run(&plan)).verdict {
                *found.entry(v.invariant.to_string()).or_insert(0) += 1;
                first.get_or_insert((seed, v.to_string(), plan.config.to_string()));
            }
            if let Err(v) = run(&plan).verdict {
                println!("plain {seed} {v} {}", plan.config);
            }
        }
        println!("{mutation:?}: {found:?} {first:?}");
    }
}
