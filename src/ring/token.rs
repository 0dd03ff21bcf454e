//! Positions on the ring.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::{Digest, Error, NodeId, Result};

/// A position on the ring: an integer modulo 2^128, clockwise upwards.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Token(pub u128);

impl Token {
    /// The MD5 of `bytes`, read as a big-endian integer.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(u128::from_be_bytes(Digest::of(bytes).0))
    }

    /// The position of an item: the MD5 of `table/partition-key`.
    pub fn of_item(table: &str, partition_key: &[u8]) -> Self {
        let mut text = Vec::with_capacity(table.len() + 1 + partition_key.len());
        text.extend_from_slice(table.as_bytes());
        text.push(b'/');
        text.extend_from_slice(partition_key);
        Self::of_bytes(&text)
    }

    /// The token of a node's vnode: the MD5 of `node#index`.
    pub fn of_vnode(node: NodeId, index: u32) -> Self {
        Self::of_bytes(format!("{node}#{index}").as_bytes())
    }

    /// How far `other` lies clockwise from here.
    pub fn distance_to(self, other: Token) -> u128 {
        other.0.wrapping_sub(self.0)
    }

    /// Whether it lies after `from`, and not after `to`. A range that ends where it begins is the
    /// whole ring.
    pub fn lies_in(self, from: Token, to: Token) -> bool {
        from == to || from != self && from.distance_to(self) <= from.distance_to(to)
    }

    /// The position as a fraction of a full turn, in 0..1; for drawing only.
    pub fn turn(self) -> f64 {
        (self.0 >> 75) as f64 / (1u64 << 53) as f64
    }
}

impl FromStr for Token {
    type Err = Error;

    /// A position as it is printed: 32 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self> {
        let token = u128::from_str_radix(text, 16).ok().filter(|_| text.len() == 32);
        token.map(Self).ok_or_else(|| {
            Error::invalid(format!("{text:?} is no token: a token has 32 hexadecimal digits"))
        })
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
