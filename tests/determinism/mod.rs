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
        trace: "0bf1ffb13af365e2ab91351c5e0cee1c",
        state: "e2da353cb2d8f253116c2724cce7d186",
    },
    Run {
        name: "wan",
        script: include_str!("wan"),
        trace: "350281056fed76a9f7dcdde098d930ce",
        state: "5827fb834dc05d119a1f6b67cd44b2e6",
    },
    Run {
        name: "ideal",
        script: include_str!("ideal"),
        trace: "c846387bebf8c1f8173977c4b195232f",
        state: "7906be841af0e87a2b06cfb79e594ebd",
    },
    Run {
        name: "faults",
        script: include_str!("faults"),
        trace: "6a496da2fc99cd6e1cdadcff8500a849",
        state: "dcb76c3b1dae402e9e0cde1f2063098c",
    },
    Run {
        name: "repair",
        script: include_str!("repair"),
        trace: "4ebc591c8979418f7ac614241efa7ea3",
        state: "0a8231bb6c32a0edd48bdfb7abf59858",
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
