//! Where messages are between their ends. Needs no browser.
//!
//! Most go straight on from the instant when they were sent to that of their arrival. Some do not:
//!
//! ```text
//!   lost          ────────✗             ends half way: where it was lost, nobody knows
//!   dropped       ────✗                 ends where it was when it was dropped
//!   delayed       ────╶╶╶╶╶╶╶╶╶╶╶╶▶     goes on from where it was, more slowly
//!   duplicated    ────┬─────▶           its copy begins where it was
//!                     └────────▶
//! ```

use crate::base::{EventSeq, MessageId, VirtualTime};
use crate::sim::{Event, EventKind, Flight, Loss};
use crate::travel::Events;

/// A message that is lost when it is sent ends at this share of its way.
const LOST_AT: f64 = 0.55;

/// A message on its way.
#[derive(Clone, Copy, PartialEq)]
pub struct Motion {
    pub flight: Flight,
    /// At this instant it was at this share of its way.
    since: VirtualTime,
    share: f64,
    /// It is lost at this share of its way.
    ends: Option<f64>,
}

impl Motion {
    /// Of a message that goes straight on.
    pub fn straight(flight: Flight) -> Self {
        Self { flight, since: flight.sent_at, share: 0.0, ends: None }
    }

    /// The share of its way that it has behind it at an instant in microseconds, and whether it has
    /// ended there.
    pub fn at(&self, now_us: f64) -> (f64, bool) {
        let (since, arrives) = (self.since.0 as f64, self.flight.arrives_at.0 as f64);
        let of_rest = ((now_us - since) / (arrives - since).max(1.0)).clamp(0.0, 1.0);
        let share = self.share + (1.0 - self.share) * of_rest;
        match self.ends {
            Some(ends) if share >= ends => (ends, true),
            _ => (share, false),
        }
    }

    /// The same message, from where it is now, with another arrival.
    fn turned(self, at: VirtualTime, arrives_at: VirtualTime) -> Self {
        let (share, _) = self.at(at.0 as f64);
        Self { flight: Flight { arrives_at, ..self.flight }, since: at, share, ends: None }
    }
}

/// Messages that do not go straight on.
#[derive(Default)]
pub struct Strays(Vec<Motion>);

impl Strays {
    /// Takes an event in. `sent` tells how a message left, or word of its refusal.
    pub fn tell(&mut self, event: &Event, sent: impl Fn(MessageId) -> Option<Flight>) {
        let now = event.at;
        match event.kind {
            EventKind::Lost { message, request, kind, from, to, until, why } => {
                let by_hand = matches!(why, Loss::ByHand | Loss::NoWord) && until > now;
                let mut lost = match self.take(message).filter(|_| by_hand) {
                    None if by_hand => sent(message).map(Motion::straight),
                    known => known,
                };
                if let Some(motion) = &mut lost {
                    motion.ends = Some(motion.at(now.0 as f64).0);
                }
                self.0.push(lost.unwrap_or_else(|| {
                    let (sent_at, arrives_at, refusal, hint) = (now, until, false, None);
                    let flight = Flight {
                        message,
                        request,
                        kind,
                        from,
                        to,
                        sent_at,
                        arrives_at,
                        refusal,
                        hint,
                    };
                    Motion { ends: Some(LOST_AT), ..Motion::straight(flight) }
                }));
            }
            EventKind::Delayed { message, arrives_at, .. } => {
                let before = self.take(message).or_else(|| sent(message).map(Motion::straight));
                self.0.extend(before.map(|motion| motion.turned(now, arrives_at)));
            }
            EventKind::Duplicated { message, copy, arrives_at, .. } => {
                let known = self.find(message).copied();
                let original = known.or_else(|| sent(message).map(Motion::straight));
                // The network's own copies leave together with their originals.
                if let Some(motion) = original.filter(|motion| motion.flight.sent_at < now) {
                    let mut motion = motion.turned(now, arrives_at);
                    motion.flight.message = copy;
                    self.0.push(motion);
                }
            }
            _ => {}
        }
    }

    fn find(&self, message: MessageId) -> Option<&Motion> {
        self.0.iter().find(|motion| motion.flight.message == message)
    }

    fn take(&mut self, message: MessageId) -> Option<Motion> {
        let at = self.0.iter().position(|motion| motion.flight.message == message)?;
        Some(self.0.swap_remove(at))
    }

