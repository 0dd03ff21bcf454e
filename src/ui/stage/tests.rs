//! The stage without a browser: frames are handed in one by one.

use super::*;
use crate::base::NodeId;
use crate::sim::ClusterConfig;
use crate::ui::loader::Loader;
use crate::ui::selection::Selection;
use crate::ui::transcript::{Entry, Outcome};

fn stage() -> Stage {
    Stage::new(World::new(ClusterConfig::default()).unwrap())
}

fn play_out(stage: &mut Stage) -> usize {
    let mut frames = 0;
    while stage.moves() {
        stage.frame(16.0, &mut || true);
        frames += 1;
        assert!(frames < 10_000, "the stage never comes to rest");
    }
    frames
}

#[test]
fn a_put_plays_over_many_frames_and_then_nothing_moves() {
    let mut stage = stage();
    stage.act("put Airports SEA '{\"city\":\"Seattle\"}'").unwrap();
    assert!(play_out(&mut stage) > 60, "a write passes too fast to watch");
    assert!(stage.story().unwrap().is_over());
    assert!(stage.announcement().starts_with("Written: 2 of 2"));
}

#[test]
fn silence_before_a_timeout_is_skipped() {
    let mut stage = stage();
    stage.act("put T k '{}'").unwrap();
    stage.act("run 300us").unwrap();
    stage.act("crash A B C D E").unwrap();
    assert!(play_out(&mut stage) < 600);
    assert!(stage.story().unwrap().words().starts_with("Failed"));
}

#[test]
fn a_refused_line_changes_nothing_and_is_told() {
    let mut stage = stage();
    let before = stage.world().state_digest();
    let error = stage.act("put T k 'no json'").unwrap_err();
    assert!(!error.message.is_empty());
    assert_eq!(stage.world().state_digest(), before);
    assert_eq!(stage.transcript.entries().count(), 1);
}

#[test]
fn a_new_cluster_can_be_taken_back() {
    let mut stage = stage();
    stage.act("put T k '{}'").unwrap();
    let before = stage.world().state_digest();
    stage.act("cluster nodes=9").unwrap();
    assert_eq!(stage.world().config().nodes, 9);
    stage.bring_back();
    assert_eq!(stage.world().state_digest(), before);
}

#[test]
fn a_line_of_several_commands_is_carried_out_whole_or_not_at_all() {
    let mut stage = stage();
    let before = stage.world().state_digest();
    stage.act("crash B Q").unwrap_err();
    assert_eq!(stage.world().state_digest(), before);
}

#[test]
fn a_request_whose_coordinator_crashes_comes_to_an_end() {
    let mut stage = stage();
    stage.act("put T k '{}'").unwrap();
    while stage.story().unwrap().coordinator.is_none() {
        stage.step();
    }
    let coordinator = stage.story().unwrap().coordinator.unwrap();
    stage.act(&format!("crash {coordinator}")).unwrap();
    stage.loader = Some(Loader::parse(SAMPLE).unwrap());
    stage.playing = true;
    play_out(&mut stage);
    assert!(stage.story().unwrap().is_over());
    assert!(stage.loader.as_ref().unwrap().is_over(), "the sample data waits for ever");
}

#[test]
fn any_client_that_can_be_typed_has_its_story() {
    let mut stage = stage();
    stage.act("client2: put T k '{}'").unwrap();
    play_out(&mut stage);
    assert!(stage.story().unwrap().words().starts_with("Written"));
}

#[test]
fn rows_of_sample_data_have_no_stories() {
    let mut stage = stage();
    stage.loader = Some(Loader::parse(SAMPLE).unwrap());
    play_out(&mut stage);
    assert_eq!(stage.loader.as_ref().unwrap().progress(), (2, 0, 2));
    assert_eq!(stage.stories().count(), 0);
}

