//! Expiry: which items have had their time, and the tombstone that takes exactly that version away.
//!
//! A table may name an attribute that has the second, since 1970, from which on an item has expired
//! (DynamoDB Developer Guide, "Using time to live (TTL) in DynamoDB"). An item that lacks it, or has it
//! as anything but a number, never expires; nor does one that would have more than five years ago:
//! that is a mistake rather than an old item.
//!
//! ```text
//!   u  SEA {gone: 12:00}    ──── 12:00 ────▶  swept: a tombstone just above u
//!   v  SEA {gone: 13:00}    written meanwhile, elsewhere: above u, so above that tombstone
//! ```
//!
//! **The tombstone has the least stamp above the version's.** So it takes that version away and no
//! other: whatever was written later wins over it, and whoever sweeps the same version makes the same
//! tombstone. A conditional delete by a round would be as exact, but would make a register of every
//! item that ever expired, and keep its ballots for ever. Where rounds are held about an item they
//! find the tombstone as they find any version that somebody has heard of, below every ballot to come.
//!
//! There is a least stamp above another because nodes give only even numbers to writes where anything
//! expires: between the dots 4 and 6 there is 5, which nobody else gives.
//!
//! Must never know: who owns what, when it is swept.
//!
//! Caveats: a version that was written before its table had such an attribute may have an odd number.
//! Its tombstone lies above whatever the same node wrote about the item in the same microsecond.

use crate::base::{UNIX_EPOCH_S, VirtualTime};
use crate::causality::Stamp;
use crate::data::{AttributeValue, Expiry, Item, Number};

/// Older than this, nothing expires any more: five years of 365 days.
const TOO_OLD_S: u64 = 5 * 365 * 86_400;

/// Added to odd numbers: no node ever counts so far.
const FAR: u32 = 1 << 31;

/// The second that it is, since 1970.
fn unix_s(now: VirtualTime) -> u64 {
    UNIX_EPOCH_S + now.0 / 1_000_000
}

fn number(seconds: u64) -> Number {
    Number::from(seconds as i64)
}

/// Whether an item has had its time.
pub fn is_expired(expiry: &Expiry, item: &Item, now: VirtualTime) -> bool {
    let Some(AttributeValue::N(at)) = item.get(&expiry.attribute) else { return false };
    let now = unix_s(now);
    *at <= number(now) && *at >= number(now - TOO_OLD_S)
}

/// The stamp of the tombstone that takes away the version with this stamp, and no later one.
pub fn just_above(mut stamp: Stamp) -> Stamp {
    let counter = &mut stamp.dot.counter;
    *counter = if counter.is_multiple_of(2) { *counter + 1 } else { *counter | FAR };
    stamp
}

/// The number of the next write after this one, where anything expires.
pub fn next_even(counter: u32) -> u32 {
    (counter + 2) & !1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Incarnation, NodeId};
    use crate::causality::{Dot, HybridTime};

    #[test]
    fn items_expire_at_their_second_and_not_five_years_later() {
        let expiry = Expiry { attribute: "gone".into(), hides: false };
        let item = |text: &str| Item::parse(text).expect(text);
        let now = VirtualTime(10_500_000);
        for (text, expected) in [
            (format!(r#"{{"gone":{}}}"#, UNIX_EPOCH_S + 10), true),
            (format!(r#"{{"gone":{}.5}}"#, UNIX_EPOCH_S + 9), true),
            (format!(r#"{{"gone":{}}}"#, UNIX_EPOCH_S + 11), false),
            (format!(r#"{{"gone":"{}"}}"#, UNIX_EPOCH_S), false),
            (format!(r#"{{"gone":{}}}"#, UNIX_EPOCH_S - 5 * 365 * 86_400), false),
            (format!(r#"{{"gone":{}}}"#, UNIX_EPOCH_S - 364 * 86_400), true),
            ("{\"gone\":0}".to_owned(), false),
            ("{\"other\":1}".to_owned(), false),
        ] {
            assert_eq!(is_expired(&expiry, &item(&text), now), expected, "{text}");
        }
    }

    #[test]
    fn the_tombstone_lies_just_above_its_version() {
        let stamp = |counter| Stamp {
            time: HybridTime::of_clock(7),
            dot: Dot { node: NodeId(3), incarnation: Incarnation(1), counter },
        };
        let mut counter = 0;
        for _ in 0..4 {
            let (present, next) = (next_even(counter), next_even(next_even(counter)));
            let swept = just_above(stamp(present));
            assert!(swept > stamp(present) && swept < stamp(next));
            assert!(swept.dot.counter % 2 == 1, "nobody writes with that number");
            counter = present;
        }
        assert_eq!(next_even(3), 4);
        assert!(just_above(stamp(3)) > stamp(3));
    }
}
