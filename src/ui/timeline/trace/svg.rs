//! A drawing as the text of a picture that stands on its own.

use std::fmt::Write;

use super::sheet::{Anchor, Ink, Look, Shape, Sheet};
use crate::base::{hundredths, tenths};
use crate::ui::geometry::Point;

/// The corners of a box are rounded by so much.
pub const CORNER: f64 = 4.0;
/// The size of text in pixels.
pub const FONT: f64 = 11.5;

/// A sheet as SVG. `colour` gives the value of each ink.
pub fn to_svg(sheet: &Sheet, width: f64, height: f64, colour: &dyn Fn(Ink) -> String) -> String {
    let (width, height) = (tenths(width), tenths(height));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"{}\">\
         <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>",
        tenths(FONT),
        colour(Ink::Surface),
    );
    for (shape, look) in &sheet.items {
        push(&mut svg, shape, &attributes(look, colour));
    }
    svg + "</svg>\n"
}

fn attributes(look: &Look, colour: &dyn Fn(Ink) -> String) -> String {
    let mut text = match look.fill {
        Some(ink) => format!(" fill=\"{}\"", colour(ink)),
        None => " fill=\"none\"".to_owned(),
    };
    // Writing to a string cannot fail, here and below.
    if let Some((ink, wide, dash)) = look.stroke {
        let _ = write!(text, " stroke=\"{}\" stroke-width=\"{}\"", colour(ink), tenths(wide));
        let lengths: Vec<String> = dash.lengths().iter().map(|length| tenths(*length)).collect();
        if !lengths.is_empty() {
            let _ = write!(text, " stroke-dasharray=\"{}\"", lengths.join(" "));
        }
    }
    if look.alpha < 1.0 {
        let _ = write!(text, " opacity=\"{}\"", hundredths(look.alpha));
    }
    text
}

fn push(svg: &mut String, shape: &Shape, style: &str) {
    let _ = match shape {
        Shape::Line(from, to) => write!(svg, "<path d=\"M{from}L{to}\"{style}/>"),
        Shape::Outline([a, b, c, d]) => write!(svg, "<path d=\"M{a}L{b}L{c}L{d}Z\"{style}/>"),
        Shape::Disc(Point { x, y }, r) => write!(
            svg,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{style}/>",
            tenths(*x),
            tenths(*y),
            tenths(*r)
        ),
        Shape::Box(x, y, width, height) => write!(
            svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"{style}/>",
            tenths(*x),
            tenths(*y),
            tenths(*width),
            tenths(*height),
            tenths(CORNER)
        ),
        Shape::Text(Point { x, y }, text, anchor) => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let text = text.replace('&', "&amp;").replace('<', "&lt;");
            write!(
                svg,
                "<text x=\"{}\" y=\"{}\" dy=\".35em\" text-anchor=\"{anchor}\"{style}>{text}</text>",
                tenths(*x),
                tenths(*y)
            )
        }
    };
}
