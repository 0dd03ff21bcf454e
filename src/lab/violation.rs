//! What is checked, and what it looks like when it fails.

use std::fmt;

use crate::base::VirtualTime;

/// What must hold in a run.
///
/// Everything about *newer* and *older* is said in stamps: a clock that runs ahead makes a write win
/// that came earlier, and that is what last-writer-wins promises.
///
/// The *strict promise* is given by a strict quorum with R + W > N for as long as never more than
/// W − 1 nodes at a time have lost their disk and are not rebuilt (design, "Semantics"; Gifford 1979
/// for the overlap of quorums).
///
/// A tombstone that was *collected* leaves no stamp behind. Where one at or above the stamp in
/// question was collected, these count as newer: nothing at all, and every version whose request
/// began after that delete was answered (or, if nobody was told, after it began).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// Every version that a read returns was written by a request of the run, with that content.
    /// Always.
    NothingInvented,
    /// One request makes one version, and no two requests for an item get the same dot. Always.
    DotsUnique,
    /// Where the last writer wins, a read returns no stamp below the highest one that was
    /// acknowledged before the read began. Under the strict promise.
    AcknowledgedIsRead,
    /// A read of siblings has seen every write that was acknowledged before it began: its context
    /// has the write's dot, and the version is returned unless one that replaces it was written.
    /// Under the strict promise.
    AcknowledgedIsSeen,
    /// A read of siblings returns no version that a write had seen which was acknowledged before
    /// the read began. Under the strict promise.
    ReplacedIsGone,
    /// A read returns no stamp below one that an earlier read returned; a write's stamp is above
    /// all that were acknowledged or read before it began (one that is decided by a round, only where
    /// W and its votes always meet, or only rounds write the item). Under the strict promise, with blocking
    /// read repair and `timestamps=quorum`, where the last writer wins (ABD: Attiya, Bar-Noy, Dolev
    /// 1995, with the write-back of Lynch and Shvartsman 1997).
    RealTimeOrder,
    /// Nothing comes back that a delete had removed: neither below an acknowledged delete, for
    /// those reads and final states that must show acknowledged writes, nor, always, below a
    /// tombstone that was collected.
    NoResurrection,
    /// Of two writes that were to replace the same version, one at most did, and none was refused
    /// whose condition held. Where W and the votes of a round always meet, nothing was acknowledged
    /// between a version and what replaced it, either. While at most V − 1 nodes at a time have lost their disk, where V is the
    /// votes that a round needs: a majority, or W if that is more.
    OneConditionWins,
    /// What was done to an item that is only ever written by rounds, and what consistent reads found
    /// there, can be put in an order that keeps to real time. While at most V − 1 nodes at a time have
    /// lost their disk, whatever else the configuration is.
    RegisterLinearizable,
    /// A page has each of its items once, in the order of the ring or of the sort keys. Always.
    PageInOrder,
    /// Whoever looks at the table as of an instant is told, of every item, nothing that was stamped later,
    /// and nothing older than the newest version up to then that was acknowledged before he asked; and
    /// a restore makes exactly that. With strict quorums while at most W − 1 nodes at a time have lost their
    /// disk, whatever R; of items that rounds and plain writes share, where these always meet. That
    /// nothing later is told: always.
    RestoredIsWhatWas,
    /// In the end every acknowledged write is there, or what replaces it. With strict quorums while
    /// at most W − 1 nodes at a time have lost their disk, whatever R; with sloppy ones if no disk
    /// was lost.
    AcknowledgedSurvives,
    /// The same for every version that was ever durable anywhere, if no disk was lost.
    DurableSurvives,
    /// After healing, and enough time: every request is answered, every node is whole and suspects
    /// nobody, no hints are left, all owners of an item hold the same, and nobody else holds
    /// anything. Always.
    Convergence,
    /// What is swept has expired, and nothing that was written later goes with it: an item whose time
    /// was extended stays. Always; in reads under the strict promise.
    OnlyExpiredGoes,
    /// In the end nothing is left that has expired. Always.
    ExpiredIsGone,
    /// In the end every index is what its table asks for: an entry for each item that carries its key,
    /// with the item's version, and none else. Always; at once when everything is delivered and all
    /// owners agree; if a disk was lost, or an index was dropped and added again, a while later.
    IndexEqualsTable,
    /// What a node holds is what its commit log adds up to. Always.
    StateAtRest,
    /// A world that was restored from a snapshot goes on as the original does. Always.
    SnapshotContinues,
    /// The same plan gives the same trace and the same answers. Always.
    TraceRepeats,
    /// The engine does not panic. Always.
    NoPanic,
}

impl Invariant {
    /// Whether only a run that is repeated can violate it.
    pub fn needs_repetition(self) -> bool {
        matches!(self, Self::SnapshotContinues | Self::TraceRepeats)
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NothingInvented => "nothing-invented",
            Self::DotsUnique => "dots-unique",
            Self::AcknowledgedIsRead => "acknowledged-is-read",
            Self::AcknowledgedIsSeen => "acknowledged-is-seen",
            Self::ReplacedIsGone => "replaced-is-gone",
            Self::RealTimeOrder => "real-time-order",
            Self::NoResurrection => "no-resurrection",
            Self::OneConditionWins => "one-condition-wins",
            Self::RegisterLinearizable => "register-linearizable",
            Self::PageInOrder => "page-in-order",
            Self::RestoredIsWhatWas => "restored-is-what-was",
            Self::AcknowledgedSurvives => "acknowledged-survives",
            Self::DurableSurvives => "durable-survives",
            Self::Convergence => "convergence",
            Self::OnlyExpiredGoes => "only-expired-goes",
            Self::ExpiredIsGone => "expired-is-gone",
            Self::IndexEqualsTable => "index-equals-table",
            Self::StateAtRest => "state-at-rest",
            Self::SnapshotContinues => "snapshot-continues",
            Self::TraceRepeats => "trace-repeats",
            Self::NoPanic => "no-panic",
        })
    }
}

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub invariant: Invariant,
    /// When it came to light.
    pub at: VirtualTime,
    /// What was found, in words.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.invariant, self.at, self.what)
    }
}
