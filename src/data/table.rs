//! Tables: their names and their key schemas.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{AttributeValue, IndexName, IndexSchema, Item, Key, KeyValue, TableName};
use crate::base::{Error, Result, VirtualTime};

/// The three types that a key attribute can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyKind {
    /// String.
    S,
    /// Number.
    N,
    /// Binary.
    B,
}

impl KeyKind {
    /// As [`AttributeValue::type_descriptor`].
    pub fn descriptor(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
        }
    }

    /// The type as it is spoken of: `S (string)`.
    fn described(self) -> &'static str {
        match self {
            Self::S => "S (string)",
            Self::N => "N (number)",
            Self::B => "B (binary)",
        }
    }
}

/// A key attribute: its name, and the type that its values must have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAttribute {
    pub name: Box<str>,
    pub kind: KeyKind,
}

impl KeyAttribute {
    pub fn new(name: impl Into<Box<str>>, kind: KeyKind) -> Self {
        Self { name: name.into(), kind }
    }

    /// Refuses a value of another type.
    fn check(&self, value: &KeyValue, role: &str) -> Result<()> {
        if value.kind() == self.kind {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "the {role} {:?} has to be of type {}, but is of type {}",
            self.name,
            self.kind.described(),
            value.kind().described(),
        )))
    }
}

impl fmt::Display for KeyAttribute {
    /// As it is declared: the name alone of a string, `name:N` or `name:B` of another type.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            KeyKind::S if self.name.contains(':') => ":S",
            KeyKind::S => "",
            KeyKind::N => ":N",
            KeyKind::B => ":B",
        };
        write!(f, "{}{kind}", self.name)
    }
}

/// What a table asks of its items, a partition key and maybe a sort key, and what it does with
/// them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct TableSchema {
    pub name: TableName,
    pub partition_key: KeyAttribute,
    pub sort_key: Option<KeyAttribute>,
    pub resolution: Resolution,
    /// Its secondary indexes, none of a name that another one has.
    pub indexes: Vec<IndexSchema>,
    pub expiry: Option<Expiry>,
    pub about: TableAbout,
    /// Since when its past is kept, if it is.
    pub recording: Option<Recording>,
}

/// How the items of a table expire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiry {
    /// It has the second at which its item expires, since 1970, as a number.
    pub attribute: Box<str>,
    /// Whether an item cannot be read any more from then on. Else it can until it is swept, as in
    /// DynamoDB.
    pub hides: bool,
}

/// A table keeps what it was: for restores, and while a backup is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    pub since: VirtualTime,
    /// How many days a restore may go back; none where only a backup is being made.
    pub days: Option<u8>,
}

/// What a table says of itself without acting on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableAbout {
    pub created: VirtualTime,
    /// Read and write units a second that are paid for; none where each request is.
    pub throughput: Option<(u64, u64)>,
    /// Whether the table refuses to be deleted.
    pub is_protected: bool,
    /// Whether it is of the class for infrequent access.
    pub is_infrequent: bool,
    /// Keys and values of its tags, sorted.
    pub tags: Vec<(Box<str>, Box<str>)>,
}

/// A schema in bytes. A table that does nothing but keep items is written as if there were nothing
/// else that a table could do: digests and snapshots go on.
#[derive(Serialize, Deserialize)]
struct Written {
    name: TableName,
    partition_key: KeyAttribute,
    sort_key: Option<KeyAttribute>,
    rest: Rest,
}

/// What becomes of concurrent writes, indexes, expiry, and what it says of itself.
type More = (Resolution, Vec<IndexSchema>, Option<Expiry>, TableAbout);

#[derive(Serialize, Deserialize)]
enum Rest {
    LastWriterWins,
    Siblings,
    More(Box<More>),
    Recorded(Box<(More, Recording)>),
}

impl From<TableSchema> for Written {
    fn from(schema: TableSchema) -> Self {
        let TableSchema {
            name,
            partition_key,
            sort_key,
            resolution,
            indexes,
            expiry,
            about,
            recording,
        } = schema;
        let is_plain = indexes.is_empty() && expiry.is_none() && about == TableAbout::default();
        let rest = match (resolution, recording) {
            (_, Some(recording)) => {
                Rest::Recorded(Box::new(((resolution, indexes, expiry, about), recording)))
            }
            (Resolution::LastWriterWins, _) if is_plain => Rest::LastWriterWins,
            (Resolution::Siblings, _) if is_plain => Rest::Siblings,
            _ => Rest::More(Box::new((resolution, indexes, expiry, about))),
        };
        Self { name, partition_key, sort_key, rest }
    }
}

