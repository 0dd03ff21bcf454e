//! The node as entry: it takes a client's request and finds a coordinator for it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::message::{Address, Answer, Body, ClientRequest, Failure};
use super::step::{Effects, Node, Reading};
use crate::base::{Duration, RequestId, VirtualTime};

/// A request that was forwarded, and whose answer goes back to the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Relay {
    client: Address,
    wanted: Arc<ClientRequest>,
    deadline: VirtualTime,
    /// How many coordinators of the preference list were tried.
    tried: usize,
}

impl Relay {
    /// Whether a snapshot may claim this.
    pub fn is_sound(
        &self,
        known: impl Fn(Address) -> bool,
        possible: impl Fn(&ClientRequest) -> bool,
    ) -> bool {
        known(self.client) && possible(&self.wanted)
    }
}

impl Node {
    /// Coordinates the request if this node is an owner, else passes it to one.
    pub(super) fn enter(
        &mut self,
        now: Reading,
        client: Address,
        request: RequestId,
        wanted: Arc<ClientRequest>,
        effects: &mut Effects,
    ) {
        if self.owners(&wanted.key).contains(&self.id) {
            self.coordinate(now, client, request, &wanted, effects);
            return;
        }
        let patience = Duration(self.settings.timeout.0 + self.settings.timeout.0 / 2);
        let deadline = now.now + patience;
        self.deadlines.set(deadline, request);
        self.state.relays.insert(request, Relay { client, wanted, deadline, tried: 0 });
        self.try_next_coordinator(request, effects);
    }

    /// Forwards to the next owner of the preference list, or gives up after the last.
    ///
    /// Trying again is safe: a refused message was never read.
    pub(super) fn try_next_coordinator(&mut self, request: RequestId, effects: &mut Effects) {
        let Some(relay) = self.state.relays.get_mut(&request) else { return };
        let owners = self.lists.at(relay.wanted.key.position);
        match owners.get(relay.tried) {
            Some(owner) => {
                relay.tried += 1;
                let wanted = Arc::clone(&relay.wanted);
                effects.send(Address::Node(*owner), request, Body::Forward(wanted));
            }
            None => self.relay_answer(request, Answer::Failed(Failure::NoCoordinator), effects),
        }
    }

    /// Passes an answer on to the client that waits for it, if one does.
    pub(super) fn relay_answer(
        &mut self,
        request: RequestId,
        answer: Answer,
        effects: &mut Effects,
    ) {
        if let Some(relay) = self.state.relays.remove(&request) {
            self.deadlines.clear(relay.deadline, request);
            effects.send(relay.client, request, Body::Reply(answer));
        }
    }
}
