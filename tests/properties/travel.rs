//! Going anywhere in a run: every place is what a plain replay up to there gives.

use proptest::prelude::*;
use ringscope::base::{Digest, EventSeq, VirtualTime};
use ringscope::scenario::Session;
use ringscope::sim::{RunStep, World};
use ringscope::travel::{History, Keep, Metrics, Target};

use super::runs::{run, say};

/// So little that short runs have many stretches, and most checkpoints and events are dropped again.
const LITTLE: Keep = Keep { events: 150, checkpoint_bytes: 2 << 20, stretch: 40 };

/// Where to go, as a share of what there is.
#[derive(Clone, Copy, Debug)]
enum Leg {
    Instant(f64),
    After(f64),
    Before(f64),
    Command(f64),
    Back,
    Forward,
    Undo,
    End,
    Start,
}

fn leg() -> impl Strategy<Value = Leg> {
    let share = 0.0..1.0f64;
    prop_oneof![
        share.clone().prop_map(Leg::Instant),
        share.clone().prop_map(Leg::After),
        share.clone().prop_map(Leg::Before),
        share.prop_map(Leg::Command),
        Just(Leg::Back),
        Just(Leg::Forward),
        Just(Leg::Undo),
        Just(Leg::End),
        Just(Leg::Start),
    ]
}

fn session(cluster: &str, lines: &[String]) -> Session {
    let mut session = Session::keeping(LITTLE);
    say(&mut session, &[cluster.to_owned()]);
    say(&mut session, lines);
    session
}

fn digests(world: &World) -> (Digest, Digest, VirtualTime) {
    (world.trace().digest(), world.state_digest(), world.now())
}

/// The same place reached without any of what is being tested: a fresh world, its commands, and
/// everything that happens until there are so many commands and happenings, and it is that late.
fn replayed(history: &History) -> World {
    let here = history.moment();
    let mut world = World::new(*history.world().initial_config()).expect("it was possible");
    for step in &history.branch().run()[..here.commands] {
        let RunStep { at, happenings, command, .. } = step;
        while world.happenings() < *happenings {
            assert!(world.step());
        }
        if world.now() < *at {
            world.run_until(*at);
        }
        world.apply(command.clone()).expect("it was possible");
    }
    while world.happenings() < here.happenings {
        assert!(world.step());
    }
    if world.now() < here.at {
        world.run_until(here.at);
    }
    world
}

fn go(history: &mut History, leg: Leg) {
    let (start, end) = (history.start(), history.branch().end);
    let among = |share: f64, from: u64, to: u64| from + ((to - from) as f64 * share) as u64;
    let before = history.moment();
    let target = match leg {
        Leg::Instant(share) => {
            let instant = VirtualTime(among(share, start.at.0, end.at.0));
            history.go(&Target::At(instant)).expect("the branch has this instant");
            assert_eq!(history.moment().at, instant);
            assert!(history.next_at().is_none_or(|at| at > instant) || history.is_at_end());
            return;
        }
        Leg::Command(share) => {
            Target::BeforeCommand(among(share, 0, history.branch().run().len() as u64) as usize)
        }
        Leg::After(share) | Leg::Before(share) if end.events > start.events => {
            let event = EventSeq(among(share, start.events.0, end.events.0));
            let target = match leg {
                Leg::After(_) => Target::After(event),
                _ => Target::Before(event),
            };
            history.go(&target).expect("the branch has this event");
            assert_eq!(history.moment().events > event, matches!(leg, Leg::After(_)));
            return;
        }
        Leg::After(_) | Leg::Before(_) => return,
        Leg::Back => {
            if history.back().is_ok() {
                assert!(history.moment().events < before.events);
            }
            return;
        }
        Leg::Forward => {
            history.forward(1_000);
            return;
        }
        Leg::Undo => Target::BeforeLine,
        Leg::End => Target::End,
        Leg::Start => Target::Start,
    };
    let _ = history.go(&target);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_place_is_what_a_plain_replay_gives(
        (cluster, lines) in run(),
        legs in prop::collection::vec(leg(), 1..12),
    ) {
        let mut session = session(&cluster, &lines);
        let history = session.history_mut().expect("there is a run");
        for leg in legs {
            go(history, leg);
            prop_assert_eq!(digests(history.world()), digests(&replayed(history)), "{:?}", leg);
            let mut metrics = Metrics::default();
            let plain = replayed(history);
            plain.trace().events().iter().for_each(|event| metrics.observe(event));
            prop_assert_eq!(format!("{:?}", history.metrics()), format!("{metrics:?}"));
            // The events at the cursor are there, and are the ones of the run.
            let now = history.moment().events;
            let known = history.events();
            prop_assert!(known.first().is_some_and(|first| first <= now) && known.end() >= now);
            let last = EventSeq(now.0.saturating_sub(1));
            if let Some(event) = plain.trace().get(last) {
                prop_assert!(known.get(last).is_none_or(|known| known == event));
            }
        }
        prop_assert!(history.kept().checkpoint_bytes <= LITTLE.checkpoint_bytes);
        prop_assert!(history.kept().events <= LITTLE.events + 6 * LITTLE.stretch as usize);
    }

    #[test]
    fn acting_in_the_past_parts_and_leaves_the_branch_as_it_was(
        (cluster, lines) in run(),
        legs in prop::collection::vec(leg(), 1..4),
        more in run(),
    ) {
        let mut session = session(&cluster, &lines);
        let history = session.history_mut().expect("there is a run");
        let _ = history.go(&Target::End);
        let before = (digests(history.world()), history.branch().run().len());
        for leg in legs.into_iter().filter(|leg| !matches!(leg, Leg::Forward)) {
            go(history, leg);
        }
        let fork = (history.is_at_end(), digests(history.world()));
        let parts = "table Parting id".to_owned();
        say(&mut session, std::slice::from_ref(&parts));
        let history = session.history_mut().expect("there is a run");
        prop_assert_eq!(history.branches().len(), if fork.0 { 1 } else { 2 });
        say(&mut session, &more.1);
        let history = session.history_mut().expect("there is a run");
        prop_assert_eq!(digests(history.world()), digests(&replayed(history)));
        if !fork.0 {
            let after = digests(history.world());
            let mine = history.branch().name.clone();
            history.change_over("main").expect("it is kept");
            prop_assert_eq!(digests(history.world()), fork.1, "where the cursor left it");
            history.go(&Target::End).expect("every branch has an end");
            prop_assert_eq!(digests(history.world()), before.0);
            prop_assert_eq!(history.branch().run().len(), before.1);
            let compared = history.compare(["main", &mine]).expect("both are there");
            prop_assert!(compared.parted_at.is_some());
            history.change_over(&mine).expect("it is kept");
            prop_assert_eq!(digests(history.world()), after);
            history.discard("main").expect("the cursor is elsewhere");
            let _ = history.go(&Target::Start);
            history.go(&Target::End).expect("every branch has an end");
            prop_assert_eq!(digests(history.world()), after);
        }
    }
}

