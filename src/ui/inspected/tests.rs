//! What is found of whole scenarios.

use super::*;
use crate::base::{Duration, MessageId, RequestId};
use crate::node::MessageKind;
use crate::sim::{ClusterConfig, EventKind};

fn stage_of(lines: &[&str]) -> Stage {
    let mut stage = Stage::new(World::new(ClusterConfig::default()).expect("it works"));
    for line in lines {
        stage.act(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
    stage
}

fn request(stage: &Stage) -> RequestFacts {
    RequestFacts::find(stage, RequestId(0)).expect("it is near")
}

#[test]
fn the_legs_of_a_request_add_up_to_its_latency() {
    for lines in [
        &["put T k '{}'", "run 1s"][..],
        &["set timestamps=quorum", "put T k '{}' w=3", "run 1s"],
        &["set repair=blocking", "get T k r=3", "run 1s"],
        &["get T k r=1", "run 1s"],
        &["crash A B C D", "put T k '{}' w=3", "run 10s"],
        &["crash A B C D E", "get T k", "run 10s"],
    ] {
        let facts = request(&stage_of(lines));
        let (_, took) = facts.story.answer.as_ref().expect("it is answered");
        let sum = facts.legs.iter().fold(Duration(0), |sum, leg| sum + leg.took);
        assert_eq!(sum, *took, "{lines:?}: {:?}", facts.legs);
    }
}

#[test]
fn a_request_is_told_as_far_as_the_cursor() {
    let stage = stage_of(&["put T k '{}'", "run 300us"]);
    let facts = request(&stage);
    assert!(facts.story.answer.is_none() && facts.legs.is_empty());
    assert!(facts.life[0].words.contains("put T/k"), "{:?}", facts.life);
    let stage = stage_of(&["put T k '{}'", "run 1s"]);
    let facts = request(&stage);
    assert!(facts.entry.is_some());
    assert!(facts.life.iter().any(|moment| moment.words.contains("has its quorum")));
    assert!(facts.life.iter().all(|moment| !moment.words.starts_with('#')));
    // Seen from before it was asked, all of it is to come.
    let all: Vec<&Event> = stage.events().iter().collect();
    let early = RequestFacts::of(&all, RequestId(0), EventSeq(1)).expect("it is there");
    assert!(early.is_to_come && early.life.iter().all(|moment| moment.is_to_come));
}

#[test]
fn messages_are_found_with_what_they_carry_and_what_became_of_them() {
    let stage = stage_of(&["put T k '{\"v\":1}'", "run 500us"]);
    let write = stage.world().flights().find(|flight| flight.kind == MessageKind::Write);
    let write = write.expect("a write is under way").message;
    let facts = MessageFacts::find(&stage, write).expect("it is near");
    assert!(facts.is_under_way && facts.wanted.is_some());
    assert!(facts.carries.as_ref().is_some_and(|text| text.contains("{\"id\":\"k\",\"v\":1}")));
    let stage = stage_of(&["put T k '{\"v\":1}'", "run 500us", "run 1s"]);
    let facts = MessageFacts::find(&stage, write).expect("it is near");
    assert!(!facts.is_under_way && facts.fate.starts_with("It arrived after"), "{}", facts.fate);
    assert!(MessageFacts::find(&stage, MessageId(1 << 40)).is_none());
}

#[test]
fn a_lost_message_says_why() {
    let stage = stage_of(&["split A B", "put T k '{}' w=3", "run 2s"]);
    let lost = stage.events().iter().find_map(|event| match &event.kind {
        EventKind::Lost { message, .. } => Some(*message),
        _ => None,
    });
    let facts = MessageFacts::find(&stage, lost.expect("a message is lost")).expect("it is near");
    assert!(facts.fate.starts_with("It will never be read"), "{}", facts.fate);
}
