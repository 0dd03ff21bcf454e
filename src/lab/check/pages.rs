//! What queries and scans return.

use std::cmp::Ordering;

use super::known::{Before, Known, KnownItem};
use super::rounds::content_of;
use super::{Checker, Verdict};
use crate::base::RequestId;
use crate::causality::Stamp;
use crate::data::{Item, KeyValue};
use crate::lab::{Invariant, Trait};
use crate::node::{Action, ClientRequest, LocalOrder, Page, PageRequest, Span};
use crate::storage::ItemKey;

impl Checker {
    pub(super) fn ask_page(&mut self, request: RequestId, wanted: &ClientRequest) -> Verdict {
        assert_eq!(request.0 as usize, self.requests.len(), "requests are numbered from 0");
        let mut known = Known::new(0, wanted, self.order, Before::default());
        known.pages = self.items.iter().map(|item| item.before()).collect();
        self.requests.push(known);
        Ok(())
    }

    /// A page has each item once, in order, as somebody wrote it, and none that was not asked for; and
    /// if it is consistent, it lacks nothing that was acknowledged before.
    pub(super) fn judge_page(&mut self, request: RequestId, page: &Page) -> Verdict {
        let Action::Page(wanted) = self.known(request).action.clone() else { return Ok(()) };
        if !is_in_order(&wanted, page) || !page.items.iter().all(|(key, _)| is_in(&wanted, key)) {
            return self.fail(Invariant::PageInOrder, || format!("{request} returned {page}"));
        }
        self.coverage.add_if(page.items.len() > 1 && !wanted.is_scan(), Trait::CollectionRead);
        page.stamps.iter().for_each(|stamp| self.digest_stamp(*stamp));
        for ((key, item), stamp) in page.items.iter().zip(&page.stamps) {
            let number = self.items.iter().position(|known| known.key == *key);
            let number = number.expect("only a plan's items are there") as u8;
            self.check_written(request, number, *stamp, Some(item))?;
        }
        if let Some(at) = wanted.as_of() {
            let last = page.last.as_ref();
            let is_covered = |key: &ItemKey| last.is_none_or(|last| key <= last);
            return self.judge_past(request, at, page, is_covered);
        }
        if !wanted.is_consistent() {
            return Ok(());
        }
        self.coverage.add(Trait::PageRead);
        for number in 0..self.items.len() {
            if is_covered(&wanted, page, &self.items[number].key) {
                self.judge_entry(request, number as u8, page)?;
            }
        }
        Ok(())
    }

    /// What a consistent page says of an item that it covers.
    fn judge_entry(&mut self, request: RequestId, number: u8, page: &Page) -> Verdict {
        let key = &self.items[usize::from(number)].key;
        let place = page.items.iter().position(|(other, _)| other == key);
        let found = place.map(|place| page.stamps[place]);
        let content = content_of(place.map(|place| &page.items[place].1));
        let Before { acknowledged, told, .. } = self.known(request).pages[usize::from(number)];
        let item = &self.items[usize::from(number)];
        let meets = self.promises.exclusive || item.is_register || !item.has_rounds;
        if self.is_strict() && meets {
            let floors = [
                (acknowledged, Invariant::AcknowledgedIsRead),
                (told.filter(|_| self.promises.real_time), Invariant::RealTimeOrder),
            ];
            for (floor, invariant) in floors {
                if !self.is_deleted_since(number, floor, found) {
                    self.check_not_below(request, number, floor, found, invariant)?;
                }
            }
        }
        let known = &mut self.requests[request.0 as usize];
        known.found.push((number, found, content));
        let item = &mut self.items[usize::from(number)];
        item.told = item.told.max(found);
        Ok(())
    }

    /// Whether an item that a page lacks may have been deleted at or above a version: a page says
    /// nothing of tombstones, nor of the ballot under which a round proposed one once more.
    fn is_deleted_since(&self, number: u8, floor: Option<Stamp>, found: Option<Stamp>) -> bool {
        let is_later = |known: &Known| known.stamp.is_none_or(|stamp| Some(stamp) >= floor);
        let deletes = |known: &&Known| known.key == number && known.is_delete();
        let is_proposed_again = |ballot: &Stamp| {
            Some(*ballot) >= floor && self.writer(number, ballot.dot).is_some_and(Known::is_delete)
        };
        let KnownItem { ballots, sweeps, .. } = &self.items[usize::from(number)];
        found.is_none()
            && (self.requests.iter().filter(deletes).any(is_later)
                || ballots.values().any(is_proposed_again)
                || sweeps.values().any(|(_, stamp)| Some(*stamp) >= floor))
    }
}

/// Whether an item would be in a page, if there is one, and whatever it is like.
fn is_covered(wanted: &PageRequest, page: &Page, key: &ItemKey) -> bool {
    let is_reached = |last: &ItemKey| match wanted.reverse {
        false => key <= last,
        true => key >= last,
    };
    wanted.local.is_none() && is_in(wanted, key) && page.last.as_ref().is_none_or(is_reached)
}

/// Whether an item belongs to what is asked for.
fn is_in(wanted: &PageRequest, key: &ItemKey) -> bool {
    let is_behind = |after: &ItemKey| match wanted.reverse {
        false => key > after,
        true => key < after,
    };
    let is_in_span = match &wanted.span {
        Span::Segment { .. } => true,
        Span::Collection { partition, sort } => {
            let is_in_range = |value| wanted.local.is_some() || sort.contains(value);
            key.key().partition() == partition && key.key().sort().is_none_or(is_in_range)
        }
    };
    is_in_span && wanted.after.as_ref().is_none_or(is_behind)
}

/// Whether each item comes once, and in the order that is asked for.
fn is_in_order(wanted: &PageRequest, page: &Page) -> bool {
    let value = |item: &Item| wanted.local.as_ref().map(|order| sort_value(order, item));
    page.items.is_sorted_by(|(one, item), (next, other)| {
        let order = value(item).cmp(&value(other)).then(one.cmp(next));
        order == if wanted.reverse { Ordering::Greater } else { Ordering::Less }
    })
}

/// What an item is ordered by in a local index; none if it is not in there.
fn sort_value(order: &LocalOrder, item: &Item) -> Option<KeyValue> {
    item.get(&order.attribute.name).and_then(|value| KeyValue::try_from(value.clone()).ok())
}
