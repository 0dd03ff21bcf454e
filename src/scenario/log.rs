//! The session log: a run as a scenario that replays it.

use std::fmt::Write as _;

use super::quoted;
use crate::node::{Action, ClientRequest};
use crate::sim::{Command, Origin, RunStep, World};

/// Writes a world's run as a scenario. Replaying it in a fresh session gives the same trace.
///
/// Requests are written with `wait=false`, and the time between commands as `run until=`; where a
/// command was given between two happenings of one instant, as `run after=` the number of events before it.
pub fn session_log(world: &World) -> String {
    let mut text = String::new();
    match world.origin() {
        Origin::Fresh => {
            let _ = writeln!(text, "{}", world.initial_config());
        }
        Origin::Snapshot(digest) => {
            let _ = writeln!(text, "# continues the snapshot with state digest {digest}");
        }
    }
    let mut at = None;
    for step in world.run() {
        if step.mid_instant {
            let _ = writeln!(text, "run after={}", step.after.0);
        } else if at != Some(step.at) && step.at.0 > 0 {
            let _ = writeln!(text, "run until={}us", step.at.0);
        }
        at = Some(step.at);
        let _ = writeln!(text, "{}", step_line(step));
    }
    if at != Some(world.now()) && world.now().0 > 0 {
        let _ = writeln!(text, "run until={}us", world.now().0);
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
