//! The stage: the world on this page, the cursor in virtual time, and what the reader looks at.
//!
//! The cursor moves with the animation frames; the world is asked to catch up with it. Everything
//! that a panel does is a line of the scenario language given to [`Stage::act`], so that every action
//! has its command. No browser here: frames come in as elapsed milliseconds, time slices as a
//! question whether there is time left.

mod calls;
mod elastic;
mod playing;
mod telling;
mod travel;

use std::rc::Rc;

use super::elastic::Elastic;
use super::loader::Loader;
use super::motion::{Motion, Strays};
use super::pace::Pace;
use super::recent::per_second;
use super::scene::{Focus, Scene, hints};
use super::seats::Seats;
use super::selection::Selection;
use super::story::Story;
use super::transcript::Transcript;
use super::trouble::Trouble;
use crate::balancer::Policy;
use crate::base::{ClientId, Error, EventSeq, RequestId, Result, VirtualTime};
use crate::node::{Action, MessageKind};
use crate::scenario::{self, Line, Schedule, Scheduling};
use crate::sim::{Command, RunStep, World};
use crate::storage::ItemKey;
use crate::travel::{BranchId, Comparison, Events, History, Keep};

/// Stories kept of requests that are over.
const STORIES_KEPT: usize = 50;

/// The world on this page, and how it is looked at.
pub struct Stage {
    history: History,
    /// The branch that a new cluster or a restored snapshot replaced.
    replaced: Option<BranchId>,
    /// Where virtual time stands, in microseconds: at or after the world's instant.
    cursor_us: f64,
    pub playing: bool,
    /// Going somewhere has stopped the play: the next command lets it go on.
    halted: bool,
    pub pace: Pace,
    told: EventSeq,
    /// In the order of their requests' numbers.
    stories: Vec<Story>,
    story: Option<RequestId>,
    key: Option<ItemKey>,
    /// What the reader looks into: [`Stage::select`].
    selected: Option<Selection>,
    pub transcript: Transcript,
    loader: Option<Loader>,
    /// The branch that the loader loads into, and its cluster.
    loads_into: (BranchId, u64),
    /// Up to where the events of each branch were told in the session.
    told_of: Vec<(BranchId, EventSeq)>,
    comparison: Option<Rc<Comparison>>,
    announcement: String,
    /// Messages that are lost on their way, or that do not go straight on.
    strays: Strays,
    /// What is remembered of changes of ownership.
    changes: elastic::Changes,
    /// Requests of DynamoDB's API that have no response yet.
    calls: Vec<calls::Sent>,
    /// The response to the request that is being sent, where it is known at once.
    known: Option<String>,
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
    /// The reader wants snapshots by a schedule, or none any more.
    Schedule(Option<Schedule>),
}

impl Stage {
    pub fn new(world: World) -> Self {
        let mut stage = Self {
            pace: Pace::new(world.network()),
            replaced: None,
            loads_into: (BranchId(0), 0),
            told_of: Vec::new(),
            history: History::new(world, Keep::PAGE),
            cursor_us: 0.0,
            playing: true,
            halted: false,
            told: EventSeq(0),
            stories: Vec::new(),
            story: None,
            key: None,
            selected: None,
            transcript: Transcript::default(),
            loader: None,
            comparison: None,
            announcement: String::new(),
            strays: Strays::default(),
            changes: elastic::Changes::default(),
            calls: Vec::new(),
            known: None,
            shows_gossip: false,
        };
        stage.catch_up_with_events();
        stage
    }

    /// The world at the cursor.
    pub fn world(&self) -> &World {
        self.history.world()
    }

    /// The run, its branches, and where in it the cursor is.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Where virtual time stands, in microseconds.
    pub fn cursor_us(&self) -> f64 {
        self.cursor_us
    }

    /// The two branches that were compared last.
    pub fn comparison(&self) -> Option<&Rc<Comparison>> {
        self.comparison.as_ref()
    }

    /// What was last worth saying aloud.
    pub fn announcement(&self) -> &str {
        &self.announcement
    }

    /// What is drawn between nodes: messages under way, and lost ones, which end half way. Gossip
    /// only where it is asked for.
    pub fn flights(&self) -> impl Iterator<Item = Motion> {
        let under_way = self.world().flights().map(|flight| self.strays.motion(flight));
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

    /// Brings an item into focus on the picture.
    pub fn focus(&mut self, key: ItemKey) {
        self.key = Some(key);
    }

    /// What the reader looks into.
    pub fn selected(&self) -> Option<&Selection> {
        self.selected.as_ref()
    }

    /// What of the trace can be shown without computing it anew.
    pub fn events(&self) -> Events<'_> {
        self.history.events()
    }

