//! Messages as arrows, from where and when they left to where and when they arrived.

use std::ops::Range;

use super::drawing::Window;
use super::filter::ends;
use super::sheet::{Anchor, Dash, Ink, Look, Shape, Sheet, width_of};
use crate::base::{EventSeq, MessageId, RequestId, VirtualTime, heap_sort};
use crate::node::{Address, MessageKind};
use crate::sim::{Event, EventKind, Loss};
use crate::ui::geometry::Point;

/// A message that is lost ends at this share of its way.
const LOST_AT: f64 = 0.55;
/// So many messages at most carry their names.
const NAMED: usize = 48;

/// What became of a message.
#[derive(Clone, Copy, PartialEq)]
enum End {
    UnderWay,
    Arrived,
    Refused(VirtualTime),
    /// Lost at this share of its way.
    Lost(f64),
    /// It came, and waits in front of a paused node or was given up there.
    Waits,
}

struct Stroke {
    seq: EventSeq,
    message: MessageId,
    request: Option<RequestId>,
    kind: MessageKind,
    from: Address,
    start: Point,
    tip: Point,
    end: End,
    /// How far it had come when the drawing was made.
    share: f64,
}

/// Draws every message that is under way at some time in the window.
/// Their names keep clear of the boxes among the items `labels`.
pub fn arrows(window: &Window, sheet: &mut Sheet, labels: Range<usize>) {
    let (from, to) = window.times();
    let all = window.layout.arrows.between(from, to);
    let mut strokes: Vec<Stroke> = all
        .filter_map(|arrow| {
            let sent = window.layout.row(arrow.sent)?;
            let end = arrow.end().and_then(|row| window.event(window.layout.row(row)?));
            stroke(window, window.event(sent)?, end)
        })
        .collect();
    let (top, bottom) = (0.0, window.height + super::sheet::HEAD);
    strokes.retain(|one| one.tip.y >= top && one.start.y <= bottom);
    // Those of one look lie next to each other, so that few changes of colour are needed; those that
    // the reader looks at come last, above the others.
    let order = |one: &Stroke| {
        (is_strong(window, one), one.kind.is_reply(), Ink::of(one.from).index(), one.message)
    };
    heap_sort(&mut strokes, |a, b| order(a).cmp(&order(b)));
    for one in &strokes {
        draw_way(window, sheet, one);
    }
    for one in &strokes {
        draw_end(window, sheet, one);
    }
    names(window, sheet, &strokes, labels);
}

fn is_strong(window: &Window, one: &Stroke) -> bool {
    window.looks.message == Some(one.message)
        || window.looks.hovered == Some(one.seq)
        || (window.looks.request.is_some() && window.looks.request == one.request)
}

fn stroke(window: &Window, sent: &Event, ended: Option<&Event>) -> Option<Stroke> {
    let (message, arrives_at) = match &sent.kind {
        EventKind::Sent { message, arrives_at, .. } => (*message, *arrives_at),
        EventKind::Duplicated { copy, arrives_at, .. } => (*copy, *arrives_at),
        _ => return None,
    };
    let (from, to) = ends(&sent.kind)?;
    let (end, until) = match ended.map(|event| (event.at, &event.kind)) {
        None => (End::UnderWay, arrives_at),
        Some((at, EventKind::Delivered { .. })) => (End::Arrived, at),
        Some((at, EventKind::Refused { heard_at, .. })) => (End::Refused(*heard_at), at),
        Some((_, EventKind::Delayed { arrives_at, .. })) => (End::UnderWay, *arrives_at),
        Some((_, EventKind::Lost { until, why: Loss::Split | Loss::Link, .. })) => {
            (End::Lost(LOST_AT), *until)
        }
        Some((at, EventKind::Lost { until, why: Loss::ByHand, .. })) => {
            (End::Lost(share_of(sent.at, at.0 as f64, *until)), *until)
        }
        Some((at, _)) => (End::Waits, at),
    };
    let share = match end {
        End::Lost(share) => share,
        End::UnderWay => share_of(sent.at, window.now_us, until),
        _ => 1.0,
    };
    let start = Point::new(window.x(from), window.y_at(sent.at));
    let reached = sent.at.0 as f64 + until.since(sent.at).0 as f64 * share;
    let across = Point::new(window.x(to), 0.0);
    let tip = Point::new(start.toward(across, share).x, window.y(window.layout.height_at(reached)));
    let request = sent.kind.request();
    let kind = sent.kind.message_kind()?;
    Some(Stroke { seq: sent.seq, message, request, kind, from, start, tip, end, share })
}

/// How much of a way is covered at an instant.
fn share_of(from: VirtualTime, at_us: f64, to: VirtualTime) -> f64 {
    ((at_us - from.0 as f64) / (to.since(from).0 as f64).max(1.0)).clamp(0.0, 1.0)
}

