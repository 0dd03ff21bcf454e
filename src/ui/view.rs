//! What the components show: taken from the stage whenever something happened.

use std::rc::Rc;
use std::sync::Arc;

use super::course::Course;
use super::inspected::Inspected;
use super::pace::Pace;
use super::scene::Scene;
use super::snapshots::Shelf;
use super::stage::Stage;
use super::transcript::Entry;
use crate::base::{NodeId, RequestId, VirtualTime};
use crate::data::TableSchema;
use crate::membership::Phi;
use crate::node::{Answer, Balancing, MessageKind, Node};
use crate::sim::{ClusterConfig, Count, NetworkPreset, Running, World};
use crate::storage::{Held, ItemKey};
use crate::travel::{Comparison, Metrics};

/// A request in the list of requests.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryLine {
    pub request: RequestId,
    pub wanted: String,
    pub words: String,
    /// It has its answer.
    pub over: bool,
    pub failed: bool,
    /// Its condition did not hold.
    pub refused: bool,
    pub focused: bool,
}

/// Clusters of up to so many nodes show who suspects whom as a table.
const JUDGED: u16 = 14;
/// So many hints are listed at most.
const HINTS_LISTED: usize = 30;

/// What a node keeps for another.
#[derive(Clone, Debug, PartialEq)]
pub struct HintLine {
    pub node: NodeId,
    pub owner: NodeId,
    pub key: ItemKey,
    pub held: Held,
}

/// How far the sample data is loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct Loading {
    pub table: String,
    pub written: usize,
    pub given_up: usize,
    pub total: usize,
    pub over: bool,
}

/// Everything that the components show.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub scene: Rc<Scene>,
    pub config: ClusterConfig,
    pub network: NetworkPreset,
    pub playing: bool,
    pub moves: bool,
    /// Where the cursor is in the run, and the run's branches.
    pub course: Rc<Course>,
    pub shows_gossip: bool,
    pub pace: Pace,
    pub transcript: Vec<Entry>,
    pub stories: Vec<StoryLine>,
    pub loading: Option<Loading>,
    pub sample_problem: Option<String>,
    /// Changes with what goes on with files.
    pub files: u32,
    pub announcement: String,
    /// The branch that a new cluster or a restored snapshot replaced.
    pub replaced: Option<String>,
    /// The two branches that were compared last.
    pub comparison: Option<Rc<Comparison>>,
    pub tables: Vec<TableSchema>,
    /// The first hints that are kept, and how many there are in all.
    pub hints: (Vec<HintLine>, usize),
    /// What was sent of each kind.
    pub traffic: Vec<(MessageKind, Count)>,
    /// How suspicious each node, by number, finds each other one; empty for a node that is down,
    /// and in clusters too large to show it.
    pub phis: Vec<Vec<Phi>>,
    pub shelf: Rc<Shelf>,
    /// Events in the trace.
    pub events: u64,
    /// What there is to know of what is selected.
    pub inspected: Option<Inspected>,
    /// What the run adds up to so far.
    pub metrics: Arc<Metrics>,
    pub now: VirtualTime,
    /// What the load balancer found and did, if there is a policy.
    pub balancing: Option<Balancing>,
    /// The workloads that go on.
    pub workloads: Vec<Running>,
    /// What came of the last change of ownership.
    pub outcome: Option<String>,
}

impl View {
    /// What the stage has to show; the rest is left empty.
    pub fn of(stage: &Stage) -> Self {
        let world = stage.world();
        let scene = Rc::new(stage.scene());
        let inspected = Inspected::of(stage, scene.selected.as_ref());
        let focused = stage.story().map(|story| story.request);
        let stories = stage.stories().map(|story| StoryLine {
            request: story.request,
            wanted: story.wanted.to_string(),
            words: story.words(),
            over: story.answer.is_some(),
            failed: matches!(story.answer, Some((Answer::Failed(_), _))),
            refused: matches!(story.answer, Some((Answer::ConditionFailed { .. }, _))),
            focused: focused == Some(story.request),
        });
        let sample = stage.loader_here().filter(|loader| !loader.is_import());
        let loading = sample.map(|loader| {
            let (written, given_up, total) = loader.progress();
            let table = loader.table.to_string();
            Loading { table, written, given_up, total, over: loader.is_over() }
        });
        Self {
            scene,
            config: *world.config(),
            network: world.network(),
            playing: stage.playing,
            moves: stage.moves(),
            course: Rc::new(Course::of(stage)),
            comparison: stage.comparison().cloned(),
            shows_gossip: stage.shows_gossip,
            pace: stage.pace,
            transcript: stage.transcript.entries().take(30).cloned().collect(),
            stories: stories.take(12).collect(),
            loading,
            sample_problem: None,
            files: 0,
            announcement: stage.announcement().to_owned(),
            replaced: stage.replaced_name(),
            tables: world.tables().cloned().collect(),
            hints: hints(world),
            traffic: MessageKind::all()
                .map(|kind| (kind, world.traffic().of(kind)))
                .filter(|(_, count)| count.messages > 0)
                .collect(),
            phis: phis(world),
            shelf: Rc::default(),
            events: world.trace().end().0,
            inspected,
            metrics: Arc::clone(stage.history().metrics()),
            now: world.now(),
            balancing: world.balancing(),
            workloads: world.workloads().into_iter().cloned().collect(),
            outcome: stage.outcome().cloned(),
        }
    }
}

fn hints(world: &World) -> (Vec<HintLine>, usize) {
    let line = |(node, owner, key, held): (NodeId, NodeId, &ItemKey, &Held)| HintLine {
        node,
        owner,
        key: key.clone(),
        held: held.clone(),
    };
    (world.hints().take(HINTS_LISTED).map(line).collect(), world.hints().count())
}

fn phis(world: &World) -> Vec<Vec<Phi>> {
    let count = world.config().nodes;
    if count > JUDGED {
        return Vec::new();
    }
    let row =
        |judge: u16| world.node(NodeId(judge)).map_or_else(Vec::new, |node| phis_of(node, world));
    (0..count).map(row).collect()
}

/// How suspicious a node finds each other one, by number; of one that it has not heard of, nothing.
pub(super) fn phis_of(node: &Node, world: &World) -> Vec<Phi> {
    let phi = |peer| match node.knows(peer) {
        true => node.view().phi(world.now(), peer),
        false => Phi::default(),
    };
    (0..world.config().nodes).map(NodeId).map(phi).collect()
}

/// Virtual time as the transport shows it, with as many digits as move at a watchable speed.
pub fn time_text(now_us: f64) -> String {
    let us = now_us as u64;
    match us {
        0..1_000_000 => format!("{}.{:03} ms", us / 1_000, us % 1_000),
        _ => format!("{}.{:06} s", us / 1_000_000, us % 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_keeps_its_microseconds() {
        assert_eq!(time_text(1_234.9), "1.234 ms");
        assert_eq!(time_text(2_000_001.0), "2.000001 s");
    }
}
