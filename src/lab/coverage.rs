//! Which faults and mechanisms a run had.

use std::fmt;

macro_rules! traits {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// A fault or a mechanism that a run can have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Trait {
            $($(#[$doc])* $name,)+
        }

        impl Trait {
            pub const ALL: &'static [Trait] = &[$(Trait::$name),+];
        }

        impl fmt::Display for Trait {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self {
                    $(Self::$name => $word,)+
                })
            }
        }
    };
}

traits! {
    Crash = "crash",
    Restart = "restart",
    Wipe = "lost disk",
    Pause = "pause",
    Resume = "resume",
    Slow = "slow node",
    Skew = "clock skew",
    Drift = "clock drift",
    Split = "network split",
    OneWaySplit = "one-way network split",
    BadLink = "link latency",
    LossyLink = "link loss",
    DoublingLink = "link duplication",
    Heal = "heal",
    Scheduled = "scheduled command fired",
    Skipped = "scheduled command skipped",
    HintKept = "hint kept",
    HandedOver = "hint handed over",
    HandoffApplied = "handoff brought something new",
    RepairAfterwards = "read repair, asynchronous",
    RepairFirst = "read repair, waited for",
    AntiEntropy = "anti-entropy transferred something",
    SuspectedByPhi = "suspicion by phi",
    SuspectedByRefusal = "suspicion by refusal",
    TrustedAgain = "trusted again",
    SubstituteCounted = "fallback's vote counted",
    SubstituteUncounted = "hint that does not count",
    RebuildBegun = "rebuild begun",
    Rebuilt = "rebuild finished",
    RebuildingVote = "vote lost to a rebuild",
    Collected = "tombstone collected",
    Siblings = "siblings read",
    SiblingsReplaced = "siblings replaced by context",
    TornRecordCut = "torn record cut",
    UnsyncedSurvived = "unsynced record survived a crash",
    UnsyncedLost = "unsynced record lost in a crash",
    Duplicated = "message duplicated",
    LostOnLink = "message lost on a link",
    LostInSplit = "message lost in a split",
    Expired = "message expired",
    Held = "arrival at a paused node",
    Forwarded = "request forwarded",
    TimedOut = "request timed out",
    Impossible = "quorum impossible",
    NoAnswer = "no answer at all",
    NoCoordinator = "no coordinator",
    Surpassed = "stamps of a quorum surpassed",
    LateVote = "late vote",
    Superseded = "write below what was there",
    StaleRead = "read with a stale replica",
    ChangeDone = "change of the topology done",
    ChangeCancelled = "change of the topology cancelled",
    NodeReplaced = "dead node replaced",
    NodeLeft = "removed node left",
    BothLists = "write in both lists",
    Reran = "request asked anew in another epoch",
    Streamed = "items streamed",
    StraysDropped = "strays dropped",
    ChangeWaits = "change had to wait",
    RoundWon = "condition held, written by a round",
    ConditionFailed = "condition did not hold",
    FoundProposed = "unfinished round finished by another",
    FoundChosen = "found version chosen already",
    PreemptedVote = "vote preempted by a higher ballot",
    TriedAgain = "round tried again",
    TurnedToRound = "plain request turned to a round",
    NotProposed = "round without enough votes",
    Overtaken = "proposal overtaken by another",
    PromisesLearned = "promises learned after a lost disk",
    EqualRanges = "equal ranges",
    Balanced = "change made to even out the load",
    NotBalanced = "load that no change evens out",
    RegisterInOrder = "history of a register in order",
    UpdateApplied = "update applied",
    PageRead = "consistent page",
    CollectionRead = "query for several items",
    PastRead = "look at the past",
    Restored = "table restored",
    SeveralRanges = "several token ranges asked for at once",
    PageSettled = "round held for a page",
    Swept = "expired item swept",
    EntryStored = "entry stored",
    EntryReplaced = "entry replaced",
    EntryCollected = "tombstone of an entry collected",
    EntryMissing = "entry found missing",
    EntryDisowned = "entry that nobody has made",
    IndexFilled = "index filled with items",
    IndexDropped = "index dropped with entries",
}

/// Which [`Trait`]s one run had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage(u128);

const _: () = assert!(Trait::ALL.len() <= 128);

impl Coverage {
    #[inline]
    pub fn add(&mut self, had: Trait) {
        self.0 |= 1 << had as u32;
    }

    #[inline]
    pub fn add_if(&mut self, condition: bool, had: Trait) {
        if condition {
            self.add(had);
        }
    }

    pub fn has(self, had: Trait) -> bool {
        self.0 >> had as u32 & 1 == 1
    }
}

/// How many runs had which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    runs: u64,
    of: Vec<u64>,
}

impl Default for Tally {
    fn default() -> Self {
        Self { runs: 0, of: vec![0; Trait::ALL.len()] }
    }
}

impl Tally {
    pub fn add(&mut self, coverage: Coverage) {
        self.runs += 1;
        for (count, had) in self.of.iter_mut().zip(Trait::ALL) {
            *count += u64::from(coverage.has(*had));
        }
    }

    pub fn join(&mut self, other: &Tally) {
        self.runs += other.runs;
        self.of.iter_mut().zip(&other.of).for_each(|(count, more)| *count += more);
    }

    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// Every trait and how many runs had it, the most frequent first.
    pub fn sorted(&self) -> Vec<(Trait, u64)> {
        let mut all: Vec<_> = Trait::ALL.iter().copied().zip(self.of.iter().copied()).collect();
        all.sort_by_key(|(had, count)| (std::cmp::Reverse(*count), *had));
        all
    }

    /// What fewer than one run of a hundred had.
    pub fn rare(&self) -> Vec<Trait> {
        let is_rare = |(_, count): &(Trait, u64)| count * 100 < self.runs;
        self.sorted().into_iter().filter(is_rare).map(|(had, _)| had).collect()
    }
}
