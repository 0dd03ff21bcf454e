//! CSV as DynamoDB's import from S3 reads it (RFC 4180): fields between commas, in double quotes where
//! need be.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::base::{Error, Result};
use crate::data::{AttributeValue, Item, KeyAttribute, KeyKind, Number};

/// No file has more columns than this.
const MOST_COLUMNS: usize = 10_000;

/// The columns of a file, and the types of those that are keys.
pub struct Columns(Vec<(Box<str>, KeyKind)>);

impl Columns {
    /// Reads the first line. Columns of these keys have their types, the others are strings.
    ///
    /// # Errors
    /// If two columns have the same name, or one has none.
    pub fn read(line: &str, keys: &[KeyAttribute]) -> Result<Self> {
        let mut columns: Vec<(Box<str>, KeyKind)> = Vec::new();
        for field in fields(line)? {
            let name = field.text.trim();
            let at = columns.len() + 1;
            if name.is_empty() {
                return Err(Error::invalid(format!("column {at} has no name")));
            }
            if columns.iter().any(|(other, _)| **other == *name) {
                return Err(Error::invalid(format!("two columns are called {name:?}")));
            }
            if at > MOST_COLUMNS {
                return Err(Error::invalid(format!("there are more than {MOST_COLUMNS} columns")));
            }
            let key = keys.iter().find(|key| *key.name == *name);
            columns.push((name.into(), key.map_or(KeyKind::S, |key| key.kind)));
        }
        Ok(Self(columns))
    }

    /// Reads an item.
    ///
    /// # Errors
    /// If it has other fields than there are columns, or one that is not of its type.
    pub fn item(&self, line: &str) -> Result<Item> {
        let fields = fields(line)?;
        if fields.len() != self.0.len() {
            let (has, needs) = (fields.len(), self.0.len());
            return Err(Error::invalid(format!(
                "the first line names {needs} columns, but the fields here are {has}"
            )));
        }
        let mut attributes = Vec::new();
        for ((name, kind), field) in self.0.iter().zip(fields) {
            if field.text.is_empty() && !field.is_quoted {
                continue;
            }
            let value = value(&field.text, *kind)
                .map_err(|error| Error::invalid(format!("column {name:?}: {}", error.message)))?;
            attributes.push((name.clone(), value));
        }
        let item = Item::from_attributes(attributes)?;
        item.check_limits()?;
        Ok(item)
    }
}

fn value(text: &str, kind: KeyKind) -> Result<AttributeValue> {
    Ok(match kind {
        KeyKind::S => AttributeValue::from(text),
        KeyKind::N => AttributeValue::N(text.trim().parse::<Number>()?),
        KeyKind::B => {
            let bytes = BASE64.decode(text.trim());
            let bytes = bytes.map_err(|_| Error::invalid("a binary is written in Base64"))?;
            AttributeValue::B(bytes.into())
        }
    })
}

/// A field of a line.
struct Field {
    text: String,
    is_quoted: bool,
}

/// The fields of a line, which may have line breaks in its quotes.
fn fields(line: &str) -> Result<Vec<Field>> {
    let mut found = Vec::new();
    let mut rest = line;
    loop {
        let (field, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_field(quoted)?,
            None => plain_field(rest)?,
        };
        found.push(field);
        match behind {
            Some(behind) => rest = behind,
            None => return Ok(found),
        }
    }
}

/// A field without quotes, and what stands behind its comma.
fn plain_field(text: &str) -> Result<(Field, Option<&str>)> {
    let (field, behind) = match text.split_once(',') {
        Some((field, behind)) => (field, Some(behind)),
        None => (text, None),
    };
    match field.contains('"') {
        true => Err(Error::invalid(
            "a double quote stands in a field without quotes: put the field in double quotes, and \
             write the quote twice",
        )),
        false => Ok((Field { text: field.to_owned(), is_quoted: false }, behind)),
    }
}

