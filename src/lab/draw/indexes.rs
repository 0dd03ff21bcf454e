//! Which indexes there are, and when.

use super::{Layout, Steps, one_in_hundred};
use crate::base::{RandomStream, VirtualTime};
use crate::lab::{Plan, Step};

/// Whether a run has indexes, in so many of a hundred.
pub(super) fn any(seed: u64, share: u8) -> bool {
    one_in_hundred(&mut RandomStream::new(seed, "indexes"), share.into())
}

/// Each is there from the beginning, or is added in the course of the run; some are dropped, and
/// added again.
pub(super) fn draw(seed: u64, layout: Layout) -> Steps {
    let mut stream = RandomStream::new(seed, "indexes over time");
    let mut steps = Steps::new();
    for index in 0..Plan::indexes().len() {
        let mut at = VirtualTime::ZERO;
        if one_in_hundred(&mut stream, 30) {
            at.0 += stream.below(layout.span.0);
        }
        steps.push((at, Step::Fault(Plan::alteration(index, true))));
        if one_in_hundred(&mut stream, 15) {
            at.0 += stream.below(layout.span.0);
            steps.push((at, Step::Fault(Plan::alteration(index, false))));
            at.0 += stream.below(layout.span.0 / 4);
            steps.push((at, Step::Fault(Plan::alteration(index, true))));
        }
    }
    steps
}
