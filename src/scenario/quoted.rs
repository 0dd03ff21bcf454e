//! Arguments as they are written in a line.

/// Writes an argument so that it is read back as it is: bare if possible, else in single quotes.
pub fn quoted(text: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@');
    let starts = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if text.chars().next().is_some_and(starts) && text.chars().all(bare) {
        return text.to_owned();
    }
    let mut written = String::with_capacity(text.len() + 2);
    written.push('\'');
    for c in text.chars() {
        match c {
            '\'' | '\\' => written.extend(['\\', c]),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '\0' => written.push_str("\\0"),
            c => written.push(c),
        }
    }
    written.push('\'');
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Line, parse};

    #[test]
    fn arguments_survive_being_quoted() {
        for key in [
            "SEA",
            "",
            "-x",
            "it's",
            "a\\b",
            "Zürich ✈",
            "{\"a\":\"it's\"}",
            "two\nlines",
            "a=b",
            "#1",
        ] {
            let line = format!("get Airports {}", quoted(key));
            let (read, _) = parse(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert!(matches!(read, Line::Get { key: ref got, .. } if got == key), "{line}");
        }
    }
}
