//! Evening out the load: every node meters what it serves and tells it to the one that conducts
//! changes of ownership, which decides.
//!
//! ```text
//!   request ─▶ replica ─▶ Meter ─ every so often ─▶ load report ─▶ conductor
//!                                                                  decides, if the topology is
//!                                                                  settled, and has been for a while
//!   the members agree on the next epoch ◀── proposes the first step of its plan
//! ```
//!
//! What to do is decided in [`crate::balancer`], which knows no messages. A step goes into the
//! topology's queue like any other change, and says there why it was planned. After it everything is
//! measured anew: the next step is that of a new plan.
//!
//! While there is no policy, nothing is metered, and nothing of this exists.
//!
//! Caveats: all of it is lost with the process. A new conductor has to see too much load for a while
//! before it begins; which tokens were moved of late it knows as far as it followed those epochs.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::effect::Effects;
use super::message::Body;
use super::note::{Cause, Note};
use super::step::Node;
use crate::balancer::{
    Balancer, Change, Finding, HotKey, Load, Meter, OfMean, Picture, Place, Policy, Reason, Report,
    Reports, Step, by_node,
};
use crate::base::{Duration, NodeId, VirtualTime};
use crate::ring::{self, Turn, Wish};
use crate::storage::{Held, ItemKey, Version};

/// So many rounds of gossip lie between two reports, but no more time than this.
const ROUNDS: u64 = 10;
const LONGEST: Duration = Duration::from_ms(10_000);
/// Reports older than so many intervals say nothing.
const STALE: u64 = 3;
/// So many steps are remembered.
const REMEMBERED: usize = 6;

/// What a node knows of the load; a crash takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Balance {
    meter: Meter,
    /// Those of others came because they took this node for the conductor.
    reports: Reports,
    balancer: Balancer,
    next: VirtualTime,
    /// Since when the topology is in force.
    since: VirtualTime,
    /// What this node, as conductor, proposes.
    plan: Option<Step>,
    finding: Option<Finding>,
    /// Those that were told, and still are hot.
    hot: Vec<HotKey>,
    done: Vec<(VirtualTime, String)>,
}

impl Balance {
    fn new(now: VirtualTime, next: VirtualTime) -> Self {
        Self {
            meter: Meter::new(now),
            reports: Reports::default(),
            balancer: Balancer::default(),
            next,
            since: now,
            plan: None,
            finding: None,
            hot: Vec::new(),
            done: Vec::new(),
        }
    }

    pub fn next(&self) -> VirtualTime {
        self.next
    }

    /// Nodes named here, for a snapshot to be checked by.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> {
        let planned = self.plan.iter().flat_map(|step| match step.change {
            Change::Move { to, .. } | Change::Split { to, .. } => [step.from, to],
        });
        let hot = self.hot.iter().flat_map(|hot| hot.owners.iter().copied());
        self.reports.nodes().chain(planned).chain(hot)
    }

    /// Whether a snapshot may claim this.
    pub fn is_sound(&self) -> bool {
        self.meter.is_sound() && self.reports.is_sound() && self.balancer.is_sound()
    }
}

/// What the node that decides found, and what was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balancing {
    pub by: NodeId,
    /// What it made of the load last.
    pub finding: Option<Finding>,
    /// Keys that make their owners hot by themselves.
    pub hot: Vec<HotKey>,
    /// The last steps, oldest first: when they were agreed upon, and why.
    pub done: Vec<(VirtualTime, String)>,
}

impl Node {
    /// The policy has changed, or the node begins.
    pub(super) fn configure_balance(&mut self) {
        let now = self.time.now;
        if self.settings.modes.balancer == Policy::Off {
            self.state.background.extra.balance = None;
            return;
        }
        // Not everybody speaks at once.
        let nodes = u64::from(super::topology::nodes_known(self.id, &self.lists));
        let next = now + Duration(self.balance_interval().0 * (u64::from(self.id.0) + 1) / nodes);
        match &mut self.state.background.extra.balance {
            Some(balance) => {
                (balance.balancer, balance.plan) = (Balancer::default(), None);
                balance.finding = None;
                balance.hot.clear();
            }
            none => {
                *none = Some(Balance::new(now, next));
                self.meter_owned();
            }
        }
    }

