//! A client: it finds an entry node for each request, and waits for the answer.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Routing;
use crate::base::{ClientId, Duration, NodeId, RequestId, VirtualTime};
use crate::causality::HybridClock;
use crate::node::{ClientRequest, Deadlines, Failure, Pending};
use crate::ring::PreferenceLists;

/// A request that has no answer yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outstanding {
    pub wanted: Arc<ClientRequest>,
    pub began: VirtualTime,
    deadline: VirtualTime,
    routing: Routing,
    /// Where round robin stood.
    turn: u16,
    /// How many entry nodes were tried.
    tried: u16,
}

/// One client of the cluster.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub id: ClientId,
    outstanding: Pending<Outstanding>,
    deadlines: Deadlines,
    /// Where round robin stands.
    turn: u16,
    /// What it has heard of hybrid logical clocks, if there are such: what it writes after a read
    /// comes after what it read.
    pub clock: HybridClock,
}

/// A client as a snapshot holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SavedClient {
    id: ClientId,
    outstanding: Pending<Outstanding>,
    due: Vec<(VirtualTime, RequestId)>,
    turn: u16,
    clock: HybridClock,
}

impl SavedClient {
    pub fn id(&self) -> ClientId {
        self.id
    }

    /// Whether a snapshot may claim this.
    pub fn is_sound(&self) -> bool {
        self.outstanding.is_sound()
    }

    /// The requests that have no answer yet.
    pub fn wanted(&self) -> impl Iterator<Item = &ClientRequest> {
        self.outstanding.values().map(|outstanding| &*outstanding.wanted)
    }
}

impl Client {
    pub fn new(id: ClientId) -> Self {
        let (outstanding, deadlines) = (Pending::default(), Deadlines::default());
        Self { id, outstanding, deadlines, turn: 0, clock: HybridClock::default() }
    }

    /// Takes a request on. [`Client::next_entry`] says where it goes.
    pub fn begin(
        &mut self,
        now: VirtualTime,
        request: RequestId,
        wanted: Arc<ClientRequest>,
        routing: Routing,
        timeout: Duration,
    ) {
        let (turn, deadline) = (self.turn, now + timeout + timeout);
        let outstanding = Outstanding { wanted, began: now, deadline, routing, turn, tried: 0 };
        self.turn = self.turn.wrapping_add(1);
        self.outstanding.insert(request, outstanding);
        self.deadlines.set(deadline, request);
    }

    /// The next entry node for a request, and what to send there; none if all were tried.
    pub fn next_entry(
        &mut self,
        request: RequestId,
        lists: &PreferenceLists,
    ) -> Option<(NodeId, Arc<ClientRequest>)> {
        let outstanding = self.outstanding.get_mut(request)?;
        let tried = outstanding.tried;
        let entry = match outstanding.routing {
            Routing::RoundRobin => {
                let members = lists.members();
                let turn = usize::from(outstanding.turn) % members.len() + usize::from(tried);
                (usize::from(tried) < members.len()).then(|| members[turn % members.len()])
            }
            Routing::TokenAware => {
                lists.at(outstanding.wanted.key.position).get(usize::from(tried)).copied()
            }
        }?;
        outstanding.tried += 1;
        Some((entry, Arc::clone(&outstanding.wanted)))
    }

    /// What it means for a request that every entry node was tried.
    pub fn nobody_left(&self, request: RequestId) -> Failure {
        match self.outstanding.get(request).map(|outstanding| outstanding.routing) {
            Some(Routing::TokenAware) => Failure::NoCoordinator,
            _ => Failure::NoEntry,
        }
    }

    /// Whether the request still waits for an answer.
    pub fn waits_for(&self, request: RequestId) -> bool {
        self.outstanding.contains(request)
    }

    /// Ends a request, if it still waits.
    pub fn finish(&mut self, request: RequestId) -> Option<Outstanding> {
        let outstanding = self.outstanding.remove(request)?;
        self.deadlines.clear(outstanding.deadline, request);
        Some(outstanding)
    }

    /// Takes a request that has waited too long.
    pub fn take_due(&mut self, now: VirtualTime) -> Option<RequestId> {
        self.deadlines.take_due(now)
    }

    /// When to look for requests that have waited too long.
    pub fn alarm(&self) -> Option<VirtualTime> {
        self.deadlines.next()
    }

    /// The requests that have no answer yet, by number, and what they want.
    pub fn waiting(&self) -> impl Iterator<Item = (RequestId, &ClientRequest)> {
        self.outstanding.iter().map(|(request, outstanding)| (request, &*outstanding.wanted))
    }

    pub fn outstanding_count(&self) -> usize {
        self.outstanding.len()
    }

    pub fn save(&self) -> SavedClient {
        SavedClient {
            id: self.id,
            outstanding: self.outstanding.clone(),
            due: self.deadlines.to_vec(),
            turn: self.turn,
            clock: self.clock,
        }
    }

    pub fn resume(saved: SavedClient) -> Self {
        let SavedClient { id, outstanding, due, turn, clock } = saved;
        Self { id, outstanding, deadlines: Deadlines::from_vec(&due), turn, clock }
    }
}
