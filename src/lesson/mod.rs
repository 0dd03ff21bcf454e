//! Lessons: predict, run, check. A lesson is a text file that anybody can write.
//!
//! ````text
//! # Replication                                     the title
//! Source: Dynamo (SOSP 2007), section 4.3           where it is explained at length
//!
//! Prose in Markdown. ## begins a section; `code`, *emphasis*, **more of it**, lists and [links](https://…)
//! are known; HTML is refused.
//!
//! ```setup                                          lines that are carried out before the reader begins
//! cluster nodes=5 n=3 r=2 w=2 seed=7
//! table Airports iata
//! ```
//!
//! ```predict                                        a question, and its answers: (x) is the right one
//! One of three owners is down. What becomes of a write with W=3?
//! ( ) It waits for the owner.
//! (x) It fails.
//! why: All three have to vote, and one cannot.      said after the reader has chosen
//! ```
//!
//! ```try                                            lines that the reader may carry out by a click
//! crash C
//! put Airports SEA '{}' w=3
//! ```
//!
//! ```goal                                           what is to be reached, and how that is seen
//! A write with W=3 fails while an owner is down.
//! see asked => {r} client: put Airports/SEA w=3     events as the trace prints them, in this order
//! see failed => {r} client: failed: *
//! hold nodes => C down*                             a line that only looks prints such a line
//! lack hints => *SEA*                               and this one prints no such line
//! spoil lost => * crash *                           an event after which it cannot be reached
//! because: Two votes are not three: {failed}        points at the event
//! instead: {lost} came first.                       the same where it was spoiled
//! ```
//!
//! ```solution                                       lines that reach every goal: the lesson's own test
//! crash C
//! put Airports SEA '{}' w=3
//! ```
//! ````
//!
//! In a pattern `*` is any text, and `{name}` a word, the same one wherever the name occurs in the goal. A
//! goal is reached as soon as its events were seen and its conditions hold; what is seen is the branch
//! that the reader is on, up to where he is.
//!
//! | file | what |
//! |---|---|
//! | `format` | from the text to a [`Lesson`], or what is wrong, line by line |
//! | `goal`, `pattern` | what a goal asks, and texts with gaps |
//! | `watch` | how far a reader is |
//! | `rehearsal` | a lesson carried out by itself: its test |
//!
//! Must never know: the page, files.

mod format;
mod goal;
mod pattern;
mod rehearsal;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod watch;

pub use format::{Block, Lesson, Mistake, Question};
pub use goal::{Condition, Goal, Sight};
pub use pattern::Pattern;
pub use rehearsal::{Rehearsal, rehearse};
pub use watch::{Standing, Watch};
