//! From text to tokens.
//!
//! The tokens are read with `winnow`. What stands between them, [`super::parse`] does with a list
//! of what is still open: combinators that nest would take a stack frame for each parenthesis.

use winnow::Parser;
use winnow::combinator::{dispatch, empty, fail, opt, preceded};
use winnow::error::EmptyError;
use winnow::token::{any, take_while};

/// A token: what it is, and where it stands in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: u16,
    pub end: u16,
}

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    And,
    Or,
    Not,
    Between,
    In,
    Set,
    Remove,
    Add,
    Delete,
    /// A name as it stands, of an attribute or a function.
    Word,
    /// `#name`
    Name,
    /// `:value`
    Value,
    /// Digits: an index into a list.
    Index,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    Comma,
    Dot,
    Plus,
    Minus,
    /// A character that no token begins with.
    Bad,
    End,
}

/// Words with a meaning of their own, in any case.
const KEYWORDS: [(&str, Kind); 9] = [
    ("AND", Kind::And),
    ("OR", Kind::Or),
    ("NOT", Kind::Not),
    ("BETWEEN", Kind::Between),
    ("IN", Kind::In),
    ("SET", Kind::Set),
    ("REMOVE", Kind::Remove),
    ("ADD", Kind::Add),
    ("DELETE", Kind::Delete),
];

/// The tokens of a text of at most 64 KB; the last is [`Kind::End`].
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let at = |rest: &str| (text.len() - rest.len()) as u16;
    let mut tokens = Vec::with_capacity(text.len() / 3 + 1);
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let begin = rest;
        let kind = token(&mut rest).unwrap_or(Kind::End);
        tokens.push(Token { kind, start: at(begin), end: at(rest) });
        if kind == Kind::End {
            return tokens;
        }
    }
}

/// Reads one token; only the end of the text has none.
fn token(text: &mut &str) -> Result<Kind, EmptyError> {
    let begin = *text;
    dispatch! {any;
        'a'..='z' | 'A'..='Z' => word.map(|rest| keyword(&begin[..1 + rest.len()])),
        '#' => word.map(|name| if name.is_empty() { Kind::Bad } else { Kind::Name }),
        ':' => word.map(|name| if name.is_empty() { Kind::Bad } else { Kind::Value }),
        '0' => empty.value(Kind::Index),
        '1'..='9' => take_while(0.., '0'..='9').value(Kind::Index),
        '<' => opt(dispatch! {any;
            '>' => empty.value(Kind::NotEqual),
            '=' => empty.value(Kind::LessOrEqual),
            _ => fail,
        }).map(|kind| kind.unwrap_or(Kind::Less)),
        '>' => opt(preceded('=', empty)).map(|equal| match equal {
            Some(()) => Kind::GreaterOrEqual,
            None => Kind::Greater,
        }),
        '=' => empty.value(Kind::Equal),
        '(' => empty.value(Kind::Open),
        ')' => empty.value(Kind::Close),
        '[' => empty.value(Kind::OpenBracket),
        ']' => empty.value(Kind::CloseBracket),
        ',' => empty.value(Kind::Comma),
        '.' => empty.value(Kind::Dot),
        '+' => empty.value(Kind::Plus),
        '-' => empty.value(Kind::Minus),
        _ => empty.value(Kind::Bad),
    }
    .parse_next(text)
}

/// The letters, digits and underscores that follow.
fn word<'a>(text: &mut &'a str) -> Result<&'a str, EmptyError> {
    take_while(0.., ('a'..='z', 'A'..='Z', '0'..='9', '_')).parse_next(text)
}

fn keyword(word: &str) -> Kind {
    let found = KEYWORDS.iter().find(|(keyword, _)| keyword.eq_ignore_ascii_case(word));
    found.map_or(Kind::Word, |(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        tokens(text).into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn tokens_need_no_spaces_between_them() {
        use Kind::*;
        assert_eq!(
            kinds("#a.b[10]<=:v aNd(x<>y)"),
            [
                Name,
                Dot,
                Word,
                OpenBracket,
                Index,
                CloseBracket,
                LessOrEqual,
                Value,
                And,
                Open,
                Word,
                NotEqual,
                Word,
                Close,
                End
            ]
        );
        assert_eq!(kinds("< <= > >= ="), [Less, LessOrEqual, Greater, GreaterOrEqual, Equal, End]);
        assert_eq!(kinds(" \t\r\n"), [End]);
    }

    #[test]
    fn what_is_no_token_is_bad_by_itself() {
        use Kind::*;
        assert_eq!(kinds("_a"), [Bad, Word, End]);
        assert_eq!(kinds("# :"), [Bad, Bad, End]);
        assert_eq!(kinds("é!\u{a0}"), [Bad, Bad, Bad, End]);
        assert_eq!(kinds("007"), [Index, Index, Index, End], "an index has no leading zeros");
        assert_eq!(kinds("12a"), [Index, Word, End]);
    }
}
