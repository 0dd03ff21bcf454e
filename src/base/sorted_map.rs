//! A map for few entries.

use serde::{Deserialize, Serialize};

/// A map in one sorted vector, for hundreds of entries at most or where new ones come in order.
///
/// It exists because every other pair of types in a tree of the standard library adds kilobytes to
/// the page, and this adds next to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(K, V)>", into = "Vec<(K, V)>")]
#[serde(bound(
    serialize = "K: Clone + Serialize, V: Clone + Serialize",
    deserialize = "K: Ord + Deserialize<'de>, V: Deserialize<'de>"
))]
pub struct SortedMap<K, V> {
    entries: Vec<(K, V)>,
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<K: Ord, V> TryFrom<Vec<(K, V)>> for SortedMap<K, V> {
    type Error = &'static str;

    /// Refuses entries that are not in order: what is read may claim anything.
    fn try_from(entries: Vec<(K, V)>) -> Result<Self, &'static str> {
        match entries.is_sorted_by(|(one, _), (next, _)| one < next) {
            true => Ok(Self { entries }),
            false => Err("the keys of a map are not in order"),
        }
    }
}

impl<K, V> From<SortedMap<K, V>> for Vec<(K, V)> {
    fn from(map: SortedMap<K, V>) -> Self {
        map.entries
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        entries.into_iter().for_each(|(key, value)| drop(map.insert(key, value)));
        map
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    fn find(&self, key: &K) -> Result<usize, usize> {
        self.entries.binary_search_by(|(held, _)| held.cmp(key))
    }

    /// Keeps `value`, and returns what was kept before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok(place) => Some(std::mem::replace(&mut self.entries[place].1, value)),
            Err(place) => {
                self.entries.insert(place, (key, value));
                None
            }
        }
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        Some(&self.entries[self.find(key).ok()?].1)
    }

    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.find(key).ok()?;
        Some(&mut self.entries[place].1)
    }

    /// What is kept for `key`, after keeping the default if it is nothing.
    pub fn get_or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let place = match self.find(&key) {
            Ok(place) => place,
            Err(place) => {
                self.entries.insert(place, (key, V::default()));
                place
            }
        };
        &mut self.entries[place].1
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.find(key).ok()?;
        Some(self.entries.remove(place).1)
    }

    pub fn contains_key(&self, key: &K) -> bool {
        self.find(key).is_ok()
    }

    /// Keeps only the entries that fulfil a condition.
    pub fn retain(&mut self, mut keeps: impl FnMut(&K, &V) -> bool) {
        self.entries.retain(|(key, value)| keeps(key, value));
    }

    /// All entries, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.entries.iter_mut().map(|(key, value)| (&*key, value))
    }

    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.entries.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_what_a_tree_would() {
        let mut map = SortedMap::default();
        let mut tree = std::collections::BTreeMap::new();
        for number in [5, 2, 9, 2, 7, 5, 1] {
            assert_eq!(map.insert(number, number * 10), tree.insert(number, number * 10));
        }
        assert_eq!(map.remove(&7), tree.remove(&7));
        *map.get_or_default(3) += 1;
        *tree.entry(3).or_default() += 1;
        assert!(map.iter().eq(&tree));
        let bytes = postcard::to_allocvec(&map).unwrap();
        assert_eq!(postcard::from_bytes(&bytes), Ok(map));
        assert!(postcard::from_bytes::<SortedMap<u8, u8>>(&[2, 2, 0, 1, 0]).is_err());
    }
}
