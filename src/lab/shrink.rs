//! From a plan that fails to a short one that fails in the same way.

use super::{Plan, Step, Violation, run};
use crate::base::{ClientId, VirtualTime};
use crate::node::{Modes, ReadRepair, Switch};
use crate::sim::{Command, NetworkPreset, Routing};

/// How many plans are tried at most.
const TRIALS: u32 = 3_000;

/// Leaves out of a plan what is not needed for it to violate the same invariant: steps by delta
/// debugging (Zeller and Hildebrandt 2002), first many at a time, then one by one; then what the
/// configuration has beyond the least.
pub fn shrink(plan: &Plan, violation: &Violation) -> Plan {
    let mut shrinker = Shrinker { violation, trials: 0, best: plan.clone() };
    shrinker.best.is_repeated = violation.invariant.needs_repetition();
    if !shrinker.fails(&shrinker.best.clone()) {
        return plan.clone();
    }
    loop {
        let before = (shrinker.best.clone(), shrinker.best.steps.len());
        shrinker.leave_out_steps();
        shrinker.simplify();
        if shrinker.best == before.0 || shrinker.trials >= TRIALS {
            return shrinker.best;
        }
    }
}

struct Shrinker<'a> {
    violation: &'a Violation,
    trials: u32,
    best: Plan,
}

impl Shrinker<'_> {
    fn fails(&mut self, plan: &Plan) -> bool {
        self.trials += 1;
        let verdict = run(plan).verdict;
        verdict.is_err_and(|found| found.invariant == self.violation.invariant)
    }

    /// Takes a plan over if it still fails.
    fn try_plan(&mut self, plan: Plan) -> bool {
        let is_better = plan != self.best && self.trials < TRIALS && self.fails(&plan);
        if is_better {
            self.best = plan;
        }
        is_better
    }

    fn leave_out_steps(&mut self) {
        let mut size = self.best.steps.len().div_ceil(2);
        while size > 0 {
            // From the end: what comes late is often not needed at all.
            let mut end = self.best.steps.len();
            while end > 0 && self.trials < TRIALS {
                let begin = end.saturating_sub(size);
                let mut plan = self.best.clone();
                plan.steps.drain(begin..end);
                self.try_plan(plan);
                end = begin;
            }
            size = if size == 1 { 0 } else { size.div_ceil(2) };
        }
    }

    fn simplify(&mut self) {
        let edits: [fn(&mut Plan); 14] = [
            |plan| plan.heal_at = plan.steps.last().map_or(VirtualTime::ZERO, |(at, _)| *at),
            |plan| plan.waits_for_collection = false,
            |plan| plan.config.modes.collection = Switch::Off,
            |plan| plan.config.modes.repair = ReadRepair::Off,
            |plan| plan.config.modes.timestamps = Modes::default().timestamps,
            |plan| plan.config.network = NetworkPreset::Ideal,
            |plan| plan.config.network = NetworkPreset::Lan,
            |plan| plan.config.routing = Routing::TokenAware,
            |plan| plan.config.vnodes = 1,
            |plan| plan.config.nodes = (plan.config.nodes - 1).max(plan.config.n.into()),
            |plan| plan.config.seed = 1,
            |plan| plan.steps.iter_mut().for_each(|(_, step)| step.be_of_one_client()),
            |plan| plan.steps.iter_mut().for_each(|(_, step)| step.be_unscheduled()),
            |plan| plan.steps.sort_by_key(|(at, _)| *at),
        ];
        for edit in edits {
            let mut plan = self.best.clone();
            edit(&mut plan);
            self.try_plan(plan);
        }
    }
}

impl Step {
    fn be_of_one_client(&mut self) {
        if let Step::Ask { client, .. } = self {
            *client = ClientId(0);
        }
    }

    fn be_unscheduled(&mut self) {
        if let Step::Fault(Command::Schedule { command, .. }) = self {
            *self = Step::Fault((**command).clone());
        }
    }
}
