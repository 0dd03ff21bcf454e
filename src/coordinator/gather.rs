//! What the answers for a part of a table add up to.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::base::{NodeId, heap_sort};
use crate::causality::Stamp;
use crate::storage::{Held, ItemKey};

/// What a replica tells of one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub key: ItemKey,
    pub held: Held,
    /// Whether it knows of rounds about the item.
    pub in_rounds: bool,
    /// The version that it voted for last.
    pub voted: Option<Stamp>,
}

/// A replica's answer, in the order of the page. Tombstones are in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub entries: Vec<Told>,
    /// It tells nothing of what comes behind this; none: this is all.
    pub last: Option<ItemKey>,
}

/// What all of them together know of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub key: ItemKey,
    pub held: Held,
    /// Who has all of that.
    pub having: Vec<NodeId>,
    pub in_rounds: bool,
    /// How many voted for the newest version.
    pub votes: u8,
}

/// How keys follow each other in a page.
pub fn in_order(one: &ItemKey, other: &ItemKey, reverse: bool) -> Ordering {
    match reverse {
        true => other.cmp(one),
        false => one.cmp(other),
    }
}

/// Merges answers by key, in the order of the page, and says how far that goes: as far as the one
/// that tells least. Who has told all of it lacks what it has not told.
pub fn gather(parts: &[(NodeId, Part)], reverse: bool) -> (Vec<Found>, Option<ItemKey>) {
    let order = |one: &ItemKey, other: &ItemKey| in_order(one, other, reverse);
    let ends = parts.iter().filter_map(|(_, part)| part.last.as_ref());
    let end = ends.min_by(|one, other| order(one, other)).cloned();
    let is_told = |told: &&Told| end.as_ref().is_none_or(|end| order(&told.key, end).is_le());
    let of_part = |at: usize| parts[at].1.entries.iter().take_while(is_told);
    let all = (0..parts.len()).flat_map(|at| of_part(at).map(move |told| (told, at)));
    let mut all: Vec<(&Told, usize)> = all.collect();
    if parts.len() > 1 {
        heap_sort(&mut all, |(one, a), (other, b)| order(&one.key, &other.key).then(a.cmp(b)));
    }
    let same = all.chunk_by(|(one, _), (next, _)| one.key == next.key);
    (same.map(|same| merge(same, parts)).collect(), end)
}

fn merge(same: &[(&Told, usize)], parts: &[(NodeId, Part)]) -> Found {
    let (first, _) = same[0];
    let mut held = first.held.clone();
    same[1..].iter().for_each(|(told, _)| held.join(&told.held));
    let newest = Some(held.stamp());
    let having = same.iter().filter(|(told, _)| told.held == held).map(|(_, at)| parts[*at].0);
    Found {
        key: first.key.clone(),
        having: having.collect(),
        in_rounds: same.iter().any(|(told, _)| told.in_rounds),
        votes: same.iter().filter(|(told, _)| told.voted == newest).count() as u8,
        held,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Incarnation;
    use crate::causality::{Dot, HybridTime};
    use crate::data::{Key, TableName};
    use crate::storage::Version;

    fn key(sort: &str) -> ItemKey {
        let key = Key::new("p".into(), Some(sort.into())).unwrap();
        ItemKey::new(TableName::new("T").unwrap(), key)
    }

    fn part(entries: &[(&str, u64)], last: Option<&str>) -> Part {
        let told = |(sort, clock_us): &(&str, u64)| {
            let dot = Dot { node: NodeId(0), incarnation: Incarnation(1), counter: 1 };
            let stamp = Stamp { time: HybridTime::of_clock(*clock_us), dot };
            let held = Version { stamp, item: None, context: None }.into();
            Told { key: key(sort), held, in_rounds: false, voted: None }
        };
        Part { entries: entries.iter().map(told).collect(), last: last.map(key) }
    }

    fn names(found: &[Found]) -> Vec<(String, u64, usize)> {
        let name = |it: &Found| {
            let time = it.held.stamp().time.clock_us();
            (it.key.key().sort().unwrap().to_string(), time, it.having.len())
        };
        found.iter().map(name).collect()
    }

    #[test]
    fn the_newest_of_each_item_counts_as_far_as_all_have_told() {
        let parts = [
            (NodeId(0), part(&[("a", 1), ("b", 5), ("c", 1)], Some("c"))),
            (NodeId(1), part(&[("b", 2), ("c", 1), ("d", 1)], None)),
        ];
        let (found, end) = gather(&parts, false);
        assert_eq!(end, Some(key("c")));
        assert_eq!(names(&found), [("a".into(), 1, 1), ("b".into(), 5, 1), ("c".into(), 1, 2)]);
        let parts = [
            (NodeId(0), part(&[("d", 1), ("b", 1)], Some("b"))),
            (NodeId(1), part(&[("d", 2), ("c", 1)], Some("c"))),
        ];
        let (found, end) = gather(&parts, true);
        assert_eq!(end, Some(key("c")));
        assert_eq!(names(&found), [("d".into(), 2, 1), ("c".into(), 1, 1)]);
    }
}
