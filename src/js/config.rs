//! Configurations: what a `cluster` line says, as an object.

use crate::base::{Error, Result};
use crate::data::Json;
use crate::scenario::{cluster_config, parse, quoted};
use crate::sim::ClusterConfig;

/// The cluster that an object describes, by the names that the `cluster` line has, and whether it
/// keeps a record.
///
/// # Errors
/// If there is no such member, or it is of another type; the message names it.
pub fn config(given: Option<&Json<'_>>) -> Result<(ClusterConfig, bool)> {
    let members = match given {
        Some(Json::Null) => &[],
        Some(Json::Object(members)) => &members[..],
        _ => {
            return Err(Error::invalid(
                "a configuration is an object, such as { nodes: 5, network: \"lan\" }",
            ));
        }
    };
    let (mut line, mut record) = ("cluster".to_owned(), true);
    for (name, value) in members {
        let value = match value {
            Json::Null => continue,
            Json::Bool(keeps) if **name == *"record" => {
                record = *keeps;
                continue;
            }
            _ if **name == *"record" => return Err(Error::invalid("record is true or false")),
            Json::Number(digits) => digits,
            Json::String(text) => &**text,
            other => {
                let other = other.described();
                return Err(Error::invalid(format!("{name} is a number or a text, not {other}")));
            }
        };
        line += &format!(" {}={}", argument(name)?, quoted(value));
    }
    let (line, _) = parse(&line)?;
    let config = cluster_config(&line).expect("it is a line that begins with cluster");
    Ok((config, record))
}

/// What can stand before a `=`.
fn argument(name: &str) -> Result<&str> {
    let is_one = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    match is_one {
        true => Ok(name),
        false => Err(Error::invalid(format!(
            "{name:?} is not a part of a configuration: its members are named as in a cluster line"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::NetworkPreset;

    fn of(text: &str) -> Result<(ClusterConfig, bool)> {
        config(Some(&Json::read(text).expect("it is JSON")))
    }

    #[test]
    fn members_are_the_arguments_of_a_line() {
        assert_eq!(of("{}"), Ok((ClusterConfig::default(), true)));
        let (config, record) =
            of(r#"{"nodes":7,"network":"wan","timeout":"2s","gossip":null,"record":false}"#)
                .expect("it makes sense");
        assert_eq!((config.nodes, config.network, record), (7, NetworkPreset::Wan, false));
        assert_eq!(config.timeout.0, 2_000_000);
    }

    #[test]
    fn mistakes_name_the_member() {
        for (text, word) in [
            ("[]", "is an object"),
            (r#"{"nodes":"many"}"#, "many"),
            (r#"{"nodes":-1}"#, "-1"),
            (r#"{"nodes":{}}"#, "nodes is a number or a text, not an object"),
            (r#"{"nods":5}"#, "nods"),
            (r#"{"nodes=3 seed":5}"#, "nodes=3 seed"),
            (r#"{"record":1}"#, "record is true or false"),
            (r#"{"network":"wan r=1"}"#, "wan r=1"),
        ] {
            let message = of(text).expect_err(text).message;
            assert!(message.contains(word), "{text}: {message}");
        }
    }
}
