//! Properties that hold for all numbers, values and texts, tried on random ones.

use std::cmp::Ordering;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{AttributeValue, Item, Key, Number, Set};

/// The places of [`Places`]: from 10^126, which only sums reach, down to 10^-167.
const PLACES: usize = 294;
const HIGHEST_PLACE: i32 = 126;

/// A number that does its sums on paper: a sign, and a digit for every place.
#[derive(Clone, Debug)]
struct Places {
    negative: bool,
    digits: [u8; PLACES],
}

impl Places {
    fn new(negative: bool, significant: &str, magnitude: i32) -> Self {
        let mut digits = [0; PLACES];
        let first = (HIGHEST_PLACE - magnitude) as usize;
        for (at, digit) in significant.bytes().enumerate() {
            digits[first + at] = digit - b'0';
        }
        Self { negative, digits }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.digits.cmp(&other.digits),
            (true, true) => other.digits.cmp(&self.digits),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }

    fn sum(&self, other: &Self) -> Self {
        let same_sign = self.negative == other.negative;
        let (upper, lower) =
            if self.digits >= other.digits { (self, other) } else { (other, self) };
        let (mut digits, mut carry) = (upper.digits, 0i8);
        for (digit, lower) in digits.iter_mut().zip(&lower.digits).rev() {
            let step = if same_sign { *lower as i8 } else { -(*lower as i8) };
            let total = *digit as i8 + step + carry;
            (*digit, carry) = (total.rem_euclid(10) as u8, total.div_euclid(10));
        }
        assert_eq!(carry, 0, "the highest place is left free for it");
        Self { negative: upper.negative, digits }
    }

    /// True if a number of DynamoDB's can be this.
    fn storable(&self) -> bool {
        let Some(first) = self.digits.iter().position(|digit| *digit != 0) else { return true };
        let last = self.digits.iter().rposition(|digit| *digit != 0).unwrap_or(first);
        let magnitude = HIGHEST_PLACE - first as i32;
        last - first < 38 && (-130..=125).contains(&magnitude)
    }

    fn text(&self) -> String {
        let digits: String = self.digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let (whole, fraction) = digits.split_at(HIGHEST_PLACE as usize + 1);
        format!("{}{whole}.{fraction}", if self.negative { "-" } else { "" })
    }
}

/// A number as text in scientific notation, and on paper.
fn number_at(magnitude: impl Strategy<Value = i32>) -> impl Strategy<Value = (String, Places)> {
    let digits = prop_oneof!["[1-9][0-9]{0,3}", "[1-9][0-9]{0,37}", "[19][09]{37}"];
    (any::<bool>(), digits, magnitude).prop_map(|(negative, digits, magnitude)| {
        let sign = if negative { "-" } else { "" };
        let text = format!("{sign}{}.{}E{magnitude}", &digits[..1], &digits[1..]);
        (text, Places::new(negative, &digits, magnitude))
    })
}

/// A pair of numbers, often of similar size or of the same magnitude.
fn number_pair() -> impl Strategy<Value = [(String, Places); 2]> {
    let at = |magnitude: i32, distance: i32| {
        let around = (magnitude - distance).max(-130)..=(magnitude + distance).min(125);
        (number_at(Just(magnitude)), number_at(around))
    };
    let close = (-130i32..=125).prop_flat_map(move |magnitude| at(magnitude, 1));
    let near = (-130i32..=125).prop_flat_map(move |magnitude| at(magnitude, 40));
    let any = (number_at(-130..=125), number_at(-130..=125));
    prop_oneof![close, near, any].prop_map(|(a, b)| [a, b])
}

fn any_number() -> impl Strategy<Value = Number> {
    let typical = any::<i64>().prop_map(Number::from);
    prop_oneof![typical, number_at(-130..=125).prop_map(|(text, _)| parsed(&text))]
}

fn parsed(text: &str) -> Number {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn name() -> impl Strategy<Value = Box<str>> {
    prop_oneof!["[a-c]{1,2}", "(S|N|B|L|M|SS|NULL)", "\\PC{1,5}"].prop_map(Box::from)
}

fn any_binary() -> impl Strategy<Value = Box<[u8]>> {
    vec(any::<u8>(), 0..6).prop_map(Box::from)
}

fn any_set<T: Ord + Clone + std::fmt::Debug>(
    member: impl Strategy<Value = T>,
) -> impl Strategy<Value = Set<T>> {
    vec(member, 1..5).prop_map(|mut members| {
        members.sort();
        members.dedup();
        Set::new(members).expect("not empty, each once")
    })
}

/// A value that plain JSON can tell from all others.
fn plain_value() -> impl Strategy<Value = AttributeValue> {
    prop_oneof![
        any::<String>().prop_map(AttributeValue::string),
        any_number().prop_map(AttributeValue::N),
        any::<bool>().prop_map(AttributeValue::BOOL),
        Just(AttributeValue::NULL),
    ]
}

fn any_value() -> impl Strategy<Value = AttributeValue> {
    prop_oneof![
        4 => plain_value(),
        1 => any_binary().prop_map(AttributeValue::B),
        1 => any_set(any::<String>().prop_map(Box::from)).prop_map(AttributeValue::SS),
        1 => any_set(any_number()).prop_map(AttributeValue::NS),
        1 => any_set(any_binary()).prop_map(AttributeValue::BS),
    ]
}

/// An item with lists and maps whose innermost values are `leaf`.
fn item_of(leaf: impl Strategy<Value = AttributeValue> + 'static) -> impl Strategy<Value = Item> {
    let value = leaf.prop_recursive(4, 24, 4, |inner| {
        let attributes = vec((name(), inner.clone()), 0..4);
        prop_oneof![
            vec(inner, 0..4).prop_map(|list| AttributeValue::L(list.into())),
            attributes.prop_map(|map| AttributeValue::M(map.into_iter().collect())),
        ]
    });
    vec((name(), value), 0..5).prop_map(|attributes| attributes.into_iter().collect())
}

/// Text that a JSON reader may stumble over.
fn hostile_text() -> impl Strategy<Value = String> {
    let tokens = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"a\"",
        "\"b\":",
        "\"S\":",
        "\"N\":",
        "\"NS\":",
        "\"M\":",
        "\"BOOL\":",
        "\"1\"",
        "\"\\u",
        "\\ud800\"",
        "1",
        "-",
        "1e9999999999",
        "0.0",
        "true",
        "null",
        "\"",
        "\\",
        "\n",
        "é",
        "\0",
        "\"AA==\"",
    ]);
    let soup = vec(tokens, 0..30).prop_map(|tokens| tokens.concat());
    let damaged =
        (item_of(any_value()), any::<prop::sample::Index>(), any::<char>(), any::<bool>());
    let damaged = damaged.prop_map(|(item, at, replacement, typed)| {
        let text = if typed { item.to_dynamodb_json() } else { item.to_json() };
        let mut characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len());
        characters[at] = replacement;
        characters.into_iter().collect()
    });
    prop_oneof![any::<String>(), soup, damaged]
}

