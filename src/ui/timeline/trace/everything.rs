//! The trace as a component: what is shown of it, its lanes' heads, the canvas with what can be
//! pointed at, and the same events in words.

use web_sys::{Element, PointerEvent};
use yew::prelude::*;

use super::filter::{Filter, Topic};
use super::list::EventList;
use super::screen::{Elements, Frame};
use super::sheet::lane_name;
use super::words::selection;
use crate::base::{EventSeq, RequestId, VirtualTime, tenths};
use crate::node::Address;
use crate::ui::app::PanelProps;
use crate::ui::driver::Handle;
use crate::ui::geometry::Point;
use crate::ui::palette::{self, grouped};
use crate::ui::timeline::roving::rove;
use crate::ui::timeline::travel_to;

/// How much higher than usual everything may be drawn.
const STRETCHES: [(f64, &str); 5] =
    [(0.25, "¼×"), (0.5, "½×"), (1.0, "1×"), (2.0, "2×"), (4.0, "4×")];
const USUAL: usize = 2;

/// The height of the cursor's handle, as in the style sheet.
const GRIP: f64 = 28.0;

/// What is pointed at, and where to tell of it.
#[derive(Clone, PartialEq)]
struct Tip {
    seq: EventSeq,
    at: Point,
    words: String,
}

#[component]
pub fn Everything(props: &PanelProps) -> Html {
    let PanelProps { view, driver, .. } = props;
    let elements = use_memo((), |()| Elements::default());
    let filter = use_state(Filter::default);
    let stretch = use_state(|| USUAL);
    let frame = use_state_eq(Frame::default);
    let tip = use_state_eq(|| None::<Tip>);
    use_screen(driver, &elements, &frame);
    let focused = view.scene.story.as_ref().map(|story| story.request);
    {
        let wanted = (filter.focused_on(focused), *stretch, view.scene.selected.clone());
        let driver = driver.clone();
        use_effect_with(wanted, move |(filter, stretch, selected)| {
            driver.trace.want(filter, STRETCHES[*stretch].0, selected.as_ref());
            driver.paint_trace();
        });
    }
    let follow = {
        let driver = driver.clone();
        move |_| {
            driver.trace.follow(true);
            driver.paint_trace();
        }
    };
    let onscroll = {
        let driver = driver.clone();
        move |_| {
            driver.trace.scrolled();
            driver.paint_trace();
        }
    };
    let (shown, total) = driver.trace.counts();
    let summary = format!("{} of {}", grouped(shown), grouped(total));
    html! {
        <div class="trace">
            <Tools filter={filter.clone()} {focused} summary={summary.clone()} />
            <div class="trace-stage">
                <div class="trace-scroll" ref={elements.scroller.clone()} tabindex="0" {onscroll}
                    role="region" aria-label="Trace of the whole run, time running downwards">
                    <div class="trace-whole" ref={elements.whole.clone()}>
                        <div class="trace-pin">
                            { canvas(driver, &elements, &frame.lanes.axis, &tip, &summary) }
                            { grip(driver, &elements) }
                        </div>
                        { heads(&frame, &filter, &stretch) }
                    </div>
                </div>
                { told(&tip, &elements) }
                if !frame.follows {
                    <button class="trace-follow" onclick={follow}>{ "Follow the cursor" }</button>
                }
            </div>
            <EventList view={view.clone()} driver={driver.clone()} scroller={elements.scroller.clone()} />
        </div>
    }
}

/// Has the driver's screen use these elements while they are on the page.
#[hook]
fn use_screen(driver: &Handle, elements: &Elements, frame: &UseStateHandle<Frame>) {
    let (driver, told) = (driver.clone(), frame.setter());
    let watched = elements.clone();
    use_effect_with((), move |()| {
        driver.trace.show(&watched, Callback::from(move |frame| told.set(frame)));
        driver.paint_trace();
        let resized = driver.clone();
        let watcher = crate::ui::browser::on_resize(&watched.scroller, move || {
            resized.trace.resized();
            resized.paint_trace();
        });
        move || {
            drop(watcher);
            driver.trace.hide();
        }
    });
}

