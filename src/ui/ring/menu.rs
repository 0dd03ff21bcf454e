//! The small menu beside a message: what it is, and what can be done with it. Time stands still while
//! it is open.

use yew::prelude::*;

use super::super::driver::Handle;
use super::super::geometry::Point;
use crate::base::{Duration, MessageId, VirtualTime, tenths};
use crate::node::MessageKind;
use crate::sim::Flight;

/// What a message says, in a few words.
pub fn gist(flight: &Flight) -> &'static str {
    match flight.kind {
        _ if flight.refusal => "word that this node is down",
        MessageKind::Write if flight.hint.is_some() => "keep this version for another owner",
        MessageKind::Repair if flight.hint.is_some() => "keep these versions for another owner",
        MessageKind::Request => "the client asks",
        MessageKind::Forward => "do this for my client",
        MessageKind::Write => "store this version",
        MessageKind::WriteAck => "it is durable here",
        MessageKind::Read => "what do you have?",
        MessageKind::ReadResult => "this is what I have",
        MessageKind::Query => "what do you have of this part of the table?",
        MessageKind::Page => "this is what I have of it",
        MessageKind::Reply => "this came of it",
        MessageKind::ReadStamp => "which timestamp is the highest that you have?",
        MessageKind::StampResult => "this is the highest that I have",
        MessageKind::Rebuilding => "my disk was lost, I cannot vote",
        MessageKind::Repair => "you lack this version",
        MessageKind::RepairAck => "it is durable here",
        MessageKind::Gossip => "who is alive, as far as I know",
        MessageKind::Load => "how much load I bear",
        MessageKind::Handoff => "I kept this for you",
        MessageKind::HandoffAck => "I have it, you can forget it",
        MessageKind::Index => "this entry of an index is there, or gone",
        MessageKind::IndexAck => "it is durable here",
        MessageKind::IndexCheck => "do you have these entries?",
        MessageKind::SyncRoots => "the roots of my Merkle trees",
        MessageKind::SyncLeaves => "the leaves where we differ",
        MessageKind::SyncEntries => "what I have there",
        MessageKind::Collect => "may this tombstone be forgotten?",
        MessageKind::Ahead => "you are behind: this is a newer epoch",
        MessageKind::Behind => "you are ahead: I know an older epoch only",
        MessageKind::Topology => "this is the topology from now on",
        MessageKind::TopologyAck => "I am in that epoch",
        MessageKind::EpochBallot => "vote for the next epoch",
        MessageKind::EpochVote => "my vote for the next epoch",
        MessageKind::StreamAsk => "send me what I am to own",
        MessageKind::StreamPart => "some of what you are to own",
        MessageKind::StraysOffer => "I own this no more: do you have it?",
        MessageKind::StraysAnswer => "what I lack of that",
        MessageKind::Prepare => "promise to take nothing below my ballot",
        MessageKind::Promise => "I promise, and this is what I have",
        MessageKind::Accept => "vote for this version",
        MessageKind::Accepted => "I voted for it, it is durable here",
        MessageKind::Preempted => "I have promised a higher ballot",
        MessageKind::NeedsConsensus => "conditional writes are made here: hold a round",
    }
}

#[derive(Properties, PartialEq)]
pub(super) struct MenuProps {
    pub driver: Handle,
    pub message: MessageId,
    /// Where it was when it was clicked.
    pub place: Point,
    pub on_close: Callback<()>,
}

/// The first button of a menu that was just opened has the focus.
#[hook]
fn use_first_focus(message: MessageId, error: &UseStateHandle<Option<String>>) -> NodeRef {
    let first = use_node_ref();
    let error = error.clone();
    use_effect_with((first.clone(), message), move |(first, _)| {
        error.set(None);
        if let Some(button) = first.cast::<web_sys::HtmlElement>() {
            // A page that may not focus shows the menu all the same.
            let _ = button.focus();
        }
    });
    first
}

#[component]
pub(super) fn MessageMenu(props: &MenuProps) -> Html {
    let MenuProps { driver, message, place, on_close } = props;
    let error = use_state_eq(|| None::<String>);
    let by = use_state_eq(|| "50ms".to_owned());
    let first = use_first_focus(*message, &error);
    let act = |line: String| {
        let (driver, error, on_close) = (driver.clone(), error.clone(), on_close.clone());
        move |_: MouseEvent| match driver.act(&line) {
            Ok(()) => on_close.emit(()),
            Err(refused) => error.set(Some(refused.message)),
        }
    };
    let close = on_close.reform(|_: MouseEvent| ());
    let onkeydown = {
        let on_close = on_close.clone();
        move |event: KeyboardEvent| {
            event.stop_propagation();
            if event.key() == "Escape" {
                on_close.emit(());
            }
        }
    };
    let oninput = {
        let by = by.clone();
        move |event: InputEvent| {
            by.set(event.target_unchecked_into::<web_sys::HtmlInputElement>().value());
        }
    };
    let [lost, late, twice] = [
        format!("drop {message}"),
        format!("delay {message} {}", by.trim()),
        format!("duplicate {message}"),
    ];
    let style = format!("left:{}%;top:{}%", tenths(place.x / 10.0), tenths(place.y / 10.0));
    let class = classes!(
        "message-menu",
        (place.x > 500.0).then_some("to-the-left"),
        (place.y > 500.0).then_some("upwards"),
    );
    html! {
        <div {class} {style} role="dialog" aria-label={format!("Message {message}")} {onkeydown}>
            { words(driver, *message) }
            <div class="row">
                <button ref={first} title={lost.clone()} onclick={act(lost)}>{ "Drop" }</button>
                <button title={twice.clone()} onclick={act(twice)}>{ "Duplicate" }</button>
            </div>
            <div class="row">
                <button title={late.clone()} onclick={act(late)}>{ "Delay by" }</button>
                <input aria-label="How much later it arrives" value={(*by).clone()} {oninput} />
                <button class="quiet" title="Close (Escape)" aria-label="Close" onclick={close}>
                    { "✕" }
                </button>
            </div>
            if let Some(error) = &*error {
                <p class="problem" role="alert">{ error }</p>
            }
        </div>
    }
}

fn words(driver: &Handle, message: MessageId) -> Html {
    let Some(flight) = driver.flight(message) else {
        return html! { <p>{ format!("{message} has arrived, or it is lost.") }</p> };
    };
    let request = flight.request.map_or(String::new(), |request| format!(" of request {request}"));
    let left = flight.arrives_at.since(VirtualTime(driver.now_us() as u64));
    let took: Duration = flight.arrives_at.since(flight.sent_at);
    html! {
        <>
            <p class="message-name">
                <b>{ flight.kind.to_string() }</b>
                { format!(" {} → {}", flight.from, flight.to) }
            </p>
            <p>{ format!("“{}”", gist(&flight)) }</p>
            <p class="hint">{ format!("{message}{request}, there in {left} of {took}") }</p>
        </>
    }
}
