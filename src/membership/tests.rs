//! Whole clusters that gossip, in virtual time.

use super::*;
use crate::base::{Duration, Incarnation, NodeId, RandomStream, VirtualTime};

const SECOND: Duration = Duration::from_ms(1_000);

/// A cluster in which every node, once per second and each at its own phase, exchanges heartbeats
/// with one random peer in both directions. A message to a crashed node is lost.
struct Cluster {
    views: Vec<View>,
    phases: Vec<(u64, usize)>,
    crashed: Option<usize>,
    second: u64,
    stream: RandomStream,
    /// One exchange of so many is lost, if any.
    loss: Option<u64>,
}

impl Cluster {
    fn new(nodes: u16, seed: u64) -> Self {
        let mut stream = RandomStream::new(seed, "gossip");
        let view = |own| View::new(NodeId(own), nodes, Incarnation(1), VirtualTime::ZERO, SECOND);
        let mut phases: Vec<(u64, usize)> =
            (0..usize::from(nodes)).map(|node| (stream.below(SECOND.0), node)).collect();
        phases.sort_unstable();
        Self {
            views: (0..nodes).map(view).collect(),
            phases,
            crashed: None,
            second: 0,
            stream,
            loss: None,
        }
    }

    /// Runs one second; who suspected whom at what time.
    fn step(&mut self) -> Vec<(VirtualTime, usize, NodeId)> {
        let mut suspicions = Vec::new();
        for (phase, node) in self.phases.clone() {
            let now = VirtualTime(self.second * SECOND.0 + phase);
            if self.crashed == Some(node) {
                continue;
            }
            self.views[node].beat();
            let found = self.views[node].judge(now);
            suspicions.extend(found.into_iter().map(|(peer, _)| (now, node, peer)));
            self.exchange(now, node);
        }
        self.second += 1;
        suspicions
    }

    fn exchange(&mut self, now: VirtualTime, node: usize) {
        let peer =
            (node + 1 + self.stream.below(self.views.len() as u64 - 1) as usize) % self.views.len();
        let lost = self.loss.is_some_and(|of| self.stream.below(of) == 0);
        if self.crashed != Some(peer) && !lost {
            let digest = self.views[node].digest();
            self.views[peer].merge(now, &digest);
            let digest = self.views[peer].digest();
            self.views[node].merge(now, &digest);
        }
    }
}

/// Without faults in `cluster`, nobody is suspected for so many seconds; then node A falls silent,
/// and all others suspect it after so many seconds as `expected`, and nobody else.
fn check_silence(mut cluster: Cluster, seconds: u64, expected: std::ops::RangeInclusive<u64>) {
    let nodes = cluster.views.len();
    for _ in 0..seconds {
        assert_eq!(cluster.step(), [], "{nodes} nodes, none crashed");
    }
    cluster.crashed = Some(0);
    let crash = VirtualTime(seconds * SECOND.0);
    let mut suspicious = Vec::new();
    for _ in 0..20 {
        for (at, node, peer) in cluster.step() {
            assert_eq!(peer, NodeId(0), "{nodes} nodes, A crashed");
            let silence = at.since(crash).0 / SECOND.0;
            assert!(expected.contains(&silence), "{nodes} nodes: after {silence} intervals");
            suspicious.push(node);
        }
    }
    suspicious.sort_unstable();
    assert_eq!(suspicious, (1..nodes).collect::<Vec<_>>(), "who suspects A, once each");
    assert!(cluster.views[1..].iter().all(|view| view.is_suspected(NodeId(0))));
}

#[test]
fn silence_is_suspected_by_all_and_nothing_else_is() {
    // Both in a cluster that has gossiped for long, and in one that has just begun.
    for (nodes, seeds, seconds) in [(2, 10, 600), (5, 10, 600), (20, 10, 600), (100, 2, 200)] {
        for seed in 0..seeds {
            check_silence(Cluster::new(nodes, seed), seconds, 4..=13);
            check_silence(Cluster::new(nodes, seed), 5, 4..=14);
        }
    }
}

#[test]
fn false_suspicions_stay_rare_where_a_tenth_of_all_exchanges_is_lost() {
    let mut cluster = Cluster { loss: Some(10), ..Cluster::new(20, 1) };
    let false_suspicions: usize = (0..3_000).map(|_| cluster.step().len()).sum();
    assert!(false_suspicions <= 3, "{false_suspicions} in 3,000 intervals of 380 pairs");
    assert!((1..20).all(|peer| !cluster.views[0].is_suspected(NodeId(peer))), "all are back");
}

fn heartbeat(incarnation: u32, beat: u32) -> Heartbeat {
    Heartbeat { incarnation: Incarnation(incarnation), beat }
}

fn seconds(count: u64) -> VirtualTime {
    VirtualTime(count * SECOND.0)
}

/// The view of node A of three, in which B has been heard of every second until second `until`.
fn view_after(until: u64) -> View {
    let mut view = View::new(NodeId(0), 3, Incarnation(1), VirtualTime::ZERO, SECOND);
    for second in 1..=until {
        let beat = second as u32;
        view.merge(seconds(second), &[heartbeat(0, 0), heartbeat(1, beat), heartbeat(1, beat)]);
        assert_eq!(view.judge(seconds(second)), []);
    }
    view
}

