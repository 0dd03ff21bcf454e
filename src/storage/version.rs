//! Versions, and what one replica holds of one item.

use std::cmp::Ordering;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::{Mutation, heap_sort, mutated};
use crate::causality::{Context, Dot, Stamp};
use crate::data::Item;

/// One version of an item: its stamp, and its content or, for a delete, none (a tombstone).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    pub stamp: Stamp,
    pub item: Option<Arc<Item>>,
    /// In a table that keeps siblings: the writes that the writer had seen, and that this version
    /// replaces. None in a table where the last writer wins.
    pub context: Option<Arc<Context>>,
}

impl Version {
    pub fn is_tombstone(&self) -> bool {
        self.item.is_none()
    }

    pub fn dot(&self) -> Dot {
        self.stamp.dot
    }

    /// The size of the item as DynamoDB counts it; 0 for a tombstone.
    pub fn item_size(&self) -> u64 {
        self.item.as_ref().map_or(0, |item| item.size() as u64)
    }

    /// Whether this version makes `other` needless.
    fn replaces(&self, other: &Version) -> bool {
        match (&self.context, &other.context) {
            (Some(seen), Some(_)) if !mutated(Mutation::SiblingsReplaced) => {
                seen.contains(other.dot())
            }
            _ => self.stamp > other.stamp,
        }
    }
}

/// What became of a version that was offered to a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Applied {
    /// It is new here, and kept.
    Stored,
    /// The replica holds one that replaces it; this one changes nothing.
    Superseded,
    /// The replica holds this very version already.
    Known,
}

/// What one replica holds of one item: the newest version where the last writer wins, else every
/// version that no other one replaces. Never empty.
///
/// Replicas that were offered the same versions hold the same, in whatever order those came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Version>", into = "Vec<Version>")]
pub struct Held(Versions);

/// What a replica's versions of one item add to its store.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    pub versions: usize,
    /// 1 if any version is no tombstone.
    pub items: usize,
    /// Of all versions, as DynamoDB counts.
    pub bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Versions {
    One(Version),
    /// Two or more, by stamp.
    Siblings(Vec<Version>),
}

impl From<Version> for Held {
    fn from(version: Version) -> Self {
        Held(Versions::One(version))
    }
}

impl TryFrom<Vec<Version>> for Held {
    type Error = String;

    fn try_from(versions: Vec<Version>) -> Result<Self, String> {
        Held::of(versions).ok_or_else(|| "an item without a version".to_owned())
    }
}

impl From<Held> for Vec<Version> {
    fn from(held: Held) -> Self {
        match held.0 {
            Versions::One(version) => vec![version],
            Versions::Siblings(versions) => versions,
        }
    }
}

impl Held {
    /// What a replica holds that was offered these versions; none if there is none.
    pub fn of(versions: impl IntoIterator<Item = Version>) -> Option<Self> {
        let mut held: Option<Held> = None;
        for version in versions {
            match &mut held {
                None => held = Some(version.into()),
                Some(held) => {
                    held.take(version);
                }
            }
        }
        held
    }

    /// All versions, by stamp.
    pub fn versions(&self) -> &[Version] {
        match &self.0 {
            Versions::One(version) => std::slice::from_ref(version),
            Versions::Siblings(versions) => versions,
        }
    }

    /// The version with the highest stamp.
    pub fn newest(&self) -> &Version {
        match &self.0 {
            Versions::One(version) => version,
            Versions::Siblings(versions) => versions.last().expect("siblings are two or more"),
        }
    }

    /// The highest stamp.
    pub fn stamp(&self) -> Stamp {
        self.newest().stamp
    }

    /// What becomes of `version` if it is offered here.
    pub fn outcome_of(&self, version: &Version) -> Applied {
        if let Versions::One(held) = &self.0
            && held.context.is_none()
        {
            return match version.stamp.cmp(&held.stamp) {
                Ordering::Less => Applied::Superseded,
                Ordering::Equal => Applied::Known,
                Ordering::Greater => Applied::Stored,
            };
        }
        if self.has(version.dot()) {
            Applied::Known
        } else if self.versions().iter().any(|held| held.replaces(version)) {
            Applied::Superseded
        } else {
            Applied::Stored
        }
    }

    /// Keeps `version` unless one that is held replaces it, and drops what it replaces.
    pub fn take(&mut self, version: Version) -> Applied {
        let outcome = self.outcome_of(&version);
        if outcome != Applied::Stored {
            return outcome;
        }
        match &mut self.0 {
            Versions::One(held) if version.replaces(held) => *held = version,
            Versions::One(held) => {
                let mut both = vec![held.clone(), version];
                heap_sort(&mut both, |a, b| a.stamp.cmp(&b.stamp));
                self.0 = Versions::Siblings(both);
            }
            Versions::Siblings(versions) => {
                versions.retain(|held| !version.replaces(held));
                let place = versions.partition_point(|held| held.stamp < version.stamp);
                versions.insert(place, version);
                if versions.len() == 1 {
                    self.0 = Versions::One(versions.remove(0));
                }
            }
        }
        Applied::Stored
    }

