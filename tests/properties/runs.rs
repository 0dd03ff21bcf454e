//! Whole runs: replayed from their session log, continued from a snapshot, and damaged.

use proptest::prelude::*;
use ringscope::base::{Digest, ErrorKind, NodeId};
use ringscope::scenario::{Session, parse, quoted, session_log};
use ringscope::sim::{Command, World, seal, unseal};

/// Workloads that begin and end, now or later.
fn workload() -> impl Strategy<Value = String> {
    let lines = prop::sample::select(vec![
        "workload 20ms rate=300 items=5",
        "workload 3ms rate=2000 reads=0 size=10 keys=sequential table=T",
        "workload rate=100 keys=zipf exponent=1 clients=1",
        "workload rate=50 hot=90/0 table='.odd'",
        "in 2ms 'workload rate=400 reads=100 keys=zipf exponent=0.5'",
        "in 9ms 'workload stop'",
        "workload stop",
        "workload stop w2",
    ]);
    lines.prop_map(str::to_owned)
}

/// Backups, and restores that go on while other things happen.
fn archiving() -> impl Strategy<Value = String> {
    let lines = prop::sample::select(vec![
        "pitr T on",
        "pitr T on",
        "pitr T off",
        "backup T as=one wait=false",
        "backup T as=two wait=false",
        "restore one as=First wait=false",
        "restore two as=Second wait=false",
        "restore T at=3ms as=Third wait=false",
        "restore T as=Latest wait=false",
        "index T by-text text",
    ]);
    lines.prop_map(str::to_owned)
}

/// One line of the scenario language, as a person might type it.
fn line() -> impl Strategy<Value = String> {
    let client = prop::sample::select(vec!["", "client2: ", "client3: "]);
    let key = prop::sample::select(vec!["SEA", "ZRH", "Zürich ✈", "it's", "a b\tc", "x=\"1\""]);
    let text = "\\PC{0,12}";
    let item = (any::<i32>(), text).prop_map(|(number, text)| {
        serde_json::json!({"number": number, "text": text, "list": [text, null, true]}).to_string()
    });
    let typed = prop::sample::select(vec![
        r#"{"set":{"SS":["a","b"]},"bytes":{"B":"AAEC"}}"#,
        r#"{"map":{"M":{"S":{"S":"looks typed itself"}}}}"#,
        "{}",
    ]);
    let item = prop_oneof![4 => item, 1 => typed.prop_map(str::to_owned)];
    let votes = prop::sample::select(vec!["", " w=1", " w=3", " n=2", " n=1 w=1"]);
    let wait = prop::sample::select(vec!["", " wait=false", " wait=false"]);
    let put = (client.clone(), key.clone(), item, votes, wait.clone()).prop_map(
        |(client, key, item, votes, wait)| {
            format!("{client}put T {} {}{votes}{wait}", quoted(key), quoted(&item))
        },
    );
    let put = put.boxed();
    let other = (client, prop::sample::select(vec!["get", "delete"]), key, wait)
        .prop_map(|(client, verb, key, wait)| format!("{client}{verb} T {}{wait}", quoted(key)));
    let node = prop::sample::select(vec!["A", "B", "C", "D"]);
    let crash = (prop::sample::select(vec!["crash", "restart"]), node)
        .prop_map(|(verb, node)| format!("{verb} {node}"))
        .boxed();
    let fault = super::faults::fault();
    let scheduled = (0u32..3_000, prop_oneof![put.clone(), crash.clone(), super::faults::fault()])
        .prop_map(|(us, line)| format!("in {us}us {}", quoted(&line)));
    let setting = prop::sample::select(vec![
        "set r=1",
        "set r=3",
        "set w=1",
        "set w=3 r=1",
        "set network=ideal",
        "set network=lan",
        "set network=lnkd-disk",
        "set routing=token-aware",
        "set routing=round-robin",
        "table Other id",
    ]);
    let time = prop_oneof![
        (0u32..2_500).prop_map(|us| format!("run {us}us")),
        (1u32..12).prop_map(|count| format!("step {count}")),
        (0u32..90).prop_map(|ms| format!("run {ms}ms")),
        Just("run".to_owned()),
    ];
    prop_oneof![
        5 => put,
        2 => other,
        2 => crash,
        2 => fault,
        1 => scheduled,
        1 => setting.prop_map(str::to_owned),
        1 => workload(),
        2 => archiving(),
        4 => time,
    ]
}

