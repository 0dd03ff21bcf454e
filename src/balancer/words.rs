//! What the balancer says of what it does.

use std::fmt;

use super::change::Change;
use super::decide::{Decision, Finding, HotKey, Reason};
use super::plan::Step;
use crate::ring::Token;

/// The first digits of a token.
struct Short(Token);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}…", (self.0.0 >> 96) as u32)
    }
}

impl fmt::Display for Step {
    /// As what somebody does: `moves token range 3f0a12bc… from C to F: C at 1.9 × mean`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { change, from, bore, .. } = self;
        match change {
            Change::Move { token, to } => {
                write!(f, "moves token range {} from {from} to {to}", Short(*token))?;
            }
            Change::Split { token, at, to } => {
                let (token, at) = (Short(*token), Short(*at));
                write!(f, "splits token range {token} at {at}, what comes before goes to {to}")?;
            }
        }
        write!(f, ": {from} at {bore}")
    }
}

impl fmt::Display for HotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is a hot key: it alone makes ", self.key)?;
        for (place, owner) in self.owners.iter().enumerate() {
            let between = match self.owners.len() - place {
                1 => "",
                2 => " and ",
                _ => ", ",
            };
            write!(f, "{owner}{between}")?;
        }
        write!(f, " bear {}", self.bears)?;
        match self.binds {
            true => f.write_str(", and would do the same to any other owner"),
            false => Ok(()),
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.finding().fmt(f)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((node, bears)) = self.hottest
            && !matches!(self.reason, Reason::Off | Reason::Quiet)
        {
            write!(f, "{node} bears most, {bears}: ")?;
        }
        f.write_str(match self.reason {
            Reason::Off => "the balancer is off",
            Reason::Quiet => "there is hardly any load",
            Reason::Even => "even enough",
            Reason::Waits => "too much, if it lasts",
            Reason::Acts => "too much",
            Reason::HotKey => "a single key is too hot, and would be so on any node",
            Reason::Stuck => "too much, but nothing that could be done now would help",
            Reason::Away => "nothing is moved while a member is away",
        })
    }
}