    /// How a message moves that is under way.
    pub fn motion(&self, flight: Flight) -> Motion {
        match self.find(flight.message) {
            Some(known) if known.flight.arrives_at == flight.arrives_at => {
                Motion { flight, ..*known }
            }
            _ => Motion::straight(flight),
        }
    }

    /// Messages that are lost, until when they would have arrived.
    pub fn lost(&self) -> impl Iterator<Item = Motion> {
        self.0.iter().filter(|motion| motion.ends.is_some()).copied()
    }

    /// Forgets what has come to its end by now.
    pub fn forget(&mut self, now: VirtualTime) {
        self.0.retain(|motion| motion.flight.arrives_at >= now);
    }
}

/// How a message left, or word of its refusal: the last such event before number `end`.
pub fn departure(events: &Events, end: EventSeq, wanted: MessageId) -> Option<Flight> {
    let (hint, refusal) = (None, false);
    let earlier = events.iter().rev().skip_while(|event| event.seq >= end);
    earlier.into_iter().find_map(|event| match event.kind {
        EventKind::Sent { message, request, kind, from, to, arrives_at }
        | EventKind::Duplicated { copy: message, request, kind, from, to, arrives_at, .. }
            if message == wanted =>
        {
            let sent_at = event.at;
            Some(Flight { message, request, kind, from, to, sent_at, arrives_at, refusal, hint })
        }
        EventKind::Refused { message, request, kind, from, to, heard_at } if message == wanted => {
            let (sent_at, arrives_at, refusal) = (event.at, heard_at, true);
            let (from, to) = (to, from);
            Some(Flight { message, request, kind, from, to, sent_at, arrives_at, refusal, hint })
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::NodeId;
    use crate::node::{Address, MessageKind};

    const M: MessageId = MessageId(7);

    fn sent() -> Flight {
        let (from, to) = (Address::Node(NodeId(0)), Address::Node(NodeId(1)));
        let (sent_at, arrives_at) = (VirtualTime(100), VirtualTime(300));
        let (request, kind, refusal, hint) = (None, MessageKind::Write, false, None);
        Flight { message: M, request, kind, from, to, sent_at, arrives_at, refusal, hint }
    }

    fn told(at: u64, kind: EventKind) -> Strays {
        let mut strays = Strays::default();
        let event = Event { seq: crate::base::EventSeq(0), at: VirtualTime(at), kind };
        strays.tell(&event, |message| (message == M).then(sent));
        strays
    }

    fn lost(at: u64, why: Loss) -> Motion {
        let Flight { message, request, kind, from, to, arrives_at: until, .. } = sent();
        let strays = told(at, EventKind::Lost { message, request, kind, from, to, until, why });
        strays.lost().next().expect("it is lost")
    }

    #[test]
    fn what_is_delayed_goes_on_from_where_it_was() {
        let Flight { message, request, kind, from, to, .. } = sent();
        let arrives_at = VirtualTime(700);
        let strays = told(200, EventKind::Delayed { message, request, kind, from, to, arrives_at });
        let motion = strays.motion(Flight { arrives_at, ..sent() });
        assert_eq!([200.0, 450.0, 700.0].map(|now| motion.at(now).0), [0.5, 0.75, 1.0]);
    }

    #[test]
    fn a_copy_begins_where_its_original_was() {
        let Flight { message, request, kind, from, to, .. } = sent();
        let (copy, arrives_at) = (MessageId(9), VirtualTime(600));
        let kind = EventKind::Duplicated { message, copy, request, kind, from, to, arrives_at };
        let strays = told(200, kind);
        let motion = strays.motion(Flight { message: copy, arrives_at, ..sent() });
        assert_eq!([200.0, 400.0, 600.0].map(|now| motion.at(now).0), [0.5, 0.75, 1.0]);
        assert!(strays.motion(sent()) == Motion::straight(sent()));
    }

    #[test]
    fn what_is_dropped_ends_where_it_was_and_what_is_lost_half_way() {
        let dropped = lost(150, Loss::ByHand);
        assert_eq!([150.0, 290.0].map(|now| dropped.at(now)), [(0.25, true); 2]);
        let lost = lost(100, Loss::Link);
        assert_eq!([200.0, 290.0].map(|now| lost.at(now)), [(0.5, false), (LOST_AT, true)]);
    }
}
