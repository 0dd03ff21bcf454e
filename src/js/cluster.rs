//! A cluster that is spoken to in requests and in lines, and whose time is in its user's hands.

use crate::api::{ApiError, Call, Output, Stage, awaits_any, exchange};
use crate::base::{ClientId, Duration, Error, EventSeq, RequestId, Result, VirtualTime};
use crate::node::Answer;
use crate::scenario::{Line, Session, cluster_config, parse};
use crate::sim::{ClusterConfig, Command, Event, EventKind, Limits, TraceMode, World};
use crate::travel::{History, Keep};

/// After so many happenings events are looked at, before those that nobody keeps add up.
const SLICE: u32 = 4_096;

/// Whose requests these are.
const CLIENT: ClientId = ClientId(0);

/// A cluster, with a record of its run or without.
pub struct Cluster {
    /// What lines are spoken to. It has the world of a cluster that keeps a record.
    session: Session,
    /// The world of a cluster that keeps none.
    bare: Option<World>,
    /// What has happened since somebody listens, and was not told yet.
    news: Option<Vec<Event>>,
    /// Memory for events.
    taken: Vec<Event>,
}

impl Cluster {
    /// A fresh cluster.
    ///
    /// # Errors
    /// If the configuration cannot work.
    pub fn new(config: ClusterConfig, record: bool) -> Result<Self> {
        let (session, taken) = (Session::keeping(Keep::PAGE), Vec::new());
        let mut cluster = Self { session, bare: None, news: None, taken };
        match record {
            true => cluster.session.begin(World::new(config)?),
            false => cluster.bare = Some(World::with_trace(config, TraceMode::Answers)?),
        }
        Ok(cluster)
    }

    fn world(&self) -> &World {
        let world = self.bare.as_ref().or_else(|| self.session.world());
        world.expect("a cluster always has a world")
    }

    pub fn now(&self) -> VirtualTime {
        self.world().now()
    }

    /// Sends requests that enter at this instant, in this order, and lets time pass until each has
    /// its response.
    pub fn send(
        &mut self,
        requests: impl IntoIterator<Item = impl FnOnce(&World) -> std::result::Result<Call, ApiError>>,
    ) -> Vec<std::result::Result<Output, ApiError>> {
        let mut scene = self.scene();
        if let Ground::Recorded(history) = &mut scene.ground {
            history.begin_line();
        }
        exchange(&mut scene, CLIENT, requests)
    }

    /// Lets time pass.
    ///
    /// # Errors
    /// If that would be beyond the end of virtual time. Then none has passed.
    pub fn advance(&mut self, span: Duration) -> Result<()> {
        let end = Limits::END.since(self.now());
        if span > end {
            return Err(Error::refused(format!("virtual time ends at {}", Limits::END)));
        }
        let instant = self.now() + span;
        let mut scene = self.scene();
        scene.flow(|ground| ground.next_at().is_some_and(|at| at <= instant), &mut |_| {});
        match scene.ground {
            Ground::Recorded(history) => history.run_until(instant),
            Ground::Bare(world, _) => world.run_until(instant),
        }
        Ok(())
    }

    /// Carries out lines of the scenario language, and returns what they show. Empty lines and
    /// comments mean nothing.
    ///
    /// # Errors
    /// If one makes no sense. Those before it were carried out.
    pub fn command(&mut self, text: &str) -> Result<String> {
        let is_comment = |line: &str| {
            line.is_empty() || line == "---" || line.starts_with('#') || line.starts_with("//")
        };
        let lines: Vec<(usize, &str)> =
            (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !is_comment(line)).collect();
        let mut shown = String::new();
        for (number, line) in &lines {
            let carried_out = parse(line).and_then(|(line, client)| self.execute(&line, client));
            shown += &carried_out.map_err(|error| match lines.len() {
                1 => error,
                _ => Error { message: format!("line {number}: {}", error.message), ..error },
            })?;
        }
        Ok(shown)
    }

    fn execute(&mut self, line: &Line, client: ClientId) -> Result<String> {
        // A session needs a record: one that begins here, and ends with the line.
        let is_bare = self.bare.is_some();
        if let Some(mut world) = self.bare.take() {
            world.trace_from_here(TraceMode::Full);
            self.session.begin(world);
        }
        let begins_anew = cluster_config(line).is_some();
        let from = if begins_anew { EventSeq(0) } else { self.world().trace().end() };
        let carried_out = self.session.execute(line, client);
        if let Some((news, history)) = self.news.as_mut().zip(self.session.history())
            && carried_out.is_ok()
            && !jumps(line)
        {
            let end = history.moment().events;
            let new = history.events().since(from).take_while(|event| event.seq < end);
            news.extend(new.cloned());
        }
        if is_bare {
            self.bare = self.session.end();
            self.watch();
        }
        carried_out
    }