fn cluster() -> impl Strategy<Value = String> {
    let network = prop::sample::select(vec!["ideal", "lan", "wan", "lnkd-ssd", "ymmr"]);
    let timeout = prop::sample::select(vec!["30ms", "900us"]);
    (4u16..7, 1u16..9, any::<u64>(), network, timeout).prop_map(
        |(nodes, vnodes, seed, network, timeout)| {
            format!(
                "cluster nodes={nodes} vnodes={vnodes} seed={seed} network={network} \
                 timeout={timeout}"
            )
        },
    )
}

pub fn run() -> impl Strategy<Value = (String, Vec<String>)> {
    (cluster(), prop::collection::vec(line(), 1..40))
}

/// Carries the lines out. Lines that make no sense at that point change nothing.
pub fn say(session: &mut Session, lines: &[String]) {
    for text in lines {
        let (line, client) = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let _ = session.execute(&line, client);
    }
}

fn begin(cluster: &str, lines: &[String]) -> Session {
    let mut session = Session::default();
    say(&mut session, &[cluster.to_owned()]);
    say(&mut session, lines);
    session
}

fn world(session: &Session) -> &World {
    session.world().expect("the session has a cluster")
}

fn digests(session: &Session) -> (Digest, Digest) {
    (world(session).trace().digest(), world(session).state_digest())
}

/// A log's lines as a script. A log may hold nothing but comments.
fn replay(session: &mut Session, log: &str) {
    session.run_script(&format!("{log}digest\n---\n")).unwrap_or_else(|error| {
        panic!("the log cannot be replayed: {error}\n{log}");
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_session_log_replays_to_the_same_digests((cluster, lines) in run()) {
        let session = begin(&cluster, &lines);
        let log = session_log(world(&session));
        let mut again = Session::default();
        replay(&mut again, &log);
        prop_assert_eq!(digests(&again), digests(&session), "{}", log);
        prop_assert_eq!(world(&again).now(), world(&session).now());
        prop_assert_eq!(session_log(world(&again)), log);
    }

    #[test]
    fn a_restored_run_continues_bit_for_bit((cluster, lines) in run(), cut in any::<u16>()) {
        let cut = usize::from(cut) % (lines.len() + 1);
        let straight = begin(&cluster, &lines);
        let mut detour = begin(&cluster, &lines[..cut]);
        let before = digests(&detour);
        say(&mut detour, &["snapshot here".to_owned()]);
        say(&mut detour, &lines[cut..]);
        say(&mut detour, &["restore here".to_owned()]);
        prop_assert_eq!(digests(&detour), before);
        say(&mut detour, &lines[cut..]);
        prop_assert_eq!(digests(&detour), digests(&straight));

        // What happened after the snapshot has a log too, which continues from it.
        let log = session_log(world(&detour));
        say(&mut detour, &["restore here".to_owned()]);
        replay(&mut detour, &log);
        prop_assert_eq!(digests(&detour), digests(&straight), "{}", log);
    }

    #[test]
    fn a_damaged_snapshot_is_refused(
        (cluster, lines) in run(),
        at in any::<prop::sample::Index>(),
        change in 1u8..=255,
        tail in prop::collection::vec(any::<u8>(), 1..20),
    ) {
        let session = begin(&cluster, &lines);
        let bytes = world(&session).snapshot();
        let restored = World::restore(&bytes).expect("an undamaged snapshot");
        prop_assert_eq!(restored.state_digest(), world(&session).state_digest());
        let mut changed = bytes.clone();
        changed[at.index(bytes.len())] ^= change;
        let longer: Vec<u8> = bytes.iter().chain(&tail).copied().collect();
        for damaged in [&changed, &bytes[..at.index(bytes.len())], &longer, &tail] {
            let error = World::restore(damaged).expect_err("a damaged snapshot was restored");
            prop_assert_eq!(error.kind, ErrorKind::Damaged);
        }
    }

    #[test]
    fn a_snapshot_with_hostile_contents_does_not_panic(
        (cluster, lines) in run(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let session = begin(&cluster, &lines);
        let bytes = world(&session).snapshot();
        let mut body = unseal(&bytes).expect("our own");
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        if let Ok(mut world) = World::restore(&seal(&body)) {
            world.state_digest();
            world.run_steps(2_000);
            for node in (0..world.config().nodes).map(NodeId) {
                // One of the two is refused if the node is down already.
                let _ = world.apply(Command::Crash(node));
                world.apply(Command::Restart(node)).expect("a node that is down can restart");
            }
            world.run_steps(2_000);
        }
    }
}
