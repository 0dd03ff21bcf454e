//! The diagram as a picture, and its time cursor.

use std::rc::Rc;

use yew::prelude::*;

use super::arrows::{arrow, arrow_label};
use super::plan::{self, Lane, Placer, Role, Scale, height_in, lanes};
use crate::base::{Duration, NodeId, VirtualTime, format_us, hundredths, tenths};
use crate::node::{Address, Answer};
use crate::ui::geometry::Point;
use crate::ui::outline::translate;
use crate::ui::palette;
use crate::ui::ring::{Mark, mark, use_width};
use crate::ui::story::{Ballot, Standing, Story};

const HEAD: f64 = 74.0;
const SIDE: f64 = 62.0;
const MARGIN: f64 = 10.0;
/// Room below the last instant, for what is written there.
const BELOW: f64 = 34.0;
const COMPACT_BELOW_PX: u32 = 420;

#[derive(Properties, PartialEq)]
pub struct TimelineProps {
    pub story: Option<Rc<Story>>,
    /// A participant's head was clicked.
    pub on_node: Callback<NodeId>,
    /// The whole diagram: what [`place_cursor`] is given.
    #[prop_or_default]
    pub root: NodeRef,
}

#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let width = use_width(&props.root);
    let content = match &props.story {
        Some(story) if width > 0 => diagram(story, width, &props.on_node),
        Some(_) => Html::default(),
        None => html! {
            <p class="timeline-empty">
                { "Here every message of a request appears between the nodes that it travels between, \
                   time running downwards. Put or get an item to see one." }
            </p>
        },
    };
    html! { <div ref={props.root.clone()} class="timeline">{ content }</div> }
}

/// Moves the time cursor of a [`Timeline`] to an instant, in microseconds of virtual time. Touches
/// nothing but the cursor, so that it may be called every frame.
pub fn place_cursor(root: &NodeRef, now_us: f64) {
    let Some(root) = root.cast::<web_sys::Element>() else { return };
    let Ok(Some(cursor)) = root.query_selector(".timeline-cursor") else { return };
    let Some(y) = cursor.get_attribute("data-knots").and_then(|knots| height_in(&knots, now_us))
    else {
        return;
    };
    // A cursor that cannot be moved is an ornament that is missed by nobody.
    let _ = cursor.set_attribute("transform", &translate(0.0, y));
}

/// Measures that everything in one diagram shares.
pub(super) struct Frame {
    pub width: f64,
    pub bottom: f64,
    pub lanes: Vec<Lane>,
    pub scale: Scale,
    pub compact: bool,
}

impl Frame {
    fn of(story: &Story, width_px: u32) -> Self {
        let compact = width_px < COMPACT_BELOW_PX;
        let (top, height) = (HEAD + 12.0, if compact { 430.0 } else { 530.0 });
        let bottom = height - BELOW;
        Self {
            width: f64::from(width_px),

            bottom,
            lanes: lanes(story),
            scale: Scale::of(story, top, bottom),
            compact,
        }
    }

    pub fn lane_gap(&self) -> f64 {
        (self.width - self.side() - MARGIN) / self.lanes.len() as f64
    }

    fn side(&self) -> f64 {
        if self.compact { 56.0 } else { SIDE }
    }

    pub fn x(&self, who: Address) -> f64 {
        let lane = self.lanes.iter().position(|lane| lane.who == who).unwrap_or(0);
        self.side() + (lane as f64 + 0.5) * self.lane_gap()
    }

    pub fn y(&self, at: VirtualTime) -> f64 {
        self.scale.at(at)
    }
}

fn diagram(story: &Story, width: u32, on_node: &Callback<NodeId>) -> Html {
    let frame = Frame::of(story, width);
    let mut placer = Placer::default();
    let stored = stored(story, &frame, &mut placer);
    let (quorum, quorum_label) = quorum(story, &frame, &mut placer);
    for one in &story.arrows {
        placer.take(frame.x(one.to), frame.y(one.arrives_at) - 2.0, 15.0, 18.0);
    }
    let votes: Vec<Html> = votes(story, &frame, &mut placer);
    let answer = answer(story, &frame, &mut placer);
    let words = story.words();
    let height = tenths(frame.bottom + BELOW);
    html! {
        <svg class="timeline-picture" viewBox={format!("0 0 {width} {height}")} role="group"
            aria-label={format!("Messages of request {}. {words}", story.request)}>
            { for axis(&frame) }
            { for frame.lanes.iter().map(|lane| line(lane, &frame)) }
            { quorum }
            <g class="timeline-arrows">
                { for story.arrows.iter().map(|one| arrow(one, &frame)) }
            </g>
            <g class="timeline-cursor" data-knots={frame.scale.to_text()} aria-hidden="true">
                <path d={format!("M{} 0H{}", tenths(frame.side() - 6.0), tenths(frame.width))} />
                <path class="timeline-handle" d={format!("M{} 0l-9 -6v12z", tenths(frame.side() - 2.0))} />
            </g>
            { for stored }
            { for votes }
            { for story.arrows.iter().map(|one| arrow_label(one, &frame, &mut placer)) }
            { quorum_label }
            { answer }
            { for frame.lanes.iter().map(|lane| head(lane, &frame, on_node)) }
        </svg>
    }
}

