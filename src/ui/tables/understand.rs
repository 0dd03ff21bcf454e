//! Reading requests back into the form: whoever edits one sees the fields follow.
//!
//! Only what the form could say is understood, and that wholly or not at all.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::clause::Clause;
use super::form::{Form, Verb};
use super::parts::Source;
use crate::base::heap_sort;
use crate::data::{AttributeValue, Item, Json, TableSchema};

/// What placeholders stand for.
struct Placeholders {
    names: Vec<(String, String)>,
    values: Vec<(String, String)>,
}

impl Placeholders {
    /// A path with its names in it, if all of them are known.
    fn path(&self, text: &str) -> Option<String> {
        let part = |part: &str| {
            let (name, rest) = part.split_at(part.find('[').unwrap_or(part.len()));
            if !name.starts_with('#') {
                return Some(part.to_owned());
            }
            let (_, known) = self.names.iter().find(|(placeholder, _)| placeholder == name)?;
            Some(known.clone() + rest)
        };
        let parts: Option<Vec<String>> = text.trim().split('.').map(part).collect();
        parts.map(|parts| parts.join("."))
    }

    fn value(&self, text: &str) -> Option<String> {
        let found = self.values.iter().find(|(placeholder, _)| placeholder == text.trim());
        found.map(|(_, value)| value.clone())
    }
}

/// A value as a person would write it.
fn written(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) if AttributeValue::from_json(text.trim()).is_err() => {
            text.to_string()
        }
        AttributeValue::SS(_)
        | AttributeValue::NS(_)
        | AttributeValue::BS(_)
        | AttributeValue::B(_) => value.to_dynamodb_json(),
        other => other.to_json(),
    }
}

/// A value of a key: its type is known.
fn of_key(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) => text.to_string(),
        AttributeValue::B(_) => value.to_json().trim_matches('"').to_owned(),
        other => other.to_json(),
    }
}

impl Form {
    /// The form that says what a request says; none if no form does.
    pub fn understand(&self, body: &str, schema: Option<&TableSchema>) -> Option<Self> {
        let Json::Object(members) = Json::read(body).ok()? else { return None };
        let raw: Raw = serde_json::from_str(body).ok()?;
        let known = Placeholders { names: raw.names(), values: raw.values()? };
        let mut form = Self { table: String::new(), index: String::new(), ..self.clone() };
        form.clear();
        for (name, value) in &members {
            form.take(name, value, &raw, &known, schema)?;
        }
        // The form must say it with the same types.
        let again = form.requests(schema).ok()?;
        let again: Raw = serde_json::from_str(&again.first()?.body).ok()?;
        (again.typed() == raw.typed()).then_some(form)
    }

    /// What a request does not say is not so.
    fn clear(&mut self) {
        (self.reverse, self.consistent, self.any) = (false, false, false);
        for field in [&mut self.attributes, &mut self.limit, &mut self.start] {
            field.clear();
        }
        self.clauses.clear();
        self.changes.clear();
        self.partition.iter_mut().for_each(String::clear);
        self.sort
            .iter_mut()
            .for_each(|test| *test = Clause { test: "=".to_owned(), ..Clause::default() });
    }

