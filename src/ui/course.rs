//! The course of the run as the transport shows it: how long which part of it is drawn, where
//! something was done, and what branches there are.
//!
//! A run is seconds of silence between milliseconds of action, so a bar that is true to time would
//! show nothing. Each part between two knots (a line, a mark, the end of a long pause) gets a width
//! that grows slowly with the events in it; within a part the bar is true to time.

use super::stage::Stage;
use crate::base::{EventSeq, VirtualTime};
use crate::scenario;
use crate::travel::{Branch, BranchId, MarkKind};

/// A pause is as wide as a part with so many events.
const PAUSE: f64 = 2.0;
/// So many lines and marks are listed at most: the last ones.
const LISTED: usize = 200;

/// A place on the bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knot {
    pub us: f64,
    /// From 0 at the left to 1 at the right.
    pub share: f64,
}

/// What is marked on the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TickKind {
    /// The reader did something.
    Line,
    Mark(MarkKind),
}

/// Something that was done or that happened, to go back to.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub kind: TickKind,
    /// To go back to just before this event …
    pub event: EventSeq,
    pub at: VirtualTime,
    pub words: String,
    pub share: f64,
    /// Whether it lies before the cursor.
    pub is_past: bool,
}

/// A branch in the list of branches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchLine {
    pub id: BranchId,
    pub name: String,
    pub beginning: String,
    pub lines: usize,
    pub events: u64,
    pub ends: VirtualTime,
    pub is_present: bool,
}

/// The course of the present branch, and the branches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    pub knots: Vec<Knot>,
    pub ticks: Vec<Tick>,
    pub branches: Vec<BranchLine>,
    pub name: String,
    pub is_at_end: bool,
    pub ends: VirtualTime,
    /// Events before the cursor, and on the whole branch.
    pub event: EventSeq,
    pub events: EventSeq,
    /// The line that would be undone.
    pub undoes: Option<String>,
}

impl Course {
    pub fn of(stage: &Stage) -> Self {
        let history = stage.history();
        let (branch, moment) = (history.branch(), history.moment());
        let start = history.start();
        let knots = knots(branch, (start.events, start.at));
        let ticks = ticks(branch, &knots, moment.events);
        let undoes = branch.lines().rev().find(|step| step.after < moment.events);
        Self {
            ticks,
            knots,
            branches: history.branches().iter().map(|one| line(one, branch.id)).collect(),
            name: branch.name.clone(),
            is_at_end: history.is_at_end(),
            ends: branch.end.at,
            event: moment.events,
            events: branch.end.events,
            undoes: undoes.map(|step| scenario::command_line(&step.command)),
        }
    }
}

fn line(branch: &Branch, present: BranchId) -> BranchLine {
    BranchLine {
        id: branch.id,
        name: branch.name.clone(),
        beginning: branch.beginning.to_string(),
        lines: branch.lines().count(),
        events: branch.end.events.0,
        ends: branch.end.at,
        is_present: branch.id == present,
    }
}

/// Where the parts of a branch begin and end.
fn knots(branch: &Branch, start: (EventSeq, VirtualTime)) -> Vec<Knot> {
    let lines = branch.lines().map(|step| (step.after, step.at));
    let named = branch.marks().iter().filter(|mark| mark.kind == MarkKind::Named);
    let named = named.map(|mark| (mark.event, mark.at));
    let pauses = branch.pauses().iter().flat_map(|pause| [pause.after, pause.before]);
    let end = (branch.end.events, branch.end.at);
    let mut places: Vec<(EventSeq, VirtualTime)> =
        std::iter::once(start).chain(lines).chain(named).chain(pauses).collect();
    crate::base::heap_sort(&mut places, |a, b| (a.1, a.0).cmp(&(b.1, b.0)));
    places.push(end);
    places.dedup_by(|next, before| next.1 == before.1);
    let pauses = branch.pauses();
    let is_pause =
        |from: VirtualTime| pauses.binary_search_by_key(&from, |pause| pause.after.1).is_ok();
    let widths = places.windows(2).map(|pair| match is_pause(pair[0].1) {
        true => PAUSE,
        false => 1.0 + libm::log(1.0 + pair[1].0.0.saturating_sub(pair[0].0.0) as f64),
    });
    let widths: Vec<f64> = widths.collect();
    let total: f64 = widths.iter().sum();
    let mut passed = 0.0;
    let mut knots = vec![Knot { us: places[0].1.0 as f64, share: 0.0 }];
    for (place, width) in places[1..].iter().zip(&widths) {
        passed += width;
        knots.push(Knot { us: place.1.0 as f64, share: passed / total });
    }
    knots
}

