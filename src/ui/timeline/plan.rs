//! Where things stand in the space-time diagram. Needs no browser.
//!
//! Time runs downwards at an even pace, but for one long silence (a timeout, say), which is cut
//! short so that what lies around it stays legible.

use crate::base::{NodeId, VirtualTime, heap_sort};
use crate::node::Address;
use crate::ui::story::{Fate, Standing, Story};

/// A silence of more than this share of the whole is cut short.
const SILENCE_SHARE: f64 = 0.7;
/// How much of the height a silence that was cut short gets.
const SILENCE_HEIGHT: f64 = 0.28;

/// What a participant does for the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Client,
    /// Took the request from the client and passed it on.
    Entry,
    Coordinator,
    /// The coordinator, which is an owner at this place too.
    CoordinatorAndOwner(usize),
    Owner(usize),
    /// Stands in for this owner.
    Fallback(NodeId),
    Other,
}

/// One participant's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    pub who: Address,
    pub role: Role,
}

/// Everyone who takes part: the client, those it asked, the coordinator, the owners.
pub fn lanes(story: &Story) -> Vec<Lane> {
    let client = Address::Client(story.wanted.client);
    let asked = story.arrows.iter().filter(|arrow| arrow.from == client).map(|arrow| arrow.to);
    let owners = story.ballots.iter().map(|ballot| Address::Node(ballot.replica));
    let others = story.arrows.iter().flat_map(|arrow| [arrow.from, arrow.to]);
    let coordinator = story.coordinator.map(Address::Node);
    let mut lanes: Vec<Lane> = vec![Lane { who: client, role: Role::Client }];
    let entries = asked.filter(|who| Some(*who) != coordinator);
    for who in entries.chain(coordinator).chain(owners).chain(others) {
        if lanes.iter().all(|lane| lane.who != who) {
            lanes.push(Lane { who, role: role(story, who, client) });
        }
    }
    lanes
}

fn role(story: &Story, who: Address, client: Address) -> Role {
    let Address::Node(node) = who else { return Role::Other };
    let place = story.ballots.iter().position(|ballot| ballot.owner == node);
    let stands_in = story.stand_ins.iter().rfind(|one| one.fallback == node);
    if let (Some(one), None, false) = (stands_in, place, story.coordinator == Some(node)) {
        return Role::Fallback(one.owner);
    }
    match (story.coordinator == Some(node), place) {
        (true, Some(place)) => Role::CoordinatorAndOwner(place),
        (true, None) => Role::Coordinator,
        (false, Some(place)) => Role::Owner(place),
        (false, None) if story.arrows.iter().any(|a| a.from == client && a.to == who) => {
            Role::Entry
        }
        (false, None) => Role::Other,
    }
}

/// How instants of virtual time map to heights: straight lines between knots.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Instants in microseconds, and heights in pixels; both ascending.
    knots: Vec<(f64, f64)>,
    /// The silence that was cut short, as heights, and how long it was in microseconds.
    pub silence: Option<(f64, f64, f64)>,
}

impl Scale {
    pub fn of(story: &Story, top: f64, bottom: f64) -> Self {
        Self::fit(&instants(story), top, bottom)
    }

