//! From tokens to nodes in postfix order, by what DynamoDB's [`grammar`] says alone.
//!
//! Whatever was opened and is not complete waits in a list, so that the depth of a text costs
//! memory, not stack.

mod grammar;

use grammar::Open;

use super::token::{Kind, Token, tokens};
use crate::base::{Error, Result};

/// The most bytes of an expression (Developer Guide, "Quotas", "Expression parameters").
const MAX_BYTES: usize = 4096;

/// A part of an expression. What it works on stands before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub what: What,
    /// Its token: the operator, the function's name, the value, or the first of the path.
    pub token: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A path, up to this token.
    Path(u16),
    Value,
    /// A function of so many operands; whether it stands where an operand does.
    Call {
        operands: u16,
        nested: bool,
    },
    /// A comparator, `+` or `-`, of two operands.
    Binary,
    Between,
    /// Of an operand and so many others.
    In(u16),
    And,
    Or,
    Not,
}

/// A text, its tokens, and what has been understood of it.
pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    /// In postfix order.
    pub nodes: Vec<Node>,
    /// The paths and the functions in the order in which they are written. A function's operands
    /// are known when it ends.
    pub mentioned: Vec<Node>,
    open: Vec<Open>,
}

impl<'a> Parser<'a> {
    /// Reads the tokens of an expression.
    pub fn new(text: &'a str) -> Result<Self> {
        if text.is_empty() {
            return Err(Error::invalid("The expression can not be empty;"));
        }
        if text.len() > MAX_BYTES {
            return Err(Error::invalid(format!(
                "Expression size has exceeded the maximum allowed size; expression size: {}",
                text.len()
            )));
        }
        let (nodes, mentioned, open) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { text, tokens: tokens(text), at: 0, nodes, mentioned, open })
    }

    /// The text of a token.
    pub fn text_of(&self, token: u16) -> &'a str {
        let Token { start, end, .. } = self.tokens[usize::from(token)];
        &self.text[usize::from(start)..usize::from(end)]
    }

    pub fn kind_of(&self, token: u16) -> Kind {
        self.tokens[usize::from(token)].kind
    }

    /// What kind of token comes next.
    pub fn kind(&self) -> Kind {
        self.tokens[self.at].kind
    }

    /// Where the next token is.
    pub fn here(&self) -> u16 {
        self.at as u16
    }

    /// Takes the next token, which is not the end.
    pub fn take(&mut self) -> u16 {
        self.at += 1;
        (self.at - 1) as u16
    }

    /// Takes the next token if it is of this kind.
    pub fn took(&mut self, kind: Kind) -> bool {
        let is_next = self.kind() == kind;
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes the next token, which must be of this kind.
    pub fn expect(&mut self, kind: Kind) -> Result<u16> {
        if self.kind() == kind { Ok(self.take()) } else { Err(self.stuck()) }
    }

    /// The error for a token that cannot stand where it does: it, and its neighbours.
    pub fn stuck(&self) -> Error {
        let Token { kind, start, end } = self.tokens[self.at];
        let token = &self.text[usize::from(start)..usize::from(end)];
        let token = if kind == Kind::End { "<EOF>" } else { token };
        let from = self.tokens[self.at.saturating_sub(1)].start;
        let to = self.tokens.get(self.at + 1).map_or(end, |next| next.end);
        let near = &self.text[usize::from(from)..usize::from(to)];
        Error::invalid(format!("Syntax error; token: \"{token}\", near: \"{near}\""))
    }

    fn emit(&mut self, what: What, token: u16) {
        self.nodes.push(Node { what, token });
    }
}