#[test]
fn paused_time_does_not_hop() {
    let mut stage = stage();
    stage.act("put T k '{}'").unwrap();
    stage.playing = false;
    let before = stage.cursor_us();
    assert!(!stage.hop(&mut || true) && !stage.frame(16.0, &mut || true));
    assert_eq!(stage.cursor_us(), before);
}

const SAMPLE: &str =
    r#"{"source": "a test", "table": "S", "key": "id", "columns": ["id"], "rows": [["a"], ["b"]]}"#;

#[test]
fn what_is_scheduled_waits_for_time_to_pass_while_no_request_is_open() {
    let mut stage = stage();
    stage.act("in 5s 'crash B'").unwrap();
    assert!(!stage.moves());
    stage.act("put T k '{}'").unwrap();
    play_out(&mut stage);
    assert!(stage.story().unwrap().is_over() && stage.world().is_up(crate::base::NodeId(1)));
    stage.act("run 10s").unwrap();
    assert!(!stage.world().is_up(crate::base::NodeId(1)));
}

#[test]
fn what_happens_by_itself_is_told_after_the_line_that_let_time_pass() {
    let mut stage = stage();
    stage.act("crash C").unwrap();
    stage.act("run 10s").unwrap();
    let newest = stage.transcript.entries().next().unwrap();
    let Outcome::Happened(told, 0) = &newest.outcome else { panic!("{newest:?}") };
    assert!(told.iter().any(|line| line.contains("suspects C")), "{told:?}");
    assert!(!stage.moves());
}

#[test]
fn a_paused_node_keeps_nothing_moving() {
    let mut stage = stage();
    stage.act("pause A B C D E").unwrap();
    stage.act("put T k '{}'").unwrap();
    stage.loader = Some(Loader::parse(SAMPLE).unwrap());
    play_out(&mut stage);
    assert!(stage.story().unwrap().words().starts_with("Failed"));
    stage.act("resume A B C D E").unwrap();
    play_out(&mut stage);
}

#[test]
fn a_sibling_story_knows_its_table() {
    let mut stage = stage();
    stage.act("table Carts id resolve=siblings").unwrap();
    for line in ["put Carts c '{\"a\":1}'", "client2: put Carts c '{\"b\":1}'", "get Carts c"] {
        stage.act(line).unwrap();
        play_out(&mut stage);
    }
    assert!(stage.story().unwrap().words().starts_with("2 siblings"));
    assert!(stage.story().unwrap().ballots.iter().all(|ballot| !ballot.stale));
}

#[test]
fn stepping_back_and_forward_shows_the_same() {
    let mut stage = stage();
    stage.playing = false;
    stage.act("put T k '{\"n\":1}'").unwrap();
    let mut seen = Vec::new();
    for _ in 0..25 {
        seen.push((stage.world().state_digest(), stage.story().cloned()));
        stage.step();
    }
    let last = stage.world().state_digest();
    let mut again = 0;
    while stage.step_back().is_ok() {
        let digest = stage.world().state_digest();
        if let Some((_, story)) = seen.iter().find(|(seen, _)| *seen == digest) {
            assert_eq!(stage.story(), story.as_ref(), "a story is told otherwise going back");
            again += 1;
        }
    }
    assert!(again > 10, "{again} places were seen again");
    stage.act("goto end").unwrap();
    assert_eq!(stage.world().state_digest(), last);
    assert_eq!(stage.history().branches().len(), 1, "looking parts nothing");
}

