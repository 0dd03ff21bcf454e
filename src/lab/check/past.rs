//! What a table was, as somebody tells who looks back, and what a restore makes of it.
//!
//! ```text
//!   acknowledged before he asked:   v1      v2         v4
//!                             stamps ───────────┼─ t ──────▶
//!   told as of t:                           v2, or what was stamped between v2 and t and
//!                                           never acknowledged, or later
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use super::known::Known;
use super::{Checker, Verdict};
use crate::base::{RequestId, VirtualTime};
use crate::causality::{HybridTime, Stamp};
use crate::data::Item;
use crate::expiry::is_expired;
use crate::lab::{Invariant, Plan, Trait};
use crate::node::Page;
use crate::storage::ItemKey;

/// Items by their names in any table.
pub(in crate::lab) type Rows<'a> = Vec<(&'a ItemKey, &'a Arc<Item>)>;

impl Checker {
    /// What is told of every item as of a time.
    pub(super) fn judge_past(
        &mut self,
        request: RequestId,
        at: HybridTime,
        page: &Page,
        is_covered: impl Fn(&ItemKey) -> bool,
    ) -> Verdict {
        self.coverage.add(Trait::PastRead);
        for number in 0..self.items.len() {
            let key = self.items[number].key.clone();
            if !is_covered(&key) {
                continue;
            }
            let place = page.items.binary_search_by(|(other, _)| other.cmp(&key)).ok();
            let found = place.map(|place| page.stamps[place]);
            self.judge_was(request, number as u8, at, found)?;
        }
        Ok(())
    }

    fn judge_was(
        &self,
        request: RequestId,
        number: u8,
        at: HybridTime,
        found: Option<Stamp>,
    ) -> Verdict {
        let item = &self.items[usize::from(number)];
        let wrong = |what: String| {
            self.fail(Invariant::RestoredIsWhatWas, || {
                format!("{request} looked at {} as of {}µs: {what}", item.key, at.clock_us())
            })
        };
        if let Some(found) = found.filter(|found| found.time > at) {
            return wrong(format!("{found} came later"));
        }
        let known = self.known(request).pages[usize::from(number)].acknowledgements;
        let Some(floor) = self.floor(number, at, known) else { return Ok(()) };
        match found {
            Some(found) if found >= floor => Ok(()),
            Some(found) => wrong(format!("{found}, though {floor} was acknowledged")),
            None if self.was_deleted(number, floor, at) => Ok(()),
            None => wrong(format!("nothing, though {floor} was acknowledged")),
        }
    }

    /// The newest version up to a time of those that were acknowledged first, if it has to be told.
    fn floor(&self, number: u8, at: HybridTime, acknowledgements: usize) -> Option<Stamp> {
        let item = &self.items[usize::from(number)];
        let meets = self.promises.exclusive || item.is_register || !item.has_rounds;
        let is_promised = self.promises.survives_losses && !self.too_many_lost && meets;
        let until = item.stamps[..acknowledgements].iter().filter(|stamp| stamp.time <= at);
        until.max().copied().filter(|_| is_promised)
    }

    /// A table that was restored to a time has of every item what may be told of it. (Of a write that
    /// nobody acknowledged, two who look may be told differently.)
    pub fn judge_restored(&mut self, at: HybridTime, has: &Rows<'_>) -> Verdict {
        self.coverage.add(Trait::Restored);
        for (number, item) in (0..).zip(&self.items) {
            let floor = self.floor(number, at, item.stamps.len());
            let mut rows = has.iter();
            let found = rows.find(|(key, _)| key.key() == item.key.key()).map(|(_, item)| *item);
            let is_right = match found {
                None => floor.is_none_or(|floor| self.was_deleted(number, floor, at)),
                Some(found) => self.may_have_been(number, floor, at, found),
            };
            if !is_right {
                let (key, at) = (&item.key, at.clock_us());
                return self.fail(Invariant::RestoredIsWhatWas, || {
                    format!("{key} is restored to {at}µs as {found:?}, and {floor:?} was there")
                });
            }
        }
        Ok(())
    }

    /// Whether somebody wrote this up to a time, and not before a version.
    fn may_have_been(
        &self,
        number: u8,
        floor: Option<Stamp>,
        at: HybridTime,
        found: &Arc<Item>,
    ) -> bool {
        let is_it =
            |known: &&Known| known.key == number && known.is_write && known.writes(Some(found));
        let is_then = |stamp: Stamp| stamp.time <= at && Some(stamp) >= floor;
        let may_be = |known: &Known| known.in_round || known.stamp.is_some_and(is_then);
        self.requests.iter().filter(is_it).any(may_be)
    }

    /// Whether an item may have been deleted at a version or after it, and no later than this.
    fn was_deleted(&self, number: u8, floor: Stamp, at: HybridTime) -> bool {
        let deletes = |known: &&Known| known.key == number && known.is_delete();
        let is_between = |stamp: Stamp| stamp >= floor && stamp.time <= at;
        let may_be = |known: &Known| known.in_round || known.stamp.is_none_or(is_between);
        let mut swept = self.items[usize::from(number)].swept.iter();
        self.requests.iter().filter(deletes).any(may_be)
            || swept.any(|(stamp, expired)| {
                is_between(*stamp) && self.had_expired(number, *expired, at)
            })
    }

    /// Whether a version that was swept away may have been, by then.
    fn had_expired(&self, number: u8, version: Stamp, at: HybridTime) -> bool {
        let item = self.writer(number, version.dot).and_then(|known| known.item.as_ref());
        item.is_none_or(|it| is_expired(&Plan::expiry(), it, VirtualTime(at.clock_us())))
    }

    /// A table that was restored from a backup has exactly the items that the other one has.
    pub fn check_restored(&self, had: Rows<'_>, has: Rows<'_>) -> Verdict {
        let named = |rows: Rows<'_>| -> BTreeMap<String, Arc<Item>> {
            let one = |(key, item): (&ItemKey, &Arc<Item>)| (key.key().to_string(), item.clone());
            rows.into_iter().map(one).collect()
        };
        let (had, has) = (named(had), named(has));
        match had == has {
            true => Ok(()),
            false => self.fail(Invariant::RestoredIsWhatWas, || {
                format!("the new table has {:?}, not {:?}", has.keys(), had.keys())
            }),
        }
    }
}
