//! Deliberate mistakes in keeping and telling what was: each is caught by an invariant, and without it
//! the same runs pass.

use super::mutations::{BOUNDS, catch, last_writer_wins};
use super::*;
use crate::base::Mutation;
use crate::node::{Interval, ReadRepair, Switch};

/// Every run looks back, and is restored.
const KEPT: Bounds = Bounds { backups: 100, ops: 200, ..BOUNDS };
/// Nobody else makes up for what the one owner of an item does wrong.
const ALONE: Bounds = Bounds { n: Some(1), r: Some(1), w: Some(1), faults: 30, ..KEPT };

const EXPECTED: [Invariant; 1] = [Invariant::RestoredIsWhatWas];

/// Where versions come late, or not at all.
fn unrepaired(plan: &mut Plan) {
    last_writer_wins(plan);
    let modes = &mut plan.config.modes;
    (modes.handoff, modes.repair) = (Switch::Off, ReadRepair::Off);
}

#[test]
fn a_change_log_that_a_crash_takes_is_caught() {
    catch(Mutation::ChangesLost, &EXPECTED, &ALONE, last_writer_wins);
}

#[test]
fn a_cut_by_arrival_is_caught() {
    catch(Mutation::CutByArrival, &EXPECTED, &KEPT, last_writer_wins);
}

#[test]
fn a_past_of_one_owner_is_caught() {
    catch(Mutation::PastOfOne, &EXPECTED, &KEPT, unrepaired);
}

#[test]
fn a_late_version_that_is_forgotten_is_caught() {
    catch(Mutation::LateForgotten, &EXPECTED, &ALONE, |plan| {
        last_writer_wins(plan);
        plan.config.modes.anti_entropy = Interval::OFF;
    });
}

#[test]
fn a_past_that_does_not_move_is_caught() {
    let bounds = Bounds { changes: 100, ..ALONE };
    catch(Mutation::PastNotStreamed, &EXPECTED, &bounds, last_writer_wins);
}

#[test]
fn the_word_of_a_lost_disk_about_the_past_is_caught() {
    let bounds = Bounds { faults: 30, nodes: Some(3), ..KEPT };
    catch(Mutation::PastOfLostDisk, &EXPECTED, &bounds, last_writer_wins);
}