impl From<Written> for TableSchema {
    fn from(Written { name, partition_key, sort_key, rest }: Written) -> Self {
        let plain = |resolution| (resolution, Vec::new(), None, TableAbout::default());
        let mut recording = None;
        let (resolution, indexes, expiry, about) = match rest {
            Rest::LastWriterWins => plain(Resolution::LastWriterWins),
            Rest::Siblings => plain(Resolution::Siblings),
            Rest::More(more) => *more,
            Rest::Recorded(more) => {
                let (more, kept) = *more;
                recording = Some(kept);
                more
            }
        };
        Self { name, partition_key, sort_key, resolution, indexes, expiry, about, recording }
    }
}

/// What becomes of concurrent writes to one item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resolution {
    /// The one with the highest timestamp is kept, as in DynamoDB.
    #[default]
    LastWriterWins,
    /// All are kept, until a write that has seen them replaces them (Dynamo paper, section 4.4).
    Siblings,
}

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Resolution::LastWriterWins => "lww",
            Resolution::Siblings => "siblings",
        })
    }
}

impl FromStr for Resolution {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "lww" => Ok(Resolution::LastWriterWins),
            "siblings" => Ok(Resolution::Siblings),
            _ => Err(Error::invalid(format!(
                "{text:?} resolves nothing: choose lww (the last writer wins) or siblings"
            ))),
        }
    }
}

impl TableSchema {
    /// A table without indexes in which nothing expires.
    pub fn new(
        name: TableName,
        partition_key: KeyAttribute,
        sort_key: Option<KeyAttribute>,
        resolution: Resolution,
    ) -> Self {
        let (indexes, expiry, about) = (Vec::new(), None, TableAbout::default());
        let recording = None;
        Self { name, partition_key, sort_key, resolution, indexes, expiry, about, recording }
    }

    /// The index of this name.
    pub fn index(&self, name: &IndexName) -> Option<&IndexSchema> {
        self.indexes.iter().find(|index| index.name == *name)
    }

    /// The attributes of the primary key: the partition key, and the sort key if there is one.
    pub fn key_attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        std::iter::once(&self.partition_key).chain(&self.sort_key)
    }

    /// The key of an item that carries its key attributes.
    pub fn key_of(&self, item: &Item) -> Result<Key> {
        let partition = self.key_value(item, &self.partition_key, "partition key")?;
        let sort = match &self.sort_key {
            Some(attribute) => Some(self.key_value(item, attribute, "sort key")?),
            None => None,
        };
        let key = Key::new(partition.clone(), sort.cloned())?;
        self.check_key(&key)?;
        Ok(key)
    }

    fn key_value<'a>(
        &self,
        item: &'a Item,
        attribute: &KeyAttribute,
        role: &str,
    ) -> Result<&'a AttributeValue> {
        item.get(&attribute.name).ok_or_else(|| {
            Error::invalid(format!(
                "the item lacks the attribute {:?}, the {role} of table {}: add it",
                attribute.name, self.name
            ))
        })
    }

    /// Refuses a key that does not have this schema's parts and types.
    pub fn check_key(&self, key: &Key) -> Result<()> {
        self.partition_key.check(key.partition(), "partition key")?;
        match (&self.sort_key, key.sort()) {
            (None, None) => Ok(()),
            (Some(attribute), Some(value)) => attribute.check(value, "sort key"),
            (Some(attribute), None) => Err(Error::invalid(format!(
                "the key {key} lacks the sort key {:?}, which table {} needs: add it",
                attribute.name, self.name
            ))),
            (None, Some(_)) => Err(Error::invalid(format!(
                "the key {key} has a sort key, but table {} has none: leave it out",
                self.name
            ))),
        }
    }

    /// The item with the attributes of this key put in; an error if it carries others.
    pub fn with_key(&self, mut item: Item, key: &Key) -> Result<Item> {
        self.check_key(key)?;
        put_key_attribute(&mut item, &self.partition_key, key.partition())?;
        if let (Some(attribute), Some(value)) = (&self.sort_key, key.sort()) {
            put_key_attribute(&mut item, attribute, value)?;
        }
        Ok(item)
    }
}