const B: NodeId = NodeId(1);
const C: NodeId = NodeId(2);

#[test]
fn a_refusal_outlasts_old_news_but_not_a_restart() {
    let mut view = view_after(20);
    assert!(view.refused(B) && !view.refused(B) && !view.refused(NodeId(0)));
    assert!(view.is_suspected(B) && !view.is_suspected(C) && !view.is_suspected(NodeId(0)));
    // What B said before it died, by way of others, and the same again.
    for beat in [22, 21, 22, 28] {
        assert_eq!(view.merge(seconds(21), &[heartbeat(9, 9), heartbeat(1, beat)]), []);
    }
    assert_eq!(view.heartbeat(B), heartbeat(1, 28));
    assert_eq!(view.heartbeat(NodeId(0)), heartbeat(1, 0), "only A knows of A");
    let mut alive = view.clone();
    assert_eq!(alive.merge(seconds(30), &[heartbeat(0, 0), heartbeat(1, 29)]), [B]);
    assert_eq!(view.merge(seconds(22), &[heartbeat(0, 0), heartbeat(2, 1)]), [B]);
    assert!(!view.is_suspected(B) && !alive.is_suspected(B));
}

#[test]
fn silence_ends_with_the_next_newer_heartbeat() {
    let mut view = view_after(40);
    let suspected = (41..60).find_map(|second| {
        let phi_before = view.phi(seconds(second), B);
        let found = view.judge(seconds(second));
        (!found.is_empty()).then(|| {
            assert_eq!(found, [(B, phi_before), (C, phi_before)]);
            assert!(phi_before >= THRESHOLD);
            second
        })
    });
    assert_eq!(suspected, Some(47));
    assert_eq!(view.merge(seconds(48), &[heartbeat(0, 0), heartbeat(1, 40)]), []);
    assert_eq!(view.merge(seconds(48), &[heartbeat(0, 0), heartbeat(1, 41)]), [B]);
    assert!(!view.is_suspected(B) && view.is_suspected(C));
}

#[test]
fn nobody_is_suspected_for_a_pause_or_a_clock_of_ones_own() {
    let mut view = view_after(40);
    assert!(
        view.phi(seconds(400), B) == Phi::MAX
            && view.phi(seconds(400), NodeId(0)).hundredths() == 0
    );
    assert_eq!(view.judge(seconds(400)), []);
    assert!(view.phi(seconds(400), B) < THRESHOLD);
    assert_eq!(view.judge(seconds(3)), []);
    let suspected: Vec<_> =
        (4..12).filter(|second| !view.judge(seconds(*second)).is_empty()).collect();
    assert_eq!(suspected.len(), 1, "silence after the pause counts");
}

#[test]
fn nobody_is_suspected_for_another_interval() {
    let mut view = view_after(40);
    view.set_interval(seconds(40), Duration::from_ms(10_000));
    assert_eq!((41..80).flat_map(|second| view.judge(seconds(second))).count(), 0);
    let mut view = view_after(40);
    view.set_interval(seconds(41), Duration::from_ms(100));
    assert!(view.judge(VirtualTime(41_100_000)).is_empty());
}

#[test]
fn phi_grows_with_silence() {
    let view = view_after(40);
    let course: Vec<Phi> = (40..80).map(|second| view.phi(seconds(second), B)).collect();
    assert!(course.is_sorted() && course[0] < course[3] && course[3] < course[6], "{course:?}");
}

#[test]
fn a_view_is_small_and_survives_its_bytes() {
    let view = view_after(10);
    let bytes = postcard::to_allocvec(&view).unwrap();
    assert_eq!(postcard::from_bytes::<View>(&bytes), Ok(view.clone()));
    assert!(view.is_sound(NodeId(0), 3));
    assert!(!view.is_sound(NodeId(1), 3) && !view.is_sound(NodeId(0), 4));
    assert!(!view.is_sound(NodeId(0), 2));
}

/// Views made of damaged bytes are either unsound or do everything without a panic.
#[test]
fn hostile_views_are_unsound_or_harmless() {
    let mut view = view_after(10);
    view.refused(B);
    let bytes = postcard::to_allocvec(&view).unwrap();
    let mut stream = RandomStream::new(5, "damage");
    let mut sound = 0;
    for _ in 0..20_000 {
        let mut damaged = bytes.clone();
        for _ in 0..1 + stream.below(4) {
            let at = stream.below(damaged.len() as u64) as usize;
            damaged[at] = stream.next_u64() as u8;
        }
        let Ok(mut view) = postcard::from_bytes::<View>(&damaged) else { continue };
        if view.is_sound(NodeId(0), 3) {
            sound += 1;
            view.beat();
            view.merge(seconds(11), &[heartbeat(u32::MAX, 0), heartbeat(7, 0), heartbeat(1, 99)]);
            view.judge(seconds(12));
            view.refused(C);
            view.judge(VirtualTime(u64::MAX));
            assert!(view.is_sound(NodeId(0), 3));
        }
    }
    assert!(sound > 100, "only {sound} of the damaged views were tried");
}
