//! Every deliberate mistake is caught by an invariant, and without it the same runs pass.
//!
//! Each test draws plans as a campaign does, bends them towards where the mistake would matter, and
//! goes through seeds until one is caught.

use super::*;
use crate::base::{Mutation, VirtualTime, with_mutation};
use crate::data::Resolution;
use crate::node::{QuorumMode, ReadRepair, Switch, Timestamps};
use crate::sim::{ClusterConfig, Command, LinkFault};

/// Fewer requests than in a campaign, and more faults: the tests shall be quick.
pub(super) const BOUNDS: Bounds = Bounds {
    ops: 120,
    faults: 12,
    changes: 0,
    indexes: 0,
    expiry: 0,
    collections: 0,
    n: Some(3),
    r: Some(2),
    w: Some(2),
    ..Bounds::ANY
};
/// Plans tried at most.
const SEEDS: u64 = 400;

/// Goes through plans until the mistake violates one of `expected`.
pub(super) fn catch(
    mutation: Mutation,
    expected: &[Invariant],
    bounds: &Bounds,
    bend: fn(&mut Plan),
) {
    for seed in 0..SEEDS {
        let mut plan = Plan::of_seed(seed, bounds);
        plan.is_repeated = false;
        bend(&mut plan);
        let right = run(&plan);
        assert_eq!(right.verdict, Ok(()), "seed {seed} fails without {mutation:?}");
        let Err(violation) = with_mutation(mutation, || run(&plan)).verdict else { continue };
        if expected.contains(&violation.invariant) {
            return;
        }
    }
    panic!("{mutation:?} was not caught by any of {expected:?}");
}

pub(super) fn strict(plan: &mut Plan) {
    plan.config.modes.quorum = QuorumMode::Strict;
    plan.losses = plan.losses.min(u16::from(plan.config.w) - 1);
}

pub(super) fn last_writer_wins(plan: &mut Plan) {
    strict(plan);
    plan.resolution = Resolution::LastWriterWins;
}

fn siblings(plan: &mut Plan) {
    strict(plan);
    plan.resolution = Resolution::Siblings;
}

/// Where hints are all that there is: one owner, and links that lose messages.
fn sloppy(plan: &mut Plan) {
    plan.config.modes.quorum = QuorumMode::Sloppy;
    plan.config.modes.handoff = Switch::On;
    plan.losses = 0;
}

/// Where reads and writes are in the order of real time; all about one item, and many messages
/// lost, so that writes are often at one replica only.
fn linearizable(plan: &mut Plan) {
    last_writer_wins(plan);
    let ClusterConfig { modes, .. } = &mut plan.config;
    (modes.repair, modes.timestamps) = (ReadRepair::Blocking, Timestamps::Quorum);
    for (_, step) in &mut plan.steps {
        if let Step::Ask { key, .. } = step {
            *key = 0;
        }
    }
    let fault = LinkFault { loss: 30, ..LinkFault::default() };
    let link = Command::SetLink { between: None, fault, oneway: false };
    plan.steps.insert(0, (VirtualTime::ZERO, Step::Fault(link)));
}

#[test]
fn votes_for_what_is_not_durable_are_caught() {
    let expected = [Invariant::AcknowledgedIsRead, Invariant::AcknowledgedSurvives];
    catch(Mutation::AckBeforeDurable, &expected, &BOUNDS, last_writer_wins);
}

#[test]
fn a_quorum_with_one_vote_less_is_caught() {
    let expected = [Invariant::AcknowledgedIsRead];
    catch(Mutation::OneVoteLess, &expected, &BOUNDS, last_writer_wins);
}

#[test]
fn a_hint_that_counts_in_a_strict_quorum_is_caught() {
    let expected = [Invariant::AcknowledgedIsRead, Invariant::AcknowledgedIsSeen];
    catch(Mutation::HintCountsInStrict, &expected, &BOUNDS, strict);
}

#[test]
fn a_hint_that_is_dropped_after_one_try_is_caught() {
    let bounds = Bounds { n: Some(1), r: Some(1), w: Some(1), nodes: Some(4), ..BOUNDS };
    let expected = [Invariant::AcknowledgedSurvives, Invariant::DurableSurvives];
    catch(Mutation::HintDroppedAfterOneTry, &expected, &bounds, sloppy);
}

