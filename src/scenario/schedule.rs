//! Snapshots by a schedule of virtual time: which instants are due, and which snapshots give way.
//!
//! ```text
//!   every=10s   0 ──────── 10s ─────── 20s ─────── 30s ── live end
//!                          ▣           ▣           ▣        keep=2: the first one gives way
//! ```
//!
//! Only the live end of a run makes an instant due: whoever travels in the past passes the same
//! instants again and gets nothing new. Taking a snapshot looks at the world and changes nothing.

use super::Line;
use crate::base::{Duration, Error, Result, VirtualTime};
use crate::sim::Limits;
use crate::travel::{BranchId, History};

/// How many are kept where nobody says.
const KEEP: u8 = 5;
/// Nothing is worth a snapshot more often than this.
const OFTENEST: Duration = Duration::from_ms(1);

/// How often a snapshot is taken, and how many of them are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub every: Duration,
    pub keep: u8,
}

/// What a `snapshots` line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduling {
    Set(Option<Schedule>),
    /// What there is.
    Ask,
}

impl Scheduling {
    /// Reads the line; none if it is another.
    ///
    /// # Errors
    /// If it asks for what cannot be.
    pub fn of(line: &Line) -> Result<Option<Self>> {
        let Line::Snapshots { switch, every, keep } = line else { return Ok(None) };
        Ok(Some(match (switch.as_deref(), *every, *keep) {
            (None, None, None) => Self::Ask,
            (Some("off"), None, None) => Self::Set(None),
            (None, Some(every), keep) => {
                let keep = keep.unwrap_or(KEEP);
                if every < OFTENEST || every > Limits::END.since(VirtualTime::ZERO) {
                    return Err(Error::invalid(format!(
                        "a snapshot every {every}? At least {OFTENEST} lie between two, at most {}",
                        Limits::END
                    )));
                }
                if keep == 0 {
                    return Err(Error::invalid("keep at least one: snapshots every=10s keep=1"));
                }
                Self::Set(Some(Schedule { every, keep }))
            }
            _ => {
                return Err(Error::invalid(
                    "how often? Say snapshots every=10s keep=5, or snapshots off",
                ));
            }
        }))
    }
}

impl Schedule {
    /// In words.
    pub fn words(&self) -> String {
        match self.keep {
            1 => format!("every {}, the newest one is kept", self.every),
            keep => format!("every {}, the newest {keep} are kept", self.every),
        }
    }
}

/// A name for the snapshot that was due at an instant of a run, which nobody else has.
pub fn scheduled_name(
    due: VirtualTime,
    history: &History,
    is_taken: impl Fn(&str) -> bool,
) -> String {
    let branch = &history.branch().name;
    let mut name = match branch.as_str() {
        "main" => format!("schedule {due}"),
        branch => format!("schedule {due} on {branch}"),
    };
    while is_taken(&name) {
        name += " again";
    }
    name
}

/// A schedule in force, and how far its run has come.
#[derive(Clone, Copy, Debug)]
pub struct Passing {
    pub schedule: Schedule,
    /// On which branch, and the last instant of the schedule that it has passed there.
    seen: (BranchId, u64),
}

impl Passing {
    /// The schedule is in force from here on.
    pub fn begin(schedule: Schedule, history: &History) -> Self {
        let (id, end) = (history.branch().id, history.branch().end.at);
        Self { schedule, seen: (id, end.0 / schedule.every.0) }
    }

    /// The instant that the live end of the run has passed since this was asked last, if it has; the
    /// last one of several.
    pub fn due(&mut self, history: &History) -> Option<VirtualTime> {
        if !history.is_at_end() {
            return None;
        }
        let (every, id) = (self.schedule.every.0, history.branch().id);
        let passed = history.world().now().0 / every;
        let (branch, before) = std::mem::replace(&mut self.seen, (id, passed));
        (branch == id && passed > before).then_some(VirtualTime(passed * every))
    }

    /// Instants of the schedule that lie ahead of the live end, up to and including `end`: as many of
    /// them as are kept.
    pub fn ahead(&self, history: &History, end: VirtualTime) -> impl Iterator<Item = VirtualTime> {
        let Schedule { every, keep } = self.schedule;
        let (now, last) = (history.branch().end.at.0 / every.0, end.0 / every.0);
        let first = (now + 1).max((last + 1).saturating_sub(u64::from(keep)));
        (first..=last).map(move |count| VirtualTime(count * every.0))
    }
}
