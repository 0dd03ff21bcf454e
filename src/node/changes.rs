//! The node as keeper of what was: which tables' past is in its log, and since when.
//!
//! ```text
//!   switched on ──▶ "keeps, since s" goes to the log; whatever is replaced behind it is remembered
//!   disk lost   ──▶ "keeps, since never"              rebuilt ──▶ "keeps, since now"
//! ```
//!
//! Since when: no earlier than the newest stamp that is held of the table then, because what that one
//! replaced is gone already. With right clocks that is the instant at which it was switched on. A node
//! that started later, or was down, has replaced nothing before it knew, and says the same; one that
//! lost its disk can say nothing of what was before it was rebuilt, and whoever asks for that has to
//! ask others. See [`crate::backup`].

use super::ClientRequest;
use std::borrow::Cow;

use super::appended::Then;
use super::effect::Effects;
use super::note::Cause;
use super::part::PageAsk;
use super::step::Node;
use crate::backup::window;
use crate::base::{Mutation, NodeId, VirtualTime, mutated};
use crate::causality::{HybridTime, Stamp};
use crate::coordinator::{Found, Part};
use crate::data::{Item, TableName};
use crate::expiry::{is_expired, just_above};
use crate::storage::{ChangeLog, Held, ItemKey, Record, Version};

/// What comes with a part of a stream: versions that were, and since when that is all.
pub(super) type Past = (Vec<(ItemKey, Version)>, Vec<(TableName, HybridTime)>);

impl Node {
    /// Since when the past of a table is kept, as far as the log says, be it durable or not.
    fn kept_since(&self, table: &TableName) -> Option<HybridTime> {
        let last = self.appended().filter_map(|record| match record {
            Record::Keeps { table: other, since } if other == table => Some(*since),
            _ => None,
        });
        match last.last() {
            Some(since) => since,
            None => self.store.changes().since(table),
        }
    }

    /// The newest time of any version of a table that is held, or on its way to the disk.
    fn newest_time(&self, table: &TableName) -> HybridTime {
        let held = self.store.iter().filter(|(key, _)| key.table() == table);
        let held = held.map(|(_, held)| held.stamp());
        let appended = self.appended().filter_map(|record| {
            record.version().filter(|_| record.key().is_some_and(|key| key.table() == table))
        });
        let all = held.chain(appended.map(|version| version.stamp));
        all.map(|stamp| stamp.time).max().unwrap_or_default()
    }

    /// Tables have changed, or the node begins, or is rebuilt: keeps the past that is to be kept from
    /// now on, and forgets what is not.
    pub(super) fn keep_changes(&mut self, effects: &mut Effects) {
        let is_whole = self.state.background.rebuild.is_none();
        let mut records = Vec::new();
        for schema in self.settings.tables.values() {
            let Some(recording) = schema.recording else { continue };
            let known = self.kept_since(&schema.name);
            let was_lost = known == Some(ChangeLog::NEVER);
            if known.is_some() && !(was_lost && is_whole) {
                continue;
            }
            let begun = HybridTime::of_clock(match was_lost {
                true => self.time.clock_us,
                false => recording.since.0,
            });
            let since = match is_whole || mutated(Mutation::PastOfLostDisk) {
                true => begun.max(self.newest_time(&schema.name)),
                false => ChangeLog::NEVER,
            };
            records.push(Record::Keeps { table: schema.name.clone(), since: Some(since) });
        }
        let is_wanted = |table: &TableName| {
            self.settings.tables.get(table).is_some_and(|schema| schema.recording.is_some())
        };
        for (table, _) in self.store.changes().tables().filter(|(table, _)| !is_wanted(table)) {
            if self.kept_since(table).is_some() {
                records.push(Record::Keeps { table: table.clone(), since: None });
            }
        }
        for record in records {
            self.append(record, None, Cause::AntiEntropy, Then::Nothing, effects);
        }
    }

    /// Forgets what no restore may ask for any more, if it is time for that.
    pub(super) fn trim_changes(&mut self, effects: &mut Effects) {
        let changes = self.store.changes();
        let Some(horizon) = window::horizon(self.time.now) else { return };
        let horizon = HybridTime::of_clock(horizon.0);
        if changes.tables().next().is_some() && changes.horizon() < horizon {
            let record = Record::Trimmed(horizon);
            self.append(record, None, Cause::AntiEntropy, Then::Nothing, effects);
        }
    }