#[test]
fn a_vote_for_a_hint_that_is_not_durable_is_caught() {
    let bounds =
        Bounds { n: Some(1), r: Some(1), w: Some(1), nodes: Some(4), faults: 30, ..BOUNDS };
    let expected = [Invariant::AcknowledgedSurvives];
    catch(Mutation::HintAckedBeforeDurable, &expected, &bounds, sloppy);
}

#[test]
fn trees_without_tombstones_are_caught() {
    let expected = [Invariant::Convergence];
    catch(Mutation::TombstonesNotInTrees, &expected, &BOUNDS, |plan| {
        plan.config.modes.repair = ReadRepair::Off;
        plan.config.modes.handoff = Switch::Off;
        last_writer_wins(plan);
    });
}

#[test]
fn a_tombstone_that_is_collected_early_is_caught() {
    let expected = [Invariant::NoResurrection];
    catch(Mutation::CollectedEarly, &expected, &BOUNDS, last_writer_wins);
}

#[test]
fn a_context_that_is_ignored_is_caught() {
    let expected = [Invariant::ReplacedIsGone];
    catch(Mutation::ContextIgnored, &expected, &BOUNDS, siblings);
}

#[test]
fn siblings_that_are_replaced_unseen_are_caught() {
    let expected = [Invariant::AcknowledgedIsSeen];
    catch(Mutation::SiblingsReplaced, &expected, &BOUNDS, siblings);
}

#[test]
fn dots_that_are_used_again_are_caught() {
    let expected = [Invariant::DotsUnique];
    catch(Mutation::DotsReused, &expected, &BOUNDS, strict);
    catch(Mutation::IncarnationKept, &expected, &BOUNDS, strict);
}

#[test]
fn a_vote_before_the_rebuild_is_caught() {
    let expected = [Invariant::AcknowledgedIsRead, Invariant::AcknowledgedIsSeen];
    catch(Mutation::VotesBeforeRebuild, &expected, &BOUNDS, strict);
}

#[test]
fn a_rebuild_from_one_peer_is_caught() {
    let expected = [Invariant::AcknowledgedIsRead, Invariant::AcknowledgedIsSeen];
    let bounds = Bounds { faults: 30, nodes: Some(3), ..BOUNDS };
    catch(Mutation::RebuiltFromOne, &expected, &bounds, |plan| {
        strict(plan);
        plan.config.modes.handoff = Switch::Off;
        plan.config.modes.repair = ReadRepair::Off;
    });
}

#[test]
fn a_repair_that_is_not_waited_for_is_caught() {
    let expected = [Invariant::RealTimeOrder];
    catch(Mutation::RepairNotAwaited, &expected, &BOUNDS, linearizable);
    catch(Mutation::RepairCountsStale, &expected, &BOUNDS, linearizable);
}

#[test]
fn a_stamp_that_does_not_go_above_others_is_caught() {
    let expected = [Invariant::RealTimeOrder];
    catch(Mutation::StampsNotSurpassed, &expected, &BOUNDS, linearizable);
}

/// Everything is done to one item and by rounds, and many messages are lost.
fn registers(plan: &mut Plan) {
    plan.resolution = Resolution::LastWriterWins;
    let most = plan.config.w.max(plan.config.n / 2 + 1);
    plan.losses = plan.losses.min(u16::from(most) - 1);
    for (number, (_, step)) in plan.steps.iter_mut().enumerate() {
        if let Step::Ask { key, asking, .. } = step {
            *key = 0;
            let expected = if number % 4 == 0 { Expected::Absent } else { Expected::LastTold };
            *asking = match asking {
                Asking::Get | Asking::GetConsistent => Asking::GetConsistent,
                Asking::Put(_) | Asking::PutIf(_) => Asking::PutIf(expected),
                Asking::Delete(_) | Asking::DeleteIf(_) => Asking::DeleteIf(expected),
                Asking::Count { again } => Asking::Count { again: *again },
                Asking::Page { part, .. } => Asking::Page { part: *part, consistent: true },
                Asking::Past { share } => Asking::Past { share: *share },
            };
        }
    }
    let fault = LinkFault { loss: 15, ..LinkFault::default() };
    let link = Command::SetLink { between: None, fault, oneway: false };
    plan.steps.insert(0, (VirtualTime::ZERO, Step::Fault(link)));
}

/// Conditional and plain writes of one item, whose stamps are close to each other.
fn mixed(plan: &mut Plan) {
    registers(plan);
    strict(plan);
    plan.config.modes.timestamps = Timestamps::Quorum;
    for (number, (_, step)) in plan.steps.iter_mut().enumerate() {
        match step {
            Step::Ask { asking: asking @ Asking::PutIf(_), .. } if number % 3 == 0 => {
                *asking = Asking::Put(Seen::Nothing);
            }
            _ => {}
        }
    }
}

