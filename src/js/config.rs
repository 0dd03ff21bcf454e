//! Configurations: what a `cluster` line says, as an object.

use js_sys::TypeError;
use wasm_bindgen::JsValue;

use crate::data::Json;
use crate::scenario::{cluster_config, parse, quoted};
use crate::sim::ClusterConfig;

/// The cluster that an object describes, by the names that the `cluster` line has, and whether it
/// keeps a record.
///
/// # Errors
/// A TypeError that names the member that it is about.
pub fn config(given: JsValue) -> Result<(ClusterConfig, bool), JsValue> {
    understand(given).map_err(|why| TypeError::new(&format!("the configuration: {why}")).into())
}

fn understand(given: JsValue) -> Result<(ClusterConfig, bool), String> {
    let given = serde_wasm_bindgen::Deserializer::from(given);
    let json = Json::from_values(given, 2).map_err(|error| error.to_string())?;
    let members = match json {
        Some(Json::Null) => Vec::new(),
        Some(Json::Object(members)) => members,
        _ => return Err("it is an object, such as { nodes: 5, network: \"lan\" }".to_owned()),
    };
    let (mut line, mut record) = ("cluster".to_owned(), true);
    for (name, value) in &members {
        let value = match value {
            Json::Null => continue,
            Json::Bool(keeps) if **name == *"record" => {
                record = *keeps;
                continue;
            }
            Json::Number(digits) => digits.to_string(),
            Json::String(text) => text.to_string(),
            Json::Bool(value) => value.to_string(),
            other => {
                return Err(format!("{name} is a number or a text, not {}", other.described()));
            }
        };
        let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        if !is_name || name.is_empty() || **name == *"record" {
            return Err(unknown(name));
        }
        line += &format!(" {name}={}", quoted(&value));
    }
    let (line, _) = parse(&line).map_err(|error| error.message)?;
    let config = cluster_config(&line).ok_or_else(|| unknown("?"))?;
    Ok((config, record))
}

fn unknown(name: &str) -> String {
    match name {
        "record" => "record is true or false".to_owned(),
        _ => format!("{name:?} is no part of it: its members are named as in a cluster line"),
    }
}
