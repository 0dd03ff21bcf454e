//! One request: its whole life, from the question to the last late vote.

use super::latency::{Leg, legs};
use super::nearby;
use crate::base::{EventSeq, NodeId, RequestId, VirtualTime};
use crate::node::{Address, MessageKind};
use crate::sim::{Event, EventKind};
use crate::ui::stage::Stage;
use crate::ui::story::Story;

/// What there is to know of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestFacts {
    /// As it stands at the cursor.
    pub story: Story,
    /// Which node the client reached.
    pub entry: Option<NodeId>,
    /// What happened, but for messages that only leave and arrive.
    pub life: Vec<Moment>,
    /// Where the time went, once it has its answer.
    pub legs: Vec<Leg>,
    /// It is asked only after the cursor.
    pub is_to_come: bool,
}

/// Something that happened to a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    pub seq: EventSeq,
    pub at: VirtualTime,
    pub words: String,
    /// It happens after the cursor.
    pub is_to_come: bool,
}

impl RequestFacts {
    /// Looks for a request near the cursor.
    pub fn find(stage: &Stage, request: RequestId) -> Option<Self> {
        let concerns = |event: &&Event| {
            event.kind.request() == Some(request) || matches!(event.kind, EventKind::Crashed { .. })
        };
        let all: Vec<&Event> = nearby(stage).filter(concerns).collect();
        let end = stage.world().trace().end();
        Self::of(&all, request, end)
    }

    /// Puts a request together from the events that concern it, of which those before `end` have
    /// happened.
    pub fn of(all: &[&Event], request: RequestId, end: EventSeq) -> Option<Self> {
        let asked = all.iter().position(|event| {
            matches!(&event.kind, EventKind::Asked { request: asked, .. } if *asked == request)
        })?;
        let (first, rest) = all[asked..].split_first()?;
        let is_to_come = first.seq >= end;
        let mut story = Story::begin(first)?;
        story.keeps_siblings = story.wanted.context.is_some();
        let has_happened = |event: &&&Event| is_to_come || event.seq < end;
        let so_far: Vec<&Event> = rest.iter().filter(has_happened).copied().collect();
        so_far.iter().for_each(|event| story.tell(event));
        let entry = rest.iter().find_map(|event| match &event.kind {
            EventKind::Delivered { kind: MessageKind::Request, to: Address::Node(to), .. } => {
                Some(*to)
            }
            _ => None,
        });
        let life = all[asked..].iter().filter_map(|event| moment(event, request, end)).collect();
        let legs = legs(&story, &so_far);
        Some(Self { story, entry, life, legs, is_to_come })
    }
}

fn moment(event: &Event, request: RequestId, end: EventSeq) -> Option<Moment> {
    let is_told = match &event.kind {
        EventKind::Sent { .. } | EventKind::Delivered { .. } => false,
        kind => kind.request() == Some(request),
    };
    let text = event.kind.to_string();
    let prefix = format!("{request} ");
    let words = text.strip_prefix(&prefix).unwrap_or(&text).to_owned();
    is_told.then_some(Moment { seq: event.seq, at: event.at, words, is_to_come: event.seq >= end })
}
