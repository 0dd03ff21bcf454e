//! Ring facts as text.

use std::fmt::Write as _;

use crate::base::{hundredths, tenths};
use crate::ring::{Shares, figure8};
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

/// How evenly three placements share the load, with the same metadata (Dynamo paper, figure 8).
pub fn placements() -> String {
    let table = figure8::figure8(1);
    let (nodes, n, draws) = (figure8::S, figure8::N, figure8::DRAWS);
    let mut text = format!(
        "load-balance efficiency (mean load by greatest): S = {nodes} nodes, N = {n}, mean of {draws}\n\
         metadata   strategy 1           strategy 2             strategy 3\n\
         per node   random tokens        the same, equal ranges equal ranges\n"
    );
    for row in &table {
        let (tokens, efficiency) = row.strategy1;
        let (ranges, best) = row.strategy3;
        let strategy2 = row.strategy2.map_or("–".to_owned(), |(tokens, ranges, efficiency)| {
            format!("{}  T={tokens} Q={ranges}", hundredths(efficiency))
        });
        let _ = writeln!(
            text,
            "{:<10} {:<20} {strategy2:<22} {}  Q={ranges}",
            format!("{} B", row.metadata),
            format!("{}  T={tokens}", hundredths(efficiency)),
            hundredths(best)
        );
    }
    let (least, most) = (&table[0], &table[table.len() - 1]);
    let as_even = table.iter().find(|row| row.strategy1.1 >= least.strategy3.1);
    let _ = match as_even {
        Some(row) => writeln!(
            text,
            "as even as strategy 3 with {} B: strategy 1 with {} B, {} times as much",
            least.metadata,
            row.metadata,
            row.metadata / least.metadata
        ),
        None => writeln!(
            text,
            "as even as strategy 3 with {} B: strategy 1 with more than {} B, {} times as much",
            least.metadata,
            most.metadata,
            most.metadata / least.metadata
        ),
    };
    text
}
