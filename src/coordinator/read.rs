//! The life of one read.

use super::write::take;
use super::{Progress, Quorum, Shortfall, Vote};
use crate::base::NodeId;
use crate::causality::Stamp;

/// A read that is being voted on. `V` is what a replica's answer carries.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Read<V> {
    quorum: Quorum,
    waiting: Vec<NodeId>,
    /// Who answered with which stamp (none: the replica has nothing), in order of arrival.
    answers: Vec<(NodeId, Option<Stamp>)>,
    newest: Option<(Stamp, V)>,
}

/// What a read found once its quorum was complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings<V> {
    /// The newest of R answers; none if nobody has one.
    pub newest: Option<(Stamp, V)>,
    /// Who of those that answered was behind it.
    pub stale: Vec<NodeId>,
}

impl<V: Clone> Read<V> {
    pub fn new(owners: &[NodeId], r: u8) -> Self {
        let asked = u8::try_from(owners.len()).expect("N fits a byte");
        Self {
            quorum: Quorum::new(asked, r),
            waiting: owners.to_vec(),
            answers: Vec::new(),
            newest: None,
        }
    }

    /// Takes the answer of `replica` in: how it counts, and what was found if it completed the
    /// quorum. `None` if the replica has no vote (left).
    pub fn answered(
        &mut self,
        replica: NodeId,
        version: Option<(Stamp, V)>,
    ) -> Option<(Vote, Option<Findings<V>>)> {
        take(&mut self.waiting, replica)?;
        self.answers.push((replica, version.as_ref().map(|(stamp, _)| *stamp)));
        let is_newer = match (&version, &self.newest) {
            (Some((stamp, _)), Some((newest, _))) => stamp > newest,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if is_newer {
            self.newest = version;
        }
        Some(match self.quorum.count() {
            Progress::Reached => {
                let findings = Findings { newest: self.newest.clone(), stale: self.stale() };
                (Vote::Counted, Some(findings))
            }
            Progress::Open => (Vote::Counted, None),
            Progress::Decided | Progress::Impossible => (Vote::Late, None),
        })
    }

    /// Gives up the vote of `replica`: the shortfall, if R votes cannot come any more because of it.
    /// `None` if the replica has no vote (left).
    pub fn lost(&mut self, replica: NodeId) -> Option<Option<Shortfall>> {
        take(&mut self.waiting, replica)?;
        Some(self.quorum.lose_and_tell())
    }

    /// Replicas whose answer is older than the newest one so far.
    pub fn stale(&self) -> Vec<NodeId> {
        let newest = self.newest.as_ref().map(|(stamp, _)| *stamp);
        self.answers.iter().filter(|(_, stamp)| *stamp < newest).map(|(node, _)| *node).collect()
    }

    pub fn quorum(&self) -> &Quorum {
        &self.quorum
    }

    pub fn waiting(&self) -> &[NodeId] {
        &self.waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Incarnation;
    use crate::causality::Dot;

    fn version(clock_us: u64) -> Option<(Stamp, u64)> {
        let dot = Dot { node: NodeId(0), incarnation: Incarnation(1), counter: 1 };
        Some((Stamp { clock_us, dot }, clock_us))
    }

    #[test]
    fn newest_answer_wins_and_the_others_are_stale() {
        let owners = [NodeId(0), NodeId(1), NodeId(2)];
        let mut read = Read::new(&owners, 3);
        read.answered(NodeId(1), None).unwrap();
        read.answered(NodeId(2), version(9)).unwrap();
        let (vote, findings) = read.answered(NodeId(0), version(5)).unwrap();
        assert_eq!(vote, Vote::Counted);
        let stale = vec![NodeId(1), NodeId(0)];
        assert_eq!(findings, Some(Findings { newest: version(9), stale }));
    }

    #[test]
    fn a_replica_has_one_vote() {
        let mut read = Read::new(&[NodeId(0), NodeId(1)], 1);
        assert!(read.answered(NodeId(0), version(1)).is_some());
        assert!(read.answered(NodeId(0), version(2)).is_none());
        assert!(read.lost(NodeId(7)).is_none());
    }
}
