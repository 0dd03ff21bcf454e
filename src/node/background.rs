//! What a node does by itself, whether anybody asks for anything or not.
//!
//! ```text
//!   gossip         who is alive: to one random peer each interval, which answers
//!   handoff        hints to owners that are trusted, again until they are acknowledged
//!   anti-entropy   Merkle trees against those of one peer after the other
//!   rebuild        the same against all peers, after the disk was lost
//!   collection     tombstones that everybody has are forgotten
//!   changes        of ownership go on; pending owners fetch, old owners drop
//!   balance        what everybody bears, to one who evens it out
//! ```
//!
//! One timer serves all of it. Time that passes is all it needs: a cluster left alone repairs
//! itself.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::balance::Balance;
use super::collect::Collection;
use super::conduct::Conduct;
use super::effect::Effects;
use super::exchange::Exchange;
use super::extra::Extra;
use super::message::{Address, Body};
use super::moves::Stream;
use super::note::Note;
use super::rebuild::Rebuild;
use super::settings::Modes;
use super::step::Node;
use super::stream::Streaming;
use super::topology::nodes_known;
use crate::balancer::Policy;
use crate::base::{Duration, Incarnation, NodeId, RandomStream, SortedMap, VirtualTime};
use crate::membership::View;
use crate::ring::Epoch;
use crate::storage::ItemKey;

/// How often hints are looked through, if there are any.
const HANDOFF_INTERVAL: Duration = Duration::from_ms(500);

/// The state of that work; a crash takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Background {
    pub view: View,
    /// For choices that no message depends on the meaning of.
    pub choices: RandomStream,
    pub next_gossip: Option<VirtualTime>,
    pub next_exchange: Option<VirtualTime>,
    pub next_handoff: Option<VirtualTime>,
    /// Hints under way: for whom, about what, since when.
    pub handing_over: SortedMap<(NodeId, ItemKey), VirtualTime>,
    /// Exchanges that this node began and that have not ended, by number.
    pub exchanges: SortedMap<u64, Exchange>,
    next_exchange_number: u64,
    /// The peer of the last exchange.
    pub last_peer: NodeId,
    pub rebuild: Option<Rebuild>,
    /// Items of which only a tombstone is held as an owner.
    pub tombstones: SortedMap<ItemKey, ()>,
    /// The last item of the last batch of tombstones to be collected.
    pub collection_after: Option<ItemKey>,
    pub collection: Option<Collection>,
    pub conduct: Conduct,
    pub streaming: Option<Streaming>,
    /// Pending owners' questions from epochs that this node has not come to yet.
    pub asked_early: Vec<(NodeId, Epoch, Stream)>,
    pub next_strays: Option<VirtualTime>,
    pub extra: Extra,
}

impl Background {
    pub fn new(own: NodeId, incarnation: Incarnation, nodes: u16) -> Self {
        let interval = Duration::from_ms(1_000);
        Self {
            view: View::new(own, nodes, incarnation, VirtualTime::ZERO, interval),
            choices: RandomStream::new(0, "node"),
            next_gossip: None,
            next_exchange: None,
            next_handoff: None,
            handing_over: SortedMap::default(),
            exchanges: SortedMap::default(),
            // No number of an earlier life: answers to that one may still be under way.
            next_exchange_number: u64::from(incarnation.0) << 32,
            last_peer: own,
            rebuild: None,
            tombstones: SortedMap::default(),
            collection_after: None,
            collection: None,
            conduct: Conduct::default(),
            streaming: None,
            asked_early: Vec::new(),
            next_strays: None,
            extra: Extra::default(),
        }
    }

    /// A number for an exchange that no other one of this node ever has.
    pub fn number_exchange(&mut self) -> u64 {
        self.next_exchange_number += 1;
        self.next_exchange_number
    }

    /// When there is something to do next.
    pub fn next(&self) -> Option<VirtualTime> {
        let all = [
            self.next_gossip,
            self.next_exchange,
            self.next_handoff,
            self.rebuild.as_ref().map(Rebuild::next),
            self.collection.as_ref().map(Collection::next),
            self.conduct.next(),
            self.streaming.as_ref().map(Streaming::next),
            self.next_strays,
            self.extra.balance.as_ref().map(Balance::next),
            self.extra.upkeep.as_ref().and_then(super::upkeep::Upkeep::next),
        ];
        all.into_iter().flatten().min()
    }

    /// Whether a snapshot may claim this of node `own`, which knows of so many nodes and ranges.
    pub fn fits(&self, own: NodeId, nodes: u16, ranges: u32) -> bool {
        self.view.is_sound(own, nodes)
            && self.rebuild.as_ref().is_none_or(|rebuild| rebuild.is_sound(ranges))
            && self.streaming.as_ref().is_none_or(|streaming| streaming.is_sound(ranges))
    }

