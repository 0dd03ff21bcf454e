//! DynamoDB's grammar of expressions.
//!
//! ```text
//! condition  = condition OR condition | condition AND condition | NOT condition
//!            | ( condition ) | operand comparator operand | operand BETWEEN operand AND operand
//!            | operand IN ( operand, … ) | function
//! operand    = path | :value | function | ( operand )
//! function   = name ( operand, … )
//! path       = name { .name | [index] }            (a name, or #name)
//! update     = { SET path = operand [ +|- operand ], … | REMOVE path, …
//!              | ADD path :value, … | DELETE path :value, … }
//! projection = path, …
//! ```

use super::{Node, Parser, What};
use crate::base::{Error, Result};
use crate::expression::token::Kind;

/// What waits for the rest of itself.
#[derive(Clone, Copy, Debug)]
pub(super) enum Open {
    /// `(` around an operand.
    Operand,
    /// `(` around a condition, or around the operand that one begins with.
    Condition,
    /// A function, by its place among the mentioned.
    Call(usize),
    And(u16),
    Or(u16),
    Not(u16),
}

/// What has just been completed.
#[derive(Clone, Copy, Debug)]
struct Done {
    sort: Sort,
    /// Whether parentheses stand around it.
    grouped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Operand,
    /// An operand or a condition: what follows tells. By its place among the mentioned.
    Call(usize),
    Condition,
}

