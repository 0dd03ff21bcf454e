//! Key values as bytes whose order is that of the values: what is compared byte by byte is in the
//! order in which DynamoDB sorts, also where several values follow each other.
//!
//! ```text
//!  S  "WA"       1  57 41  00 00            text, then what is less than any character
//!  N  -7         2  00 7c ee 52 …           sign, magnitude, digits: 18 bytes
//!  B  00 ff      3  00 ff ff  00 00         a zero is followed by ff, so that the end is less
//! ```
//!
//! The byte in front tells the type. In one place of one key all values are of one type, so that it
//! orders nothing.

use super::{KeyValue, Number};

const STRING: u8 = 1;
const NUMBER: u8 = 2;
const BINARY: u8 = 3;
/// After a zero byte: there is more, and the zero belongs to it.
const ESCAPED: u8 = 0xff;
/// After a zero byte: the end.
const END: u8 = 0;

fn escape(bytes: &[u8], to: &mut Vec<u8>) {
    for byte in bytes {
        to.push(*byte);
        if *byte == 0 {
            to.push(ESCAPED);
        }
    }
}

/// Appends a value.
pub fn encode(value: &KeyValue, to: &mut Vec<u8>) {
    begin(value, to);
    if !matches!(value, KeyValue::N(_)) {
        to.extend([0, END]);
    }
}

/// Appends what every value that begins with this one begins with. (Of a number, all of it.)
pub fn begin(value: &KeyValue, to: &mut Vec<u8>) {
    match value {
        KeyValue::S(text) => {
            to.push(STRING);
            escape(text.as_bytes(), to);
        }
        KeyValue::N(number) => {
            to.push(NUMBER);
            to.extend(number.to_ordered_bytes());
        }
        KeyValue::B(bytes) => {
            to.push(BINARY);
            escape(bytes, to);
        }
    }
}

/// Several values, one after the other.
pub fn encode_all<'a>(values: impl IntoIterator<Item = &'a KeyValue>) -> Box<[u8]> {
    let mut bytes = Vec::new();
    values.into_iter().for_each(|value| encode(value, &mut bytes));
    bytes.into()
}

/// Takes the first value off, if there is one.
pub fn decode(from: &mut &[u8]) -> Option<KeyValue> {
    let (kind, mut rest) = from.split_first()?;
    let value = match *kind {
        NUMBER => {
            let (bytes, behind) = rest.split_first_chunk::<{ Number::ORDERED_BYTES }>()?;
            rest = behind;
            KeyValue::N(Number::from_ordered_bytes(*bytes)?)
        }
        STRING => KeyValue::S(String::from_utf8(unescape(&mut rest)?).ok()?.into()),
        BINARY => KeyValue::B(unescape(&mut rest)?.into()),
        _ => return None,
    };
    *from = rest;
    Some(value)
}

fn unescape(from: &mut &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        if *byte == 0 {
            let (next, rest) = from.split_first()?;
            *from = rest;
            match *next {
                END => return Some(bytes),
                ESCAPED => {}
                _ => return None,
            }
        }
        bytes.push(*byte);
    }
}

/// All values, if there is nothing else.
pub fn decode_all(mut from: &[u8]) -> Option<Vec<KeyValue>> {
    let mut values = Vec::new();
    while !from.is_empty() {
        values.push(decode(&mut from)?);
    }
    Some(values)
}

/// The least bytes that come after all that begin with these; none if nothing does.
pub fn after(prefix: &[u8]) -> Option<Box<[u8]>> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut bytes = prefix[..=last].to_vec();
    bytes[last] += 1;
    Some(bytes.into())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number() -> impl Strategy<Value = Number> {
        let digits = "[0-9]{1,38}";
        let parts = (any::<bool>(), digits, -130i32..=88).prop_filter_map("in range", |it| {
            let (negative, digits, exponent) = it;
            format!("{}{digits}E{exponent}", if negative { "-" } else { "" }).parse().ok()
        });
        prop_oneof![parts, (-300i64..300).prop_map(Number::from)]
    }

    fn value(kind: u8) -> BoxedStrategy<KeyValue> {
        // Few different bytes, so that one is often the beginning of another.
        let bytes = proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(255)], 0..5);
        match kind {
            0 => "[\u{0}a\u{ff}é€]{0,4}".prop_map(|text| KeyValue::S(text.into())).boxed(),
            1 => number().prop_map(KeyValue::N).boxed(),
            _ => bytes.prop_map(|bytes| KeyValue::B(bytes.into())).boxed(),
        }
    }

    /// Two keys of the same types, of up to three values each.
    fn keys() -> impl Strategy<Value = (Vec<KeyValue>, Vec<KeyValue>)> {
        proptest::collection::vec(0u8..3, 1..4).prop_flat_map(|kinds| {
            let key = || kinds.iter().map(|kind| value(*kind)).collect::<Vec<_>>();
            (key(), key())
        })
    }

    proptest! {
        #[test]
        fn the_order_of_bytes_is_that_of_the_values((one, other) in keys()) {
            let bytes = (encode_all(&one), encode_all(&other));
            prop_assert_eq!(one.cmp(&other), bytes.0.cmp(&bytes.1));
        }

        #[test]
        fn what_was_written_is_read((one, _) in keys()) {
            prop_assert_eq!(decode_all(&encode_all(&one)), Some(one));
        }

        #[test]
        fn damaged_bytes_are_refused_or_read(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some(values) = decode_all(&bytes) {
                prop_assert_eq!(&*encode_all(&values), &bytes[..]);
            }
        }

        #[test]
        fn what_begins_with_a_value_lies_in_one_range((one, other) in keys()) {
            let mut prefix = Vec::new();
            begin(&one[0], &mut prefix);
            let bytes = encode_all(&other);
            let begins = bytes.starts_with(&prefix);
            let end = after(&prefix);
            let lies = *bytes >= *prefix && end.is_none_or(|end| *bytes < *end);
            prop_assert_eq!(begins, lies);
        }
    }

    #[test]
    fn numbers_are_in_order_over_their_whole_range() {
        let all = [
            "-9.9999999999999999999999999999999999999E+125",
            "-1E100",
            "-100",
            "-99.5",
            "-10",
            "-9",
            "-1E-129",
            "-1E-130",
            "0",
            "1E-130",
            "0.1",
            "0.11",
            "9",
            "10",
            "12345678901234567890123456789012345678",
            "9.9999999999999999999999999999999999999E+125",
        ];
        let numbers = all.map(|text| text.parse::<Number>().expect(text));
        assert!(numbers.map(Number::to_ordered_bytes).is_sorted_by(|one, next| one < next));
        for number in numbers {
            assert_eq!(Number::from_ordered_bytes(number.to_ordered_bytes()), Some(number));
        }
    }
}
