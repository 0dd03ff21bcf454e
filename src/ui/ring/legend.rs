//! What the shapes of messages and the signs of votes mean.

use yew::prelude::*;

use super::chips;
use super::marks::{Mark, mark};
use crate::ring::Placement;

#[derive(Properties, PartialEq)]
pub struct LegendProps {
    pub placement: Placement,
    /// Whether who owns what has changed, or changes.
    pub is_elastic: bool,
}

/// A small key to the picture, for a place beside it or a fold under it.
#[component]
pub fn MessageLegend(props: &LegendProps) -> Html {
    html! {
        <div class="legend">
            <section>
            <p class="legend-head">{ "Ring" }</p>
            <ul>
                <li>{ arc("M-9 4A10 10 0 0 1 9 4") }{ "arc: a token range, in the colour of its first owner" }</li>
                <li>{ arc(cuts(props.placement)) }{ match props.placement {
                    Placement::RandomTokens => "placement: random tokens, so ranges differ in size",
                    Placement::EqualRanges => "placement: equal ranges, dealt out to the nodes in turn",
                } }</li>
            </ul>
            </section>
            <section>
            <p class="legend-head">{ "Messages: click one to drop, delay or duplicate it" }</p>
            <ul>
                { message("legend-full", DIAMOND, "client asks; entry node forwards") }
                { message("legend-hollow", DIAMOND, "answer to the client") }
                { message("legend-full", SQUARE, "write") }
                { message("legend-hollow", SQUARE, "acknowledged: it is durable") }
                { message("legend-full", CIRCLE, "read") }
                { message("legend-hollow", CIRCLE, "what a replica has") }
                { message("legend-full", ENVELOPE, "hint: left for an owner, or handed over to it") }
                { message("legend-full", PLUS, "read repair") }
                { message("legend-full", TRIANGLE, "anti-entropy: trees and versions") }
                { message("legend-full", HEXAGON, "consensus: prepare, then accept") }
                { message("legend-hollow", HEXAGON, "an owner\u{2019}s promise, then its vote") }
                if props.is_elastic {
                    { message("legend-full", PARCEL, "stream: items for a new owner") }
                    { message("legend-full", BAR, "who owns what: the next epoch") }
                }
                { message("legend-full", DOT, "gossip: who is alive") }
                { message("legend-cross", CROSS, "refused: the node is down; or lost on the way") }
            </ul>
            </section>
            if props.is_elastic {
                <section>
                    <p class="legend-head">{ "Token ranges that change hands" }</p>
                    <p>
                        { "The inner half of the band has two rows: outside, who makes room; inside, \
                           who gets the range, filling as the items come." }
                    </p>
                </section>
            }
            <section>
            <p class="legend-head">{ "Votes" }</p>
            <ul>
                { vote(Mark::Counted, "counted") }
                { vote(Mark::Stale, "counted, but its version is stale") }
                { vote(Mark::Late, "late: the request was decided") }
                { vote(Mark::Refused, "refused: the node is down") }
                { vote(Mark::TimedOut, "no answer in time") }
                { vote(Mark::Rebuilding, "no vote: its lost disk is not rebuilt") }
                { vote(Mark::Preempted, "no vote: it has promised a higher ballot") }
                { vote(Mark::OnlyHint, "a hint that is no vote (strict quorum)") }
            </ul>
            </section>
            <section>
            <p class="legend-head">{ "Beside a node" }</p>
            <ul>{ for chips::key().map(|(strokes, words)| chip(strokes, words)) }</ul>
            </section>
        </div>
    }
}

fn arc(path: &'static str) -> Html {
    html! {
        <svg viewBox="-11 -11 22 22" aria-hidden="true"><path class="legend-arc" d={path} /></svg>
    }
}

/// An arc in pieces, as the ring is cut.
fn cuts(placement: Placement) -> &'static str {
    match placement {
        Placement::RandomTokens => {
            "M-9 4A10 10 0 0 1 -8 -1M-6.5 -3.5A10 10 0 0 1 5 -4.5M7.5 -2A10 10 0 0 1 9 4"
        }
        Placement::EqualRanges => {
            "M-9 4A10 10 0 0 1 -6.5 -3.5M-3.7 -5.2A10 10 0 0 1 3.7 -5.2M6.5 -3.5A10 10 0 0 1 9 4"
        }
    }
}

const DIAMOND: &str = "M0 -8L8 0L0 8L-8 0Z";
const SQUARE: &str = "M-6 -6H6V6H-6Z";
const CIRCLE: &str = "M-7 0A7 7 0 1 1 7 0A7 7 0 1 1 -7 0Z";
const ENVELOPE: &str = "M-9 -6H9V6H-9ZM-9 -6L0 2L9 -6";
const PLUS: &str = "M-3 -8H3V-3H8V3H3V8H-3V3H-8V-3H-3Z";
const TRIANGLE: &str = "M0 -8L8 6H-8Z";
const HEXAGON: &str = "M-8 0L-4 -7H4L8 0L4 7H-4Z";
const PARCEL: &str = "M-7 -6H2L8 0L2 6H-7L-3 0Z";
const BAR: &str = "M-6 -3H6V3H-6Z";
const DOT: &str = "M-3.5 0A3.5 3.5 0 1 1 3.5 0A3.5 3.5 0 1 1 -3.5 0Z";
const CROSS: &str = "M-5 -5L5 5M5 -5L-5 5";

fn message(class: &'static str, shape: &'static str, words: &'static str) -> Html {
    html! {
        <li>
            <svg viewBox="-11 -11 22 22" aria-hidden="true"><path {class} d={shape} /></svg>
            { words }
        </li>
    }
}

fn chip(strokes: &'static str, words: &'static str) -> Html {
    html! {
        <li>
            <svg class="chip" viewBox="-1.4 -1.4 2.8 2.8" aria-hidden="true"><path d={strokes} /></svg>
            { words }
        </li>
    }
}

fn vote(what: Mark, words: &'static str) -> Html {
    html! {
        <li><svg viewBox="-11 -11 22 22" aria-hidden="true">{ mark(what, 0.0, 0.0, 7.0) }</svg>{ words }</li>
    }
}
