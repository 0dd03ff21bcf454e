//! Who looks back, and how far.

use super::{Steps, one_in_hundred};
use crate::base::RandomStream;
use crate::lab::{Asking, Step};

/// Whether the table keeps its past.
pub(super) fn any(seed: u64, share: u8) -> bool {
    one_in_hundred(&mut RandomStream::new(seed, "backups"), share.into())
}

/// Some reads become looks at the past: mostly at what was not long ago.
pub(super) fn look_back(seed: u64, steps: &mut Steps) {
    let mut stream = RandomStream::new(seed, "looks");
    let looks = 10 + stream.below(50);
    for (_, step) in steps {
        let Step::Ask { asking, .. } = step else { continue };
        let (is_one, share) = (one_in_hundred(&mut stream, looks), thousandths(&mut stream));
        if is_one && matches!(asking, Asking::Get | Asking::GetConsistent) {
            *asking = Asking::Past { share };
        }
    }
}

/// The instant to which the table is restored in the end.
pub(super) fn instant(seed: u64) -> u16 {
    // Most of a run is waiting for it to come to rest.
    RandomStream::new(seed, "restore").below(600) as u16
}

fn thousandths(stream: &mut RandomStream) -> u16 {
    match stream.below(3) {
        0 => stream.below(1_001) as u16,
        _ => 1_000 - stream.below(100) as u16,
    }
}
