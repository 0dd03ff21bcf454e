//! What is kept of the opening's messages is what the engine does: see `src/ui/opening.rs`.
//!
//! `UPDATE_GOLDENFILES=1 cargo test --test opening` writes it anew.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::fs;

use ringscope::base::tenths;
use ringscope::node::{Address, MessageKind};
use ringscope::sim::Flight;
use ringscope::ui::geometry::{FlightPath, Stop};
use ringscope::ui::opening;
use ringscope::ui::stage::Stage;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/www/opening/messages.html");

#[test]
fn the_kept_messages_are_those_of_the_engine() {
    let computed = document();
    if std::env::var_os("UPDATE_GOLDENFILES").is_some() {
        fs::write(FILE, &computed).expect("the file can be written");
    }
    let kept = fs::read_to_string(FILE).expect("www/opening/messages.html is there");
    assert_eq!(kept, computed, "the opening has changed: see the head of this file");
}

/// A script element that holds data: how fast time passes, at which instants the picture changes,
/// and the messages in the order in which they are sent.
fn document() -> String {
    let mut stage = opening::stage();
    let per_second = stage.pace.virtual_us(1_000.0);
    let mut messages = BTreeMap::new();
    let mut instants = vec![0];
    loop {
        for flight in requests(&stage) {
            messages.insert((flight.sent_at, flight.message), line(&flight));
        }
        if stage.story().expect("the put is in focus").is_over() && requests(&stage).is_empty() {
            break;
        }
        let before = stage.scene();
        stage.step();
        if stage.scene() != before {
            instants.push(stage.cursor_us() as u64);
        }
    }
    instants.dedup();
    let messages: Vec<String> = messages.into_values().collect();
    format!(
        "<script type=\"application/json\" id=\"opening-messages\">\n\
         {{\"per_second\":{},\"instants\":{instants:?},\"messages\":[\n{}\n]}}\n</script>\n",
        tenths(per_second),
        messages.join(",\n")
    )
}

/// What is under way for the put; gossip is not drawn.
fn requests(stage: &Stage) -> Vec<Flight> {
    let drawn = stage.world().flights().filter(|flight| flight.kind != MessageKind::Gossip);
    drawn.inspect(|flight| assert!(flight.request.is_some(), "{flight:?} is for nobody")).collect()
}

fn line(flight: &Flight) -> String {
    let Flight { from, to, kind, sent_at, arrives_at, .. } = flight;
    let nodes = usize::from(opening::stage().world().config().nodes);
    let stop = |address: &Address| match address {
        Address::Client(_) => Stop::Client,
        Address::Node(node) => Stop::Node(node.index()),
    };
    let FlightPath { start, control, end } = FlightPath::between(stop(from), stop(to), nodes);
    let colour = match from {
        Address::Client(_) => "null".to_owned(),
        Address::Node(node) => node.index().to_string(),
    };
    let shape = match kind {
        MessageKind::Request | MessageKind::Forward | MessageKind::Reply => "diamond",
        MessageKind::Write | MessageKind::WriteAck => "square",
        other => panic!("the opening has no shape for {other}"),
    };
    let path = [start.x, start.y, control.x, control.y, end.x, end.y].map(tenths).join(",");
    format!(
        "{{\"sent\":{},\"arrives\":{},\"shape\":\"{shape}\",\"reply\":{},\"node\":{colour},\"path\":[{path}]}}",
        sent_at.0,
        arrives_at.0,
        kind.is_reply()
    )
}
