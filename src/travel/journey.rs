//! Going somewhere in a run.

use std::sync::Arc;

use super::history::{next_at, repeat};
use super::{History, MarkKind, Moment};
use crate::base::{Error, EventSeq, Result, VirtualTime};
use crate::sim::{RunStep, World};

/// Where to go on the present branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Everything up to and including this instant has happened.
    At(VirtualTime),
    /// This event has just happened.
    After(EventSeq),
    /// This event is the next thing to happen.
    Before(EventSeq),
    /// The command with this number in the run is the next thing to happen.
    BeforeCommand(usize),
    /// Before the last line ahead of the cursor that gave a command.
    BeforeLine,
    /// The mark of this name.
    Mark(String),
    Start,
    End,
}

impl History {
    /// Goes there.
    ///
    /// # Errors
    /// If the branch has no such place. Then the cursor stays where it is.
    pub fn go(&mut self, target: &Target) -> Result<()> {
        let (start, end) = (self.start(), self.branch().end);
        match target {
            Target::At(instant) => {
                if *instant < start.at {
                    return Err(Error::refused(format!("this run begins at {}", start.at)));
                }
                if *instant > end.at {
                    return Err(Error::refused(format!(
                        "this branch has only come to {}: let time pass with run until={instant}",
                        end.at
                    )));
                }
                let instant = *instant;
                self.travel(
                    |moment| moment.at <= instant,
                    |world, run| next_at(world, run).is_none_or(|at| at > instant),
                );
                self.wait(instant);
            }
            Target::After(event) => {
                self.check_event(*event)?;
                let event = *event;
                self.travel(
                    |moment| moment.events <= event,
                    |world, _| world.trace().end() > event,
                );
            }
            Target::Before(event) => {
                self.check_event(*event)?;
                self.go_before(*event);
            }
            Target::BeforeCommand(number) => self.go_before_command(*number)?,
            Target::BeforeLine => {
                let at = self.world.run().len();
                let line = self.branch().lines.iter().rev().find(|line| **line < at).copied();
                let line = line
                    .ok_or_else(|| Error::refused("nothing was done before this on this branch"))?;
                self.go_before_command(line)?;
            }
            Target::Mark(name) => {
                let named = |mark: &&super::Mark| {
                    mark.kind == MarkKind::Named && mark.words == name.as_str()
                };
                let found = self.branch().marks().iter().find(named);
                let moment = found.and_then(|mark| mark.moment).ok_or_else(|| {
                    Error::not_found(format!("there is no mark {name:?} on this branch"))
                })?;
                self.stand_at(moment);
            }
            Target::Start => self.stand_at(start),
            Target::End => self.stand_at(end),
        }
        self.compute_events_here();
        Ok(())
    }

    /// Where the present branch's run begins.
    pub fn start(&self) -> Moment {
        self.stretches.get(self.branch().stretches[1]).start
    }

    fn check_event(&self, event: EventSeq) -> Result<()> {
        let (start, end) = (self.start().events, self.branch().end.events);
        match start <= event && event < end {
            true => Ok(()),
            false => Err(Error::not_found(format!(
                "there is no event {} here: this branch has events {} to {}",
                event.0,
                start.0,
                end.0.saturating_sub(1)
            ))),
        }
    }

    /// Goes to the last moment before an event, which is one of a run that has it.
    fn go_before(&mut self, event: EventSeq) {
        self.travel(|moment| moment.events <= event, |_, _| true);
        // First to see which happening makes the event, then again until just before it.
        let run = &self.branches[self.current].run;
        let mut scout = self.world.bare_copy();
        scout.recall(self.world.run().to_vec());
        let mut before = Moment::of(&scout);
        while scout.trace().end() <= event {
            before = Moment::of(&scout);
            repeat(&mut scout, run);
        }
        let is_there = |world: &World| {
            (world.happenings(), world.run().len()) == (before.happenings, before.commands)
        };
        while !is_there(&self.world) {
            repeat(&mut self.world, run);
        }
        self.observe();
    }

    /// Lets virtual time pass up to an instant before which nothing happens any more.
    fn wait(&mut self, instant: VirtualTime) {
        if self.world.now() < instant {
            let before = self.world.happenings();
            self.world.run_until(instant);
            assert_eq!(self.world.happenings(), before, "something new has happened");
        }
    }

