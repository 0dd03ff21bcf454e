//! Small signs that stand for what became of a vote: drawn, not set in type, so that they look the
//! same with every font.

use yew::prelude::*;

use super::super::outline::translate;
use super::super::story::Ballot;
use crate::base::hundredths;
use crate::coordinator::Vote;

/// A sign for a vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Counted,
    Stale,
    Late,
    Refused,
    TimedOut,
    Rebuilding,
    Preempted,
    /// A hint that is kept but is no vote.
    OnlyHint,
}

impl Mark {
    /// The sign for a replica's vote; none while it is awaited.
    pub fn of(ballot: &Ballot) -> Option<Self> {
        Some(match ballot.vote? {
            Vote::Late => Self::Late,
            Vote::Refused => Self::Refused,
            Vote::TimedOut => Self::TimedOut,
            Vote::Rebuilding => Self::Rebuilding,
            Vote::Preempted => Self::Preempted,
            Vote::Counted if ballot.stale => Self::Stale,
            Vote::Counted => Self::Counted,
        })
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Counted => "vote counted",
            Self::Stale => "vote counted, but its version is stale",
            Self::Late => "vote came after the decision",
            Self::Refused => "refused: the node is down",
            Self::TimedOut => "did not answer in time",
            Self::Rebuilding => "no vote: it lost its disk and is not rebuilt yet",
            Self::Preempted => "no vote: it has promised a higher ballot",
            Self::OnlyHint => "keeps a hint, which is no vote",
        }
    }

    /// The class that colours it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Counted => "is-counted",
            Self::Stale => "is-stale",
            Self::Late => "is-late",
            Self::Refused => "is-refused",
            Self::TimedOut => "is-timed-out",
            Self::Rebuilding => "is-rebuilding",
            Self::Preempted => "is-refused",
            Self::OnlyHint => "is-hint",
        }
    }

    /// Its strokes in a square from -1 to 1.
    fn strokes(self) -> &'static str {
        match self {
            Self::Counted | Self::Late => "M-.8 .05L-.25 .65L.85 -.65",
            Self::Stale => "M-.7 0A.7 .7 0 1 1 .7 0A.7 .7 0 1 1 -.7 0",
            Self::Refused => "M-.7 -.7L.7 .7M.7 -.7L-.7 .7",
            Self::TimedOut => "M-.65 -.9H.65L-.65 .9H.65ZM-.65 -.9L.65 .9",
            Self::Rebuilding => "M-.7 -.5H.7M-.7 .5H.7M-.35 -.9V.9M.35 -.9V.9",
            Self::Preempted => "M-.75 -.1L0 -.8L.75 -.1M-.75 .65L0 -.05L.75 .65",
            Self::OnlyHint => "M-.95 -.65H.95V.65H-.95ZM-.95 -.65L0 .15L.95 -.65",
        }
    }
}

/// Draws a sign around a point, `size` from its middle to its edge.
pub fn mark(what: Mark, x: f64, y: f64, size: f64) -> Html {
    html! {
        <path class={classes!("mark", what.class())} d={what.strokes()}
            transform={format!("{} scale({})", translate(x, y), hundredths(size))} />
    }
}
