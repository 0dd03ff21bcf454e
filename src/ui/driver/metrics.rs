//! What the run adds up to at the cursor.

use std::rc::Rc;

use super::super::stage::Stage;
use crate::base::EventSeq;
use crate::travel::{BranchId, Metrics};

/// The events of one branch, folded as far as they were asked for.
#[derive(Default)]
pub struct Fold {
    branch: Option<BranchId>,
    end: EventSeq,
    metrics: Rc<Metrics>,
}

impl Fold {
    /// Goes on to the cursor; from the start if it has moved back, or stands on another branch.
    pub fn at_cursor(&mut self, stage: &Stage) -> Rc<Metrics> {
        let (end, branch) = (stage.world().trace().end(), Some(stage.history().branch().id));
        if branch != self.branch || end < self.end {
            *self = Self { branch, ..Self::default() };
        }
        if end == self.end {
            return Rc::clone(&self.metrics);
        }
        let news = stage.events();
        let news = news.since(self.end).take_while(|event| event.seq < end);
        let metrics = Rc::make_mut(&mut self.metrics);
        news.for_each(|event| metrics.observe(event));
        self.end = end;
        Rc::clone(&self.metrics)
    }
}
