//! The stage: the world on this page, the cursor in virtual time, and what the reader looks at.
//!
//! The cursor moves with the animation frames; the world is asked to catch up with it. Everything
//! that a panel does is a line of the scenario language given to [`Stage::act`], so that every action
//! has its command. No browser here: frames come in as elapsed milliseconds, time slices as a
//! question whether there is time left.

mod telling;

use std::rc::Rc;

use super::loader::Loader;
use super::motion::{Motion, Strays};
use super::pace::{Pace, Speed};
use super::scene::{Focus, Scene};
use super::selection::Selection;
use super::story::Story;
use super::transcript::Transcript;
use super::trouble::Trouble;
use crate::base::{ClientId, Error, EventSeq, RequestId, Result, VirtualTime};
use crate::node::MessageKind;
use crate::scenario::{self, Line};
use crate::sim::{Command, Event, RunStep, World};
use crate::storage::ItemKey;
use crate::travel::Events;

/// Stories kept of requests that are over.
const STORIES_KEPT: usize = 50;
/// One step passes over so many happenings at most that leave no event worth a step.
const STEPS_AT_ONCE: u32 = 100_000;

/// The world on this page, and how it is looked at.
pub struct Stage {
    world: World,
    /// The world that a new cluster or a restored snapshot replaced.
    replaced: Option<World>,
    /// Counts the worlds on this page.
    cluster: u64,
    /// Where virtual time stands, in microseconds: at or after the world's instant.
    cursor_us: f64,
    pub playing: bool,
    pub pace: Pace,
    told: EventSeq,
    /// In the order of their requests' numbers.
    stories: Vec<Story>,
    /// Requests that were just made by lines, and so begin a story; the loader's have none.
    asked: Vec<RequestId>,
    story: Option<RequestId>,
    key: Option<ItemKey>,
    /// What the reader looks into: [`Stage::select`].
    selected: Option<Selection>,
    pub transcript: Transcript,
    pub loader: Option<Loader>,
    announcement: String,
    /// Messages that are lost on their way, or that do not go straight on.
    strays: Strays,
    /// Whether gossip is drawn.
    pub shows_gossip: bool,
}

/// What a line did, beyond what the world's events tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    Done,
    /// The reader asks for a snapshot with this name.
    TakeSnapshot(String),
    /// The reader asks for the snapshot with this name.
    RestoreSnapshot(String),
}

impl Stage {
    pub fn new(world: World) -> Self {
        let mut stage = Self {
            pace: Pace::new(world.network()),
            world,
            replaced: None,
            cluster: 0,
            cursor_us: 0.0,
            playing: true,
            told: EventSeq(0),
            stories: Vec::new(),
            asked: Vec::new(),
            story: None,
            key: None,
            selected: None,
            transcript: Transcript::default(),
            loader: None,
            announcement: String::new(),
            strays: Strays::default(),
            shows_gossip: false,
        };
        stage.catch_up_with_events();
        stage
    }

    pub fn world(&self) -> &World {
        &self.world
    }

    /// Where virtual time stands, in microseconds.
    pub fn cursor_us(&self) -> f64 {
        self.cursor_us
    }

    /// What was last worth saying aloud.
    pub fn announcement(&self) -> &str {
        &self.announcement
    }

    /// What is drawn between nodes: messages under way, and lost ones, which end half way. Gossip
    /// only where it is asked for.
    pub fn flights(&self) -> impl Iterator<Item = Motion> {
        let under_way = self.world.flights().map(|flight| self.strays.motion(flight));
        let is_still = self.rests() && self.playing;
        let now = VirtualTime(self.cursor_us as u64);
        let lost = self.strays.lost();
        under_way
            .chain(lost.filter(move |lost| !is_still && lost.flight.arrives_at >= now))
            .filter(|one| self.shows_gossip || one.flight.kind != MessageKind::Gossip)
    }

    /// The request in focus.
    pub fn story(&self) -> Option<&Story> {
        self.stories.get(self.place_of(self.story?)?)
    }

    /// Stories of this reader's requests, newest first.
    pub fn stories(&self) -> impl Iterator<Item = &Story> {
        self.stories.iter().rev()
    }

    fn place_of(&self, request: RequestId) -> Option<usize> {
        self.stories.binary_search_by_key(&request, |story| story.request).ok()
    }

