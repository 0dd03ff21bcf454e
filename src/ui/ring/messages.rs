//! Messages under way, painted on a canvas above the ring.
//!
//! Where a message is follows from when it was sent, when it arrives and what time it is: a frame
//! that is late or lost changes nothing. All messages of one colour are painted with a handful of
//! strokes, so that thousands cost little.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::super::geometry::{FlightPath, Point, SCENE};
use super::super::motion::Motion;
use super::super::palette::COLOURS;
use super::shapes::Shape;
use super::sprites::{Look, Sprite};
use crate::base::{MessageId, heap_sort, tenths};

const FAINT_ALPHA: f64 = 0.5;
/// More messages than this carry no words: of those that would, and in all.
const WORDY: usize = 24;
const CROWDED: usize = 150;
/// How near to a message a click has to be, in CSS pixels.
const REACH_PX: f64 = 13.0;

/// Paints messages on the canvas of a [`super::RingPicture`].
pub struct MessagePainter {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    /// Pixels of the canvas per scene unit.
    scale: f64,
    pixel_ratio: f64,
    colours: Vec<String>,
    surface: String,
    text: String,
    bad: String,
    accent: String,
    /// Whether messages stand still at stations on their way.
    is_still: bool,
    sprites: Vec<Sprite>,
    is_blank: bool,
}

