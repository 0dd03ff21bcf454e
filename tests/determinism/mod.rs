//! The runs that must have the same digests everywhere, and the digests that they have had so far.
//!
//! A change to the engine that changes what happens, or how it is written down, changes these
//! digests: then take the new ones from the failing test, and say why in the commit.

use ringscope::scenario::Session;

/// A scenario, and the digests of its trace and its state at the end.
pub struct Run {
    pub name: &'static str,
    script: &'static str,
    pub trace: &'static str,
    pub state: &'static str,
}

pub const RUNS: [Run; 5] = [
    Run {
        name: "lan",
        script: include_str!("lan"),
        trace: "f054929f0e3e13a2fa0e57b2b6e848a0",
        state: "15cc447a4cacc46b8f334da58f42bbd1",
    },
    Run {
        name: "wan",
        script: include_str!("wan"),
        trace: "d30fda6b95ce75d04f6fedbf00b0f2d2",
        state: "3f3904396e377b3624828b11e48593ad",
    },
    Run {
        name: "ideal",
        script: include_str!("ideal"),
        trace: "e9207fbfcceb61673da7c5db0c4b112b",
        state: "1925b246be971ad79e2147ef6a156ce6",
    },
    Run {
        name: "faults",
        script: include_str!("faults"),
        trace: "3e0acf2c20a0434a1d845d3bfe53b3fe",
        state: "5f30edbaf31bf786b197b0503c9a9a4c",
    },
    Run {
        name: "repair",
        script: include_str!("repair"),
        trace: "025f27376841c76cc604f166be065615",
        state: "e30569d2da500256bcf5db188fcf480b",
    },
];

impl Run {
    /// The digests of trace and state that the run has here.
    pub fn digests(&self) -> (String, String) {
        let mut session = Session::default();
        let script = format!("{}---\n", self.script);
        session.run_script(&script).expect("the scenario runs");
        let world = session.world().expect("the scenario makes a world");
        (world.trace().digest().to_string(), world.state_digest().to_string())
    }

    /// The digests that it is known to have.
    pub fn expected(&self) -> (String, String) {
        (self.trace.to_owned(), self.state.to_owned())
    }
}
