//! What the form holds, and the request that it writes.

use super::Request;
use super::clause::{Clause, Named, literal};
use super::json::{Object, list, text};
use super::parts::{self, Source};
use crate::base::Result;
use crate::data::{Item, KeyAttribute, TableSchema};

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Query,
    Scan,
    Get,
    Put,
    Update,
    Delete,
    CreateTable,
    AddIndex,
    DropIndex,
    Expire,
    Describe,
    DeleteTable,
}

/// All of them in their order, with the operation's name in the API and the choice's on the page.
pub const VERBS: [(Verb, &str, &str); 12] = [
    (Verb::Query, "Query", "Query"),
    (Verb::Scan, "Scan", "Scan"),
    (Verb::Get, "GetItem", "Get an item"),
    (Verb::Put, "PutItem", "Put an item"),
    (Verb::Update, "UpdateItem", "Update an item"),
    (Verb::Delete, "DeleteItem", "Delete an item"),
    (Verb::CreateTable, "CreateTable", "Create a table"),
    (Verb::AddIndex, "UpdateTable", "Add an index"),
    (Verb::DropIndex, "UpdateTable", "Drop an index"),
    (Verb::Expire, "UpdateTimeToLive", "Let items expire"),
    (Verb::Describe, "DescribeTable", "Describe the table"),
    (Verb::DeleteTable, "DeleteTable", "Delete the table"),
];

impl Verb {
    pub fn operation(self) -> &'static str {
        VERBS[self as usize].1
    }
}

/// An index that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexRow {
    pub name: String,
    pub is_local: bool,
    pub partition: String,
    pub sort: String,
    pub projection: String,
}

impl Default for IndexRow {
    fn default() -> Self {
        let [name, partition, sort] = [(); 3].map(|()| String::new());
        Self { name, is_local: false, partition, sort, projection: "ALL".to_owned() }
    }
}

/// All fields of the form; each operation reads those that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    pub verb: Verb,
    pub table: String,
    /// Of the table itself, none.
    pub index: String,
    /// Values of the partition key's attributes, and tests of the sort key's.
    pub partition: Vec<String>,
    pub sort: Vec<Clause>,
    /// Filters of a read, the condition of a write.
    pub clauses: Vec<Clause>,
    pub any: bool,
    /// Changes of an update: the action, the path, and a value or expression.
    pub changes: Vec<[String; 3]>,
    pub item: String,
    pub attributes: String,
    pub limit: String,
    pub reverse: bool,
    pub consistent: bool,
    /// Where the page begins: the key that the one before ended with.
    pub start: String,
    /// The new table, its keys with their types, and its indexes.
    pub new_table: String,
    pub new_key: [String; 2],
    pub indexes: Vec<IndexRow>,
    /// The attribute by which items expire.
    pub expiry: String,
}

impl Default for Form {
    fn default() -> Self {
        let empty = String::new;
        Self {
            verb: Verb::Scan,
            table: "Airports".to_owned(),
            index: empty(),
            partition: vec![empty(); 4],
            sort: vec![Clause { test: "=".to_owned(), ..Clause::default() }; 4],
            clauses: Vec::new(),
            any: false,
            changes: vec![["SET".to_owned(), "visits".to_owned(), "1".to_owned()]],
            item: "{\"iata\": \"DEN\", \"city\": \"Denver\", \"visits\": 1}".to_owned(),
            attributes: empty(),
            limit: "10".to_owned(),
            reverse: false,
            consistent: false,
            start: empty(),
            new_table: "Visits".to_owned(),
            new_key: ["iata S".to_owned(), "at N".to_owned()],
            indexes: Vec::new(),
            expiry: empty(),
        }
    }
}

