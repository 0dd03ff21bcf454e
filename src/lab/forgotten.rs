//! What it takes for a promise to matter that was lost with a disk, step by step: random plans hardly
//! ever come to it, since a node is rebuilt from peers that know most of what it knew.
//!
//! ```text
//!   A proposes 1 with the promises of A B C; its messages to C take very long, those to B and D are lost
//!   D proposes 2 with the promises of D B C, a higher ballot; to B very long, the others are lost; D dies
//!   C loses its disk, and with it the promise to D; it is rebuilt
//!   A's message comes to C: if C has forgotten, that makes three votes for 1, with A and E
//!   A and its side read 1
//!   D's message comes to B, which has not forgotten anything: a vote for 2
//!   B reads 2, which replaced the same nothing as 1 did
//! ```

use super::*;
use crate::base::{ClientId, Duration, Mutation, NodeId, VirtualTime, with_mutation};
use crate::data::Resolution;
use crate::node::{Interval, Modes};
use crate::sim::{ClusterConfig, Command, LinkFault, NetworkPreset};

const A: NodeId = NodeId(0);
const B: NodeId = NodeId(1);
const C: NodeId = NodeId(2);
const D: NodeId = NodeId(3);
const E: NodeId = NodeId(4);

/// When the story begins: before that clients only get to the nodes that they are to ask.
const BEGIN_US: u64 = 100_000;

struct Script(Vec<(VirtualTime, Step)>);

impl Script {
    fn ask(&mut self, at_us: u64, client: u16, key: u8, asking: Asking) {
        let step = Step::Ask { client: ClientId(client), key, asking };
        self.0.push((VirtualTime(at_us), step));
    }

    fn fault(&mut self, at_us: u64, command: Command) {
        self.0.push((VirtualTime(BEGIN_US + at_us), Step::Fault(command)));
    }

    fn lose(&mut self, at_us: u64, from: NodeId, to: NodeId) {
        let fault = LinkFault { loss: 100, ..LinkFault::default() };
        self.fault(at_us, Command::SetLink { between: Some((from, to)), fault, oneway: true });
    }

    fn delay(&mut self, at_us: u64, from: NodeId, to: NodeId) {
        let fault = LinkFault { latency: Duration::from_ms(400), ..LinkFault::default() };
        self.fault(at_us, Command::SetLink { between: Some((from, to)), fault, oneway: true });
    }
}

fn story() -> Plan {
    let mut script = Script(Vec::new());
    // Clients go round robin: the second one's next node is D, the third one's B.
    for (client, requests) in [(1, 3), (2, 1)] {
        (0..requests).for_each(|n| script.ask(10_000 * (n + 1), client, 1, Asking::Get));
    }
    script.ask(BEGIN_US, 0, 0, Asking::PutIf(Expected::Absent));
    script.ask(BEGIN_US + 1_500, 1, 0, Asking::PutIf(Expected::Absent));
    script.lose(2_000, D, A);
    script.lose(2_000, D, E);
    script.lose(3_000, A, B);
    script.lose(3_000, A, D);
    script.delay(3_000, A, C);
    script.delay(4_500, D, B);
    script.lose(4_500, D, C);
    script.fault(4_620, Command::Crash(D));
    script.fault(5_000, Command::Crash(C));
    script.fault(5_000, Command::Wipe(C));
    script.fault(6_000, Command::Restart(C));
    script.fault(10_000, Command::Restart(D));
    let fault = LinkFault::default();
    script.fault(20_000, Command::SetLink { between: Some((A, C)), fault, oneway: true });
    script.ask(BEGIN_US + 420_000, 3, 0, Asking::GetConsistent);
    script.ask(BEGIN_US + 500_000, 2, 0, Asking::GetConsistent);
    script.0.sort_by_key(|(at, _)| *at);
    let off = Interval::OFF;
    let modes = Modes { gossip: off, anti_entropy: off, ..Modes::default() };
    Plan {
        config: ClusterConfig {
            nodes: 5,
            vnodes: 1,
            n: 5,
            r: 3,
            w: 3,
            network: NetworkPreset::Ideal,
            timeout: Duration::from_ms(50),
            modes,
            ..ClusterConfig::default()
        },
        resolution: Resolution::LastWriterWins,
        is_indexed: false,
        expires: false,
        restores_to: None,
        steps: script.0,
        heal_at: VirtualTime(BEGIN_US + 600_000),
        losses: 1,
        waits_for_collection: false,
        is_repeated: false,
    }
}

#[test]
fn a_promise_forgotten_with_a_disk_is_caught() {
    let plan = story();
    assert_eq!(run(&plan).verdict, Ok(()));
    let forgotten = with_mutation(Mutation::PromisesNotRebuilt, || run(&plan));
    let violation = forgotten.verdict.expect_err("a promise is forgotten");
    assert_eq!(violation.invariant, Invariant::RegisterLinearizable, "{violation}");
}
