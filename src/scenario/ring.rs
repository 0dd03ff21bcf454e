//! Ring facts as text.

use std::fmt::Write as _;

use crate::base::{hundredths, tenths};
use crate::ring::Shares;
use crate::sim::World;

/// Every node's share of the ring, and how even they are.
pub fn ring(world: &World) -> String {
    let (lists, basis) = (world.preference_lists(), world.basis());
    let mut text = String::new();
    for status in world.node_statuses() {
        let (node, zone) = (status.node, status.zone);
        let _ = writeln!(text, "{node} in {zone}, {}", owned(lists.shares(), node.index()));
    }
    let efficiency = hundredths(lists.shares().efficiency(&basis.weights));
    let _ = writeln!(
        text,
        "{} token ranges, placement {}; efficiency {efficiency} (mean load by greatest)",
        lists.ring().vnodes().len(),
        basis.placement
    );
    text
}

/// How much a node owns: as the first owner, and as any of the N.
fn owned(shares: &Shares, node: usize) -> String {
    match shares.any[node] > 0.0 {
        true => format!(
            "owns {}% first, {}% in all",
            tenths(shares.first[node] * 100.0),
            tenths(shares.any[node] * 100.0)
        ),
        false => "owns nothing".to_owned(),
    }
}
