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

pub const RUNS: [Run; 7] = [
    Run {
        name: "lan",
        script: include_str!("lan"),
        trace: "66fb7f132c9758edf076cb6184f7bf3f",
        state: "c64e7a134e22b83f022e7baaf8b7f2ec",
    },
    Run {
        name: "wan",
        script: include_str!("wan"),
        trace: "10bdbe53c695a01654c85b67a71f2f32",
        state: "3670d047b1167ce3b4d75f8b80248775",
    },
    Run {
        name: "ideal",
        script: include_str!("ideal"),
        trace: "1792c1c91e9199addb4a79f849530229",
        state: "6844b67b938de696e711d9b6ab8466dd",
    },
    Run {
        name: "faults",
        script: include_str!("faults"),
        trace: "15acaff4e021376a2178a6c9e38bbfaf",
        state: "be6690f7b2deb0b244877c58d783554a",
    },
    Run {
        name: "repair",
        script: include_str!("repair"),
        trace: "d1eb8e6ecad7245755156ac0700e6ced",
        state: "57fc62859496c4bf74fb3316e89cfca6",
    },
    Run {
        name: "workload",
        script: include_str!("workload"),
        trace: "1a404ea7a2e29339bf4ce0a01310fb22",
        state: "ccbdd219d8fafaf5d7bc45ea6a626de6",
    },
    Run {
        name: "rounds",
        script: include_str!("rounds"),
        trace: "278bfc32cb04449cbfc0af2e84299677",
        state: "1f7e33b924461c940aa82eb928b9f48e",
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
