//! How attribute values and items are read back from stored bytes.
//!
//! Derived code would descend as deep as the bytes say, and a forged snapshot could exhaust the
//! stack. These readers count the levels, and stop at DynamoDB's limit.

use std::fmt;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, SeqAccess, VariantAccess, Visitor,
};

use super::item::Attribute;
use super::{AttributeValue, Item, MAX_NESTING};

/// The variants of [`AttributeValue`], in their order.
#[derive(Deserialize)]
#[serde(variant_identifier)]
enum Variant {
    S,
    N,
    B,
    #[serde(rename = "BOOL")]
    Bool,
    #[serde(rename = "NULL")]
    Null,
    M,
    L,
    #[serde(rename = "SS")]
    StringSet,
    #[serde(rename = "NS")]
    NumberSet,
    #[serde(rename = "BS")]
    BinarySet,
}

const VARIANTS: &[&str] = &["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"];

impl<'de> Deserialize<'de> for AttributeValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ValueSeed { levels: MAX_NESTING }.deserialize(deserializer)
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ItemSeed { levels: MAX_NESTING }.deserialize(deserializer)
    }
}

/// Reads a value in which at most `levels` lists and maps lie inside each other.
#[derive(Clone, Copy)]
struct ValueSeed {
    levels: usize,
}

impl ValueSeed {
    /// How many levels are left inside a list or map at this place.
    fn levels_inside<E: serde::de::Error>(self) -> Result<usize, E> {
        self.levels.checked_sub(1).ok_or_else(|| E::custom("lists and maps nest too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed {
    type Value = AttributeValue;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_enum("AttributeValue", VARIANTS, self)
    }
}

impl<'de> Visitor<'de> for ValueSeed {
    type Value = AttributeValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an attribute value")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Self::Value, A::Error> {
        let (variant, content) = data.variant()?;
        Ok(match variant {
            Variant::S => AttributeValue::S(content.newtype_variant()?),
            Variant::N => AttributeValue::N(content.newtype_variant()?),
            Variant::B => AttributeValue::B(content.newtype_variant()?),
            Variant::Bool => AttributeValue::BOOL(content.newtype_variant()?),
            Variant::Null => {
                content.unit_variant()?;
                AttributeValue::NULL
            }
            Variant::M => {
                let levels = self.levels_inside()?;
                AttributeValue::M(content.newtype_variant_seed(ItemSeed { levels })?)
            }
            Variant::L => {
                let levels = self.levels_inside()?;
                AttributeValue::L(content.newtype_variant_seed(ListSeed { levels })?)
            }
            Variant::StringSet => AttributeValue::SS(content.newtype_variant()?),
            Variant::NumberSet => AttributeValue::NS(content.newtype_variant()?),
            Variant::BinarySet => AttributeValue::BS(content.newtype_variant()?),
        })
    }
}

/// Reads the elements of a list.
struct ListSeed {
    levels: usize,
}

impl<'de> DeserializeSeed<'de> for ListSeed {
    type Value = Box<[AttributeValue]>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ListSeed {
    type Value = Box<[AttributeValue]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = elements.next_element_seed(ValueSeed { levels: self.levels })? {
            list.push(value);
        }
        Ok(list.into_boxed_slice())
    }
}

/// Reads the attributes of an item or a map.
struct ItemSeed {
    levels: usize,
}

impl<'de> DeserializeSeed<'de> for ItemSeed {
    type Value = Item;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_newtype_struct("Item", self)
    }
}

impl<'de> Visitor<'de> for ItemSeed {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, content: D) -> Result<Item, D::Error> {
        content.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut attributes = Vec::new();
        while let Some(attribute) =
            elements.next_element_seed(AttributeSeed { levels: self.levels })?
        {
            attributes.push(attribute);
        }
        Item::from_sorted(attributes)
            .ok_or_else(|| A::Error::custom("a stored item's attributes are out of order"))
    }
}

/// Reads one attribute: a pair of its name and its value.
struct AttributeSeed {
    levels: usize,
}

impl<'de> DeserializeSeed<'de> for AttributeSeed {
    type Value = Attribute;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_tuple(2, self)
    }
}

impl<'de> Visitor<'de> for AttributeSeed {
    type Value = Attribute;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an attribute's name and value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<Self::Value, A::Error> {
        let missing = || A::Error::custom("an attribute is incomplete");
        let name = pair.next_element()?.ok_or_else(missing)?;
        let value = pair.next_element_seed(ValueSeed { levels: self.levels })?;
        Ok((name, value.ok_or_else(missing)?))
    }
}
