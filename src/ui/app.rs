//! The page's frame: header, picture, transport and panels.

use std::rc::Rc;

use gloo::events::EventListener;
use yew::prelude::*;

use super::driver::{Driver, Handle};
use super::panels::{ClusterPanel, ConsolePanel, FaultsPanel, InspectPanel, SnapshotsPanel};
use super::ring::{MessageLegend, RingPicture};
use super::selection::Selection;
use super::stage::Stage;
use super::timeline::Timeline;
use super::transport::Transport;
use super::trouble::{BadLink, split_words, suspicion_words};
use super::view::{StoryLine, View};
use super::{browser, panic};
use crate::base::NodeId;
use crate::sim::{ClusterConfig, World};

/// The panels beside the picture.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Panel {
    Console,
    Cluster,
    Faults,
    Inspect,
    Snapshots,
}

impl Panel {
    const ALL: [(Panel, &'static str, &'static str); 5] = [
        (Panel::Console, "console", "Console"),
        (Panel::Cluster, "cluster", "Cluster"),
        (Panel::Faults, "faults", "Faults"),
        (Panel::Inspect, "inspect", "Inspect"),
        (Panel::Snapshots, "snapshots", "Snapshots"),
    ];
}

/// Mounts the page, with one quorum write already moving.
pub fn mount() {
    panic::install();
    let Some(root) = browser::document().get_element_by_id("app") else {
        panic!("index.html has no element with the id app");
    };
    let config = ClusterConfig { vnodes: 8, seed: 7, ..ClusterConfig::default() };
    let world = World::new(config).expect("the opening cluster makes sense");
    let mut stage = Stage::new(world);
    for line in ["table Airports iata", OPENING_PUT] {
        stage.act(line).expect("the opening lines make sense");
    }
    panic::mirror(&stage);
    let driver = Handle(Rc::new(Driver::new(stage)));
    root.set_inner_html("");
    yew::Renderer::<App>::with_root_and_props(root, AppProps { driver }).render();
}

/// An item whose walk passes a vnode of a node that it has met already, and whose entry node is no
/// owner: the picture shows forwarding and skipping at once.
const OPENING_PUT: &str =
    "put Airports DEN '{\"name\":\"Denver Intl\",\"city\":\"Denver\",\"state\":\"CO\"}'";

#[derive(Properties, PartialEq)]
struct AppProps {
    driver: Handle,
}

#[component]
fn App(props: &AppProps) -> Html {
    let driver = props.driver.clone();
    let view = use_state(|| driver.view());
    let panel = use_state(|| Panel::Console);
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
            move || drop(listeners)
        });
    }
    {
        // A new picture may have another scale: what moves on it is placed anew.
        let driver = driver.clone();
        use_effect_with(Rc::clone(&view), move |_| driver.paint());
    }
    let on_node = {
        let (driver, panel) = (driver.clone(), panel.clone());
        use_callback((), move |node: NodeId, ()| {
            driver.select(Some(Selection::Node(node)));
            panel.set(Panel::Inspect);
        })
    };
    html! {
        <>
            <Header view={Rc::clone(&view)} driver={driver.clone()} />
            <main class="page">
                { picture(&view, &driver, &on_node) }
                <Transport view={Rc::clone(&view)} driver={driver.clone()} />
                <Side view={Rc::clone(&view)} driver={driver} panel={panel} />
            </main>
            <footer class="foot">
                { "Everything runs in this page: no server, no tracking, no cookie. \
                   Airports: vega-datasets, BSD-3-Clause." }
            </footer>
        </>
    }
}

/// The ring and the space-time trace, which share the cursor in virtual time.
fn picture(view: &Rc<View>, driver: &Handle, on_node: &Callback<NodeId>) -> Html {
    html! {
        <>
            <section class="pane ring-pane" aria-label="The ring">
                <RingPicture
                    scene={Rc::clone(&view.scene)}
                    driver={driver.clone()}
                    on_node={on_node.clone()}
                    canvas={driver.canvas.clone()}
                />
                { words(view) }
                <details class="legend">
                    <summary>{ "What the shapes mean" }</summary>
                    <MessageLegend />
                </details>
            </section>
            <section class="pane time-pane" aria-label="Space-time trace">
                <h2>{ "What happened when" }</h2>
                <Timeline
                    story={view.scene.story.clone()}
                    root={driver.timeline.clone()}
                    on_node={on_node.clone()}
                />
                { requests(view, driver) }
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
}

#[component]
fn Header(props: &PanelProps) -> Html {
    let config = &props.view.config;
    html! {
        <header class="head">
            <h1>{ "Ringscope" }</h1>
            <p class="tagline">{ "A Dynamo-style database cluster that you can see through." }</p>
            <p class="facts">
                <span><b>{ config.nodes }</b>{ " nodes" }</span>
                <span>{ "N = " }<b>{ config.n }</b></span>
                <span>{ "R = " }<b>{ config.r }</b></span>
                <span>{ "W = " }<b>{ config.w }</b></span>
                <span>{ config.modes.quorum.to_string() }</span>
                <span>{ props.view.network.to_string() }</span>
            </p>
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
            { trouble(view) }
            <p class="aloud" aria-live="polite">{ view.announcement.clone() }</p>
        </div>
    }
}

/// Network splits and suspicions, in words beside the picture.
fn trouble(view: &View) -> Html {
    let scene = &view.scene;
    let count = scene.nodes.len();
    let splits = scene.trouble.splits.iter().map(|split| split_words(split, count));
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

#[derive(Properties, PartialEq)]
struct SideProps {
    view: Rc<View>,
    driver: Handle,
    panel: UseStateHandle<Panel>,
}

#[component]
fn Side(props: &SideProps) -> Html {
    let SideProps { view, driver, panel } = props;
    let shown = **panel;
    let tab = |(each, id, name): (Panel, &'static str, &'static str)| {
        let panel = panel.clone();
        html! {
            <button
                id={format!("tab-{id}")}
                role="tab"
                aria-selected={(each == shown).to_string()}
                aria-controls={format!("panel-{id}")}
                onclick={move |_| panel.set(each)}
            >
                { name }
            </button>
        }
    };
    let body = |(each, id, _): (Panel, &'static str, &'static str)| {
        let (view, driver) = (Rc::clone(view), driver.clone());
        let content = match each {
            Panel::Console => html! { <ConsolePanel {view} {driver} /> },
            Panel::Cluster => html! { <ClusterPanel {view} {driver} /> },
            Panel::Faults => html! { <FaultsPanel {view} {driver} /> },
            Panel::Inspect => html! { <InspectPanel {view} {driver} /> },
            Panel::Snapshots => html! { <SnapshotsPanel {view} {driver} /> },
        };
        // Hidden panels stay in the document, so that what was typed into them stays too.
        html! {
            <div
                id={format!("panel-{id}")}
                role="tabpanel"
                aria-labelledby={format!("tab-{id}")}
                hidden={each != shown}
            >
                { content }
            </div>
        }
    };
    html! {
        <section class="pane side-pane" aria-label="Panels">
            <div class="tabs" role="tablist" aria-label="Panels">{ for Panel::ALL.map(tab) }</div>
            { for Panel::ALL.map(body) }
        </section>
    }
}
