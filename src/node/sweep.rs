//! The sweeper: items that have expired are taken away in the background.
//!
//! ```text
//!   B, first trusted owner of SEA                 C, D, the others
//!     every second, some items: SEA has expired
//!     its tombstone, just above that version,
//!     goes to the log, and is kept for C and D
//!     durable: handed over                 ─────▶   durable
//!                                          ◀─────   handoff ack
//! ```
//!
//! From there on it is a tombstone like others: read repair and anti-entropy spread it, indexes follow
//! it, it is collected in the end. Why its stamp is what it is, [`crate::expiry`] says.
//!
//! Caveats: what is hidden before it is swept is still there for conditions and updates, as in
//! DynamoDB, and for an index that does not have the attribute.

use std::sync::Arc;

use super::appended::Then;
use super::effect::Effects;
use super::note::{Cause, Note};
use super::settings::Tables;
use super::step::Node;
use super::{Answer, Page};
use crate::base::{Duration, Mutation, RequestId, mutated};
use crate::causality::{HybridTime, Stamp};
use crate::data::{Expiry, Item};
use crate::expiry::{is_expired, just_above};
use crate::storage::{ItemKey, Record, Version};

/// How often some items are looked at.
pub(super) const INTERVAL: Duration = Duration::from_ms(1_000);
/// How many.
const BATCH: usize = 512;

/// Whether items of any table expire.
pub(super) fn any(tables: &Tables) -> bool {
    tables.values().any(|table| table.expiry.is_some())
}

impl Node {
    /// How items of this one's table expire, if they do.
    pub(super) fn expiry_of(&self, key: &ItemKey) -> Option<&Expiry> {
        self.expires.then(|| self.settings.tables.get(key.table())?.expiry.as_ref()).flatten()
    }

    /// The answer of a read without what has expired, where the table hides that.
    pub(super) fn without_expired(&self, request: RequestId, answer: Answer) -> Answer {
        match answer {
            Answer::Read { item: Some(item), stamp } => {
                let key = &self.operation(request).wanted.key;
                Answer::Read { item: Some(item).filter(|item| !self.hides(key, item)), stamp }
            }
            Answer::Page(mut page) if page.items.iter().any(|(key, it)| self.hides(key, it)) => {
                let Page { items, stamps, size, .. } = Arc::make_mut(&mut page);
                let all = std::mem::take(items).into_iter().zip(std::mem::take(stamps));
                for ((key, item), stamp) in all {
                    if self.hides(&key, &item) {
                        *size = size.saturating_sub(item.size() as u64);
                    } else {
                        items.push((key, item));
                        stamps.push(stamp);
                    }
                }
                Answer::Page(page)
            }
            answer => answer,
        }
    }

    /// Whether an item, or what an index has of it, is hidden because it has expired.
    fn hides(&self, key: &ItemKey, item: &Item) -> bool {
        let expiry = match key.is_entry() {
            false => self.expiry_of(key),
            true if !self.expires => None,
            true => self.table_of(key.table()).and_then(|(table, _)| table.expiry.as_ref()),
        };
        let hiding = expiry.filter(|expiry| expiry.hides);
        hiding.is_some_and(|expiry| is_expired(expiry, item, self.time.now))
    }

    /// Looks at some more items.
    pub(super) fn sweep(&mut self, effects: &mut Effects) {
        let after = self.state.background.extra.upkeep.as_ref().and_then(|it| it.swept.clone());
        let (mut last, mut seen, mut expired) = (None, 0, Vec::new());
        for (key, held) in self.store.after(after.as_ref()).take(BATCH) {
            (last, seen) = (Some(key.clone()), seen + 1);
            let is_due = |expiry: &Expiry| {
                let item = held.newest().item.as_ref();
                item.is_some_and(|item| is_expired(expiry, item, self.time.now))
            };
            let is_ours = || self.is_whole() && self.speaks_for(key);
            if self.expiry_of(key).is_some_and(is_due) && is_ours() {
                expired.push((key.clone(), held.stamp()));
            }
        }
        for (key, stamp) in expired {
            self.sweep_away(key, stamp, effects);
        }
        if let Some(upkeep) = &mut self.state.background.extra.upkeep {
            upkeep.swept = last.filter(|_| seen == BATCH);
        }
    }

    fn sweep_away(&mut self, key: ItemKey, expired: Stamp, effects: &mut Effects) {
        let mut stamp = just_above(expired);
        if mutated(Mutation::SweptWithNewStamp) {
            stamp.time = stamp.time.max(HybridTime::of_clock(self.time.clock_us));
        }
        effects.note(|| Note::Sweeps { key: key.clone(), expired, stamp });
        let version = Version { stamp, item: None, context: None };
        for owner in self.takers(&key) {
            if owner != self.id {
                let (key, version) = (key.clone(), version.clone());
                let record = Record::Hint { owner, key, version };
                self.append(record, None, Cause::Expiry, Then::Nothing, effects);
            }
        }
        // Last: what the others have to hear of is on the disk by then.
        self.take_all(None, &key, &version.into(), Cause::Expiry, Then::Nothing, effects);
    }
}
