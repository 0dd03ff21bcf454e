//! Requests as they come from JavaScript: values in a row of bytes, each with a tag before it.
//!
//! ```text
//!   null 0 · false 1 · true 2 · too deep 3
//!   number 4, text 5, bytes 6    length u32, and so many bytes: digits, UTF-8, anything
//!   array 7                      count u32, and so many values
//!   object 8                     count u32, and so many times the length and bytes of a name, a value
//!   (integers little-endian)
//! ```
//!
//! `www/api/ringscope.js` writes them, in one go over the caller's objects: it is the other half of
//! this file. Crossing once with all of a request takes a fraction of the time that asking for each
//! member takes.

use crate::api::MAX_REQUEST_DEPTH;
use crate::data::Json;

/// The operation and input of each request, in order. An input is none if it is nested too deep to
/// make sense.
///
/// # Panics
/// If `www/api/ringscope.js` wrote anything else.
pub fn requests(bytes: &[u8]) -> Vec<(&str, Option<Json<'_>>)> {
    let mut reader = Reader { rest: bytes, is_too_deep: false };
    let mut requests = Vec::new();
    while !reader.rest.is_empty() {
        requests.push((reader.text(), reader.whole()));
    }
    requests
}

/// One value.
///
/// # Panics
/// As for [`requests`].
pub fn value(bytes: &[u8]) -> Option<Json<'_>> {
    Reader { rest: bytes, is_too_deep: false }.whole()
}

struct Reader<'a> {
    rest: &'a [u8],
    is_too_deep: bool,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        taken
    }

    fn count(&mut self) -> usize {
        u32::from_le_bytes(self.take(4).try_into().expect("four bytes")) as usize
    }

    fn text(&mut self) -> &'a str {
        let count = self.count();
        std::str::from_utf8(self.take(count)).expect("texts are written in UTF-8")
    }

    fn whole(&mut self) -> Option<Json<'a>> {
        self.is_too_deep = false;
        let value = self.value(MAX_REQUEST_DEPTH);
        (!self.is_too_deep).then_some(value)
    }

    /// A value in which there are at most so many levels.
    fn value(&mut self, levels: usize) -> Json<'a> {
        match self.take(1)[0] {
            0 => Json::Null,
            1 => Json::Bool(false),
            2 => Json::Bool(true),
            3 => {
                self.is_too_deep = true;
                Json::Null
            }
            4 => Json::Number(self.text()),
            5 => Json::String(self.text().into()),
            6 => {
                let count = self.count();
                Json::Bytes(self.take(count).into())
            }
            tag => {
                let below = levels.checked_sub(1).expect("what is deeper is not written");
                let count = self.count();
                match tag {
                    7 => Json::Array((0..count).map(|_| self.value(below)).collect()),
                    8 => {
                        let member = |_| (self.text().into(), self.value(below));
                        Json::Object((0..count).map(member).collect())
                    }
                    _ => panic!("{tag} is the tag of nothing"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_count(tag: u8, count: u32, rest: &[u8]) -> Vec<u8> {
        [&[tag], &count.to_le_bytes()[..], rest].concat()
    }

    fn named(name: &str) -> Vec<u8> {
        with_count(5, name.len() as u32, name.as_bytes())[1..].to_vec()
    }

    #[test]
    fn values_are_what_text_would_be() {
        let list = with_count(7, 3, &[vec![0, 2], with_count(4, 3, b"2.5")].concat());
        let text = with_count(5, 2, "ü".as_bytes());
        let object = with_count(8, 2, &[named("a"), list, named(""), text].concat());
        let read = value(&object).expect("it is not deep");
        let same = Json::read("{\"a\":[null,true,2.5],\"\":\"ü\"}").expect("it is JSON");
        assert_eq!(format!("{read:?}"), format!("{same:?}"));
        let bytes = with_count(6, 2, &[0, 255]);
        assert!(matches!(value(&bytes), Some(Json::Bytes(bytes)) if *bytes == [0, 255]));
    }

    #[test]
    fn requests_stand_in_a_row_and_one_that_is_too_deep_spoils_no_other() {
        let deep = with_count(7, 1, &[3]);
        let bytes = [named("GetItem"), deep, named("ListTables"), with_count(8, 0, &[])].concat();
        let read = requests(&bytes);
        assert!(matches!(&read[0], ("GetItem", None)));
        assert!(
            matches!(&read[1], ("ListTables", Some(Json::Object(members))) if members.is_empty())
        );
        assert_eq!(read.len(), 2);
    }
}
