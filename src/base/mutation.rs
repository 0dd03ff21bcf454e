//! Deliberate mistakes, to see that the checks would notice them.
//!
//! In the engine as anybody uses it [`mutated`] is the constant false, and nothing remains of these.
//! Only this crate's own unit tests can switch one on, for one thread.

/// A mistake that the engine could have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// A replica votes when a record is appended, not when it is durable.
    AckBeforeDurable,
    /// A coordinator is content with one vote less than it needs.
    OneVoteLess,
    /// A strict quorum counts the vote of a fallback that keeps a hint.
    HintCountsInStrict,
    /// A hint is dropped when it was sent, not when it was acknowledged.
    HintDroppedAfterOneTry,
    /// Merkle trees leave tombstones out.
    TombstonesNotInTrees,
    /// A tombstone is forgotten without asking anybody.
    CollectedEarly,
    /// A write is kept beside what its writer has seen.
    ContextIgnored,
    /// A write in a table that keeps siblings replaces whatever there is.
    SiblingsReplaced,
    /// A node that lost its disk counts its dots from the beginning.
    DotsReused,
    /// A node that lost its disk votes before it is rebuilt.
    VotesBeforeRebuild,
    /// A blocking read does not wait for its repairs.
    RepairNotAwaited,
    /// A write with `timestamps=quorum` does not go above what it was told.
    StampsNotSurpassed,
    /// A node that lost its disk is content with the data of one peer.
    RebuiltFromOne,
    /// A blocking read counts replicas that answered with something older among those that have it.
    RepairCountsStale,
    /// A fallback votes before its hint is durable.
    HintAckedBeforeDurable,
    /// A node that starts again keeps its incarnation.
    IncarnationKept,
    /// An acceptor takes a value whose ballot is below what it promised.
    AcceptBelowPromise,
    /// A proposer keeps to the first value that it was told of, however high others are.
    PromisesIgnored,
    /// While a token range changes hands, writes forget its pending owner.
    PendingOwnerForgotten,
    /// A pending owner's vote counts among the old owners.
    PendingCountsAsOld,
    /// A replica votes on requests of an earlier epoch, and its vote counts.
    StaleEpochAccepted,
    /// Reads go to pending owners before they have fetched what they lack.
    ReadsMovedEarly,
    /// A pending owner is content with what any one owner has.
    StreamedFromAnyone,
    /// A change goes on, and the old owner drops what it holds, before the stream has ended.
    OldOwnerDropped,
    /// A node that lost its disk does not learn again what it promised.
    PromisesNotRebuilt,
    /// A replica takes plain writes of an item that rounds are held about.
    PlainWritesTaken,
    /// One vote less than a majority is enough in a round.
    MinorityDecides,
    /// A consistent read answers with what it found, whether that was chosen or not.
    FoundNotProposed,
    /// A proposer that finds its own update there applies it once more.
    UpdateAppliedAgain,
    /// A consistent page is content with one answer less.
    PageOfFewer,
    /// A consistent page is answered before those who lack any of it are repaired.
    PageNotRepaired,
    /// A crash takes the updates of indexes that were not acknowledged.
    UpdatesLost,
    /// An update of an index that is still queued is dropped when the item changes again, as if it had
    /// never been sent.
    IntermediateForgotten,
    /// An owner of an index's entry takes whatever comes last.
    OlderEntryWins,
    /// The tombstone of an expired version is stamped with the present time.
    SweptWithNewStamp,
    /// A crash takes the change log.
    ChangesLost,
    /// As of an instant, an item is what came last of what was stamped until then, not what has the
    /// greatest stamp.
    CutByArrival,
    /// A table's past is read from one owner of each token range.
    PastOfOne,
    /// A version that comes too late to be held is not remembered.
    LateForgotten,
    /// A new owner fetches what is held, and not what was.
    PastNotStreamed,
    /// A node that lost its disk answers for the time before.
    PastOfLostDisk,
}

impl Mutation {
    pub const ALL: [Mutation; 41] = [
        Self::AckBeforeDurable,
        Self::OneVoteLess,
        Self::HintCountsInStrict,
        Self::HintDroppedAfterOneTry,
        Self::TombstonesNotInTrees,
        Self::CollectedEarly,
        Self::ContextIgnored,
        Self::SiblingsReplaced,
        Self::DotsReused,
        Self::VotesBeforeRebuild,
        Self::RepairNotAwaited,
        Self::StampsNotSurpassed,
        Self::RebuiltFromOne,
        Self::RepairCountsStale,
        Self::HintAckedBeforeDurable,
        Self::IncarnationKept,
        Self::AcceptBelowPromise,
        Self::PromisesIgnored,
        Self::PendingOwnerForgotten,
        Self::PendingCountsAsOld,
        Self::StaleEpochAccepted,
        Self::ReadsMovedEarly,
        Self::StreamedFromAnyone,
        Self::OldOwnerDropped,
        Self::PromisesNotRebuilt,
        Self::PlainWritesTaken,
        Self::MinorityDecides,
        Self::FoundNotProposed,
        Self::UpdateAppliedAgain,
        Self::PageOfFewer,
        Self::PageNotRepaired,
        Self::UpdatesLost,
        Self::IntermediateForgotten,
        Self::OlderEntryWins,
        Self::SweptWithNewStamp,
        Self::ChangesLost,
        Self::CutByArrival,
        Self::PastOfOne,
        Self::LateForgotten,
        Self::PastNotStreamed,
        Self::PastOfLostDisk,
    ];
}

/// Whether the engine makes this mistake.
#[cfg(not(test))]
#[inline]
pub const fn mutated(_: Mutation) -> bool {
    false
}

#[cfg(test)]
thread_local! {
    static MUTATION: std::cell::Cell<Option<Mutation>> = const { std::cell::Cell::new(None) };
}

/// Whether the engine makes this mistake on this thread.
#[cfg(test)]
pub fn mutated(mutation: Mutation) -> bool {
    MUTATION.get() == Some(mutation)
}

/// Does something on this thread with an engine that makes a mistake.
#[cfg(test)]
pub fn with_mutation<T>(mutation: Mutation, something: impl FnOnce() -> T) -> T {
    MUTATION.set(Some(mutation));
    let outcome = something();
    MUTATION.set(None);
    outcome
}
