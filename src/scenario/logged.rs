//! Tables as a session log writes them, where no other line says what they are: in bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::backup::archiving_line;
use super::quoted;
use crate::base::{Error, Result};
use crate::data::{TableAbout, TableSchema};
use crate::sim::{Alteration, Command};

/// The command that such a line stands for.
///
/// # Errors
/// If nobody logged it.
pub(super) fn table_as_logged(text: &str) -> Result<Vec<Command>> {
    let bytes = BASE64.decode(text).ok();
    let command = bytes.and_then(|bytes| postcard::from_bytes::<Command>(&bytes).ok());
    match command {
        Some(command @ (Command::DefineTable(_) | Command::Alter(..) | Command::Archive(_))) => {
            Ok(vec![command])
        }
        _ => Err(Error::invalid("this is no table that a session log wrote")),
    }
}

/// The line for a command about a table; none if it has one that people can read.
pub(super) fn table_line(command: &Command) -> Option<String> {
    let is_plain = match command {
        Command::DefineTable(TableSchema { indexes, expiry, about, recording, .. }) => {
            indexes.is_empty()
                && expiry.is_none()
                && recording.is_none()
                && *about == TableAbout::default()
        }
        Command::Alter(_, Alteration::AddIndex(index)) => index.throughput.is_none(),
        Command::Alter(_, Alteration::Say(..)) => false,
        Command::Archive(wanted) => archiving_line(wanted).is_some(),
        _ => true,
    };
    (!is_plain).then(|| {
        let bytes = postcard::to_allocvec(command).expect("memory suffices");
        format!("schema {}", quoted(&BASE64.encode(bytes)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Call;
    use crate::base::ClientId;
    use crate::scenario::{Line, command_line, parse};
    use crate::sim::{ClusterConfig, World};

    #[test]
    fn what_is_asked_of_tables_is_read_back_from_the_log() {
        let mut world = World::new(ClusterConfig::default()).expect("it works");
        world.run_for(crate::base::Duration(5));
        for (operation, body) in [
            (
                "CreateTable",
                r#"{"TableName":"Music","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":2},"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},{"AttributeName":"n","AttributeType":"N"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"GlobalSecondaryIndexes":[{"IndexName":"by-n","KeySchema":[{"AttributeName":"n","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"},"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":2}}]}"#,
            ),
            ("UpdateTable", r#"{"TableName":"Music","BillingMode":"PAY_PER_REQUEST"}"#),
            (
                "UpdateTable",
                r#"{"TableName":"Music","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"by-n"}}]}"#,
            ),
            (
                "UpdateTimeToLive",
                r#"{"TableName":"Music","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}}"#,
            ),
            ("DeleteTable", r#"{"TableName":"Music"}"#),
        ] {
            let call = Call::parse(operation, body, &world).unwrap_or_else(|it| panic!("{it}"));
            for command in call.commands(ClientId(0)) {
                let text = command_line(&command);
                let (line, _) = parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
                let again = match &line {
                    Line::Schema(text) => table_as_logged(text),
                    Line::Call { operation, input } => {
                        let line = (operation.as_str(), input.as_deref());
                        super::super::call::commands(&world, line, ClientId(0))
                    }
                    _ => Ok(vec![command.clone()]),
                };
                assert_eq!(again, Ok(vec![command.clone()]), "{text}");
                world.apply(command).expect("it is possible");
            }
        }
        assert!(table_as_logged("AAAA").is_err());
    }
}
