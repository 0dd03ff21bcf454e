//! Messages on the ring, as things that can be pointed at.

use super::Driver;
use crate::base::MessageId;
use crate::sim::Flight;
use crate::ui::geometry::Point;
use crate::ui::ring::MessagePainter;

impl Driver {
    /// The message at a place of the scene, if one was painted there.
    pub fn message_at(&self, place: Point) -> Option<MessageId> {
        self.painter.borrow().as_ref()?.message_at(place)
    }

    /// Where a message was painted.
    pub fn message_place(&self, message: MessageId) -> Option<Point> {
        self.painter.borrow().as_ref()?.place_of(message)
    }

    /// The message that follows this one, for whoever goes through them by keyboard.
    pub fn message_after(&self, message: Option<MessageId>) -> Option<MessageId> {
        self.painter.borrow().as_ref()?.message_after(message)
    }

    /// Where virtual time stands, in microseconds.
    pub fn now_us(&self) -> f64 {
        self.stage.borrow().cursor_us()
    }

    pub fn is_playing(&self) -> bool {
        self.stage.borrow().playing
    }

    /// All messages as shapes of SVG, as they were painted.
    pub fn messages_as_svg(&self) -> String {
        self.painter.borrow().as_ref().map_or_else(String::new, MessagePainter::to_svg)
    }

    /// The request in focus, and what became of it so far.
    pub fn story_words(&self) -> Option<(String, String)> {
        let stage = self.stage.borrow();
        let story = stage.story()?;
        Some((story.wanted.to_string(), story.words()))
    }

    /// A message under way.
    pub fn flight(&self, message: MessageId) -> Option<Flight> {
        self.stage.borrow().world().flight(message)
    }
}
