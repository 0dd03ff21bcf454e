//! The positions of a token range that get the most requests, by Space-Saving (Metwally, Agrawal
//! and El Abbadi 2005): a position that is not among the few that are kept takes the place of the
//! lightest of them, and its count with it.

use serde::{Deserialize, Serialize};

use super::meter::decayed;
use crate::storage::ItemKey;

/// So many are kept. What gets more than a fourth of all requests is surely among them.
const KEPT: usize = 4;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    key: ItemKey,
    count: u32,
    /// What of the count may be others'.
    inherited: u32,
}

/// The heaviest positions of a token range.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Heaviest(Vec<Kept>);

impl Heaviest {
    pub fn add(&mut self, key: &ItemKey, count: u32) {
        if let Some(kept) = self.0.iter_mut().find(|kept| kept.key.position == key.position) {
            kept.count = kept.count.saturating_add(count);
        } else if self.0.len() < KEPT {
            self.0.push(Kept { key: key.clone(), count, inherited: 0 });
        } else if let Some(lightest) = self.0.iter_mut().min_by_key(|kept| kept.count) {
            let inherited = lightest.count;
            *lightest =
                Kept { key: key.clone(), count: inherited.saturating_add(count), inherited };
        }
    }

    pub fn decay(&mut self) {
        for kept in &mut self.0 {
            (kept.count, kept.inherited) = (decayed(kept.count), decayed(kept.inherited));
        }
        self.0.retain(|kept| kept.count > 0);
    }

    /// Whether anybody could have counted this.
    pub fn is_sound(&self) -> bool {
        self.0.len() <= KEPT && self.0.iter().all(|kept| kept.inherited <= kept.count)
    }

    /// An item of the position that surely got the most, and how much that is at least.
    pub fn first(&self) -> Option<(&ItemKey, u32)> {
        let sure = self.0.iter().map(|kept| (&kept.key, kept.count - kept.inherited));
        sure.max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::RandomStream;
    use crate::data::Key;

    #[test]
    fn what_gets_more_than_a_fourth_is_found_among_many() {
        let key = |number: u64| {
            ItemKey::new("Load".parse().unwrap(), Key::from_text(&format!("k{number}")).unwrap())
        };
        let keys: Vec<ItemKey> = (0..200).map(key).collect();
        let mut stream = RandomStream::new(1, "test");
        let mut heaviest = Heaviest::default();
        for _ in 0..20 {
            for _ in 0..1_000 {
                let number = if stream.below(10) < 3 { 0 } else { 1 + stream.below(199) };
                heaviest.add(&keys[number as usize], 100);
            }
            let (first, count) = heaviest.first().unwrap();
            assert_eq!(first, &keys[0]);
            assert!(count <= 8 * 31_000, "{count} is more than it got");
            heaviest.decay();
        }
        assert!(heaviest.first().unwrap().1 > 4 * 30_000);
        (0..400).for_each(|_| heaviest.decay());
        assert_eq!(heaviest.first(), None);
    }
}
