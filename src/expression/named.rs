//! Expressions as requests carry them: names and values stand beside the text.

use super::condition::Condition;
use super::path::{Part, Path};
use super::show::{Style, update_text, write_program};
use super::update::Update;
use crate::data::AttributeValue;

/// The names and the values of the expressions of one request, each listed once.
#[derive(Debug, Default)]
pub struct Named {
    names: Vec<Box<str>>,
    values: Vec<AttributeValue>,
}

impl Named {
    /// What stands for an attribute's name.
    pub fn name(&mut self, name: &str) -> String {
        let at = self.names.iter().position(|known| **known == *name).unwrap_or_else(|| {
            self.names.push(name.into());
            self.names.len() - 1
        });
        format!("#n{at}")
    }

    /// What stands for a value.
    pub fn value(&mut self, value: &AttributeValue) -> String {
        let at = self.values.iter().position(|known| known == value).unwrap_or_else(|| {
            self.values.push(value.clone());
            self.values.len() - 1
        });
        format!(":v{at}")
    }

    pub fn condition(&mut self, condition: &Condition) -> String {
        let mut text = String::new();
        write_program(condition.steps(), false, self, &mut text);
        text
    }

    pub fn update(&mut self, update: &Update) -> String {
        update_text(update, self)
    }

    /// `ExpressionAttributeNames`.
    pub fn names(&self) -> impl Iterator<Item = (String, &str)> {
        self.names.iter().enumerate().map(|(at, name)| (format!("#n{at}"), &**name))
    }

    /// `ExpressionAttributeValues`.
    pub fn values(&self) -> impl Iterator<Item = (String, &AttributeValue)> {
        self.values.iter().enumerate().map(|(at, value)| (format!(":v{at}"), value))
    }
}

impl Style for Named {
    fn path(&mut self, path: &Path) -> String {
        let mut text = String::new();
        for part in path.parts() {
            match part {
                Part::Name(name) => {
                    text.push_str(if text.is_empty() { "" } else { "." });
                    text.push_str(&self.name(name));
                }
                Part::Index(index) => text.push_str(&format!("[{index}]")),
            }
        }
        text
    }

    fn value(&mut self, value: &AttributeValue) -> String {
        Named::value(self, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Placeholders;

    #[test]
    fn a_request_can_carry_what_was_read_from_one() {
        let names = vec![("#x".into(), "a.b".into())];
        let values = vec![(":n".into(), AttributeValue::from(3)), (":s".into(), "S".into())];
        let mut given = Placeholders::new(Some(names), Some(values)).expect("good");
        let condition = "size(#x) > :n AND NOT (l[2].m = :s OR attribute_type(l, :s))";
        let condition = Condition::parse(condition, &mut given).expect("good");
        let update = "SET #x = if_not_exists(#x, :n) + :n, l[1] = :s REMOVE q ADD c :n";
        let update = Update::parse(update, &mut given).expect("good");
        let mut named = Named::default();
        let (one, other) = (named.condition(&condition), named.update(&update));
        let names = named.names().map(|(key, name)| (key.into(), name.into())).collect();
        let values = named.values().map(|(key, value)| (key.into(), value.clone())).collect();
        let mut again = Placeholders::new(Some(names), Some(values)).expect("good");
        assert_eq!(Condition::parse(&one, &mut again), Ok(condition), "{one}");
        assert_eq!(Update::parse(&other, &mut again), Ok(update), "{other}");
        assert!(again.unused().is_ok());
    }
}
