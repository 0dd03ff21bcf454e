//! Going somewhere in the run, for the transport, the trace and the list of what was done.

use std::rc::Rc;

use super::super::course;
use super::Driver;
use crate::base::{EventSeq, VirtualTime};
use crate::scenario;

impl Driver {
    pub fn step(self: &Rc<Self>) {
        self.stage.borrow_mut().step();
        self.changed();
    }

    /// Back to just before the last event; at the beginning, nothing happens.
    pub fn step_back(self: &Rc<Self>) {
        // That there is nothing before the beginning can be seen.
        let _ = self.stage.borrow_mut().step_back();
        self.changed();
    }

    /// To just before an event.
    pub fn go_before(self: &Rc<Self>, event: EventSeq) {
        self.stage.borrow_mut().go_before(event);
        self.changed();
    }

    /// Sets a mark at the cursor, named by its time.
    pub fn mark_here(self: &Rc<Self>) {
        let now = self.stage.borrow().world().now();
        // There is a mark at this moment already: that is told in the session.
        drop(self.act(&format!("mark {}", scenario::quoted(&format!("at {now}")))));
    }

    /// To a place on the bar over the run, from 0 to 1.
    pub fn scrub_bar(self: &Rc<Self>, share: f64) {
        let now = self.stage.borrow().world().now().0;
        let (instant, before) = {
            let knots = &self.course.borrow().knots;
            (course::instant_of(knots, share).round() as u64, course::share_of(knots, now as f64))
        };
        // One step of a short bar may be less than a microsecond: it goes one on all the same.
        let instant = match (instant == now, share > before) {
            (false, _) => instant,
            (true, true) => now + 1,
            (true, false) => now.saturating_sub(1),
        };
        self.scrub(VirtualTime(instant));
    }

    /// To an instant of the run.
    pub fn scrub(self: &Rc<Self>, instant: VirtualTime) {
        self.stage.borrow_mut().scrub(instant);
        self.changed();
    }
}
