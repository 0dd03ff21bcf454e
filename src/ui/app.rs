//! The page's frame: header, picture, transport and panels.

use std::rc::Rc;

use gloo::events::EventListener;
use yew::prelude::*;

use super::address::Panel;
use super::driver::{Driver, Handle};
use super::dropping::DropZone;
use super::invitation::Invitation;
use super::layout::{Layout, use_layout};
use super::panels::progress;
use super::ring::{MessageLegend, RingPicture};
use super::selection::Selection;
use super::side::Side;
use super::timeline::Trace;
use super::transport::Transport;
use super::trouble::{BadLink, split_words, suspicion_words};
use super::view::{StoryLine, View};
use super::{browser, opening, panic, recent};
use crate::base::NodeId;

/// Mounts the page, with one quorum write already moving.
pub fn mount() {
    panic::install();
    let Some(root) = browser::document().get_element_by_id("app") else {
        panic!("index.html has no element with the id app");
    };
    let mut stage = opening::stage();
    if let Some((us, playing)) = browser::opening_at() {
        stage.begin_at(us);
        stage.playing = playing;
    }
    panic::mirror(&stage);
    let driver = Handle(Rc::new(Driver::new(stage)));
    root.set_inner_html("");
    yew::Renderer::<App>::with_root_and_props(root, AppProps { driver }).render();
}

#[derive(Properties, PartialEq)]
struct AppProps {
    driver: Handle,
}

#[component]
fn App(props: &AppProps) -> Html {
    let driver = props.driver.clone();
    let view = use_state(|| driver.view());
    let layout = use_layout();
    {
        let (driver, view) = (driver.clone(), view.clone());
        use_effect_with((), move |()| {
            driver.start(Callback::from(move |seen| view.set(seen)));
            let _ = browser::document()
                .document_element()
                .map(|root| root.set_attribute("data-ready", "true"));
            let painted = Rc::clone(&driver);
            let mut listeners = browser::on_appearance_change(move || painted.resized());
            let store = Rc::clone(&driver);
            listeners.push(EventListener::new(&browser::window(), "storage", move |_| {
                store.look_into_store();
            }));
            listeners.push(browser::on_submit_clicked());
            move || drop(listeners)
        });
    }
    {
        // A new picture may have another scale: what moves on it is placed anew.
        let driver = driver.clone();
        use_effect_with(Rc::clone(&view), move |_| driver.paint());
    }
    let on_node = use_selecting(&driver, &layout);
    let framed = layout.address.embed || *layout.projector;
    let class = classes!(
        "page",
        layout.open().is_none().then_some("without-side"),
        (!layout.shows(Panel::Trace)).then_some("without-trace"),
    );
    html! {
        <>
            if !framed {
                <Header view={Rc::clone(&view)} driver={driver.clone()} layout={layout.clone()} />
            }
            { mistakes(&layout) }
            <main {class}>
                if framed { <h1 class="aloud">{ "Ringscope" }</h1> }
                { picture(&view, &driver, &layout, &on_node) }
                <Transport view={Rc::clone(&view)} driver={driver.clone()} />
                <Side view={Rc::clone(&view)} driver={driver.clone()} layout={layout.clone()} />
            </main>
            <DropZone {driver} layout={layout.clone()} />
            if *layout.projector { { leave_projector(&layout) } }
            if !framed {
                <footer class="foot">
                    { "Everything runs in this page: no server, no tracking, no cookie. \
                       Airports: vega-datasets, BSD-3-Clause." }
                </footer>
            }
        </>
    }
}

/// Whatever is selected is shown; what comes back is what a click on a node does.
#[hook]
fn use_selecting(driver: &Handle, layout: &Layout) -> Callback<NodeId> {
    // Callbacks outlive this rendering: they ask for the layout of the latest one.
    let latest = use_mut_ref(|| layout.clone());
    latest.replace(layout.clone());
    {
        let (driver, latest) = (driver.clone(), Rc::clone(&latest));
        use_effect_with((), move |()| {
            driver.on_select(Callback::from(move |()| latest.borrow().open_inspector()));
        });
    }
    let driver = driver.clone();
    use_callback((), move |node: NodeId, ()| {
        driver.select(Some(Selection::Node(node)));
        latest.borrow().open_panel(Panel::Inspect);
        latest.borrow().reveal_panels();
    })
}

/// What in the address makes no sense.
fn mistakes(layout: &Layout) -> Html {
    if layout.mistakes.is_empty() {
        return Html::default();
    }
    let dismiss = {
        let mistakes = layout.mistakes.clone();
        move |_| mistakes.set(Vec::new())
    };
    html! {
        <div class="mistakes" role="alert" id="address-mistakes">
            <div>{ for layout.mistakes.iter().map(|told| html! { <p>{ told.clone() }</p> }) }</div>
            <button class="icon" aria-label="Dismiss" onclick={dismiss}>{ "✕" }</button>
        </div>
    }
}

fn leave_projector(layout: &Layout) -> Html {
    let projector = layout.projector.clone();
    html! {
        <button class="leave-projector" onclick={move |_| projector.set(false)}>
            { "Leave (Esc)" }
        </button>
    }
}

