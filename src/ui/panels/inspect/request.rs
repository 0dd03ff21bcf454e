//! A request: what was asked, who voted how and when, what came of it, and where its time went.

use std::rc::Rc;

use yew::prelude::*;

use super::super::links::{address_link, item_link, link, node_link};
use super::facts;
use super::item::replicas;
use crate::base::{Duration, NodeId, format_us, tenths};
use crate::coordinator::Vote;
use crate::node::Answer;
use crate::ui::driver::Handle;
use crate::ui::inspected::{Leg, Part, RequestFacts};
use crate::ui::selection::Selection;
use crate::ui::story::{Arrow, Ballot, Fate, Story};
use crate::ui::view::View;

#[derive(Properties, PartialEq)]
pub(super) struct RequestProps {
    pub facts: RequestFacts,
    pub view: Rc<View>,
    pub driver: Handle,
}

#[component]
pub(super) fn RequestDetails(props: &RequestProps) -> Html {
    let RequestProps { facts: about, view, driver } = props;
    let story = &about.story;
    let asked = html! { <code>{ story.wanted.to_string() }</code> };
    let node = |node: Option<NodeId>| match node {
        Some(node) => node_link(driver, node),
        None => html! { "not known yet" },
    };
    let state = match (about.is_to_come, &story.answer) {
        (true, _) => "to come",
        (_, None) => "under way",
        (_, Some((Answer::Failed(_), _))) => "failed",
        (_, Some(_)) => "answered",
    };
    let focus = view.scene.focus.as_ref().filter(|focus| focus.key == story.wanted.key);
    html! {
        <section class="details" aria-label={format!("Request {}", story.request)}>
            <h3>{ format!("Request {}", story.request) }<span class="badge-word">{ state }</span></h3>
            <p>{ story.words() }</p>
            if view.metrics.is_stale(story.request) {
                <p class="hint stale-words">
                    { "Its answer is stale: a write that it lacks had been acknowledged before it was \
                       asked." }
                </p>
            }
            { facts([
                ("Asked", asked),
                ("By", html! { story.wanted.client.to_string() }),
                ("At", html! { story.began.to_string() }),
                ("Item", item_link(driver, &story.wanted.key)),
                ("Entry node", node(about.entry)),
                ("Coordinator", node(story.coordinator)),
            ]) }
            { votes(story, driver) }
            { time(&about.legs) }
            if let Some(focus) = focus {
                <h4>{ "What the replicas have now" }</h4>
                { replicas(focus, driver) }
            }
            { life(about) }
            { messages(story, driver) }
        </section>
    }
}

/// Each vote with its time and verdict.
fn votes(story: &Story, driver: &Handle) -> Html {
    if story.ballots.is_empty() {
        return Html::default();
    }
    let row = |ballot: &Ballot| {
        let (sign, words) = match ballot.vote {
            None => ("…", "not in yet"),
            Some(Vote::Counted) if ballot.stale => ("○", "counted, stale"),
            Some(Vote::Counted) => ("✓", "counted"),
            Some(Vote::Late) if ballot.stale => ("○", "late, stale"),
            Some(Vote::Late) => ("✓", "late"),
            Some(Vote::Refused) => ("✗", "down"),
            Some(Vote::TimedOut) => ("⌛", "silent"),
            Some(Vote::Rebuilding) => ("✗", "rebuilding"),
            Some(Vote::Preempted) => ("✗", "higher ballot"),
        };
        let version = ballot.stamp.map(|stamp| {
            html! { <code title={stamp.to_string()}>{ stamp.dot.to_string() }</code> }
        });
        let after =
            ballot.at.map_or_else(|| "–".to_owned(), |at| at.since(story.began).to_string());
        html! {
            <tr>
                <th scope="row">{ node_link(driver, ballot.replica) }
                    if ballot.owner != ballot.replica { { format!(" for {}", ballot.owner) } }
                </th>
                <td><span class="vote-sign" aria-hidden="true">{ sign }</span>{ words }</td>
                <td class="number">{ after }</td>
                <td>{ version.unwrap_or_else(|| html! { "none" }) }</td>
            </tr>
        }
    };
    html! {
        <>
            <h4>{ format!("Votes: {} needed, {} in", story.needed, story.have) }</h4>
            <p class="hint">
                { "The answer does not wait for more votes than are needed; late ones are counted all \
                   the same, to see who has the version." }
            </p>
            <div class="sideways">
                <table id="request-votes">
                    <thead><tr>
                        <th>{ "Replica" }</th><th>{ "Vote" }</th><th>{ "After" }</th><th>{ "Version" }</th>
                    </tr></thead>
                    <tbody>{ for story.ballots.iter().map(row) }</tbody>
                </table>
            </div>
        </>
    }
}

