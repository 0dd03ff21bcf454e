//! What will happen, earliest first; what was scheduled first comes first among equals.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::base::VirtualTime;

/// A priority queue of happenings of type `T`.
///
/// The heap holds small keys only; the happenings stay where they are in a table of slots.
#[derive(Clone, Debug)]
pub struct EventQueue<T> {
    heap: BinaryHeap<Reverse<(VirtualTime, u64, u32)>>,
    slots: Vec<Option<T>>,
    free: Vec<u32>,
    scheduled: u64,
}

impl<T> Default for EventQueue<T> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), slots: Vec::new(), free: Vec::new(), scheduled: 0 }
    }
}

impl<T> EventQueue<T> {
    pub fn push(&mut self, at: VirtualTime, happening: T) {
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.slots.push(None);
                u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 happenings pending")
            }
        };
        self.slots[slot as usize] = Some(happening);
        self.heap.push(Reverse((at, self.scheduled, slot)));
        self.scheduled += 1;
    }

    pub fn pop(&mut self) -> Option<(VirtualTime, T)> {
        let Reverse((at, _, slot)) = self.heap.pop()?;
        self.free.push(slot);
        let happening = self.slots[slot as usize].take().expect("a slot in the heap is full");
        Some((at, happening))
    }

    /// Takes one happening out before it is due.
    pub fn take_out(&mut self, is_it: impl Fn(&T) -> bool) -> Option<(VirtualTime, T)> {
        let at = self.slots.iter().position(|slot| slot.as_ref().is_some_and(&is_it))?;
        let mut due = None;
        self.heap.retain(|Reverse((instant, _, slot))| {
            let stays = *slot as usize != at;
            if !stays {
                due = Some(*instant);
            }
            stays
        });
        self.free.push(at as u32);
        due.zip(self.slots[at].take())
    }

    /// When the earliest happening is due.
    pub fn next_at(&self) -> Option<VirtualTime> {
        self.heap.peek().map(|Reverse((at, _, _))| *at)
    }

    /// The earliest happening, and when it is due.
    pub fn peek(&self) -> Option<(VirtualTime, &T)> {
        let Reverse((at, _, slot)) = self.heap.peek()?;
        self.slots[*slot as usize].as_ref().map(|happening| (*at, happening))
    }

    /// Everything pending, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (VirtualTime, &T)> {
        self.heap.iter().filter_map(|Reverse((at, _, slot))| {
            self.slots[*slot as usize].as_ref().map(|happening| (*at, happening))
        })
    }

    /// Everything pending, in the order in which it will happen.
    pub fn to_sorted(&self) -> Vec<(VirtualTime, &T)> {
        let keys = self.heap.clone().into_sorted_vec();
        // Reversed, they are sorted with the latest first.
        keys.into_iter()
            .rev()
            .map(|Reverse((at, _, slot))| {
                (at, self.slots[slot as usize].as_ref().expect("a slot in the heap is full"))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simultaneous_happenings_keep_the_order_in_which_they_were_scheduled() {
        let mut queue = EventQueue::default();
        for (at, name) in [(5, "c"), (1, "a"), (5, "d"), (1, "b"), (5, "e")] {
            queue.push(VirtualTime(at), name);
        }
        let sorted: Vec<_> = queue.to_sorted().into_iter().map(|(_, name)| *name).collect();
        let popped: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|(_, name)| name).collect();
        assert_eq!(popped, ["a", "b", "c", "d", "e"]);
        assert_eq!(sorted, popped);
    }

    #[test]
    fn what_is_taken_out_does_not_happen_and_the_rest_keeps_its_order() {
        let mut queue = EventQueue::default();
        for (at, name) in [(5, "c"), (1, "a"), (5, "d"), (1, "b"), (5, "e")] {
            queue.push(VirtualTime(at), name);
        }
        assert_eq!(queue.take_out(|name| *name == "d"), Some((VirtualTime(5), "d")));
        assert_eq!(queue.take_out(|name| *name == "d"), None);
        queue.push(VirtualTime(5), "f");
        assert_eq!(queue.slots.len(), 5);
        let popped: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|(_, name)| name).collect();
        assert_eq!(popped, ["a", "b", "c", "e", "f"]);
    }

    #[test]
    fn slots_are_used_again() {
        let mut queue = EventQueue::default();
        for round in 0..100 {
            queue.push(VirtualTime(round), round);
            assert_eq!(queue.pop(), Some((VirtualTime(round), round)));
        }
        assert_eq!(queue.slots.len(), 1);
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest::proptest! {
        /// Against a list that is sorted by instant, stably, before each pop.
        #[test]
        fn happenings_come_by_instant_and_then_in_order(
            pushes in proptest::collection::vec(proptest::option::weighted(0.6, 0u64..20), 0..200),
        ) {
            let (mut queue, mut model) = (EventQueue::default(), Vec::new());
            for (name, push) in pushes.into_iter().enumerate() {
                match push {
                    Some(at) => {
                        queue.push(VirtualTime(at), name);
                        model.push((VirtualTime(at), name));
                    }
                    None => {
                        model.sort_by_key(|(at, _)| *at);
                        let first = (!model.is_empty()).then(|| model.remove(0));
                        proptest::prop_assert_eq!(queue.next_at(), first.map(|(at, _)| at));
                        proptest::prop_assert_eq!(queue.pop(), first);
                    }
                }
                proptest::prop_assert_eq!(queue.iter().count(), model.len());
            }
            model.sort_by_key(|(at, _)| *at);
            let sorted: Vec<_> = queue.to_sorted().into_iter().map(|(at, n)| (at, *n)).collect();
            proptest::prop_assert_eq!(sorted, model);
        }
    }
}
