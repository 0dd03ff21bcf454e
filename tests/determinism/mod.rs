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

pub const RUNS: [Run; 3] = [
    Run {
        name: "lan",
        script: include_str!("lan"),
        trace: "fbadf9ed225aa848b471f90ed5c2a966",
        state: "6d5d2ad217dca614e40375ece8324dc1",
    },
    Run {
        name: "wan",
        script: include_str!("wan"),
        trace: "a2807a621e3b19cc9b29c92b88ce3491",
        state: "4ed46eb940e61b037e189d0c7bea905b",
    },
    Run {
        name: "ideal",
        script: include_str!("ideal"),
        trace: "256a299d6d816e02ab9a71e67d9e2d40",
        state: "ab7762905eb48adca4d60e8640186301",
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
