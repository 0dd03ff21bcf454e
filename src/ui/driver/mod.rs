//! The driver: it asks the stage to catch up with every animation frame, paints what moves, and
//! tells the components when something happened.
//!
//! No frame is requested while nothing moves. The virtual DOM runs when something happened, never
//! because a frame went by.

mod files;
mod messages;
mod sample;
mod snapshots;
mod travel;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::render::{AnimationFrame, request_animation_frame};
use yew::{Callback, NodeRef};

use super::browser;
use super::course::{self, Course};
use super::pace::Speed;
use super::ring::{Look, MessagePainter};
use super::selection::Selection;
use super::stage::{Act, Stage};
use super::timeline::trace::Screen;
use super::view::View;
use super::{panic, timeline};
use crate::base::{Error, EventSeq, Result};
use crate::scenario;
use crate::sim::Event;
use crate::storage::ItemKey;
pub use files::{Choice, Chosen, Files, Going, Importing, reader};
use sample::Sample;
use snapshots::Snapshots;

/// The engine's share of one frame, in milliseconds.
const SLICE_MS: f64 = 6.0;
/// No more real time than this passes in one frame, however long the tab slept.
const LONGEST_FRAME_MS: f64 = 60.0;
/// How often the components are told while much happens at once, in milliseconds.
const TELL_EVERY_MS: f64 = 150.0;
/// How often while nothing but gossip and the like happens.
const TELL_ROUTINE_MS: f64 = 1_000.0;
/// How often in clusters of more than so many nodes, whose components take a frame to draw.
const TELL_LARGE_MS: f64 = 500.0;
const LARGE: u16 = 30;
/// How long each happening stays on screen under reduced motion, in milliseconds.
const HOP_MS: f64 = 700.0;

/// So many places the bar over the run has.
pub const BAR_STEPS: f64 = 4_000.0;

/// Everything that the page's components share.
pub struct Driver {
    stage: RefCell<Stage>,
    snapshots: Snapshots,
    painter: RefCell<Option<MessagePainter>>,
    frame: RefCell<Option<AnimationFrame>>,
    last_frame_ms: Cell<Option<f64>>,
    told_ms: Cell<f64>,
    /// Whether something happened that the components do not know yet.
    is_news: Cell<bool>,
    still_ms: Cell<f64>,
    sample: RefCell<Sample>,
    files: RefCell<Files>,
    /// The cluster that the sample data is to be loaded into by itself.
    sample_for: Cell<Option<u64>>,
    listener: RefCell<Option<Callback<Rc<View>>>>,
    /// Told when the reader looks into something.
    on_select: RefCell<Callback<()>>,
    /// Where messages are painted.
    pub canvas: NodeRef,
    /// Where virtual time is shown.
    pub clock: NodeRef,
    /// The bar over the run.
    pub scrubber: NodeRef,
    /// What the bar shows since the components were told.
    course: RefCell<Rc<Course>>,
    pub timeline: NodeRef,
    /// The trace of everything, while it is shown.
    pub trace: Screen,
}

/// A driver that components can compare.
#[derive(Clone)]
pub struct Handle(pub Rc<Driver>);

impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for Handle {
    type Target = Rc<Driver>;

    fn deref(&self) -> &Rc<Driver> {
        &self.0
    }
}

impl Driver {
    pub fn new(stage: Stage) -> Self {
        let sample_for = Cell::new(Some(stage.cluster()));
        Self {
            stage: RefCell::new(stage),
            snapshots: Snapshots::default(),
            painter: RefCell::new(None),
            frame: RefCell::new(None),
            last_frame_ms: Cell::new(None),
            told_ms: Cell::new(0.0),
            is_news: Cell::new(false),
            still_ms: Cell::new(0.0),
            sample: RefCell::new(Sample::Away),
            files: RefCell::default(),
            sample_for,
            listener: RefCell::new(None),
            on_select: RefCell::new(Callback::noop()),
            canvas: NodeRef::default(),
            clock: NodeRef::default(),
            scrubber: NodeRef::default(),
            course: RefCell::default(),
            timeline: NodeRef::default(),
            trace: Screen::default(),
        }
    }

    /// Begins to drive, once the page's elements exist.
    pub fn start(self: &Rc<Self>, listener: Callback<Rc<View>>) {
        *self.listener.borrow_mut() = Some(listener);
        if let Some(canvas) = self.canvas.cast::<web_sys::HtmlCanvasElement>() {
            *self.painter.borrow_mut() = MessagePainter::new(canvas);
        }
        self.resized();
        self.go_on();
    }

