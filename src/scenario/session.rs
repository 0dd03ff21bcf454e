//! A world that is spoken to in lines: what runs scenario files.

use std::error::Error as StdError;

use super::{Line, cluster_config, commands, line, mistakes, report};
use crate::base::{ClientId, Error, EventSeq, Result, SortedMap, VirtualTime};
use crate::sim::{EventKind, Limits, World};

/// A world and what a scenario remembers beside it.
#[derive(Default)]
pub struct Session {
    world: Option<World>,
    snapshots: SortedMap<String, Vec<u8>>,
    /// Events before this one were shown.
    shown: EventSeq,
    shows: Shows,
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
    /// The world as it stands, once there is one.
    pub fn world(&self) -> Option<&World> {
        self.world.as_ref()
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
            self.world = Some(World::new(config)?);
            self.shown = EventSeq(0);
            return Ok(self.show_new_events());
        }
        match line {
            Line::Trace(mode) => return self.set_trace(mode),
            Line::Restore(name) => return self.restore(name),
            _ => {}
        }
        let world = self.world.as_mut().ok_or_else(|| {
            Error::refused("there is no cluster yet: begin with a line such as: cluster nodes=5")
        })?;
        match line {
            Line::Run { .. } | Line::Step(_) => let_time_pass(world, line)?,
            Line::Snapshot(name) => {
                self.snapshots.insert(name.clone(), world.snapshot());
                return Ok(String::new());
            }
            line => {
                if let Some(report) = report::report(world, line)? {
                    return Ok(report);
                }
                for command in commands(world, line, client)? {
                    let began = world.apply(command)?;
                    if let Some(request) = began.filter(|_| waits(line)) {
                        world.run_until_answered(request);
                    }
                }
            }
        }
        Ok(self.show_new_events())
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
        let bytes = self.snapshots.get(&name.to_owned()).ok_or_else(|| {
            Error::not_found(format!("there is no snapshot {name:?} in this scenario"))
        })?;
        let world = World::restore(bytes)?;
        self.shown = world.trace().end();
        self.world = Some(world);
        Ok(String::new())
    }

    fn show_new_events(&mut self) -> String {
        let Some(world) = &self.world else { return String::new() };
        let from = std::mem::replace(&mut self.shown, world.trace().end());
        match self.shows {
            Shows::News => return report::events(world, from),
            Shows::All => return report::all_events(world, from),
            Shows::Answers => {}
        }
        let answers = world
            .trace()
            .since(from)
            .iter()
            .filter(|event| matches!(event.kind, EventKind::Answered { .. }));
        answers.map(|event| format!("{event}\n")).collect()
    }
}

fn waits(line: &Line) -> bool {
    match line {
        Line::Put { wait, .. } | Line::Get { wait, .. } | Line::Delete { wait, .. } => {
            wait.unwrap_or(true)
        }
        _ => false,
    }
}

/// Carries out a `run` or a `step`; other lines let no time pass.
///
/// # Errors
/// If the line asks for more than one end, or for one in the past.
pub fn let_time_pass(world: &mut World, line: &Line) -> Result<()> {
    if let Line::Run { span, until, .. } = line {
        let span_end = span.map(|span| world.now() + span);
        let end = span_end.max(until.map(|until| VirtualTime(until.0)));
        if end > Some(Limits::END) {
            return Err(Error::refused(format!("virtual time ends at {}", Limits::END)));
        }
        let most = Limits::BACKGROUND;
        if end.is_some_and(|end| world.background_in(end.since(world.now())) > most) {
            return Err(Error::refused(format!(
                "gossip and anti-entropy alone would make more than {most} things happen until \
                 then: let less time pass, or set gossip=off anti_entropy=off"
            )));
        }
    }
    if let Line::Step(Some(count)) = line
        && *count > Limits::BACKGROUND
    {
        let most = Limits::BACKGROUND;
        return Err(Error::refused(format!("step {count}? At most {most} things at a time")));
    }
    match *line {
        Line::Run { span: None, until: None, after: None } => world.run_until_idle(),
        Line::Run { span: Some(span), until: None, after: None } => world.run_for(span),
        Line::Run { span: None, until: None, after: Some(end) } => {
            world.run_until_event(EventSeq(end));
        }
        Line::Run { span: None, until: Some(until), after: None } => {
            let now = world.now();
            if until.0 < now.0 {
                return Err(Error::refused(format!("it is {now} already, later than {until}")));
            }
            world.run_until(VirtualTime(until.0));
        }
        Line::Run { .. } => {
            return Err(Error::invalid("run for a span, until an instant, or after an event"));
        }
        Line::Step(count) => world.run_steps(count.unwrap_or(1)),
        _ => {}
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
        let client = line::client_of(context.prefix.as_deref())?;
        Ok(self.execute(&line::understand(command)?, client)?)
    }
}
