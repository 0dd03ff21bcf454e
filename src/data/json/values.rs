//! JSON that never was text: from the values of another language, by way of `serde`.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Json;

impl Json<'static> {
    /// Reads values that lie inside at most `depth` arrays and objects; none if they lie deeper.
    ///
    /// # Errors
    /// If there is a value among them that JSON does not have, with its place.
    pub fn from_values<'de, D: Deserializer<'de>>(
        deserializer: D,
        depth: usize,
    ) -> Result<Option<Self>, D::Error> {
        let too_deep = Cell::new(false);
        let json = Level { left: depth + 1, too_deep: &too_deep }.deserialize(deserializer)?;
        Ok((!too_deep.get()).then_some(json))
    }
}

/// Reads one value in which there may be so many more levels.
#[derive(Clone, Copy)]
struct Level<'a> {
    left: usize,
    too_deep: &'a Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Level<'_> {
    type Value = Json<'static>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        match self.left {
            0 => {
                self.too_deep.set(true);
                deserializer.deserialize_ignored_any(IgnoredAny).map(|_| Json::Null)
            }
            left => deserializer.deserialize_any(Level { left: left - 1, ..self }),
        }
    }
}

impl<'de> Visitor<'de> for Level<'_> {
    type Value = Json<'static>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON has, or bytes")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Json::Number(Cow::Owned(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Json::Number(Cow::Owned(value.to_string())))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        match value.is_finite() {
            true => Ok(Json::Number(Cow::Owned(value.to_string()))),
            false => Err(E::custom(format!("{value} is not a number that JSON has"))),
        }
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Json::String(text.into()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Json::String(text.into_boxed_str()))
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(Json::Bytes(bytes.into()))
    }

    fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Self::Value, E> {
        Ok(Json::Bytes(bytes.into_boxed_slice()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        loop {
            let next = access.next_element_seed(self);
            match next.map_err(|error| inside(&error, &format!("element {}", elements.len())))? {
                Some(element) => elements.push(element),
                None => return Ok(Json::Array(elements)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members: Vec<(Box<str>, Json<'static>)> = Vec::new();
        while let Some(name) = access.next_key::<Box<str>>()? {
            let value = access.next_value_seed(self).map_err(|error| inside(&error, &name))?;
            members.push((name, value));
        }
        Ok(Json::Object(members))
    }
}

/// A mistake, and where it was made: the innermost place comes first.
fn inside<E: Error>(error: &E, place: &str) -> E {
    E::custom(format!("{error}, in {place}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error as Wrong, MapDeserializer, SeqDeserializer};

    /// Both ways to the same tree.
    #[test]
    fn values_become_what_text_would() {
        let text = r#"{"a":[null,true,-7,2.5,"x",{"b":{}}],"large":18446744073709551615}"#;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let json = Json::from_values(&mut deserializer, 10).expect("it is JSON").expect("not deep");
        assert_eq!(format!("{json:?}"), format!("{:?}", Json::read(text).expect("it is JSON")));
    }

    #[test]
    fn bytes_stay_bytes() {
        let deserializer = serde::de::value::BytesDeserializer::<Wrong>::new(&[0, 255]);
        let json = Json::from_values(deserializer, 0).expect("bytes").expect("not deep");
        assert!(matches!(json, Json::Bytes(bytes) if *bytes == [0, 255]));
    }

    #[test]
    fn too_deep_is_told_apart_from_wrong() {
        let nested = |levels: usize| {
            let text = format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
            let mut deserializer = serde_json::Deserializer::from_str(&text);
            Json::from_values(&mut deserializer, 3).expect("it is JSON")
        };
        assert!(nested(3).is_some());
        assert!(nested(4).is_none());
        assert!(nested(100).is_none());
    }

    #[test]
    fn mistakes_have_a_place() {
        let list = SeqDeserializer::<_, Wrong>::new([1.5, f64::NAN].into_iter());
        let error = Json::from_values(list, 3).expect_err("it is not a number");
        assert_eq!(error.to_string(), "NaN is not a number that JSON has, in element 1");
        let map = MapDeserializer::<_, Wrong>::new([("Limit", 'c')].into_iter());
        assert!(Json::from_values(map, 3).is_ok(), "a character is a text");
        let map = MapDeserializer::<_, Wrong>::new([("Limit", f64::INFINITY)].into_iter());
        let error = Json::from_values(map.into_deserializer(), 3).expect_err("it is infinite");
        assert_eq!(error.to_string(), "inf is not a number that JSON has, in Limit");
    }
}
