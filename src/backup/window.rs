//! How far back a restore may go.

use crate::base::{Duration, VirtualTime};
use crate::data::Recording;

/// A day of virtual time, in microseconds.
const DAY_US: u64 = 86_400_000_000;

/// The most days that a table's past is kept (DynamoDB, "Point-in-time recovery").
pub const MOST_DAYS: u8 = 35;

/// How often what lies before the window is forgotten.
const EACH: Duration = Duration(3_600_000_000);

/// What was replaced before this instant is needed no more; none as long as all of it may be.
pub fn horizon(now: VirtualTime) -> Option<VirtualTime> {
    let begins = now.0.checked_sub(u64::from(MOST_DAYS) * DAY_US)?;
    let whole = begins / EACH.0 * EACH.0;
    (whole > 0).then_some(VirtualTime(whole))
}

/// The first instant that a table can be restored to; none if continuous backups are off.
pub fn earliest(recording: Option<Recording>, now: VirtualTime) -> Option<VirtualTime> {
    let Recording { since, days } = recording?;
    let reach = u64::from(days?) * DAY_US;
    Some(since.max(VirtualTime(now.0.saturating_sub(reach))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_begins_when_it_is_switched_on_and_moves_on_after_its_days() {
        let day = |days: u64| VirtualTime(days * DAY_US);
        let recording = |days| Some(Recording { since: day(1), days });
        assert_eq!(earliest(None, day(9)), None);
        assert_eq!(earliest(recording(None), day(9)), None);
        assert_eq!(earliest(recording(Some(7)), day(3)), Some(day(1)));
        assert_eq!(earliest(recording(Some(7)), day(9)), Some(day(2)));
        assert_eq!((horizon(day(35)), horizon(day(36))), (None, Some(day(1))));
    }
}
