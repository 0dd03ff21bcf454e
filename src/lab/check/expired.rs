//! What expires, and what must not.

use super::{Checker, Verdict};
use crate::base::VirtualTime;
use crate::causality::Stamp;
use crate::expiry::is_expired;
use crate::lab::{Invariant, Plan, Trait};
use crate::storage::{Held, ItemKey};

impl Checker {
    /// A sweeper takes a version away: its time must have come.
    pub(super) fn note_swept(&mut self, key: &ItemKey, expired: Stamp, stamp: Stamp) -> Verdict {
        self.coverage.add(Trait::Swept);
        let Some(number) = self.items.iter().position(|item| item.key == *key) else {
            return Ok(());
        };
        let is_right = self.writer(number as u8, expired.dot).is_some_and(|known| {
            // What an update leaves of a put is not known.
            let put = known.item.as_ref();
            put.map_or(known.is_update, |item| is_expired(&Plan::expiry(), item, self.now))
        });
        if !is_right {
            return self.fail(Invariant::OnlyExpiredGoes, || {
                format!("version {expired} of {key} is swept, but has not expired")
            });
        }
        let order = self.order;
        let item = &mut self.items[number];
        if item.swept.insert(stamp, expired).is_none() {
            item.sweeps.insert(stamp.dot, (item.swept_at.len() as u64, stamp));
            item.swept_at.push((order, expired));
        }
        if let Some(writer) = item.writes.get(&expired.dot).copied() {
            item.foundlings.insert(stamp.dot, writer);
        }
        Ok(())
    }

    /// The tombstone of an expired version must not have taken a later one away.
    pub(super) fn check_swept(
        &self,
        key: u8,
        found: Option<Stamp>,
        before: Option<Stamp>,
    ) -> Verdict {
        let item = &self.items[usize::from(key)];
        let Some((stamp, expired)) = found.and_then(|found| item.swept.get_key_value(&found))
        else {
            return Ok(());
        };
        match before.filter(|later| later > expired && later < stamp) {
            None => Ok(()),
            Some(later) => self.fail(Invariant::OnlyExpiredGoes, || {
                format!(
                    "{} is gone with {expired}, which expired, but {later} followed it",
                    item.key
                )
            }),
        }
    }

    /// In the end nothing is left that expired a while ago.
    pub(super) fn check_expired(&self, key: u8, held: Option<&Held>) -> Verdict {
        let item = &self.items[usize::from(key)];
        let written = item.writes.values().filter_map(|write| self.known(*write).stamp);
        let acknowledged = item.acknowledged.iter().filter_map(|it| self.known(*it).stamp);
        let found = held.map(Held::stamp);
        if let Some((stamp, expired)) = found.and_then(|found| item.swept.get_key_value(&found)) {
            let between = |it: &Stamp| it > expired && it < stamp;
            let later = acknowledged.chain(written).filter(between).max();
            self.check_swept(key, found, later)?;
        }
        let live = held.and_then(|held| held.newest().item.as_ref());
        let a_while_ago = VirtualTime(self.now.0.saturating_sub(SLACK_US));
        match live.filter(|item| is_expired(&Plan::expiry(), item, a_while_ago)) {
            Some(_) if self.expires => self.fail(Invariant::ExpiredIsGone, || {
                format!("{} has expired, and is still there in the end", item.key)
            }),
            _ => Ok(()),
        }
    }
}

/// How long sweeping takes at most.
const SLACK_US: u64 = 5_000_000;