impl Form {
    /// The requests that it stands for, the second one to be sent once the first has succeeded.
    ///
    /// # Errors
    /// If a field cannot be what it is to be.
    pub fn requests(&self, schema: Option<&TableSchema>) -> Result<Vec<Request>> {
        let mut object = Object::new();
        let name = if self.verb == Verb::CreateTable { &self.new_table } else { &self.table };
        object.text("TableName", name.trim());
        match self.verb {
            Verb::Query | Verb::Scan => self.read(&mut object, schema)?,
            Verb::Get => {
                self.write_key(&mut object, schema)?;
                let mut named = Named::default();
                self.write_attributes(&mut object, &mut named);
                object.flag("ConsistentRead", self.consistent);
                named.write(&mut object);
            }
            Verb::Put => {
                let item = Item::parse(&self.item)?;
                object.member("Item", &item.to_dynamodb_json());
                self.write_condition(&mut object, Named::default())?;
            }
            Verb::Update => self.update(&mut object, schema)?,
            Verb::Delete => {
                self.write_key(&mut object, schema)?;
                self.write_condition(&mut object, Named::default())?;
            }
            Verb::CreateTable => self.create(&mut object)?,
            Verb::AddIndex => self.add_index(&mut object, schema)?,
            Verb::DropIndex => {
                let drop = Object::new().text("IndexName", &self.index).end();
                let drop = Object::new().member("Delete", &drop).end();
                object.member("GlobalSecondaryIndexUpdates", &list([drop].into_iter()));
            }
            Verb::Expire => return Ok(vec![self.expire(name)]),
            Verb::DeleteTable | Verb::Describe => {}
        }
        let operation = self.verb.operation().to_owned();
        let mut requests = vec![Request { operation, body: object.end() }];
        if self.verb == Verb::CreateTable && !self.expiry.trim().is_empty() {
            requests.push(self.expire(name));
        }
        Ok(requests)
    }

    fn read(&self, object: &mut Object, schema: Option<&TableSchema>) -> Result<()> {
        object.some_text("IndexName", &self.index);
        let mut named = Named::default();
        if let (Verb::Query, Some(schema)) = (self.verb, schema) {
            let condition = self.key_condition(&Source::of(schema, &self.index), &mut named)?;
            object.text("KeyConditionExpression", &condition);
        }
        let filter = self.joined(&mut named)?;
        object.some_text("FilterExpression", &filter);
        self.write_attributes(object, &mut named);
        let limit = self.limit.trim();
        if !limit.is_empty() {
            let is_number = limit.bytes().all(|byte| byte.is_ascii_digit());
            object.member("Limit", &if is_number { limit.to_owned() } else { text(limit) });
        }
        if self.reverse && self.verb == Verb::Query {
            object.member("ScanIndexForward", "false");
        }
        object.flag("ConsistentRead", self.consistent);
        if !self.start.is_empty() {
            object.member("ExclusiveStartKey", &self.start);
        }
        named.write(object);
        Ok(())
    }

    /// All values of the partition key, and tests of the sort key as far as there are any.
    fn key_condition(&self, source: &Source, named: &mut Named) -> Result<String> {
        let mut terms = Vec::new();
        for (attribute, value) in source.partition.iter().zip(&self.partition) {
            let clause = Clause {
                attribute: attribute.name.to_string(),
                test: "=".to_owned(),
                value: value.clone(),
                other: String::new(),
            };
            terms.push(clause.expression(named, Some(attribute.kind))?);
        }
        for (attribute, test) in source.sort.iter().zip(&self.sort) {
            if test.value.is_empty() {
                break;
            }
            let clause = Clause { attribute: attribute.name.to_string(), ..test.clone() };
            terms.push(clause.expression(named, Some(attribute.kind))?);
        }
        Ok(terms.join(" AND "))
    }

    fn joined(&self, named: &mut Named) -> Result<String> {
        let terms: Vec<String> = self
            .clauses
            .iter()
            .filter(|clause| !clause.attribute.trim().is_empty())
            .map(|clause| clause.expression(named, None))
            .collect::<Result<_>>()?;
        Ok(terms.join(if self.any { " OR " } else { " AND " }))
    }

    fn write_attributes(&self, object: &mut Object, named: &mut Named) {
        let names = self.attributes.split(',').map(str::trim).filter(|name| !name.is_empty());
        let paths: Vec<String> = names.map(|name| named.path(name)).collect();
        object.some_text("ProjectionExpression", &paths.join(", "));
    }

    fn write_condition(&self, object: &mut Object, mut named: Named) -> Result<()> {
        let condition = self.joined(&mut named)?;
        object.some_text("ConditionExpression", &condition);
        named.write(object);
        if !condition.is_empty() {
            object.text("ReturnValuesOnConditionCheckFailure", "ALL_OLD");
        }
        Ok(())
    }

    fn write_key(&self, object: &mut Object, schema: Option<&TableSchema>) -> Result<()> {
        let Some(schema) = schema else { return Ok(()) };
        let source = Source::of(schema, "");
        let mut key = Object::new();
        let mut put = |attribute: &KeyAttribute, value: &str| -> Result<()> {
            let value = literal(&attribute.name, value, Some(attribute.kind))?;
            key.member(&attribute.name, &value.to_dynamodb_json());
            Ok(())
        };
        put(&source.partition[0], &self.partition[0])?;
        if let Some(sort) = source.sort.first() {
            put(sort, &self.sort[0].value)?;
        }
        object.member("Key", &key.end());
        Ok(())
    }

