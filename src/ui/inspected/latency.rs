//! Where a request's time went.
//!
//! ```text
//!   asked ──── client leg ────▶ coordinator ──── waits for the slowest vote that counts ────▶ quorum
//!                                     there │ work and disk │ back
//!   quorum ── repair, if the answer waits for it ──▶ answer leaves ──── client leg ────▶ answered
//! ```

use crate::base::{Duration, VirtualTime};
use crate::coordinator::Vote;
use crate::node::{Address, MessageKind, Note};
use crate::sim::{Event, EventKind};
use crate::ui::story::{Arrow, Ballot, Standing, Story};

/// A stretch of a request's time, and what passed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    pub words: String,
    pub took: Duration,
    pub part: Part,
}

/// Who a stretch of time belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Client,
    Coordinator,
    Replica,
}

/// Where the time went of a request that has its answer: stretches that add up to its latency.
pub fn legs(story: &Story, events: &[&Event]) -> Vec<Leg> {
    let Some((_, took)) = &story.answer else { return Vec::new() };
    let ended = story.began + *took;
    let at_note = |wanted: fn(&Note) -> bool| {
        events.iter().find_map(|event| match &event.kind {
            EventKind::Noted { note, .. } if wanted(note) => Some(event.at),
            _ => None,
        })
    };
    let mut cut = Cut { at: story.began, legs: Vec::new() };
    let Some(coordinates) = at_note(|note| matches!(note, Note::Coordinates { .. })) else {
        cut.until(ended, Part::Client, "until the client gave up".to_owned());
        return cut.legs;
    };
    let coordinator = story.coordinator.map_or_else(String::new, |node| node.to_string());
    cut.until(
        coordinates,
        Part::Client,
        format!("from the client to its coordinator {coordinator}"),
    );
    if let Some(at) = at_note(|note| matches!(note, Note::Surpasses { .. })) {
        cut.until(at, Part::Replica, "to ask replicas for their highest stamp".to_owned());
    }
    if story.round.is_some() {
        let promised = events.iter().rev().find_map(|event| match &event.kind {
            EventKind::Noted { note: Note::Proposes { .. }, .. } => Some(event.at),
            _ => None,
        });
        if let Some(at) = promised {
            cut.until(at, Part::Replica, "until owners had given their promises".to_owned());
        }
    }
    let quorum_at = match story.standing {
        Standing::Reached { at } => Some(at),
        Standing::Missed { at, .. } => {
            cut.until(at, Part::Coordinator, "until the quorum was given up".to_owned());
            Some(at)
        }
        Standing::Open => None,
    };
    if let (Standing::Reached { at }, Some(slowest)) = (&story.standing, slowest(story)) {
        replica_legs(story, slowest, *at, &mut cut);
    }
    let replied = story
        .arrows
        .iter()
        .find(|arrow| arrow.kind == MessageKind::Reply && Some(arrow.sent_at) >= quorum_at);
    if let (Some(reply), Some(_)) = (replied, quorum_at) {
        cut.until(reply.sent_at, Part::Coordinator, "until the repair was durable".to_owned());
    }
    cut.until(ended, Part::Client, "back to the client".to_owned());
    cut.legs
}

/// The last vote that counted: the quorum waited for it.
fn slowest(story: &Story) -> Option<&Ballot> {
    story.ballots.iter().filter(|b| b.vote == Some(Vote::Counted)).max_by_key(|b| b.at)
}

/// The way of the slowest vote that counted: there, work, back.
fn replica_legs(story: &Story, slowest: &Ballot, reached: VirtualTime, cut: &mut Cut) {
    let name = slowest.name();
    let replica = Address::Node(slowest.replica);
    let asks = |arrow: &&Arrow| {
        use MessageKind::{Accept, Read, Write};
        arrow.to == replica && matches!(arrow.kind, Write | Read | Accept)
    };
    let votes = |arrow: &&Arrow| {
        arrow.from == replica
            && matches!(
                arrow.kind,
                MessageKind::WriteAck
                    | MessageKind::ReadResult
                    | MessageKind::Page
                    | MessageKind::Accepted
            )
    };
    let work = match story.is_write() {
        true => format!("to store it on {name}\u{2019}s disk"),
        false => format!("to look it up on {name}"),
    };
    match (story.arrows.iter().find(asks), story.arrows.iter().find(votes)) {
        (Some(there), Some(back)) => {
            cut.until(
                there.arrives_at,
                Part::Replica,
                format!("to {name}, the slowest that counted"),
            );
            cut.until(back.sent_at, Part::Replica, work);
            cut.until(reached, Part::Replica, format!("back from {name}"));
        }
        // The coordinator is the replica itself.
        _ => cut.until(reached, Part::Replica, work),
    }
}

/// Cuts time into legs, leaving out those that took none.
struct Cut {
    at: VirtualTime,
    legs: Vec<Leg>,
}

impl Cut {
    fn until(&mut self, end: VirtualTime, part: Part, words: String) {
        let took = end.since(self.at);
        if took > Duration::default() {
            self.legs.push(Leg { words, took, part });
            self.at = end;
        }
    }
}
