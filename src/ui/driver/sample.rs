//! Sample data: fetched after the first motion, then loaded by quorum puts.

use std::rc::Rc;

use super::super::browser;
use super::super::loader::Loader;
use super::Driver;

const SAMPLE: &str = "data/airports.json";

/// How far the sample data is.
pub enum Sample {
    Wanted,
    Fetching,
    Here(String),
    Failed(String),
}

impl Driver {
    pub(super) fn begin_loading_after_first_motion(self: &Rc<Self>) {
        let first_is_over = self.stage.borrow().story().is_none_or(|story| story.is_over());
        if first_is_over && matches!(*self.sample.borrow(), Sample::Wanted) {
            self.load_sample();
        }
    }

    /// Loads the airports, and fetches them first if they are not here.
    pub fn load_sample(self: &Rc<Self>) {
        let here = match &*self.sample.borrow() {
            Sample::Here(text) => Some(text.clone()),
            Sample::Fetching => return,
            Sample::Wanted | Sample::Failed(_) => None,
        };
        if let Some(text) = here {
            self.begin_loading(&text);
            return;
        }
        *self.sample.borrow_mut() = Sample::Fetching;
        let driver = Rc::clone(self);
        wasm_bindgen_futures::spawn_local(async move {
            match browser::fetch_text(SAMPLE).await {
                Ok(text) => {
                    driver.begin_loading(&text);
                    *driver.sample.borrow_mut() = Sample::Here(text);
                }
                Err(error) => *driver.sample.borrow_mut() = Sample::Failed(error.message),
            }
            driver.changed();
        });
    }

    fn begin_loading(self: &Rc<Self>, text: &str) {
        match Loader::parse(text) {
            Ok(loader) => {
                let mut stage = self.stage.borrow_mut();
                stage.loader = Some(loader);
                stage.playing = true;
            }
            Err(error) => *self.sample.borrow_mut() = Sample::Failed(error.message),
        }
        self.go_on();
    }

    pub fn stop_loading(self: &Rc<Self>) {
        if let Some(loader) = &mut self.stage.borrow_mut().loader {
            loader.give_up();
        }
        self.changed();
    }
}
