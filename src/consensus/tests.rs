//! Rounds of several proposers whose messages come late, twice, in any order or not at all.

use super::*;
use crate::base::{Mutation, NodeId, RandomStream, with_mutation};

const ACCEPTORS: u16 = 3;
const PROPOSERS: u16 = 3;

/// A value remembers every change that led to it: no change is ever lost if, of any two values that
/// were chosen, one continues the other.
type Changes = Vec<u32>;

#[derive(Clone)]
enum Said {
    Prepare(Ballot),
    Promise(Ballot, Option<(Ballot, Changes)>, Option<Ballot>),
    Accept(Ballot, Changes),
    Accepted(Ballot),
    Preempted(Ballot, Ballot),
}

struct Net {
    stream: RandomStream,
    acceptors: Vec<(Acceptor<Ballot, Changes>, Option<Ballot>)>,
    rounds: Vec<Round<Ballot, Changes>>,
    /// From a proposer to an acceptor, or back.
    under_way: Vec<(u16, u16, bool, Said)>,
    accepts: Vec<(Ballot, u16, Changes)>,
    changes: u32,
}

impl Net {
    fn new(seed: u64) -> Self {
        let acceptors = (0..ACCEPTORS).map(|_| (Acceptor::default(), None)).collect();
        let mut net = Self {
            stream: RandomStream::new(seed, "consensus"),
            acceptors,
            rounds: Vec::new(),
            under_way: Vec::new(),
            accepts: Vec::new(),
            changes: 0,
        };
        for proposer in 0..PROPOSERS {
            let all = (0..ACCEPTORS).map(NodeId).collect();
            net.rounds.push(Round::new(Ballot::above(None, NodeId(proposer)), all));
            net.ask(proposer, |round| Said::Prepare(round.ballot()));
        }
        net
    }

    fn ask(&mut self, proposer: u16, what: fn(&Round<Ballot, Changes>) -> Said) {
        let said = what(&self.rounds[usize::from(proposer)]);
        for acceptor in 0..ACCEPTORS {
            self.under_way.push((proposer, acceptor, true, said.clone()));
        }
    }

    fn begin_again(&mut self, proposer: u16) {
        let round = &self.rounds[usize::from(proposer)];
        let highest = round.preempted_by().max(Some(round.ballot()));
        let all = (0..ACCEPTORS).map(NodeId).collect();
        let next = Round::new(Ballot::above(highest, NodeId(proposer)), all);
        self.rounds[usize::from(proposer)] = next;
        self.ask(proposer, |round| Said::Prepare(round.ballot()));
    }

    fn step(&mut self) {
        if self.under_way.is_empty() || self.stream.below(100) < 2 {
            let proposer = self.stream.below(PROPOSERS.into()) as u16;
            return self.begin_again(proposer);
        }
        let at = self.stream.below(self.under_way.len() as u64) as usize;
        let (proposer, acceptor, to_acceptor, said) = match self.stream.below(100) {
            0..80 => self.under_way.swap_remove(at),
            80..90 => self.under_way[at].clone(),
            _ => return drop(self.under_way.swap_remove(at)),
        };
        match to_acceptor {
            true => self.hear_as_acceptor(proposer, acceptor, said),
            false => self.hear_as_proposer(proposer, NodeId(acceptor), said),
        }
    }

    fn hear_as_acceptor(&mut self, proposer: u16, number: u16, said: Said) {
        let (acceptor, voted) = &mut self.acceptors[usize::from(number)];
        let answer = match said {
            Said::Prepare(ballot) => match acceptor.prepare(ballot) {
                Ok(()) => Said::Promise(ballot, acceptor.accepted().cloned(), *voted),
                Err(higher) => Said::Preempted(ballot, higher),
            },
            Said::Accept(ballot, changes) => match acceptor.accept(ballot, changes.clone()) {
                Ok(()) => {
                    *voted = Some(ballot);
                    self.accepts.push((ballot, number, changes));
                    Said::Accepted(ballot)
                }
                Err(higher) => Said::Preempted(ballot, higher),
            },
            _ => unreachable!("acceptors are only asked"),
        };
        self.under_way.push((proposer, number, false, answer));
    }

    fn hear_as_proposer(&mut self, proposer: u16, acceptor: NodeId, said: Said) {
        let round = &mut self.rounds[usize::from(proposer)];
        let outcome = match said {
            Said::Promise(ballot, told, voted) if ballot == round.ballot() => {
                round.promised(acceptor, told, voted)
            }
            Said::Accepted(ballot) if ballot == round.ballot() => round.accepted(acceptor),
            Said::Preempted(ballot, higher) if ballot == round.ballot() => {
                round.preempted(acceptor, higher)
            }
            _ => Outcome::Open,
        };
        match outcome {
            Outcome::Open => {}
            Outcome::Promised => {
                let mut changes = round.found().cloned().unwrap_or_default();
                self.changes += 1;
                changes.push(self.changes);
                round.propose(changes);
                self.ask(proposer, |round| {
                    Said::Accept(round.ballot(), round.proposed().expect("just now").clone())
                });
            }
            Outcome::Chosen | Outcome::Lost => self.begin_again(proposer),
        }
    }

    /// Everything that a majority accepted at one ballot, by ballot.
    fn chosen(&self) -> Vec<&Changes> {
        let mut all: Vec<&(Ballot, u16, Changes)> = self.accepts.iter().collect();
        all.sort();
        all.dedup();
        let of_one = all.chunk_by(|one, next| one.0 == next.0);
        let chosen = of_one.filter(|votes| votes.len() > usize::from(ACCEPTORS) / 2);
        chosen.map(|votes| &votes[0].2).collect()
    }

    /// How many changes were chosen, if none of them was lost.
    fn run(seed: u64) -> Option<usize> {
        let mut net = Self::new(seed);
        (0..1_500).for_each(|_| net.step());
        let chosen = net.chosen();
        chosen.windows(2).all(|two| two[1].starts_with(two[0])).then_some(chosen.len())
    }
}

#[test]
fn no_chosen_change_is_ever_lost() {
    let chosen: usize = (0..200).map(|seed| Net::run(seed).expect("all continue each other")).sum();
    assert!(chosen > 2_000, "only {chosen} changes were chosen");
}

#[test]
fn mistakes_lose_changes() {
    for mistake in [Mutation::AcceptBelowPromise, Mutation::PromisesIgnored] {
        let loses = (0..200).any(|seed| with_mutation(mistake, || Net::run(seed)).is_none());
        assert!(loses, "{mistake:?} makes no difference");
    }
}

#[test]
fn what_a_majority_voted_for_is_known_to_be_chosen() {
    let mut proposal = Proposal::new(9);
    proposal.promised(Some((4, "old")), Some(4));
    proposal.promised(Some((7, "new")), Some(7));
    assert_eq!((proposal.found(), proposal.votes_for_found()), (Some(&(7, "new")), 1));
    // Hearsay is no vote.
    proposal.promised(Some((7, "new")), Some(4));
    assert_eq!(proposal.votes_for_found(), 1);
    proposal.promised(None, Some(7));
    assert_eq!(proposal.votes_for_found(), 2);
}

#[test]
fn a_round_is_lost_when_too_many_refuse() {
    let mut round: Round<u8, ()> = Round::new(3, [0, 1, 2].map(NodeId).to_vec());
    assert_eq!(round.preempted(NodeId(0), 7), Outcome::Open);
    assert_eq!(round.promised(NodeId(1), None, None), Outcome::Open);
    assert_eq!(round.preempted(NodeId(2), 5), Outcome::Lost);
    assert_eq!(round.preempted_by(), Some(7));
}
