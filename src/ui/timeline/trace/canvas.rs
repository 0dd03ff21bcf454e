//! Paints a [`Sheet`] on a canvas. Neighbours of one look become one path, so that thousands of
//! arrows cost a few strokes.

use std::f64::consts::{PI, TAU};

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::sheet::{Anchor, Dash, Ink, Look, Shape, Sheet};
use super::svg::{CORNER, FONT};
use crate::base::tenths;
use crate::ui::browser;
use crate::ui::palette::COLOURS;

/// A canvas, and the page's colours.
pub struct Canvas {
    element: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    colours: Vec<String>,
    dashes: [Array; 3],
    width: f64,
    height: f64,
    ratio: f64,
}

impl Canvas {
    /// None where the browser has no 2D canvas.
    pub fn new(element: HtmlCanvasElement) -> Option<Self> {
        let context = element.get_context("2d").ok()??.dyn_into().ok()?;
        let dash =
            |dash: Dash| dash.lengths().iter().map(|length| JsValue::from(*length)).collect();
        let dashes = [Dash::Solid, Dash::Dashed, Dash::Dotted].map(dash);
        Some(Self {
            element,
            context,
            colours: Vec::new(),
            dashes,
            width: 0.0,
            height: 0.0,
            ratio: 1.0,
        })
    }

    /// Takes on a size in CSS pixels, and the colours of the style sheet.
    pub fn resize(&mut self, width: f64, height: f64) {
        let window = browser::window();
        (self.width, self.height) = (width, height);
        self.ratio = window.device_pixel_ratio().clamp(1.0, 3.0);
        self.element.set_width((width * self.ratio) as u32);
        self.element.set_height((height * self.ratio) as u32);
        let size = format!("width:{}px;height:{}px", tenths(width), tenths(height));
        // A canvas of another size is blurred, no more.
        let _ = self.element.set_attribute("style", &size);
        let style = window.get_computed_style(&self.element).ok().flatten();
        let read = |name: &str| {
            let value = style.as_ref().and_then(|style| style.get_property_value(name).ok());
            value.map_or_else(String::new, |value| value.trim().to_owned())
        };
        let nodes = (0..COLOURS).map(|at| read(&format!("--node-{at}")));
        self.colours = Ink::NAMED.iter().map(|(_, name)| read(name)).chain(nodes).collect();
    }

    /// The value of an ink.
    pub fn colour(&self, ink: Ink) -> &str {
        self.colours.get(ink.index()).map_or("#777", String::as_str)
    }

    /// Paints a sheet over whatever was there.
    pub fn paint(&self, sheet: &Sheet) {
        let context = &self.context;
        // A scale that is a finite number is always accepted.
        let _ = context.set_transform(self.ratio, 0.0, 0.0, self.ratio, 0.0, 0.0);
        context.clear_rect(0.0, 0.0, self.width, self.height);
        context.set_font(&format!("{}px system-ui, sans-serif", tenths(FONT)));
        context.set_text_baseline("middle");
        context.set_line_cap("round");
        context.set_line_join("round");
        let is_text = |shape: &Shape| matches!(shape, Shape::Text(..));
        let together =
            |a: &(Shape, Look), b: &(Shape, Look)| a.1 == b.1 && !is_text(&a.0) && !is_text(&b.0);
        for run in sheet.items.chunk_by(together) {
            self.paint_run(run);
        }
        context.set_global_alpha(1.0);
    }

    fn paint_run(&self, run: &[(Shape, Look)]) {
        let (context, look) = (&self.context, &run[0].1);
        context.set_global_alpha(look.alpha);
        if let Some(ink) = look.fill {
            context.set_fill_style_str(self.colour(ink));
        }
        if let (Shape::Text(at, text, anchor), _) = &run[0] {
            context.set_text_align(match anchor {
                Anchor::Start => "left",
                Anchor::Middle => "center",
                Anchor::End => "right",
            });
            // What cannot be written is in the list of events too.
            let _ = context.fill_text(text, at.x, at.y);
            return;
        }
        context.begin_path();
        run.iter().for_each(|(shape, _)| self.trace(shape));
        if look.fill.is_some() {
            context.fill();
        }
        if let Some((ink, width, dash)) = look.stroke {
            context.set_stroke_style_str(self.colour(ink));
            context.set_line_width(width);
            // These are arrays of numbers, which are always accepted.
            let _ = context.set_line_dash(&self.dashes[dash as usize]);
            context.stroke();
        }
    }

    fn trace(&self, shape: &Shape) {
        let context = &self.context;
        match shape {
            Shape::Line(from, to) => {
                context.move_to(from.x, from.y);
                context.line_to(to.x, to.y);
            }
            Shape::Outline([first, rest @ ..]) => {
                context.move_to(first.x, first.y);
                rest.iter().for_each(|point| context.line_to(point.x, point.y));
                context.close_path();
            }
            Shape::Disc(at, radius) => {
                context.move_to(at.x + radius, at.y);
                // Radii are never negative, here and below.
                let _ = context.arc(at.x, at.y, *radius, 0.0, TAU);
            }
            Shape::Box(x, y, width, height) => {
                let (right, bottom, round) = (x + width, y + height, CORNER);
                context.move_to(right, bottom - round);
                let corners =
                    [(right, bottom, 0.0), (*x, bottom, 1.0), (*x, *y, 2.0), (right, *y, 3.0)];
                let inner =
                    |edge: f64, low: f64| if edge == low { edge + round } else { edge - round };
                for (edge_x, edge_y, turn) in corners {
                    let (from, to) = (turn * PI / 2.0, (turn + 1.0) * PI / 2.0);
                    let _ = context.arc(inner(edge_x, *x), inner(edge_y, *y), round, from, to);
                }
                context.close_path();
            }
            Shape::Text(..) => {}
        }
    }
}
