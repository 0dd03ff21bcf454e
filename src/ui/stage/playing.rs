//! Playing: virtual time passes with the animation frames, along what is recorded of the branch, and
//! then on.

use super::Stage;
use crate::base::VirtualTime;
use crate::sim::World;
use crate::ui::loader::Loader;
use crate::ui::pace::Speed;

/// So many requests of workloads in a second are a rush.
const RUSH: f64 = 40.0;
/// A restore of more items than this is not watched message by message.
const WATCHED: u32 = 50;
/// So much real time one jump stands for in a rush under reduced motion.
const HOP_MS: f64 = 700.0;

impl Stage {
    /// Lets time pass until an instant, in microseconds, without showing what happens meanwhile.
    pub fn begin_at(&mut self, us: u64) {
        self.history.run_until(VirtualTime(us));
        self.cursor_us = us as f64;
        self.catch_up_with_events();
    }

    /// Whether the next frame would show something else than this one.
    pub fn moves(&self) -> bool {
        self.playing && (!self.rests() || self.loads())
    }

    /// Whether the loader has something to do where the cursor is.
    pub fn loads(&self) -> bool {
        self.loader.as_ref().is_some_and(|loader| !loader.is_over())
            && self.loads_into.0 == self.history.branch().id
            && (self.history.is_at_end() || self.loader.as_ref().is_some_and(Loader::may_part))
    }

    /// Whether so much is written that time passes as fast as it can: sample data, or a large table
    /// that is restored.
    pub fn hurries(&self) -> bool {
        self.loads() || self.restores_much()
    }

    fn restores_much(&self) -> bool {
        let mut jobs = self.world().archive().jobs().iter();
        self.history.is_at_end() && jobs.any(|job| job.size().is_some_and(|items| items > WATCHED))
    }

    /// Whether nothing is left for which somebody waits: work in the background, which never ends,
    /// and scheduled commands, which may lie far ahead, while no request is open. What is recorded
    /// is to be played out, what workloads ask is to be seen, and so is a change of ownership,
    /// unless it waits for nodes that do not answer.
    pub(super) fn rests(&self) -> bool {
        let world = self.world();
        let waits =
            || world.outstanding_count() > 0 || self.stories.iter().any(|story| !story.is_over());
        self.history.is_at_end()
            && !world.has_workload()
            && (!world.is_changing() || self.change_waits())
            && (world.is_idle()
                || (world.next_motion_at().is_none() && !waits() && !world.scheduled().is_empty()))
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
        if self.loads() && !reader_waits {
            if let Some(loader) = &mut self.loader {
                loader.pump(&mut self.history, time_left);
                // In the past of a branch, its first put has begun another one.
                self.loads_into.0 = self.history.branch().id;
            }
            self.cursor_us = self.world().now().0 as f64;
        } else {
            self.advance(elapsed_ms, time_left);
        }
        self.catch_up_with_events()
    }

    fn advance(&mut self, elapsed_ms: f64, time_left: &mut dyn FnMut() -> bool) {
        if self.rests() {
            return;
        }
        if self.pace.speed == Speed::Max || self.restores_much() {
            let mut steps = || (0..64).all(|_| !self.rests() && self.history.step());
            while time_left() && steps() {}
            self.cursor_us = self.world().now().0 as f64;
            return;
        }
        if self.world().next_motion_at().is_none() && !self.world().is_changing() {
            self.skip_silence(time_left);
        } else if self.change_is_silent() {
            // Somebody waits for an answer that does not come.
            for _ in 0..64 {
                if !self.change_is_silent() || !self.history.step() {
                    break;
                }
            }
            self.cursor_us = self.cursor_us.max(self.world().now().0 as f64);
        } else {
            self.cursor_us += self.pace.virtual_us(elapsed_ms);
        }
        self.catch_up(time_left);
    }

    /// Lets everything happen up to the cursor, unless there is no time left for it.
    fn catch_up(&mut self, time_left: &mut dyn FnMut() -> bool) {
        let end = VirtualTime(self.cursor_us as u64);
        let mut is_due =
            || (0..64).all(|_| self.history.next_at() <= Some(end) && self.history.step());
        while is_due() {
            if !time_left() {
                // More happens than there is time for: it happens more slowly.
                self.cursor_us = self.world().now().0 as f64;
                return;
            }
        }
        self.history.run_until(end);
    }

    /// Whether requests come by themselves, and faster than anybody could follow one by one.
    pub fn is_rush(&self) -> bool {
        let workloads = self.world().workloads();
        let rate = workloads.iter().map(|running| running.workload.rate).sum();
        rate > 0 && self.playing && self.pace.per_second(rate).is_none_or(|rate| rate > RUSH)
    }

    /// Nothing is under way that somebody waits for, but a deadline or a command is to come: goes
    /// there at once.
    fn skip_silence(&mut self, time_left: &mut dyn FnMut() -> bool) {
        let is_silent = |world: &World, is_at_end: bool| {
            world.next_motion_at().is_none() && !(is_at_end && world.is_idle())
        };
        while is_silent(self.history.world(), self.history.is_at_end())
            && time_left()
            && self.history.step()
        {}
        self.cursor_us = self.cursor_us.max(self.world().now().0 as f64);
    }

    /// Jumps to the next happening: what reduced motion shows instead of flights.
    pub fn hop(&mut self, time_left: &mut dyn FnMut() -> bool) -> bool {
        if !self.playing || self.rests() {
            return false;
        }
        match self.world().next_motion_at() {
            // What workloads ask is too much to be shown one by one, and so is what is streamed.
            _ if self.is_rush() || self.world().is_changing() => {
                self.cursor_us += self.pace.virtual_us(HOP_MS);
            }
            Some(at) => self.cursor_us = self.cursor_us.max(at.0 as f64),
            None => self.skip_silence(time_left),
        }
        self.catch_up(time_left);
        self.catch_up_with_events()
    }
}
