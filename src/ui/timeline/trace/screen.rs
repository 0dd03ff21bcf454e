//! The canvas of the trace: what is laid out, which window of it is in view, and whether that
//! follows the cursor. The page's driver owns it, and has it painted like the ring's messages.
//!
//! The browser scrolls: the canvas stays in view above an element that is as high as everything
//! together, and paints what belongs there. Browsers know elements of up to some ten million
//! pixels; higher ones are scrolled in larger steps.

use std::cell::RefCell;

use web_sys::{Element, HtmlCanvasElement};
use yew::{Callback, NodeRef};

use super::canvas::Canvas;
use super::drawing::{Looks, Window, draw};
use super::filter::Filter;
use super::layout::Layout;
use super::sheet::{Anchor, HEAD, Hit, Ink, Lanes, Look, Shape, Sheet, lane_name};
use super::{svg, words};
use crate::base::{EventSeq, VirtualTime, tenths};
use crate::node::Address;
use crate::travel::{BranchId, Events};
use crate::ui::browser;
use crate::ui::geometry::Point;
use crate::ui::selection::Selection;
use crate::ui::stage::Stage;

/// How high a typical message is.
const TYPICAL: f64 = 46.0;
/// The highest element that is laid out.
const HIGHEST: f64 = 8e6;
/// While the window follows the cursor, this share of its height lies above the cursor.
const AHEAD: f64 = 0.72;
/// How much of the way to where the cursor wants it the window goes in one frame.
const EASE: f64 = 0.3;
/// Room below the last event.
const BELOW: f64 = 36.0;
/// So many events are listed in words at most.
const LISTED: usize = 60;

/// The elements of the component.
#[derive(Clone, Default, PartialEq)]
pub struct Elements {
    pub scroller: NodeRef,
    pub whole: NodeRef,
    pub canvas: NodeRef,
    pub grip: NodeRef,
}

/// What the component has to know of the screen.
#[derive(Clone, Default, PartialEq)]
pub struct Frame {
    pub lanes: Lanes,
    pub follows: bool,
    /// Counts how often everything was laid out anew.
    laid_out: u32,
}

/// The trace on the page, if it is on it.
#[derive(Default)]
pub struct Screen {
    shown: RefCell<Option<Shown>>,
}

struct Shown {
    scroller: Element,
    whole: Element,
    grip: Element,
    canvas: Canvas,
    told: Callback<Frame>,
    frame: Frame,
    /// What the component was told last.
    known: Frame,
    layout: Layout,
    wanted: Filter,
    /// How much higher than usual everything is.
    stretch: f64,
    selected: Option<Selection>,
    looks: Looks,
    sheet: Sheet,
    width: f64,
    height: f64,
    branch: BranchId,
    /// Where it was scrolled to by itself.
    scrolled_to: f64,
    /// Pixels of the trace for each pixel that is scrolled.
    step: f64,
    style: String,
    now_us: f64,
}

impl Screen {
    /// The component is on the page.
    pub fn show(&self, elements: &Elements, told: Callback<Frame>) {
        let canvas = elements.canvas.cast::<HtmlCanvasElement>().and_then(Canvas::new);
        let parts = (elements.scroller.cast(), elements.whole.cast(), elements.grip.cast());
        let (Some(canvas), (Some(scroller), Some(whole), Some(grip))) = (canvas, parts) else {
            return;
        };
        let shown = Shown {
            scroller,
            whole,
            grip,
            canvas,
            told,
            frame: Frame { follows: true, ..Frame::default() },
            known: Frame::default(),
            layout: Layout::new(Filter::default(), 0.0),
            wanted: Filter::default(),
            stretch: 1.0,
            selected: None,
            looks: Looks::default(),
            sheet: Sheet::default(),
            width: 0.0,
            height: 0.0,
            branch: BranchId(0),
            scrolled_to: 0.0,
            step: 1.0,
            style: String::new(),
            now_us: 0.0,
        };
        *self.shown.borrow_mut() = Some(shown);
        self.resized();
    }

    /// It is not any more.
    pub fn hide(&self) {
        *self.shown.borrow_mut() = None;
    }

    fn change(&self, change: impl FnOnce(&mut Shown)) {
        if let Some(shown) = self.shown.borrow_mut().as_mut() {
            change(shown);
        }
    }

    /// The page has another size or other colours.
    pub fn resized(&self) {
        self.change(|shown| {
            shown.width = f64::from(shown.scroller.client_width());
            shown.height = (f64::from(shown.scroller.client_height()) - HEAD).max(0.0);
            shown.canvas.resize(shown.width, shown.height + HEAD);
        });
    }