/// A field whose first quote is gone already, and what stands behind its comma.
fn quoted_field(text: &str) -> Result<(Field, Option<&str>)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let Some((piece, behind)) = rest.split_once('"') else {
            return Err(Error::invalid("a field in double quotes does not end"));
        };
        field.push_str(piece);
        match behind.strip_prefix('"') {
            Some(behind) => {
                field.push('"');
                rest = behind;
            }
            None if behind.is_empty() => return Ok((Field { text: field, is_quoted: true }, None)),
            None => {
                let behind = behind.strip_prefix(',').ok_or_else(|| {
                    Error::invalid("something stands between a field's last quote and its comma")
                })?;
                return Ok((Field { text: field, is_quoted: true }, Some(behind)));
            }
        }
    }
}

/// Writes a field, in quotes where it could be taken for something else.
pub fn write_field(text: &str, out: &mut String) {
    let needs_quotes = text.is_empty()
        || text.contains([',', '"', '\n', '\r'])
        || text.starts_with(char::is_whitespace)
        || text.ends_with(char::is_whitespace);
    if !needs_quotes {
        out.push_str(text);
        return;
    }
    out.push('"');
    for (at, piece) in text.split('"').enumerate() {
        out.push_str(if at > 0 { "\"\"" } else { "" });
        out.push_str(piece);
    }
    out.push('"');
}

/// What a value is in a field.
pub fn text_of(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) => text.to_string(),
        AttributeValue::N(number) => number.to_string(),
        AttributeValue::B(bytes) => BASE64.encode(bytes),
        other => other.to_json(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str, line: &str) -> std::result::Result<String, String> {
        let keys = [KeyAttribute::new("n", KeyKind::N), KeyAttribute::new("b", KeyKind::B)];
        let columns = Columns::read(header, &keys).map_err(|error| error.message)?;
        columns.item(line).map(|item| item.to_dynamodb_json()).map_err(|error| error.message)
    }

    #[test]
    fn fields_become_attributes() {
        for (header, line, item) in [
            ("id,name", "a,x", r#"{"id":{"S":"a"},"name":{"S":"x"}}"#),
            ("id,name", "a,", r#"{"id":{"S":"a"}}"#),
            ("id,name", "a,\"\"", r#"{"id":{"S":"a"},"name":{"S":""}}"#),
            ("id,n,b", "a,1.50,AAH/", r#"{"b":{"B":"AAH/"},"id":{"S":"a"},"n":{"N":"1.5"}}"#),
            (
                "\"i,d\",\"n\"\"\"",
                "\"a\nb\",\"say \"\"hi\"\"\"",
                "{\"i,d\":{\"S\":\"a\\nb\"},\"n\\\"\":{\"S\":\"say \\\"hi\\\"\"}}",
            ),
            ("id", " a ", r#"{"id":{"S":" a "}}"#),
        ] {
            assert_eq!(read(header, line).as_deref(), Ok(item), "{line}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for (header, line, complaint) in [
            ("id,id", "", "two columns are called \"id\""),
            ("id,,x", "", "column 2 has no name"),
            ("id,x", "a", "names 2 columns, but the fields here are 1"),
            ("id,n", "a,ten", "column \"n\": \"ten\" is not a numeric value"),
            ("id,b", "a,!", "column \"b\": a binary is written in Base64"),
            ("id,x", "a,say \"hi\"", "write the quote twice"),
            ("id,x", "a,\"x\"y", "between a field's last quote and its comma"),
            ("id,x", "a,\"x", "does not end"),
        ] {
            let said = read(header, line).expect_err(line);
            assert!(said.contains(complaint), "{line}: {said}");
        }
    }

    #[test]
    fn fields_are_written_so_that_they_are_read_back() {
        for text in ["", "a", " a", "a,b", "\"", "\"\"", "a\r\nb", "Zürich", "'", "\ta"] {
            let mut line = String::new();
            write_field(text, &mut line);
            let found = fields(&line).expect(text);
            assert_eq!((found.len(), &*found[0].text), (1, text), "{line}");
            assert!(!text.is_empty() || found[0].is_quoted);
        }
    }
}
