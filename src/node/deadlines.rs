//! Deadlines of pending requests, and the one alarm that serves them all.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{RequestId, VirtualTime};

/// Which requests are due when. A request has at most one deadline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deadlines {
    due: BTreeSet<(VirtualTime, RequestId)>,
    of: BTreeMap<RequestId, VirtualTime>,
}

impl Deadlines {
    pub fn set(&mut self, request: RequestId, at: VirtualTime) {
        self.clear(request);
        self.due.insert((at, request));
        self.of.insert(request, at);
    }

    pub fn clear(&mut self, request: RequestId) {
        if let Some(at) = self.of.remove(&request) {
            self.due.remove(&(at, request));
        }
    }

    /// Takes the earliest request that is due at `now`, if any.
    pub fn take_due(&mut self, now: VirtualTime) -> Option<RequestId> {
        let (at, request) = *self.due.first()?;
        if at > now {
            return None;
        }
        self.clear(request);
        Some(request)
    }

    /// All deadlines, earliest first.
    pub fn to_vec(&self) -> Vec<(VirtualTime, RequestId)> {
        self.due.iter().copied().collect()
    }

    pub fn from_vec(due: &[(VirtualTime, RequestId)]) -> Self {
        let mut deadlines = Self::default();
        due.iter().for_each(|(at, request)| deadlines.set(*request, *at));
        deadlines
    }

    /// When the next request is due.
    pub fn next(&self) -> Option<VirtualTime> {
        self.due.first().map(|(at, _)| *at)
    }
}
