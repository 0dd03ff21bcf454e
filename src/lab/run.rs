//! Carrying out a plan.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::check::{Checker, unrest};
use super::{Asking, Coverage, Expected, Invariant, Plan, Seen, Step, TablePart, Violation};
use crate::balancer::Policy;
use crate::base::{ClientId, Duration, NodeId, VirtualTime};
use crate::causality::{Context, HybridTime, Stamp};
use crate::data::Resolution;
use crate::node::{
    Action, Answer, ClientRequest, Condition, Freshness, Interval, MESSAGE_LIFETIME, Modes,
    Overrides, PageRequest,
};
use crate::ring::{Change, Wish};
use crate::sim::{Command, Event, EventKind, Skew, TraceMode, World};

/// What came of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub verdict: Result<(), Violation>,
    pub coverage: Coverage,
    /// A digest of all answers: the same plan has the same.
    pub answers: u64,
    /// How much virtual time it took.
    pub took: VirtualTime,
}

/// Carries a plan out and checks it.
///
/// An engine that panics violates an invariant too, where a panic can be caught (not in a build that
/// aborts instead).
pub fn run(plan: &Plan) -> Outcome {
    let mut outcome = watched(plan);
    if plan.is_repeated && outcome.verdict.is_ok() {
        outcome.verdict = repeat(plan, outcome.answers);
    }
    outcome
}

fn watched(plan: &Plan) -> Outcome {
    let mut run = Run::new(plan, TraceMode::Watched);
    let verdict = run.carry_out_caught();
    Outcome {
        verdict,
        coverage: run.checker.coverage,
        answers: run.checker.answers(),
        took: run.world.now(),
    }
}

/// Two more runs, with everything traced: nothing may differ.
fn repeat(plan: &Plan, answers: u64) -> Result<(), Violation> {
    let mut digests = Vec::new();
    for _ in 0..2 {
        let mut run = Run::new(plan, TraceMode::Full);
        run.is_snapshot_due = digests.is_empty();
        run.carry_out_caught()?;
        digests.push((run.world.trace().digest(), run.world.state_digest()));
        if run.checker.answers() != answers {
            return Err(run.fails(Invariant::TraceRepeats, "the answers are others than before"));
        }
        if digests[0] != digests[digests.len() - 1] {
            return Err(run.fails(Invariant::TraceRepeats, "the digests are others than before"));
        }
    }
    Ok(())
}

/// The world in which a plan was carried out, up to its end or to where it went wrong, fully traced;
/// none if the engine panicked.
pub(super) fn traced(plan: &Plan) -> Option<World> {
    let mut run = Run::new(plan, TraceMode::Full);
    let end = catch_unwind(AssertUnwindSafe(|| drop(run.carry_out())));
    end.is_ok().then_some(run.world)
}

pub(super) struct Run<'a> {
    pub(super) plan: &'a Plan,
    mode: TraceMode,
    pub(super) world: World,
    pub(super) checker: Checker,
    /// What each client's last two reads of an item returned as context.
    read: BTreeMap<(ClientId, u8), [Arc<Context>; 2]>,
    /// The version of an item that each client was told of last.
    told: BTreeMap<(ClientId, u8), Stamp>,
    /// Which item each request is about, by number.
    asked: Vec<(ClientId, u8)>,
    events: Vec<Event>,
    /// When scheduled commands are due.
    scheduled: BTreeSet<VirtualTime>,
    /// Whether the run is to be compared with one that continues from a snapshot.
    is_snapshot_due: bool,
}

impl<'a> Run<'a> {
    fn new(plan: &'a Plan, mode: TraceMode) -> Self {
        let world = World::with_trace(plan.config, mode).expect("a plan's configuration works");
        Self {
            plan,
            mode,
            world,
            checker: Checker::new(plan),
            read: BTreeMap::new(),
            told: BTreeMap::new(),
            asked: Vec::new(),
            events: Vec::new(),
            scheduled: BTreeSet::new(),
            is_snapshot_due: false,
        }
    }

    pub(super) fn fails(&self, invariant: Invariant, what: impl Into<String>) -> Violation {
        Violation { invariant, at: self.world.now(), what: what.into() }
    }

