//! Faults: what is said about one is the line that makes it, and they draw nothing while they do
//! not concern a message.

use proptest::prelude::*;
use ringscope::base::{ClientId, NodeId};
use ringscope::node::MessageKind;
use ringscope::scenario::{Session, parse, session_log};
use ringscope::sim::{Command, EventKind, LinkFault, Loss, World};

/// One line about a fault, as a person might type it.
pub fn fault() -> impl Strategy<Value = String> {
    let node = || prop::sample::select(vec!["A", "B", "C", "D"]);
    let oneway = || prop::sample::select(vec!["", " oneway=true"]);
    let process = (prop::sample::select(vec!["pause", "resume", "wipe"]), node())
        .prop_map(|(verb, node)| format!("{verb} {node}"));
    let slow = (node(), prop::sample::select(vec!["0ms", "250us", "3ms"]))
        .prop_map(|(node, by)| format!("slow {node} {by}"));
    let clock = (node(), -5_000i64..5_000, -300_000i32..300_000, 0u8..3).prop_map(
        |(node, skew, drift, which)| match which {
            0 => format!("clock {node} skew='{skew}us'"),
            1 => format!("clock {node} drift='{drift}'"),
            _ => format!("clock {node} skew='{skew}us' drift='{drift}'"),
        },
    );
    let sides = vec!["A", "A B", "D", "C D", "A from=C", "B C from='A D'"];
    let split = (prop::sample::select(sides), oneway())
        .prop_map(|(sides, oneway)| format!("split {sides}{oneway}"));
    let ends = prop::sample::select(vec![" A B", " B C", " D A"]);
    let latency = prop::sample::select(vec!["", " latency=2ms", " latency=700us"]);
    let link = (prop::option::of((ends, oneway())), latency, 0u8..=100, 0u8..=100).prop_map(
        |(ends, latency, loss, duplicate)| {
            let (ends, oneway) = ends.unwrap_or(("", ""));
            format!("link{ends}{latency} loss={loss} duplicate={duplicate}{oneway}")
        },
    );
    let span = prop::sample::select(vec!["90us", "3ms", "1s"]);
    let on_message = (0u32..60, span, 0u8..3).prop_map(|(message, span, which)| match which {
        0 => format!("drop m{message}"),
        1 => format!("delay m{message} {span}"),
        _ => format!("duplicate m{message}"),
    });
    prop_oneof![
        4 => process,
        3 => on_message,
        1 => slow,
        1 => clock,
        2 => split,
        2 => link,
        1 => Just("heal".to_owned()),
    ]
}

fn say(session: &mut Session, text: &str) -> Result<String, ringscope::base::Error> {
    let (line, client) = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    session.execute(&line, client)
}

fn world(session: &Session) -> &World {
    session.world().expect("there is a cluster")
}

/// A cluster, two clients at work, and each of these lines after a while.
fn session(lines: &[String]) -> Session {
    let mut session = Session::default();
    say(&mut session, "cluster nodes=4 vnodes=4 timeout=20ms").expect("it works");
    for (number, line) in lines.iter().enumerate() {
        say(&mut session, &format!("put T k{} wait=false", number % 3)).expect("it is possible");
        say(&mut session, "run 300us").expect("time passes");
        let _ = say(&mut session, line);
    }
    session
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_fault_is_told_by_the_line_that_makes_it(line in fault(), scheduled in any::<bool>()) {
        let line = if scheduled {
            format!("at 1.5ms {}", ringscope::scenario::quoted(&line))
        } else {
            line
        };
        let read = |text: &str| {
            let mut session = Session::default();
            session.run_script("cluster nodes=4\n---\n").expect("it works");
            let (line, client) = parse(text).expect(text);
            ringscope::scenario::commands(session.history().expect("a run"), &line, client)
        };
        if let Ok(commands) = read(&line) {
            prop_assert_eq!(read(&commands[0].to_string()), Ok(commands), "{}", line);
        }
    }

    #[test]
    fn stores_at_rest_are_what_their_logs_add_up_to(
        lines in prop::collection::vec(fault(), 1..25),
        seed in any::<u64>(),
    ) {
        // Restoring builds every store anew from its log, and refuses what does not fit.
        let mut session = session(&lines);
        let node = seed % 4;
        let _ = say(&mut session, &format!("crash {}", NodeId(node as u16)));
        let restored = World::restore(&world(&session).snapshot()).expect("our own snapshot");
        prop_assert_eq!(restored.state_digest(), world(&session).state_digest());
        prop_assert_eq!(restored.node_statuses(), world(&session).node_statuses());
        prop_assert_eq!(restored.faults(), world(&session).faults());
    }

    #[test]
    fn no_message_is_forgotten_or_arrives_too_late(lines in prop::collection::vec(fault(), 1..25)) {
        let mut session = session(&lines);
        for node in ["A", "B", "C", "D"] {
            let _ = say(&mut session, &format!("resume {node}"));
        }
        say(&mut session, "run").expect("time passes");
        let mut open = std::collections::BTreeMap::new();
        for event in world(&session).trace().events() {
            match &event.kind {
                kind if kind.message_kind().is_some_and(MessageKind::is_background) => {}
                EventKind::Sent { message, .. } => drop(open.insert(*message, event.at)),
                EventKind::Duplicated { copy, .. } => drop(open.insert(*copy, event.at)),
                EventKind::Delivered { message, .. } => {
                    let sent_at = open.remove(message).expect("it was sent, and not settled");
                    prop_assert!(event.at.since(sent_at) <= ringscope::node::MESSAGE_LIFETIME);
                }
                // It was refused, and word of that was dropped.
                EventKind::Lost { message, why: Loss::NoWord, .. } => drop(open.remove(message)),
                EventKind::Refused { message, .. } | EventKind::Lost { message, .. } => {
                    prop_assert!(open.remove(message).is_some(), "{} was settled twice", message);
                }
                _ => {}
            }
        }
        prop_assert!(open.is_empty(), "nothing became of {:?}", open);
        prop_assert_eq!(world(&session).outstanding_count(), 0);
    }

    #[test]
    fn a_fault_elsewhere_shifts_no_latency(loss in 1u8..=100, duplicate in 0u8..=100) {
        // Node D owns nothing here and is asked by nobody.
        let run = |fault: Option<LinkFault>| {
            let mut session = Session::default();
            say(&mut session, "cluster nodes=4 n=1 r=1 w=1 routing=token-aware").expect("it works");
            let history = session.history_mut().expect("there is a run");
            if let Some(fault) = fault {
                let between = Some((NodeId(3), NodeId(2)));
                let command = Command::SetLink { between, fault, oneway: false };
                history.apply(command).expect("it is possible");
            }
            for number in 0..20 {
                let (line, _) = parse(&format!("put T k{number}")).expect("a put");
                let commands = ringscope::scenario::commands(history, &line, ClientId(0));
                for command in commands.expect("a put can be done") {
                    history.apply(command).expect("it is possible");
                }
            }
            history.run_while(|world| !world.is_idle());
            (history.world().now(), session_log(history.world()).lines().count())
        };
        let fault = LinkFault { loss, duplicate, ..LinkFault::default() };
        prop_assert_eq!(run(None).0, run(Some(fault)).0);
    }
}
