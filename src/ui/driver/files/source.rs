//! Where the rows of a file come from: a worker, or pieces that are read here.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::file::File;
use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use super::super::super::browser;
use super::Driver;
use crate::data::KeyAttribute;
use crate::transfer::{Batch, Format, Reader};

/// Files larger than this are read by a worker.
const LARGE: u64 = 1 << 20;
/// So much is read at a time without one.
const PIECE: u64 = 64 << 10;

/// Where the rows of a file come from.
pub enum Source {
    Worker { hands: Hands, pieces: Rc<Pieces> },
    Pieces(Rc<Pieces>),
    Gone,
}

/// A worker, and who listens to it. It ends with this.
pub struct Hands {
    worker: Worker,
    _listeners: [Closure<dyn Fn(MessageEvent)>; 2],
}

impl Drop for Hands {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// A file that is read piece by piece.
pub struct Pieces {
    file: File,
    /// Its reader, and how much of the file that was given.
    state: RefCell<(Reader, u64)>,
}

/// What reads a file: of keys as [`postcard`] writes them.
pub fn reader(is_csv: Option<bool>, keys: &[u8]) -> Reader {
    let format = is_csv.map(|is_csv| if is_csv { Format::Csv } else { Format::Json });
    Reader::new(format, postcard::from_bytes(keys).unwrap_or_default())
}

impl Source {
    pub fn open(
        driver: &Rc<Driver>,
        file: File,
        format: Option<Format>,
        keys: &[KeyAttribute],
        number: u32,
    ) -> Self {
        let is_large = file.size() > LARGE;
        let state = RefCell::new((Reader::new(format, keys.to_vec()), 0));
        let pieces = Rc::new(Pieces { file, state });
        let hands = is_large.then(|| Hands::take(driver, &pieces.file, format, keys, number));
        match hands {
            Some(Ok(hands)) => Self::Worker { hands, pieces },
            _ => Self::Pieces(pieces),
        }
    }

    /// Asks for some rows.
    pub fn ask(&self, driver: &Rc<Driver>, number: u32) {
        match self {
            Self::Worker { hands, .. } => drop(hands.worker.post_message(&"next".into())),
            Self::Pieces(pieces) => {
                let (driver, pieces) = (Rc::clone(driver), Rc::clone(pieces));
                wasm_bindgen_futures::spawn_local(async move {
                    let batch = pieces.batch().await;
                    driver.take_batch(number, batch);
                });
            }
            Self::Gone => {}
        }
    }

    /// Goes on without the worker; false if there was none, or it has told something already.
    pub fn begin_again(&mut self) -> bool {
        let Self::Worker { pieces, .. } = self else { return false };
        let is_unread = pieces.state.borrow().1 == 0;
        *self = Self::Pieces(Rc::clone(pieces));
        is_unread
    }

    /// The worker has told something: nobody else can go on from there.
    pub fn has_told(&self) {
        if let Self::Worker { pieces, .. } = self {
            pieces.state.borrow_mut().1 = 1;
        }
    }
}

impl Pieces {
    async fn batch(&self) -> Batch {
        while self.state.borrow().0.is_hungry() {
            let (from, end) = (self.state.borrow().1, self.file.size());
            let to = end.min(from + PIECE);
            let piece = match from < to {
                true => browser::bytes_of((*self.file.slice(from, to)).as_ref()).await,
                false => Some(Vec::new()),
            };
            let Some(piece) = piece else {
                let fault = Some("the file could not be read any further".to_owned());
                return Batch { is_last: true, fault, ..Batch::default() };
            };
            let mut state = self.state.borrow_mut();
            match piece.is_empty() {
                true => state.0.end(),
                false => state.0.feed(&piece),
            }
            state.1 = to;
        }
        self.state.borrow_mut().0.batch()
    }
}

impl Hands {
    /// # Errors
    /// Where workers are denied, or the page's wasm is not in a file of its own.
    fn take(
        driver: &Rc<Driver>,
        file: &File,
        format: Option<Format>,
        keys: &[KeyAttribute],
        number: u32,
    ) -> Result<Self, JsValue> {
        // Where the page was loaded from: its name has a hash in it.
        let link = browser::document().query_selector("link[rel=modulepreload]")?;
        let script = Reflect::get(&link.ok_or(JsValue::NULL)?.into(), &"href".into())?;
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options("worker.js", &options)?;
        let heard = {
            let driver = Rc::clone(driver);
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                let bytes = Uint8Array::new(&event.data()).to_vec();
                match Batch::from_bytes(&bytes) {
                    Ok(batch) => driver.take_worker_batch(number, batch),
                    Err(_) => driver.read_without_worker(number),
                }
            })
        };
        let failed = {
            let driver = Rc::clone(driver);
            Closure::<dyn Fn(MessageEvent)>::new(move |_| driver.read_without_worker(number))
        };
        worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        let keys = postcard::to_allocvec(keys).expect("memory suffices");
        let is_csv = format.map(|format| format == Format::Csv);
        let task = Object::new();
        for (name, value) in [
            ("script", script),
            ("module", wasm_bindgen::module()),
            ("file", JsValue::from(AsRef::<web_sys::Blob>::as_ref(&**file).clone())),
            ("isCsv", is_csv.map_or(JsValue::UNDEFINED, JsValue::from)),
            ("keys", Uint8Array::from(&keys[..]).into()),
        ] {
            Reflect::set(&task, &name.into(), &value)?;
        }
        worker.post_message(&task)?;
        Ok(Self { worker, _listeners: [heard, failed] })
    }
}