    /// What is to be seen from the next painting on, how high, and what the reader looks into.
    pub fn want(&self, filter: &Filter, stretch: f64, selected: Option<&Selection>) {
        self.change(|shown| {
            shown.wanted = filter.clone();
            shown.stretch = stretch;
            shown.selected = selected.cloned();
        });
    }

    /// The window is to be where the cursor is, or no longer.
    pub fn follow(&self, follows: bool) {
        self.change(|shown| shown.frame.follows = follows);
    }

    /// It was scrolled: by the reader, by itself, or by the browser because its size has changed.
    pub fn scrolled(&self) {
        self.change(|shown| {
            let height = f64::from(shown.scroller.client_height());
            let away = (f64::from(shown.scroller.scroll_top()) - shown.scrolled_to).abs();
            shown.frame.follows &= away < 2.0 || height != shown.height + HEAD;
        });
    }

    /// Something is pointed at, or nothing.
    pub fn hover(&self, hovered: Option<EventSeq>) {
        self.change(|shown| shown.looks.hovered = hovered);
    }

    /// Brings the window up to date.
    pub fn paint(&self, stage: &Stage) {
        self.change(|shown| shown.paint(stage));
    }

    /// What is at a place on the canvas.
    pub fn pick(&self, at: Point) -> Option<Hit> {
        if at.y < HEAD {
            return None;
        }
        self.shown.borrow().as_ref()?.sheet.pick(at)
    }

    /// The instant at a height of the canvas.
    pub fn time_at(&self, y: f64) -> Option<VirtualTime> {
        let shown = self.shown.borrow();
        let shown = shown.as_ref()?;
        Some(VirtualTime(shown.layout.time_at(y - HEAD + shown.top()) as u64))
    }

    /// The instant so many pixels below the time cursor.
    pub fn time_beside_cursor(&self, aside: f64) -> Option<VirtualTime> {
        let shown = self.shown.borrow();
        let shown = shown.as_ref()?;
        let cursor = shown.layout.height_at(shown.now_us);
        Some(VirtualTime(shown.layout.time_at(cursor + aside) as u64))
    }

    /// How many events are shown, and of how many.
    pub fn counts(&self) -> (usize, usize) {
        self.shown.borrow().as_ref().map_or((0, 0), |shown| shown.layout.counts())
    }

    /// An event in words; a message that left is told by what became of it.
    pub fn describe(&self, seq: EventSeq, events: &Events) -> Option<String> {
        let shown = self.shown.borrow();
        words::describe(seq, &shown.as_ref()?.layout, events)
    }

    /// The events in the window, in words.
    pub fn list(&self, events: &Events) -> Vec<(EventSeq, String)> {
        let shown = self.shown.borrow();
        let Some(shown) = shown.as_ref() else { return Vec::new() };
        let (top, bottom) = (shown.top(), shown.top() + shown.height);
        let rows = shown.layout.rows_between(top, bottom).iter();
        let rows = rows.filter(|row| (top..=bottom).contains(&row.y)).take(LISTED);
        let line = |seq: EventSeq| Some((seq, events.get(seq)?.to_string().trim().to_owned()));
        rows.filter_map(|row| line(shown.layout.seq(row))).collect()
    }

    /// The window as a picture that stands on its own.
    pub fn to_svg(&self) -> Option<String> {
        let mut shown = self.shown.borrow_mut();
        let shown = shown.as_mut()?;
        let whole = shown.sheet.items.len();
        shown.add_heads();
        let (canvas, height) = (&shown.canvas, shown.height + HEAD);
        let colour = |ink: Ink| canvas.colour(ink).to_owned();
        let picture = svg::to_svg(&shown.sheet, shown.width, height, &colour);
        shown.sheet.items.truncate(whole);
        Some(picture)
    }
}

impl Shown {
    /// How much of everything lies above the window.
    fn top(&self) -> f64 {
        f64::from(self.scroller.scroll_top()) * self.step
    }

    fn paint(&mut self, stage: &Stage) {
        if self.height <= 0.0 {
            return;
        }
        let events = stage.events();
        let moves = self.now_us != stage.cursor_us();
        self.now_us = stage.cursor_us();
        self.lay_out(stage, &events);
        let nodes = usize::from(stage.world().config().nodes);
        self.frame.lanes = Lanes::fit(self.layout.clients(), nodes, self.width);
        self.fit();
        if self.frame.follows {
            let still = || browser::matches_media("(prefers-reduced-motion: reduce)");
            self.go_to_cursor(moves && stage.moves() && !still());
        }
        if self.frame != self.known {
            self.known = self.frame.clone();
            self.told.emit(self.frame.clone());
        }
        self.look(&events);
        let window = Window {
            layout: &self.layout,
            events: &events,
            lanes: &self.frame.lanes,
            looks: &self.looks,
            left: f64::from(self.scroller.scroll_left()),
            top: self.top(),
            width: self.width,
            height: self.height,
            now_us: self.now_us,
        };
        draw(&window, &mut self.sheet);
        let y = window.y(self.layout.height_at(self.now_us));
        self.canvas.paint(&self.sheet);
        self.move_grip(y);
    }

