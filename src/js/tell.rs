//! Events as objects: what each is about, by the names that lines use, and in words.

use serde::Serialize;

use crate::base::{Duration, EventSeq, MessageId, NodeId, VirtualTime};
use crate::node::{Address, Answer, MessageKind};
use crate::sim::{Event, EventKind};

/// An event. Times are in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    seq: u64,
    at: f64,
    r#type: &'static str,
    /// The event as the trace shows it.
    text: String,
    routine: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arrives_at: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    took: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copy: Option<String>,
}

impl Told {
    pub fn of(event: &Event) -> Self {
        let Event { seq: EventSeq(seq), at, kind } = event;
        let told = Self {
            seq: *seq,
            at: at_ms(*at),
            r#type: type_of(kind),
            text: kind.to_string(),
            routine: kind.is_routine(),
            request: kind.request().map(|request| request.to_string()),
            ..Self::default()
        };
        told.with(kind)
    }

    /// What kind of event it is.
    pub fn kind(&self) -> &'static str {
        self.r#type
    }

    /// The members that only some types have.
    fn with(self, kind: &EventKind) -> Self {
        use EventKind as Kind;
        match kind {
            Kind::Sent { message, kind, from, to, arrives_at, .. }
            | Kind::Delayed { message, kind, from, to, arrives_at, .. } => {
                Self { arrives_at: Some(at_ms(*arrives_at)), ..self }
                    .about(*message, *kind, *from, *to)
            }
            Kind::Delivered { message, kind, from, to, took, .. } => {
                Self { took: Some(ms(*took)), ..self }.about(*message, *kind, *from, *to)
            }
            Kind::Refused { message, kind, from, to, .. }
            | Kind::Lost { message, kind, from, to, .. }
            | Kind::Held { message, kind, from, to, .. } => self.about(*message, *kind, *from, *to),
            Kind::Duplicated { message, copy, kind, from, to, arrives_at, .. } => Self {
                copy: Some(copy.to_string()),
                arrives_at: Some(at_ms(*arrives_at)),
                ..self.about(*message, *kind, *from, *to)
            },
            Kind::Asked { wanted, .. } => {
                let client = Some(wanted.client.to_string());
                Self { client, command: Some(wanted.to_string()), ..self }
            }
            Kind::Answered { client, answer, took, .. } => Self {
                client: Some(client.to_string()),
                answer: Some(answer_of(answer)),
                took: Some(ms(*took)),
                ..self
            },
            Kind::Commanded(command) | Kind::Skipped { command, .. } => {
                Self { command: Some(command.to_string()), ..self }
            }
            Kind::Synced { node, .. }
            | Kind::Noted { node, .. }
            | Kind::Crashed { node, .. }
            | Kind::Restarted { node, .. }
            | Kind::Resumed { node, .. }
            | Kind::ClockSet { node, .. }
            | Kind::Wiped { node, .. }
            | Kind::TornRecordCut { node } => Self { node: Some(NodeId::to_string(node)), ..self },
            Kind::Started(config) => Self { command: Some(config.to_string()), ..self },
            Kind::WorkloadEnded { .. } | Kind::Archived { .. } => self,
        }
    }

    fn about(self, message: MessageId, kind: MessageKind, from: Address, to: Address) -> Self {
        Self {
            message: Some(message.to_string()),
            kind: Some(kind.to_string()),
            from: Some(from.to_string()),
            to: Some(to.to_string()),
            ..self
        }
    }
}

fn at_ms(at: VirtualTime) -> f64 {
    at.0 as f64 / 1_000.0
}

fn ms(span: Duration) -> f64 {
    span.0 as f64 / 1_000.0
}

fn type_of(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Started(_) => "started",
        EventKind::Commanded(_) => "commanded",
        EventKind::Asked { .. } => "asked",
        EventKind::Sent { .. } => "sent",
        EventKind::Delivered { .. } => "delivered",
        EventKind::Refused { .. } => "refused",
        EventKind::Synced { .. } => "synced",
        EventKind::Noted { .. } => "noted",
        EventKind::Answered { .. } => "answered",
        EventKind::Crashed { .. } => "crashed",
        EventKind::Restarted { .. } => "restarted",
        EventKind::Lost { .. } => "lost",
        EventKind::Duplicated { .. } => "duplicated",
        EventKind::Held { .. } => "held",
        EventKind::Resumed { .. } => "resumed",
        EventKind::ClockSet { .. } => "clockSet",
        EventKind::Wiped { .. } => "wiped",
        EventKind::TornRecordCut { .. } => "tornRecordCut",
        EventKind::Skipped { .. } => "skipped",
        EventKind::Delayed { .. } => "delayed",
        EventKind::WorkloadEnded { .. } => "workloadEnded",
        EventKind::Archived { .. } => "archived",
    }
}

fn answer_of(answer: &Answer) -> &'static str {
    match answer {
        Answer::Written { .. } => "written",
        Answer::Read { .. } | Answer::Siblings { .. } => "read",
        Answer::Failed(_) => "failed",
        Answer::ConditionFailed { .. } => "conditionFailed",
        Answer::Changed { .. } => "changed",
        Answer::Rejected { .. } => "rejected",
        Answer::Page(_) => "page",
    }
}