    fn take(
        &mut self,
        name: &str,
        value: &Json<'_>,
        raw: &Raw<'_>,
        known: &Placeholders,
        schema: Option<&TableSchema>,
    ) -> Option<()> {
        match (name, value) {
            ("TableName", Json::String(name)) => self.table = name.to_string(),
            ("IndexName", Json::String(name)) => self.index = name.to_string(),
            ("Limit", Json::Number(digits)) => self.limit = (*digits).to_owned(),
            ("ScanIndexForward", Json::Bool(forward)) => self.reverse = !forward,
            ("ConsistentRead", Json::Bool(value)) => self.consistent = *value,
            ("ExclusiveStartKey", _) => self.start = raw.start?.get().to_owned(),
            ("Item", _) if self.verb == Verb::Put => self.item = raw.item?.get().to_owned(),
            ("Key", _) => {
                self.take_key(&Item::from_dynamodb_json(raw.key?.get()).ok()?, schema?)?
            }
            ("KeyConditionExpression", Json::String(text)) => {
                let index = raw.index.as_deref().unwrap_or_default();
                self.take_key_condition(text, known, &Source::of(schema?, index))?;
            }
            ("FilterExpression" | "ConditionExpression", Json::String(text)) => {
                (self.clauses, self.any) = clauses(text, known)?;
            }
            ("ProjectionExpression", Json::String(text)) => {
                let paths: Option<Vec<String>> =
                    text.split(',').map(|path| known.path(path)).collect();
                self.attributes = paths?.join(", ");
            }
            ("UpdateExpression", Json::String(text)) => self.changes = changes(text, known)?,
            ("ReturnValues", Json::String(what)) if **what == *"ALL_NEW" => {}
            ("ReturnValuesOnConditionCheckFailure", Json::String(_)) => {}
            ("ExpressionAttributeNames" | "ExpressionAttributeValues", _) => {}
            _ => return None,
        }
        Some(())
    }

    fn take_key(&mut self, key: &Item, schema: &TableSchema) -> Option<()> {
        self.partition[0] = of_key(key.get(&schema.partition_key.name)?);
        if let Some(sort) = &schema.sort_key {
            self.sort[0].value = of_key(key.get(&sort.name)?);
        }
        Some(())
    }

    fn take_key_condition(
        &mut self,
        text: &str,
        known: &Placeholders,
        source: &Source,
    ) -> Option<()> {
        let (tests, any) = clauses(text, known)?;
        for test in tests {
            let is_it = |it: &crate::data::KeyAttribute| *it.name == *test.attribute;
            if let Some(at) = source.partition.iter().position(is_it) {
                (test.test == "=").then_some(())?;
                self.partition[at] = test.value;
            } else {
                let at = source.sort.iter().position(is_it)?;
                self.sort[at] = Clause { attribute: String::new(), ..test };
            }
        }
        (!any).then_some(())
    }
}

