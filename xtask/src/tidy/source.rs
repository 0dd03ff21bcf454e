//! A scanner that sees Rust source as a row of tokens, without comments, strings and characters.

/// One token and the line that it stands on, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// An identifier or number, `::`, or a single other character.
    pub text: &'a str,
    pub line: usize,
}

/// The tokens of a file. Literals of text leave no token, nor do lifetimes.
pub fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let skipped = comment(rest).or_else(|| quoted(rest)).or_else(|| character(rest));
        let length = skipped.unwrap_or_else(|| match first {
            _ if first.is_alphanumeric() || first == '_' => word(rest),
            ':' if rest.starts_with("::") => 2,
            _ => first.len_utf8(),
        });
        if skipped.is_none() && !first.is_whitespace() {
            tokens.push(Token { text: &rest[..length], line });
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// Whether a token is a name (keywords are).
pub fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

fn word(rest: &str) -> usize {
    rest.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(rest.len())
}

/// The length of a comment that begins here; block comments nest.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if !rest.starts_with("/*") {
        return None;
    }
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let ahead = &rest.as_bytes()[at..];
        if ahead.starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if ahead.starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += 1;
        }
    }
    Some(rest.len())
}

/// The length of a string that begins here: plain, byte, C, or raw.
fn quoted(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""]
        .into_iter()
        .find(|prefix| rest.strip_prefix(prefix).is_some_and(|it| it.starts_with(['"', '#'])))?;
    let after = &rest[prefix.len()..];
    let hashes = after.len() - after.trim_start_matches('#').len();
    let inside = after[hashes..].strip_prefix('"')?;
    let start = rest.len() - inside.len();
    if prefix.ends_with('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(inside.find(&end).map_or(rest.len(), |at| start + at + end.len()));
    }
    if hashes > 0 {
        return None;
    }
    Some(start + end_of_literal(inside, b'"'))
}

/// The length of a character that begins here, or of a lifetime's apostrophe and name.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let first = inside.chars().next()?;
    if first == '\\' {
        return Some(1 + end_of_literal(inside, b'\''));
    }
    if inside[first.len_utf8()..].starts_with('\'') {
        return Some(first.len_utf8() + 2);
    }
    Some(1 + word(inside))
}

/// Where a literal ends, past its closing delimiter, with escapes taken into account.
fn end_of_literal(inside: &str, delimiter: u8) -> usize {
    let bytes = inside.as_bytes();
    let mut at = 0;
    while at < bytes.len() && bytes[at] != delimiter {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(inside.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        tokens(source).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn paths_are_names_and_double_colons() {
        assert_eq!(
            texts("use crate::a_1::{B, c};"),
            ["use", "crate", "::", "a_1", "::", "{", "B", ",", "c", "}", ";"]
        );
    }

    #[test]
    fn comments_leave_nothing() {
        assert_eq!(texts("a // b\nc /* d /* e */ f */ g /// h"), ["a", "c", "g"]);
        assert_eq!(texts("a /* open"), ["a"]);
    }

    #[test]
    fn strings_leave_nothing() {
        assert_eq!(texts(r#"a "b \" c" d b"e" f c"g" h"#), ["a", "d", "f", "h"]);
        assert_eq!(texts(r###"a r"\" b r#"c " d"# e br##"f "# g"## h"###), ["a", "b", "e", "h"]);
        assert_eq!(texts("a \"open"), ["a"]);
    }

    #[test]
    fn characters_and_lifetimes_leave_nothing() {
        assert_eq!(texts(r"a '{' b '\'' c '\u{7d}' d 'é' e"), ["a", "b", "c", "d", "e"]);
        assert_eq!(texts("&'a str, 'static 'b: loop"), ["&", "str", ",", ":", "loop"]);
    }

    #[test]
    fn raw_names_and_attributes_are_no_strings() {
        assert_eq!(texts("r#type #[x]"), ["r", "#", "type", "#", "[", "x", "]"]);
    }

    #[test]
    fn lines_are_counted_through_everything() {
        let source = "a\n/* b\n */ \"c\n\" d // e\nf";
        let lines: Vec<_> = tokens(source).iter().map(|token| (token.text, token.line)).collect();
        assert_eq!(lines, [("a", 1), ("d", 4), ("f", 5)]);
    }
}
