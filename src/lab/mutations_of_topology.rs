//! Deliberate mistakes in changes of ownership: each is caught by an invariant, and without it the
//! same runs pass.

use super::mutations::{BOUNDS, catch, last_writer_wins};
use super::*;
use crate::base::{ClientId, Duration, Mutation, NodeId, VirtualTime, with_mutation};
use crate::data::Resolution;
use crate::node::{Interval, Modes, ReadRepair, Switch};
use crate::ring::{Change, ChangeId, PreferenceLists, Swap, Topology, Weight, Wish, Zone};
use crate::sim::{ClusterConfig, Command, LinkFault, NetworkPreset};

/// Every run changes the topology.
const CHANGING: Bounds = Bounds { changes: 100, ops: 300, ..BOUNDS };

/// Little but quorums brings a version anywhere: what a change forgets stays forgotten for a while.
fn bare(plan: &mut Plan) {
    last_writer_wins(plan);
    (plan.config.modes.handoff, plan.config.modes.repair) = (Switch::Off, ReadRepair::Off);
    plan.steps.retain(|(_, step)| !matches!(step, Step::Fault(Command::Wipe(_))));
}

const STALE: [Invariant; 3] =
    [Invariant::AcknowledgedIsRead, Invariant::AcknowledgedIsSeen, Invariant::AcknowledgedSurvives];

#[test]
fn a_pending_owner_that_counts_as_an_old_one_is_caught() {
    catch(Mutation::PendingCountsAsOld, &STALE, &CHANGING, bare);
}

#[test]
fn reads_that_move_too_early_are_caught() {
    catch(Mutation::ReadsMovedEarly, &STALE, &CHANGING, bare);
}

#[test]
fn an_old_owner_that_is_dropped_too_early_is_caught() {
    catch(Mutation::OldOwnerDropped, &STALE, &CHANGING, bare);
}

/// The one that joins a cluster of three.
const D: NodeId = NodeId(3);
/// The conductor: nobody comes before it.
const A: NodeId = NodeId(0);

fn join() -> Wish {
    Wish::Change(Change::Add { node: D, zone: Zone(0), weight: Weight::ONE })
}

/// A run that is told message by message: D joins a cluster of three, and displaces one owner of an
/// item. Nothing but requests and the change brings a version anywhere, and a message takes 1 ms.
struct Script {
    plan: Plan,
    key: u8,
    clients: u16,
}

impl Script {
    /// A ring, and an item of it, that gives the parts as is wanted: to the displaced owner, and to the
    /// two that stay, in the order of the preference list.
    fn begin(is_wanted: fn(NodeId, [NodeId; 2]) -> bool) -> (Self, NodeId, [NodeId; 2]) {
        let (gossip, anti_entropy) = (Interval::OFF, Interval::OFF);
        let (handoff, repair) = (Switch::Off, ReadRepair::Off);
        let modes = Modes { gossip, anti_entropy, handoff, repair, ..Modes::default() };
        let (network, timeout) = (NetworkPreset::Ideal, Duration::from_ms(100));
        for vnodes in 1..16 {
            let config =
                ClusterConfig { nodes: 3, vnodes, network, timeout, modes, ..Default::default() };
            let basis = config.basis();
            let begun = Topology::founded(&basis.first_ring(), basis).with(ChangeId(1), &join());
            let writing = begun.advanced().and_then(|prepared| prepared.advanced());
            let lists = PreferenceLists::of(writing.expect("it is at the stage of writes"));
            for key in 0..Plan::KEYS {
                let position = Plan::key(key).position;
                let Some(Swap { leaves, .. }) = lists.swap_at(position) else { continue };
                let stay = lists.at(position).iter().copied().filter(|owner| *owner != leaves);
                let stay: Vec<NodeId> = stay.collect();
                if is_wanted(leaves, [stay[0], stay[1]]) {
                    let plan = Plan {
                        config,
                        resolution: Resolution::LastWriterWins,
                        is_indexed: false,
                        expires: false,
                        restores_to: None,
                        steps: Vec::new(),
                        heal_at: VirtualTime::ZERO,
                        losses: 0,
                        waits_for_collection: false,
                        is_repeated: false,
                    };
                    return (Self { plan, key, clients: 0 }, leaves, [stay[0], stay[1]]);
                }
            }
        }
        panic!("no ring gives the parts like this");
    }

    fn step(&mut self, ms: u64, step: Step) {
        self.plan.steps.push((VirtualTime::ZERO + Duration::from_ms(ms), step));
    }

