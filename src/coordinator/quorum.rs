//! Counting votes. Nothing here knows what is voted on.

use serde::{Deserialize, Serialize};

/// How far a vote brought its quorum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Not decided yet.
    Open,
    /// This vote completed the quorum.
    Reached,
    /// This lost vote made the quorum impossible.
    Impossible,
    /// The quorum was decided before.
    Decided,
}

/// A quorum that was not reached: how many votes there were, and how many were needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortfall {
    pub have: u8,
    pub needed: u8,
    /// How many replicas were asked.
    pub asked: u8,
}

/// A count of votes towards `needed` out of `asked`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quorum {
    asked: u8,
    needed: u8,
    have: u8,
    lost: u8,
}

impl Quorum {
    /// # Panics
    /// Unless `1 <= needed <= asked`: the configuration is checked long before.
    pub fn new(asked: u8, needed: u8) -> Self {
        assert!((1..=asked).contains(&needed), "a quorum of {needed} out of {asked}");
        Self { asked, needed, have: 0, lost: 0 }
    }

    /// Takes one vote in.
    pub fn count(&mut self) -> Progress {
        let open = self.is_open();
        self.have += 1;
        self.check();
        match (open, self.have == self.needed) {
            (true, true) => Progress::Reached,
            (true, false) => Progress::Open,
            (false, _) => Progress::Decided,
        }
    }

    /// Gives one vote up: it will never come.
    pub fn lose(&mut self) -> Progress {
        let open = self.is_open();
        self.lost += 1;
        self.check();
        match (open, self.is_open()) {
            (true, false) => Progress::Impossible,
            (true, true) => Progress::Open,
            (false, _) => Progress::Decided,
        }
    }

    /// Gives one vote up; the shortfall, if that made the quorum impossible.
    pub fn lose_and_tell(&mut self) -> Option<Shortfall> {
        (self.lose() == Progress::Impossible).then(|| self.shortfall())
    }

    fn check(&self) {
        assert!(self.have + self.lost <= self.asked, "a replica voted twice: {self:?}");
    }

    /// Whether this can be a quorum with so many votes still to come: what was read from outside may
    /// claim anything.
    pub fn is_sound(&self, waiting: usize) -> bool {
        let votes = usize::from(self.have) + usize::from(self.lost) + waiting;
        (1..=self.asked).contains(&self.needed) && votes == usize::from(self.asked)
    }

    /// Whether the outcome still depends on votes to come.
    pub fn is_open(&self) -> bool {
        self.have < self.needed && !self.is_impossible()
    }

    /// Whether too many votes are lost.
    pub fn is_impossible(&self) -> bool {
        self.asked - self.lost < self.needed
    }

    /// Whether every vote has come or is lost.
    pub fn is_settled(&self) -> bool {
        self.have + self.lost == self.asked
    }

    /// How many votes there can be at most.
    pub fn asked(&self) -> u8 {
        self.asked
    }

    pub fn have(&self) -> u8 {
        self.have
    }

    pub fn needed(&self) -> u8 {
        self.needed
    }

    pub fn shortfall(&self) -> Shortfall {
        Shortfall { have: self.have, needed: self.needed, asked: self.asked }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decides_exactly_once_and_keeps_counting() {
        let mut quorum = Quorum::new(3, 2);
        assert_eq!(quorum.count(), Progress::Open);
        assert_eq!(quorum.count(), Progress::Reached);
        assert!(!quorum.is_settled());
        assert_eq!(quorum.lose(), Progress::Decided);
        assert!(quorum.is_settled() && !quorum.is_impossible());
    }

    #[test]
    fn fails_as_soon_as_the_votes_cannot_come_any_more() {
        let mut quorum = Quorum::new(3, 3);
        assert_eq!(quorum.lose(), Progress::Impossible);
        assert_eq!(quorum.count(), Progress::Decided);
        assert_eq!(quorum.shortfall(), Shortfall { have: 1, needed: 3, asked: 3 });
    }

    #[test]
    #[should_panic(expected = "voted twice")]
    fn a_replica_that_votes_twice_is_our_bug() {
        let mut quorum = Quorum::new(1, 1);
        quorum.count();
        quorum.count();
    }
}