    /// Takes in what is new, or everything if that is to be seen in another way. What is in the
    /// window stays in it.
    fn lay_out(&mut self, stage: &Stage, events: &Events) {
        let per_us = TYPICAL * self.stretch / stage.world().network().typical_us() as f64;
        let branch = std::mem::replace(&mut self.branch, stage.history().branch().id);
        let same = self.layout.per_us() == per_us
            && *self.layout.filter() == self.wanted
            && self.branch == branch;
        if same && self.layout.take_in(events) {
            return;
        }
        let middle = self.height / 2.0;
        let kept_us = self.layout.time_at(self.top() + middle);
        self.frame.laid_out += 1;
        self.layout = Layout::new(self.wanted.clone(), per_us);
        self.layout.take_in(events);
        self.fit();
        if !self.frame.follows {
            self.scroll_to(self.layout.height_at(kept_us) - middle);
        }
    }

    /// Fits what is scrolled to what there is.
    fn fit(&mut self) {
        let lowest = self.layout.height().max(self.layout.height_at(self.now_us));
        let height = lowest + HEAD + BELOW;
        self.step = (height / HIGHEST).max(1.0);
        let (width, height) = (tenths(self.frame.lanes.width()), tenths(height / self.step));
        let style = format!("height:{height}px;width:{width}px");
        if style != self.style {
            // A page that refuses to be styled shows what fits into it.
            let _ = self.whole.set_attribute("style", &style);
            self.style = style;
        }
    }

    fn go_to_cursor(&mut self, slowly: bool) {
        let wanted = (self.layout.height_at(self.now_us) - AHEAD * self.height).max(0.0);
        let away = wanted - self.top();
        let share = if slowly && away.abs() < self.height { EASE } else { 1.0 };
        let step = (away * share).abs().max(1.0).min(away.abs());
        // Even where nothing is to be done: the browser may have scrolled what became shorter.
        self.scroll_to(self.top() + step.copysign(away));
    }

    fn scroll_to(&mut self, top: f64) {
        let to = (top / self.step).round() as i32;
        if self.scroller.scroll_top() != to {
            self.scroller.set_scroll_top(to);
        }
        self.scrolled_to = f64::from(self.scroller.scroll_top());
    }

    /// What of the drawing is stressed, from what is looked into.
    fn look(&mut self, events: &Events) {
        let (mut message, mut request, mut node) = (None, None, None);
        match &self.selected {
            Some(Selection::Message(one)) => {
                message = Some(*one);
                let sent =
                    self.layout.arrows.of(*one).and_then(|arrow| self.layout.row(arrow.sent));
                let event = sent.and_then(|row| events.get(self.layout.seq(row)));
                request = event.and_then(|event| event.kind.request());
            }
            Some(Selection::Request(one)) => request = Some(*one),
            Some(Selection::Node(one)) => node = Some(*one),
            Some(Selection::Item(_)) | None => {}
        }
        self.looks = Looks { message, request, node, hovered: self.looks.hovered };
    }

    fn move_grip(&self, y: f64) {
        let style = match (HEAD..self.height + HEAD).contains(&y) {
            true => {
                format!("transform:translate({}px,{}px)", tenths(self.frame.lanes.axis), tenths(y))
            }
            false => "display:none".to_owned(),
        };
        // As above.
        let _ = self.grip.set_attribute("style", &style);
    }

    /// Draws the heads of the lanes, which are elements of their own on the page.
    fn add_heads(&mut self) {
        let left = f64::from(self.scroller.scroll_left());
        let band = Shape::Box(-9.0, -9.0, self.width + 18.0, HEAD + 7.0);
        self.sheet.add(band, Look::fill(Ink::Surface));
        for (who, x) in self.frame.lanes.all() {
            let at = Point::new(x - left, HEAD / 2.0);
            if at.x <= self.frame.lanes.axis {
                continue;
            }
            if let Address::Node(_) = who {
                let look = Look::fill(Ink::Surface).rim(Ink::of(who), 3.0);
                self.sheet.add(Shape::Disc(at, 12.0), look);
            }
            self.sheet.text(at, lane_name(who), Anchor::Middle, Ink::Text);
        }
    }
}
