//! The moment as a picture: ring, messages, words and time as one SVG that needs nothing else.
//!
//! What the browser shows is copied, with the styles that it has computed written into each element;
//! what is painted on the canvas is written as shapes.
//!
//! Caveats: text keeps the names of the page's fonts, and looks different where there are none.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlImageElement, Url};
use yew::{Callback, NodeRef};

use super::super::browser;
use super::super::driver::Handle;
use super::super::view::time_text;
use crate::base::{Error, Result};

/// What decides on the looks of what the ring is made of, and is handed down to the elements inside.
/// Lengths are in units of the picture.
const HANDED_DOWN: [&str; 15] = [
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "paint-order",
    "font-family",
    "font-size",
    "font-weight",
    "text-anchor",
    "visibility",
    "font-variant-numeric",
];

/// The picture is so wide, and so much higher than the ring: for the words.
const WIDTH: usize = 1000;
const HEIGHT: usize = 1150;
/// A line of words has so many characters.
const LINE: usize = 84;
/// Pixels of the PNG to a unit.
const PNG_SCALE: u32 = 2;

/// Offers the moment as an SVG file. `told` hears what went wrong, or that nothing did.
pub fn save_svg(driver: &Handle, square: &NodeRef, told: Callback<Option<String>>) {
    let file = svg(driver, square).and_then(|text| browser::blob(text.as_bytes(), SVG_TYPE));
    let saved = file.and_then(|file| browser::save_blob("ringscope.svg", &file));
    told.emit(saved.err().map(|error| error.message));
}

/// Offers the moment as a PNG file. `told` hears what went wrong, or that nothing did.
pub fn save_png(driver: &Handle, square: &NodeRef, told: Callback<Option<String>>) {
    let text = svg(driver, square);
    wasm_bindgen_futures::spawn_local(async move {
        let saved = match text {
            Ok(text) => rasterised(&text).await,
            Err(error) => Err(error),
        };
        told.emit(saved.err().map(|error| error.message));
    });
}

const SVG_TYPE: &str = "image/svg+xml";

fn refused(_: JsValue) -> Error {
    Error::refused("the browser refused to draw the picture: try SVG instead")
}

/// Draws the SVG on a canvas of its own, and offers that as a file.
async fn rasterised(svg: &str) -> Result<()> {
    let blob = browser::blob(svg.as_bytes(), SVG_TYPE)?;
    let address = Url::create_object_url_with_blob(&blob).map_err(refused)?;
    let image = HtmlImageElement::new().map_err(refused)?;
    image.set_src(&address);
    let decoded = JsFuture::from(image.decode()).await;
    // An address that was made here can be given back.
    let _ = Url::revoke_object_url(&address);
    decoded.map_err(refused)?;
    let canvas = browser::document().create_element("canvas").map_err(refused)?;
    let canvas: HtmlCanvasElement = canvas.unchecked_into();
    let [width, height] = [WIDTH, HEIGHT].map(|side| side as u32 * PNG_SCALE);
    canvas.set_width(width);
    canvas.set_height(height);
    let context =
        canvas.get_context("2d").map_err(refused)?.ok_or(JsValue::NULL).map_err(refused)?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    let (width, height) = (f64::from(width), f64::from(height));
    context
        .draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height)
        .map_err(refused)?;
    let save = Closure::once_into_js(|blob: Option<Blob>| {
        if let Some(blob) = blob {
            // Nobody waits any more for what the browser says of it.
            let _ = browser::save_blob("ringscope.png", &blob);
        }
    });
    canvas.to_blob(save.unchecked_ref()).map_err(refused)
}