fn ticks(branch: &Branch, knots: &[Knot], now: EventSeq) -> Vec<Tick> {
    // A command is in the list as the line that it was.
    let marks = branch.marks().iter().filter(|mark| mark.kind != MarkKind::Command);
    let marks = marks
        .rev()
        .take(LISTED)
        .map(|mark| (TickKind::Mark(mark.kind), mark.event, mark.at, mark.words.clone()));
    let lines =
        branch.lines().rev().take(LISTED).map(|step| {
            (TickKind::Line, step.after, step.at, scenario::command_line(&step.command))
        });
    let tick = |(kind, event, at, words): (TickKind, EventSeq, VirtualTime, String)| Tick {
        kind,
        event,
        at,
        words,
        share: share_of(knots, at.0 as f64),
        is_past: event < now,
    };
    let mut ticks: Vec<Tick> = lines.chain(marks).map(tick).collect();
    crate::base::heap_sort(&mut ticks, |a, b| a.event.cmp(&b.event));
    ticks.drain(..ticks.len().saturating_sub(LISTED));
    ticks
}

/// Where an instant is on the bar.
pub fn share_of(knots: &[Knot], us: f64) -> f64 {
    between(knots, us, |knot| (knot.us, knot.share))
}

/// Which instant a place on the bar stands for.
pub fn instant_of(knots: &[Knot], share: f64) -> f64 {
    between(knots, share, |knot| (knot.share, knot.us))
}

fn between(knots: &[Knot], x: f64, pair: impl Fn(&Knot) -> (f64, f64)) -> f64 {
    let after = knots.partition_point(|knot| pair(knot).0 <= x);
    match (after.checked_sub(1).and_then(|at| knots.get(at)), knots.get(after)) {
        (Some(from), Some(to)) => {
            let ((x0, y0), (x1, y1)) = (pair(from), pair(to));
            y0 + (y1 - y0) * (x - x0) / (x1 - x0)
        }
        (Some(knot), None) | (None, Some(knot)) => pair(knot).1,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{ClusterConfig, World};

    fn stage(lines: &[&str]) -> Stage {
        let mut stage = Stage::new(World::new(ClusterConfig::default()).unwrap());
        for line in lines {
            stage.act(line).unwrap();
        }
        stage
    }

    #[test]
    fn action_has_room_beside_silence() {
        let stage =
            stage(&["put T k '{}'", "run", "run 600s", "crash B", "run 5s", "get T k", "run"]);
        let Course { knots, ticks, .. } = Course::of(&stage);
        assert!(knots.windows(2).all(|pair| pair[0].share < pair[1].share), "{knots:?}");
        assert_eq!((knots[0].share, knots[knots.len() - 1].share), (0.0, 1.0));
        let quiet = ticks.iter().find(|tick| tick.words == "crash B").unwrap();
        // The put took a millisecond of ten minutes, and is drawn wider than the silence after it.
        let put_ends = share_of(&knots, 2_000.0);
        assert!(put_ends > quiet.share - put_ends, "{put_ends} of {}", quiet.share);
    }

    #[test]
    fn places_and_instants_are_one_another() {
        let stage = stage(&["put T k '{}'", "run", "mark here", "run 3s", "get T k", "run"]);
        let Course { knots, .. } = Course::of(&stage);
        for hundredth in 0..=100 {
            let share = f64::from(hundredth) / 100.0;
            let there = share_of(&knots, instant_of(&knots, share));
            assert!((there - share).abs() < 1e-9, "{there} is not {share}");
        }
    }

    #[test]
    fn what_would_be_undone_is_told() {
        let mut stage = stage(&["put T k '{}'", "run", "crash B"]);
        assert_eq!(Course::of(&stage).undoes.as_deref(), Some("crash B"));
        stage.act("undo").unwrap();
        let course = Course::of(&stage);
        assert!(course.undoes.unwrap().starts_with("put T k"), "not the table that it declared");
        assert!(!course.is_at_end);
        assert_eq!(course.ticks.iter().filter(|tick| tick.is_past).count(), 1);
    }
}