    /// The picture has another size or other colours.
    pub fn resized(self: &Rc<Self>) {
        if let Some(painter) = self.painter.borrow_mut().as_mut() {
            painter.set_theme();
            painter.resize();
        }
        self.trace.resized();
        self.paint();
    }

    /// What the components show now.
    pub fn view(&self) -> Rc<View> {
        let problem = match &*self.sample.borrow() {
            Sample::Failed(problem) => Some(problem.clone()),
            _ => None,
        };
        Rc::new(View {
            sample_problem: problem,
            shelf: self.shelf(),
            files: self.files.borrow().revision,
            ..View::of(&self.stage.borrow())
        })
    }

    /// Carries out a line of the scenario language.
    ///
    /// # Errors
    /// If the line makes no sense now.
    pub fn act(self: &Rc<Self>, line: &str) -> Result<()> {
        let cluster = self.stage.borrow().cluster();
        let act = self.stage.borrow_mut().act(line);
        let fresh = self.stage.borrow().cluster() != cluster;
        let done = match act {
            Ok(Act::Done) => Ok(()),
            Ok(Act::TakeSnapshot(name)) => self.take_snapshot(&name).map(drop),
            Ok(Act::RestoreSnapshot(name)) => self.restore_by_name(&name),
            Ok(Act::Schedule(schedule)) => {
                self.schedule(schedule);
                Ok(())
            }
            Err(error) => return self.refuse(error),
        };
        if let Err(error) = &done {
            self.stage.borrow_mut().transcript.refuse_newest(error);
        }
        if fresh {
            self.want_sample();
        }
        self.take_scheduled();
        self.changed();
        done
    }

    /// A line was refused: that is in the transcript by now.
    fn refuse(self: &Rc<Self>, error: Error) -> Result<()> {
        self.changed();
        Err(error)
    }

    /// Something changed outside of a frame.
    fn changed(self: &Rc<Self>) {
        panic::mirror(&self.stage.borrow());
        self.tell();
        self.go_on();
    }

    fn tell(self: &Rc<Self>) {
        self.told_ms.set(browser::clock_ms());
        self.is_news.set(false);
        let listener = self.listener.borrow().clone();
        if let Some(listener) = listener {
            let view = self.view();
            self.course.replace(Rc::clone(&view.course));
            listener.emit(view);
        }
        self.paint();
    }

    /// Requests a frame if anything moves and none is requested yet.
    fn go_on(self: &Rc<Self>) {
        if self.frame.borrow().is_some() || !self.stage.borrow().moves() {
            return;
        }
        let driver = Rc::clone(self);
        let frame = request_animation_frame(move |now_ms| driver.on_frame(now_ms));
        *self.frame.borrow_mut() = Some(frame);
    }

    fn on_frame(self: &Rc<Self>, now_ms: f64) {
        *self.frame.borrow_mut() = None;
        let elapsed_ms = now_ms - self.last_frame_ms.replace(Some(now_ms)).unwrap_or(now_ms);
        let elapsed_ms = elapsed_ms.clamp(0.0, LONGEST_FRAME_MS);
        let happened = self.pass_time(elapsed_ms);
        self.take_scheduled();
        let rests = !self.stage.borrow().moves();
        if rests {
            self.last_frame_ms.set(None);
        }
        let is_news = self.is_news.get() || happened;
        self.is_news.set(is_news);
        let silent_ms = browser::clock_ms() - self.told_ms.get();
        let is_due = is_news && silent_ms >= self.tell_every_ms();
        if rests || is_due || silent_ms >= TELL_ROUTINE_MS {
            panic::mirror(&self.stage.borrow());
            self.tell();
        } else {
            self.paint();
        }
        self.load_sample_if_wanted();
        self.feed_import();
        self.go_on();
    }

    fn pass_time(&self, elapsed_ms: f64) -> bool {
        let mut stage = self.stage.borrow_mut();
        let hurries = stage.hurries();
        let reduced = browser::matches_media("(prefers-reduced-motion: reduce)");
        if reduced && !hurries && stage.pace.speed != Speed::Max {
            self.still_ms.set(self.still_ms.get() + elapsed_ms * stage.pace.speed.factor());
            if self.still_ms.get() < HOP_MS {
                return false;
            }
            self.still_ms.set(0.0);
            let began_ms = browser::clock_ms();
            return stage.hop(&mut || browser::clock_ms() - began_ms < SLICE_MS);
        }
        let began_ms = browser::clock_ms();
        stage.frame(elapsed_ms, &mut || browser::clock_ms() - began_ms < SLICE_MS)
    }

