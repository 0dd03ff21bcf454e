//! Token ranges that change hands, in the inner half of the ownership band.
//!
//! ```text
//!   band    the first owner, as ever
//!           the owner that makes room
//!           the pending owner: an outline that fills as its items come
//! ```

use yew::prelude::*;

use super::super::elastic::{Moving, Stretch};
use super::super::geometry::BAND_INNER;
use super::super::outline::push_sector;
use super::super::palette;
use crate::base::{NodeId, heap_sort};
use crate::ring::Stage;

/// The middle of the band; between the two rows; each lies between two radii.
const OUTER: f64 = BAND_INNER + 20.0;
const MIDDLE: f64 = BAND_INNER + 10.0;
/// Narrower stretches than this, in turns, cannot be seen.
const NARROWEST: f64 = 1.0 / 2_400.0;

/// Who gives what, and who gets it.
pub(super) fn handover(moving: &Moving) -> Html {
    let class = match moving.stage {
        Stage::Prepare => "handover is-prepared",
        Stage::Write | Stage::Stream => "handover",
        Stage::Read => "handover has-moved",
    };
    html! {
        <g {class}>
            { rows(moving, "gives", |it| it.swap.leaves, |it| (it.to, MIDDLE, OUTER)) }
            { rows(moving, "is-to-get", |it| it.swap.joins, |it| (it.to, BAND_INNER, MIDDLE)) }
            { rows(moving, "has-got", |it| it.swap.joins, |it| {
                (it.from + (it.to - it.from) * it.share(), BAND_INNER, MIDDLE)
            }) }
        </g>
    }
}

/// One outline for each node.
fn rows(
    moving: &Moving,
    class: &'static str,
    who: impl Fn(&Stretch) -> NodeId,
    extent: impl Fn(&Stretch) -> (f64, f64, f64),
) -> Html {
    let mut nodes: Vec<NodeId> = moving.stretches.iter().map(&who).collect();
    heap_sort(&mut nodes, NodeId::cmp);
    nodes.dedup();
    let row = |node: NodeId| {
        let mut path = String::new();
        for it in moving.stretches.iter().filter(|it| who(it) == node) {
            let (to, inner, outer) = extent(it);
            if to - it.from >= NARROWEST {
                push_sector(&mut path, it.from, to, inner, outer);
            }
        }
        let fill = format!("url(#rs-look-{})", node.index());
        html! { <path {class} d={path} {fill} style={palette::style(node)} /> }
    };
    html! { <>{ for nodes.into_iter().map(row) }</> }
}