    /// Carries out a line, and writes it down with what came of it.
    ///
    /// # Errors
    /// If the line makes no sense now. Then nothing has changed but the transcript.
    pub fn act(&mut self, text: &str) -> Result<Act> {
        let done = scenario::parse(text).and_then(|(line, client)| self.carry_out(&line, client));
        let done = match done {
            Ok((act, output, request)) => {
                let number = self.transcript.next_number();
                self.transcript.enter(text, output, request, self.history.branch().id);
                if let Some(response) = self.known.take() {
                    self.transcript.respond(number, Ok(response));
                }
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

    /// The same, until the request that it makes is answered.
    ///
    /// # Errors
    /// As [`Stage::act`], and where a line of a file is nothing that a page does.
    pub fn act_and_wait(&mut self, text: &str) -> Result<()> {
        if text.starts_with("trace ") {
            return Ok(());
        }
        if let Some(refused) = text.strip_prefix('!') {
            return match self.act(refused.trim()) {
                Ok(_) => Err(Error::refused("the file says that this is refused, but it is not")),
                Err(_) => Ok(()),
            };
        }
        let count = self.history.world().outstanding_count();
        if self.act(text)? != Act::Done {
            return Err(Error::refused(
                "snapshots of a file are not kept here: leave the line out",
            ));
        }
        if !text.contains("wait=false") {
            self.history.run_while(|world| world.outstanding_count() > count);
            self.cursor_us = self.world().now().0 as f64;
            self.catch_up_with_events();
        }
        Ok(())
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
        match Scheduling::of(line)? {
            Some(Scheduling::Set(wanted)) => {
                let words = wanted.map_or("no schedule".to_owned(), |schedule| schedule.words());
                return Ok((Act::Schedule(wanted), words, None));
            }
            Some(Scheduling::Ask) => {
                return Err(Error::refused("the panel Snapshots lists those that this page keeps"));
            }
            None => {}
        }
        let (mut output, mut request) = (String::new(), None);
        match line {
            Line::Snapshot(name) => return Ok((Act::TakeSnapshot(name.clone()), output, None)),
            Line::Restore { name, table: None, at: None, .. } => {
                return Ok((Act::RestoreSnapshot(name.clone()), output, None));
            }
            Line::Trace(_) => return Err(Error::refused("this page always keeps the trace")),
            Line::Run { .. } | Line::Step(_) => self.let_time_pass(line)?,
            _ if let Some(told) = self.travel(line)? => output = told,
            Line::Call { operation, input } => {
                let input = input.as_deref().unwrap_or("{}");
                request = self.call(operation, input, client)?;
            }
            Line::Replicas { table, key } | Line::Locate { table, key } => {
                self.key = Some(scenario::item_key(self.world(), table, key)?);
                output = scenario::report(&self.history, line)?.unwrap_or_default();
            }
            _ => match scenario::report(&self.history, line)? {
                Some(report) => output = report,
                None => {
                    let commands = scenario::commands(&self.history, line, client)?;
                    self.history.begin_line();
                    for command in commands {
                        request = self.apply(command)?.or(request);
                    }
                }
            },
        }
        Ok((Act::Done, output, request))
    }

    fn apply(&mut self, command: Command) -> Result<Option<RequestId>> {
        // A scan is of no item.
        let key = match &command {
            Command::Request(wanted) => match &wanted.action {
                Action::Page(page) if page.is_scan() => None,
                _ => Some(wanted.key.clone()),
            },
            _ => None,
        };
        // What the archive asks the cluster is not the reader's own request.
        let is_own = !matches!(command, Command::Archive(_));
        self.foresee(&command);
        let branch = self.history.branch().id;
        let began = self.history.apply(command)?;
        let is_numbered =
            matches!(self.selected, Some(Selection::Request(_) | Selection::Message(_)));
        if is_numbered && self.history.branch().id != branch {
            // On another branch the number will be another's.
            self.selected = None;
        }
        self.playing |= std::mem::take(&mut self.halted);
        if let Some(request) = began.filter(|_| is_own) {
            self.story = Some(request);
            self.key = key;
        }
        self.pace.set_network(self.world().network());
        Ok(began)
    }

    fn let_time_pass(&mut self, line: &Line) -> Result<()> {
        scenario::let_time_pass(&mut self.history, line)?;
        self.cursor_us = self.world().now().0 as f64;
        Ok(())
    }

    /// Where nodes sit around the ring.
    pub fn seats(&self) -> Seats {
        Seats::of(self.world().standings())
    }

    /// What is drawn until the next event.
    pub fn scene(&self) -> Scene {
        let focus = self.key.as_ref().map(|key| Focus::of(self.world(), key));
        Scene {
            cluster: self.cluster(),
            lists: self.world().shared_preference_lists(),
            nodes: self.world().node_statuses(),
            trouble: Trouble::of(self.world()),
            hints: hints(self.world()),
            served: self.served(),
            weighs_bytes: self.world().config().modes.balancer == Policy::Storage,
            focus,
            story: self.story().cloned().map(Rc::new),
            selected: self.selected.clone(),
            elastic: Elastic::of(self.world()).map(Rc::new),
        }
    }

    /// What each node served a second of late, while a workload goes on.
    fn served(&self) -> Vec<u32> {
        let world = self.world();
        if !world.has_workload() {
            return Vec::new();
        }
        let (slot, span) = self.history.metrics().activity().of_late(world.now());
        let mut served = slot.served;
        // It is never empty while a workload goes on.
        served.resize(served.len().max(1), 0);
        served.iter_mut().for_each(|count| *count = per_second(*count, span).round() as u32);
        served
    }

    /// The commands of the present branch from number `from` on, for a copy that outlives a panic.
    pub fn run_since(&self, from: usize) -> &[RunStep] {
        self.history.branch().run().get(from..).unwrap_or(&[])
    }

    /// Tells the clusters on this page apart: fresh ones, and those from snapshots.
    pub fn cluster(&self) -> u64 {
        self.history.branch().root.0.into()
    }
}

#[cfg(test)]
mod tests;
