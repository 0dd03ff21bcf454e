//! The session log: a run as a scenario that replays it.

use std::fmt::Write as _;

use super::backup::archiving_line;
use super::expressions::change_text;
use super::logged::table_line;
use super::pages::{logged, page_line};
use super::quoted;
use crate::base::VirtualTime;
use crate::data::Resolution;
use crate::node::{Action, ClientRequest, Overrides};
use crate::sim::{Command, Limits, Origin, RunStep, World};

/// Writes a world's run as a scenario. Replaying it in a fresh session gives the same trace and the
/// same state. What continues a snapshot is to be replayed in a session that restored it.
///
/// Requests are written with `wait=false`, and the time between commands as `run until=`; where a
/// command was given between two happenings of one instant, as `step` and their number, because
/// neither the instant nor the events tell how far the run had come.
pub fn session_log(world: &World) -> String {
    let mut text = format!("{}\n", log_head(world));
    let mut position = write_run(&mut text, world.run());
    let (at, happenings, mid_instant) = (world.now(), world.happenings(), world.is_mid_instant());
    position.move_to(Position { at, happenings, mid_instant }, &mut text);
    text
}

/// The first line of a world's session log: what its run began from.
pub fn log_head(world: &World) -> String {
    match world.origin() {
        Origin::Fresh => world.initial_config().to_string().replace('µ', "u"),
        Origin::Snapshot(digest) => {
            format!("# continues the snapshot with state digest {digest}")
        }
        Origin::Unrecorded => "# continues a cluster that kept no record".to_owned(),
    }
}

/// The same from a first line and the commands alone; it ends with the last command.
pub fn log_of(head: &str, run: &[RunStep]) -> String {
    let mut text = format!("{head}\n");
    write_run(&mut text, run);
    text
}

fn write_run(text: &mut String, run: &[RunStep]) -> Position {
    let mut position = Position { at: VirtualTime::ZERO, happenings: 0, mid_instant: false };
    for step in run {
        let RunStep { at, happenings, mid_instant, .. } = *step;
        position.move_to(Position { at, happenings, mid_instant }, text);
        let _ = writeln!(text, "{}", command_line(&step.command));
    }
    position
}

/// So much may happen in one `run`: what it lets happen is estimated, and may seem to be many times
/// as much.
const SURE: u64 = Limits::BACKGROUND / 16;

/// Lines that let so much happen, each no more than [`Limits::BACKGROUND`].
fn step(mut more: u64, text: &mut String) {
    while more > 0 {
        let now = more.min(Limits::BACKGROUND);
        let _ = writeln!(text, "step {now}");
        more -= now;
    }
}

/// How far a run has come.
struct Position {
    at: VirtualTime,
    happenings: u64,
    mid_instant: bool,
}

impl Position {
    /// Moves on, and writes the lines that do so, if any are needed.
    fn move_to(&mut self, next: Position, text: &mut String) {
        let more = next.happenings - self.happenings;
        if next.mid_instant {
            step(more, text);
        } else if more > 0 || next.at != self.at {
            if more > SURE {
                step(more, text);
            }
            let _ = writeln!(text, "run until={}us", next.at.0);
        }
        *self = next;
    }
}

/// One command of a run as a line.
pub fn command_line(command: &Command) -> String {
    if let Some(line) = table_line(command) {
        return line;
    }
    match command {
        Command::Request(wanted) => request(wanted),
        Command::DefineTable(schema) => {
            let keys: String = schema
                .key_attributes()
                .map(|attribute| format!(" {}", quoted(&attribute.to_string())))
                .collect();
            let resolve = match schema.resolution {
                Resolution::LastWriterWins => "",
                Resolution::Siblings => " resolve=siblings",
            };
            format!("table {}{keys}{resolve}", quoted(schema.name.as_str()))
        }
        Command::Schedule { at, command } => {
            format!("at {}us {}", at.0, quoted(&command_line(command)))
        }
        Command::Archive(wanted) => {
            archiving_line(wanted).expect("what no line says is logged in bytes")
        }
        Command::StartWorkload(workload) => {
            format!("workload {workload} table={}", quoted(workload.table.as_str()))
        }
        command => command.to_string(),
    }
}

fn request(wanted: &ClientRequest) -> String {
    let mut text = String::new();
    if wanted.client.0 > 0 {
        let _ = write!(text, "{}: ", wanted.client);
    }
    if let Action::Page(page) = &wanted.action {
        let line = page_line(page).filter(|_| wanted.overrides == Overrides::default());
        return text + &line.unwrap_or_else(|| logged(wanted)) + " wait=false";
    }
    let (table, key) = (wanted.key.table().as_str(), wanted.key.key().to_string());
    let _ = write!(text, "{} {} {}", wanted.action.verb(), quoted(table), quoted(&key));
    if let Some(item) = wanted.action.item() {
        let _ = write!(text, " {}", quoted(&item.to_dynamodb_json()));
    }
    if let Action::Change(change) = &wanted.action {
        match change_text(change).filter(|_| wanted.overrides == Overrides::default()) {
            Some(change) => text += &change,
            None => {
                let prefix = text.find(wanted.action.verb()).unwrap_or_default();
                return text[..prefix].to_owned() + &logged(wanted) + " wait=false";
            }
        }
    }
    if let Some(condition) = wanted.action.condition() {
        let _ = write!(text, " if={}", quoted(&condition.to_string()));
    }
    if wanted.action == Action::GetConsistent {
        text += " consistent=true";
    }
    if let Some(context) = wanted.context.as_ref().filter(|context| !context.is_empty()) {
        let _ = write!(text, " context='{context}'");
    }
    let overrides = &wanted.overrides;
    for (name, value) in [("n", overrides.n), ("r", overrides.r), ("w", overrides.w)] {
        if let Some(value) = value {
            let _ = write!(text, " {name}={value}");
        }
    }
    text + " wait=false"
}