    /// The whole world in bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        self.world().snapshot()
    }

    /// Goes on as the world that a snapshot was taken of. What was before is forgotten, with its
    /// record. Returns what people should know, if that is its data alone.
    ///
    /// # Errors
    /// If the bytes are no snapshot, or a damaged one. Then nothing has changed.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<Option<String>> {
        let opened = World::open(bytes)?;
        let (notice, world) = (opened.notice(), opened.world);
        match &mut self.bare {
            Some(bare) => {
                *bare = world;
                self.watch();
            }
            None => {
                self.session.end();
                self.session.begin(world);
            }
        }
        Ok(notice)
    }

    /// From now on events are kept until they are asked for, or no longer.
    pub fn listen(&mut self, listens: bool) {
        self.news = match listens {
            true => Some(self.news.take().unwrap_or_default()),
            false => None,
        };
        self.watch();
    }

    /// A world without a record makes no more events than somebody wants.
    fn watch(&mut self) {
        let mode = if self.news.is_some() { TraceMode::Watched } else { TraceMode::Answers };
        self.bare.iter_mut().for_each(|world| world.trace_from_here(mode));
    }

    /// What has happened since this was asked the last time, if somebody listens.
    pub fn news(&mut self) -> Vec<Event> {
        self.news.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn scene(&mut self) -> Scene<'_> {
        let ground = match &mut self.bare {
            Some(world) => Ground::Bare(world, &mut self.taken),
            None => {
                let history = self.session.history_mut();
                Ground::Recorded(history.expect("a cluster always has a world"))
            }
        };
        Scene { ground, news: self.news.as_mut(), early: Vec::new() }
    }
}

/// Whether a line goes elsewhere in the run, which is no news.
fn jumps(line: &Line) -> bool {
    matches!(
        line,
        Line::Back(_)
            | Line::Forward(_)
            | Line::Goto { .. }
            | Line::Undo
            | Line::Branch { .. }
            | Line::Discard(_)
            | Line::Restore { .. }
    )
}

/// The world, where things happen.
enum Ground<'a> {
    Recorded(&'a mut History),
    /// With memory for its events.
    Bare(&'a mut World, &'a mut Vec<Event>),
}

impl Ground<'_> {
    fn world(&self) -> &World {
        match self {
            Ground::Recorded(history) => history.world(),
            Ground::Bare(world, _) => world,
        }
    }

    fn next_at(&self) -> Option<VirtualTime> {
        match self {
            Ground::Recorded(history) => history.next_at(),
            Ground::Bare(world, _) => world.next_at(),
        }
    }

    fn step(&mut self) -> bool {
        match self {
            Ground::Recorded(history) => history.step(),
            Ground::Bare(world, _) => world.step(),
        }
    }

    /// Looks at what has happened since `from`.
    fn look(&mut self, from: EventSeq, see: &mut dyn FnMut(&Event)) {
        match self {
            Ground::Recorded(history) => {
                let end = history.moment().events;
                let events = history.events();
                events.since(from).take_while(|event| event.seq < end).for_each(see);
            }
            Ground::Bare(world, taken) => {
                **taken = world.take_events(std::mem::take(*taken));
                taken.iter().for_each(see);
            }
        }
    }
}

/// The world, and who listens.
struct Scene<'a> {
    ground: Ground<'a>,
    news: Option<&'a mut Vec<Event>>,
    /// Answers to what could be done at once: a backup is there already when it is restored.
    early: Vec<(RequestId, Answer)>,
}

impl Scene<'_> {
    /// Lets things happen as long as there is a reason, and hands the events on.
    fn flow(&mut self, mut goes_on: impl FnMut(&Ground<'_>) -> bool, take: &mut dyn FnMut(&Event)) {
        let mut seen = self.ground.world().trace().end();
        let mut left = SLICE;
        while goes_on(&self.ground) && self.ground.step() {
            left -= 1;
            if left == 0 {
                left = SLICE;
                self.tell(seen, take);
                seen = self.ground.world().trace().end();
            }
        }
        self.tell(seen, take);
    }

    fn tell(&mut self, from: EventSeq, take: &mut dyn FnMut(&Event)) {
        let news = &mut self.news;
        self.ground.look(from, &mut |event| {
            take(event);
            if let Some(news) = news {
                news.push(event.clone());
            }
        });
    }
}

impl Stage for Scene<'_> {
    fn world(&self) -> &World {
        self.ground.world()
    }

    fn apply(&mut self, command: Command) -> Result<Option<RequestId>> {
        let from = self.ground.world().trace().end();
        let began = match &mut self.ground {
            Ground::Recorded(history) => history.apply(command)?,
            Ground::Bare(world, _) => world.apply(command)?,
        };
        let mut early = std::mem::take(&mut self.early);
        self.tell(from, &mut |event| {
            if let EventKind::Answered { request, answer, .. } = &event.kind {
                early.push((*request, answer.clone()));
            }
        });
        self.early = early;
        Ok(began)
    }

    fn await_answers(&mut self, requests: &[RequestId], take: &mut dyn FnMut(usize, &Answer)) {
        for (request, answer) in self.early.drain(..) {
            if let Ok(at) = requests.binary_search(&request) {
                take(at, &answer);
            }
        }
        let mut done = 0;
        self.flow(|ground| awaits_any(ground.world(), requests, &mut done), &mut |event| {
            if let EventKind::Answered { request, answer, .. } = &event.kind
                && let Ok(at) = requests.binary_search(request)
            {
                take(at, answer);
            }
        });
    }
}
