//! Files: what is chosen or dropped comes in, and what is asked for goes out.
//!
//! ```text
//!   file ──▶ chosen: its first rows ──choice──▶ importing ◀── batches of rows, as the loader has room
//!                                                  │            from a worker, or in slices
//!                                                  └─▶ loader: quorum puts, a share of each frame
//! ```
//!
//! Large files are read by a worker, which runs the page's own wasm. Where workers are denied, as in
//! sandboxed frames, or one fails before it has told anything, the page reads the file itself, a piece
//! at a time.

mod going;
mod source;

use std::rc::Rc;

use gloo::file::{Blob, File};

use super::super::browser;
use super::super::incoming::{FileKind, Head, commands, table_name};
use super::super::loader::{Loader, Refusal};
use super::Driver;
use crate::base::{Error, Result};
use crate::data::{KeyAttribute, Resolution, TableName, TableSchema};
use crate::transfer::{Batch, Format, Reader, typed_attributes};
pub use going::Going;
use source::Source;
pub use source::reader;

/// No snapshot, and no scenario, is larger than this; larger ones are refused before they are read.
const LARGEST_WHOLE: u64 = 64 << 20;
/// So much of a table's file is looked at before it is read.
const HEAD: u64 = 256 << 10;

/// What goes on with files.
#[derive(Default)]
pub struct Files {
    pub chosen: Option<Rc<Chosen>>,
    pub importing: Option<Importing>,
    pub going: Option<Going>,
    /// What came of the last file, or what is wrong with it.
    pub told: Option<std::result::Result<String, String>>,
    /// Changes with everything that there is to see.
    pub revision: u32,
    /// How many imports there were: what comes late is of another one.
    count: u32,
}

/// A file with the items of a table, and what its first rows are like.
pub struct Chosen {
    file: File,
    format: Option<Format>,
    pub name: String,
    pub table: String,
    pub head: Head,
}

/// How a file is to be read into which table.
pub struct Choice {
    pub table: String,
    /// The keys of a new table.
    pub partition: Option<KeyAttribute>,
    pub sort: Option<KeyAttribute>,
    /// Whether the first item that cannot be put is the last.
    pub stops: bool,
}

/// A file that is being read into a table.
pub struct Importing {
    pub name: String,
    pub table: TableName,
    pub bytes: u64,
    pub read: u64,
    /// Items that were put, items that were refused, and items read so far.
    pub progress: (usize, usize, usize),
    pub refusals: Vec<Refusal>,
    pub was_stopped: bool,
    /// Why the rest of the file could not be read.
    pub fault: Option<String>,
    pub is_over: bool,
    /// The mark before it.
    pub mark: String,
    /// Until its turn comes.
    loader: Option<Loader>,
    source: Source,
    waits: bool,
    number: u32,
}

impl Driver {
    /// Looks at what goes on with files.
    pub fn files<T>(&self, look: impl FnOnce(&Files) -> T) -> T {
        look(&self.files.borrow())
    }

    /// The components are to look at files again, though nothing else may have happened.
    fn files_changed(self: &Rc<Self>) {
        self.files.borrow_mut().revision += 1;
        self.changed();
    }

    fn tell_of_file(self: &Rc<Self>, told: std::result::Result<String, String>) {
        self.files.borrow_mut().told = Some(told);
        self.files_changed();
    }

    /// Takes a file that somebody chose or dropped.
    pub fn open_file(self: &Rc<Self>, file: File) {
        let name = file.name();
        let kind = FileKind::of(&name);
        self.files.borrow_mut().chosen = None;
        let Some(kind) = kind else {
            return self.tell_of_file(Err(format!(
                "{name} is no file of a kind that is known here: a snapshot is a .ringscope file, a \
                 table's items are in .json, .jsonl or .csv files, which may be packed as .gz, and a \
                 scenario is a .txt or .scenario file"
            )));
        };
        if !matches!(kind, FileKind::Table(_)) && file.size() > LARGEST_WHOLE {
            return self.tell_of_file(Err(format!("{name} is larger than 64 MB")));
        }
        let driver = Rc::clone(self);
        wasm_bindgen_futures::spawn_local(async move {
            let opened = match kind {
                FileKind::Snapshot => driver.open_snapshot(&name, &file).await,
                FileKind::Scenario => driver.open_scenario(&name, &file).await,
                FileKind::Table(format) => driver.open_table(name, file, format).await,
            };
            driver.tell_of_file(opened.map_err(|error| error.message));
        });
    }

