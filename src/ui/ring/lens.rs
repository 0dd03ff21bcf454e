//! The walk to the owners, vnode by vnode, where the ring is too fine to show it.
//!
//! ```text
//!    SEA ▶ [ AB ]  [ AB ]  [ C ]  [ Q ]
//!             1       ⃠       2      3
//! ```
//!
//! Every vnode that is passed has a cell of the same width: only their order is true to the ring.

use yew::prelude::*;

use super::super::geometry::CENTRE;
use super::super::outline::{font_size, translate};
use super::super::palette;
use super::super::scene::Focus;
use super::super::story::Story;
use super::Layout;
use super::walk::{reason, shortened};
use crate::base::tenths;
use crate::ring::{Verdict, WalkStep};

/// So many vnodes are shown at most; of a longer walk the first ones are.
const SHOWN: usize = 9;
/// How far from the client it is.
const AWAY: f64 = 148.0;

pub(super) fn lens(focus: &Focus, story: Option<&Story>, layout: Layout) -> Html {
    let (cell, height) = if layout.compact { (58.0, 50.0) } else { (46.0, 38.0) };
    let font = layout.font();
    let shown = focus.walk.len().min(SHOWN);
    // On the other side than the votes.
    let coordinator = story.and_then(|story| story.coordinator);
    let below = coordinator.is_none_or(|node| {
        super::super::geometry::node_point(layout.seat(node), layout.count).y <= CENTRE.y + 1.0
    });
    let y = CENTRE.y + if below { AWAY } else { -AWAY };
    let left = CENTRE.x - (shown as f64 - 1.0) * cell / 2.0;
    let cells = focus.walk.iter().take(shown).enumerate();
    let cells = cells.map(|(at, step)| {
        let x = left + at as f64 * cell;
        one(step, [x, y], [cell - 6.0, height], font)
    });
    let name = shortened(&focus.key.key().to_string());
    let words = match focus.walk.len() - shown {
        0 => format!("from {name} clockwise:"),
        more => format!("from {name} clockwise, and {more} more:"),
    };
    html! {
        <g class="lens">
            <text class="lens-words" x={tenths(CENTRE.x)} y={tenths(y - height / 2.0 - font * 0.55)}
                style={font_size(font * 0.9)}>{ words }</text>
            { for cells }
        </g>
    }
}

fn one(step: &WalkStep, [x, y]: [f64; 2], [width, height]: [f64; 2], font: f64) -> Html {
    let node = step.vnode.node;
    let name = node.to_string();
    let size = font.min(width * 1.5 / name.len() as f64);
    let (class, sign) = match step.verdict {
        Verdict::Owner { place } => ("lens-owner", (place + 1).to_string()),
        Verdict::SameNode | Verdict::SameZone => ("lens-skip", "skip".to_owned()),
    };
    html! {
        <g {class} style={palette::style(node)} transform={translate(x, y)}>
            <title>{ format!("Token {}: {}", step.vnode.token, reason(step)) }</title>
            <rect x={tenths(-width / 2.0)} y={tenths(-height / 2.0)} width={tenths(width)}
                height={tenths(height)} rx="6" />
            <text dy=".35em" style={font_size(size)}>{ name }</text>
            <text class="lens-sign" y={tenths(height / 2.0 + font * 0.9)}
                style={font_size(font * 0.85)}>{ sign }</text>
        </g>
    }
}
