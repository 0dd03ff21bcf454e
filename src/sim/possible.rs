//! Which commands could ever make sense in a cluster, whatever goes on there now.

use super::clock::{Clock, Skew};
use super::faults::{LinkFault, Split};
use super::{ClusterConfig, Command, Limits};
use crate::base::{Duration, Error, NodeId, Result};
use crate::node::MESSAGE_LIFETIME;

impl ClusterConfig {
    /// Refuses what names nodes that do not exist, or values that are out of range.
    pub(super) fn check_command(&self, command: &Command) -> Result<()> {
        match command {
            Command::DefineTable(_)
            | Command::Alter(..)
            | Command::DropTable(_)
            | Command::Archive(_)
            | Command::SetNetwork(_)
            | Command::SetRouting(_)
            | Command::Heal => Ok(()),
            Command::SetModes(modes) => modes.check(),
            Command::Request(wanted) => {
                self.check_overrides(wanted.overrides)?;
                wanted.check()
            }
            Command::SetQuorum { r, w } => ClusterConfig { r: *r, w: *w, ..*self }.check(),
            Command::Crash(node)
            | Command::Restart(node)
            | Command::Pause(node)
            | Command::Resume(node)
            | Command::Wipe(node) => self.known(*node),
            Command::Split(split) => self.check_split(split),
            Command::SetLink { between, fault, oneway } => {
                self.check_link(*between, *fault, *oneway)
            }
            Command::Slow { node, by } => self.known(*node).and_then(|()| check_slow(*by)),
            Command::SetClock { node, skew, drift_ppm } => {
                self.known(*node)?;
                check_clock(*node, *skew, *drift_ppm)
            }
            Command::Drop(_)
            | Command::Duplicate(_)
            | Command::Wish(_)
            | Command::StopWorkload(_) => Ok(()),
            Command::StartWorkload(workload) => workload.check(),
            Command::Delay { message, by: Duration(0) } => Err(Error::invalid(format!(
                "delay it by how much? Give a span, such as: delay {message} 50ms"
            ))),
            Command::Delay { .. } => Ok(()),
            Command::Schedule { at, command } => match **command {
                Command::Schedule { .. } => {
                    Err(Error::invalid("what is scheduled happens at once: schedule it only once"))
                }
                _ if *at > Limits::END => {
                    Err(Error::refused(format!("virtual time ends at {}", Limits::END)))
                }
                _ => self.check_command(command),
            },
        }
    }

    fn known(&self, node: NodeId) -> Result<()> {
        match node.0 < self.nodes {
            true => Ok(()),
            false => Err(Error::not_found(format!(
                "there is no node {node}: the cluster has A to {}",
                NodeId(self.nodes - 1)
            ))),
        }
    }

    fn check_split(&self, Split { nodes, from, .. }: &Split) -> Result<()> {
        nodes.iter().chain(from).try_for_each(|node| self.known(*node))?;
        if nodes.is_empty() {
            return Err(Error::invalid("split off which nodes? Name one or more: split A B"));
        }
        let mut named = nodes.iter().chain(from).enumerate();
        let again = named.find(|(at, node)| nodes.iter().chain(from).take(*at).any(|n| n == *node));
        if let Some((_, node)) = again {
            return Err(Error::invalid(format!(
                "{node} is named twice: a node is on one side of a split"
            )));
        }
        if nodes.len() == usize::from(self.nodes) {
            return Err(Error::invalid(
                "these are all nodes of the cluster: leave some out, to be split off from them",
            ));
        }
        Ok(())
    }

    fn check_link(
        &self,
        between: Option<(NodeId, NodeId)>,
        LinkFault { latency, loss, duplicate }: LinkFault,
        oneway: bool,
    ) -> Result<()> {
        match between {
            Some((a, b)) => {
                self.known(a)?;
                self.known(b)?;
                if a == b {
                    return Err(Error::invalid(format!(
                        "a link joins two nodes, not {a} to itself: name another one"
                    )));
                }
            }
            None if oneway => {
                return Err(Error::invalid("oneway=true needs the two nodes of the link"));
            }
            None => {}
        }
        if latency > MESSAGE_LIFETIME {
            return Err(Error::invalid(format!(
                "no message takes longer than {MESSAGE_LIFETIME}: give a latency up to that"
            )));
        }
        match [loss, duplicate].into_iter().find(|percent| *percent > 100) {
            Some(percent) => Err(Error::invalid(format!(
                "{percent} of a hundred messages? loss= and duplicate= are percentages, 0 to 100"
            ))),
            None => Ok(()),
        }
    }
}

fn check_slow(by: Duration) -> Result<()> {
    match by <= MESSAGE_LIFETIME {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "a node can be slow by up to {MESSAGE_LIFETIME}: no message takes longer"
        ))),
    }
}

fn check_clock(node: NodeId, skew: Option<Skew>, drift_ppm: Option<i32>) -> Result<()> {
    if skew.is_none() && drift_ppm.is_none() {
        return Err(Error::invalid(format!(
            "set the clock to what? Give skew= or drift=: clock {node} skew=5s drift=200"
        )));
    }
    if skew.is_some_and(|skew| skew.0.unsigned_abs() > Clock::MAX_SKEW.0.unsigned_abs()) {
        return Err(Error::invalid("a clock can be ahead or behind by up to ten years"));
    }
    let max = Clock::MAX_DRIFT_PPM;
    if drift_ppm.is_some_and(|ppm| ppm.unsigned_abs() > max.unsigned_abs()) {
        return Err(Error::invalid(format!(
            "drift= is in microseconds a second, from -{max} (the clock stands still) to {max}"
        )));
    }
    Ok(())
}
