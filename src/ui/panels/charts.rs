//! Charts: how long requests took, which answers were stale, who did how much, and what was sent.
//! All of it up to the cursor, and every picture beside or inside a table that says the same.

use std::sync::Arc;

use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::chart::LogScale;
use super::super::driver::Handle;
use super::super::palette::grouped;
use super::super::view::View;
use super::links::node_link;
use crate::base::{Duration, NodeId, tenths};
use crate::node::MessageKind;
use crate::sim::Count;
use crate::travel::{Histogram, Metrics, NodeWork, Outcomes};

/// The size of a histogram's picture, in its own units.
const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 96.0;
/// Room for the names of the powers of ten.
const BELOW: f64 = 16.0;
/// So many nodes are listed at most.
const NODES: usize = 40;

#[component]
pub fn ChartsPanel(props: &PanelProps) -> Html {
    let base = use_state(|| None::<Arc<Metrics>>);
    if props.is_hidden {
        return Html::default();
    }
    let all = &props.view.metrics;
    let metrics = match &*base {
        Some(base) => Arc::new(all.since(base)),
        None => Arc::clone(all),
    };
    let toggle = {
        let (base, all) = (base.clone(), Arc::clone(all));
        move |_: MouseEvent| base.set(base.is_none().then(|| Arc::clone(&all)))
    };
    let since = if base.is_some() { "Since you began to count" } else { "Since the run began" };
    html! {
        <>
            <div class="row">
                <p class="hint">{ since }{ ", up to the cursor." }</p>
                <button id="count-anew" onclick={toggle}>
                    { if base.is_some() { "Count from the beginning" } else { "Count from here on" } }
                </button>
            </div>
            { latencies(&metrics) }
            { staleness(&metrics) }
            { work(&metrics, &props.driver) }
            { traffic(&props.view) }
        </>
    }
}

fn latencies(metrics: &Metrics) -> Html {
    let (reads, writes) = (&metrics.reads, &metrics.writes);
    let scale = LogScale::of(&[&reads.latency, &writes.latency]);
    let pictures = scale.map(|scale| {
        html! {
            <div class="histograms">
                { histogram("Reads", "is-reads", &reads.latency, scale) }
                { histogram("Writes", "is-writes", &writes.latency, scale) }
            </div>
        }
    });
    html! {
        <section class="details" aria-label="Latency">
            <h3>{ "Latency" }</h3>
            <p class="hint">
                { "From the client\u{2019}s question to its answer. p99: 99 of 100 were faster. Averages \
                   hide the slow ones, and those are whom people complain about." }
            </p>
            // By keyboard too, where it is too narrow for the table.
            <div class="sideways" tabindex="0" role="group" aria-label="Latency in numbers">
                <table id="latency">
                    <thead><tr>
                        <td></td>
                        { for ["Done", "Failed", "p50", "p90", "p99", "max"].map(number_head) }
                    </tr></thead>
                    <tbody>{ outcome_row("Reads", reads) }{ outcome_row("Writes", writes) }</tbody>
                </table>
            </div>
            { pictures }
        </section>
    }
}

pub(super) fn number_head(name: &'static str) -> Html {
    html! { <th class="number">{ name }</th> }
}

fn outcome_row(name: &'static str, outcomes: &Outcomes) -> Html {
    let latency = &outcomes.latency;
    let most = (latency.total() > 0).then(|| latency.max());
    let spans =
        [500, 900, 990].map(|permille| latency.permille(permille)).into_iter().chain([most]);
    html! {
        <tr>
            <th scope="row">{ name }</th>
            <td class="number">{ grouped(latency.total() as usize) }</td>
            <td class={classes!("number", (outcomes.failed > 0).then_some("failed"))}>
                { grouped(outcomes.failed as usize) }
            </td>
            { for spans.map(|span| html! {
                <td class="number">{ span.map_or_else(|| "–".to_owned(), brief) }</td>
            }) }
        </tr>
    }
}

/// A span in few digits: `640µs`, `1.3ms`, `75ms`.
pub(super) fn brief(span: Duration) -> String {
    let (unit, name) = match span.0 {
        0..1_000 => return span.to_string(),
        1_000..1_000_000 => (1_000.0, "ms"),
        _ => (1_000_000.0, "s"),
    };
    let value = span.0 as f64 / unit;
    match value >= 10.0 {
        true => format!("{}{name}", value.round() as u64),
        false => format!("{}{name}", tenths(value)),
    }
}

