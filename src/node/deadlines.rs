//! Deadlines of pending requests, and the one alarm that serves them all.

use std::collections::VecDeque;

use crate::base::{RequestId, VirtualTime};

/// Which requests are due when, earliest first. Whoever set a deadline keeps its instant, so that
/// it is found again by bisection.
///
/// All waiting times are about equal, and so new deadlines go to the end or close to it, and old
/// ones leave from the front: an ordered queue moves less than a tree would.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deadlines {
    due: VecDeque<(VirtualTime, RequestId)>,
}

impl Deadlines {
    pub fn set(&mut self, at: VirtualTime, request: RequestId) {
        if let Err(place) = self.due.binary_search(&(at, request)) {
            self.due.insert(place, (at, request));
        }
    }

    /// Takes a deadline back, if it has not been taken yet.
    pub fn clear(&mut self, at: VirtualTime, request: RequestId) {
        if let Ok(place) = self.due.binary_search(&(at, request)) {
            self.due.remove(place);
        }
    }

    /// Takes the earliest request that is due at `now`, if any.
    pub fn take_due(&mut self, now: VirtualTime) -> Option<RequestId> {
        self.due.pop_front_if(|(at, _)| *at <= now).map(|(_, request)| request)
    }

    /// All deadlines, earliest first.
    pub fn to_vec(&self) -> Vec<(VirtualTime, RequestId)> {
        self.due.iter().copied().collect()
    }

    pub fn from_vec(due: &[(VirtualTime, RequestId)]) -> Self {
        let mut deadlines = Self::default();
        due.iter().for_each(|(at, request)| deadlines.set(*at, *request));
        deadlines
    }

    /// When the next request is due.
    pub fn next(&self) -> Option<VirtualTime> {
        self.due.front().map(|(at, _)| *at)
    }
}