/// The whole picture.
fn svg(driver: &Handle, square: &NodeRef) -> Result<String> {
    let square = square.cast::<Element>().ok_or(JsValue::NULL).map_err(refused)?;
    let style = browser::window().get_computed_style(&square).map_err(refused)?;
    let colour = |name: &str, otherwise: &str| {
        let value = style.as_ref().and_then(|style| style.get_property_value(name).ok());
        value
            .map(|value| value.trim().to_owned())
            .filter(|it| !it.is_empty())
            .unwrap_or(otherwise.into())
    };
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         width=\"{WIDTH}\" height=\"{HEIGHT}\" font-family=\"system-ui, sans-serif\">\
         <rect width=\"100%\" height=\"100%\" fill=\"{}\"/>",
        colour("--surface", "#fff")
    );
    for layer in [".ring-ground", ".ring-scene"] {
        let found = square.query_selector(layer).map_err(refused)?;
        text += &copy(&found.ok_or(JsValue::NULL).map_err(refused)?)?;
    }
    text += &driver.messages_as_svg();
    text += &words(driver, &colour("--text", "#222"), &colour("--muted", "#666"));
    text += "</svg>\n";
    Ok(text)
}

/// A layer with its computed styles.
fn copy(layer: &Element) -> Result<String> {
    let clone = layer.clone_node_with_deep(true).map_err(refused)?;
    let clone: Element = clone.unchecked_into();
    let [from, to] = [layer, &clone].map(|root| root.query_selector_all("*"));
    let (from, to) = (from.map_err(refused)?, to.map_err(refused)?);
    for at in 0..from.length() {
        let (Some(from), Some(to)) = (from.get(at), to.get(at)) else { continue };
        let (from, to): (Element, Element) = (from.unchecked_into(), to.unchecked_into());
        write_style(&from, &to).map_err(refused)?;
    }
    write_style(layer, &clone).map_err(refused)?;
    for name in ["width", "height"] {
        clone.set_attribute(name, &WIDTH.to_string()).map_err(refused)?;
    }
    Ok(clone.outer_html())
}

/// Writes down what an element's style sheet makes different from the element around it.
fn write_style(from: &Element, to: &Element) -> std::result::Result<(), JsValue> {
    let computed = |element: &Element| browser::window().get_computed_style(element).ok().flatten();
    let around = from.parent_element().and_then(|parent| computed(&parent));
    let (Some(own), Some(around)) = (computed(from), around) else { return Ok(()) };
    let mut style = String::new();
    for name in HANDED_DOWN {
        let value = own.get_property_value(name)?;
        if value != around.get_property_value(name)? {
            style += &format!("{name}:{value};");
        }
    }
    let opacity = own.get_property_value("opacity")?;
    // What fades in is drawn as it will be.
    if opacity != "1" && own.get_property_value("animation-name")? == "none" {
        style += &format!("opacity:{opacity}");
    }
    for name in ["class", "role", "tabindex", "aria-label", "aria-pressed"] {
        to.remove_attribute(name)?;
    }
    match style.is_empty() {
        true => to.remove_attribute("style"),
        false => to.set_attribute("style", &style),
    }
}

/// What happens, and when, below the ring.
fn words(driver: &Handle, text: &str, muted: &str) -> String {
    let story = driver.story_words();
    let mut lines: Vec<String> = vec![String::new()];
    for word in story.iter().flat_map(|(_, words)| words.split_whitespace()) {
        if lines.last().is_some_and(|line| line.chars().count() + word.chars().count() > LINE) {
            lines.push(String::new());
        }
        let line = lines.last_mut().expect("there is a line");
        *line += if line.is_empty() { "" } else { " " };
        *line += word;
    }
    let mut svg = format!(
        "<text x=\"40\" y=\"1035\" font-size=\"26\" font-weight=\"700\" fill=\"{text}\">{}</text>\
         <text x=\"960\" y=\"1035\" font-size=\"22\" text-anchor=\"end\" fill=\"{muted}\">{}</text>",
        escaped(story.as_ref().map_or("", |(wanted, _)| wanted)),
        format_args!("at {}", time_text(driver.now_us()))
    );
    for (at, line) in lines.iter().take(3).enumerate() {
        let y = 1070 + 30 * at;
        svg += &format!(
            "<text x=\"40\" y=\"{y}\" font-size=\"22\" fill=\"{text}\">{}</text>",
            escaped(line)
        );
    }
    svg
}

/// As text inside an element of XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
