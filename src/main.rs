//! The binary: the page on wasm32, and what its worker does; the command line elsewhere.

#[cfg(target_arch = "wasm32")]
fn main() {
    // A worker has no window: www/worker.js calls what it needs.
    if web_sys::window().is_some() {
        ringscope::ui::mount();
    }
}

#[cfg(target_arch = "wasm32")]
mod worker {
    use ringscope::transfer::Reader;
    use wasm_bindgen::prelude::wasm_bindgen;

    /// Reads a file beside the page.
    #[wasm_bindgen]
    pub struct RowReader(Reader);

    #[wasm_bindgen]
    impl RowReader {
        /// `is_csv`: undefined if the file's beginning is to tell. `keys`: as the page writes them.
        #[wasm_bindgen(constructor)]
        pub fn new(is_csv: Option<bool>, keys: &[u8]) -> RowReader {
            RowReader(ringscope::ui::reader(is_csv, keys))
        }

        pub fn feed(&mut self, piece: &[u8]) {
            self.0.feed(piece);
        }

        pub fn end(&mut self) {
            self.0.end();
        }

        #[wasm_bindgen(js_name = isHungry)]
        pub fn is_hungry(&self) -> bool {
            self.0.is_hungry()
        }

        /// Some rows, in bytes.
        pub fn batch(&mut self) -> Vec<u8> {
            self.0.batch().to_bytes()
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    ringscope::cli::main()
}
