use super::*;
use crate::sim::{ClusterConfig, World};
use crate::ui::stage::Stage;
use crate::ui::timeline::trace::filter::Filter;
use crate::ui::timeline::trace::svg::to_svg;

/// The sheet of everything that happened after some lines, in one high window.
fn drawn(lines: &[&str], looks: &Looks) -> Sheet {
    let mut stage = Stage::new(World::new(ClusterConfig::default()).unwrap());
    lines.iter().for_each(|line| drop(stage.act(line).unwrap()));
    let events = stage.events();
    let mut layout = Layout::new(Filter::default(), 0.15);
    layout.take_in(&events);
    let lanes = Lanes::fit(layout.clients(), 5, 700.0);
    let window = Window {
        layout: &layout,
        events: &events,
        lanes: &lanes,
        looks,
        left: 0.0,
        top: 0.0,
        width: 700.0,
        height: layout.height() + 50.0,
        now_us: stage.cursor_us(),
    };
    let mut sheet = Sheet::default();
    draw(&window, &mut sheet);
    sheet
}

fn texts(sheet: &Sheet) -> Vec<&str> {
    let text = |(shape, _): &'_ (Shape, Look)| matches!(shape, Shape::Text(..));
    let all = sheet.items.iter().filter(|item| text(item));
    all.filter_map(|(shape, _)| match shape {
        Shape::Text(_, text, _) => Some(text.as_str()),
        _ => None,
    })
    .collect()
}

const PUT: [&str; 3] = ["table Airports iata", "put Airports SEA '{}'", "run 3ms"];

#[test]
fn a_write_is_told_by_its_labels() {
    let sheet = drawn(&PUT, &Looks::default());
    let texts = texts(&sheet);
    for wanted in ["put SEA", "W=2 ✓", "write", "ack"] {
        assert!(texts.contains(&wanted), "{wanted} is not among {texts:?}");
    }
    let votes = texts.iter().filter(|text| text.starts_with('✓') && !text.contains('s'));
    assert_eq!(votes.count(), 3, "{texts:?}");
}

#[test]
fn what_is_not_looked_at_recedes() {
    let mut lines = PUT.to_vec();
    lines.extend(["get Airports SEA", "run 3ms"]);
    let looks = Looks { request: Some(RequestId(1)), ..Looks::default() };
    let faint = |sheet: &Sheet| sheet.items.iter().filter(|(_, look)| look.alpha == FAINT).count();
    assert_eq!(faint(&drawn(&lines, &Looks::default())), 0);
    assert!(faint(&drawn(&lines, &looks)) > 20);
}

#[test]
fn a_picture_stands_on_its_own() {
    let mut lines = PUT.to_vec();
    lines.extend(["crash B", "split A", "run 30s", "heal", "put Airports 'A&B' '{}'", "run 3ms"]);
    let sheet = drawn(&lines, &Looks::default());
    let svg = to_svg(&sheet, 700.0, 400.0, &|ink| format!("#{:03}", ink.index()));
    assert!(svg.starts_with("<svg xmlns="));
    assert!(svg.ends_with("</svg>\n"));
    for wanted in
        [">crash B</text>", ">heal</text>", "s later</text>", "put A&amp;B", "stroke-dasharray"]
    {
        assert!(svg.contains(wanted), "{wanted} is missing");
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
}

#[test]
fn ticks_are_round() {
    for (from, to, round) in
        [(0.0, 50.0, 0), (1_234.0, 1_290.0, 1_240), (1_980.0, 2_010.0, 2_000), (7.0, 7.5, 7)]
    {
        assert_eq!(round_within(from, to), round, "{from} to {to}");
    }
}
