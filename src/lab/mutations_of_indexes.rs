//! Deliberate mistakes in the upkeep of indexes, and in sweeping what has expired: each is caught by an invariant, and without it the same
//! runs pass.

use super::mutations::{BOUNDS, catch, last_writer_wins};
use super::*;
use crate::base::Mutation;
use crate::node::{ReadRepair, Switch};
use crate::sim::Command;

/// Every run has two indexes.
const INDEXED: Bounds = Bounds { indexes: 100, ..BOUNDS };
/// Nobody else makes up for what the one owner of an item does wrong.
const ALONE: Bounds = Bounds { n: Some(1), r: Some(1), w: Some(1), faults: 30, ..INDEXED };

const EXPECTED: [Invariant; 1] = [Invariant::IndexEqualsTable];

/// No disk is lost: what would be found in the background counts as a mistake when all is at rest.
fn on_good_disks(plan: &mut Plan) {
    last_writer_wins(plan);
    plan.losses = 0;
    plan.steps.retain(|(_, step)| !matches!(step, Step::Fault(Command::Wipe(_))));
}

#[test]
fn a_queue_that_a_crash_takes_is_caught() {
    catch(Mutation::UpdatesLost, &EXPECTED, &ALONE, on_good_disks);
}

#[test]
fn an_entry_of_an_intermediate_version_that_is_forgotten_is_caught() {
    catch(Mutation::IntermediateForgotten, &EXPECTED, &ALONE, on_good_disks);
}

#[test]
fn an_older_entry_that_overwrites_a_newer_one_is_caught() {
    catch(Mutation::OlderEntryWins, &EXPECTED, &INDEXED, |plan| {
        on_good_disks(plan);
        (plan.config.modes.handoff, plan.config.modes.repair) = (Switch::Off, ReadRepair::Off);
    });
}

#[test]
fn a_sweeper_that_takes_later_versions_away_is_caught() {
    let bounds = Bounds { expiry: 100, ops: 300, ..BOUNDS };
    catch(Mutation::SweptWithNewStamp, &[Invariant::OnlyExpiredGoes], &bounds, last_writer_wins);
}