impl Parser<'_> {
    /// Reads a whole condition.
    pub fn condition(&mut self) -> Result<()> {
        loop {
            // Here a condition begins.
            match self.kind() {
                Kind::Not => {
                    let not = self.take();
                    self.open.push(Open::Not(not));
                    continue;
                }
                Kind::Open => {
                    self.take();
                    self.open.push(Open::Condition);
                    continue;
                }
                _ => {}
            }
            let mut done = self.operand()?;
            loop {
                // Here one may be complete.
                done = self.compared(done)?;
                if done.sort == Sort::Operand {
                    match (self.open.last(), self.kind()) {
                        (Some(Open::Condition), Kind::Close) => done = self.close(done)?,
                        _ => return Err(self.stuck()),
                    }
                    continue;
                }
                let kind = self.kind();
                while let Some((what, token)) = self.tighter(kind) {
                    self.open.pop();
                    self.emit(what, token);
                    done = Done { sort: Sort::Condition, grouped: false };
                }
                match (kind, self.open.last()) {
                    (Kind::And | Kind::Or, _) => {
                        let token = self.take();
                        let open = if kind == Kind::And { Open::And } else { Open::Or };
                        self.open.push(open(token));
                        break;
                    }
                    (Kind::Close, Some(Open::Condition)) => done = self.close(done)?,
                    (Kind::End, None) => return Ok(()),
                    _ => return Err(self.stuck()),
                }
            }
        }
    }

    /// The operator that waits for the condition just completed, if it binds no less than what
    /// follows.
    fn tighter(&self, next: Kind) -> Option<(What, u16)> {
        match self.open.last()? {
            Open::Not(token) => Some((What::Not, *token)),
            Open::And(token) => Some((What::And, *token)),
            Open::Or(token) if next != Kind::And => Some((What::Or, *token)),
            _ => None,
        }
    }

    /// Takes a `)`. A second pair around the same is refused.
    fn close(&mut self, done: Done) -> Result<Done> {
        if done.grouped {
            return Err(Error::invalid("The expression has redundant parentheses;"));
        }
        self.open.pop();
        self.take();
        Ok(Done { grouped: true, ..done })
    }

    /// Reads what makes a condition of an operand, if it follows.
    fn compared(&mut self, done: Done) -> Result<Done> {
        if done.sort == Sort::Condition {
            return Ok(done);
        }
        let token = self.here();
        let what = match self.kind() {
            Kind::Equal
            | Kind::NotEqual
            | Kind::Less
            | Kind::LessOrEqual
            | Kind::Greater
            | Kind::GreaterOrEqual => {
                self.take();
                self.nested_operand()?;
                What::Binary
            }
            Kind::Between => {
                self.take();
                self.nested_operand()?;
                self.expect(Kind::And)?;
                self.nested_operand()?;
                What::Between
            }
            Kind::In => {
                self.take();
                self.expect(Kind::Open)?;
                let mut operands = 0;
                loop {
                    self.nested_operand()?;
                    operands += 1;
                    if !self.took(Kind::Comma) {
                        break;
                    }
                }
                self.expect(Kind::Close)?;
                What::In(operands)
            }
            _ => return Ok(done),
        };
        self.nest(done);
        self.emit(what, token);
        Ok(Done { sort: Sort::Condition, grouped: false })
    }

    /// Reads an operand of something.
    fn nested_operand(&mut self) -> Result<()> {
        let done = self.operand()?;
        self.nest(done);
        Ok(())
    }

    /// Notes that a function is an operand.
    fn nest(&mut self, done: Done) {
        if let Sort::Call(mentioned) = done.sort
            && let What::Call { nested, .. } = &mut self.mentioned[mentioned].what
        {
            *nested = true;
        }
    }

    /// Reads an operand.
    fn operand(&mut self) -> Result<Done> {
        let outside = self.open.len();
        loop {
            let mut done = Done { sort: Sort::Operand, grouped: false };
            match self.kind() {
                Kind::Value => self.value()?,
                Kind::Open => {
                    self.take();
                    self.open.push(Open::Operand);
                    continue;
                }
                Kind::Word if self.tokens[self.at + 1].kind == Kind::Open => {
                    self.open.push(Open::Call(self.mentioned.len()));
                    let what = What::Call { operands: 1, nested: false };
                    self.mentioned.push(Node { what, token: self.here() });
                    self.at += 2;
                    continue;
                }
                _ => {
                    let path = self.path()?;
                    self.nodes.push(path);
                }
            }
            // What is complete may complete what is around it.
            loop {
                if self.open.len() == outside {
                    return Ok(done);
                }
                match (self.open.last(), self.kind()) {
                    (Some(Open::Operand), Kind::Close) => done = self.close(done)?,
                    (Some(Open::Call(mentioned)), Kind::Comma | Kind::Close) => {
                        let mentioned = *mentioned;
                        self.nest(done);
                        let ends = self.kind() == Kind::Close;
                        self.take();
                        if !ends {
                            self.count_operand(mentioned);
                            break;
                        }
                        self.open.pop();
                        self.nodes.push(self.mentioned[mentioned]);
                        done = Done { sort: Sort::Call(mentioned), grouped: false };
                    }
                    _ => return Err(self.stuck()),
                }
            }
        }
    }

    fn count_operand(&mut self, mentioned: usize) {
        if let What::Call { operands, .. } = &mut self.mentioned[mentioned].what {
            *operands += 1;
        }
    }

    /// Reads a path.
    pub fn path(&mut self) -> Result<Node> {
        let token = self.here();
        self.attribute_name()?;
        loop {
            match self.kind() {
                Kind::Dot => {
                    self.take();
                    self.attribute_name()?;
                }
                Kind::OpenBracket => {
                    self.take();
                    self.expect(Kind::Index)?;
                    self.expect(Kind::CloseBracket)?;
                }
                _ => break,
            }
        }
        let node = Node { what: What::Path(self.here()), token };
        self.mentioned.push(node);
        Ok(node)
    }

    fn attribute_name(&mut self) -> Result<u16> {
        match self.kind() {
            Kind::Word | Kind::Name => Ok(self.take()),
            _ => Err(self.stuck()),
        }
    }

    /// Reads a value.
    pub fn value(&mut self) -> Result<()> {
        let token = self.expect(Kind::Value)?;
        self.emit(What::Value, token);
        Ok(())
    }

    /// Reads what a SET gives: an operand, or a sum or a difference of two.
    pub fn set_value(&mut self) -> Result<()> {
        let start = (self.at, self.nodes.len(), self.mentioned.len());
        let first = self.kind();
        match self.sum() {
            // Parentheses may be around a sum as well; they begin like those around an operand.
            Err(_) if first == Kind::Open && matches!(self.kind(), Kind::Plus | Kind::Minus) => {
                self.open.clear();
                self.at = start.0 + 1;
                self.nodes.truncate(start.1);
                self.mentioned.truncate(start.2);
                self.sum()?;
                self.expect(Kind::Close)?;
                Ok(())
            }
            result => result,
        }
    }

    fn sum(&mut self) -> Result<()> {
        let done = self.operand()?;
        if matches!(self.kind(), Kind::Plus | Kind::Minus) {
            self.nest(done);
            let token = self.take();
            self.nested_operand()?;
            self.emit(What::Binary, token);
        }
        Ok(())
    }
}
