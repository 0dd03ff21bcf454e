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

pub const RUNS: [Run; 4] = [
    Run {
        name: "lan",
        script: include_str!("lan"),
        trace: "cb3dcc71f89623c748265380ee85cbf4",
        state: "6917ee35008614a58c0595200a376f15",
    },
    Run {
        name: "wan",
        script: include_str!("wan"),
        trace: "fe9cd47f28d69d33148cbef6717819a4",
        state: "e04de5b2b082f71b06447e40badc4967",
    },
    Run {
        name: "ideal",
        script: include_str!("ideal"),
        trace: "b79243a5d1ae2f74900a79839071e040",
        state: "e4bc73372eb8f7b67a393c9af8b21318",
    },
    Run {
        name: "faults",
        script: include_str!("faults"),
        trace: "d8eb6923bb8d84eb410053aa52a20e86",
        state: "5ffec0a3a08cb079624d8bcdc15e21f9",
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