proptest! {
    #[test]
    fn numbers_are_ordered_as_on_paper([(a, a_places), (b, b_places)] in number_pair()) {
        prop_assert_eq!(parsed(&a).cmp(&parsed(&b)), a_places.order(&b_places));
    }

    #[test]
    fn equal_numbers_are_equal_structures((text, places) in number_at(-130..=125)) {
        prop_assert_eq!(parsed(&text), parsed(&places.text()));
    }

    #[test]
    fn numbers_are_added_as_on_paper([(a, a_places), (b, b_places)] in number_pair()) {
        let (sum, on_paper) = (parsed(&a).checked_add(parsed(&b)), a_places.sum(&b_places));
        prop_assert_eq!(sum.is_ok(), on_paper.storable(), "{:?}", sum);
        if let Ok(sum) = sum {
            prop_assert_eq!(sum, parsed(&on_paper.text()));
            prop_assert_eq!(sum, parsed(&b).checked_add(parsed(&a)).expect("commutes"));
        }
    }

    #[test]
    fn shown_numbers_are_read_back(number in any_number()) {
        let shown = number.to_string();
        prop_assert_eq!(parsed(&shown), number);
        prop_assert!(!shown.contains(['E', 'e', '+']), "{}", shown);
        let needless = shown.contains('.') && shown.ends_with(['0', '.']);
        prop_assert!(!needless && shown != "-0", "{}", shown);
    }

    #[test]
    fn reading_a_number_never_panics(text in "[-+.eE0-9]{0,80}|\\PC*") {
        if let Ok(number) = text.parse::<Number>() {
            prop_assert_eq!(parsed(&number.to_string()), number);
        }
    }

    #[test]
    fn dynamodb_json_is_read_back(item in item_of(any_value())) {
        let text = item.to_dynamodb_json();
        prop_assert_eq!(Item::parse(&text), Ok(item.clone()));
        prop_assert_eq!(Item::from_dynamodb_json(&text), Ok(item));
    }

    #[test]
    fn plain_json_is_read_back(item in item_of(plain_value())) {
        prop_assert_eq!(Item::from_json(&item.to_json()), Ok(item));
    }

    #[test]
    fn stored_items_are_read_back(item in item_of(any_value())) {
        let bytes = postcard::to_allocvec(&item).expect("memory suffices");
        prop_assert_eq!(postcard::from_bytes::<Item>(&bytes), Ok(item));
    }

    #[test]
    fn hostile_text_is_an_item_or_an_error(text in hostile_text()) {
        let _ = Item::from_dynamodb_json(&text);
        if let Ok(item) = Item::parse(&text) {
            prop_assert_eq!(Item::parse(&item.to_dynamodb_json()), Ok(item));
        }
    }

    #[test]
    fn hostile_bytes_are_an_item_or_an_error(bytes in vec(0u8..12, 0..60)) {
        if let Ok(item) = postcard::from_bytes::<Item>(&bytes) {
            let again = postcard::to_allocvec(&item).expect("memory suffices");
            prop_assert_eq!(postcard::from_bytes::<Item>(&again), Ok(item));
        }
    }

    #[test]
    fn string_keys_are_ordered_by_their_bytes(a in "\\PC{1,4}", b in "\\PC{1,4}") {
        let key = |text: &str| Key::from_text(text).expect("short");
        prop_assert_eq!(key(&a).cmp(&key(&b)), a.as_bytes().cmp(b.as_bytes()));
    }

    #[test]
    fn an_item_grows_by_what_is_put_into_it(item in item_of(any_value()), value in any_value()) {
        let mut grown = item.clone();
        let name = "a name that no other attribute has";
        let size = name.len() + value.size();
        prop_assert_eq!(grown.insert(name, value), None);
        prop_assert_eq!(grown.size(), item.size() + size);
        grown.remove(name);
        prop_assert_eq!(grown, item);
    }
}
