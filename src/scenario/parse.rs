//! Reading lines.

use super::Line;
use super::mistakes::{explain, unreadable};
use crate::base::{ClientId, Error, Result};

/// Reads one line, and which client it speaks for.
///
/// # Errors
/// If the line is empty or says nothing that can be understood.
pub fn parse(text: &str) -> Result<(Line, ClientId)> {
    let text = text.trim();
    if text.is_empty() || text.starts_with('#') || text.starts_with("//") {
        return Err(Error::invalid(
            "type a command, such as: put Airports SEA '{\"city\":\"Seattle\"}'",
        ));
    }
    if text.contains('\n') {
        return Err(Error::invalid("one line is one command: enter the lines one by one"));
    }
    let mut reader = Reader { read: None };
    goldenscript::generate(&mut reader, &format!("{text}\n---\n"))
        .map_err(|error| unreadable(text, &error.to_string()))?;
    let (command, prefix) = reader.read.ok_or_else(|| unreadable(text, ""))?;
    Ok((understand(&command)?, client_of(prefix.as_deref())?))
}

/// What a command that could be read says.
///
/// # Errors
/// If it says nothing that can be understood.
pub(super) fn understand(command: &goldenscript::Command) -> Result<Line> {
    Line::try_from(command).map_err(|error| explain(&command.name, &error.to_string()))
}

/// The client that a line's prefix names; the first client if there is none.
pub(super) fn client_of(prefix: Option<&str>) -> Result<ClientId> {
    let Some(name) = prefix else { return Ok(ClientId(0)) };
    let number = match name.strip_prefix("client") {
        Some("") => Some(1),
        Some(digits) => digits.parse::<u16>().ok().filter(|number| *number >= 1),
        None => None,
    };
    match number {
        Some(number) => Ok(ClientId(number - 1)),
        None => Err(Error::invalid(format!(
            "{name:?} is no client: before the colon write client, client2, client3, …"
        ))),
    }
}

/// Takes one parsed command out of the parser.
struct Reader {
    read: Option<(goldenscript::Command, Option<String>)>,
}

impl goldenscript::Runner for Reader {
    type Command = goldenscript::Command;

    fn run(
        &mut self,
        command: &goldenscript::Command,
        context: &goldenscript::Context,
    ) -> std::result::Result<String, Box<dyn std::error::Error>> {
        self.read = Some((command.clone(), context.prefix.clone()));
        Ok(String::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_in_words() {
        for (line, word) in [
            ("", "type a command"),
            ("fly SEA", "there is no command"),
            ("put Airports SEA {\"a\":1}", "single quotes"),
            ("crash 7", "not a node"),
            ("drop 7", "not a message"),
            ("cluster nodes=many", "whole number"),
            ("cluster network=pigeon", "choose ideal, lan, wan, lnkd-ssd"),
            ("get Airports", "missing"),
            ("get Airports SEA r=two", "not a whole number"),
            ("get Airports SEA r=256", "out of range"),
            ("get Airports SEA wait=maybe", "neither true nor false"),
            ("get Airports SEA now", "does not belong"),
            ("put Airports SEA if=missing", "write if=absent"),
            ("get Airports SEA consistent=very", "neither true nor false"),
            ("run 5 parsecs", "span of time"),
            ("bob: get Airports SEA", "is no client"),
            ("workload keys=pareto", "choose uniform, zipf, hot-set or sequential"),
            ("workload exponent=steep", "no exponent"),
            ("workload stop 3", "no workload"),
            ("get A B\nget A C", "one line"),
        ] {
            let message = parse(line).expect_err(line).message;
            assert!(message.contains(word), "{line:?}: {message}");
        }
    }

    #[test]
    fn prefix_names_the_client() {
        assert_eq!(parse("client3: get T k").unwrap().1, ClientId(2));
        assert_eq!(parse("get T k").unwrap().1, ClientId(0));
    }
}
