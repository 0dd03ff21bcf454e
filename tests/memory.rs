//! What a long run keeps in memory, counted byte by byte, against what is said of it.

#![cfg(not(target_arch = "wasm32"))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use ringscope::scenario::{Session, parse};
use ringscope::travel::{Keep, Target};

/// Counts what is allocated and not yet freed.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// All of the page's history, with thousands of items on five nodes, stays under this.
const MOST: usize = 150 << 20;

#[test]
fn a_run_of_many_events_stays_under_its_cap() {
    let mut session = Session::keeping(Keep::PAGE);
    let mut say = |text: &str| {
        let (line, client) = parse(text).expect("a line");
        session.execute(&line, client).expect("it is possible");
        LIVE.load(Relaxed)
    };
    say("trace off");
    say("cluster nodes=5 vnodes=8 seed=7");
    for number in 0..3_400 {
        say(&format!("put T k{number} '{{\"name\":\"a name of some length {number}\"}}'"));
    }
    // Gossip and anti-entropy alone: nothing new is stored, and some 100,000 events pass each time.
    let mut live = Vec::new();
    for _ in 0..6 {
        live.push(say("run 4000s"));
    }
    let history = session.history_mut().expect("there is a run");
    assert!(history.branch().end.events.0 > 500_000, "{:?}", history.branch().end);
    assert!(live.iter().all(|bytes| *bytes < MOST), "{live:?}");
    // Once full, it is flat: a tenth more or less is the stretch that grows.
    let (before, after) = (live[live.len() - 2] as f64, live[live.len() - 1] as f64);
    assert!((after / before - 1.0).abs() < 0.1, "{live:?}");
    for target in [Target::Start, Target::End] {
        history.go(&target).expect("every branch has both");
        assert!(LIVE.load(Relaxed) < MOST + (20 << 20));
    }
}