impl MessagePainter {
    /// None where the browser has no 2D canvas.
    pub fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        let mut painter = Self {
            canvas,
            context,
            scale: 1.0,
            pixel_ratio: 1.0,
            colours: Vec::new(),
            surface: String::new(),
            text: String::new(),
            bad: String::new(),
            accent: String::new(),
            is_still: false,
            sprites: Vec::new(),
            is_blank: false,
        };
        painter.set_theme();
        painter.resize();
        Some(painter)
    }

    /// Fits the canvas to its element; to be called when that has changed its size. What was
    /// painted is gone.
    pub fn resize(&mut self) {
        let window = web_sys::window();
        self.pixel_ratio = window.map_or(1.0, |window| window.device_pixel_ratio()).clamp(1.0, 3.0);
        let side = (f64::from(self.canvas.client_width()) * self.pixel_ratio).round().max(1.0);
        let side_px = side as u32;
        if self.canvas.width() != side_px || self.canvas.height() != side_px {
            self.canvas.set_width(side_px);
            self.canvas.set_height(side_px);
        }
        self.scale = side / SCENE;
        self.is_blank = false;
    }

    /// Reads colours from the style sheet, and whether the reader wants less motion.
    pub fn set_theme(&mut self) {
        let Some(window) = web_sys::window() else { return };
        let style = window.get_computed_style(&self.canvas).ok().flatten();
        let read = |name: &str, otherwise: &str| {
            let value = style.as_ref().and_then(|style| style.get_property_value(name).ok());
            let value = value.map(|value| value.trim().to_owned()).unwrap_or_default();
            if value.is_empty() { otherwise.to_owned() } else { value }
        };
        self.colours = (0..COLOURS).map(|at| read(&format!("--node-{at}"), "#777")).collect();
        self.colours.push(read("--text", "#222"));
        self.surface = read("--surface", "#fff");
        self.text = read("--text", "#222");
        self.bad = read("--bad", "#b3261e");
        self.accent = read("--accent", "#1d5fd1");
        let still = window.match_media("(prefers-reduced-motion: reduce)");
        self.is_still = still.ok().flatten().is_some_and(|query| query.matches());
    }

    /// Paints all messages as they are at an instant.
    pub fn paint(&mut self, messages: &mut dyn Iterator<Item = Motion>, look: &Look) {
        self.sprites.clear();
        let is_still = self.is_still;
        self.sprites.extend(messages.filter_map(|motion| Sprite::of(&motion, look, is_still)));
        if self.sprites.is_empty() && self.is_blank {
            return;
        }
        self.is_blank = self.sprites.is_empty();
        let side = SCENE;
        // A scale that is a finite number is always accepted.
        let _ = self.context.set_transform(self.scale, 0.0, 0.0, self.scale, 0.0, 0.0);
        self.context.clear_rect(0.0, 0.0, side, side);
        self.context.set_line_cap("round");
        self.context.set_line_join("round");
        self.sprites.sort_unstable_by_key(Sprite::group);
        for group in self.sprites.chunk_by(|a, b| a.group() == b.group()) {
            self.paint_group(group);
        }
        self.context.set_global_alpha(1.0);
        self.paint_selected();
        self.paint_words();
    }

    /// Scene units to a CSS pixel.
    fn pixel(&self) -> f64 {
        self.pixel_ratio / self.scale
    }

    /// The message at a place, as it was painted last: the nearest one within reach.
    pub fn message_at(&self, place: Point) -> Option<MessageId> {
        let reach = REACH_PX * self.pixel();
        let distance = |sprite: &Sprite| sprite.at.distance_to(place);
        let near = self.sprites.iter().filter(|sprite| !sprite.is_lost && distance(sprite) < reach);
        let nearest = near.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        nearest.map(|sprite| sprite.message)
    }

    /// Where a message was painted last.
    pub fn place_of(&self, message: MessageId) -> Option<Point> {
        self.sprites.iter().find(|sprite| sprite.message == message).map(|sprite| sprite.at)
    }

    /// The message after this one, or the first; those of the request in focus come first.
    pub fn message_after(&self, message: Option<MessageId>) -> Option<MessageId> {
        let mut all: Vec<_> = self.sprites.iter().filter(|sprite| !sprite.is_lost).collect();
        let order = |sprite: &Sprite| (!sprite.is_strong, sprite.message);
        heap_sort(&mut all, |a, b| order(a).cmp(&order(b)));
        let before = all.iter().position(|sprite| Some(sprite.message) == message);
        let next = before.map_or(0, |before| (before + 1) % all.len());
        all.get(next).map(|sprite| sprite.message)
    }

    /// A ring around the message that the reader looks into.
    fn paint_selected(&self) {
        let Some(sprite) = self.sprites.iter().find(|sprite| sprite.is_selected) else { return };
        let size = Sprite::size(true, 1, self.pixel()) * 2.1;
        for (colour, width) in [(&self.surface, 0.5), (&self.accent, 0.24)] {
            self.context.set_stroke_style_str(colour);
            self.context.set_line_width(size * width);
            self.context.begin_path();
            Shape::Circle.trace(&self.context, sprite.at, size);
            self.context.stroke();
        }
    }

    /// What a message is, beside those whose shapes are not seen every day.
    fn paint_words(&self) {
        let wordy = |sprite: &Sprite| Some((sprite.at, sprite.word()?));
        let words = self.sprites.iter().filter(|sprite| sprite.has_word()).count();
        if words > WORDY || self.sprites.len() > CROWDED {
            return;
        }
        let size = self.word_size();
        self.context.set_font(&format!("600 {}px system-ui, sans-serif", tenths(size)));
        self.context.set_line_width(size * 0.3);
        self.context.set_stroke_style_str(&self.surface);
        self.context.set_fill_style_str(&self.text);
        for (at, word) in self.sprites.iter().filter_map(wordy) {
            let (x, y) = (at.x + size, at.y - size * 0.8);
            // Text that cannot be drawn is missed by nobody: the shapes say the same.
            let _ = self.context.stroke_text(&word, x, y);
            let _ = self.context.fill_text(&word, x, y);
        }
    }

    fn word_size(&self) -> f64 {
        (11.0 * self.pixel()).max(19.0)
    }

    /// What was painted last, as shapes of SVG.
    pub fn to_svg(&self) -> String {
        let mut svg = String::from("<g stroke-linecap=\"round\" stroke-linejoin=\"round\">");
        for sprite in &self.sprites {
            svg += &self.sprite_as_svg(sprite);
        }
        svg + "</g>"
    }

    fn sprite_as_svg(&self, sprite: &Sprite) -> String {
        let Sprite { path: FlightPath { start, control, end }, at, tail, .. } = sprite;
        let size = Sprite::size(sprite.is_strong, self.sprites.len(), self.pixel());
        let colour = &self.colours[usize::from(sprite.colour)];
        let shape = sprite.shape.outline(*at, size);
        let (fill, stroke) = match (sprite.shape, sprite.is_reply) {
            (Shape::Cross, _) => ("none", &self.bad),
            (_, true) => (self.surface.as_str(), colour),
            (_, false) => (colour.as_str(), &self.surface),
        };
        let opacity = if sprite.is_strong { "1" } else { "0.5" };
        let way =
            if sprite.is_strong { format!("M{start}Q{control} {end}") } else { String::new() };
        let (thin, wide) = (tenths(size * 0.16), tenths(size * 0.5));
        let word = sprite.word().map_or_else(String::new, |word| {
            let (size, text) = (self.word_size(), &self.text);
            let place = Point::new(at.x + size, at.y - size * 0.8);
            let [x, y, size] = [place.x, place.y, size].map(tenths);
            format!(
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" font-weight=\"600\" \
                 fill=\"{text}\">{word}</text>"
            )
        });
        format!(
            "<g opacity=\"{opacity}\"><g fill=\"none\" stroke=\"{colour}\" opacity=\"0.3\">\
             <path d=\"{way}\" stroke-width=\"{thin}\"/>\
             <path d=\"M{tail}L{at}\" stroke-width=\"{wide}\"/></g>\
             <path d=\"{shape}\" fill=\"{fill}\" stroke=\"{stroke}\" \
             stroke-width=\"{wide}\" paint-order=\"stroke\"/>{word}</g>"
        )
    }

    fn paint_group(&self, group: &[Sprite]) {
        let is_strong = group[0].is_strong;
        let colour = &self.colours[usize::from(group[0].colour)];
        let size = Sprite::size(is_strong, self.sprites.len(), self.pixel());
        let context = &self.context;
        context.set_global_alpha(if is_strong { 0.3 } else { FAINT_ALPHA * 0.5 });
        context.set_stroke_style_str(colour);
        if is_strong {
            context.set_line_width(size * 0.16);
            self.stroke_all(group, trace_way);
        }
        context.set_line_width(size * if is_strong { 0.6 } else { 0.4 });
        self.stroke_all(group, trace_tail);

        context.set_global_alpha(if is_strong { 1.0 } else { FAINT_ALPHA });
        let shapes = |is_reply: bool| {
            context.begin_path();
            for sprite in group.iter().filter(|s| s.is_reply == is_reply && s.is_solid()) {
                sprite.shape.trace(context, sprite.at, size);
            }
        };
        context.set_fill_style_str(colour);
        context.set_stroke_style_str(&self.surface);
        context.set_line_width(size * 0.42);
        shapes(false);
        context.stroke();
        context.fill();

        context.set_fill_style_str(&self.surface);
        context.set_line_width(size * 0.9);
        shapes(true);
        context.stroke();
        context.fill();
        context.set_stroke_style_str(colour);
        context.set_line_width(size * 0.42);
        context.stroke();
        self.paint_dots(group, (size, colour));
        self.paint_crosses(group, size);
    }

    /// Dots come in thousands: each is a line of no length, with round ends.
    fn paint_dots(&self, group: &[Sprite], (size, colour): (f64, &str)) {
        if !group.iter().any(|sprite| sprite.shape == Shape::Dot) {
            return;
        }
        self.context.begin_path();
        for Sprite { at, .. } in group.iter().filter(|sprite| sprite.shape == Shape::Dot) {
            self.context.move_to(at.x, at.y);
            self.context.line_to(at.x, at.y);
        }
        for (colour, width) in [(self.surface.as_str(), 1.5), (colour, 1.1)] {
            self.context.set_stroke_style_str(colour);
            self.context.set_line_width(size * width);
            self.context.stroke();
        }
    }

    fn paint_crosses(&self, group: &[Sprite], size: f64) {
        if !group.iter().any(|sprite| sprite.shape == Shape::Cross) {
            return;
        }
        for (colour, width) in [(&self.surface, 1.0), (&self.bad, 0.45)] {
            self.context.set_stroke_style_str(colour);
            self.context.set_line_width(size * width);
            self.context.begin_path();
            for sprite in group.iter().filter(|sprite| sprite.shape == Shape::Cross) {
                sprite.shape.trace(&self.context, sprite.at, size);
            }
            self.context.stroke();
        }
    }

    fn stroke_all(&self, group: &[Sprite], trace: fn(&CanvasRenderingContext2d, &Sprite)) {
        self.context.begin_path();
        for sprite in group {
            trace(&self.context, sprite);
        }
        self.context.stroke();
    }
}

fn trace_way(context: &CanvasRenderingContext2d, sprite: &Sprite) {
    let FlightPath { start, control, end } = sprite.path;
    context.move_to(start.x, start.y);
    context.quadratic_curve_to(control.x, control.y, end.x, end.y);
}

fn trace_tail(context: &CanvasRenderingContext2d, sprite: &Sprite) {
    context.move_to(sprite.tail.x, sprite.tail.y);
    context.line_to(sprite.at.x, sprite.at.y);
}
