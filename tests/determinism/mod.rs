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
        trace: "2009a03fd3357f4ef2ced6ab714cd58f",
        state: "0183008212a79a5a05ec8bf6afd63b5b",
    },
    Run {
        name: "wan",
        script: include_str!("wan"),
        trace: "b59bde8737500faad998ac206f5c2da9",
        state: "bc9557609f8bcd0c2cc5b0e09ee6199f",
    },
    Run {
        name: "ideal",
        script: include_str!("ideal"),
        trace: "d87b4739a619073d2d70637df6336330",
        state: "d595ed0a12b86a96e1d2778b498d4486",
    },
    Run {
        name: "faults",
        script: include_str!("faults"),
        trace: "87f02f42aa3d643fcb363af1847e4a09",
        state: "d942acdcb62db9a3cd4c73c376b066f5",
    },
    Run {
        name: "repair",
        script: include_str!("repair"),
        trace: "cedeb6420f65287b5f049108ebac3058",
        state: "37cfc8ce447f1c96d235f805feb6208e",
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
