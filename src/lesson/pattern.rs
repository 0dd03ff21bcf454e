//! Texts with gaps: `{r} client: failed: *`.

use crate::base::{Error, Result};

/// What was found for each name.
pub type Bound = Vec<(Box<str>, Box<str>)>;

/// A text with gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(Box<str>),
    /// Any text, empty too.
    Any,
    /// A word.
    Name(Box<str>),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// If a brace is not closed, or a name is empty.
    pub fn parse(text: &str) -> Result<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['*', '{']) {
            let (before, gap) = rest.split_at(at);
            if !before.is_empty() {
                pieces.push(Piece::Text(before.into()));
            }
            match gap.strip_prefix('{') {
                // JSON has braces too: a name is made of letters.
                Some(inner) => {
                    let end = inner.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(inner.len());
                    match inner[end..].strip_prefix('}') {
                        Some(after) if end > 0 => {
                            pieces.push(Piece::Name(inner[..end].into()));
                            rest = after;
                        }
                        _ => {
                            pieces.push(Piece::Text("{".into()));
                            rest = inner;
                        }
                    }
                }
                None => {
                    pieces.push(Piece::Any);
                    rest = &gap[1..];
                }
            }
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.into()));
        }
        match pieces.is_empty() {
            true => Err(Error::invalid("a pattern cannot be empty")),
            false => Ok(Self(pieces)),
        }
    }

    /// The names in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Name(name) => Some(&**name),
            _ => None,
        })
    }

    /// What its names stand for if the text is such a one; `bound` is what they stand for already.
    pub fn matches(&self, text: &str, bound: &Bound) -> Option<Bound> {
        matched(&self.0, text, bound.clone())
    }
}

fn matched(pieces: &[Piece], text: &str, mut bound: Bound) -> Option<Bound> {
    let Some((piece, rest)) = pieces.split_first() else { return text.is_empty().then_some(bound) };
    match piece {
        Piece::Text(wanted) => matched(rest, text.strip_prefix(&**wanted)?, bound),
        Piece::Any => {
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.into_iter().find_map(|at| matched(rest, &text[at..], bound.clone()))
        }
        Piece::Name(name) => match bound.iter().find(|(known, _)| known == name) {
            Some((_, value)) => {
                let after = text.strip_prefix(&**value)?;
                matched(rest, after, bound.clone())
            }
            None => {
                let word =
                    text.split([' ', ',', ':', ';']).next().filter(|word| !word.is_empty())?;
                bound.push((name.clone(), word.into()));
                matched(rest, &text[word.len()..], bound)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, text: &str) -> Option<Vec<String>> {
        let bound = Pattern::parse(pattern).unwrap().matches(text, &Bound::new())?;
        Some(bound.into_iter().map(|(name, value)| format!("{name}={value}")).collect())
    }

    #[test]
    fn gaps_take_anything_and_names_a_word() {
        assert_eq!(found("a*c", "abbc"), Some(vec![]));
        assert_eq!(found("a*c", "abbd"), None);
        assert_eq!(found("* a", "a"), None);
        assert_eq!(found("{r} client: put *", "#3 client: put T/k"), Some(vec!["r=#3".to_owned()]));
        assert_eq!(found("{x} and {x}", "A and B"), None);
        assert_eq!(found("{x} and {x}", "A and A"), Some(vec!["x=A".to_owned()]));
        assert_eq!(found(r#"*{"n":1}*"#, r#"#1 client: {"n":1} as of"#), Some(vec![]));
        assert!(Pattern::parse("").is_err());
    }
}