    async fn open_snapshot(self: &Rc<Self>, name: &str, file: &File) -> Result<String> {
        let bytes = bytes_of(name, file).await?;
        let notice = self.import_snapshot(name, &bytes)?.unwrap_or_default();
        Ok(format!("The snapshot {name} is in the list of snapshots: restore it there. {notice}"))
    }

    async fn open_table(
        self: &Rc<Self>,
        name: String,
        file: File,
        format: Option<Format>,
    ) -> Result<String> {
        let bytes = bytes_of(&name, &file.slice(0, HEAD.min(file.size()))).await?;
        let mut reader = Reader::new(format, Vec::new());
        reader.feed(&bytes);
        if file.size() <= HEAD {
            reader.end();
        }
        let head = Head::of(reader.batch(), reader.format());
        let fault = head.mistake.clone().filter(|_| head.items == 0);
        match fault {
            Some(fault) => return Err(Error::invalid(format!("{name}: {fault}"))),
            None if head.items == 0 && head.is_whole => {
                return Err(Error::invalid(format!("{name} has no items in it")));
            }
            None => {}
        }
        let table = table_name(&name);
        let chosen = Chosen { format: reader.format(), file, name, table, head };
        self.files.borrow_mut().chosen = Some(Rc::new(chosen));
        Ok(String::new())
    }

    /// Carries out the lines of a scenario, one after the other, each until its request is answered.
    async fn open_scenario(self: &Rc<Self>, name: &str, file: &File) -> Result<String> {
        let text = String::from_utf8(bytes_of(name, file).await?)
            .map_err(|_| Error::invalid(format!("{name} is no text in UTF-8")))?;
        let commands = commands(&text);
        for (number, line) in &commands {
            let done = self.stage.borrow_mut().act_and_wait(line);
            if let Err(error) = done {
                return Err(Error::invalid(format!(
                    "{name}, line {number}: {} (The lines before it were carried out.)",
                    error.message
                )));
            }
        }
        // What the file says is all that there is to be in its cluster.
        self.sample_for.set(None);
        Ok(format!("{name}: {} lines were carried out.", commands.len()))
    }

    /// The chosen file is not to be read after all.
    pub fn put_file_away(self: &Rc<Self>) {
        self.files.borrow_mut().chosen = None;
        self.files_changed();
    }

    /// Reads the chosen file into a table.
    ///
    /// # Errors
    /// If there cannot be such a table, or another file is being read.
    pub fn begin_import(self: &Rc<Self>, choice: Choice) -> Result<()> {
        let mut files = self.files.borrow_mut();
        if files.importing.as_ref().is_some_and(|importing| !importing.is_over) {
            return Err(Error::refused("another file is being read: let it end, or cancel it"));
        }
        let Some(chosen) = files.chosen.clone() else { return Ok(()) };
        let schema = self.schema_for(&choice)?;
        files.count += 1;
        let number = files.count;
        let keys = typed_attributes(&schema);
        let (file, format) = (chosen.file.clone(), chosen.format);
        let source = Source::open(self, file, format, &keys, number);
        files.importing = Some(Importing {
            name: chosen.name.clone(),
            table: schema.name.clone(),
            bytes: chosen.file.size(),
            read: 0,
            progress: (0, 0, 0),
            refusals: Vec::new(),
            was_stopped: false,
            fault: None,
            is_over: false,
            mark: String::new(),
            loader: Some(Loader::import(schema, choice.stops)),
            source,
            waits: false,
            number,
        });
        (files.chosen, files.told) = (None, None);
        drop(files);
        self.feed_import();
        self.files_changed();
        Ok(())
    }

    fn schema_for(&self, choice: &Choice) -> Result<TableSchema> {
        let name = TableName::new(choice.table.trim())?;
        let stage = self.stage.borrow();
        if let Some(schema) = stage.world().table(&name) {
            return Ok(schema.clone());
        }
        let partition = choice.partition.clone().ok_or_else(|| {
            Error::invalid(
                "no attribute is in every item as a string, a number or a binary: none can be the \
                 partition key of a new table",
            )
        })?;
        if choice.sort.as_ref().is_some_and(|sort| sort.name == partition.name) {
            return Err(Error::invalid("the partition key and the sort key are two attributes"));
        }
        Ok(TableSchema::new(name, partition, choice.sort.clone(), Resolution::default()))
    }

