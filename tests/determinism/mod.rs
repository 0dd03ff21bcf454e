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

pub const RUNS: [Run; 9] = [
    Run {
        name: "lan",
        script: include_str!("lan"),
        trace: "66fb7f132c9758edf076cb6184f7bf3f",
        state: "e92cf2f44f5169a189935b2b80739058",
    },
    Run {
        name: "wan",
        script: include_str!("wan"),
        trace: "10bdbe53c695a01654c85b67a71f2f32",
        state: "b707918f59ae2acf5e8193c051ac3b60",
    },
    Run {
        name: "ideal",
        script: include_str!("ideal"),
        trace: "1792c1c91e9199addb4a79f849530229",
        state: "a37109c926de4bc3b5ed64b2d45cf9d4",
    },
    Run {
        name: "faults",
        script: include_str!("faults"),
        trace: "15acaff4e021376a2178a6c9e38bbfaf",
        state: "3ac594ab29b0838dc0ebf5c839ae7508",
    },
    Run {
        name: "repair",
        script: include_str!("repair"),
        trace: "d1eb8e6ecad7245755156ac0700e6ced",
        state: "581b11d2f41afd2d2f4f5b0a547a8a99",
    },
    Run {
        name: "workload",
        script: include_str!("workload"),
        trace: "2c53ba1414b6dbd11594aacf65d17275",
        state: "d66fb5263edd1b2797adeb068425fa94",
    },
    Run {
        name: "elastic",
        script: include_str!("elastic"),
        trace: "da17bcdda5931ceba271d70928c56e40",
        state: "b6f0e4c64bda51390aff5da75857a531",
    },
    Run {
        name: "rounds",
        script: include_str!("rounds"),
        trace: "278bfc32cb04449cbfc0af2e84299677",
        state: "d4d9c6e582a77c3a987e6f8e1d3a0c06",
    },
    Run {
        name: "backups",
        script: include_str!("backups"),
        trace: "6e1b147144b0564b4c76237bf80300bf",
        state: "0572bf3731a99195aeccc1560d2f60bb",
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
