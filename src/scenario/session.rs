//! A world that is spoken to in lines: what runs scenario files.

use std::error::Error as StdError;

use super::pages::results;
use super::schedule::{Passing, Scheduling, scheduled_name};
use super::{Line, call, cluster_config, commands, mistakes, parse, report, travel};
use crate::base::{ClientId, Duration, Error, EventSeq, RequestId, Result, SortedMap, VirtualTime};
use crate::node::Answer;
use crate::sim::{EventKind, Limits, World};
use crate::travel::{Events, History, Keep};

/// A history and what a scenario remembers beside it.
#[derive(Default)]
pub struct Session {
    history: Option<History>,
    snapshots: SortedMap<String, Kept>,
    schedule: Option<Passing>,
    /// The snapshots that the schedule took, oldest first.
    scheduled: Vec<String>,
    /// Events before this one were shown.
    shown: EventSeq,
    shows: Shows,
    keep: Option<Keep>,
}

/// A snapshot, and what is said about it.
struct Kept {
    at: VirtualTime,
    items: usize,
    bytes: Vec<u8>,
}

impl Kept {
    fn of(world: &World) -> Self {
        Self { at: world.now(), items: world.summary().items, bytes: world.snapshot() }
    }
}

/// Which events are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shows {
    Answers,
    /// All but routine.
    #[default]
    News,
    All,
}

impl Session {
    /// A session that keeps no more of its run than this; otherwise one keeps every event.
    pub fn keeping(keep: Keep) -> Self {
        Self { keep: Some(keep), ..Self::default() }
    }

    /// The world at the cursor, once there is one.
    pub fn world(&self) -> Option<&World> {
        self.history.as_ref().map(History::world)
    }

    /// The run and its branches, once there is a world.
    pub fn history(&self) -> Option<&History> {
        self.history.as_ref()
    }

    /// The same, to go somewhere.
    pub fn history_mut(&mut self) -> Option<&mut History> {
        self.history.as_mut()
    }

