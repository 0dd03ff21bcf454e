use super::*;
use crate::base::{Duration, NodeId};
use crate::sim::{ClusterConfig, World};
use crate::ui::stage::Stage;
use crate::ui::timeline::trace::filter::Topic;

const PER_US: f64 = 0.15;

/// A stage on which much has happened: writes, a crash, a split, silence, and many requests at one
/// instant.
fn stage() -> Stage {
    let mut stage = Stage::new(World::new(ClusterConfig::default()).unwrap());
    let mut lines = vec![
        "table Airports iata",
        "put Airports SEA '{}'",
        "run 5ms",
        "crash B",
        "put Airports DEN '{}' w=3",
        "run 20s",
        "restart B",
        "split A",
        "pause C",
        "get Airports SEA r=3",
        "run 3s",
        "resume C",
        "heal",
    ];
    lines.extend(["put Airports SEA '{}'"; 9]);
    lines.push("run 30s");
    for line in lines {
        stage.act(line).unwrap();
    }
    stage
}

fn laid_out(events: &Events, filter: &Filter) -> Layout {
    let mut layout = Layout::new(filter.clone(), PER_US);
    assert!(layout.take_in(events));
    layout
}

fn filters() -> Vec<Filter> {
    let mut gossip = Filter::default();
    gossip.toggle(Topic::Gossip);
    let mut faults = Filter::default();
    Topic::ALL.iter().filter(|(topic, ..)| *topic != Topic::Faults).for_each(|(topic, ..)| {
        if faults.has(*topic) {
            faults.toggle(*topic);
        }
    });
    let mut node = Filter::default();
    node.toggle_node(NodeId(2));
    vec![Filter::default(), gossip, faults, node]
}

#[test]
fn time_runs_down_and_labels_keep_their_distance() {
    let stage = stage();
    let events = stage.events();
    for filter in filters() {
        let layout = laid_out(&events, &filter);
        assert!(layout.rows().is_sorted_by(|a, b| (a.at, a.y) <= (b.at, b.y)));
        let mut below = [f64::MIN; 16];
        let (mut labels, mut unwritten) = (0, 0);
        for row in layout.rows() {
            let event = events.get(layout.seq(row)).unwrap();
            assert_eq!(event.at, row.at);
            let Some(column) = labels::column(&event.kind) else {
                assert_eq!(row.slot, NO_LABEL);
                continue;
            };
            if row.slot >= STACK {
                unwritten += 1;
                continue;
            }
            let y = row.y + f64::from(row.slot) * LABEL;
            assert!(y >= below[column.index()], "{event} overprints");
            below[column.index()] = y + LABEL;
            labels += 1;
        }
        assert!(labels > 10 || filter.chooses_nodes());
        // Nine puts at one instant are more than can be written below each other.
        assert_eq!(unwritten > 0, filter.has(Topic::Writes) && !filter.chooses_nodes());
    }
}

#[test]
fn what_comes_piece_by_piece_stands_where_it_would_stand_at_once() {
    let stage = stage();
    let all: Vec<_> = stage.events().iter().cloned().collect();
    for filter in filters() {
        let whole = laid_out(&Events::of([all.as_slice()]), &filter);
        let mut grown = Layout::new(filter, PER_US);
        let mut end = 0;
        while end < all.len() {
            end = (end + 1 + end % 7).min(all.len());
            assert!(grown.take_in(&Events::of([&all[..end]])));
        }
        assert_eq!(grown.rows(), whole.rows());
        assert_eq!((&grown.arrows, &grown.lives), (&whole.arrows, &whole.lives));
        assert_eq!(grown.height(), whole.height());
    }
}

#[test]
fn a_long_silence_is_cut_short() {
    let stage = stage();
    let layout = laid_out(&stage.events(), &Filter::default());
    let cuts: Vec<_> =
        layout.rows().windows(2).filter(|pair| layout.is_cut(&pair[0], &pair[1])).collect();
    assert!(cuts.len() > 5);
    for pair in cuts {
        let gap = pair[1].y - pair[0].y;
        assert!(gap > LONGEST - 0.01 && gap < LONGEST + f64::from(STACK) * LABEL, "{gap}");
    }
}

#[test]
fn heights_and_instants_lead_to_each_other() {
    let stage = stage();
    let layout = laid_out(&stage.events(), &Filter::default());
    let (first, last) = (layout.rows()[0].at.0, layout.rows().last().unwrap().at.0);
    for step in 0..=500 {
        let us = first as f64 + (last - first) as f64 * f64::from(step) / 500.0;
        let y = layout.height_at(us);
        assert!((layout.time_at(y) - us).abs() < 1.0, "{us} is at {y}");
    }
    assert_eq!(layout.height_at(last as f64 + 1e12), layout.rows().last().unwrap().y + LONGEST);
    assert_eq!(layout.time_at(-5.0), first as f64);
}

#[test]
fn every_message_under_way_is_found() {
    let stage = stage();
    let events = stage.events();
    let layout = laid_out(&events, &Filter::default());
    let mut seen = 0;
    for row in layout.rows().iter().step_by(5) {
        let (from, to) = (row.at, row.at + Duration(700));
        let found: Vec<_> = layout.arrows.between(from, to).map(|arrow| arrow.message).collect();
        for event in events.iter() {
            if let EventKind::Delivered { message, took, .. } = event.kind
                && layout.row_of(event.seq).is_some()
                && event.at >= from
                && event.at.0 - took.0 <= to.0
            {
                assert!(found.contains(&message), "{event}");
                seen += 1;
            }
        }
    }
    assert!(seen > 10);
}

#[test]
fn another_past_is_noticed() {
    let (mut one, mut other) = (stage(), stage());
    let mut layout = laid_out(&one.events(), &Filter::default());
    one.act("put Airports AAA '{}'").unwrap();
    one.act("run 1s").unwrap();
    assert!(layout.take_in(&one.events()));
    other.act("get Airports AAA").unwrap();
    other.act("run 2s").unwrap();
    assert!(!layout.take_in(&other.events()));
}

#[test]
fn a_request_alone_is_only_its_own_events() {
    let stage = stage();
    let events = stage.events();
    let mut filter = Filter::default();
    filter.toggle_request(RequestId(1));
    let layout = laid_out(&events, &filter);
    let own = events.iter().filter(|event| event.kind.request() == Some(RequestId(1))).count();
    assert_eq!(layout.counts(), (own, events.len()));
    assert!(own > 5);
}