const OF_ROUNDS: [Invariant; 2] = [Invariant::RegisterLinearizable, Invariant::OneConditionWins];

#[test]
fn a_vote_below_a_promise_is_caught() {
    catch(Mutation::AcceptBelowPromise, &OF_ROUNDS, &BOUNDS, registers);
}

#[test]
fn promises_that_are_ignored_are_caught() {
    catch(Mutation::PromisesIgnored, &OF_ROUNDS, &BOUNDS, registers);
}

#[test]
fn a_minority_that_decides_is_caught() {
    catch(Mutation::MinorityDecides, &OF_ROUNDS, &BOUNDS, registers);
}

#[test]
fn a_read_of_what_was_not_chosen_is_caught() {
    catch(Mutation::FoundNotProposed, &OF_ROUNDS, &BOUNDS, registers);
}

#[test]
fn plain_writes_that_pass_rounds_by_are_caught() {
    let expected = [Invariant::OneConditionWins];
    catch(Mutation::PlainWritesTaken, &expected, &BOUNDS, mixed);
}

/// Everything is counted, and hardly anything is put.
fn counters(plan: &mut Plan) {
    registers(plan);
    for (number, (_, step)) in plan.steps.iter_mut().enumerate() {
        match step {
            Step::Ask { asking: asking @ (Asking::PutIf(_) | Asking::DeleteIf(_)), .. }
                if number % 8 > 0 =>
            {
                *asking = Asking::Count { again: false };
            }
            _ => {}
        }
    }
}

#[test]
fn an_update_that_is_applied_again_is_caught() {
    let expected = [Invariant::RegisterLinearizable];
    catch(Mutation::UpdateAppliedAgain, &expected, &BOUNDS, counters);
}

/// Makes every other read a consistent page.
fn paged(plan: &mut Plan) {
    for (number, (_, step)) in plan.steps.iter_mut().enumerate() {
        match step {
            Step::Ask { asking: asking @ (Asking::Get | Asking::GetConsistent), .. }
                if number % 2 == 0 =>
            {
                let limit = 1 + number as u32 % 3;
                let part = match number % 4 {
                    0 => TablePart::All { limit },
                    _ => TablePart::WHOLE_COLLECTION,
                };
                *asking = Asking::Page { part, consistent: true };
            }
            _ => {}
        }
    }
}

#[test]
fn a_page_of_fewer_answers_is_caught() {
    let expected = [Invariant::AcknowledgedIsRead, Invariant::NoResurrection];
    catch(Mutation::PageOfFewer, &expected, &BOUNDS, |plan| {
        last_writer_wins(plan);
        paged(plan);
    });
}

#[test]
fn a_page_that_does_not_wait_for_its_repairs_is_caught() {
    let expected = [Invariant::RealTimeOrder, Invariant::NoResurrection];
    catch(Mutation::PageNotRepaired, &expected, &BOUNDS, |plan| {
        linearizable(plan);
        paged(plan);
    });
}

/// Nothing about a plan but its steps decides what a request asks for, so that it can be shrunk.
#[test]
fn a_violation_is_shrunk_to_a_short_scenario() {
    let bounds = Bounds { ops: 60, ..BOUNDS };
    let mistake = Mutation::OneVoteLess;
    with_mutation(mistake, || {
        let mut plans = (0..SEEDS).map(|seed| Plan::of_seed(seed, &bounds));
        let found = plans.find_map(|plan| Some((run(&plan).verdict.err()?, plan)));
        let (violation, plan) = found.expect("one vote less is caught");
        let short = shrink(&plan, &violation);
        assert!(short.steps.len() < 15, "{} steps of {}", short.steps.len(), plan.steps.len());
        let again = run(&short).verdict.expect_err("it still fails");
        assert_eq!(again.invariant, violation.invariant);
        let scenario = to_scenario(&short, Some(&again));
        assert!(scenario.contains(&violation.invariant.to_string()), "{scenario}");
        let mut session = crate::scenario::Session::default();
        session.run_script(&format!("{scenario}---\n")).expect("the scenario runs");
        let (told, real) = (session.world().expect("it begins one"), run::traced(&short));
        let real = real.expect("nothing panics");
        assert_eq!(told.trace().digest(), real.trace().digest(), "{scenario}");
    });
}
