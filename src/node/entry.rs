//! The node as entry: it takes a client's request and finds a coordinator for it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::effect::Effects;
use super::message::{Address, Body};
use super::step::Node;
use super::{Action, Answer, ClientRequest, Failure};
use crate::base::{Duration, NodeId, RequestId, VirtualTime};

/// A request that was forwarded, and whose answer goes back to the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Relay {
    client: Address,
    wanted: Arc<ClientRequest>,
    deadline: VirtualTime,
    /// Who is still to be tried as coordinator, the best last.
    untried: Vec<NodeId>,
}

impl Relay {
    pub fn wanted(&self) -> &ClientRequest {
        &self.wanted
    }

    pub fn deadline(&self) -> VirtualTime {
        self.deadline
    }

    /// Whether a snapshot may claim this.
    pub fn is_sound(
        &self,
        known: impl Fn(Address) -> bool,
        possible: impl Fn(&ClientRequest) -> bool,
    ) -> bool {
        known(self.client)
            && possible(&self.wanted)
            && self.untried.iter().all(|node| known(Address::Node(*node)))
    }
}

impl Node {
    /// Coordinates the request if this node is an owner, else passes it to one. A scan is about the
    /// whole ring: any node will do.
    pub(super) fn enter(
        &mut self,
        client: Address,
        request: RequestId,
        wanted: Arc<ClientRequest>,
        effects: &mut Effects,
    ) {
        let is_scan = matches!(&wanted.action, Action::Page(page) if page.is_scan());
        if is_scan || self.owners(&wanted.key).contains(&self.id) {
            self.coordinate(client, request, wanted, effects);
            return;
        }
        let patience = Duration(self.settings.timeout.0 + self.settings.timeout.0 / 2);
        let deadline = self.time.now + patience;
        let untried = self.coordinators(&wanted);
        self.deadlines.set(deadline, request);
        self.state.relays.insert(request, Relay { client, wanted, deadline, untried });
        self.try_next_coordinator(request, effects);
    }

    /// Who may coordinate, the best last: owners in the order of the preference list, those under
    /// suspicion after the others.
    ///
    /// Where fallbacks count, a suspected owner is not waited for: this node takes over, as the
    /// first that is known to be up.
    fn coordinators(&self, wanted: &ClientRequest) -> Vec<NodeId> {
        let owners = self.owners(&wanted.key).iter().rev().copied();
        if !owners.clone().any(|owner| self.suspects(owner)) {
            return owners.collect();
        }
        let (suspected, trusted): (Vec<_>, Vec<_>) =
            owners.partition(|owner| self.suspects(*owner));
        match self.settings.is_sloppy() {
            true => trusted,
            false => suspected.into_iter().chain(trusted).collect(),
        }
    }

    /// Forwards to the next owner of the preference list. After the last this node coordinates by
    /// itself if fallbacks count, else it gives up.
    ///
    /// Trying again is safe: a refused message was never read.
    pub(super) fn try_next_coordinator(&mut self, request: RequestId, effects: &mut Effects) {
        let Some(relay) = self.state.relays.get_mut(request) else { return };
        if let Some(owner) = relay.untried.pop() {
            let wanted = Arc::clone(&relay.wanted);
            effects.send(Address::Node(owner), request, Body::Forward(wanted));
        } else if self.settings.is_sloppy() && self.time.now <= relay.deadline {
            let relay = self.state.relays.remove(request).expect("it was just looked at");
            self.deadlines.clear(relay.deadline, request);
            self.coordinate(relay.client, request, relay.wanted, effects);
        } else {
            self.relay_answer(request, Answer::Failed(Failure::NoCoordinator), effects);
        }
    }

    /// Passes an answer on to the client that waits for it, if one does.
    pub(super) fn relay_answer(
        &mut self,
        request: RequestId,
        answer: Answer,
        effects: &mut Effects,
    ) {
        if let Some(relay) = self.state.relays.remove(request) {
            self.deadlines.clear(relay.deadline, request);
            effects.send(relay.client, request, Body::Reply(answer));
        }
    }
}
