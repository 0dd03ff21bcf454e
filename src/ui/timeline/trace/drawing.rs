//! Draws a window on the trace as a [`Sheet`]. Needs no browser.

use super::labels::{self, Column, Sign, Tone, brief};
use super::layout::{LABEL, Layout, NO_LABEL, Row, STACK};
use super::sheet::{Anchor, Dash, HEAD, Ink, Lanes, Look, Shape, Sheet, width_of};
use super::strokes;
use crate::base::{EventSeq, MessageId, NodeId, RequestId, VirtualTime, format_us};
use crate::node::Address;
use crate::sim::{Command, Event, EventKind};
use crate::travel::Events;
use crate::ui::geometry::Point;

/// A tick of the axis about every so many pixels.
const TICK: f64 = 64.0;
/// What is not looked at recedes to this.
const FAINT: f64 = 0.22;

/// What the reader looks at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looks {
    pub request: Option<RequestId>,
    pub message: Option<MessageId>,
    pub node: Option<NodeId>,
    /// The event under the pointer.
    pub hovered: Option<EventSeq>,
}

/// A window on the trace.
pub struct Window<'a> {
    pub layout: &'a Layout,
    pub events: &'a Events<'a>,
    pub lanes: &'a Lanes,
    pub looks: &'a Looks,
    /// What is left of the window's left edge and above its upper one, in pixels.
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
    /// Where virtual time stands, in microseconds.
    pub now_us: f64,
}

impl Window<'_> {
    /// The height of something on the sheet.
    pub fn y(&self, height: f64) -> f64 {
        height - self.top + HEAD
    }

    pub fn y_at(&self, at: VirtualTime) -> f64 {
        self.y(self.layout.height_at(at.0 as f64))
    }

    pub fn x(&self, who: Address) -> f64 {
        self.lanes.of(who) - self.left
    }

    /// The heights that the window shows.
    pub fn heights(&self) -> (f64, f64) {
        (self.top - LABEL, self.top + self.height)
    }

    /// The instants that it shows.
    pub fn times(&self) -> (VirtualTime, VirtualTime) {
        let (top, bottom) = self.heights();
        let time = |height: f64| VirtualTime(self.layout.time_at(height) as u64);
        let to = time(bottom).0.max(self.now_us as u64);
        (time(top), VirtualTime(to))
    }

    fn rows(&self) -> &[Row] {
        let (top, bottom) = self.heights();
        self.layout.rows_between(top, bottom)
    }

    pub fn event(&self, row: &Row) -> Option<&Event> {
        self.events.get(self.layout.seq(row))
    }

    /// How strongly something of a request is drawn.
    pub fn alpha(&self, request: Option<RequestId>) -> f64 {
        let recedes = self.looks.request.is_some() && request != self.looks.request;
        if recedes { FAINT } else { 1.0 }
    }
}

/// Draws everything that a window shows.
pub fn draw(window: &Window, sheet: &mut Sheet) {
    sheet.clear();
    lanes(window, sheet);
    silences(window, sheet);
    splits(window, sheet);
    // Labels are known before the arrows, whose names keep clear of them, but lie above them.
    let below = sheet.items.len();
    lane_labels(window, sheet);
    let labels = sheet.items.len() - below;
    strokes::arrows(window, sheet, below..below + labels);
    signs(window, sheet);
    sheet.items[below..].rotate_left(labels);
    cursor(window, sheet);
    axis(window, sheet);
}

/// Bands where nothing is shown for long, and how long that was.
fn silences(window: &Window, sheet: &mut Sheet) {
    let rows = window.rows();
    for pair in rows.windows(2) {
        let [before, after] = pair else { continue };
        if !window.layout.is_cut(before, after) {
            continue;
        }
        let (from, to) = (window.y(before.y), window.y(after.y));
        let (band, middle) = ((from + to) / 2.0 + 14.0, (window.lanes.axis + window.width) / 2.0);
        let box_ = Shape::Box(window.lanes.axis, band - 13.0, window.width, 26.0);
        sheet.add(box_, Look::fill(Ink::Ground));
        let words = format!("{} later", brief(after.at.since(before.at).0));
        sheet.text(Point::new(middle, band), words, Anchor::Middle, Ink::Muted);
    }
}

