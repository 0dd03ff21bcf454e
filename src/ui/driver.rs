//! The driver: it asks the stage to catch up with every animation frame, paints what moves, and
//! tells the components when something happened.
//!
//! No frame is requested while nothing moves. The virtual DOM runs when something happened, never
//! because a frame went by.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::render::{AnimationFrame, request_animation_frame};
use yew::{Callback, NodeRef};

use super::browser;
use super::loader::Loader;
use super::pace::Speed;
use super::ring::MessagePainter;
use super::snapshots::{SnapshotEntry, SnapshotStore};
use super::stage::{Act, Stage};
use super::view::View;
use super::{panic, timeline};
use crate::base::{Error, NodeId, RequestId, Result};
use crate::scenario;
use crate::sim::World;

/// The engine's share of one frame, in milliseconds.
const SLICE_MS: f64 = 6.0;
/// No more real time than this passes in one frame, however long the tab slept.
const LONGEST_FRAME_MS: f64 = 60.0;
/// How often the components are told while much happens at once, in milliseconds.
const TELL_EVERY_MS: f64 = 150.0;
/// How long each happening stays on screen under reduced motion, in milliseconds.
const HOP_MS: f64 = 700.0;

const SAMPLE: &str = "data/airports.json";

/// Everything that the page's components share.
pub struct Driver {
    stage: RefCell<Stage>,
    store: RefCell<Box<dyn SnapshotStore>>,
    painter: RefCell<Option<MessagePainter>>,
    frame: RefCell<Option<AnimationFrame>>,
    last_frame_ms: Cell<Option<f64>>,
    told_ms: Cell<f64>,
    still_ms: Cell<f64>,
    sample: RefCell<Sample>,
    listener: RefCell<Option<Callback<Rc<View>>>>,
    /// Where messages are painted.
    pub canvas: NodeRef,
    /// Where virtual time is shown.
    pub clock: NodeRef,
    pub timeline: NodeRef,
}

/// How far the sample data is.
enum Sample {
    Wanted,
    Fetching,
    Here(String),
    Failed(String),
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
        Self {
            stage: RefCell::new(stage),
            store: RefCell::new(browser::snapshot_store()),
            painter: RefCell::new(None),
            frame: RefCell::new(None),
            last_frame_ms: Cell::new(None),
            told_ms: Cell::new(0.0),
            still_ms: Cell::new(0.0),
            sample: RefCell::new(Sample::Wanted),
            listener: RefCell::new(None),
            canvas: NodeRef::default(),
            clock: NodeRef::default(),
            timeline: NodeRef::default(),
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
        self.paint();
    }

