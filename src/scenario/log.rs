//! The session log: a run as a scenario that replays it.

use std::fmt::Write as _;

use super::quoted;
use crate::base::VirtualTime;
use crate::node::{Action, ClientRequest};
use crate::sim::{Command, Origin, RunStep, World};

/// Writes a world's run as a scenario. Replaying it in a fresh session gives the same trace.
///
/// Requests are written with `wait=false`, and the time between commands as `run until=`; where a
/// command was given between two happenings of one instant, as `run after=` the number of events before it.
pub fn session_log(world: &World) -> String {
    let head = match world.origin() {
        Origin::Fresh => world.initial_config().to_string(),
        Origin::Snapshot(digest) => {
            format!("# continues the snapshot with state digest {digest}")
        }
    };
    log_of(&head, world.run(), Some(world.now()))
}

/// The same from its parts: a first line, the commands, and how far time went after them.
pub fn log_of(head: &str, run: &[RunStep], until: Option<VirtualTime>) -> String {
    let mut text = format!("{head}\n");
    let mut at = VirtualTime::ZERO;
    for step in run {
        if step.mid_instant {
            let _ = writeln!(text, "run after={}", step.after.0);
        } else if at != step.at {
            let _ = writeln!(text, "run until={}us", step.at.0);
        }
        at = step.at;
        let _ = writeln!(text, "{}", step_line(step));
    }
    if let Some(until) = until.filter(|until| *until != at) {
        let _ = writeln!(text, "run until={}us", until.0);
    }
    text
}

/// One command of a run as a line.
pub fn step_line(step: &RunStep) -> String {
    match &step.command {
        Command::Request(wanted) => request(wanted),
        Command::DefineTable(schema) => {
            let key = &schema.partition_key.name;
            format!("table {} {}", quoted(schema.name.as_str()), quoted(key))
        }
        command => command.to_string(),
    }
}

fn request(wanted: &ClientRequest) -> String {
    let mut text = String::new();
    if wanted.client.0 > 0 {
        let _ = write!(text, "{}: ", wanted.client);
    }
    let (table, key) = (wanted.key.table().as_str(), wanted.key.key().to_string());
    let _ = write!(text, "{} {} {}", wanted.action.verb(), quoted(table), quoted(&key));
    if let Action::Put(item) = &wanted.action {
        let _ = write!(text, " {}", quoted(&item.to_dynamodb_json()));
    }
    let overrides = &wanted.overrides;
    for (name, value) in [("n", overrides.n), ("r", overrides.r), ("w", overrides.w)] {
        if let Some(value) = value {
            let _ = write!(text, " {name}={value}");
        }
    }
    text + " wait=false"
}