fn put_key_attribute(item: &mut Item, attribute: &KeyAttribute, value: &KeyValue) -> Result<()> {
    let value = AttributeValue::from(value.clone());
    match item.get(&attribute.name) {
        Some(carried) if *carried == value => Ok(()),
        Some(carried) => Err(Error::invalid(format!(
            "the item says {:?} is {}, but its key says {}: make them equal, or leave the \
             attribute out of the item",
            attribute.name,
            carried.to_json(),
            value.to_json(),
        ))),
        None => {
            item.insert(attribute.name.clone(), value);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> TableSchema {
        TableSchema::new(
            TableName::new("Flights").expect("letters"),
            KeyAttribute::new("airport", KeyKind::S),
            Some(KeyAttribute::new("number", KeyKind::N)),
            Resolution::default(),
        )
    }

    #[test]
    fn the_entries_of_an_index_have_a_name_of_their_own() {
        let table = TableName::new("Flights").expect("letters");
        let index = IndexName::new("by-number").expect("letters");
        let name = TableName::of_index(&table, &index);
        assert_eq!(name.as_str(), "Flights/by-number");
        assert_eq!(name.as_index(), Some((table.clone(), index)));
        assert_eq!(table.as_index(), None);
        let bytes = postcard::to_allocvec(&name).expect("memory suffices");
        assert_eq!(postcard::from_bytes(&bytes), Ok(name));
    }

    #[test]
    fn a_table_that_only_keeps_items_is_written_in_few_bytes() {
        let plain = schema();
        let bytes = |schema: &TableSchema| postcard::to_allocvec(schema).expect("memory suffices");
        assert_eq!(bytes(&plain).len(), "Flights".len() + "airport".len() + "number".len() + 7);
        let mut more = schema();
        more.expiry = Some(Expiry { attribute: "gone".into(), hides: false });
        for schema in [plain, more] {
            assert_eq!(postcard::from_bytes(&bytes(&schema)), Ok(schema));
        }
    }

    #[test]
    fn the_key_is_taken_out_of_the_item() {
        let item = Item::from_json(r#"{"airport": "SEA", "number": 7, "to": "ZRH"}"#);
        let key = schema().key_of(&item.expect("valid")).expect("has both");
        assert_eq!(key, Key::new("SEA".into(), Some(7.into())).expect("short"));
        for (item, complaint) in [
            (r#"{"number": 7}"#, "lacks the attribute \"airport\""),
            (r#"{"airport": "SEA"}"#, "lacks the attribute \"number\""),
            (r#"{"airport": "SEA", "number": "7"}"#, "has to be of type N (number)"),
            (r#"{"airport": ["SEA"], "number": 7}"#, "cannot be of type L"),
            (r#"{"airport": "", "number": 7}"#, "cannot be empty"),
        ] {
            let error = schema().key_of(&Item::from_json(item).expect(item)).expect_err(item);
            assert!(error.message.contains(complaint), "{error}");
        }
    }

    #[test]
    fn the_key_is_put_into_the_item() {
        let key = Key::new("SEA".into(), Some(7.into())).expect("short");
        let with_key = |text: &str| schema().with_key(Item::from_json(text).expect(text), &key);
        let whole = with_key(r#"{"to": "ZRH", "airport": "SEA"}"#).expect("agrees");
        assert_eq!(whole.to_json(), r#"{"airport":"SEA","number":7,"to":"ZRH"}"#);
        assert_eq!(schema().key_of(&whole), Ok(key.clone()));
        let error = with_key(r#"{"airport": "ZRH"}"#).expect_err("differs");
        assert!(error.message.contains(r#"says "airport" is "ZRH", but its key says "SEA""#));
    }

    #[test]
    fn keys_of_another_shape_are_refused() {
        let mut without_sort = schema();
        without_sort.sort_key = None;
        let long = Key::new("SEA".into(), Some(7.into())).expect("short");
        let short = Key::from_text("SEA").expect("short");
        assert!(without_sort.check_key(&long).is_err());
        assert!(schema().check_key(&short).is_err());
        assert_eq!(schema().check_key(&long), Ok(()));
        assert_eq!(without_sort.check_key(&short), Ok(()));
    }
}
