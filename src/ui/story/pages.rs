//! The story of a query or a scan.

use super::{Ballot, Story};
use crate::base::{NodeId, VirtualTime};
use crate::coordinator::Vote;
use crate::node::Note;

impl Story {
    /// Takes in what a node says of a page, or of a round.
    pub(super) fn note_page(&mut self, at: VirtualTime, node: NodeId, note: &Note) {
        match note {
            Note::AsksForParts { owners, .. } => {
                (self.coordinator, self.have, self.needed) = (Some(node), 0, owners.len() as u8);
                self.ballots = owners.iter().copied().map(Ballot::new).collect();
            }
            Note::ToldPart { replica, have, needed, .. } => {
                (self.have, self.needed) = (*have, *needed);
                if let Some(ballot) = self.ballots.iter_mut().find(|b| b.replica == *replica) {
                    (ballot.vote, ballot.at) = (Some(Vote::Counted), Some(at));
                }
            }
            Note::ConditionFalse { .. } | Note::CannotChange { .. } => {
                self.is_condition_false = true;
            }
            note => self.note_round(at, note),
        }
    }
}
