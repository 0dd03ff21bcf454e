//! Sample data: fetched after the first motion, then loaded by quorum puts.
//!
//! It is loaded by itself into the opening cluster and into each new one, never into a world that
//! was restored or brought back: that has the data that it has.

use std::rc::Rc;

use super::super::browser;
use super::super::loader::Loader;
use super::Driver;

const SAMPLE: &str = "data/airports.json";

/// Where the sample data is.
pub enum Sample {
    Away,
    Fetching,
    Here(String),
    Failed(String),
}

impl Driver {
    /// The present cluster is to have the sample data.
    pub(super) fn want_sample(self: &Rc<Self>) {
        self.sample_for.set(Some(self.stage.borrow().cluster()));
        self.load_sample_if_wanted();
    }

    /// Loads the sample data if this cluster waits for it, once its requests are over: what moves
    /// first is for the reader to see.
    pub(super) fn load_sample_if_wanted(self: &Rc<Self>) {
        let (wanted, rests) = {
            let stage = self.stage.borrow();
            let wanted = self.sample_for.get() == Some(stage.cluster());
            (wanted, stage.story().is_none_or(|story| story.is_over()) || stage.world().is_idle())
        };
        if !wanted || !rests {
            return;
        }
        let here = match &*self.sample.borrow() {
            Sample::Here(text) => Some(text.clone()),
            Sample::Away => None,
            Sample::Fetching | Sample::Failed(_) => return,
        };
        match here {
            Some(text) => {
                self.sample_for.set(None);
                self.begin_loading(text);
            }
            None => self.fetch_sample(),
        }
    }

    /// Loads the sample data now, because the reader asks for it.
    pub fn load_sample(self: &Rc<Self>) {
        self.sample_for.set(Some(self.stage.borrow().cluster()));
        self.stage.borrow_mut().playing = true;
        if matches!(*self.sample.borrow(), Sample::Failed(_)) {
            self.sample.replace(Sample::Away);
        }
        self.load_sample_if_wanted();
        self.changed();
    }

    fn fetch_sample(self: &Rc<Self>) {
        self.sample.replace(Sample::Fetching);
        let driver = Rc::clone(self);
        wasm_bindgen_futures::spawn_local(async move {
            let fetched = match browser::fetch_text(SAMPLE).await {
                Ok(text) => Sample::Here(text),
                Err(error) => Sample::Failed(error.message),
            };
            driver.sample.replace(fetched);
            driver.load_sample_if_wanted();
            driver.changed();
        });
    }

    fn begin_loading(self: &Rc<Self>, text: String) {
        match Loader::parse(&text) {
            Ok(loader) => self.stage.borrow_mut().load(loader),
            Err(error) => drop(self.sample.replace(Sample::Failed(error.message))),
        }
        self.go_on();
    }

    pub fn stop_loading(self: &Rc<Self>) {
        self.stage.borrow_mut().stop_loading();
        self.changed();
    }
}