    /// A scale for these instants, in ascending order.
    fn fit(instants: &[u64], top: f64, bottom: f64) -> Self {
        let first = instants.first().copied().unwrap_or(0) as f64;
        let last = instants.last().copied().unwrap_or(0) as f64;
        let whole = last - first;
        let longest = instants
            .windows(2)
            .map(|pair| (pair[0] as f64, pair[1] as f64))
            .max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)));
        if let Some((from, to)) = longest
            && instants.len() > 4
            && to - from > SILENCE_SHARE * whole
            && to - from < whole
        {
            let silent = SILENCE_HEIGHT * (bottom - top);
            let pace = (bottom - top - silent) / (whole - (to - from)) * 0.96;
            let (start, end) = (top + (from - first) * pace, top + (from - first) * pace + silent);
            let knots =
                vec![(first, top), (from, start), (to, end), (last, end + (last - to) * pace)];
            return Self { knots, silence: Some((start, end, to - from)) };
        }
        let end = first + round_span(whole.max(1.0));
        Self { knots: vec![(first, top), (end, bottom)], silence: None }
    }

    /// The height of an instant; those before and after the scale are at its ends.
    pub fn y(&self, us: f64) -> f64 {
        height(self.knots.iter().copied(), us)
    }

    /// The first instant, in microseconds.
    pub fn first(&self) -> f64 {
        self.knots[0].0
    }

    pub fn at(&self, instant: VirtualTime) -> f64 {
        self.y(instant.0 as f64)
    }

    /// Instants worth a label, as spans since the first one in microseconds, at least `apart`
    /// pixels from each other: round numbers, and the end of a silence.
    pub fn ticks(&self, apart: f64) -> Vec<f64> {
        let [(first, top), (last, bottom), ..] = self.knots[..] else { return Vec::new() };
        let pace = (bottom - top) / (last - first).max(1.0);
        let step = round_step(apart / pace.max(f64::EPSILON));
        let count = ((last - first) / step).floor().min(100.0) as u32;
        let mut ticks: Vec<f64> = (0..=count).map(|number| f64::from(number) * step).collect();
        if let Some((end, _)) = self.knots.get(2) {
            ticks.push(end - first);
        }
        ticks
    }

    /// The knots in a form that [`height_in`] reads: microseconds and hundredths of a pixel.
    pub fn to_text(&self) -> String {
        let knots: Vec<String> = self
            .knots
            .iter()
            .map(|(us, y)| format!("{},{}", *us as i64, (y * 100.0).round() as i64))
            .collect();
        knots.join(" ")
    }
}

/// The height of an instant on a scale that was written by [`Scale::to_text`].
pub fn height_in(text: &str, us: f64) -> Option<f64> {
    let knots = text.split(' ').filter_map(|knot| {
        let (us, y) = knot.split_once(',')?;
        Some((us.parse::<i64>().ok()? as f64, y.parse::<i64>().ok()? as f64 / 100.0))
    });
    let y = height(knots, us);
    y.is_finite().then_some(y)
}

fn height(knots: impl Iterator<Item = (f64, f64)>, us: f64) -> f64 {
    let mut before: Option<(f64, f64)> = None;
    for (at, y) in knots {
        if us <= at {
            let Some((from, start)) = before else { return y };
            return start + (us - from) / (at - from).max(f64::EPSILON) * (y - start);
        }
        before = Some((at, y));
    }
    before.map_or(f64::NAN, |(_, y)| y)
}

fn instants(story: &Story) -> Vec<u64> {
    let mut all = vec![story.began.0];
    for arrow in &story.arrows {
        all.extend([arrow.sent_at.0, arrow.arrives_at.0]);
        if let Fate::Refused { heard_at } = arrow.fate {
            all.push(heard_at.0);
        }
    }
    all.extend(story.ballots.iter().filter_map(|ballot| ballot.at).map(|at| at.0));
    all.extend(story.stored.iter().map(|(at, _)| at.0));
    match story.standing {
        Standing::Reached { at } | Standing::Missed { at, .. } => all.push(at.0),
        Standing::Open => {}
    }
    if let Some((_, took)) = &story.answer {
        all.push(story.began.0 + took.0);
    }
    heap_sort(&mut all, u64::cmp);
    all.dedup();
    all
}

/// The next number of the series 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 and its multiples by ten, with
/// a little room to spare: a scale that grows with its request does so rarely.
fn round_span(span: f64) -> f64 {
    let wanted = span * 1.04;
    let power = power_of_ten(wanted);
    let steps = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    let step = steps.into_iter().find(|step| step * power >= wanted * (1.0 - 1e-9));
    step.unwrap_or(10.0) * power
}

/// The next number of the series 1, 2, 5 and its multiples by ten.
fn round_step(step: f64) -> f64 {
    let step = step.max(1.0);
    let power = power_of_ten(step);
    let of = [1.0, 2.0, 5.0].into_iter().find(|of| of * power >= step * (1.0 - 1e-9));
    of.unwrap_or(10.0) * power
}

/// The largest power of ten that is not above a value, of which none is below 1.
fn power_of_ten(value: f64) -> f64 {
    let mut power = 1.0;
    while power * 10.0 <= value {
        power *= 10.0;
    }
    power
}

