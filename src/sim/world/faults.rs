//! What commands about faults do, and what faults do to messages and nodes.

use super::super::faults::Waiting;
use super::super::{Command, EventKind, Loss, Skew};
use super::{Happening, World};
use crate::base::{Duration, Error, MessageId, NodeId, RequestId, Result, VirtualTime};
use crate::node::{Address, MESSAGE_LIFETIME, Message, MessageKind};

impl World {
    /// Refuses a fault that is there already, or the end of one that is not.
    pub(super) fn check_fault(&self, command: &Command) -> Result<()> {
        let refuse_if = |wrong: bool, why: String| match wrong {
            true => Err(Error::refused(why)),
            false => Ok(()),
        };
        let faults = &self.faults;
        match command {
            Command::Split(split) => {
                let known = faults.splits.contains(split);
                refuse_if(known, format!("{split} is in force already"))
            }
            Command::Heal => refuse_if(
                faults.network_is_sound(),
                "there is nothing to heal: no network split, no fault of a link".to_owned(),
            ),
            Command::SetLink { between, fault, oneway } => refuse_if(
                fault.is_none() && !faults.has_link(*between, *oneway),
                "there is no fault to remove: give latency=, loss= or duplicate=".to_owned(),
            ),
            Command::Pause(node) if !self.is_up(*node) => {
                Err(Error::refused(format!("{node} is down: only what runs can pause")))
            }
            Command::Pause(node) => {
                refuse_if(faults.is_paused(*node), format!("{node} is paused already"))
            }
            Command::Resume(node) => {
                refuse_if(!faults.is_paused(*node), format!("{node} is not paused"))
            }
            Command::Slow { node, by } => refuse_if(
                by.0 == 0 && faults.slow_by(*node).0 == 0,
                format!("{node} is not slow: give a span by which it shall be"),
            ),
            Command::Schedule { at, .. } => {
                refuse_if(*at < self.now, format!("it is {} already, later than {at}", self.now))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn carry_out_fault(&mut self, command: Command) {
        match command {
            Command::Split(split) => self.faults.splits.push(split),
            Command::Heal => self.faults.heal(),
            Command::SetLink { between, fault, oneway } => {
                self.faults.set_link(between, fault, oneway);
            }
            Command::Pause(node) => {
                self.faults.paused.insert(node, Vec::new());
            }
            Command::Resume(node) => self.resume_node(node),
            Command::Slow { node, by: Duration(0) } => {
                self.faults.slow.remove(&node);
            }
            Command::Slow { node, by } => {
                self.faults.slow.insert(node, by);
            }
            Command::SetClock { node, skew, drift_ppm } => self.set_clock(node, skew, drift_ppm),
            Command::Wipe(node) => self.wipe(node),
            Command::Schedule { at, command } => {
                self.schedule(at, Happening::Scheduled(command));
            }
            other => unreachable!("{other} is no fault"),
        }
    }

    /// A scheduled command is due.
    pub(super) fn carry_out_if_possible(&mut self, command: Command) {
        match self.check(&command) {
            Ok(()) => {
                self.carry_out(command);
            }
            Err(error) => self.record(|| EventKind::Skipped { command, why: error.message }),
        }
    }

    fn set_clock(&mut self, node: NodeId, skew: Option<Skew>, drift_ppm: Option<i32>) {
        let clock = self.faults.clock(node).set(self.now, skew, drift_ppm);
        match clock.is_right() {
            true => self.faults.clocks.remove(&node),
            false => self.faults.clocks.insert(node, clock),
        };
        self.record(|| EventKind::ClockSet { node, clock });
    }

    /// Kills a node's process. Its disk may have more than the process knew.
    pub(super) fn crash(&mut self, node: NodeId) {
        let machine = &self.machines[node.index()];
        let pending = machine.pending();
        let waiting = self.faults.paused.get(&node).map_or(&[][..], Vec::as_slice);
        // A sync that ended while the process was paused did end.
        let ended = waiting.iter().filter_map(|waiting| match waiting {
            Waiting::Happening(Happening::Synced { incarnation, lsn, .. })
                if *incarnation == machine.log.incarnation() =>
            {
                Some(machine.covered_by(*lsn))
            }
            _ => None,
        });
        let safe = ended.max().unwrap_or(0);
        let (survived, torn) = self.faults.surviving_records(pending, safe);
        self.go_down(node, survived, torn);
    }

    /// Ends a node's process; this many records that it did not know to be durable are.
    fn go_down(&mut self, node: NodeId, survived: usize, torn: bool) {
        let machine = &mut self.machines[node.index()];
        let lost_records = (machine.pending() - survived) as u32;
        machine.crash(survived, torn);
        self.set_alarm(Address::Node(node), None);
        self.timers.set(Address::Node(node), None);
        let survived = survived as u32;
        self.record(|| EventKind::Crashed { node, lost_records, survived, torn });
        for waiting in self.faults.paused.remove(&node).unwrap_or_default() {
            if let Waiting::Happening(happening @ Happening::Arrival { .. }) = waiting {
                self.take_in(happening);
            }
        }
    }

    fn wipe(&mut self, node: NodeId) {
        if self.is_up(node) {
            self.go_down(node, 0, false);
        }
        let versions = self.machines[node.index()].wipe() as u32;
        self.record(|| EventKind::Wiped { node, versions });
    }

    /// The paused node that a happening would go into, if it would go into one.
    pub(super) fn paused_receiver(&self, happening: &Happening) -> Option<NodeId> {
        match happening.addresses()? {
            [Address::Node(node), _] if self.faults.is_paused(node) => Some(node),
            _ => None,
        }
    }

    /// Lets a happening wait in front of a paused node.
    pub(super) fn hold(&mut self, node: NodeId, happening: Happening) {
        if let Happening::Arrival { id, from, to, message, .. } = &happening {
            let (id, from, to) = (*id, *from, *to);
            let (request, kind) = (message.request, message.body.kind());
            self.record(|| EventKind::Held { message: id, request, kind, from, to });
        }
        self.wait(node, Waiting::Happening(happening));
        self.drop_expired(node);
    }

    /// Now and then, drops the messages in front of a paused node that have waited for too long.
    fn drop_expired(&mut self, node: NodeId) {
        let now = self.now;
        let Some(waiting) = self.faults.paused.get_mut(&node) else { return };
        if waiting.len() < 64 || !waiting.len().is_power_of_two() {
            return;
        }
        let expired = waiting.extract_if(.., |waiting| match waiting {
            Waiting::Happening(Happening::Arrival { sent_at, .. }) => {
                now.since(*sent_at) > MESSAGE_LIFETIME
            }
            _ => false,
        });
        for waiting in expired.collect::<Vec<_>>() {
            if let Waiting::Happening(happening) = waiting {
                self.take_in(happening);
            }
        }
    }

    pub(super) fn hold_timer(&mut self, node: NodeId) {
        self.wait(node, Waiting::Timer { at: self.now });
    }

    pub(super) fn hold_alarm(&mut self, node: NodeId) {
        self.wait(node, Waiting::Alarm { at: self.now });
    }

    fn wait(&mut self, node: NodeId, waiting: Waiting) {
        self.faults.paused.get_mut(&node).expect("the node is paused").push(waiting);
    }

    fn resume_node(&mut self, node: NodeId) {
        let waiting = self.faults.paused.remove(&node).unwrap_or_default();
        self.record(|| EventKind::Resumed { node, waited: waiting.len() as u32 });
        for waiting in waiting {
            match waiting {
                Waiting::Alarm { .. } => self.wake(Address::Node(node)),
                Waiting::Timer { .. } => self.tick(Address::Node(node)),
                Waiting::Happening(happening) => self.take_in(happening),
            }
        }
        self.give_wishes(node);
    }

    /// Lets something happen that has waited, unless it is a message that waited for too long.
    fn take_in(&mut self, happening: Happening) {
        match happening {
            Happening::Arrival { id, from, to, sent_at, message }
                if self.now.since(sent_at) > MESSAGE_LIFETIME =>
            {
                let (request, kind) = (message.request, message.body.kind());
                let (until, why) = (self.now, Loss::Expired);
                self.record(|| EventKind::Lost {
                    message: id,
                    request,
                    kind,
                    from,
                    to,
                    until,
                    why,
                });
            }
            happening => self.happen(happening),
        }
    }

    /// Sends a second copy of a message that left at `sent_at`.
    pub(super) fn send_copy(
        &mut self,
        original: MessageId,
        [from, to]: [Address; 2],
        sent_at: VirtualTime,
        message: Message,
        extra: Duration,
    ) {
        let copy = self.next_message.take();
        let (request, kind) = (message.request, message.body.kind());
        let zones = (self.zone_of(from), self.zone_of(to));
        let stream = &mut self.faults.stream;
        let latency = self.network.copy_latency(zones.0, zones.1, kind, stream) + extra;
        let arrives_at = (self.now + latency).min(sent_at + MESSAGE_LIFETIME);
        self.record(|| EventKind::Duplicated {
            message: original,
            copy,
            request,
            kind,
            from,
            to,
            arrives_at,
        });
        self.schedule(arrives_at, Happening::Arrival { id: copy, from, to, sent_at, message });
    }

    /// Tells the sender of a message that nobody answers where it was sent, if word can go there.
    pub(super) fn refuse(
        &mut self,
        id: MessageId,
        sender: Address,
        by: NodeId,
        request: Option<RequestId>,
        kind: MessageKind,
    ) {
        let (from, to, sent_at) = (sender, Address::Node(by), self.now);
        let mut latency = self.network.latency(self.zone_of(to), self.zone_of(from), kind);
        if !self.faults.is_quiet() {
            let passage = self.faults.passage(to, from, kind);
            if passage.loss.is_some() {
                let (message, until, why) = (id, sent_at, Loss::NoWord);
                self.record(|| EventKind::Lost { message, request, kind, from, to, until, why });
                return;
            }
            latency = latency + passage.extra;
        }
        let heard_at = sent_at + latency.min(MESSAGE_LIFETIME);
        self.record(|| EventKind::Refused { message: id, request, kind, from, to, heard_at });
        let refusal = Happening::Refusal { id, sender, by, sent_at, request, kind };
        self.schedule(heard_at, refusal);
    }
}
