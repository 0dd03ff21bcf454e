//! Going somewhere in the run: what the page remembers beside the world goes along.

use std::rc::Rc;

use super::{STORIES_KEPT, Stage};
use crate::base::{EventSeq, Result, VirtualTime, heap_sort};
use crate::scenario::{self, Line};
use crate::sim::World;
use crate::travel::Target;
use crate::ui::loader::Loader;
use crate::ui::motion::{Strays, departure};
use crate::ui::selection::Selection;
use crate::ui::story::Story;

/// One step passes over so many happenings at most that leave no event worth a step.
const STEPS_AT_ONCE: u32 = 100_000;

impl Stage {
    /// Plays or pauses, because the reader says so.
    pub fn set_playing(&mut self, playing: bool) {
        (self.playing, self.halted) = (playing, false);
    }

    /// Stops at the place that is gone to, until something is done there.
    fn halt(&mut self) {
        self.halted |= self.playing;
        self.playing = false;
    }

    /// Lets the next thing happen that is news, then waits.
    pub fn step(&mut self) {
        self.set_playing(false);
        self.history.forward(STEPS_AT_ONCE);
        self.cursor_us = self.world().now().0 as f64;
        self.catch_up_with_events();
    }

    /// Goes back to just before the last news, and waits.
    ///
    /// # Errors
    /// If there is none.
    pub fn step_back(&mut self) -> Result<()> {
        self.set_playing(false);
        self.history.back()?;
        self.arrive();
        Ok(())
    }

    /// Goes to an instant of the present branch, or to the end of it that is nearer.
    pub fn scrub(&mut self, instant: VirtualTime) {
        self.halt();
        let (start, end) = (self.history.start().at, self.history.branch().end.at);
        let gone = self.history.go(&Target::At(instant.clamp(start, end)));
        assert!(gone.is_ok(), "the branch has every instant between its start and its end");
        self.arrive();
    }

    /// Goes to just before an event of the present branch.
    pub fn go_before(&mut self, event: EventSeq) {
        self.halt();
        // An event that is not on this branch any more was shown by a list that is just being redrawn.
        if self.history.go(&Target::Before(event)).is_ok() {
            self.arrive();
        }
    }

    /// Carries out a line about the run; none if it is another.
    pub(super) fn travel(&mut self, line: &Line) -> Result<Option<String>> {
        if let Line::Compare { one, other } = line {
            let comparison = self.history.compare([one, other])?;
            let told = scenario::comparison(&comparison);
            self.comparison = Some(Rc::new(comparison));
            return Ok(Some(told));
        }
        if let Line::Discard(_) | Line::Branch { .. } = line {
            self.comparison = None;
        }
        let before = (self.history.branch().id, self.history.moment());
        let told = scenario::travel(&mut self.history, line)?;
        if matches!(line, Line::Forward(_)) {
            // What happens on the way is told as if it was played.
            self.halt();
            self.cursor_us = self.world().now().0 as f64;
        } else if before != (self.history.branch().id, self.history.moment()) {
            if self.history.branch().id != before.0 {
                self.change_over();
            }
            self.halt();
            self.arrive();
        }
        Ok(told)
    }

    /// Puts another world on the stage, as a branch of its own; [`Stage::bring_back`] changes over
    /// to the one before.
    pub fn replace(&mut self, world: World) {
        self.replaced = Some(self.history.branch().id);
        self.history.begin(world);
        self.change_over();
        self.arrive();
    }

    /// The branch of the replaced world, which can be brought back.
    pub fn replaced_name(&self) -> Option<String> {
        let found = self.history.branches().iter().find(|branch| Some(branch.id) == self.replaced);
        found.map(|branch| branch.name.clone())
    }

    /// Loads sample data into the present branch from now on.
    pub fn load(&mut self, loader: Loader) {
        if self.history.is_at_end() {
            // A mark of that name may be there already, from a loading before.
            let _ = self.history.mark(&format!("loads {}", loader.table));
        }
        self.loader = Some(loader);
        self.loads_into = (self.history.branch().id, self.cluster());
    }

