//! How a command inside another one is encoded: as bytes of its own, so that hostile bytes cannot
//! nest commands deeper than the stack is.

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Command;

/// The first byte of an encoded [`Command::Schedule`].
const SCHEDULE: u8 = 15;

pub(super) fn serialize<S: Serializer>(command: &Command, s: S) -> Result<S::Ok, S::Error> {
    let bytes = postcard::to_allocvec(command).map_err(S::Error::custom)?;
    bytes.serialize(s)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Box<Command>, D::Error> {
    let bytes = Vec::<u8>::deserialize(d)?;
    // A number of two bytes could be the same one, written in a roundabout way.
    if bytes.first().is_some_and(|first| *first == SCHEDULE || *first >= 0x80) {
        return Err(D::Error::custom("a scheduled command schedules nothing"));
    }
    postcard::from_bytes(&bytes).map(Box::new).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{NodeId, VirtualTime};

    #[test]
    fn one_command_inside_another_is_read_back_and_two_are_not() {
        let at = VirtualTime(7);
        let once = Command::Schedule { at, command: Box::new(Command::Crash(NodeId(1))) };
        let bytes = postcard::to_allocvec(&once).unwrap();
        assert_eq!(bytes[0], SCHEDULE);
        assert_eq!(postcard::from_bytes::<Command>(&bytes), Ok(once.clone()));
        let twice = Command::Schedule { at, command: Box::new(once) };
        let bytes = postcard::to_allocvec(&twice).unwrap();
        assert!(postcard::from_bytes::<Command>(&bytes).is_err());
    }
}
