//! The coordinator's count: as many slots as the quorum needs, which fill as votes come in, and
//! smaller ones for the rest. A fallback's slot says for whom it stands; a hint that is no vote has
//! a slot of its own, which counts for nothing.

use yew::prelude::*;

use super::super::geometry::{self, Point};
use super::super::outline::{font_size, translate};
use super::super::palette;
use super::super::story::{Ballot, StandIn, Standing, Story};
use super::Layout;
use super::marks::{Mark, mark};
use crate::base::{NodeId, tenths};

/// Measures of a slot and of the words around the slots, in scene units.
#[derive(Clone, Copy)]
struct Measures {
    width: f64,
    height: f64,
    gap: f64,
    font: f64,
    columns: usize,
    rows: usize,
}

impl Measures {
    fn of(layout: Layout, slots: usize, is_at_the_side: bool, is_wide: bool) -> Self {
        let columns = match layout.compact && is_at_the_side {
            true => slots.div_ceil(3),
            false => slots.min(5),
        }
        .max(1);
        let rows = slots.div_ceil(columns);
        let font = layout.font();
        let (width, height): (f64, f64) = if layout.compact { (44.0, 58.0) } else { (34.0, 44.0) };
        let (width, room) = if is_wide { (width + 34.0, 310.0) } else { (width, 200.0) };
        let width = width.min(room / columns as f64 - 6.0);
        let height = if rows > 1 { height * 0.92 } else { height };
        Self { width, height, gap: 6.0, font, columns, rows }
    }

    fn half_width(self, text: usize) -> f64 {
        let slots = self.columns as f64 * (self.width + self.gap) - self.gap;
        slots.max(text as f64 * self.font * 0.54) / 2.0
    }

    fn slots_height(self) -> f64 {
        self.rows as f64 * (self.height + self.gap) - self.gap
    }
}

/// Draws the count beside the coordinator's disc, on its inner side.
pub fn votes(story: &Story, layout: Layout) -> Html {
    let Some(coordinator) = story.coordinator else { return Html::default() };
    let Some(seat) = layout.seats.seat(coordinator).filter(|_| !story.ballots.is_empty()) else {
        return Html::default();
    };
    let mut slots = slots(story);
    slots.extend(story.stand_ins.iter().filter(|one| !one.counts).map(Slot::of_hint));
    let is_wide = slots.iter().any(|slot| slot.stands_for.is_some());
    let out = geometry::outward(seat, layout.count);
    let way = Point::new(-out.x, -out.y);
    let measures = Measures::of(layout, slots.len(), way.x.abs() > 0.6, is_wide);
    // Small discs have no letter, and the count covers the one beside the disc.
    let heading = match (layout.compact, layout.is_detailed()) {
        (true, true) => String::new(),
        (true, false) => coordinator.to_string(),
        (false, true) => "coordinator".to_owned(),
        (false, false) => format!("coordinator {coordinator}"),
    };
    let status = status(story, layout);
    let line = measures.font * 1.25;
    let lines = if layout.compact { 1.0 } else { 2.0 };
    let half_width = measures.half_width(heading.len().max(status.chars().count()));
    let half_height = (measures.slots_height() + lines * line) / 2.0 + 2.0;
    let disc = geometry::node_point(seat, layout.count);
    let middle =
        geometry::beside_clear_of_client(disc, layout.disc() + 14.0, way, half_width, half_height);
    let top = middle.y - half_height + (lines - 1.0) * line + 2.0;
    let pending = story.both_lists.map(|swap| swap.joins);
    let tiles = slots.iter().enumerate().map(|(at, slot)| {
        tile(slot, [at, slots.len()], pending, (middle.x, top), measures, layout)
    });
    let standing = match story.standing {
        Standing::Open => "votes-open",
        Standing::Reached { .. } => "votes-reached",
        Standing::Missed { .. } => "votes-missed",
    };
    let x = tenths(middle.x);
    html! {
        <g class={classes!("votes", standing)} key={story.request.0}
            style={font_size(measures.font)}>
            <title>{ story.words() }</title>
            <text class="votes-role" x={x.clone()} y={tenths(top - line * 0.42)}>{ heading }</text>
            { for tiles }
            <text class="votes-status" {x} y={tenths(top + measures.slots_height() + line * 0.86)}>
                { status }
            </text>
        </g>
    }
}

fn status(story: &Story, layout: Layout) -> String {
    let (name, needed) = (story.quorum_name(), story.needed);
    if story.round.is_some() {
        let have = match story.standing {
            Standing::Reached { .. } => needed,
            _ => story.have.min(needed),
        };
        return match layout.compact {
            false => format!("{have} of {needed} {name}"),
            true => format!("{have}/{needed} {name}"),
        };
    }
    match (&story.standing, layout.compact) {
        (Standing::Open, false) if story.both_lists.is_some() => {
            format!("{} of {needed} old + {needed} new", story.have.min(needed))
        }
        (Standing::Open, false) => format!("{} of {name}={needed}", story.have.min(needed)),
        (Standing::Open, true) => format!("{name} {}/{needed}", story.have.min(needed)),
        (Standing::Reached { .. }, false) => format!("{name}={needed} reached"),
        (Standing::Reached { .. }, true) => format!("{name} {needed}/{needed}"),
        (Standing::Missed { .. }, false) => format!("{name}={needed} missed"),
        (Standing::Missed { .. }, true) => format!("{name} {}/{needed}", story.have.min(needed)),
    }
}