    fn carry_out_caught(&mut self) -> Result<(), Violation> {
        catch_unwind(AssertUnwindSafe(|| self.carry_out())).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Err(self.fails(Invariant::NoPanic, text.unwrap_or_default()))
        })
    }

    fn carry_out(&mut self) -> Result<(), Violation> {
        self.give(Command::DefineTable(self.plan.schema()));
        let mut heal_at = self.plan.heal_at;
        for (at, step) in &self.plan.steps {
            self.go_on_until(*at)?;
            match step {
                Step::Ask { client, key, asking } => self.ask(*client, *key, *asking),
                Step::Fault(command) => {
                    if let Command::Schedule { at, .. } = command {
                        heal_at = heal_at.max(*at);
                        self.scheduled.insert(*at);
                    }
                    self.begin_fault(command);
                    self.hear()?;
                }
            }
        }
        self.go_on_until(heal_at.max(self.world.now()))?;
        if self.is_snapshot_due {
            self.check_snapshot()?;
        }
        self.heal();
        if self.plan.expires {
            // What expires soon does so before all is at rest, and so does what arrives late.
            let late = self.plan.longest_delay();
            self.go_on_until(self.world.now() + Duration::from_ms(6_000) + late)?;
        }
        self.settle()?;
        self.wait_for_collection()?;
        self.checker.check_rest(&self.world)?;
        self.check_restores()
    }

    /// Lets everything happen up to and including an instant, and checks it.
    ///
    /// It stops where a scheduled command is due, to look at what a crash leaves before it changes.
    pub(super) fn go_on_until(&mut self, at: VirtualTime) -> Result<(), Violation> {
        while let Some(due) = self.scheduled.first().copied().filter(|due| *due < at) {
            self.scheduled.remove(&due);
            self.world.run_until(due);
            self.hear()?;
        }
        self.world.run_until(at);
        self.hear()
    }

    fn hear(&mut self) -> Result<(), Violation> {
        let mut events = std::mem::take(&mut self.events);
        match self.mode {
            TraceMode::Full => {
                let from = crate::base::EventSeq(events.last().map_or(0, |last| last.seq.0 + 1));
                let new = self.world.trace().since(from);
                if !new.is_empty() {
                    events = new.to_vec();
                    events.iter().try_for_each(|event| self.hear_event(event))?;
                }
            }
            _ => {
                events = self.world.take_events(events);
                events.iter().try_for_each(|event| self.hear_event(event))?;
            }
        }
        self.events = events;
        match self.checker.has_survivors {
            true => self.checker.find_survivors(&self.world),
            false => Ok(()),
        }
    }

    fn hear_event(&mut self, event: &Event) -> Result<(), Violation> {
        if let EventKind::Answered { request, answer: Answer::Siblings { context, .. }, .. } =
            &event.kind
        {
            let [last, older] = self.read.entry(self.asked[request.0 as usize]).or_default();
            *older = std::mem::replace(last, Arc::clone(context));
        }
        if let EventKind::Answered { request, answer, .. } = &event.kind {
            let told = match answer {
                Answer::Written { stamp } | Answer::Changed { stamp, .. } => Some(*stamp),
                Answer::Read { stamp, .. } | Answer::ConditionFailed { stamp, .. } => *stamp,
                _ => None,
            };
            if let Some(stamp) = told {
                self.told.insert(self.asked[request.0 as usize], stamp);
            }
        }
        self.checker.take(event)
    }

    /// Gives a command, if it makes sense now.
    fn give(&mut self, command: Command) -> bool {
        let is_request = matches!(command, Command::Request(_));
        let is_given = self.world.apply(command).is_ok();
        self.checker.given += u64::from(is_given && !is_request);
        is_given
    }

    fn begin_fault(&mut self, command: &Command) {
        if let Command::Wipe(node) | Command::Wish(Wish::Change(Change::Replace { node, .. })) =
            command
            && self.checker.losses_with(*node) > usize::from(self.plan.losses)
        {
            return;
        }
        self.give(command.clone());
    }

    pub(super) fn ask(&mut self, client: ClientId, key: u8, asking: Asking) {
        let keeps_siblings = self.plan.resolution == Resolution::Siblings;
        let item = || self.plan.item(key, self.asked.len() as u64);
        let condition = |expected| match (expected, self.told.get(&(client, key))) {
            (Expected::LastTold, Some(stamp)) => Condition::VersionIs(*stamp),
            _ => Condition::Absent,
        };
        let (action, seen) = match asking {
            Asking::Get => (Action::Get, None),
            Asking::Put(seen) => (Action::Put(item()), Some(seen)),
            Asking::Delete(seen) => (Action::Delete, Some(seen)),
            Asking::GetConsistent => (Action::GetConsistent, None),
            // Nothing can be expected of siblings.
            Asking::PutIf(_) if keeps_siblings => (Action::Put(item()), Some(Seen::LastRead)),
            Asking::DeleteIf(_) if keeps_siblings => (Action::Delete, Some(Seen::LastRead)),
            Asking::PutIf(expected) => (Action::PutIf(item(), condition(expected)), None),
            Asking::DeleteIf(expected) => (Action::DeleteIf(condition(expected)), None),
            Asking::Count { .. } if keeps_siblings => (Action::Put(item()), Some(Seen::LastRead)),
            Asking::Count { again } => (self.plan.count(key, again), None),
            Asking::Page { .. } if keeps_siblings => (Action::Get, None),
            // Shrinking may have left out that it does.
            Asking::Past { .. } if !self.keeps_past() => (Action::Get, None),
            Asking::Page { part, consistent } => {
                let page = self.plan.page(key, part, Freshness::of(consistent));
                return self.ask_page(client, key, page);
            }
            Asking::Past { share } => {
                let all = TablePart::All { limit: u32::MAX };
                let at = HybridTime::end_of(self.instant(share).0);
                let page = self.plan.page(key, all, Freshness::AsOf(at));
                return self.ask_page(client, key, page);
            }
        };
        let read = self.read.get(&(client, key));
        let context = seen.filter(|_| keeps_siblings).map(|seen| match (seen, read) {
            (Seen::LastRead, Some([last, _])) => Arc::clone(last),
            (Seen::Older, Some([_, older])) => Arc::clone(older),
            _ => Arc::default(),
        });
        let (key_name, overrides) = (self.plan.key(key), Overrides::default());
        let wanted = ClientRequest { client, key: key_name, action, overrides, context };
        self.asked.push((client, key));
        assert!(self.give(Command::Request(Arc::new(wanted))), "every request is possible");
    }

    fn ask_page(&mut self, client: ClientId, key: u8, page: PageRequest) {
        let wanted = ClientRequest::of_page(client, page).expect("a plan's pages make sense");
        self.asked.push((client, key));
        assert!(self.give(Command::Request(Arc::new(wanted))), "every request is possible");
    }

    /// Ends everything that is wrong.
    fn heal(&mut self) {
        let nodes = (0..self.world.config().nodes).map(NodeId);
        for node in nodes {
            // What is not wrong is refused.
            self.give(Command::Resume(node));
            self.give(Command::Slow { node, by: Duration(0) });
            if !self.world.faults().clock(node).is_right() {
                let (skew, drift_ppm) = (Some(Skew(0)), Some(0));
                self.give(Command::SetClock { node, skew, drift_ppm });
            }
            self.give(Command::Restart(node));
        }
        self.give(Command::Heal);
        let modes = self.world.config().modes;
        if modes.balancer != Policy::Off {
            self.give(Command::SetModes(Modes { balancer: Policy::Off, ..modes }));
        }
    }

    /// Waits until everything is at rest.
    fn settle(&mut self) -> Result<(), Violation> {
        let modes = self.world.config().modes;
        let exchange = modes.anti_entropy.0.unwrap_or_default();
        let slice = exchange.max(self.plan.config.timeout);
        let end = self.world.now() + self.plan.patience() + Duration(40 * slice.0);
        let mut is_slower = false;
        loop {
            self.go_on_until(self.world.now() + slice)?;
            let is_late = self.checker.may_lag() && !is_slower;
            match unrest(&self.world).or_else(|| self.checker.lag(&self.world)) {
                None => return Ok(()),
                Some(why) if is_late && unrest(&self.world).is_none() => {
                    // What a lost disk leaves in an index takes long to find: little else goes on.
                    drop(why);
                    is_slower = true;
                    let interval = Interval(Some(Duration::from_ms(2_000)));
                    let modes = Modes { gossip: interval, anti_entropy: interval, ..modes };
                    self.give(Command::SetModes(modes));
                }
                Some(why) if self.world.now() >= end => {
                    return Err(self.fails(Invariant::Convergence, why));
                }
                Some(_) => {}
            }
        }
    }

    /// Gives tombstones the time that their collection takes, with little else going on meanwhile.
    fn wait_for_collection(&mut self) -> Result<(), Violation> {
        let modes = self.world.config().modes;
        let any = self.world.node_statuses().iter().any(|status| status.tombstones > 0);
        if !self.plan.waits_for_collection || !modes.collection.is_on() || !any {
            return Ok(());
        }
        let interval = Interval(Some(Duration::from_ms(2_000)));
        self.give(Command::SetModes(Modes { gossip: interval, anti_entropy: interval, ..modes }));
        let round = self.plan.config.timeout + MESSAGE_LIFETIME;
        self.go_on_until(self.world.now() + Duration(3 * round.0 + 8_000_000))?;
        self.settle()
    }

    /// Compares the world with one that continues from its snapshot, for a while.
    fn check_snapshot(&mut self) -> Result<(), Violation> {
        let (mut original, bytes) = (self.world.clone(), self.world.snapshot());
        let restored = World::restore(&bytes);
        let mut restored = restored.map_err(|error| {
            self.fails(Invariant::SnapshotContinues, format!("it is refused: {error}"))
        })?;
        let span = Duration(4 * self.plan.config.timeout.0 + 100_000);
        for world in [&mut original, &mut restored] {
            world.run_for(span);
        }
        let digests = |world: &World| (world.trace().digest(), world.state_digest());
        match digests(&original) == digests(&restored) {
            true => Ok(()),
            false => Err(self.fails(Invariant::SnapshotContinues, "the digests differ later")),
        }
    }
}
