//! The end of a run: everything is healed, and nothing moves but work in the background.

use super::known::Known;
use std::collections::BTreeSet;

use super::{Checker, Verdict};
use crate::base::NodeId;
use crate::causality::Stamp;
use crate::lab::{Invariant, Plan, Trait};
use crate::node::MessageKind;
use crate::sim::{Standing, World};
use crate::storage::{Held, ItemKey, Version};

/// Why a world is not at rest; none if it is: all requests are answered, all nodes up, whole and
/// trusted, no hints left, no updates of indexes, and every owner of every item and entry holds the
/// same, and nobody else anything.
pub(in crate::lab) fn unrest(world: &World) -> Option<String> {
    if world.outstanding_count() > 0 {
        return Some(format!("{} requests have no answer", world.outstanding_count()));
    }
    if let Some((node, owner, key, _)) = world.hints().next() {
        return Some(format!("{node} still keeps a hint about {key} for {owner}"));
    }
    if let Some((node, owner, key, _)) = world.index_updates().next() {
        return Some(format!("{node} still has to tell {owner} of {key}"));
    }
    for status in world.index_statuses() {
        if let Some(node) = status.filling.first() {
            return Some(format!("{node} still fills {}", status.index));
        }
    }
    let topology = world.preference_lists().topology();
    if !topology.is_settled() {
        return Some(format!("in {} the topology is still changing", topology.epoch));
    }
    for status in world.node_statuses() {
        let node = status.node;
        let standing = match status.standing {
            Standing::Member => "",
            Standing::Gone | Standing::Replaced => continue,
            Standing::Joining => "is still joining",
            Standing::Leaving => "is still leaving",
        };
        let epoch = world.node(node).map(|node| node.lists().epoch());
        let why = match () {
            () if !status.up => "is down",
            () if !status.whole => "is not rebuilt",
            () if status.paused => "is paused",
            () if status.unsynced > 0 => "still writes to its disk",
            () if epoch != Some(topology.epoch) => "has an earlier topology",
            () if !standing.is_empty() => standing,
            () => "",
        };
        if !why.is_empty() {
            return Some(format!("{node} {why}"));
        }
        if status.requests > 0 {
            return Some(format!("{node} is not done with {} requests", status.requests));
        }
        if let Some(peer) = status.suspects.first() {
            return Some(format!("{node} suspects {peer}"));
        }
    }
    let keys: BTreeSet<ItemKey> = world.stored().map(|(_, key, _)| key.clone()).collect();
    keys.into_iter().find_map(|key| {
        let mut replicas = world.replicas(&key).into_iter();
        let wrong = replicas.find(|replica| replica.place.is_none() || replica.stale)?;
        let why = if wrong.stale { "lacks a version of" } else { "is no owner, but has" };
        Some(format!("{} {why} {key}", wrong.node))
    })
}

/// Where an index is not what its table asks for, if anywhere.
fn index_lag(world: &World) -> Option<String> {
    world.tables().find_map(|table| {
        let mut indexes = table.indexes.iter();
        let error =
            indexes.find_map(|index| world.index_errors(table, index).into_iter().next())?;
        let told = |version: Option<Version>| match version {
            None => "nothing".to_owned(),
            Some(Version { stamp, item: None, .. }) => format!("a tombstone {stamp}"),
            Some(Version { stamp, .. }) => stamp.to_string(),
        };
        let (wanted, found) = (told(error.wanted), told(error.found));
        Some(format!("entry {} has {found}, its table asks for {wanted}", error.entry))
    })
}

impl Checker {
    /// Whether an index may be behind although nothing moves: a disk was lost, or an index was dropped
    /// and came again, and what that leaves is found in the background.
    pub fn may_lag(&self) -> bool {
        self.any_disk_lost || self.any_index_dropped
    }

    /// How an index is behind that may be so for a while.
    pub fn lag(&self, world: &World) -> Option<String> {
        self.may_lag().then(|| index_lag(world)).flatten()
    }

