//! Messages as arrows between lanes.

use yew::prelude::*;

use super::drawing::Frame;
use super::plan::{Placer, node_of};
use crate::base::{hundredths, tenths};
use crate::node::MessageKind;
use crate::sim::Loss;
use crate::ui::geometry::Point;
use crate::ui::outline::translate;
use crate::ui::palette;
use crate::ui::story::{Arrow, Fate};

/// A lost message ends at this share of its way.
const LOST_AT: f64 = 0.55;

/// Draws a message from its departure to its arrival, and the word of its refusal back.
pub(super) fn arrow(one: &Arrow, frame: &Frame) -> Html {
    let (x1, y1) = (frame.x(one.from), frame.y(one.sent_at));
    let (mut x2, mut y2) = (frame.x(one.to), frame.y(one.arrives_at));
    let is_lost = matches!(one.fate, Fate::Lost { why: Loss::Split | Loss::Link | Loss::ByHand });
    if is_lost {
        (x2, y2) = (x1 + (x2 - x1) * LOST_AT, y1 + (y2 - y1) * LOST_AT);
    }
    let style = node_of(one.from).map(palette::style);
    let class = classes!(
        "timeline-arrow",
        one.kind.is_reply().then_some("is-reply"),
        purpose(one),
        matches!(one.fate, Fate::UnderWay | Fate::Lost { .. }).then_some("is-under-way"),
    );
    let [start, end] = [Point::new(x1, y1), Point::new(x2, y2)];
    let way = end.minus(start).unit();
    // The tip points to the right where it is drawn.
    let turned = [way.x, way.y, -way.y, way.x].map(hundredths).join(" ");
    let head = format!("matrix({turned} {})", end.plus(way, -2.0));
    let neck = end.plus(way, -8.0);
    let owner = one.hint.map_or_else(String::new, |owner| format!(" for {owner}"));
    let title = format!("{}{owner} from {} to {}{}", one.name(), one.from, one.to, fate(one.fate));
    html! {
        <g {class} {style}>
            <title>{ title }</title>
            <path class="timeline-reach" d={format!("M{start}L{end}")} />
            <path class="timeline-way" d={format!("M{start}L{neck}")} />
            if let Fate::Refused { heard_at } = one.fate {
                <path class="timeline-back" d={format!("M{end}L{}", Point::new(x1, frame.y(heard_at)))} />
                <path class="timeline-refused" d="M-6 -6L6 6M6 -6L-6 6"
                    transform={translate(x2, y2)} />
            } else if let Fate::Lost { .. } = one.fate {
                <path class="timeline-refused" d="M-6 -6L6 6M6 -6L-6 6"
                    transform={translate(x2, y2)} />
            } else if one.fate == Fate::Waiting {
                <path class="timeline-waits" d="M-4 -6V6M4 -6V6" transform={translate(x2, y2)} />
            } else {
                <path class="timeline-tip" d="M0 0L-10 -5V5Z" transform={head} />
            }
        </g>
    }
}

/// What it is for, where that is not plain reading and writing.
fn purpose(one: &Arrow) -> Option<&'static str> {
    match one.kind {
        _ if one.hint.is_some() => Some("is-hint"),
        MessageKind::Repair | MessageKind::RepairAck => Some("is-repair"),
        _ => None,
    }
}

fn fate(fate: Fate) -> String {
    match fate {
        Fate::UnderWay | Fate::Delivered => String::new(),
        Fate::Refused { .. } => ": refused, the node is down".to_owned(),
        Fate::Lost { why } => format!(": {why}"),
        Fate::Waiting => ": waits, the node is paused".to_owned(),
    }
}

/// The message's kind beside its arrow, where there is room.
pub(super) fn arrow_label(one: &Arrow, frame: &Frame, placer: &mut Placer) -> Html {
    let (x1, y1) = (frame.x(one.from), frame.y(one.sent_at));
    let (x2, y2) = (frame.x(one.to), frame.y(one.arrives_at));
    let mut words = one.name();
    if matches!(one.fate, Fate::Lost { .. }) {
        words += ", lost";
    }
    let width = words.len() as f64 * 6.8 + 4.0;
    let room = if purpose(one).is_some() { 2.0 } else { 22.0 };
    if (x2 - x1).abs() < width + room {
        return Html::default();
    }
    let is_off_lanes =
        |x: f64| frame.lanes.iter().all(|lane| (frame.x(lane.who) - x).abs() > width / 2.0 + 2.0);
    let shares = [0.5, 0.36, 0.64, 0.27, 0.73];
    let places = shares.map(|share| (x1 + (x2 - x1) * share, y1 + (y2 - y1) * share));
    let (clear, others): (Vec<_>, Vec<_>) = places.into_iter().partition(|(x, _)| is_off_lanes(*x));
    let place =
        clear.into_iter().chain(others).find(|(x, y)| placer.take(*x, *y, width + 12.0, 15.0));
    let Some((x, y)) = place else { return Html::default() };
    html! {
        <text class="timeline-kind" x={tenths(x)} y={tenths(y)} dy=".32em" aria-hidden="true">{ words }</text>
    }
}
