//! Every deliberate mistake is caught by an invariant, and without it the same runs pass.

use super::*;
use crate::base::{Mutation, with_mutation};

#[test]
fn explore() {
    std::panic::set_hook(Box::new(|_| {}));
    for mutation in Mutation::ALL {
        let bounds = Bounds { ops: 150, ..Bounds::default() };
        let mut found = std::collections::BTreeMap::new();
        let mut first = None;
        for seed in 0..1500 {
            let mut plan = Plan::of_seed(seed, &bounds);
            plan.is_repeated = false;
            if let Err(v) = with_mutation(mutation, || run(&plan)).verdict {
                *found.entry(v.invariant.to_string()).or_insert(0) += 1;
                first.get_or_insert((seed, v.to_string(), plan.config.to_string()));
            }
        }
        println!("{mutation:?}: {found:?} {first:?}");
    }
}