/// A place for a vote.
struct Slot<'a> {
    ballot: Option<&'a Ballot>,
    /// The fallback and the owner that it stands for.
    stands_for: Option<(NodeId, NodeId)>,
    what: Option<Mark>,
    /// Whether the quorum needs it.
    is_needed: bool,
}

impl<'a> Slot<'a> {
    fn empty(is_needed: bool) -> Self {
        Self { ballot: None, stands_for: None, what: None, is_needed }
    }

    fn fill(&mut self, ballot: &'a Ballot) {
        self.ballot = Some(ballot);
        self.what = Mark::of(ballot);
        let is_fallback = ballot.owner != ballot.replica;
        self.stands_for = is_fallback.then_some((ballot.replica, ballot.owner));
    }

    /// For a hint that is no vote.
    fn of_hint(one: &StandIn) -> Self {
        let what = one.kept.then_some(Mark::OnlyHint);
        Self { ballot: None, stands_for: Some((one.fallback, one.owner)), what, is_needed: false }
    }

    fn node(&self) -> Option<NodeId> {
        self.ballot.map(|b| b.replica).or(self.stands_for.map(|(fallback, _)| fallback))
    }

    fn label(&self, layout: Layout) -> String {
        match (self.stands_for, self.node()) {
            (Some((fallback, owner)), _) if layout.compact => format!("{fallback}→{owner}"),
            (Some((fallback, owner)), _) => format!("{fallback} for {owner}"),
            (None, node) => node.map_or_else(String::new, |node| node.to_string()),
        }
    }
}

/// The slots that the quorum needs come first and hold the counted votes in the order of their
/// arrival; what came late or not at all goes to the others, while there are any.
fn slots(story: &Story) -> Vec<Slot<'_>> {
    let needed = usize::from(story.needed).min(story.ballots.len());
    let mut slots: Vec<Slot> =
        (0..story.ballots.len()).map(|at| Slot::empty(at < needed)).collect();
    let mut cast: Vec<&Ballot> = Vec::new();
    for ballot in story.ballots.iter().filter(|ballot| ballot.vote.is_some()) {
        cast.insert(cast.partition_point(|earlier| earlier.at <= ballot.at), ballot);
    }
    let counts = |ballot: &Ballot| matches!(Mark::of(ballot), Some(Mark::Counted | Mark::Stale));
    let (counted, others): (Vec<&Ballot>, Vec<&Ballot>) = cast.into_iter().partition(|b| counts(b));
    for (slot, ballot) in slots.iter_mut().zip(counted) {
        slot.fill(ballot);
    }
    for ballot in others {
        let free = |slot: &Slot| slot.ballot.is_none();
        let at = (needed..slots.len())
            .find(|at| free(&slots[*at]))
            .or_else(|| (0..needed).rev().find(|at| free(&slots[*at])));
        if let Some(at) = at {
            slots[at].fill(ballot);
        }
    }
    slots
}

fn tile(
    slot: &Slot,
    [at, count]: [usize; 2],
    pending: Option<NodeId>,
    (middle, top): (f64, f64),
    measures: Measures,
    layout: Layout,
) -> Html {
    let Measures { width, height, gap, columns, .. } = measures;
    let (row, column) = (at / columns, at % columns);
    let in_row = columns.min(count - row * columns) as f64;
    let left = middle - (in_row * (width + gap) - gap) / 2.0 + column as f64 * (width + gap);
    let x = left + width / 2.0;
    let y = top + row as f64 * (height + gap) + height / 2.0;
    // The slots beyond the quorum are smaller: their votes change nothing any more.
    let scale = if slot.is_needed { 1.0 } else { 0.84 };
    let class = classes!(
        "slot",
        slot.what.map_or("is-empty", Mark::class),
        slot.is_needed.then_some("slot-needed"),
        (pending.is_some() && slot.node() == pending).then_some("slot-pending"),
    );
    let style = slot.node().map_or_else(String::new, palette::style);
    let [w, h] = [width * scale, height * scale];
    let label = slot.label(layout);
    let font = (h * 0.42).min(w * 1.75 / label.chars().count().max(1) as f64);
    html! {
        <g {class} {style} transform={translate(x, y)}>
            <rect x={tenths(-w / 2.0)} y={tenths(-h / 2.0)}
                width={tenths(w)} height={tenths(h)} rx="8" />
            if let Some(what) = slot.what {
                <title>{ format!("{label}: {}", what.words()) }</title>
                <text y={tenths(-h * 0.2)} dy=".35em" style={font_size(font)}>{ label }</text>
                { mark(what, 0.0, h * 0.24, h * 0.17) }
            }
        </g>
    }
}
