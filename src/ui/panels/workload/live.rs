//! What comes of all requests, over the last second and the last minute.

use yew::prelude::*;

use super::super::super::app::PanelProps;
use super::super::super::driver::Handle;
use super::super::super::palette::{self, grouped};
use super::super::super::recent::{self, Recent};
use super::super::super::view::View;
use super::super::charts::{brief, number_head, part};
use super::super::links::{item_link, node_link};
use crate::base::{Duration, NodeId, heap_sort, tenths};
use crate::storage::ItemKey;
use crate::travel::{Activity, Slot};

/// The size of a chart, in its own units, and room for words on both sides of its lines.
const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 92.0;
const ABOVE: f64 = 14.0;
const BELOW: f64 = 14.0;
const BESIDE: f64 = 22.0;
/// Where the lines are.
const SIZE: [f64; 2] = [WIDTH - BESIDE, HEIGHT - ABOVE - BELOW];
/// The height of a letter.
const LETTER: f64 = 9.0;
/// Up to so many nodes have a line each.
const LINES: usize = 14;
/// So many nodes are listed at most.
const NODES: usize = 40;

/// A line of a chart: its class, and its values.
type Line = (&'static str, Vec<Option<f64>>);

#[component]
pub(super) fn Live(props: &PanelProps) -> Html {
    let PanelProps { view, driver, .. } = props;
    if !is_begun(view) {
        return Html::default();
    }
    let activity = view.metrics.activity();
    let (slot, span) = activity.of_late(view.now);
    let recent = Recent::of(activity, view.now);
    html! {
        <>
            { rates(&recent) }
            { latencies(&recent) }
            { load(&recent, (&slot, span), view, driver) }
            { hottest(activity, driver) }
        </>
    }
}

/// Whether there is anything to tell of a workload.
fn is_begun(view: &View) -> bool {
    view.metrics.activity().has_begun() || !view.workloads.is_empty()
}

/// The last second in numbers.
pub(super) fn tiles(view: &View) -> Html {
    let (slot, span) = view.metrics.activity().of_late(view.now);
    if !is_begun(view) {
        return Html::default();
    }
    let rate = |count: u32| grouped(recent::per_second(count, span).round() as usize);
    let latency = |permille| slot.latency.permille(permille).map_or_else(|| "–".to_owned(), brief);
    let done = slot.latency.total() as u32;
    let all = [
        ("Asked / s", rate(slot.asked), false),
        ("Done / s", rate(done), false),
        ("Failed / s", rate(slot.failed), slot.failed > 0),
        ("p50", latency(500), false),
        ("p99", latency(990), false),
    ];
    let tile = |(name, value, is_bad): (&'static str, String, bool)| {
        html! { <div><dt>{ name }</dt><dd class={is_bad.then_some("failed")}>{ value }</dd></div> }
    };
    html! {
        <section class="details" aria-label="The last second">
            <dl class="tiles" id="of-late">{ for all.map(tile) }</dl>
        </section>
    }
}

/// The end of a scale on which all values have room.
fn end_of<'a>(values: impl Iterator<Item = &'a Vec<Option<f64>>>) -> f64 {
    recent::scale_end(values.flatten().flatten().copied().fold(0.0, f64::max))
}

/// Lines over the last minute as they are drawn, on a scale with this end.
fn paths(lines: &[Line], end: f64) -> Html {
    let path = |(class, values): &Line| {
        let path = recent::path(values, end, SIZE);
        html! { <path class={classes!("line", *class)} d={path} /> }
    };
    lines.iter().map(path).collect()
}

/// A picture of lines over a time that ends now; `end` is written at the end of their scale.
fn chart(words: &'static str, span: Duration, end: String, lines: Html) -> Html {
    let view_box = [0.0, -ABOVE, WIDTH, HEIGHT].map(tenths).join(" ");
    let [width, height] = SIZE.map(tenths);
    let below = tenths(SIZE[1] + 12.0);
    let ago = format!("{}s ago", (span.0 + 500_000) / 1_000_000);
    html! {
        <svg class="lines" viewBox={view_box} role="img" aria-label={words}>
            <path class="floor" d={format!("M0 0H{width}M0 {height}H{width}")} />
            <text x="0" y="-3">{ end }</text>
            <text x="0" y={below.clone()}>{ ago }</text>
            <text class="is-right" x={width} y={below}>{ "now" }</text>
            { lines }
        </svg>
    }
}

/// What the lines of a chart are.
fn key(lines: &[(&'static str, &'static str)]) -> Html {
    let one = |(class, name): &(&'static str, &'static str)| {
        html! {
            <span>
                <svg class="lines" viewBox="0 0 24 8" aria-hidden="true">
                    <path class={classes!("line", *class)} d="M1 4H23" />
                </svg>
                { name }
            </span>
        }
    };
    html! { <p class="lines-key">{ for lines.iter().map(one) }</p> }
}

fn rates(recent: &Recent) -> Html {
    let lines = [
        ("is-asked", recent.rates(|slot| slot.asked)),
        ("is-done", recent.rates(|slot| slot.latency.total() as u32)),
        ("is-failed", recent.rates(|slot| slot.failed)),
    ];
    let end = end_of(lines.iter().map(|(_, values)| values));
    html! {
        <figure class="chart">
            <figcaption>{ "Requests" }
                { key(&[("is-asked", "asked"), ("is-done", "done"), ("is-failed", "failed")]) }
            </figcaption>
            { chart("Requests a second over the last minute; the numbers above are the newest",
                recent.span(), a_second(end), paths(&lines, end)) }
        </figure>
    }
}

