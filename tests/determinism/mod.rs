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
        trace: "1a209a7baf6c27df57f670cb870a880a",
        state: "46778c0f924f8be278a5760d3ee3daa4",
    },
    Run {
        name: "wan",
        script: include_str!("wan"),
        trace: "7a7dbb39e92bbdceeb938456645de1a1",
        state: "d58a1f220a0b6ed22d842c2d5375994d",
    },
    Run {
        name: "ideal",
        script: include_str!("ideal"),
        trace: "bb64727f7715b0d8895578955a4e0251",
        state: "c3b1fcf2fc4fc309daf5cf0d57ff5d11",
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
