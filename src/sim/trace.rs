//! The trace: all events of a run, and their digest.

use super::{Event, EventKind};
use crate::base::{Digest, DigestChain, EventSeq, VirtualTime};

/// How much of the trace is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceMode {
    /// Nothing: events are not even made. For measuring the engine alone.
    Off,
    /// The answers that clients get, for somebody who takes them away. For whoever only wants to use the
    /// cluster.
    Answers,
    /// Events for somebody who takes them away again and again ([`super::World::take_events`]), but
    /// no digest, no commands, and nothing of messages that only leave and arrive. For checking
    /// many runs, where most of the time would go into events that nobody looks at.
    Watched,
    /// The digest and the events.
    Full,
}

/// The events of a run since its origin.
#[derive(Clone, Debug)]
pub struct Trace {
    mode: TraceMode,
    events: Vec<Event>,
    /// The number of the first event kept: those before belong to a run that a snapshot ended.
    first: EventSeq,
    chain: DigestChain,
    buffer: Vec<u8>,
}

impl Trace {
    pub(super) fn new(mode: TraceMode) -> Self {
        Self::continued(mode, EventSeq(0), DigestChain::default())
    }

    pub(super) fn continued(mode: TraceMode, first: EventSeq, chain: DigestChain) -> Self {
        Self { mode, events: Vec::new(), first, chain, buffer: Vec::new() }
    }

    /// A trace that goes on like this one, but has none of its events.
    pub(super) fn clone_without_events(&self) -> Self {
        Self::continued(self.mode, self.end(), self.chain)
    }

    /// Whether events other than answers are made.
    pub(super) fn is_on(&self) -> bool {
        matches!(self.mode, TraceMode::Watched | TraceMode::Full)
    }

    /// Whether everything is kept: events, digest and commands.
    pub(super) fn is_full(&self) -> bool {
        self.mode == TraceMode::Full
    }

    pub(super) fn record(&mut self, at: VirtualTime, kind: impl FnOnce() -> EventKind) {
        if self.is_on() {
            self.add(at, kind());
        }
    }

    /// The same for an answer.
    pub(super) fn record_answer(&mut self, at: VirtualTime, kind: impl FnOnce() -> EventKind) {
        if self.mode != TraceMode::Off {
            self.add(at, kind());
        }
    }

    fn add(&mut self, at: VirtualTime, kind: EventKind) {
        let event = Event { seq: self.end(), at, kind };
        if !self.is_full() {
            self.events.push(event);
            return;
        }
        self.buffer.clear();
        let buffer = std::mem::take(&mut self.buffer);
        self.buffer = postcard::to_extend(&event, buffer).expect("events can be encoded");
        self.chain.push(&self.buffer);
        self.events.push(event);
    }

    /// The same for what is so frequent and tells so little that only a full trace has it.
    #[inline]
    pub(super) fn record_frequent(&mut self, at: VirtualTime, kind: impl FnOnce() -> EventKind) {
        if self.is_full() {
            self.record(at, kind);
        }
    }

    /// Hands all events kept over, and forgets them. `taken` is what was taken the last time: its
    /// memory is used again.
    pub(super) fn take(&mut self, mut taken: Vec<Event>) -> Vec<Event> {
        taken.clear();
        self.first = self.end();
        std::mem::replace(&mut self.events, taken)
    }

    /// All events kept, oldest first.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The events from number `from` on that are kept.
    pub fn since(&self, from: EventSeq) -> &[Event] {
        let skip = from.0.saturating_sub(self.first.0) as usize;
        &self.events[skip.min(self.events.len())..]
    }

    /// The event with this number, if it is kept.
    pub fn get(&self, seq: EventSeq) -> Option<&Event> {
        self.events.get(usize::try_from(seq.0.checked_sub(self.first.0)?).ok()?)
    }

    /// The number that the next event will have.
    pub fn end(&self) -> EventSeq {
        EventSeq(self.first.0 + self.events.len() as u64)
    }

    /// The digest of every event since the run began, kept or not: what happened.
    pub fn digest(&self) -> Digest {
        self.chain.value()
    }

    pub(super) fn chain(&self) -> DigestChain {
        self.chain
    }
}
