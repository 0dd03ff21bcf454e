//! What a run adds up to, and above all which answers are stale.

#![cfg(not(target_arch = "wasm32"))]

use ringscope::scenario::Session;
use ringscope::travel::{Metrics, NodeWork};

fn metrics_of(script: &str) -> Metrics {
    let mut session = Session::default();
    session.run_script(&format!("{script}\n---\n")).expect("the script runs");
    let mut metrics = Metrics::default();
    let world = session.world().expect("there is a world");
    world.trace().events().iter().for_each(|event| metrics.observe(event));
    metrics
}

/// Two of three replicas miss a write that one acknowledged, and then answer alone.
const MISSED: &str = "cluster nodes=3 handoff=off\nput T k '{\"v\":1}'\nrun\ncrash B C";

#[test]
fn a_read_that_misses_an_acknowledged_write_is_stale() {
    let stale = metrics_of(&format!(
        "{MISSED}\nput T k '{{}}' w=1\ncrash A\nrestart B C\nget T k r=1\nrun"
    ));
    assert_eq!((stale.reads.total(), stale.stale), (1, 1));
    let is_stale = |number| stale.is_stale(ringscope::base::RequestId(number));
    assert!(is_stale(2) && !is_stale(1));
    let fresh = metrics_of(&format!("{MISSED}\nput T k '{{}}' w=1\nrestart B C\nget T k r=3\nrun"));
    assert_eq!((fresh.reads.total(), fresh.stale), (1, 0));
}

#[test]
fn nobody_has_to_see_a_write_that_failed_or_is_not_acknowledged_yet() {
    let failed = metrics_of(&format!(
        "{MISSED}\nput T k '{{}}' w=3\nget T k r=1\ncrash A\nrestart B C\nget T k r=1\nrun"
    ));
    assert_eq!((failed.writes.failed, failed.reads.total(), failed.stale), (1, 2, 0));
    let early = metrics_of(
        "cluster nodes=3 w=3\nput T k '{}'\nrun\nput T k '{}' wait=false\nget T k r=1\nrun",
    );
    assert_eq!((early.reads.total(), early.stale), (1, 0));
}

#[test]
fn siblings_are_stale_only_without_what_was_acknowledged() {
    const TABLE: &str = "cluster nodes=3 handoff=off\ntable T id resolve=siblings\n";
    let both = metrics_of(&format!(
        "{TABLE}put T k '{{\"v\":1}}'\nclient2: put T k '{{\"v\":2}}'\nrun\nget T k\n\
         put T k '{{}}' context=last\nget T k\nrun"
    ));
    assert_eq!((both.reads.total(), both.stale), (2, 0));
    let one = metrics_of(&format!(
        "{TABLE}put T k '{{\"v\":1}}'\nrun\ncrash B C\nput T k '{{\"v\":2}}' w=1\n\
         crash A\nrestart B C\nget T k r=1\nrun"
    ));
    assert_eq!((one.reads.total(), one.stale), (1, 1));
}

#[test]
fn what_is_deleted_and_forgotten_is_not_missed() {
    let metrics = metrics_of(
        "cluster nodes=3 collection=on anti_entropy=1s\nput T k '{}'\ndelete T k\nrun 60s\n\
         get T k\nrun",
    );
    assert_eq!((metrics.reads.total(), metrics.stale), (1, 0));
}

#[test]
fn work_is_counted_where_it_is_done() {
    let metrics = metrics_of("cluster nodes=3\nput T k '{}'\nget T k r=3\nrun");
    let sum = |of: fn(&NodeWork) -> u64| metrics.nodes().iter().map(of).sum::<u64>();
    assert_eq!((sum(|work| work.coordinated), sum(|work| work.writes)), (2, 3));
    assert_eq!(sum(|work| work.reads), 3);
    assert_eq!(metrics.writes.latency.total(), 1);
    let since = metrics.since(&metrics);
    assert_eq!((since.writes.total(), since.reads.total()), (0, 0));
}