    fn balance_interval(&self) -> Duration {
        let gossip = self.settings.modes.gossip.0;
        gossip.map_or(LONGEST, |interval| Duration(ROUNDS * interval.0).min(LONGEST))
    }

    /// Another topology is in force.
    pub(super) fn balance_anew(&mut self) {
        let (now, lists) = (self.time.now, Arc::clone(&self.lists));
        let Some(balance) = &mut self.state.background.extra.balance else { return };
        (balance.since, balance.plan) = (now, None);
        if let Turn::Planned { change, why } = &lists.topology().turn {
            let made = match change {
                ring::Change::Move { token, to } => Some(Change::Move { token: *token, to: *to }),
                ring::Change::Split { token, at, to } => {
                    Some(Change::Split { token: *token, at: *at, to: *to })
                }
                _ => None,
            };
            made.into_iter().for_each(|made| balance.balancer.made(now, made));
            balance.done.push((now, why.clone()));
            balance.done.drain(..balance.done.len().saturating_sub(REMEMBERED));
        }
        self.meter_owned();
    }

    /// Meters what this node owns, and counts what it holds of what is new among that.
    fn meter_owned(&mut self) {
        let (now, own, lists) = (self.time.now, self.id, &self.lists);
        let Some(balance) = &mut self.state.background.extra.balance else { return };
        let all = 0..lists.ring().vnodes().len();
        let owned = all.filter(|range| lists.of_range(*range).contains(&own));
        for range in balance.meter.own(now, owned.map(|range| lists.ring().range(range))) {
            for (key, held) in self.store.range(range.0, range.1) {
                balance.meter.stored(now, Place { range, key }, 0, held.bytes());
            }
        }
    }

    /// What this node has of an item, for a request: it is metered.
    pub(super) fn serve(&mut self, key: &ItemKey) -> Option<Held> {
        let held = self.answer_for(key);
        self.meter_read(key, held.as_ref());
        held
    }

    /// This was told to somebody who asked.
    pub(super) fn meter_read(&mut self, key: &ItemKey, held: Option<&Held>) {
        if let Some(balance) = &mut self.state.background.extra.balance {
            let ring = self.lists.ring();
            let range = ring.range(ring.successor(key.position));
            let bytes = held.map_or(0, Held::bytes);
            balance.meter.read(self.time.now, Place { range, key }, bytes);
        }
    }

    /// The size of a version that is about to be applied, and of what is held of the item; none while
    /// nothing is metered.
    pub(super) fn metered(&self, key: &ItemKey, version: &Version) -> Option<(u64, u64)> {
        self.state.background.extra.balance.as_ref()?;
        Some((version.item_size(), self.store.get(key).map_or(0, Held::bytes)))
    }

    /// A version was applied.
    pub(super) fn meter_write(&mut self, key: &ItemKey, cause: Cause, metered: Option<(u64, u64)>) {
        let (now, ring) = (self.time.now, self.lists.ring());
        let both = self.state.background.extra.balance.as_mut().zip(metered);
        let Some((balance, (written, before))) = both else { return };
        let place = Place { range: ring.range(ring.successor(key.position)), key };
        if matches!(cause, Cause::Write | Cause::Round) {
            balance.meter.write(now, place, written);
        }
        let after = self.store.get(key).map_or(0, Held::bytes);
        if before != after {
            balance.meter.stored(now, place, before, after);
        }
    }

    /// The time has come to report, or as the conductor to decide.
    pub(super) fn look_after_balance(&mut self, effects: &mut Effects) {
        let (now, own, interval) = (self.time.now, self.id, self.balance_interval());
        let conductor = self.conductor();
        let Some(balance) = &mut self.state.background.extra.balance else { return };
        balance.next = now + interval;
        let report = Report { at: now, ranges: balance.meter.report(now) };
        match conductor {
            Some(conductor) if conductor == own => {
                balance.reports.merge(own, report);
                balance.reports.forget_older(now, Duration(STALE * interval.0));
                self.balance(effects);
            }
            Some(conductor) => {
                balance.plan = None;
                effects.send_background(conductor, Body::Load(report));
            }
            None => balance.plan = None,
        }
    }

