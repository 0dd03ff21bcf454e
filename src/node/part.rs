//! The node as replica: its part of a page.
//!
//! It tells what it holds in the order of the page, tombstones and what a local index lacks as well,
//! until that makes a page, and says how far it has come. An owner leaves its hints out: what is kept for others is no part of a
//! table yet. Whoever is asked in an owner's stead tells them, as it does of a single item.

use std::collections::BTreeMap;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::appended::Then;
use super::effect::Effects;
use super::message::{Address, Body};
use super::note::Cause;
use super::page::{PageRequest, SortRange, Span};
use super::step::Node;
use crate::base::{NodeId, RequestId};
use crate::causality::HybridTime;
use crate::coordinator::{Part, Told};
use crate::data::{AttributeValue, Key, KeyValue};
use crate::ring::Token;
use crate::storage::{Held, ItemKey};

/// How many tombstones, and items that do not count, a part has at most beside those that do.
const MOST_UNCOUNTED: usize = 1_000;

/// What a coordinator asks a replica for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAsk {
    /// Of the coordinator's questions for this request: the answer has it as well.
    pub number: u32,
    pub page: Arc<PageRequest>,
    /// Token ranges of a scan: their first and last positions, in order.
    pub ranges: Vec<(Token, Token)>,
    /// What comes behind this is wanted.
    pub after: Option<ItemKey>,
    /// How many items are wanted at most, and of how many bytes.
    pub limit: u32,
    pub bytes: u32,
}

/// What is told so far.
struct Telling {
    part: Part,
    uncounted: usize,
    items: u32,
    bytes: u64,
}

impl PageAsk {
    /// Whether that is enough: nothing more is told then.
    fn is_enough(&self, telling: &Telling) -> bool {
        telling.items >= self.limit
            || telling.bytes >= u64::from(self.bytes)
            || telling.uncounted >= MOST_UNCOUNTED
    }

    /// Between which names of a collection it asks: whoever is told of more does no harm.
    fn bounds(&self, partition: &KeyValue, sort: &SortRange) -> (Bound<ItemKey>, Bound<ItemKey>) {
        let named = |value: &KeyValue| {
            let sort = AttributeValue::from(value.clone());
            let key = Key::new(partition.clone().into(), Some(sort)).ok()?;
            Some(ItemKey::new(self.page.source.clone(), key))
        };
        let bound = |bound: &Bound<KeyValue>| match bound {
            Bound::Included(value) => named(value).map_or(Bound::Unbounded, Bound::Included),
            Bound::Excluded(value) => named(value).map_or(Bound::Unbounded, Bound::Excluded),
            Bound::Unbounded => Bound::Unbounded,
        };
        let (mut from, mut to) = (bound(&sort.from), bound(&sort.to));
        if let Some(after) = &self.after {
            let end = if self.page.reverse { &mut to } else { &mut from };
            let is_inside = match &*end {
                Bound::Included(other) | Bound::Excluded(other) if self.page.reverse => {
                    after < other
                }
                Bound::Included(other) | Bound::Excluded(other) => after > other,
                Bound::Unbounded => true,
            };
            if is_inside {
                *end = Bound::Excluded(after.clone());
            }
        }
        (from, to)
    }
}

impl Node {
    /// Tells a coordinator its part of a page.
    pub(super) fn tell_part(
        &mut self,
        coordinator: NodeId,
        request: RequestId,
        ask: &PageAsk,
        effects: &mut Effects,
    ) {
        let body = match self.may_tell(ask) {
            true => Body::PagePart { number: ask.number, part: Box::new(self.part_of(ask)) },
            false => Body::Rebuilding,
        };
        effects.send(Address::Node(coordinator), request, body);
    }

    /// What this node holds of what is asked for.
    pub(super) fn part_of(&mut self, ask: &PageAsk) -> Part {
        let part = Part { entries: Vec::new(), last: None };
        let mut telling = Telling { part, uncounted: 0, items: 0, bytes: 0 };
        match &ask.page.span {
            Span::Collection { partition, sort } => {
                self.tell_collection(ask, partition, sort, &mut telling);
            }
            Span::Segment { .. } => self.tell_ranges(ask, &mut telling),
        }
        for told in &telling.part.entries {
            self.meter_read(&told.key, Some(&told.held));
        }
        telling.part
    }

    fn tell_collection(
        &self,
        ask: &PageAsk,
        partition: &KeyValue,
        sort: &SortRange,
        telling: &mut Telling,
    ) {
        let Ok(first) = ask.page.key() else { return };
        let everything = SortRange::ALL;
        let sort = if ask.page.order().is_some() { &everything } else { sort };
        let is_in = |key: &ItemKey| match key.key().sort() {
            Some(value) => sort.contains(value),
            None => *sort == SortRange::ALL,
        };
        let (from, to) = ask.bounds(partition, sort);
        let bounds = (from.clone(), to.clone());
        let held = self.store.beside(&first, from, to).filter(|(key, _)| is_in(key));
        if self.tells_hints(first.position) {
            let is_asked = |key: &ItemKey| key.is_beside(&first) && bounds.contains(key);
            let all = self.with_hints(held, |key| is_asked(key) && is_in(key));
            self.tell_all(ask, all.iter(), telling);
        } else {
            self.tell_all(ask, held, telling);
        }
    }