/// One line for each participant, broken while it is away.
fn lanes(window: &Window, sheet: &mut Sheet) {
    let (from, to) = window.times();
    let top = window.y(window.layout.height_at(0.0)).max(HEAD - LABEL);
    let bottom =
        window.y(window.layout.height()).max(window.y(window.layout.height_at(window.now_us)));
    let bottom = (bottom + LABEL).min(window.height + HEAD);
    for (who, x) in window.lanes.all() {
        let x = x - window.left;
        if x < window.lanes.axis || x > window.width + 60.0 {
            continue;
        }
        let is_chosen = matches!(who, Address::Node(node) if window.looks.node == Some(node));
        let width = if is_chosen { 4.0 } else { 2.0 };
        let (mut y, look) = (top, Look::stroke(Ink::of(who), width).alpha(0.5));
        let own = |node: NodeId| who == Address::Node(node);
        for away in window.layout.lives.between(from, to).filter(|away| own(away.node)) {
            let start = window.y_at(away.from).max(top).min(bottom);
            let end = away.until.map_or(bottom, |until| window.y_at(until).min(bottom));
            sheet.line(Point::new(x, y), Point::new(x, start), look);
            absent(sheet, x, start, end, away.is_down);
            y = end;
        }
        sheet.line(Point::new(x, y), Point::new(x, bottom), look);
    }
}

/// The lane of a node that is down is hatched; of one that is paused, doubled.
fn absent(sheet: &mut Sheet, x: f64, from: f64, to: f64, is_down: bool) {
    if !is_down {
        let look = Look::stroke(Ink::Warn, 1.5);
        for x in [x - 2.5, x + 2.5] {
            sheet.line(Point::new(x, from), Point::new(x, to), look);
        }
        return;
    }
    let look = Look::stroke(Ink::Bad, 1.2).alpha(0.55);
    let mut y = from;
    while y < to {
        sheet.line(Point::new(x - 4.0, y + 7.0), Point::new(x + 4.0, y), look);
        y += 7.0;
    }
}

/// Lines across where the network is cut and where it is healed.
fn splits(window: &Window, sheet: &mut Sheet) {
    for row in window.rows() {
        let Some(event) = window.event(row) else { continue };
        let ink = match &event.kind {
            EventKind::Commanded(Command::Split(_) | Command::SetLink { .. }) => Ink::Bad,
            EventKind::Commanded(Command::Heal) => Ink::Good,
            _ => continue,
        };
        let (left, y) = (window.lanes.axis, window.y(row.y));
        let look = Look::stroke(ink, 1.5).dashed(Dash::Dashed);
        sheet.line(Point::new(left, y), Point::new(window.width, y), look);
    }
}

/// Signs on the lanes.
fn signs(window: &Window, sheet: &mut Sheet) {
    for row in window.rows() {
        let Some(event) = window.event(row) else { continue };
        let Some(node) = super::filter::place(&event.kind) else { continue };
        let Some(sign) = labels::sign(&event.kind) else { continue };
        let who = Address::Node(node);
        let at = Point::new(window.x(who), window.y(row.y));
        let alpha = window.alpha(event.kind.request());
        sheet.hit(event.seq, at, at, 3.0);
        if window.looks.hovered == Some(event.seq) {
            sheet.add(Shape::Disc(at, 9.0), Look::stroke(Ink::Accent, 2.0));
        }
        draw_sign(sheet, sign, at, Ink::of(who), alpha);
    }
}