    /// Another node's report. Whoever sent it takes this node for the conductor.
    pub(super) fn hear_load(&mut self, peer: NodeId, report: Report) {
        if let Some(balance) = &mut self.state.background.extra.balance {
            balance.reports.merge(peer, report);
        }
    }

    /// As the conductor: decides, if everything is at rest and everybody was heard.
    fn balance(&mut self, effects: &mut Effects) {
        let (now, lists) = (self.time.now, Arc::clone(&self.lists));
        let (topology, policy) = (lists.topology(), self.settings.modes.balancer);
        let interval = self.balance_interval();
        let is_away = lists.members().iter().any(|it| *it != self.id && self.suspects(*it));
        let is_busy = !topology.is_settled()
            || !topology.leaving.is_empty()
            || self.state.background.conduct.has_wishes();
        let Some(balance) = &mut self.state.background.extra.balance else { return };
        if is_busy || balance.plan.is_some() {
            return;
        }
        if is_away {
            return self.find(Finding { hottest: None, reason: Reason::Away }, effects);
        }
        // What came of the last change has to be measured first.
        let measured_since = balance.since + interval;
        if !lists.members().iter().all(|it| balance.reports.is_newer(*it, measured_since)) {
            return;
        }
        let loads = balance.reports.by_range(lists.ring());
        let (weights, closed) = (&topology.basis.weights, &[]);
        let picture = Picture { now, policy, lists: &lists, loads: &loads, weights, closed };
        let decision = balance.balancer.decide(&picture);
        let known = std::mem::replace(&mut balance.hot, decision.hot_keys.clone());
        let is_known = |hot: &HotKey| known.iter().any(|it| it.key.position == hot.key.position);
        for hot in decision.hot_keys.iter().filter(|hot| !is_known(hot)) {
            effects.note(|| Note::HotKey(hot.clone()));
        }
        let is_possible = |step: &&Step| topology.check(&Wish::Change(step.change.into())).is_ok();
        balance.plan = decision.steps.iter().find(is_possible).copied();
        let (planned, more) = (balance.plan, decision.steps.len().saturating_sub(1) as u32);
        self.find(decision.finding(), effects);
        if let Some(step) = planned {
            effects.note(|| Note::Balanced { step, more });
            self.conduct(effects);
        }
    }

    /// Remembers what was found, and says so if that is something else than before.
    fn find(&mut self, finding: Finding, effects: &mut Effects) {
        let Some(balance) = &mut self.state.background.extra.balance else { return };
        let before = balance.finding.replace(finding);
        let is_new = before.is_none_or(|before| before.reason != finding.reason);
        if is_new && finding.reason != Reason::Acts {
            effects.note(|| Note::NotBalanced(finding));
        }
    }

    /// What the balancer wants done, if that can be proposed now.
    pub(super) fn planned_step(&self) -> Option<&Step> {
        let balance = self.state.background.extra.balance.as_ref()?;
        balance.plan.as_ref().filter(|_| self.lists.topology().is_settled())
    }

    /// What this node has found and done about the load, if it is the one that decides.
    pub fn balancing(&self) -> Option<Balancing> {
        let balance = self.state.background.extra.balance.as_ref()?;
        let is_conductor = self.conductor() == Some(self.id);
        let Balance { finding, hot, done, .. } = balance;
        is_conductor.then(|| Balancing {
            by: self.id,
            finding: *finding,
            hot: hot.clone(),
            done: done.clone(),
        })
    }

    /// What every member bears by the reports that this node has, and that against what it should.
    pub fn loads(&self) -> Vec<(NodeId, Load, OfMean)> {
        let Some(balance) = &self.state.background.extra.balance else { return Vec::new() };
        let loads = balance.reports.by_range(self.lists.ring());
        let (weights, policy) =
            (&self.lists.topology().basis.weights, self.settings.modes.balancer);
        by_node(&self.lists, &loads, weights, policy)
    }
}
