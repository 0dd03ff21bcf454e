//! Where the entries lie that indexes have of the item in focus: each has a place of its own.
//!
//! ```text
//!   ◆ by-state      all owners of the entry have it as the newest version wants it
//!   ◇ by-city       some are behind
//! ```

use yew::prelude::*;

use super::super::driver::Handle;
use super::super::geometry::{self, BAND_INNER, BAND_OUTER, Point, at_turn};
use super::super::outline::{self, font_size};
use super::super::scene::{EntryMark, Focus};
use super::Layout;
use super::walk::shortened;

/// Names stand outside of the walk.
const NAMES: f64 = 478.0;

pub(super) fn entries(focus: &Focus, layout: Layout, driver: &Handle) -> Html {
    html! {
        <>{ for focus.entries.iter().enumerate().map(|(at, entry)| mark(at, entry, layout, driver)) }</>
    }
}

fn mark(at: usize, entry: &EntryMark, layout: Layout, driver: &Handle) -> Html {
    let turn = entry.key.position.turn();
    let middle = (BAND_INNER + BAND_OUTER) / 2.0;
    let half = if layout.compact { 0.012 } else { 0.0075 };
    let corners = [
        at_turn(turn, BAND_OUTER + 7.0),
        at_turn(turn + half, middle),
        at_turn(turn, BAND_INNER - 7.0),
        at_turn(turn - half, middle),
    ];
    let [a, b, c, d] = corners;
    let font = if layout.compact { 30.0 } else { 19.0 };
    let Point { y, .. } = at_turn(turn, 1.0);
    let [from, to] = [turn - 0.15, turn + 0.15];
    let line = match y < geometry::CENTRE.y + 0.3 {
        true => outline::arc(from, to, NAMES),
        false => outline::arc_back(from, to, NAMES + font * 0.74),
    };
    let onclick = {
        let (driver, key) = (driver.clone(), entry.key.clone());
        move |_: MouseEvent| driver.focus_item(&key)
    };
    let id = format!("rs-entry-{at}");
    let class = classes!("entry-mark", (entry.in_step < entry.owners).then_some("is-behind"));
    html! {
        <g {class} key={id.clone()} {onclick}>
            <title>{ entry.words() }</title>
            <path d={format!("M{a}L{b}L{c}L{d}Z")} />
            <path id={id.clone()} d={line} fill="none" />
            <text style={font_size(font)}>
                <textPath href={format!("#{id}")} startOffset="50%" text-anchor="middle">
                    { shortened(&entry.index) }
                </textPath>
            </text>
        </g>
    }
}