    /// Keeps everything of `other` that is new here.
    pub fn join(&mut self, other: &Held) {
        for version in other.versions() {
            self.take(version.clone());
        }
    }

    /// Whether this very version is held.
    pub fn has(&self, dot: Dot) -> bool {
        self.versions().iter().any(|held| held.dot() == dot)
    }

    /// Whether a version with this stamp is here, or what replaces it.
    pub fn covers(&self, stamp: Stamp) -> bool {
        match self.keeps_siblings() {
            true => self.context().contains(stamp.dot),
            false => self.stamp() >= stamp,
        }
    }

    /// Drops the versions with these dots; nothing if that leaves none.
    pub fn without(self, dots: &[Dot]) -> Option<Held> {
        let rest = Vec::from(self).into_iter().filter(|version| !dots.contains(&version.dot()));
        Held::of(rest)
    }

    /// The versions that are not tombstones, by stamp.
    pub fn live(&self) -> impl Iterator<Item = (&Version, &Arc<Item>)> {
        self.versions().iter().filter_map(|version| Some((version, version.item.as_ref()?)))
    }

    /// The one version, if there is only that and it is a tombstone.
    pub fn tombstone(&self) -> Option<&Version> {
        match &self.0 {
            Versions::One(version) if version.is_tombstone() => Some(version),
            _ => None,
        }
    }

    /// Whether a table that keeps siblings wrote this.
    pub fn keeps_siblings(&self) -> bool {
        self.newest().context.is_some()
    }

    /// The writes that a reader of this has seen: the dots of all versions, and what their writers
    /// had seen.
    pub fn context(&self) -> Context {
        let mut context = Context::default();
        for version in self.versions() {
            version.context.iter().for_each(|seen| context.join(seen));
            context.insert(version.dot());
        }
        context
    }

    /// Size of its items in bytes, as DynamoDB counts them.
    pub fn bytes(&self) -> u64 {
        self.versions().iter().map(Version::item_size).sum()
    }

    pub(super) fn size(&self) -> Size {
        Size {
            versions: self.versions().len(),
            items: usize::from(self.live().next().is_some()),
            bytes: self.bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Incarnation, NodeId};
    use crate::causality::HybridTime;

    fn version(node: u16, counter: u32, context: Option<&str>) -> Version {
        let dot = Dot { node: NodeId(node), incarnation: Incarnation(1), counter };
        let time = HybridTime::of_clock(u64::from(counter));
        let context = context.map(|text| Arc::new(text.parse().unwrap()));
        Version { stamp: Stamp { time, dot }, item: Some(Arc::default()), context }
    }

    #[test]
    fn the_last_writer_wins_where_versions_carry_no_context() {
        let mut held = Held::from(version(0, 5, None));
        assert_eq!(held.take(version(1, 4, None)), Applied::Superseded);
        assert_eq!(held.take(version(0, 5, None)), Applied::Known);
        assert_eq!(held.take(version(1, 5, None)), Applied::Stored);
        assert_eq!(held.versions(), [version(1, 5, None)]);
    }

    #[test]
    fn siblings_stay_until_a_write_that_saw_them() {
        let first = version(0, 1, Some("nothing"));
        let (second, third) = (version(1, 1, Some("A1:1")), version(2, 1, Some("A1:1")));
        let mut held = Held::from(first.clone());
        assert_eq!(held.take(second.clone()), Applied::Stored);
        assert_eq!(held.take(third.clone()), Applied::Stored);
        assert_eq!(held.versions(), [second.clone(), third.clone()]);
        assert_eq!(held.take(first), Applied::Superseded);
        assert_eq!(held.context().to_string(), "A1:1,B1:1,C1:1");
        let saw_one = version(0, 2, Some("A1:1,B1:1"));
        assert_eq!(held.take(saw_one.clone()), Applied::Stored);
        assert_eq!(held.versions(), [third, saw_one]);
        let merged = version(0, 3, Some("A1:2,B1:1,C1:1"));
        assert_eq!(held.take(merged.clone()), Applied::Stored);
        assert_eq!(held.versions(), [merged]);
    }

    #[test]
    fn replicas_agree_whatever_order_versions_come_in() {
        let all = [
            version(0, 1, Some("nothing")),
            version(1, 1, Some("A1:1")),
            version(2, 1, Some("A1:1")),
            version(0, 2, Some("A1:1,B1:1")),
        ];
        let forwards = Held::of(all.clone());
        let backwards = Held::of(all.iter().rev().cloned());
        assert_eq!(forwards, backwards);
    }
}
