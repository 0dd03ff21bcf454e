//! How far a page has come, and who is to be asked next.
//!
//! ```text
//!   query   one collection, whose items live on the same owners
//!   scan    an arc of the ring:  ├─ range ─┼─ range ─┼── range ──┼─ …  one batch after the other,
//!                                 1 range, then 2, then 4, …          each of several token ranges
//! ```
//!
//! Of each token range so many owners are asked as have to answer, and others only where these cannot
//! or are silent: parts are large.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ClientRequest;
use super::MessageKind;
use super::message::Address;
use super::page::{LocalOrder, Page, PageRequest, Span};
use super::request::Action;
use crate::base::{NodeId, VirtualTime, heap_sort};
use crate::causality::Stamp;
use crate::coordinator::{Found, Part, Seat, Tally, in_order};
use crate::data::{Item, KeyValue};
use crate::ring::{PreferenceLists, Token};
use crate::storage::{Held, ItemKey};

/// How many replicas are asked at once at most.
const MOST_ASKED: usize = 200;

/// A page that is being put together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Paging {
    /// The request for it. (The operation's own is one for an item, while there is a round about it.)
    pub wanted: Arc<ClientRequest>,
    pub done: Page,
    /// Where it goes on: at this position; none if there is nothing left.
    next: Option<Token>,
    /// Behind this item.
    pub after: Option<ItemKey>,
    /// How many token ranges are asked for at once.
    width: usize,
    /// Who will not answer, and is not asked again.
    pub given_up: Vec<NodeId>,
    /// Who has not answered for long, and is not asked again either.
    pub silent: Vec<NodeId>,
    /// Of the present questions.
    pub number: u32,
    /// Their token ranges: the first and the last position of each, in order.
    pub ranges: Vec<(Token, Token)>,
    /// Who is asked, and for which of the ranges.
    pub asked: Vec<(NodeId, Vec<u32>)>,
    pub tally: Tally,
    pub phase: Phase,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Phase {
    /// Answers so far. Who is silent at `patience` is given up, if others can be asked.
    Asking { parts: Vec<(NodeId, Part)>, patience: VirtualTime },
    /// Acknowledgements of what these replicas lacked.
    Repairing { sent: Vec<(NodeId, Vec<(ItemKey, Held)>)>, gathered: Gathered },
    /// Rounds about items, one after the other.
    Settling { gathered: Gathered },
}

/// What the answers add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Gathered {
    /// In the order of the page. No item: it was deleted.
    pub entries: Vec<Entry>,
    /// Those of them about which a round has to be held, the next one last.
    pub undecided: Vec<ItemKey>,
    /// Nobody was told of what comes behind this; none: the ranges are through.
    pub end: Option<ItemKey>,
}

/// An item of a page, and which version it is; none if it was deleted.
pub(super) type Entry = (ItemKey, Option<(Arc<Item>, Stamp)>);

/// How many of a token range's owners have to answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needed {
    pub answers: usize,
    /// How many have to have what is answered; none unless it is consistent.
    pub w: Option<usize>,
    /// Whether fallbacks may answer in the stead of owners that are away. They know nothing of the past,
    /// nor what was acknowledged before.
    pub fallbacks_count: bool,
}

impl Paging {
    /// A page of which nothing has been asked for; none if that is no page. Node `own` puts it together.
    pub fn new(own: NodeId, wanted: Arc<ClientRequest>) -> Option<Self> {
        let Action::Page(page) = &wanted.action else { return None };
        let after = page.after.clone().filter(|_| page.order().is_none());
        let next = match page.span {
            Span::Collection { .. } => wanted.key.position,
            Span::Segment { number, of } => {
                let (first, _) = Span::arc(number, of);
                after.as_ref().map_or(first, |after| after.position.max(first))
            }
        };
        let gathered = Gathered::default();
        Some(Self {
            wanted,
            done: Page::default(),
            next: Some(next),
            after,
            width: 1,
            given_up: Vec::new(),
            silent: Vec::new(),
            number: 0,
            ranges: Vec::new(),
            asked: Vec::new(),
            tally: Tally::new(vec![Seat::of_owner(own)], 1),
            phase: Phase::Settling { gathered },
        })
    }

