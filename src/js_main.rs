//! What the JavaScript API's wasm exports: `www/api/ringscope.js` is its only caller, and checks
//! arguments, keeps promises and throws errors of its own classes.
//!
//! Natively there is nothing here to run.

#[cfg(target_arch = "wasm32")]
mod exports {
    use std::cell::RefCell;

    use js_sys::Array;
    use ringscope::api::{ApiError, Call, Output};
    use ringscope::base::{Duration, Error};
    use ringscope::js::{Cluster, Told, config, give, give_error, give_mistake, requests, value};
    use ringscope::sim::World;
    use serde::Serialize;
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    thread_local! {
        static LAST_WORDS: RefCell<String> = const { RefCell::new(String::new()) };
    }

    /// What was said when an invariant broke.
    #[wasm_bindgen(js_name = lastWords)]
    pub fn last_words() -> String {
        LAST_WORDS.take()
    }

    #[wasm_bindgen(start)]
    pub fn start() {
        std::panic::set_hook(Box::new(|panic| LAST_WORDS.set(panic.to_string())));
    }

    /// A cluster. Nothing of the caller's runs while it is borrowed: inputs come as bytes.
    #[wasm_bindgen]
    pub struct Engine(RefCell<Cluster>);

    #[wasm_bindgen]
    impl Engine {
        /// A configuration that makes no sense is told as a text, and a cluster that cannot be as an
        /// object.
        #[wasm_bindgen(constructor)]
        pub fn new(given: &[u8]) -> Result<Engine, JsValue> {
            let wrong = |error: Error| JsValue::from(error.message);
            let (config, record) = config(value(given).as_ref()).map_err(wrong)?;
            let cluster = Cluster::new(config, record).map_err(|error| give_mistake(&error))?;
            Ok(Engine(RefCell::new(cluster)))
        }

        /// Sends one request, and returns its output or throws its error.
        pub fn send(&self, request: &[u8]) -> Result<JsValue, JsValue> {
            match &self.responses(request)[0] {
                Ok(output) => Ok(give(output)),
                Err(error) => Err(give_error(error)),
            }
        }

        /// Sends requests at one instant. Returns as many pairs of an output and an error, one of
        /// them undefined.
        #[wasm_bindgen(js_name = sendAll)]
        pub fn send_all(&self, requests: &[u8]) -> Array {
            let pair = |response: &Result<Output, ApiError>| match response {
                Ok(output) => Array::of2(&give(output), &JsValue::UNDEFINED),
                Err(error) => Array::of2(&JsValue::UNDEFINED, &give_error(error)),
            };
            self.responses(requests).iter().map(pair).collect()
        }

        pub fn command(&self, text: &str) -> Result<String, JsValue> {
            self.0.borrow_mut().command(text).map_err(|error| give_mistake(&error))
        }

        /// Lets so many milliseconds pass; the caller made sure that it is a span of time.
        pub fn advance(&self, ms: f64) -> Result<(), JsValue> {
            let span = Duration((ms * 1_000.0).round() as u64);
            self.0.borrow_mut().advance(span).map_err(|error| give_mistake(&error))
        }

        #[wasm_bindgen(getter)]
        pub fn now(&self) -> f64 {
            self.0.borrow().now().0 as f64 / 1_000.0
        }

        pub fn snapshot(&self) -> Vec<u8> {
            self.0.borrow().snapshot()
        }

        pub fn restore(&self, bytes: &[u8]) -> Result<Option<String>, JsValue> {
            self.0.borrow_mut().restore(bytes).map_err(|error| give_mistake(&error))
        }

        pub fn listen(&self, listens: bool) {
            self.0.borrow_mut().listen(listens);
        }

        /// The events since this was asked the last time.
        pub fn news(&self) -> Result<Array, JsValue> {
            let serializer = serde_wasm_bindgen::Serializer::new();
            let news = self.0.borrow_mut().news();
            let told = news.iter().map(|event| Told::of(event).serialize(&serializer));
            Ok(told.collect::<Result<Array, _>>()?)
        }
    }

    impl Engine {
        fn responses(&self, given: &[u8]) -> Vec<Result<Output, ApiError>> {
            let given = requests(given);
            let read = given.into_iter().map(|(operation, input)| {
                move |world: &World| Call::understand(operation, input, world)
            });
            self.0.borrow_mut().send(read)
        }
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    println!("This is the JavaScript API, for wasm32: `cargo xtask dist` builds it into dist/api.");
}
