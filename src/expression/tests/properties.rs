//! Properties of all expressions, tried on random ones.

use proptest::collection::vec;
use proptest::prelude::*;

use super::item;
use crate::data::{AttributeValue, Item};
use crate::expression::show::{Style, update_text, write_program};
use crate::expression::{Comparator, Condition, Path, Placeholders, Projection, Update};

/// Writes a placeholder for each name and each value.
#[derive(Default)]
struct Numbered {
    names: Vec<(Box<str>, Box<str>)>,
    values: Vec<(Box<str>, AttributeValue)>,
}

impl Numbered {
    fn placeholders(self) -> Placeholders {
        let some = |empty: bool| (!empty).then_some(());
        let names = some(self.names.is_empty()).map(|()| self.names);
        let values = some(self.values.is_empty()).map(|()| self.values);
        Placeholders::new(names, values).expect("numbered")
    }
}

impl Style for Numbered {
    fn path(&mut self, path: &Path) -> String {
        let mut text = String::new();
        for (at, part) in path.parts().iter().enumerate() {
            match part {
                crate::expression::Part::Name(name) => {
                    let key = format!("#n{}", self.names.len());
                    text.push_str(if at > 0 { "." } else { "" });
                    text.push_str(&key);
                    self.names.push((key.into(), name.clone()));
                }
                crate::expression::Part::Index(index) => text.push_str(&format!("[{index}]")),
            }
        }
        text
    }

    fn value(&mut self, value: &AttributeValue) -> String {
        let key = format!(":v{}", self.values.len());
        self.values.push((key.clone().into(), value.clone()));
        key
    }
}