    /// Whether replicas are asked for anything: not while there is a round about an item.
    pub fn is_asking(&self) -> bool {
        !matches!(self.phase, Phase::Settling { .. })
    }

    /// What the answers add up to, which is needed no more here.
    pub fn take_gathered(&mut self) -> Gathered {
        match &mut self.phase {
            Phase::Repairing { gathered, .. } | Phase::Settling { gathered } => {
                std::mem::take(gathered)
            }
            Phase::Asking { .. } => Gathered::default(),
        }
    }

    /// The messages that ask for it.
    pub fn asks_with(&self) -> MessageKind {
        match self.phase {
            Phase::Asking { .. } => MessageKind::Query,
            _ => MessageKind::Repair,
        }
    }

    pub fn page(&self) -> &Arc<PageRequest> {
        match &self.wanted.action {
            Action::Page(page) => page,
            _ => unreachable!("only a page is put together"),
        }
    }

    /// How many items there is room for, and how many bytes.
    pub fn room(&self) -> (u32, u32) {
        let page = self.page();
        if page.order().is_some() {
            return (u32::MAX, PageRequest::MOST_BYTES);
        }
        let bytes = u64::from(page.bytes).saturating_sub(self.done.size).max(1);
        (page.limit - self.done.items.len() as u32, bytes as u32)
    }

    /// The token ranges that come next; `room`: how many replicas each asks.
    pub fn next_ranges(&self, lists: &PreferenceLists, room: usize) -> Vec<(Token, Token)> {
        let Some(next) = self.next else { return Vec::new() };
        let Span::Segment { number, of } = self.page().span else { return vec![(next, next)] };
        let (_, end) = Span::arc(number, of);
        let (vnodes, mut first, mut ranges) = (lists.ring().vnodes(), next, Vec::new());
        while ranges.len() < self.width.min(MOST_ASKED / room.max(1)).max(1) {
            // What lies behind the last token belongs to the first one.
            let token = vnodes[lists.ring().successor(first)].token;
            let last = if token < first { Token(u128::MAX) } else { token }.min(end);
            ranges.push((first, last));
            if last == end {
                break;
            }
            first = Token(last.0 + 1);
        }
        ranges
    }

    /// The answers for these ranges are in the page, up to `end`: where it goes on.
    pub fn advance(&mut self, end: Option<ItemKey>) {
        match end {
            Some(end) => {
                self.next = Some(end.position);
                self.after = Some(end);
            }
            None => {
                let arc = match self.page().span {
                    Span::Segment { number, of } => Some(Span::arc(number, of).1),
                    Span::Collection { .. } => None,
                };
                let last = self.ranges.last().map(|(_, last)| *last);
                let left = last.filter(|last| arc.is_some_and(|end| *last < end));
                self.next = left.map(|last| Token(last.0 + 1));
                self.after = None;
                self.width = (2 * self.width).min(MOST_ASKED);
            }
        }
    }

    /// Whether everything was asked for.
    pub fn is_through(&self) -> bool {
        self.next.is_none()
    }

    /// Which of the ranges a position lies in.
    fn range_of(&self, position: Token) -> u32 {
        self.ranges.partition_point(|(_, last)| *last < position) as u32
    }

    /// Who was asked for what lies at a position.
    pub fn asked_at(&self, position: Token) -> impl Iterator<Item = NodeId> {
        let range = self.range_of(position);
        let asked = self.asked.iter().filter(move |(_, ranges)| ranges.contains(&range));
        asked.map(|(node, _)| *node)
    }

    /// Puts items into the page. False if there is no room for more.
    pub fn put(&mut self, entries: Vec<Entry>) -> bool {
        let page = Arc::clone(self.page());
        for (key, item) in entries {
            let Some(item) = item.filter(|(item, _)| page.has(item)) else { continue };
            if !put(&mut self.done, &page, key, item) {
                return false;
            }
        }
        page.order().is_some() || self.done.items.len() < page.limit as usize
    }