/// Where the time went, as a bar and in words.
fn time(legs: &[Leg]) -> Html {
    let total = legs.iter().fold(Duration::default(), |sum, leg| sum + leg.took).0;
    if total == 0 {
        return Html::default();
    }
    let class = |leg: &Leg| match leg.part {
        Part::Client => "leg leg-client",
        Part::Coordinator => "leg leg-coordinator",
        Part::Replica => "leg leg-replica",
    };
    let stretch = |leg: &Leg| {
        let width = leg.took.0 as f64 * 100.0 / total as f64;
        html! {
            <i class={class(leg)} style={format!("inline-size:{}%", tenths(width))}
                title={format!("{} {}", leg.took, leg.words)}></i>
        }
    };
    html! {
        <>
            <h4>{ format!("Where {} went", format_us(total)) }</h4>
            <div class="legs" aria-hidden="true">{ for legs.iter().map(stretch) }</div>
            <ul class="plain legs-words">
                { for legs.iter().map(|leg| html! {
                    <li><i class={class(leg)}></i><b>{ leg.took.to_string() }</b>{ " " }{ &leg.words }</li>
                }) }
            </ul>
        </>
    }
}

fn life(about: &RequestFacts) -> Html {
    let began = about.story.began;
    html! {
        <details class="more">
            <summary>{ format!("Its life: {} moments", about.life.len()) }</summary>
            <ol class="life">
                { for about.life.iter().map(|moment| html! {
                    <li class={classes!(moment.is_to_come.then_some("is-to-come"))}>
                        <span class="number">{ format!("+{}", moment.at.since(began)) }</span>
                        <span>{ moment.words.clone() }</span>
                    </li>
                }) }
            </ol>
        </details>
    }
}

fn messages(story: &Story, driver: &Handle) -> Html {
    let row = |arrow: &Arrow| {
        let fate = match arrow.fate {
            Fate::UnderWay => "under way".to_owned(),
            Fate::Delivered => arrow.arrives_at.since(arrow.sent_at).to_string(),
            Fate::Refused { .. } => "refused".to_owned(),
            Fate::Lost { .. } => "lost".to_owned(),
            Fate::Waiting => "waits".to_owned(),
        };
        let name = html! { <code>{ arrow.message.to_string() }</code> };
        html! {
            <tr>
                <td>{ link(driver, Selection::Message(arrow.message), name) }</td>
                <td>{ arrow.name() }</td>
                <td>{ address_link(driver, arrow.from) }{ " → " }{ address_link(driver, arrow.to) }</td>
                <td class="number">{ fate }</td>
            </tr>
        }
    };
    html! {
        <details class="more">
            <summary>{ format!("Its messages: {}", story.arrows.len()) }</summary>
            <div class="sideways">
                <table id="request-messages">
                    <thead><tr>
                        <th>{ "Name" }</th><th>{ "Kind" }</th><th>{ "Way" }</th><th>{ "Took" }</th>
                    </tr></thead>
                    <tbody>{ for story.arrows.iter().map(row) }</tbody>
                </table>
            </div>
        </details>
    }
}
