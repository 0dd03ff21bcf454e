//! What the run adds up to at the cursor.

use std::rc::Rc;

use super::super::stage::Stage;
use crate::base::EventSeq;
use crate::travel::Metrics;

/// The events of one world, folded as far as they were asked for.
#[derive(Default)]
pub struct Fold {
    cluster: u64,
    end: EventSeq,
    metrics: Rc<Metrics>,
}

impl Fold {
    /// Goes on to the cursor; from the start if it has moved back, or stands in another world.
    pub fn at_cursor(&mut self, stage: &Stage) -> Rc<Metrics> {
        let end = stage.world().trace().end();
        if stage.cluster() != self.cluster || end < self.end {
            *self = Self { cluster: stage.cluster(), ..Self::default() };
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