/// The ring and the space-time trace, which share the cursor in virtual time.
fn picture(view: &Rc<View>, driver: &Handle, layout: &Layout, on_node: &Callback<NodeId>) -> Html {
    let tab = (!layout.wide).then_some("tabpanel");
    html! {
        <>
            <section class="pane ring-pane" aria-label="The ring">
                <div class="ring-room">
                    <RingPicture
                        scene={Rc::clone(&view.scene)}
                        driver={driver.clone()}
                        on_node={on_node.clone()}
                        canvas={driver.canvas.clone()}
                    />
                </div>
                { words(view) }
                if !*layout.projector {
                    <Invitation view={Rc::clone(view)} driver={driver.clone()} />
                    <details class="legend">
                        <summary>{ "What the shapes mean" }</summary>
                        <MessageLegend
                            placement={view.scene.lists.topology().basis.placement}
                            is_elastic={view.scene.is_elastic()}
                        />
                    </details>
                }
            </section>
            <section class="pane time-pane" id="panel-trace" role={tab}
                aria-label="Space-time trace" hidden={!layout.has_trace()}>
                <Trace view={Rc::clone(view)} driver={driver.clone()} on_node={on_node.clone()} />
                if !*layout.projector { { requests(view, driver) } }
            </section>
        </>
    }
}

/// The latest requests of this reader; a click brings one back into focus.
fn requests(view: &View, driver: &Handle) -> Html {
    let line = |story: &StoryLine| {
        let (driver, request) = (driver.clone(), story.request);
        let mark = match (story.over, story.failed) {
            (false, _) => "…",
            (true, false) if story.refused => "≠",
            (true, false) => "✓",
            (true, true) => "✗",
        };
        html! {
            <li key={request.0}>
                <button
                    class={classes!("quiet", story.failed.then_some("failed"))}
                    aria-pressed={story.focused.to_string()}
                    title={story.words.clone()}
                    onclick={move |_| driver.select(Some(Selection::Request(request)))}
                >
                    <span class="mark">{ mark }</span>{ story.wanted.clone() }
                </button>
            </li>
        }
    };
    html! {
        <div class="requests">
            <h3>{ "Requests" }</h3>
            <ol>{ for view.stories.iter().map(line) }</ol>
        </div>
    }
}

/// What panels are given.
#[derive(Properties, PartialEq)]
pub struct PanelProps {
    pub view: Rc<View>,
    pub driver: Handle,
    /// Nobody sees it now: there is no need to find out what it would show.
    #[prop_or_default]
    pub is_hidden: bool,
}

#[derive(Properties, PartialEq)]
struct HeaderProps {
    view: Rc<View>,
    driver: Handle,
    layout: Layout,
}

#[component]
fn Header(props: &HeaderProps) -> Html {
    let HeaderProps { view, layout, .. } = props;
    let config = &view.config;
    let project = {
        let projector = layout.projector.clone();
        move |_| projector.set(true)
    };
    let open = {
        let layout = layout.clone();
        move |_| {
            if let Some(first) = layout.tabs().first() {
                layout.open_panel(*first);
            }
        }
    };
    html! {
        <header class="head">
            <h1>{ "Ringscope" }</h1>
            <p class="tagline">{ "A Dynamo-style database cluster that you can see through." }</p>
            <p class="facts">
                <span><b>{ view.scene.seats().count() }</b>{ " nodes" }</span>
                <span>{ "N = " }<b>{ config.n }</b></span>
                <span>{ "R = " }<b>{ config.r }</b></span>
                <span>{ "W = " }<b>{ config.w }</b></span>
                <span>{ config.modes.quorum.to_string() }</span>
                <span>{ view.network.to_string() }</span>
            </p>
            <div class="head-buttons">
                if layout.open().is_none() && !layout.tabs().is_empty() {
                    <button id="open-panels" onclick={open}>{ "Panels" }</button>
                }
                <button id="projector" onclick={project}
                    title="Large and high in contrast, for a room: ring, trace, words and time (p)">
                    { "Projector" }
                </button>
            </div>
        </header>
    }
}

/// What happens, in words: beside the picture, and aloud when it mattered.
fn words(view: &View) -> Html {
    let (line, words, class) = match &view.scene.story {
        Some(story) => {
            let class = match (&story.standing, &story.answer) {
                (super::story::Standing::Missed { .. }, _) => "words bad",
                (_, Some((crate::node::Answer::Failed(_), _))) => "words bad",
                (super::story::Standing::Reached { .. }, _) | (_, Some(_)) => "words good",
                _ => "words",
            };
            (story.wanted.to_string(), story.words(), class)
        }
        None => (String::new(), "Put or get an item to see where it goes.".to_owned(), "words"),
    };
    html! {
        <div {class}>
            <code>{ line }</code>
            <p>{ words }</p>
            if is_stale(view) {
                <p class="stale-answer">
                    { "This answer is stale: a newer version was acknowledged." }
                </p>
            }
            if !view.workloads.is_empty() {
                <p class="of-late">{ recent::words(view.metrics.activity(), view.now) }</p>
            }
            { progress(view) }
            { trouble(view) }
            <p class="aloud" aria-live="polite">{ view.announcement.clone() }</p>
        </div>
    }
}

/// Whether the request in focus was given a stale answer.
fn is_stale(view: &View) -> bool {
    view.scene.story.as_ref().is_some_and(|story| view.metrics.is_stale(story.request))
}

/// Network splits and suspicions, in words beside the picture.
fn trouble(view: &View) -> Html {
    let scene = &view.scene;
    let seats = scene.seats();
    let splits = scene.trouble.splits.iter().map(|split| split_words(split, seats));
    let links = scene.trouble.links.iter().map(BadLink::words);
    let suspected = scene.nodes.iter().filter_map(|status| {
        let words = suspicion_words(status.node, &scene.nodes)?;
        Some(format!("{} is {words}", status.node))
    });
    let all: Vec<String> = splits.chain(links).chain(suspected).take(6).collect();
    if all.is_empty() {
        return Html::default();
    }
    html! { <ul class="trouble">{ for all.into_iter().map(|words| html! { <li>{ words }</li> }) }</ul> }
}
