//! Stories of whole scenarios.

use super::*;
use crate::scenario::Session;

fn story_of(script: &str) -> Story {
    let mut session = Session::default();
    session.run_script(&format!("{script}\n---\n")).expect("the script runs");
    let mut story: Option<Story> = None;
    for event in session.world().expect("there is a world").trace().events() {
        match Story::begin(event) {
            Some(begun) => story = Some(begun),
            None => story.iter_mut().for_each(|story| story.tell(event)),
        }
    }
    story.expect("the script makes a request")
}

#[test]
fn quorum_write_is_told_with_its_votes() {
    let story = story_of("cluster seed=7 vnodes=4\nput T k '{}'\nrun");
    assert!(story.is_over());
    assert_eq!(story.ballots.len(), 3);
    assert_eq!(story.stored.len(), 3);
    assert_eq!(story.have, 3);
    assert!(story.words().starts_with("Written: 2 of 2 votes ("), "{}", story.words());
}

#[test]
fn failed_write_says_that_its_fate_is_unknown() {
    let story = story_of("cluster nodes=3 w=3\ncrash C\nput T k '{}'\nrun");
    assert!(matches!(story.standing, Standing::Missed { .. }));
    assert!(story.words().contains("unknown"), "{}", story.words());
    assert!(story.arrows.iter().any(|arrow| matches!(arrow.fate, Fate::Refused { .. })));
}

#[test]
fn sloppy_write_tells_who_keeps_a_hint_and_that_it_counts() {
    let story = story_of("cluster quorum=sloppy\ncrash B\nput T k '{}' w=3\nrun");
    let stands_in = story.ballots.iter().find(|ballot| ballot.owner != ballot.replica);
    if let Some(ballot) = stands_in {
        assert_eq!(ballot.name(), format!("{} for B", ballot.replica));
    }
    assert!(story.words().contains("keeps a hint for B, and its vote counts"), "{}", story.words());
}

#[test]
fn stale_read_tells_who_was_repaired() {
    let story =
        story_of("cluster nodes=3 handoff=off\ncrash B\nput T k '{}'\nrestart B\nget T k r=3\nrun");
    let words = story.words();
    assert!(words.contains("B is stale. B was repaired after the answer"), "{words}");
    let story = story_of(
        "cluster nodes=3 handoff=off repair=blocking\ncrash B C\nput T k '{}' w=1\n\
         restart B C\nget T k r=3\nrun",
    );
    let words = story.words();
    assert!(words.contains("repaired; the answer waited until 2 replicas had it"), "{words}");
}