#[test]
fn choosing_differently_before_a_crash_keeps_both() {
    let mut stage = stage();
    stage.act("put T k '{\"n\":1}'").unwrap();
    play_out(&mut stage);
    stage.act("crash A B C").unwrap();
    stage.act("put T k '{\"n\":2}'").unwrap();
    play_out(&mut stage);
    let failed = stage.story().unwrap().words();
    assert!(failed.starts_with("Failed"), "{failed}");
    stage.act("undo").unwrap();
    stage.act("undo").unwrap();
    assert!(!stage.playing && stage.world().is_up(NodeId(0)));
    assert!(stage.story().unwrap().words().starts_with("Written"), "the story before the crash");
    stage.act("put T k '{\"n\":3}'").unwrap();
    stage.playing = true;
    play_out(&mut stage);
    assert!(stage.story().unwrap().words().starts_with("Written"));
    stage.act("compare main b2").unwrap();
    assert_eq!(stage.comparison().unwrap().items.len(), 1);
    stage.act("branch main").unwrap();
    stage.act("goto end").unwrap();
    assert_eq!(stage.story().unwrap().words(), failed);
}

#[test]
fn playing_from_the_past_plays_what_is_recorded() {
    let mut stage = stage();
    for number in 0..3 {
        stage.act(&format!("put T k{number} '{{}}'")).unwrap();
        play_out(&mut stage);
    }
    stage.act("run 30s").unwrap();
    let end = stage.history().moment();
    let digest = stage.world().state_digest();
    stage.act("goto start").unwrap();
    assert!(stage.story().is_none() && stage.stories().count() == 0);
    stage.playing = true;
    play_out(&mut stage);
    assert_eq!(stage.stories().count(), 3);
    stage.scrub(end.at);
    assert_eq!(stage.world().state_digest(), digest);
    assert_eq!(stage.history().branches().len(), 1);
}

const SAMPLE_ROWS: usize = 300;

fn sample() -> Loader {
    let rows: Vec<String> = (0..SAMPLE_ROWS).map(|row| format!("[\"k{row}\"]")).collect();
    let rows = rows.join(",");
    let text = format!("{{\"table\":\"T\",\"key\":\"id\",\"columns\":[\"id\"],\"rows\":[{rows}]}}");
    Loader::parse(&text).unwrap()
}

#[test]
fn forward_tells_what_happens_on_the_way() {
    let mut stage = stage();
    stage.load(sample());
    stage.frame(16.0, &mut || true);
    stage.act("forward 200").unwrap();
    stage.playing = true;
    play_out(&mut stage);
    assert_eq!(stage.loader_here().unwrap().progress(), (SAMPLE_ROWS, 0, SAMPLE_ROWS));
    stage.act("put T k '{}'").unwrap();
    stage.act("forward 200").unwrap();
    let outcomes: Vec<_> = stage.transcript.entries().map(|entry| &entry.outcome).collect();
    assert!(!outcomes.contains(&&Outcome::Pending), "{outcomes:?}");
}

#[test]
fn what_indexes_are_told_is_no_news() {
    let mut stage = stage();
    let text = r#"{"table":"T","key":"id","indexes":[["by-n",["n"]]],"columns":["id","n"],
        "rows":[["a","x"],["b","y"]]}"#;
    stage.load(Loader::parse(text).unwrap());
    play_out(&mut stage);
    assert_eq!(stage.world().index_statuses()[0].entries, 2);
    let told = |entry: &Entry| matches!(entry.outcome, Outcome::Happened(..));
    assert!(!stage.transcript.entries().any(told));
}

#[test]
fn loading_belongs_to_its_branch_and_can_be_ended_from_another() {
    let mut stage = stage();
    stage.load(sample());
    let mut slices = 0;
    stage.frame(16.0, &mut || {
        slices += 1;
        slices < 20
    });
    assert!(!stage.loader_here().unwrap().is_over());
    stage.act("goto start").unwrap();
    stage.act("put T other '{}'").unwrap();
    assert!(stage.loader_here().is_none() && !stage.loads());
    play_out(&mut stage);
    stage.act("branch main").unwrap();
    stage.act("goto end").unwrap();
    assert!(stage.loads(), "back on its branch it goes on");
    stage.act("branch b2").unwrap();
    stage.stop_loading();
    stage.act("branch main").unwrap();
    stage.act("goto end").unwrap();
    assert!(!stage.loads());
}

