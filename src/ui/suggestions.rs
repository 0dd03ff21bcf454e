//! What a stranger could try next, as lines that do it.

use super::scene::{Focus, Scene};
use super::trouble::names;
use crate::base::NodeId;
use crate::scenario::quoted;

/// Something to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What its button says.
    pub title: String,
    /// The lines that do it.
    pub lines: Vec<String>,
    /// What to look at then.
    pub then: String,
}

/// What could be tried with the item in focus.
pub fn suggestions(scene: &Scene) -> Vec<Suggestion> {
    let mut all = vec![Suggestion {
        title: "Write an item".to_owned(),
        lines: vec![WRITE.to_owned()],
        then:
            "The walk from the item\u{2019}s position finds its owners. Watch the slots fill: the \
               write succeeds with the vote that completes the quorum, and the last replica \
               follows."
                .to_owned(),
    }];
    // Entries of indexes are nobody's to read or write but their tables'.
    let of_table = |focus: &&Focus| focus.key.table().as_index().is_none();
    let Some(focus) = scene.focus.as_ref().filter(of_table) else { return all };
    let owners = focus.replicas.iter().filter(|replica| replica.place.is_some());
    let (up, down): (Vec<_>, Vec<_>) = owners.partition(|replica| replica.up);
    let nodes = |replicas: &[&crate::sim::Replica]| -> Vec<NodeId> {
        replicas.iter().map(|replica| replica.node).collect()
    };
    let (up, down) = (nodes(&up), nodes(&down));
    let item =
        format!("{} {}", quoted(focus.key.table().as_str()), quoted(&focus.key.key().to_string()));
    match (down.first(), up.last()) {
        (Some(node), _) => all.push(Suggestion {
            title: format!("Restart {node}"),
            lines: vec![format!("restart {node}"), format!("get {item}")],
            then: format!(
                "{node} is back with what its commit log kept. What it missed comes by read repair, \
                 hinted handoff or anti-entropy: let 10 s pass."
            ),
        }),
        (None, Some(node)) => all.push(Suggestion {
            title: format!("Crash owner {node}"),
            lines: vec![format!("crash {node}"), format!("get {item}")],
            then: format!(
                "{node} refuses, and the others are quorum enough for the read. How many owners can \
                 crash before it fails?"
            ),
        }),
        (None, None) => {}
    }
    if let ([first, rest @ ..], true) = (up.as_slice(), down.is_empty() && up.len() > 1) {
        all.push(stale(*first, rest, &item));
    }
    all
}

const WRITE: &str =
    "put Airports SEA '{\"name\":\"Seattle Tacoma Intl\",\"city\":\"Seattle\",\"state\":\"WA\"}'";

/// One owner alone takes a write that the others miss, and then they answer without it.
fn stale(first: NodeId, rest: &[NodeId], item: &str) -> Suggestion {
    let spaced = names(rest).replace(", ", " ");
    Suggestion {
        title: "Make a read stale".to_owned(),
        lines: vec![
            format!("crash {spaced}"),
            format!("put {item} '{{\"only\":\"{first} has this\"}}' w=1"),
            "run".to_owned(),
            format!("crash {first}"),
            format!("restart {spaced}"),
            format!("get {item} r=1"),
        ],
        then: format!(
            "{first} alone took the write (W=1) and is down; an owner that missed it answers alone \
             (R=1). R + W ≤ N: a read need not meet the write."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{ClusterConfig, World};
    use crate::travel::Metrics;
    use crate::ui::stage::Stage;

    fn opening(config: ClusterConfig) -> Stage {
        let mut stage = Stage::new(World::new(config).expect("it works"));
        for line in ["table Airports iata", "put Airports DEN '{}'", "run"] {
            stage.act(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
        stage
    }

    #[test]
    fn every_suggestion_can_be_carried_out_and_the_stale_read_is_stale() {
        for seed in 0..20 {
            let config = ClusterConfig { vnodes: 8, seed, ..ClusterConfig::default() };
            let titles = suggestions(&opening(config).scene());
            assert_eq!(titles.len(), 3);
            for suggestion in titles {
                let mut stage = opening(config);
                for line in &suggestion.lines {
                    stage.act(line).unwrap_or_else(|error| panic!("{line}: {error}"));
                }
                stage.act("run").expect("time passes");
                let mut metrics = Metrics::default();
                stage.events().iter().for_each(|event| metrics.observe(event));
                let is_stale = suggestion.title.contains("stale");
                assert_eq!(metrics.stale, u64::from(is_stale), "{}", suggestion.title);
                assert!(!suggestions(&stage.scene()).is_empty());
            }
        }
    }

    #[test]
    fn a_node_that_is_down_is_offered_a_restart() {
        let mut stage = opening(ClusterConfig::default());
        let crash = suggestions(&stage.scene()).swap_remove(1);
        assert!(crash.title.starts_with("Crash "));
        crash.lines.iter().for_each(|line| drop(stage.act(line)));
        let all = suggestions(&stage.scene());
        assert!(all[1].title.starts_with("Restart ") && all.len() == 2, "{all:?}");
    }
}
