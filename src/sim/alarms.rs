//! Who wants to be woken when.

use std::collections::VecDeque;

use crate::base::{SortedMap, VirtualTime};
use crate::node::Address;

/// At most one alarm for each node and client.
#[derive(Clone, Debug, Default)]
pub(super) struct Alarms {
    /// Sorted.
    queue: VecDeque<(VirtualTime, Address)>,
    of: SortedMap<Address, VirtualTime>,
}

impl Alarms {
    /// Replaces the alarm of `who`.
    pub fn set(&mut self, who: Address, at: Option<VirtualTime>) {
        if self.of.get(&who).copied() == at {
            return;
        }
        let before = match at {
            Some(at) => self.of.insert(who, at),
            None => self.of.remove(&who),
        };
        if let Some(before) = before
            && let Ok(place) = self.queue.binary_search(&(before, who))
        {
            self.queue.remove(place);
        }
        if let Some(at) = at
            && let Err(place) = self.queue.binary_search(&(at, who))
        {
            self.queue.insert(place, (at, who));
        }
    }

    pub fn get(&self, who: Address) -> Option<VirtualTime> {
        self.of.get(&who).copied()
    }

    pub fn next_at(&self) -> Option<VirtualTime> {
        self.queue.front().map(|(at, _)| *at)
    }

    /// Takes the earliest alarm; among equals, clients before nodes, by number.
    pub fn pop(&mut self) -> Option<(VirtualTime, Address)> {
        let (at, who) = self.queue.pop_front()?;
        self.of.remove(&who);
        Some((at, who))
    }

    /// All alarms, earliest first.
    pub fn iter(&self) -> impl Iterator<Item = (VirtualTime, Address)> {
        self.queue.iter().copied()
    }
}