    /// The page, when nothing is left, or there is no room for more.
    pub fn finish(&mut self, is_all: bool) -> Page {
        let mut done = std::mem::take(&mut self.done);
        let page = Arc::clone(self.page());
        match page.order() {
            Some(order) => reorder(done, &page, order),
            None => {
                done.last = done.items.last().filter(|_| !is_all).map(|(key, _)| key.clone());
                done
            }
        }
    }

    /// Whether a snapshot may claim this.
    pub fn is_sound(
        &self,
        known: impl Fn(Address) -> bool,
        possible: impl Fn(&ClientRequest) -> bool,
    ) -> bool {
        let asked = self.asked.iter().map(|(node, _)| node);
        let (parts, sent) = match &self.phase {
            Phase::Asking { parts, .. } => (&parts[..], &[][..]),
            Phase::Repairing { sent, .. } => (&[][..], &sent[..]),
            Phase::Settling { .. } => (&[][..], &[][..]),
        };
        let others = parts.iter().map(|(node, _)| node).chain(sent.iter().map(|(node, _)| node));
        let mut nodes = asked.chain(&self.given_up).chain(&self.silent).chain(others);
        matches!(self.wanted.action, Action::Page(_))
            && possible(&self.wanted)
            && (self.page().order().is_some() || self.done.items.len() < self.page().limit as usize)
            && self.width <= MOST_ASKED
            && self.done.items.len() == self.done.stamps.len()
            && self.tally.is_sound()
            && self.ranges.is_sorted()
            && nodes.all(|node| known(Address::Node(*node)))
    }
}

/// Puts an item into a page, if there is room for it.
fn put(
    done: &mut Page,
    page: &PageRequest,
    key: ItemKey,
    (item, stamp): (Arc<Item>, Stamp),
) -> bool {
    let size = done.size + item.size() as u64;
    let has_room = page.order().is_some()
        || done.items.len() < page.limit as usize
            && (done.items.is_empty() || size <= u64::from(page.bytes));
    if has_room {
        done.size = size;
        done.items.push((key, item));
        done.stamps.push(stamp);
    }
    has_room
}

/// A page in the order of a local index, from a whole collection.
fn reorder(all: Page, page: &PageRequest, order: &LocalOrder) -> Page {
    let Span::Collection { sort, .. } = &page.span else { return all };
    let value = |item: &Item| {
        let value = KeyValue::try_from(item.get(&order.attribute.name)?.clone()).ok()?;
        (value.kind() == order.attribute.kind && sort.contains(&value)).then_some(value)
    };
    let all = all.items.into_iter().zip(all.stamps);
    let mut ordered: Vec<(KeyValue, ItemKey, (Arc<Item>, Stamp))> =
        all.filter_map(|((key, item), stamp)| Some((value(&item)?, key, (item, stamp)))).collect();
    heap_sort(&mut ordered, |(a, one, _), (b, other, _)| {
        let values = if page.reverse { b.cmp(a) } else { a.cmp(b) };
        values.then(in_order(one, other, page.reverse))
    });
    let is_behind = |value: &KeyValue, key: &ItemKey| {
        let Some((at, after)) = order.after.as_ref().zip(page.after.as_ref()) else { return true };
        let values = if page.reverse { at.cmp(value) } else { value.cmp(at) };
        values.then(in_order(key, after, page.reverse)).is_gt()
    };
    let mut done = Page::default();
    let by_key = PageRequest { local: None, ..page.clone() };
    for (value, key, item) in ordered {
        if is_behind(&value, &key) && !put(&mut done, &by_key, key, item) {
            done.last = done.items.last().map(|(key, _)| key.clone());
            break;
        }
    }
    done
}

/// Leaves out what there is no room for.
pub(super) fn cut(
    found: &mut Vec<Found>,
    end: &mut Option<ItemKey>,
    room: u32,
    page: &PageRequest,
) {
    let is_item =
        |found: &Found| found.held.newest().item.as_ref().is_some_and(|item| page.has(item));
    let full = found.iter().scan(0, |items, found| {
        *items += u32::from(is_item(found));
        Some(*items)
    });
    let place = full.enumerate().find(|(_, items)| *items >= room).map(|(place, _)| place);
    if let Some(place) = place
        && place + 1 < found.len()
    {
        found.truncate(place + 1);
        *end = found.last().map(|found| found.key.clone());
    }
}
