//! What queries and scans return.

use super::known::{Before, Known};
use super::rounds::content_of;
use super::{Checker, Verdict};
use crate::base::RequestId;
use crate::causality::Stamp;
use crate::lab::{Invariant, Trait};
use crate::node::{Action, ClientRequest, Page, PageRequest};
use crate::storage::ItemKey;

impl Checker {
    pub(super) fn ask_page(&mut self, request: RequestId, wanted: &ClientRequest) -> Verdict {
        assert_eq!(request.0 as usize, self.requests.len(), "requests are numbered from 0");
        let mut known = Known::new(0, wanted, self.order, Before::default());
        known.pages = self.items.iter().map(|item| item.before()).collect();
        self.requests.push(known);
        Ok(())
    }

    /// A page has each item once, in order, as somebody wrote it; and if it is consistent, it lacks
    /// nothing that was acknowledged before.
    pub(super) fn judge_page(&mut self, request: RequestId, page: &Page) -> Verdict {
        let Action::Page(wanted) = self.known(request).action.clone() else { return Ok(()) };
        if !page.items.is_sorted_by(|(one, _), (next, _)| one < next) {
            return self.fail(Invariant::PageInOrder, || format!("{request} returned {page}"));
        }
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
        let place = page.items.binary_search_by(|(other, _)| other.cmp(key)).ok();
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

    /// Whether an item that a page lacks may have been deleted at or above a version.
    fn is_deleted_since(&self, number: u8, floor: Option<Stamp>, found: Option<Stamp>) -> bool {
        let is_later = |known: &Known| known.stamp.is_none_or(|stamp| Some(stamp) >= floor);
        let deletes = |known: &&Known| known.key == number && known.is_delete();
        found.is_none() && self.requests.iter().filter(deletes).any(is_later)
    }
}

/// Whether an item would be in a page, if there is one.
fn is_covered(wanted: &PageRequest, page: &Page, key: &ItemKey) -> bool {
    match wanted.is_scan() {
        true => page.last.as_ref().is_none_or(|last| key <= last),
        false => wanted.key().is_ok_and(|only| only == *key),
    }
}
