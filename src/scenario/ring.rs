//! Ring facts as text.

use std::fmt::Write as _;

use super::parse::parse;
use super::topology::changes;
use crate::base::{Error, NodeId, Result, heap_sort, hundredths, tenths};
use crate::ring::{Basis, Bound, Change, Forecast, PreferenceLists, Wish, figure8};
use crate::sim::{Command, World};
use crate::storage::ItemKey;

/// Every node's share of the ring, and how even they are.
pub fn ring(world: &World) -> String {
    let (lists, basis) = (world.preference_lists(), world.basis());
    let shares = lists.shares();
    let mut text = String::new();
    for status in world.node_statuses() {
        let (node, zone) = (status.node, status.zone);
        let _ = match shares.all_of(node) {
            0.0 => writeln!(text, "{node} in {zone}, owns nothing"),
            all => {
                let (first, all) = (percent(shares.first[node.index()]), percent(all));
                writeln!(text, "{node} in {zone}, owns {first} first, {all} in all")
            }
        };
    }
    let efficiency = hundredths(shares.efficiency(&basis.weights));
    let (ranges, placement) = (lists.ring().vnodes().len(), basis.placement);
    let _ = writeln!(
        text,
        "{ranges} token ranges, placement {placement}; efficiency {efficiency} (mean load by greatest)"
    );
    text
}

fn percent(share: f64) -> String {
    tenths(share * 100.0) + "%"
}

/// What a change would do: how many steps it takes, how much moves, how much must, and how evenly
/// everything is shared afterwards.
///
/// # Errors
/// If the line changes nothing about who owns what, or what it asks for cannot be made.
pub fn plan(world: &World, line: &str) -> Result<String> {
    let wished = changes(world, &parse(line)?.0)?;
    let Some([Command::Wish(Wish::Change(change))]) = wished.as_deref() else {
        return Err(Error::invalid(
            "plan what? A line that changes who owns what, such as: plan 'add'",
        ));
    };
    let forecast = world.forecast(change)?;
    let steps = match forecast.lists.len() - 1 {
        1 => "1 step".to_owned(),
        steps => format!("{steps} steps"),
    };
    let mut text = format!("{}: {steps}\n", forecast.change);
    let _ =
        writeln!(text, "moves {} of all replicas; {}", percent(forecast.moved), must(&forecast));
    let _ = writeln!(text, "{}", counted(world, &forecast));
    let [before, after] = forecast.ends();
    for node in (0..after.ring().node_count()).map(|number| NodeId(number as u16)) {
        let [before, after] = [before, after].map(|lists| lists.shares().all_of(node));
        if before > 0.0 || after > 0.0 {
            let [before, after] = [before, after].map(percent);
            let _ = writeln!(text, "{node} owns {before} in all, then {after}");
        }
    }
    let efficiency = |lists: &PreferenceLists, basis: &Basis| {
        hundredths(lists.shares().efficiency(&basis.weights))
    };
    let (now, then) = (efficiency(before, world.basis()), efficiency(after, &forecast.basis));
    let _ = writeln!(text, "efficiency {now}, then {then}");
    Ok(text)
}

/// How much no plan can save.
fn must(forecast: &Forecast) -> String {
    let share = percent(forecast.bound.share());
    match forecast.bound {
        Bound::FairShare { node, .. } if matches!(forecast.change, Change::Add { .. }) => {
            format!("{node}'s fair share is {share}")
        }
        Bound::FairShare { node, .. } => format!("{node} lacks {share} to its fair share"),
        Bound::Held { node, .. } if matches!(forecast.change, Change::Weigh { .. }) => {
            format!("{node} has {share} more than its fair share")
        }
        Bound::Held { node, .. } => format!("{node} holds {share}, which others must take"),
        Bound::Range { .. } => format!("the range itself is {share}"),
        Bound::Nothing => "none has to".to_owned(),
    }
}

/// How many replicas of the items that there are would move.
fn counted(world: &World, forecast: &Forecast) -> String {
    let live = world.stored().filter(|(_, _, held)| held.live().next().is_some());
    let mut items: Vec<&ItemKey> = live.map(|(_, key, _)| key).collect();
    heap_sort(&mut items, Ord::cmp);
    items.dedup();
    let moves: usize = items.iter().map(|key| forecast.moves_at(key.position)).sum();
    let replicas = items.len() * usize::from(world.basis().n);
    match items.len() {
        0 => "there are no items yet".to_owned(),
        count => format!("that is {moves} of the {replicas} replicas of {count} items"),
    }
}

/// How evenly three placements share the load, with the same metadata (Dynamo paper, figure 8).
pub fn placements() -> String {
    let table = figure8::figure8(1);
    let (nodes, n, draws) = (figure8::S, figure8::N, figure8::DRAWS);
    let mut text = format!(
        "load-balance efficiency: mean load by greatest\n\
         {nodes} nodes, N = {n}, mean of {draws} draws\n\
         metadata  strategy 1  strategy 2  strategy 3\n"
    );
    for row in &table {
        let strategy2 = row.strategy2.map_or("–".to_owned(), |(.., it)| hundredths(it));
        let (strategy1, strategy3) = (hundredths(row.strategy1.1), hundredths(row.strategy3.1));
        let metadata = format!("{} B", row.metadata);
        let _ = writeln!(text, "{metadata:>8}  {strategy1:<12}{strategy2:<12}{strategy3}");
    }
    let (least, most) = (&table[0], &table[table.len() - 1]);
    let _ = writeln!(
        text,
        "1: {} to {} random tokens a node; 3: {} to {} equal ranges in all",
        least.strategy1.0, most.strategy1.0, least.strategy3.0, most.strategy3.0
    );
    let as_even = table.iter().find(|row| row.strategy1.1 >= least.strategy3.1);
    let (than, row) = as_even.map_or(("more than ", most), |row| ("", row));
    let _ = writeln!(
        text,
        "to be as even as 3 with {} B, 1 takes {than}{} B: {} times as much",
        least.metadata,
        row.metadata,
        row.metadata / least.metadata
    );
    text
}