#[test]
fn what_happens_again_is_not_told_again_nor_to_another_branch() {
    let mut stage = stage();
    stage.act("put T k '{\"n\":1}'").unwrap();
    play_out(&mut stage);
    stage.act("undo").unwrap();
    stage.act("crash A B C D E").unwrap();
    stage.act("put T k '{\"n\":2}'").unwrap();
    play_out(&mut stage);
    stage.act("run 30s").unwrap();
    let session = |stage: &Stage| -> Vec<_> {
        let told = |entry: &&crate::ui::transcript::Entry| {
            entry.line.starts_with("put") || matches!(entry.outcome, Outcome::Happened(..))
        };
        stage.transcript.entries().filter(told).cloned().collect()
    };
    let before = session(&stage);
    for line in ["goto start", "branch main", "goto start"] {
        stage.act(line).unwrap();
        stage.playing = true;
        play_out(&mut stage);
    }
    assert_eq!(session(&stage), before);
}

#[test]
fn a_selected_request_is_not_another_branchs() {
    let mut stage = stage();
    stage.act("put T k '{}'").unwrap();
    play_out(&mut stage);
    let request = stage.story().unwrap().request;
    stage.select(Some(Selection::Request(request)));
    stage.act("undo").unwrap();
    stage.act("put T other '{}'").unwrap();
    assert_eq!(stage.selected(), None);
}

#[test]
fn a_node_joins_on_the_page_and_leaves_again() {
    let mut stage = stage();
    for number in 0..40 {
        stage.act(&format!("put T k{number} '{{}}'")).unwrap();
    }
    play_out(&mut stage);
    let plan = stage.plan("add").unwrap().expect("it is a change");
    assert!(plan.moved > 0.1 && plan.words().starts_with("Would move "), "{}", plan.words());
    let refused = stage.plan("remove Q").unwrap_err();
    assert_eq!(refused.message, "there is no node Q");

    stage.act("add").unwrap();
    assert!(stage.moves(), "a change is something to wait for");
    let mut stages = Vec::new();
    let mut said = Vec::new();
    while stage.moves() {
        stage.frame(16.0, &mut || true);
        let scene = stage.scene();
        if let Some(moving) = scene.elastic.as_ref().and_then(|it| it.moving.as_ref()) {
            assert!(moving.ranges >= moving.stretches.len() && !moving.stretches.is_empty());
            stages.push(moving.stage);
        }
        said.push(stage.announcement().to_owned());
    }
    stages.dedup();
    assert_eq!(stages, crate::ring::Stage::ALL);
    said.dedup();
    let begins = said.iter().find(|it| it.starts_with("F joins")).expect("it is said aloud");
    assert!(begins.contains(" token ranges change hands, ") && begins.ends_with("% of the data."));
    let outcome = stage.outcome().expect("it is done").clone();
    assert!(outcome.starts_with("F joins: done: "), "{outcome}");
    assert!(outcome.contains("; the least for a fair share is "), "{outcome}");
    assert_eq!(stage.seats().count(), 6);

    stage.act("remove B").unwrap();
    while stage.moves() {
        stage.frame(16.0, &mut || true);
    }
    let seats = stage.seats();
    assert_eq!((seats.count(), seats.seat(NodeId(1)), seats.seat(NodeId(5))), (5, None, Some(4)));
}

#[test]
fn a_change_that_waits_for_a_node_that_is_down_is_no_reason_to_move() {
    let mut stage = stage();
    stage.act("set r=1").unwrap();
    stage.act("crash B").unwrap();
    stage.act("add").unwrap();
    assert!(play_out(&mut stage) > 60, "what can be done is seen");
    assert!(stage.world().is_changing(), "with R of 1 every owner has to hear of it");
    stage.act("restart B").unwrap();
    assert!(stage.moves());
    play_out(&mut stage);
    assert!(!stage.world().is_changing());
}
