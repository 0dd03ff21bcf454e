//! Messages under way, painted on a canvas above the ring.
//!
//! Where a message is follows from when it was sent, when it arrives and what time it is: a frame
//! that is late or lost changes nothing. All messages of one colour are painted with a handful of
//! strokes, so that thousands cost little.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::super::geometry::{FlightPath, Point, SCENE, Stop};
use super::super::palette::{self, COLOURS};
use super::shapes::Shape;
use crate::base::{RequestId, tenths};
use crate::node::{Address, MessageKind};
use crate::sim::Flight;

/// The number of the clients' colour, after those of the nodes.
const CLIENT: u8 = COLOURS as u8;

/// Half the size of a message in scene units, and at least so many CSS pixels.
const STRONG: (f64, f64) = (13.0, 5.5);
const FAINT: (f64, f64) = (8.0, 3.2);
const FAINT_ALPHA: f64 = 0.5;
/// More messages than this are painted smaller, so that the ring stays visible behind them.
const CROWD: f64 = 400.0;
/// More messages than this carry no words.
const WORDY: usize = 24;
/// A message that is lost ends at this share of its way, and a cross is left of it.
const LOST_AT: f64 = 0.55;

/// A message as it is painted in this frame.
#[derive(Clone, Copy)]
struct Sprite {
    path: FlightPath,
    t: f64,
    at: Point,
    shape: Shape,
    kind: MessageKind,
    /// It is lost, and this is what is left of it.
    is_lost: bool,
    /// An outline instead of a full shape.
    is_reply: bool,
    is_strong: bool,
    colour: u8,
}

impl Sprite {
    /// Sprites of one group are painted together; strong ones last, above the others.
    fn group(&self) -> (bool, u8) {
        (self.is_strong, self.colour)
    }
}

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
        let still = window.match_media("(prefers-reduced-motion: reduce)");
        self.is_still = still.ok().flatten().is_some_and(|query| query.matches());
    }

    /// Paints all messages as they are at an instant, in microseconds of virtual time; with each,
    /// whether it is lost on its way.
    pub fn paint(
        &mut self,
        flights: &mut dyn Iterator<Item = (Flight, bool)>,
        now_us: f64,
        node_count: usize,
        highlighted: Option<RequestId>,
    ) {
        self.sprites.clear();
        for (flight, is_lost) in flights {
            let mut one = sprite(&flight, now_us, node_count, highlighted, self.is_still);
            if is_lost && one.t >= LOST_AT {
                (one.t, one.at) = (LOST_AT, one.path.at(LOST_AT));
                (one.shape, one.is_lost) = (Shape::Cross, true);
            }
            self.sprites.push(one);
        }
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
        self.paint_words();
    }

    /// What a message is, beside those whose shapes are not seen every day.
    fn paint_words(&self) {
        let wordy = |sprite: &&Sprite| sprite.is_lost || sprite.shape.has_word();
        if self.sprites.iter().filter(wordy).count() > WORDY {
            return;
        }
        let size = (11.0 * self.pixel_ratio / self.scale).max(19.0);
        self.context.set_font(&format!("600 {}px system-ui, sans-serif", tenths(size)));
        self.context.set_line_width(size * 0.3);
        self.context.set_stroke_style_str(&self.surface);
        self.context.set_fill_style_str(&self.text);
        for sprite in self.sprites.iter().filter(wordy) {
            let word = match (sprite.is_lost, sprite.shape, sprite.kind) {
                (true, ..) => "lost".to_owned(),
                (_, Shape::Envelope, MessageKind::Write | MessageKind::Repair) => "hint".to_owned(),
                (_, _, kind) => kind.to_string(),
            };
            let (x, y) = (sprite.at.x + size, sprite.at.y - size * 0.8);
            // Text that cannot be drawn is missed by nobody: the shapes say the same.
            let _ = self.context.stroke_text(&word, x, y);
            let _ = self.context.fill_text(&word, x, y);
        }
    }

    fn paint_group(&self, group: &[Sprite]) {
        let is_strong = group[0].is_strong;
        let colour = &self.colours[usize::from(group[0].colour)];
        let (units, pixels) = if is_strong { STRONG } else { FAINT };
        let mut size = units.max(pixels * self.pixel_ratio / self.scale);
        if !is_strong {
            size *= (CROWD / self.sprites.len() as f64).sqrt().clamp(0.5, 1.0);
        }
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
            for sprite in group.iter().filter(|s| s.is_reply == is_reply && s.shape != Shape::Cross)
            {
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
        self.paint_crosses(group, size);
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

fn sprite(
    flight: &Flight,
    now_us: f64,
    node_count: usize,
    highlighted: Option<RequestId>,
    is_still: bool,
) -> Sprite {
    let (sent, arrives) = (flight.sent_at.0 as f64, flight.arrives_at.0 as f64);
    let mut t = ((now_us - sent) / (arrives - sent).max(1.0)).clamp(0.0, 1.0);
    if is_still {
        t = ((t * 3.0).floor().min(2.0) + 0.5) / 3.0;
    }
    let stop = |address| match address {
        Address::Client(_) => Stop::Client,
        Address::Node(node) => Stop::Node(node.index()),
    };
    let path = FlightPath::between(stop(flight.from), stop(flight.to), node_count);
    Sprite {
        path,
        t,
        at: path.at(t),
        shape: Shape::of(flight),
        kind: flight.kind,
        is_lost: false,
        is_reply: flight.kind.is_reply(),
        is_strong: flight.request.is_some() && highlighted == flight.request,
        colour: match flight.from {
            Address::Client(_) => CLIENT,
            Address::Node(node) => palette::colour(node) as u8,
        },
    }
}

fn trace_way(context: &CanvasRenderingContext2d, sprite: &Sprite) {
    let FlightPath { start, control, end } = sprite.path;
    context.move_to(start.x, start.y);
    context.quadratic_curve_to(control.x, control.y, end.x, end.y);
}

fn trace_tail(context: &CanvasRenderingContext2d, sprite: &Sprite) {
    let tail = sprite.path.at((sprite.t - 0.12).max(0.0));
    context.move_to(tail.x, tail.y);
    context.line_to(sprite.at.x, sprite.at.y);
}
