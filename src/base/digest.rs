//! Digests that tell runs apart: MD5, chained so that a digest can be continued from its value
//! alone (a snapshot stores sixteen bytes, not the inner state of a hasher).
//!
//! MD5 is used for identity, never against an adversary.

use std::fmt;

use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};

/// A 128-bit digest, shown as 32 hexadecimal digits.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Digest(pub [u8; 16]);

impl Digest {
    /// The MD5 of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Md5::digest(bytes).into())
    }

    /// The first 8 hexadecimal digits: enough to compare two runs by eye.
    pub fn short(&self) -> String {
        self.to_string()[..8].to_owned()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A digest over a sequence of records: each link is the MD5 of the previous link and the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestChain(Digest);

impl DigestChain {
    /// Takes one more record into the digest.
    pub fn push(&mut self, record: &[u8]) {
        let mut hasher = Md5::new();
        hasher.update(self.0.0);
        hasher.update(record);
        self.0 = Digest(hasher.finalize().into());
    }

    /// The digest of all records so far.
    pub fn value(&self) -> Digest {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_is_what_md5sum_prints() {
        assert_eq!(Digest::of(b"Airports/SEA").to_string(), "bc3d4fc19c69e213e9ae646262234007");
    }

    #[test]
    fn chain_continues_from_its_value_and_depends_on_order() {
        let (mut ab, mut ba) = (DigestChain::default(), DigestChain::default());
        ab.push(b"a");
        let mut resumed = ab;
        ab.push(b"b");
        resumed.push(b"b");
        ba.push(b"b");
        ba.push(b"a");
        assert_eq!(ab, resumed);
        assert_ne!(ab, ba);
    }
}