    /// Whether a snapshot may claim this of any node.
    pub fn is_sound(&self, known: impl Fn(Address) -> bool) -> bool {
        let exchanges = self.exchanges.values().map(Exchange::peer);
        let handed = self.handing_over.keys().map(|(owner, _)| *owner);
        let rebuilt = self.rebuild.iter().flat_map(Rebuild::peers);
        let collected = self.collection.iter().flat_map(Collection::peers);
        let streamed = self.streaming.iter().flat_map(Streaming::peers);
        let mut nodes_named = exchanges
            .chain(handed)
            .chain(rebuilt)
            .chain(collected)
            .chain(streamed)
            .chain(self.conduct.peers())
            .chain(self.extra.balance.iter().flat_map(Balance::nodes))
            .chain(self.extra.upkeep.iter().flat_map(super::upkeep::Upkeep::nodes))
            .chain(self.asked_early.iter().map(|(peer, ..)| *peer))
            .chain([self.last_peer]);
        self.collection.as_ref().is_none_or(Collection::is_sound)
            && self.extra.balance.as_ref().is_none_or(Balance::is_sound)
            && nodes_named.all(|node| known(Address::Node(node)))
            && self.next_exchange_number < u64::MAX / 2
    }
}

/// Whether an appointment has come; if so it is taken.
fn is_due(appointment: &mut Option<VirtualTime>, now: VirtualTime) -> bool {
    appointment.take_if(|at| *at <= now).is_some()
}

impl Node {
    /// Makes the first appointments. They are spread over the interval by node number, so that not
    /// everybody speaks at once.
    pub(super) fn begin_background(&mut self, whole: bool, seed: u64, effects: &mut Effects) {
        let (own, incarnation, now) = (self.id, self.state.incarnation, self.time.now);
        let nodes = nodes_known(own, &self.lists);
        let interval = self.settings.modes.gossip.0.unwrap_or(Duration::from_ms(1_000));
        let name = format!("node {own} life {}", incarnation.0);
        let background = &mut self.state.background;
        background.view = View::new(own, nodes, incarnation, now, interval);
        background.choices = RandomStream::new(seed, &name);
        self.configure_background(None);
        for (key, held) in self.store.iter() {
            if held.tombstone().is_some() {
                self.state.background.tombstones.insert(key.clone(), ());
            }
        }
        if !self.store.hints().is_empty() {
            self.state.background.next_handoff = Some(now + HANDOFF_INTERVAL);
        }
        if !whole {
            self.begin_rebuild(effects);
        }
        let heeded = self.lists.topology().heeded;
        self.state.background.conduct.follow(now, heeded);
        self.state.background.conduct.acceptor = self.store.charter().acceptor.clone();
        self.begin_streaming(effects);
        self.offer_strays(effects);
        self.conduct(effects);
        self.configure_upkeep(effects);
    }

    /// Makes new appointments where the interval is not what it was.
    pub(super) fn configure_background(&mut self, before: Option<Modes>) {
        let (now, own) = (self.time.now, u64::from(self.id.0));
        let nodes = u64::from(nodes_known(self.id, &self.lists));
        let first = |interval: Duration| now + Duration(interval.0 * (own + 1) / nodes);
        let background = &mut self.state.background;
        let modes = &self.settings.modes;
        if before.is_none_or(|before| before.gossip != modes.gossip) {
            if let Some(interval) = modes.gossip.0 {
                background.view.set_interval(now, interval);
            }
            background.next_gossip = modes.gossip.0.map(first);
        }
        if before.is_none_or(|before| before.anti_entropy != modes.anti_entropy) {
            background.next_exchange = modes.anti_entropy.0.map(first);
        }
        if before.map_or(Policy::Off, |before| before.balancer) != modes.balancer {
            self.configure_balance();
        }
    }

    /// Does everything that is due.
    pub(super) fn work_in_background(&mut self, effects: &mut Effects) {
        let now = self.time.now;
        if is_due(&mut self.state.background.next_gossip, now) {
            let interval = self.settings.modes.gossip.0;
            self.state.background.next_gossip = interval.map(|interval| now + interval);
            self.gossip(effects);
        }
        if is_due(&mut self.state.background.next_handoff, now) {
            self.hand_over_all(effects);
        }
        if is_due(&mut self.state.background.next_exchange, now) {
            let interval = self.settings.modes.anti_entropy.0;
            self.state.background.next_exchange = interval.map(|interval| now + interval);
            self.exchange_with_next(effects);
            self.begin_collection(effects);
            self.check_indexes(effects);
            self.trim_changes(effects);
        }
        if self.state.background.rebuild.as_ref().is_some_and(|rebuild| rebuild.next() <= now) {
            self.go_on_rebuilding(effects);
        }
        if self.state.background.collection.as_ref().is_some_and(|round| round.next() <= now) {
            self.go_on_collecting(effects);
        }
        if self.state.background.conduct.next().is_some_and(|at| at <= now) {
            self.look_after_changes(effects);
        }
        if self.state.background.streaming.as_ref().is_some_and(|it| it.next() <= now) {
            self.look_after_streaming(effects);
        }
        if self.state.background.extra.balance.as_ref().is_some_and(|it| it.next() <= now) {
            self.look_after_balance(effects);
        }
        if self.state.background.extra.upkeep.as_ref().is_some_and(|it| it.is_due(now)) {
            self.look_after_upkeep(effects);
        }
        if self.strays_are_due(now) {
            self.offer_strays(effects);
        }
    }