    /// Every event of the present branch.
    pub fn events(&self) -> Events<'_> {
        self.history.as_ref().map(History::events).unwrap_or_default()
    }

    /// Speaks to a world as it is from here on. What is to be shown of it begins now.
    pub fn begin(&mut self, world: World) {
        self.shown = world.trace().end();
        match &mut self.history {
            Some(history) => history.begin(world),
            None => {
                let keep = self.keep.unwrap_or(Keep::ALL_EVENTS);
                self.history = Some(History::new(world, keep));
            }
        }
    }

    /// Gives the world at the cursor back, and forgets the run. Snapshots are kept.
    pub fn end(&mut self) -> Option<World> {
        self.history.take().map(History::into_world)
    }

    /// Runs a whole scenario file, with or without expected output in it, and returns it with the
    /// output that it really has.
    ///
    /// # Errors
    /// If a line cannot be read, or fails without a `!` before it.
    pub fn run_script(&mut self, script: &str) -> Result<String> {
        goldenscript::generate(self, script)
            .map_err(|error| mistakes::unreadable_script(script, &error))
    }

    /// Carries out one line for a client and returns what there is to show.
    ///
    /// # Errors
    /// If the line makes no sense now. Then nothing has changed.
    pub fn execute(&mut self, line: &Line, client: ClientId) -> Result<String> {
        if let Some(config) = cluster_config(line) {
            self.begin(World::new(config)?);
            self.shown = EventSeq(0);
            return Ok(self.show_new_events());
        }
        match line {
            Line::Trace(mode) => return self.set_trace(mode),
            Line::Restore { name, table: None, at: None, .. } => return self.restore(name),
            _ => {}
        }
        let history = self.history.as_mut().ok_or_else(|| {
            Error::refused("there is no cluster yet: begin with a line such as: cluster nodes=5")
        })?;
        if let Some(told) = travel(history, line)? {
            self.shown = history.moment().events;
            return Ok(told);
        }
        if let Some(wanted) = Scheduling::of(line)? {
            return Ok(self.scheduling(wanted));
        }
        let mut found = String::new();
        match line {
            Line::Run { .. } | Line::Step(_) => self.pass_time(line)?,
            Line::Snapshot(name) => {
                self.snapshots.insert(name.clone(), Kept::of(history.world()));
                self.scheduled.retain(|scheduled| scheduled != name);
                return Ok(String::new());
            }
            Line::Call { operation, input } => {
                found = call::carry_out(history, (operation, input.as_deref()), client)?;
            }
            line => {
                if let Some(report) = report::report(history, line)? {
                    return Ok(report);
                }
                let commands = commands(history, line, client)?;
                history.begin_line();
                for command in commands {
                    let began = history.apply(command)?;
                    if let Some(request) = began.filter(|_| waits(line)) {
                        history.run_while(|world| world.awaits(request) || world.archives(request));
                        found = found_by(history, line, request)?;
                    }
                }
            }
        }
        self.take_if_due();
        Ok(self.show_new_events() + &found)
    }

    fn set_trace(&mut self, mode: &str) -> Result<String> {
        self.shows = match mode {
            "on" => Shows::News,
            "off" => Shows::Answers,
            "all" => Shows::All,
            _ => return Err(Error::invalid("the trace is on, off or all")),
        };
        Ok(String::new())
    }

    fn restore(&mut self, name: &str) -> Result<String> {
        let kept = self.snapshots.get(&name.to_owned()).ok_or_else(|| {
            Error::not_found(format!("there is no snapshot {name:?} in this scenario"))
        })?;
        self.begin(World::restore(&kept.bytes)?);
        Ok(String::new())
    }

    /// Sets or ends the schedule, or tells it and every snapshot that there is.
    fn scheduling(&mut self, wanted: Scheduling) -> String {
        let Some(history) = &self.history else { return String::new() };
        if let Scheduling::Set(schedule) = wanted {
            if schedule.is_none() {
                // What an ended schedule took stays.
                self.scheduled.clear();
            }
            self.schedule = schedule.map(|schedule| Passing::begin(schedule, history));
        }
        let mut told = match &self.schedule {
            Some(passing) => passing.schedule.words() + "\n",
            None => "no schedule\n".to_owned(),
        };
        if wanted == Scheduling::Ask {
            for (name, Kept { at, items, .. }) in self.snapshots.iter() {
                told += &format!("{name}: at {at}, {items} items\n");
            }
        }
        told
    }

    /// Lets a `run` or a `step` pass, and stops at instants of the schedule on its way.
    fn pass_time(&mut self, line: &Line) -> Result<()> {
        let Some(history) = &mut self.history else { return Ok(()) };
        let end = match *line {
            Line::Run { span: Some(span), until: None, after: None } => {
                history.world().now() + span
            }
            Line::Run { span: None, until: Some(until), after: None } => VirtualTime(until.0),
            _ => return let_time_pass(history, line),
        };
        let Some(passing) = self.schedule else { return let_time_pass(history, line) };
        check_time(history, line)?;
        let ahead: Vec<VirtualTime> = passing.ahead(history, end).collect();
        for due in ahead {
            if let Some(history) = &mut self.history {
                history.run_until(due);
            }
            self.take_if_due();
        }
        let rest = Line::Run { span: None, until: Some(Duration(end.0)), after: None };
        self.history.as_mut().map_or(Ok(()), |history| let_time_pass(history, &rest))
    }

    /// Takes a snapshot if the schedule wants one; the oldest of its own give way.
    fn take_if_due(&mut self) {
        let (Some(history), Some(passing)) = (&self.history, &mut self.schedule) else { return };
        let Some(due) = passing.due(history) else { return };
        let name =
            scheduled_name(due, history, |name| self.snapshots.contains_key(&name.to_owned()));
        self.snapshots.insert(name.clone(), Kept::of(history.world()));
        self.scheduled.push(name);
        let too_many = self.scheduled.len().saturating_sub(passing.schedule.keep.into());
        for name in self.scheduled.drain(..too_many) {
            self.snapshots.remove(&name);
        }
    }

    fn show_new_events(&mut self) -> String {
        let Some(history) = &self.history else { return String::new() };
        let end = history.moment().events;
        let from = std::mem::replace(&mut self.shown, end);
        let events = history.events();
        let new = events.since(from).take_while(|event| event.seq < end);
        match self.shows {
            Shows::News => report::lines(new.filter(|event| !event.kind.is_routine())),
            Shows::All => report::lines(new),
            // Those of workloads are too many, and the line `workloads` sums them up.
            Shows::Answers => report::lines(new.filter(|event| match event.kind {
                EventKind::Answered { client, .. } => {
                    client.workload().is_none() && client != ClientId::ARCHIVE
                }
                EventKind::Archived { .. } => true,
                _ => false,
            })),
        }
    }
}