    fn go_before_command(&mut self, number: usize) -> Result<()> {
        let Some(step) = self.branch().run.get(number) else {
            return Err(Error::not_found(format!("there is no command {number} on this branch")));
        };
        let RunStep { at, happenings, .. } = *step;
        self.travel(
            |moment| moment.commands <= number && moment.happenings <= happenings,
            |world, _| (world.run().len(), world.happenings()) == (number, happenings),
        );
        self.wait(at);
        Ok(())
    }

    /// Goes to a moment that the branch has had.
    pub(super) fn stand_at(&mut self, moment: Moment) {
        self.travel(
            |start| {
                (start.happenings, start.commands) <= (moment.happenings, moment.commands)
                    && start.at <= moment.at
            },
            |world, _| {
                (world.happenings(), world.run().len()) == (moment.happenings, moment.commands)
            },
        );
        self.wait(moment.at);
        self.compute_events_here();
    }

    /// Moves the cursor: to the last checkpoint whose moment is `early` enough, then on until it has
    /// `arrived`, at the end of the branch at the latest.
    fn travel(
        &mut self,
        early: impl Fn(&Moment) -> bool,
        arrived: impl Fn(&World, &[RunStep]) -> bool,
    ) {
        self.leave();
        let branch = &mut self.branches[self.current];
        let end = branch.end;
        let is_end = |world: &World| {
            world.run().len() == branch.run.len() && world.happenings() >= end.happenings
        };
        let stretches = branch.stretches.iter().rev().map(|id| self.stretches.get(*id));
        let checkpoint = stretches
            .filter(|stretch| early(&stretch.start))
            .find_map(|stretch| Some((stretch.start, &**stretch.checkpoint.as_ref()?)));
        let here = Moment::of(&self.world);
        let is_on_branch = self.standing_on == branch.id;
        let (start, copy) = match checkpoint {
            Some((start, copy)) => (start, Some(copy)),
            None => (here, None),
        };
        let at_end = branch.at_end.as_ref().filter(|_| early(&end));
        let taken = if at_end.is_some() {
            at_end.map(|at_end| (at_end, branch.run.len()))
        } else if is_on_branch && early(&here) && here >= start {
            None
        } else {
            Some((copy.expect("a run's first checkpoint is never dropped"), start.commands))
        };
        if let Some((checkpoint, commands)) = taken {
            self.world = checkpoint.world(&branch.run[..commands]);
            self.metrics = Arc::clone(&checkpoint.metrics);
            self.observed = self.world.trace().end();
        }
        self.standing_on = branch.id;
        while !is_end(&self.world) && !arrived(&self.world, &branch.run) {
            repeat(&mut self.world, &branch.run);
        }
        self.observe();
    }

    /// Goes on until there is news; where only work in the background is left, which never ends, by a
    /// single happening. False if nothing is left to happen.
    pub fn forward(&mut self, most: u32) -> bool {
        for _ in 0..most {
            let seen = self.world.trace().end();
            let is_idle = self.is_at_end() && self.world.is_idle();
            if !self.step() {
                return false;
            }
            let now = self.world.trace().end();
            let events = self.events();
            let mut new = events.since(seen).take_while(|event| event.seq < now);
            if is_idle || new.any(|event| !event.kind.is_routine()) {
                return true;
            }
        }
        true
    }

    /// Goes back to just before the last event that is news; what happened together with it is undone
    /// too.
    ///
    /// # Errors
    /// If there is none before the cursor.
    pub fn back(&mut self) -> Result<()> {
        let end = self.moment().events;
        let event = self.branch().notes.quiet_since(end).or_else(|| {
            let mut places = (1..=self.stretch_at_cursor()).rev();
            places.find_map(|place| {
                let events = self.stretch_events(place);
                let mut before = events.iter().rev().filter(|event| event.seq < end);
                before.find(|event| !event.kind.is_routine()).map(|event| event.seq)
            })
        });
        let event = event.filter(|event| *event >= self.start().events);
        let event = event.ok_or_else(|| Error::refused("this is where the run begins"))?;
        self.go(&Target::Before(event))
    }
}