    /// Ends the import; what was put stays.
    pub fn cancel_import(self: &Rc<Self>) {
        let mut files = self.files.borrow_mut();
        if let Some(importing) = files.importing.as_mut().filter(|it| !it.is_over) {
            (importing.is_over, importing.was_stopped) = (true, true);
            importing.source = Source::Gone;
            match importing.loader.take() {
                Some(_) => {}
                None => self.stage.borrow_mut().stop_loading(),
            }
        }
        drop(files);
        self.files_changed();
    }

    /// Gives the loader what it waits for, and takes note of how far it is.
    pub(super) fn feed_import(self: &Rc<Self>) {
        let mut files = self.files.borrow_mut();
        let Files { importing, revision, .. } = &mut *files;
        let Some(importing) = importing.as_mut().filter(|it| !it.is_over) else { return };
        *revision += 1;
        let mut stage = self.stage.borrow_mut();
        if let Some(loader) = importing.loader.take() {
            if stage.loads() {
                // The sample data comes first.
                importing.loader = Some(loader);
                return;
            }
            importing.mark = stage.import(loader, &importing.name);
        }
        let Some(loader) = stage.importer() else {
            // Another cluster's sample data have taken its place.
            (importing.is_over, importing.was_stopped) = (true, true);
            importing.source = Source::Gone;
            drop((stage, files));
            return self.changed();
        };
        importing.progress = loader.progress();
        let (refusals, was_stopped) = loader.refusals();
        if importing.refusals.len() < refusals.len() {
            importing.refusals = refusals.to_vec();
        }
        if loader.is_over() {
            (importing.is_over, importing.was_stopped) = (true, was_stopped);
            importing.source = Source::Gone;
            drop((stage, files));
            // Nothing may move any more that would tell of it.
            self.changed();
        } else if loader.is_hungry() && !std::mem::replace(&mut importing.waits, true) {
            importing.source.ask(self, importing.number);
        }
    }

    /// The worker has read some rows.
    fn take_worker_batch(self: &Rc<Self>, number: u32, batch: Batch) {
        if let Some(importing) = &self.files.borrow().importing {
            importing.source.has_told();
        }
        self.take_batch(number, batch);
    }

    /// Rows of the file have come.
    fn take_batch(self: &Rc<Self>, number: u32, batch: Batch) {
        let mut files = self.files.borrow_mut();
        let importing = files.importing.as_mut().filter(|it| it.number == number && !it.is_over);
        let Some(importing) = importing else { return };
        importing.waits = false;
        importing.read = batch.read;
        let mut stage = self.stage.borrow_mut();
        let Some(loader) = stage.importer() else { return };
        loader.feed(batch.rows);
        if batch.is_last {
            loader.close();
            importing.fault = batch.fault;
        } else if loader.is_hungry() {
            importing.waits = true;
            importing.source.ask(self, number);
        }
        drop((stage, files));
        self.go_on();
    }

    /// The worker cannot do it: the page reads the file itself, unless some of it was read already.
    fn read_without_worker(self: &Rc<Self>, number: u32) {
        let mut files = self.files.borrow_mut();
        let importing = files.importing.as_mut().filter(|it| it.number == number && !it.is_over);
        let Some(importing) = importing else { return };
        if importing.source.begin_again() {
            if importing.waits {
                importing.source.ask(self, number);
            }
            return;
        }
        drop(files);
        let fault = Some("the rest of the file could not be read".to_owned());
        self.take_batch(number, Batch { is_last: true, fault, ..Batch::default() });
    }

    /// Goes back to just before the last import.
    pub fn go_before_import(self: &Rc<Self>) {
        let mark = self.files(|files| files.importing.as_ref().map(|it| it.mark.clone()));
        if let Some(mark) = mark {
            // A mark may be gone with its branch: that is told in the session.
            drop(self.act(&format!("goto mark={}", crate::scenario::quoted(&mark))));
        }
    }
}

async fn bytes_of(name: &str, blob: &Blob) -> Result<Vec<u8>> {
    let read = browser::bytes_of(blob.as_ref()).await;
    read.ok_or_else(|| Error::refused(format!("{name} could not be read")))
}
