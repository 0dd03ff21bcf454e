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
        state: "144bb08a2df7a18d09b28f96169cba71",
    },
    Run {
        name: "wan",
        script: include_str!("wan"),
        trace: "10bdbe53c695a01654c85b67a71f2f32",
        state: "ec4005df35c9fe37272bf357a1dc2207",
    },
    Run {
        name: "ideal",
        script: include_str!("ideal"),
        trace: "1792c1c91e9199addb4a79f849530229",
        state: "c6bb9c77e173c1dc21ef3d170bf164a7",
    },
    Run {
        name: "faults",
        script: include_str!("faults"),
        trace: "15acaff4e021376a2178a6c9e38bbfaf",
        state: "3fedc2f0607c963fc87a06a3adbc5c65",
    },
    Run {
        name: "repair",
        script: include_str!("repair"),
        trace: "d1eb8e6ecad7245755156ac0700e6ced",
        state: "d4dced36293c4879b98ce6301dd2992b",
    },
    Run {
        name: "workload",
        script: include_str!("workload"),
        trace: "2c53ba1414b6dbd11594aacf65d17275",
        state: "ccb8a830be325cfd825638f09d735b46",
    },
    Run {
        name: "elastic",
        script: include_str!("elastic"),
        trace: "da17bcdda5931ceba271d70928c56e40",
        state: "b36391005acd0760052ca95564d57b49",
    },
    Run {
        name: "rounds",
        script: include_str!("rounds"),
        trace: "278bfc32cb04449cbfc0af2e84299677",
        state: "763513fae4720f98244870f3cf87b498",
    },
    Run {
        name: "backups",
        script: include_str!("backups"),
        trace: "6e1b147144b0564b4c76237bf80300bf",
        state: "d189bd23005c799404075d59d19410d2",
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