    fn give(&mut self, ms: u64, command: Command) {
        self.step(ms, Step::Fault(command));
    }

    /// From now on, what one node sends to another is lost.
    fn cut(&mut self, ms: u64, from: NodeId, to: NodeId) {
        let fault = LinkFault { loss: 100, ..LinkFault::default() };
        self.give(ms, Command::SetLink { between: Some((from, to)), fault, oneway: true });
    }

    fn mend(&mut self, ms: u64, from: NodeId, to: NodeId) {
        let fault = LinkFault::default();
        self.give(ms, Command::SetLink { between: Some((from, to)), fault, oneway: true });
    }

    /// A client of its own asks one node after another to read, and then one to do something.
    fn ask(&mut self, ms: u64, coordinator: NodeId, asking: Asking) {
        let (client, key) = (ClientId(self.clients), self.key);
        self.clients += 1;
        for _ in 0..coordinator.0 {
            self.step(ms, Step::Ask { client, key, asking: Asking::Get });
        }
        self.step(ms, Step::Ask { client, key, asking });
    }

    fn put(&mut self, ms: u64, coordinator: NodeId) {
        self.ask(ms, coordinator, Asking::Put(Seen::Nothing));
    }

    /// Everybody coordinates reads, again and again.
    fn read(&mut self, ms: std::ops::Range<u64>) {
        ms.step_by(2).for_each(|ms| self.ask(ms, D, Asking::Get));
    }

    /// The mistake lets a read miss what was acknowledged; without it all is well.
    fn catches(mut self, mutation: Mutation) {
        self.give(700, Command::SetModes(Modes::default()));
        self.plan.heal_at = VirtualTime::ZERO + Duration::from_ms(700);
        let right = run(&self.plan);
        assert_eq!(right.verdict, Ok(()), "it fails without {mutation:?}");
        assert!(right.coverage.has(Trait::ChangeDone), "the change came to nothing");
        let wrong = with_mutation(mutation, || run(&self.plan)).verdict;
        let violation = wrong.expect_err("a mistake makes a difference");
        assert_eq!(violation.invariant, Invariant::AcknowledgedIsRead, "{violation}");
    }
}

/// The write meets the displaced owner and one other, when the pending owner has all that there was.
#[test]
fn a_pending_owner_that_writes_forget_is_caught() {
    let (mut script, leaves, [one, other]) =
        Script::begin(|_, [one, other]| (one == A) != (other == A));
    let has = if one == A { other } else { one };
    script.give(1, Command::Wish(join()));
    // The conductor does not hear that D has streamed: the stage goes on. D asks others for what A
    // would have sent, after a timeout.
    script.cut(1, D, A);
    script.cut(190, leaves, A);
    script.put(190, leaves);
    // Reads move. Who was displaced says nothing more, and D hears nothing from the other one.
    script.give(196, Command::Pause(leaves));
    script.cut(196, has, D);
    script.mend(196, D, A);
    script.read(197..450);
    script.catches(Mutation::PendingOwnerForgotten);
}

/// Before the change the write meets the displaced owner and the last of the others, which is silent
/// afterwards; the first of them lacks it.
#[test]
fn a_stream_from_whoever_is_there_is_caught() {
    let (mut script, leaves, [lacks, has]) = Script::begin(|_, [_, has]| has != A);
    script.cut(1, leaves, lacks);
    script.put(1, leaves);
    script.give(10, Command::Pause(has));
    script.mend(10, leaves, lacks);
    script.give(10, Command::Wish(join()));
    script.read(11..450);
    script.catches(Mutation::StreamedFromAnyone);
}

/// The displaced owner has heard nothing of the change when it coordinates a write, which one other
/// takes that knows better.
#[test]
fn a_vote_in_an_earlier_epoch_is_caught() {
    let (mut script, leaves, [one, other]) =
        Script::begin(|_, [one, other]| (one == A) != (other == A));
    let has = if one == A { other } else { one };
    script.give(1, Command::Wish(join()));
    script.cut(1, A, leaves);
    script.cut(1, leaves, A);
    script.cut(1, D, leaves);
    script.cut(1, has, leaves);
    script.mend(230, has, leaves);
    script.mend(230, D, leaves);
    script.put(230, leaves);
    script.give(240, Command::Pause(has));
    script.read(241..400);
    script.catches(Mutation::StaleEpochAccepted);
}
