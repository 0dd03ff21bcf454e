//! What commands do to one message under way.
//!
//! ```text
//!   drop m17         A ────✗       B      never arrives, and nobody is told
//!   delay m17 50ms   A ──────────▶ B      arrives later than it would have
//!   duplicate m17    A ═════▶▶     B      a copy of it arrives as well
//! ```
//!
//! What follows is left to those who wait for it: to deadlines, and to votes that do not come.
//!
//! Caveats: what cannot happen by itself cannot be commanded either. No message lives longer than
//! [`MESSAGE_LIFETIME`] after it was sent, which the collection of tombstones counts on; and
//! requests, forwards and replies travel on connections, where nothing comes twice.

use super::super::network::has_connection;
use super::super::{Command, EventKind, Flight, Loss};
use super::{Happening, World};
use crate::base::{Duration, Error, MessageId, Result};
use crate::node::{Address, MESSAGE_LIFETIME};

impl World {
    /// Refuses a command on a message that is not under way, or that cannot fare so.
    pub(super) fn check_message(&self, command: &Command) -> Result<()> {
        match command {
            Command::Drop(id) if self.is_waiting(*id) => Ok(()),
            Command::Drop(id) => self.under_way(*id).map(drop),
            Command::Delay { message, by } => check_delay(&self.under_way(*message)?, *by),
            Command::Duplicate(id) => check_duplicate(&self.under_way(*id)?),
            other => unreachable!("{other} is not about a message"),
        }
    }

    fn under_way(&self, id: MessageId) -> Result<Flight> {
        if let Some(flight) = self.flight(id) {
            return Ok(flight);
        }
        Err(match id < self.next_message {
            true if self.is_waiting(id) => Error::refused(format!(
                "{id} has arrived: it waits in front of a paused node, and can only be dropped"
            )),
            true => Error::refused(format!("{id} is not under way: it has arrived, or it is lost")),
            false => Error::not_found(format!("there is no message {id} yet")),
        })
    }

    /// Whether a message waits in front of a paused node.
    fn is_waiting(&self, id: MessageId) -> bool {
        self.waiting_flights().any(|flight| flight.message == id)
    }

    pub(super) fn carry_out_on_message(&mut self, command: Command) {
        match command {
            Command::Drop(id) => self.drop_message(id),
            Command::Delay { message, by } => self.delay(message, by),
            Command::Duplicate(id) => self.duplicate(id),
            other => unreachable!("{other} is not about a message"),
        }
    }

    /// Takes a message out of what will happen, wherever it is.
    fn take_message(&mut self, id: MessageId) -> (Flight, Happening) {
        let is_it = |happening: &Happening| happening.message() == Some(id);
        let (at, happening) = match self.queue.take_out(is_it) {
            Some((at, happening)) => {
                self.foreground -= usize::from(!happening.is_background());
                (at, happening)
            }
            None => {
                let waiting = self.faults.take_waiting(is_it);
                (self.now, waiting.expect("a message that was found before is there"))
            }
        };
        (happening.flight(at).expect("it is a message"), happening)
    }

    fn drop_message(&mut self, id: MessageId) {
        let (flight, _) = self.take_message(id);
        let Flight { message, request, kind, arrives_at: until, .. } = flight;
        let [from, to] = ends(&flight);
        let why = if flight.refusal { Loss::NoWord } else { Loss::ByHand };
        self.record(|| EventKind::Lost { message, request, kind, from, to, until, why });
    }

    fn delay(&mut self, id: MessageId, by: Duration) {
        let (flight, happening) = self.take_message(id);
        let Flight { message, request, kind, .. } = flight;
        let ([from, to], arrives_at) = (ends(&flight), flight.arrives_at + by);
        self.record(|| EventKind::Delayed { message, request, kind, from, to, arrives_at });
        self.schedule(arrives_at, happening);
    }

    /// The copy counts as sent when the message was: it lives no longer.
    fn duplicate(&mut self, id: MessageId) {
        let found = self.queue.iter().find(|(_, happening)| happening.message() == Some(id));
        let Some((_, Happening::Arrival { from, to, sent_at, message, .. })) = found else {
            unreachable!("a message that was found before is there")
        };
        let (from, to, sent_at, message) = (*from, *to, *sent_at, message.clone());
        self.send_copy(id, [from, to], sent_at, message, Duration::default());
    }
}

fn check_delay(flight: &Flight, by: Duration) -> Result<()> {
    let latest = flight.sent_at + MESSAGE_LIFETIME;
    match flight.arrives_at + by <= latest {
        true => Ok(()),
        false => Err(Error::refused(format!(
            "{} was sent at {}, and no message lives longer than {MESSAGE_LIFETIME}: delay it by \
             at most {}",
            flight.message,
            flight.sent_at,
            latest.since(flight.arrives_at)
        ))),
    }
}

fn check_duplicate(Flight { message, kind, refusal, .. }: &Flight) -> Result<()> {
    let why = match (*refusal, has_connection(*kind)) {
        (true, _) => "was refused, and word of that comes once".to_owned(),
        (_, true) => format!("is a {kind}: it travels on a connection, where nothing comes twice"),
        (_, false) => return Ok(()),
    };
    Err(Error::refused(format!("{message} {why}")))
}

/// From whom to whom a message was sent, even if it is word of its refusal that is under way.
fn ends(flight: &Flight) -> [Address; 2] {
    match flight.refusal {
        true => [flight.to, flight.from],
        false => [flight.from, flight.to],
    }
}
