//! Buttons in the corners of the square, where the ring leaves room.

use yew::prelude::*;

use super::super::driver::Handle;
use super::cut::{Cut, CutAction};
use super::picture;

#[derive(Properties, PartialEq)]
pub(super) struct ToolsProps {
    pub driver: Handle,
    pub square: NodeRef,
    pub cut: UseReducerHandle<Cut>,
}

#[component]
pub(super) fn Tools(props: &ToolsProps) -> Html {
    let ToolsProps { driver, square, cut } = props;
    let problem = use_state_eq(|| None::<String>);
    let arm = {
        let cut = cut.clone();
        move |_| cut.dispatch(CutAction::Arm(!cut.is_armed))
    };
    let save = |save: fn(&Handle, &NodeRef, Callback<Option<String>>)| {
        let (driver, square, problem) = (driver.clone(), square.clone(), problem.clone());
        move |_: MouseEvent| {
            let problem = problem.clone();
            save(&driver, &square, Callback::from(move |told| problem.set(told)));
        }
    };
    html! {
        <>
            <div class="ring-tools at-left">
                <button id="cut-tool" aria-pressed={cut.is_armed.to_string()} onclick={arm}
                    title="Cut the network: drag a line across the ring">
                    <svg viewBox="-11 -11 22 22" aria-hidden="true"><path d={SCISSORS} /></svg>
                    { "Cut" }
                </button>
            </div>
            <div class="ring-tools at-right">
                <button id="save-svg" title="Save this moment as SVG, for a slide"
                    onclick={save(picture::save_svg)}>{ "SVG" }</button>
                <button id="save-png" title="Save this moment as PNG, for a slide"
                    onclick={save(picture::save_png)}>{ "PNG" }</button>
            </div>
            if let Some(problem) = &*problem {
                <p class="ring-told problem" role="alert">{ problem }</p>
            }
        </>
    }
}

const SCISSORS: &str = "M-7 6A3 3 0 1 1 -2 2L8 -8M7 6A3 3 0 1 0 2 2L-8 -8M-2 2L0 0L2 2";