/// Rows of tests, and whether one of them is enough.
fn clauses(text: &str, known: &Placeholders) -> Option<(Vec<Clause>, bool)> {
    let (mut rows, mut words): (Vec<Clause>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut joins: Vec<&str> = Vec::new();
    for word in text.split_whitespace().chain(["AND"]) {
        let is_between = words.get(1) == Some(&"BETWEEN") && words.len() < 4;
        if !matches!(word, "AND" | "OR") || is_between {
            words.push(word);
            continue;
        }
        rows.push(clause(&words.join(" "), known)?);
        joins.push(word);
        words.clear();
    }
    joins.pop();
    let any = joins.first() == Some(&"OR");
    joins.iter().all(|join| (*join == "OR") == any).then_some((rows, any))
}

fn clause(text: &str, known: &Placeholders) -> Option<Clause> {
    let row = |path: &str, test: &str, value: String, other: String| {
        Some(Clause { attribute: known.path(path)?, test: test.to_owned(), value, other })
    };
    if let Some((function, rest)) = text.split_once('(').filter(|(word, _)| !word.contains(' ')) {
        let inside = rest.strip_suffix(')')?;
        return match (function, inside.split_once(',')) {
            (test @ ("attribute_exists" | "attribute_not_exists"), None) => {
                row(inside, test, String::new(), String::new())
            }
            (test @ ("begins_with" | "contains"), Some((path, value))) => {
                row(path, test, known.value(value)?, String::new())
            }
            _ => None,
        };
    }
    let (path, rest) = text.split_once(' ')?;
    let (test, rest) = rest.split_once(' ')?;
    match test {
        "BETWEEN" => {
            let (from, to) = rest.split_once(" AND ")?;
            row(path, "between", known.value(from)?, known.value(to)?)
        }
        "IN" => {
            let inside = rest.strip_prefix('(')?.strip_suffix(')')?;
            let values: Option<Vec<String>> =
                inside.split(',').map(|one| known.value(one)).collect();
            row(path, "in", values?.join(", "), String::new())
        }
        "=" | "<>" | "<" | "<=" | ">" | ">=" => row(path, test, known.value(rest)?, String::new()),
        _ => None,
    }
}

/// Rows of changes.
fn changes(text: &str, known: &Placeholders) -> Option<Vec<[String; 3]>> {
    let mut rows = Vec::new();
    let mut action = "";
    let mut terms: Vec<(&str, String)> = Vec::new();
    let (mut depth, mut is_new) = (0usize, true);
    for word in text.split_whitespace() {
        if depth == 0 && matches!(word, "SET" | "REMOVE" | "ADD" | "DELETE") {
            (action, is_new) = (word, true);
            continue;
        }
        if std::mem::take(&mut is_new) {
            terms.push((action, String::new()));
        }
        depth = (depth + word.matches('(').count()).checked_sub(word.matches(')').count())?;
        let ends = depth == 0 && word.ends_with(',');
        let term = &mut terms.last_mut()?.1;
        *term += if ends { &word[..word.len() - 1] } else { word };
        term.push(' ');
        is_new = ends;
    }
    for (action, term) in terms {
        let term = term.trim();
        let (path, value) = match action {
            "SET" => term.split_once(" = ")?,
            "REMOVE" => (term, ""),
            "ADD" | "DELETE" => term.split_once(' ')?,
            _ => return None,
        };
        let value = match value {
            "" => String::new(),
            one => known.value(one).map_or_else(|| computed(one, known), Some)?,
        };
        rows.push([action.to_owned(), known.path(path)?, value]);
    }
    Some(rows)
}

/// An expression with names and values in it.
fn computed(text: &str, known: &Placeholders) -> Option<String> {
    let mut written = String::from("=");
    for part in text.split_inclusive([' ', '(', ')', ',']) {
        let word = part.trim_end_matches([' ', '(', ')', ',']);
        written += &match word.chars().next() {
            Some('#') => known.path(word)?,
            Some(':') => known.value(word)?,
            _ => word.to_owned(),
        };
        written += &part[word.len()..];
    }
    Some(written)
}

/// Parts of a request that stay text.
#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(rename = "IndexName")]
    index: Option<String>,
    #[serde(rename = "ExclusiveStartKey", borrow)]
    start: Option<&'a RawValue>,
    #[serde(rename = "Item", borrow)]
    item: Option<&'a RawValue>,
    #[serde(rename = "Key", borrow)]
    key: Option<&'a RawValue>,
    #[serde(rename = "ExpressionAttributeNames", borrow)]
    names: Option<&'a RawValue>,
    #[serde(rename = "ExpressionAttributeValues", borrow)]
    values: Option<&'a RawValue>,
}

impl Raw<'_> {
    /// The key, and the values of the placeholders in some order.
    fn typed(&self) -> (Option<Item>, Vec<String>) {
        let item =
            |raw: Option<&RawValue>| raw.and_then(|raw| Item::from_dynamodb_json(raw.get()).ok());
        let values = item(self.values);
        let values = values.iter().flat_map(Item::iter);
        let mut values: Vec<String> = values.map(|(_, value)| value.to_dynamodb_json()).collect();
        heap_sort(&mut values, String::cmp);
        (item(self.key), values)
    }

    fn names(&self) -> Vec<(String, String)> {
        let item = self.names.and_then(|names| Item::from_json(names.get()).ok());
        let text = |(name, value): (&str, &AttributeValue)| match value {
            AttributeValue::S(text) => Some((name.to_owned(), text.to_string())),
            _ => None,
        };
        item.iter().flat_map(Item::iter).filter_map(text).collect()
    }

    fn values(&self) -> Option<Vec<(String, String)>> {
        let Some(values) = self.values else { return Some(Vec::new()) };
        let values = Item::from_dynamodb_json(values.get()).ok()?;
        Some(values.iter().map(|(name, value)| (name.to_owned(), written(value))).collect())
    }
}