fn histogram(
    name: &'static str,
    class: &'static str,
    latency: &Histogram,
    scale: LogScale,
) -> Html {
    let counts = scale.counts(latency);
    let most = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let width = tenths(WIDTH);
    let step = WIDTH / f64::from(scale.columns());
    let floor = HEIGHT - BELOW;
    let bar = |(at, count): (usize, &u64)| {
        if *count == 0 {
            return Html::default();
        }
        let height = (*count as f64 / most * (floor - 14.0)).max(1.5);
        html! {
            <rect class="bar" x={tenths(at as f64 * step + 0.5)} y={tenths(floor - height)}
                width={tenths(step - 1.0)} height={tenths(height)} />
        }
    };
    let tick = |(column, at): (u32, Duration)| {
        let x = tenths(f64::from(column) * step);
        html! {
            <>
                <path class="tick" d={format!("M{x} 12V{}", tenths(floor + 3.0))} />
                <text x={x} y={tenths(HEIGHT - 3.0)}>{ at.to_string() }</text>
            </>
        }
    };
    // Their names stand on either side: they may be close to each other.
    let mark = |(permille, label, class): (u64, &'static str, &'static str)| {
        let Some(value) = latency.permille(permille) else { return Html::default() };
        let x = tenths(scale.place(value) * step);
        html! {
            <>
                <path class="mark" d={format!("M{x} 11V{}", tenths(floor))} />
                <text {class} x={x} y="9">{ label }</text>
            </>
        }
    };
    let words = match latency.permille(500) {
        Some(half) => format!("{name}: half of {} within {half}", latency.total()),
        None => format!("{name}: none yet"),
    };
    html! {
        <figure class={classes!("histogram", class)}>
            <figcaption>{ name }</figcaption>
            <svg viewBox={format!("0 0 {width} {}", tenths(HEIGHT))} role="img" aria-label={words}>
                { for scale.ticks().map(tick) }
                <path class="floor" d={format!("M0 {}H{width}", tenths(floor))} />
                { for counts.iter().enumerate().map(bar) }
                { for [(500, "p50 ", "mark-name is-left"), (990, " p99", "mark-name")].into_iter().map(mark) }
            </svg>
        </figure>
    }
}

fn staleness(metrics: &Metrics) -> Html {
    let reads = metrics.reads.latency.total();
    let share = metrics.stale as f64 * 100.0 / reads.max(1) as f64;
    let words = match (reads, metrics.stale) {
        (0, _) => "No read was answered yet.".to_owned(),
        (_, 0) => format!("None of {} answered reads was stale.", grouped(reads as usize)),
        (_, stale) => format!(
            "{} of {} answered reads were stale: {}%.",
            grouped(stale as usize),
            grouped(reads as usize),
            tenths(share)
        ),
    };
    html! {
        <section class="details" aria-label="Stale reads">
            <h3>{ "Stale reads" }</h3>
            <p class="hint">
                { "An answer is stale if it lacks a write that somebody was told of, before the read \
                   was asked, that it is done." }
            </p>
            <div class="share" aria-hidden="true"><i style={part(share)}></i></div>
            <p id="stale-rate">{ words }</p>
        </section>
    }
}

/// A style that says how much of a cell or a bar is filled, in percent.
pub(super) fn part(percent: f64) -> String {
    format!("--part:{}", tenths(percent))
}

/// What each node did.
fn work(metrics: &Metrics, driver: &Handle) -> Html {
    let nodes = metrics.nodes();
    if nodes.is_empty() {
        return Html::default();
    }
    let most = |of: fn(&NodeWork) -> u64| nodes.iter().map(of).max().unwrap_or(0).max(1) as f64;
    let of: [fn(&NodeWork) -> u64; 3] = [|one| one.coordinated, |one| one.writes, |one| one.reads];
    let most = of.map(most);
    let row = |(number, one): (usize, &NodeWork)| {
        let cells = of.iter().zip(most).map(|(of, most)| {
            let value = of(one);
            html! {
                <td class="number filled" style={part(value as f64 * 100.0 / most)}>
                    { grouped(value as usize) }
                </td>
            }
        });
        html! {
            <tr>
                <th scope="row">{ node_link(driver, NodeId(number as u16)) }</th>{ for cells }
            </tr>
        }
    };
    html! {
        <section class="details" aria-label="Work of each node">
            <h3>{ "Work of each node" }</h3>
            <p class="hint">
                { "Requests that it coordinated, and what it stored and looked up as a replica. Uneven \
                   columns mean uneven token ranges, or hot keys." }
            </p>
            <table id="work">
                <thead><tr>
                    <th>{ "Node" }</th>
                    { for ["Coordinated", "Stored", "Read"].map(number_head) }
                </tr></thead>
                <tbody>{ for nodes.iter().take(NODES).enumerate().map(row) }</tbody>
            </table>
            if nodes.len() > NODES {
                <p class="hint">{ format!("… and {} more nodes.", nodes.len() - NODES) }</p>
            }
        </section>
    }
}

/// What was sent so far.
fn traffic(view: &View) -> Html {
    let most = view.traffic.iter().map(|(_, count)| count.bytes).max().unwrap_or(0).max(1) as f64;
    let row = |(kind, count): &(MessageKind, Count)| {
        let purpose = if kind.is_background() { "background" } else { "" };
        html! {
            <tr>
                <th scope="row">{ kind.to_string() }{ " " }<small class="hint">{ purpose }</small></th>
                <td class="number">{ grouped(count.messages as usize) }</td>
                <td class="number filled" style={part(count.bytes as f64 * 100.0 / most)}>
                    { grouped(count.bytes as usize) }
                </td>
            </tr>
        }
    };
    html! {
        <section class="details" aria-label="Messages">
            <h3>{ "Messages sent" }</h3>
            <p class="hint">
                { "Since the run began, by kind. Work in the background is the price of finding out \
                   and making up for failures." }
            </p>
            <table id="traffic">
                <thead>
                    <tr><th>{ "Kind" }</th>{ for ["Messages", "Bytes"].map(number_head) }</tr>
                </thead>
                <tbody>{ for view.traffic.iter().map(row) }</tbody>
            </table>
        </section>
    }
}