    pub(super) fn receive_background(
        &mut self,
        peer: NodeId,
        (epoch, body): (Epoch, Body),
        effects: &mut Effects,
    ) {
        if epoch > Epoch::FIRST {
            self.state.background.conduct.heard(peer, epoch);
        }
        let tells = matches!(body, Body::Gossip { .. } | Body::Sync(_) | Body::TopologyAck { .. });
        if epoch < self.lists.epoch() && tells {
            let lists = Arc::clone(&self.lists);
            effects.send_background(peer, Body::Topology { lists });
        }
        // Token ranges have other numbers in another epoch.
        if epoch != self.lists.epoch() && matches!(body, Body::Sync(_)) {
            return;
        }
        match body {
            Body::Gossip { digest, answer } => self.hear_gossip(peer, &digest, answer, effects),
            Body::Handoff { owner, key, held } => {
                self.take_handoff(peer, owner, key, held, effects);
            }
            Body::HandoffAck { owner, key, dots } => self.handed_over(owner, key, dots, effects),
            Body::Sync(sync) => self.receive_sync(peer, sync, effects),
            Body::Topology { lists } => self.learn_and_ack(lists, peer, None, effects),
            Body::TopologyAck { streamed, empty } => {
                self.hear_topology_ack(peer, epoch, (streamed, empty), effects);
            }
            Body::Ballot(ballot) => self.receive_ballot(peer, ballot, effects),
            Body::Stream(stream) => self.receive_stream(peer, epoch, stream, effects),
            Body::Strays(strays) => self.receive_strays(peer, strays, effects),
            Body::Load(report) => self.hear_load(peer, report),
            body => panic!("{} got a {} from {peer} without a request", self.id, body.kind()),
        }
    }

    fn gossip(&mut self, effects: &mut Effects) {
        let now = self.time.now;
        let background = &mut self.state.background;
        background.view.beat();
        for (peer, phi) in background.view.judge(now) {
            if !self.lists.everyone().contains(&peer) {
                continue;
            }
            effects.note(|| Note::Suspects { peer, phi: Some(phi) });
        }
        let own = self.id;
        let others = || self.lists.everyone().iter().copied().filter(|peer| *peer != own);
        let count = others().count() as u64;
        if count > 0 {
            let number = background.choices.below(count) as usize;
            let peer = others().nth(number).expect("it was counted");
            let digest = background.view.digest();
            effects.send_background(peer, Body::Gossip { digest, answer: true });
        }
    }

    fn hear_gossip(
        &mut self,
        peer: NodeId,
        digest: &[crate::membership::Heartbeat],
        answer: bool,
        effects: &mut Effects,
    ) {
        let view = &mut self.state.background.view;
        let returned = view.merge(self.time.now, digest);
        if answer {
            let digest = view.digest();
            effects.send_background(peer, Body::Gossip { digest, answer: false });
        }
        for peer in returned {
            effects.note(|| Note::Trusts { peer });
            self.hand_over(peer, effects);
        }
    }

    /// Whether a peer is one of those that this node has to do with.
    pub fn knows(&self, peer: NodeId) -> bool {
        peer != self.id && self.lists.everyone().contains(&peer)
    }

    /// Whether this node takes a peer for dead.
    pub fn suspects(&self, peer: NodeId) -> bool {
        let view = &self.state.background.view;
        self.settings.modes.gossip.0.is_some()
            && peer.index() < view.node_count()
            && view.is_suspected(peer)
    }

    /// A peer refused a connection. Without gossip nothing would ever tell that it is back.
    pub(super) fn suspect_refusing(&mut self, peer: NodeId, effects: &mut Effects) {
        let is_known = peer.index() < self.state.background.view.node_count();
        if self.settings.modes.gossip.0.is_some()
            && is_known
            && self.state.background.view.refused(peer)
        {
            effects.note(|| Note::Suspects { peer, phi: None });
        }
    }

    /// Looks after hints again in a while, if there are any.
    pub(super) fn remember_hints(&mut self) {
        let at = self.time.now + HANDOFF_INTERVAL;
        if !self.store.hints().is_empty() {
            self.state.background.next_handoff.get_or_insert(at);
        }
    }

    /// Who this node takes for dead, and how sure it is of each of its peers.
    pub fn view(&self) -> &View {
        &self.state.background.view
    }

    /// Whether the node votes: its disk was never lost, or is rebuilt.
    pub fn is_whole(&self) -> bool {
        self.state.background.rebuild.is_none()
            || crate::base::mutated(crate::base::Mutation::VotesBeforeRebuild)
    }
}