fn draw_sign(sheet: &mut Sheet, sign: Sign, at: Point, ink: Ink, alpha: f64) {
    let Point { x, y } = at;
    match sign {
        Sign::Durable => {
            sheet.add(Shape::Disc(at, 4.5), Look::fill(ink).rim(Ink::Surface, 1.5).alpha(alpha));
        }
        Sign::Spare => {
            sheet.add(Shape::Disc(at, 3.5), Look::fill(Ink::Surface).rim(ink, 1.5).alpha(alpha));
        }
        Sign::Synced => {
            let look = Look::stroke(ink, 2.0).alpha(alpha);
            sheet.line(Point::new(x - 4.0, y), Point::new(x + 4.0, y), look);
        }
        Sign::Stop => {
            for tilt in [5.0, -5.0] {
                let ends = [Point::new(x - 5.0, y - tilt), Point::new(x + 5.0, y + tilt)];
                sheet.line(ends[0], ends[1], Look::stroke(Ink::Bad, 2.5));
            }
        }
        Sign::Start => {
            let look = Look::fill(Ink::Surface).rim(Ink::Good, 2.0);
            sheet.add(Shape::Disc(at, 4.5), look);
        }
        Sign::Decision => {
            let far = 3.5;
            let outline = Shape::Outline([
                Point::new(x, y - far),
                Point::new(x + far, y),
                Point::new(x, y + far),
                Point::new(x - far, y),
            ]);
            sheet.add(outline, Look::fill(Ink::Surface).rim(ink, 1.5).alpha(alpha));
        }
    }
}

fn ink_of(tone: Tone) -> Ink {
    match tone {
        Tone::Plain => Ink::Text,
        Tone::Quiet => Ink::Muted,
        Tone::Good => Ink::Good,
        Tone::Warn => Ink::Warn,
        Tone::Bad => Ink::Bad,
    }
}

/// What a row's label says: its own, or how many more there are.
fn words(window: &Window, rows: &[Row], at: usize, event: &Event) -> (String, Tone) {
    let row = &rows[at];
    let is_last = row.slot + 1 == STACK;
    let more = if is_last { more_below(window, &rows[at..]) } else { 0 };
    if more > 0 {
        return (format!("+{}", more + 1), Tone::Quiet);
    }
    let request = event.kind.request();
    labels::label(&event.kind, request.is_none_or(|request| window.layout.is_write(request)))
}

/// How many rows of the first one's instant and column have no place left.
fn more_below(window: &Window, rows: &[Row]) -> usize {
    let column = |row: &Row| window.event(row).and_then(|event| labels::column(&event.kind));
    let own = column(&rows[0]);
    rows[1..]
        .iter()
        .take_while(|row| row.at == rows[0].at)
        .filter(|row| row.slot != NO_LABEL && column(row) == own)
        .count()
}

/// Labels beside the nodes' lanes.
fn lane_labels(window: &Window, sheet: &mut Sheet) {
    let rows = window.rows();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.slot < STACK) {
        let Some(event) = window.event(row) else { continue };
        let Some(Column::Lane(node)) = labels::column(&event.kind) else { continue };
        let (words, tone) = words(window, rows, at, event);
        let left = window.x(Address::Node(node)) + 7.0;
        let y = window.y(row.y) + f64::from(row.slot) * LABEL;
        let width = width_of(&words) + 7.0;
        let alpha = window.alpha(event.kind.request());
        let rim = if tone == Tone::Plain { Ink::Line } else { ink_of(tone) };
        let hovered = window.looks.hovered == Some(event.seq);
        let look = Look::fill(Ink::Surface)
            .rim(if hovered { Ink::Accent } else { rim }, if hovered { 2.0 } else { 1.0 });
        sheet.add(Shape::Box(left, y - 7.5, width, 15.0), look.alpha(alpha));
        let text = Shape::Text(Point::new(left + 3.5, y), words, Anchor::Start);
        sheet.add(text, Look::fill(ink_of(tone)).alpha(alpha));
        sheet.hit(event.seq, Point::new(left + 4.0, y), Point::new(left + width - 4.0, y), 7.0);
    }
}

