//! Where nodes sit around the ring: all but those that are gone, in the order of their numbers.
//!
//! A number is never given to another node, so that seats and numbers part as soon as somebody has
//! left:
//!
//! ```text
//!   nodes   A  B  (C has left)  D  E
//!   seats   0  1                2  3
//! ```

use crate::base::NodeId;
use crate::ring::MOST_NODES;
use crate::sim::Standing;

/// Words of so many bits have room for one bit per node.
const WORDS: usize = (MOST_NODES as usize).div_ceil(64);

/// Who sits where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seats {
    /// A bit for every node that is gone.
    gone: [u64; WORDS],
    nodes: usize,
}

impl Seats {
    /// From how the nodes stand, by number.
    pub fn of(standings: impl Iterator<Item = Standing>) -> Self {
        let mut seats = Self { gone: [0; WORDS], nodes: 0 };
        for standing in standings {
            seats.gone[seats.nodes / 64] |= u64::from(standing.is_over()) << (seats.nodes % 64);
            seats.nodes += 1;
        }
        seats
    }

    fn is_gone(self, node: usize) -> bool {
        self.gone[node / 64] >> (node % 64) & 1 == 1
    }

    /// How many seats there are.
    pub fn count(self) -> usize {
        self.nodes - self.gone.iter().map(|word| word.count_ones() as usize).sum::<usize>()
    }

    /// A node's seat; none if it is gone, or not there yet.
    pub fn seat(self, node: NodeId) -> Option<usize> {
        let number = node.index();
        let sits = number < self.nodes && !self.is_gone(number);
        sits.then(|| (0..number).filter(|before| !self.is_gone(*before)).count())
    }

    /// Everybody who has a seat, in their order.
    pub fn nodes(self) -> impl Iterator<Item = NodeId> {
        (0..self.nodes).filter(move |node| !self.is_gone(*node)).map(|node| NodeId(node as u16))
    }

    /// Who has a seat.
    pub fn node(self, seat: usize) -> Option<NodeId> {
        self.nodes().nth(seat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{ClusterConfig, World};

    #[test]
    fn who_is_gone_has_no_seat_and_the_others_move_up() {
        let config = ClusterConfig { nodes: 70, ..ClusterConfig::default() };
        let world = World::new(config).unwrap();
        let mut nodes: Vec<Standing> = world.standings().collect();
        assert_eq!(Seats::of(nodes.iter().copied()).seat(NodeId(69)), Some(69));
        nodes[2] = Standing::Gone;
        nodes[64] = Standing::Replaced;
        nodes[65] = Standing::Leaving;
        let seats = Seats::of(nodes.iter().copied());
        assert_eq!(seats.count(), 68);
        assert_eq!([2, 64, 70].map(|node| seats.seat(NodeId(node))), [None; 3]);
        for (seat, node) in seats.nodes().enumerate() {
            assert_eq!((seats.seat(node), seats.node(seat)), (Some(seat), Some(node)));
        }
        assert_eq!(seats.node(68), None);
    }
}