    /// Whether this node's word counts in a page: its disk was not lost, and if the page is about the
    /// past, it knows that. (That it keeps it need not be durable: nothing is replaced before that is.)
    pub(super) fn may_tell(&self, ask: &PageAsk) -> bool {
        let horizon = self.store.changes().horizon();
        let since = || self.kept_since(&ask.page.source).map(|since| since.max(horizon));
        let knows = |at| since().is_some_and(|since| since <= at);
        self.is_whole() && ask.page.as_of().is_none_or(knows)
    }

    /// What an item was at a time. What was swept away since then was still there: the tombstone of a
    /// sweep is stamped just above its version, and counts from when that had expired.
    pub(super) fn was(&self, key: &ItemKey, at: HybridTime) -> Option<Cow<'_, Held>> {
        let held = self.store.as_of(key, at)?;
        let swept = held.tombstone().and_then(|tombstone| {
            let mut past = self.store.changes().of(key).iter();
            past.find(|version| self.has_outlived(key, version, tombstone.stamp, at))
        });
        Some(swept.map_or(held, |version| Cow::Owned(version.clone().into())))
    }

    /// Whether it was a sweep that stamped this tombstone, to take a version away that had not expired at
    /// this time.
    fn has_outlived(
        &self,
        key: &ItemKey,
        version: &Version,
        tombstone: Stamp,
        at: HybridTime,
    ) -> bool {
        let at = VirtualTime(at.clock_us());
        let lives =
            |item: &Item| self.expiry_of(key).is_some_and(|expiry| !is_expired(expiry, item, at));
        just_above(version.stamp) == tombstone && version.item.as_ref().is_some_and(|it| lives(it))
    }

    /// Puts back what one replica knows to have been swept away later than another one can tell.
    pub(super) fn undo_sweeps(
        &self,
        parts: &[(NodeId, Part)],
        found: &mut [Found],
        at: HybridTime,
    ) {
        for Found { key, held, .. } in found {
            let Some(tombstone) = held.tombstone().map(|tombstone| tombstone.stamp) else {
                continue;
            };
            let told = parts.iter().filter_map(|(_, part)| {
                let place = part.entries.binary_search_by(|told| told.key.cmp(key)).ok()?;
                Some(&part.entries[place].held)
            });
            let is_it = |it: &&Held| self.has_outlived(key, it.newest(), tombstone, at);
            if let Some(swept) = told.into_iter().find(is_it) {
                *held = swept.clone();
            }
        }
    }

    /// How many owners of a token range have to say what was there: max(R, N − W + 1). They meet every
    /// write that was acknowledged, those of rounds as well, which have W votes at least.
    pub(super) fn answers_of_past(&self, wanted: &ClientRequest) -> usize {
        let n = self.lists.n();
        let r = usize::from(self.needed(wanted, false, n));
        let w = usize::from(self.needed(wanted, true, n));
        if mutated(Mutation::PastOfOne) { 1 } else { r.max(n + 1 - w) }
    }

    /// What was of these items, for a pending owner; none if nobody has to know.
    pub(super) fn past_of(&self, names: &[ItemKey]) -> Option<Past> {
        let changes = self.store.changes();
        let since: Vec<_> = changes.tables().map(|(table, at)| (table.clone(), at)).collect();
        let versions = names
            .iter()
            .flat_map(|key| changes.of(key).iter().map(|version| (key.clone(), version.clone())));
        (!since.is_empty() && !mutated(Mutation::PastNotStreamed))
            .then(|| (versions.collect(), since))
    }

    /// Takes what was from an owner: from now on this node knows no more than that one did.
    pub(super) fn take_past(&mut self, (versions, since): Past, effects: &mut Effects) {
        let mut records = Vec::new();
        for (table, since) in since {
            if self.kept_since(&table).is_some_and(|own| own < since) {
                records.push(Record::Keeps { table, since: Some(since) });
            }
        }
        let past = versions.into_iter().map(|(key, version)| Record::Past { key, version });
        for record in records.into_iter().chain(past) {
            self.append(record, None, Cause::Stream, Then::Nothing, effects);
        }
    }
}
