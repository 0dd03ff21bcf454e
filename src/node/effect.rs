//! What a node wants done, and how it says so.

use std::sync::Arc;

use super::message::{Address, Body, Message};
use super::note::Note;
use crate::base::{NodeId, RequestId, VirtualTime};
use crate::causality::HybridTime;
use crate::ring::{Epoch, PreferenceLists};
use crate::storage::Record;

/// What a node wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Send {
        to: Address,
        message: Message,
    },
    /// Append to the commit log; [`Input::Durable`](super::Input::Durable) answers.
    Append(Record),
    /// Wake the node at this instant, and at no other, because somebody waits for something;
    /// `None`: not at all.
    SetAlarm(Option<VirtualTime>),
    /// The same for work in the background, which never ends.
    SetTimer(Option<VirtualTime>),
    /// The data of a disk that was lost is merged again: the log is whole from now on.
    Rebuilt,
    /// Nothing to do, but worth knowing.
    Note(Note),
    /// This topology is in force here from now on.
    Follow(Arc<PreferenceLists>),
    /// It owns nothing any more, and has nothing left: its process ends for good.
    Leave,
}

/// Effects of one step, in order.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    pub list: Vec<Effect>,
    /// Whether anyone reads the notes.
    pub notes_wanted: bool,
    /// What the sender's hybrid logical clock shows.
    pub(super) clock: HybridTime,
    /// The sender's topology.
    pub(super) epoch: Epoch,
}

impl Effects {
    pub(super) fn send(&mut self, to: Address, request: RequestId, body: Body) {
        self.send_as_of(self.epoch, to, request, body);
    }

    /// Answers a coordinator that asked in this epoch.
    pub(super) fn send_as_of(&mut self, epoch: Epoch, to: Address, request: RequestId, body: Body) {
        let message = Message { request: Some(request), clock: self.clock, epoch, body };
        self.list.push(Effect::Send { to, message });
    }

    /// Sends what is part of no request.
    pub(super) fn send_background(&mut self, to: NodeId, body: Body) {
        let message = Message { request: None, clock: self.clock, epoch: self.epoch, body };
        self.list.push(Effect::Send { to: Address::Node(to), message });
    }

    pub(super) fn note(&mut self, note: impl FnOnce() -> Note) {
        if self.notes_wanted {
            self.list.push(Effect::Note(note()));
        }
    }
}
