//! The panels: their tabs, which follow the ARIA pattern for tabs, and the one that is open.
//!
//! Hidden panels stay in the document, so that what was typed into them stays too. Those that only
//! show something are empty while they are hidden.

use std::rc::Rc;

use yew::prelude::*;

use super::address::Panel;
use super::browser;
use super::driver::Handle;
use super::layout::Layout;
use super::panels::{
    BackupsPanel, ChartsPanel, ClusterPanel, ConsolePanel, FaultsPanel, FilesPanel, InspectPanel,
    RunPanel, SnapshotsPanel, TablesPanel, WorkloadPanel,
};
use super::view::View;

#[derive(Properties, PartialEq)]
pub struct SideProps {
    pub view: Rc<View>,
    pub driver: Handle,
    pub layout: Layout,
}

#[component]
pub fn Side(props: &SideProps) -> Html {
    let layout = &props.layout;
    let open = layout.open();
    let tabs = layout.tabs();
    let class = classes!("pane", "side-pane", (open == Some(Panel::Trace)).then_some("is-strip"));
    html! {
        <section {class} id="panels" aria-label="Panels" hidden={open.is_none()}>
            <div class="strip">
                { tablist(layout, &tabs, open) }
                { menu(layout) }
            </div>
            { bodies(props, open) }
        </section>
    }
}

fn tablist(layout: &Layout, tabs: &[Panel], open: Option<Panel>) -> Html {
    let onkeydown = {
        let (layout, tabs) = (layout.clone(), tabs.to_vec());
        move |event: KeyboardEvent| {
            let at = tabs.iter().position(|tab| Some(*tab) == open).unwrap_or(0);
            let to = match event.key().as_str() {
                "ArrowRight" => (at + 1) % tabs.len(),
                "ArrowLeft" => (at + tabs.len() - 1) % tabs.len(),
                "Home" => 0,
                "End" => tabs.len() - 1,
                _ => return,
            };
            event.prevent_default();
            layout.open_panel(tabs[to]);
            browser::focus(&format!("tab-{}", tabs[to].id()));
        }
    };
    let tab = |panel: &Panel| {
        let (layout, panel) = (layout.clone(), *panel);
        let is_open = open == Some(panel);
        html! {
            <button
                key={panel.id()}
                id={format!("tab-{}", panel.id())}
                role="tab"
                tabindex={if is_open { "0" } else { "-1" }}
                aria-selected={is_open.to_string()}
                aria-controls={format!("panel-{}", panel.id())}
                onclick={move |_| layout.open_panel(panel)}
            >
                { panel.label() }
            </button>
        }
    };
    html! {
        <div class="tabs" role="tablist" aria-label="Panels" {onkeydown}>
            { for tabs.iter().map(tab) }
        </div>
    }
}

/// Which panels there are.
fn menu(layout: &Layout) -> Html {
    let choice = |panel: Panel| {
        let checked = layout.shows(panel);
        let onchange = {
            let layout = layout.clone();
            move |_: Event| layout.toggle(panel)
        };
        html! {
            <label key={panel.id()} class="check">
                <input type="checkbox" {checked} {onchange} />{ panel.label() }
            </label>
        }
    };
    let close = {
        let layout = layout.clone();
        move |_| layout.close_panels()
    };
    html! {
        <>
            <details class="menu">
                <summary aria-label="Choose the panels" title="Choose the panels">{ "⋯" }</summary>
                <div class="menu-body">{ for Panel::ALL.map(choice) }</div>
            </details>
            if layout.wide && !layout.address.embed {
                <button class="icon" id="close-panels" aria-label="Close the panels"
                    title="Close the panels: more room for the picture" onclick={close}>{ "✕" }</button>
            }
        </>
    }
}

fn bodies(props: &SideProps, open: Option<Panel>) -> Html {
    let body = |panel: Panel| {
        let is_open = open == Some(panel);
        let (view, driver) = (Rc::clone(&props.view), props.driver.clone());
        let content = match panel {
            Panel::Trace => return Html::default(),
            Panel::Console => html! { <ConsolePanel {view} {driver} /> },
            Panel::Tables => html! { <TablesPanel {view} {driver} is_hidden={!is_open} /> },
            Panel::Cluster => html! { <ClusterPanel {view} {driver} is_hidden={!is_open} /> },
            Panel::Workload => html! { <WorkloadPanel {view} {driver} is_hidden={!is_open} /> },
            Panel::Faults => html! { <FaultsPanel {view} {driver} /> },
            Panel::Inspect => html! { <InspectPanel {view} {driver} is_hidden={!is_open} /> },
            Panel::Charts => html! { <ChartsPanel {view} {driver} is_hidden={!is_open} /> },
            Panel::Run => html! { <RunPanel {view} {driver} is_hidden={!is_open} /> },
            Panel::Backups => html! { <BackupsPanel {view} {driver} is_hidden={!is_open} /> },
            Panel::Snapshots => html! { <SnapshotsPanel {view} {driver} is_hidden={!is_open} /> },
            Panel::Files => html! { <FilesPanel {view} {driver} is_hidden={!is_open} /> },
        };
        html! {
            <div
                key={panel.id()}
                id={format!("panel-{}", panel.id())}
                class="panel"
                role="tabpanel"
                aria-labelledby={format!("tab-{}", panel.id())}
                hidden={!is_open}
            >
                <h2 class="aloud">{ panel.label() }</h2>
                { content }
            </div>
        }
    };
    html! { <>{ for Panel::ALL.map(body) }</> }
}
