//! Where a page comes from: a table, or one of its indexes.

use super::super::error::{ApiError, Result};
use super::super::input::Input;
use super::super::items::key_item;
use crate::data::{
    AttributeValue, IndexSchema, Item, KeyAttribute, KeyValue, Projected, TableName, TableSchema,
};
use crate::index::decode_key;
use crate::node::{LocalOrder, Page};
use crate::storage::ItemKey;

/// A table, or an index of it.
pub(super) struct Source(Option<IndexSchema>);

impl Source {
    /// What a request names.
    pub fn of(input: Input<'_>, schema: &TableSchema) -> Result<Self> {
        let Some(name) = input.text("IndexName") else { return Ok(Self(None)) };
        let index = schema.indexes.iter().find(|index| index.name.as_str() == name);
        let index = index.ok_or_else(|| {
            ApiError::validation(format!("The table does not have the specified index: {name}"))
        })?;
        if index.is_global() && input.flag("ConsistentRead") == Some(true) {
            return Err(ApiError::validation(
                "Consistent reads are not supported on global secondary indexes",
            ));
        }
        Ok(Self(Some(index.clone())))
    }

    pub fn index(&self) -> Option<&IndexSchema> {
        self.0.as_ref()
    }

    /// The global index, if it is one.
    pub fn global(&self) -> Option<&IndexSchema> {
        self.index().filter(|index| index.is_global())
    }

    /// The name under which it is kept.
    pub fn name(&self, schema: &TableSchema) -> TableName {
        match self.global() {
            Some(index) => TableName::of_index(&schema.name, &index.name),
            None => schema.name.clone(),
        }
    }

    /// The partition key's and the sort key's attributes.
    pub fn keys<'a>(&'a self, schema: &'a TableSchema) -> (&'a [KeyAttribute], &'a [KeyAttribute]) {
        match self.index() {
            Some(index) => (&index.partition, &index.sort),
            None => (std::slice::from_ref(&schema.partition_key), schema.sort_key.as_slice()),
        }
    }

    /// The attributes of its own key and of the table's, each once.
    pub fn all_keys<'a>(&'a self, schema: &'a TableSchema) -> Vec<&'a KeyAttribute> {
        let mut all: Vec<&KeyAttribute> = schema.key_attributes().collect();
        for attribute in self.index().into_iter().flat_map(IndexSchema::key_attributes) {
            if all.iter().all(|other| other.name != attribute.name) {
                all.push(attribute);
            }
        }
        all
    }

    /// The local index, if it is one: its table is read in its stead. `after`: what the item has
    /// there behind which a query goes on.
    pub fn local(&self, after: Option<KeyValue>) -> Option<LocalOrder> {
        let index = self.index().filter(|index| !index.is_global())?;
        index.sort.first().map(|attribute| LocalOrder { attribute: attribute.clone(), after })
    }

    /// The attributes that the index has of its items; none: all of them.
    pub fn projected<'a>(&'a self, schema: &'a TableSchema) -> Option<Vec<&'a str>> {
        let more: &[Box<str>] = match &self.index()?.projection {
            Projected::All => return None,
            Projected::KeysOnly => &[],
            Projected::Include(names) => names,
        };
        let keys = self.all_keys(schema).into_iter().map(|key| &*key.name);
        Some(keys.chain(more.iter().map(|name| &**name)).collect())
    }

    /// What `ExclusiveStartKey` would be to go on behind an item of this page.
    pub fn start_key(&self, schema: &TableSchema, page: &Page, last: &ItemKey) -> Option<Item> {
        let Some(index) = self.index() else { return Some(key_item(schema, last.key())) };
        if !index.is_global() {
            let mut key = key_item(schema, last.key());
            let (_, item) = page.items.iter().rev().find(|(key, _)| key == last)?;
            for attribute in &index.sort {
                if let Some(value) = item.get(&attribute.name) {
                    key.insert(attribute.name.clone(), value.clone());
                }
            }
            return Some(key);
        }
        let entry = decode_key(schema, index, last.key())?;
        let mut key = key_item(schema, &entry.base);
        let values = entry.partition.into_iter().chain(entry.sort);
        for (attribute, value) in index.key_attributes().zip(values) {
            key.insert(attribute.name.clone(), AttributeValue::from(value));
        }
        Some(key)
    }
}
