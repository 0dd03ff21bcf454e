//! Streaming: a pending owner fetches what it will answer for.
//!
//! ```text
//!   F, pending owner                              C, whom it displaces
//!     stream? these token ranges, from the start ─────▶
//!                                                ◀─────  some items, all that they hold
//!     durable: stream? from the next item on     ─────▶
//!                                                ◀─────  the last of them
//!     durable: "streamed" goes to the log
//! ```
//!
//! What the displaced owner holds is enough: F takes its place in every quorum. Where that one does
//! not answer, max(N − W, N − majority) + 1 of the others are enough as well: every write that was
//! acknowledged, and every promise that was given, is known to one of them. If there are not so many
//! others (where W is 1), only the displaced owner will do; unless it was declared dead, and nobody
//! knows more than all others. A node that is rebuilding counts for nothing.
//!
//! One part is under way at a time, so that requests are not crowded out; that is the throttle. A
//! crash of F begins anew; what it has already is not taken twice.

use serde::{Deserialize, Serialize};

use super::appended::Then;
use super::changes::Past;
use super::effect::Effects;
use super::message::Body;
use super::moves::Stream;
use super::note::{Cause, Note};
use super::step::Node;
use crate::base::{Duration, Mutation, NodeId, SortedMap, VirtualTime, mutated};
use crate::causality::{HybridTime, Stamp};
use crate::ring::{Epoch, Stage, Swap, Token};
use crate::storage::{Held, ItemKey, Record};

/// How many items a part has at most.
const PART: usize = 32;
/// How often the time that an answer may take is doubled.
const MOST_DOUBLINGS: u32 = 4;

/// What a part brings: versions, promises, what was, and how far it goes.
type Content = (Vec<(ItemKey, Held)>, Vec<(ItemKey, Stamp)>, Option<Past>, Option<ItemKey>);

/// How far a pending owner is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Streaming {
    /// When the stage began.
    since: Epoch,
    /// From whom each range was fetched that is not complete yet.
    incomplete: SortedMap<u32, SortedMap<NodeId, ()>>,
    asked: Option<Asked>,
    /// Who did not answer, or cannot, until the next look.
    useless: Vec<NodeId>,
    items: u32,
    /// How many questions in a row were not answered in time.
    silences: u32,
    next: VirtualTime,
}

/// What is being fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    number: u64,
    source: NodeId,
    ranges: Vec<u32>,
    /// The last item so far.
    after: Option<ItemKey>,
    has_come: bool,
    is_last: bool,
    items: u32,
}

impl Streaming {
    pub fn next(&self) -> VirtualTime {
        self.next
    }

    /// How long to wait for an answer: the longer, the more came too late.
    fn patience(&self, least: Duration) -> Duration {
        Duration(least.0 << self.silences.min(MOST_DOUBLINGS))
    }

    /// Whether a snapshot of a ring with so many vnodes may claim this.
    pub fn is_sound(&self, ranges: u32) -> bool {
        let asked = self.asked.iter().flat_map(|asked| &asked.ranges);
        self.incomplete.keys().chain(asked).all(|range| *range < ranges)
    }

    pub fn peers(&self) -> impl Iterator<Item = NodeId> {
        let merged = self.incomplete.values().flat_map(|from| from.keys().copied());
        merged.chain(self.asked.iter().map(|asked| asked.source))
    }
}

impl Node {
    /// Whether this node has fetched all that it has to, at the stage under way.
    pub(super) fn has_streamed(&self) -> bool {
        match &self.lists.topology().underway {
            Some(underway) if underway.stage == Stage::Stream => {
                let streamed = self.store.charter().streamed;
                streamed.is_some_and(|epoch| epoch >= underway.since)
                    || !self.lists.pending_owners().contains(&self.id)
            }
            _ => false,
        }
    }

    /// Begins with what has to be fetched at the stage that has begun, if anything.
    pub(super) fn begin_streaming(&mut self, effects: &mut Effects) {
        let underway = self.lists.topology().underway.as_ref();
        let since = underway.filter(|it| it.stage == Stage::Stream).map(|it| it.since);
        let streaming = &self.state.background.streaming;
        if streaming.as_ref().map(|it| it.since) == since && since.is_some() {
            return;
        }
        self.state.background.streaming = None;
        let Some(since) = since.filter(|_| !self.has_streamed()) else { return };
        let all = 0..self.lists.ring().vnodes().len() as u32;
        let joins = |range: &u32| {
            let swap = self.lists.swap_of_range(*range as usize);
            swap.is_some_and(|swap| swap.joins == self.id)
        };
        let incomplete: SortedMap<u32, SortedMap<NodeId, ()>> =
            all.filter(joins).map(|range| (range, SortedMap::default())).collect();
        let ranges = incomplete.len() as u32;
        effects.note(|| Note::Streams { ranges });
        let (useless, next) = (Vec::new(), self.time.now);
        self.state.background.streaming = Some(Streaming {
            since,
            incomplete,
            asked: None,
            useless,
            items: 0,
            silences: 0,
            next,
        });
        self.stream_on(effects);
    }