    /// Judges a world at rest.
    ///
    /// # Errors
    /// If an invariant does not hold.
    pub fn check_rest(&mut self, world: &World) -> Verdict {
        let forwarded = world.traffic().of(MessageKind::Forward).messages > 0;
        self.coverage.add_if(forwarded, Trait::Forwarded);
        for node in (0..world.config().nodes).map(NodeId) {
            if !world.store_adds_up(node) {
                return self.fail(Invariant::StateAtRest, || {
                    format!("{node} holds something else than its log adds up to")
                });
            }
        }
        self.expires = world.tables().any(|table| table.expiry.is_some());
        if let Some(why) = index_lag(world) {
            return self.fail(Invariant::IndexEqualsTable, || why);
        }
        self.check_registers()?;
        self.check_replaced()?;
        (0..Plan::KEYS).try_for_each(|key| {
            let name = &self.items[usize::from(key)].key;
            let held = world.replicas(name).into_iter().next();
            let held = held.and_then(|replica| replica.held);
            self.check_item(key, held.as_ref())
        })
    }

    fn check_item(&self, key: u8, held: Option<&Held>) -> Verdict {
        let item = &self.items[usize::from(key)];
        for version in held.map_or(&[][..], Held::versions) {
            let is_its = |known: &Known| {
                known.stamp == Some(version.stamp) || self.is_ballot(key, version.stamp)
            };
            let is_right = |known: &Known| is_its(known) && known.writes(version.item.as_ref());
            let is_known = self.writer(key, version.dot()).is_some_and(is_right);
            if !is_known && !self.items[usize::from(key)].foundlings.contains_key(&version.dot()) {
                return self.fail(Invariant::NothingInvented, || {
                    format!("in the end {} has {}, which nobody wrote so", item.key, version.stamp)
                });
            }
        }
        let context = held.map(Held::context).unwrap_or_default();
        for write in item.writes.values() {
            let known = self.known(*write);
            let Some(stamp) = known.stamp else { continue };
            let is_kept = match self.keeps_siblings {
                true => context.contains(stamp.dot) || self.is_collected(key, stamp.dot),
                false => {
                    let found = held.map(Held::stamp);
                    found >= Some(stamp) || self.is_excused(key, stamp, found)
                }
            };
            if !is_kept {
                self.check_may_go(key, known, stamp, held)?;
            }
        }
        self.check_expired(key, held)?;
        self.check_nothing_came_back(key, held)
    }

    /// A write is not there in the end, nor what replaces it: whether that is allowed.
    fn check_may_go(&self, key: u8, known: &Known, stamp: Stamp, held: Option<&Held>) -> Verdict {
        let survives = match self.promises.survives_losses {
            true => !self.too_many_lost,
            false => !self.any_disk_lost,
        };
        let is_acknowledged = self.items[usize::from(key)]
            .acknowledged
            .iter()
            .any(|write| self.known(*write).stamp == Some(stamp));
        let invariant = match () {
            () if survives && is_acknowledged => Invariant::AcknowledgedSurvives,
            () if !self.any_disk_lost && known.is_durable => Invariant::DurableSurvives,
            () => return Ok(()),
        };
        let is_back = self.is_resurrection(key, stamp, held.map(Held::stamp));
        let invariant = if is_back { Invariant::NoResurrection } else { invariant };
        self.fail(invariant, || {
            let found = held.map_or("nothing".to_owned(), |held| held.stamp().to_string());
            let key = &self.items[usize::from(key)].key;
            format!("in the end {key} has {found}, but {stamp} was written")
        })
    }

    /// Nothing that a collected tombstone had deleted is there.
    fn check_nothing_came_back(&self, key: u8, held: Option<&Held>) -> Verdict {
        let item = &self.items[usize::from(key)];
        for (version, _) in held.into_iter().flat_map(Held::live) {
            let back = item.collected.iter().find(|collected| {
                let is_below = match &version.context {
                    None => version.stamp < **collected,
                    Some(_) => self.is_replaced_by(key, version.stamp, **collected),
                };
                is_below && self.is_resurrection(key, **collected, Some(version.stamp))
            });
            if let Some(collected) = back {
                return self.fail(Invariant::NoResurrection, || {
                    let stamp = version.stamp;
                    format!("{} has {stamp} again, which {collected} had deleted", item.key)
                });
            }
        }
        Ok(())
    }

    fn is_replaced_by(&self, key: u8, stamp: Stamp, delete: Stamp) -> bool {
        let context = self.writer(key, delete.dot).and_then(|known| known.context.as_ref());
        context.is_some_and(|context| context.contains(stamp.dot))
    }
}
