//! What happens by itself: messages arrive, disks sync, alarms ring, and nodes do what they want done.

use super::super::EventKind;
use super::super::faults::Passage;
use super::super::machine::Retired;
use super::{Happening, World};
use crate::base::{MessageId, NodeId, RequestId, VirtualTime};
use crate::node::{
    Address, Answer, Body, Effect, Effects, Failure, Input, MESSAGE_LIFETIME, Message, MessageKind,
    Reading,
};
use crate::ring::Zone;

impl World {
    pub(super) fn set_alarm(&mut self, who: Address, at: Option<VirtualTime>) {
        self.alarms.set(who, at.map(|at| at.max(self.now)));
    }

    /// Between which zones a message's latency is drawn: those of the network in force, which may
    /// have more of them than the one that the cluster was placed on.
    pub(super) fn zone_of(&self, address: Address) -> Zone {
        match address {
            Address::Client(_) => Zone(0),
            Address::Node(node) => self.network.preset.zone_of(node),
        }
    }

    pub(super) fn send(&mut self, from: Address, to: Address, message: Message) {
        let id = self.next_message.take();
        let sent_at = self.now;
        let (request, kind) = (message.request, message.body.kind());
        self.traffic.count(kind, message.body.bytes());
        let mut latency = self.network.latency(self.zone_of(from), self.zone_of(to), kind);
        let mut passage = Passage::default();
        if !self.faults.is_quiet() {
            passage = self.faults.passage(from, to, kind);
            latency = latency + passage.extra;
        }
        let arrives_at = sent_at + latency.min(MESSAGE_LIFETIME);
        self.record_frequent(|| EventKind::Sent {
            message: id,
            request,
            kind,
            from,
            to,
            arrives_at,
        });
        if let Some(why) = passage.loss {
            let (message, until) = (id, arrives_at);
            self.record(|| EventKind::Lost { message, request, kind, from, to, until, why });
            return;
        }
        if passage.is_duplicated {
            self.send_copy(id, [from, to], sent_at, message.clone(), passage.extra);
        }
        self.schedule(arrives_at, Happening::Arrival { id, from, to, sent_at, message });
    }

    pub(super) fn happen(&mut self, happening: Happening) {
        if self.faults.any_paused()
            && let Some(node) = self.paused_receiver(&happening)
        {
            return self.hold(node, happening);
        }
        match happening {
            Happening::Arrival { id, from, to, sent_at, message } => {
                self.arrive(id, from, to, sent_at, message);
            }
            Happening::Refusal { sender, by, request, kind, .. } => {
                self.hear_refusal(sender, by, request, kind);
            }
            Happening::Synced { node, incarnation, lsn } => {
                let machine = &mut self.machines[node.index()];
                if machine.node.is_none() || machine.log.incarnation() != incarnation {
                    return;
                }
                let records = machine.end_sync(lsn);
                self.record_frequent(|| EventKind::Synced { node, records: records as u32 });
                self.step_node(node, Input::Durable { records });
            }
            Happening::Scheduled(command) => self.carry_out_if_possible(*command),
            Happening::Asks(running) => self.go_on(running),
            Happening::GoesOn(request) => self.go_on_archiving(request),
        }
    }

    fn arrive(
        &mut self,
        id: MessageId,
        from: Address,
        to: Address,
        sent_at: VirtualTime,
        message: Message,
    ) {
        let (request, kind) = (message.request, message.body.kind());
        if let Address::Node(node) = to
            && self.machines[node.index()].node.is_none()
        {
            return self.refuse(id, from, node, request, kind);
        }
        let took = self.now.since(sent_at);
        self.record_frequent(|| EventKind::Delivered {
            message: id,
            request,
            kind,
            from,
            to,
            took,
        });
        match to {
            Address::Node(node) => self.step_node(node, Input::Message { from, message }),
            Address::Client(client) => match (message.body, request) {
                (Body::Reply(answer), Some(request)) => {
                    self.client(client).clock.observe(message.clock);
                    self.finish(client, request, answer);
                }
                (body, _) => panic!("{client} got a {} instead of a reply", body.kind()),
            },
        }
    }

