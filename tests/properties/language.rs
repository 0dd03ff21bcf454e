//! The scenario language: what is written is read back, and nothing makes it panic.

use proptest::prelude::*;
use ringscope::scenario::{Line, Session, parse, quoted};

proptest! {
    #[test]
    fn any_text_survives_being_quoted(text in any::<String>(), other in "\\PC*") {
        for text in [text, other] {
            let line = format!("get {} {}", quoted(&text), quoted(&text));
            let (read, _) = parse(&line).expect("what is quoted can be read");
            let wanted = Line::Get {
                table: text.clone(),
                key: text,
                n: None,
                r: None,
                consistent: None,
                wait: None,
            };
            prop_assert_eq!(read, wanted);
        }
    }

    #[test]
    fn any_text_is_a_line_or_a_mistake(text in any::<String>(), printable in "\\PC*") {
        for text in [text, printable] {
            let _ = parse(&text);
            let _ = Session::default().run_script(&text);
        }
    }

    #[test]
    fn any_arguments_are_carried_out_or_refused(
        name in prop::sample::select(vec![
            "table", "put", "get", "delete", "crash", "restart", "set", "run", "step", "replicas",
            "locate", "nodes", "ring", "digest", "snapshot", "restore", "trace", "pause", "resume",
            "wipe", "slow", "clock", "split", "link", "heal", "at", "in", "network", "drop", "delay",
            "duplicate", "messages", "workload", "workloads",
        ]),
        arguments in prop::collection::vec(
            prop_oneof![
                Just("A".to_owned()), Just("T".to_owned()), Just("5ms".to_owned()),
                Just("r=1".to_owned()), Just("w=3".to_owned()), Just("n=2".to_owned()),
                Just("until=9ms".to_owned()), Just("after=40".to_owned()),
                Just("wait=false".to_owned()), Just("network=wan".to_owned()),
                "m[0-9]{1,2}".prop_map(|message| message),
                Just("loss=5".to_owned()), Just("latency=5ms".to_owned()),
                Just("skew='-3ms'".to_owned()), Just("drift=100".to_owned()),
                Just("from='B C'".to_owned()), Just("oneway=true".to_owned()),
                Just("'crash A'".to_owned()), Just("'at 9ms \\'heal\\''".to_owned()),
                Just("routing=token-aware".to_owned()), Just("rate=50".to_owned()),
                Just("keys=zipf".to_owned()), Just("hot=50/1".to_owned()), Just("stop".to_owned()),
                Just("w1".to_owned()), Just("'{\"a\":1}'".to_owned()),
                any::<u8>().prop_map(|number| number.to_string()),
                "[A-Z]{1,3}".prop_map(|letters| letters),
            ],
            0..4,
        ),
    ) {
        let mut session = Session::default();
        let script = "cluster nodes=3 vnodes=2\n(put T A)\n(crash B)\n---\n";
        session.run_script(script).expect("the scenario runs");
        let state = |session: &Session| {
            let world = session.world().expect("there is a cluster");
            (world.trace().digest(), world.state_digest())
        };
        let before = state(&session);
        let line = format!("{name} {}", arguments.join(" "));
        let Ok((line, client)) = parse(&line) else { return Ok(()) };
        if session.execute(&line, client).is_err() {
            prop_assert_eq!(state(&session), before, "{:?} was refused and changed something", line);
        }
    }
}