fn look(window: &Window, one: &Stroke) -> Look {
    let hovered =
        window.looks.hovered == Some(one.seq) || window.looks.message == Some(one.message);
    let width = match (hovered, one.kind.is_background()) {
        (true, _) => 3.5,
        (_, true) => 1.2,
        _ => 1.8,
    };
    let dash = match one.kind {
        MessageKind::Gossip => Dash::Dotted,
        MessageKind::Repair | MessageKind::RepairAck => Dash::Dashed,
        kind if kind.is_background() => Dash::Dashed,
        _ => Dash::Solid,
    };
    let alpha = if hovered { 1.0 } else { window.alpha(one.request) };
    Look::stroke(Ink::of(one.from), width).dashed(dash).alpha(alpha)
}

fn draw_way(window: &Window, sheet: &mut Sheet, one: &Stroke) {
    let way = one.tip.minus(one.start).unit();
    let neck = if one.end == End::Arrived { one.tip.plus(way, -6.0) } else { one.tip };
    sheet.line(one.start, neck, look(window, one));
    sheet.hit(one.seq, one.start, one.tip, 0.0);
    if let End::Refused(heard_at) = one.end {
        let back = Point::new(one.start.x, window.y_at(heard_at));
        let look = Look::stroke(Ink::Bad, 1.2).dashed(Dash::Dotted);
        sheet.line(one.tip, back, look.alpha(window.alpha(one.request)));
    }
}

fn draw_end(window: &Window, sheet: &mut Sheet, one: &Stroke) {
    let Stroke { tip, .. } = *one;
    let alpha = look(window, one).alpha;
    let ink = Ink::of(one.from);
    match one.end {
        End::Arrived => {
            let way = tip.minus(one.start).unit();
            let aside = Point::new(-way.y, way.x);
            let (back, notch) = (tip.plus(way, -9.0), tip.plus(way, -6.5));
            let outline = [tip, back.plus(aside, 4.0), notch, back.plus(aside, -4.0)];
            let fill = if one.kind.is_reply() { Ink::Surface } else { ink };
            let look = Look::fill(fill).rim(ink, 1.2).alpha(alpha);
            sheet.add(Shape::Outline(outline), look);
        }
        End::UnderWay if one.share < 1.0 => {
            sheet.add(Shape::Disc(tip, 3.0), Look::fill(ink).alpha(alpha));
        }
        End::UnderWay => {}
        End::Refused(_) | End::Lost(_) => {
            for tilt in [4.0, -4.0] {
                let ends =
                    [Point::new(tip.x - 4.0, tip.y - tilt), Point::new(tip.x + 4.0, tip.y + tilt)];
                sheet.line(ends[0], ends[1], Look::stroke(Ink::Bad, 2.2).alpha(alpha));
            }
        }
        End::Waits => {
            for x in [tip.x - 2.5, tip.x + 2.5] {
                let look = Look::stroke(Ink::Warn, 2.0).alpha(alpha);
                sheet.line(Point::new(x, tip.y - 5.0), Point::new(x, tip.y + 5.0), look);
            }
        }
    }
}

/// Names beside the ways, where there is room. A name is there or is not by what lies above it, so
/// that it stays while the window moves down.
fn names(window: &Window, sheet: &mut Sheet, strokes: &[Stroke], labels: Range<usize>) {
    if strokes.len() > NAMED {
        return;
    }
    let mut order: Vec<&Stroke> = strokes.iter().filter(|one| one.end != End::UnderWay).collect();
    heap_sort(&mut order, |a, b| a.message.cmp(&b.message));
    // Middles of what is taken, and half their widths.
    let boxes = sheet.items[labels].iter().filter_map(|(shape, _)| match shape {
        Shape::Box(x, y, width, height) => {
            Some((Point::new(x + width / 2.0, y + height / 2.0), width / 2.0))
        }
        _ => None,
    });
    let mut taken: Vec<(Point, f64)> = boxes.collect();
    for one in order {
        let words = one.kind.to_string();
        let half = width_of(&words) / 2.0;
        let reach = (one.tip.x - one.start.x).abs();
        if reach < 2.0 * half + 26.0 {
            continue;
        }
        // Clear of the lanes between: in the middle of the gap before the arrow's end.
        let at = [0.5, 0.36, 0.64].into_iter().map(|share| one.start.toward(one.tip, share));
        let apart = |(other, width): &(Point, f64), at: &Point| {
            (other.x - at.x).abs() > width + half + 4.0 || (other.y - at.y).abs() > 14.0
        };
        let free = |at: &Point| {
            taken.iter().all(|other| apart(other, at))
                && window.lanes.all().all(|(_, x)| (x - window.left - at.x).abs() > half)
        };
        let Some(at) = at.into_iter().find(free) else { continue };
        taken.push((at, half));
        let alpha = window.alpha(one.request);
        let back = Shape::Box(at.x - half - 2.0, at.y - 6.5, 2.0 * half + 4.0, 13.0);
        sheet.add(back, Look::fill(Ink::Surface).alpha(alpha * 0.85));
        let text = Shape::Text(at, words, Anchor::Middle);
        sheet.add(text, Look::fill(Ink::Muted).alpha(alpha));
    }
}