fn waits(line: &Line) -> bool {
    match line {
        Line::Put { wait, .. }
        | Line::Get { wait, .. }
        | Line::Delete { wait, .. }
        | Line::Update { wait, .. }
        | Line::Query { wait, .. }
        | Line::Scan { wait, .. }
        | Line::Backup { wait, .. }
        | Line::Restore { wait, .. }
        | Line::Ask { wait, .. } => wait.unwrap_or(true),
        _ => false,
    }
}

/// The items that a `query` or a `scan` was answered with.
fn found_by(history: &History, line: &Line, request: RequestId) -> Result<String> {
    if !matches!(line, Line::Query { .. } | Line::Scan { .. }) {
        return Ok(String::new());
    }
    let (events, now) = (history.events(), history.moment().events);
    let mut happened = events.iter().rev().filter(|event| event.seq < now);
    let page = happened.find_map(|event| match &event.kind {
        EventKind::Answered { request: of, answer: Answer::Page(page), .. } if *of == request => {
            Some(page)
        }
        _ => None,
    });
    page.map_or(Ok(String::new()), |page| results(line, page))
}

/// Carries out a `run` or a `step`; other lines let no time pass.
///
/// # Errors
/// If the line asks for more than one end, or for one in the past.
pub fn let_time_pass(history: &mut History, line: &Line) -> Result<()> {
    check_time(history, line)?;
    let now = history.world().now();
    match *line {
        Line::Run { span: None, until: None, after: None } => {
            history.run_while(|world| !world.is_idle());
        }
        Line::Run { span: Some(span), until: None, after: None } => history.run_until(now + span),
        Line::Run { span: None, until: None, after: Some(end) } => {
            history.run_while(|world| world.trace().end() < EventSeq(end) && !world.is_idle());
        }
        Line::Run { span: None, until: Some(until), after: None } => {
            if until.0 < now.0 {
                return Err(Error::refused(format!(
                    "it is {now} already, later than {until}: to go back, say goto {until}"
                )));
            }
            history.run_until(VirtualTime(until.0));
        }
        Line::Run { .. } => {
            return Err(Error::invalid("run for a span, until an instant, or after an event"));
        }
        Line::Step(count) => {
            let _ = (0..count.unwrap_or(1)).all(|_| history.step());
        }
        _ => {}
    }
    Ok(())
}

/// Whether as much may happen as a line asks for.
fn check_time(history: &History, line: &Line) -> Result<()> {
    let now = history.world().now();
    if let Line::Run { span, until, .. } = line {
        let span_end = span.map(|span| now + span);
        let end = span_end.max(until.map(|until| VirtualTime(until.0)));
        if end > Some(Limits::END) {
            return Err(Error::refused(format!("virtual time ends at {}", Limits::END)));
        }
        // A run until nothing moves lasts until workloads end, if any do.
        let end = end.or(history.world().workloads_end());
        let most = Limits::BACKGROUND;
        let background = |end: VirtualTime| history.world().background_in(end.since(now));
        if end.is_some_and(|end| background(end) > most) {
            return Err(Error::refused(format!(
                "gossip, anti-entropy and workloads alone would make more than {most} things happen \
                 until then: let less time pass, or ask for less of them"
            )));
        }
    }
    if let Line::Step(Some(count)) = line
        && *count > Limits::BACKGROUND
    {
        let most = Limits::BACKGROUND;
        return Err(Error::refused(format!("step {count}? At most {most} things at a time")));
    }
    Ok(())
}

/// Lines are understood here and not by the crate, so that a `!` line can show what is said about
/// one that makes no sense, in the words that the page uses.
impl goldenscript::Runner for Session {
    type Command = goldenscript::Command;

    fn run(
        &mut self,
        command: &goldenscript::Command,
        context: &goldenscript::Context,
    ) -> std::result::Result<String, Box<dyn StdError>> {
        let client = parse::client_of(context.prefix.as_deref())?;
        Ok(self.execute(&parse::understand(command)?, client)?)
    }
}
