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
        state: "2de8ed3ae6e21239f552f484ceccb8a0",
    },
    Run {
        name: "wan",
        script: include_str!("wan"),
        trace: "10bdbe53c695a01654c85b67a71f2f32",
        state: "27bc03cc3ce5c62a73a8f5729673a445",
    },
    Run {
        name: "ideal",
        script: include_str!("ideal"),
        trace: "1792c1c91e9199addb4a79f849530229",
        state: "2f2ae7f022b26edbf707c6e43f6128f3",
    },
    Run {
        name: "faults",
        script: include_str!("faults"),
        trace: "15acaff4e021376a2178a6c9e38bbfaf",
        state: "25f2789cf0e873e484d5c9d1cbb3a793",
    },
    Run {
        name: "repair",
        script: include_str!("repair"),
        trace: "d1eb8e6ecad7245755156ac0700e6ced",
        state: "e36b607164daddcbe0c453283b7ed1ff",
    },
    Run {
        name: "workload",
        script: include_str!("workload"),
        trace: "2c53ba1414b6dbd11594aacf65d17275",
        state: "e6672f40fc25672db1a8f8c419253417",
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
