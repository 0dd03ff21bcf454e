//! What the shapes of messages and the signs of votes mean.

use yew::prelude::*;

use super::super::geometry::Point;
use super::chips;
use super::marks::{Mark, mark};
use super::shapes::Shape;
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
                { message("legend-full", Shape::Diamond, "client asks; entry node forwards") }
                { message("legend-hollow", Shape::Diamond, "answer to the client") }
                { message("legend-full", Shape::Square, "write") }
                { message("legend-hollow", Shape::Square, "acknowledged: it is durable") }
                { message("legend-full", Shape::Circle, "read") }
                { message("legend-hollow", Shape::Circle, "what a replica has") }
                { message("legend-full", Shape::Envelope, "hint: left for an owner, or handed over to it") }
                { message("legend-full", Shape::Plus, "read repair") }
                { message("legend-full", Shape::Triangle, "anti-entropy: trees and versions") }
                { message("legend-full", Shape::Hexagon, "consensus: prepare, then accept") }
                { message("legend-hollow", Shape::Hexagon, "an owner\u{2019}s promise, then its vote") }
                if props.is_elastic {
                    { message("legend-full", Shape::Parcel, "stream: items for a new owner") }
                    { message("legend-full", Shape::Bar, "who owns what: the next epoch") }
                }
                { message("legend-full", Shape::Dot, "gossip: who is alive") }
                { message("legend-cross", Shape::Cross, "refused: the node is down; or lost on the way") }
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

fn message(class: &'static str, shape: Shape, words: &'static str) -> Html {
    let outline = shape.outline(Point::new(0.0, 0.0), 7.0);
    html! {
        <li>
            <svg viewBox="-11 -11 22 22" aria-hidden="true"><path {class} d={outline} /></svg>
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