    /// Puts the rows of a file into the present branch from now on, wherever the cursor is in it; the
    /// name of the mark before it.
    pub fn import(&mut self, loader: Loader, file: &str) -> String {
        let short: String = file.chars().take(23).collect();
        let mut mark = format!("before import of {short}");
        let mut count = 1;
        while self.history.mark(&mark).is_err() && count < 100 {
            count += 1;
            let short: String = file.chars().take(20).collect();
            mark = format!("before import of {short} {count}");
        }
        self.loader = Some(loader);
        self.loads_into = (self.history.branch().id, self.cluster());
        self.set_playing(true);
        mark
    }

    /// The loader of a file, to give it what it waits for.
    pub fn importer(&mut self) -> Option<&mut Loader> {
        self.loader.as_mut().filter(|loader| loader.is_import())
    }

    /// Ends the loading; what was written stays.
    pub fn stop_loading(&mut self) {
        let is_here = self.loads_into.0 == self.history.branch().id;
        match &mut self.loader {
            Some(loader) if is_here => loader.give_up(),
            _ => self.loader = None,
        }
    }

    /// The loader, as far as it says anything of the present branch: what it has written is on every
    /// branch of the run, what it still writes on one.
    pub fn loader_here(&self) -> Option<&Loader> {
        let (branch, cluster) = self.loads_into;
        let is_here = |loader: &&Loader| {
            branch == self.history.branch().id || (loader.is_over() && cluster == self.cluster())
        };
        self.loader.as_ref().filter(is_here)
    }

    /// Puts the world back that was replaced last.
    pub fn bring_back(&mut self) {
        let Some(name) = self.replaced_name() else { return };
        let before = self.history.branch().id;
        let gone = self.history.change_over(&name);
        assert!(gone.is_ok(), "the branch was just found");
        self.replaced = Some(before);
        self.change_over();
        self.arrive();
    }

    /// The present branch is another one than before.
    fn change_over(&mut self) {
        self.stories.clear();
        self.story = None;
        let table = |key: &crate::storage::ItemKey| self.world().table(key.table()).is_some();
        if !self.key.as_ref().is_some_and(table) {
            self.key = None;
        }
        self.selected = None;
    }

    /// The cursor stands elsewhere than it stood: stories are told again up to here.
    fn arrive(&mut self) {
        let moment = self.history.moment();
        let now = moment.events;
        let branch = &self.history.branch().name;
        self.announcement = format!("Now at {} on branch {branch}.", moment.at);
        self.cursor_us = self.world().now().0 as f64;
        self.pace.set_network(self.world().network());
        self.forget_changes();
        self.stories.retain(|story| story.is_over() && story.last < now);
        self.tell_again(now);
        // What the reader chose to look at stays in focus; else it is the newest.
        let chosen = match &self.selected {
            Some(Selection::Request(request)) => self.place_of(*request),
            _ => None,
        };
        let focused = chosen.map_or(self.stories.last(), |at| self.stories.get(at));
        if let Some(story) = focused {
            self.key = Some(story.wanted.key.clone());
        }
        self.story = focused.map(|story| story.request);
        self.told = now;
    }

    /// Tells the last stories anew that are not known to their end.
    fn tell_again(&mut self, now: EventSeq) {
        let known: Vec<EventSeq> = self.stories.iter().map(|story| story.first).collect();
        let asked = self.history.branch().asked_by_lines().skip_while(|first| *first >= now);
        let missing: Vec<EventSeq> =
            asked.take(STORIES_KEPT).filter(|first| !known.contains(first)).collect();
        let events = self.history.events();
        let begin = events.first().unwrap_or(now);
        let from = missing.iter().copied().filter(|first| *first >= begin).min().unwrap_or(now);
        let mut told: Vec<Story> = Vec::new();
        let mut strays = Strays::default();
        for event in events.since(from).take_while(|event| event.seq < now) {
            if missing.contains(&event.seq) {
                told.extend(self.begin_story(event));
            } else {
                told.iter_mut().for_each(|story| story.tell(event));
            }
            strays.tell(event, |message| departure(&events, event.seq, message));
        }
        let at = self.history.world().now();
        strays.forget(at);
        self.strays = strays;
        self.stories.append(&mut told);
        heap_sort(&mut self.stories, |a, b| a.request.cmp(&b.request));
    }
}