    /// What the components show now.
    pub fn view(&self) -> Rc<View> {
        let problem = match &*self.sample.borrow() {
            Sample::Failed(problem) => Some(problem.clone()),
            _ => None,
        };
        Rc::new(View::of(&self.stage.borrow(), &**self.store.borrow(), problem))
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
            Err(error) => Err(error),
        };
        if fresh {
            self.load_sample();
        }
        self.changed();
        done
    }

    /// Something changed outside of a frame.
    fn changed(self: &Rc<Self>) {
        panic::mirror(&self.stage.borrow());
        self.tell();
        self.go_on();
    }

    fn tell(self: &Rc<Self>) {
        self.told_ms.set(browser::clock_ms());
        let listener = self.listener.borrow().clone();
        if let Some(listener) = listener {
            listener.emit(self.view());
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
        let rests = !self.stage.borrow().moves();
        if rests {
            self.last_frame_ms.set(None);
        }
        let due = browser::clock_ms() - self.told_ms.get() >= TELL_EVERY_MS;
        if rests || (happened && (due || !self.is_busy())) {
            panic::mirror(&self.stage.borrow());
            self.tell();
        } else {
            self.paint();
        }
        self.begin_loading_after_first_motion();
        self.go_on();
    }

    fn pass_time(&self, elapsed_ms: f64) -> bool {
        let mut stage = self.stage.borrow_mut();
        let loads = stage.loader.as_ref().is_some_and(|loader| !loader.is_over());
        let reduced = browser::matches_media("(prefers-reduced-motion: reduce)");
        if reduced && !loads && stage.pace.speed != Speed::Max {
            self.still_ms.set(self.still_ms.get() + elapsed_ms * stage.pace.speed.factor());
            if self.still_ms.get() < HOP_MS {
                return false;
            }
            self.still_ms.set(0.0);
            return stage.hop();
        }
        let began_ms = browser::clock_ms();
        stage.frame(elapsed_ms, &mut || browser::clock_ms() - began_ms < SLICE_MS)
    }

    /// Whether more happens per frame than a person could read.
    fn is_busy(&self) -> bool {
        let stage = self.stage.borrow();
        stage.pace.speed == Speed::Max
            || stage.loader.as_ref().is_some_and(|loader| !loader.is_over())
    }

    /// Puts everything that moves where it is now.
    pub fn paint(&self) {
        let stage = self.stage.borrow();
        let now_us = stage.cursor_us();
        if let Some(painter) = self.painter.borrow_mut().as_mut() {
            let world = stage.world();
            let nodes = usize::from(world.config().nodes);
            let highlighted = stage.story().map(|story| story.request);
            painter.paint(&mut world.flights(), now_us, nodes, highlighted);
        }
        timeline::place_cursor(&self.timeline, now_us);
        if let Some(clock) = self.clock.cast::<web_sys::Element>() {
            clock.set_text_content(Some(&super::view::time_text(now_us)));
        }
    }

    pub fn set_playing(self: &Rc<Self>, playing: bool) {
        self.stage.borrow_mut().playing = playing;
        self.changed();
    }

    pub fn set_speed(self: &Rc<Self>, speed: Speed) {
        self.stage.borrow_mut().pace.speed = speed;
        self.changed();
    }

    pub fn step(self: &Rc<Self>) {
        self.stage.borrow_mut().step();
        self.changed();
    }

    pub fn select(self: &Rc<Self>, node: Option<NodeId>) {
        self.stage.borrow_mut().selected = node;
        self.changed();
    }

    pub fn focus_request(self: &Rc<Self>, request: RequestId) {
        self.stage.borrow_mut().focus_request(request);
        self.changed();
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

/// Sample data.
impl Driver {
    fn begin_loading_after_first_motion(self: &Rc<Self>) {
        let first_is_over = self.stage.borrow().story().is_none_or(|story| story.is_over());
        if first_is_over && matches!(*self.sample.borrow(), Sample::Wanted) {
            self.load_sample();
        }
    }

    /// Loads the airports, and fetches them first if they are not here.
    pub fn load_sample(self: &Rc<Self>) {
        let here = match &*self.sample.borrow() {
            Sample::Here(text) => Some(text.clone()),
            Sample::Fetching => return,
            Sample::Wanted | Sample::Failed(_) => None,
        };
        if let Some(text) = here {
            self.begin_loading(&text);
            return;
        }
        *self.sample.borrow_mut() = Sample::Fetching;
        let driver = Rc::clone(self);
        wasm_bindgen_futures::spawn_local(async move {
            match browser::fetch_text(SAMPLE).await {
                Ok(text) => {
                    driver.begin_loading(&text);
                    *driver.sample.borrow_mut() = Sample::Here(text);
                }
                Err(error) => *driver.sample.borrow_mut() = Sample::Failed(error.message),
            }
            driver.changed();
        });
    }

    fn begin_loading(self: &Rc<Self>, text: &str) {
        match Loader::parse(text) {
            Ok(loader) => {
                let mut stage = self.stage.borrow_mut();
                stage.loader = Some(loader);
                stage.playing = true;
            }
            Err(error) => *self.sample.borrow_mut() = Sample::Failed(error.message),
        }
        self.go_on();
    }

    pub fn stop_loading(self: &Rc<Self>) {
        if let Some(loader) = &mut self.stage.borrow_mut().loader {
            loader.give_up();
        }
        self.changed();
    }
}

/// Snapshots.
impl Driver {
    /// Takes a snapshot and keeps it.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn take_snapshot(self: &Rc<Self>, name: &str) -> Result<SnapshotEntry> {
        let (bytes, summary) = {
            let stage = self.stage.borrow();
            (stage.world().snapshot(), stage.world().summary())
        };
        let entry = self.entry(name, &bytes, summary);
        self.store.borrow_mut().put(entry.clone(), &bytes)?;
        self.changed();
        Ok(entry)
    }

    fn entry(&self, name: &str, bytes: &[u8], summary: crate::sim::Summary) -> SnapshotEntry {
        let taken_ms = js_sys::Date::now() as u64;
        let count = self.store.borrow().list().len();
        let name = match name.trim() {
            "" => format!("Snapshot {} at {}", count + 1, summary.at),
            name => name.to_owned(),
        };
        let id = format!("{taken_ms}-{}", summary.state_digest.short());
        SnapshotEntry { id, name, taken_ms, bytes: bytes.len(), summary }
    }

    /// Puts a kept snapshot on the stage.
    ///
    /// # Errors
    /// If it is gone, damaged, or not what its entry says.
    pub fn restore_snapshot(self: &Rc<Self>, entry: &SnapshotEntry) -> Result<()> {
        let bytes = self.store.borrow().get(&entry.id)?;
        let world = World::restore(&bytes)?;
        if world.state_digest() != entry.summary.state_digest {
            return Err(Error::damaged(
                "this snapshot does not restore to the state that it was taken of: nothing was \
                 changed",
            ));
        }
        self.stage.borrow_mut().replace(world);
        self.changed();
        Ok(())
    }

    fn restore_by_name(self: &Rc<Self>, name: &str) -> Result<()> {
        let entries = self.store.borrow().list();
        let entry = entries.iter().find(|entry| entry.name == name).ok_or_else(|| {
            Error::not_found(format!("there is no snapshot {name:?} in the list of snapshots"))
        })?;
        self.restore_snapshot(entry)
    }

    /// # Errors
    /// If the storage refuses.
    pub fn rename_snapshot(self: &Rc<Self>, id: &str, name: &str) -> Result<()> {
        if name.trim().is_empty() {
            return Err(Error::invalid("a snapshot needs a name"));
        }
        self.store.borrow_mut().rename(id, name.trim())?;
        self.changed();
        Ok(())
    }

    /// # Errors
    /// If the storage refuses.
    pub fn delete_snapshot(self: &Rc<Self>, id: &str) -> Result<()> {
        self.store.borrow_mut().delete(id)?;
        self.changed();
        Ok(())
    }

    /// Saves a kept snapshot as a file.
    ///
    /// # Errors
    /// If it is gone, or the browser refuses.
    pub fn export_snapshot(&self, entry: &SnapshotEntry) -> Result<()> {
        let bytes = self.store.borrow().get(&entry.id)?;
        let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let name: String = entry.name.chars().map(plain).collect();
        browser::save_file(&format!("{name}.ringscope"), &bytes)
    }

    /// Keeps a snapshot that came from a file.
    ///
    /// # Errors
    /// If it is none, damaged, or there is no room.
    pub fn import_snapshot(self: &Rc<Self>, name: &str, bytes: &[u8]) -> Result<()> {
        let world = World::restore(bytes)?;
        let entry = self.entry(name.trim_end_matches(".ringscope"), bytes, world.summary());
        self.store.borrow_mut().put(entry, bytes)?;
        self.changed();
        Ok(())
    }
}