#[test]
fn a_long_run_stays_under_its_cap() {
    let mut session =
        Session::keeping(Keep { events: 5_000, checkpoint_bytes: 2 << 20, stretch: 500 });
    let lines: Vec<String> =
        (0..1_500).map(|number| format!("put T k{} '{{\"n\":{number}}}'", number % 300)).collect();
    say(&mut session, &["cluster nodes=5 seed=3".to_owned()]);
    say(&mut session, &lines);
    say(&mut session, &["run 60s".to_owned()]);
    let history = session.history_mut().expect("there is a run");
    assert!(history.branch().end.events.0 > 30_000);
    let kept = history.kept();
    assert!(kept.checkpoint_bytes <= 2 << 20 && kept.events <= 5_000, "{kept:?}");
    for share in [0.9, 0.1, 0.5, 0.01] {
        let instant = VirtualTime((history.branch().end.at.0 as f64 * share) as u64);
        history.go(&Target::At(instant)).expect("the branch has this instant");
        assert_eq!(digests(history.world()), digests(&replayed(history)));
    }
}

fn told(lines: &[&str]) -> Session {
    let mut session = Session::keeping(LITTLE);
    let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    say(&mut session, &lines);
    session
}

/// Time that passes without anything is a part of the run: acting in it is acting in the past.
#[test]
fn acting_in_a_silence_parts() {
    let quiet = "cluster nodes=5 gossip=off anti_entropy=off";
    let mut session = told(&[quiet, "put T k '{}'", "run", "run 10s", "mark m", "goto 5s"]);
    say(&mut session, &["put T k2 '{}'".to_owned(), "run".to_owned()]);
    let history = session.history_mut().expect("there is a run");
    assert_eq!(history.branches().len(), 2);
    assert!(history.go(&Target::Mark("m".to_owned())).is_err(), "it is not on this branch");
    history.change_over("main").expect("it is kept");
    history.go(&Target::Mark("m".to_owned())).expect("it is on this one");
    assert_eq!(history.moment().at, history.branch().end.at);
    assert_eq!(digests(history.world()), digests(&replayed(history)));
}

/// Branches that are short have few checkpoints each, and there may be many of them.
#[test]
fn many_short_branches_stay_under_the_cap() {
    let mut session = told(&["cluster nodes=30 vnodes=64", "put T k '{}'", "run", "mark m"]);
    for _ in 0..60 {
        say(&mut session, &["goto mark=m".to_owned(), "back".to_owned()]);
        say(&mut session, &["put T k '{}'".to_owned(), "run".to_owned()]);
    }
    let history = session.history().expect("there is a run");
    assert_eq!(history.branches().len(), 61);
    // The first of the run and the last of the present branch stay in any case.
    let two = 2 * history.world().copy_weight();
    assert!(history.kept().checkpoint_bytes <= LITTLE.checkpoint_bytes.max(two));
}

/// Where nothing but timers that leave no event is left, a step is one of them.
#[test]
fn a_step_in_silence_is_short() {
    let mut session = told(&["cluster nodes=1 n=1 r=1 w=1", "run", "forward 3"]);
    let history = session.history_mut().expect("there is a run");
    assert!(history.moment().at < VirtualTime(10_000_000), "{:?}", history.moment());
}

/// No line of a log asks for more than a line may.
#[test]
fn the_log_of_a_long_silence_can_be_replayed() {
    let lines = ["cluster nodes=100 vnodes=1", "run 1500s", "run 1500s", "crash B"];
    let mut session = Session::keeping(Keep::PAGE);
    say(&mut session, &lines.map(str::to_owned));
    let world = session.world().expect("there is a run");
    assert_eq!(world.now(), VirtualTime(3_000_000_000));
    let mut again = Session::keeping(Keep::PAGE);
    again
        .run_script(&format!("trace off\n{}---\n", ringscope::scenario::session_log(world)))
        .expect("the log can be replayed");
    assert_eq!(digests(again.world().expect("there is a run")), digests(world));
}