/// Where virtual time stands; what comes later is faded.
fn cursor(window: &Window, sheet: &mut Sheet) {
    let y = window.y(window.layout.height_at(window.now_us));
    let bottom = window.height + HEAD;
    if y < bottom && window.layout.rows().last().is_some_and(|row| row.at.0 as f64 > window.now_us)
    {
        let top = y.max(0.0);
        let later = Shape::Box(0.0, top, window.width, bottom - top);
        sheet.add(later, Look::fill(Ink::Surface).alpha(0.6));
    }
    if (HEAD..bottom).contains(&y) {
        let look = Look::stroke(Ink::Accent, 1.5);
        sheet.line(Point::new(window.lanes.axis - 6.0, y), Point::new(window.width, y), look);
    }
}

/// The column of times, commands and answers.
fn axis(window: &Window, sheet: &mut Sheet) {
    let (right, bottom) = (window.lanes.axis, window.height + HEAD);
    sheet.add(Shape::Box(-9.0, 0.0, right - 1.0, bottom + 9.0), Look::fill(Ink::Surface));
    let mut taken: Vec<f64> = Vec::new();
    let rows = window.rows();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.slot < STACK) {
        let Some(event) = window.event(row) else { continue };
        if labels::column(&event.kind) != Some(Column::Axis) {
            continue;
        }
        let (words, tone) = words(window, rows, at, event);
        let y = window.y(row.y) + f64::from(row.slot) * LABEL;
        let words = clipped(&words, right - 13.0);
        let hovered = window.looks.hovered == Some(event.seq);
        let ink = if hovered { Ink::Accent } else { ink_of(tone) };
        let alpha = window.alpha(event.kind.request());
        let text = Shape::Text(Point::new(right - 10.0, y), words, Anchor::End);
        sheet.add(text, Look::fill(ink).alpha(alpha));
        sheet.hit(event.seq, Point::new(14.0, y), Point::new(right - 14.0, y), 7.0);
        taken.push(y);
    }
    ticks(window, sheet, &taken);
}

/// As much of the beginning of a text as fits into a width.
fn clipped(text: &str, width: f64) -> String {
    if width_of(text) <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for letter in text.chars() {
        if width_of(&short) + width_of("m…") > width {
            break;
        }
        short.push(letter);
    }
    short + "…"
}

/// As much of the end of a number as fits into a width.
fn clipped_at_start(text: &str, width: f64) -> String {
    let mut skip = 0;
    while width_of(&text[skip..]) > width - if skip > 0 { width_of("…") } else { 0.0 } {
        skip += 1;
    }
    if skip > 0 { format!("…{}", &text[skip..]) } else { text.to_owned() }
}

/// Instants at about even distances, where the axis has room for them. They belong to heights of
/// the trace, not of the window, so that they scroll with it.
fn ticks(window: &Window, sheet: &mut Sheet, taken: &[f64]) {
    let (top, bottom) = window.heights();
    let (mut tick, last) =
        ((top / TICK).floor().max(0.0) * TICK, bottom.min(window.layout.height()));
    while tick <= last {
        let us =
            round_within(window.layout.time_at(tick), window.layout.time_at(tick + TICK / 2.0));
        let y = window.y(window.layout.height_at(us as f64));
        tick += TICK;
        if taken.iter().any(|other| (other - y).abs() < LABEL - 2.0) {
            continue;
        }
        let right = window.lanes.axis;
        let look = Look::stroke(Ink::Line, 1.0);
        sheet.line(Point::new(right - 8.0, y), Point::new(right - 2.0, y), look);
        let words = clipped_at_start(&format_us(us), right - 13.0);
        sheet.text(Point::new(right - 10.0, y), words, Anchor::End, Ink::Muted);
    }
}

/// The roundest number of microseconds from one to another.
fn round_within(from: f64, to: f64) -> u64 {
    let (from, to) = (from.max(0.0).ceil() as u64, to.max(0.0) as u64);
    let mut unit = 1u64;
    while from.next_multiple_of(unit * 10) <= to {
        unit *= 10;
        if unit > to.max(1) {
            break;
        }
    }
    from.next_multiple_of(unit)
}

#[cfg(test)]
mod tests;