    fn update(&self, object: &mut Object, schema: Option<&TableSchema>) -> Result<()> {
        self.write_key(object, schema)?;
        let mut named = Named::default();
        let mut sections = Vec::new();
        for action in ["SET", "REMOVE", "ADD", "DELETE"] {
            let of_action = self
                .changes
                .iter()
                .filter(|[one, path, _]| one == action && !path.trim().is_empty());
            let terms = of_action.map(|[_, path, value]| {
                let path = named.path(path.trim());
                Ok(match action {
                    "SET" => format!("{path} = {}", operand(value, &mut named)?),
                    "REMOVE" => path,
                    _ => format!("{path} {}", operand(value, &mut named)?),
                })
            });
            let terms: Vec<String> = terms.collect::<Result<_>>()?;
            if !terms.is_empty() {
                sections.push(format!("{action} {}", terms.join(", ")));
            }
        }
        object.some_text("UpdateExpression", &sections.join(" "));
        object.text("ReturnValues", "ALL_NEW");
        self.write_condition(object, named)
    }

    fn create(&self, object: &mut Object) -> Result<()> {
        let partition = parts::attributes(&self.new_key[0])?;
        let sort = parts::attributes(&self.new_key[1])?;
        let mut attributes = [&partition[..], &sort].concat();
        let [mut global, mut local] = [Vec::new(), Vec::new()];
        for index in &self.indexes {
            let own = match index.is_local {
                true => partition.clone(),
                false => parts::attributes(&index.partition)?,
            };
            let index_sort = parts::attributes(&index.sort)?;
            let group = if index.is_local { &mut local } else { &mut global };
            group.push(index_object(index, &own, &index_sort));
            attributes.extend(own.into_iter().chain(index_sort));
        }
        object.member("AttributeDefinitions", &parts::definitions(&attributes));
        object.member("KeySchema", &parts::key_schema(&partition, &sort));
        for (name, indexes) in
            [("GlobalSecondaryIndexes", global), ("LocalSecondaryIndexes", local)]
        {
            if !indexes.is_empty() {
                object.member(name, &list(indexes.into_iter()));
            }
        }
        object.text("BillingMode", "PAY_PER_REQUEST");
        Ok(())
    }

    fn add_index(&self, object: &mut Object, schema: Option<&TableSchema>) -> Result<()> {
        let index = self.indexes.first().cloned().unwrap_or_default();
        let (partition, sort) =
            (parts::attributes(&index.partition)?, parts::attributes(&index.sort)?);
        let mut attributes = [&partition[..], &sort].concat();
        if let Some(schema) = schema {
            attributes.push(schema.partition_key.clone());
            attributes.extend(schema.sort_key.clone());
        }
        object.member("AttributeDefinitions", &parts::definitions(&attributes));
        let create = Object::new().member("Create", &index_object(&index, &partition, &sort)).end();
        object.member("GlobalSecondaryIndexUpdates", &list([create].into_iter()));
        Ok(())
    }

    /// Items expire by the attribute that is named, or no longer by it.
    fn expire(&self, table: &str) -> Request {
        let specification =
            Object::new().member("Enabled", "true").text("AttributeName", self.expiry.trim()).end();
        let body = Object::new()
            .text("TableName", table.trim())
            .member("TimeToLiveSpecification", &specification)
            .end();
        Request { operation: Verb::Expire.operation().to_owned(), body }
    }
}

/// What an update sets: a value, or an expression such as `visits + 1`, which begins with `=`.
fn operand(text: &str, named: &mut Named) -> Result<String> {
    let Some(expression) = text.trim().strip_prefix('=') else {
        return Ok(named.value(&literal("", text, None)?));
    };
    let (mut written, mut word) = (String::new(), String::new());
    for c in expression.trim().chars().chain([' ']) {
        if c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']') {
            word.push(c);
            continue;
        }
        let is_function = c == '(' && matches!(&*word, "if_not_exists" | "list_append");
        match word.chars().next() {
            None => {}
            Some(_) if is_function => written += &word,
            Some(first) if first.is_ascii_digit() => {
                written += &named.value(&literal("", &word, None)?);
            }
            Some(_) => written += &named.path(&word),
        }
        word.clear();
        written.push(c);
    }
    Ok(written.trim_end().to_owned())
}

fn index_object(index: &IndexRow, partition: &[KeyAttribute], sort: &[KeyAttribute]) -> String {
    Object::new()
        .text("IndexName", index.name.trim())
        .member("KeySchema", &parts::key_schema(partition, sort))
        .member("Projection", &parts::projection(&index.projection))
        .end()
}