/// Labels of time since the request began, with faint lines across.
fn axis(frame: &Frame) -> Vec<Html> {
    let began = frame.scale.first();
    let mut marks: Vec<Html> = frame
        .scale
        .ticks(46.0)
        .into_iter()
        .map(|us| {
            let y = frame.scale.y(began + us);
            html! {
                <g class="timeline-tick">
                    <path d={format!("M{} {}H{}", tenths(frame.side()), tenths(y), tenths(frame.width - MARGIN))} />
                    <text x={tenths(frame.side() - 14.0)} y={tenths(y)} dy=".35em">{ brief_us(us) }</text>
                </g>
            }
        })
        .collect();
    if let Some((from, to, us)) = frame.scale.silence {
        let middle = (frame.side() + frame.width - MARGIN) / 2.0;
        let (x, y) = (frame.side() - 14.0, (from + to) / 2.0);
        marks.push(html! {
            <g class="timeline-silence">
                <rect x={tenths(frame.side())} y={tenths(from + 8.0)}
                    width={tenths(frame.width - MARGIN - frame.side())} height={tenths(to - from - 16.0)} />
                <path d={format!("M{}l6 4l-12 6l12 6l-6 4", Point::new(x - 8.0, y - 10.0))} />
                <text x={tenths(middle)} y={tenths(y)} dy=".35em">{ format!("nothing for {}", brief_us(us)) }</text>
            </g>
        });
    }
    marks
}

/// A span in at most four digits, so that it fits beside the axis.
fn brief_us(us: f64) -> String {
    let us = us.round() as u64;
    let unit = 10u64.pow(us.max(1).ilog10().saturating_sub(3));
    let text = format_us((us + unit / 2) / unit * unit);
    let unit = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    format!("{}\u{a0}{}", &text[..unit], &text[unit..])
}

fn line(lane: &Lane, frame: &Frame) -> Html {
    let x = frame.x(lane.who);
    let style = plan::node_of(lane.who).map(palette::style);
    html! {
        <path class="timeline-lane" {style} d={format!("M{} {}V{}", tenths(x), tenths(HEAD), tenths(frame.bottom + 10.0))} />
    }
}

/// The head of a lane: the participant's disc and what it does.
fn head(lane: &Lane, frame: &Frame, on_node: &Callback<NodeId>) -> Html {
    let x = frame.x(lane.who);
    let fits = |text: &str| text.len() as f64 * 7.2 < frame.lane_gap() - 4.0;
    let (long, brief) = match lane.role {
        Role::Client => (String::new(), String::new()),
        Role::Entry => ("entry".into(), "entry".into()),
        Role::Coordinator => ("coordinator".into(), "coord.".into()),
        Role::CoordinatorAndOwner(place) => {
            let long = format!("coordinator, owner {}", place + 1);
            let middle = if fits(&long) { long } else { "coordinator".into() };
            (middle, "coord.".into())
        }
        Role::Owner(place) => (format!("owner {}", place + 1), (place + 1).to_string()),
        Role::Fallback(owner) => (format!("for {owner}"), format!("for {owner}")),
        Role::Other => (String::new(), String::new()),
    };
    let scale = (frame.lane_gap() / 42.0).min(1.0);
    let role = [long, brief].into_iter().find(|text| fits(text)).unwrap_or_default();
    let Some(node) = plan::node_of(lane.who) else {
        return html! {
            <g class="timeline-head" transform={format!("{} scale({})", translate(x, 26.0), hundredths(scale))}>
                <rect class="timeline-client" x="-17" y="-17" width="34" height="34" rx="8" />
                <path class="timeline-screen" d="M-8 -6H8V4H-8ZM-11 9H11" />
                <text class="timeline-role" y="38">{ lane.who.to_string() }</text>
            </g>
        };
    };
    let onclick = {
        let on_node = on_node.clone();
        move |_: MouseEvent| on_node.emit(node)
    };
    let onkeydown = {
        let on_node = on_node.clone();
        move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "Enter" | " ") {
                event.prevent_default();
                on_node.emit(node);
            }
        }
    };
    html! {
        <g class="timeline-head timeline-button" role="button" tabindex="0" style={palette::style(node)}
            aria-label={format!("Node {node}, {role}")} transform={format!("{} scale({})", translate(x, 26.0), hundredths(scale))}
            {onclick} {onkeydown}>
            <circle class="timeline-rim" r="18" fill={format!("url(#rs-look-{})", node.index())} />
            <circle class="timeline-core" r="13" />
            <text class="timeline-letter" dy=".35em">{ node.to_string() }</text>
            <text class="timeline-role" y="38">{ role }</text>
        </g>
    }
}

