//! What one node believes of all nodes.

use serde::{Deserialize, Serialize};

use super::detector::Detector;
use super::{Heartbeat, Phi};
use crate::base::{Duration, Incarnation, NodeId, VirtualTime};

/// Longer gossip intervals are taken for one hour; so no sum of a few intervals overflows.
const LONGEST_INTERVAL: Duration = Duration::from_ms(3_600_000);
/// Who has not judged for more intervals than this was paused itself, or its clock was set.
const OWN_PAUSE: u64 = 3;
/// For how many beats news of a dead process goes round, at most, before all have heard it.
const NEWS_UNDER_WAY: u32 = 8;

/// Whether a peer is believed to be alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Trust {
    Trusted,
    /// Not heard of for too long.
    Silent,
    /// It refused a connection, when this was its newest heartbeat that was known.
    Refused(Heartbeat),
}

impl Trust {
    /// Whether a newer heartbeat shows that the peer is alive.
    fn returns_with(self, heartbeat: Heartbeat) -> bool {
        match self {
            Trust::Trusted => false,
            Trust::Silent => true,
            Trust::Refused(known) => {
                heartbeat.incarnation > known.incarnation
                    || heartbeat.beat > known.beat.saturating_add(NEWS_UNDER_WAY)
            }
        }
    }
}

/// What is known of one node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Peer {
    heartbeat: Heartbeat,
    detector: Detector,
    trust: Trust,
}

// There is one for every pair of nodes.
const _: () = assert!(size_of::<Peer>() <= 48);

/// One node's own view of who is alive, itself included: 48 bytes per node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    own: NodeId,
    interval: Duration,
    /// When all peers were last judged.
    judged: VirtualTime,
    /// By node number.
    peers: Vec<Peer>,
}

impl View {
    /// The view of a node that has just started, in a cluster of `nodes` nodes that gossip once per
    /// `interval`. All peers begin trusted, as if heard of at `now`, with the lowest heartbeat.
    ///
    /// # Panics
    /// If `own` is not one of the nodes.
    pub fn new(
        own: NodeId,
        nodes: u16,
        incarnation: Incarnation,
        now: VirtualTime,
        interval: Duration,
    ) -> Self {
        assert!(own.0 < nodes, "node {own} has no place in a view of {nodes} nodes");
        let interval = possible(interval);
        let peer = Peer {
            heartbeat: Heartbeat::default(),
            detector: Detector::new(now, interval),
            trust: Trust::Trusted,
        };
        let mut peers = vec![peer; usize::from(nodes)];
        peers[own.index()].heartbeat.incarnation = incarnation;
        Self { own, interval, judged: now, peers }
    }

    /// Gossip goes on at another interval. All gaps so far are forgotten, so that nobody is
    /// suspected because of the change; who is suspected already stays so.
    pub fn set_interval(&mut self, now: VirtualTime, interval: Duration) {
        self.interval = possible(interval);
        self.judged = now;
        for peer in &mut self.peers {
            peer.detector = Detector::new(now, self.interval);
        }
    }

    /// There are this many nodes from now on; new ones are trusted, as if heard of at `now`.
    pub fn grow(&mut self, now: VirtualTime, nodes: u16) {
        let peer = Peer {
            heartbeat: Heartbeat::default(),
            detector: Detector::new(now, self.interval),
            trust: Trust::Trusted,
        };
        let nodes = usize::from(nodes).max(self.peers.len());
        self.peers.resize(nodes, peer);
    }

    /// Gives a sign of life: the node's own heartbeat moves on by one.
    pub fn beat(&mut self) {
        let own = &mut self.peers[self.own.index()].heartbeat;
        *own = own.next();
    }

    /// What a gossip message carries: every node's newest heartbeat, by node number.
    pub fn digest(&self) -> Vec<Heartbeat> {
        self.peers.iter().map(|peer| peer.heartbeat).collect()
    }

