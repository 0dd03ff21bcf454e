//! What the picture shows until the next event: built once per change, never per frame.

use std::rc::Rc;
use std::sync::Arc;

use super::selection::Selection;
use super::story::Story;
use super::trouble::Trouble;
use crate::ring::{PreferenceLists, WalkStep};
use crate::sim::{NodeStatus, Replica};
use crate::storage::ItemKey;

/// An item that the reader looks at: where it lives, and who has what of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Focus {
    pub key: ItemKey,
    pub walk: Vec<WalkStep>,
    pub replicas: Vec<Replica>,
}

/// Everything that is drawn in the virtual DOM.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Counts the clusters that were set up on this page: the ring is drawn anew only when it
    /// changes.
    pub cluster: u64,
    pub lists: Arc<PreferenceLists>,
    pub nodes: Vec<NodeStatus>,
    pub trouble: Trouble,
    /// The item in focus.
    pub focus: Option<Focus>,
    /// The request in focus.
    pub story: Option<Rc<Story>>,
    /// What is looked into.
    pub selected: Option<Selection>,
}

impl PartialEq for Scene {
    fn eq(&self, other: &Self) -> bool {
        self.cluster == other.cluster
            && self.nodes == other.nodes
            && self.trouble == other.trouble
            && self.focus == other.focus
            && self.story == other.story
            && self.selected == other.selected
    }
}
