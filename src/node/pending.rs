//! What a node keeps for each request that is under way.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::base::RequestId;

/// A map from requests to `T`.
///
/// Requests are numbered as they begin and end in about that order: so new ones go to the end or
/// close to it, and old ones leave from the front. A sorted queue moves less than a tree would, and
/// allocates nothing while it is as long as before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pending<T> {
    entries: VecDeque<(RequestId, T)>,
}

impl<T> Default for Pending<T> {
    fn default() -> Self {
        Self { entries: VecDeque::new() }
    }
}

impl<T> Pending<T> {
    fn find(&self, request: RequestId) -> Result<usize, usize> {
        self.entries.binary_search_by_key(&request, |(request, _)| *request)
    }

    /// Keeps `value` for a request; what was kept before is gone.
    pub fn insert(&mut self, request: RequestId, value: T) {
        match self.find(request) {
            Ok(place) => self.entries[place].1 = value,
            Err(place) => self.entries.insert(place, (request, value)),
        }
    }

    pub fn get(&self, request: RequestId) -> Option<&T> {
        Some(&self.entries[self.find(request).ok()?].1)
    }

    pub fn get_mut(&mut self, request: RequestId) -> Option<&mut T> {
        let place = self.find(request).ok()?;
        Some(&mut self.entries[place].1)
    }

    pub fn remove(&mut self, request: RequestId) -> Option<T> {
        let place = self.find(request).ok()?;
        self.entries.remove(place).map(|(_, value)| value)
    }

    /// Takes those out that fulfil a condition.
    pub fn take_out(&mut self, is_it: impl Fn(&T) -> bool) -> Vec<(RequestId, T)> {
        let (out, rest) = self.entries.drain(..).partition(|(_, value)| is_it(value));
        self.entries = rest;
        Vec::from(out)
    }

    pub fn contains(&self, request: RequestId) -> bool {
        self.find(request).is_ok()
    }

    pub fn iter(&self) -> impl Iterator<Item = (RequestId, &T)> {
        self.entries.iter().map(|(request, value)| (*request, value))
    }

    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().map(|(_, value)| value)
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether it is in order: a snapshot may claim anything.
    pub fn is_sound(&self) -> bool {
        self.entries.iter().is_sorted_by(|(one, _), (next, _)| one < next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_order_they_come_in_each_request_has_its_own() {
        let mut pending = Pending::default();
        for number in [5u64, 2, 9, 7] {
            pending.insert(RequestId(number), number * 10);
        }
        assert!(pending.is_sound());
        assert_eq!(pending.remove(RequestId(7)), Some(70));
        assert_eq!(pending.get(RequestId(7)), None);
        assert_eq!(pending.get(RequestId(9)), Some(&90));
        assert_eq!(pending.values().copied().collect::<Vec<_>>(), [20, 50, 90]);
    }
}