/// Dots where versions became durable.
fn stored(story: &Story, frame: &Frame, placer: &mut Placer) -> Vec<Html> {
    let dots = story.stored.iter().map(|(at, node)| {
        let (x, y) = (frame.x(Address::Node(*node)), frame.y(*at));
        placer.take(x, y, 12.0, 12.0);
        html! {
            <circle class="timeline-stored" style={palette::style(*node)} cx={tenths(x)} cy={tenths(y)} r="5.5">
                <title>{ format!("{node} has it durably") }</title>
            </circle>
        }
    });
    dots.collect()
}

/// The instant at which the coordinator knew how the vote ends, and its label.
fn quorum(story: &Story, frame: &Frame, placer: &mut Placer) -> (Html, Html) {
    let (at, class, words) = match story.standing {
        Standing::Open => return Default::default(),
        Standing::Reached { at } => (at, "is-reached", "reached"),
        Standing::Missed { at, .. } => (at, "is-missed", "missed"),
    };
    let (name, needed) = (story.quorum_name(), story.needed);
    let words = match story.round {
        Some(_) => format!("{needed} {name} {words}"),
        None => format!("{name}={needed} {words}"),
    };
    let (y, right) = (frame.y(at), frame.width - MARGIN);
    let width = words.chars().count() as f64 * 8.0 + 20.0;
    let x = right - width / 2.0;
    let shifts = [0.0, 14.0, -14.0, 20.0, -20.0, 26.0, -26.0];
    let shift = shifts.into_iter().find(|shift| placer.take(x, y + shift, width, 24.0));
    let label_y = y + shift.unwrap_or(0.0);
    let line = html! {
        <path class={classes!("timeline-quorum", class)}
            d={format!("M{} {}H{}", tenths(frame.side()), tenths(y), tenths(right))} />
    };
    (line, pill(classes!("timeline-pill", class), x, label_y, width, &words))
}

fn pill(class: Classes, x: f64, y: f64, width: f64, words: &str) -> Html {
    html! {
        <g {class} transform={translate(x, y)}>
            <rect x={tenths(-width / 2.0)} y="-12" width={tenths(width)} height="24" rx="12" />
            <text dy=".35em">{ words }</text>
        </g>
    }
}

/// The answer, where the client's lane has it.
fn answer(story: &Story, frame: &Frame, placer: &mut Placer) -> Html {
    let Some((answer, took)) = &story.answer else { return Html::default() };
    let (class, words) = match answer {
        Answer::Failed(_) => ("is-missed", format!("✗ {}", brief_us(took.0 as f64))),
        Answer::ConditionFailed { .. } => ("is-reached", format!("≠ {}", brief_us(took.0 as f64))),
        _ => ("is-reached", format!("✓ {}", brief_us(took.0 as f64))),
    };
    let width = words.chars().count() as f64 * 7.6 + 20.0;
    let x = frame.x(Address::Client(story.wanted.client)).max(frame.side() + width / 2.0 - 8.0);
    let at: Duration = *took;
    let wanted = (frame.y(story.began + at) + 16.0).min(frame.bottom + 20.0);
    let y = placer.take_below(x, wanted, width, 24.0, 12.0).unwrap_or(wanted);
    pill(classes!("timeline-pill", class), x, y, width, &words)
}

/// Votes beside the coordinator's lane, where it counts them.
fn votes(story: &Story, frame: &Frame, placer: &mut Placer) -> Vec<Html> {
    let Some(coordinator) = story.coordinator else { return Vec::new() };
    let mut cast: Vec<(VirtualTime, Mark, &Ballot)> = Vec::new();
    for ballot in &story.ballots {
        if let (Some(at), Some(what)) = (ballot.at, Mark::of(ballot)) {
            let place = cast.partition_point(|(earlier, ..)| *earlier <= at);
            cast.insert(place, (at, what, ballot));
        }
    }
    let lane = frame.x(Address::Node(coordinator));
    cast.into_iter()
        .filter_map(|(at, what, ballot)| {
            let (x, y) = placer.take_beside(lane, frame.y(at), [38.0, 20.0], 27.0)?;
            Some(html! {
                <g class={classes!("timeline-vote", what.class())} style={palette::style(ballot.replica)}
                    transform={translate(x, y)}>
                    <title>{ format!("{}: {}", ballot.name(), what.words()) }</title>
                    <rect x="-18" y="-9.5" width="36" height="19" rx="6" />
                    { mark(what, -8.0, 0.0, 5.0) }
                    <text x="7" dy=".35em">{ ballot.replica.to_string() }</text>
                </g>
            })
        })
        .collect()
}