    fn hear_refusal(
        &mut self,
        sender: Address,
        by: NodeId,
        request: Option<RequestId>,
        kind: MessageKind,
    ) {
        match sender {
            Address::Client(client) => {
                let request = request.expect("clients speak of requests only");
                self.enter_somewhere(client, request);
            }
            Address::Node(node) if self.is_up(node) => {
                let peer = Address::Node(by);
                self.step_node(node, Input::Refused { peer, request, kind });
            }
            Address::Node(_) => {}
        }
    }

    /// A node's timer rings.
    pub(super) fn tick(&mut self, who: Address) {
        match who {
            Address::Node(node) if self.faults.is_paused(node) => self.hold_timer(node),
            Address::Node(node) => self.step_node(node, Input::Timer),
            Address::Client(client) => panic!("{client} has no timer"),
        }
    }

    pub(super) fn wake(&mut self, who: Address) {
        match who {
            Address::Node(node) if self.faults.is_paused(node) => self.hold_alarm(node),
            Address::Node(node) => self.step_node(node, Input::Alarm),
            Address::Client(client) => {
                while let Some(request) = {
                    let now = self.now;
                    self.client(client).take_due(now)
                } {
                    self.finish(client, request, Answer::Failed(Failure::NoAnswer));
                }
                self.update_client_alarm(client);
            }
        }
    }

    /// Puts an input into a node, if it is up, and performs what it wants done.
    pub(super) fn step_node(&mut self, node: NodeId, input: Input) {
        let mut effects = std::mem::take(&mut self.effects);
        effects.notes_wanted = self.trace.is_on();
        let clock_us = self.faults.clock_us(node, self.now);
        let now = Reading { now: self.now, clock_us };
        if let Some(node) = &mut self.machines[node.index()].node {
            node.step(now, input, &mut effects);
        }
        self.perform_all(node, effects);
    }

    /// Lets a node that was just started begin its work in the background.
    pub(super) fn begin_node(&mut self, node: NodeId) {
        let mut effects = std::mem::take(&mut self.effects);
        effects.notes_wanted = self.trace.is_on();
        let clock_us = self.faults.clock_us(node, self.now);
        let now = Reading { now: self.now, clock_us };
        let machine = &mut self.machines[node.index()];
        let whole = machine.log.is_whole();
        if let Some(node) = &mut machine.node {
            node.begin(now, whole, self.config.seed, &mut effects);
        }
        self.perform_all(node, effects);
    }

    fn perform_all(&mut self, node: NodeId, mut effects: Effects) {
        for effect in effects.list.drain(..) {
            self.perform(node, effect);
        }
        self.effects = effects;
        match self.machines[node.index()].retired {
            Some(Retired::Left) => self.retire(node),
            _ => self.sync_if_pending(node),
        }
    }

    fn perform(&mut self, node: NodeId, effect: Effect) {
        match effect {
            Effect::Send { to, message } => self.send(Address::Node(node), to, message),
            Effect::Append(record) => self.machines[node.index()].append(record),
            Effect::SetAlarm(at) => self.set_alarm(Address::Node(node), at),
            Effect::SetTimer(at) => {
                self.timers.set(Address::Node(node), at.map(|at| at.max(self.now)));
            }
            Effect::Rebuilt => self.machines[node.index()].log.set_whole(),
            Effect::Note(note) => self.record(|| EventKind::Noted { node, note }),
            Effect::Follow(lists) => {
                if lists.epoch() > self.lists.epoch() {
                    self.lists = lists;
                    self.take_back_unwanted();
                }
            }
            Effect::Leave => self.machines[node.index()].retired = Some(Retired::Left),
        }
    }

    fn sync_if_pending(&mut self, node: NodeId) {
        let machine = &mut self.machines[node.index()];
        if let Some(lsn) = machine.begin_sync() {
            let incarnation = machine.log.incarnation();
            let at = self.now + self.network.sync_time() + self.faults.slow_by(node);
            self.schedule(at, Happening::Synced { node, incarnation, lsn });
        }
    }
}