    /// Whether a range was fetched from enough owners.
    fn is_complete(&self, range: u32, from: &SortedMap<NodeId, ()>) -> bool {
        let Some(Swap { leaves, .. }) = self.lists.swap_of_range(range as usize) else {
            return true;
        };
        let (n, w) = (self.lists.n(), usize::from(self.settings.w));
        let needed = n.saturating_sub(w).max(n - (n / 2 + 1)) + 1;
        let topology = self.lists.topology();
        let others = self.lists.of_range(range as usize).iter().filter(|owner| **owner != leaves);
        let alive = others.filter(|owner| !topology.is_given_up(**owner)).count();
        let is_dead = topology.is_given_up(leaves);
        if mutated(Mutation::StreamedFromAnyone) && !from.is_empty() {
            return true;
        }
        from.contains_key(&leaves) || from.len() >= if is_dead { needed.min(alive) } else { needed }
    }

    /// Whom to ask for a range next, if anybody can be asked.
    fn source_of(&self, range: u32, streaming: &Streaming) -> Option<NodeId> {
        let Swap { leaves, .. } = self.lists.swap_of_range(range as usize)?;
        let merged = streaming.incomplete.get(&range)?;
        let is_useful = |node: &NodeId| {
            !self.lists.topology().is_given_up(*node)
                && !self.suspects(*node)
                && !merged.contains_key(node)
                && !streaming.useless.contains(node)
        };
        let owners = self.lists.of_range(range as usize).iter().copied();
        let others = owners.filter(|owner| *owner != leaves);
        match mutated(Mutation::StreamedFromAnyone) {
            true => others.chain([leaves]).find(is_useful),
            false => [leaves].into_iter().chain(others).find(is_useful),
        }
    }

    /// Answers what was asked in the epoch that has begun here, before it had.
    pub(super) fn answer_early(&mut self, effects: &mut Effects) {
        let early = std::mem::take(&mut self.state.background.asked_early);
        for (peer, epoch, stream) in early {
            self.receive_stream(peer, epoch, stream, effects);
        }
    }

    /// What has come is durable: asks for the next part, or the next source, or is done.
    pub(super) fn stream_on(&mut self, effects: &mut Effects) {
        let Some(mut streaming) = self.state.background.streaming.take() else { return };
        if let Some(asked) = &streaming.asked
            && !asked.has_come
        {
            self.state.background.streaming = Some(streaming);
            return;
        }
        streaming.next = self.time.now + streaming.patience(self.patience());
        if let Some(asked) = streaming.asked.take_if(|asked| asked.is_last) {
            self.end_source(&mut streaming, &asked, effects);
        }
        // Also where somebody was taken for dead meanwhile.
        streaming.incomplete.retain(|range, from| !self.is_complete(*range, from));
        if streaming.asked.is_none() {
            streaming.asked = self.next_source(&streaming);
        }
        if let Some(asked) = &mut streaming.asked {
            asked.number = self.state.background.number_exchange();
            asked.has_come = false;
            let ring = self.lists.ring();
            let ranges: Vec<(Token, Token)> =
                asked.ranges.iter().map(|range| ring.range(*range as usize)).collect();
            let stream = Stream::Ask { number: asked.number, ranges, after: asked.after.clone() };
            effects.send_background(asked.source, Body::Stream(stream));
        } else if streaming.incomplete.is_empty() {
            let items = streaming.items;
            effects.note(|| Note::Complete { items });
            let record = Record::Streamed(self.lists.epoch());
            self.append(record, None, Cause::Stream, Then::Nothing, effects);
            return;
        }
        self.state.background.streaming = Some(streaming);
    }

    fn end_source(&mut self, streaming: &mut Streaming, asked: &Asked, effects: &mut Effects) {
        let (source, items) = (asked.source, asked.items);
        for range in &asked.ranges {
            if let Some(from) = streaming.incomplete.get_mut(range) {
                from.insert(source, ());
            }
        }
        streaming.incomplete.retain(|range, from| !self.is_complete(*range, from));
        let ranges_left = streaming.incomplete.len() as u32;
        effects.note(|| Note::Streamed { source, items, ranges_left });
    }

    /// All that one source has to be asked for.
    fn next_source(&mut self, streaming: &Streaming) -> Option<Asked> {
        let ranges = || streaming.incomplete.keys().copied();
        let source = ranges().find_map(|range| self.source_of(range, streaming))?;
        let its = ranges().filter(|range| self.source_of(*range, streaming) == Some(source));
        let ranges = its.collect();
        let (number, after) = (0, None);
        let (has_come, is_last, items) = (true, false, 0);
        Some(Asked { number, source, ranges, after, has_come, is_last, items })
    }

