//! Items: attributes in the order of their names.

use serde::Serialize;

use super::{AttributeValue, MAX_NESTING};
use crate::base::{Error, Result, heap_sort};

/// The most bytes that the attribute names and values of an item may have together (Developer
/// Guide, "Quotas", "Item size").
pub const MAX_ITEM_SIZE: usize = 400 * 1024;

/// A set of attributes, each with a name of its own. Also the value of a map attribute.
///
/// A sorted slice rather than a tree: items are small, are read far more often than changed, and
/// each is kept once per version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Item(Box<[Attribute]>);

/// An attribute: its name and its value.
pub type Attribute = (Box<str>, AttributeValue);

impl Item {
    /// An item without attributes.
    pub fn new() -> Self {
        Self::default()
    }

    /// An item of these attributes, which may come in any order, but each name only once.
    pub fn from_attributes(mut attributes: Vec<Attribute>) -> Result<Self> {
        heap_sort(&mut attributes, |(a, _), (b, _)| a.cmp(b));
        match attributes.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(Error::invalid(format!(
                "the attribute {:?} is given twice: remove one of the two",
                pair[0].0
            ))),
            None => Ok(Self(attributes.into_boxed_slice())),
        }
    }

    /// Takes attributes that are already in order, or gives them back if they are not.
    pub(super) fn from_sorted(attributes: Vec<Attribute>) -> Option<Self> {
        let sorted = attributes.windows(2).all(|pair| pair[0].0 < pair[1].0);
        sorted.then(|| Self(attributes.into_boxed_slice()))
    }

    fn find(&self, name: &str) -> std::result::Result<usize, usize> {
        self.0.binary_search_by(|(candidate, _)| (**candidate).cmp(name))
    }

    pub fn get(&self, name: &str) -> Option<&AttributeValue> {
        self.find(name).ok().map(|at| &self.0[at].1)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut AttributeValue> {
        self.find(name).ok().map(|at| &mut self.0[at].1)
    }

    /// Sets an attribute, and returns the value it had before.
    pub fn insert(
        &mut self,
        name: impl Into<Box<str>>,
        value: AttributeValue,
    ) -> Option<AttributeValue> {
        let name = name.into();
        match self.find(&name) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                let mut attributes = std::mem::take(&mut self.0).into_vec();
                attributes.reserve_exact(1);
                attributes.insert(at, (name, value));
                self.0 = attributes.into_boxed_slice();
                None
            }
        }
    }

    /// Removes an attribute, and returns the value it had.
    pub fn remove(&mut self, name: &str) -> Option<AttributeValue> {
        let at = self.find(name).ok()?;
        let mut attributes = std::mem::take(&mut self.0).into_vec();
        let (_, value) = attributes.remove(at);
        self.0 = attributes.into_boxed_slice();
        Some(value)
    }

    /// The attributes in the order of their names, by UTF-8 bytes.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &AttributeValue)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn into_attributes(self) -> Vec<Attribute> {
        self.0.into_vec()
    }

    /// Bytes that DynamoDB counts for this item: names and values (Developer Guide, "DynamoDB
    /// Item sizes and formats").
    pub fn size(&self) -> usize {
        self.iter().map(|(name, value)| name.len() + value.size()).sum()
    }

    /// Checks what DynamoDB asks of an item before it is stored: its size and its nesting.
    pub fn check_limits(&self) -> Result<()> {
        for (name, value) in self.iter() {
            if value.nesting(MAX_NESTING + 1) > MAX_NESTING {
                return Err(Error::invalid(format!(
                    "the attribute {name:?} nests lists and maps more than {MAX_NESTING} deep: \
                     flatten it"
                )));
            }
        }
        match self.size() {
            size if size > MAX_ITEM_SIZE => Err(Error::invalid(format!(
                "the item has {size} bytes, but an item may have at most {MAX_ITEM_SIZE} (400 KB), \
                 names included: split it into several items"
            ))),
            _ => Ok(()),
        }
    }
}

impl<N: Into<Box<str>>> FromIterator<(N, AttributeValue)> for Item {
    /// Collects attributes; of two with the same name the later one stays.
    fn from_iter<I: IntoIterator<Item = (N, AttributeValue)>>(attributes: I) -> Self {
        let mut item = Self::new();
        for (name, value) in attributes {
            item.insert(name, value);
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> AttributeValue {
        (0..levels).fold(AttributeValue::NULL, |inner, level| match level % 2 {
            0 => AttributeValue::L([inner].into()),
            _ => AttributeValue::M([("x", inner)].into_iter().collect()),
        })
    }

    #[test]
    fn attributes_are_found_replaced_and_removed_in_order() {
        let mut item = Item::new();
        for name in ["state", "city", "name"] {
            assert_eq!(item.insert(name, AttributeValue::from(name)), None);
        }
        assert_eq!(item.insert("city", 7.into()), Some("city".into()));
        assert_eq!(
            item.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            ["city", "name", "state"]
        );
        *item.get_mut("name").expect("is there") = AttributeValue::NULL;
        assert_eq!(item.get("name"), Some(&AttributeValue::NULL));
        assert_eq!(item.remove("city"), Some(7.into()));
        assert_eq!(item.remove("city"), None);
        assert_eq!((item.len(), item.get("city")), (2, None));
    }

    #[test]
    fn a_name_given_twice_is_refused() {
        let twice = vec![("a".into(), 1.into()), ("b".into(), 2.into()), ("a".into(), 3.into())];
        let error = Item::from_attributes(twice).expect_err("twice");
        assert!(error.message.contains("\"a\" is given twice"), "{error}");
    }

    #[test]
    fn an_item_may_be_400_kilobytes_and_no_more() {
        let item = |bytes: usize| -> Item {
            [("name", AttributeValue::string("x".repeat(bytes - 4)))].into_iter().collect()
        };
        assert_eq!(item(MAX_ITEM_SIZE).size(), 409_600);
        assert_eq!(item(MAX_ITEM_SIZE).check_limits(), Ok(()));
        let error = item(MAX_ITEM_SIZE + 1).check_limits().expect_err("one byte too many");
        assert!(error.message.contains("409601 bytes"), "{error}");
    }

    #[test]
    fn lists_and_maps_nest_32_deep_and_no_deeper() {
        let item = |levels| -> Item { [("deep", nested(levels))].into_iter().collect() };
        assert_eq!(item(MAX_NESTING).check_limits(), Ok(()));
        let error = item(MAX_NESTING + 1).check_limits().expect_err("33 levels");
        assert!(error.message.contains("\"deep\""), "{error}");
    }

    #[test]
    fn stored_items_are_read_back_and_forged_ones_are_refused() {
        let item: Item = [("n", nested(MAX_NESTING)), ("s", "x".into())].into_iter().collect();
        let bytes = postcard::to_allocvec(&item).expect("memory suffices");
        assert_eq!(postcard::from_bytes(&bytes), Ok(item));

        let unsorted = [("b", AttributeValue::NULL), ("a", AttributeValue::NULL)];
        let bytes = postcard::to_allocvec(&unsorted[..]).expect("memory suffices");
        assert!(postcard::from_bytes::<Item>(&bytes).is_err());

        let too_deep = postcard::to_allocvec(&nested(MAX_NESTING + 1)).expect("memory suffices");
        assert!(postcard::from_bytes::<AttributeValue>(&too_deep).is_err());
        // A list (variant 6) of one list of one list, and so on: derived code would overflow.
        assert!(postcard::from_bytes::<AttributeValue>(&[6, 1].repeat(1 << 20)).is_err());
    }
}