fn latencies(recent: &Recent) -> Html {
    let lines = [("is-half", recent.permille(500)), ("is-most", recent.permille(990))];
    let end = end_of(lines.iter().map(|(_, values)| values));
    html! {
        <figure class="chart">
            <figcaption>{ "Latency" }{ key(&[("is-half", "p50"), ("is-most", "p99")]) }</figcaption>
            { chart("Latencies over the last minute; the numbers above are the newest",
                recent.span(), brief(Duration(end as u64)), paths(&lines, end)) }
        </figure>
    }
}

fn a_second(rate: f64) -> String {
    format!("{} a second", grouped(rate as usize))
}

/// What each node served: lines with their letters, and the newest in a table.
fn load(recent: &Recent, (slot, span): (&Slot, Duration), view: &View, driver: &Handle) -> Html {
    let count = slot.served.len();
    if count == 0 {
        return Html::default();
    }
    let all = slot.served.iter().sum::<u32>().max(1);
    let most = slot.served.iter().copied().max().unwrap_or(0).max(1);
    // Who has left serves nothing.
    let is_here = |(number, served): &(usize, &u32)| {
        **served > 0 || view.scene.nodes.iter().any(|one| one.node.index() == *number)
    };
    let served = slot.served.iter().enumerate().filter(is_here);
    let row = |(number, served): (usize, &u32)| {
        let share = f64::from(*served) * 100.0 / f64::from(all);
        let rate = recent::per_second(*served, span).round() as usize;
        html! {
            <tr>
                <th scope="row">{ node_link(driver, NodeId(number as u16)) }</th>
                <td class="number">{ grouped(rate) }</td>
                <td class="number filled" style={part(f64::from(*served) * 100.0 / f64::from(most))}>
                    { format!("{}%", tenths(share)) }
                </td>
            </tr>
        }
    };
    html! {
        <section class="details" aria-label="Load of each node">
            <h3>{ "Load of each node" }</h3>
            <p class="hint">
                { "Reads and writes that it served as a replica. Each request is served by N nodes." }
            </p>
            if count <= LINES { { node_lines(recent, count) } }
            <table id="load">
                <thead><tr>
                    <th>{ "Node" }</th>{ for ["A second", "Share"].map(number_head) }
                </tr></thead>
                <tbody>{ for served.take(NODES).map(row) }</tbody>
            </table>
            if count > NODES {
                <p class="hint">{ format!("… and {} more nodes.", count - NODES) }</p>
            }
        </section>
    }
}

fn node_lines(recent: &Recent, count: usize) -> Html {
    let of = |node: usize| recent.rates(|slot| slot.served.get(node).copied().unwrap_or(0));
    let rates: Vec<Vec<Option<f64>>> = (0..count).map(of).collect();
    let end = end_of(rates.iter());
    let [width, height] = SIZE;
    // Letters stand beside the ends of their lines, and not on each other.
    let place = |(node, rates): (usize, &Vec<Option<f64>>)| {
        let last = rates.last().copied().flatten().unwrap_or(0.0);
        (height * (1.0 - last / end), node)
    };
    let mut places: Vec<(f64, usize)> = rates.iter().enumerate().map(place).collect();
    heap_sort(&mut places, |a, b| a.0.total_cmp(&b.0));
    let wanted: f64 = places.iter().map(|(y, _)| y).sum();
    for at in 1..count {
        places[at].0 = places[at].0.max(places[at - 1].0 + LETTER);
    }
    let shift = (wanted - places.iter().map(|(y, _)| y).sum::<f64>()) / count as f64;
    let letter = |(y, node): &(f64, usize)| {
        let node = NodeId(*node as u16);
        html! {
            <text class="line-end" style={palette::style(node)} x={tenths(width + 4.0)}
                y={tenths(y + shift + 3.5)}>{ node.to_string() }</text>
        }
    };
    let line = |(node, values): (usize, &Vec<Option<f64>>)| {
        let path = recent::path(values, end, SIZE);
        html! { <path class="line is-node" style={palette::style(NodeId(node as u16))} d={path} /> }
    };
    let lines = rates.iter().enumerate().map(line).chain(places.iter().map(letter)).collect();
    chart(
        "What each node served over the last minute; the table says the newest",
        recent.span(),
        a_second(end),
        lines,
    )
}

/// The items that are wanted most.
fn hottest(activity: &Activity, driver: &Handle) -> Html {
    let items = activity.hottest();
    if items.is_empty() {
        return Html::default();
    }
    let most = items[0].1;
    let row = |(key, share): &(&ItemKey, f64)| {
        html! {
            <tr>
                <th scope="row">{ item_link(driver, key) }</th>
                <td class="number filled" style={part(*share * 100.0 / most)}>{ format!("{}%", tenths(*share)) }</td>
            </tr>
        }
    };
    html! {
        <section class="details" aria-label="Hottest items">
            <h3>{ "Hottest items" }</h3>
            <p class="hint">{ "Shares of the requests of the last seconds." }</p>
            <table id="hottest"><tbody>{ for items.iter().map(row) }</tbody></table>
        </section>
    }
}
