//! From objects to the inputs of requests.

use js_sys::TypeError;
use wasm_bindgen::JsValue;

use crate::api::MAX_REQUEST_DEPTH;
use crate::data::Json;

/// The input of a request; none if it is nested too deep to be one.
///
/// # Errors
/// A TypeError if it holds what no JSON could, with its place.
pub fn take(input: JsValue) -> Result<Option<Json<'static>>, JsValue> {
    let input = serde_wasm_bindgen::Deserializer::from(input);
    Json::from_values(input, MAX_REQUEST_DEPTH)
        .map_err(|error| TypeError::new(&format!("the input of a request: {error}")).into())
}