    /// How often the components are told of what happens: at once, unless more happens per frame
    /// than a person could read, or telling takes a frame.
    fn tell_every_ms(&self) -> f64 {
        let stage = self.stage.borrow();
        match stage.world().config().nodes > LARGE {
            true => TELL_LARGE_MS,
            false if stage.hurries() || stage.pace.speed == Speed::Max || stage.is_rush() => {
                TELL_EVERY_MS
            }
            false => 0.0,
        }
    }

    /// Puts everything that moves where it is now.
    pub fn paint(&self) {
        let stage = self.stage.borrow();
        let now_us = stage.cursor_us();
        if let Some(painter) = self.painter.borrow_mut().as_mut() {
            let look = Look {
                now_us,
                seats: stage.seats(),
                highlighted: stage.story().map(|story| story.request),
                selected: stage.selected().and_then(Selection::message),
            };
            painter.paint(&mut stage.flights(), &look);
        }
        timeline::place_cursor(&self.timeline, now_us);
        self.trace.paint(&stage);
        let time = super::view::time_text(now_us);
        if let Some(bar) = self.scrubber.cast::<web_sys::HtmlInputElement>() {
            let share = course::share_of(&self.course.borrow().knots, now_us);
            bar.set_value_as_number((share * BAR_STEPS).round());
            // Without words, what is read aloud is a number.
            let _ = bar.set_attribute("aria-valuetext", &time);
        }
        if let Some(clock) = self.clock.cast::<web_sys::Element>() {
            clock.set_text_content(Some(&time));
        }
    }

    /// Puts the trace where it is looked at now.
    pub fn paint_trace(&self) {
        self.trace.paint(&self.stage.borrow());
    }

    /// An event of the trace.
    pub fn event(&self, seq: EventSeq) -> Option<Event> {
        self.stage.borrow().events().get(seq).cloned()
    }

    /// An event of the trace in words.
    pub fn words_of(&self, seq: EventSeq) -> Option<String> {
        self.trace.describe(seq, &self.stage.borrow().events())
    }

    /// The events in the trace's window, in words.
    pub fn listed(&self) -> Vec<(EventSeq, String)> {
        self.trace.list(&self.stage.borrow().events())
    }

    pub fn set_playing(self: &Rc<Self>, playing: bool) {
        self.stage.borrow_mut().set_playing(playing);
        self.changed();
    }

    pub fn set_speed(self: &Rc<Self>, speed: Speed) {
        self.stage.borrow_mut().pace.speed = speed;
        self.changed();
    }

    /// Lets time pass so fast that what happens so often in a second of virtual time can be seen so
    /// often; the speed's name, if that is another one.
    pub fn hurry(self: &Rc<Self>, rate: u32, seen: f64) -> Option<&'static str> {
        let pace = self.stage.borrow().pace;
        let speed = pace.at_least(rate, seen);
        (speed != pace.speed).then(|| {
            self.set_speed(speed);
            speed.label()
        })
    }

    pub fn show_gossip(self: &Rc<Self>, shown: bool) {
        self.stage.borrow_mut().shows_gossip = shown;
        self.changed();
    }

    /// Looks into something, or no longer into anything.
    pub fn select(self: &Rc<Self>, selected: Option<Selection>) {
        let is_some = selected.is_some();
        self.stage.borrow_mut().select(selected);
        self.changed();
        if is_some {
            let told = self.on_select.borrow().clone();
            told.emit(());
        }
    }

    /// Brings an item into focus on the picture.
    pub fn focus_item(self: &Rc<Self>, key: &ItemKey) {
        self.stage.borrow_mut().focus(key.clone());
        self.changed();
    }

    /// Whom to tell from now on when the reader looks into something.
    pub fn on_select(&self, told: Callback<()>) {
        *self.on_select.borrow_mut() = told;
    }

    /// Looks at the stage for what only one component shows.
    pub fn look<T>(&self, look: impl FnOnce(&Stage) -> T) -> T {
        look(&self.stage.borrow())
    }

    pub fn bring_back(self: &Rc<Self>) {
        self.stage.borrow_mut().bring_back();
        self.changed();
    }

    /// The session as a scenario that replays it.
    pub fn session_log(&self) -> String {
        scenario::session_log(self.stage.borrow().world())
    }
}
