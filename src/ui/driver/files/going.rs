//! What goes out: tables, a slice of a frame at a time, and sessions.

use std::rc::Rc;

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::super::super::browser;
use super::Driver;
use crate::base::{Error, Result};
use crate::data::TableName;
use crate::scenario;
use crate::transfer::{Export, Format, Loss, Program, calls, losses, newest_items, script};

/// So long a slice takes, in milliseconds.
const SLICE_MS: f64 = 8.0;
/// How often it is told how far it is.
const TELL_MS: f64 = 120.0;

/// A table that is being written to a file.
pub struct Going {
    pub file: String,
    /// Items written, and items in all.
    pub progress: (usize, usize),
}

impl Driver {
    /// What CSV could not carry of a table.
    pub fn csv_losses(&self, table: &str) -> Vec<Loss> {
        let stage = self.stage.borrow();
        let world = stage.world();
        let schema = TableName::new(table).ok().and_then(|name| world.table(&name));
        schema.map_or(Vec::new(), |schema| losses(schema, &newest_items(world, &schema.name)))
    }

    /// Saves a table as a file, as it is at the cursor.
    ///
    /// # Errors
    /// If there is none of this name.
    pub fn save_table(self: &Rc<Self>, table: &str, format: Format, packs: bool) -> Result<()> {
        let export = {
            let stage = self.stage.borrow();
            let (world, name) = (stage.world(), TableName::new(table)?);
            let schema = world
                .table(&name)
                .ok_or_else(|| Error::not_found(format!("there is no table {name} any more")))?;
            Export::new(schema, newest_items(world, &name), format, packs)
        };
        let ending = if format == Format::Csv { "csv" } else { "json" };
        let file = format!("{table}.{ending}{}", if packs { ".gz" } else { "" });
        let going = Going { file, progress: export.progress() };
        let mut files = self.files.borrow_mut();
        (files.going, files.told) = (Some(going), None);
        drop(files);
        let driver = Rc::clone(self);
        wasm_bindgen_futures::spawn_local(async move {
            let saved = driver.write(export).await;
            driver.files.borrow_mut().going = None;
            driver.tell_of_file(saved.map_err(|error| error.message));
        });
        self.files_changed();
        Ok(())
    }

    async fn write(self: &Rc<Self>, mut export: Export) -> Result<String> {
        let parts = Array::new();
        let mut told_ms = browser::clock_ms();
        while !export.is_over() {
            let began_ms = browser::clock_ms();
            while !export.is_over() && browser::clock_ms() - began_ms < SLICE_MS {
                export.go_on(1);
            }
            parts.push(&Uint8Array::from(&export.take()[..]));
            match &mut self.files.borrow_mut().going {
                Some(going) => going.progress = export.progress(),
                None => return Ok("Nothing was saved.".to_owned()),
            }
            if browser::clock_ms() - told_ms > TELL_MS {
                told_ms = browser::clock_ms();
                self.files_changed();
            }
            let turn = Promise::new(&mut |resolve, _| {
                // Without a timer nobody would wait.
                let _ = browser::window().set_timeout_with_callback(resolve.unchecked_ref());
            });
            let _ = JsFuture::from(turn).await;
        }
        let file = self.files(|files| files.going.as_ref().map(|going| going.file.clone()));
        let Some(file) = file else { return Ok("Nothing was saved.".to_owned()) };
        browser::save_blob(&file, &browser::blob_of(&parts, "application/octet-stream")?)?;
        Ok(format!("Saved {file}: {} of {0} items.", export.progress().1))
    }

    /// The file that is being written is not wanted any more.
    pub fn cancel_export(self: &Rc<Self>) {
        self.files.borrow_mut().going = None;
        self.files_changed();
    }

    /// Saves what was done on the present branch up to the cursor: as calls of an SDK, or as a scenario.
    pub fn save_session(self: &Rc<Self>, program: Option<Program>) {
        let (name, text) = {
            let stage = self.stage.borrow();
            let world = stage.world();
            match program {
                None => ("session.scenario", scenario::session_log(world)),
                Some(program) => {
                    let name = match program {
                        Program::Cli => "session.sh",
                        Program::Python => "session.py",
                        Program::JavaScript => "session.mjs",
                    };
                    (name, script(program, &calls(world, world.run())))
                }
            }
        };
        let saved = browser::save_file(name, text.as_bytes());
        self.tell_of_file(match saved {
            Ok(()) => Ok(format!("Saved {name}.")),
            Err(error) => Err(error.message),
        });
    }
}