    /// Takes in what a peer knows, and tells who is trusted again because of it, by node number.
    ///
    /// What a peer claims of this node itself, of nodes that do not exist, or beyond all bounds is
    /// ignored.
    pub fn merge(&mut self, now: VirtualTime, digest: &[Heartbeat]) -> Vec<NodeId> {
        let (own, interval) = (self.own, self.interval);
        let mut returned = Vec::new();
        for ((peer, heard), node) in self.peers.iter_mut().zip(digest).zip((0..).map(NodeId)) {
            if *heard <= peer.heartbeat || node == own || !heard.is_sound() {
                continue;
            }
            if peer.trust.returns_with(*heard) {
                // The gap that ends here tells of the failure, not of the peer's normal gaps.
                peer.trust = Trust::Trusted;
                peer.detector = Detector::new(now, interval);
                returned.push(node);
            } else {
                peer.detector.hear(now, interval);
            }
            peer.heartbeat = *heard;
        }
        returned
    }

    /// A connection to `peer` was refused: its process is down. True if it was trusted until now.
    ///
    /// It stays suspected until a newer incarnation is heard of, or a heartbeat of the same one so
    /// much later that it cannot have been under way at the time of the refusal.
    pub fn refused(&mut self, peer: NodeId) -> bool {
        if peer == self.own {
            return false;
        }
        let peer = &mut self.peers[peer.index()];
        let was_trusted = peer.trust == Trust::Trusted;
        peer.trust = Trust::Refused(peer.heartbeat);
        was_trusted
    }

    /// Looks at all trusted peers and suspects those whose phi has reached the threshold: who they
    /// are, by node number, and how suspicious. To be called once per interval.
    ///
    /// Where the last call is long ago, this node was paused itself or its clock was set: nobody
    /// was heard in that time, and nobody is suspected for it.
    pub fn judge(&mut self, now: VirtualTime) -> Vec<(NodeId, Phi)> {
        let (own, interval) = (self.own, self.interval);
        let since = now.since(self.judged);
        let away = since.0 > OWN_PAUSE * interval.0 || now < self.judged;
        self.judged = now;
        let mut suspected = Vec::new();
        for (peer, node) in self.peers.iter_mut().zip((0..).map(NodeId)) {
            if away {
                peer.detector.excuse(now, since);
            }
            if node == own || peer.trust != Trust::Trusted {
                continue;
            }
            if let Some(phi) = peer.detector.suspicion(now, interval) {
                peer.trust = Trust::Silent;
                suspected.push((node, phi));
            }
        }
        suspected
    }

    /// Whether `peer` is believed to be down or cut off; never true of the node itself.
    pub fn is_suspected(&self, peer: NodeId) -> bool {
        peer != self.own && self.peers[peer.index()].trust != Trust::Trusted
    }

    /// How suspicious the silence of `peer` is at `now`; zero for the node itself.
    pub fn phi(&self, now: VirtualTime, peer: NodeId) -> Phi {
        if peer == self.own {
            return Phi::default();
        }
        self.peers[peer.index()].detector.phi(now, self.interval)
    }

    /// The newest heartbeat of `peer` that is known.
    pub fn heartbeat(&self, peer: NodeId) -> Heartbeat {
        self.peers[peer.index()].heartbeat
    }

    pub fn node_count(&self) -> usize {
        self.peers.len()
    }

    /// Whether this can be the view of node `own` in a cluster of `nodes` nodes: what was read from
    /// outside may claim anything.
    pub fn is_sound(&self, own: NodeId, nodes: u16) -> bool {
        self.own == own
            && own.0 < nodes
            && self.peers.len() == usize::from(nodes)
            && self.interval == possible(self.interval)
            && self.peers.iter().all(|peer| self.peer_is_sound(peer))
            && self.peers[own.index()].trust == Trust::Trusted
    }

    fn peer_is_sound(&self, peer: &Peer) -> bool {
        let refused_at = match peer.trust {
            Trust::Refused(known) => known,
            Trust::Trusted | Trust::Silent => Heartbeat::default(),
        };
        peer.heartbeat.is_sound()
            && refused_at <= peer.heartbeat
            && refused_at.is_sound()
            && peer.detector.is_sound(self.interval)
    }
}

/// The nearest interval that can be reckoned with.
fn possible(interval: Duration) -> Duration {
    interval.clamp(Duration(1), LONGEST_INTERVAL)
}
