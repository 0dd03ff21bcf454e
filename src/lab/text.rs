//! Plans as scenario files.

use std::fmt::Write as _;

use super::run::traced;
use super::{Plan, Step, Violation};
use crate::scenario::session_log;

/// What happens in a plan, as a scenario with every context written out; it ends where the plan's
/// checks found a violation, if they did. `violation` is told in a comment.
pub fn to_scenario(plan: &Plan, violation: Option<&Violation>) -> String {
    let mut text = String::new();
    if let Some(violation) = violation {
        let _ = writeln!(text, "# {violation}");
    }
    let Some(world) = traced(plan) else {
        let _ = writeln!(text, "# The engine panics, so that only the plan can be told.");
        for (at, step) in &plan.steps {
            let _ = writeln!(text, "# {at} {step}");
        }
        let _ = writeln!(text, "{}", plan.config);
        return text;
    };
    text += &session_log(&world);
    for key in asked_keys(plan) {
        let _ = writeln!(text, "replicas T {}", plan.key(key).key());
    }
    text + "hints\nnodes\n"
}

fn asked_keys(plan: &Plan) -> Vec<u8> {
    let key = |step: &Step| match step {
        Step::Ask { key, .. } => Some(*key),
        Step::Fault(_) => None,
    };
    let mut keys: Vec<u8> = plan.steps.iter().filter_map(|(_, step)| key(step)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Step::Ask { client, key, asking } => {
                write!(f, "{client}: {asking:?} {}", Plan::name(*key))
            }
            Step::Fault(command) => command.fmt(f),
        }
    }
}