    pub(super) fn receive_stream(
        &mut self,
        peer: NodeId,
        epoch: Epoch,
        stream: Stream,
        effects: &mut Effects,
    ) {
        match stream {
            // Who has an earlier topology may still take writes that the pending owner does not get.
            Stream::Ask { .. } if epoch > self.lists.epoch() => {
                self.state.background.asked_early.push((peer, epoch, stream));
            }
            Stream::Ask { .. } if epoch < self.lists.epoch() => {}
            Stream::Ask { number, ranges, after } => {
                self.send_part(peer, number, &ranges, after.as_ref(), effects);
            }
            Stream::WithPast { part, past, since, last } => {
                if let Stream::Part { number, entries, promises, is_last, whole, floor } = *part {
                    let content = (entries, promises, Some((past, since)), last);
                    self.take_part(peer, number, content, (is_last, whole, floor), effects);
                }
            }
            Stream::Part { number, entries, promises, is_last, whole, floor } => {
                let last = entries.last().map(|(key, _)| key.clone());
                let content = (entries, promises, None, last);
                self.take_part(peer, number, content, (is_last, whole, floor), effects);
            }
        }
    }

    fn send_part(
        &mut self,
        peer: NodeId,
        number: u64,
        ranges: &[(Token, Token)],
        after: Option<&ItemKey>,
        effects: &mut Effects,
    ) {
        let all = ranges.iter().flat_map(|(from, to)| self.store.names_in(*from, *to));
        // Ranges come in the order of the ring, and each in the order of positions.
        let mut is_new = after.is_none();
        let rest = all.filter(|key| {
            let is_wanted = is_new;
            is_new |= Some(*key) == after;
            is_wanted
        });
        let mut names: Vec<ItemKey> = rest.take(PART + 1).cloned().collect();
        let is_last = names.len() <= PART;
        names.truncate(PART);
        let held = |key: &ItemKey| Some((key.clone(), self.store.get(key)?.clone()));
        let entries = names.iter().filter_map(held).collect();
        let (whole, floor) = (self.is_whole(), self.store.floor());
        // Before any version: what was promised was promised about what is there now, or earlier.
        let promises = if after.is_none() { self.promises_in(ranges) } else { Vec::new() };
        let part = Stream::Part { number, entries, promises, is_last, whole, floor };
        let stream = match self.past_of(&names) {
            Some((past, since)) => {
                let (part, last) = (Box::new(part), names.pop());
                Stream::WithPast { part, past, since, last }
            }
            None => part,
        };
        effects.send_background(peer, Body::Stream(stream));
    }

    fn take_part(
        &mut self,
        peer: NodeId,
        number: u64,
        (entries, promises, past, last): Content,
        (is_last, whole, floor): (bool, bool, HybridTime),
        effects: &mut Effects,
    ) {
        let Some(streaming) = &mut self.state.background.streaming else { return };
        let Some(asked) = &mut streaming.asked else { return };
        if asked.number != number || asked.source != peer || asked.has_come {
            return;
        }
        if !whole {
            streaming.useless.push(peer);
            streaming.asked = None;
            return self.stream_on(effects);
        }
        streaming.silences = 0;
        asked.has_come = true;
        asked.is_last = is_last;
        asked.items += entries.len() as u32;
        asked.after = last.or(asked.after.take());
        streaming.items += entries.len() as u32;
        if floor > self.store.floor() {
            let record = Record::Floor(floor);
            self.append(record, None, Cause::Stream, Then::Nothing, effects);
        }
        if !promises.is_empty() {
            self.take_promises(peer, promises, effects);
        }
        if let Some(past) = past {
            self.take_past(past, effects);
        }
        for (key, held) in &entries {
            self.take_all(None, key, held, Cause::Stream, Then::Nothing, effects);
        }
        self.once_durable(Then::StreamOn, effects);
    }

    /// The source that was asked last has been silent for too long: asks another one, or again.
    pub(super) fn look_after_streaming(&mut self, effects: &mut Effects) {
        let (now, patience) = (self.time.now, self.patience());
        let Some(streaming) = &mut self.state.background.streaming else { return };
        if let Some(asked) = streaming.asked.take_if(|asked| !asked.has_come) {
            streaming.useless.push(asked.source);
            streaming.silences += 1;
        } else {
            streaming.useless.clear();
        }
        streaming.next = now + streaming.patience(patience);
        self.stream_on(effects);
    }

    /// It is durable that this node has all that it had to fetch.
    pub(super) fn streamed(&mut self, epoch: Epoch, effects: &mut Effects) {
        self.store.replay(&Record::Streamed(epoch));
        for peer in self.lists.members().to_vec() {
            if peer == self.id || !self.suspects(peer) {
                self.ack_topology(peer, None, effects);
            }
        }
    }
}