    /// Looks into something, or no longer into anything. A request and an item come into focus on
    /// the picture too.
    pub fn select(&mut self, selected: Option<Selection>) {
        match &selected {
            Some(Selection::Request(request)) => {
                if let Some(at) = self.place_of(*request) {
                    self.story = Some(*request);
                    self.key = Some(self.stories[at].wanted.key.clone());
                }
            }
            Some(Selection::Item(key)) => self.key = Some(key.clone()),
            _ => {}
        }
        self.selected = selected;
    }

    /// What the reader looks into.
    pub fn selected(&self) -> Option<&Selection> {
        self.selected.as_ref()
    }

    /// What of the trace can be shown without computing it anew.
    pub fn events(&self) -> Events<'_> {
        Events::of([self.world.trace().events()])
    }

    /// Carries out a line, and writes it down with what came of it.
    ///
    /// # Errors
    /// If the line makes no sense now. Then nothing has changed but the transcript.
    pub fn act(&mut self, text: &str) -> Result<Act> {
        let done = scenario::parse(text).and_then(|(line, client)| self.carry_out(&line, client));
        let done = match done {
            Ok((act, output, request)) => {
                self.transcript.enter(text, output, request);
                Ok(act)
            }
            Err(error) => {
                self.transcript.refuse(text, &error);
                Err(error)
            }
        };
        self.catch_up_with_events();
        done
    }

    fn carry_out(
        &mut self,
        line: &Line,
        client: ClientId,
    ) -> Result<(Act, String, Option<RequestId>)> {
        if let Some(config) = scenario::cluster_config(line) {
            let world = World::new(config)?;
            self.replace(world);
            return Ok((Act::Done, String::new(), None));
        }
        let (mut output, mut request) = (String::new(), None);
        match line {
            Line::Snapshot(name) => return Ok((Act::TakeSnapshot(name.clone()), output, None)),
            Line::Restore(name) => return Ok((Act::RestoreSnapshot(name.clone()), output, None)),
            Line::Trace(_) => return Err(Error::refused("this page always keeps the trace")),
            Line::Run { .. } | Line::Step(_) => self.let_time_pass(line)?,
            Line::Replicas { table, key } | Line::Locate { table, key } => {
                self.key = Some(scenario::item_key(&self.world, table, key)?);
                output = scenario::report(&self.world, line)?.unwrap_or_default();
            }
            _ => match scenario::report(&self.world, line)? {
                Some(report) => output = report,
                None => {
                    for command in scenario::commands(&self.world, line, client)? {
                        request = self.apply(command)?.or(request);
                    }
                }
            },
        }
        Ok((Act::Done, output, request))
    }

    fn apply(&mut self, command: Command) -> Result<Option<RequestId>> {
        let key = match &command {
            Command::Request(wanted) => Some(wanted.key.clone()),
            _ => None,
        };
        let began = self.world.apply(command)?;
        if let Some(request) = began {
            self.asked.push(request);
            self.story = Some(request);
            self.key = key;
        }
        self.pace.set_network(self.world.network());
        Ok(began)
    }

    fn let_time_pass(&mut self, line: &Line) -> Result<()> {
        scenario::let_time_pass(&mut self.world, line)?;
        self.cursor_us = self.world.now().0 as f64;
        Ok(())
    }

    /// Puts another world on the stage; [`Stage::bring_back`] undoes it once.
    pub fn replace(&mut self, world: World) {
        let before = std::mem::replace(&mut self.world, world);
        self.replaced = Some(before);
        self.begin_anew();
    }

    /// Whether there is a replaced world to bring back.
    pub fn can_bring_back(&self) -> bool {
        self.replaced.is_some()
    }

    /// Puts the world back that was replaced last.
    pub fn bring_back(&mut self) {
        if let Some(world) = self.replaced.take() {
            let before = std::mem::replace(&mut self.world, world);
            self.replaced = Some(before);
            self.begin_anew();
        }
    }

    fn begin_anew(&mut self) {
        self.cluster += 1;
        self.cursor_us = self.world.now().0 as f64;
        self.pace.set_network(self.world.network());
        self.stories.clear();
        self.asked.clear();
        self.story = None;
        self.key = None;
        self.selected = None;
        self.loader = None;
        self.strays = Strays::default();
        self.told = self.world.trace().end();
    }

    /// Lets the next thing happen that leaves an event other than gossip, then waits.
    pub fn step(&mut self) {
        self.playing = false;
        let seen = self.world.trace().end();
        let is_gossip = |event: &Event| event.kind.message_kind() == Some(MessageKind::Gossip);
        let happened = |world: &World| !world.trace().since(seen).iter().all(is_gossip);
        for _ in 0..STEPS_AT_ONCE {
            if !self.world.step() || happened(&self.world) {
                break;
            }
        }
        self.cursor_us = self.world.now().0 as f64;
        self.catch_up_with_events();
    }

    /// Whether the next frame would show something else than this one.
    pub fn moves(&self) -> bool {
        let loads = self.loader.as_ref().is_some_and(|loader| !loader.is_over());
        self.playing && (!self.rests() || loads)
    }

    /// Whether nothing is left for which somebody waits: work in the background, which never ends,
    /// and scheduled commands, which may lie far ahead, while no request is open.
    fn rests(&self) -> bool {
        let waits = || {
            self.world.outstanding_count() > 0 || self.stories.iter().any(|story| !story.is_over())
        };
        self.world.is_idle()
            || (self.world.next_motion_at().is_none()
                && !waits()
                && !self.world.scheduled().is_empty())
    }

    /// Lets time pass for one frame of `elapsed_ms`. True if something happened.
    ///
    /// `time_left` is asked now and then, and bounds the work of one frame.
    pub fn frame(&mut self, elapsed_ms: f64, time_left: &mut dyn FnMut() -> bool) -> bool {
        if !self.playing {
            return false;
        }
        let waits = self.stories.iter().any(|story| !story.is_over());
        // What a paused node keeps waiting comes to no end by itself.
        let reader_waits = waits && !self.rests();
        match &mut self.loader {
            Some(loader) if !loader.is_over() && !reader_waits => {
                loader.pump(&mut self.world, time_left);
                self.cursor_us = self.world.now().0 as f64;
            }
            _ => self.advance(elapsed_ms, time_left),
        }
        self.catch_up_with_events()
    }

    fn advance(&mut self, elapsed_ms: f64, time_left: &mut dyn FnMut() -> bool) {
        if self.rests() {
            return;
        }
        if self.pace.speed == Speed::Max {
            let mut steps = || (0..64).all(|_| !self.rests() && self.world.step());
            while time_left() && steps() {}
            self.cursor_us = self.world.now().0 as f64;
            return;
        }
        if self.world.next_motion_at().is_none() {
            self.skip_silence(time_left);
        } else {
            self.cursor_us += self.pace.virtual_us(elapsed_ms);
        }
        self.world.run_until(VirtualTime(self.cursor_us as u64));
    }

    /// Nothing is under way that somebody waits for, but a deadline or a scheduled command is to
    /// come: goes there at once.
    fn skip_silence(&mut self, time_left: &mut dyn FnMut() -> bool) {
        let is_silent = |world: &World| !world.is_idle() && world.next_motion_at().is_none();
        while is_silent(&self.world) && time_left() && self.world.step() {}
        self.cursor_us = self.cursor_us.max(self.world.now().0 as f64);
    }

    /// Jumps to the next happening: what reduced motion shows instead of flights.
    pub fn hop(&mut self, time_left: &mut dyn FnMut() -> bool) -> bool {
        if !self.playing || self.rests() {
            return false;
        }
        match self.world.next_motion_at() {
            Some(at) => self.cursor_us = self.cursor_us.max(at.0 as f64),
            None => self.skip_silence(time_left),
        }
        self.world.run_until(VirtualTime(self.cursor_us as u64));
        self.catch_up_with_events()
    }

    /// What is drawn until the next event.
    pub fn scene(&self) -> Scene {
        let focus = self.key.as_ref().map(|key| Focus {
            key: key.clone(),
            walk: self.world.walk(key),
            replicas: self.world.replicas(key),
        });
        Scene {
            cluster: self.cluster,
            lists: self.world.shared_preference_lists(),
            nodes: self.world.node_statuses(),
            trouble: Trouble::of(&self.world),
            focus,
            story: self.story().cloned().map(Rc::new),
            selected: self.selected.clone(),
        }
    }

    /// The commands of the run from number `from` on, for a copy that outlives a panic.
    pub fn run_since(&self, from: usize) -> &[RunStep] {
        self.world.run().get(from..).unwrap_or(&[])
    }

    pub fn cluster(&self) -> u64 {
        self.cluster
    }
}

#[cfg(test)]
mod tests;