/// Labels that have their place; no two of them overlap.
#[derive(Default)]
pub struct Placer {
    taken: Vec<[f64; 4]>,
}

impl Placer {
    /// Takes the box around a middle if it is free.
    pub fn take(&mut self, x: f64, y: f64, width: f64, height: f64) -> bool {
        let wanted = [x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0];
        let is_free = self.taken.iter().all(|other| {
            wanted[2] <= other[0]
                || other[2] <= wanted[0]
                || wanted[3] <= other[1]
                || other[3] <= wanted[1]
        });
        if is_free {
            self.taken.push(wanted);
        }
        is_free
    }

    /// Takes a free box to the left of a line or to its right, at a height or as little lower as
    /// may be; returns its middle.
    pub fn take_beside(&mut self, x: f64, y: f64, size: [f64; 2], away: f64) -> Option<(f64, f64)> {
        (0..30u8).find_map(|step| {
            let y = y + 3.0 * f64::from(step);
            [x - away, x + away]
                .into_iter()
                .find_map(|x| self.take(x, y, size[0], size[1]).then_some((x, y)))
        })
    }

    /// Takes the first free box at or below a height, up to `reach` lower; returns its height.
    pub fn take_below(
        &mut self,
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        reach: f64,
    ) -> Option<f64> {
        let mut shift = 0.0;
        while shift <= reach {
            if self.take(x, y + shift, width, height) {
                return Some(y + shift);
            }
            shift += 3.0;
        }
        None
    }
}

/// A node's number, if it is one.
pub fn node_of(who: Address) -> Option<NodeId> {
    match who {
        Address::Node(node) => Some(node),
        Address::Client(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_runs_downwards_evenly() {
        let scale = Scale::fit(&[1_000, 1_500, 2_000, 2_900], 50.0, 450.0);
        assert_eq!(scale.silence, None);
        assert_eq!(scale.y(1_000.0), 50.0);
        assert_eq!(scale.y(2_000.0), 250.0);
        assert_eq!(scale.y(9e9), 450.0);
        assert_eq!(scale.y(0.0), 50.0);
    }

    #[test]
    fn a_long_silence_is_cut_short_and_order_is_kept() {
        let instants = [0, 300, 600, 1_000, 1_000_000, 1_000_300];
        let scale = Scale::fit(&instants, 0.0, 400.0);
        assert!(scale.silence.is_some());
        let heights: Vec<f64> = instants.iter().map(|us| scale.y(*us as f64)).collect();
        assert!(heights.windows(2).all(|pair| pair[1] - pair[0] > 20.0), "{heights:?}");
        assert!(heights[5] <= 400.0);
    }

    #[test]
    fn a_scale_survives_being_written_down() {
        let scale = Scale::fit(&[0, 300, 600, 1_000, 1_000_000, 1_000_300], 10.0, 400.0);
        let text = scale.to_text();
        for us in [0.0, 450.0, 500_000.0, 1_000_300.0] {
            assert!((height_in(&text, us).unwrap() - scale.y(us)).abs() < 0.02);
        }
        assert_eq!(height_in("", 5.0), None);
    }

    #[test]
    fn ticks_are_round_and_apart() {
        for instants in [vec![0, 800, 2_345], vec![0, 300, 600, 1_000, 1_000_000, 1_000_300]] {
            let scale = Scale::fit(&instants, 0.0, 400.0);
            let ticks = scale.ticks(40.0);
            assert!((2..12).contains(&ticks.len()), "{ticks:?}");
            let heights: Vec<f64> = ticks.iter().map(|us| scale.y(*us)).collect();
            assert!(heights.windows(2).all(|pair| pair[1] - pair[0] > 39.0), "{heights:?}");
        }
    }

    #[test]
    fn labels_never_overlap() {
        let mut placer = Placer::default();
        assert!(placer.take(10.0, 10.0, 20.0, 10.0));
        assert!(!placer.take(15.0, 12.0, 20.0, 10.0));
        let shifted = placer.take_below(15.0, 12.0, 20.0, 10.0, 20.0).unwrap();
        assert!(shifted >= 20.0);
    }
}
