//! From lines about workloads to commands of the world, and what comes of them.

use std::fmt::Write as _;

use super::interpret::undeclared;
use super::log::command_line;
use super::{Line, Term};
use crate::base::{Duration, Error, NodeId, Result, hundredths, tenths};
use crate::data::TableName;
use crate::sim::{Command, Exponent, HotSet, KeyPattern, Keys, Workload, World};
use crate::travel::{History, Slot};

/// The table of a workload that names none.
const TABLE: &str = "Load";

/// The commands that a `workload` line asks for.
pub(super) fn workload(world: &World, line: &Line) -> Result<Vec<Command>> {
    let Line::Workload { term, which, rate, reads, items, size, table, clients, .. } = line else {
        return Ok(Vec::new());
    };
    let span = match term {
        Some(Term::Stop) => {
            return match names_anything(line) {
                true => Err(Error::invalid("stop a workload, or begin one? Give stop alone")),
                false => Ok(vec![Command::StopWorkload(*which)]),
            };
        }
        Some(Term::For(span)) => Some(*span),
        None => None,
    };
    if let Some(id) = which {
        return Err(Error::invalid(format!(
            "{id} is a name that workloads are given: it belongs after stop, as in workload stop {id}"
        )));
    }
    let name = TableName::new(table.as_deref().unwrap_or(TABLE))?;
    let mut commands = Vec::new();
    if world.table(&name).is_none() {
        commands.push(Command::DefineTable(undeclared(name.as_str())?));
    }
    let usual = Workload::of(name);
    commands.push(Command::StartWorkload(Workload {
        span,
        rate: rate.unwrap_or(usual.rate),
        reads: reads.unwrap_or(usual.reads),
        items: items.unwrap_or(usual.items),
        keys: keys(line)?,
        size: size.unwrap_or(usual.size),
        clients: clients.unwrap_or(usual.clients),
        ..usual
    }));
    Ok(commands)
}

/// Whether a line says what a workload is to be like.
fn names_anything(line: &Line) -> bool {
    let Line::Workload { rate, reads, items, keys, exponent, hot, size, table, clients, .. } = line
    else {
        return false;
    };
    let numbers = [*rate, reads.map(u32::from), *items, *size, clients.map(u32::from)];
    numbers.iter().any(Option::is_some)
        || keys.is_some()
        || exponent.is_some()
        || hot.is_some()
        || table.is_some()
}

/// Which items it wants: what belongs to one pattern alone names that pattern too.
fn keys(line: &Line) -> Result<Keys> {
    let Line::Workload { keys, exponent, hot, .. } = *line else { return Ok(Keys::Uniform) };
    match (keys, exponent, hot) {
        (None, None, None) | (Some(KeyPattern::Uniform), None, None) => Ok(Keys::Uniform),
        (Some(KeyPattern::Sequential), None, None) => Ok(Keys::Sequential),
        (None | Some(KeyPattern::Zipf), exponent, None) => {
            Ok(Keys::Zipf(exponent.unwrap_or(Exponent::USUAL)))
        }
        (None | Some(KeyPattern::HotSet), None, hot) => {
            Ok(Keys::HotSet(hot.unwrap_or(HotSet::USUAL)))
        }
        _ => Err(Error::invalid("exponent= belongs to keys=zipf, and hot= to keys=hot-set")),
    }
}

/// The workloads that go on, and what came of all requests in the last second.
pub(super) fn workloads(history: &History) -> String {
    let mut text = String::new();
    let world = history.world();
    for running in world.workloads() {
        let line = command_line(&Command::StartWorkload(running.workload.clone()));
        let _ = writeln!(
            text,
            "{} since {}, {} asked: {line}",
            running.id, running.since, running.asked
        );
    }
    if text.is_empty() {
        text += "no workloads\n";
    }
    let activity = history.metrics().activity();
    let (Slot { asked, latency, failed, served }, span) = activity.of_late(world.now());
    if asked == 0 && latency.total() == 0 && failed == 0 {
        return text;
    }
    let done = latency.total();
    let span = Duration::from_ms(span.0 / 1_000);
    let _ = writeln!(text, "in the last {span}: {asked} asked, {done} done, {failed} failed");
    if let Some((half, most)) = latency.permille(500).zip(latency.permille(990)) {
        let _ = writeln!(text, "latency: p50 {half}, p99 {most}");
    }
    let all = served.iter().sum::<u32>().max(1);
    for (number, count) in (0..).zip(&served) {
        let share = tenths(f64::from(*count) * 100.0 / f64::from(all));
        let _ = writeln!(text, "{} served {count} reads and writes, {share}%", NodeId(number));
    }
    for (key, share) in activity.hottest() {
        let _ = writeln!(text, "{key} is {}% of what was asked", hundredths(share));
    }
    text
}
