//! Messages as arrows between lanes.

use yew::prelude::*;

use super::drawing::Frame;
use super::plan::{Placer, node_of};
use crate::base::{hundredths, tenths};
use crate::ui::geometry::Point;
use crate::ui::outline::translate;
use crate::ui::palette;
use crate::ui::story::{Arrow, Fate};

/// Draws a message from its departure to its arrival, and the word of its refusal back.
pub(super) fn arrow(one: &Arrow, frame: &Frame) -> Html {
    let (x1, y1) = (frame.x(one.from), frame.y(one.sent_at));
    let (x2, y2) = (frame.x(one.to), frame.y(one.arrives_at));
    let style = node_of(one.from).map(palette::style);
    let class = classes!(
        "timeline-arrow",
        one.kind.is_reply().then_some("is-reply"),
        matches!(one.fate, Fate::UnderWay | Fate::Lost).then_some("is-under-way"),
    );
    let [start, end] = [Point::new(x1, y1), Point::new(x2, y2)];
    let way = end.minus(start).unit();
    // The tip points to the right where it is drawn.
    let turned = [way.x, way.y, -way.y, way.x].map(hundredths).join(" ");
    let head = format!("matrix({turned} {})", end.plus(way, -2.0));
    let neck = end.plus(way, -8.0);
    let title = format!("{} from {} to {}", one.kind, one.from, one.to);
    html! {
        <g {class} {style}>
            <title>{ title }</title>
            <path class="timeline-reach" d={format!("M{start}L{end}")} />
            <path class="timeline-way" d={format!("M{start}L{neck}")} />
            if let Fate::Refused { heard_at } = one.fate {
                <path class="timeline-back" d={format!("M{end}L{}", Point::new(x1, frame.y(heard_at)))} />
                <path class="timeline-refused" d="M-6 -6L6 6M6 -6L-6 6"
                    transform={translate(x2, y2)} />
            } else {
                <path class="timeline-tip" d="M0 0L-10 -5V5Z" transform={head} />
            }
        </g>
    }
}

/// The message's kind beside its arrow, where there is room.
pub(super) fn arrow_label(one: &Arrow, frame: &Frame, placer: &mut Placer) -> Html {
    let (x1, y1) = (frame.x(one.from), frame.y(one.sent_at));
    let (x2, y2) = (frame.x(one.to), frame.y(one.arrives_at));
    let words = one.kind.to_string();
    let width = words.len() as f64 * 6.8 + 4.0;
    if frame.compact || (x2 - x1).abs() < width + 22.0 {
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