    /// Tells of these in the order of the page.
    fn tell_all<'a>(
        &self,
        ask: &PageAsk,
        mut held: impl DoubleEndedIterator<Item = (&'a ItemKey, &'a Held)>,
        telling: &mut Telling,
    ) {
        while let Some((key, held)) = if ask.page.reverse { held.next_back() } else { held.next() }
        {
            if !self.tell_one(ask, key, held, telling) {
                return;
            }
        }
    }

    fn tell_ranges(&self, ask: &PageAsk, telling: &mut Telling) {
        let is_new = |key: &ItemKey| ask.after.as_ref().is_none_or(|after| key > after);
        let is_wanted = |key: &ItemKey| is_new(key) && *key.table() == ask.page.source;
        for (first, last) in &ask.ranges {
            let before = Token(first.0.wrapping_sub(1));
            if let Some(at) = ask.page.as_of() {
                if !self.tell_past(ask, (before, *last), at, telling) {
                    return;
                }
                continue;
            }
            let held = self.store.range(before, *last).filter(|(key, _)| is_wanted(key));
            let has_room = if self.tells_hints(*last) {
                let is_in = |key: &ItemKey| (*first..=*last).contains(&key.position);
                let all = self.with_hints(held, |key| is_in(key) && is_wanted(key));
                all.iter().all(|(key, held)| self.tell_one(ask, key, held, telling))
            } else {
                held.into_iter().all(|(key, held)| self.tell_one(ask, key, held, telling))
            };
            if !has_room {
                return;
            }
        }
    }

    /// Whether this node is asked in an owner's stead about what lies at a position, and has hints.
    fn tells_hints(&self, position: Token) -> bool {
        !self.store.hints().is_empty() && !self.lists.at(position).contains(&self.id)
    }

    /// What is held, and what is kept for others as far as it is wanted.
    fn with_hints<'a>(
        &self,
        held: impl Iterator<Item = (&'a ItemKey, &'a Held)>,
        is_wanted: impl Fn(&ItemKey) -> bool,
    ) -> BTreeMap<ItemKey, Held> {
        let held = held.map(|(key, held)| (key.clone(), held.clone()));
        let mut all: BTreeMap<ItemKey, Held> = held.collect();
        for (_, key, hint) in self.store.hints().iter().filter(|(_, key, _)| is_wanted(key)) {
            match all.get_mut(key) {
                Some(held) => held.join(hint),
                None => drop(all.insert(key.clone(), hint.clone())),
            }
        }
        all
    }

    /// The same, as of a time. False if there was no room for all of it.
    fn tell_past(
        &self,
        ask: &PageAsk,
        (from, to): (Token, Token),
        at: HybridTime,
        telling: &mut Telling,
    ) -> bool {
        let is_new = |key: &&ItemKey| ask.after.as_ref().is_none_or(|after| *key > after);
        let names = self.store.names_in(from, to).filter(is_new);
        names.filter(|key| *key.table() == ask.page.source).all(|key| {
            let held = self.was(key, at);
            held.is_none_or(|held| self.tell_one(ask, key, &held, telling))
        })
    }

    /// Tells of one item. False if there was no room for it.
    fn tell_one(&self, ask: &PageAsk, key: &ItemKey, held: &Held, telling: &mut Telling) -> bool {
        if ask.is_enough(telling) {
            telling.part.last = telling.part.entries.last().map(|told| told.key.clone());
            return false;
        }
        match &held.newest().item {
            Some(item) if ask.page.has(item) => telling.items += 1,
            _ => telling.uncounted += 1,
        }
        telling.bytes += held.bytes();
        let in_rounds = ask.page.is_consistent() && self.has_ballots(key);
        let ballots = self.store.ballots().get(key).filter(|_| in_rounds);
        let voted = ballots.and_then(|ballots| ballots.accepted);
        let (key, held) = (key.clone(), held.clone());
        telling.part.entries.push(Told { key, held, in_rounds, voted });
        true
    }

    /// Takes what a consistent page found to be missing here.
    pub(super) fn take_page_repair(
        &mut self,
        coordinator: NodeId,
        request: RequestId,
        number: u32,
        entries: &[(ItemKey, Held)],
        effects: &mut Effects,
    ) {
        for (key, held) in entries {
            self.take_all(Some(request), key, held, Cause::Repair, Then::Nothing, effects);
        }
        let epoch = self.lists.epoch();
        let then = Then::ConfirmPage { coordinator, request, epoch, number };
        self.once_durable(then, effects);
    }
}