#[derive(Properties, PartialEq)]
struct ToolsProps {
    filter: UseStateHandle<Filter>,
    focused: Option<RequestId>,
    summary: String,
}

/// What is shown.
#[component]
fn Tools(props: &ToolsProps) -> Html {
    let ToolsProps { filter, focused, summary } = props;
    let topics = Topic::ALL.into_iter().enumerate().map(|(at, (topic, name, title))| {
        let changed = filter.clone();
        let onclick = move |_| {
            let mut new = (*changed).clone();
            new.toggle(topic);
            changed.set(new);
        };
        let tabindex = if at == 0 { "0" } else { "-1" };
        html! {
            <button class="trace-chip" {title} {tabindex} {onclick}
                aria-pressed={filter.has(topic).to_string()}>{ name }</button>
        }
    });
    let only = focused.or(filter.request).map(|request| {
        let changed = filter.clone();
        let onclick = move |_| {
            let mut new = (*changed).clone();
            new.toggle_request(request);
            changed.set(new);
        };
        html! {
            <button class="trace-chip is-only" tabindex="-1" {onclick}
                aria-pressed={filter.request.is_some().to_string()}
                title="Only what is part of the request in focus">
                { format!("Only {request}") }
            </button>
        }
    });
    html! {
        <div class="trace-tools">
            <div class="trace-chips" role="toolbar" aria-label="What is shown" onkeydown={rove}>
                { for topics }
                { for only }
            </div>
            <span class="trace-count" title="Events that are shown">{ summary }</span>
        </div>
    }
}

/// The two buttons that draw time shorter and taller.
fn steps(stretch: &UseStateHandle<usize>) -> Html {
    let step = |to: usize, sign: &'static str, title: &'static str| {
        let disabled = to >= STRETCHES.len();
        let title = format!("{title}: {} now", STRETCHES[**stretch].1);
        let stretch = stretch.clone();
        html! {
            <button class="trace-step" title={title.clone()} aria-label={title} {disabled}
                onclick={move |_| stretch.set(to)}>{ sign }</button>
        }
    };
    html! {
        <>
            { step(stretch.wrapping_sub(1), "−", "Draw time shorter") }
            { step(**stretch + 1, "+", "Draw time taller") }
        </>
    }
}

/// The heads of the lanes: each chooses its node.
fn heads(frame: &Frame, filter: &UseStateHandle<Filter>, stretch: &UseStateHandle<usize>) -> Html {
    let head = |(who, x): (Address, f64)| {
        let style = format!("left:{}px", tenths(x));
        let Address::Node(node) = who else {
            let name = lane_name(who);
            // There is no room for more than the number of a second client.
            let brief = name.strip_prefix("client").filter(|number| !number.is_empty());
            let brief = brief.unwrap_or(&name).to_owned();
            return html! { <span class="trace-head is-client" {style} title={name}>{ brief }</span> };
        };
        let pressed = filter.has_node(node);
        let dimmed = filter.chooses_nodes() && !pressed;
        let style = format!("{style};{}", palette::style(node));
        let tabindex = if node.0 == 0 { "0" } else { "-1" };
        let toggled = filter.clone();
        let onclick = move |_| {
            let mut new = (*toggled).clone();
            new.toggle_node(node);
            toggled.set(new);
        };
        html! {
            <button class={classes!("trace-head", dimmed.then_some("is-dimmed"))} {style} {tabindex} {onclick}
                aria-pressed={pressed.to_string()} title={format!("Only what involves {node}")}>
                { node.to_string() }
            </button>
        }
    };
    html! {
        <div class="trace-heads">
            <div class="trace-chips" role="toolbar" aria-label="Only what involves these nodes"
                onkeydown={rove}>
                { for frame.lanes.all().map(head) }
            </div>
            <span class="trace-corner" role="group" aria-label="Height of time"
                style={format!("width:{}px", tenths(frame.lanes.axis - 2.0))}>
                { steps(stretch) }
            </span>
        </div>
    }
}