/// A condition as a tree, which is what the programs avoid.
#[derive(Clone, Debug)]
enum Tree {
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
    Not(Box<Tree>),
    Compare(Comparator, Leaf, Leaf),
    Between(Leaf, Leaf, Leaf),
    In(Leaf, Vec<Leaf>),
    Exists(&'static str),
    Contains(Leaf, Leaf),
    BeginsWith(Leaf, Leaf),
}

#[derive(Clone, Debug, PartialEq)]
enum Leaf {
    Path(&'static str),
    Size(&'static str),
    Value(AttributeValue),
}

const PATHS: [&str; 7] = ["s", "n", "l", "l[1]", "m.x", "m.nil", "nil"];

fn found() -> Item {
    item(r#"{"s": "b", "n": 2, "l": [1, "b", 2], "m": {"x": 3}}"#)
}

impl Leaf {
    fn text(&self, values: &mut Numbered) -> String {
        match self {
            Self::Path(path) => (*path).into(),
            Self::Size(path) => format!("size({path})"),
            Self::Value(value) => values.value(value),
        }
    }

    /// The value, looked up by hand.
    fn of(&self, item: &Item) -> Option<AttributeValue> {
        let at = |path: &str| match path {
            "l[1]" => match item.get("l")? {
                AttributeValue::L(list) => list.get(1).cloned(),
                _ => None,
            },
            "m.x" => match item.get("m")? {
                AttributeValue::M(map) => map.get("x").cloned(),
                _ => None,
            },
            path => item.get(path).cloned(),
        };
        match self {
            Self::Path(path) => at(path),
            Self::Value(value) => Some(value.clone()),
            Self::Size(path) => match at(path)? {
                AttributeValue::S(text) => Some((text.len() as i64).into()),
                AttributeValue::L(list) => Some((list.len() as i64).into()),
                _ => None,
            },
        }
    }
}

/// The order of two values, if they have one.
fn order(a: &Option<AttributeValue>, b: &Option<AttributeValue>) -> Option<std::cmp::Ordering> {
    match (a.as_ref()?, b.as_ref()?) {
        (AttributeValue::S(a), AttributeValue::S(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (AttributeValue::N(a), AttributeValue::N(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

impl Tree {
    fn text(&self, values: &mut Numbered) -> String {
        match self {
            Self::And(a, b) => format!("({}) AND ({})", a.text(values), b.text(values)),
            Self::Or(a, b) => format!("({}) OR ({})", a.text(values), b.text(values)),
            Self::Not(a) => format!("NOT ({})", a.text(values)),
            Self::Compare(comparator, a, b) => {
                format!("{} {} {}", a.text(values), comparator.text(), b.text(values))
            }
            Self::Between(a, b, c) => {
                format!("{} BETWEEN {} AND {}", a.text(values), b.text(values), c.text(values))
            }
            Self::In(a, others) => {
                let a = a.text(values);
                let others: Vec<_> = others.iter().map(|other| other.text(values)).collect();
                format!("{a} IN ({})", others.join(", "))
            }
            Self::Exists(path) => format!("attribute_exists({path})"),
            Self::Contains(a, b) => format!("contains({}, {})", a.text(values), b.text(values)),
            Self::BeginsWith(a, b) => {
                format!("begins_with({}, {})", a.text(values), b.text(values))
            }
        }
    }

    fn holds(&self, item: &Item) -> bool {
        match self {
            Self::And(a, b) => a.holds(item) && b.holds(item),
            Self::Or(a, b) => a.holds(item) || b.holds(item),
            Self::Not(a) => !a.holds(item),
            Self::Compare(comparator, a, b) => {
                let (a, b) = (a.of(item), b.of(item));
                let order = order(&a, &b);
                match comparator {
                    Comparator::Equal => a.is_some() && a == b,
                    Comparator::NotEqual => !(a.is_some() && a == b),
                    Comparator::Less => order.is_some_and(|order| order.is_lt()),
                    Comparator::LessOrEqual => order.is_some_and(|order| order.is_le()),
                    Comparator::Greater => order.is_some_and(|order| order.is_gt()),
                    Comparator::GreaterOrEqual => order.is_some_and(|order| order.is_ge()),
                }
            }
            Self::Between(a, b, c) => {
                let (a, b, c) = (a.of(item), b.of(item), c.of(item));
                order(&b, &a).is_some_and(|order| order.is_le())
                    && order(&a, &c).is_some_and(|order| order.is_le())
            }
            Self::In(a, others) => {
                let a = a.of(item);
                a.is_some() && others.iter().any(|other| other.of(item) == a)
            }
            Self::Exists(path) => Leaf::Path(path).of(item).is_some(),
            Self::Contains(a, b) => match (a.of(item), b.of(item)) {
                (Some(AttributeValue::S(a)), Some(AttributeValue::S(b))) => a.contains(&*b),
                (Some(AttributeValue::L(a)), Some(b)) => a.contains(&b),
                _ => false,
            },
            Self::BeginsWith(a, b) => match (a.of(item), b.of(item)) {
                (Some(AttributeValue::S(a)), Some(AttributeValue::S(b))) => a.starts_with(&*b),
                _ => false,
            },
        }
    }
}

fn path() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&PATHS[..])
}

fn leaf() -> impl Strategy<Value = Leaf> {
    let value = prop_oneof![
        (0i64..5).prop_map(AttributeValue::from),
        "[abc]{0,2}".prop_map(AttributeValue::string),
    ];
    prop_oneof![
        3 => path().prop_map(Leaf::Path),
        1 => path().prop_map(Leaf::Size),
        3 => value.prop_map(Leaf::Value),
    ]
}

fn comparator() -> impl Strategy<Value = Comparator> {
    use Comparator::*;
    prop::sample::select(&[Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual][..])
}

fn tree() -> impl Strategy<Value = Tree> {
    let simple = prop_oneof![
        4 => (comparator(), leaf(), leaf()).prop_map(|(by, a, b)| Tree::Compare(by, a, b)),
        1 => (leaf(), leaf(), leaf()).prop_map(|(a, b, c)| Tree::Between(a, b, c)),
        1 => (leaf(), vec(leaf(), 1..4)).prop_map(|(a, others)| Tree::In(a, others)),
        1 => path().prop_map(Tree::Exists),
        1 => (leaf(), leaf()).prop_map(|(a, b)| Tree::Contains(a, b)),
        1 => (leaf(), leaf()).prop_map(|(a, b)| Tree::BeginsWith(a, b)),
    ];
    simple.prop_recursive(6, 40, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            pair.clone().prop_map(|(a, b)| Tree::And(a.into(), b.into())),
            pair.prop_map(|(a, b)| Tree::Or(a.into(), b.into())),
            inner.prop_map(|a| Tree::Not(a.into())),
        ]
    })
}

/// A valid condition, if the tree is one: DynamoDB refuses some operands before it looks at items.
fn parsed(tree: &Tree) -> Option<Condition> {
    let mut values = Numbered::default();
    let text = tree.text(&mut values);
    Condition::parse(&text, &mut values.placeholders()).ok()
}

/// Words, signs and whatever else, in any order.
fn soup() -> impl Strategy<Value = String> {
    let words = prop::sample::select(
        &[
            "a",
            "b.c",
            "a[0]",
            "#n",
            "#none",
            ":v",
            ":s",
            ":none",
            "AND",
            "OR",
            "NOT",
            "BETWEEN",
            "IN",
            "SET",
            "REMOVE",
            "ADD",
            "DELETE",
            "(",
            ")",
            "[",
            "]",
            ",",
            ".",
            "=",
            "<>",
            "<",
            ">=",
            "+",
            "-",
            "size(",
            "contains(",
            "begins_with(",
            "attribute_exists(",
            "if_not_exists(",
            "list_append(",
            "f(",
            "1",
            "status",
            "é",
            "#",
            ":",
            "\"",
        ][..],
    );
    let word = prop_oneof![9 => words.prop_map(str::to_owned), 1 => "\\PC{0,3}"];
    vec(word, 0..25).prop_map(|words| words.join(" "))
}

fn given() -> Placeholders {
    super::placeholders(r##"#n=a :v=1 :s={"SS":["x"]}"##)
}

proptest! {
    #[test]
    fn conditions_hold_as_a_tree_says(tree in tree()) {
        let item = found();
        if let Some(condition) = parsed(&tree) {
            prop_assert_eq!(condition.holds(Some(&item)), tree.holds(&item));
            prop_assert_eq!(condition.holds(None), tree.holds(&Item::new()));
        }
    }

    #[test]
    fn what_is_shown_is_parsed_as_the_same(tree in tree()) {
        if let Some(condition) = parsed(&tree) {
            let (mut style, mut text) = (Numbered::default(), String::new());
            write_program(condition.steps(), false, &mut style, &mut text);
            let mut placeholders = style.placeholders();
            prop_assert_eq!(Condition::parse(&text, &mut placeholders), Ok(condition.clone()));
            prop_assert_eq!(placeholders.unused(), Ok(()));
            let bytes = postcard::to_allocvec(&condition).expect("memory suffices");
            prop_assert_eq!(postcard::from_bytes(&bytes), Ok(condition));
        }
    }

    #[test]
    fn token_soup_is_parsed_or_refused(text in soup()) {
        let parsed = Condition::parse(&text, &mut given());
        if let Ok(condition) = parsed {
            condition.holds(Some(&found()));
            prop_assert!(!condition.to_string().is_empty());
        }
        for text in [text.clone(), format!("SET {text}"), format!("REMOVE a SET b = {text}")] {
            if let Ok(update) = Update::parse(&text, &mut given()) {
                let _ = update.apply(Some(&found()), &found());
                let mut style = Numbered::default();
                let shown = update_text(&update, &mut style);
                prop_assert_eq!(Update::parse(&shown, &mut style.placeholders()), Ok(update));
            }
        }
        if let Ok(projection) = Projection::parse(&text, &mut given()) {
            projection.of(&found());
        }
    }

    #[test]
    fn hostile_bytes_are_refused_or_harmless(bytes in vec(any::<u8>(), 0..60), at in any::<prop::sample::Index>()) {
        let text = "a.b IN (:v, c) AND NOT contains(d, :v)";
        let valid = Condition::parse(text, &mut given()).expect("valid");
        let mut damaged = postcard::to_allocvec(&valid).expect("memory suffices");
        let at = at.index(damaged.len());
        damaged.splice(at..at + 1, bytes.iter().copied().take(3));
        for bytes in [&bytes, &damaged] {
            if let Ok(condition) = postcard::from_bytes::<Condition>(bytes) {
                condition.holds(Some(&found()));
                let _ = condition.to_string();
            }
            if let Ok(update) = postcard::from_bytes::<Update>(bytes) {
                let _ = update.apply(Some(&found()), &found());
                let _ = update.to_string();
            }
            if let Ok(projection) = postcard::from_bytes::<Projection>(bytes) {
                projection.of(&found());
            }
        }
    }
}
