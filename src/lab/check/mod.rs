//! The checker: it watches a run event by event and knows what may be answered.
//!
//! ```text
//!   Asked     ── what was acknowledged by now?       kept with the request
//!   Applied   ── which version did which request make?
//!   Answered  ── is it allowed by what was kept when it began?
//! ```
//!
//! All it keeps of a request is made when the request begins, so that judging an answer is cheap.
//!
//! Must never know: the plan's steps, how replicas agree.

mod expired;
mod judge;
mod known;
mod linearizable;
mod notice;
mod pages;
mod past;
mod rest;
mod rounds;
mod survivors;

use super::{Coverage, Invariant, Plan, Trait, Violation};
use crate::base::{NodeId, RequestId, VirtualTime};
use crate::causality::{Context, Dot, Stamp};
use crate::data::Resolution;
use crate::node::{QuorumMode, ReadRepair, Timestamps};
use crate::ring::Placement;
use crate::sim::{ClusterConfig, Event, EventKind};
use known::{Known, KnownItem};

pub(super) use past::Rows;
pub(super) use rest::unrest;

type Verdict = Result<(), Violation>;

/// What a configuration promises while few enough disks are lost.
#[derive(Clone, Copy, Debug)]
struct Promises {
    /// Reads meet every acknowledged write.
    strict: bool,
    /// Reads and writes are in the order of real time.
    real_time: bool,
    /// Whether acknowledged writes survive the loss of a disk.
    survives_losses: bool,
    /// How many disks may be lost at a time.
    losses: usize,
    /// The same for what rounds promise.
    losses_for_rounds: usize,
    /// Whether every round meets every acknowledged plain write.
    exclusive: bool,
}

impl Promises {
    fn of(config: &ClusterConfig) -> Self {
        let is_strict = config.modes.quorum == QuorumMode::Strict;
        let strict = is_strict && config.r + config.w > config.n;
        let by_quorum = config.modes.timestamps == Timestamps::Quorum;
        Self {
            strict,
            real_time: strict && by_quorum && config.modes.repair == ReadRepair::Blocking,
            survives_losses: is_strict,
            losses: usize::from(config.w) - 1,
            losses_for_rounds: usize::from(config.w.max(config.n / 2 + 1)) - 1,
            exclusive: is_strict && config.w.max(config.n / 2 + 1) + config.w > config.n,
        }
    }
}

/// What is known of a run.
pub(super) struct Checker {
    promises: Promises,
    keeps_siblings: bool,
    /// Whether items expire.
    expires: bool,
    now: VirtualTime,
    /// How many events there were: what comes before what.
    order: u64,
    /// By number.
    requests: Vec<Known>,
    /// By key number.
    items: Vec<KnownItem>,
    pub coverage: Coverage,
    /// Commands that were given from outside; more than these fired if some were scheduled.
    pub given: u64,
    commanded: u64,
    /// Who has lost its disk and is not rebuilt.
    losses: Vec<NodeId>,
    any_disk_lost: bool,
    any_index_dropped: bool,
    too_many_lost: bool,
    too_many_lost_for_rounds: bool,
    /// Whether a crash left records on a disk that no node had told of.
    pub has_survivors: bool,
    /// A digest of all answers.
    answers: u64,
}

impl Checker {
    pub fn new(plan: &Plan) -> Self {
        let Plan { config, resolution, .. } = plan;
        let mut coverage = Coverage::default();
        coverage.add_if(config.placement == Placement::EqualRanges, Trait::EqualRanges);
        Self {
            promises: Promises::of(config),
            keeps_siblings: *resolution == Resolution::Siblings,
            expires: false,
            now: VirtualTime::ZERO,
            order: 0,
            requests: Vec::new(),
            items: KnownItem::all(plan),
            coverage,
            given: 0,
            commanded: 0,
            losses: Vec::new(),
            any_disk_lost: false,
            any_index_dropped: false,
            too_many_lost: false,
            too_many_lost_for_rounds: false,
            has_survivors: false,
            answers: 0,
        }
    }

    /// Takes an event in.
    ///
    /// # Errors
    /// If it shows that an invariant does not hold.
    pub fn take(&mut self, event: &Event) -> Verdict {
        self.now = event.at;
        self.order += 1;
        match &event.kind {
            EventKind::Asked { request, wanted } => self.ask(*request, wanted),
            EventKind::Answered { request, answer, .. } => self.judge(*request, answer),
            kind => self.notice(kind),
        }
    }

    /// How many nodes would be without their data if `node` lost its disk now.
    pub fn losses_with(&self, node: NodeId) -> usize {
        self.losses.len() + usize::from(!self.losses.contains(&node))
    }

    /// A digest of all answers so far, and when they came.
    pub fn answers(&self) -> u64 {
        self.answers
    }

    /// Whether reads must show what was acknowledged.
    fn is_strict(&self) -> bool {
        self.promises.strict && !self.too_many_lost
    }

    fn fail(&self, invariant: Invariant, what: impl FnOnce() -> String) -> Verdict {
        Err(Violation { invariant, at: self.now, what: what() })
    }

    /// Learns which version a write makes: it has one only, and shares its dot with no other.
    fn learn(&mut self, request: RequestId, stamp: Stamp) -> Verdict {
        let key = self.known(request).key;
        let is_ballot = self.is_ballot(key, stamp);
        let known = &mut self.requests[request.0 as usize];
        match known.stamp {
            Some(before) if before == stamp => return Ok(()),
            // One of several that its rounds proposed, or what it wrote before it became one.
            Some(before) if known.in_round => {
                known.stamp = Some(before.max(stamp));
                self.items[usize::from(key)].ballots.insert(before.dot, before);
            }
            Some(before) => {
                return self.fail(Invariant::DotsUnique, || {
                    format!("{request} made two versions, {before} and {stamp}")
                });
            }
            None => known.stamp = Some(stamp),
        }
        if is_ballot {
            return Ok(());
        }
        let context = known.context.clone();
        let item = &mut self.items[usize::from(key)];
        if let Some(other) = item.writes.insert(stamp.dot, request) {
            return self.fail(Invariant::DotsUnique, || {
                format!("{other} and {request} both made a version {}", stamp.dot)
            });
        }
        if let Some(context) = context.filter(|context| !context.is_empty()) {
            self.mark_replaced(key, &context);
        }
        Ok(())
    }

    /// Remembers that a version was written whose writer had seen this.
    fn mark_replaced(&mut self, key: u8, context: &Context) {
        for (dot, request) in &self.items[usize::from(key)].writes {
            self.requests[request.0 as usize].is_replaced |= context.contains(*dot);
        }
    }

    fn known(&self, request: RequestId) -> &Known {
        &self.requests[request.0 as usize]
    }

    /// Which request made the version with this dot.
    fn writer(&self, key: u8, dot: Dot) -> Option<&Known> {
        let item = &self.items[usize::from(key)];
        let request = item.writes.get(&dot).or_else(|| item.foundlings.get(&dot))?;
        Some(self.known(*request))
    }
}