fn canvas(
    driver: &Handle,
    elements: &Elements,
    axis: &f64,
    tip: &UseStateHandle<Option<Tip>>,
    summary: &str,
) -> Html {
    let axis = *axis;
    let at = |event: &MouseEvent| Point::new(event.offset_x().into(), event.offset_y().into());
    let point =
        {
            let (driver, tip) = (driver.clone(), tip.clone());
            move |event: PointerEvent| {
                let at = at(&event);
                let hit = driver.trace.pick(at);
                let before = tip.as_ref().map(|tip| tip.seq);
                if hit.map(|hit| hit.seq) != before {
                    driver.trace.hover(hit.map(|hit| hit.seq));
                    driver.paint_trace();
                }
                tip.set(hit.and_then(|hit| {
                    Some(Tip { seq: hit.seq, at, words: driver.words_of(hit.seq)? })
                }));
                let cursor = if hit.is_some() || at.x < axis { "pointer" } else { "auto" };
                if let Some(canvas) = event.target_dyn_into::<Element>() {
                    // The browser's own cursor does as well.
                    let _ = canvas.set_attribute("data-cursor", cursor);
                }
            }
        };
    let leave = {
        let (driver, tip) = (driver.clone(), tip.clone());
        move |_: PointerEvent| {
            driver.trace.hover(None);
            driver.paint_trace();
            tip.set(None);
        }
    };
    let choose = {
        let driver = driver.clone();
        move |event: MouseEvent| {
            let at = at(&event);
            match driver.trace.pick(at) {
                Some(hit) => {
                    driver.select(driver.event(hit.seq).and_then(|one| selection(&one.kind)))
                }
                None if at.x < axis => {
                    if let Some(instant) = driver.trace.time_at(at.y) {
                        travel_to(&driver, instant);
                    }
                }
                None => driver.select(None),
            }
        }
    };
    html! {
        <canvas ref={elements.canvas.clone()} role="img" onpointermove={point} onpointerleave={leave}
            onclick={choose} aria-label={format!("Space-time trace: {summary} events shown. The list below tells the same in words.")} />
    }
}

/// The handle of the time cursor.
fn grip(driver: &Handle, elements: &Elements) -> Html {
    let held = |event: &PointerEvent| event.target_dyn_into::<Element>();
    let onpointerdown = move |event: PointerEvent| {
        event.prevent_default();
        if let Some(grip) = held(&event) {
            // Without capture the pointer has to stay on the handle.
            let _ = grip.set_pointer_capture(event.pointer_id());
        }
    };
    let onpointermove = {
        let driver = driver.clone();
        move |event: PointerEvent| {
            let holds = held(&event).is_some_and(|one| one.has_pointer_capture(event.pointer_id()));
            let aside = f64::from(event.offset_y()) - GRIP / 2.0;
            if let Some(instant) = driver.trace.time_beside_cursor(aside).filter(|_| holds) {
                driver.trace.follow(false);
                driver.scrub(instant);
            }
        }
    };
    html! {
        <div class="trace-grip" ref={elements.grip.clone()} title="Drag to go to another instant"
            aria-hidden="true" {onpointerdown} {onpointermove}></div>
    }
}

/// What is pointed at, in words.
fn told(tip: &UseStateHandle<Option<Tip>>, elements: &Elements) -> Html {
    let Some(tip) = &**tip else { return Html::default() };
    let scroller = elements.scroller.cast::<Element>();
    let width = scroller.map_or(0.0, |scroller| f64::from(scroller.client_width()));
    let aside = match tip.at.x < width / 2.0 {
        true => format!("left:{}px", tenths(tip.at.x + 12.0)),
        false => format!("right:{}px", tenths(width - tip.at.x + 12.0)),
    };
    let style = format!("top:{}px;{aside}", tenths(tip.at.y + 14.0));
    html! { <p class="trace-tip" role="tooltip" {style}>{ tip.words.clone() }</p> }
}

/// Where a time in the list leads.
pub(super) fn go(driver: &Handle, at: VirtualTime) {
    driver.trace.follow(true);
    travel_to(driver, at);
}
