//! Expressions as people write them in a line: with names and values in them.
//!
//! ```text
//!   state = "WA" AND size(tags) > 2   ─▶   #0 = :1 AND size(#2) > :3
//! ```
//!
//! DynamoDB's own expressions have placeholders for all values, and for the many names that are
//! reserved words. Here every name and every literal becomes a placeholder before the text is parsed.
//! Literals are those of JSON; what it has no notation for is in DynamoDB's: `{"SS": ["a", "b"]}`.
//!
//! Caveat: an attribute that has the name of a keyword (`set`, `in`, …) cannot be spoken of so.

use crate::base::{Error, Result};
use crate::data::{AttributeValue, Item};
use crate::expression::Placeholders;

/// Words that are no names.
const KEYWORDS: [&str; 9] = ["and", "or", "not", "between", "in", "set", "remove", "add", "delete"];

/// An expression with placeholders, and what these stand for.
pub(super) fn with_placeholders(text: &str) -> Result<(String, Placeholders)> {
    let mut reader = Reader {
        rest: text,
        written: String::new(),
        names: Vec::new(),
        values: Vec::new(),
        adds: false,
    };
    let mut before = Before::Operator;
    while let Some(first) = reader.rest.chars().next() {
        before = reader.next(first, before)?;
    }
    let Reader { written, names, values, .. } = reader;
    let names = (!names.is_empty()).then_some(names);
    let values = (!values.is_empty()).then_some(values);
    Ok((written, Placeholders::new(names, values)?))
}

/// What stands before the rest of the text.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// A name or a value: a sign or a bracket that follows belongs to it.
    Operand,
    Operator,
}

struct Reader<'a> {
    rest: &'a str,
    written: String,
    names: Vec<(Box<str>, Box<str>)>,
    values: Vec<(Box<str>, AttributeValue)>,
    /// What follows a name is a value, and not subtracted from it.
    adds: bool,
}

impl Reader<'_> {
    /// Takes so many bytes off the rest.
    fn take(&mut self, bytes: usize) -> &str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    fn next(&mut self, first: char, before: Before) -> Result<Before> {
        let second = self.rest[first.len_utf8()..].chars().next().unwrap_or(' ');
        match first {
            _ if is_of_word(first) && !first.is_ascii_digit() => Ok(self.word(before)),
            '-' if (before == Before::Operator || self.adds) && second.is_ascii_digit() => {
                self.literal()
            }
            '0'..='9' | '"' | '{' => self.literal(),
            '[' if before == Before::Operator => self.literal(),
            '[' => {
                let end = self.rest.find(']').map_or(self.rest.len(), |end| end + 1);
                let index = self.take(end).to_owned();
                self.written += &index;
                Ok(Before::Operand)
            }
            ')' => {
                self.keep(first);
                Ok(Before::Operand)
            }
            first if first.is_whitespace() => {
                self.keep(first);
                Ok(before)
            }
            first => {
                self.keep(first);
                Ok(Before::Operator)
            }
        }
    }

    fn keep(&mut self, first: char) {
        self.take(first.len_utf8());
        self.written.push(first);
    }

    /// A keyword, a function, a literal that is a word, or a name.
    fn word(&mut self, before: Before) -> Before {
        let end = self.rest.find(|c| !is_of_word(c)).unwrap_or(self.rest.len());
        let word = self.take(end).to_owned();
        let is_function = self.rest.trim_start().starts_with('(');
        let lower = word.to_ascii_lowercase();
        if KEYWORDS.contains(&lower.as_str()) {
            self.adds = lower == "add";
            self.written += &word;
            return Before::Operator;
        }
        match word.as_str() {
            "true" => self.value(true.into()),
            "false" => self.value(false.into()),
            "null" => self.value(AttributeValue::NULL),
            // `begins_with (` may be `a IN (` but for the keyword, which was seen to.
            _ if is_function && before == Before::Operator => self.written += &word,
            _ => {
                let place = format!("#{}", self.names.len());
                self.written += &place;
                self.names.push((place.into(), word.into()));
            }
        }
        Before::Operand
    }

    fn value(&mut self, value: AttributeValue) {
        let place = format!(":{}", self.values.len());
        self.written += &place;
        self.values.push((place.into(), value));
    }

    /// A literal in JSON.
    fn literal(&mut self) -> Result<Before> {
        let end = literal_end(self.rest).ok_or_else(|| {
            Error::invalid(format!("this begins a value that does not end: {}", self.rest))
        })?;
        let literal = self.take(end);
        // So that a value is read as an item's is: in either notation.
        let mut item = Item::parse(&format!("{{\"v\":{literal}}}"))?;
        let value = item.remove("v").ok_or_else(|| Error::invalid("a value is missing"))?;
        self.value(value);
        Ok(Before::Operand)
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '#' | ':')
}

/// Where a literal of JSON ends that the text begins with.
fn literal_end(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut is_escaped) = (0u32, false, false);
    for (at, c) in text.char_indices() {
        if in_string {
            in_string = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
        } else {
            match c {
                '"' => in_string = true,
                '[' | '{' => depth += 1,
                ']' | '}' => depth = depth.checked_sub(1)?,
                _ if depth > 0 => continue,
                c if c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.') => {
                    let ends = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.'));
                    let mut rest = text[at + 1..].char_indices();
                    let mut last = c;
                    let end = rest.find(|(_, c)| {
                        let is_sign = matches!(c, '+' | '-') && matches!(last, 'e' | 'E');
                        last = *c;
                        ends(*c) && !is_sign
                    });
                    return Some(end.map_or(text.len(), |(more, _)| at + 1 + more));
                }
                _ => return None,
            }
            is_escaped = false;
        }
        if depth == 0 && !in_string {
            return Some(at + c.len_utf8());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::{Condition, Update};

    fn condition(text: &str) -> String {
        let (written, mut placeholders) = with_placeholders(text).expect(text);
        let condition = Condition::parse(&written, &mut placeholders).expect(text);
        placeholders.unused().expect(text);
        condition.to_string()
    }

    #[test]
    fn names_and_values_become_placeholders() {
        for text in [
            r#"state = "WA""#,
            r#"size(name) > 3 AND begins_with(name, "Sea")"#,
            r#"a.b[0].c IN (1, -2.5, "x") OR NOT attribute_exists(status)"#,
            "a BETWEEN -5 AND 10",
            r#"contains(tags, "a \" b") AND hidden = false"#,
        ] {
            assert_eq!(condition(text), text);
        }
        let (written, _) = with_placeholders("SET n = n - 1, l[2] = [1,{\"a\":2}]").expect("fine");
        assert_eq!(written, "SET #0 = #1 - :0, #2[2] = :1");
    }

    #[test]
    fn updates_have_sets_too() {
        let text = r#"SET n = if_not_exists(n, 0) + 1 ADD tags {"SS":["a"]}, m -2 REMOVE x.y"#;
        let (written, mut placeholders) = with_placeholders(text).expect("fine");
        let update = Update::parse(&written, &mut placeholders).expect("fine");
        let item = Item::parse(r#"{"id":"a","x":{"y":1}}"#).expect("fine");
        let after = update.apply(Some(&item), &item).expect("fits").expect("is there");
        assert_eq!(
            after.to_dynamodb_json(),
            r#"{"id":{"S":"a"},"m":{"N":"-2"},"n":{"N":"1"},"tags":{"SS":["a"]},"x":{"M":{}}}"#
        );
    }

    #[test]
    fn what_does_not_end_is_refused() {
        for text in ["a = \"x", "a = [1, 2", "a = {"] {
            assert!(with_placeholders(text).is_err(), "{text}");
        }
    }
}
