//! From outputs and mistakes to objects.

use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::api::{ApiError, Output};
use crate::base::{Error, ErrorKind};
use crate::data::{AttributeValue, Item};

#[wasm_bindgen]
extern "C" {
    /// An object whose members have names of anybody's choice.
    #[wasm_bindgen(extends = Object)]
    type Bag;
    #[wasm_bindgen(method, indexing_setter)]
    fn assign(this: &Bag, name: &str, value: &JsValue);
}

fn bag() -> Bag {
    Object::new().unchecked_into()
}

impl Bag {
    fn put(&self, name: &str, value: &JsValue) {
        match name {
            // Assigned, it would be another thing.
            "__proto__" => {
                let descriptor = bag();
                descriptor.assign("value", value);
                for is in ["writable", "enumerable", "configurable"] {
                    descriptor.assign(is, &JsValue::TRUE);
                }
                Object::define_property(self, &name.into(), &descriptor);
            }
            _ => self.assign(name, value),
        }
    }
}

/// An output as objects: DynamoDB's JSON, but with binaries as they are.
pub fn give(output: &Output) -> JsValue {
    match output {
        Output::Bool(value) => JsValue::from_bool(*value),
        Output::Integer(value) => JsValue::from_f64(*value as f64),
        Output::Thousandths(value) => JsValue::from_f64(*value as f64 / 1_000.0),
        Output::Text(text) => JsValue::from_str(text),
        Output::Bytes(bytes) => give_bytes(bytes),
        Output::List(values) => values.iter().map(give).collect::<Array>().into(),
        Output::Object(members) => {
            let object = bag();
            members.iter().for_each(|(name, value)| object.put(name, &give(value)));
            object.into()
        }
        Output::Item(item) => give_item(item),
    }
}

fn give_item(item: &Item) -> JsValue {
    let object = bag();
    item.iter().for_each(|(name, value)| object.put(name, &give_value(value)));
    object.into()
}

fn give_value(value: &AttributeValue) -> JsValue {
    let content = match value {
        AttributeValue::S(text) => JsValue::from_str(text),
        AttributeValue::N(number) => JsValue::from_str(&number.to_string()),
        AttributeValue::B(bytes) => give_bytes(bytes),
        AttributeValue::BOOL(value) => JsValue::from_bool(*value),
        AttributeValue::NULL => JsValue::TRUE,
        AttributeValue::M(map) => give_item(map),
        AttributeValue::L(list) => list.iter().map(give_value).collect::<Array>().into(),
        AttributeValue::SS(set) => {
            set.iter().map(|text| JsValue::from_str(text)).collect::<Array>().into()
        }
        AttributeValue::NS(set) => set
            .iter()
            .map(|number| JsValue::from_str(&number.to_string()))
            .collect::<Array>()
            .into(),
        AttributeValue::BS(set) => {
            set.iter().map(|bytes| give_bytes(bytes)).collect::<Array>().into()
        }
    };
    let object = bag();
    object.assign(value.type_descriptor(), &content);
    object.into()
}

fn give_bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// An error of DynamoDB's: name, message, status, and the item that a condition met.
pub fn give_error(error: &ApiError) -> JsValue {
    let object = bag();
    object.assign("name", &error.name.to_string().into());
    object.assign("message", &error.message.as_str().into());
    object.assign("status", &error.name.status().into());
    if let Some(item) = &error.item {
        object.assign("Item", &give_item(item));
    }
    object.into()
}

/// A mistake in a line, a configuration or a snapshot: its kind and a message.
pub fn give_mistake(error: &Error) -> JsValue {
    let kind = match error.kind {
        ErrorKind::Invalid => "invalid",
        ErrorKind::NotFound => "not-found",
        ErrorKind::Refused => "refused",
        ErrorKind::Damaged => "damaged",
    };
    let object = bag();
    object.assign("kind", &kind.into());
    object.assign("message", &error.message.as_str().into());
    object.into()
}
