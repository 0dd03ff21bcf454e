//! A stretch of the trace that may lie in several pieces.

use crate::base::{EventSeq, VirtualTime};
use crate::sim::Event;

/// Events in order, without gaps, borrowed from wherever they are kept.
#[derive(Clone, Debug, Default)]
pub struct Events<'a> {
    parts: Vec<&'a [Event]>,
}

impl<'a> Events<'a> {
    /// Puts pieces together; each has to begin where the one before ends.
    pub fn of(parts: impl IntoIterator<Item = &'a [Event]>) -> Self {
        let parts: Vec<&[Event]> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        for pair in parts.windows(2) {
            let (end, next) = (pair[0][pair[0].len() - 1].seq, pair[1][0].seq);
            assert_eq!(end.0 + 1, next.0, "there is a gap after event {}", end.0);
        }
        Self { parts }
    }

    /// The number of the first event, if there is any.
    pub fn first(&self) -> Option<EventSeq> {
        self.parts.first().map(|part| part[0].seq)
    }

    /// The number after the last one.
    pub fn end(&self) -> EventSeq {
        self.parts.last().map_or(EventSeq(0), |part| EventSeq(part[0].seq.0 + part.len() as u64))
    }

    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub fn get(&self, seq: EventSeq) -> Option<&'a Event> {
        let at = self.parts.partition_point(|part| part[0].seq <= seq).checked_sub(1)?;
        let part = self.parts[at];
        part.get(usize::try_from(seq.0 - part[0].seq.0).ok()?)
    }

    /// Events from number `from` on, oldest first.
    pub fn since(&self, from: EventSeq) -> impl DoubleEndedIterator<Item = &'a Event> + use<'a> {
        let skipped =
            self.parts.partition_point(|part| part[0].seq.0 + part.len() as u64 <= from.0);
        let parts: Vec<&'a [Event]> = self.parts[skipped..].to_vec();
        parts.into_iter().flat_map(move |part| {
            let skip = from.0.saturating_sub(part[0].seq.0) as usize;
            &part[skip.min(part.len())..]
        })
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &'a Event> + use<'a> {
        self.since(EventSeq(0))
    }

    /// The number of the first event that is later than an instant.
    pub fn after(&self, instant: VirtualTime) -> EventSeq {
        let at = self.parts.partition_point(|part| part[0].at <= instant);
        let Some(part) = at.checked_sub(1).map(|at| self.parts[at]) else {
            return self.first().unwrap_or_default();
        };
        let within = part.partition_point(|event| event.at <= instant);
        EventSeq(part[0].seq.0 + within as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{ClusterConfig, World};

    #[test]
    fn pieces_read_as_one() {
        let mut world = World::new(ClusterConfig::default()).unwrap();
        world.run_for(crate::base::Duration(5_000_000));
        let all = world.trace().events();
        assert!(all.len() > 30);
        let pieces = Events::of([&all[..7], &[], &all[7..20], &all[20..]]);
        assert_eq!(pieces.len(), all.len());
        assert_eq!(pieces.end(), world.trace().end());
        assert!(pieces.iter().eq(all));
        assert!(pieces.iter().rev().eq(all.iter().rev()));
        for from in 0..all.len() as u64 + 3 {
            let from = EventSeq(from);
            assert!(pieces.since(from).eq(world.trace().since(from)));
            assert_eq!(pieces.get(from), world.trace().get(from));
        }
        let middle = all[15].at;
        let after = all.iter().position(|event| event.at > middle).unwrap();
        assert_eq!(pieces.after(middle), all[after].seq);
        assert_eq!(pieces.after(VirtualTime(u64::MAX)), pieces.end());
    }

    #[test]
    #[should_panic(expected = "there is a gap after event 2")]
    fn gaps_are_a_mistake() {
        let mut world = World::new(ClusterConfig::default()).unwrap();
        world.run_for(crate::base::Duration(5_000_000));
        let all = world.trace().events();
        Events::of([&all[..3], &all[4..]]);
    }
}
