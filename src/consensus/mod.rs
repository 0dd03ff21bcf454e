//! One register that several writers agree on: CASPaxos (Rystsov 2018), which is single-decree Paxos
//! (Lamport 2001) run again and again on the same acceptors, each time from the value that the last
//! time left.
//!
//! ```text
//!   proposer                        acceptors A B C, of which a majority is needed
//!     prepare(ballot)       ─────▶  promise to take nothing below that ballot
//!                           ◀─────  promise, and the value that was accepted here last
//!     value := change(the one with the highest ballot)
//!     accept(ballot, value) ─────▶  take it, unless a higher ballot was promised meanwhile
//!                           ◀─────  accepted; with a majority of these the value is *chosen*
//! ```
//!
//! **Why two can never both win.** Say `v` was chosen at ballot `b`: a majority accepted it. Whoever
//! prepares a higher ballot `b'` needs the promises of a majority as well, and two majorities share
//! an acceptor. That one accepted `v` before it promised `b'` (afterwards it would have refused), so
//! it tells of `v`, or of something later that was itself changed from `v`. So `b'` starts from `v`:
//! a condition that `v` has made false is found false.
//!
//! **Ballots are stamps.** For items a ballot is a [`Stamp`](crate::causality::Stamp), and the version
//! that a round writes has the ballot as its stamp (as the timestamp of a lightweight transaction's
//! write is its ballot in Cassandra). So the order of ballots and that of versions, *last writer wins*,
//! are one and the same. Hence whatever spreads versions without asking, such as anti-entropy, hints
//! and read repair, only ever carries a higher choice over a lower one. An acceptor that learns of a
//! version so tells the next proposer of it, although it never voted for it, and more than it promised
//! to tell does no harm: what it tells was proposed, and anything proposed above a chosen ballot was
//! changed from what was chosen. Only as a *vote* it must not count. Therefore an acceptor also says
//! for which ballot it voted.
//!
//! **Reading.** What the promises tell may have been accepted by a single acceptor whose proposer
//! died. Answering with it would be wrong: the next reader may hear from the other acceptors, and find
//! the older value again. So a reader proposes the value that it found once more, at its own ballot,
//! and answers when that is chosen. It can save that where a majority voted for what it found: then
//! it is chosen already ([`Proposal::votes_for_found`]).
//!
//! | type | who |
//! |---|---|
//! | [`Acceptor`] | what one replica promised and accepted, and what it may do next |
//! | [`Proposal`] | what the promises for one ballot tell |
//! | [`Round`] | the same with the votes counted, for whoever has no tally of its own |
//!
//! Must never know: messages, clocks, disks, who is alive, what the value means.
//!
//! Caveats: nothing here keeps two proposers from preempting each other for ever; whoever proposes
//! again waits for a random time first. An acceptor that forgets a promise breaks everything said
//! above: promises must be durable before they are given.

mod acceptor;
mod proposal;
mod round;

#[cfg(test)]
mod tests;

pub use acceptor::Acceptor;
pub use proposal::Proposal;
pub use round::{Ballot, Outcome, Round};
